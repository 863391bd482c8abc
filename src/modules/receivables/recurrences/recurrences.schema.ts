import Type, { type Static } from 'typebox'
import { closed, day, named, opt, orNull, someProse, stamped, uuid, word } from '../../../platform/http/types.ts'
import { Recipients } from '../receivables.schema.ts'

const AutomationLevel = word(['draft', 'issue', 'issue_and_send'], { $id: 'AutomationLevel' })
const DayOfMonth = word(['first_day', 'last_day'], { $id: 'DayOfMonth' })
const RecurrenceFrequency = word(['day', 'week', 'month', 'quarter', 'year'], { $id: 'RecurrenceFrequency' })
const RecurrenceStatus = word(['active', 'paused', 'canceled', 'completed'], { $id: 'RecurrenceStatus' })
const IterationStatus = word(['pending', 'completed', 'canceled', 'skipped', 'issue_failed', 'send_failed'], {
  $id: 'IterationStatus',
})

/** The last year that answers can name. */
export const YEAR_MAX = 2077

const month = Type.Integer({ minimum: 1, maximum: 12 })
const year = Type.Integer({ maximum: YEAR_MAX })
const interval = Type.Integer({ minimum: 1, maximum: 100 })
const times = Type.Integer({ minimum: 1, maximum: 1000 })
const words = someProse

const asked = {
  automation_level: opt(AutomationLevel),
  body_text: opt(words),
  day_of_month: opt(DayOfMonth),
  end_date: opt(day),
  end_month: opt(month),
  end_year: opt(year),
  frequency: opt(RecurrenceFrequency),
  interval: opt(interval),
  max_occurrences: opt(times),
  recipients: opt(Recipients),
  start_date: opt(day),
  subject_text: opt(words),
}
const started = { start_month: opt(month), start_year: opt(year) }

export const CreateRecurrencePayload = named('CreateRecurrencePayload', {
  ...asked,
  ...started,
  interval: opt(Type.Integer({ minimum: 1, maximum: 100, default: 1 })),
  invoice_id: uuid,
})
export type CreateRecurrencePayload = Static<typeof CreateRecurrencePayload>

export const UpdateRecurrencePayload = closed('UpdateRecurrencePayload', asked)
export type UpdateRecurrencePayload = Static<typeof UpdateRecurrencePayload>

const RecurrenceIteration = closed('RecurrenceIteration', {
  issue_at: day,
  issued_invoice_id: orNull(uuid),
  iteration: Type.Optional(Type.Integer({ default: 1 })),
  status: IterationStatus,
})

export const RecurrenceResponse = named('RecurrenceResponse', {
  ...stamped,
  automation_level: AutomationLevel,
  body_text: orNull(Type.String()),
  current_iteration: Type.Integer({ minimum: 1 }),
  day_of_month: DayOfMonth,
  end_date: orNull(day),
  end_month: orNull(month),
  end_year: orNull(year),
  frequency: RecurrenceFrequency,
  interval,
  invoice_id: uuid,
  iterations: Type.Array(RecurrenceIteration, { minItems: 1 }),
  max_occurrences: orNull(times),
  recipients: orNull(Recipients),
  start_date: day,
  start_month: month,
  start_year: year,
  status: RecurrenceStatus,
  subject_text: orNull(Type.String()),
})
export type RecurrenceResponse = Static<typeof RecurrenceResponse>

export const RecurrenceResponseList = closed('RecurrenceResponseList', { data: Type.Array(RecurrenceResponse) })
