import { addDays, daysBetween } from '../../../core/calendar.ts'
import { badRequest, notFound } from '../../../core/refusal.ts'
import type { FinalTier, PaymentTerms } from '../../../core/terms.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { localDay } from '../../../platform/local-day.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import type { Configured } from './due.ts'
import {
  OverdueReminderResponse,
  type OverdueReminders,
  PaymentReminderResponse,
  type PaymentReminders,
} from './reminders.schema.ts'

/** What entities have set up to remind their customers, and what stands in its way. */

const sentence = (noun: string, id: string) => `There is no ${noun} by provided id: ${id}`

export const paymentReminderTable = table('payment_reminders', PaymentReminderResponse, {
  noun: 'Payment reminder',
  object: 'payment_reminder',
  // One that was deleted is never shown.
  computed: { status: `'active'` },
  missing: (id) => sentence('payment reminder', id),
})
export const overdueReminderTable = table('overdue_reminders', OverdueReminderResponse, {
  noun: 'Overdue reminder',
  object: 'overdue_reminder',
  missing: (id) => sentence('overdue reminder', id),
})

type Tiers = Pick<PaymentReminders, 'term_1_reminder' | 'term_2_reminder' | 'term_final_reminder'>

/** Refuses (`bad_request`) one that never says anything. */
export function checkTiers({ term_1_reminder, term_2_reminder, term_final_reminder }: Tiers): void {
  if (!term_1_reminder && !term_2_reminder && !term_final_reminder)
    throw badRequest('A payment reminder needs at least one of term_1_reminder, term_2_reminder and term_final_reminder')
}

/** Refuses (`bad_request`) one that never says anything, or twice on a day. */
export function checkOverdueTerms(
  terms: OverdueReminders['terms'] | null | undefined,
): asserts terms is NonNullable<OverdueReminders['terms']> {
  if (!terms || terms.length === 0) throw badRequest('An overdue reminder needs at least one term')
  const days = terms.map(({ days_after }) => days_after)
  const twice = days.find((day, i) => days.indexOf(day) !== i)
  if (twice !== undefined) throw badRequest(`Two terms have the same days_after, ${twice}`)
}

/** What a document names of them. */
export interface ReminderIds {
  readonly payment_reminder_id?: string | null
  readonly overdue_reminder_id?: string | null
}

/** Refuses (`not_found`) ids that lead nowhere. */
export async function requireReminders(ctx: Ctx, ids: ReminderIds): Promise<void> {
  const { payment_reminder_id, overdue_reminder_id } = ids
  if (!payment_reminder_id && !overdue_reminder_id) return
  const { payment, overdue } = await readReminders(ctx, ids)
  if (payment_reminder_id && !payment) throw notFound(sentence('payment reminder', payment_reminder_id))
  if (overdue_reminder_id && !overdue) throw notFound(sentence('overdue reminder', overdue_reminder_id))
}

const READ = shaped<Configured>()(
  sql(`
  select
  (select row_to_json(p) from payment_reminders p where p.id = :payment_reminder_id? and p.deleted_at is null) as payment,
  (select row_to_json(o) from overdue_reminders o where o.id = :overdue_reminder_id? and o.deleted_at is null) as overdue`),
)

/** Both as they are now; null where none is named, or it was deleted. */
export async function readReminders(ctx: Ctx, { payment_reminder_id, overdue_reminder_id }: ReminderIds): Promise<Configured> {
  if (!payment_reminder_id && !overdue_reminder_id) return { payment: null, overdue: null }
  return READ.one(ctx, {
    payment_reminder_id: payment_reminder_id ?? null,
    overdue_reminder_id: overdue_reminder_id ?? null,
  })
}

// Warnings

interface Invoice {
  readonly id: string
  readonly type: string
  readonly issued_on: string | null
  readonly counterpart_id: string
  readonly ask: ReminderIds & { readonly payment_terms?: PaymentTerms | null }
}

const STANDING = shaped<{ held: { reminder: string; problem: string }[] }>()(
  sql(`
  select c.email, c.reminders_enabled,
    coalesce((select json_agg(json_build_object('reminder', s.reminder, 'problem', s.problem) order by s.created_at, s.reminder) from reminders s
      where s.receivable_id = :id and s.problem is not null), '[]') as held
  from counterparts c where c.id = :counterpart_id`),
)

/** What keeps reminders of an invoice from going out, in whole sentences; null when nothing does. `contact` is the contact's address. */
export async function reminderWarning(ctx: Ctx, invoice: Invoice, contact: string | null): Promise<string | null> {
  const { payment_reminder_id, overdue_reminder_id, payment_terms } = invoice.ask
  if (invoice.type !== 'invoice' || (!payment_reminder_id && !overdue_reminder_id)) return null
  const configured = await readReminders(ctx, invoice.ask)
  const standing = await STANDING.maybe(ctx, { counterpart_id: invoice.counterpart_id, id: invoice.id })
  const { reminder } = await readSettings(ctx)
  const warnings = [
    ...(payment_reminder_id && !configured.payment ? ['The payment reminder was deleted.'] : []),
    ...(overdue_reminder_id && !configured.overdue ? ['The overdue reminder was deleted.'] : []),
    ...(reminder?.enabled === false ? ['Reminders are switched off in the settings of the entity.'] : []),
    ...(standing?.reminders_enabled === false ? ['Reminders are switched off for this customer.'] : []),
    ...(contact || standing?.email ? [] : withoutAddress(configured)),
    ...(payment_terms ? withoutDay(configured.payment, payment_terms, invoice.issued_on ?? (await localDay(ctx))) : []),
    ...(standing?.held ?? []).map(({ reminder, problem }) => `The reminder ${reminder} was not sent: ${problem}.`),
  ]
  return warnings.length > 0 ? warnings.join(' ') : null
}

const withoutAddress = ({ payment, overdue }: Configured) =>
  [payment, overdue].some((one) => one && !one.recipients?.to?.length)
    ? ['There is nobody to send reminders to: the customer has no email address.']
    : []

/** Reminders of tiers that the invoice doesn't have, or whose day lies before the day of issue. */
function withoutDay(payment: PaymentReminders | null, terms: PaymentTerms, issued: string): string[] {
  return (['term_1', 'term_2', 'term_final'] as const).flatMap((term) => {
    const reminder = payment?.[`${term}_reminder`]
    const tier: FinalTier | null | undefined = terms[term]
    if (!reminder) return []
    if (!tier) return [`${term}_reminder is never sent: the payment terms have no ${term}.`]
    const length = daysBetween(issued, tier.end_date ?? addDays(issued, tier.number_of_days ?? 0))
    return length < reminder.days_before
      ? [`${term}_reminder is never sent: ${reminder.days_before} days before the end of ${term} the invoice is not issued yet.`]
      : []
  })
}
