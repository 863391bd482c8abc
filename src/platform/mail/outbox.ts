import { randomUUID } from 'node:crypto'
import { conflict, invalid, invalidAt, tooManyRequests } from '../../core/refusal.ts'
import type { Address, Verdict } from '../../ports/mail.ts'
import type { Ctx } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import { jobs } from '../jobs/jobs.ts'

export type MailStatus = 'pending' | 'processing' | 'sent' | 'partially_sent' | 'failed'
type RecipientKind = 'to' | 'cc' | 'bcc'

/** One recipient; `is_success` is null until it is decided. A mail that came back later turns it into a failure. */
export interface Recipient {
  readonly kind: RecipientKind
  readonly email: string
  readonly is_success: boolean | null
  readonly error: string | null
}

/** A file that goes with a mail: where its bytes lie, and what it is called there. */
export interface MailAttachment {
  readonly storage_key: string
  readonly name: string
  readonly mimetype: string
  readonly size: number
}

declare module '../database/columns.ts' {
  interface JsonShapes {
    'mails.sender': Address
    'mails.recipients': readonly Recipient[]
    'mails.attachments': readonly MailAttachment[]
  }
}

export interface NewMail {
  readonly from: Address
  readonly reply_to?: readonly string[]
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly attachments?: readonly MailAttachment[]
  readonly language?: string
  /** Whatever is queued under the same key of the entity is one mail. */
  readonly key?: string
  /** What it is about, e.g. a receivable. */
  readonly object_type?: string
  readonly object_id?: string
  /** Whether it waits for `mail.release`, because a file that goes with it isn't made yet. */
  readonly held?: boolean
  /** How many recipients the entity may write to within 24 hours; 0 for any number. */
  readonly daily: number
}

/** The text, the page and the files of a mail together, before they are encoded. */
export const MAIL_BYTES_MAX = 25 * 1024 * 1024
/** More at once is no letter but a mailing. */
const RECIPIENTS_MAX = 50

const BY_KEY = sql(`select id from mails where key = :key?`)
const RELEASE = sql(`update mails set attachments = (attachments::jsonb || :more::jsonb)::json where id = :id`)

export const mail = {
  /**
   * Adds a mail to the transaction, to be sent once that has committed. Answers its id, or that of the mail which was queued under the
   * same key before. Refuses (409) what is larger than 25 MB, (422) addresses that are none and more than 50 of them, and (429) what
   * would be more than the entity may send a day.
   */
  async queue(ctx: Ctx, asked: NewMail): Promise<string> {
    const { from, reply_to = [], subject, html, text, attachments = [], language = 'en', key = null } = asked
    const recipients = recipientsOf(asked)
    const size = Buffer.byteLength(html) + Buffer.byteLength(text) + attachments.reduce((sum, { size }) => sum + size, 0)
    if (size > MAIL_BYTES_MAX) throw conflict('The mail with its attachments is larger than 25 MB')
    if (!(await isQueued(ctx, key))) await checkDay(ctx, recipients.length, asked.daily)
    const id = randomUUID()
    const message_id = `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
    const queued = await QUEUE.maybe(ctx, {
      id,
      key,
      object_type: asked.object_type ?? null,
      object_id: asked.object_id ?? null,
      sender: from,
      reply_to,
      recipients,
      subject: oneLine(subject),
      html: storable(html),
      text: storable(text),
      attachments,
      language,
      message_id,
    })
    if (!queued) {
      const before = await BY_KEY.maybe(ctx, { key })
      return before!.id
    }
    if (!asked.held) await mail.release(ctx, id)
    return id
  },

  /** Lets a mail that was held go, with the files that it waited for. */
  async release(ctx: Ctx, id: string, attachments: readonly MailAttachment[] = []): Promise<void> {
    if (attachments.length > 0) await RELEASE(ctx, { id, more: attachments })
    await jobs.add(ctx, 'mail.send', { mail_id: id }, { key: `mail:${id}` })
  },
}

const QUEUE = sql(`
  insert into mails (id, key, object_type, object_id, sender, reply_to, recipients, subject, html, text, attachments, language, message_id)
  values (:id, :key?, :object_type?, :object_id?, :sender::json, :reply_to, :recipients::json, :subject, :html, :text, :attachments::json, :language, :message_id) on conflict (entity_id, key) do nothing returning id`)

const EMAIL = /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+$/

const SENT = sql(
  `select coalesce(sum(jsonb_array_length(recipients)), 0)::int as "sent!" from mails where created_at > app_now() - interval '24 hours'`,
)

const WAITING = sql(`select from mails where key = :key`)

const isQueued = async (ctx: Ctx, key: string | null) => key !== null && (await WAITING(ctx, { key })).length > 0

const LOCK_DAY = sql(`select pg_advisory_xact_lock(hashtextextended('mails ' || :entityId, 0))`)

/** Refuses (429) what would be more than the entity may send within 24 hours. Its mails are counted one at a time. */
async function checkDay(ctx: Ctx, count: number, daily: number): Promise<void> {
  if (daily === 0) return
  await LOCK_DAY(ctx, { entityId: ctx.entityId })
  const row = await SENT.one(ctx)
  if (row.sent + count > daily)
    throw tooManyRequests(`Mails to more than ${daily} recipients within 24 hours are not sent for one entity: try again later`)
}

/** Refuses (`invalid`) more recipients than one mail may have. */
export function checkCount({ to, cc, bcc }: { to?: Emails; cc?: Emails; bcc?: Emails }): void {
  if ([to, cc, bcc].reduce((count, list) => count + (list?.length ?? 0), 0) > RECIPIENTS_MAX)
    throw invalid([{ loc: ['body', 'recipients'], msg: `A mail has up to ${RECIPIENTS_MAX} recipients`, type: 'too_long' }])
}
type Emails = readonly string[] | null

/** Everybody once: whoever is named openly needs no second copy. */
function recipientsOf({ to, cc = [], bcc = [] }: NewMail): Recipient[] {
  checkCount({ to, cc, bcc })
  const seen = new Set<string>()
  const recipients: Recipient[] = []
  for (const [kind, emails] of Object.entries({ to, cc, bcc }) as [RecipientKind, readonly string[]][])
    for (const email of emails) {
      if (email.length > 320 || !EMAIL.test(email))
        throw invalidAt(['body', 'recipients', kind], `${email.slice(0, 100)} is not an email address`)
      if (seen.has(email.toLowerCase())) continue
      seen.add(email.toLowerCase())
      recipients.push({ kind, email, is_success: null, error: null })
    }
  if (recipients.length === 0) throw conflict('The mail has no recipient')
  return recipients
}

const storable = (text: string) => text.replaceAll('\0', '').toWellFormed()
/** A subject is one line, whatever was made into it: a line break in it would begin another header. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\t\n\v\f\r \p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 2_000)

const MINUTE = 60_000
/** Waits between tries: quick at first, and for about a day. Then the mail has failed for those who are left. */
export const waits_ms: readonly number[] = [1, 5, 15, 30, 60, 120, 240, 480, 480].map((minutes) => minutes * MINUTE)

/** What a mail is, given its recipients. As long as one is undecided it is not done. */
export function statusOf(recipients: readonly Recipient[]): MailStatus {
  const good = recipients.filter(({ is_success }) => is_success === true).length
  if (recipients.some(({ is_success }) => is_success === null)) return 'pending'
  return good === recipients.length ? 'sent' : good === 0 ? 'failed' : 'partially_sent'
}

/** Recipients after a try. On the last one, whoever is still undecided has failed. Decided ones never change here. */
export function afterTry(
  recipients: readonly Recipient[],
  verdicts: ReadonlyMap<string, Verdict>,
  isLast: boolean,
): readonly Recipient[] {
  return recipients.map((recipient) => {
    const verdict = verdicts.get(recipient.email)
    if (recipient.is_success !== null || !verdict) return recipient
    if (verdict.taken) return { ...recipient, is_success: true, error: null }
    return { ...recipient, is_success: verdict.again && !isLast ? null : false, error: verdict.error }
  })
}

/** Why a mail is where it is: the first reason there is. */
const errorOf = (recipients: readonly Recipient[]) => recipients.find(({ error }) => error !== null)?.error ?? null

const KEEP_RECIPIENTS = sql(`
  update mails set recipients = :recipients::json, status = :status, error = :error?, held_until = null, updated_at = app_now(),
    sent_at = case when :sent then coalesce(sent_at, app_now()) else sent_at end
  where id = :id`)

/** Writes down what became of the recipients, and lets go of the mail. */
export async function keepRecipients(ctx: Ctx, id: string, recipients: readonly Recipient[]): Promise<void> {
  await KEEP_RECIPIENTS(ctx, {
    id,
    recipients,
    status: statusOf(recipients),
    error: errorOf(recipients),
    sent: recipients.some(({ is_success }) => is_success === true),
  })
}

/** A mail that came back: which one, for whom, with which status (RFC 3463) and in whose words. */
export interface Bounce {
  readonly message_id: string
  readonly recipient: string | null
  readonly status: string
  readonly diagnostic: string | null
}

const BY_MESSAGE_ID = sql(
  `select id, recipients, status, held_until from mails where message_id = :message_id and deleted_at is null for update`,
)
const BOUNCED = sql(
  `update mails set recipients = :recipients::json, error = :error, updated_at = app_now(), status = case when :decided = 'pending' then status else :decided end where id = :id`,
)

/**
 * Records that a mail was taken at first and then came back. The mail is found by its own Message-ID, in whatever `ctx` may see; a
 * delay, or a mail that isn't ours, changes nothing. Answers the mail's id, or null.
 */
export async function recordBounce(ctx: Ctx, { message_id, recipient, status, diagnostic }: Bounce): Promise<string | null> {
  if (!status.startsWith('5')) return null
  const found = await BY_MESSAGE_ID.maybe(ctx, { message_id })
  if (!found) return null
  // An address that forwards is reported under its new name: with one recipient it is still clear who was meant.
  const named = found.recipients.find(({ email }) => email.toLowerCase() === recipient?.toLowerCase())
  const meant = named ?? (found.recipients.length === 1 ? found.recipients[0] : undefined)
  if (!meant) return null
  const error = [status, diagnostic].filter(Boolean).join(' ').slice(0, 500)
  const recipients = found.recipients.map((one) => (one.email === meant.email ? { ...one, is_success: false, error } : one))
  const decided = statusOf(recipients)
  await BOUNCED(ctx, { id: found.id, recipients, error, decided })
  return found.id
}
