import pg from 'pg'

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, numeric: 1700 } as const

/** `2022-09-07 16:35:18.484507+00` as PostgreSQL writes it → `2022-09-07T16:35:18.484507+00:00` as the wire wants it. */
export function instantText(text: string): string {
  const utc = text.endsWith('+00') ? `${text.slice(0, -3)}+00:00` : text
  return `${utc.slice(0, 10)}T${utc.slice(11)}`
}

/** Amounts beyond 2^53 can't be told apart as numbers, so they are a fault here, never a rounded value. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`The database holds ${text}, which is beyond the safe integers`)
  return value
}

const identity = (text: string) => text
const parsers = new Map<number, (text: string) => unknown>([
  [OID.int8, safeInteger],
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
}

/** A pool whose clients speak UTC, keep times as text and send queries without waiting for the answers before them. */
export function createPool(
  connection: pg.ClientConfig,
  { max, applicationName = 'quittance', role = 'quittance_nobody' }: PoolOptions,
): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max,
    types,
    pipeline: true,
    application_name: applicationName,
    options: `-c timezone=UTC -c datestyle=ISO -c idle_in_transaction_session_timeout=60000 -c search_path=public${role && ` -c role=${role}`}`,
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
