import Type from 'typebox'
import { badRequest } from '../../../core/refusal.ts'
import { UUID } from '../../../core/uuid.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { day, uuid } from '../../../platform/http/types.ts'
import { readUpload } from '../../common/files/files.service.ts'
import {
  AcceptBankTransaction,
  BankStatement,
  BankStatementPage,
  BankStatementsRead,
  BankStatementUpload,
  BankTransaction,
  BankTransactionPage,
  BankTransactionStatus,
  Direction,
  SetAsideBankTransaction,
} from './statements.schema.ts'
import {
  accept,
  FILE_BYTES,
  readFileOfBank,
  reopen,
  setAside,
  statementTable,
  takeIn,
  transactionTable,
} from './statements.service.ts'

const statementList = listing(statementTable, {
  filters: { bank_account_id: uuid, created_at__gte: day, created_at__lte: day },
  sort: ['created_at', 'last_day'],
  sortKeys: { last_day: { nullable: true } },
})
const transactionList = listing(transactionTable, {
  filters: {
    status: BankTransactionStatus,
    status__in: Type.Array(BankTransactionStatus),
    direction: Direction,
    bank_account_id: uuid,
    bank_statement_id: uuid,
    date__gte: day,
    date__lte: day,
    amount: Type.Integer(),
    amount__gte: Type.Integer(),
    amount__lte: Type.Integer(),
    counterparty_name__icontains: Type.String(),
    text__icontains: Type.String(),
  },
  sort: ['created_at', 'date', 'amount'],
})

export const bankStatements: Routes = async (app) => {
  app.post(
    '/x/bank_statements',
    operation({
      summary: 'Read a bank statement (camt.053, camt.052, camt.054, MT940, OFX, CSV, or a ZIP of them)',
      may: 'payment_record:create',
      form: BankStatementUpload,
      ok: { 201: BankStatementsRead },
      transaction: 'manual',
      refuses: [400, 413],
    }),
    async (request) => {
      const upload = await readUpload(request, FILE_BYTES, badRequest('File size exceeds 20 MB'))
      const named = upload.fields.bank_account_id || undefined
      if (named !== undefined && !UUID.test(named)) throw badRequest('bank_account_id is not an id')
      const read = await readFileOfBank(upload.bytes, accessOf(request).partnerId)
      return request.open(
        async (ctx) => {
          const taken = await takeIn(ctx, read, upload.name, named)
          const data = []
          for (const { id, ...counts } of taken) data.push({ ...(await rows.find(ctx, statementTable, id)), ...counts })
          return { data, left_out: [...read.left_out] }
        },
        `${upload.md5} ${named ?? ''}`,
      )
    },
  )

  app.get(
    '/x/bank_statements',
    operation({
      summary: 'List bank statements',
      may: 'payment_record:read',
      query: statementList.query,
      ok: { 200: BankStatementPage },
    }),
    ({ ctx, query }) => statementList.page(ctx, query),
  )

  app.get(
    '/x/bank_statements/:bank_statement_id',
    operation({ summary: 'Get a bank statement', may: 'payment_record:read', ok: { 200: BankStatement } }),
    ({ ctx, params }) => rows.find(ctx, statementTable, params.bank_statement_id),
  )

  app.get(
    '/x/bank_transactions',
    operation({
      summary: 'List bank transactions; those to review by status=to_review',
      may: 'payment_record:read',
      query: transactionList.query,
      ok: { 200: BankTransactionPage },
    }),
    ({ ctx, query }) => transactionList.page(ctx, query),
  )

  app.get(
    '/x/bank_transactions/:bank_transaction_id',
    operation({ summary: 'Get a bank transaction', may: 'payment_record:read', ok: { 200: BankTransaction } }),
    ({ ctx, params }) => rows.find(ctx, transactionTable, params.bank_transaction_id),
  )

  app.post(
    '/x/bank_transactions/:bank_transaction_id/accept',
    operation({
      summary: 'Book a bank transaction as proposed, or as said',
      may: 'payment_record:create',
      body: AcceptBankTransaction,
      ok: { 200: BankTransaction },
      refuses: [400, 409],
      names: { 'body.pays[].object_id': null },
    }),
    ({ ctx, params, body }) => accept(ctx, app.machinery.log, params.bank_transaction_id, body.pays),
  )

  app.post(
    '/x/bank_transactions/:bank_transaction_id/set_aside',
    operation({
      summary: 'Take a bank transaction out of the review',
      may: 'payment_record:update',
      body: SetAsideBankTransaction,
      ok: { 200: BankTransaction },
      refuses: [409],
    }),
    ({ ctx, params, body }) => setAside(ctx, params.bank_transaction_id, body.comment),
  )

  app.post(
    '/x/bank_transactions/:bank_transaction_id/reopen',
    operation({
      summary: 'Put a bank transaction that was set aside back into the review',
      may: 'payment_record:update',
      ok: { 200: BankTransaction },
      refuses: [409],
    }),
    ({ ctx, params }) => reopen(ctx, params.bank_transaction_id),
  )
}
