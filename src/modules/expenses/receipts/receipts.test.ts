import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
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

const upload = async (who: Client, bytes: Buffer, name = 'receipt.pdf'): Promise<Body> =>
  good(await who.upload('POST', '/receipts/upload_from_file', { bytes, name }))
const show = async (who: Client, id: string): Promise<Body> => good(await who.get(`/receipts/${id}`))
const eventNames = async (w: World, id: string) =>
  (await w.sql<{ event: string }>(`select event from events where object_id = $1 order by created_at`, [id])).map(
    ({ event }) => event,
  )
const fetched = async (w: World, url: string) => (await w.app.inject({ url: new URL(url, 'http://here').pathname })).rawPayload

const taxi = {
  currency: 'EUR',
  document_id: 'Q-17',
  issued_at: '2026-03-04T18:20:00+00:00',
  total_amount: 2350,
  merchant_name: 'Taxi Krause',
  merchant_location: 'Berlin',
  transaction_id: '7b1c5b2e-6a5c-4a52-9b0e-0f6e3b1f9d10',
}

describe('a receipt that is typed in', () => {
  test('is shown, changed and gone after deletion', async () => {
    const w = await world()
    const { status, body: receipt } = await w.berlin.post('/receipts', taxi)
    expect(status).toBe(201)
    expect(receipt).toMatchObject({
      ...taxi,
      issued_at: expect.stringMatching(/^2026-03-04T18:20:00/),
      source_of_data: 'user_specified',
      ocr_status: null,
      ocr_request_id: null,
      file_id: null,
      file_url: null,
      created_by_entity_user_id: w.berlin.userId,
      currency_exchange: null,
      partner_metadata: null,
    })
    const path = `/receipts/${receipt.id}`
    expect(good(await w.berlin.get(path))).toEqual(receipt)
    const changed = good(await w.berlin.patch(path, { total_amount: 0, document_id: null }))
    expect(changed).toEqual({ ...receipt, total_amount: 0, document_id: null, updated_at: changed.updated_at })
    expect(good(await w.berlin.patch(path, {}))).toEqual(changed)
    expect((await w.berlin.delete(path)).status).toBe(204)
    expect(no(await w.berlin.get(path))).toEqual([404, 'Receipt not found'])
    expect((await w.berlin.get(`${path}/line_items`)).status).toBe(404)
    expect((await w.berlin.delete(path)).status).toBe(404)
    expect(await eventNames(w, receipt.id)).toEqual(['created', 'updated', 'deleted'])
  })

  test('may be empty, and keeps to its limits', async () => {
    const { berlin, partnerIn } = await world()
    expect((await berlin.post('/receipts', {})).status).toBe(201)
    expect(good(await partnerIn(berlin.entityId!).post('/receipts', {})).created_by_entity_user_id).toBeNull()
    for (const body of [
      { total_amount: -1 },
      { total_amount: 1.5 },
      { currency: 'XXX' },
      { issued_at: 'yesterday' },
      { merchant_name: 'x'.repeat(129) },
      { merchant_location: 'x'.repeat(256) },
      { document_id: 'x'.repeat(256) },
      { transaction_id: '1' },
      { ocr_status: 'success' },
    ])
      expect((await berlin.post('/receipts', body, { beyond: true })).status, JSON.stringify(body)).toBe(422)
    expect(good(await berlin.get('/receipts')).data).toHaveLength(2)
  })

  test('takes its file along, which is kept and not read', async () => {
    const w = await world()
    const bytes = await picture()
    const base64_encoded_file = bytes.toString('base64')
    const receipt = good(await w.berlin.post('/receipts', { base64_encoded_file, merchant_name: 'Kiosk' }))
    expect(receipt).toMatchObject({ source_of_data: 'user_specified', ocr_status: null, file_id: expect.any(String) })
    expect(await fetched(w, receipt.file_url)).toEqual(bytes)
    const other = Buffer.from('%PDF-1.4 another')
    const changed = good(await w.berlin.patch(`/receipts/${receipt.id}`, { base64_encoded_file: other.toString('base64') }))
    expect(changed.file_id).not.toBe(receipt.file_id)
    expect(await fetched(w, changed.file_url)).toEqual(other)
    expect(no(await w.berlin.post('/receipts', { base64_encoded_file: '***' }))[0]).toBe(400)
    await w.work()
    expect(await eventNames(w, receipt.id)).toEqual(['created', 'updated'])
  })

  test('is given a file later, once', async () => {
    const w = await world()
    const { id } = good(await w.berlin.post('/receipts', taxi))
    const bytes = await picture()
    const attach = () => w.berlin.upload('POST', `/receipts/${id}/attach_file`, { bytes, name: 'a.png' })
    expect(good(await attach())).toMatchObject({ file_id: expect.any(String), ocr_status: null, total_amount: 2350 })
    expect(no(await attach())).toEqual([409, 'The receipt has a file already'])
    expect(await eventNames(w, id)).toEqual(['created', 'updated'])
  })

  test('shows what it comes to in the entity’s own currency', async () => {
    const w = await world()
    const settings = `/entities/${w.berlin.entityId}/settings`
    good(
      await w.partner.patch(settings, {
        currency: { default: 'EUR', exchange_rates: [{ base: 'EUR', to: 'JPY', rate: 160 }] },
      }),
    )
    const receipt = good(await w.berlin.post('/receipts', { currency: 'JPY', total_amount: 3200 }))
    expect(receipt.currency_exchange).toEqual({ default_currency_code: 'EUR', rate: 1 / 160, total: 2000 })
  })
})

describe('a receipt that is uploaded', () => {
  test('is there at once, and read soon after', async () => {
    const w = await world()
    const made = await upload(w.berlin, await pdf())
    expect(made).toMatchObject({
      source_of_data: 'ocr',
      ocr_status: 'processing',
      ocr_request_id: expect.any(String),
      file_id: expect.any(String),
      merchant_name: null,
      total_amount: null,
    })
    await w.work()
    expect(await show(w.berlin, made.id)).toMatchObject({
      ocr_status: 'success',
      source_of_data: 'ocr',
      merchant_name: 'Nordlicht Werkstatt GmbH',
      currency: 'EUR',
      document_id: 'INV-2025-00042',
      total_amount: 266390,
      issued_at: expect.stringMatching(/^2025-11-03T00:00:00/),
      merchant_location: expect.stringContaining('Kastanienallee 12'),
    })
    const { data } = good(await w.berlin.get(`/receipts/${made.id}/line_items`))
    expect(data.map(({ total }: Body) => total)).toEqual([113400, 49800, 51000, 10740])
    expect(data.every(({ name }: Body) => name)).toBe(true)
    expect(await eventNames(w, made.id)).toEqual(['created', 'updated', 'ocr_finished'])
  })

  test('keeps what somebody wrote meanwhile', async () => {
    const w = await world()
    const { id } = await upload(w.berlin, await pdf())
    good(await w.berlin.patch(`/receipts/${id}`, { total_amount: 0, merchant_name: 'Mine' }))
    good(await w.berlin.post(`/receipts/${id}/line_items`, { name: 'Mine' }))
    await w.work()
    expect(await show(w.berlin, id)).toMatchObject({
      ocr_status: 'success',
      total_amount: 0,
      merchant_name: 'Mine',
      document_id: 'INV-2025-00042',
    })
    expect(good(await w.berlin.get(`/receipts/${id}/line_items`)).data.map(({ name }: Body) => name)).toEqual(['Mine'])
  })

  test('keeps its file when nothing can be read, and says so once', async () => {
    const w = await world()
    for (const bytes of [Buffer.from('%PDF-1.7 no more than a beginning'), await picture()]) {
      const { id, file_url } = await upload(w.berlin, bytes)
      await w.work()
      expect(await show(w.berlin, id)).toMatchObject({ ocr_status: 'error', source_of_data: 'ocr', total_amount: null })
      expect(await fetched(w, file_url)).toEqual(bytes)
      expect((await eventNames(w, id)).filter((event) => event === 'ocr_finished')).toHaveLength(1)
      good(await w.berlin.patch(`/receipts/${id}`, { total_amount: 100 }))
    }
  })

  test('and deleted before it was read stays deleted', async () => {
    const w = await world()
    const { id } = await upload(w.berlin, await pdf())
    await w.berlin.delete(`/receipts/${id}`)
    await w.work()
    expect(await eventNames(w, id)).toEqual(['created', 'deleted'])
  })

  test('is refused in other forms, and when it is too large', async () => {
    const { berlin } = await world()
    const refused = async (bytes: Buffer) =>
      no(await berlin.upload('POST', '/receipts/upload_from_file', { bytes, name: 'x.pdf' }))
    for (const text of ['just text', 'GIF89a', '<html>', '<?xml version="1.0"?><a/>', ''])
      expect(await refused(Buffer.from(text))).toEqual([400, expect.stringContaining('Unsupported file format')])
    expect(await refused(Buffer.alloc(20 * 1024 * 1024 + 1, '%PDF-'))).toEqual([400, 'File size exceeds 20 MB'])
    expect(good(await berlin.get('/receipts')).data).toEqual([])
  })
})

test('receipts are filtered, sorted and paged', async () => {
  const { berlin } = await world()
  const { transaction_id, ...cash } = taxi
  const one = good(await berlin.post('/receipts', { ...cash, document_id: 'A-1', total_amount: 100 }))
  await berlin.post('/receipts', { currency: 'USD', document_id: 'a-2', total_amount: 200, transaction_id })
  await upload(berlin, await picture())
  const found = async (query: string) =>
    good(await berlin.get(`/receipts?${query}`)).data.map(({ document_id }: Body) => document_id)
  expect(await found('')).toEqual(['A-1', 'a-2', null])
  expect(await found('sort=created_at&order=desc')).toEqual([null, 'a-2', 'A-1'])
  expect(await found(`id__in=${one.id}`)).toEqual(['A-1'])
  expect(await found('currency=USD')).toEqual(['a-2'])
  expect(await found('document_id=A-1')).toEqual(['A-1'])
  expect(await found('document_id__contains=a-')).toEqual(['a-2'])
  expect(await found('document_id__icontains=a-')).toEqual(['A-1', 'a-2'])
  expect(await found('total_amount__gt=100')).toEqual(['a-2'])
  expect(await found('total_amount__gte=100&total_amount__lt=200')).toEqual(['A-1'])
  expect(await found('total_amount__lte=100')).toEqual(['A-1'])
  expect(await found('has_file=true')).toEqual([null])
  expect(await found('has_file=false')).toEqual(['A-1', 'a-2'])
  expect(await found('has_transaction=true')).toEqual(['a-2'])
  expect(await found('has_transaction=false')).toEqual(['A-1', null])
  expect((await berlin.get('/receipts?sort=total_amount', { beyond: true })).status).toBe(422)
  expect((await berlin.get('/receipts?pagination_token=x')).status).toBe(422)
  const first = good(await berlin.get('/receipts?limit=2'))
  const second = good(await berlin.get(`/receipts?pagination_token=${first.next_pagination_token}`))
  expect([...first.data, ...second.data].map(({ document_id }: Body) => document_id)).toEqual(['A-1', 'a-2', null])
})

describe('the lines of a receipt', () => {
  const ids = {
    accounting_tax_rate_id: '1b1c5b2e-6a5c-4a52-9b0e-0f6e3b1f9d10',
    cost_center_id: '2b1c5b2e-6a5c-4a52-9b0e-0f6e3b1f9d10',
  }

  test('come, change and go, are not added up, and are changes of the receipt', async () => {
    const w = await world()
    const receipt = good(await w.berlin.post('/receipts', taxi))
    const path = `/receipts/${receipt.id}/line_items`
    const ledger = '3b1c5b2e-6a5c-4a52-9b0e-0f6e3b1f9d10'
    const { status, body: line } = await w.berlin.post(path, { name: 'Ride', total: -700, ...ids, general_ledger_id: ledger })
    expect(status).toBe(201)
    expect(line).toEqual({
      id: line.id,
      created_at: line.created_at,
      updated_at: line.updated_at,
      receipt_id: receipt.id,
      name: 'Ride',
      total: -700,
      ...ids,
      created_by_entity_user_id: w.berlin.userId,
    })
    expect(await w.sql('select general_ledger_id from receipt_line_items where id = $1', [line.id])).toEqual([
      { general_ledger_id: ledger },
    ])
    const changed = good(await w.berlin.patch(`${path}/${line.id}`, { total: 900 }))
    expect(changed).toEqual({ ...line, total: 900, updated_at: changed.updated_at })
    expect(good(await w.berlin.get(path)).data).toEqual([changed])
    expect((await show(w.berlin, receipt.id)).total_amount).toBe(2350)
    expect((await w.berlin.delete(`${path}/${line.id}`)).status).toBe(204)
    expect((await w.berlin.patch(`${path}/${line.id}`, { total: 1 })).status).toBe(404)
    expect(good(await w.berlin.get(path)).data).toEqual([])
    expect(await eventNames(w, receipt.id)).toEqual(['created', 'updated', 'updated', 'updated'])
  })

  test('belong to their receipt, and nobody else reaches them', async () => {
    const { berlin, paris } = await world()
    const [one, two] = [good(await berlin.post('/receipts', {})), good(await berlin.post('/receipts', {}))]
    const line = good(await berlin.post(`/receipts/${one.id}/line_items`, { name: 'A' }))
    const wrong = `/receipts/${two.id}/line_items/${line.id}`
    expect((await berlin.patch(wrong, { name: 'B' })).status).toBe(404)
    expect((await berlin.delete(wrong)).status).toBe(404)
    expect((await paris.get(`/receipts/${one.id}/line_items`)).status).toBe(404)
    expect((await paris.patch(`/receipts/${one.id}/line_items/${line.id}`, {})).status).toBe(404)
  })

  test('are filtered and sorted', async () => {
    const { berlin, partnerIn } = await world()
    const { id } = good(await berlin.post('/receipts', {}))
    const path = `/receipts/${id}/line_items`
    const first = good(await berlin.post(path, { name: 'Ride', total: 100 }))
    await partnerIn(berlin.entityId!).post(path, { name: 'tip for the ride', total: 20 })
    await berlin.patch(`${path}/${first.id}`, { total: 101 })
    const found = async (query: string) => good(await berlin.get(`${path}?${query}`)).data.map(({ total }: Body) => total)
    expect(await found('')).toEqual([101, 20])
    expect(await found('sort=updated_at')).toEqual([20, 101])
    expect(await found('name=Ride')).toEqual([101])
    expect(await found('name__iexact=ride')).toEqual([101])
    expect(await found('name__contains=ride')).toEqual([20])
    expect(await found('name__icontains=RIDE')).toEqual([101, 20])
    expect(await found('total__gt=20')).toEqual([101])
    expect(await found('total__gte=20&total__lte=100')).toEqual([20])
    expect(await found('total__lt=20')).toEqual([])
    expect(await found(`created_by_user_id=${berlin.userId}`)).toEqual([101])
  })
})

test('who is limited to their own sees and changes no other receipt, nor its lines', async () => {
  const { berlin, newUser } = await world()
  const { id } = good(await berlin.post('/receipts', taxi))
  const limited = await newUser(berlin.entityId!, permissions({}, 'allowed_for_own'))
  const own = good(await limited.post('/receipts', { document_id: 'own' }))
  expect(good(await limited.get('/receipts')).data).toEqual([own])
  for (const { status } of [
    await limited.get(`/receipts/${id}`),
    await limited.patch(`/receipts/${id}`, { document_id: 'x' }),
    await limited.get(`/receipts/${id}/line_items`),
    await limited.post(`/receipts/${id}/line_items`, { name: 'x' }),
    await limited.upload('POST', `/receipts/${id}/attach_file`, { bytes: await picture(), name: 'x' }),
    await limited.delete(`/receipts/${id}`),
  ])
    expect(status).toBe(403)
  expect((await limited.post(`/receipts/${own.id}/line_items`, { name: 'x' })).status).toBe(201)
  expect((await limited.delete(`/receipts/${own.id}`)).status).toBe(204)
})
