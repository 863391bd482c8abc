import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../modules/audit/audit.ts'
import { CELL_LISTENER, LISTENER } from '../platform/database/away.ts'
import type { Db } from '../platform/database/context.ts'
import type { Home } from './cells.ts'
import { cellNamed, inCell } from './commands.ts'
import { type Mark, pass, removeRows, tablesOf, takeJobs, takeLateEntries } from './copying.ts'
import { MOVER, type Place, within, withPlaces } from './place.ts'
import { asMachinery, beginMove, lives, settle, standingIn, WRITERS } from './standing.ts'
import { dropWalls, raiseWalls } from './walls.ts'

/** Passes that are made while the partner writes, until little is left. */
const PASSES_MAX = 5
const LITTLE = 500
/** Jobs that are being done, and requests that write, are waited for so long; then the move is given up and may be tried again. */
const JOBS_MS = 15_000
const WRITERS_MS = 10_000
const MACHINERY_MS = 10_000

/** All processes have to ask before they write, and to serve the new cell: each has one connection that listens in each database it serves. */
async function checkServers(places: readonly Place[]): Promise<void> {
  const counts = []
  for (const { client, name } of places) {
    const { rows } = await client.query<{ aware: number; unaware: number }>(
      `select count(*) filter (where application_name = $1)::int as aware, count(*) filter (where application_name = $2)::int as unaware
       from pg_stat_activity where datname = current_database()`,
      [CELL_LISTENER, LISTENER],
    )
    if (rows[0]!.unaware > 0)
      throw new Error(`A server or worker of ${name} was started before there were cells: restart it, then move`)
    counts.push(rows[0]!.aware)
  }
  if (new Set(counts).size > 1)
    throw new Error('A server or worker does not serve all cells: restart those that were started before the cell was added')
}

export interface Moving {
  readonly say: (line: string) => void
  readonly progress?: (step: string, done: number, of: number) => void
  readonly audit: (db: Db) => Promise<Finding[]>
  /** Called after each step: for tests, which interrupt there. */
  readonly after?: (step: Step) => Promise<void>
}
export type Step = 'copied' | 'resting' | 'stopped' | 'leaving' | 'complete' | 'alive' | 'left' | 'removed'

/**
 * Moves a partner, with all that is theirs, into another database. They go on working while they are copied; for the last moment requests that
 * write are told to come again. The rows in the old database are removed when the new one was looked through and nothing is wrong there.
 * Interrupted at any point, the partner lives in one of the two, and the same call goes on.
 */
export async function movePartner(home: Home, partner: string, to: string, moving: Moving): Promise<void> {
  await withPlaces(home, async (places) => {
    const find = (name: string | null) => places.find((place) => place.name === name)
    const target = find(to)
    if (!target) throw new Error(`There is no cell ${to}; \`quittance cell list\` shows them`)
    const standings = () => Promise.all(places.map((place) => standingIn(place, partner)))
    for (const { place, state, cell } of await standings())
      if (state === 'resting' || state === 'leaving') await settle(place, find(cell), partner)
    const now = await standings()
    const left = now.find(({ state, cell }) => state === 'left' && cell === to)
    const living = now.find(lives)
    if (!living) throw new Error(`There is no partner ${partner}; \`quittance partner list --cell NAME\` shows them`)
    if (living.place === target) {
      if (!left) return moving.say(`The partner lives in ${to}`)
      return clear(home, left.place, target, partner, null, moving)
    }
    if (now.some(({ state }) => state === 'left')) throw new Error('The last move of the partner is not over: call it again')
    for (const { place, state } of now) if (state === 'arriving') await abandon(place, partner)
    await checkServers([places[0]!, living.place, target])
    const counts = await go(living.place, target, partner, moving)
    await clear(home, living.place, target, partner, counts, moving)
  })
}

/** Takes away what was copied by a move that did not come to its end. */
async function abandon(place: Place, partner: string): Promise<void> {
  await raiseWalls(place.client)
  await removeRows(place, partner, null)
  await asMachinery(place.client, `delete from partners_away where partner_id = $1 and state = 'arriving'`, [partner])
  await dropWalls(place.client)
}

/** From a partner that lives in one database to one that lives in the other. Answers how many rows each table had. */
async function go(
  source: Place,
  target: Place,
  partner: string,
  { say, progress = () => {}, after = async () => {} }: Moving,
): Promise<ReadonlyMap<string, number>> {
  const attempt = randomUUID()
  const stopper = await beginMove(source, partner)
  try {
    await raiseWalls(source.client)
    await raiseWalls(target.client)
    await asMachinery(
      target.client,
      `insert into partners_away (partner_id, state, cell, attempt) values ($1, 'arriving', $2, $3)`,
      [partner, source.name, attempt],
    )
    const tables = await tablesOf(source, target)
    let mark: Mark | null = null
    for (let nth = 1; nth <= PASSES_MAX && (mark === null || mark.changed > LITTLE); nth++) {
      // The first is compared with the last that is made while the partner writes.
      mark = await pass(source, target, partner, tables, mark, {
        whole: true,
        progress: (done, of) => progress(`pass ${nth}`, done, of),
      })
      say(`pass ${nth}: ${mark.changed} rows, and both sides are the same`)
    }
    if (!mark) throw new Error('Nothing was copied')
    await after('copied')

    await asMachinery(
      source.client,
      `insert into partners_away (partner_id, state, cell, attempt) values ($1, 'resting', $2, $3)`,
      [partner, target.name, attempt],
    )
    await jobsEnd(source, partner)
    await after('resting')

    const began = performance.now()
    await stopper.query(`set lock_timeout = '${WRITERS_MS}ms'`)
    await stopper.query(WRITERS, [partner]).catch((error: Error) => {
      throw new Error(`Something has written for more than ${WRITERS_MS / 1000} seconds; try again (${error.message})`)
    })
    await after('stopped')
    mark = await pass(source, target, partner, tables, mark, { whole: false })
    // On the connection that holds the lock: when it was lost in between, somebody may have written.
    const gone = `update partners_away set state = 'leaving' where partner_id = $1 and state = 'resting' and attempt = $2`
    if ((await asMachinery(stopper, gone, [partner, attempt])) !== 1) throw new Error('The move was given up by another one')
    await after('leaving')
    await machineryEnds(source)
    mark = await pass(source, target, partner, tables, mark, { whole: false })
    const jobs = await takeJobs(source, target, partner, tables)
    await after('complete')
    const alive = `delete from partners_away where partner_id = $1 and state = 'arriving' and attempt = $2`
    if ((await asMachinery(target.client, alive, [partner, attempt])) !== 1)
      throw new Error('The move was given up by another one')
    await after('alive')
    await asMachinery(source.client, `update partners_away set state = 'left' where partner_id = $1`, [partner])
    say(
      `${jobs} waiting jobs went along. The partner lives in ${target.name}; nobody could write for ${Math.round(performance.now() - began)} ms`,
    )
    await after('left')
    return mark.counts
  } catch (error) {
    await stopper.end().catch(() => {})
    // Where that can't be done now, a server does it within seconds.
    await settle(source, target, partner).catch(() => {})
    throw error
  } finally {
    await stopper.end().catch(() => {})
  }
}

/** Looks the new database through, and removes the rows from the old one. */
async function clear(
  home: Home,
  source: Place,
  target: Place,
  partner: string,
  counts: ReadonlyMap<string, number> | null,
  { say, audit, after = async () => {} }: Moving,
): Promise<void> {
  say(`looking ${target.name} through`)
  const findings = await inCell(home, await cellNamed(home, target.name), (db) => audit(db))
  const broken = findings.filter(({ rows }) => rows.length > 0)
  for (const { question, rows } of broken) say(`BROKEN  ${question}: ${JSON.stringify(rows[0])}`)
  if (broken.length > 0)
    throw new Error(
      `The audit of ${target.name} finds something, so the rows in ${source.name} stay. Call this again once it finds nothing`,
    )
  await raiseWalls(target.client)
  await takeLateEntries(source, target, partner)
  const removed = await removeRows(source, partner, counts)
  await asMachinery(source.client, `delete from partners_away where partner_id = $1 and state = 'left'`, [partner])
  await dropWalls(source.client)
  await dropWalls(target.client)
  say(`${removed} rows were removed from ${source.name}`)
  await after('removed')
}

async function waitUntil(what: string, limit_ms: number, isSo: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + limit_ms
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`${what} for more than ${limit_ms / 1000} seconds; try again`)
    await sleep(20)
  }
}

const IN_HAND = `select from jobs where partner_id = $1 and not dead and not waiting and attempts > 0 and run_at > now()`

/** No job of the partner is begun any more; those that are being done come to their end. */
const jobsEnd = ({ client }: Place, partner: string): Promise<void> =>
  waitUntil('Jobs of the partner have been in hand', JOBS_MS, () =>
    within(client, { role: 'quittance_restore', moving: partner }, async () => {
      const { rowCount } = await client.query(IN_HAND, [partner])
      return rowCount === 0
    }),
  )

/** What the machinery began before the partner was out of its sight comes to its end. */
async function machineryEnds({ client, name }: Place): Promise<void> {
  const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now')
  await waitUntil(`A transaction in ${name} has run`, MACHINERY_MS, async () => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and xact_start < $1
         and application_name like 'quittance%' and application_name <> $2`,
      [rows[0]!.now, MOVER],
    )
    return rowCount === 0
  })
}
