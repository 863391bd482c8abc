import Type from 'typebox'
import { isObject } from '../../core/json.ts'
import { accessOf } from '../../platform/auth/caller.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing, RawJson } from '../../platform/http/types.ts'
import { placed } from '../../platform/local-day.ts'
import { withStored } from '../common/files/files.service.ts'
import { cancelInvoice, markUncollectible } from './canceling.service.ts'
import { cloneReceivable, invoiceFromQuote } from './cloning.service.ts'
import { createCreditNote, updateCreditNote } from './credits.service.ts'
import { createReceivable, replaceLines, updateDraft } from './drafts.service.ts'
import { issueReceivable, updateIssued } from './issue.service.ts'
import { markPaid, markPartiallyPaid } from './paying.service.ts'
import { acceptQuote, declineQuote, drawn, readSignature } from './quotes.service.ts'
import { type ReceivableQuery, ReceivablesSearchRequest, receivableList, withDays } from './receivables.list.ts'
import {
  CreateReceivable,
  LineItemsResponse,
  PaidPayload,
  PartiallyPaidPayload,
  QuoteAcceptRequest,
  ReceivableDeclinePayload,
  ReceivableFileUrl,
  ReceivablePage,
  ReceivableResponse,
  ReceivableTemplatesVariablesObjectList,
  SuccessResult,
  UncollectiblePayload,
  UpdateLineItems,
  UpdateReceivable,
  VerifyResponse,
} from './receivables.schema.ts'
import { deleteReceivable, pdfLink, readReceivable } from './receivables.service.ts'
import { variablesOfReceivables } from './variables.data.ts'
import { verifyReceivable } from './verifying.service.ts'

export const receivables: Routes = async (app) => {
  const { storage, config } = app.machinery
  app.get(
    '/receivables',
    operation({ summary: 'Get receivables', may: 'receivable:read', query: receivableList.query, ok: { 200: ReceivablePage } }),
    async ({ ctx, query }) => pageText(await receivableList.page(await placed(ctx), query)),
  )

  app.post(
    '/receivables',
    operation({
      concludes: true,
      summary: 'Create a receivable',
      may: 'receivable:create',
      body: CreateReceivable,
      // A quote becomes accepted and an invoice is credited by what is based on it.
      names: { 'body.based_on': 'receivable:update', 'body.attachments[].id': null },
      ok: { 201: ReceivableResponse },
    }),
    ({ ctx, body }) => {
      if (!('based_on' in body)) return createReceivable(ctx, body)
      const { type, based_on, tag_ids } = body
      return type === 'invoice' ? invoiceFromQuote(ctx, based_on, tag_ids) : createCreditNote(ctx, based_on, tag_ids)
    },
  )

  app.post(
    '/receivables/search',
    {
      ...operation({
        summary: 'Search receivables',
        may: 'receivable:read',
        body: ReceivablesSearchRequest,
        ok: { 200: ReceivablePage },
        writes: false,
        refuses: [406],
      }),
      preValidation: async (request) => {
        request.body = withDays(request.body) as typeof request.body
      },
    },
    async ({ ctx, body }) => pageText(await receivableList.page(await placed(ctx), body as ReceivableQuery)),
  )

  app.get(
    '/receivables/variables',
    operation({
      summary: 'Get email template variables',
      may: 'any',
      entity: 'none',
      ok: { 200: ReceivableTemplatesVariablesObjectList },
    }),
    async () => variablesOfReceivables,
  )

  app.get(
    '/receivables/:receivable_id',
    operation({ summary: 'Get a receivable by ID', may: 'receivable:read', ok: { 200: ReceivableResponse } }),
    ({ ctx, params }) => readReceivable(ctx, params.receivable_id),
  )

  app.patch(
    '/receivables/:receivable_id',
    {
      ...operation({
        summary: 'Update a receivable',
        may: 'receivable:update',
        body: UpdateReceivable,
        names: {
          ...Object.fromEntries(
            ['quote', 'invoice', 'credit_note', 'issued_invoice'].map((kind) => [`body.${kind}.attachments[].id`, null]),
          ),
          'body.credit_note.counterpart_contact.address.id': null,
        },
        ok: { 200: ReceivableResponse },
      }),
      preValidation: async (request) => {
        request.body = withoutNoFiles(request.body) as typeof request.body
      },
    },
    ({ ctx, params, body }) => {
      if ('invoice' in body) return updateDraft(ctx, params.receivable_id, 'invoice', body.invoice)
      if ('quote' in body) return updateDraft(ctx, params.receivable_id, 'quote', body.quote)
      if ('issued_invoice' in body) return updateIssued(ctx, params.receivable_id, body.issued_invoice)
      return updateCreditNote(ctx, params.receivable_id, body.credit_note)
    },
  )

  app.delete(
    '/receivables/:receivable_id',
    operation({ summary: 'Delete a receivable', may: 'receivable:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => deleteReceivable(ctx, params.receivable_id),
  )

  app.put(
    '/receivables/:receivable_id/line_items',
    operation({
      summary: 'Update the line items of a receivable',
      may: 'receivable:update',
      body: UpdateLineItems,
      ok: { 200: LineItemsResponse },
    }),
    ({ ctx, params, body }) => replaceLines(ctx, params.receivable_id, body.data),
  )

  app.post(
    '/receivables/:receivable_id/verify',
    operation({ summary: 'Verify a receivable', may: 'receivable:read', ok: { 200: VerifyResponse } }),
    ({ ctx, params }) => verifyReceivable(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/issue',
    operation({ concludes: true, summary: 'Issue a receivable', may: 'receivable:update', ok: { 200: ReceivableResponse } }),
    ({ ctx, params }) => issueReceivable(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/clone',
    operation({ summary: 'Clone a receivable', may: 'receivable:create', ok: { 201: ReceivableResponse } }),
    ({ ctx, params }) => cloneReceivable(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/accept',
    operation({
      summary: 'Accept a quote',
      may: 'receivable:update',
      body: Type.Optional(QuoteAcceptRequest),
      ok: { 200: SuccessResult },
      transaction: 'manual',
    }),
    async (request) => {
      const asked = readSignature(request.body?.signature)
      const signed = asked && (await drawn(asked, accessOf(request).partnerId))
      const accept = (key: () => string) =>
        request.open((ctx) => acceptQuote(ctx, request.params.receivable_id, signed, { key, region: config.region }))
      return signed ? withStored(storage, signed.image, accept) : accept(() => '')
    },
  )

  app.post(
    '/receivables/:receivable_id/decline',
    operation({
      summary: 'Decline a quote',
      may: 'receivable:update',
      body: Type.Optional(ReceivableDeclinePayload),
      ok: { 200: SuccessResult },
    }),
    ({ ctx, params, body }) => declineQuote(ctx, params.receivable_id, body?.comment),
  )

  app.get(
    '/receivables/:receivable_id/pdf_link',
    operation({
      summary: 'Get a link to the PDF version of a receivable',
      may: 'receivable:read',
      ok: { 200: ReceivableFileUrl },
      writes: true,
    }),
    ({ ctx, params }) => pdfLink(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_paid',
    operation({
      summary: 'Mark an invoice as paid',
      may: 'receivable:update',
      body: Type.Optional(PaidPayload),
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markPaid(ctx, params.receivable_id, body ?? {}),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_partially_paid',
    operation({
      summary: 'Mark an invoice as partially paid',
      may: 'receivable:update',
      body: PartiallyPaidPayload,
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markPartiallyPaid(ctx, params.receivable_id, body),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_uncollectible',
    operation({
      summary: 'Mark an invoice as uncollectible',
      may: 'receivable:update',
      body: Type.Optional(UncollectiblePayload),
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markUncollectible(ctx, params.receivable_id, body?.comment),
  )

  app.post(
    '/receivables/:receivable_id/cancel',
    operation({ summary: 'Cancel an invoice', may: 'receivable:update', ok: { 204: nothing } }),
    ({ ctx, params }) => cancelInvoice(app.machinery, ctx, params.receivable_id),
  )
}

/** A change to no files at all clears them, as null does: the reference knows no empty list. */
export function withoutNoFiles(body: unknown): unknown {
  if (!isObject(body)) return body
  const cleared = (change: unknown) =>
    isObject(change) && Array.isArray(change.attachments) && change.attachments.length === 0
      ? { ...change, attachments: null }
      : change
  return Object.fromEntries(Object.entries(body).map(([key, change]) => [key, cleared(change)]))
}

/** A page whose rows are JSON text already: they are joined, not read. */
function pageText({
  data,
  next_pagination_token,
  prev_pagination_token,
}: {
  data: unknown[]
  next_pagination_token: string | null
  prev_pagination_token: string | null
}): RawJson {
  const rest = JSON.stringify({ next_pagination_token, prev_pagination_token })
  const items = (data as RawJson[]).flatMap(({ parts }, i) => (i === 0 ? parts : [',', ...parts]))
  return new RawJson('{"data":[', ...items, '],', rest.slice(1))
}
