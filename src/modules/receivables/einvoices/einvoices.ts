import Type from 'typebox'
import { conflict } from '../../../core/refusal.ts'
import { sql } from '../../../platform/database/sql.ts'
import { officialFindings } from '../../../platform/einvoice-rules/official.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { FACTUR_X_NAME } from '../../../platform/pdf/factur-x.ts'
import { findReceivable, orderPages } from '../receivables.service.ts'
import { EinvoiceCheck, EinvoiceCheckQuery, EinvoiceQuery } from './einvoices.schema.ts'
import { checkedText, checkReceivable, einvoiceOf, sentence } from './einvoices.service.ts'

const PAGE = sql(`select f.storage_key, f.name from files f where f.link_key = :link and f.deleted_at is null`)

export const einvoices: Routes = async (app) => {
  const { storage } = app.machinery

  app.get(
    '/x/receivables/:receivable_id/einvoice',
    operation({
      summary: 'Download an issued invoice or credit note as an e-invoice',
      may: 'receivable:read',
      query: EinvoiceQuery,
      ok: { 200: Type.Any() },
      produces: 'application/xml',
      transaction: 'manual',
      refuses: [409],
    }),
    async (request, reply) => {
      const { receivable_id: id } = request.params
      const { format = 'cii' } = request.query
      if (format !== 'factur_x') {
        const { name, xml } = await request.open((ctx) => einvoiceOf(ctx, id, format))
        reply.type('application/xml').header('content-disposition', `attachment; filename="${name}"`)
        return Buffer.from(await xml(storage))
      }
      const page = await request.open(async (ctx) => {
        const row = await findReceivable(ctx, id)
        if (row.type === 'quote' || !row.issued_on) throw conflict('A document becomes an e-invoice when it is issued')
        const check = await checkReceivable(ctx, id, 'factur_x')
        if (!check.valid) throw conflict(`The document is not a valid e-invoice (factur_x): ${sentence(check.findings)}`)
        if (row.file_key && !row.pdf_stale) return PAGE.maybe(ctx, { link: row.file_key })
        await orderPages(ctx, id)
        return null
      })
      if (!page) throw conflict('The page of the document is being drawn: ask again in a moment')
      const bytes = await storage.get(page.storage_key)
      if (!bytes.includes(FACTUR_X_NAME))
        throw conflict('The page of the document carries no data: see einvoice_in_pdf in the settings')
      reply.type('application/pdf').header('content-disposition', `attachment; filename="${page.name}"`)
      return bytes
    },
  )

  app.get(
    '/x/receivables/:receivable_id/einvoice/check',
    operation({
      summary: 'Check what an e-invoice of a document would lack, also while it is a draft',
      may: 'receivable:read',
      query: EinvoiceCheckQuery,
      ok: { 200: EinvoiceCheck },
      transaction: 'manual',
      refuses: [409],
    }),
    async (request) => {
      const { receivable_id: id } = request.params
      const { format, official = false } = request.query
      if (!official) return request.open((ctx) => checkReceivable(ctx, id, format))
      const { check, xml } = await request.open((ctx) => checkedText(ctx, id, format))
      const rules = check.format === 'factur_x' ? 'cii' : check.format
      const found = await officialFindings(xml, app.machinery.config.einvoice_rules_dir, rules)
      return { ...check, valid: check.valid && found.every(({ severity }) => severity !== 'error'), official: found }
    },
  )
}
