import { addDays, type PlainDate } from '../../core/calendar.ts'
import type { LocalTime } from '../../core/local-day.ts'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { type JobHandlers, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import { localDay } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { keepPdf, storePdf } from '../common/files/drawn.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { contentIn } from './draft.ts'
import { drawPage, readForPage, TEMPLATE } from './drawing.service.ts'
import { dataForPage } from './einvoices/einvoices.service.ts'
import { lapseDue } from './lapsing.service.ts'
import { beginningOf, candidates, forEachDue } from './local-day.service.ts'
import { expireDue } from './quotes.service.ts'
import { attachPdf } from './sending.service.ts'

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    'receivables.render_pdf': { id: string }
    'receivables.attach_pdf': { mail_id: string; receivable_id: string }
  }
}

/** PDFs: made after the fact, by whoever is free, from what the document says. */
export function receivableJobs({ db, storage, pdf, config }: Machinery): JobHandlers<KindsOf<'receivables'>> {
  return {
    'receivables.render_pdf': async (job) => {
      const read = await asEntity(db, { ...whoOf(job), reading: true }, async (ctx) => {
        const page = await readForPage(ctx, job.payload.id)
        const einvoice = page?.row.issued_on ? await dataForPage(ctx, page.row.id, await readSettings(ctx)) : null
        return page && { page, einvoice }
      })
      if (!read) return async () => {}
      const { page, einvoice } = read
      const { row: found } = page
      const { file_language, original_file_language } = contentIn(found)
      const draw = (language: string) => drawPage({ storage, pdf }, page, { language, partner: job.partner_id, einvoice })
      const own = await draw(file_language)
      const original = file_language === original_file_language ? null : await draw(original_file_language)
      const pages = [await storePdf(storage, own), original && (await storePdf(storage, original))] as const
      return async (ctx) => {
        const same = await SAME(ctx, { id: found.id, updated_at: found.updated_at, template_id: found.template_id })
        if (same.length === 0) {
          // The document changed while its pages were drawn: draw them again.
          for (const page of pages) if (page) await storage.remove(page.key).catch(() => {})
          return ctx.now
        }
        const naming = { name: found.document_id ?? found.type, file_type: 'receivables', region: config.region } as const
        const file_key = await keepPdf(ctx, pages[0], naming)
        const original_file_key = pages[1] ? await keepPdf(ctx, pages[1], naming) : file_key
        await KEPT(ctx, { id: found.id, file_key, original_file_key })
        return null
      }
    },

    'receivables.attach_pdf':
      async ({ payload: { mail_id, receivable_id }, attempts }) =>
      async (ctx) => {
        if (await attachPdf(ctx, mail_id, receivable_id)) return null
        return new Date(ctx.now.getTime() + waitForPage_ms(attempts))
      },
  }
}

/** Pages are drawn within moments; whatever keeps one from being drawn may take longer to be mended. */
const waitForPage_ms = (attempts: number) => (attempts < 20 ? 250 : attempts < 50 ? 5_000 : 60_000)

const SAME = sql(`
  select from receivables t where t.id = :id and t.updated_at = :updated_at and t.deleted_at is null
  and ${TEMPLATE} is not distinct from :template_id?::uuid for update`)
const KEPT = sql(`
  update receivables set file_key = :file_key, original_file_key = :original_file_key, pdf_stale = false,
    drawn = drawn || jsonb_build_object('at', (select max(e.created_at) from events e where e.object_id = :id), 'key', :file_key::text)
  where id = :id`)

const LAPSED = sql(
  candidates(`r.status in ('issued', 'partially_paid') and r.type = 'invoice' and r.due_date < :day and r.amount_due > 0`, {
    day: 'r.due_date',
    join: '',
  }),
)
const EXPIRED = sql(
  candidates(`r.status = 'issued' and r.type = 'quote' and r.expiry_date < :day`, { day: 'r.expiry_date', join: '' }),
)
const isOver = (day: PlainDate, local: LocalTime) => day < local.date

/** The next last day of an invoice, or of a quote; what is over already has been looked at. */
const LAPSES = sql(`
  select min(due_date) as day from receivables
  where status in ('issued', 'partially_paid') and type = 'invoice' and due_date >= :from and amount_due > 0 and deleted_at is null`)
const EXPIRES = sql(`
  select min(expiry_date) as day from receivables where status = 'issued' and type = 'quote' and expiry_date >= :from and deleted_at is null`)
const dayAfter = (ctx: Ctx, day: PlainDate | null) => beginningOf(ctx, day && addDays(day, 1))

const QUARTER_HOUR_MS = 15 * 60_000

/** Invoices fall overdue the day after they are due, and quotes expire the day after their last: by the clock of their entity. */
export const receivableSchedules = (machinery: Machinery): Schedule[] => [
  {
    name: 'receivables.overdue',
    every_ms: QUARTER_HOUR_MS,
    work: (only) => forEachDue(machinery, { due: LAPSED, isTime: isOver, step: lapseDue, only }),
    next: async (ctx) => dayAfter(ctx, (await LAPSES.one(ctx, { from: await localDay(ctx) })).day),
  },
  {
    name: 'receivables.expired',
    every_ms: QUARTER_HOUR_MS,
    work: (only) => forEachDue(machinery, { due: EXPIRED, isTime: isOver, step: expireDue, only }),
    next: async (ctx) => dayAfter(ctx, (await EXPIRES.one(ctx, { from: await localDay(ctx) })).day),
  },
]
