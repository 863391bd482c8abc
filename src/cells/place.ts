import pg from 'pg'
import { NO_ENTITY } from '../platform/database/context.ts'
import { type Cell, cellsOf, HOME, type Home } from './cells.ts'

/** A database of the installation, as a move works with it. */
export interface Place {
  readonly name: string
  /** As the owner of the tables. */
  readonly client: pg.Client
  /** Another connection: for what has to be held meanwhile. */
  connect(): Promise<pg.Client>
}

/** Connections of a move are told by it from those that serve. */
export const MOVER = 'quittance move'

async function connectTo(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...connection, application_name: MOVER, keepAlive: true })
  client.on('error', () => {})
  await client.connect()
  // Rows are compared as text, so both sides have to write them alike.
  await client.query(`set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set search_path = public`)
  return client
}

/** Opens all databases of the installation, the home first, and closes them at the end. */
export async function withPlaces<T>(home: Home, work: (places: readonly Place[]) => Promise<T>): Promise<T> {
  const all: (Cell | typeof HOME)[] = [HOME, ...(await cellsOf(home))]
  const places: Place[] = []
  try {
    for (const cell of all) {
      const connection = cell === HOME ? home.direct : { connectionString: cell.address }
      const connect = () => connectTo(connection)
      places.push({ name: cell === HOME ? HOME : cell.name, client: await connect(), connect })
    }
    return await work(places)
  } finally {
    for (const { client } of places) await client.end().catch(() => {})
  }
}

type Role = 'quittance_system' | 'quittance_restore'

/** One transaction as the machinery, or as whoever moves the rows of one partner. */
export async function within<T>(
  client: pg.Client,
  { role, moving, begin = 'begin' }: { role: Role; moving?: string; begin?: string },
  work: () => Promise<T>,
): Promise<T> {
  await client.query(begin)
  try {
    await client.query(`set local role ${role}`)
    // Whoever moves reaches one partner's rows by that; the policies of requests are asked as well, and let nothing pass.
    if (moving)
      await client.query(
        `select set_config('app.moving', $1, true), set_config('app.partner_id', $2, true), set_config('app.entity_id', $2, true)`,
        [moving, NO_ENTITY],
      )
    const result = await work()
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
