import Type from 'typebox'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  AccountSheet,
  BooksAccount,
  BooksTaxRate,
  BooksTaxRates,
  ChangeBooksAccount,
  ChangeLedgerBooks,
  CreateBooksAccount,
  CreateBooksTaxRate,
  entriesQuery,
  exportQuery,
  Journal,
  LedgerBooks,
  OpenItems,
  openItemsQuery,
  period,
  TrialBalance,
  VatReport,
} from './books.schema.ts'
import {
  accountSheet,
  addAccount,
  addTaxRate,
  changeAccount,
  changeBooks,
  journal,
  openItems,
  requireBooks,
  taxRates,
  trialBalance,
  vatReport,
} from './books.service.ts'
import { makeFile, readJournal } from './files.service.ts'

const numbered = Type.Object({ account_number: Type.String() })

export const ledgerBooks: Routes = async (app) => {
  app.get(
    '/x/ledger',
    operation({
      summary: 'Get how the books of the entity are kept',
      may: 'reconciliation:read',
      ok: { 200: LedgerBooks },
      refuses: [409],
    }),
    ({ ctx }) => requireBooks(ctx),
  )

  app.patch(
    '/x/ledger',
    operation({
      summary: 'Close the books up to a day, or change how they are kept',
      may: 'partner',
      body: ChangeLedgerBooks,
      ok: { 200: LedgerBooks },
      refuses: [409],
    }),
    ({ ctx, body }) => changeBooks(ctx, body),
  )

  app.post(
    '/x/ledger/accounts',
    operation({
      summary: 'Add an account to the books',
      may: 'partner',
      body: CreateBooksAccount,
      ok: { 201: BooksAccount },
      refuses: [409],
    }),
    ({ ctx, body }) => addAccount(ctx, body),
  )

  app.patch(
    '/x/ledger/accounts/:account_number',
    operation({
      summary: 'Rename an account of the books, or put it away',
      may: 'partner',
      params: numbered,
      body: ChangeBooksAccount,
      ok: { 200: BooksAccount },
      refuses: [409],
    }),
    ({ ctx, params, body }) => changeAccount(ctx, params.account_number, body),
  )

  app.get(
    '/x/ledger/accounts/:account_number/entries',
    operation({
      summary: 'Get one account of the books line by line',
      may: 'reconciliation:read',
      params: numbered,
      query: entriesQuery,
      ok: { 200: AccountSheet },
      refuses: [409],
    }),
    ({ ctx, params, query }) => accountSheet(ctx, params.account_number, query),
  )

  app.get(
    '/x/ledger/tax_rates',
    operation({
      summary: 'List the tax rates of the books with their accounts',
      may: 'reconciliation:read',
      ok: { 200: BooksTaxRates },
      refuses: [409],
    }),
    ({ ctx }) => taxRates(ctx),
  )

  app.post(
    '/x/ledger/tax_rates',
    operation({
      summary: 'Add a tax rate to the books',
      may: 'partner',
      body: CreateBooksTaxRate,
      ok: { 201: BooksTaxRate },
      refuses: [400, 409],
    }),
    ({ ctx, body }) => addTaxRate(ctx, body),
  )

  app.get(
    '/x/ledger/entries',
    operation({
      summary: 'List the entries of the books in the order they were booked',
      may: 'reconciliation:read',
      query: entriesQuery,
      ok: { 200: Journal },
      refuses: [409],
    }),
    ({ ctx, query }) => journal(ctx, query),
  )

  app.get(
    '/x/ledger/trial_balance',
    operation({
      summary: 'Get the trial balance',
      may: 'reconciliation:read',
      query: period,
      ok: { 200: TrialBalance },
      refuses: [400, 409],
    }),
    ({ ctx, query }) => trialBalance(ctx, query),
  )

  app.get(
    '/x/ledger/vat_report',
    operation({
      summary: 'Get what was sold and bought at each tax rate',
      may: 'reconciliation:read',
      query: period,
      ok: { 200: VatReport },
      refuses: [400, 409],
    }),
    ({ ctx, query }) => vatReport(ctx, query),
  )

  app.get(
    '/x/ledger/open_items',
    operation({
      summary: 'Get what is open of customers or vendors, by age',
      may: 'reconciliation:read',
      query: openItemsQuery,
      ok: { 200: OpenItems },
      refuses: [409],
    }),
    ({ ctx, query }) => openItems(ctx, query),
  )

  app.get(
    '/x/ledger/export',
    operation({
      summary: 'Get the books as a file for another program',
      may: 'reconciliation:read',
      query: exportQuery,
      ok: { 200: Type.Any() },
      produces: 'application/octet-stream',
      transaction: 'manual',
      refuses: [400, 409],
    }),
    async (request, reply) => {
      const { format, pictures = false, ...period } = request.query
      const read = await request.open((ctx) => readJournal(ctx, period, format === 'datev' && pictures))
      const { machinery } = app
      const { name, type, bytes } = await makeFile(machinery.storage, format, read, request.ctx.now)
      reply.type(type).header('content-disposition', `attachment; filename="${name}"`)
      return bytes
    },
  )
}
