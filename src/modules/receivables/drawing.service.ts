import { localDate } from '../../core/local-day.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { pictureToPrint } from '../common/files/files.service.ts'
import { designOf, templateChosen } from '../documents/document-templates/document-templates.service.ts'
import { readPartnerSettings } from '../partner/partner-settings/partner-settings.service.ts'
import { contentIn } from './draft.ts'
import { documentFor } from './receivables.pdf.ts'
import { COLUMNS, documents, type ReceivableRow } from './receivables.rows.ts'

/** Reads what a page of a document is drawn from, and draws it. */

/** What the page says beyond the row: the partner's own word for deductions; days are those of the time zone. */
export interface Beyond {
  readonly deductionTitle: string | null
  readonly zone: string
}

/** An issued document keeps the look it was issued with, a draft has the one that is chosen now. */
export const TEMPLATE = templateChosen(
  'receivable',
  `coalesce((select min(e.created_at) from events e where e.object_id = t.id and e.event = 'issued'), t.issue_date, 'infinity')`,
)
const ROW = documents(
  sql(`select ${COLUMNS}, (select f.storage_key from files f where f.link_key = substring(t.content -> 'entity' ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
    (select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id and p.deleted_at is null) as project,
    (select b.issued_on from receivables b where b.entity_id = t.entity_id and b.id = t.based_on) as based_on_issued,
    t.signature, (select f.storage_key from files f where f.id = (t.signature ->> 'file_id')::uuid and f.deleted_at is null) as signature_key,
    t.reserved_on, ${TEMPLATE} as template_id
  from receivables t where t.id = :id and t.deleted_at is null`),
)
export type PageRow = Readonly<RowOf<typeof ROW>>

/** Reads what a page is drawn from; null where the document is gone. */
export async function readForPage(ctx: Ctx, id: string): Promise<{ row: PageRow; beyond: Beyond } | null> {
  const row = await ROW.maybe(ctx, { id })
  if (!row) return null
  const { receivable } = await readPartnerSettings(ctx)
  return { row, beyond: { deductionTitle: receivable?.deduction_title ?? null, zone: await zoneOfEntity(ctx) } }
}

/** The language of whoever receives the document. */
export const languageOf = (row: ReceivableRow): string => contentIn(row).file_language

/** Draws the page in a language. `partner` is whose page it is, `einvoice` the invoice as data that it carries. */
export async function drawPage(
  { storage, pdf }: Pick<Machinery, 'storage' | 'pdf'>,
  { row, beyond: { deductionTitle, zone } }: { row: PageRow; beyond: Beyond },
  { language, partner, einvoice }: { language: string; partner: string; einvoice: string | null },
): Promise<Buffer> {
  const picture = (key: string | null) => pictureToPrint(storage, key, partner)
  const [logo, image] = await Promise.all([picture(row.logo_key), picture(row.signature_key)])
  const signature = row.signature && {
    name: `${row.signature.full_name}, ${row.signature.email}`,
    date: localDate(new Date(row.signature.signed_at), zone),
    image,
  }
  const { project, based_on_issued: basedOnDate } = row
  const extras = { logo, deductionTitle, project, basedOnDate, signature }
  return pdf.render('invoice', { ...documentFor(row, language, designOf(row.template_id), extras), einvoice }, partner)
}
