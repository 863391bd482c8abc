import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { uuid } from '../../../platform/http/types.ts'
import { CreateMandate, Mandate, MandatePage, mandateStatus } from './mandates.schema.ts'
import { createMandate, mandateTable, revoke } from './mandates.service.ts'

const list = listing(mandateTable, {
  filters: { status: mandateStatus, counterpart_id: uuid },
  sort: ['created_at'],
})

/** Mandates for direct debits. */
export const mandates: Routes = async (app) => {
  app.post(
    '/x/mandates',
    operation({
      summary: 'Note a mandate that a customer has signed, for direct debits',
      may: 'payment_record:create',
      body: CreateMandate,
      ok: { 201: Mandate },
      refuses: [400, 409],
      names: { 'body.counterpart_bank_account_id': 'counterpart_bank_account' },
    }),
    ({ ctx, body }) => createMandate(ctx, body),
  )

  app.get(
    '/x/mandates',
    operation({ summary: 'List mandates', may: 'payment_record:read', query: list.query, ok: { 200: MandatePage } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/x/mandates/:mandate_id',
    operation({ summary: 'Get a mandate', may: 'payment_record:read', ok: { 200: Mandate } }),
    ({ ctx, params }) => rows.find(ctx, mandateTable, params.mandate_id),
  )

  app.post(
    '/x/mandates/:mandate_id/revoke',
    operation({
      summary: 'Note that a customer has taken a mandate back',
      may: 'payment_record:update',
      ok: { 200: Mandate },
      refuses: [409],
    }),
    ({ ctx, params }) => revoke(ctx, params.mandate_id),
  )
}
