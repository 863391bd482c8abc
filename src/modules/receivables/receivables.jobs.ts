import { createHash } from 'node:crypto'
import { utcDate } from '../../core/calendar.ts'
import { asEntity, asSystem, type Ctx, NO_ENTITY } from '../../platform/database/context.ts'
import { storageKey } from '../../platform/files/storage.ts'
import type { Machinery } from '../../platform/http/app.ts'
import { type JobHandlers, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import { insertFile } from '../common/files/files.service.ts'
import { readPartnerSettings } from '../platform/partner-settings/partner-settings.service.ts'
import { lapseDue } from './issue.service.ts'
import { contentOf, documentFor } from './receivables.pdf.ts'
import { COLUMNS, type ReceivableRow } from './receivables.present.ts'

type Row = ReceivableRow & { logo_key: string | null; project: string | null }
type Stored = { key: string; bytes: Buffer; md5: string }
type Due = { id: string; partner_id: string; entity_id: string }

/** PDFs: made after the fact, by whoever is free, from what the document says. */
export function receivableJobs({ db, storage, pdf, config }: Machinery): JobHandlers {
  async function render(row: Row, language: string, deductionTitle: string | null): Promise<Buffer> {
    const logo = row.logo_key ? await storage.get(row.logo_key).catch(() => null) : null
    return pdf.render('invoice', documentFor(row, language, { logo, deductionTitle, project: row.project }))
  }

  /** Bytes go to the storage before the transaction that names them. */
  async function store(bytes: Buffer): Promise<Stored> {
    const key = storageKey()
    await storage.put(key, bytes)
    return { key, bytes, md5: createHash('md5').update(bytes).digest('hex') }
  }

  async function keep(ctx: Ctx, row: Row, { key, bytes, md5 }: Stored): Promise<string> {
    const name = `${(row.document_id ?? row.type).replace(/[^\w.-]+/g, '_')}.pdf`
    const file = await insertFile(
      ctx,
      key,
      { bytes, name, mimetype: 'application/pdf', md5, file_type: 'receivables' },
      config.region,
    )
    return file.url.slice(file.url.lastIndexOf('/') + 1)
  }

  return {
    'receivables.render_pdf': async (job) => {
      const [found, deductionTitle] = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
        const [row] = await ctx.db.query<Row>(
          `select ${COLUMNS}, (select f.storage_key from files f where f.link_key = substring(t.content -> 'entity' ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
             (select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id and p.deleted_at is null) as project
           from receivables t where t.id = $1 and t.deleted_at is null`,
          [job.payload.id],
        )
        const { receivable } = (await readPartnerSettings(ctx)) as { receivable?: { deduction_title?: string | null } }
        return [row, receivable?.deduction_title ?? null] as const
      })
      if (!found) return async () => {}
      const { file_language, original_file_language } = contentOf(found)
      const own = await render(found, file_language, deductionTitle)
      const original =
        file_language === original_file_language ? null : await render(found, original_file_language, deductionTitle)
      const pages = [await store(own), original && (await store(original))] as const
      return async (ctx) => {
        const same = await ctx.db.query(SAME, [found.id, found.updated_at])
        if (same.length === 0) {
          // The document changed while its pages were drawn: draw them again.
          for (const page of pages) if (page) await storage.remove(page.key).catch(() => {})
          return ctx.now
        }
        const file_key = await keep(ctx, found, pages[0])
        const original_file_key = pages[1] ? await keep(ctx, found, pages[1]) : file_key
        await ctx.db.query(KEPT, [found.id, file_key, original_file_key])
        return null
      }
    },
  }
}

const SAME = `select from receivables where id = $1 and updated_at = $2 and deleted_at is null for update`
const KEPT = `update receivables set file_key = $2, original_file_key = $3, pdf_stale = false,
    drawn = drawn || jsonb_build_object('at', (select max(e.created_at) from events e where e.object_id = $1), 'key', $2::text)
  where id = $1`

const BATCH = 200
const DUE = `select r.id, r.partner_id, r.entity_id from receivables r join entities e on e.id = r.entity_id
  where r.status in ('issued', 'partially_paid') and r.type = 'invoice' and r.due_date < $1 and r.amount_due > 0 and r.deleted_at is null
    and e.status = 'active' and r.id > $2 order by r.id limit ${BATCH}`

/**
 * Invoices whose due date has passed fall overdue, some at a time, each in its own transaction: one that fails does not keep the
 * others from it, but the run counts as failed and is repeated soon.
 */
export const overdueSchedule = ({ db }: Machinery): Schedule => ({
  name: 'receivables.overdue',
  every_ms: 15 * 60_000,
  async work() {
    const failures: unknown[] = []
    let after = NO_ENTITY
    for (;;) {
      const now = db.clock.now()
      const due = await asSystem(db, (ctx) => ctx.db.query<Due>(DUE, [utcDate(now), after]))
      for (const { id, partner_id, entity_id } of due) {
        const who = { partnerId: partner_id, entityId: entity_id, userId: null, now, own: false }
        await asEntity(db, who, (ctx) => lapseDue(ctx, id)).catch((error) => failures.push(error))
      }
      if (due.length < BATCH) break
      after = due.at(-1)!.id
    }
    if (failures.length > 0) throw failures[0]
  },
})
