import type { PlainDate } from '../../../core/calendar.ts'
import { localDate, localTime } from '../../../core/local-day.ts'
import { conflict, Refusal } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { localDay, zoneOfEntity } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { checkCount } from '../../../platform/mail/outbox.ts'
import { TemplateError } from '../../../platform/templates/templates.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import type { Recipients } from '../receivables.schema.ts'
import { findStored, lockReceivable, type Stored } from '../receivables.service.ts'
import { queueLetter, usualRecipient } from '../sending.service.ts'
import { type Configured, type DueReminder, dueReminders, type Reminder, reminderOf } from './due.ts'
import type { ReminderType } from './reminders.schema.ts'
import { readReminders } from './reminders.service.ts'

/** Reminders on their way: those whose day has come, and try-outs. */

/** Nobody is reminded before that hour of the entity's day. */
export const FIRST_HOUR = 8

const templates: Record<ReminderType, 'receivables_discount_reminder' | 'receivables_final_reminder'> = {
  term_1: 'receivables_discount_reminder',
  term_2: 'receivables_discount_reminder',
  term_final: 'receivables_final_reminder',
  // There is no template for it; in our own frame, what stands around the words fits.
  overdue: 'receivables_final_reminder',
}

/** The words of a reminder as a letter about the invoice. Those after the due date are plain text. */
const letterOf = ({ term, subject, body }: Reminder, day: PlainDate) => ({
  type: templates[term],
  subject_text: subject,
  body_text: body,
  day,
  plain: term === 'overdue',
  ...((term === 'term_1' || term === 'term_2') && { term }),
})

/** `known`: the mails of the reminders that had their day, null where there was a reason not to send one. `changed_at`: when the invoice was issued, or edited after that. */
const KNOWN = shaped<{ known: Readonly<Record<string, string | null>> }>()(
  sql(`
  select c.reminders_enabled,
    coalesce((select json_object_agg(s.reminder, s.mail_id) from reminders s where s.receivable_id = r.id), '{}') as known,
    (select max(e.created_at) from events e where e.object_id = r.id and e.object_type = 'receivable'
      and (e.event = 'issued' or e.event = 'updated' and not r.frozen)) as changed_at
  from receivables r left join counterparts c on c.id = r.counterpart_id where r.id = :id`),
)

/**
 * The schedule's step for one invoice: looks again under the lock, and queues the reminders whose day it is. One whose day was yesterday
 * is made up for if nobody looked then; it is not if it got its day only afterwards, by an edit or by being issued late.
 */
export async function remindDue(machinery: Machinery, ctx: Ctx, id: string): Promise<void> {
  const row = await lockReceivable(ctx, id)
  const zone = await zoneOfEntity(ctx)
  const { date, hour } = localTime(ctx.now, zone)
  const configured = await readReminders(ctx, row.ask)
  const due = row.type === 'invoice' && hour >= FIRST_HOUR ? dueReminders(row, configured, date) : []
  if (due.length === 0) return
  const { known, changed_at, reminders_enabled } = await KNOWN.one(ctx, { id })
  const settings = await readSettings(ctx)
  const stop =
    settings.reminder?.enabled === false
      ? 'reminders are switched off in the settings of the entity'
      : reminders_enabled === false
        ? 'reminders are switched off for this customer'
        : null
  for (const reminder of due) {
    if (known[reminder.key]) continue
    if (reminder.late && (reminder.key in known || localDate(lastChange(reminder, configured, changed_at), zone) === date))
      continue
    const outcome = stop ? { problem: stop } : await send(machinery, ctx, row, reminder, date)
    await keep(ctx, id, reminder.key, outcome)
    if (outcome.problem && !(reminder.key in known))
      machinery.log.warn({ receivable: id, reminder: reminder.key, reason: outcome.problem }, 'a reminder was not sent')
  }
}

/** When what gives the reminder its day was last changed: its configuration, or the invoice. */
function lastChange({ term }: DueReminder, { payment, overdue }: Configured, changed_at: string | null): Date {
  const configured_at = (term === 'overdue' ? overdue : payment)?.updated_at
  return new Date(Math.max(...[configured_at, changed_at].map((moment) => (moment ? Date.parse(moment) : 0))))
}

interface Outcome {
  readonly mail_id?: string
  readonly problem?: string
}

/** Queues the mail; without an address, or when it can't be written, answers why. */
async function send(machinery: Machinery, ctx: Ctx, row: Stored, reminder: DueReminder, day: PlainDate): Promise<Outcome> {
  const { term, key } = reminder
  const recipients = await recipientsOf(ctx, row, reminder.recipients)
  if (!recipients) return { problem: 'the customer has no email address' }
  const event = term === 'overdue' ? 'overdue_reminder_mail_sent' : 'payment_reminder_mail_sent'
  const once = `reminder:${row.id}:${key}`
  try {
    return {
      mail_id: await queueLetter(machinery, ctx, row, {
        ...letterOf(reminder, day),
        recipients,
        event,
        data: { term },
        key: once,
      }),
    }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TemplateError)) throw error
    return { problem: error.message }
  }
}

/** Those of the configuration; whoever is written to usually, where it names nobody. */
async function recipientsOf(ctx: Ctx, row: Stored, named: Recipients | null): Promise<Recipients | null> {
  const { to, cc, bcc } = named ?? {}
  if (to && to.length > 0) return { to, cc, bcc }
  const usual = await usualRecipient(ctx, row)
  return usual ? { to: [usual], cc, bcc } : null
}

const KEEP = sql(`
  insert into reminders (receivable_id, reminder, mail_id, problem) values (:receivable_id, :key, :mail_id?, :problem?)
  on conflict (entity_id, receivable_id, reminder) do update set mail_id = excluded.mail_id, problem = excluded.problem, updated_at = app_now()`)
const keep = (ctx: Ctx, id: string, key: string, { mail_id, problem }: Outcome) =>
  KEEP(ctx, { receivable_id: id, key, mail_id: mail_id ?? null, problem: problem ?? null })

interface TryOut {
  readonly reminder_type: ReminderType
  readonly recipients?: Recipients | null
}

/**
 * Mails a reminder's words now, whatever day it is: one mail for each recipient, or one to whoever asks. Refuses (`conflict`) what the
 * invoice has no reminder for.
 */
export async function sendTestReminder(
  machinery: Machinery,
  ctx: Ctx,
  id: string,
  { reminder_type, recipients }: TryOut,
): Promise<{ mail_ids: string[] }> {
  const row = await findStored(ctx, id)
  const reminder = row.type === 'invoice' ? reminderOf(await readReminders(ctx, row.ask), reminder_type) : null
  if (!reminder) throw conflict(`The document has no reminder of the type ${reminder_type}`)
  if (recipients) checkCount(recipients)
  const letter = { ...letterOf(reminder, await localDay(ctx)), silent: true }
  const mail_ids: string[] = []
  for (const email of recipients ? everybody(recipients) : [await ownAddress(ctx)])
    mail_ids.push(await queueLetter(machinery, ctx, row, { ...letter, recipients: { to: [email] } }))
  return { mail_ids }
}

function everybody({ to, cc, bcc }: Recipients): string[] {
  const emails = [to, cc, bcc].flatMap((list) => list ?? [])
  if (emails.length === 0) throw conflict('Name at least one recipient, or leave recipients out')
  return [...new Map(emails.map((email) => [email.toLowerCase(), email])).values()]
}

const OWN_ADDRESS = sql(
  `select coalesce((select u.email from entity_users u where u.id = :user?), e.email) as email from entities e where e.id = :entityId`,
)

/** Whoever asks; for a partner's token, and a user without an address, the entity itself. */
async function ownAddress(ctx: Ctx): Promise<string> {
  const found = await OWN_ADDRESS.maybe(ctx, { entityId: ctx.entityId, user: ctx.userId })
  if (!found?.email) throw conflict('Neither the user nor the entity has an email address: name the recipients')
  return found.email
}
