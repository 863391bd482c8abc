import type { Static } from 'typebox'
import { ZipFile } from 'yazl'
import { datevArchive, datevFaults, datevParties, datevPostings } from '../../../core/ledger/files/datev.ts'
import { fecFile, fecName } from '../../../core/ledger/files/fec.ts'
import type { Journal, JournalEntry } from '../../../core/ledger/files/journal.ts'
import { beancountJournal, hledgerJournal } from '../../../core/ledger/files/plain-text.ts'
import { quickbooksSheet, xeroSheet } from '../../../core/ledger/files/spreadsheets.ts'
import { windows1252 } from '../../../core/ledger/texts.ts'
import { badRequest, conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import type { Storage } from '../../../ports/files.ts'
import type { exportQuery, Period } from './books.schema.ts'
import { requireBooks } from './books.service.ts'

/** The books as files: for DATEV, for hledger and beancount, for the French tax office, and for the imports of other programs. */

export type Format = Static<typeof exportQuery>['format']

/** More entries than this are asked for in several periods: a request doesn't keep others waiting. */
const ENTRIES_MAX = 20_000
const PICTURES_MAX = 500
const PICTURES_BYTES = 100 * 1024 * 1024

const ENTITY = sql(`
  select coalesce(organization ->> 'legal_name', person_name(individual ->> 'first_name', individual ->> 'last_name')) as "name!",
    address ->> 'country' as "country!", registration_number from entities where id = current_setting('app.entity_id')::uuid`)
const ACCOUNTS = sql(`select number, name, type, role from books_accounts order by number`)
const RATES = sql(`select code, name, rate, direction from books_tax_rates order by code`)
const COUNT = sql(`
  select count(*)::int as "count!" from books_entries where (:from?::date is null or day >= :from?::date) and (:to?::date is null or day <= :to?::date)`)
const ENTRIES = shaped<{ lines: JournalEntry['lines'] }>()(
  sql(`
  select e.id, e.number, e.day, to_char(e.created_at, 'YYYY-MM-DD') as "booked_on!", e.kind, e.object_type, e.document_id, e.document, e.text, e.currency, e.due_day, e.reverses,
    p.side as party_side, p.number as party_number, p.name as party_name, c.email as party_email,
    (select v.value from counterpart_vat_ids v where v.entity_id = e.entity_id and v.counterpart_id = p.counterpart_id and v.deleted_at is null order by v.created_at limit 1) as party_vat_id,
    (select json_agg(json_build_object('account', l.account, 'amount', l.amount, 'currency_amount', l.currency_amount, 'party', l.party_id is not null, 'tax_code', l.tax_code,
      'is_tax', l.is_tax) order by l.place) from books_lines l where l.entity_id = e.entity_id and l.entry_id = e.id) as "lines!"
  from books_entries e left join books_parties p on p.entity_id = e.entity_id and p.id = e.party_id
  left join counterparts c on c.entity_id = p.entity_id and c.id = p.counterpart_id
  where (:from?::date is null or e.day >= :from?::date) and (:to?::date is null or e.day <= :to?::date) order by e.number`),
)
const PICTURES = sql(`
  select d.id as "id!", f.storage_key, f.name, f.size from (
    select r.id, r.file_key as link_key, null::uuid as file_id from receivables r where r.id = any (:ids::uuid[]) and not r.pdf_stale
    union all select p.id, null, p.file_id from payables p where p.id = any (:ids::uuid[])
    union all select n.id, null, n.file_id from payable_credit_notes n where n.id = any (:ids::uuid[])) d
  join files f on (f.link_key = d.link_key or f.id = d.file_id) and f.deleted_at is null`)
type Picture = Awaited<ReturnType<typeof PICTURES>>[number]

export interface Read {
  readonly journal: Journal
  /** Entries whose documents do not stand any more. */
  readonly canceled: ReadonlySet<number>
  readonly pictures: readonly Picture[]
}

/** What a file is made from. Refuses (`bad_request`) periods with too much in them. */
export async function readJournal(ctx: Ctx, { from, to }: Period, withPictures: boolean): Promise<Read> {
  const books = await requireBooks(ctx)
  if (from && to && from > to) throw badRequest('from lies after to')
  const span = { from: from ?? null, to: to ?? null }
  const { count } = await COUNT.one(ctx, span)
  if (count > ENTRIES_MAX) throw badRequest(`There are ${count} entries: ask for a shorter period, with at most ${ENTRIES_MAX}`)
  const { name, country, registration_number } = await ENTITY.one(ctx)
  const rows = await ENTRIES(ctx, span)
  const ids = [...new Set(rows.map(({ document_id }) => document_id))]
  const pictures = withPictures ? await PICTURES(ctx, { ids }) : []
  const pictured = new Set(pictures.map(({ id }) => id))
  const numbers = new Map(rows.map((row) => [row.id, row.number]))
  const canceled = new Set(rows.flatMap(({ reverses }) => (reverses === null ? [] : (numbers.get(reverses) ?? []))))
  const entries = rows.map((row): JournalEntry => {
    const { party_side, party_number, party_name } = row
    return {
      number: row.number,
      day: row.day,
      booked_on: row.booked_on,
      kind: row.kind,
      object_type: row.object_type,
      document: row.document,
      text: row.text,
      currency: row.currency,
      due_day: row.due_day,
      party:
        party_side === null || party_number === null
          ? null
          : { side: party_side, number: party_number, name: party_name ?? '', email: row.party_email, vat_id: row.party_vat_id },
      file: pictured.has(row.document_id) ? row.document_id : null,
      lines: row.lines,
    }
  })
  return {
    journal: {
      books: { ...books, name, country, register_number: registration_number },
      accounts: await ACCOUNTS(ctx),
      rates: await RATES(ctx),
      entries,
    },
    canceled,
    pictures,
  }
}

export interface Made {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

const text = (name: string, content: string, type = 'text/plain; charset=utf-8'): Made => ({
  name,
  type,
  bytes: Buffer.from(content),
})

/** The file of a format, of what was read. Refuses (`conflict`) with all that stands in the way. */
export async function makeFile(
  storage: Storage,
  format: Format,
  { journal, canceled, pictures }: Read,
  now: Date,
): Promise<Made> {
  const { books, entries } = journal
  const last = entries.reduce((latest, { day }) => (day > latest ? day : latest), now.toISOString().slice(0, 10))
  const csv = 'text/csv; charset=utf-8'
  switch (format) {
    case 'hledger':
      return text('books.journal', hledgerJournal(journal))
    case 'beancount':
      return text('books.beancount', beancountJournal(journal))
    case 'fec':
      return text(fecName(books.register_number, last), fecFile(journal))
    case 'xero_invoices':
      return text('xero-invoices.csv', xeroSheet(journal, 'invoice', canceled), csv)
    case 'xero_bills':
      return text('xero-bills.csv', xeroSheet(journal, 'bill', canceled), csv)
    case 'quickbooks_invoices':
      return text('quickbooks-invoices.csv', quickbooksSheet(journal, 'invoice', canceled), csv)
    case 'quickbooks_bills':
      return text('quickbooks-bills.csv', quickbooksSheet(journal, 'bill', canceled), csv)
    case 'datev':
      return datevPackage(storage, journal, pictures, now)
  }
}

async function datevPackage(storage: Storage, journal: Journal, pictures: readonly Picture[], now: Date): Promise<Made> {
  const faults = datevFaults(journal)
  if (faults.length > 0) throw conflict(`DATEV can't be written: ${faults.join('; ')}`)
  const size = pictures.reduce((sum, picture) => sum + picture.size, 0)
  if (pictures.length > PICTURES_MAX || size > PICTURES_BYTES)
    throw badRequest(`There are ${pictures.length} documents of ${size} bytes: ask for a shorter period, or without pictures`)
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 17)
  const zip = new ZipFile()
  const add = (name: string, bytes: Uint8Array) => zip.addBuffer(Buffer.from(bytes), name, { mtime: now, mode: 0o100644 })
  for (const file of datevPostings(journal, { stamp })) add(file.name, windows1252(file.text))
  const parties = datevParties(journal, { stamp })
  add(parties.name, windows1252(parties.text))
  const named = pictures.map((picture) => ({ ...picture, name: `${picture.id}${/\.\w{1,5}$/.exec(picture.name)?.[0] ?? ''}` }))
  for (const { storage_key, name } of named) add(name, await storage.get(storage_key))
  if (named.length > 0) add('document.xml', Buffer.from(datevArchive(now.toISOString().slice(0, 19), named)))
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return { name: 'datev.zip', type: 'application/zip', bytes: Buffer.concat(chunks) }
}
