import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { asSystem, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'
import type { Home } from './cells.ts'
import { type Place, within, withPlaces } from './place.ts'

type State = 'resting' | 'leaving' | 'left' | 'arriving'
export interface Standing {
  readonly place: Place
  readonly known: boolean
  readonly state: State | null
  /** The other cell of the move. */
  readonly cell: string | null
}

const STANDING = `select exists (select from partners where id = $1) as known,
  (select state from partners_away where partner_id = $1) as state, (select cell from partners_away where partner_id = $1) as cell`

export const standingIn = async (place: Place, partner: string): Promise<Standing> => {
  const { client } = place
  const { rows } = await within(client, { role: 'quittance_system' }, () =>
    client.query<Omit<Standing, 'place'>>(STANDING, [partner]),
  )
  return { place, ...rows[0]! }
}
export const lives = ({ known, state }: Standing) => known && (state === null || state === 'resting' || state === 'leaving')

/** Tells all processes that something about this database's partners has changed. */
const TELL = `select pg_notify('quittance_access', ''), pg_notify('quittance_clocks', '')`

export const asMachinery = (client: pg.Client, text: string, values: unknown[]) =>
  within(client, { role: 'quittance_system' }, async () => {
    const { rowCount } = await client.query(text, values)
    await client.query(TELL)
    return rowCount ?? 0
  })

/** Whoever holds this writes alone: `admit_partner` asks for the same lock. */
export const WRITERS = 'select pg_advisory_lock(7310, hashtext($1))'
/** Whoever moves a partner holds this until the end, on a connection of its own: a move that was killed does not hold it any more. */
const TRY = 'select pg_try_advisory_lock(7312, hashtext($1)) as free'
const UNLOCK = 'select pg_advisory_unlock(7312, hashtext($1))'
/** A connection that was just closed lets go of its locks within so long. */
const LET_GO_TRIES = 20

/** The connection that a move of this partner holds. Refuses while there is another one. */
export async function beginMove(source: Place, partner: string): Promise<pg.Client> {
  const client = await source.connect()
  const { rows } = await client.query<{ free: boolean }>(TRY, [partner])
  if (rows[0]!.free) return client
  await client.end()
  throw new Error('The partner is being moved at this moment')
}

/**
 * Ends what a move left behind that was interrupted: where the partner is alive in the new cell, it has left the old one, else it goes on living
 * there. Does nothing while the move is still on its way. Whoever was about to make it alive in the new cell can't any more afterwards.
 */
export async function settle(source: Place, target: Place | undefined, partner: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await source.client.query<{ free: boolean }>(TRY, [partner])
    if (rows[0]!.free) break
    if (attempt === LET_GO_TRIES) throw new Error('The partner is being moved at this moment')
    await sleep(50)
  }
  try {
    const waiting = target
      ? await asMachinery(
          target.client,
          `update partners_away set attempt = gen_random_uuid() where partner_id = $1 and state = 'arriving'`,
          [partner],
        )
      : 0
    const alive = waiting === 0 && target !== undefined && (await standingIn(target, partner)).known
    await asMachinery(
      source.client,
      alive
        ? `update partners_away set state = 'left' where partner_id = $1 and state = 'leaving'`
        : `delete from partners_away where partner_id = $1 and state in ('resting', 'leaving')`,
      [partner],
    )
  } finally {
    await source.client.query(UNLOCK, [partner])
  }
}

const INTERRUPTED = sql(`select partner_id, cell from partners_away where state in ('resting', 'leaving')`)

/** Ends what killed moves have left behind in a database. */
export async function settleInterrupted(home: Home, name: string, db: Db): Promise<void> {
  const interrupted = await asSystem(db, (ctx) => INTERRUPTED(ctx))
  if (interrupted.length === 0) return
  await withPlaces(home, async (places) => {
    const find = (wanted: string) => places.find((place) => place.name === wanted)
    const source = find(name)
    for (const { partner_id, cell } of source ? interrupted : []) await settle(source!, find(cell), partner_id).catch(() => {})
  })
}
