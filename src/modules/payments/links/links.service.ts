import { addDays } from '../../../core/calendar.ts'
import type { PaymentMethod } from '../../../core/payments/methods.data.ts'
import { badRequest, conflict, notFound } from '../../../core/refusal.ts'
import { belongsToAnother, kindOf, notAllowed, reach } from '../../../platform/auth/reach.ts'
import { asSystem, type Ctx, type Db } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { link as address } from '../../../platform/files/links.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { endLink, type OpenLink, openLinks, setAmount } from '../../booking/fitting.service.ts'
import { makeIntent, makeLink, reuseLink } from '../../booking/making.service.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { readPartnerSettings } from '../../partner/partner-settings/partner-settings.service.ts'
import { showPaymentLink } from '../../receivables/receivables.service.ts'
import type { Party } from '../accounts.schema.ts'
import { accountOf, counterpartParty, entityParty } from '../accounts.service.ts'
import { inside, openRecord } from '../carrying.service.ts'
import { type DocumentToPay, lockAsked } from '../intents/intents.service.ts'
import { checkMethods } from '../methods/methods.service.ts'
import { type CreateLink, type InternalLink, type LinkShown, PublicPaymentLinkResponse } from './links.schema.ts'

/** Links that lead to a page where somebody pays one amount: a customer an invoice, or the entity a bill. */

const of = (column: string) =>
  `(select ${column} from payment_intents i where i.entity_id = t.entity_id and i.id = t.payment_intent_id)`
const linkTable = table('payment_links', PublicPaymentLinkResponse, {
  noun: 'Payment link',
  computed: {
    amount: of('i.amount'),
    currency: of('i.currency'),
    invoice: of('i.invoice'),
    payer: of('i.payer'),
    payment_intent:
      of(`json_build_object('id', i.id, 'updated_at', i.updated_at, 'application_fee_amount', i.application_fee_amount,
      'object', case when i.object_id is not null then json_build_object('type', i.object_type, 'id', i.object_id) end, 'provider', i.provider,
      'selected_payment_method', i.selected_payment_method, 'status', i.status)`),
    payment_methods: of('i.payment_methods'),
    payment_reference: of('i.payment_reference'),
    recipient: of('i.recipient'),
  },
})

/** The link, or a 404; a 403 for a role that doesn't see what it is for. */
export async function findLink(ctx: Ctx, id: string): Promise<LinkShown> {
  const link = await rows.find(ctx, linkTable, id)
  const object = link.payment_intent?.object
  if (object) await reach(ctx, object.type, [object.id], 'read')
  return link
}

// Making

const DAY_MS = 86_400_000
const AHEAD_DAYS = 70
const AFTER_DUE_DAYS = 30

interface Payment {
  readonly object: { readonly type: 'payable' | 'receivable'; readonly id: string } | null
  readonly amount: number
  readonly currency: string
  readonly methods: readonly PaymentMethod[]
  readonly reference: string | null
  readonly payer: Party | null
  readonly recipient: Party
  readonly invoice: object | null
  readonly expires_at: string
  readonly return_url: string | null
  readonly is_partial: boolean
}

const NEW_ID = sql(`select gen_random_uuid() as "id!"`)

async function insert(ctx: Ctx, payment: Payment, about: DocumentToPay | null): Promise<string> {
  const intent = await makeIntent(ctx, {
    object_type: payment.object?.type ?? null,
    object_id: payment.object?.id ?? null,
    amount: payment.amount,
    currency: payment.currency,
    methods: [...payment.methods],
    reference: payment.reference,
    payer: payment.payer,
    recipient: payment.recipient,
    invoice: payment.invoice,
  })
  const { id } = await NEW_ID.one(ctx)
  const url = await pageUrl(ctx, id)
  await makeLink(ctx, {
    id,
    intent,
    url,
    is_partial: payment.is_partial,
    expires_at: payment.expires_at,
    return_url: payment.return_url,
  })
  if (about) await openRecord(ctx, { id: intent, amount: payment.amount, currency: payment.currency }, about)
  if (about?.type === 'receivable') await showPaymentLink(ctx, about.id, url)
  return id
}

/** Where the page of a link is: under the partner's own domain, where one is set. */
async function pageUrl(ctx: Ctx, id: string): Promise<string> {
  const { payments } = await readPartnerSettings(ctx)
  const domain = payments?.payment_page_domain
    ?.trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
  return domain ? `https://${domain}/pay/${id}` : address(`/pay/${id}`)
}

export async function createLink(machinery: Machinery, ctx: Ctx, body: CreateLink): Promise<LinkShown> {
  if (body.object) {
    const { object } = body
    const beside = (['currency', 'payment_reference', 'invoice'] as const).find((name) => body[name] != null)
    if (beside) throw badRequest(`${beside} is for payments without an object: with one it is known`)
    return rows.find(ctx, linkTable, await linkForDocument(machinery, ctx, { ...body, object }))
  }
  const missing = (['amount', 'currency', 'payment_reference'] as const).find((name) => body[name] == null)
  if (missing) throw badRequest(`${missing} is needed for a payment without an object`)
  return rows.find(ctx, linkTable, await linkAlone(machinery, ctx, body))
}

/** When a link ends: as asked, else a month after the due date. */
function expiry({ expires_at }: CreateLink, now: Date, due_date: string | null): string {
  if (expires_at) {
    const at = Date.parse(expires_at)
    if (at <= now.getTime()) throw badRequest('expires_at lies in the past')
    if (at > now.getTime() + AHEAD_DAYS * DAY_MS) throw badRequest(`expires_at lies more than ${AHEAD_DAYS} days ahead`)
    return new Date(at).toISOString()
  }
  const usual = due_date ? Date.parse(`${addDays(due_date, AFTER_DUE_DAYS)}T23:59:59Z`) : 0
  return new Date(usual > now.getTime() ? usual : now.getTime() + AFTER_DUE_DAYS * DAY_MS).toISOString()
}

/** Whoever pays bills, or has invoices paid, has to see what that takes. */
async function mayLink(ctx: Ctx, object: NonNullable<CreateLink['object']>): Promise<void> {
  const needs = object.type === 'payable' ? (['counterpart'] as const) : (['entity_bank_account'] as const)
  for (const thing of needs) if (kindOf(ctx, thing, 'read') === 'not_allowed') throw notAllowed(thing, 'read')
  await reach(ctx, object.type, [object.id], 'read')
  if (object.type === 'payable' && kindOf(ctx, 'payable', 'pay') === 'not_allowed') throw notAllowed('payable', 'pay')
}

async function linkForDocument(machinery: Machinery, ctx: Ctx, body: CreateLink & { object: NonNullable<CreateLink['object']> }) {
  const { object, payment_methods: methods, return_url } = body
  await mayLink(ctx, object)
  const asked = await lockAsked(ctx, object.type, object.id)
  checkStatus(ctx, asked)
  const { currency, recipient, payer } = await partiesOf(ctx, asked, body)
  const links = await openLinks(ctx, asked.type, asked.id)
  const partial = links.filter(({ is_partial }) => is_partial).reduce((sum, { amount }) => sum + amount, 0)
  const left = asked.open - partial
  if (left <= 0) throw conflict('Nothing is left to pay that no payment link asks for')
  const whole = links.find(({ is_partial }) => !is_partial)
  if (body.amount != null && body.amount > left) throw badRequest(`amount: no more than ${left} is left to pay`)
  const amount = body.amount ?? left
  await checkMethods(ctx, await providersIn(ctx, machinery), { direction: directionOf(asked), methods, currency, amount })
  checkAccount(methods, recipient, currency)
  const expires_at = expiry(body, ctx.now, asked.due_date)
  // Whoever sends the same invoice again means the same payment: the address in the older mail stays good.
  if (whole && body.amount == null) return reuse(ctx, whole, body, expires_at)
  const made = await insert(
    ctx,
    {
      object,
      amount,
      currency,
      methods,
      payer,
      recipient,
      expires_at,
      reference: asked.number,
      invoice: { issue_date: asked.issue_date, due_date: asked.due_date, file: null },
      return_url: return_url ?? null,
      is_partial: body.amount != null && body.amount < left,
    },
    asked,
  )
  // A link over everything gives way to one over a part, and asks for the rest.
  if (whole) {
    if (left - amount > 0) await setAmount(ctx, whole, left - amount)
    else await endLink(ctx, whole)
  }
  return made
}

const directionOf = ({ type }: DocumentToPay) => (type === 'receivable' ? ('receive' as const) : ('send' as const))

function checkStatus(ctx: Ctx, asked: DocumentToPay): void {
  if (asked.type === 'payable') {
    if (kindOf(ctx, 'payable', 'pay') === 'allowed_for_own' && asked.owner !== ctx.userId) throw belongsToAnother('payable')
    if (asked.status !== 'waiting_to_be_paid' && asked.status !== 'partially_paid')
      throw conflict(`Can not create payment link for payables in ${asked.status.replaceAll('_', ' ')} status`)
  } else if (!['issued', 'partially_paid', 'overdue'].includes(asked.status))
    throw conflict(`Can not create payment link for invoices in ${asked.status.replaceAll('_', ' ')} status`)
}

async function partiesOf(ctx: Ctx, asked: DocumentToPay, { recipient, amount }: CreateLink) {
  const { currency, counterpart_id, account_id } = asked
  if (currency === null) throw badRequest('object: its currency is not known yet')
  if (asked.type === 'payable' && amount != null) throw badRequest('amount: a bill is paid in full, so leave the amount out')
  const expected = asked.type === 'payable' ? { type: 'counterpart', id: counterpart_id } : { type: 'entity', id: ctx.entityId }
  if (recipient.type !== expected.type || recipient.id.toLowerCase() !== expected.id)
    throw badRequest(`recipient: the money is for the ${expected.type} ${expected.id ?? 'of the bill, which has none yet'}`)
  const bill = asked.type === 'payable'
  const own = await entityParty(ctx, currency, bill ? null : account_id)
  const other = counterpart_id ? await counterpartParty(ctx, counterpart_id, currency, bill ? account_id : null) : null
  if (bill && !other) throw badRequest('recipient: there is no such counterpart')
  return bill && other ? { currency, recipient: other, payer: own } : { currency, recipient: own, payer: other }
}

/** Money that is transferred needs an account to go to. */
function checkAccount(methods: readonly PaymentMethod[], recipient: Party, currency: string): void {
  const transfer = methods.some((method) => method === 'sepa_credit' || method === 'us_ach')
  if (transfer && !accountOf(recipient)) throw badRequest(`recipient: it has no bank account in ${currency}`)
}

async function reuse(ctx: Ctx, whole: OpenLink, body: CreateLink, expires_at: string): Promise<string> {
  await reuseLink(ctx, {
    id: whole.id,
    intent: whole.intent_id,
    methods: [...body.payment_methods],
    expires_at: body.expires_at ? expires_at : new Date(0).toISOString(),
    return_url: body.return_url ?? null,
  })
  return whole.id
}

/** A payment of a document that lies elsewhere. */
async function linkAlone(machinery: Machinery, ctx: Ctx, body: CreateLink): Promise<string> {
  const { amount, currency, payment_reference, recipient: named, payment_methods: methods } = body
  if (amount == null || currency == null) throw badRequest('amount and currency are needed for a payment without an object')
  const isEntity = named.type === 'entity'
  const thing = isEntity ? 'entity_bank_account' : 'counterpart'
  if (kindOf(ctx, thing, 'read') === 'not_allowed') throw notAllowed(thing, 'read')
  if (!isEntity) await reach(ctx, 'counterpart', [named.id], 'read')
  if (isEntity && named.id.toLowerCase() !== ctx.entityId) throw badRequest('recipient: that is another entity')
  const recipient = isEntity ? await entityParty(ctx, currency) : await counterpartParty(ctx, named.id, currency)
  if (!recipient) throw badRequest('recipient: there is no such counterpart')
  await checkMethods(ctx, await providersIn(ctx, machinery), {
    direction: isEntity ? 'receive' : 'send',
    methods,
    currency,
    amount,
  })
  checkAccount(methods, recipient, currency)
  return insert(
    ctx,
    {
      object: null,
      amount,
      currency,
      methods,
      recipient,
      payer: null,
      reference: payment_reference ?? null,
      invoice: body.invoice ?? null,
      expires_at: expiry(body, ctx.now, null),
      return_url: body.return_url ?? null,
      is_partial: false,
    },
    null,
  )
}

// Ending

const ABOUT = sql(`
  select l.id, l.is_partial, l.payment_page_url, l.status as link_status, l.expires_at, i.id as intent_id, i.status, i.amount, i.provider, i.provider_reference,
    i.object_type, i.object_id,
    (select r.id from payment_records r where r.payment_intent_id = i.id and not r.is_external and r.status in ('created', 'processing')) as record_id
  from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id where l.id = :id`)
const LOCK = sql(
  `select l.id from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id where l.id = :id for update of l, i`,
)

/** Ends a link that can still be paid by; nobody asks whether it is over. */
async function end(ctx: Ctx, id: string, ends: (link: { status: string; expires_at: string }) => boolean): Promise<void> {
  const seen = await ABOUT.one(ctx, { id })
  if (seen.object_type && seen.object_id) await lockAsked(ctx, seen.object_type, seen.object_id).catch(() => null)
  await LOCK.one(ctx, { id })
  const now = await ABOUT.one(ctx, { id })
  if (!ends({ status: now.link_status, expires_at: now.expires_at })) return
  await endLink(ctx, now)
  if (now.object_type !== 'receivable' || !now.object_id) return
  const left = await openLinks(ctx, 'receivable', now.object_id)
  await showPaymentLink(ctx, now.object_id, left.at(-1)?.payment_page_url ?? null)
}

export async function expireLink(ctx: Ctx, id: string): Promise<LinkShown> {
  const { status, payment_intent } = await findLink(ctx, id)
  const object = payment_intent?.object
  if (object?.type === 'payable' && kindOf(ctx, 'payable', 'pay') === 'not_allowed') throw notAllowed('payable', 'pay')
  if (status !== 'created') throw conflict(`A payment link that is ${status} can't be expired`)
  await end(ctx, id, (link) => {
    if (link.status !== 'created') throw conflict(`A payment link that is ${link.status} can't be expired`)
    return true
  })
  return rows.find(ctx, linkTable, id)
}

/** A link whose time is over. */
export const expireDue = (ctx: Ctx, id: string): Promise<void> =>
  end(ctx, id, ({ status, expires_at }) => status === 'created' && Date.parse(expires_at) <= ctx.now.getTime())

// For whoever has the link

const OWNER = sql(`select partner_id, entity_id, payment_intent_id from payment_links where id = :id`)
const OF_INTENT = sql(`select i.partner_id, i.entity_id, i.id, l.id as link_id from payment_intents i
  left join payment_links l on l.entity_id = i.entity_id and l.payment_intent_id = i.id where i.id = :id`)

export interface FoundLink {
  readonly partner_id: string
  readonly entity_id: string
  readonly intent_id: string
  readonly link_id: string
}

/** Whose link it is: its id is the secret that leads to it. */
export async function findOwner(db: Db, id: string): Promise<FoundLink | null> {
  const row = await asSystem(db, (ctx) => OWNER.maybe(ctx, { id }))
  return row ? { partner_id: row.partner_id, entity_id: row.entity_id, intent_id: row.payment_intent_id, link_id: id } : null
}

/** The same by the id of the intent. */
export async function findOwnerOfIntent(db: Db, id: string): Promise<FoundLink | null> {
  const row = await asSystem(db, (ctx) => OF_INTENT.maybe(ctx, { id }))
  return row?.link_id ? { partner_id: row.partner_id, entity_id: row.entity_id, intent_id: row.id, link_id: row.link_id } : null
}

const INTERNAL = sql(`
  select l.id, l.status as link_status, l.expires_at, l.return_url, l.payment_page_url, i.id as intent_id, i.updated_at, i.amount, i.application_fee_amount,
    i.batch_payment_id, i.currency, i.invoice, i.object_type, i.object_id, i.payer, i.payment_methods, i.payment_reference, i.provider, i.recipient,
    i.selected_payment_method, i.status, i.next_action
  from payment_links l join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id where l.id = :id`)

export const readInternal = (ctx: Ctx, id: string) => INTERNAL.one(ctx, { id })
export type LinkRow = Awaited<ReturnType<typeof readInternal>>

const forPage = (party: Party) => ({ ...party, authorized_bank_accounts: [] })

/** What the page needs of a link. A partner has one workspace, which stands for the project. */
export async function internalLink(machinery: Machinery, found: FoundLink, id = found.link_id): Promise<InternalLink> {
  const row = await inside(machinery, found, (ctx) => readInternal(ctx, id), true)
  const action = row.next_action
  const form = action?.kind === 'form' ? { publishable: action.publishable, secret: action.secret } : null
  const payment_intent = {
    id: row.intent_id,
    updated_at: row.updated_at,
    airwallex_data: null,
    amount: row.amount,
    application_fee_amount: row.application_fee_amount,
    batch_payment_id: row.batch_payment_id,
    confirm_on_backend: true,
    currency: row.currency,
    invoice: row.invoice,
    key: form,
    object: row.object_type && row.object_id ? { type: row.object_type, id: row.object_id } : null,
    payer: row.payer && forPage(row.payer),
    payment_link_id: row.id,
    payment_methods: row.payment_methods,
    payment_reference: row.payment_reference,
    provider: row.provider,
    recipient: forPage(row.recipient),
    selected_payment_method: row.selected_payment_method,
    status: row.status,
    stripe_data: form,
  }
  return {
    id: row.id,
    confirm_on_backend: true,
    entity_id: found.entity_id,
    expires_at: row.expires_at,
    partner_id: found.partner_id,
    payment_intent,
    payment_intent_id: row.intent_id,
    payment_page_url: row.payment_page_url,
    project_id: found.partner_id,
    return_url: row.return_url,
    status: row.link_status,
  }
}

/** A new link in place of one that is over, for the same document and what is left to pay of it. Answers its id. */
export async function regenerate(machinery: Machinery, found: FoundLink): Promise<string> {
  return inside(machinery, found, async (ctx) => {
    const row = await readInternal(ctx, found.link_id)
    if (row.link_status !== 'expired') throw conflict('This payment link is not expired')
    const { recipient } = row
    const methods = row.payment_methods
    if (!row.object_type || !row.object_id)
      return linkAlone(machinery, ctx, {
        amount: row.amount,
        currency: row.currency as CreateLink['currency'],
        payment_reference: row.payment_reference,
        payment_methods: methods,
        recipient: { id: recipient.id, type: recipient.type },
        invoice: row.invoice,
        return_url: row.return_url,
      })
    return linkForDocument(machinery, ctx, {
      object: { type: row.object_type, id: row.object_id },
      payment_methods: methods,
      recipient: { id: recipient.id, type: recipient.type },
      return_url: row.return_url,
    })
  })
}

export const linkNotFound = () => notFound('Payment link not found')
