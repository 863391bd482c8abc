import { billDue } from '../../core/bills.ts'
import { minorUnitsOf } from '../../core/currencies.ts'
import { localDate } from '../../core/local-day.ts'
import { decimal } from '../../core/money.ts'
import { asEntity, NO_ENTITY } from '../../platform/database/context.ts'
import { type RowOf, shaped, sql } from '../../platform/database/sql.ts'
import { whoOf } from '../../platform/jobs/jobs.ts'
import { zoneOfEntity } from '../../platform/local-day.ts'
import type { Machinery } from '../../platform/machinery.ts'
import {
  type Archive,
  cell,
  type Exporter,
  type ExportJob,
  type ExportOrder,
  plainTables,
} from '../common/exporting/exporter.service.ts'

/** Bills as a sheet with one of their lines, as the sheet that Xero imports, or as the files they came in. */

interface Line {
  readonly name: string | null
  readonly quantity: number | null
  readonly unit: string | null
  readonly unit_price: number | null
  readonly tax: number | null
  readonly subtotal: number | null
  readonly tax_amount: number | null
  readonly total: number | null
}
/** An address as the bill has it. */
interface Place {
  readonly line1?: string
  readonly line2?: string
  readonly city?: string
  readonly state?: string
  readonly postal_code?: string
  readonly country?: string
}

const PAGE = 200
/** What bills are in order of: the day of issue, or else the moment it came in. */
const MOMENT = `coalesce(t.issued_at::timestamptz, t.created_at)`
const BILLS = shaped<{ address: Place | null; lines: readonly Line[] }>()(
  sql(`
  select t.id, ${MOMENT} as "moment!", t.status, t.document_id, t.issued_at, t.due_date, t.paid_at, t.created_at, t.counterpart_id,
    coalesce(t.counterpart ->> 'name', c.name, t.counterpart_raw_data ->> 'name') as vendor,
    coalesce(t.counterpart ->> 'email', c.email, t.counterpart_raw_data ->> 'email') as email,
    coalesce(t.counterpart -> 'address', t.counterpart_raw_data -> 'address') as address,
    t.currency, t.subtotal, t.tax_amount, t.discount, t.total_amount, t.due_adjustment, t.amount_credited, t.amount_paid, t.description,
    (select p.name from projects p where p.entity_id = t.entity_id and p.id = t.project_id) as project,
    array(select g.name from tags g where g.entity_id = t.entity_id and g.id = any (t.tag_ids) and g.deleted_at is null order by g.name) as "tags!",
    (select coalesce(json_agg(json_build_object('name', l.name, 'quantity', l.quantity, 'unit', l.unit, 'unit_price', l.unit_price, 'tax', l.tax,
       'subtotal', l.subtotal, 'tax_amount', l.tax_amount, 'total', l.total) order by l.created_at, l.id), '[]')
     from payable_line_items l where l.entity_id = t.entity_id and l.payable_id = t.id and l.deleted_at is null) as lines,
    f.name as file_name, f.storage_key
  from payables t left join counterparts c on c.entity_id = t.entity_id and c.id = t.counterpart_id
    left join files f on f.entity_id = t.entity_id and f.id = t.file_id and f.deleted_at is null
  where t.deleted_at is null and t.status = any (:statuses) and ${MOMENT} >= (:from::date - 1)::timestamptz and ${MOMENT} < (:to::date + 2)::timestamptz
    and (${MOMENT}, t.id) > (:after::timestamptz, :id) and (:made_by?::uuid is null or t.was_created_by_user_id = :made_by?)
  order by ${MOMENT}, t.id limit ${PAGE}`),
)
type Row = RowOf<typeof BILLS>

async function* pagesOf({ statuses, from, to, made_by }: ExportOrder, { db }: Machinery, job: ExportJob): AsyncGenerator<Row[]> {
  let [after, id] = ['-infinity', NO_ENTITY]
  for (;;) {
    const [page, zone] = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) =>
      Promise.all([BILLS(ctx, { statuses, from, to, after, id, made_by }), zoneOfEntity(ctx)]),
    )
    // A day of the entity, which no moment is further away from than one of UTC.
    const day = ({ issued_at, created_at }: Row) => issued_at ?? localDate(new Date(created_at), zone)
    yield page.filter((row) => day(row) >= from && day(row) <= to)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.moment
    id = last.id
  }
}

const COLUMNS = [
  'id',
  'number',
  'status',
  'issue_date',
  'due_date',
  'paid_at',
  'created_at',
  'counterpart_id',
  'counterpart_name',
  'currency',
  'subtotal',
  'vat',
  'discount',
  'total',
  'credited',
  'paid',
  'due',
  'description',
  'project',
  'tags',
]
const LINE_COLUMNS = [
  'document_id',
  'document_number',
  'line',
  'name',
  'quantity',
  'unit',
  'unit_price',
  'vat_rate',
  'net',
  'vat',
  'gross',
  'currency',
]
/** The bill import of Xero reads these columns, under exactly these names; those with a star must be filled. */
const XERO_COLUMNS = [
  '*ContactName',
  'EmailAddress',
  'POAddressLine1',
  'POAddressLine2',
  'POAddressLine3',
  'POAddressLine4',
  'POCity',
  'PORegion',
  'POPostalCode',
  'POCountry',
  '*InvoiceNumber',
  '*InvoiceDate',
  '*DueDate',
  'Total',
  'InventoryItemCode',
  'Description',
  '*Quantity',
  '*UnitAmount',
  '*AccountCode',
  '*TaxType',
  'TaxAmount',
  'TrackingName1',
  'TrackingOption1',
  'TrackingName2',
  'TrackingOption2',
  'Currency',
] as const

/** Amounts as decimals of the currency; nothing for what isn't known. */
const amounts = (currency: string | null) => (amount: number | null) =>
  amount === null ? '' : decimal(amount, minorUnitsOf(currency ?? ''))

function billCells(row: Row): string[] {
  const amount = amounts(row.currency)
  const due = row.status === 'paid' ? 0 : billDue(row)
  return [
    row.id,
    cell(row.document_id),
    row.status,
    row.issued_at ?? '',
    row.due_date ?? '',
    row.paid_at ?? '',
    row.created_at,
    row.counterpart_id ?? '',
    cell(row.vendor),
    row.currency ?? '',
    amount(row.subtotal),
    amount(row.tax_amount),
    amount(row.discount),
    amount(row.total_amount),
    amount(row.amount_credited),
    amount(row.amount_paid),
    amount(due),
    cell(row.description),
    cell(row.project),
    cell(row.tags.join('; ')),
  ]
}

function lineCells({ id, document_id, currency, lines }: Row): string[][] {
  const amount = amounts(currency)
  return lines.map((line, i) => [
    id,
    cell(document_id),
    String(i + 1),
    cell(line.name),
    line.quantity === null ? '' : String(line.quantity),
    cell(line.unit),
    amount(line.unit_price),
    line.tax === null ? '' : decimal(line.tax, 2),
    amount(line.subtotal),
    amount(line.tax_amount),
    amount(line.total),
    currency ?? '',
  ])
}

/** One row a line, as Xero wants it; a bill without lines is one line at its net amount. Accounts and tax types are Xero's own: left empty. */
function xeroCells(row: Row): string[][] {
  const amount = amounts(row.currency)
  const { line1, line2, city, state, postal_code, country } = row.address ?? {}
  const whole = { name: row.description, quantity: 1, unit_price: row.subtotal ?? row.total_amount, tax_amount: row.tax_amount }
  const lines = row.lines.length > 0 ? row.lines : [whole]
  return lines.map((line) => [
    cell(row.vendor),
    cell(row.email),
    cell(line1),
    cell(line2),
    '',
    '',
    cell(city),
    cell(state),
    cell(postal_code),
    country ?? '',
    cell(row.document_id),
    row.issued_at ?? '',
    row.due_date ?? '',
    amount(row.total_amount),
    '',
    cell(line.name),
    line.quantity === null ? '' : String(line.quantity),
    amount(line.unit_price),
    '',
    '',
    amount(line.tax_amount),
    row.project ? 'Project' : '',
    cell(row.project),
    '',
    '',
    row.currency ?? '',
  ])
}

async function* sheets(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob) {
  const bills = into.sheet('payables', COLUMNS)
  const lines = into.sheet('payable_lines', LINE_COLUMNS)
  for await (const page of pagesOf(asked, machinery, job)) {
    for (const row of page) {
      await bills.add(billCells(row))
      for (const cells of lineCells(row)) await lines.add(cells)
    }
    yield page.length
  }
}

async function* xero(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob) {
  const sheet = into.sheet('payables_xero', XERO_COLUMNS, plainTables)
  for await (const page of pagesOf(asked, machinery, job)) {
    for (const row of page) for (const cells of xeroCells(row)) await sheet.add(cells)
    yield page.length
  }
}

/** The files that the bills came in, whatever their kind; a bill that was typed in has none. */
async function* files(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob) {
  const taken = new Map<string, number>()
  for await (const page of pagesOf(asked, machinery, job)) {
    for (const { id, document_id, file_name, storage_key } of page) {
      if (!storage_key) continue
      const name = (document_id ?? id).replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 100)
      const ending = file_name?.match(/\.[A-Za-z0-9]{1,5}$/)?.[0] ?? ''
      const nth = (taken.get(name.toLowerCase()) ?? 0) + 1
      taken.set(name.toLowerCase(), nth)
      into.file(
        `payables/${name}${nth > 1 ? `-${nth}` : ''}${ending}`,
        async () => (await machinery.storage.stream(storage_key)).stream,
      )
    }
    yield page.length
  }
}

const ways = { csv: sheets, csv_xero: xero, pdf: files }

export const payableExporter: Exporter = {
  object: 'payable',
  types: ['payable'],
  formats: ['csv', 'csv_xero', 'pdf'],
  statuses: ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  write: (asked, into, machinery, job) => ways[asked.format](asked, into, machinery, job),
}
