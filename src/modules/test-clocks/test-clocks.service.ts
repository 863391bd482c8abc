import { keysOf } from '../../core/records.ts'
import { badRequest, conflict, forbidden } from '../../core/refusal.ts'
import type { Owner } from '../../platform/clock.ts'
import { claimClock, letGoOfClock, moveClock, readClocks, takeClockAway } from '../../platform/database/clocks.ts'
import { asEntity, asSystem, momentAfter, NO_ENTITY, nowFor, onlyOf } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, type Kind, type Schedule, whoOf, workOff } from '../../platform/jobs/jobs.ts'
import { bringForward } from '../../platform/jobs/shifting.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { isLive } from '../payments/providers/providers.service.ts'
import type { ClockTarget, TestClock, TestClockMoved } from './test-clocks.schema.ts'

/**
 * Clocks that are moved: what would happen until then happens at once, each thing at its moment. What real time has to govern stays with
 * the machine's clock: tokens, idempotency keys, leases and retries of jobs, deliveries of webhooks, and the audit log.
 */

/** One move does not go on for longer than that: it stops where it is, and says so. */
const TIME_MS = 25_000
/** Somebody else's worker may have a job in hand; for each stop it is waited for no longer than that. */
const STOP_MS = 5_000
const SHOWN_MAX = 1_000
const ENTITIES_MAX = 100
const YEARS_MS = 20 * 366 * 86_400_000

/** Kinds that wait for a moment of the entity's clock; all others wait by the machine's. */
const WAITING: readonly Kind[] = ['payments.ask', 'onboarding.ask']
/** Somebody outside is in these: the workers do them in their own time. */
const isOutside = (kind: string) => /^(webhooks|accounting\.push|accounting\.sync|einvoicing)/.test(kind)

// Whether it may be moved

const CONNECTED = sql(`
  select settings ->> 'publishable_key' as publishable_key from connections where port = 'payments' and deleted_at is null and partner_id = :partner
    and (:entity?::uuid is null or entity_id is null or entity_id = :entity)`)

/** Refuses (`forbidden`) where money may be real: without the sandbox, or beside a live account at a payment provider. */
export async function checkSandbox({ config, db }: Machinery, owner: Owner): Promise<void> {
  if (config.test_clocks === 'on') return
  const refuse = (why: string) => forbidden(`${why}. TEST_CLOCKS=on allows it all the same`, 'not_in_sandbox')
  if (config.test_clocks === 'off') throw refuse('Test clocks are switched off here')
  if (config.payments_sandbox === 'off')
    throw refuse('Test clocks and snapshots are for the sandbox, and PAYMENTS_SANDBOX is off here')
  const [partner, entity] = [owner.partner_id, onlyOf(owner)[1]]
  const connected = await asSystem(db, (ctx) => CONNECTED(ctx, { partner, entity }))
  if (connected.some(({ publishable_key }) => isLive(publishable_key ?? '')))
    throw refuse('A live account at a payment provider is connected')
}

// One at a time

/** Everything that one move needs. */
interface Moving {
  readonly machinery: Machinery
  readonly owner: Owner
  readonly handlers: JobHandlers
  readonly schedules: readonly Schedule[]
  readonly entities: readonly string[]
}

const now = ({ machinery, owner }: Pick<Moving, 'machinery' | 'owner'>) => nowFor(machinery.db, owner)
const aheadOf = ({ db }: Machinery, { partner_id, entity_id }: Owner) => db.clocks?.aheadOf(partner_id, entity_id) ?? 0

async function put({ machinery, owner }: Pick<Moving, 'machinery' | 'owner'>, at: Date): Promise<void> {
  const { db } = machinery
  const partner = owner.partner_id
  const ahead_ms = at.getTime() - db.clock.now().getTime()
  const by_s = (ahead_ms - aheadOf(machinery, owner)) / 1000
  await asSystem(db, async (ctx) => {
    await moveClock(ctx, owner, ahead_ms)
    await bringForward(ctx, { partner, only: onlyOf(owner)[1], kinds: [...WAITING], by_s })
  })
  await readClocks(db)
}

const ENTITIES = sql(`
  select e.id from entities e where e.partner_id = :partner and e.status = 'active' and (:entity?::uuid is null or e.id = :entity)
    and (:entity is not null or not exists (select from test_clocks c where c.partner_id = e.partner_id and c.entity_id = e.id))
  order by e.created_at, e.id limit ${ENTITIES_MAX + 1}`)

/** Runs `work` as the only one who moves this clock. Refuses (`conflict`) when somebody else does just now. */
async function alone<T>(machinery: Machinery, owner: Owner, work: (moving: Moving) => Promise<T>): Promise<T> {
  const { db } = machinery
  const partner = owner.partner_id
  await checkSandbox(machinery, owner)
  const entities = (await asSystem(db, (ctx) => ENTITIES(ctx, { partner, entity: onlyOf(owner)[1] }))).map(({ id }) => id)
  if (entities.length > ENTITIES_MAX)
    throw conflict(`The partner has more than ${ENTITIES_MAX} entities: move the clocks of single ones`)
  const claimed = await asSystem(db, (ctx) => claimClock(ctx, owner, aheadOf(machinery, owner)))
  if (!claimed) throw conflict('Somebody else moves this clock just now')
  await readClocks(db)
  try {
    const { handlers, schedules } = machinery.work()
    return await work({ machinery, owner, handlers, schedules: schedules.filter(({ next }) => next), entities })
  } finally {
    await asSystem(db, (ctx) => letGoOfClock(ctx, owner))
  }
}

// What comes next, and what happened

const NEXT_JOB = sql(`
  select min(run_at) as at from jobs where entity_id = current_setting('app.entity_id')::uuid and kind = any (:kinds) and not dead and failures = 0
    and run_at > machine_now()`)

/** The next moment at which something may happen, later than it is now; null when nothing waits. */
async function nextMoment({ machinery, owner, schedules, entities }: Moving): Promise<Date | null> {
  const moments: number[] = []
  for (const entity_id of entities)
    await asEntity(machinery.db, { ...whoOf({ ...owner, entity_id }), reading: true }, async (ctx) => {
      for (const { next } of schedules) {
        const at = await next?.(ctx)
        if (at && at > ctx.now) moments.push(at.getTime())
      }
      const { at } = await NEXT_JOB.one(ctx, { kinds: [...WAITING] })
      const due = momentAfter(at)
      if (due) moments.push(due.getTime() + ctx.ahead_ms)
    })
  return moments.length === 0 ? null : new Date(Math.min(...moments))
}

/** Does all that is due now. Answers whether nothing was left. */
async function settle({ machinery, owner, schedules, handlers }: Moving, until_ms: number): Promise<boolean> {
  const { db, log } = machinery
  for (const { name, work } of schedules)
    await work(owner).catch((error: Error) => log.error({ err: error, schedule: name }, 'a scheduled run failed'))
  const kinds = keysOf(handlers).filter((kind) => !isOutside(kind))
  const patience_ms = Math.min(until_ms, performance.now() + STOP_MS)
  return workOff(db, log, handlers, { only: owner, kinds, waiting: WAITING, until_ms: patience_ms })
}

const EVENTS = sql(`
  select id, created_at, entity_id, object_type, object_id, event from events
  where partner_id = :partner and (:entity?::uuid is null or entity_id = :entity) and created_at >= :from::timestamptz and not (id = any (:known::uuid[]))
  order by created_at, id limit ${SHOWN_MAX + 1}`)
const MAILS = sql(`
  select id, created_at, entity_id, object_type, object_id, subject, status,
    (select coalesce(json_agg(r ->> 'email'), '[]') from jsonb_array_elements(recipients) r) as "to!"
  from mails where partner_id = :partner and (:entity?::uuid is null or entity_id = :entity) and created_at >= :from::timestamptz and not (id = any (:known::uuid[]))
  order by created_at, id limit ${SHOWN_MAX + 1}`)

type Known = Readonly<Record<'events' | 'mails', readonly string[]>>

/** What bears a moment from `from` on and isn't known yet. */
function happened({ machinery, owner }: Pick<Moving, 'machinery' | 'owner'>, from: Date, known: Known) {
  const range = { partner: owner.partner_id, entity: onlyOf(owner)[1], from: from.toISOString() }
  return asSystem(machinery.db, async (ctx) => ({
    events: await EVENTS(ctx, { ...range, known: [...known.events] }),
    mails: await MAILS(ctx, { ...range, known: [...known.mails] }),
  }))
}

const KNOWN_EVENTS = sql(`
  select id from events where partner_id = :partner and (:entity?::uuid is null or entity_id = :entity) and created_at >= :from::timestamptz`)
const KNOWN_MAILS = sql(`
  select id from mails where partner_id = :partner and (:entity?::uuid is null or entity_id = :entity) and created_at >= :from::timestamptz`)

/** What is there already since that moment: after a rewind the clock passes it once more. */
function knownSince({ machinery, owner }: Moving, from: Date): Promise<Known> {
  const range = { partner: owner.partner_id, entity: onlyOf(owner)[1], from: from.toISOString() }
  const ids = (found: { id: string }[]) => found.map(({ id }) => id)
  return asSystem(machinery.db, async (ctx) => ({
    events: ids(await KNOWN_EVENTS(ctx, range)),
    mails: ids(await KNOWN_MAILS(ctx, range)),
  }))
}

// The moves

export function readClock(machinery: Machinery, owner: Owner): TestClock {
  const machine_now = machinery.db.clock.now()
  const ahead_ms = aheadOf(machinery, owner)
  return {
    entity_id: onlyOf(owner)[1],
    now: new Date(machine_now.getTime() + ahead_ms).toISOString(),
    machine_now: machine_now.toISOString(),
    ahead_s: Math.round(ahead_ms / 1000),
  }
}

async function reportOf(moving: Moving, from: Date, known: Known, complete: boolean): Promise<TestClockMoved> {
  const { events, mails } = await happened(moving, from, known)
  return {
    ...readClock(moving.machinery, moving.owner),
    from: from.toISOString(),
    complete,
    events: events.slice(0, SHOWN_MAX),
    mails: mails.slice(0, SHOWN_MAX).map(({ to, ...mail }) => ({ ...mail, to: to as string[] })),
    has_more: events.length > SHOWN_MAX || mails.length > SHOWN_MAX,
  }
}

const DAY_MS = 86_400_000

/** The moment that is asked for. Refuses (`bad_request`) none, two, and one that lies on the wrong side. */
function targetOf({ to, days }: ClockTarget, from: Date, machine_now: Date, sign: 1 | -1): Date {
  if ((to ?? null) === null ? (days ?? null) === null : (days ?? null) !== null)
    throw badRequest('Say either `to`, a moment, or `days`')
  const at = to ? new Date(to) : new Date(from.getTime() + sign * (days ?? 0) * DAY_MS)
  if (sign * (at.getTime() - from.getTime()) <= 0)
    throw badRequest(
      sign > 0
        ? `to: the clock shows ${from.toISOString()} already; only a rewind goes back`
        : `to: the clock shows ${from.toISOString()}; only an advance goes forward`,
    )
  if (Math.abs(at.getTime() - machine_now.getTime()) > YEARS_MS)
    throw badRequest('A clock can be moved by at most 20 years, ahead or back')
  return at
}

const daysFrom = (from: Date, to: Date) => Math.round((to.getTime() - from.getTime()) / DAY_MS)

/** Puts the clock forward, from one thing that is due to the next; tells how many days of how many are done. */
export const advance = (
  machinery: Machinery,
  owner: Owner,
  target: ClockTarget,
  tell: (done: number, days: number) => void = () => {},
): Promise<TestClockMoved> =>
  alone(machinery, owner, async (moving) => {
    const from = now(moving)
    const to = targetOf(target, from, machinery.db.clock.now(), 1)
    const until_ms = performance.now() + TIME_MS
    const known = await knownSince(moving, from)
    let complete = await settle(moving, until_ms)
    while (performance.now() < until_ms) {
      const next = await nextMoment(moving)
      const isLast = next === null || next >= to
      await put(moving, isLast ? to : next)
      tell(daysFrom(from, isLast ? to : next), daysFrom(from, to))
      complete = (await settle(moving, until_ms)) && complete
      if (isLast) return reportOf(moving, from, known, complete)
    }
    return reportOf(moving, from, known, false)
  })

/** Puts the clock to the next moment at which something happens: an event, or a mail. Without one it stays where it is. */
export const advanceToEvent = (machinery: Machinery, owner: Owner): Promise<TestClockMoved> =>
  alone(machinery, owner, async (moving) => {
    const from = now(moving)
    const until_ms = performance.now() + TIME_MS
    const known = await knownSince(moving, from)
    let complete = await settle(moving, until_ms)
    while (performance.now() < until_ms) {
      const { events, mails } = await happened(moving, from, known)
      const next = events.length + mails.length > 0 ? null : await nextMoment(moving)
      if (next === null || next.getTime() - machinery.db.clock.now().getTime() > YEARS_MS)
        return reportOf(moving, from, known, complete)
      await put(moving, next)
      complete = (await settle(moving, until_ms)) && complete
    }
    return reportOf(moving, from, known, false)
  })

/** Puts the clock back. What has happened stays: numbers, mails and events are not taken back. */
export const rewind = (machinery: Machinery, owner: Owner, target: ClockTarget): Promise<TestClock> =>
  alone(machinery, owner, async (moving) => {
    await put(moving, targetOf(target, now(moving), machinery.db.clock.now(), -1))
    return readClock(machinery, owner)
  })

/** Takes the clock away: the entity goes by the machine's again, or by the one of its partner. */
export const takeAway = (machinery: Machinery, owner: Owner): Promise<void> =>
  alone(machinery, owner, async (moving) => {
    const { db } = machinery
    const partner = { partner_id: owner.partner_id, entity_id: NO_ENTITY }
    await put(moving, owner.entity_id === NO_ENTITY ? db.clock.now() : nowFor(db, partner))
    await asSystem(db, (ctx) => takeClockAway(ctx, owner))
    await readClocks(db)
  })
