import { daysBetween, type PlainDate } from '../../../core/calendar.ts'
import type { PaymentTerms } from '../../../core/terms.ts'
import type { Recipients } from '../receivables.schema.ts'
import type { OverdueReminders, PaymentReminders, ReminderType } from './reminders.schema.ts'

/** Which reminders of an invoice it is time for. Pure; days are YYYY-MM-DD where the entity is. */

export interface Reminded {
  readonly status: string
  readonly amount_due: number
  readonly due_date: PlainDate | null
  readonly early_terms: PaymentTerms | null
}
export interface Configured {
  readonly payment: PaymentReminders | null
  readonly overdue: OverdueReminders | null
}

export interface Reminder {
  readonly term: ReminderType
  /** What it is remembered by, so that it goes out once. */
  readonly key: string
  readonly subject: string
  readonly body: string
  readonly recipients: Recipients | null
}
export interface DueReminder extends Reminder {
  /** Its day was yesterday: nobody looked then. */
  readonly late: boolean
}

const TIERS = ['term_1', 'term_2', 'term_final'] as const

/** The reminder of a tier as it is configured, or null. After the due date it is the first. */
export function reminderOf({ payment, overdue }: Configured, term: ReminderType): Reminder | null {
  if (term === 'overdue') return overdueOf(overdue)[0] ?? null
  const words = payment?.[`${term}_reminder`]
  return words ? { term, key: term, subject: words.subject, body: words.body, recipients: payment.recipients ?? null } : null
}

function overdueOf(overdue: OverdueReminders | null): (Reminder & { days_after: number })[] {
  const terms = [...(overdue?.terms ?? [])].sort((a, b) => a.days_after - b.days_after)
  const recipients = overdue?.recipients ?? null
  return terms.map((term) => ({ term: 'overdue', key: `overdue ${term.days_after}`, recipients, ...term }))
}

/**
 * The reminders whose day is `today`, or was yesterday. Before a date only an invoice that is open and in time is told of, after the due
 * date only one that is overdue.
 */
export function dueReminders(invoice: Reminded, configured: Configured, today: PlainDate): DueReminder[] {
  const { status, amount_due, due_date, early_terms } = invoice
  if (amount_due <= 0 || due_date === null) return []
  const since = (day: number): boolean | null => (day === 0 ? false : day === 1 ? true : null)
  if (status === 'overdue')
    return overdueOf(configured.overdue).flatMap(({ days_after, ...reminder }) => {
      const late = since(daysBetween(due_date, today) - days_after)
      return late === null ? [] : [{ ...reminder, late }]
    })
  if (status !== 'issued' && status !== 'partially_paid') return []
  return TIERS.flatMap((term) => {
    const end = term === 'term_final' ? due_date : early_terms?.[term]?.end_date
    const reminder = end && reminderOf(configured, term)
    if (!reminder) return []
    const late = since(configured.payment![`${term}_reminder`]!.days_before - daysBetween(today, end))
    return late === null ? [] : [{ ...reminder, late }]
  })
}
