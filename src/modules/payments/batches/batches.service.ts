import { randomUUID } from 'node:crypto'
import { known } from '../../../core/lists.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { fitLinks } from '../../booking/fitting.service.ts'
import { makeBatch, makeItem } from '../../booking/making.service.ts'
import { followBatch } from '../../booking/moving.service.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { requireDebitable } from '../../onboarding/verifications/verifications.service.ts'
import type { Party } from '../accounts.schema.ts'
import { counterpartParties, entityParty } from '../accounts.service.ts'
import { openRecord } from '../carrying.service.ts'
import { fileOfBatch, lockAccount, type Order } from '../files/files.service.ts'
import { type DocumentToPay, lockAllAsked } from '../intents/intents.service.ts'
import { checkMethods } from '../methods/methods.service.ts'
import { type CreateBatch, PaymentsBatchPaymentResponse } from './batches.schema.ts'

/** Bills that are paid together from one account: all of them are checked before any money moves. */

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Begins the payment of one bill of a batch. */
    'payments.begin': { payment_intent_id: string }
  }
}

const ITEMS = `(select json_agg(json_build_object('id', i.id, 'created_at', i.created_at, 'amount', i.amount, 'currency', i.currency, 'error', i.error,
    'object', json_build_object('type', 'payable', 'id', i.object_id), 'payment_reference', coalesce(i.payment_reference, ''),
    'recipient', json_build_object('type', 'counterpart', 'id', i.recipient ->> 'id', 'bank_account_id', i.recipient -> 'bank_accounts' -> 0 ->> 'id',
      'payout_method', coalesce(i.recipient ->> 'payout_method', 'bank_account')), 'status', i.status) order by i.created_at, i.id)
  from payment_intents i where i.entity_id = t.entity_id and i.batch_payment_id = t.id)`
export const batchTable = table('batch_payments', PaymentsBatchPaymentResponse, {
  noun: 'Batch payment',
  computed: { payment_intents: ITEMS, error: 't.error', payment_method: 't.payment_method' },
})

const COUNTRY = sql(`select address ->> 'country' as "country!" from entities where id = :id`)
const PAYER = sql(`select id, currency, country from entity_bank_accounts where id = :id and deleted_at is null`)
const VENDOR = sql(`
  select c.id, a.country, a.state from counterparts c left join counterpart_addresses a on a.entity_id = c.entity_id and a.id = c.default_billing_address_id and a.deleted_at is null
  where c.id = any (:ids) and c.deleted_at is null`)
type Item = CreateBatch['payment_intents'][number]

export async function createBatch(machinery: Machinery, ctx: Ctx, body: CreateBatch) {
  const { payer_bank_account_id, payment_intents: items } = body
  const ids = items.map(({ object }) => object.id.toLowerCase())
  const twice = ids.find((id, nth) => ids.indexOf(id) !== nth)
  if (twice) throw badRequest(`payment_intents: the payable ${twice} is there twice`)
  const { country } = await COUNTRY.one(ctx, { id: ctx.entityId })
  if (country !== 'US') throw badRequest('Batch payments are for entities in the United States')
  const account = await PAYER.maybe(ctx, { id: payer_bank_account_id })
  if (!account) throw badRequest('payer_bank_account_id: there is no such bank account')
  if (account.currency !== 'USD' || account.country !== 'US')
    throw badRequest('payer_bank_account_id: batches are paid from an account in the United States, in USD')
  await lockAccount(ctx, account.id)
  const asked = new Map((await lockAllAsked(ctx, 'payable', ids)).map(({ id, read }) => [id, read()]))
  const vendors = await vendorsIn(
    ctx,
    items.map(({ recipient }) => recipient.id),
  )
  const payments = items.map((item) => paymentOf(item, known(asked, item.object.id.toLowerCase()), vendors))
  const total = payments.reduce((sum, { amount }) => sum + amount, 0)
  const methods = ['us_ach'] as const
  const providers = await providersIn(ctx, machinery)
  await checkMethods(ctx, providers, { direction: 'send', methods, currency: 'USD', amount: total })
  await requireDebitable(ctx, account.id)
  const batch = await makeBatch(ctx, { method: 'us_ach', payer: account.id, total })
  const payer = await entityParty(ctx, 'USD', account.id)
  // Where nobody debits accounts, the bank gets a file.
  if (providers.for('us_ach', 'USD', 'send')?.byHand) {
    await leaveAsFile(ctx, batch, payer, payments)
    return rows.find(ctx, batchTable, batch)
  }
  for (const [nth, { asked: bill, amount, recipient, reference }] of payments.entries()) {
    const id = await makeItem(ctx, { nth, object_id: bill.id, amount, currency: 'USD', reference, payer, recipient, batch })
    await openRecord(ctx, { id, amount, currency: 'USD' }, bill)
    // Whoever has a link to the same bill pays it no more.
    await fitLinks(ctx, 'payable', bill.id, bill.owed)
    await jobs.add(ctx, 'payments.begin', { payment_intent_id: id }, { key: `payments.begin:${id}` })
  }
  return rows.find(ctx, batchTable, batch)
}

async function leaveAsFile(ctx: Ctx, batch: string, payer: Party, payments: readonly Payment[]): Promise<void> {
  const [own] = payer.bank_accounts ?? []
  if (!own) throw conflict('The account of the payer is gone')
  const orders = payments.map(({ account, ...payment }): Order => {
    if (account === null)
      throw conflict(`Nobody prints checks here: pay the payable ${payment.asked.id} to a bank account of its vendor`)
    return { ...payment, account, intent: randomUUID() }
  })
  await fileOfBatch(ctx, { id: batch, payer, own, orders })
  await followBatch(ctx, batch)
}

/** Vendors with their accounts in USD and the state of their billing address. */
async function vendorsIn(ctx: Ctx, ids: readonly string[]) {
  const found = new Map((await VENDOR(ctx, { ids: [...ids] })).map((row) => [row.id, row]))
  const partyOf = await counterpartParties(ctx, ids, 'USD')
  return { addressOf: (id: string) => found.get(id.toLowerCase()), partyOf }
}
type Vendors = Awaited<ReturnType<typeof vendorsIn>>
type Payment = ReturnType<typeof paymentOf>

/** What is paid of one bill, and to whom. Refuses what can't be paid this way. */
function paymentOf({ recipient: named, payment_reference }: Item, asked: DocumentToPay, vendors: Vendors) {
  if (asked.status !== 'waiting_to_be_paid')
    throw conflict(`The payable ${asked.id} is ${asked.status.replaceAll('_', ' ')}: only what waits to be paid is paid`)
  if (asked.open < asked.owed) throw conflict(`A payment of the payable ${asked.id} is on its way`)
  if (asked.currency !== 'USD') throw badRequest(`payment_intents: the payable ${asked.id} is in ${asked.currency}, not in USD`)
  if (asked.open <= 0) throw conflict(`Nothing is left to pay of the payable ${asked.id}`)
  if (named.id.toLowerCase() !== asked.counterpart_id)
    throw badRequest(`recipient: it is not the vendor of the payable ${asked.id}`)
  const reference = payment_reference ?? asked.number
  if (!reference) throw badRequest(`payment_reference: the payable ${asked.id} has no document number`)
  const vendor = vendors.addressOf(named.id)
  if (vendor?.country !== 'US' || !vendor.state)
    throw badRequest(`recipient: the vendor of the payable ${asked.id} needs a whole billing address in the United States`)
  const wanted = named.bank_account_id?.toLowerCase() ?? asked.account_id
  const party = vendors.partyOf(named.id, wanted)
  if (!party) throw badRequest('recipient: there is no such counterpart')
  const payout_method = named.payout_method ?? 'bank_account'
  if (payout_method === 'paper_check')
    return { asked, amount: asked.open, reference, account: null, recipient: { ...party, bank_accounts: [], payout_method } }
  const [account] = party.bank_accounts ?? []
  if (!account || (wanted && account.id !== wanted)) throw badRequest(`recipient: there is no such account of the vendor in USD`)
  if (!account.account_holder_name || !account.account_number || !account.routing_number)
    throw badRequest('recipient: its account needs account_holder_name, account_number and routing_number')
  return { asked, amount: asked.open, reference, account, recipient: { ...party, bank_accounts: [account], payout_method } }
}
