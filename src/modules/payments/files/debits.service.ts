import { randomUUID } from 'node:crypto'
import { debitFile } from '../../../core/payment-files/debits.ts'
import { bareIban } from '../../../core/reading/values.ts'
import { badRequest, conflict, notFound, Refusal } from '../../../core/refusal.ts'
import { reach } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { Party } from '../accounts.schema.ts'
import { counterpartParty, entityParty } from '../accounts.service.ts'
import { openRecord, tellByHand } from '../carrying.service.ts'
import { fitLinks } from '../fitting.service.ts'
import { type Asked, lockAsked } from '../intents/intents.service.ts'
import { collectBy, lockMandate, type Usable } from '../mandates/mandates.service.ts'
import type { CreateDebitFile } from './files.schema.ts'
import { fileTable, insertFile, lockAccount } from './files.service.ts'

/** Invoices that a bank is asked to collect from those who signed a mandate, as a file (pain.008). */

const DEBIT = sql(`
  with t as (insert into payment_intents (id, created_at, status, object_type, object_id, amount, currency, payment_methods, selected_payment_method, payment_reference, payer,
      recipient, provider, provider_reference, attempt, payment_file_id, end_to_end_id, payment_info_id, execution_date, mandate_id)
    values (:id, app_now() + :nth::int * interval '1 microsecond', 'created', 'receivable', :invoice, :amount, 'EUR', array['sepa_debit'], 'sepa_debit', :reference, :payer::json,
      :recipient::json, 'bank_transfer', :id::uuid::text, 1, :file, :end_to_end_id, :payment_info_id, :day, :mandate) returning id)
  insert into payment_intent_history (payment_intent_id, status) select id, 'created' from t`)

interface Order {
  readonly intent: string
  readonly asked: Asked
  readonly mandate: Usable
  readonly payer: Party
}

/** Makes a file of all invoices that can be collected; those that can't are named with the reason. */
export async function createDebitFile(machinery: Machinery, ctx: Ctx, body: CreateDebitFile) {
  const ids = [...new Set(body.receivable_ids.map((id) => id.toLowerCase()))].sort()
  if (ids.length < body.receivable_ids.length) throw badRequest('receivable_ids: each invoice stands there once')
  await reach(ctx, 'receivable', ids, 'read')
  if (!(await lockAccount(ctx, body.creditor_bank_account_id))) throw notFound('Bank account not found')
  const recipient = await entityParty(ctx, 'EUR', body.creditor_bank_account_id)
  const own = recipient.bank_accounts?.find(({ id }) => id === body.creditor_bank_account_id.toLowerCase())
  if (!own?.iban) throw badRequest('creditor_bank_account_id: direct debits are collected to accounts in EUR with an IBAN')
  const today = await localDay(ctx)
  const refused: { receivable_id: string; why: string }[] = []
  const orders: Order[] = []
  const single = new Set<string>()
  for (const id of ids) {
    try {
      const order = await orderOf(ctx, id, today)
      // Signed for one debit, a mandate is good for one.
      if (single.has(order.mandate.id)) throw conflict(`The mandate ${order.mandate.reference} is for one debit`)
      if (order.mandate.sequence === 'one_off') single.add(order.mandate.id)
      orders.push(order)
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not_found') throw error
      refused.push({ receivable_id: id, why: error.message })
    }
  }
  const message_id = `QDD-${today.replaceAll('-', '')}-${randomUUID().slice(0, 8)}`
  const written = debitFile({
    message_id,
    created_at: `${ctx.now.toISOString().slice(0, 19)}Z`,
    today,
    creditor: { name: own.account_holder_name ?? recipient.name ?? '', iban: own.iban, bic: own.bic },
    debits: orders.map(({ intent, asked, mandate, payer }) => ({
      document: asked.id,
      amount: asked.open,
      currency: asked.currency ?? '',
      name: mandate.account_holder_name ?? payer.name ?? '',
      iban: mandate.iban,
      bic: mandate.bic,
      reference: asked.number ?? '',
      intent,
      mandate: {
        ...mandate,
        scheme: mandate.scheme as 'core' | 'b2b',
        sequence: mandate.sequence as 'recurrent' | 'one_off',
      },
      collection_date: body.collection_date ?? asked.due_date,
    })),
  })
  refused.push(...written.refused.map(({ document, why }) => ({ receivable_id: document, why })))
  if (written.file === null)
    throw badRequest(`None of these invoices can be collected: ${refused.map(({ why }) => why).join('; ')}`)
  const total = written.debits.reduce((sum, { amount }) => sum + amount, 0)
  const file = await insertFile(ctx, {
    account: own.id,
    format: 'pain.008.001.09',
    message_id,
    file_name: `${message_id}.xml`,
    content: written.file,
    currency: 'EUR',
    total,
  })
  const byInvoice = new Map(orders.map((order) => [order.asked.id, order]))
  for (const [nth, { document, amount, end_to_end_id, payment_info_id, collection_date: day }] of written.debits.entries()) {
    const order = byInvoice.get(document)
    if (!order) throw new Error(`Nobody ordered to collect ${document}`)
    const { intent: id, asked, mandate, payer } = order
    await DEBIT(ctx, {
      id,
      nth,
      invoice: asked.id,
      amount,
      reference: asked.number ?? '',
      payer: { ...payer, bank_accounts: payer.bank_accounts?.filter(({ iban }) => iban && bareIban(iban) === mandate.iban) },
      recipient: { ...recipient, bank_accounts: [own] },
      file,
      end_to_end_id,
      payment_info_id,
      day,
      mandate: mandate.id,
    })
    await openRecord(ctx, { id, amount, currency: 'EUR' }, asked)
    await tellByHand(ctx, machinery, id, { id: `file:${file}:${id}`, type: 'processing', at: ctx.now.toISOString() })
    await collectBy(ctx, mandate, day)
    // Whoever has a link to the same invoice pays it no more.
    await fitLinks(ctx, 'receivable', asked.id, asked.owed)
  }
  return { ...(await rows.find(ctx, fileTable, file)), refused }
}

/** What is collected of one invoice. Refuses what can't be now. */
async function orderOf(ctx: Ctx, id: string, today: string): Promise<Order> {
  const asked = await lockAsked(ctx, 'receivable', id)
  if (!['issued', 'partially_paid', 'overdue'].includes(asked.status))
    throw conflict(`An invoice that is ${asked.status.replaceAll('_', ' ')} is not collected`)
  if (asked.owed > 0 && asked.open <= 0) throw conflict('A payment of this invoice is on its way')
  if (asked.open <= 0) throw conflict('Nothing is left to pay of this invoice')
  if (asked.currency !== 'EUR') throw badRequest(`The invoice is in ${asked.currency}, and direct debits are in EUR`)
  const payer = asked.counterpart_id ? await counterpartParty(ctx, asked.counterpart_id, 'EUR') : null
  if (!payer) throw badRequest('The invoice has no customer')
  return { intent: randomUUID(), asked, mandate: await lockMandate(ctx, payer.id, today), payer }
}
