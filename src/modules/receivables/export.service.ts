import { minorUnitsOf } from '../../core/currencies.ts'
import { localDate } from '../../core/local-day.ts'
import { decimal } from '../../core/money.ts'
import { asEntity, NO_ENTITY } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import { whoOf } from '../../platform/jobs/jobs.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { type Archive, cell, type Exporter, type ExportJob, type ExportOrder } from '../common/exporting/exporter.service.ts'
import { contentIn } from './draft.ts'
import { receivableJobs } from './receivables.jobs.ts'
import { COLUMNS, documents } from './receivables.rows.ts'

/** Quotes, invoices and credit notes as a sheet of documents with one of their lines, or as their pages. */

const PAGE = 200
const WITH_PAGES = `(select f.storage_key from files f where f.link_key = t.file_key and f.deleted_at is null) as stored_as`
const WITH_PROJECT = `(select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id) as project`

const pageBy = <const M extends string, const W extends string>(moment: M, which: W) =>
  `select ${COLUMNS}, ${WITH_PROJECT}, ${WITH_PAGES}, ${moment} as "moment!" from receivables t
   where ${which} and t.deleted_at is null and t.status = any (:statuses) and (:made_by?::uuid is null or t.entity_user_id = :made_by?)
     and ${moment} >= (:from::date - 1)::timestamptz and ${moment} < (:to::date + 2)::timestamptz and (${moment}, t.id) > (:after::timestamptz, :id)
   order by ${moment}, t.id limit ${PAGE}` as const
const UNDATED = documents(sql(pageBy('t.created_at', 't.issue_date is null')))
const DATED = documents(sql(pageBy('t.issue_date', 't.issue_date is not null')))
type Row = RowOf<typeof UNDATED>

/**
 * The documents asked for, a page at a time: first those that have no day of issue, by the moment they were made, then those that have
 * one, by it. One that is issued in between stays where it was first seen. Days are those of the entity, which no moment is further away
 * from than one of UTC.
 */
async function* pagesOf({ statuses, from, to, made_by }: ExportOrder, { db }: Machinery, job: ExportJob): AsyncGenerator<Row[]> {
  const undated = new Set<string>()
  for (const statement of [UNDATED, DATED]) {
    let [after, id] = ['-infinity', NO_ENTITY]
    for (;;) {
      const values = { statuses, from, to, after, id, made_by }
      const [page, zone] = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) =>
        Promise.all([statement(ctx, values), zoneOfEntity(ctx)]),
      )
      const day = ({ issued_on, moment }: (typeof page)[number]) => issued_on ?? localDate(new Date(moment), zone)
      yield page.filter((row) => !undated.has(row.id) && day(row) >= from && day(row) <= to)
      if (statement === UNDATED) for (const row of page) undated.add(row.id)
      const last = page.at(-1)
      if (!last || page.length < PAGE) break
      after = last.moment
      id = last.id
    }
  }
}

const DOCUMENT_COLUMNS = [
  'id',
  'type',
  'number',
  'status',
  'issue_date',
  'due_date',
  'expiry_date',
  'paid_at',
  'created_at',
  'counterpart_id',
  'counterpart_name',
  'counterpart_tax_id',
  'counterpart_vat_id',
  'counterpart_country',
  'currency',
  'subtotal',
  'net',
  'vat',
  'withholding_tax',
  'deductions',
  'total',
  'credited',
  'paid',
  'due',
  'purchase_order',
  'memo',
  'project',
  'tags',
  'based_on',
]
const LINE_COLUMNS = [
  'document_id',
  'document_type',
  'document_number',
  'line',
  'name',
  'description',
  'quantity',
  'unit',
  'unit_price',
  'vat_rate',
  'net',
  'gross',
  'currency',
]

/** Amounts as decimals of the currency, e.g. `1234.50`, and `1234` in yen. */
const amounts = (currency: string) => (amount: number) => decimal(amount, minorUnitsOf(currency))

const dayOf = (moment: string | null) => moment?.slice(0, 10) ?? ''

function documentCells(row: Row): string[] {
  const content = contentIn(row)
  const amount = amounts(row.currency)
  // Only invoices are paid; elsewhere a zero would say that they were settled.
  const ofInvoice = (figure: number) => (row.type === 'invoice' ? amount(figure) : '')
  const tags: readonly { name: string }[] = JSON.parse(row.tags)
  return [
    row.id,
    row.type,
    cell(row.document_id),
    row.status,
    dayOf(row.issued_on),
    dayOf(row.due_date),
    dayOf(row.expiry_date),
    row.paid_at ?? '',
    row.created_at,
    row.counterpart_id,
    cell(content.counterpart_name),
    cell(content.counterpart_tax_id),
    cell(content.counterpart_vat_id?.value),
    content.counterpart_billing_address.country,
    row.currency,
    amount(row.subtotal),
    amount(row.discounted_subtotal),
    amount(row.total_vat_amount),
    amount(row.total_withholding_tax),
    amount(row.total_deduction_amount),
    amount(row.total_amount),
    ofInvoice(row.amount_credited),
    ofInvoice(row.amount_paid),
    ofInvoice(row.amount_due),
    cell(content.purchase_order),
    cell(content.memo),
    cell(row.project),
    cell(tags.map(({ name }) => name).join('; ')),
    row.based_on ?? '',
  ]
}

function lineCells(row: Row): string[][] {
  const amount = amounts(row.currency)
  return contentIn(row).line_items.map(({ product, quantity, total_before_vat, total_after_vat }, i) => [
    row.id,
    row.type,
    cell(row.document_id),
    String(i + 1),
    cell(product.name),
    cell(product.description),
    String(quantity),
    cell(product.measure_unit?.name),
    amount(product.price.value),
    decimal(product.vat_rate.value, 2),
    amount(total_before_vat),
    amount(total_after_vat),
    row.currency,
  ])
}

async function* sheets(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob) {
  const documents = into.sheet('receivables', DOCUMENT_COLUMNS)
  const lines = into.sheet('receivable_lines', LINE_COLUMNS)
  for await (const page of pagesOf(asked, machinery, job)) {
    for (const row of page) {
      await documents.add(documentCells(row))
      for (const cells of lineCells(row)) await lines.add(cells)
    }
    yield page.length
  }
}

const FOLDERS = { quote: 'quotes', invoice: 'invoices', credit_note: 'credit_notes' } as const

async function* pdfs(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob) {
  const taken = new Map<string, number>()
  for await (const page of pagesOf(asked, machinery, job)) {
    for (const row of page) {
      const key = row.pdf_stale || !row.stored_as ? await draw(row.id, machinery, job) : row.stored_as
      const base = `receivables/${FOLDERS[row.type]}/${fileName(row)}`
      // Numbers that were set by hand may repeat.
      const nth = (taken.get(base.toLowerCase()) ?? 0) + 1
      taken.set(base.toLowerCase(), nth)
      into.file(`${base}${nth > 1 ? `-${nth}` : ''}.pdf`, async () => (await machinery.storage.stream(key)).stream)
    }
    yield page.length
  }
}

const fileName = ({ document_id, id }: Row) => (document_id ?? `draft-${id}`).replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 100)

const ATTEMPTS = 5

const PAGES = sql(`select ${WITH_PAGES} from receivables t where t.id = :id`)

/** Draws the pages of a document as its own job would, and keeps them for it. Answers where they are stored. */
async function draw(id: string, machinery: Machinery, job: ExportJob): Promise<string> {
  const drawing = receivableJobs(machinery)['receivables.render_pdf']
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const finish = await drawing({ ...job, kind: 'receivables.render_pdf', payload: { id } })
    const stored = await asEntity(machinery.db, whoOf(job), async (ctx) => {
      // It answers when to try again if the document has changed meanwhile.
      if (await finish(ctx)) return null
      const row = await PAGES.maybe(ctx, { id })
      return row?.stored_as ?? null
    })
    if (stored) return stored
  }
  throw new Error(`The pages of receivable ${id} could not be drawn: it kept changing`)
}

export const receivableExporter: Exporter = {
  object: 'receivable',
  types: ['quote', 'invoice', 'credit_note'],
  formats: ['csv', 'pdf'],
  // What was deleted is gone, and what recurs is no document yet.
  statuses: [
    'draft',
    'issuing',
    'issued',
    'failed',
    'accepted',
    'expired',
    'declined',
    'partially_paid',
    'paid',
    'overdue',
    'uncollectible',
    'canceled',
  ],
  write: (asked, into, machinery, job) => (asked.format === 'pdf' ? pdfs : sheets)(asked, into, machinery, job),
}
