import Type, { type Static } from 'typebox'
import { day, opt, orNull, someProse, stamped, strict, uuid, word } from '../../../platform/http/types.ts'
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

export const CreateRecurrencePayload = Type.Object(
  {
    ...asked,
    ...started,
    interval: opt(Type.Integer({ minimum: 1, maximum: 100, default: 1 })),
    invoice_id: uuid,
  },
  { $id: 'CreateRecurrencePayload' },
)
export type CreateRecurrencePayload = Static<typeof CreateRecurrencePayload>

export const UpdateRecurrencePayload = Type.Object(asked, { $id: 'UpdateRecurrencePayload', ...strict })
export type UpdateRecurrencePayload = Static<typeof UpdateRecurrencePayload>

const RecurrenceIteration = Type.Object(
  {
    issue_at: day,
    issued_invoice_id: orNull(uuid),
    iteration: Type.Optional(Type.Integer({ default: 1 })),
    status: IterationStatus,
  },
  { $id: 'RecurrenceIteration', ...strict },
)

export const RecurrenceResponse = Type.Object(
  {
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
  },
  { $id: 'RecurrenceResponse' },
)
export type RecurrenceResponse = Static<typeof RecurrenceResponse>

export const RecurrenceResponseList = Type.Object(
  { data: Type.Array(RecurrenceResponse) },
  { $id: 'RecurrenceResponseList', ...strict },
)
