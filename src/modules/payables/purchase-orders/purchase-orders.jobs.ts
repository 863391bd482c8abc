import { asEntity } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { type JobHandlers, whoOf } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { mail } from '../../../platform/mail/outbox.ts'
import { keepPdf, removeByLink, storePdf } from '../../common/files/drawn.service.ts'
import { pictureToPrint } from '../../common/files/files.service.ts'
import { documentFor, languageOf } from './purchase-orders.pdf.ts'
import { orderTable } from './purchase-orders.service.ts'
import { pagesOf } from './sending.service.ts'

const FILES = sql(`
  select t.file_key as kept_key,
    (select f.storage_key from files f where f.link_key = substring(t.entity -> 'logo' ->> 'url' from '[^/]+$') and f.deleted_at is null) as logo_key
  from payable_purchase_orders t where t.id = :id and t.deleted_at is null`)
const SAME = sql(
  `select from payable_purchase_orders t where t.id = :id and t.updated_at = :updated_at and t.deleted_at is null for update`,
)
const KEPT = sql(`update payable_purchase_orders set file_key = :file_key, pdf_stale = false where id = :id`)

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** `mail_id`: the mail that waits for the pages. */
    'purchase_orders.render_pdf': { id: string; mail_id?: string | undefined }
  }
}

/** The pages of purchase orders: drawn after the fact, by whoever is free, from what the order says. */
export function purchaseOrderJobs({ db, storage, pdf, config }: Machinery): JobHandlers<'purchase_orders.render_pdf'> {
  return {
    'purchase_orders.render_pdf': async (job) => {
      const { id, mail_id } = job.payload
      const found = await asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => {
        const files = await FILES.maybe(ctx, { id })
        if (!files) return null
        const order = await rows.find(ctx, orderTable, id)
        return { order, ...files, language: await languageOf(ctx, order) }
      })
      if (!found) return async () => {}
      const { order, kept_key, logo_key, language } = found
      const logo = await pictureToPrint(storage, logo_key, job.partner_id)
      const drawn = await pdf.render('purchase-order', documentFor(order, language, logo), job.partner_id)
      const stored = await storePdf(storage, drawn)
      return async (ctx) => {
        const same = await SAME(ctx, { id, updated_at: order.updated_at })
        if (same.length === 0) {
          // The order changed while its page was drawn: draw it again.
          await storage.remove(stored.key).catch(() => {})
          return ctx.now
        }
        const naming = { name: order.document_id, file_type: 'purchase_orders', region: config.region } as const
        await KEPT(ctx, { id, file_key: await keepPdf(ctx, stored, naming) })
        await removeByLink(ctx, [kept_key])
        if (mail_id) await mail.release(ctx, mail_id, await pagesOf(ctx, id))
        return null
      }
    },
  }
}
