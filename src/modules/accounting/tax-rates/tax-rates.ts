import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { AccountingTaxRateListResponse, AccountingTaxRateResponse } from '../../common/ledger/ledger.schema.ts'
import { taxRateTable } from '../../common/ledger/ledger.service.ts'

const list = listing(taxRateTable, {
  filters: {},
  sort: ['name'],
  defaultSort: 'name',
  sortKeys: { name: { nullable: true } },
  limit: { max: 250, default: 250 },
  limitWithToken: true,
  badToken: 422,
})

export const accountingTaxRates: Routes = async (app) => {
  app.get(
    '/accounting_tax_rates',
    operation({
      summary: 'List the tax rates of the ledger',
      may: 'any',
      query: list.query,
      ok: { 200: AccountingTaxRateListResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/accounting_tax_rates/:tax_rate_id',
    operation({ summary: 'Get a tax rate of the ledger', may: 'any', ok: { 200: AccountingTaxRateResponse } }),
    ({ ctx, params }) => rows.find(ctx, taxRateTable, params.tax_rate_id),
  )
}
