import pg from 'pg'

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, numeric: 1700 } as const

/** `2022-09-07 16:35:18.484507+00` as PostgreSQL writes it → `2022-09-07T16:35:18.484507+00:00` as the wire wants it. */
function instantText(text: string): string {
  const utc = text.endsWith('+00') ? `${text.slice(0, -3)}+00:00` : text
  return `${utc.slice(0, 10)}T${utc.slice(11)}`
}

/** Amounts beyond 2^53 can't be told apart as numbers, so they are a fault here, never a rounded value. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`The database holds ${text}, which is beyond the safe integers`)
  return value
}

/** `bigint[]`. */
const INT8S: number = 1016
const textsOf: (text: string) => (string | null)[] = pg.types.getTypeParser(INT8S, 'text')
const safeIntegers = (text: string) => textsOf(text).map((one) => (one === null ? null : safeInteger(one)))

const identity = (text: string) => text
const parsers = new Map<number, (text: string) => unknown>([
  [OID.int8, safeInteger],
  [INT8S, safeIntegers],
  [OID.date, identity],
  [OID.timestamp, identity],
  [OID.timestamptz, instantText],
  [OID.numeric, identity],
])

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
}

export interface PoolOptions {
  readonly max: number
  readonly applicationName?: string
  /** The role a connection begins with. Whoever has work to do becomes another in its transaction; tests may begin as the owner. */
  readonly role?: string
  /**
   * Seconds that a statement may take; none when left out. A connection that says nothing for `silence_s` longer is given up, and whoever
   * waits for a lock is refused after `LOCK_S`.
   */
  readonly timeout_s?: number | undefined
  /** The database says itself that time is over; if it hasn't this much later, the connection is silent. */
  readonly silence_s?: number | undefined
  /** Behind a pooler that lends connections for a transaction, which takes no settings: each transaction has to bring them. */
  readonly pooled?: boolean
}

/** Somebody else holds the row or the table: waiting longer would only hold a connection that others need. */
const LOCK_S = 5

/** What every statement of a connection, or of a transaction, is run with. */
function settingsOf({ timeout_s }: Pick<PoolOptions, 'timeout_s'>): Record<string, string> {
  return {
    timezone: 'UTC',
    datestyle: 'ISO',
    search_path: 'public',
    idle_in_transaction_session_timeout: '60s',
    ...(timeout_s && { statement_timeout: `${timeout_s}s`, lock_timeout: `${LOCK_S}s` }),
  }
}

/** The same as calls of `set_config` for one transaction: behind a pooler a connection is somebody else's the moment it ends. */
export const settingsForTransaction = (options: Pick<PoolOptions, 'timeout_s'>): string =>
  Object.entries(settingsOf(options))
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(', ')

/** A pool whose clients speak UTC, keep times as text and send queries without waiting for the answers before them. */
export function createPool(
  connection: pg.ClientConfig,
  { max, applicationName = 'quittance', role = 'quittance_nobody', timeout_s, silence_s = 5, pooled = false }: PoolOptions,
): pg.Pool {
  const settings = { ...settingsOf({ timeout_s }), ...(role && { role }) }
  const pool = new pg.Pool({
    ...connection,
    max,
    types,
    pipeline: true,
    application_name: applicationName,
    ...(!pooled && {
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    }),
    ...(timeout_s && { query_timeout: (timeout_s + silence_s) * 1000 }),
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  } as pg.PoolConfig)
  // An idle connection that breaks is simply replaced; without a listener Node would stop the process.
  pool.on('error', () => {})
  // One that breaks while in use fails its query, and says so a second time to whoever listens: nobody has to, but somebody must.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
