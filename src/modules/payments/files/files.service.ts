import { randomUUID } from 'node:crypto'
import { at, known } from '../../../core/lists.ts'
import { isRouting, nachaFile } from '../../../core/payment-files/nacha.ts'
import type { Report } from '../../../core/payment-files/reports.ts'
import { sepaFile } from '../../../core/payment-files/sepa.ts'
import { badRequest, conflict, ifRefused, notFound, refusalOf } from '../../../core/refusal.ts'
import { reach } from '../../../platform/auth/reach.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay, localTimeOf } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { BankAccount, Party } from '../accounts.schema.ts'
import { counterpartParties, entityParty } from '../accounts.service.ts'
import { tellByHand } from '../carrying.service.ts'
import { type DocumentToPay, lockAllAsked, lockAsked } from '../intents/intents.service.ts'
import { leave } from '../leaving.service.ts'
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
  insert into payment_files (bank_account_id, format, message_id, file_name, content, currency, total_amount, batch_payment_id, created_by_entity_user_id)
  values (:account, :format, :message_id, :file_name, :content, :currency, :total, :batch?, :user?) returning id`)
const TAX_ID = sql(`select tax_id from entities where id = :id`)
/** The last number that was given to an entry of a bank: the accounts that an entity has there share them. */
const LAST_TRACE = sql(`
  select coalesce(max(right(end_to_end_id, 7)::int), 0) as "last!" from payment_intents
  where end_to_end_id ~ '^\\d{15}$' and left(end_to_end_id, 8) = :bank and payment_file_id is not null`)
/** Files for a bank that bear a day. */
const FILES_OF_DAY = sql(`
  select count(*)::int as "count!" from payment_files f join entity_bank_accounts a on a.entity_id = f.entity_id and a.id = f.bank_account_id
  where f.format = 'nacha_ccd' and f.message_id like :day || '%' and a.routing_number = :routing_number`)
/** What tells the files of one day apart: a bank takes the same letter of a day once. */
const MODIFIERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const LOCK_ACCOUNTS = sql(`
  select a.id from entity_bank_accounts a
  where a.id = :id and a.deleted_at is null or a.routing_number = (select o.routing_number from entity_bank_accounts o where o.id = :id) order by a.id for update`)

/** Locks an account of the entity, so that no two files of it, or of another one at the same bank, are made at once; false when there is none. */
export const lockAccount = async (ctx: Ctx, id: string): Promise<boolean> =>
  (await LOCK_ACCOUNTS(ctx, { id })).some((account) => account.id === id.toLowerCase())

interface NewFile {
  readonly account: string
  readonly format: PaymentFile['format']
  readonly message_id: string
  readonly file_name: string
  readonly content: string
  readonly currency: string
  /** Minor units. */
  readonly total: number
  /** The batch whose payments are in it. */
  readonly batch?: string | undefined
}

/** Keeps a file; answers its id. */
export const insertFile = async (ctx: Ctx, file: NewFile): Promise<string> =>
  (await FILE.one(ctx, { ...file, batch: file.batch ?? null, user: ctx.userId })).id

/** A bill that is to be paid, and to which account. */
export interface Order {
  readonly intent: string
  readonly asked: DocumentToPay
  readonly amount: number
  readonly reference: string
  readonly recipient: Party & { readonly payout_method?: string }
  readonly account: BankAccount
}

/** Makes a file of all bills that can be paid by it; those that can't are named with the reason. */
export async function createFile(ctx: Ctx, body: CreatePaymentFile) {
  const ids = [...new Set(body.payable_ids.map((id) => id.toLowerCase()))].sort()
  if (ids.length < body.payable_ids.length) throw badRequest('payable_ids: name each bill only once')
  await reach(ctx, 'payable', ids, 'read')
  if (!(await lockAccount(ctx, body.payer_bank_account_id))) throw notFound('Bank account not found')
  const { payer, own } = await payingAccount(ctx, body.payer_bank_account_id)
  const refused: { payable_id: string; why: string }[] = []
  const bills: DocumentToPay[] = []
  const orders: Order[] = []
  const unlessRefused = (id: string, work: () => void) => {
    const why = refusalOf(work)
    if (why !== null) refused.push({ payable_id: id, why })
  }
  for (const { id, read } of await lockAllAsked(ctx, 'payable', ids))
    unlessRefused(id, () => bills.push(payable(read(), own.currency ?? '')))
  const vendors = bills.flatMap(({ counterpart_id }) => counterpart_id ?? [])
  const partyOf = await counterpartParties(ctx, vendors, own.currency ?? '')
  for (const asked of bills) unlessRefused(asked.id, () => orders.push(orderOf(asked, partyOf, own.currency ?? '')))
  const written = await writtenFor(ctx, body, { payer, own, orders })
  refused.push(...written.refused.map(({ document, why }) => ({ payable_id: document, why })))
  if (written.content === null)
    throw badRequest(`None of these bills can be paid by a file: ${refused.map(({ why }) => why).join('; ')}`)
  const file = await handOver(ctx, { payer, own, written: { ...written, content: written.content } })
  return { ...(await rows.find(ctx, fileTable, file)), refused }
}

interface HandedOver {
  readonly payer: Party
  readonly own: BankAccount
  readonly written: Written & { readonly content: string }
  readonly batch?: string | undefined
}

/** Keeps a file and sends its payments on their way; answers its id. */
async function handOver(ctx: Ctx, { payer, own, written, batch }: HandedOver): Promise<string> {
  const { format, message_id, file_name, content, payments } = written
  const currency = own.currency ?? ''
  const total = payments.reduce((sum, { order }) => sum + order.amount, 0)
  const file = await insertFile(ctx, { account: own.id, format, message_id, file_name, content, currency, total, batch })
  await leave(
    ctx,
    { file, batch, type: 'payable' },
    payments.map(({ order: { intent, asked, amount, reference, recipient, account }, end_to_end_id, payment_info_id, day }) => ({
      id: intent,
      asked,
      amount,
      currency,
      method: currency === 'USD' ? 'us_ach' : 'sepa_credit',
      reference,
      payer: { ...payer, bank_accounts: [own] },
      recipient: { ...recipient, bank_accounts: [account] },
      end_to_end_id,
      payment_info_id,
      day,
    })),
  )
  return file
}

interface Batch {
  readonly id: string
  readonly payer: Party
  readonly own: BankAccount
  readonly orders: readonly Order[]
}

/**
 * Makes the file by which a batch is paid, all of it or nothing. Refuses (`conflict`) what a bank would not take: the account or the number
 * of the payer, or a single bill.
 */
export async function fileOfBatch(ctx: Ctx, { id, payer, own, orders }: Batch): Promise<string> {
  const orConflict = ifRefused(({ message }) => {
    throw conflict(`Batches leave as a file for the bank here. ${message}`)
  }, 'bad_request')
  const written = await achFor(ctx, {}, { payer, own, orders }).catch(orConflict)
  const [first] = written.refused
  if (first) throw conflict(`The payable ${first.document} can't be paid by a file for the bank. ${first.why}`)
  if (written.content === null) throw conflict('Nothing is left to pay')
  return handOver(ctx, { payer, own, written: { ...written, content: written.content }, batch: id })
}

async function payingAccount(ctx: Ctx, id: string): Promise<{ payer: Party; own: BankAccount }> {
  for (const currency of ['EUR', 'USD']) {
    const payer = await entityParty(ctx, currency, id)
    const own = payer.bank_accounts?.find((account) => account.id === id)
    if (own) return { payer, own }
  }
  throw badRequest('payer_bank_account_id: files are made for accounts in EUR (pain.001) and in USD (NACHA)')
}

/** Refuses a bill that can't be paid now, or not in this currency. */
function payable(asked: DocumentToPay, currency: string): DocumentToPay {
  if (asked.status !== 'waiting_to_be_paid' && asked.status !== 'partially_paid')
    throw conflict(`A bill that is ${asked.status.replaceAll('_', ' ')} is not paid`)
  if (asked.owed > 0 && asked.open <= 0) throw conflict('A payment of this bill is on its way')
  if (asked.open <= 0) throw conflict('Nothing is left to pay of this bill')
  if (asked.currency !== currency)
    throw badRequest(`The bill is in ${asked.currency ?? 'no currency yet'}, and the account in ${currency}`)
  if (!asked.counterpart_id) throw badRequest('The bill has no vendor')
  if (!asked.number) throw badRequest('The bill has no document number to refer to')
  return asked
}

/** What is paid of one bill, and to which account. */
function orderOf(asked: DocumentToPay, partyOf: Awaited<ReturnType<typeof counterpartParties>>, currency: string): Order {
  if (!asked.counterpart_id || !asked.number) throw new Error(`Nobody looked at the payable ${asked.id}`)
  const recipient = partyOf(asked.counterpart_id, asked.account_id)
  const account = recipient?.bank_accounts?.find(({ id: one }) => !asked.account_id || one === asked.account_id)
  if (!recipient || !account) throw badRequest(`The vendor has no account in ${currency}`)
  return { intent: randomUUID(), asked, amount: asked.open, reference: asked.number, recipient, account }
}

interface Writing {
  readonly payer: Party
  readonly own: BankAccount
  readonly orders: readonly Order[]
}

interface Written {
  readonly format: PaymentFile['format']
  readonly message_id: string
  readonly file_name: string
  /** Null when nothing is left to be paid. */
  readonly content: string | null
  readonly payments: readonly {
    readonly order: Order
    readonly end_to_end_id: string
    readonly payment_info_id: string | null
    readonly day: string
  }[]
  readonly refused: readonly { readonly document: string; readonly why: string }[]
}

async function writtenFor(ctx: Ctx, body: CreatePaymentFile, { payer, own, orders }: Writing): Promise<Written> {
  if (own.currency === 'USD') return achFor(ctx, body, { payer, own, orders })
  const today = await localDay(ctx)
  const byBill = new Map(orders.map((order) => [order.asked.id, order]))
  if (!own.iban) throw badRequest('payer_bank_account_id: a pain.001 needs an account with an IBAN')
  const message_id = `QTN-${today.replaceAll('-', '')}-${randomUUID().slice(0, 8)}`
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
    order: known(byBill, at(documents, 0).document),
    end_to_end_id: end_to_end_id!,
    payment_info_id,
    day: execution_date,
  }))
  return { format: 'pain.001.001.09', message_id, file_name: `${message_id}.xml`, content: file, payments, refused }
}

async function achFor(
  ctx: Ctx,
  body: Pick<CreatePaymentFile, 'company_id' | 'execution_date'>,
  { payer, own, orders }: Writing,
): Promise<Written> {
  if (!own.routing_number || !own.account_number)
    throw badRequest('payer_bank_account_id: a NACHA file needs a routing number and an account number')
  if (!isRouting(own.routing_number))
    throw badRequest('payer_bank_account_id: the routing number of this account is wrong: its check digit does not fit')
  const { date: today, hour } = await localTimeOf(ctx)
  const byBill = new Map(orders.map((order) => [order.asked.id, order]))
  const company_id = body.company_id ?? (await companyId(ctx))
  const { last } = await LAST_TRACE.one(ctx, { bank: own.routing_number.slice(0, 8) })
  const day = `NACHA-${today.replaceAll('-', '')}-`
  const message_id = day + randomUUID().slice(0, 8)
  const { count } = await FILES_OF_DAY.one(ctx, { day, routing_number: own.routing_number })
  const modifier = MODIFIERS[count]
  if (modifier === undefined)
    throw conflict(`A bank takes ${MODIFIERS.length} files of a company a day, and these were made today`)
  const { file, transfers, refused } = nachaFile({
    modifier,
    // Zones differ by whole hours, or by parts of one that no bank minds.
    created_at: `${today}T${String(hour).padStart(2, '0')}${ctx.now.toISOString().slice(13, 16)}`,
    today,
    execution_date: body.execution_date ?? null,
    debtor: {
      name: own.account_holder_name ?? payer.name ?? '',
      routing_number: own.routing_number,
      account_number: own.account_number,
      company_id,
    },
    first_trace: last + 1,
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
    order: known(byBill, document),
    end_to_end_id: trace,
    payment_info_id: null,
    day: execution_date,
  }))
  return { format: 'nacha_ccd', message_id, file_name: `${message_id}.ach`, content: file, payments, refused }
}

/** The number by which the bank knows the company: usually a 1 and its tax id. */
async function companyId(ctx: Ctx): Promise<string> {
  const digits = ((await TAX_ID.one(ctx, { id: ctx.entityId })).tax_id ?? '').replace(/\D/g, '')
  if (digits.length !== 9)
    throw badRequest(
      'company_id: say the ten characters by which your bank knows the company, or give the entity its tax id of nine digits',
    )
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
  for (const { object_type, object_id } of await OF_FILE(ctx, { id })) await lockAsked(ctx, object_type, object_id)
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
const OF_MESSAGE = sql(`
  select i.id, i.end_to_end_id as "end_to_end_id!", i.payment_info_id, i.object_type as "object_type!", i.object_id as "object_id!", i.status
  from payment_intents i join payment_files f on f.entity_id = i.entity_id and f.id = i.payment_file_id
  where f.message_id = :message_id order by i.object_id`)

/** Takes what a bank tells of payments; what it does not name is not decided. */
export async function takeReport(machinery: Machinery, ctx: Ctx, report: Report, mark: string) {
  const named = new Map((await BY_ID(ctx, { ids: report.payments.map(({ id }) => id) })).map((row) => [row.end_to_end_id, row]))
  const reported = report.payments.map((one) => ({ ...one, intent: named.get(one.id) ?? null }))
  if (report.message_id !== null && report.all.length > 0) {
    const { message_id } = report
    const known = new Set(report.payments.map(({ id }) => id))
    const whole = new Map(report.all.map((one) => [one.payment_info_id, one]))
    const found = new Set<(typeof report.all)[number]>()
    for (const intent of await OF_MESSAGE(ctx, { message_id })) {
      // What is said of the whole file goes before what is said of the block.
      const refusals = [null, intent.payment_info_id].flatMap((name) => whole.get(name) ?? [])
      for (const one of refusals) found.add(one)
      if (refusals[0] && !known.has(intent.end_to_end_id))
        reported.push({ ...refusals[0], id: intent.end_to_end_id, correction: null, intent })
    }
    for (const one of whole.values())
      if (!found.has(one)) reported.push({ ...one, id: one.payment_info_id ?? message_id, correction: null, intent: null })
  }
  const types = new Map(reported.flatMap(({ intent }) => (intent ? [[intent.object_id, intent.object_type]] : [])))
  for (const [id, type] of [...types].sort()) await lockAsked(ctx, type, id)
  const payments = []
  for (const { id, becomes, reason, correction, intent } of reported) {
    if (intent && becomes === 'failed')
      await tellByHand(ctx, machinery, intent.id, {
        id: `report:${mark}:${id}`,
        type: 'failed',
        at: ctx.now.toISOString(),
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
