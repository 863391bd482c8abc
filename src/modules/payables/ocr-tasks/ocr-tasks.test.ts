import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { serve } from '../../../../test/support/file-server.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, type World, world } from '../../../../test/support/world.ts'
import { paths } from '../../../platform/paths.ts'
import { createPdfRenderer } from '../../../platform/pdf/renderer.ts'
import { sampleInvoice } from '../../../platform/pdf/sample.ts'

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
afterAll(() => renderer.close())
const pdf = async () => Buffer.from(await renderer.render('invoice', sampleInvoice()))
const picture = () =>
  sharp({ create: { width: 60, height: 60, channels: 3, background: 'white' } })
    .png()
    .toBuffer()

const send = (who: Client, bytes: Buffer, query = '') =>
  who.upload('POST', `/ocr_tasks/upload_from_file${query}`, { bytes, name: 'file.pdf' })
const show = async (who: Client, id: string): Promise<Body> => good(await who.get(`/ocr_tasks/${id}`))
const told = (w: World, id: string) =>
  w.sql<{ event: string }>(`select event from events where object_id = $1`, [id]).then((all) => all.map(({ event }) => event))

const nordlicht = {
  name: 'Nordlicht Werkstatt GmbH',
  address: { street_and_number: 'Kastanienallee 12', city: 'Berlin', postal_code: '10435', country: 'DE' },
  bank_account: { iban: 'DE89370400440532013000', swift_bic: 'COBADEFFXXX' },
}

describe('a file that is uploaded', () => {
  test('is read soon after, in major units, and the webhook hears of it', async () => {
    const w = await world()
    const { status, body: task } = await send(w.berlin, await pdf())
    expect([status, task]).toMatchObject([202, { status: 'processing', document_type: null, recognized_data: null }])
    await w.work()
    const done = await show(w.berlin, task.id)
    expect(done).toMatchObject({
      status: 'success',
      document_type: 'invoice',
      recognized_data: {
        type: 'invoice',
        document_number: 'INV-2025-00042',
        currency: 'EUR',
        issue_date: '2025-11-03',
        due_date: '2025-12-03',
        subtotal: 2249.4,
        tax_amount: 414.5,
        total_amount: 2663.9,
        sender: nordlicht,
        recipient: { address: expect.any(Object), bank_account: expect.any(Object) },
      },
    })
    const { line_items } = done.recognized_data
    expect(line_items.map(({ subtotal, quantity }: Body) => [subtotal, quantity])).toEqual([
      [1134, 6],
      [498, 4],
      [510, 7.5],
      [107.4, 12],
    ])
    expect(await told(w, task.id)).toEqual(['finished'])
    expect(good(await w.berlin.get('/payables')).data).toEqual([])
    expect(good(await w.berlin.get('/receipts')).data).toEqual([])
  })

  test('is shown as the type that the caller names', async () => {
    const w = await world()
    const bytes = await pdf()
    const receipt = good(await send(w.berlin, bytes, '?document_type=receipt'))
    const note = good(await send(w.berlin, bytes, '?document_type=credit_note'))
    expect(receipt.document_type).toBe('receipt')
    await w.work()
    const { document_type, recognized_data } = await show(w.berlin, receipt.id)
    expect([document_type, recognized_data]).toMatchObject([
      'receipt',
      { type: 'receipt', issued_at: '2025-11-03T00:00:00+00:00', tax_type: null, total_amount: 2663.9, sender: nordlicht },
    ])
    expect(recognized_data).not.toHaveProperty('recipient')
    expect((await show(w.berlin, note.id)).recognized_data).toMatchObject({
      type: 'credit_note',
      original_invoice_number: null,
      issue_date: '2025-11-03',
    })
    const wrong = await send(w.berlin, bytes, '?document_type=letter')
    expect(wrong.status).toBe(422)
  })

  test('that nothing can be read from ends as an error', async () => {
    const w = await world()
    const { id } = good(await send(w.berlin, await picture()))
    await w.work()
    expect(await show(w.berlin, id)).toMatchObject({ status: 'error', recognized_data: null, document_type: null })
    expect(await told(w, id)).toEqual(['finished'])
  })

  test('is refused when it is empty, of another kind or too large', async () => {
    const { berlin } = await world()
    expect(no(await send(berlin, Buffer.alloc(0)))).toEqual([400, 'The file is empty'])
    for (const text of ['just text', 'GIF89a', '<?xml version="1.0"?><a/>'])
      expect(no(await send(berlin, Buffer.from(text)))).toEqual([415, expect.stringContaining('Unsupported file format')])
    expect((await send(berlin, Buffer.alloc(20 * 1024 * 1024 + 1, '%PDF-'))).status).toBe(413)
    expect(good(await berlin.get('/ocr_tasks')).data).toEqual([])
  })
})

describe('a file at an address', () => {
  test('is fetched and read', async () => {
    const w = await world()
    const bytes = await pdf()
    const url = await serve((_request, response) => response.end(bytes))
    const { status, body: task } = await w.berlin.post('/ocr_tasks', { file_url: `${url}/bill.pdf`, document_type: 'invoice' })
    expect([status, task.status, task.document_type]).toEqual([202, 'processing', 'invoice'])
    await w.work()
    expect((await show(w.berlin, task.id)).recognized_data).toMatchObject({ document_number: 'INV-2025-00042' })
    const [file] = await w.sql<Body>(
      `select f.name, f.file_type from files f join ocr_tasks t on t.file_id = f.id where t.id = $1`,
      [task.id],
    )
    expect(file).toEqual({ name: 'bill.pdf', file_type: 'ocr_files' })
  })

  test('is refused by what is wrong with it', async () => {
    const { berlin } = await world()
    const post = async (file_url: string) => (await berlin.post('/ocr_tasks', { file_url }, { beyond: true })).status
    const url = await serve((request, response) => {
      if (request.url === '/gone') response.writeHead(404).end()
      else if (request.url === '/large') response.end(Buffer.alloc(20 * 1024 * 1024 + 1, '%PDF-'))
      else if (request.url === '/text') response.end('text')
      else response.end()
    })
    expect(await post(`${url}/gone`)).toBe(424)
    expect(await post(`${url}/large`)).toBe(413)
    expect(await post(`${url}/text`)).toBe(415)
    expect(await post(`${url}/empty`)).toBe(400)
    expect(await post('ftp://example.com/a.pdf')).toBe(421)
    expect(await post('file:///etc/passwd')).toBe(421)
    expect(await post('no address')).toBe(422)
    expect(good(await berlin.get('/ocr_tasks')).data).toEqual([])
  })
})

test('a task without an entity belongs to the partner, who alone sees it, and no webhook is sent', async () => {
  const [w, other] = [await world(), await world()]
  const task = good(await send(w.partner, await pdf()))
  const inside = good(await send(w.partnerIn(w.berlin.entityId!), await pdf()))
  await w.work()
  expect((await show(w.partner, task.id)).status).toBe('success')
  expect(await told(w, task.id)).toEqual([])
  expect(await told(w, inside.id)).toEqual(['finished'])
  const listed = async (who: Client) => good(await who.get('/ocr_tasks')).data.map(({ id }: Body) => id)
  expect(await listed(w.partner)).toEqual([task.id])
  expect(await listed(w.berlin)).toEqual([inside.id])
  expect(await listed(w.paris)).toEqual([])
  expect(await listed(other.partner)).toEqual([])
  for (const who of [w.berlin, w.paris, other.partner, w.partnerIn(w.berlin.entityId!)])
    expect(no(await who.get(`/ocr_tasks/${task.id}`))).toEqual([404, 'OCR task not found'])
  expect((await w.partner.get(`/ocr_tasks/${inside.id}`)).status).toBe(404)
})

test('tasks are filtered, sorted and paged', async () => {
  const w = await world()
  const one = good(await send(w.berlin, await picture(), '?document_type=receipt'))
  await w.work()
  const two = good(await send(w.berlin, await picture(), '?document_type=invoice'))
  const found = async (query: string) => good(await w.berlin.get(`/ocr_tasks?${query}`)).data.map(({ id }: Body) => id)
  expect(await found('')).toEqual([one.id, two.id])
  expect(await found('sort=created_at&order=desc')).toEqual([two.id, one.id])
  expect(await found('status=error')).toEqual([one.id])
  expect(await found('status=processing')).toEqual([two.id])
  expect(await found('document_type=invoice')).toEqual([two.id])
  expect(await found(`id__in=${one.id}`)).toEqual([one.id])
  expect(await found(`created_at__gt=${encodeURIComponent(one.created_at)}`)).toEqual([two.id])
  expect(await found(`created_at__lte=${encodeURIComponent(one.created_at)}`)).toEqual([one.id])
  const first = good(await w.berlin.get('/ocr_tasks?limit=1'))
  expect(await found(`pagination_token=${first.next_pagination_token}`)).toEqual([two.id])
  expect((await w.berlin.get('/ocr_tasks?pagination_token=x')).status).toBe(422)
})

test('who is limited to their own sees no other task', async () => {
  const { berlin, newUser } = await world()
  const { id } = good(await send(berlin, await picture()))
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  expect((await limited.get(`/ocr_tasks/${id}`)).status).toBe(403)
  expect(good(await limited.get('/ocr_tasks')).data).toEqual([])
  const own = good(await send(limited, await picture()))
  expect((await show(limited, own.id)).id).toBe(own.id)
})
