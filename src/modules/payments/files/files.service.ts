import { randomUUID } from 'node:crypto'
import { nachaFile } from '../../../core/payment-files/nacha.ts'
import type { Report } from '../../../core/payment-files/reports.ts'
import { sepaFile } from '../../../core/payment-files/sepa.ts'
import { badRequest, conflict, notFound, Refusal } from '../../../core/refusal.ts'
import { reach } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { BankAccount, Party } from '../accounts.schema.ts'
import { counterpartParty, entityParty } from '../accounts.service.ts'
import { openRecord, tellByHand } from '../carrying.service.ts'
import { fitLinks } from '../fitting.service.ts'
import { type Asked, lockAsked } from '../intents/intents.service.ts'
import type { PaidObject } from '../ledger.service.ts'
import { type CreatePaymentFile, PaymentFile } from './files.schema.ts'

/**
 * Bills that a bank is asked to pay, as a file: pain.001 for euros, NACHA for US dollars. From the moment the file is made its payments are on
 * their way, so nobody pays these bills a second time; a statement says that they were made, a report that they were not.
 */

const PAYMENTS = `coalesce((select json_agg(json_build_object('payment_intent_id', i.id, 'payable_id', case when i.object_type = 'payable' then i.object_id end,
    'receivable_id', case when i.object_type = 'receivable' then i.object_id end, 'mandate_id', i.mandate_id, 'amount', i.amount, 'status', i.status,
    'end_to_end_id', i.end_to_end_id, 'execution_date', i.execution_date, 'counterpart_name', o.party ->> 'name', 'iban', o.party -> 'bank_accounts' -> 0 ->> 'iban',
    'account_number', o.party -> 'bank_accounts' -> 0 ->> 'account_number', 'reference', i.payment_reference, 'error', i.error ->> 'message') order by i.created_at, i.id)
  from payment_intents i, lateral (select case i.object_type when 'payable' then i.recipient else i.payer end as party) o
  where i.entity_id = t.entity_id and i.payment_file_id = t.id), '[]')`
export const fileTable = table('payment_files', PaymentFile, { noun: 'Payment file', computed: { payments: PAYMENTS } })

const FILE = sql(`
  insert into payment_files (bank_account_id, format, message_id, file_name, content, currency, total_amount, created_by_entity_user_id)
  values (:account, :format, :message_id, :file_name, :content, :currency, :total, :user?) returning id`)
const PAYMENT = sql(`
  with t as (insert into payment_intents (id, created_at, status, object_type, object_id, amount, currency, payment_methods, selected_payment_method, payment_reference, payer,
      recipient, provider, provider_reference, attempt, payment_file_id, end_to_end_id, payment_info_id, execution_date)
    values (:id, app_now() + :nth::int * interval '1 microsecond', 'created', 'payable', :payable, :amount, :currency, array[:method::text], :method, :reference, :payer::json,
      :recipient::json, 'bank_transfer', :id::uuid::text, 1, :file, :end_to_end_id, :payment_info_id?, :day) returning id)
  insert into payment_intent_history (payment_intent_id, status) select id, 'created' from t`)
const TAX_ID = sql(`select tax_id from entities where id = :id`)
const TRACES =
  sql(`select count(*)::int as "count!" from payment_intents i join payment_files f on f.entity_id = i.entity_id and f.id = i.payment_file_id
  where f.bank_account_id = :account and f.format = 'nacha_ccd'`)
const LOCK_ACCOUNT = sql(`select id from entity_bank_accounts where id = :id and deleted_at is null for update`)

/** An account of the entity, so that no two files of it are made at once; null when there is none. */
export const lockAccount = (ctx: Ctx, id: string) => LOCK_ACCOUNT.maybe(ctx, { id })

interface NewFile {
  readonly account: string
  readonly format: PaymentFile['format']
  readonly message_id: string
  readonly file_name: string
  readonly content: string
  readonly currency: string
  /** Minor units. */
  readonly total: number
}

/** Keeps a file; answers its id. */
export const insertFile = async (ctx: Ctx, file: NewFile): Promise<string> =>
  (await FILE.one(ctx, { ...file, user: ctx.userId })).id

interface Order {
  readonly intent: string
  readonly asked: Asked
  readonly amount: number
  readonly reference: string
  readonly recipient: Party
  readonly account: BankAccount
}

/** Makes a file of all bills that can be paid by it; those that can't are named with the reason. */
export async function createFile(machinery: Machinery, ctx: Ctx, body: CreatePaymentFile) {
  const ids = [...new Set(body.payable_ids.map((id) => id.toLowerCase()))].sort()
  if (ids.length < body.payable_ids.length) throw badRequest('payable_ids: each bill stands there once')
  await reach(ctx, 'payable', ids, 'read')
  if (!(await lockAccount(ctx, body.payer_bank_account_id))) throw notFound('Bank account not found')
  const { payer, own } = await payingAccount(ctx, body.payer_bank_account_id)
  const refused: { payable_id: string; why: string }[] = []
  const orders: Order[] = []
  for (const id of ids) {
    try {
      orders.push(await orderOf(ctx, id, own.currency!))
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not_found') throw error
      refused.push({ payable_id: id, why: error.message })
    }
  }
  const written = await writtenFor(ctx, body, { payer, own, orders })
  refused.push(...written.refused.map(({ document, why }) => ({ payable_id: document, why })))
  if (written.content === null)
    throw badRequest(`None of these bills can be paid by a file: ${refused.map(({ why }) => why).join('; ')}`)
  const total = written.payments.reduce((sum, { order }) => sum + order.amount, 0)
  const { format, message_id, file_name, content } = written
  const file = await insertFile(ctx, { account: own.id, format, message_id, file_name, content, currency: own.currency!, total })
  for (const [nth, { order, end_to_end_id, payment_info_id, day }] of written.payments.entries()) {
    const { intent: id, asked, amount } = order
    const method = own.currency === 'USD' ? 'us_ach' : 'sepa_credit'
    await PAYMENT(ctx, {
      ...{
        id,
        nth,
        payable: asked.id,
        amount,
        currency: own.currency!,
        method,
        reference: order.reference,
        payer: { ...payer, bank_accounts: [own] },
      },
      ...{ recipient: { ...order.recipient, bank_accounts: [order.account] }, file, end_to_end_id, payment_info_id, day },
    })
    await openRecord(ctx, { id, amount, currency: own.currency! }, asked)
    await tellByHand(ctx, machinery, id, { id: `file:${file}:${id}`, type: 'processing', at: ctx.now.toISOString() })
    // Whoever has a link to the same bill pays it no more.
    await fitLinks(ctx, 'payable', asked.id, asked.owed)
  }
  return { ...(await rows.find(ctx, fileTable, file)), refused }
}

async function payingAccount(ctx: Ctx, id: string): Promise<{ payer: Party; own: BankAccount }> {
  for (const currency of ['EUR', 'USD']) {
    const payer = await entityParty(ctx, currency, id)
    const own = payer.bank_accounts?.find((account) => account.id === id)
    if (own) return { payer, own }
  }
  throw badRequest('payer_bank_account_id: files are made for accounts in EUR (pain.001) and in USD (NACHA)')
}

/** What is paid of one bill, and to which account. Refuses what can't be paid now. */
async function orderOf(ctx: Ctx, id: string, currency: string): Promise<Order> {
  const asked = await lockAsked(ctx, 'payable', id)
  if (asked.status !== 'waiting_to_be_paid' && asked.status !== 'partially_paid')
    throw conflict(`A bill that is ${asked.status.replaceAll('_', ' ')} is not paid`)
  if (asked.owed > 0 && asked.open <= 0) throw conflict('A payment of this bill is on its way')
  if (asked.open <= 0) throw conflict('Nothing is left to pay of this bill')
  if (asked.currency !== currency)
    throw badRequest(`The bill is in ${asked.currency ?? 'no currency yet'}, and the account in ${currency}`)
  if (!asked.counterpart_id) throw badRequest('The bill has no vendor')
  if (!asked.number) throw badRequest('The bill has no document number to refer to')
  const recipient = await counterpartParty(ctx, asked.counterpart_id, currency, asked.account_id)
  const account = recipient?.bank_accounts?.find(({ id: one }) => !asked.account_id || one === asked.account_id)
  if (!recipient || !account) throw badRequest(`The vendor has no account in ${currency}`)
  return { intent: randomUUID(), asked, amount: asked.open, reference: asked.number, recipient, account }
}

interface Writing {
  readonly payer: Party
  readonly own: BankAccount
  readonly orders: readonly Order[]
}

async function writtenFor(ctx: Ctx, body: CreatePaymentFile, { payer, own, orders }: Writing) {
  const today = await localDay(ctx)
  const byBill = new Map(orders.map((order) => [order.asked.id, order]))
  const stamp = today.replaceAll('-', '')
  const mark = randomUUID().slice(0, 8)
  if (own.currency === 'EUR') {
    if (!own.iban) throw badRequest('payer_bank_account_id: a pain.001 needs an account with an IBAN')
    const message_id = `QTN-${stamp}-${mark}`
    const { file, transfers, refused } = sepaFile({
      message_id,
      created_at: `${ctx.now.toISOString().slice(0, 19)}Z`,
      today,
      debtor: { name: own.account_holder_name ?? payer.name ?? '', iban: own.iban, bic: own.bic },
      payments: orders.map(({ intent, asked, amount, reference, recipient, account }) => ({
        document: asked.id,
        amount,
        currency: 'EUR',
        name: account.account_holder_name ?? recipient.name ?? '',
        iban: account.iban ?? null,
        bic: account.bic,
        reference,
        intent,
        execution_date: body.execution_date ?? null,
      })),
    })
    const payments = transfers.map(({ documents, end_to_end_id, payment_info_id, execution_date }) => ({
      order: byBill.get(documents[0]!.document)!,
      end_to_end_id: end_to_end_id!,
      payment_info_id,
      day: execution_date,
    }))
    return { format: 'pain.001.001.09' as const, message_id, file_name: `${message_id}.xml`, content: file, payments, refused }
  }
  if (!own.routing_number || !own.account_number)
    throw badRequest('payer_bank_account_id: a NACHA file needs a routing number and an account number')
  const company_id = body.company_id ?? (await companyId(ctx))
  const { count } = await TRACES.one(ctx, { account: own.id })
  const message_id = `NACHA-${stamp}-${mark}`
  const { file, transfers, refused } = nachaFile({
    created_at: ctx.now.toISOString().slice(0, 16),
    today,
    execution_date: body.execution_date ?? null,
    debtor: {
      name: own.account_holder_name ?? payer.name ?? '',
      routing_number: own.routing_number,
      account_number: own.account_number,
      company_id,
    },
    first_trace: count + 1,
    payments: orders.map(({ asked, amount, reference, recipient, account }) => ({
      document: asked.id,
      amount,
      currency: 'USD',
      name: account.account_holder_name ?? recipient.name ?? '',
      routing_number: account.routing_number ?? null,
      account_number: account.account_number ?? null,
      reference,
    })),
  })
  const payments = transfers.map(({ document, trace, execution_date }) => ({
    order: byBill.get(document)!,
    end_to_end_id: trace,
    payment_info_id: null,
    day: execution_date,
  }))
  return { format: 'nacha_ccd' as const, message_id, file_name: `${message_id}.ach`, content: file, payments, refused }
}

/** The number by which the bank knows the company: usually a 1 and its tax id. */
async function companyId(ctx: Ctx): Promise<string> {
  const digits = ((await TAX_ID.one(ctx, { id: ctx.entityId })).tax_id ?? '').replace(/\D/g, '')
  if (digits.length !== 9) throw badRequest('company_id: say the ten characters by which your bank knows the company')
  return `1${digits}`
}

const CONTENT = sql(`select file_name, format, content from payment_files where id = :id`)
/** The bytes of a file: the same as often as it is fetched. */
export async function contentOf(ctx: Ctx, id: string) {
  await rows.find(ctx, fileTable, id)
  return CONTENT.one(ctx, { id })
}

const OF_FILE = sql(
  `select id, object_type as "object_type!", object_id as "object_id!", status from payment_intents where payment_file_id = :id order by object_id`,
)
const WITHDRAW = sql(`update payment_files set withdrawn_at = app_now(), updated_at = app_now() where id = :id`)

/** The bank was never given the file, or gave it back: its bills are to be paid again. */
export async function withdraw(machinery: Machinery, ctx: Ctx, id: string) {
  const { withdrawn_at } = await rows.find(ctx, fileTable, id)
  for (const { object_type, object_id } of await OF_FILE(ctx, { id })) await lockAsked(ctx, object_type as PaidObject, object_id)
  await rows.lock(ctx, fileTable, id)
  if (withdrawn_at) throw conflict('This file was withdrawn already')
  const intents = await OF_FILE(ctx, { id })
  if (intents.some(({ status }) => status === 'succeeded' || status === 'settled'))
    throw conflict('A payment of this file was made already')
  for (const intent of intents)
    if (intent.status === 'processing')
      await tellByHand(ctx, machinery, intent.id, {
        id: `withdrawn:${id}:${intent.id}`,
        type: 'failed',
        at: ctx.now.toISOString(),
        reason: 'The file was withdrawn',
      })
  await WITHDRAW(ctx, { id })
  return rows.find(ctx, fileTable, id)
}

// Reports

const BY_ID = sql(
  `select id, end_to_end_id as "end_to_end_id!", payment_info_id, object_type as "object_type!", object_id as "object_id!", status from payment_intents where end_to_end_id = any (:ids) order by object_id`,
)
const BY_BLOCK = sql(`
  select i.id, i.end_to_end_id as "end_to_end_id!", i.payment_info_id, i.object_type as "object_type!", i.object_id as "object_id!", i.status
  from payment_intents i join payment_files f on f.entity_id = i.entity_id and f.id = i.payment_file_id
  where f.message_id = :message_id and (:block?::text is null or i.payment_info_id = :block?) order by i.object_id`)

/** Takes what a bank tells of payments; what it does not name is not decided. */
export async function takeReport(machinery: Machinery, ctx: Ctx, report: Report, mark: string) {
  const named = new Map((await BY_ID(ctx, { ids: report.payments.map(({ id }) => id) })).map((row) => [row.end_to_end_id, row]))
  const told = report.payments.map((one) => ({ ...one, intent: named.get(one.id) ?? null }))
  for (const { payment_info_id, becomes, reason } of report.all)
    if (report.message_id !== null)
      for (const intent of await BY_BLOCK(ctx, { message_id: report.message_id, block: payment_info_id }))
        if (!told.some(({ id }) => id === intent.end_to_end_id))
          told.push({ id: intent.end_to_end_id, becomes, reason, correction: null, intent })
  const types = new Map(told.flatMap(({ intent }) => (intent ? [[intent.object_id, intent.object_type as PaidObject]] : [])))
  for (const [id, type] of [...types].sort()) await lockAsked(ctx, type, id)
  const payments = []
  for (const { id, becomes, reason, correction, intent } of told) {
    if (intent && becomes === 'failed')
      await tellByHand(ctx, machinery, intent.id, {
        ...{ id: `report:${mark}:${id}`, type: 'failed', at: ctx.now.toISOString() },
        reason: reason ? `The bank refused it: ${reason}` : 'The bank refused it',
      })
    payments.push({
      payment_intent_id: intent?.id ?? null,
      id,
      becomes: intent ? becomes : ('unknown' as const),
      reason,
      correction,
    })
  }
  return { format: report.format, payments }
}
