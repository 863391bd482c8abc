import Type, { type Static } from 'typebox'
import { instant, opt, orNull, prose, stamped, strict, text, uuid, word } from '../../../platform/http/types.ts'
import { Recipients } from '../receivables.schema.ts'

const days = Type.Integer({ minimum: 1, maximum: 10000 })
const words = { body: prose, subject: Type.String() }
const name = text(255)

// Before a date

const Reminder = Type.Object({ ...words, days_before: days }, { $id: 'Reminder', ...strict })
const tiers = { term_1_reminder: opt(Reminder), term_2_reminder: opt(Reminder), term_final_reminder: opt(Reminder) }

export const PaymentReminder = Type.Object({ ...tiers, name, recipients: opt(Recipients) }, { $id: 'PaymentReminder', ...strict })
export const PaymentReminderUpdateRequest = Type.Object(
  { ...tiers, name: opt(name), recipients: opt(Recipients) },
  { $id: 'PaymentReminderUpdateRequest', ...strict },
)
export const PaymentReminderResponse = Type.Object(
  {
    id: uuid,
    created_at: instant,
    updated_at: instant,
    entity_id: uuid,
    name: Type.String(),
    recipients: orNull(Recipients),
    status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
    term_1_reminder: orNull(Reminder),
    term_2_reminder: orNull(Reminder),
    term_final_reminder: orNull(Reminder),
  },
  { $id: 'PaymentReminderResponse', ...strict },
)
export type PaymentReminders = Static<typeof PaymentReminderResponse>
export const GetAllPaymentReminders = Type.Object(
  { data: Type.Array(PaymentReminderResponse) },
  { $id: 'GetAllPaymentReminders', ...strict },
)

// After the due date

const OverdueReminderTerm = Type.Object({ ...words, days_after: days }, { $id: 'OverdueReminderTerm', ...strict })
const terms = opt(Type.Array(OverdueReminderTerm, { minItems: 1, maxItems: 3 }))

export const OverdueReminderRequest = Type.Object(
  { name, recipients: opt(Recipients), terms },
  { $id: 'OverdueReminderRequest', ...strict },
)
export const OverdueReminderUpdateRequest = Type.Object(
  { name: opt(name), recipients: opt(Recipients), terms },
  { $id: 'OverdueReminderUpdateRequest', ...strict },
)
export const OverdueReminderResponse = Type.Object(
  {
    ...stamped,
    name: Type.String(),
    recipients: orNull(Recipients),
    terms: orNull(Type.Array(OverdueReminderTerm, { minItems: 1 })),
  },
  { $id: 'OverdueReminderResponse' },
)
export type OverdueReminders = Static<typeof OverdueReminderResponse>
export const AllOverdueRemindersResponse = Type.Object(
  { data: Type.Array(OverdueReminderResponse) },
  { $id: 'AllOverdueRemindersResponse' },
)

// A try-out

export const ReminderType = word(['term_1', 'term_2', 'term_final', 'overdue'], { $id: 'ReminderTypeEnum' })
export type ReminderType = Static<typeof ReminderType>
export const ReceivableSendTestReminderPayload = Type.Object(
  { recipients: opt(Recipients), reminder_type: ReminderType },
  { $id: 'ReceivableSendTestReminderPayload', ...strict },
)
export const ReceivablesSendResponse = Type.Object({ mail_ids: Type.Array(uuid) }, { $id: 'ReceivablesSendResponse', ...strict })
