import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { paths } from '../src/platform/paths.ts'

/** What PostgreSQL says of a statement: OIDs of its parameters, and the columns of its rows with where they come from. */
interface Description {
  readonly params: readonly number[]
  readonly fields: readonly { name: string; tableID: number; columnID: number; dataTypeID: number }[]
}
interface Origin {
  readonly table: string
  readonly column: string
  readonly required: boolean
}

/** Files of the product that hold statements, found by their text: a file that nothing imports is described all the same. */
function filesWithStatements(): string[] {
  const folder = join(paths.root, 'src')
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.types.ts'))
    .map((name) => join(folder, name))
    .filter((file) => /\bsql\(\s*`/.test(readFileSync(file, 'utf8')) && !file.endsWith(join('database', 'sql.ts')))
    .sort()
}

/** The messages of the protocol, as the driver's connection sends them. */
interface Wire {
  once(event: 'parameterDescription', heard: (message: { dataTypeIDs: number[] }) => void): void
  parse(statement: { name: string; text: string; types: number[] }): void
  describe(what: { type: 'S'; name: string }): void
  sync(): void
}

/** Parse, Describe, Sync: the statement is never executed. */
function describe(client: pg.Client, text: string): Promise<Description> {
  return new Promise((resolve, reject) => {
    let params: number[] = []
    let fields: Description['fields'] = []
    const submittable = {
      submit(connection: Wire) {
        connection.once('parameterDescription', (message: { dataTypeIDs: number[] }) => {
          params = message.dataTypeIDs
        })
        connection.parse({ name: '', text, types: [] })
        connection.describe({ type: 'S', name: '' })
        connection.sync()
      },
      handleRowDescription(message: { fields: Description['fields'] }) {
        fields = message.fields
      },
      handleError: reject,
      handleReadyForQuery: () => resolve({ params, fields }),
    }
    client.query(submittable as never)
  })
}

const NUMBERS = new Set([20, 21, 23, 26, 700, 701])
const TEXTS = new Set([25, 1043, 2950, 1082, 1114, 1184, 1700, 1083, 869, 18, 19])
const MOMENTS = new Set([1082, 1114, 1184])

interface Catalogue {
  readonly arrays: ReadonlyMap<number, number>
  readonly enums: ReadonlyMap<number, string>
  readonly origins: ReadonlyMap<string, Origin>
}

async function catalogueOf(client: pg.Client): Promise<Catalogue> {
  const { rows: types } = await client.query<{ oid: number; element: number; words: string[] | null }>(
    `select t.oid::int as oid, case when t.typcategory = 'A' then t.typelem::int else 0 end as element,
       (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as words
     from pg_type t`,
  )
  const { rows: columns } = await client.query<Origin & { table_oid: number; number: number }>(
    `select c.oid::int as table_oid, a.attnum as number, c.relname as table, a.attname as column, a.attnotnull as required
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
  )
  return {
    arrays: new Map(types.filter(({ element }) => element > 0).map(({ oid, element }) => [oid, element])),
    enums: new Map(
      types.flatMap(({ oid, words }) => (words ? [[oid, words.map((word) => `'${word}'`).join(' | ')] as const] : [])),
    ),
    origins: new Map(columns.map(({ table_oid, number, ...origin }) => [`${table_oid}.${number}`, origin])),
  }
}

const BOOL = 16
const NUMERIC = 1700
const BYTES = 17
const VOID = 2278
const JSON_TYPES = new Set([114, 3802])

/** The type of a value that is given (`in`) or answered; an array that may be null may hold nulls. */
function typeOf(oid: number, catalogue: Catalogue, way: 'in' | 'out', nullable = false): string {
  const element = catalogue.arrays.get(oid)
  if (element !== undefined) {
    const one = `${typeOf(element, catalogue, way)}${nullable ? ' | null' : ''}`
    return `${way === 'in' ? 'readonly ' : ''}${one.includes('|') ? `(${one})` : one}[]`
  }
  const words = catalogue.enums.get(oid)
  if (words) return words
  if (NUMBERS.has(oid)) return 'number'
  if (oid === BOOL) return 'boolean'
  if (oid === BYTES) return 'Buffer'
  if (JSON_TYPES.has(oid)) return way === 'in' ? 'object' : 'unknown'
  if (MOMENTS.has(oid) && way === 'in') return 'string | Date'
  if (oid === NUMERIC && way === 'in') return 'number | string'
  if (TEXTS.has(oid)) return 'string'
  return way === 'in' ? 'string' : 'unknown'
}

/** Tables whose columns a left join may leave out, or null when every column may be: the text alone can't tell which. */
function leftOut(text: string): ReadonlySet<string> | null {
  if (/\b(right|full)\s+(outer\s+)?join\b|\b(rollup|cube|grouping\s+sets)\b/i.test(text)) return null
  const tables = new Set<string>()
  for (const [, joined] of text.matchAll(/\bleft\s+(?:outer\s+)?join\s+(lateral\b|\(|\w+)/gi)) {
    if (
      joined === '(' ||
      joined!.toLowerCase() === 'lateral' ||
      new RegExp(`\\b${joined}\\s+as\\s+(materialized\\s+)?\\(`, 'i').test(text)
    )
      return null
    tables.add(joined!)
  }
  return tables
}

const property = (name: string) => (/^[a-zA-Z_$][\w$]*$/.test(name) ? name : `'${name}'`)
const literal = (text: string) => JSON.stringify(text)

/** The folder of the area that a file belongs to: one of `src/modules`, or of `src`. What stands beside them belongs to the folder itself. */
function areaOf(file: string): string {
  const folders = relative(paths.root, file).split(sep).slice(0, -1)
  return folders.slice(0, folders[1] === 'modules' ? 3 : 2).join('/')
}

/** What is written of all statements, a file for each area: path → text. */
export async function statementTypes(client: pg.Client): Promise<Map<string, string>> {
  process.env.DESCRIBE_SQL = '1'
  const { made, parseStatement } = await import('../src/platform/database/sql.ts')
  for (const file of filesWithStatements()) await import(pathToFileURL(file).href)
  const catalogue = await catalogueOf(client)
  const areas = new Map<string, Map<string, string>>()
  const faults: string[] = []
  for (const { source, file } of made) {
    const folder = areaOf(file)
    const texts = areas.get(folder) ?? new Map<string, string>()
    areas.set(folder, texts)
    if (texts.has(source)) continue
    const { text, parameters, full } = parseStatement(source)
    const description = await describe(client, text).catch((error: Error & { position?: string }) => {
      const near = error.position
        ? ` near: ${text.slice(Number(error.position) - 1, Number(error.position) + 40).split('\n')[0]}`
        : ''
      faults.push(`${relative(paths.root, file)}: ${error.message}${near}`)
    })
    if (!description) continue
    const params = parameters.map(({ name, nullable, json }, n) => {
      const oid = description.params[n]!
      if (JSON_TYPES.has(oid) && !json) faults.push(`${relative(paths.root, file)}: write :${name} as :${name}::json or ::jsonb`)
      return `${property(name)}: ${typeOf(oid, catalogue, 'in', nullable)}${nullable ? ' | null' : ''}`
    })
    const optional = leftOut(text)
    const row = description.fields
      .filter(({ dataTypeID }) => dataTypeID !== VOID)
      .map(({ name, tableID, columnID, dataTypeID }) => {
        const origin = catalogue.origins.get(`${tableID}.${columnID}`)
        const never = full.includes(name) || (origin?.required === true && optional !== null && !optional.has(origin.table))
        if (origin) {
          const type = `Column<'${origin.table}', '${origin.column}'>`
          return `${property(name)}: ${full.includes(name) ? `NonNullable<${type}>` : never || !origin.required ? type : `${type} | null`}`
        }
        const type = typeOf(dataTypeID, catalogue, 'out')
        return `${property(name)}: ${never || type === 'unknown' ? type : `${type} | null`}`
      })
    const braces = (fields: string[]) => (fields.length > 0 ? `{ ${fields.join('; ')} }` : '{}')
    texts.set(source, `    ${literal(source)}: { params: ${braces(params)}; row: ${braces(row)} }\n`)
  }
  if (faults.length > 0) throw new Error(`Statements that PostgreSQL refuses:\n${[...new Set(faults)].join('\n')}`)
  return new Map(
    [...areas].map(([folder, texts]) => {
      const up = relative(join(paths.root, folder), join(paths.root, 'src/platform/database/sql.ts')).split(sep).join('/')
      const from = up.startsWith('.') ? up : `./${up}`
      const lines = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
      const uses = lines.some((line) => line.includes('Column<')) ? `import type { Column } from '${from}'\n` : ''
      return [
        `${folder}/statements.types.ts`,
        `// Generated by \`npm run db:types\`: what PostgreSQL says of the statements of this area. Do not edit.\n${uses || `import type {} from '${from}'\n`}\ndeclare module '${from}' {\n  interface Statements {\n${lines.join('')}  }\n}\n`,
      ]
    }),
  )
}
