import { conflict } from '../../../core/refusal.ts'
import { badPageToken } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  FinancingInvoiceListResponse,
  FinancingOffersResponse,
  FinancingPushInvoicesRequest,
  FinancingPushInvoicesResponse,
  FinancingTokenResponse,
  financingQuery,
} from './financing.schema.ts'

/** Loans on invoices. Nobody lends here: there are no offers, and nothing can be asked for. Clients read the offers on every screen. */

const noLender = () => conflict('Financing is not available')

export const financing: Routes = async (app) => {
  app.get(
    '/financing_invoices',
    operation({
      summary: 'Get invoices',
      may: 'any',
      query: financingQuery,
      ok: { 200: FinancingInvoiceListResponse },
      // They only narrow down a list that is empty.
      names: { 'query.invoice_id': null, 'query.invoice_id__in[]': null },
    }),
    // Nothing was financed, so no page has a next one: a token is nobody's.
    async ({ query }) => {
      if (query.pagination_token !== undefined) throw badPageToken(422)
      return { data: [], next_pagination_token: null, prev_pagination_token: null }
    },
  )

  app.post(
    '/financing_invoices',
    operation({
      summary: 'Request financing for invoices',
      may: 'any',
      body: FinancingPushInvoicesRequest,
      ok: { 201: FinancingPushInvoicesResponse },
      names: { 'body.invoices[].id': null },
    }),
    async () => {
      throw noLender()
    },
  )

  app.get(
    '/financing_offers',
    operation({ summary: 'Get financing offers and the business status', may: 'any', ok: { 200: FinancingOffersResponse } }),
    async () => ({ business_status: 'NEW' as const, offers: [] }),
  )

  app.post(
    '/financing_tokens',
    operation({ summary: 'Create a token for Kanmon SDK', may: 'any', ok: { 201: FinancingTokenResponse } }),
    async () => {
      throw noLender()
    },
  )
}
