import { createHash } from 'node:crypto'
import { utcDate } from '../../core/calendar.ts'
import { asEntity, asSystem, type Ctx } from '../../platform/database/context.ts'
import type { Machinery } from '../../platform/http/app.ts'
import { type JobHandlers, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import { insertFile } from '../common/files/files.service.ts'
import { storageKey } from '../../platform/files/storage.ts'
import { readPartnerSettings } from '../platform/partner-settings/partner-settings.ts'
import { contentOf, documentFor } from './receivables.pdf.ts'
import { COLUMNS, type ReceivableRow } from './receivables.present.ts'
import { lapseDue } from './receivables.service.ts'

type Row = ReceivableRow & { logo_key: string | null }

/** PDFs: made after the fact, by whoever is free, from what the document says. */
export function receivableJobs({ db, storage, pdf, config }: Machinery): JobHandlers {
  async function render(row: Row, language: string, deductionTitle: string | null): Promise<Buffer> {
    const logo = row.logo_key ? await storage.get(row.logo_key).catch(() => null) : null
    return pdf.render('invoice', documentFor(row, language, { logo, deductionTitle }))
  }

  async function keep(ctx: Ctx, row: Row, bytes: Buffer): Promise<string> {
    const key = storageKey()
    await storage.put(key, bytes)
    const name = `${(row.document_id ?? row.type).replace(/[^\w.-]+/g, '_')}.pdf`
    const md5 = createHash('md5').update(bytes).digest('hex')
    const file = await insertFile(ctx, key, { bytes, name, mimetype: 'application/pdf', md5, file_type: 'receivables' }, config.region)
    return file.url.slice(file.url.lastIndexOf('/') + 1)
  }

  return {
    'receivables.render_pdf': async (job) => {
      const [found, deductionTitle] = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
        const [row] = await ctx.db.query<Row>(
          `select ${COLUMNS}, (select f.storage_key from files f where f.link_key = substring(t.content -> 'entity' ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key
           from receivables t where t.id = $1 and t.deleted_at is null`,
          [job.payload.id],
        )
        const { receivable } = (await readPartnerSettings(ctx)) as { receivable?: { deduction_title?: string | null } }
        return [row, receivable?.deduction_title ?? null] as const
      })
      if (!found) return async () => {}
      const { file_language, original_file_language } = contentOf(found)
      const own = await render(found, file_language, deductionTitle)
      const original = file_language === original_file_language ? null : await render(found, original_file_language, deductionTitle)
      return async (ctx) => {
        const file_key = await keep(ctx, found, own)
        const original_file_key = original ? await keep(ctx, found, original) : file_key
        const kept = await ctx.db.query(
          `update receivables set file_key = $2, original_file_key = $3, pdf_stale = false where id = $1 and updated_at = $4 and deleted_at is null returning id`,
          [found.id, file_key, original_file_key, found.updated_at],
        )
        // The document changed while its page was drawn: draw it again.
        return kept.length === 0 ? ctx.now : null
      }
    },
  }
}

/** Invoices whose due date has passed fall overdue, a batch at a time, each in its own transaction. */
export const overdueSchedule = ({ db }: Machinery): Schedule => ({
  name: 'receivables.overdue',
  every_ms: 15 * 60_000,
  async work() {
    for (;;) {
      const day = utcDate(db.clock.now())
      const due = await asSystem(db, (ctx) =>
        ctx.db.query<{ id: string; partner_id: string; entity_id: string }>(
          `select r.id, r.partner_id, r.entity_id from receivables r join entities e on e.id = r.entity_id
           where r.status in ('issued', 'partially_paid') and r.type = 'invoice' and r.due_date < $1 and r.amount_due > 0 and r.deleted_at is null and e.status = 'active' limit 200`,
          [day],
        ),
      )
      for (const { id, partner_id, entity_id } of due)
        await asEntity(db, { partnerId: partner_id, entityId: entity_id, userId: null, now: db.clock.now(), own: false }, (ctx) => lapseDue(ctx, id))
      if (due.length < 200) return
    }
  },
})
