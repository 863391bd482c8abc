import { badRequest, conflict } from '../../../core/refusal.ts'
import { belongsToAnother, checkOwn, kindOf, notAllowed, reach, reading } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import { allOnTheirWay, openLinks, setAmount } from '../../booking/fitting.service.ts'
import type { PaidObject } from '../../booking/ledger.service.ts'
import { setAmountAlone, setPartial } from '../../booking/making.service.ts'
import { lockPayables } from '../../payables/payables.service.ts'
import { askedOfBills } from '../../payables/paying.service.ts'
import { askedOf, checkIsInvoice } from '../../receivables/paying.service.ts'
import { lockReceivables } from '../../receivables/receivables.service.ts'
import { PaymentIntentResponse, type PaymentIntentShown } from '../accounts.schema.ts'

/** Payments as callers see them. What moves them stands in `carrying.service.ts`. */

export const intentTable = table('payment_intents', PaymentIntentResponse, {
  noun: 'Payment intent',
  computed: {
    invoice: 't.invoice',
    object: `case when t.object_id is not null then json_build_object('type', t.object_type, 'id', t.object_id) end`,
    payer: 't.payer',
    payment_link_id: '(select l.id from payment_links l where l.entity_id = t.entity_id and l.payment_intent_id = t.id)',
    payment_methods: 't.payment_methods',
    // A batch says itself how its vendors are paid.
    recipient: `(t.recipient::jsonb - 'payout_method')`,
    selected_payment_method: 't.selected_payment_method',
  },
})

/** The conditions under which a role sees an intent: that it sees what is paid. */
export function seen(ctx: Ctx): { sql: string; values: unknown[] }[] {
  const limits = (['receivable', 'payable'] as const).flatMap((type) => {
    const condition = reading(ctx, type, 't.object_id')
    return condition === null
      ? []
      : [
          {
            sql: `(t.object_type is distinct from '${type}' or ${condition})`,
            values: condition.includes('$') ? [ctx.userId] : [],
          },
        ]
  })
  return limits
}

/** The intent, or a 404; a 403 for a role that doesn't see what it pays. */
export async function findIntent(ctx: Ctx, id: string): Promise<PaymentIntentShown> {
  const intent = await rows.find(ctx, intentTable, id)
  if (intent.object) await reach(ctx, intent.object.type, [intent.object.id], 'read')
  return intent
}

const HISTORY = sql(`
  select id, created_at, updated_at, payment_intent_id, status from payment_intent_history
  where payment_intent_id = :id order by created_at, (status = 'created') desc, id`)

export async function historyOf(ctx: Ctx, id: string) {
  await findIntent(ctx, id)
  return { data: await HISTORY(ctx, { id }) }
}

/** What a document asks to be paid, locked. `open` is what nobody is paying yet, `owed` all that is to pay of it. */
export async function lockAsked(ctx: Ctx, type: PaidObject, id: string) {
  const [asked] = await lockAllAsked(ctx, type, [id])
  if (!asked) throw new Error(`Nobody locked the ${type} ${id}`)
  return asked.read()
}

/**
 * The same of several documents, in the order of their ids, with one statement for each step. What one of them asks is read by `read`, which
 * refuses what isn't the caller's or can't be paid now: the others may go on.
 */
export async function lockAllAsked(ctx: Ctx, type: PaidObject, ids: readonly string[]) {
  const owed = await lockOwed(ctx, type, ids)
  const under_way = await allOnTheirWay(ctx, type, ids)
  return owed.map(({ id, read }) => ({
    id,
    read: () => {
      const asked = read()
      return { ...asked, type, owed: asked.open, open: Math.max(0, asked.open - (under_way.get(id) ?? 0)) }
    },
  }))
}
export type DocumentToPay = ReturnType<Awaited<ReturnType<typeof lockAllAsked>>[number]['read']>

async function lockOwed(ctx: Ctx, type: PaidObject, ids: readonly string[]) {
  if (type === 'payable') {
    const bills = await lockPayables(ctx, ids)
    const askedOf = await askedOfBills(ctx, bills)
    return bills.map((row) => ({
      id: row.id,
      read: () => {
        checkOwn(ctx, 'payable', row.was_created_by_user_id)
        return { ...askedOf(row), id: row.id, status: row.status, owner: row.was_created_by_user_id }
      },
    }))
  }
  const today = await localDay(ctx)
  return (await lockReceivables(ctx, ids)).map((row) => ({
    id: row.id,
    read: () => {
      checkOwn(ctx, 'receivable', row.entity_user_id)
      checkIsInvoice(row)
      return { ...askedOf(row, today), id: row.id, status: row.status, owner: row.entity_user_id }
    },
  }))
}

/** Changes the amount of a payment that hasn't begun, and of its link and its record. */
export async function changeAmount(ctx: Ctx, id: string, amount: number): Promise<PaymentIntentShown> {
  const before = await findIntent(ctx, id)
  if (before.batch_payment_id) throw conflict('A payment of a batch keeps its amount')
  if (amount < 1) throw badRequest('amount: has to be 1 or more')
  const asked = before.object ? await lockAsked(ctx, before.object.type, before.object.id) : null
  await mayChange(ctx, before, asked)
  const intent = await rows.lock(ctx, intentTable, id)
  if (intent.status !== 'created') throw conflict(`A payment intent that is ${intent.status.replace('_', ' ')} keeps its amount`)
  if (!asked) {
    await setAmountAlone(ctx, { id, amount })
    return rows.find(ctx, intentTable, id)
  }
  const links = await openLinks(ctx, asked.type, asked.id)
  const link = links.find(({ intent_id }) => intent_id === id)
  if (!link) throw conflict('The payment link of this payment intent has ended')
  const others = links.filter((one) => one !== link && one.is_partial).reduce((sum, one) => sum + one.amount, 0)
  if (amount > asked.open - others) throw badRequest(`amount: no more than ${asked.open - others} is left to pay`)
  await setAmount(ctx, link, amount)
  await setPartial(ctx, { id: link.id, is_partial: amount < asked.open - others })
  return rows.find(ctx, intentTable, id)
}
/** Whoever changes what is asked of a customer changes the invoice, and what is paid to a vendor is for those who pay. */
async function mayChange(ctx: Ctx, { object }: PaymentIntentShown, asked: DocumentToPay | null): Promise<void> {
  if (object?.type !== 'payable') {
    if (kindOf(ctx, 'receivable', 'update') === 'not_allowed') throw notAllowed('receivable', 'update')
    if (object) await reach(ctx, 'receivable', [object.id], 'update')
    return
  }
  const kind = kindOf(ctx, 'payable', 'pay')
  if (kind === 'not_allowed') throw notAllowed('payable', 'pay')
  if (kind === 'allowed_for_own' && asked?.owner !== ctx.userId) throw belongsToAnother('payable')
}
