import { minorUnitsOf } from '../../../core/currencies.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { mail } from '../../../platform/mail/outbox.ts'
import { formats } from '../../../platform/pdf/format.ts'
import { filledIn } from '../../../platform/templates/placeholders.ts'
import { compose } from '../../mail/compose.service.ts'
import { counterpartName, entityName, languageOf, validUntil } from './purchase-orders.pdf.ts'
import type { OrderVariable, OrderWords, PurchaseOrder } from './purchase-orders.schema.ts'
import { issueOrder, orderPdf, orderTable, orderTotals } from './purchase-orders.service.ts'

/** Orders by mail. */

/** Whom the mail is for: the contact to turn to, if there is one. */
interface Reader {
  readonly email: string | null
  readonly contact_name: string | null
}
const READER = sql(`
  select coalesce(k.email, c.email) as email, person_name(k.first_name, k.last_name) as contact_name from counterparts c
  left join counterpart_contacts k on k.entity_id = c.entity_id and k.counterpart_id = c.id and k.is_default and k.deleted_at is null
  where c.id = :counterpart_id and c.deleted_at is null`)

async function readerOf(ctx: Ctx, { counterpart_id }: PurchaseOrder): Promise<Reader> {
  const found = await READER.maybe(ctx, { counterpart_id })
  return found ?? { email: null, contact_name: null }
}

/** What the variables stand for in that language. A draft speaks as if it were sent today. */
function valuesOf(order: PurchaseOrder, language: string, today: string): Record<OrderVariable | 'issue_date', string> {
  const { currency, entity, items } = order
  const { money, date } = formats(language, entity.address.country ?? 'DE', currency, minorUnitsOf(currency))
  const day = order.issued_at ?? today
  return {
    counterpart_name: counterpartName(order.counterpart),
    entity_name: entityName(entity),
    document_number: order.document_id,
    total_amount: money(orderTotals(items).total_amount),
    valid_until: date(validUntil(order, day)),
    message: order.message,
    issue_date: date(day),
  }
}

async function write(machinery: Machinery, ctx: Ctx, order: PurchaseOrder, words: OrderWords, { contact_name }: Reader) {
  const language = await languageOf(ctx, order)
  const values = valuesOf(order, language, await localDay(ctx))
  const variables = { ...values, contact_name: contact_name ?? values.counterpart_name }
  return compose(machinery, ctx, {
    type: 'payables_purchase_order',
    language,
    subject_text: filledIn(words.subject_text, variables),
    body_text: filledIn(words.body_text, variables),
    variables,
  })
}

/** What the mail would look like, with nothing sent or changed. */
export async function previewOrderMail(machinery: Machinery, ctx: Ctx, id: string, words: OrderWords) {
  const order = await rows.find(ctx, orderTable, id)
  const { subject, html } = await write(machinery, ctx, order, words, await readerOf(ctx, order))
  return { subject_preview: subject, body_preview: html }
}

/**
 * Mails an order with its page; a draft is issued by it, and its mail waits for the page that says so. Refuses (`bad_request`) when
 * nobody is there to send it to, and (`conflict`) as long as the page isn't drawn.
 */
export async function sendOrder(machinery: Machinery, ctx: Ctx, id: string, words: OrderWords): Promise<{ mail_id: string }> {
  const before = await rows.lock(ctx, orderTable, id)
  const reader = await readerOf(ctx, before)
  if (!reader.email) throw badRequest('The counterpart has no email address that the order could be sent to')
  if (!before.file_id) throw conflict('The PDF of the purchase order is still being made: try again in a moment')
  const first = before.status === 'draft'
  const order = first ? await issueOrder(ctx, before) : before
  const { attach_documents, ...written } = await write(machinery, ctx, order, words, reader)
  const held = first && attach_documents
  const mail_id = await mail.queue(ctx, {
    ...written,
    to: [reader.email],
    attachments: attach_documents && !held ? await pagesOf(ctx, id) : [],
    held,
    object_type: 'purchase_order',
    object_id: id,
    daily: machinery.config.mail_recipients_per_day,
  })
  if (first) await orderPdf(ctx, id, held ? mail_id : undefined)
  return { mail_id }
}

const PAGES = sql(`
  select f.storage_key, f.name, f.mimetype, f.size from payable_purchase_orders t
  join files f on f.link_key = t.file_key and f.deleted_at is null where t.id = :id`)

/** The page of an order as a mail takes it along. */
export const pagesOf = (ctx: Ctx, id: string) => PAGES(ctx, { id })
