import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeEInvoice } from '../src/core/einvoice/compose.ts'
import { writeCii } from '../src/core/einvoice/write-cii.ts'
import { createPartner } from '../src/platform/auth/clients.ts'
import { readConfig } from '../src/platform/config.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { createPool } from '../src/platform/database/pool.ts'
import { createLog } from '../src/platform/log.ts'
import { paths } from '../src/platform/paths.ts'
import { createPdfRenderer } from '../src/platform/pdf/renderer.ts'
import { sampleInvoice } from '../src/platform/pdf/sample.ts'
import { assemble } from '../src/server.ts'
import { sold } from '../test/support/sold.ts'
import type { Script, Statement } from './floor.ts'
import type { Figures, Load } from './load.ts'
import { keepResults } from './results.ts'

/**
 * The product beside two floors: one database, rounds in turns, the median of each. Its own floor (`floor.ts`) runs the same statements on
 * the same rows; the product adds what a product has to: tokens, roles, validation, calculation, logging. The bare floor (`bare.ts`) has
 * one table of JSON documents of the same length, and a counter.
 *
 *   npm run bench             all of it
 *   ROUNDS=5 SECONDS=4 npm run bench
 */

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 3)
const CONNECTIONS = [1, 16]
const POOL = 12
const folder = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
const children: ChildProcess[] = []
const lines: string[] = []
const say = (line: string) => {
  lines.push(line)
  console.log(line)
}

type Connection = Parameters<typeof createPool>[0]
type Json = Record<string, unknown> & { id: string }

async function requests(connection: Connection) {
  const pool = createPool(connection, { max: POOL })
  const seen: Statement[] = []
  const config = readConfig({}, { data_dir: folder, rate_limit: 0, log_level: 'silent', jobs: 0 })
  const { app, machinery } = await assemble({ config, log: createLog(config), pool })
  const partner = await createPartner(machinery.db, 'Bench')
  const call = async (method: 'GET' | 'POST', url: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.inject({
      method,
      url,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    if (response.statusCode >= 400) throw new Error(`${method} ${url}: ${response.body}`)
    return JSON.parse(response.body) as Json
  }

  const token = async (grant: object) =>
    `Bearer ${(await call('POST', '/auth/token', { client_id: partner.client_id, client_secret: partner.client_secret, ...grant })).access_token}`
  const authorization = await token({ grant_type: 'client_credentials' })
  const entity = await call(
    'POST',
    '/entities',
    {
      type: 'organization',
      email: 'a@b.example',
      tax_id: '1',
      address: { country: 'DE', city: 'Berlin', line1: 'A 1', postal_code: '10115' },
      organization: { legal_name: 'Bench GmbH' },
    },
    { authorization },
  )
  const as = { authorization, 'x-monite-entity-id': entity.id }
  const actions = ['create', 'read', 'update', 'delete'].map((action_name) => ({ action_name, permission: 'allowed' }))
  const role = await call(
    'POST',
    '/roles',
    {
      name: 'All',
      permissions: {
        objects: [
          { object_type: 'receivable', actions },
          { object_type: 'product', actions },
        ],
      },
    },
    as,
  )
  const user = await call('POST', '/entity_users', { login: 'u', first_name: 'U', role_id: role.id }, as)
  const customer = await call(
    'POST',
    '/counterparts',
    {
      type: 'organization',
      tax_id: '2',
      organization: {
        legal_name: 'Customer GmbH',
        is_customer: true,
        is_vendor: false,
        email: 'c@d.example',
        address: { country: 'DE', city: 'Berlin', line1: 'B 2', postal_code: '10117' },
      },
    },
    as,
  )
  await call('POST', '/bank_accounts', { currency: 'EUR', country: 'DE', iban: 'DE89370400440532013000' }, as)
  const vat = await call('POST', `/entities/${entity.id}/vat_ids`, { country: 'DE', value: 'DE123456789' }, as)
  const terms = await call('POST', '/payment_terms', { name: '14', term_final: { number_of_days: 14 } }, as)
  const rate = ((await call('GET', '/vat_rates', undefined, as)).data as { id: string; value: number }[]).find(
    ({ value }) => value === 1900,
  )!
  const product = await call('POST', '/products', { name: 'Hour', price: { currency: 'EUR', value: 12500 } }, as)
  const userToken = await token({ grant_type: 'entity_user', entity_user_id: user.id })
  const asUser = { authorization: userToken, 'x-monite-entity-id': entity.id, 'x-monite-version': '2024-05-25' }

  const invoice = {
    type: 'invoice',
    currency: 'EUR',
    counterpart_id: customer.id,
    counterpart_billing_address_id: customer.default_billing_address_id,
    entity_vat_id_id: vat.id,
    payment_terms_id: terms.id,
    line_items: [1, 2, 3].map((quantity) => ({ product_id: product.id, quantity, vat_rate_id: rate.id })),
  }
  const draft = async () => (await call('POST', '/receivables', invoice, asUser)).id
  const ids: string[] = []
  for (let i = 0; i < 500; i++) ids.push(await draft())

  // What the product asks of the database, statement by statement.
  const watch = async (work: () => Promise<unknown>): Promise<Statement[]> => {
    seen.length = 0
    await new Promise((done) => setTimeout(done, 300))
    seen.length = 0
    await work()
    await new Promise((done) => setTimeout(done, 50))
    return withoutAuditLog(seen)
  }
  const connect = pool.connect.bind(pool)
  pool.connect = (async () => {
    const client = await connect()
    const query = client.query
    client.query = ((...args: unknown[]) => {
      const asked = args[0] as string | { text: string; values?: unknown[] }
      seen.push(typeof asked === 'string' ? { text: asked, values: [] } : { text: asked.text, values: asked.values ?? [] })
      return (query as (...a: unknown[]) => unknown).apply(client, args)
    }) as typeof client.query
    const release = client.release
    client.release = ((error?: Error) => {
      client.query = query
      client.release = release
      release.call(client, error)
    }) as typeof client.release
    return client
  }) as typeof pool.connect
  const getId = ids[0]!
  const issueId = await draft()
  const abstract = (statements: Statement[], id: string): Statement[] => {
    const number = 1
    return statements
      .map(({ text, values }) => ({
        text,
        values: values.map((value) =>
          value === id
            ? '{{id}}'
            : value === `pdf:${id}`
              ? null
              : typeof value === 'string' && value === 'INV-00001'
                ? '{{document_id}}'
                : value,
        ),
      }))
      .map((statement) => (statement.text.includes('content_hash') ? withNumber(statement, number) : statement))
  }
  const withNumber = ({ text, values }: Statement, number: number): Statement => ({
    text,
    values: values.map((value, i) =>
      value === number ? '{{number}}' : Buffer.isBuffer(value) || text.includes(`page_key = $${i + 1},`) ? null : value,
    ),
  })
  const script: Script = {
    get: abstract(await watch(() => call('GET', `/receivables/${getId}`, undefined, asUser)), getId),
    list: await watch(() => call('GET', '/receivables?limit=50&type=invoice', undefined, asUser)),
    create: await watch(draft),
    issue: abstract(await watch(() => call('POST', `/receivables/${issueId}/issue`, undefined, asUser)), issueId),
  }
  pool.connect = connect
  const document = JSON.stringify(await call('GET', `/receivables/${getId}`, undefined, asUser))
  await app.close()

  const floor = await start(
    ['--import', 'tsx', join(paths.root, 'bench', 'floor.ts')],
    { FLOOR: JSON.stringify({ connection, script, max: POOL }) },
    /^(\d+)$/m,
  )
  const bareIds = await bareDocuments(connection, document)
  const bare = await start(
    ['--import', 'tsx', join(paths.root, 'bench', 'bare.ts')],
    { FLOOR: JSON.stringify({ connection, max: POOL }) },
    /^(\d+)$/m,
  )
  const server = await start(
    [join(paths.root, 'bin', 'quittance.js'), 'serve'],
    { DATABASE_URL: urlOf(connection), PORT: '0', RATE_LIMIT: '0', JOBS: '0', DATA_DIR: folder, DATABASE_POOL: String(POOL) },
    /listens on http:\/\/127\.0\.0\.1:(\d+)/,
  )

  say('| operation | connections | product /s | floor /s | ratio | bare /s | ratio | product p50, p99 ms | floor p50, p99 ms |')
  say('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const connections of CONNECTIONS)
    for (const operation of ['get', 'list', 'create', 'issue'] as const) {
      const product: Figures[] = []
      const same: Figures[] = []
      const nothing: Figures[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const count = connections === 1 ? 1500 : 4000
        const supply = async () => (operation === 'issue' ? drafts(connection, entity.id, count) : ids)
        product.push(await load(product_(operation, server, connections, await supply())))
        same.push(await load(floor_(operation, floor, connections, await supply())))
        nothing.push(await load(floor_(operation, bare, connections, bareIds)))
      }
      const [a, b, c] = [median(product), median(same), median(nothing)]
      if (a.errors + b.errors + c.errors > 0) console.error({ operation, product, same, nothing })
      const against = (floor: Figures) => `${floor.per_s} | **${(a.per_s / floor.per_s).toFixed(2)}**`
      say(
        `| ${names[operation]} | ${connections} | ${a.per_s} | ${against(b)} | ${against(c)} | ${a.p50_ms}, ${a.p99_ms} | ${b.p50_ms}, ${b.p99_ms} |`,
      )
    }
  for (const child of children.splice(0)) await end(child)
  await pool.end()

  function product_(operation: keyof typeof names, port: number, connections: number, supply: string[]): Load {
    const common = { port, connections, duration_ms: SECONDS * 1000, headers: { ...asUser, 'content-type': 'application/json' } }
    if (operation === 'get') return { ...common, method: 'GET', paths: supply.map((id) => `/v1/receivables/${id}`), ok: 200 }
    if (operation === 'list') return { ...common, method: 'GET', paths: ['/v1/receivables?limit=50&type=invoice'], ok: 200 }
    if (operation === 'create')
      return { ...common, method: 'POST', paths: ['/v1/receivables'], body: JSON.stringify(invoice), ok: 201 }
    return {
      ...common,
      headers: asUser,
      method: 'POST',
      paths: supply.map((id) => `/v1/receivables/${id}/issue`),
      ok: 200,
      once: true,
    }
  }
  function floor_(operation: keyof typeof names, port: number, connections: number, supply: string[]): Load {
    const common = { port, connections, duration_ms: SECONDS * 1000, headers: {}, ok: 200 }
    if (operation === 'get') return { ...common, method: 'GET', paths: supply.map((id) => `/get/${id}`) }
    if (operation === 'list') return { ...common, method: 'GET', paths: ['/list'] }
    if (operation === 'create') return { ...common, method: 'POST', paths: ['/create'], body: JSON.stringify(invoice) }
    return { ...common, method: 'POST', paths: supply.map((id) => `/issue/${id}`), once: true }
  }
}

/** The audit log is written behind the answers, many requests at a time: it is the product's own cost, and none of one operation's. */
function withoutAuditLog(seen: readonly Statement[]): Statement[] {
  const begins = seen.flatMap(({ text }, i) => (text.startsWith('begin') ? [i] : []))
  const transactions = begins.map((begin, i) => seen.slice(begin, begins[i + 1]))
  return transactions.filter((statements) => !statements.some(({ text }) => text.includes('into audit_logs'))).flat()
}

const names = { get: 'get by id', list: 'list of 50', create: 'create, 3 lines', issue: 'issue' } as const

/** The table of the bare floor: as many documents as ours, each as long as an answer. */
async function bareDocuments(connection: Connection, document: string): Promise<string[]> {
  const pool = createPool(connection, { max: 1, role: '' })
  await pool.query(`create schema bare; create table bare.counter (last integer not null); insert into bare.counter values (0);
    create table bare.documents (id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now(),
      status text not null default 'draft', number integer, doc json not null);
    create index on bare.documents (created_at, id)`)
  const { rows } = await pool.query(
    'insert into bare.documents (created_at, doc) select now(), $1::json from generate_series(1, 5000) returning id',
    [document],
  )
  await pool.end()
  return rows.map(({ id }) => id as string)
}

/** Fresh drafts for the next round, copied inside the database. */
async function drafts(connection: Connection, entityId: string, count: number): Promise<string[]> {
  const pool = createPool(connection, { max: 1, role: '' })
  const columns = (
    await pool.query(
      `select string_agg(column_name, ', ') as names from information_schema.columns where table_name = 'receivables' and is_generated = 'NEVER' and column_name not in ('id', 'created_at', 'updated_at')`,
    )
  ).rows[0].names
  const { rows } = await pool.query(
    `with one as (select * from receivables where entity_id = $1 and status = 'draft' limit 1)
     insert into receivables (${columns}) select ${columns} from one, generate_series(1, $2) returning id`,
    [entityId, count],
  )
  await pool.end()
  return rows.map(({ id }) => id as string)
}

/** Warm time of one page, from the caller's side of the worker thread: without and with the invoice as data, in turns. */
async function drawing() {
  const renderer = createPdfRenderer({
    templatesDir: paths.templates,
    log: createLog({ log_level: 'silent', log_pretty: false }),
  })
  const data = writeCii(composeEInvoice(sold({}), 'en16931'), 'en16931')
  const times = { plain: [] as number[], data: [] as number[] }
  for (let i = 0; i < 240; i++) {
    const kind = i % 2 === 0 ? 'plain' : 'data'
    const at = performance.now()
    // No two are alike: the typesetter remembers what it has set before.
    const page = sampleInvoice({ number: `INV-${i}`, memo: `Order ${i} of ${i * 7}`, ...(kind === 'data' && { einvoice: data }) })
    await renderer.render('invoice', page)
    if (i >= 40) times[kind].push(performance.now() - at)
  }
  await renderer.close()
  const sorted = (all: number[]) => all.sort((a, b) => a - b)
  const [plain, carrying] = [sorted(times.plain), sorted(times.data)]
  say('')
  say(
    `PDF of one page, warm: median ${plain[50]!.toFixed(1)} ms, p95 ${plain[95]!.toFixed(1)} ms. With the invoice as data (PDF/A-3b): median ${carrying[50]!.toFixed(1)} ms, ${(carrying[50]! / plain[50]!).toFixed(2)} of it.`,
  )
}

/** From the command to the first answer, and what the idle server holds. */
async function starting() {
  const data = join(folder, 'data')
  const times: { first: number; again: number[] } = { first: 0, again: [] }
  let memory = { node: 0, database: 0 }
  for (let round = 0; round < 6; round++) {
    const at = performance.now()
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const child = spawn(process.execPath, [join(paths.root, 'bin', 'quittance.js'), 'serve'], {
      env: { ...process.env, DATA_DIR: data, PORT: String(port), LOG_LEVEL: 'warn' },
      stdio: 'ignore',
    })
    children.push(child)
    for (;;) {
      if (
        await fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break
      await new Promise((done) => setTimeout(done, 5))
    }
    const ms = performance.now() - at
    if (round === 0) times.first = ms
    else times.again.push(ms)
    if (round === 5) {
      // What an idle server compiles beforehand has been compiled by then.
      await new Promise((done) => setTimeout(done, 20_000))
      memory = { node: memoryOf(child.pid!, 'Rss'), database: databaseMemory(join(data, 'postgres')) }
    }
    children.splice(children.indexOf(child), 1)
    await end(child)
  }
  times.again.sort((a, b) => a - b)
  say(
    `Start to the first answer: ${Math.round(times.first)} ms with an empty folder, ${Math.round(times.again[2]!)} ms (median of 5) afterwards.`,
  )
  say(
    `Idle: server ${memory.node} MiB resident, database ${memory.database} MiB (proportional), together ${memory.node + memory.database} MiB.`,
  )
}

function memoryOf(pid: number, field: 'Rss' | 'Pss'): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

/** Shared pages counted once: the proportional size of the postmaster and its children. */
function databaseMemory(dataDir: string): number {
  const postmaster = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  const family = pids.filter((pid) => {
    try {
      return pid === postmaster || readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1] === String(postmaster)
    } catch {
      return false
    }
  })
  return family.reduce((all, pid) => all + memoryOf(pid, 'Pss'), 0)
}

function start(args: string[], env: Record<string, string>, ready: RegExp): Promise<number> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return new Promise((done, fail) => {
    let text = ''
    child.stdout!.on('data', (chunk) => {
      if (text.length > 20_000) return
      text += chunk
      const port = ready.exec(text)?.[1]
      if (port) done(Number(port))
    })
    child.on('exit', (code) => fail(new Error(`${args.join(' ')} ended with ${code}\n${text}`)))
  })
}

const end = (child: ChildProcess) =>
  new Promise<void>((done) => {
    if (child.exitCode !== null) return done()
    child.on('exit', () => done())
    child.kill('SIGINT')
  })

/** The load comes from a process of its own. */
function load(what: Load): Promise<Figures> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(paths.root, 'bench', 'load.ts'), 'run'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(what))
  return new Promise((done, fail) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('exit', (code) => (code === 0 ? done(JSON.parse(text)) : fail(new Error(`load ended with ${code}`))))
  })
}

const median = (rounds: Figures[]): Figures => ({
  ...[...rounds].sort((a, b) => a.per_s - b.per_s)[Math.floor(rounds.length / 2)]!,
  errors: rounds.reduce((all, { errors }) => all + errors, 0),
})

const urlOf = (connection: Connection) => {
  const { host, port, user, database } = connection as { host: string; port?: number; user: string; database: string }
  return host.startsWith('/')
    ? `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}${port ? `&port=${port}` : ''}`
    : `postgresql://${user}@${host}:${port}/${database}`
}

function report(): string {
  return `# Benchmark

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores, embedded PostgreSQL with fsync on. Server, floor, database and
load share the machine. ${ROUNDS} rounds of ${SECONDS} s in turns, the median of each; the floor is \`bench/floor.ts\`, a bare \`node:http\` + \`pg\` server that runs the
same statements (those the product was seen to run, tenant settings and events included), prepared, one after the other; the bare
floor is \`bench/bare.ts\`, one table of JSON documents of the same length and a counter, one statement a request. The product authenticates an entity user, checks the role, validates, calculates, and logs one line a request. PDFs are drawn by jobs, which don't
run here.

${lines.join('\n')}
`
}

try {
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
  try {
    await migrate(database.connection, { dir: paths.migrations })
    await requests(database.connection)
    await drawing()
  } finally {
    await database.stop()
  }
  await starting()
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
keepResults('# Benchmark', report())
