import { billToPay, billWhole, tiersOf } from '../../../core/bills.ts'
import { bareIban } from '../../../core/reading/values.ts'
import type { Books, Discount, Payable } from '../../../core/statements/match.ts'
import type { Movement } from '../../../core/statements/types.ts'
import { isQrIban, qrReference } from '../../../core/swiss-qr.ts'
import { amountToPay } from '../../../core/terms.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'

/** What the entries of a bank are compared with: what is open, and what was paid in the year before. */

export type DocumentKey = `${'receivable' | 'payable'}:${string}`
const keyOf = (type: 'receivable' | 'payable', id: string): DocumentKey => `${type}:${id}`
export function ofKey(key: string): { object_type: 'receivable' | 'payable'; object_id: string } {
  const [object_type, object_id] = key.split(':') as ['receivable' | 'payable', string]
  return { object_type, object_id }
}

/** Documents that are compared at most; the newest come first. */
const INVOICES = sql(`
  select t.id, t.type, t.status, t.document_id as "document_id!", t.currency, t.total_amount, t.amount_credited, t.amount_paid, t.early_terms, t.counterpart_name,
    t.based_on, (select greatest(0, b.amount_paid - b.total_amount + b.amount_credited) from receivables b where b.entity_id = t.entity_id and b.id = t.based_on) as owed_back,
    coalesce((select array_agg(b.iban) from counterpart_bank_accounts b
      where b.entity_id = t.entity_id and b.counterpart_id = t.counterpart_id and b.iban is not null and b.deleted_at is null), '{}') as "ibans!"
  from receivables t
  where t.deleted_at is null and t.document_id is not null and t.type in ('invoice', 'credit_note')
    and (t.status in ('issued', 'partially_paid', 'overdue') or (t.status = 'paid' and t.paid_at > app_now() - interval '1 year'))
  order by t.issue_date desc limit 100000`)

const BILLS = sql(`
  select t.id, t.status, t.document_id as "document_id!", t.currency as "currency!", t.total_amount, t.due_adjustment, t.amount_credited, t.amount_paid,
    t.issued_at, t.payment_terms,
    coalesce(t.counterpart ->> 'name', (select c.name from counterparts c where c.entity_id = t.entity_id and c.id = t.counterpart_id), t.counterpart_raw_data ->> 'name') as name,
    coalesce((select array_agg(b.iban) from counterpart_bank_accounts b
      where b.entity_id = t.entity_id and b.counterpart_id = t.counterpart_id and b.iban is not null and b.deleted_at is null), '{}') as "ibans!"
  from payables t
  where t.deleted_at is null and t.document_id is not null and t.currency is not null
    and (t.status in ('waiting_to_be_paid', 'partially_paid') or (t.status = 'paid' and t.paid_at > app_now() - interval '1 year'))
  order by t.created_at desc limit 100000`)

/** What is on its way, and what was made: a transfer may come back, and a debit is taken back for thirteen months. */
const SENT = sql(`
  select end_to_end_id as "end_to_end_id!", payment_info_id, amount, currency, object_type as "object_type!", object_id as "object_id!",
    status <> 'processing' as "booked!" from payment_intents
  where end_to_end_id is not null and (status = 'processing'
    or status in ('succeeded', 'settled') and created_at > app_now() - case when mandate_id is null then interval '3 months' else interval '14 months' end)`)

/** What entries of these accounts booked by somebody else's doing, and nothing has taken back since. */
const BOOKED = shaped<{ pays: { id: string; amount: number }[] }>()(
  sql(`
  select t.id, t.direction, t.amount, t.currency, t.end_to_end_id, array_remove(array[t.bank_reference, t.entry_reference], null) as "bank_refs!",
    p.pays from bank_transactions t
  join lateral (select json_agg(json_build_object('id', r.object_type || ':' || r.object_id, 'amount', r.amount)) as pays from payment_records r
    where r.entity_id = t.entity_id and r.id = any (t.payment_record_ids) and r.is_external) p on p.pays is not null
  where t.bank_account_id = any (:accounts) and t.status in ('matched', 'accepted') and t.undoes_id is null and t.date > app_now() - interval '14 months'
    and (t.end_to_end_id = any (:ends) or t.bank_reference = any (:refs) or t.entry_reference = any (:refs))
    and not exists (select from bank_transactions u where u.undoes_id = t.id and u.status in ('booking', 'matched', 'accepted'))`),
)

const ACCOUNTS = sql(`select iban as "iban!" from entity_bank_accounts where iban is not null and deleted_at is null`)

export interface OwnBooks extends Books {
  /** The invoices of credit notes: what a credit note gives back is a payment of its invoice that goes back. */
  readonly invoiceOf: ReadonlyMap<string, DocumentKey>
}

/** What is looked for among earlier entries: those of these accounts that bear one of these ids. */
export interface Looked {
  readonly accounts: readonly string[]
  readonly movements: readonly Movement[]
}

export async function readBooks(ctx: Ctx, looked: Looked): Promise<OwnBooks> {
  const [invoices, bills, accounts, sent] = [await INVOICES(ctx), await BILLS(ctx), await ACCOUNTS(ctx), await SENT(ctx)]
  const back = looked.movements.filter(({ reverses, return_reason }) => reverses || return_reason !== null)
  const refs = back.flatMap(({ bank_ref, entry_ref }) => [bank_ref, entry_ref]).filter((ref) => ref !== null)
  const ends = back.flatMap(({ end_to_end_id }) => end_to_end_id ?? [])
  const booked = back.length === 0 ? [] : await BOOKED(ctx, { accounts: [...looked.accounts], refs, ends })
  const sendsQrBills = accounts.some(({ iban }) => isQrIban(bareIban(iban)))
  const documents: Payable[] = [
    ...invoices.map((row): Payable => {
      const whole = row.total_amount - row.amount_credited
      const open = row.status === 'paid' ? 0 : Math.max(0, whole - row.amount_paid)
      const terms = row.early_terms
      const early = [terms?.term_1, terms?.term_2].flatMap((tier) => (tier ? [tier] : []))
      return {
        id: keyOf('receivable', row.id),
        number: row.document_id,
        kind: row.type === 'credit_note' ? 'credit_note' : 'invoice',
        currency: row.currency,
        // What was credited of a paid invoice goes back to the customer.
        open: row.type === 'credit_note' ? Math.min(row.total_amount, row.owed_back ?? 0) : open,
        discounts: early.map(
          ({ end_date }): Discount => ({ until: end_date, to_pay: amountToPay(whole, row.amount_paid, terms, end_date) }),
        ),
        // What a QR-bill asks for stands on the statement in place of the number; where nobody was sent one it is somebody else's.
        reference: sendsQrBills ? qrReference(row.document_id) : null,
        counterpart: { name: row.counterpart_name, ibans: row.ibans },
      }
    }),
    ...bills.map((row): Payable => {
      const tiers = tiersOf(row.issued_at, row.payment_terms)
      const open = row.status === 'paid' ? 0 : Math.max(0, (billWhole(row) ?? 0) - row.amount_paid)
      const early = tiers.filter(({ discount }) => discount > 0)
      return {
        id: keyOf('payable', row.id),
        number: row.document_id,
        kind: 'bill',
        currency: row.currency,
        open,
        discounts: early.map(({ date }): Discount => ({ until: date, to_pay: billToPay(row, tiers, date) ?? open })),
        reference: null,
        counterpart: { name: row.name, ibans: row.ibans },
      }
    }),
  ]
  return {
    documents,
    sent: sent.map(({ object_type, object_id, ...one }) => {
      const isInvoice = object_type === 'receivable'
      const id = keyOf(isInvoice ? 'receivable' : 'payable', object_id)
      return { ...one, sign: isInvoice ? ('credit' as const) : ('debit' as const), pays: [{ id, amount: one.amount }] }
    }),
    booked: booked.map(({ direction, ...one }) => ({ ...one, sign: direction })),
    accounts: accounts.map(({ iban }) => iban),
    invoiceOf: new Map(
      invoices.flatMap(({ id, type, based_on }): [string, DocumentKey][] =>
        type === 'credit_note' && based_on !== null ? [[keyOf('receivable', id), keyOf('receivable', based_on)]] : [],
      ),
    ),
  }
}
