import { conflict, Refusal } from '../../core/refusal.ts'
import { randomSecret } from '../../platform/auth/secrets.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { link } from '../../platform/files/links.ts'
import { jobs } from '../../platform/jobs/jobs.ts'
import { localDay } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { type MailAttachment, mail } from '../../platform/mail/outbox.ts'
import { filledIn } from '../../platform/templates/placeholders.ts'
import { TemplateError } from '../../platform/templates/templates.ts'
import { webUrl } from '../../platform/url.ts'
import { defaultTexts } from '../common/text-templates/text-templates.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { compose, type Rendered } from '../mail/compose.service.ts'
import type { MailType } from '../mail/mail-templates/mail-templates.schema.ts'
import { attachmentsIn, contentIn } from './draft.ts'
import { issueReceivable } from './issue.service.ts'
import type { ReceivableRow } from './receivables.rows.ts'
import type { Recipients } from './receivables.schema.ts'
import { findReceivable, findStored, lockReceivable, noun, type Stored, withArticle } from './receivables.service.ts'
import { valuesOfDocument } from './variables.ts'

/** Documents by mail: sent, previewed, and told in their history. */

export interface Words {
  readonly subject_text: string
  readonly body_text: string
}

/** Statuses in which a document may be sent. A draft is issued first. */
const sendable: Record<ReceivableRow['type'], ReadonlySet<string>> = {
  invoice: new Set(['draft', 'issued', 'overdue', 'partially_paid', 'paid']),
  quote: new Set(['draft', 'issued']),
  credit_note: new Set(['draft', 'issued']),
}

async function checkSendable(ctx: Ctx, { type, status, issue_date }: ReceivableRow): Promise<void> {
  if (sendable[type].has(status)) return
  // The base of a recurrence is canceled without ever having been issued.
  const canceled = type === 'invoice' && status === 'canceled' && issue_date !== null
  if (canceled && (await readSettings(ctx)).receivable_edit_flow === 'non_compliant') return
  throw conflict(`This ${noun[type]} is ${status.replace('_', ' ')}, so it is not sent`)
}

const mailType = ({ type, status }: ReceivableRow): MailType =>
  type === 'invoice' && status === 'paid' ? 'receivables_paid_invoice' : `receivables_${type}`

const PAGE = sql(`select page_key from receivables where id = :id`)

/** The page that the customer opens: the one that the quote names, else ours, under a secret that is made when it is first needed. */
export async function pageOf(ctx: Ctx, row: ReceivableRow): Promise<string | null> {
  const own = webUrl(contentIn(row).quote_accept_page_url)
  if (own) return own
  if (!row.issue_date) return null
  const { page_key } = await PAGE.one(ctx, { id: row.id })
  return link(`/view/${page_key ?? (await newPage(ctx, row.id))}`)
}

const GIVE_PAGE_KEY = sql(
  `update receivables set page_key = coalesce(page_key, :key) where id = :id returning page_key as "page_key!"`,
)

/** What was issued before there were pages gets its secret when it is asked for. */
async function newPage(ctx: Ctx, id: string): Promise<string> {
  const { page_key } = await GIVE_PAGE_KEY.one(ctx, { id, key: randomSecret() })
  return page_key
}

const USUAL_RECIPIENT = sql(`select email from counterparts where id = :counterpart_id`)

/** Whom a document goes to when nobody is named: its contact, else the counterpart itself. */
export async function usualRecipient(ctx: Ctx, row: ReceivableRow): Promise<string | null> {
  const contact = contentIn(row).counterpart_contact
  if (contact?.email) return contact.email
  const counterpart = await USUAL_RECIPIENT.maybe(ctx, { counterpart_id: row.counterpart_id })
  return counterpart?.email ?? null
}

async function recipientsFor(ctx: Ctx, row: ReceivableRow, asked: Recipients | null | undefined) {
  if (asked?.to && asked.to.length > 0) return { to: asked.to, cc: asked.cc ?? [], bcc: asked.bcc ?? [] }
  if (asked) throw conflict('Name at least one recipient in to, or leave recipients out')
  const usual = await usualRecipient(ctx, row)
  if (!usual) throw conflict('The counterpart has no email address: name the recipients')
  return { to: [usual], cc: [], bcc: [] }
}

interface Letter extends Words {
  readonly type: MailType
  readonly recipients?: Recipients | null
  /** The history's word for it. */
  readonly event?: 'mail_sent' | 'payment_reminder_mail_sent' | 'overdue_reminder_mail_sent'
  /** What the history tells besides, e.g. which reminder it was. */
  readonly data?: Record<string, unknown>
  /** Whatever is sent under one key is sent once. */
  readonly key?: string
  /** A try-out: it stands among the mails of the document, but the history says nothing of it. */
  readonly silent?: boolean
  /** The early tier of the payment terms that a reminder is about. */
  readonly term?: 'term_1' | 'term_2'
  /** The day it is for whoever sends it, where that matters to the words. */
  readonly day?: string
  /** Plain text, in our own frame. */
  readonly plain?: boolean
}

/**
 * Queues a mail about a document, with its attachments and, where the partner wants it, its PDF: the mail waits for one that has to
 * be drawn yet. Answers the mail's id. Refuses (`conflict`) when nobody is there to send it to.
 */
export async function queueLetter(machinery: Machinery, ctx: Ctx, row: ReceivableRow, letter: Letter): Promise<string> {
  const recipients = await recipientsFor(ctx, row, letter.recipients)
  const { attach_documents, ...written } = await write(machinery, ctx, row, letter, contentIn(row).file_language)
  const files = await attachmentsOf(ctx, row)
  const pdf = attach_documents ? await pdfOf(ctx, row) : null
  const held = attach_documents && pdf === null
  const id = await mail.queue(ctx, {
    ...written,
    ...recipients,
    attachments: pdf ? [pdf, ...files] : files,
    held,
    key: letter.key,
    object_type: 'receivable',
    object_id: row.id,
    daily: machinery.config.mail_recipients_per_day,
  })
  if (held) await jobs.add(ctx, 'receivables.attach_pdf', { mail_id: id, receivable_id: row.id }, { key: `attach:${id}` })
  if (!letter.silent) await writeHistory(ctx, row.id, letter.event ?? 'mail_sent', { mail_id: id, ...letter.data })
  return id
}

const TELL = sql(`select emit('receivable', :id, :event, :user?, :data::jsonb, :quiet)`)

/** Reminders are told in the history alone. */
const writeHistory = (ctx: Ctx, id: string, event: NonNullable<Letter['event']>, data: object) =>
  TELL(ctx, { id, event, user: ctx.userId, data, quiet: event !== 'mail_sent' })

type Wording = Pick<Letter, 'type' | 'subject_text' | 'body_text' | 'term' | 'day' | 'plain'>

async function write(machinery: Machinery, ctx: Ctx, row: ReceivableRow, letter: Wording, language: string) {
  const { subject_text, body_text, type, plain, term, day = await localDay(ctx) } = letter
  const variables = valuesOfDocument(row, { language, page: await pageOf(ctx, row), today: day, term })
  return compose(machinery, ctx, {
    type,
    plain,
    language,
    subject_text: filledIn(subject_text, variables),
    body_text: filledIn(body_text, variables),
    variables,
  })
}

const ATTACHMENTS = sql(
  `select storage_key, name, mimetype, size from files where id = any (:wanted) and deleted_at is null order by array_position(:wanted, id)`,
)

/** Files that the document carries along in mails. */
async function attachmentsOf(ctx: Ctx, row: ReceivableRow): Promise<MailAttachment[]> {
  const wanted = attachmentsIn(row)
    .filter(({ include_in_email }) => include_in_email)
    .map(({ id }) => id)
  if (wanted.length === 0) return []
  return ATTACHMENTS(ctx, { wanted })
}

const PDF = sql(`select storage_key, name, mimetype, size from files where link_key = :file_key and deleted_at is null`)

/** The document's page in the customer's language; null while it isn't drawn. */
async function pdfOf(ctx: Ctx, { file_key, pdf_stale }: ReceivableRow): Promise<MailAttachment | null> {
  if (!file_key || pdf_stale) return null
  const file = await PDF.maybe(ctx, { file_key })
  return file ?? null
}

/** For the job: lets a mail go as soon as the document is drawn. Answers whether it went. */
export async function attachPdf(ctx: Ctx, mailId: string, receivableId: string): Promise<boolean> {
  const row = await findReceivable(ctx, receivableId)
  const pdf = await pdfOf(ctx, row)
  if (pdf) await mail.release(ctx, mailId, [pdf])
  else await jobs.add(ctx, 'receivables.render_pdf', { id: receivableId }, { key: `pdf:${receivableId}`, ifAbsent: true })
  return pdf !== null
}

/** Sends a document. A draft is issued first; one that was issued stays as it is. */
export async function sendReceivable(
  machinery: Machinery,
  ctx: Ctx,
  id: string,
  { recipients, ...words }: Words & { recipients?: Recipients | null },
): Promise<{ mail_id: string }> {
  const row = await issuedForSending(ctx, id, recipients)
  return { mail_id: await queueLetter(machinery, ctx, row, { ...words, type: mailType(row), recipients }) }
}

/**
 * Mails an issued document in the words that the entity has set for its kind. Without an address, or when the mail can't be written,
 * nothing is sent: what led here counts all the same. Answers the mail's id.
 */
export async function mailInOwnWords(machinery: Machinery, ctx: Ctx, id: string): Promise<string | null> {
  const row = await findReceivable(ctx, id)
  const { file_language } = contentIn(row)
  const [words, to] = [await defaultTexts(ctx, row.type, file_language), await usualRecipient(ctx, row)]
  if (!words || !to) return null
  try {
    return await queueLetter(machinery, ctx, row, { ...words, type: mailType(row), recipients: { to: [to] } })
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TemplateError)) throw error
    machinery.log.warn({ receivable: id, reason: error.message }, 'a document was not mailed')
    return null
  }
}

async function issuedForSending(ctx: Ctx, id: string, recipients: Recipients | null | undefined): Promise<Stored> {
  const row = await lockReceivable(ctx, id)
  await checkSendable(ctx, row)
  if (row.status !== 'draft') return row
  if (row.type === 'invoice' && row.ask.is_einvoice)
    throw conflict('An e-invoice goes through the network: issue it, and mail it when it is issued')
  // Nothing is issued for a mail that can't go anywhere.
  await recipientsFor(ctx, row, recipients)
  await issueReceivable(ctx, id)
  return lockReceivable(ctx, id)
}

const previewed = {
  receivable: null,
  discount_reminder: 'receivables_discount_reminder',
  final_reminder: 'receivables_final_reminder',
} as const

/** What a mail would look like, with nothing sent or changed. */
export async function previewMail(
  machinery: Machinery,
  ctx: Ctx,
  id: string,
  { type, language, ...words }: Words & { type?: keyof typeof previewed | null; language?: string | null },
): Promise<{ subject_preview: string; body_preview: string }> {
  const row = await findStored(ctx, id)
  await checkSendable(ctx, row)
  const reminder = previewed[type ?? 'receivable']
  if (reminder && row.type !== 'invoice') throw conflict(`Only invoices have reminders, and this is ${withArticle[row.type]}`)
  const { subject, html }: Rendered = await write(
    machinery,
    ctx,
    row,
    { ...words, type: reminder ?? mailType(row) },
    language ?? 'en',
  )
  return { subject_preview: subject, body_preview: html }
}
