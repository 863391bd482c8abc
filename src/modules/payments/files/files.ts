import Type from 'typebox'
import { badRequest } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { day, uuid } from '../../../platform/http/types.ts'
import { readUpload } from '../../common/files/files.service.ts'
import { readReportOfBank } from '../statements/statements.service.ts'
import { createDebitFile } from './debits.service.ts'
import {
  CreateDebitFile,
  CreatePaymentFile,
  DebitFileMade,
  PaymentFile,
  PaymentFileMade,
  PaymentFilePage,
  ReportRead,
  ReportUpload,
} from './files.schema.ts'
import { contentOf, createFile, fileTable, takeReport, withdraw } from './files.service.ts'

const list = listing(fileTable, {
  filters: { bank_account_id: uuid, batch_payment_id: uuid, created_at__gte: day, created_at__lte: day },
  sort: ['created_at'],
})
const FILE_BYTES = 5 * 1024 * 1024

export const paymentFiles: Routes = async (app) => {
  const { machinery } = app

  app.post(
    '/x/payment_files',
    operation({
      summary: 'Make a file of bills for a bank to pay (pain.001, NACHA)',
      may: 'payable:pay',
      body: CreatePaymentFile,
      ok: { 201: PaymentFileMade },
      refuses: [400, 404, 409],
      names: { 'body.payable_ids[]': 'payable', 'body.payer_bank_account_id': null },
    }),
    ({ ctx, body }) => createFile(ctx, body),
  )

  app.post(
    '/x/debit_files',
    operation({
      summary: 'Make a file of invoices for a bank to collect by direct debit (pain.008)',
      may: 'payment_record:create',
      body: CreateDebitFile,
      ok: { 201: DebitFileMade },
      refuses: [400, 404, 409],
      names: { 'body.receivable_ids[]': 'receivable', 'body.creditor_bank_account_id': null },
    }),
    ({ ctx, body }) => createDebitFile(ctx, body),
  )

  app.get(
    '/x/payment_files',
    operation({ summary: 'List files of payments', may: 'payment_record:read', query: list.query, ok: { 200: PaymentFilePage } }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/x/payment_files/:payment_file_id',
    operation({
      summary: 'Get a file of payments with what became of each',
      may: 'payment_record:read',
      ok: { 200: PaymentFile },
    }),
    ({ ctx, params }) => rows.find(ctx, fileTable, params.payment_file_id),
  )

  app.get(
    '/x/payment_files/:payment_file_id/content',
    operation({
      summary: 'Fetch a file of payments as the bank takes it: the same bytes each time',
      may: 'payment_record:read',
      ok: { 200: Type.String() },
      produces: 'application/octet-stream',
    }),
    async ({ ctx, params }, reply) => {
      const { file_name, content } = await contentOf(ctx, params.payment_file_id)
      reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${file_name}"`)
      return content
    },
  )

  app.post(
    '/x/payment_files/:payment_file_id/withdraw',
    operation({
      summary: 'Withdraw a file that no bank has carried out: its bills are to be paid again',
      may: 'payment_record:update',
      ok: { 200: PaymentFile },
      refuses: [409],
    }),
    ({ ctx, params }) => withdraw(machinery, ctx, params.payment_file_id),
  )

  app.post(
    '/x/payment_reports',
    operation({
      summary: 'Read what a bank tells of payments: a status report (pain.002) or ACH returns',
      may: 'payable:pay',
      form: ReportUpload,
      ok: { 201: ReportRead },
      transaction: 'manual',
      refuses: [400, 413],
    }),
    async (request) => {
      const upload = await readUpload(request, FILE_BYTES, badRequest('File size exceeds 5 MB'))
      const report = await readReportOfBank(upload.bytes, accessOf(request).partnerId)
      return request.open((ctx) => takeReport(machinery, ctx, report, upload.md5), upload.md5)
    },
  )
}
