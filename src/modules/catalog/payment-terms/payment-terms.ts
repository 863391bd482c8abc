import { checkTerms } from '../../../core/terms.ts'
import { freely } from '../../../platform/auth/reach.ts'
import { rows } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  PaymentTermsCreatePayload,
  PaymentTermsListResponse,
  PaymentTermsResponse,
  PaymentTermsUpdatePayload,
} from './payment-terms.schema.ts'
import { paymentTermTable } from './payment-terms.service.ts'

const list = listing(paymentTermTable, { filters: {}, sort: [] })

export const paymentTerms: Routes = async (app) => {
  app.get(
    '/payment_terms',
    operation({ summary: 'Get payment terms', may: 'receivable:read', ok: { 200: PaymentTermsListResponse } }),
    // Whoever may read documents, even only their own, picks from all terms; `own` is for changing them.
    async ({ ctx }) => ({ data: await list.all(freely(ctx)) }),
  )

  app.post(
    '/payment_terms',
    operation({
      summary: 'Create a payment term',
      may: 'receivable:create',
      body: PaymentTermsCreatePayload,
      ok: { 201: PaymentTermsResponse },
      refuses: [400],
    }),
    ({ ctx, body }) => {
      checkTerms(body)
      return rows.create(ctx, paymentTermTable, { ...body, created_by_entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/payment_terms/:payment_terms_id',
    operation({ summary: 'Get a payment term by ID', may: 'receivable:read', ok: { 200: PaymentTermsResponse } }),
    ({ ctx, params }) => rows.find(freely(ctx), paymentTermTable, params.payment_terms_id),
  )

  app.patch(
    '/payment_terms/:payment_terms_id',
    operation({
      summary: 'Update a payment term',
      may: 'receivable:update',
      body: PaymentTermsUpdatePayload,
      ok: { 200: PaymentTermsResponse },
      refuses: [400],
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['name', 'term_final'], ['body'])
      const before = await rows.lock(ctx, paymentTermTable, params.payment_terms_id)
      checkTerms({ ...before, ...body, term_final: body.term_final ?? before.term_final })
      return rows.change(ctx, paymentTermTable, before.id, body)
    },
  )

  app.delete(
    '/payment_terms/:payment_terms_id',
    operation({ summary: 'Delete a payment term', may: 'receivable:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, paymentTermTable, params.payment_terms_id),
  )
}
