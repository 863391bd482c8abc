import { badRequest, conflict, notFound } from '../../../core/refusal.ts'
import { asEntity, asSystem, type Ctx, type Db, type Who } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { link as address } from '../../../platform/files/links.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { type DocumentLanguage, documentLanguage } from '../../../platform/pdf/labels.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import type { AskedLink, AskedPaymentLink } from './links.schema.ts'

/** Links to the page where somebody answers for an entity. Opening one uses nothing up, since robots open links, too; finishing does. */

const DAY_MS = 86_400_000
const AHEAD_DAYS = 30

const MAKE = sql(`
  insert into onboarding_links (kind, recipient, expires_at, refresh_url, return_url) values (:kind, :recipient?::json, :expires_at, :refresh_url, :return_url)
  returning id, entity_id, created_at, expires_at, refresh_url, return_url`)
const ENTITY = sql(`
  select address ->> 'country' as country, phone, exists (select from entity_bank_accounts a where a.entity_id = e.id and a.deleted_at is null) as "has_account!"
  from entities e where id = :id`)

const pageOf = (id: string) => address(`/onboard/${id}`)

/** Before the first link an American entity says how it is called, and where money goes. */
async function checkEntity(ctx: Ctx): Promise<void> {
  const { country, phone, has_account } = await ENTITY.one(ctx, { id: ctx.entityId })
  if (country !== 'US') return
  if (!phone) throw conflict('The entity needs a phone number first')
  if (!has_account) throw conflict('The entity needs a bank account first')
}

export async function makeLink(ctx: Ctx, { expires_at, refresh_url, return_url }: AskedLink) {
  const at = Date.parse(expires_at)
  if (at <= ctx.now.getTime()) throw badRequest('expires_at lies in the past')
  if (at > ctx.now.getTime() + AHEAD_DAYS * DAY_MS) throw badRequest(`expires_at lies more than ${AHEAD_DAYS} days ahead`)
  await checkEntity(ctx)
  const made = await MAKE.one(ctx, {
    kind: 'entity',
    recipient: null,
    expires_at: new Date(at).toISOString(),
    refresh_url,
    return_url,
  })
  const { created_at: _made, ...shown } = made
  return { ...shown, url: pageOf(made.id) }
}

/** The older links, good for a day. Only entities take payments here. */
export async function makePaymentLink(ctx: Ctx, { recipient, refresh_url, return_url }: AskedPaymentLink) {
  if (recipient.type !== 'entity') throw conflict('Counterparts are not onboarded: only entities take payments')
  if (recipient.id.toLowerCase() !== ctx.entityId) throw badRequest('recipient.id: it is not the entity of this request')
  await checkEntity(ctx)
  const expires_at = new Date(ctx.now.getTime() + DAY_MS).toISOString()
  const made = await MAKE.one(ctx, { kind: 'payment', recipient, expires_at, refresh_url, return_url })
  const { entity_id, ...shown } = made
  return { ...shown, recipient: { type: 'entity' as const, id: entity_id }, url: pageOf(made.id) }
}

// Found by its id, which is its secret

const FIND = sql(`
  select l.id, l.partner_id, l.entity_id, l.expires_at, l.refresh_url, l.return_url, l.exhausted_at, e.phone, e.email, e.type::text as "type!"
  from onboarding_links l join entities e on e.id = l.entity_id where l.id = :id and e.status <> 'deleted'`)
export type FoundLink = Awaited<ReturnType<typeof FIND.one>>

const linkNotFound = () => notFound('Onboarding link not found')

export async function findLink(db: Db, id: string): Promise<FoundLink> {
  const found = await asSystem(db, (ctx) => FIND.maybe(ctx, { id: id.toLowerCase() }))
  if (!found) throw linkNotFound()
  return found
}

/** The language of the entity: that of readers whose browser names none which pages are written in. */
export const languageOf = async (ctx: Ctx): Promise<DocumentLanguage> => documentLanguage((await readSettings(ctx)).language)

const who = (found: FoundLink): Who => ({ partnerId: found.partner_id, entityId: found.entity_id, userId: null })
export const inside = <T>({ db }: Pick<Machinery, 'db'>, found: FoundLink, work: (ctx: Ctx) => Promise<T>): Promise<T> =>
  asEntity(db, who(found), work)

export const isOver = ({ expires_at, exhausted_at }: FoundLink, now: Date): boolean =>
  exhausted_at !== null || Date.parse(expires_at) <= now.getTime()

/** Refuses (`conflict`) a link that is over. */
export function checkOpen(found: FoundLink, now: Date): void {
  if (isOver(found, now)) throw conflict('This link has expired; ask for a new one')
}

/** A phone number of which the last digits are shown, so that its owner knows it. */
export const maskedPhone = (phone: string | null): string | null => phone?.replace(/\d(?=(?:\D*\d){3})/g, '*') ?? null

export function showInternal(found: FoundLink) {
  return {
    id: found.id,
    entity_id: found.entity_id,
    expires_at: found.expires_at,
    is_exhausted: found.exhausted_at !== null,
    kyb_rfi_required: false,
    kyc_rfi_required: false,
    partner_id: found.partner_id,
    phone: maskedPhone(found.phone),
    project_id: found.partner_id,
    provider: 'stripe' as const,
    refresh_url: found.refresh_url,
    return_url: found.return_url,
    url: pageOf(found.id),
  }
}

const EXHAUST = sql(
  `update onboarding_links set exhausted_at = coalesce(exhausted_at, app_now()), updated_at = app_now() where id = :id`,
)
const CLOSE = sql(
  `update onboarding_codes set token_expires_at = app_now(), updated_at = app_now() where link_id = :id and token_expires_at > app_now()`,
)

/** The person has finished: from now on the link leads elsewhere, and its sessions are over. */
export const finish = (machinery: Pick<Machinery, 'db'>, found: FoundLink) =>
  inside(machinery, found, async (ctx) => {
    await EXHAUST(ctx, { id: found.id })
    await CLOSE(ctx, { id: found.id })
  })
