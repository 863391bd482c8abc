import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { LedgerAccountListResponse, LedgerAccountResponse } from '../../common/ledger/ledger.schema.ts'
import { ledgerAccountTable } from '../../common/ledger/ledger.service.ts'

const list = listing(ledgerAccountTable, {
  filters: {},
  sort: ['name'],
  defaultSort: 'name',
  limit: { max: 250, default: 250 },
  limitWithToken: true,
  badToken: 422,
})

export const ledgerAccounts: Routes = async (app) => {
  app.get(
    '/ledger_accounts',
    operation({
      summary: 'List the accounts of the ledger',
      may: 'any',
      query: list.query,
      ok: { 200: LedgerAccountListResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/ledger_accounts/:ledger_account_id',
    operation({ summary: 'Get an account of the ledger', may: 'any', ok: { 200: LedgerAccountResponse } }),
    ({ ctx, params }) => rows.find(ctx, ledgerAccountTable, params.ledger_account_id),
  )
}
