import { endOfMonth, type PlainDate, parseDate } from '../../../core/calendar.ts'
import { flow } from '../../../core/flow.ts'
import { firstMatchingDay, lastDayOf, type Series, type SeriesEnd } from '../../../core/recurrence.ts'
import { invalidAt } from '../../../core/refusal.ts'
import { checkCount } from '../../../platform/mail/outbox.ts'
import {
  type CreateRecurrencePayload,
  type RecurrenceResponse,
  type UpdateRecurrencePayload,
  YEAR_MAX,
} from './recurrences.schema.ts'

/** What a recurrence is asked to be, in the newer words and the older ones. Refusals name the field of the body. */

/** Who may go where. What was canceled or has come to its end stays so. */
export const recurrenceFlow = flow<RecurrenceResponse['status'], 'edit' | 'pause' | 'resume' | 'cancel' | 'complete'>(
  'recurrence',
  {
    active: { edit: 'active', pause: 'paused', cancel: 'canceled', complete: 'completed' },
    paused: { edit: 'paused', resume: 'active', cancel: 'canceled' },
    canceled: {},
    completed: {},
  },
  {},
  ['complete'],
)

/** The columns of a recurrence that can be asked for. */
export interface Plan {
  readonly automation_level: RecurrenceResponse['automation_level']
  readonly body_text: string | null
  readonly end_date: PlainDate | null
  readonly frequency: RecurrenceResponse['frequency']
  readonly interval: number
  readonly max_occurrences: number | null
  /** On the last day of every month, however long. */
  readonly month_end: boolean
  readonly recipients: RecurrenceResponse['recipients'] | null
  readonly start_date: PlainDate
  readonly subject_text: string | null
}

export const seriesOf = ({ start_date, frequency, interval, month_end }: Plan): Series => ({
  start: start_date,
  frequency,
  interval,
  monthEnd: month_end,
})

export const endOf = ({ end_date, max_occurrences }: Plan): SeriesEnd =>
  end_date ? { until: end_date } : { times: max_occurrences! }

const fault = (field: string, msg: string) => invalidAt(['body', field], msg)

/** The plan of a new recurrence. */
export function planOf(body: CreateRecurrencePayload, today: PlainDate): Plan {
  const end = endAsked(body)
  if (!end) throw fault('end_date', 'A recurrence needs an end: name either end_date or max_occurrences')
  const { subject_text = null, body_text = null, recipients = null, frequency, interval } = body
  const usual = subject_text && body_text ? ('issue_and_send' as const) : ('issue' as const)
  const plan = {
    subject_text,
    body_text,
    recipients,
    ...end,
    ...startAsked(body, today),
    frequency: frequency ?? 'month',
    interval: interval ?? 1,
    automation_level: body.automation_level ?? usual,
  }
  checkPlan(plan)
  return plan
}

/** The plan after a change: what is left out stays, null clears. `day_of_month` is what answers call the day of the plan before. */
export function planAfter(
  before: Plan & Pick<RecurrenceResponse, 'day_of_month'>,
  body: UpdateRecurrencePayload,
  today: PlainDate,
): Plan {
  const { day_of_month: _derived, ...stays } = before
  const end = endAsked(body) ?? {
    end_date: body.end_date === null ? null : before.end_date,
    max_occurrences: body.max_occurrences === null ? null : before.max_occurrences,
  }
  if (!end.end_date && !end.max_occurrences) throw fault('end_date', 'A recurrence keeps an end: name the new one')
  const { automation_level, subject_text, body_text, recipients, frequency, interval } = body
  const given = Object.entries({ automation_level, subject_text, body_text, recipients, frequency, interval })
  const plan: Plan = {
    ...stays,
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...end,
    ...startAfter(before, body, today),
  }
  checkPlan(plan)
  return plan
}

function checkPlan({ automation_level, subject_text, body_text, recipients, start_date, end_date }: Plan): void {
  if (recipients) checkCount(recipients)
  if (automation_level === 'issue_and_send')
    for (const [field, text] of Object.entries({ subject_text, body_text }))
      if (!text) throw fault(field, `Invoices are sent only with a ${field}`)
  if (end_date && end_date < start_date) throw fault('end_date', 'A recurrence does not end before it starts')
}

type End = Pick<Plan, 'end_date' | 'max_occurrences'>

/** The end that a body names, null when it names none. A month means its last day. */
export function endAsked({
  end_date,
  end_month,
  end_year,
  max_occurrences,
}: Pick<UpdateRecurrencePayload, 'end_date' | 'end_month' | 'end_year' | 'max_occurrences'>): End | null {
  const month = monthAsked('end', end_month, end_year)
  const last = month && lastDayOf(month.year, month.month)
  if (end_date && last && endOfMonth(end_date) !== last) throw fault('end_date', 'end_month and end_year name another month')
  const until = end_date ?? last
  if (until && max_occurrences) throw fault('max_occurrences', 'A recurrence has one end: leave out end_date or max_occurrences')
  if (until) checkYear('end_date', until)
  return until || max_occurrences ? { end_date: until, max_occurrences: max_occurrences ?? null } : null
}

type Start = Pick<Plan, 'start_date' | 'month_end'>

function startAsked({ start_date, start_month, start_year, day_of_month }: CreateRecurrencePayload, today: PlainDate): Start {
  const month = monthAsked('start', start_month, start_year)
  if (start_date) {
    const { year, month: of } = parseDate(start_date)
    if (month && (month.year !== year || month.month !== of))
      throw fault('start_date', 'start_month and start_year name another month')
    checkStart(start_date, today)
    return startingOn(start_date, day_of_month)
  }
  if (!month && !day_of_month) return startingOn(today)
  const first = firstMatchingDay({ ...(month ?? parseDate(today)), day: day_of_month ?? 'first_day' }, today)
  return startingOn(first, day_of_month)
}

/** What a body says of the start that holds already, as a client does that sends back what it read, changes nothing. */
function startAfter(
  { start_date, month_end, day_of_month }: Start & Pick<RecurrenceResponse, 'day_of_month'>,
  asked: UpdateRecurrencePayload,
  today: PlainDate,
): Start {
  if (asked.start_date && asked.start_date !== start_date) {
    checkStart(asked.start_date, today)
    return startingOn(asked.start_date, asked.day_of_month)
  }
  if (!asked.day_of_month || asked.day_of_month === day_of_month) return { start_date, month_end }
  return startingOn(firstMatchingDay({ ...parseDate(start_date), day: asked.day_of_month }, today), asked.day_of_month)
}

const startingOn = (start_date: PlainDate, day?: 'first_day' | 'last_day' | null): Start => ({
  start_date,
  month_end: day === 'last_day' && start_date === endOfMonth(start_date),
})

function checkStart(start_date: PlainDate, today: PlainDate): void {
  if (start_date < today) throw fault('start_date', 'A recurrence does not start in the past')
  checkYear('start_date', start_date)
}

function checkYear(field: string, date: PlainDate): void {
  if (parseDate(date).year > YEAR_MAX) throw fault(field, `Recurrences are planned up to the year ${YEAR_MAX}`)
}

function monthAsked(which: 'start' | 'end', month: number | null | undefined, year: number | null | undefined) {
  if (month == null && year == null) return null
  if (month == null || year == null)
    throw fault(`${which}_${month == null ? 'month' : 'year'}`, `${which}_month and ${which}_year go together`)
  if (year < 1) throw fault(`${which}_year`, 'There is no such year')
  return { year, month }
}
