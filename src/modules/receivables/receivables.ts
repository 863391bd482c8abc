import Type from 'typebox'
import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { byId, nothing, RawJson } from '../../platform/http/types.ts'
import { createReceivable, replaceLines, updateDraft } from './drafts.service.ts'
import { issueReceivable, updateIssued, verifyReceivable } from './issue.service.ts'
import { receivableList } from './receivables.list.ts'
import {
  CreateReceivable,
  LineItemsResponse,
  PaidPayload,
  PartiallyPaidPayload,
  ReceivableFileUrl,
  ReceivablePage,
  ReceivableResponse,
  UncollectiblePayload,
  UpdateLineItems,
  UpdateReceivable,
  VerifyResponse,
} from './receivables.schema.ts'
import { deleteReceivable, pdfLink, readReceivable } from './receivables.service.ts'
import { cancelInvoice, markPaid, markPartiallyPaid, markUncollectible } from './settle.service.ts'

const params = byId('receivable_id')

export const receivables: Routes = async (app) => {
  app.get(
    '/receivables',
    operation({
      id: 'get_receivables',
      summary: 'Get receivables',
      may: 'receivable:read',
      query: receivableList.query,
      ok: { 200: ReceivablePage },
    }),
    async ({ ctx, query }) => pageText(await receivableList.page(ctx, query)),
  )

  app.post(
    '/receivables',
    operation({
      id: 'post_receivables',
      summary: 'Create a receivable',
      may: 'receivable:create',
      body: CreateReceivable,
      ok: { 201: ReceivableResponse },
    }),
    ({ ctx, body }) => {
      if ('based_on' in body) throw conflict('Documents based on another one are not served yet')
      return createReceivable(ctx, body)
    },
  )

  app.get(
    '/receivables/:receivable_id',
    operation({
      id: 'get_receivables_id',
      summary: 'Get a receivable by ID',
      may: 'receivable:read',
      params,
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params }) => readReceivable(ctx, params.receivable_id),
  )

  app.patch(
    '/receivables/:receivable_id',
    operation({
      id: 'patch_receivables_id',
      summary: 'Update a receivable',
      may: 'receivable:update',
      params,
      body: UpdateReceivable,
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => {
      if ('invoice' in body) return updateDraft(ctx, params.receivable_id, 'invoice', body.invoice)
      if ('quote' in body) return updateDraft(ctx, params.receivable_id, 'quote', body.quote)
      if ('issued_invoice' in body) return updateIssued(ctx, params.receivable_id, body.issued_invoice)
      return refuseCreditNote(ctx, params.receivable_id)
    },
  )

  app.delete(
    '/receivables/:receivable_id',
    operation({
      id: 'delete_receivables_id',
      summary: 'Delete a receivable',
      may: 'receivable:delete',
      params,
      ok: { 204: nothing },
    }),
    ({ ctx, params }) => deleteReceivable(ctx, params.receivable_id),
  )

  app.put(
    '/receivables/:receivable_id/line_items',
    operation({
      id: 'put_receivables_id_line_items',
      summary: 'Update the line items of a receivable',
      may: 'receivable:update',
      params,
      body: UpdateLineItems,
      ok: { 200: LineItemsResponse },
    }),
    ({ ctx, params, body }) => replaceLines(ctx, params.receivable_id, body.data),
  )

  app.post(
    '/receivables/:receivable_id/verify',
    operation({
      id: 'post_receivables_id_verify',
      summary: 'Verify a receivable',
      may: 'receivable:read',
      params,
      ok: { 200: VerifyResponse },
    }),
    ({ ctx, params }) => verifyReceivable(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/issue',
    operation({
      id: 'post_receivables_id_issue',
      summary: 'Issue a receivable',
      may: 'receivable:update',
      params,
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params }) => issueReceivable(ctx, params.receivable_id),
  )

  app.get(
    '/receivables/:receivable_id/pdf_link',
    operation({
      id: 'get_receivables_id_pdf_link',
      summary: 'Get a link to the PDF version of a receivable',
      may: 'receivable:read',
      params,
      ok: { 200: ReceivableFileUrl },
      writes: true,
    }),
    ({ ctx, params }) => pdfLink(ctx, params.receivable_id),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_paid',
    operation({
      id: 'post_receivables_id_mark_as_paid',
      summary: 'Mark an invoice as paid',
      may: 'receivable:update',
      params,
      body: Type.Optional(PaidPayload),
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markPaid(ctx, params.receivable_id, body ?? {}),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_partially_paid',
    operation({
      id: 'post_receivables_id_mark_as_partially_paid',
      summary: 'Mark an invoice as partially paid',
      may: 'receivable:update',
      params,
      body: PartiallyPaidPayload,
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markPartiallyPaid(ctx, params.receivable_id, body),
  )

  app.post(
    '/receivables/:receivable_id/mark_as_uncollectible',
    operation({
      id: 'post_receivables_id_mark_as_uncollectible',
      summary: 'Mark an invoice as uncollectible',
      may: 'receivable:update',
      params,
      body: Type.Optional(UncollectiblePayload),
      ok: { 200: ReceivableResponse },
    }),
    ({ ctx, params, body }) => markUncollectible(ctx, params.receivable_id, body?.comment),
  )

  app.post(
    '/receivables/:receivable_id/cancel',
    operation({
      id: 'post_receivables_id_cancel',
      summary: 'Cancel an invoice',
      may: 'receivable:update',
      params,
      ok: { 204: nothing },
    }),
    ({ ctx, params }) => cancelInvoice(ctx, params.receivable_id),
  )
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
  const items = (data as RawJson[]).map(({ text }) => text).join(',')
  return new RawJson(
    `{"data":[${items}],"next_pagination_token":${JSON.stringify(next_pagination_token)},"prev_pagination_token":${JSON.stringify(prev_pagination_token)}}`,
  )
}

/** Credit notes come from canceled invoices, issued and final: there is no draft of one to edit. */
async function refuseCreditNote(ctx: Ctx, id: string): Promise<never> {
  await readReceivable(ctx, id)
  throw conflict('Wrong payload for this receivable: it is no draft credit note')
}
