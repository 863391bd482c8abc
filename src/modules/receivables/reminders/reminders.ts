import { rows } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { checkCount } from '../../../platform/mail/outbox.ts'
import { sendTestReminder } from './remind.service.ts'
import {
  AllOverdueRemindersResponse,
  GetAllPaymentReminders,
  OverdueReminderRequest,
  OverdueReminderResponse,
  OverdueReminderUpdateRequest,
  PaymentReminder,
  PaymentReminderResponse,
  PaymentReminderUpdateRequest,
  ReceivableSendTestReminderPayload,
  ReceivablesSendResponse,
} from './reminders.schema.ts'
import { checkOverdueTerms, checkTiers, overdueReminderTable, paymentReminderTable } from './reminders.service.ts'

const paymentList = listing(paymentReminderTable, { filters: {}, sort: [] })
const overdueList = listing(overdueReminderTable, { filters: {}, sort: [] })

export const reminders: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/payment_reminders',
    operation({
      summary: 'Get payment reminder configurations',
      may: 'payment_reminder:read',
      ok: { 200: GetAllPaymentReminders },
    }),
    async ({ ctx }) => ({ data: await paymentList.all(ctx) }),
  )

  app.post(
    '/payment_reminders',
    operation({
      summary: 'Create a payment reminder configuration',
      may: 'payment_reminder:create',
      body: PaymentReminder,
      ok: { 201: PaymentReminderResponse },
      refuses: [400],
    }),
    ({ ctx, body }) => {
      checkCount(body.recipients ?? {})
      checkTiers(body)
      return rows.create(ctx, paymentReminderTable, { ...body, created_by_entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/payment_reminders/:payment_reminder_id',
    operation({
      summary: 'Get a payment reminder configuration by ID',
      may: 'payment_reminder:read',
      ok: { 200: PaymentReminderResponse },
    }),
    ({ ctx, params }) => rows.find(ctx, paymentReminderTable, params.payment_reminder_id),
  )

  app.patch(
    '/payment_reminders/:payment_reminder_id',
    operation({
      summary: 'Update a payment reminder configuration',
      may: 'payment_reminder:update',
      body: PaymentReminderUpdateRequest,
      ok: { 200: PaymentReminderResponse },
      refuses: [400],
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['name'], ['body'])
      checkCount(body.recipients ?? {})
      const before = await rows.lock(ctx, paymentReminderTable, params.payment_reminder_id)
      checkTiers({ ...before, ...body })
      return rows.change(ctx, paymentReminderTable, before.id, body)
    },
  )

  app.delete(
    '/payment_reminders/:payment_reminder_id',
    operation({ summary: 'Delete a payment reminder configuration', may: 'payment_reminder:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, paymentReminderTable, params.payment_reminder_id),
  )

  app.get(
    '/overdue_reminders',
    operation({
      summary: 'Get overdue reminder configurations',
      may: 'overdue_reminder:read',
      ok: { 200: AllOverdueRemindersResponse },
    }),
    async ({ ctx }) => ({ data: await overdueList.all(ctx) }),
  )

  app.post(
    '/overdue_reminders',
    operation({
      summary: 'Create an overdue reminder configuration',
      may: 'overdue_reminder:create',
      body: OverdueReminderRequest,
      ok: { 201: OverdueReminderResponse },
      refuses: [400],
    }),
    ({ ctx, body }) => {
      const { terms } = body
      checkCount(body.recipients ?? {})
      checkOverdueTerms(terms)
      return rows.create(ctx, overdueReminderTable, { ...body, terms, created_by_entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/overdue_reminders/:overdue_reminder_id',
    operation({
      summary: 'Get an overdue reminder configuration by ID',
      may: 'overdue_reminder:read',
      ok: { 200: OverdueReminderResponse },
    }),
    ({ ctx, params }) => rows.find(ctx, overdueReminderTable, params.overdue_reminder_id),
  )

  app.patch(
    '/overdue_reminders/:overdue_reminder_id',
    operation({
      summary: 'Update an overdue reminder configuration',
      may: 'overdue_reminder:update',
      body: OverdueReminderUpdateRequest,
      ok: { 200: OverdueReminderResponse },
      refuses: [400],
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['name'], ['body'])
      checkCount(body.recipients ?? {})
      const before = await rows.lock(ctx, overdueReminderTable, params.overdue_reminder_id)
      checkOverdueTerms(body.terms === undefined ? before.terms : body.terms)
      return rows.change(ctx, overdueReminderTable, before.id, { ...body, terms: body.terms ?? undefined })
    },
  )

  app.delete(
    '/overdue_reminders/:overdue_reminder_id',
    operation({ summary: 'Delete an overdue reminder configuration', may: 'overdue_reminder:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, overdueReminderTable, params.overdue_reminder_id),
  )

  app.post(
    '/receivables/:receivable_id/send_test_reminder',
    operation({
      summary: 'Send a test reminder',
      may: ['receivable:update', 'receivable:create'],
      body: ReceivableSendTestReminderPayload,
      ok: { 200: ReceivablesSendResponse },
      refuses: [400, 409],
    }),
    ({ ctx, params, body }) => sendTestReminder(machinery, ctx, params.receivable_id, body),
  )
}
