import type { PlainDate } from '../../core/calendar.ts'
import { type LocalTime, localDate } from '../../core/local-day.ts'
import { asEntity } from '../../platform/database/context.ts'
import { type JobHandlers, type KindsOf, type Schedule, whoOf } from '../../platform/jobs/jobs.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { keepPdf, storePdf } from '../common/files/drawn.service.ts'
import { pictureToPrint } from '../common/files/files.service.ts'
import { designOf, templateChosen } from '../documents/document-templates/document-templates.service.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { readPartnerSettings } from '../platform/partner-settings/partner-settings.service.ts'
import { dataForPage } from './einvoices/einvoices.service.ts'
import { lapseDue } from './issue.service.ts'
import { candidates, forEachDue } from './local-day.service.ts'
import { attachPdf } from './mails.service.ts'
import { expireDue } from './quotes.service.ts'
import { contentOf, documentFor } from './receivables.pdf.ts'
import { COLUMNS, type ReceivableRow } from './receivables.present.ts'

type Row = ReceivableRow & {
  logo_key: string | null
  project: string | null
  based_on_issued: string | null
  template_id: string | null
  signature: Signed | null
  signature_key: string | null
}
/** What the page says beyond the row: the partner's own word for deductions; days are those of the time zone. `partner` is whose page it is. */
interface Beyond {
  /** The invoice as data, which the page carries. */
  readonly einvoice: string | null
  readonly deductionTitle: string | null
  readonly zone: string
  readonly partner: string
}
type Signed = { email: string; full_name: string; signed_at: string }

declare module '../../platform/jobs/jobs.ts' {
  interface Jobs {
    'receivables.render_pdf': { id: string }
    'receivables.attach_pdf': { mail_id: string; receivable_id: string }
  }
}

/** PDFs: made after the fact, by whoever is free, from what the document says. */
export function receivableJobs({ db, storage, pdf, config }: Machinery): JobHandlers<KindsOf<'receivables'>> {
  async function render(row: Row, language: string, { deductionTitle, zone, partner, einvoice }: Beyond): Promise<Buffer> {
    const picture = (key: string | null) => pictureToPrint(storage, key, partner)
    const [logo, image] = await Promise.all([picture(row.logo_key), picture(row.signature_key)])
    const signature = row.signature && {
      name: `${row.signature.full_name}, ${row.signature.email}`,
      date: localDate(new Date(row.signature.signed_at), zone),
      image,
    }
    return pdf.render(
      'invoice',
      {
        ...documentFor(row, language, designOf(row.template_id), {
          logo,
          deductionTitle,
          project: row.project,
          basedOnDate: row.based_on_issued,
          signature,
        }),
        einvoice,
      },
      partner,
    )
  }

  return {
    'receivables.render_pdf': async (job) => {
      const [found, beyond] = await asEntity(db, { ...whoOf(db, job), reading: true }, async (ctx) => {
        const [row] = await ctx.db.query<Row>(
          `select ${COLUMNS}, (select f.storage_key from files f where f.link_key = substring(t.content -> 'entity' ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
             (select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id and p.deleted_at is null) as project,
             (select b.issued_on from receivables b where b.entity_id = t.entity_id and b.id = t.based_on) as based_on_issued,
             t.signature, (select f.storage_key from files f where f.id = (t.signature ->> 'file_id')::uuid and f.deleted_at is null) as signature_key,
             ${TEMPLATE} as template_id
           from receivables t where t.id = $1 and t.deleted_at is null`,
          [job.payload.id],
        )
        const { receivable } = (await readPartnerSettings(ctx)) as { receivable?: { deduction_title?: string | null } }
        const deductionTitle = receivable?.deduction_title ?? null
        const einvoice = row?.issued_on ? await dataForPage(ctx, row.id, await readSettings(ctx)) : null
        return [row, { einvoice, deductionTitle, zone: await zoneOfEntity(ctx), partner: job.partner_id }] as const
      })
      if (!found) return async () => {}
      const { file_language, original_file_language } = contentOf(found)
      const own = await render(found, file_language, beyond)
      const original = file_language === original_file_language ? null : await render(found, original_file_language, beyond)
      const pages = [await storePdf(storage, own), original && (await storePdf(storage, original))] as const
      return async (ctx) => {
        const same = await ctx.db.query(SAME, [found.id, found.updated_at, found.template_id])
        if (same.length === 0) {
          // The document changed while its pages were drawn: draw them again.
          for (const page of pages) if (page) await storage.remove(page.key).catch(() => {})
          return ctx.now
        }
        const naming = { name: found.document_id ?? found.type, file_type: 'receivables', region: config.region } as const
        const file_key = await keepPdf(ctx, pages[0], naming)
        const original_file_key = pages[1] ? await keepPdf(ctx, pages[1], naming) : file_key
        await ctx.db.query(KEPT, [found.id, file_key, original_file_key])
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

/** An issued document keeps the look it was issued with, a draft has the one that is chosen now. */
const TEMPLATE = templateChosen(
  'receivable',
  `coalesce((select min(e.created_at) from events e where e.object_id = t.id and e.event = 'issued'), t.issue_date, 'infinity')`,
)
const SAME = `select from receivables t where t.id = $1 and t.updated_at = $2 and t.deleted_at is null
  and ${TEMPLATE} is not distinct from $3::uuid for update`
const KEPT = `update receivables set file_key = $2, original_file_key = $3, pdf_stale = false,
    drawn = drawn || jsonb_build_object('at', (select max(e.created_at) from events e where e.object_id = $1), 'key', $2::text)
  where id = $1`

const LAPSED = candidates(
  `r.status in ('issued', 'partially_paid') and r.type = 'invoice' and r.due_date < $1 and r.amount_due > 0`,
  { day: 'r.due_date' },
)
const EXPIRED = candidates(`r.status = 'issued' and r.type = 'quote' and r.expiry_date < $1`, { day: 'r.expiry_date' })
const isOver = (day: PlainDate, local: LocalTime) => day < local.date

const QUARTER_HOUR_MS = 15 * 60_000

/** Invoices fall overdue the day after they are due, and quotes expire the day after their last: by the clock of their entity. */
export const receivableSchedules = (machinery: Machinery): Schedule[] => [
  {
    name: 'receivables.overdue',
    every_ms: QUARTER_HOUR_MS,
    work: () => forEachDue(machinery, { due: LAPSED, isTime: isOver, step: lapseDue }),
  },
  {
    name: 'receivables.expired',
    every_ms: QUARTER_HOUR_MS,
    work: () => forEachDue(machinery, { due: EXPIRED, isTime: isOver, step: expireDue }),
  },
]
