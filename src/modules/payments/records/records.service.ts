import { type RecordAction, recordFlow } from '../../../core/payments/record.flow.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import { reach } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { type RowOf, sql } from '../../../platform/database/sql.ts'
import { bookRecord, moveRecord, type PaidObject, type Payment } from '../../booking/ledger.service.ts'
import { lockPayable } from '../../payables/payables.service.ts'
import { checkTakesPayment as checkBill, payBill } from '../../payables/paying.service.ts'
import { checkTakesPayment as checkInvoice, lockPayableInvoice, payInvoice } from '../../receivables/paying.service.ts'
import { type CreateRecord, type PaymentRecord, PaymentRecordResponse, type UpdateRecord } from './records.schema.ts'

/** Payments that callers book: what came in or went out on rails of their own. */

export const recordTable = table('payment_records', PaymentRecordResponse, {
  noun: 'Payment record',
  computed: {
    currency: 't.currency',
    history: 't.history',
    object: `json_build_object('type', t.object_type, 'id', t.object_id, 'old_status', t.old_status, 'new_status', t.new_status)`,
  },
})

/** The document of a payment, locked, and how it takes one. */
export interface Paid {
  readonly type: PaidObject
  readonly id: string
  readonly status: string
  readonly currency: string | null
  readonly amount_paid: number
  /** Refuses (`conflict`) unless it takes payments in its status. */
  check(): void
  /** Books a payment that succeeded; answers the id of its record. */
  pay(payment: Payment): Promise<string>
}

/** Locks the document that money moves for: always before its intents and records. A 404 when there is none. */
export async function lockPaid(ctx: Ctx, type: PaidObject, id: string): Promise<Paid> {
  if (type === 'payable') {
    const row = await lockPayable(ctx, id)
    const { status, currency, amount_paid } = row
    return {
      type,
      id: row.id,
      status,
      currency,
      amount_paid,
      check: () => checkBill(row),
      pay: async (payment) => (await payBill(ctx, row, payment)).record,
    }
  }
  const row = await lockPayableInvoice(ctx, id)
  const { status, currency, amount_paid } = row
  return {
    type,
    id: row.id,
    status,
    currency,
    amount_paid,
    check: () => checkInvoice(row),
    pay: async (payment) => {
      const { record } = await payInvoice(ctx, row, payment)
      if (record === null) throw badRequest('amount: can not be 0')
      return record
    },
  }
}

const FORGIVEN_MS = 24 * 3_600_000

/** When a payment was made. People pick days in their own time zone, so a day ahead is forgiven, and means now. */
function executed(asked: string | null | undefined, now: Date): string {
  if (!asked) return now.toISOString()
  const at = Date.parse(asked)
  if (at > now.getTime() + FORGIVEN_MS) throw badRequest('paid_at lies in the future')
  return new Date(at).toISOString()
}

interface RecordFigures {
  readonly amount: number
  readonly currency: string
  readonly entity_user_id?: string | null
}

/** What has to be so of a record whatever its status. */
async function check(ctx: Ctx, paid: Paid, { amount, currency, entity_user_id }: RecordFigures): Promise<void> {
  if (amount === 0) throw badRequest('amount: can not be 0')
  if (amount < 0 && -amount > paid.amount_paid)
    throw badRequest(`amount: no more than the ${paid.amount_paid} that were paid can go back`)
  if (amount > 0) paid.check()
  if (paid.currency !== currency) throw badRequest(`currency: this ${paid.type} is in ${paid.currency ?? 'no currency yet'}`)
  if (entity_user_id && !(await COLLEAGUE.maybe(ctx, { id: entity_user_id })))
    throw badRequest('entity_user_id: there is no such user of this entity')
}
const COLLEAGUE = sql(`select id from entity_users where id = :id and deleted_at is null`)

export async function createRecord(ctx: Ctx, { object, status = 'succeeded', ...body }: CreateRecord): Promise<PaymentRecord> {
  await reach(ctx, object.type, [object.id], 'read')
  const paid = await lockPaid(ctx, object.type, object.id)
  await check(ctx, paid, body)
  const fields = {
    planned_payment_date: body.planned_payment_date ?? null,
    entity_user_id: body.entity_user_id ?? ctx.userId,
    payment_intent_id: body.payment_intent_id ?? null,
    payment_intent_status: body.payment_intent_status ?? null,
    payment_method: body.payment_method ?? null,
  }
  if (status === 'succeeded') {
    const paid_at = executed(body.paid_at, ctx.now)
    const id = await paid.pay({ amount: body.amount, currency: body.currency, paid_at, fields })
    return rows.find(ctx, recordTable, id)
  }
  const id = await bookRecord(ctx, {
    ...fields,
    object_type: paid.type,
    object_id: paid.id,
    amount: body.amount,
    currency: body.currency,
    status,
    paid_at: body.paid_at ? executed(body.paid_at, ctx.now) : null,
    old_status: paid.status,
    new_status: paid.status,
  })
  return rows.find(ctx, recordTable, id)
}

const LOCK = sql(
  `select status, amount, currency as "currency!", object_id, is_external from payment_records where id = :id and deleted_at is null for update`,
)
/** A record that a caller may change, and its document, both locked. Refuses (`conflict`) those of our own payments. */
async function lockRecord(ctx: Ctx, id: string, action: RecordAction): Promise<{ record: RowOf<typeof LOCK>; paid: Paid }> {
  const { object } = await rows.find(ctx, recordTable, id)
  const paid = await lockPaid(ctx, object.type, object.id)
  const record = await LOCK.one(ctx, { id })
  if (record.object_id !== object.id) throw conflict('This payment record was moved to another document meanwhile: ask again')
  if (!record.is_external) throw conflict('A payment record of the platform follows its payment intent')
  recordFlow.next(record.status, action)
  return { record, paid }
}

export async function updateRecord(ctx: Ctx, id: string, { object, ...body }: UpdateRecord): Promise<PaymentRecord> {
  const { record, paid } = await lockRecord(ctx, id, 'edit')
  if (object) await reach(ctx, object.type, [object.id], 'read')
  const other =
    object && (object.id !== paid.id || object.type !== paid.type) ? await lockPaid(ctx, object.type, object.id) : paid
  const amount = body.amount ?? record.amount
  const currency = body.currency ?? record.currency
  if (object || body.amount != null || body.currency != null || body.entity_user_id)
    await check(ctx, other, { amount, currency, entity_user_id: body.entity_user_id })
  return rows.change(ctx, recordTable, id, {
    amount,
    currency,
    object_type: other.type,
    object_id: other.id,
    ...(other !== paid && { old_status: other.status, new_status: other.status }),
    entity_user_id: body.entity_user_id,
    paid_at: body.paid_at ? executed(body.paid_at, ctx.now) : body.paid_at,
    payment_intent_id: body.payment_intent_id,
    payment_intent_status: body.payment_intent_status,
    payment_method: body.payment_method,
    planned_payment_date: body.planned_payment_date,
  })
}

/** The next status of a record that no money moves with. */
export async function stepRecord(
  ctx: Ctx,
  id: string,
  action: 'start' | 'cancel',
  payment_intent_status: string | null | undefined,
): Promise<PaymentRecord> {
  await lockRecord(ctx, id, action)
  await moveRecord(ctx, id, action, { payment_intent_status })
  return rows.find(ctx, recordTable, id)
}

/** The money has moved: the document takes it. Refuses (`conflict`) when the document takes no payment any more. */
export async function succeedRecord(
  ctx: Ctx,
  id: string,
  { paid_at, payment_intent_status }: { paid_at: string; payment_intent_status?: string | null },
): Promise<PaymentRecord> {
  const at = executed(paid_at, ctx.now)
  const { record, paid } = await lockRecord(ctx, id, 'succeed')
  const { amount, currency } = record
  await check(ctx, paid, { amount, currency })
  await paid.pay({ amount, currency, paid_at: at, record: id, fields: { payment_intent_status: payment_intent_status ?? null } })
  return rows.find(ctx, recordTable, id)
}
