import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** Payment intents, links and batches as they are made, and what of them changes without another status. */

type Of<S extends (ctx: Ctx, values: never) => unknown> = Parameters<S>[1]
type WithoutUser<S extends (ctx: Ctx, values: never) => unknown> = Omit<Of<S>, 'user'>

// Making

const INTENT = sql(`
  with t as (insert into payment_intents (object_type, object_id, amount, currency, payment_methods, payment_reference, payer, recipient, invoice)
    values (:object_type?, :object_id?, :amount, :currency, :methods, :reference?, :payer?::json, :recipient::json, :invoice?::json) returning id)
  insert into payment_intent_history (payment_intent_id, status) select id, 'created' from t returning payment_intent_id as "id!"`)

/** A payment that nobody has begun. Answers its id. */
export const makeIntent = async (ctx: Ctx, intent: Of<typeof INTENT>): Promise<string> => (await INTENT.one(ctx, intent)).id

const LINK = sql(`
  with t as (insert into payment_links (id, payment_intent_id, is_partial, expires_at, return_url, payment_page_url)
    values (:id, :intent, :is_partial, :expires_at, :return_url?, :url) returning id)
  select t.id, emit('payment_link', t.id, 'created', :user?) as emitted from t`)

/** The link that leads to a payment. Answers its id. */
export const makeLink = async (ctx: Ctx, link: WithoutUser<typeof LINK>): Promise<string> =>
  (await LINK.one(ctx, { ...link, user: ctx.userId })).id

const BATCH = sql(`
  insert into batch_payments (payment_method, payer_bank_account_id, total_amount) values (:method, :payer, :total) returning id`)

/** Payments from one account that are made together. Answers its id. */
export const makeBatch = async (ctx: Ctx, batch: Of<typeof BATCH>): Promise<string> => (await BATCH.one(ctx, batch)).id

const ITEM = sql(`
  with t as (insert into payment_intents (created_at, object_type, object_id, amount, currency, payment_methods, selected_payment_method, payment_reference, payer, recipient, batch_payment_id)
    values (app_now() + :nth::int * interval '1 microsecond', 'payable', :object_id, :amount, :currency, array['us_ach'], 'us_ach', :reference, :payer::json, :recipient::json, :batch) returning id)
  insert into payment_intent_history (payment_intent_id, status) select id, 'created' from t returning payment_intent_id as "id!"`)

/** A payment of a batch. Answers its id. */
export const makeItem = async (ctx: Ctx, item: Of<typeof ITEM>): Promise<string> => (await ITEM.one(ctx, item)).id

const LEAVE = sql(`
  with r as (select * from jsonb_to_recordset(:rows::jsonb) as r (nth integer, id uuid, document uuid, document_status text, amount bigint, currency text, method text,
      reference text, payer json, recipient json, end_to_end_id text, payment_info_id text, day date, mandate uuid)),
  intents as (insert into payment_intents (id, created_at, status, object_type, object_id, amount, currency, payment_methods, selected_payment_method, payment_reference,
      payer, recipient, provider, provider_reference, attempt, payment_file_id, batch_payment_id, end_to_end_id, payment_info_id, execution_date, mandate_id)
    select r.id, app_now() + r.nth * interval '1 microsecond', 'processing', :type, r.document, r.amount, r.currency, array[r.method], r.method, r.reference,
      r.payer, r.recipient, 'bank_transfer', r.id::text, 1, :file, :batch?, r.end_to_end_id, r.payment_info_id, r.day, r.mandate from r returning id),
  history as (insert into payment_intent_history (payment_intent_id, status)
    select r.id, s.status from r, unnest(array['created', 'processing']) as s (status) returning id),
  records as (insert into payment_records (object_type, object_id, amount, currency, status, is_external, entity_user_id, payment_intent_id, payment_intent_status,
      payment_method, old_status, new_status, history)
    select :type, r.document, r.amount, r.currency, 'processing', false, :user?, r.id, 'processing', r.method, r.document_status, r.document_status,
      (select jsonb_agg(jsonb_build_object('status', s.status, 'timestamp', app_now(), 'entity_user_id', :user?::uuid) order by s.status)
       from unnest(array['created', 'processing']) as s (status)) from r returning id)
  select emit('payment_intent', o.id, 'status_updated', :user?, :moved::jsonb) as "emitted!" from (select id from r order by nth) o`)

/** Payments that are on their way from the moment they are made, each with its history, its record and its event. */
export async function makeLeaving(ctx: Ctx, leaving: Omit<Of<typeof LEAVE>, 'user' | 'moved'>): Promise<void> {
  await LEAVE(ctx, { ...leaving, user: ctx.userId, moved: { old_status: 'created', new_status: 'processing' } })
}

// Changing

const BEGIN = sql(`
  update payment_intents set selected_payment_method = :method, provider = :provider, bank = :bank?, attempt = :attempt, provider_reference = :reference?, next_action = null,
    application_fee_amount = :fee?, updated_at = app_now() where id = :id`)

/** A try to pay begins: by this method, at this provider. */
export async function beginTry(ctx: Ctx, attempt: Of<typeof BEGIN>): Promise<void> {
  await BEGIN(ctx, attempt)
}

const KNOWN = sql(`
  update payment_intents set provider_reference = :reference, next_action = :action?::json, updated_at = app_now()
  where id = :id and attempt = :attempt and status in ('created', 'payment_failed')`)

/** How the provider knows a try, and what the payer has to do next; nothing where another try has begun since. */
export async function nameTry(ctx: Ctx, attempt: Of<typeof KNOWN>): Promise<void> {
  await KNOWN(ctx, attempt)
}

const AMOUNT_ALONE = sql(
  `update payment_intents set amount = :amount, updated_at = app_now() where id = :id and status = 'created'`,
)

/** The amount of a payment that hasn't begun and belongs to no document. */
export async function setAmountAlone(ctx: Ctx, intent: Of<typeof AMOUNT_ALONE>): Promise<void> {
  await AMOUNT_ALONE(ctx, intent)
}

const PARTIAL = sql(`update payment_links set is_partial = :is_partial, updated_at = app_now() where id = :id`)

/** Whether a link asks for a part of what is to pay. */
export async function setPartial(ctx: Ctx, link: Of<typeof PARTIAL>): Promise<void> {
  await PARTIAL(ctx, link)
}

const REUSE = sql(`
  with i as (update payment_intents set payment_methods = :methods, updated_at = app_now() where id = :intent returning id)
  update payment_links l set expires_at = greatest(expires_at, :expires_at), return_url = coalesce(:return_url?, return_url), updated_at = app_now()
  from i where l.id = :id`)

/** A link that is there already serves somebody who asks for the same again: by these methods, and for no shorter time. */
export async function reuseLink(ctx: Ctx, link: Of<typeof REUSE>): Promise<void> {
  await REUSE(ctx, link)
}

/** What the provider kept of a payment, as its record says it. */
const KEPT = sql(`
  update payment_records set fee = :fee, updated_at = app_now() where fee <> :fee and amount >= :fee and id =
    (select id from payment_records where payment_intent_id = :id and not is_external and amount > 0 and status = 'succeeded' order by created_at limit 1)`)
export async function noteFee(ctx: Ctx, payment: Of<typeof KEPT>): Promise<void> {
  await KEPT(ctx, payment)
}
