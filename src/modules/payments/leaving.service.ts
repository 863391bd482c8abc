import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { fitLinks } from '../booking/fitting.service.ts'
import type { PaidObject } from '../booking/ledger.service.ts'
import type { Party } from './accounts.schema.ts'
import type { DocumentToPay } from './intents/intents.service.ts'

/**
 * Payments that leave in a file for a bank: on their way from the moment it is made, each with its record. However many they are, each step
 * is one statement.
 */

export interface Leaving {
  /** The id of the payment intent. */
  readonly id: string
  readonly asked: DocumentToPay
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly method: string
  readonly reference: string
  readonly payer: Party
  readonly recipient: Party & { readonly payout_method?: string }
  /** By what it comes back on a statement. */
  readonly end_to_end_id: string
  readonly payment_info_id: string | null
  readonly day: string
  readonly mandate?: string
}

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

const LINKED = sql(`
  select distinct i.object_id as "object_id!" from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
  where l.status = 'created' and i.object_type = :type and i.object_id = any (:documents)`)

interface Where {
  readonly file: string
  readonly batch?: string | undefined
  readonly type: PaidObject
}

/** Sends payments on their way in a file. Their documents are locked already. */
export async function leave(ctx: Ctx, { file, batch, type }: Where, payments: readonly Leaving[]): Promise<void> {
  await LEAVE(ctx, {
    file,
    batch: batch ?? null,
    type,
    user: ctx.userId,
    moved: { old_status: 'created', new_status: 'processing' },
    rows: payments.map(({ asked, mandate = null, ...payment }, nth) => ({
      ...payment,
      mandate,
      nth,
      document: asked.id,
      document_status: asked.status,
    })),
  })
  // Whoever has a link to the same document pays it no more.
  const owed = new Map(payments.map(({ asked }) => [asked.id, asked.owed]))
  for (const { object_id } of await LINKED(ctx, { type, documents: [...owed.keys()] }))
    await fitLinks(ctx, type, object_id, owed.get(object_id) ?? 0)
}
