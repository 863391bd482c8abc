import { RawJson } from '../http/types.ts'
import type { Refused, Selectable } from './columns.ts'
import { type Ctx, nameOf } from './context.ts'
import type { Database } from './database.types.ts'

/**
 * Statements that stay SQL and are typed by PostgreSQL itself: `npm run db:types` lets it describe each text, and writes the types of its
 * parameters and rows under that text.
 *
 *     const OPEN = sql(`select id, due_date from receivables where counterpart_id = :counterpart and status = any (:statuses)`)
 *     const rows = await OPEN(ctx, { counterpart, statuses: ['issued', 'overdue'] })
 *
 * `:name` is a parameter, `:name?` one that may be null (an array: or hold nulls), `:name::json` one that is written as JSON. `as "total!"` is a column that is never
 * null though PostgreSQL can't prove it. The text is a constant of its module; other constants may stand in it.
 */

/** Text of a statement → what it takes and answers; filled by the generated files. */
// biome-ignore lint/suspicious/noEmptyInterface: the generated files fill it
export interface Statements {}

/** The type of a column, as it is read. */
export type Column<T extends keyof Database, C extends keyof Database[T]> = Selectable<Database[T]>[C]

type Described<T extends string> = string extends T
  ? Refused<'the text of a statement is a constant'>
  : T extends keyof Statements
    ? unknown
    : Refused<'PostgreSQL has not described this text: npm run db:types'>
type Part<T extends string, P extends 'params' | 'row'> = T extends keyof Statements
  ? Statements[T] extends { [K in P]: infer V }
    ? V
    : never
  : never
type Given<Params> = keyof Params extends never ? [] : [params: Params]

export interface Statement<Params, Row> {
  /** All rows. */
  (ctx: Pick<Ctx, 'db'>, ...given: Given<Params>): Promise<Row[]>
  /** The only row. More or fewer are a fault of ours. */
  one(ctx: Pick<Ctx, 'db'>, ...given: Given<Params>): Promise<Row>
  /** The only row, or undefined when there is none. */
  maybe(ctx: Pick<Ctx, 'db'>, ...given: Given<Params>): Promise<Row | undefined>
  /** What PostgreSQL is sent. */
  readonly text: string
}
/** Columns of JSON that a statement puts together have no type of their own: `Shapes` says what they hold. No other column may be named. */
type Shaped<Row, Shapes> = Omit<Row, keyof Shapes> & Shapes
type ShapesOf<Row, Shapes> = {
  [K in keyof Shapes]: K extends keyof Row
    ? unknown extends Row[K]
      ? Shapes[K]
      : Refused<'its type is known already'>
    : Refused<'no column'>
}
export const shaped =
  <Shapes extends object>() =>
  <Params, Row>(statement: Statement<Params, Row> & (Shapes extends ShapesOf<Row, Shapes> ? unknown : ShapesOf<Row, Shapes>)) =>
    statement as unknown as Statement<Params, Shaped<Row, Shapes>>

/** Runs a statement as the last of its transaction, together with the commit where that is possible; see `Ctx.conclude`. */
export const concluding = ({ db, conclude }: Pick<Ctx, 'db' | 'conclude'>): Pick<Ctx, 'db'> =>
  conclude ? { db: { query: conclude } } : { db }

/** A row of a statement. */
export type RowOf<S> = S extends Statement<never, infer Row> ? Row : never

/** Texts in quotes, comments and casts are passed over; names in double quotes may end in a mark, parameters begin with a colon. */
const TOKENS = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|::|"([^"]*?)(!?)"|:([a-z_]\w*)(\?)?(?=(::jsonb?\b)?)/g

export interface Parsed {
  readonly text: string
  readonly parameters: readonly { readonly name: string; readonly nullable: boolean; readonly json: boolean }[]
  /** Columns that are never null. */
  readonly full: readonly string[]
}

/** Takes the marks out of a text and numbers its parameters. */
export function parseStatement(source: string): Parsed {
  const parameters = new Map<string, { name: string; nullable: boolean; json: boolean }>()
  const full: string[] = []
  const text = source.replace(TOKENS, (token, quoted?: string, never?: string, name?: string, mark?: string, cast?: string) => {
    if (quoted !== undefined && never) {
      full.push(quoted)
      return `"${quoted}"`
    }
    if (name === undefined) return token
    const known = parameters.get(name) ?? { name, nullable: false, json: false }
    parameters.set(name, { name, nullable: known.nullable || mark === '?', json: known.json || cast !== undefined })
    return `$${[...parameters.keys()].indexOf(name) + 1}`
  })
  return { text, parameters: [...parameters.values()], full }
}

/** For tests: rows are held to what their marks say. */
export const checks = { nulls: false }

/** For the generator of types: every statement that was made, with the file that made it. */
export const made: { readonly source: string; readonly file: string }[] = []
const describing = process.env.DESCRIBE_SQL === '1'

/** The file in the third line of a stack: whoever called the function that made it. */
const callerOf = (stack: string) => /(?:file:\/\/)?((?:\/|[A-Z]:)[^:)]+):\d+:\d+\)?$/.exec(stack.split('\n')[2]!)?.[1] ?? ''

/** A statement of this text. What it takes and answers is known from PostgreSQL's description. */
export function sql<const T extends string>(source: T & Described<T>): Statement<Part<T, 'params'>, Part<T, 'row'>> {
  type Params = Part<T, 'params'>
  type Row = Part<T, 'row'>
  if (describing) made.push({ source, file: callerOf(new Error().stack!) })
  // Read when it is first asked for: a start makes hundreds of statements, and runs a few.
  let parsed: (Parsed & { name: string }) | undefined
  const read = () => {
    if (parsed === undefined) {
      const parts = parseStatement(source)
      parsed = { ...parts, name: nameOf(parts.text) }
    }
    return parsed
  }

  async function run(ctx: Pick<Ctx, 'db'>, ...[given]: Given<Params>): Promise<Row[]> {
    const { text, parameters, full, name } = read()
    const values = (given ?? {}) as Record<string, unknown>
    const rows = await ctx.db.query<Row & Record<string, unknown>>(
      text,
      parameters.map(({ name, json }) => {
        const value = values[name]
        if (value === undefined || value === null) return null
        return json && !(value instanceof RawJson) ? JSON.stringify(value) : value
      }),
      name,
    )
    if (checks.nulls)
      for (const row of rows)
        for (const column of full) if (row[column] === null) throw new Error(`"${column}!" is null in a row of: ${text}`)
    return rows
  }
  async function maybe(ctx: Pick<Ctx, 'db'>, ...given: Given<Params>): Promise<Row | undefined> {
    const rows = await run(ctx, ...given)
    if (rows.length > 1) throw new Error(`${rows.length} rows instead of one: ${read().text}`)
    return rows[0]
  }
  async function one(ctx: Pick<Ctx, 'db'>, ...given: Given<Params>): Promise<Row> {
    const row = await maybe(ctx, ...given)
    if (row === undefined) throw new Error(`No row: ${read().text}`)
    return row
  }
  const statement = Object.assign(run, { one, maybe, text: '' })
  return Object.defineProperty(statement, 'text', { get: () => read().text })
}
