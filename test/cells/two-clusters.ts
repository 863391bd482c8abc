import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Home } from '../../src/cells/cells.ts'
import { addCell, cellNamed, inCell } from '../../src/cells/commands.ts'
import { createPartner } from '../../src/platform/auth/clients.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { type Embedded, startEmbedded } from '../../src/platform/database/embedded.ts'
import { databaseOf, installationSecret, openPool, type Running, serve } from '../../src/server.ts'
import { SECRETS_KEY } from '../support/database.ts'
import { good } from '../support/invoicing.ts'
import { placeCluster } from '../support/kept-cluster.ts'
import { testLog } from '../support/log.ts'
import { type Answer, type Client, organization, permissions } from '../support/world.ts'

const addressOf = ({ connection: { host, port, user } }: Embedded) =>
  `postgres://${user}@/postgres?host=${encodeURIComponent(host)}&port=${port}`

export interface Asked {
  readonly token?: string
  readonly entity?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}
export interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind
  readonly body: any
  readonly headers: Headers
}

/** Two databases on two servers of PostgreSQL, and one Quittance that serves both: `home`, and the cell `east`. */
export async function twoClusters(changes: Partial<Config> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-cells-'))
  chmodSync(folder, 0o755)
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
  const started = async (name: string) => {
    const dataDir = join(folder, name)
    await placeCluster(dataDir)
    return startEmbedded({ dataDir, settings })
  }
  const [atHome, atEast] = await Promise.all([started('home'), started('east')])
  const config = readConfig(
    {},
    {
      data_dir: join(folder, 'data'),
      database_url: addressOf(atHome),
      database_pool: 6,
      rate_limit: 0,
      port: 0,
      jobs: 2,
      payments_sandbox: 'on',
      secrets_key: SECRETS_KEY,
      webhooks_allow_private: true,
      mail_in_secret: 'the-secret-of-the-mail-server',
      ...changes,
    },
  )
  const log = testLog()
  const pool = openPool(config, atHome.connection, { max: 2 })
  const home: Home = { db: databaseOf(config, pool), config, direct: atHome.connection }
  await installationSecret(home.db)
  await addCell(home, 'east', addressOf(atEast))
  let running: Running = await serve(config, log)

  async function sql<Row extends pg.QueryResultRow>(
    where: 'home' | 'east',
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client((where === 'home' ? atHome : atEast).connection)
    await client.connect()
    return client
      .query<Row>(text, values)
      .then(({ rows }) => rows)
      .finally(() => client.end())
  }

  async function call(method: string, path: string, { token, entity, body, headers }: Asked = {}): Promise<Answered> {
    const answer = await fetch(`${running.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'x-monite-version': '2024-05-25',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(entity && { 'x-monite-entity-id': entity }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, body: json ? JSON.parse(text) : text, headers: answer.headers }
  }

  return {
    home,
    config,
    log,
    sql,
    call,
    clusters: { home: atHome, east: atEast },
    addresses: { home: addressOf(atHome), east: addressOf(atEast) },
    /** All addresses that anybody may call. */
    get open() {
      const { openRoutes, operations } = running.app
      return [...openRoutes, ...operations.filter(({ operation }) => operation.may === 'anyone').map(({ url }) => url)]
    },
    get url() {
      return running.url
    },
    /** Ends the server and starts it again. */
    async restart() {
      await running.stop()
      running = await serve(config, log)
    },
    async close() {
      await running.stop()
      await pool.end()
      await Promise.all([atHome.stop('immediate'), atEast.stop('immediate')])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type TwoClusters = Awaited<ReturnType<typeof twoClusters>>

/** Somebody with a token, over HTTP as everybody else. */
export function caller(t: TwoClusters, token: string, entityId: string | null = null, userId: string | null = null): Client {
  const ask =
    (method: string) =>
    async (path: string, body?: unknown): Promise<Answer> => {
      const answer = await t.call(method, `/v1${path}`, { token, body, ...(entityId && { entity: entityId }) })
      return { ...answer, headers: Object.fromEntries(answer.headers) }
    }
  const refused = () => Promise.reject(new Error('Not by this caller'))
  return {
    token,
    entityId,
    userId,
    get: (path) => ask('GET')(path),
    post: ask('POST'),
    patch: ask('PATCH'),
    put: ask('PUT'),
    delete: (path) => ask('DELETE')(path),
    upload: refused,
    with: (headers) => caller(t, token, headers['x-monite-entity-id'] ?? entityId),
  }
}

/** A partner of a cell with one entity, and a user in it who may do everything. */
export async function company(t: TwoClusters, cell: string) {
  const { partner_id, client_id, client_secret } = await inCell(t.home, await cellNamed(t.home, cell), (db) =>
    createPartner(db, `Partner in ${cell}`),
  )
  const credentials = { client_id, client_secret }
  const tokenBy = async (grant: object): Promise<string> =>
    good(await caller(t, '').post('/auth/token', { ...credentials, ...grant })).access_token
  const partnerToken = await tokenBy({ grant_type: 'client_credentials' })
  const entity = good(await caller(t, partnerToken).post('/entities', organization))
  const partner = caller(t, partnerToken, entity.id)
  const role = good(await partner.post('/roles', { name: 'All', permissions: permissions() }))
  const asked = { login: 'ada', first_name: 'Ada', last_name: 'Lovelace', role_id: role.id }
  const user = good(await partner.post('/entity_users', asked))
  const userToken = await tokenBy({ grant_type: 'entity_user', entity_user_id: user.id })
  return {
    partnerId: partner_id,
    entityId: entity.id,
    credentials,
    tokenBy,
    partner,
    user: caller(t, userToken, entity.id, user.id),
  }
}
export type Company = Awaited<ReturnType<typeof company>>

/** What a database holds of a partner, and of moves of any. */
export const MOVED = `select (select count(*)::int from receivables where partner_id = $1) as documents, (select count(*)::int from partners where id = $1) as partners,
  (select count(*)::int from partners_away) as away, (select count(*)::int from audit_logs where partner_id = $1) as entries,
  (select count(*)::int from pg_policy where polname = 'moving' or polname like 'elsewhere%') as walls`
