import { operation, type Routes } from '../../../platform/http/operation.ts'
import { CreatePaymentLinkRequest, PublicPaymentLinkResponse } from './links.schema.ts'
import { createLink, expireLink, findLink } from './links.service.ts'

/** What is paid, and by whom, stands beside the ids: the service asks the role. */
const apart = {
  'body.object.id': null,
  'body.recipient.id': null,
}

export const paymentLinks: Routes = async (app) => {
  app.post(
    '/payment_links',
    operation({
      summary: 'Create a payment link',
      may: 'any',
      body: CreatePaymentLinkRequest,
      ok: { 201: PublicPaymentLinkResponse },
      names: apart,
    }),
    ({ ctx, body }) => createLink(app.machinery, ctx, body),
  )

  app.get(
    '/payment_links/:payment_link_id',
    operation({ summary: 'Get payment link by ID', may: 'any', ok: { 200: PublicPaymentLinkResponse } }),
    ({ ctx, params }) => findLink(ctx, params.payment_link_id),
  )

  app.post(
    '/payment_links/:payment_link_id/expire',
    operation({ summary: 'Expire a payment link', may: 'any', ok: { 200: PublicPaymentLinkResponse } }),
    ({ ctx, params }) => expireLink(ctx, params.payment_link_id),
  )
}
