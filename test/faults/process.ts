import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { isAlive, startEmbedded, stopEmbedded } from '../../src/platform/database/embedded.ts'
import { paths } from '../../src/platform/paths.ts'
import { placeCluster } from '../support/kept-cluster.ts'
import { VERSION } from '../support/world.ts'

/** The credentials of the first partner: the server, whose output is no terminal here, says in which file they are. */
export function credentialsIn(output: string): { client_id: string; client_secret: string } {
  const path = /client_secret +in (\S+)/.exec(output)![1]!
  const { client_id, client_secret } = JSON.parse(readFileSync(path, 'utf8'))
  return { client_id, client_secret }
}

/**
 * A data folder, and server processes over it that can be killed. The database in it writes through to the disk. It has its tables already,
 * unless `bare` asks for a machine on which nothing ran yet.
 */
export function machine(
  settings: Record<string, string> = {},
  { folder = mkdtempSync(join(tmpdir(), 'quittance-faults-')), bare = false } = {},
) {
  // As root the database runs under a number of its own, which has to get in.
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const env = {
    ...process.env,
    DATA_DIR: folder,
    PORT: '0',
    RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    DATABASE_URL: '',
    NODE_ENV: 'production',
    ...settings,
  }
  const dataDir = join(folder, 'postgres')
  const command = (...args: string[]) =>
    spawn(process.execPath, [join(paths.root, 'bin', 'quittance.js'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const startDatabase = async () => {
    await ready()
    return startEmbedded({ dataDir })
  }
  let placed: Promise<void> | undefined
  const ready = () => (placed ??= bare ? Promise.resolve() : placeCluster(dataDir))

  return {
    dataDir,
    /** Starts a server. Answers once it has answered a request itself, with the milliseconds that took. */
    async start() {
      await ready()
      const began = performance.now()
      const child = command('serve')
      const output = collect(child)
      const url = await new Promise<string>((found, failed) => {
        child.stdout!.on('data', () => {
          const match = /listens on (http:\S+)/.exec(output())
          // The secret of the first partner comes in the same piece of text.
          if (match) found(match[1]!)
        })
        child.on('exit', (code) => failed(new Error(`The server ended (${code}): ${output()}`)))
      })
      const answer = await fetch(`${url}/v1/tags`)
      if (answer.status !== 401) throw new Error(`The first answer was a ${answer.status}`)
      const ready_ms = Math.round(performance.now() - began)
      const ended = new Promise<void>((done) => child.on('exit', () => done()))
      return {
        url,
        ready_ms,
        output,
        kill: (signal: NodeJS.Signals = 'SIGKILL') => {
          child.kill(signal)
          return ended
        },
      }
    },
    /** Starts a command, and leaves it running. */
    spawn: command,
    /** Runs a command to its end. */
    async run(...args: string[]): Promise<{ code: number | null; output: string }> {
      await ready()
      const child = command(...args)
      const output = collect(child)
      const code = await new Promise<number | null>((done) => child.on('close', done))
      return { code, output: output() }
    },
    /** The database, past the server. */
    async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
      const { connection } = await startDatabase()
      const client = new pg.Client(connection)
      client.on('error', () => {})
      await client.connect()
      return client
        .query(text, values)
        .then(({ rows }) => rows as Row[])
        .finally(() => client.end())
    },
    /** The process of the database; undefined when none runs. */
    databasePid(): number | undefined {
      const file = join(dataDir, 'postmaster.pid')
      const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0
      return pid > 0 && isAlive(pid) ? pid : undefined
    },
    stopDatabase: (mode: 'fast' | 'immediate') => stopEmbedded(dataDir, mode),
    startDatabase,
    async remove() {
      await stopEmbedded(dataDir, 'immediate').catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Server = Awaited<ReturnType<ReturnType<typeof machine>['start']>>

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (piece) => (text += piece))
  return () => text
}

/** What came back, or null when nothing did: such a request may or may not have had its effect. */
export async function ask(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  body?: unknown,
): Promise<{ status: number; body: Record<string, string> } | null> {
  try {
    const answer = await fetch(url, {
      method,
      headers: { 'x-monite-version': VERSION, ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text ? JSON.parse(text) : {} }
  } catch {
    return null
  }
}

/** The headers of the first partner's requests, where the server was started for the first time. */
export async function signIn({ url, output }: Pick<Server, 'url' | 'output'>): Promise<Record<string, string>> {
  const grant = { grant_type: 'client_credentials', ...credentialsIn(output()) }
  const { body } = (await ask(`${url}/v1/auth/token`, {}, 'POST', grant))!
  return { authorization: `Bearer ${body.access_token}` }
}

/** What it takes to draft invoices of one line of 10.00, made through `post`. */
export async function invoiceBy(post: (path: string, body: unknown) => Promise<Record<string, string>>, entityId: string) {
  const address = { country: 'DE', city: 'Berlin', line1: 'Sonnenallee 1', postal_code: '12045' }
  const buyer = await post('/counterparts', {
    type: 'organization',
    tax_id: '123',
    organization: { legal_name: 'Customer', is_customer: true, is_vendor: false, address },
  })
  const vat = await post(`/entities/${entityId}/vat_ids`, { country: 'DE', value: 'DE123456789' })
  return {
    type: 'invoice',
    currency: 'EUR',
    counterpart_id: buyer.id,
    counterpart_billing_address_id: buyer.default_billing_address_id,
    entity_vat_id_id: vat.id,
    payment_terms: { term_final: { number_of_days: 30 } },
    payment_page_url: 'https://pay.example.com',
    line_items: [{ quantity: 1, tax_rate_value: 1900, product: { name: 'Work', price: { currency: 'EUR', value: 1000 } } }],
  }
}
