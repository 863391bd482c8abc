import { createHash } from 'node:crypto'
import { type PersonRole, personRoles } from '../../core/onboarding/asked.data.ts'
import {
  type Ask,
  type KnownPerson,
  type MethodReport,
  missingIn,
  reportOf,
  type Snapshot,
  type Standing,
  type Values,
} from '../../core/onboarding/requirements.ts'
import { methodOf, type PaymentMethod, presentMethod } from '../../core/payments/methods.data.ts'
import { notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { localDay } from '../../platform/local-day.ts'
import type { KycSigned } from '../../ports/kyc.ts'
import type { EntityProviders } from '../../ports/payments.ts'

/** How an entity stands with each way to be paid: read from what lies in the database, at the moment it is asked. */

const ENTITY = sql(`
  select type, email, phone, tax_id, address, organization, individual from entities where id = :id and status <> 'deleted'`)
const PERSONS = sql(`
  select id, director, executive, owner, representative, percent_ownership::float8 as percent_ownership, title, first_name, last_name, email, phone, date_of_birth,
    id_number, ssn_last_4, citizenship, address from persons where deleted_at is null order by created_at, id`)
const ACCOUNTS = sql(`select id from entity_bank_accounts where deleted_at is null order by created_at, id`)
const DOCUMENTS = sql(`
  select id, person_id, kind, status from onboarding_documents where deleted_at is null order by created_at, id`)
declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'onboardings.business_profile': Values
    'onboardings.ownership_declaration': KycSigned
    'onboardings.tos_acceptance': KycSigned
    'onboardings.treasury_tos_acceptance': KycSigned
    'onboardings.asks': readonly Ask[]
    'onboardings.deadlines': Readonly<Record<string, string>>
  }
}
const ROW = sql(`
  select business_profile, ownership_declaration, tos_acceptance, treasury_tos_acceptance, verified_at, rejected, charges, payouts, reason, asks, verified_persons, deadlines, blocked,
    submitted, submitted_at, approved, reported_at, shown from onboardings where entity_id = :id`)
/** Whether whoever moves the entity's money looks at it by itself, with terms of its own. */
const LOOKS = sql(`
  select (settings ->> 'connect_entities') = 'true' as "looks" from connections where port = 'payments' and deleted_at is null
    and (entity_id is null or entity_id = current_setting('app.entity_id')::uuid) order by entity_id nulls last, created_at limit 1`)
const METHODS = sql(`select distinct method from entity_payment_methods where deleted_at is null order by method`)

type Onboarding = Awaited<ReturnType<typeof ROW.one>>

export interface Known {
  readonly snapshot: Snapshot
  readonly standing: Standing
  readonly row: Onboarding | undefined
}

const flat = (prefix: string, values: object | null): Values =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [`${prefix}${name}`, value]))

/** All that is known of the entity. */
export async function readKnown(ctx: Ctx): Promise<Known> {
  const entity = await ENTITY.maybe(ctx, { id: ctx.entityId })
  if (!entity) throw notFound('Entity not found')
  const { type, email, phone, tax_id, address, organization, individual } = entity
  const [looks, persons, accounts, documents, row, today] = [
    await LOOKS.maybe(ctx),
    await PERSONS(ctx),
    await ACCOUNTS(ctx),
    await DOCUMENTS(ctx),
    await ROW.maybe(ctx, { id: ctx.entityId }),
    await localDay(ctx),
  ]
  const values: Values = Object.assign({}, flat('', organization), flat('', individual), flat('address.', address), {
    email,
    phone,
    tax_id,
  })
  const snapshot: Snapshot = {
    today,
    type,
    country: String(values['address.country'] ?? ''),
    values,
    persons: persons.map(personOf),
    accounts: accounts.map(({ id }) => id),
    business_profile: row?.business_profile ?? {},
    ownership_declared_at: row?.ownership_declaration?.date ?? null,
    ...(looks?.looks && { terms: { accepted_at: row?.tos_acceptance?.date ?? null } }),
    documents,
  }
  return { snapshot, standing: standingOf(row), row }
}

function personOf(row: Awaited<ReturnType<typeof PERSONS>>[number]): KnownPerson {
  const { id, address, title, percent_ownership: percent, director, executive, owner, representative } = row
  const has: Record<PersonRole, boolean> = { director, executive, owner, representative }
  const { first_name, last_name, email, phone, date_of_birth, id_number, ssn_last_4, citizenship } = row
  const own = { first_name, last_name, email, phone, date_of_birth, id_number, ssn_last_4, citizenship }
  const related = { 'relationship.title': title, 'relationship.percent_ownership': percent }
  const place = { 'address.line1': null, 'address.city': null, 'address.postal_code': null, 'address.country': null }
  return {
    id,
    roles: personRoles.filter((role) => has[role]),
    percent,
    values: Object.assign({}, own, related, place, flat('address.', address)),
  }
}

const standingOf = (row: Onboarding | undefined): Standing => ({
  verified: row?.verified_at != null,
  rejected: row?.rejected ?? null,
  charges: row?.charges ?? true,
  payouts: row?.payouts ?? true,
  reason: row?.reason ?? null,
  asks: row?.asks ?? [],
  verified_persons: row?.verified_persons ?? [],
  deadlines: row?.deadlines ?? {},
  blocked: row?.blocked ?? [],
})

/** A hash of all that a provider is shown. */
export function hashOf({ snapshot }: Known): string {
  const { today: _today, documents, ...rest } = snapshot
  const shown = documents.filter(({ status }) => status === 'pending' || status === 'accepted').map(({ id }) => id)
  return createHash('sha256')
    .update(JSON.stringify([rest, shown]))
    .digest('hex')
    .slice(0, 32)
}

/**
 * Whether somebody has to know the entity before it may use this way. Transfers from account to account go past everybody, and who connects an
 * account of their own was looked at when they opened it.
 */
export function needsOnboarding(providers: EntityProviders, method: PaymentMethod): boolean {
  const currency = methodOf(method).currencies?.[0] ?? 'EUR'
  const provider = providers.for(method, currency, 'receive') ?? providers.for(method, currency, 'send')
  return method !== 'sepa_credit' && provider?.byHand !== true && provider?.knowsPayee !== true
}

export const enabledMethods = async (ctx: Ctx): Promise<PaymentMethod[]> => (await METHODS(ctx)).map(({ method }) => method)

/** The reports of some methods, as things stand now. */
export const reportsOf = (
  { snapshot, standing }: Known,
  providers: EntityProviders,
  methods: readonly PaymentMethod[],
  now: Date,
): MethodReport[] => methods.map((method) => reportOf(snapshot, standing, method, needsOnboarding(providers, method), now))

/** Those of these methods that the entity may use by now. */
export async function usableMethods(
  ctx: Ctx,
  providers: EntityProviders,
  methods: readonly PaymentMethod[],
): Promise<Set<PaymentMethod>> {
  const present = [...new Set(methods.map(presentMethod))]
  const asked = present.filter((method) => needsOnboarding(providers, method))
  if (asked.length === 0) return new Set(present)
  const reports = reportsOf(await readKnown(ctx), providers, asked, ctx.now)
  const blocked = reports.flatMap(({ payment_method, verification_status }) =>
    verification_status === 'enabled' ? [] : [payment_method],
  )
  return new Set(present.filter((method) => !blocked.includes(method)))
}

export const missingCodes = ({ snapshot }: Known): string[] => [...new Set(missingIn(snapshot).map(({ code }) => code))]
