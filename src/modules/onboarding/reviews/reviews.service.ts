import { randomUUID } from 'node:crypto'
import { fullName, isSameName } from '../../../core/onboarding/names.ts'
import { allFields, familyOf } from '../../../core/onboarding/requirements.ts'
import { methodCodes } from '../../../core/payments/methods.data.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { link } from '../../../platform/files/links.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { KycAsk, KycReport } from '../../../ports/kyc.ts'
import { readData } from '../data/data.service.ts'
import { kycIn } from '../kyc.service.ts'
import { hear, lockOnboarding } from '../onboarding.service.ts'
import { hashOf, type Known, missingCodes, readKnown } from '../standing.service.ts'
import { OnboardingReview, type Reject, type ReviewDetails, type SentAsk } from './reviews.schema.ts'

/** The built-in provider's part that a person plays: what there is to look at, and what was decided. */

/** Whom an operator's word is kept as. */
const NAME_OF_OURS = 'rules'

const NOTICE =
  'Nobody here was compared with lists of sanctioned or politically exposed people. Do that before you approve, and again from time to time.'

/** Where it stands, for whoever decides: nothing to do, somebody new, somebody known who changed something. */
const STATE = `case when t.rejected is not null then 'rejected' when t.submitted is not null and t.submitted is distinct from t.approved
    then case when t.verified_at is null then 'waiting' else 'changed' end when t.verified_at is not null then 'approved' else 'incomplete' end`
const NAME = `(select coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) from entities e where e.id = t.entity_id)`
export const reviewTable = table('onboardings', OnboardingReview, {
  noun: 'Onboarding',
  computed: { entity_name: NAME, state: STATE, charges_enabled: 't.charges', payouts_enabled: 't.payouts' },
})

const ACCOUNTS = sql(`
  select id, account_holder_name, currency, iban, account_number from entity_bank_accounts where deleted_at is null order by created_at, id`)
const PAPERS = sql(`
  select d.id, d.created_at, d.person_id, d.kind, d.status, d.reason, d.file_id, f.name, f.mimetype, f.storage_key <> '' as "is_here!"
  from onboarding_documents d join files f on f.id = d.file_id where d.deleted_at is null order by d.created_at, d.id`)
const REVIEWED = sql(`select (${STATE}) as "state!", t.provider from onboardings t where t.entity_id = :id`)

const nameOf = ({ snapshot: { type, values } }: Known): string =>
  type === 'organization'
    ? String(values.legal_name ?? '')
    : fullName(String(values.first_name ?? ''), String(values.last_name ?? ''))

const hidden = new Set(['id_number', 'ssn_last_4'])

/** All that an operator looks at. */
export async function readReview(ctx: Ctx): Promise<ReviewDetails> {
  const known = await readKnown(ctx)
  const { snapshot, standing, row } = known
  const [state] = await REVIEWED(ctx, { id: ctx.entityId })
  const name = nameOf(known)
  const people = snapshot.persons.map(({ id, roles, percent, values }) => ({
    id,
    name: fullName(String(values.first_name ?? ''), String(values.last_name ?? '')),
    roles: [...roles],
    percent_ownership: percent,
  }))
  const names = [name].concat(people.map((person) => person.name))
  const accounts = await ACCOUNTS(ctx)
  const papers = await PAPERS(ctx)
  return {
    entity_id: ctx.entityId,
    entity_name: name,
    provider: state?.provider ?? NAME_OF_OURS,
    type: snapshot.type,
    country: snapshot.country,
    state: states.find((one) => one === state?.state) ?? 'incomplete',
    submission: hashOf(known),
    submitted_at: row?.submitted_at ?? null,
    verified_at: row?.verified_at ?? null,
    charges_enabled: standing.charges,
    payouts_enabled: standing.payouts,
    reason: standing.rejected ?? standing.reason,
    missing: missingCodes(known),
    asks: standing.asks.map(({ was: _was, methods, ...ask }) => ({ ...ask, methods: methods && [...methods] })),
    values: allFields(snapshot).map(({ code, place, person_id, value, error }) => ({
      requirement: code,
      person_id,
      error,
      // The audit log hides numbers that identify people by their names.
      value: hidden.has(place) && value !== null ? { [place]: value } : value,
    })),
    persons: people,
    bank_accounts: accounts.map((account) => {
      const holder = account.account_holder_name
      return { ...account, holder_is_known: holder === null ? null : names.some((one) => isSameName(one, holder)) }
    }),
    documents: papers.map(({ is_here, ...paper }) => ({
      ...paper,
      url: is_here ? link(`/x/identity_documents/${paper.file_id}`) : null,
    })),
    agreements: await readData(ctx),
    notice: NOTICE,
  }
}

const states = ['incomplete', 'waiting', 'changed', 'approved', 'rejected'] as const

/** What an operator said, as if a provider had called. */
const said = (ctx: Ctx, report: Omit<KycReport, 'id' | 'at'>): KycReport => ({
  id: `operator:${randomUUID()}`,
  at: ctx.now.toISOString(),
  ...report,
})

/** Refuses (`conflict`) decisions about entities that somebody else looks at: the next word of theirs would undo it. */
async function requireOurs(ctx: Ctx, machinery: Machinery): Promise<void> {
  const { news, name } = await kycIn(ctx, machinery)
  if (news) throw conflict(`This entity is looked at by ${name}; decide there`)
}

/** Lets an entity take payments. Refuses (`conflict`) when something is missing, or what was looked at isn't what is there now. */
export async function approve(ctx: Ctx, machinery: Machinery, submission: string): Promise<ReviewDetails> {
  await requireOurs(ctx, machinery)
  await lockOnboarding(ctx, machinery)
  const known = await readKnown(ctx)
  if (submission !== hashOf(known)) throw conflict('Something has changed since you looked; please look again')
  const missing = missingCodes(known)
  if (missing.length > 0) throw conflict(`This is still missing: ${missing.join(', ')}`)
  await hear(ctx, machinery, NAME_OF_OURS, said(ctx, { verdict: 'approved', charges: true, payouts: true, asks: [] }))
  return readReview(ctx)
}

/** Turns single fields and documents down, or the entity for good. */
export async function reject(
  ctx: Ctx,
  machinery: Machinery,
  { errors, disabled_reason, reason }: Reject,
): Promise<ReviewDetails> {
  await requireOurs(ctx, machinery)
  if (!errors && !disabled_reason) throw badRequest('Name what is wrong in errors, or a disabled_reason')
  const known = await readKnown(ctx)
  const asks = (errors ?? []).map((error) => checkedAsk(ctx, known, error))
  await hear(
    ctx,
    machinery,
    NAME_OF_OURS,
    said(ctx, {
      verdict: disabled_reason ? 'rejected' : 'unchanged',
      ...(disabled_reason && { rejection: disabled_reason }),
      ...(reason && { reason }),
      adds: asks,
    }),
  )
  return readReview(ctx)
}

/** Asks for more, of somebody new or known. */
export async function askMore(ctx: Ctx, machinery: Machinery, requirements: readonly SentAsk[]): Promise<ReviewDetails> {
  await requireOurs(ctx, machinery)
  const known = await readKnown(ctx)
  const asks = requirements.map((sent) => checkedAsk(ctx, known, sent))
  await hear(ctx, machinery, NAME_OF_OURS, said(ctx, { verdict: 'unchanged', adds: asks }))
  return readReview(ctx)
}

/** Stops or allows taking money and paying out, each by itself. */
export async function limit(
  ctx: Ctx,
  machinery: Machinery,
  asked: { charges_enabled?: boolean | null; payouts_enabled?: boolean | null; reason: string },
): Promise<ReviewDetails> {
  await requireOurs(ctx, machinery)
  const { charges_enabled, payouts_enabled, reason } = asked
  await hear(
    ctx,
    machinery,
    NAME_OF_OURS,
    said(ctx, {
      verdict: 'unchanged',
      ...(charges_enabled != null && { charges: charges_enabled }),
      ...(payouts_enabled != null && { payouts: payouts_enabled }),
      reason,
    }),
  )
  return readReview(ctx)
}

function checkedAsk(ctx: Ctx, { snapshot }: Known, sent: SentAsk): KycAsk {
  const { requirement, person_id, methods, deadline, code, message } = sent
  if (person_id && !snapshot.persons.some(({ id }) => id === person_id.toLowerCase()))
    throw badRequest(`person_id: the entity has no person ${person_id}`)
  const unknown = methods?.find((method) => !methodCodes.some((one) => one === method))
  if (unknown) throw badRequest(`methods: there is no ${unknown}`)
  if (deadline && Date.parse(deadline) <= ctx.now.getTime()) throw badRequest('deadline lies in the past')
  if (requirement?.startsWith('persons.') && familyOf(requirement) && !person_id)
    throw badRequest(`person_id: whose document is it? ${requirement} needs one`)
  return {
    ...(requirement && { requirement }),
    ...(person_id && { person_id: person_id.toLowerCase() }),
    ...(methods && { methods }),
    ...(deadline && { deadline: new Date(deadline).toISOString() }),
    ...(code && { code }),
    ...(message && { message }),
  }
}
