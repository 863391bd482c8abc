import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { Kyc } from '../kyc.service.ts'
import { lockOnboarding, refreshLater } from '../onboarding.service.ts'
import type { OnboardingData, OnboardingDataChange } from './data.schema.ts'

/** What an entity says of its business, and what it agreed to: when, and from where. */

const READ = sql(`
  select business_profile, ownership_declaration, tos_acceptance, treasury_tos_acceptance from onboardings where entity_id = :id`)
const WRITE = sql(`
  update onboardings set business_profile = :business_profile?::json, ownership_declaration = :ownership_declaration?::json, tos_acceptance = :tos_acceptance?::json,
    treasury_tos_acceptance = :treasury_tos_acceptance?::json, updated_at = app_now() where entity_id = :id`)

const nothing: OnboardingData = {
  business_profile: null,
  ownership_declaration: null,
  tos_acceptance: null,
  treasury_tos_acceptance: null,
}

export async function readData(ctx: Ctx): Promise<OnboardingData> {
  const row = await READ.maybe(ctx, { id: ctx.entityId })
  return row ?? nothing
}

const PROFILE = {
  description_of_goods_or_services: null,
  estimated_monthly_revenue: null,
  mcc: null,
  operating_countries: null,
  url: null,
}
type Signed = NonNullable<OnboardingDataChange['tos_acceptance']>

/**
 * Keeps what was sent. `whole`: what wasn't sent is cleared; else it stays, and of the business each field by itself. `peer` is where the request
 * came from; it proves an agreement that names no address of its own.
 */
export async function writeData(
  ctx: Ctx,
  machinery: Kyc,
  sent: OnboardingDataChange,
  { whole, peer }: { whole: boolean; peer: string | null },
): Promise<OnboardingData> {
  await lockOnboarding(ctx, machinery)
  const before = await readData(ctx)
  const { business_profile: profile } = sent
  if (profile?.mcc && !/^\d{4}$/.test(profile.mcc)) throw badRequest('business_profile.mcc has four digits')
  const countries = profile?.operating_countries
  if (countries && new Set(countries).size < countries.length)
    throw badRequest('business_profile.operating_countries names a country twice')
  const kept = <T>(value: T | undefined, old: T): T | null => (value === undefined ? (whole ? null : old) : value)
  const signed = (value: Signed | null | undefined, old: OnboardingData['tos_acceptance']) =>
    kept(value ? { date: value.date ?? ctx.now.toISOString(), ip: value.ip ?? peer } : value, old ?? null)
  const data: OnboardingData = {
    business_profile: kept(
      profile ? Object.assign({}, PROFILE, whole ? {} : before.business_profile, profile) : profile,
      before.business_profile ?? null,
    ),
    ownership_declaration: signed(sent.ownership_declaration, before.ownership_declaration),
    tos_acceptance: signed(sent.tos_acceptance, before.tos_acceptance),
    treasury_tos_acceptance: signed(sent.treasury_tos_acceptance, before.treasury_tos_acceptance),
  }
  for (const name of ['ownership_declaration', 'tos_acceptance', 'treasury_tos_acceptance'] as const) {
    const date = sent[name]?.date
    if (date && Date.parse(date) > ctx.now.getTime() + CLOCKS_APART_MS) throw badRequest(`${name}.date lies in the future`)
  }
  await WRITE(ctx, {
    id: ctx.entityId,
    business_profile: data.business_profile ?? null,
    ownership_declaration: data.ownership_declaration ?? null,
    tos_acceptance: data.tos_acceptance ?? null,
    treasury_tos_acceptance: data.treasury_tos_acceptance ?? null,
  })
  await refreshLater(ctx)
  return data
}

/** Clocks of browsers may be ahead by so much; and a day, since some send the calendar day of where they are. */
const CLOCKS_APART_MS = 26 * 3_600_000

/**
 * The address that an agreement came from. A server behind a proxy hears only the proxy when that says nothing: then nobody knows, and the
 * proof doesn't claim that it was this machine.
 */
export function peerOf(ip: string, { trust_proxy }: Pick<Machinery['config'], 'trust_proxy'>): string | null {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  const isHere = plain === '::1' || plain.startsWith('127.')
  return isHere && trust_proxy !== '' ? null : plain
}
