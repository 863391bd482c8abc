import type { Ctx } from './context.ts'

/** Rows of tables that the catalogue of PostgreSQL names, as the JSON texts that PostgreSQL makes of them: kept letter by letter. */

export interface WholeTable {
  readonly name: string
  /** What is read and written. */
  readonly columns: readonly string[]
  readonly key: readonly string[]
}

const quoted = (names: readonly string[], of = '') => names.map((name) => `${of}"${name}"`).join(', ')

/** A table to read, with the column that says whose a row is, and SQL of what a row `t` is known by where that is not its key. */
interface Read extends WholeTable {
  readonly owner: string
  readonly knownBy?: string | undefined
}

/** All rows of one owner, as they are at one moment: one statement reads them all. `nth` is the place of their table. */
export function readRows(ctx: Ctx, tables: readonly Read[], owner: string): Promise<{ nth: number; key: string; row: string }[]> {
  const parts = tables.map(
    (table, i) =>
      `select ${i} as nth, ${table.knownBy ?? `json_build_array(${quoted(table.key, 't.')})::text`} as key,
         (select row_to_json(r)::text from (select ${quoted(table.columns, 't.')}) r) as row
       from ${table.name} t where t.${table.owner} = $1`,
  )
  return ctx.db.query(parts.join(' union all '), [owner])
}

/** Rows that one statement writes. */
const AT_ONCE = 2_000

async function inPortions(rows: readonly string[], work: (list: string) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < rows.length; i += AT_ONCE) await work(`[${rows.slice(i, i + AT_ONCE).join(',')}]`)
}

/** Adds rows; `written` says what to write in some columns instead of what the row `r` says. */
export const insertRows = (
  ctx: Ctx,
  { name, columns }: WholeTable,
  rows: readonly string[],
  written: Readonly<Record<string, string>> = {},
): Promise<void> =>
  inPortions(rows, (list) =>
    ctx.db.query(
      `insert into ${name} (${quoted(columns)})
       select ${columns.map((column) => written[column] ?? `r."${column}"`).join(', ')} from json_populate_recordset(null::${name}, $1::json) r`,
      [list],
    ),
  )

const sameKey = (key: readonly string[]) => key.map((column) => `t."${column}" = r."${column}"`).join(' and ')

/** Takes away the rows of these keys. */
export const deleteRows = (ctx: Ctx, { name, key }: WholeTable, rows: readonly string[]): Promise<void> =>
  inPortions(rows, (list) =>
    ctx.db.query(`delete from ${name} t using json_populate_recordset(null::${name}, $1::json) r where ${sameKey(key)}`, [list]),
  )

/** Makes the rows of these keys what is given. */
export const updateRows = (ctx: Ctx, { name, key, columns }: WholeTable, rows: readonly string[]): Promise<void> =>
  inPortions(rows, (list) => {
    const set = columns.filter((column) => !key.includes(column)).map((column) => `"${column}" = r."${column}"`)
    return ctx.db.query(
      `update ${name} t set ${set.join(', ')} from json_populate_recordset(null::${name}, $1::json) r where ${sameKey(key)}`,
      [list],
    )
  })
