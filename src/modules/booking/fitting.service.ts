import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { moveRecord, type PaidObject } from './ledger.service.ts'
import { moveIntent } from './moving.service.ts'

/** Links and intents as they stand beside their documents: what is written of them, and how they follow what is still to pay. */

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Tells the provider that a payment is over, or costs less by now. */
    'payments.tell': { payment_intent_id: string; reference: string; provider: string }
    /** Ends tries of a payment that nobody knows the outcome of. */
    'payments.unsure': { payment_intent_id: string }
  }
}

const MOVE_LINK = sql(`
  with t as (update payment_links set status = :status, updated_at = app_now() where id = :id and status = 'created' returning id)
  select emit('payment_link', t.id, 'status_updated', :user?, :moved::jsonb) as "emitted!" from t`)

export const moveLink = (ctx: Ctx, id: string, status: 'succeeded' | 'expired') =>
  MOVE_LINK(ctx, { id, status, user: ctx.userId, moved: { old_status: 'created', new_status: status } })

const OPEN_OF_OBJECT = sql(`
  select l.id, l.is_partial, l.payment_page_url, i.id as intent_id, i.status, i.amount, i.provider, i.provider_reference,
    (select r.id from payment_records r where r.payment_intent_id = i.id and not r.is_external and r.status in ('created', 'processing')) as record_id
  from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
  where i.object_type = :object_type and i.object_id = :object_id and l.status = 'created' order by l.created_at, l.id for update of l, i`)

export interface OpenLink {
  readonly id: string
  readonly is_partial: boolean
  readonly payment_page_url: string
  readonly intent_id: string
  readonly status: string
  readonly amount: number
  readonly provider: string | null
  readonly provider_reference: string | null
  readonly record_id: string | null
}

/** The links of a document that can be paid by, the oldest first, locked. */
export const openLinks = (ctx: Ctx, object_type: PaidObject, object_id: string): Promise<OpenLink[]> =>
  OPEN_OF_OBJECT(ctx, { object_type, object_id })

/** Nobody pays by this link any more. */
export async function endLink(ctx: Ctx, link: OpenLink): Promise<void> {
  await moveLink(ctx, link.id, 'expired')
  await moveIntent(ctx, { id: link.intent_id, status: link.status }, 'cancel')
  if (link.record_id) await moveRecord(ctx, link.record_id, 'cancel')
  await tellProvider(ctx, link)
}

/** What a provider knows of a payment is ended there, too: a page of its that is open still would charge what nobody owes. */
async function tellProvider(
  ctx: Ctx,
  { intent_id, provider, provider_reference }: Pick<OpenLink, 'intent_id' | 'provider' | 'provider_reference'>,
): Promise<void> {
  if (!provider) return
  if (!provider_reference) {
    await jobs.add(ctx, 'payments.unsure', { payment_intent_id: intent_id }, { key: `payments.unsure:${intent_id}` })
    return
  }
  const payload = { payment_intent_id: intent_id, reference: provider_reference, provider }
  await jobs.add(ctx, 'payments.tell', payload, { key: `payments.tell:${provider_reference}` })
}

const SET_AMOUNT = sql(
  `update payment_intents set amount = :amount, updated_at = app_now(), provider_reference = null where id = :id`,
)
const SET_RECORD = sql(`update payment_records set amount = :amount, updated_at = app_now() where id = :id`)

/** The payment costs another amount from now on. A try that began with the old one is ended at the provider. */
export async function setAmount(ctx: Ctx, link: OpenLink, amount: number): Promise<void> {
  await SET_AMOUNT(ctx, { id: link.intent_id, amount })
  if (link.record_id) await SET_RECORD(ctx, { id: link.record_id, amount })
  await tellProvider(ctx, link)
}

const ON_ITS_WAY = sql(`
  select object_id as "object_id!", sum(amount)::bigint as "amount!" from payment_intents
  where object_type = :object_type and object_id = any (:ids) and (status = 'processing' or batch_payment_id is not null and status = 'created')
  group by object_id`)

/** What is being paid of documents already, by their ids: nobody is asked for it a second time. */
export const allOnTheirWay = async (ctx: Ctx, object_type: PaidObject, ids: readonly string[]): Promise<Map<string, number>> =>
  new Map((await ON_ITS_WAY(ctx, { object_type, ids: [...ids] })).map(({ object_id, amount }) => [object_id, amount]))
/** The same of one. */
const onItsWay = async (ctx: Ctx, object_type: PaidObject, id: string): Promise<number> =>
  (await allOnTheirWay(ctx, object_type, [id])).get(id) ?? 0

/**
 * Holds the links of a document to what is still to pay: together they never ask for more. The link over all that is open follows it; those
 * over a part stay as long as they fit, the oldest first. Answers where the newest link that is left leads.
 */
export async function fitLinks(ctx: Ctx, object_type: PaidObject, object_id: string, open: number): Promise<string | null> {
  const links = await openLinks(ctx, object_type, object_id)
  if (links.length === 0) return null
  let left = open - (await onItsWay(ctx, object_type, object_id))
  const kept: OpenLink[] = []
  for (const link of links.filter(({ is_partial }) => is_partial)) {
    if (link.amount > left) {
      await endLink(ctx, link)
      continue
    }
    left -= link.amount
    kept.push(link)
  }
  for (const link of links.filter(({ is_partial }) => !is_partial)) {
    if (left <= 0) {
      await endLink(ctx, link)
      continue
    }
    if (link.amount !== left) await setAmount(ctx, link, left)
    left = 0
    kept.push(link)
  }
  return kept.at(-1)?.payment_page_url ?? null
}
