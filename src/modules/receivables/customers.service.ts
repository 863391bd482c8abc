import { localDate } from '../../core/local-day.ts'
import { asEntity, asSystem, type Ctx, type Who } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { fileLink } from '../../platform/files/links.ts'
import { localDay, zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { Theme } from '../../platform/pages/theme.ts'
import { withStored } from '../common/files/files.service.ts'
import { readPartnerSettings } from '../partner/partner-settings/partner-settings.service.ts'
import type { DraftLine } from './draft.ts'
import { preciseLine } from './precise.ts'
import { acceptQuote, declineQuote, type Signed } from './quotes.service.ts'
import { present } from './receivables.present.ts'
import { COLUMNS, documents, type ReceivableRow } from './receivables.rows.ts'
import { pageOf } from './sending.service.ts'

export { contentIn } from './draft.ts'
/** What pages for customers are made of. */
export { toPay } from './invoice.ts'
export { documentFor } from './receivables.pdf.ts'
export type { ReceivableRow }

/** Customers have no token: the key, or the id of a quote, is the secret that leads to one document, and to nothing else of its entity. */

export interface Found {
  readonly id: string
  readonly partner_id: string
  readonly entity_id: string
  readonly status: string
  /** Whether the entity does business. */
  readonly active: boolean
}

const SECRET = /^[\w-]{43}$/
const LOOKUP = `select r.id, r.partner_id, r.entity_id, r.status, e.status = 'active' as "active!"
  from receivables r join entities e on e.id = r.entity_id and e.status <> 'deleted' where r.deleted_at is null`

const BY_KEY = sql(`${LOOKUP} and r.page_key = :key`)

/** The document behind a page's key, or null. */
export async function findByKey({ db }: Machinery, key: string): Promise<Found | null> {
  if (!SECRET.test(key)) return null
  const [found] = await asSystem(db, (ctx) => BY_KEY(ctx, { key }))
  return found ?? null
}

const QUOTE = sql(`${LOOKUP} and r.id = :id and r.type = 'quote' and r.issue_date is not null`)

/** The quote of that id once it was issued, or null. */
export async function findQuote({ db }: Machinery, id: string): Promise<Found | null> {
  const [found] = await asSystem(db, (ctx) => QUOTE(ctx, { id }))
  return found ?? null
}

/** Runs `work` inside the document's entity, as nobody in particular. */
export function inside<T>({ db }: Machinery, found: Found, work: (ctx: Ctx) => Promise<T>, more: Pick<Who, 'reading'> = {}) {
  const who = { partnerId: found.partner_id, entityId: found.entity_id, userId: null, ...more }
  return asEntity(db, who, work)
}

/** What a page is made from. Paths are those of files on this server. */
export interface PageFacts {
  readonly row: ReceivableRow
  readonly key: string
  /** The day it is for the entity, YYYY-MM-DD, and its time zone. */
  readonly today: string
  readonly zone: string
  /** Whether the entity still does business: without it nothing is answered. */
  readonly active: boolean
  readonly logo: string | null
  readonly project: string | null
  readonly deduction_title: string | null
  readonly signature: { readonly full_name: string; readonly signed_at: string; readonly image: string | null } | null
  readonly theme: Theme | null
  readonly website: string | null
}

const PAGE = documents(
  sql(`select ${COLUMNS}, t.signature,
    (select f.link_key from files f where f.id = (t.signature ->> 'file_id')::uuid and f.deleted_at is null) as signature_key,
    (select f.link_key from files f where f.link_key = substring(t.content -> 'entity' ->> 'logo' from '[^/]+$') and f.deleted_at is null) as logo_key,
    (select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id and p.deleted_at is null) as project
  from receivables t where t.id = :id and t.deleted_at is null`),
)

/** What the page of a document is made from; null when it was deleted in the meantime. */
export async function readPage(ctx: Ctx, { id, active }: Found, key: string): Promise<PageFacts | null> {
  const row = await PAGE.maybe(ctx, { id })
  if (!row) return null
  const zone = await zoneOfEntity(ctx)
  const { payments, receivable, website } = await readPartnerSettings(ctx)
  const file = (link_key: string | null) => link_key && `/f/${link_key}`
  return {
    row,
    key,
    today: localDate(ctx.now, zone),
    zone,
    active,
    logo: file(row.logo_key),
    project: row.project,
    deduction_title: receivable?.deduction_title ?? null,
    signature: row.signature && { ...row.signature, image: file(row.signature_key) },
    theme: payments?.payment_page_theme ?? null,
    website: website ?? null,
  }
}

/** Accepts the quote. Refuses (`conflict`) what can't be accepted, or not any more. */
export function accept(machinery: Machinery, found: Found, signed: Signed | null) {
  const { storage, config } = machinery
  const work = (key: () => string) =>
    inside(machinery, found, (ctx) => acceptQuote(ctx, found.id, signed, { key, region: config.region }))
  return signed ? withStored(storage, signed.image, work) : work(() => '')
}

/** Declines it. Refuses (`conflict`) like `accept`. */
export const decline = (machinery: Machinery, found: Found, comment: string | null | undefined) =>
  inside(machinery, found, (ctx) => declineQuote(ctx, found.id, comment))

/** A quote with what a partner's own page shows beyond what the entity sees of it. */
export async function readQuote(ctx: Ctx, id: string) {
  const row = await PAGE.one(ctx, { id })
  const { receivable } = await readPartnerSettings(ctx)
  const { counterpart_address, deductions, file, total_deduction_amount, ...quote } = JSON.parse(
    present(row, await localDay(ctx)).text,
  ) as Record<string, unknown> & { line_items: DraftLine[]; vat_mode: 'exclusive' | 'inclusive' }
  return {
    ...quote,
    line_items: quote.line_items.map((line) => preciseLine(line, ctx.entityId, quote)),
    counterpart_universal_address: counterpart_address,
    deduction_title: receivable?.deduction_title ?? null,
    external_qr_code_link: await pageOf(ctx, row),
    signature: row.signature && signatureOf(row.signature, row.signature_key),
  }
}

type Signature = NonNullable<RowOf<typeof PAGE>['signature']>
const signatureOf = ({ email, full_name, signed_at }: Signature, key: string | null) => ({
  email,
  full_name,
  signature_image_url: key ? fileLink(key) : '',
  signed_at,
})
