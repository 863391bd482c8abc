import Type, { type Static } from 'typebox'
import { closed, instant, named, opt, orNull, prose, stamped, text, uuid, word } from '../../../platform/http/types.ts'
import { Recipients } from '../receivables.schema.ts'

const days = Type.Integer({ minimum: 1, maximum: 10000 })
const words = { body: prose, subject: Type.String() }
const name = text(255)

// Before a date

const Reminder = closed('Reminder', { ...words, days_before: days })
const tiers = { term_1_reminder: opt(Reminder), term_2_reminder: opt(Reminder), term_final_reminder: opt(Reminder) }

export const PaymentReminder = closed('PaymentReminder', { ...tiers, name, recipients: opt(Recipients) })
export const PaymentReminderUpdateRequest = closed('PaymentReminderUpdateRequest', {
  ...tiers,
  name: opt(name),
  recipients: opt(Recipients),
})
export const PaymentReminderResponse = closed('PaymentReminderResponse', {
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
})
export type PaymentReminders = Static<typeof PaymentReminderResponse>
export const GetAllPaymentReminders = closed('GetAllPaymentReminders', { data: Type.Array(PaymentReminderResponse) })

// After the due date

const OverdueReminderTerm = closed('OverdueReminderTerm', { ...words, days_after: days })
const terms = opt(Type.Array(OverdueReminderTerm, { minItems: 1, maxItems: 3 }))

export const OverdueReminderRequest = closed('OverdueReminderRequest', { name, recipients: opt(Recipients), terms })
export const OverdueReminderUpdateRequest = closed('OverdueReminderUpdateRequest', {
  name: opt(name),
  recipients: opt(Recipients),
  terms,
})
export const OverdueReminderResponse = named('OverdueReminderResponse', {
  ...stamped,
  name: Type.String(),
  recipients: orNull(Recipients),
  terms: orNull(Type.Array(OverdueReminderTerm, { minItems: 1 })),
})
export type OverdueReminders = Static<typeof OverdueReminderResponse>
export const AllOverdueRemindersResponse = named('AllOverdueRemindersResponse', { data: Type.Array(OverdueReminderResponse) })

// A try-out

export const ReminderType = word(['term_1', 'term_2', 'term_final', 'overdue'], { $id: 'ReminderTypeEnum' })
export type ReminderType = Static<typeof ReminderType>
export const ReceivableSendTestReminderPayload = closed('ReceivableSendTestReminderPayload', {
  recipients: opt(Recipients),
  reminder_type: ReminderType,
})
export const ReceivablesSendResponse = closed('ReceivablesSendResponse', { mail_ids: Type.Array(uuid) })
