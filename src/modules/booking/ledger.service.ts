import type { RecordState } from '../../core/payments/record.flow.ts'
import { type RecordAction, recordFlow } from '../../core/payments/record.flow.ts'
import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { moveIntent } from './moving.service.ts'

/** The one place that writes payment records. What it books, invoices and bills say was paid: whoever books changes both. */

export type PaidObject = 'receivable' | 'payable'

export interface Booking {
  readonly object_type: PaidObject
  readonly object_id: string
  /** Minor units; below zero where money goes back. */
  readonly amount: number
  /** Null as long as the currency of the bill is not known. */
  readonly currency: string | null
  readonly status?: RecordState
  readonly paid_at?: string | null
  readonly planned_payment_date?: string | null
  readonly is_external?: boolean
  readonly entity_user_id?: string | null
  readonly comment?: string | null
  readonly payment_intent_id?: string | null
  readonly payment_intent_status?: string | null
  readonly payment_method?: string | null
  readonly overpaid_amount?: number
  readonly provider_reference?: string | null
  readonly reason?: string | null
  /** What banks and providers kept of it; minor units. */
  readonly fee?: number
  readonly old_status: string
  readonly new_status: string
}

const INSERT = sql(`
  insert into payment_records (object_type, object_id, amount, currency, status, paid_at, planned_payment_date, is_external, entity_user_id, comment,
    payment_intent_id, payment_intent_status, payment_method, overpaid_amount, provider_reference, reason, fee, old_status, new_status, history)
  values (:object_type, :object_id, :amount, :currency?, :status, :paid_at?, :planned_payment_date?, :is_external, :entity_user_id?, :comment?,
    :payment_intent_id?, :payment_intent_status?, :payment_method?, :overpaid_amount, :provider_reference?, :reason?, :fee, :old_status, :new_status,
    jsonb_build_array(jsonb_build_object('status', :status::text, 'timestamp', app_now(), 'entity_user_id', :entity_user_id?::uuid)))
  returning id`)

/** Books a payment; one that succeeded was made now unless `paid_at` says when. Answers the id of its record. */
export async function bookRecord(ctx: Ctx, booking: Booking): Promise<string> {
  const { status = 'succeeded' } = booking
  const { id } = await INSERT.one(ctx, {
    ...booking,
    status,
    currency: booking.currency,
    paid_at: booking.paid_at ?? (status === 'succeeded' ? ctx.now.toISOString() : null),
    planned_payment_date: booking.planned_payment_date ?? null,
    is_external: booking.is_external ?? true,
    entity_user_id: booking.entity_user_id === undefined ? ctx.userId : booking.entity_user_id,
    comment: booking.comment ?? null,
    payment_intent_id: booking.payment_intent_id ?? null,
    payment_intent_status: booking.payment_intent_status ?? null,
    payment_method: booking.payment_method ?? null,
    overpaid_amount: booking.overpaid_amount ?? 0,
    provider_reference: booking.provider_reference ?? null,
    reason: booking.reason ?? null,
    fee: booking.fee ?? 0,
  })
  return id
}

const MOVE = sql(`
  update payment_records set status = :status, paid_at = coalesce(:paid_at?, paid_at), amount = coalesce(:amount?, amount), overpaid_amount = :overpaid_amount,
    payment_intent_status = coalesce(:payment_intent_status?, payment_intent_status), payment_method = coalesce(:payment_method?, payment_method),
    provider_reference = coalesce(:provider_reference?, provider_reference), fee = coalesce(:fee?, fee),
    old_status = coalesce(:old_status?, old_status), new_status = coalesce(:new_status?, new_status), updated_at = app_now(),
    history = history || jsonb_build_object('status', :status::text, 'timestamp', app_now(), 'entity_user_id', :entity_user_id?::uuid)
  where id = :id and status = any (:from) returning id`)

export interface Step {
  readonly paid_at?: string | null
  readonly amount?: number
  readonly overpaid_amount?: number
  readonly payment_intent_status?: string | null
  readonly payment_method?: string | null
  readonly provider_reference?: string | null
  readonly fee?: number | null
  readonly old_status?: string
  readonly new_status?: string
}

/** Takes a locked record to the status that the action leads to, and notes it in its history. Refuses (`conflict`) what its flow has no cell for. */
export async function moveRecord(ctx: Ctx, id: string, action: Exclude<RecordAction, 'edit'>, step: Step = {}): Promise<void> {
  const { from, to } = recordFlow.leads(action)
  const moved = await MOVE.maybe(ctx, {
    id,
    from,
    status: to,
    paid_at: step.paid_at ?? null,
    amount: step.amount ?? null,
    overpaid_amount: step.overpaid_amount ?? 0,
    payment_intent_status: step.payment_intent_status ?? null,
    payment_method: step.payment_method ?? null,
    provider_reference: step.provider_reference ?? null,
    fee: step.fee ?? null,
    old_status: step.old_status ?? null,
    new_status: step.new_status ?? null,
    entity_user_id: ctx.userId,
  })
  if (!moved) throw conflict(`The payment record ${id} is over, or was changed at the same moment`)
}

const INTO_CURRENCY = sql(`
  update payment_records set currency = :currency?, updated_at = app_now()
  where object_type = 'payable' and object_id = :object_id and status = 'succeeded' and is_external`)

/** A bill whose currency was read or typed wrongly: what was noted as paid of it is in the currency of the bill. */
export const correctCurrency = (ctx: Ctx, object_id: string, currency: string | null) =>
  INTO_CURRENCY(ctx, { object_id, currency })

/** A payment that a service is asked to take into the books of its document. */
export interface Payment {
  readonly amount: number
  readonly currency: string | null
  /** When the money moved; a moment in UTC. */
  readonly paid_at: string
  readonly comment?: string | null
  /** The money has moved already: it is booked whatever the status of the document. */
  readonly moved?: boolean
  /** The record that this payment turns into, or what a new one is to hold. */
  readonly record?: string
  readonly fields?: Partial<Omit<Booking, 'object_type' | 'object_id' | 'amount' | 'currency' | 'old_status' | 'new_status'>>
}

const ANNOUNCED = sql(`
  select r.id, i.id as intent_id, i.status from payment_records r
  join payment_intents i on i.entity_id = r.entity_id and i.id = r.payment_intent_id
  where r.object_type = :object_type and r.object_id = :object_id and r.amount = :amount and not r.is_external and r.status = 'processing'
    and i.status = 'processing' and i.provider = 'bank_transfer' order by r.created_at limit 1 for update of i, r`)

/**
 * The transfer that a payer said was sent, where that is the money at hand: whoever books what arrived, by a statement or by hand, need not
 * know of it. Its payment has succeeded with it. Answers the record that waited.
 */
async function arrived(ctx: Ctx, { amount }: Payment, about: Pick<Booking, 'object_type' | 'object_id'>): Promise<string | null> {
  const { object_type, object_id } = about
  if (amount < 0) return (await WAITING_REFUNDS(ctx, { id: object_id })).find((one) => one.amount === amount)?.id ?? null
  const announced = await ANNOUNCED.maybe(ctx, { object_type, object_id, amount })
  if (!announced) return null
  await moveIntent(ctx, { id: announced.intent_id, status: announced.status }, 'succeed')
  return announced.id
}

/** The record of a payment that succeeded: the one that waited for it, or a new one. Answers its id. */
export async function settleRecord(
  ctx: Ctx,
  payment: Payment,
  about: Pick<Booking, 'object_type' | 'object_id' | 'overpaid_amount' | 'old_status' | 'new_status'>,
): Promise<string> {
  const { amount, currency, paid_at, comment = null, fields = {} } = payment
  const record = payment.record ?? (await arrived(ctx, payment, about))
  if (record === null) return bookRecord(ctx, { ...fields, ...about, amount, currency, paid_at, comment, status: 'succeeded' })
  await moveRecord(ctx, record, 'succeed', {
    amount,
    paid_at,
    overpaid_amount: about.overpaid_amount ?? 0,
    payment_intent_status: payment.record ? fields.payment_intent_status : 'succeeded',
    payment_method: payment.record ? fields.payment_method : null,
    provider_reference: fields.provider_reference,
    fee: fields.fee,
    old_status: about.old_status,
    new_status: about.new_status,
  })
  return record
}

// Refunds that credit notes lead to

const REFUND_OF = 'credit_note:'
const WAITING_REFUNDS = sql(`
  select id, amount from payment_records
  where object_type = 'receivable' and object_id = :id and is_external and amount < 0 and status in ('created', 'processing')
    and provider_reference like 'credit_note:%' order by created_at, id for update`)
const LESSEN = sql(`update payment_records set amount = :amount, updated_at = app_now() where id = :id`)

interface Refund {
  readonly invoice: string
  readonly currency: string
  /** The status of the invoice. */
  readonly status: string
  readonly credit_note: string
  /** Minor units that are to go back. */
  readonly amount: number
}

/** What a credit note gives back of a paid invoice: a record that waits until somebody has sent the money. */
export const orderRefund = (ctx: Ctx, { invoice, currency, status, credit_note, amount }: Refund): Promise<string> =>
  bookRecord(ctx, {
    object_type: 'receivable',
    object_id: invoice,
    amount: -amount,
    currency,
    status: 'created',
    provider_reference: `${REFUND_OF}${credit_note}`,
    old_status: status,
    new_status: status,
  })

/** Reduces the waiting refunds of an invoice to what is still owed to its customer: the rest went back in another way. */
export async function fitRefunds(ctx: Ctx, invoice: string, owed: number): Promise<void> {
  let left = owed
  for (const { id, amount } of await WAITING_REFUNDS(ctx, { id: invoice })) {
    if (left <= 0) await moveRecord(ctx, id, 'cancel')
    else if (-amount > left) await LESSEN(ctx, { id, amount: -left })
    left += Math.max(amount, -Math.max(0, left))
  }
}
