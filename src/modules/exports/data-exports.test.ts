import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { XMLValidator } from 'fast-xml-parser'
import { extractText, getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { addItem, completeBill, newBill } from '../../../test/support/billing.ts'
import { draft, good, issued, no, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, type World, world } from '../../../test/support/world.ts'
import { unzip } from '../../../test/support/zip.ts'
import { localDate } from '../../core/local-day.ts'
import { asEntity } from '../../platform/database/context.ts'
import type { Job } from '../../platform/jobs/jobs.ts'
import { ATTEMPTS_MAX } from './data-exports.jobs.ts'

const YEAR = { date_from: '2024-01-01', date_to: '2030-12-31' }
const ALL = ['draft', 'issued', 'partially_paid', 'paid', 'overdue', 'uncollectible', 'canceled']
const receivables = (statuses: string[] = ALL) => [{ name: 'receivable', statuses }]

const order = async (who: Client, changes: object = {}): Promise<string> =>
  good(await who.post('/data_exports', { ...YEAR, format: 'csv', objects: receivables(), ...changes })).id

const state = async (who: Client, id: string): Promise<Body> => good(await who.get(`/data_exports/${id}`))

/** What the link of an export leads to, without any header. */
async function download(w: World, who: Client, id: string) {
  const { status, source_url, count } = await state(who, id)
  expect(status).toBe('ready')
  const answer = await w.app.inject({ method: 'GET', url: new URL(source_url).pathname })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip'])
  return { count, bytes: answer.rawPayload, files: new Map(await unzip(answer.rawPayload)) }
}

async function made(w: World, who: Client, changes: object = {}) {
  const id = await order(who, changes)
  await w.work()
  return { id, ...(await download(w, who, id)) }
}

const sheet = (files: Map<string, Buffer>, name: string): Record<string, string>[] => parse(files.get(name)!, { columns: true })
const sum = (rows: Record<string, string>[], column: string) =>
  Math.round(rows.reduce((all, row) => all + Number(row[column]) * 100, 0))

test('an export is pending until a job has made it, then a link leads to a ZIP file', async () => {
  const w = await world()
  const { berlin } = w
  const invoice = await issued(berlin, await ready(berlin))
  const id = await order(berlin, { date_from: '2024-01-01', date_to: '2030-12-31' })
  const pending = await state(berlin, id)
  expect(pending).toEqual({
    id,
    count: 0,
    created_by_entity_user_id: berlin.userId,
    entity_id: berlin.entityId,
    format: 'csv',
    language: 'en',
    source_url: null,
    start_datetime: '2024-01-01T00:00:00+00:00',
    end_datetime: '2030-12-31T23:59:59.999999+00:00',
    status: 'pending',
  })
  await w.work()
  const done = await state(berlin, id)
  expect(done).toEqual({ ...pending, count: 1, status: 'ready', source_url: expect.stringMatching(/^http.*\/f\//) })
  const { files } = await download(w, berlin, id)
  expect([...files.keys()]).toEqual(['receivables.csv', 'receivable_lines.csv'])
  expect(sheet(files, 'receivables.csv')[0]!.id).toBe(invoice.id)
  const { body: zips } = await berlin.get('/files?file_type=zip')
  expect(zips.data).toMatchObject([{ file_type: 'zip', mimetype: 'application/zip', name: 'export_2024-01-01_2030-12-31.zip' }])
  expect(zips.data[0].url).toBe(done.source_url)
  const events = await w.sql('select object_type, event from events where object_id = $1', [id])
  expect(events).toEqual([{ object_type: 'export', event: 'finished' }])
})

test('every figure of the sheet is the figure of its document, and the sums are those of the books', async () => {
  const w = await world()
  const { berlin } = w
  await withoutRules(berlin)
  const r = await ready(berlin)
  const line = (value: number, quantity: number, tax_rate_value: number) => ({
    quantity,
    tax_rate_value,
    product: { name: 'Work', price: { currency: 'EUR', value }, measure_unit: { name: 'hour' } },
  })
  const ids: string[] = []
  for (const [i, tax] of [1900, 700, 0, 1900, 700].entries()) {
    const { id } = await draft(berlin, r, {
      memo: `Order ${i}`,
      discount: { type: 'percentage', amount: 250 * i },
      line_items: [line(9_999 + i * 7, 1.5 + i, tax), line(333, 3, 1900)],
    })
    if (i < 3) good(await berlin.post(`/receivables/${id}/issue`))
    ids.push(id)
  }
  good(await berlin.post(`/receivables/${ids[0]}/mark_as_paid`))
  good(await berlin.post(`/receivables/${ids[1]}/mark_as_partially_paid`, { amount_paid: 1_234 }))
  const { files, count } = await made(w, berlin)
  expect(count).toBe(5)
  const rows = sheet(files, 'receivables.csv')
  // Drafts first, by the day they were made; then by the day of issue.
  expect(rows.slice(0, 2).map(({ id }) => id)).toEqual(ids.slice(3))
  expect(
    rows
      .slice(2)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids.slice(0, 3).sort())
  const documents: Body[] = (await berlin.get('/receivables')).body.data
  const amount = (minor: number) => (minor / 100).toFixed(2)
  for (const row of rows) {
    const document = documents.find(({ id }) => id === row.id)
    expect(row).toMatchObject({
      type: 'invoice',
      status: document.status,
      number: document.document_id ?? '',
      issue_date: document.issue_date ? localDate(new Date(document.issue_date), 'Europe/Berlin') : '',
      due_date: document.due_date ?? '',
      counterpart_id: r.customer.id,
      counterpart_name: 'Acme GmbH',
      counterpart_country: 'DE',
      currency: 'EUR',
      subtotal: amount(document.subtotal),
      net: amount(document.discounted_subtotal),
      vat: amount(document.total_vat_amount),
      total: amount(document.total_amount),
      paid: amount(document.amount_paid),
      due: amount(document.amount_due),
      memo: document.memo,
    })
    const lines = sheet(files, 'receivable_lines.csv').filter(({ document_id }) => document_id === row.id)
    expect(lines.map(({ line }) => line)).toEqual(['1', '2'])
    expect(sum(lines, 'net')).toBe(document.subtotal)
    expect(lines[0]).toMatchObject({
      name: 'Work',
      unit: 'hour',
      quantity: String(document.line_items[0].quantity),
      currency: 'EUR',
    })
  }
  const [books] = await w.sql<Record<string, number>>(
    `select sum(total_amount)::int as total, sum(discounted_subtotal)::int as net, sum(total_vat_amount)::int as vat, sum(amount_paid)::int as paid,
       sum(amount_due)::int as due from receivables where entity_id = $1 and deleted_at is null`,
    [berlin.entityId],
  )
  for (const [column, total] of Object.entries(books!)) expect([column, sum(rows, column)]).toEqual([column, total])
})

test('amounts have the decimals of their currency', async () => {
  const w = await world()
  const r = await ready(w.berlin)
  const product = (currency: string, value: number) => [
    { quantity: 1, tax_rate_value: 0, product: { name: 'A', price: { currency, value } } },
  ]
  for (const [currency, value] of [
    ['JPY', 1234],
    ['KWD', 1234],
    ['EUR', 5],
  ] as const)
    await draft(w.berlin, r, { currency, line_items: product(currency, value) })
  const { files } = await made(w, w.berlin)
  const totals = Object.fromEntries(sheet(files, 'receivables.csv').map(({ currency, total }) => [currency, total]))
  expect(totals).toEqual({ JPY: '1234', KWD: '1.234', EUR: '0.05' })
})

test('text that a spreadsheet would run is disarmed, text with commas, quotes and line breaks comes back as it was', async () => {
  const w = await world()
  await withoutRules(w.berlin)
  const r = await ready(w.berlin)
  const texts = ['=1+1', '+49 30', '-5', '@SUM(A1)', '\tTab', 'a, "b"\nc; é 🙂', 'Ordinary = fine']
  for (const memo of texts)
    await draft(w.berlin, r, {
      memo,
      line_items: [
        { quantity: 1, tax_rate_value: 0, product: { name: memo.trim() || 'A', price: { currency: 'EUR', value: 100 } } },
      ],
    })
  const { files } = await made(w, w.berlin)
  const rows = sheet(files, 'receivables.csv')
  expect(rows.map(({ memo }) => memo)).toEqual([
    "'=1+1",
    "'+49 30",
    "'-5",
    "'@SUM(A1)",
    "'\tTab",
    'a, "b"\nc; é 🙂',
    'Ordinary = fine',
  ])
  expect(
    sheet(files, 'receivable_lines.csv')
      .map(({ name }) => name)
      .slice(0, 2),
  ).toEqual(["'=1+1", "'+49 30"])
  expect(rows.every(({ total }) => total === '1.00')).toBe(true)
})

test('both days count; a document is of the day it was issued, a draft of the day it was made', async () => {
  const w = await world()
  const { berlin } = w
  const r = await ready(berlin)
  const at = async (moment: string, work: () => Promise<Body>) => {
    w.clock.set(moment)
    // The token would be dead by then.
    await w.sql(`update access_tokens set expires_at = '2100-01-01'`)
    w.machinery.access.forget()
    return (await work()).id as string
  }
  // Days of Berlin, two hours ahead of UTC.
  const early = await at('2031-04-30T22:00:00Z', () => issued(berlin, r))
  const late = await at('2031-05-31T21:59:59Z', () => issued(berlin, r))
  const old = await at('2031-04-30T21:59:59.999Z', () => draft(berlin, r))
  const mine = await at('2031-05-31T21:59:59.999Z', () => draft(berlin, r))
  const after = await at('2031-05-31T22:00:00Z', () => draft(berlin, r))
  const { id: moved } = await draft(berlin, r)
  w.clock.set('2031-06-02T00:00:00Z')
  const found = async (date_from: string, date_to: string) => {
    const { files } = await made(w, berlin, { date_from, date_to })
    return sheet(files, 'receivables.csv').map(({ id }) => id)
  }
  expect(await found('2031-05-01', '2031-05-31')).toEqual([mine, early, late])
  expect(await found('2031-05-02', '2031-05-30')).toEqual([])
  expect(await found('2031-05-01', '2031-05-01')).toEqual([early])
  expect(await found('2031-04-01', '2031-04-30')).toEqual([old])
  expect((await found('2031-06-01', '2031-06-01')).sort()).toEqual([after, moved].sort())
  expect(await found('9999-12-31', '9999-12-31')).toEqual([])
})

test('only the statuses asked for are there; deleted documents and those of others are not', async () => {
  const w = await world()
  const { berlin, paris } = w
  const r = await ready(berlin)
  const paid = await issued(berlin, r)
  good(await berlin.post(`/receivables/${paid.id}/mark_as_paid`))
  const open = await issued(berlin, r)
  const gone = await draft(berlin, r)
  await berlin.delete(`/receivables/${gone.id}`)
  const found = async (who: Client, statuses: string[]) =>
    sheet((await made(w, who, { objects: receivables(statuses) })).files, 'receivables.csv').map(({ id }) => id)
  expect(await found(berlin, ['paid'])).toEqual([paid.id])
  expect(await found(berlin, ['draft'])).toEqual([])
  expect((await found(berlin, ['paid', 'issued', 'issued'])).sort()).toEqual([paid.id, open.id].sort())
  expect(await found(paris, ALL)).toEqual([])
  const twice = [...receivables(['paid']), ...receivables(['issued'])]
  expect((await made(w, berlin, { objects: twice })).count).toBe(2)
})

test('pages come as PDFs, drawn where none were drawn yet, each under its number', async () => {
  const w = await world()
  const { berlin } = w
  await withoutRules(berlin)
  const r = await ready(berlin)
  const one = await issued(berlin, r, { memo: 'The first one' })
  await w.work()
  const drawn = await w.sql<{ file_key: string }>('select file_key from receivables where id = $1', [one.id])
  expect(drawn[0]!.file_key).not.toBeNull()
  const two = await issued(berlin, r, { memo: 'The second one' })
  const three = await draft(berlin, r, { memo: 'The third one' })
  // The jobs that would draw the others don't get that far.
  await w.sql(`delete from jobs where kind = 'receivables.render_pdf' and entity_id = $1`, [berlin.entityId])
  const { files, count } = await made(w, berlin, { format: 'pdf' })
  expect(count).toBe(3)
  const folder = 'receivables/invoices'
  const names = [`${folder}/draft-${three.id}.pdf`, ...[one, two].map(({ document_id }) => `${folder}/${document_id}.pdf`)]
  expect([...files.keys()].sort()).toEqual([...names].sort())
  const textOf = async (name: string) => {
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(files.get(name)!)), { mergePages: true })
    return text
  }
  expect(await textOf(names[1]!)).toMatch(new RegExp(`${one.document_id}[^]*The first one`))
  expect(await textOf(names[2]!)).toContain('The second one')
  expect(await textOf(names[0]!)).toContain('The third one')
  // What was drawn for the export is the document's from then on.
  expect(good(await berlin.get(`/receivables/${two.id}/pdf_link`)).file_url).toMatch(/\/f\//)
})

test('a page that was drawn before a change is drawn anew; numbers that repeat make names that do not', async () => {
  const w = await world()
  const { berlin } = w
  await withoutRules(berlin)
  const r = await ready(berlin)
  const invoice = await draft(berlin, r, { memo: 'Before' })
  await made(w, berlin, { format: 'pdf' })
  good(await berlin.patch(`/receivables/${invoice.id}`, { invoice: { memo: 'After' } }))
  const other = await draft(berlin, r)
  await w.sql(`update receivables set document_id = $2 where id = any ($1)`, [[invoice.id, other.id], '../R 1/ä'])
  const { files } = await made(w, berlin, { format: 'pdf' })
  expect([...files.keys()]).toEqual(['receivables/invoices/.._R_1_ä.pdf', 'receivables/invoices/.._R_1_ä-2.pdf'])
  const { text } = await extractText(await getDocumentProxy(new Uint8Array([...files.values()][0]!)), { mergePages: true })
  expect(text).toContain('After')
})

test('more documents than fit a page are all there, once, and always in the same order', async () => {
  const w = await world()
  const { berlin } = w
  await withoutRules(berlin)
  const r = await ready(berlin)
  const { id } = await draft(berlin, r)
  await issued(berlin, r)
  const columns = (
    await w.sql<{ names: string }>(
      `select string_agg(column_name, ', ') as names from information_schema.columns where table_name = 'receivables' and is_generated = 'NEVER' and column_name <> 'id'`,
    )
  )[0]!.names
  await w.sql(`insert into receivables (${columns}) select ${columns} from receivables, generate_series(1, 449) where id = $1`, [
    id,
  ])
  const first = await made(w, berlin)
  const rows = sheet(first.files, 'receivables.csv')
  expect([first.count, rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([451, 451, 451])
  const second = await made(w, berlin)
  expect(second.files.get('receivables.csv')!.equals(first.files.get('receivables.csv')!)).toBe(true)
})

test('bills leave as sheets, as the sheet that Xero imports, and as the files they came in', async () => {
  const w = await world()
  const bills = { date_to: '2031-12-31', objects: [{ name: 'payable', statuses: ['draft', 'new', 'paid'] }] }
  const file = Buffer.from('%PDF-1.4 a bill')
  const raw = { name: '=Papierhaus', address: { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' } }
  const { id } = await completeBill(w.berlin, { base64_encoded_file: file.toString('base64'), file_name: 'R-4711.pdf' })
  good(await w.berlin.patch(`/payables/${id}`, { counterpart_raw_data: raw }))
  await addItem(w.berlin, id, { name: 'Ink', quantity: 0.5, unit_price: 1000, tax: 700 })
  const other = await newBill(w.berlin, { document_id: 'R-2' })
  await completeBill(w.paris)
  const plain = await made(w, w.berlin, bills)
  expect([plain.count, [...plain.files.keys()]]).toEqual([2, ['payables.csv', 'payable_lines.csv']])
  const rows = sheet(plain.files, 'payables.csv')
  expect(rows.map((row) => row.id).sort()).toEqual([id, other.id].sort())
  expect(rows.find((row) => row.id === id)).toMatchObject({
    number: 'R-4711',
    status: 'new',
    issue_date: '2031-01-10',
    due_date: '2031-02-10',
    counterpart_name: `'=Papierhaus`,
    currency: 'EUR',
    subtotal: '64.97',
    vat: '11.74',
    total: '76.71',
    credited: '0.00',
    paid: '0.00',
    due: '76.71',
  })
  const lines = sheet(plain.files, 'payable_lines.csv')
  expect(lines.map(({ name, quantity, net, vat, gross }) => [name, quantity, net, vat, gross])).toEqual([
    ['Paper', '3', '59.97', '11.39', '71.36'],
    ['Ink', '0.5', '5.00', '0.35', '5.35'],
  ])
  const { count, files } = await made(w, w.berlin, { ...bills, format: 'csv_xero' })
  expect(count).toBe(2)
  const [header, ...rest] = parse(files.get('payables_xero.csv')!) as string[][]
  expect(rest).toHaveLength(3)
  expect(rest.map((row) => [row[0], row[10], row[13], row[16], row[17]])).toContainEqual([
    `'=Papierhaus`,
    'R-4711',
    '76.71',
    '3',
    '19.99',
  ])
  expect(header!.join()).toBe(
    '*ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,POCountry,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InventoryItemCode,Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency',
  )
  const both = await made(w, w.berlin, { objects: [...receivables(), ...bills.objects] })
  expect([...both.files.keys()]).toEqual(['payables.csv', 'payable_lines.csv', 'receivables.csv', 'receivable_lines.csv'])
  const pages = await made(w, w.berlin, { ...bills, format: 'pdf' })
  expect([...pages.files].map(([name, bytes]) => [name, bytes.equals(file)])).toEqual([['payables/R-4711.pdf', true]])
})

test('what can not be exported is refused, and says what can', async () => {
  const { berlin, sql } = await world()
  const post = async (changes: object) =>
    no(
      await berlin.post(
        '/data_exports',
        { ...YEAR, format: 'csv', objects: receivables(['paid']), ...changes },
        { beyond: true },
      ),
    )
  expect(await post({ format: 'csv_xero' })).toEqual([409, 'receivable are not allowed. Available only {payable}'])
  expect(await post({ objects: receivables(['paid', 'deleted', 'recurring']) })).toEqual([
    409,
    'Not all statuses are available: deleted, recurring. Available ones: {draft, issuing, issued, failed, accepted, expired, declined, partially_paid, paid, overdue, uncollectible, canceled}',
  ])
  for (const [changes, place] of [
    [{ objects: [] }, 'body.objects'],
    [{ objects: receivables([]) }, 'body.objects.0.statuses'],
    [{ date_from: '2024-02-02', date_to: '2024-02-01' }, 'body.date_to'],
    [{ date_from: '2024-02-30' }, 'body.date_from'],
    [{ format: 'xlsx' }, 'body.format'],
    [{ objects: [{ name: 'payable', statuses: ['issued'] }] }, 'body.objects'],
    [{ objects: [{ name: 'product', statuses: [] }] }, 'body.objects'],
    [{ language: 'de' }, 'body.language'],
  ] as const) {
    const [status, message] = await post(changes)
    expect([status, message]).toEqual([422, expect.stringContaining(place)])
  }
  expect(await sql('select from data_exports where entity_id = $1', [berlin.entityId])).toEqual([])
  expect(await sql(`select from jobs where kind = 'exports.make' and entity_id = $1`, [berlin.entityId])).toEqual([])
})

test('formats are listed for each object and the documents it comes in, as a bare list', async () => {
  const { berlin } = await world()
  const bills = ['csv', 'csv_xero', 'pdf']
  const documents = ['csv', 'pdf']
  expect((await berlin.get('/data_exports/supported_formats')).body).toEqual([
    { object_type: 'payable', available_types: { payable: bills } },
    { object_type: 'receivable', available_types: { quote: documents, invoice: documents, credit_note: documents } },
  ])
})

test('exports are listed, filtered and paged; each action needs its permission', async () => {
  const { berlin, paris, partnerIn, newUser } = await world()
  const inside = partnerIn(berlin.entityId!)
  const one = await order(berlin)
  const two = await order(inside)
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { language: 'de' }))
  const three = await order(berlin)
  const ids = async (who: Client, query = '') => good(await who.get(`/data_exports?${query}`)).data.map(({ id }: Body) => id)
  expect(await ids(berlin)).toEqual([one, two, three])
  expect(await ids(berlin, 'sort=created_at&order=desc&limit=2')).toEqual([three, two])
  expect(await ids(berlin, `created_by_entity_user_id=${berlin.userId}`)).toEqual([one, three])
  expect((await state(berlin, two)).created_by_entity_user_id).toBeNull()
  expect([(await state(berlin, one)).language, (await state(berlin, three)).language]).toEqual(['en', 'de'])
  expect((await berlin.get('/data_exports?sort=id', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/data_exports?pagination_token=x')).status).toBe(406)
  expect(await ids(paris)).toEqual([])
  expect((await paris.get(`/data_exports/${one}`)).body).toEqual({ error: { message: 'Data export not found' } })
  const reader = await newUser(
    berlin.entityId!,
    permissions({ 'export:read': 'allowed', 'receivable:read': 'allowed' }, 'not_allowed'),
  )
  expect(await ids(reader)).toEqual([one, two, three])
  expect(no(await reader.post('/data_exports', { ...YEAR, format: 'csv', objects: receivables() }))).toEqual([
    403,
    'Action create for export not allowed',
  ])
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const own = await order(limited)
  expect(await ids(limited)).toEqual([own])
  expect((await limited.get(`/data_exports/${one}`)).status).toBe(403)
})

/** Everything in the storage and in the place for work in hand that belongs to an export. */
function remains(w: World, id: string): string[] {
  const hex = id.replaceAll('-', '')
  const folder = join(w.machinery.config.data_dir, 'files', hex.slice(0, 2), hex.slice(2, 4))
  const stored = existsSync(folder) ? readdirSync(folder) : []
  return [...stored, ...readdirSync(tmpdir()).filter((name) => name.includes(id))]
}
const failing = (w: World) =>
  w.sql<{ attempts: number; last_error: string }>(
    `select attempts, last_error from jobs where kind = 'exports.make' and entity_id = $1`,
    [w.berlin.entityId],
  )
/** The next attempt is due now. */
const hurry = (w: World) =>
  w.sql(`update jobs set run_at = app_now() where kind = 'exports.make' and entity_id = $1`, [w.berlin.entityId])

test('an attempt that fails leaves nothing behind, and the next one makes the whole file', async () => {
  const w = await world()
  await issued(w.berlin, await ready(w.berlin))
  await w.work()
  const { storage } = w.machinery
  const { stream, putFile } = storage
  const id = await order(w.berlin, { format: 'pdf' })
  storage.stream = async () => {
    throw new Error('The disk is gone')
  }
  await w.work().finally(() => Object.assign(storage, { stream }))
  expect(await failing(w)).toMatchObject([{ attempts: 1, last_error: 'The disk is gone' }])
  expect([(await state(w.berlin, id)).status, remains(w, id)]).toEqual(['pending', []])
  // It breaks off once more, after the bytes are stored and before they are named.
  storage.putFile = async (key, path) => {
    await putFile(key, path)
    throw new Error('The power is gone')
  }
  await hurry(w)
  await w.work().finally(() => Object.assign(storage, { putFile }))
  expect([(await failing(w))[0]!.attempts, remains(w, id)]).toEqual([2, [expect.stringMatching(/-2$/)]])
  await hurry(w)
  await w.work()
  const { files, count } = await download(w, w.berlin, id)
  expect([files.size, count, remains(w, id)]).toEqual([1, 1, [expect.stringMatching(/-3$/)]])
})

test('after the last attempt the export has failed: no link, no file, and whoever listens hears of it', async () => {
  const w = await world()
  await issued(w.berlin, await ready(w.berlin))
  await w.work()
  const { storage } = w.machinery
  const { putFile } = storage
  storage.putFile = async (key, path) => {
    await putFile(key, path)
    throw new Error('The disk is full')
  }
  const id = await order(w.berlin)
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    expect((await state(w.berlin, id)).status).toBe('pending')
    await hurry(w)
    await w.work()
  }
  Object.assign(storage, { putFile })
  expect(await state(w.berlin, id)).toMatchObject({ status: 'failed', source_url: null })
  expect([await failing(w), remains(w, id)]).toEqual([[], []])
  expect(await w.sql('select event from events where object_id = $1', [id])).toEqual([{ event: 'finished' }])
  expect((await w.berlin.get('/files?file_type=zip')).body.data).toEqual([])
})

test('an export whose worker was killed is made by another, and its remains are cleared away', async () => {
  const w = await world()
  await issued(w.berlin, await ready(w.berlin))
  await w.work()
  const id = await order(w.berlin)
  const [job] = await w.sql<Job<'exports.make'>>(
    `update jobs set attempts = 1, run_at = app_now() + interval '2 minutes' where kind = 'exports.make' and entity_id = $1 returning *`,
    [w.berlin.entityId],
  )
  // It got as far as storing the bytes; its transaction never came.
  await w.handlers['exports.make'](job!)
  expect(remains(w, id)).toHaveLength(1)
  await w.work()
  expect((await state(w.berlin, id)).status).toBe('pending')
  await hurry(w)
  await w.work()
  expect([(await download(w, w.berlin, id)).count, remains(w, id)]).toEqual([1, [expect.stringMatching(/-2$/)]])
  // The one that was taken for dead comes back, and changes nothing.
  const who = { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }
  const late = await w.handlers['exports.make'](job!)
  await asEntity(w.machinery.db, who, late)
  expect((await w.berlin.get('/files?file_type=zip')).body.data).toHaveLength(1)
  expect(await w.sql('select event from events where object_id = $1', [id])).toHaveLength(1)
})

test('an export that takes its process with it every time is given up', async () => {
  const w = await world()
  const id = await order(w.berlin)
  await w.sql(`update jobs set attempts = $2 where kind = 'exports.make' and entity_id = $1`, [w.berlin.entityId, ATTEMPTS_MAX])
  await w.work()
  expect((await state(w.berlin, id)).status).toBe('failed')
})

test('a file that is deleted takes its link with it', async () => {
  const w = await world()
  const { id } = await made(w, w.berlin)
  const [file] = (await w.berlin.get('/files?file_type=zip')).body.data
  await w.berlin.delete(`/files/${file.id}`)
  expect(await state(w.berlin, id)).toMatchObject({ status: 'ready', source_url: null })
})

test('an export holds what its maker may read: nothing of other objects, and of their own only what they made', async () => {
  const w = await world()
  const { berlin } = w
  const parts = await ready(berlin)
  await issued(berlin, parts)
  const bill = await newBill(berlin)
  const both = {
    date_to: '2031-12-31',
    format: 'csv',
    objects: [...receivables(), { name: 'payable', statuses: ['draft', 'new'] }],
  }
  const mine = { 'receivable:read': 'allowed_for_own', 'payable:read': 'allowed_for_own' } as const
  const user = await w.newUser(berlin.entityId!, permissions(mine))
  const own = await issued(user, parts)
  const ownBill = await newBill(user)
  const become = async (changes: Parameters<typeof permissions>[0]) =>
    w
      .partnerIn(berlin.entityId!)
      .patch(`/roles/${(await user.get('/entity_users/my_role')).body.id}`, { permissions: permissions(changes) })

  // Nothing is ordered that the role doesn't read, also not beside what it does.
  await become({ ...mine, 'payable:read': 'not_allowed' })
  const before = (await user.get('/data_exports')).body.data
  const refused = await user.post('/data_exports', { ...YEAR, ...both })
  expect(no(refused)).toEqual([403, 'Action read for payable not allowed'])
  expect((await user.get('/data_exports')).body.data).toEqual(before)

  await become(mine)
  const { files } = await made(w, user, both)
  expect(sheet(files, 'receivables.csv').map((row) => row.id)).toEqual([own.id])
  expect(sheet(files, 'payables.csv').map((row) => row.id)).toEqual([ownBill.id])
  const { files: whole } = await made(w, berlin, both)
  expect(new Set(sheet(whole, 'receivables.csv').map((row) => row.id)).size).toBe(2)
  expect(new Set(sheet(whole, 'payables.csv').map((row) => row.id))).toEqual(new Set([bill.id, ownBill.id]))
})

test('whoever may not read what is in an export sees neither it nor its file', async () => {
  const w = await world()
  const { berlin } = w
  const both = { format: 'csv', objects: [...receivables(), { name: 'payable', statuses: ['new'] }] }
  const { id } = await made(w, berlin, both)
  const sales = await made(w, berlin, { format: 'csv', objects: receivables() })
  const zips: Body[] = good(await berlin.get('/files?file_type=zip')).data
  expect(zips).toHaveLength(2)
  for (const [kind, message] of [
    ['not_allowed', 'Action read for payable not allowed'],
    ['allowed_for_own', 'This data export belongs to another user'],
  ] as const) {
    const user = await w.newUser(berlin.entityId!, permissions({ 'payable:read': kind }))
    expect(no(await user.get(`/data_exports/${id}`))).toEqual([403, message])
    expect(good(await user.get('/data_exports')).data.map((row: Body) => row.id)).toEqual([sales.id])
    const seen = good(await user.get('/files?file_type=zip')).data
    expect(seen).toHaveLength(1)
    const hidden = zips.find((zip) => zip.id !== seen[0].id)!
    expect((await user.get(`/files/${hidden.id}`)).status).toBe(403)
    expect((await user.delete(`/files/${hidden.id}`)).status).toBe(403)
  }
  // One's own is closed, too, once the role reads less than it did.
  const user = await w.newUser(berlin.entityId!)
  const earlier = await made(w, user, { format: 'csv', objects: receivables() })
  const { body: role } = await user.get('/entity_users/my_role')
  await w
    .partnerIn(berlin.entityId!)
    .patch(`/roles/${role.id}`, { permissions: permissions({ 'receivable:read': 'allowed_for_own' }) })
  expect((await user.get(`/data_exports/${earlier.id}`)).status).toBe(403)
  const own = await made(w, user, { format: 'csv', objects: receivables() })
  expect((await user.get(`/data_exports/${own.id}`)).status).toBe(200)
})

// Tables as spreadsheets want them

test('tables are written in the ways of a country: byte order mark, semicolons, decimal commas', async () => {
  const w = await world()
  const { berlin } = w
  const invoice = await issued(berlin, await ready(berlin), { memo: 'a;b, 1.50' })
  const before = (await made(w, berlin)).files
  const export_tables = { byte_order_mark: true, delimiter: ';', decimal_comma: true }
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { export_tables }))
  const { files } = await made(w, berlin)
  const bytes = files.get('receivables.csv')!
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  const rows: Record<string, string>[] = parse(bytes, { columns: true, delimiter: ';', bom: true })
  const [plain] = sheet(before, 'receivables.csv')
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ id: invoice.id, memo: 'a;b, 1.50', total: plain!.total!.replace('.', ',') })
  expect(rows[0]!.total).toMatch(/^\d+,\d\d$/)
  // Moments and other text keep their points.
  expect([rows[0]!.created_at, rows[0]!.number]).toEqual([plain!.created_at, plain!.number])
  // Xero reads its own form, whatever people read.
  const bill = { format: 'csv_xero', objects: [{ name: 'payable', statuses: ['draft', 'new'] }] }
  expect((await made(w, berlin, bill)).files.get('payables_xero.csv')!.toString()).toMatch(/^\*ContactName,EmailAddress,/)
})

test('tables are workbooks where that is wanted: figures are numbers, days are days, and texts never formulas', async () => {
  const w = await world()
  const { berlin } = w
  const memo = '=1+1 & <b> \u0007'
  const invoice = await issued(berlin, await ready(berlin), { memo })
  good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { export_tables: { format: 'xlsx' } }))
  const { files } = await made(w, berlin)
  expect([...files.keys()]).toEqual(['receivables.xlsx', 'receivable_lines.xlsx'])
  const parts = new Map(await unzip(files.get('receivables.xlsx')!))
  expect([...parts.keys()]).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/workbook.xml',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/worksheets/sheet1.xml',
  ])
  for (const part of parts.values()) expect(XMLValidator.validate(part.toString())).toBe(true)
  const text = parts.get('xl/worksheets/sheet1.xml')!.toString()
  expect(text).toContain(`<is><t xml:space="preserve">${invoice.document_id}</t></is>`)
  expect(text).toContain('<is><t xml:space="preserve">=1+1 &amp; &lt;b&gt; </t></is>')
  expect(text).toContain(`<c><v>${(invoice.total_amount / 100).toFixed(2)}</v></c>`)
  // Days are counted from 1899-12-30.
  const day = Date.parse(invoice.due_date) / 86_400_000 + 25_569
  expect(text).toContain(`<c s="1"><v>${day}</v></c>`)
  expect(text).not.toContain(`>${invoice.due_date}<`)
  expect(text).not.toContain('<f>')
  const cells = text.match(/<row>.*?<\/row>/gs)!.map((row) => row.match(/<c[ >/]/g)!.length)
  expect(new Set(cells).size).toBe(1)
  const again = await made(w, berlin)
  expect(again.files.get('receivable_lines.xlsx')).toBeDefined()
})
