import {
  type Ask,
  allFields,
  familyOf,
  fingerprint,
  type MethodReport,
  personMeant,
  type Snapshot,
  type Standing,
} from '../../core/onboarding/requirements.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Reaction } from '../../platform/events/reactions.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { KycAsk, KycKnown, KycReport, KycSubmission } from '../../ports/kyc.ts'
import type { EntityProviders } from '../../ports/payments.ts'
import { accountOf, type Kyc, kycIn } from './kyc.service.ts'
import { providersIn } from './providers.service.ts'
import { enabledMethods, hashOf, type Known, missingCodes, needsOnboarding, readKnown, reportsOf } from './standing.service.ts'

/** The course of an onboarding: what is handed in goes to the provider, what the provider says is kept, and changes are told. */

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Looks at an entity again: hands in what is complete, and tells what changed. */
    'onboarding.refresh': Reaction
    /** Asks the provider what it says by now. */
    'onboarding.ask': object
  }
}

const BEGIN = sql(`
  insert into onboardings (provider) values (:provider) on conflict (entity_id) do update set provider = excluded.provider
  where onboardings.provider <> excluded.provider`)
const LOCK = sql(`select id from onboardings where entity_id = :id for update`)
const SHOWN = sql(`
  update onboardings set shown = :shown::json, deadlines = :deadlines::json, next_deadline = :next?, updated_at = app_now() where entity_id = :id`)
const SUBMITTED = sql(`
  update onboardings set submitted = :submitted, submitted_at = app_now(), updated_at = app_now() where entity_id = :id`)
const TOLD = sql(`select emit('entity', :id, :event, :user?) as "emitted!"`)

/** Makes the row that everything about an onboarding hangs on, and locks it. */
export async function lockOnboarding(ctx: Ctx, machinery: Kyc): Promise<void> {
  await BEGIN(ctx, { provider: (await kycIn(ctx, machinery)).name })
  await LOCK.one(ctx, { id: ctx.entityId })
}

/** Something about the entity changed: it is looked at again, once this is committed. */
export const refreshLater = (ctx: Ctx): Promise<void> =>
  jobs.add(
    ctx,
    'onboarding.refresh',
    { object_id: ctx.entityId, at: ctx.now.toISOString() },
    { key: `onboarding.refresh:${ctx.entityId}` },
  )

/** Days to bring something again that went missing after the approval. Our choice: a card company usually gives two weeks, and people are ill. */
const MISSING_DAYS = 30
const ASK_DAYS = 14
const inDays = (now: Date, days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()

declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'onboardings.shown': Shown
  }
}
type Shown = Record<string, Pick<MethodReport, 'verification_status'> & { readonly lists: readonly unknown[] }>

/**
 * Brings what was told up to date: deadlines of what went missing, and an event for each real change. Several at once wait for each other.
 * Changes nothing where nobody has to know the entity.
 */
export async function refresh(ctx: Ctx, machinery: Machinery): Promise<void> {
  const payments = await providersIn(ctx, machinery)
  const methods = await enabledMethods(ctx)
  const asked = methods.filter((method) => needsOnboarding(payments, method))
  if (asked.length === 0 && !(await readKnown(ctx)).row) return
  await lockOnboarding(ctx, machinery)
  const known = await readKnown(ctx)
  const deadlines = deadlinesOf(known, ctx.now)
  const standing: Standing = { ...known.standing, deadlines }
  const reports = reportsOf({ ...known, standing }, payments, methods, ctx.now)
  const shown: Shown = Object.fromEntries(reports.map((report) => [report.payment_method, shownOf(report)]))
  const before = known.row?.shown ?? {}
  const ahead = standing.asks
    .flatMap(({ deadline }) => deadline ?? [])
    .concat(Object.values(deadlines))
    .filter((deadline) => Date.parse(deadline) > ctx.now.getTime())
    .sort()
  await SHOWN(ctx, { id: ctx.entityId, shown, deadlines, next: ahead[0] ?? null })
  await tellChanges(ctx, payments, before, shown)
}

const shownOf = (report: MethodReport): Shown[string] => ({
  verification_status: report.verification_status,
  lists: [
    report.currently_due,
    report.past_due,
    report.pending_verification,
    report.current_deadline,
    report.requirements_errors,
    report.verification_errors,
  ],
})

async function tellChanges(ctx: Ctx, payments: EntityProviders, before: Shown, now: Shown): Promise<void> {
  const writeEvent = (event: string) => TOLD(ctx, { id: ctx.entityId, event, user: ctx.userId })
  const both = Object.keys(now).filter((method) => method in before)
  const isOther = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
  const isNew = Object.keys(now).some((method) => !(method in before) && now[method]?.lists.some((list) => !isVoid(list)))
  if (isNew || both.some((method) => isOther(before[method]?.lists, now[method]?.lists)))
    await writeEvent('onboarding_requirements.updated')
  if (both.some((method) => before[method]?.verification_status !== now[method]?.verification_status))
    await writeEvent('onboarding_requirements.status_updated')
  if (!both.includes('us_ach')) return
  if (!payments.for('us_ach', 'USD', 'receive') && !payments.for('us_ach', 'USD', 'send')) return
  const [was, is] = [before, now].map((one) => one.us_ach?.verification_status === 'enabled')
  if (was !== is) await writeEvent(is ? 'payment_method.us_ach.activated' : 'payment_method.us_ach.deactivated')
}
const isVoid = (list: unknown) => list === null || (Array.isArray(list) && list.length === 0)

/** Until when things have to be back that went missing after the approval. What is there again has no deadline. */
function deadlinesOf(known: Known, now: Date): Record<string, string> {
  if (!known.standing.verified) return {}
  return Object.fromEntries(
    missingCodes(known).map((code) => [code, known.standing.deadlines[code] ?? inDays(now, MISSING_DAYS)]),
  )
}

// Handing in

/** What is to be handed in now; null when something is missing, or when all of it was handed in already. */
export async function toSubmit(ctx: Ctx, machinery: Machinery): Promise<Due | null> {
  const payments = await providersIn(ctx, machinery)
  const asked = (await enabledMethods(ctx)).filter((method) => needsOnboarding(payments, method))
  if (asked.length === 0) return null
  const known = await readKnown(ctx)
  const { standing, row } = known
  const submitted = hashOf(known)
  if (standing.rejected || row?.submitted === submitted) return null
  // A way that needs more keeps the others waiting for nothing.
  const due = reportsOf(known, payments, asked, ctx.now).map((report) => report.currently_due.length + report.past_due.length)
  if (Math.min(...due) > 0) return null
  return { entity_id: ctx.entityId, submitted, at: ctx.now.toISOString() }
}
/** What is handed in, by name; what is in it is read when the provider asks. */
export type Due = Pick<KycSubmission, 'entity_id' | 'submitted' | 'at'>

export const markSubmitted = (ctx: Ctx, { submitted }: Due) => SUBMITTED(ctx, { id: ctx.entityId, submitted })

/** The entity as a provider knows it; null where it doesn't. */
export async function knownTo(ctx: Ctx, provider: string): Promise<KycKnown | null> {
  const account = await accountOf(ctx, provider)
  if (account === null) return null
  const { standing } = await readKnown(ctx)
  return { account, verified: standing.verified, methods: await enabledMethods(ctx) }
}

/** Asks the provider again at a moment. */
export const askLater = (ctx: Ctx, at: string): Promise<void> =>
  jobs.add(ctx, 'onboarding.ask', {}, { key: `onboarding.ask:${ctx.entityId}`, runAt: new Date(at) })

/**
 * What a provider says that has not seen all that is here by now: what it asks for may have been answered, and it has approved something
 * else. Only what it took away or gave counts; the rest it says again once it is shown what is new.
 */
export async function stillFits(ctx: Ctx, report: KycReport): Promise<KycReport> {
  const known = await readKnown(ctx)
  if (known.row?.submitted === hashOf(known)) return report
  const { asks: _asks, adds: _adds, verdict, ...rest } = report
  return { ...rest, verdict: verdict === 'rejected' ? verdict : 'unchanged' }
}

// Hearing

const KEEP = sql(`
  insert into onboarding_reports (provider, event_id, at, payload, outcome) values (:provider, :event_id, :at, :payload::json, :outcome)
  on conflict (entity_id, provider, event_id) do nothing returning id`)
const HEARD = sql(`
  update onboardings set reported_at = :at, verified_at = case when :approved::boolean then coalesce(verified_at, :at) else verified_at end, rejected = :rejected?,
    charges = :charges, payouts = :payouts, reason = :reason?, asks = :asks::json, blocked = :blocked::text[],
    approved = case when :approved::boolean then :hash else approved end,
    submitted = case when :approved::boolean then :hash else submitted end,
    verified_persons = case when :approved::boolean then :persons::uuid[] else verified_persons end, updated_at = app_now()
  where entity_id = :id`)
const ACCEPT = sql(`
  update onboarding_documents set status = 'accepted', settled_at = app_now(), updated_at = app_now() where status = 'pending' and deleted_at is null`)
const TURN_DOWN = sql(`
  update onboarding_documents set status = 'rejected', reason = :reason?, settled_at = app_now(), updated_at = app_now()
  where id = any (:ids::uuid[]) and status in ('pending', 'accepted')`)

/**
 * Keeps what a provider said, once, and what follows from it. What is older than the newest word changes nothing. A word about a field that
 * nobody knows is one about the address or the name: somebody has to be able to answer it.
 */
export async function hear(
  ctx: Ctx,
  machinery: Machinery,
  provider: string,
  report: KycReport,
): Promise<'booked' | 'old' | 'known'> {
  await lockOnboarding(ctx, machinery)
  const known = await readKnown(ctx)
  const { snapshot, standing, row } = known
  const isOld = row?.reported_at ? Date.parse(row.reported_at) > Date.parse(report.at) : false
  const kept = await KEEP.maybe(ctx, {
    provider,
    event_id: report.id,
    at: report.at,
    payload: { ...report },
    outcome: isOld ? 'old' : 'booked',
  })
  if (!kept) return 'known'
  if (isOld) return 'old'
  const isApproved = report.verdict === 'approved'
  const fields = new Set(allFields(snapshot).map((field) => lastOf(field.code)))
  const fresh = (report.asks ?? [])
    .concat(report.adds ?? [])
    .map((ask) => askOf(snapshot, fields, ask, standing.verified || isApproved, ctx.now))
  const isFresh = (one: Ask) =>
    fresh.some(({ requirement, person_id }) => requirement === one.requirement && person_id === one.person_id)
  const asks = (report.asks ? [] : standing.asks.filter((one) => !isFresh(one))).concat(fresh)
  for (const { requirement, person_id, message } of fresh) {
    const family = familyOf(requirement)
    if (!family) continue
    const ids: string[] = JSON.parse(fingerprint(snapshot, requirement, person_id))
    await TURN_DOWN(ctx, { ids, reason: message })
  }
  await HEARD(ctx, {
    id: ctx.entityId,
    at: report.at,
    approved: isApproved,
    rejected: report.verdict === 'rejected' ? (report.rejection ?? 'rejected.other') : isApproved ? null : standing.rejected,
    charges: report.charges ?? (isApproved ? true : standing.charges),
    payouts: report.payouts ?? (isApproved ? true : standing.payouts),
    reason: report.reason ?? (isApproved ? null : standing.reason),
    asks,
    blocked: report.blocked ?? (isApproved ? [] : standing.blocked),
    hash: hashOf(known),
    persons: snapshot.persons.map(({ id }) => id),
  })
  if (isApproved) await ACCEPT(ctx)
  await refresh(ctx, machinery)
  return 'booked'
}

function askOf(snapshot: Snapshot, known: ReadonlySet<string>, asked: KycAsk, verified: boolean, now: Date): Ask {
  const requirement = knownRequirement(snapshot, known, asked)
  const family = familyOf(requirement)
  const person = requirement.startsWith('persons.') ? personMeant(snapshot, requirement, asked.person_id ?? null) : undefined
  const person_id = person?.id ?? null
  return {
    requirement,
    person_id,
    methods: asked.methods ?? null,
    deadline: asked.deadline ?? (verified ? inDays(now, ASK_DAYS) : null),
    code: asked.code ?? null,
    message: asked.message ?? (family ? 'Please upload a document' : 'Please enter this again'),
    // Documents that are turned down count no more.
    was: family ? '[]' : fingerprint(snapshot, requirement, person_id),
  }
}

/** The field of a form that is meant. Without one that we know it is the street for addresses, else the name. */
function knownRequirement(snapshot: Snapshot, known: ReadonlySet<string>, { requirement = '', code }: KycAsk): string {
  const whole = ['bank_account', 'ownership_declaration', 'persons.representative', 'tos_acceptance']
  const isKnown =
    whole.includes(requirement) ||
    familyOf(requirement) !== null ||
    /^entities\.(owners|directors|executives)_provided$/.test(requirement) ||
    known.has(lastOf(requirement))
  if (requirement !== '' && isKnown) return requirement
  if (code === 'address_not_verified' || /address/.test(requirement)) return 'entities.address.line1'
  return snapshot.type === 'organization' ? 'entities.legal_name' : 'entities.last_name'
}
/** A person's field whatever their role; others as they are. */
const lastOf = (code: string) => (code.startsWith('persons.') ? `persons.${code.split('.').slice(2).join('.')}` : code)
