import Type from 'typebox'
import { conflict, notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { RawJson } from '../../../platform/http/types.ts'
import { activeConnection } from '../connections/connections.service.ts'
import { AccountingPayable, AccountingPayableList, AccountingReceivable, AccountingReceivableList } from './documents.schema.ts'

/** What the ledger had when it was last read. Nothing of it becomes a document here. */

const query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
})

const PAGE = sql(`
  select content::text as "content!" from accounting_documents where kind = :kind order by place limit :limit offset :offset`)
const ONE = sql(`select content::text as "content!" from accounting_documents where kind = :kind and platform_id = :id`)

async function requireLedger(ctx: Ctx): Promise<void> {
  if (!(await activeConnection(ctx))) throw conflict('The entity is connected to no ledger')
}

async function page(ctx: Ctx, kind: 'payable' | 'receivable', { limit = 100, offset = 0 }: { limit?: number; offset?: number }) {
  await requireLedger(ctx)
  const rows = await PAGE(ctx, { kind, limit, offset })
  return new RawJson(`{"data":[${rows.map(({ content }) => content).join(',')}]}`)
}

async function one(ctx: Ctx, kind: 'payable' | 'receivable', id: string) {
  await requireLedger(ctx)
  const row = await ONE.maybe(ctx, { kind, id })
  if (!row) throw notFound(`The ledger has no ${kind === 'payable' ? 'bill' : 'invoice'} ${id}`)
  return new RawJson(row.content)
}

export const accountingDocuments: Routes = async (app) => {
  app.get(
    '/accounting/payables',
    operation({
      summary: 'List the bills that are in the ledger',
      may: 'reconciliation:read',
      query,
      ok: { 200: AccountingPayableList },
      refuses: [409],
    }),
    ({ ctx, query }) => page(ctx, 'payable', query),
  )

  app.get(
    '/accounting/payables/:payable_id',
    operation({
      summary: 'Get a bill that is in the ledger',
      may: 'reconciliation:read',
      params: Type.Object({ payable_id: Type.String() }),
      ok: { 200: AccountingPayable },
      refuses: [409],
    }),
    ({ ctx, params }) => one(ctx, 'payable', params.payable_id),
  )

  app.get(
    '/accounting/receivables',
    operation({
      summary: 'List the invoices that are in the ledger',
      may: 'reconciliation:read',
      query,
      ok: { 200: AccountingReceivableList },
      refuses: [409],
    }),
    ({ ctx, query }) => page(ctx, 'receivable', query),
  )

  app.get(
    '/accounting/receivables/:invoice_id',
    operation({
      summary: 'Get an invoice that is in the ledger',
      may: 'reconciliation:read',
      params: Type.Object({ invoice_id: Type.String() }),
      ok: { 200: AccountingReceivable },
      refuses: [409],
    }),
    ({ ctx, params }) => one(ctx, 'receivable', params.invoice_id),
  )
}
