// Writes migrations/schema.sql and src/platform/database/database.types.ts from what the migrations make, and the types of all statements from
// what PostgreSQL says of them: `npm run db:types`; with --check it only says whether they are up to date.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate, SCHEMA, schemaHead } from '../src/platform/database/migrate.ts'
import { paths } from '../src/platform/paths.ts'
import { schemaOf } from './schema.ts'
import { statementTypes } from './statement-types.ts'

interface Column {
  readonly schema: string
  readonly table: string
  readonly table_comment: string | null
  readonly name: string
  readonly type: string
  readonly enum_of: string | null
  readonly is_array: boolean
  readonly required: boolean
  readonly has_default: boolean
  readonly generated: boolean
  readonly comment: string | null
  /** The words that a check lets through, as PostgreSQL writes the check. */
  readonly check: string | null
}
interface Enum {
  readonly name: string
  readonly labels: string[]
}

// Domains count as what they are made of; partitions as their parent; columns of views may always be null.
const COLUMNS = `
  select n.nspname as schema, c.relname as table, obj_description(c.oid, 'pg_class') as table_comment, a.attname as name,
         base.typname as type, case when base.typtype = 'e' then base.typname end as enum_of,
         coalesce(element.oid, 0) <> 0 as is_array,
         c.relkind in ('r', 'p') and (a.attnotnull or (t.typtype = 'd' and t.typnotnull)) as required,
         a.atthasdef or a.attidentity <> '' as has_default,
         a.attgenerated <> '' or a.attidentity = 'a' as generated,
         col_description(c.oid, a.attnum) as comment,
         (select pg_get_constraintdef(k.oid) from pg_constraint k
           where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
             and (pg_get_constraintdef(k.oid) like '%ANY (%ARRAY[%' or pg_get_constraintdef(k.oid) like '%<@ ARRAY[%') order by k.conname limit 1) as check
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    join pg_type plain on plain.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
    left join pg_type element on element.oid = plain.typelem and plain.typcategory = 'A'
    join pg_type base on base.oid = coalesce(element.oid, plain.oid)
   where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
     and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' and c.relname <> 'schema_migrations'
   order by n.nspname <> 'public', n.nspname collate "C", c.relname collate "C", a.attnum`

const ENUMS = `
  select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
    from pg_type t join pg_enum e on e.enumtypid = t.oid group by t.oid, t.typname order by t.typname collate "C"`

const SCALARS: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  bytea: 'Buffer',
}
/** What all tables of an entity are made like. */
const TENANT_ROW = 'tenant_row'
const isJson = ({ type, is_array }: Column) => (type === 'json' || type === 'jsonb') && !is_array

const pascal = (name: string) => name.replace(/(?:^|[^a-zA-Z0-9])+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
const key = (name: string) => (/^[a-zA-Z_$][\w$]*$/.test(name) ? name : `'${name}'`)
const doc = (text: string | null, indent = '') =>
  text ? `${indent}/** ${text.replaceAll('*/', '*\\/').replace(/\s*\n\s*/g, ' ')} */\n` : ''
const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))`, or `<@` for a list of words → `'a' | 'b'`; nothing for any other check. */
function wordsOf(check: string | null): string | undefined {
  const list =
    /^CHECK \(\((?:\(?\w+ IS NULL\)? OR )?\(?\w+ (?:= ANY \(|<@ )\(?ARRAY\[((?:'(?:[^']|'')*'::(?:text|character varying)(?:, )?)+)\]\)?(?:::text\[\])?\)?\)?\)\)$/.exec(
      check ?? '',
    )?.[1]
  if (!list) return undefined
  return [...list.matchAll(/'((?:[^']|'')*)'::/g)].map(([, word]) => literal(word!.replaceAll("''", "'"))).join(' | ')
}

/** What the driver reads and takes: times, dates, exact decimals and all that has no JavaScript type of its own are text. */
function typeOf(table: string, column: Column): string {
  const { type, enum_of, is_array, required, has_default, generated, name, check } = column
  const scalar = isJson(column)
    ? `Json<'${table}.${name}'>`
    : enum_of
      ? pascal(enum_of)
      : (type === 'text' && wordsOf(check)) || SCALARS[type] || 'string'
  const value = is_array ? (scalar.includes(' | ') ? `(${scalar})[]` : `${scalar}[]`) : scalar
  const selected = required ? value : `${value} | null`
  if (generated) return `ColumnType<${selected}, never, never>`
  // Exact decimals are read as text, and taken as numbers too.
  if (type === 'numeric' && !is_array) {
    const none = required ? '' : ' | null'
    return `ColumnType<${selected}, string | number${none}${has_default ? ' | undefined' : ''}, string | number${none}>`
  }
  return has_default ? `Generated<${selected}>` : selected
}

function write(columns: readonly Column[], enums: readonly Enum[]): string {
  const tables = new Map<string, Column[]>()
  for (const column of columns) {
    const name = column.schema === 'public' ? column.table : `${column.schema}.${column.table}`
    tables.set(name, [...(tables.get(name) ?? []), column])
  }
  const unions = enums.map(({ name, labels }) => `export type ${pascal(name)} = ${labels.map(literal).join(' | ')}\n`)
  const linesOf = (name: string) =>
    tables.get(name)!.map((column) => `${doc(column.comment, '  ')}  ${key(column.name)}: ${typeOf(name, column)}\n`)
  const shared = new Set(linesOf(TENANT_ROW))
  const interfaces = [...tables].map(([name, columns]) => {
    const lines = linesOf(name)
    const own = lines.filter((line) => !shared.has(line))
    const extending = name !== TENANT_ROW && lines.length - own.length === shared.size
    const head = extending ? `${pascal(name)} extends ${pascal(TENANT_ROW)}` : pascal(name)
    return `${doc(columns[0]!.table_comment)}export interface ${head} {\n${(extending ? own : lines).join('')}}\n`
  })
  const database = `export interface Database {\n${[...tables.keys()].map((name) => `  ${key(name)}: ${pascal(name)}\n`).join('')}}\n`
  const json = [...tables].flatMap(([name, columns]) => {
    const names = columns.filter(isJson).map(({ name }) => literal(name))
    return names.length > 0 ? [`  ${key(name)}: [${names.join(', ')}],\n`] : []
  })
  const jsonColumns = `/** The columns that hold JSON, by table. */\nexport const jsonColumns: { readonly [table: string]: readonly string[] } = {\n${json.join('')}}\n`
  const body = [unions.join(''), ...interfaces, database, jsonColumns].filter(Boolean).join('\n')
  const used = ['ColumnType', 'Generated', 'Json'].filter((name) => body.includes(`${name}<`))
  return `// Generated by \`npm run db:types\` from the migrations. Do not edit.\nimport type { ${used.join(', ')} } from './columns.ts'\n\n${body}`
}

const checking = process.argv.includes('--check')

/** Writes the file; with --check it only says, and fails, when the file is not what would be written. */
function keep(file: string, text: string): void {
  const name = relative(paths.root, file)
  const same = existsSync(file) && readFileSync(file, 'utf8') === text
  if (!same && checking) process.exitCode = 1
  if (!same && !checking) writeFileSync(file, text)
  console.log(`${name} ${same ? 'is up to date' : checking ? 'is out of date: npm run db:types' : 'is written'}`)
}

const folder = mkdtempSync(join(tmpdir(), 'quittance-types-'))
// As root the server runs under a number of its own, which has to get in.
chmodSync(folder, 0o755)
try {
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
  const server = await startEmbedded({ dataDir: join(folder, 'postgres'), settings })
  try {
    await migrate(server.connection, { dir: paths.migrations, each: true })
    const client = new pg.Client(server.connection)
    // When describing fails the server ends before the client: the failure is what is to be read.
    client.on('error', () => {})
    await client.connect()
    keep(join(paths.migrations, SCHEMA), `${await schemaHead(paths.migrations)}\n${await schemaOf(client)}`)
    const columns = (await client.query<Column>(COLUMNS)).rows
    const enums = (await client.query<Enum>(ENUMS)).rows
    keep(join(paths.root, 'src', 'platform', 'database', 'database.types.ts'), write(columns, enums))
    for (const [file, text] of await statementTypes(client)) keep(join(paths.root, file), text)
    await client.end()
  } finally {
    await server.stop('immediate')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
