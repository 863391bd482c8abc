import { randomUUID } from 'node:crypto'
import { debitFile } from '../../../core/payment-files/debits.ts'
import { bareIban } from '../../../core/reading/values.ts'
import { badRequest, conflict, notFound, refusalOf } from '../../../core/refusal.ts'
import { reach } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Party } from '../accounts.schema.ts'
import { counterpartParties, entityParty } from '../accounts.service.ts'
import { type DocumentToPay, lockAllAsked } from '../intents/intents.service.ts'
import { leave } from '../leaving.service.ts'
import { collectBy, lockMandates, type Usable } from '../mandates/mandates.service.ts'
import type { CreateDebitFile } from './files.schema.ts'
import { fileTable, insertFile, lockAccount } from './files.service.ts'

/** Invoices that a bank is asked to collect from those who signed a mandate, as a file (pain.008). */

const ADDRESSES = sql(`
  select c.id, a.line1, a.line2, a.postal_code, a.city, a.country from counterparts c
  join counterpart_addresses a on a.entity_id = c.entity_id and a.counterpart_id = c.id and a.id = c.default_billing_address_id and a.deleted_at is null
  where c.id = any (:ids)`)

interface Order {
  readonly intent: string
  readonly asked: DocumentToPay
  readonly mandate: Usable
  readonly payer: Party
}

/** Makes a file of all invoices that can be collected; those that can't are named with the reason. */
export async function createDebitFile(ctx: Ctx, body: CreateDebitFile) {
  const ids = [...new Set(body.receivable_ids.map((id) => id.toLowerCase()))].sort()
  if (ids.length < body.receivable_ids.length) throw badRequest('receivable_ids: name each invoice only once')
  await reach(ctx, 'receivable', ids, 'read')
  if (!(await lockAccount(ctx, body.creditor_bank_account_id))) throw notFound('Bank account not found')
  const recipient = await entityParty(ctx, 'EUR', body.creditor_bank_account_id)
  const own = recipient.bank_accounts?.find(({ id }) => id === body.creditor_bank_account_id.toLowerCase())
  if (!own?.iban) throw badRequest('creditor_bank_account_id: direct debits are collected to accounts in EUR with an IBAN')
  const today = await localDay(ctx)
  const refused: { receivable_id: string; why: string }[] = []
  const invoices: DocumentToPay[] = []
  const orders: Order[] = []
  const unlessRefused = (id: string, work: () => void) => {
    const why = refusalOf(work)
    if (why !== null) refused.push({ receivable_id: id, why })
  }
  for (const { id, read } of await lockAllAsked(ctx, 'receivable', ids))
    unlessRefused(id, () => invoices.push(collectable(read())))
  const customers = invoices.flatMap(({ counterpart_id }) => counterpart_id ?? [])
  const partyOf = await counterpartParties(ctx, customers, 'EUR')
  const addresses = new Map((await ADDRESSES(ctx, { ids: customers })).map(({ id, ...address }) => [id, address]))
  const mandateOf = await lockMandates(ctx, customers, today)
  const single = new Set<string>()
  for (const asked of invoices)
    unlessRefused(asked.id, () => {
      const payer = asked.counterpart_id ? partyOf(asked.counterpart_id) : null
      if (!payer) throw badRequest('The invoice has no customer')
      const mandate = mandateOf(payer.id)
      // Signed for one debit, a mandate is good for one.
      if (single.has(mandate.id)) throw conflict(`The mandate ${mandate.reference} is for one debit`)
      if (mandate.sequence === 'one_off') single.add(mandate.id)
      orders.push({ intent: randomUUID(), asked, mandate, payer })
    })
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
      address: addresses.get(payer.id) ?? null,
      reference: asked.number ?? '',
      intent,
      mandate,
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
  const debits = written.debits.map((debit) => {
    const order = byInvoice.get(debit.document)
    if (!order) throw new Error(`Nobody ordered to collect ${debit.document}`)
    return { ...debit, ...order }
  })
  await leave(
    ctx,
    { file, type: 'receivable' },
    debits.map(({ intent, asked, amount, payer, mandate, end_to_end_id, payment_info_id, collection_date: day }) => ({
      id: intent,
      asked,
      amount,
      currency: 'EUR',
      method: 'sepa_debit',
      reference: asked.number ?? '',
      payer: { ...payer, bank_accounts: payer.bank_accounts?.filter(({ iban }) => iban && bareIban(iban) === mandate.iban) },
      recipient: { ...recipient, bank_accounts: [own] },
      end_to_end_id,
      payment_info_id,
      day,
      mandate: mandate.id,
    })),
  )
  await collectBy(
    ctx,
    debits.map(({ mandate, collection_date: day }) => ({ mandate, day })),
  )
  return { ...(await rows.find(ctx, fileTable, file)), refused }
}

/** Refuses an invoice that can't be collected now. */
function collectable(asked: DocumentToPay): DocumentToPay {
  if (!['issued', 'partially_paid', 'overdue'].includes(asked.status))
    throw conflict(`An invoice that is ${asked.status.replaceAll('_', ' ')} is not collected`)
  if (asked.owed > 0 && asked.open <= 0) throw conflict('A payment of this invoice is on its way')
  if (asked.open <= 0) throw conflict('Nothing is left to pay of this invoice')
  if (asked.currency !== 'EUR') throw badRequest(`The invoice is in ${asked.currency}, and direct debits are in EUR`)
  return asked
}
