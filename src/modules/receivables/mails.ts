import Type from 'typebox'
import { rows, table } from '../../platform/database/rows.ts'
import { listing } from '../../platform/http/listing.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import {
  closed,
  createdAt,
  Language,
  named,
  opt,
  orNull,
  pageOf,
  someProse,
  stamped,
  uuid,
  word,
} from '../../platform/http/types.ts'
import type { Recipient } from '../../platform/mail/outbox.ts'
import { MailRecipients, MailStatus, Recipients } from './receivables.schema.ts'
import { findReceivable } from './receivables.service.ts'
import { previewMail, sendReceivable } from './sending.service.ts'

const words = { body_text: someProse, subject_text: Type.String({ minLength: 1 }) }

const ReceivableSendRequest = closed('ReceivableSendRequest', { ...words, recipients: opt(Recipients) })
const ReceivableSendResponse = closed('ReceivableSendResponse', { mail_id: uuid })
const ReceivablePreviewRequest = closed('ReceivablePreviewRequest', {
  ...words,
  language: opt(Language),
  type: opt(word(['receivable', 'discount_reminder', 'final_reminder'], { $id: 'ReceivablesPreviewTypeEnum' })),
})
const ReceivablePreviewResponse = closed('ReceivablePreviewResponse', {
  body_preview: Type.String(),
  subject_preview: Type.String(),
})
const ReceivableMailResponse = named('ReceivableMailResponse', {
  ...stamped,
  recipients: orNull(MailRecipients),
  status: MailStatus,
})

/** Recipients by the line of the mail's head they stand in. Who isn't decided yet counts as not reached. */
export function byLine(recipients: readonly Recipient[]) {
  const of = (kind: Recipient['kind']) =>
    recipients
      .filter((one) => one.kind === kind)
      .map(({ email, is_success, error }) => ({ email, is_success: is_success === true, error }))
  return { to: of('to'), cc: of('cc'), bcc: of('bcc') }
}

const mails = table('mails', ReceivableMailResponse, {
  noun: 'Mail',
  present: (row) => ({ ...row, recipients: byLine(row.recipients as Recipient[]) }),
})
const list = listing(mails, {
  filters: { status: MailStatus, status__in: Type.Array(MailStatus), ...createdAt },
  sort: ['status', 'created_at', 'updated_at'],
  badToken: 422,
  where: `t.object_type = 'receivable'`,
})

export const receivableMails: Routes = async (app) => {
  const { machinery } = app

  app.post(
    '/receivables/:receivable_id/send',
    operation({
      summary: 'Send a receivable via email',
      may: ['receivable:update', 'receivable:create'],
      body: ReceivableSendRequest,
      ok: { 200: ReceivableSendResponse },
    }),
    ({ ctx, params, body }) => sendReceivable(machinery, ctx, params.receivable_id, body),
  )

  app.post(
    '/receivables/:receivable_id/preview',
    operation({
      summary: "Preview a receivable's email message",
      may: 'receivable:read',
      body: ReceivablePreviewRequest,
      ok: { 201: ReceivablePreviewResponse },
    }),
    ({ ctx, params, body }) => previewMail(machinery, ctx, params.receivable_id, body),
  )

  app.get(
    '/receivables/:receivable_id/mails',
    operation({
      summary: 'Get a list of all mails sent by receivable',
      may: 'receivable:read',
      query: list.query,
      ok: { 200: pageOf(ReceivableMailResponse, 'ReceivableMailPaginationResponse') },
    }),
    async ({ ctx, params, query }) => {
      await findReceivable(ctx, params.receivable_id)
      return list.page(ctx, query, [{ sql: 't.object_id = $', values: [params.receivable_id] }])
    },
  )

  app.get(
    '/receivables/:receivable_id/mails/:mail_id',
    operation({ summary: 'Get a mail sent by receivable', may: 'receivable:read', ok: { 200: ReceivableMailResponse } }),
    async ({ ctx, params }) => {
      await findReceivable(ctx, params.receivable_id)
      return rows.find(ctx, mails, params.mail_id, { object_id: params.receivable_id })
    },
  )
}
