import { describe, expect, test } from 'vitest'
import { addItem, newBill } from '../../../test/support/billing.ts'
import { ubl } from '../../../test/support/einvoices.ts'
import { good } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

/** What is odd about a bill among others is said wherever somebody looks at it. */

async function read(w: World, bytes: Buffer, who: Client = w.berlin): Promise<Body> {
  const { id } = good(await who.upload('POST', '/payables/upload_from_file', { bytes, name: 'bill.xml' }))
  await w.work()
  return good(await who.get(`/payables/${id}`))
}
const settings = async (w: World, payable: object) =>
  good(await w.partner.patch('/settings', { payable: { approve_page_url: 'https://example.com/a', ...payable } }))
const warningsOf = async (who: Client, id: string): Promise<string[]> => good(await who.post(`/payables/${id}/validate`)).warnings
const detailsOf = async (who: Client, id: string): Promise<Body[]> =>
  good(await who.get(`/payables/${id}/history`)).data.flatMap(({ details }: Body) => (details ? [details] : []))

const place = { country: 'DE', city: 'Hamburg', line1: 'Hafenweg 3', postal_code: '20457' }
async function vendor(who: Client, { name = 'Papierhaus Nord GmbH', vat = '', iban = '', country = 'DE' } = {}): Promise<string> {
  const organization = { legal_name: name, is_vendor: true, is_customer: false, address: place }
  const { id } = good(await who.post('/counterparts', { type: 'organization', organization }))
  if (vat) good(await who.post(`/counterparts/${id}/vat_ids`, { country, value: vat }))
  if (iban) good(await who.post(`/counterparts/${id}/bank_accounts`, { country: 'DE', currency: 'EUR', iban }))
  return id
}
const ACCOUNT = 'DE89370400440532013000'
const OTHER = 'DE02120300000000202051'

describe('a second copy', () => {
  test('names the first, on the bill, in its validation and in its history: by number and by file', async () => {
    const w = await world()
    const first = await read(w, ubl())
    expect([first.other_extracted_data.warnings, await warningsOf(w.berlin, first.id)]).toEqual([[], []])
    const same = await read(w, ubl())
    const renamed = await read(w, ubl({ iban: OTHER, id: 'ubl - 77' }))
    for (const [bill, why] of [
      [same, 'has the same vendor, number and amount'],
      [renamed, 'has the same vendor, number and amount'],
    ] as const) {
      const text = `This may be a second copy: the bill UBL-77 (${first.id}, new)`
      const warnings: string[] = bill.other_extracted_data.warnings
      expect(warnings[0]).toContain(text)
      expect(warnings[0]).toContain(why)
      expect((await warningsOf(w.berlin, bill.id))[0]).toContain(text)
      expect(await detailsOf(w.berlin, bill.id)).toContainEqual({ warnings })
      expect(bill.status).toBe('new')
    }
    // By now the first has copies as well.
    expect(await warningsOf(w.berlin, first.id)).toHaveLength(2)
    expect(await warningsOf(w.paris, (await read(w, ubl(), w.paris)).id)).toEqual([])
  })

  test('of a file that nobody could read is known by the file', async () => {
    const w = await world()
    const broken = Buffer.from('%PDF-1.7 broken')
    const first = await read(w, broken)
    const second = await read(w, broken)
    expect(await warningsOf(w.berlin, second.id)).toEqual([
      expect.stringContaining(`the bill without a number (${first.id}, draft)`),
    ])
  })

  test('that was typed in is one, too; another number, amount or vendor is none', async () => {
    const w = await world()
    const first = await read(w, ubl())
    const raw = { counterpart_raw_data: { name: 'papierhaus nord gmbh ' } }
    const typed = async (changes: object, line: object = {}) => {
      const { id } = await newBill(w.berlin, { document_id: 'ubl-77' })
      good(await w.berlin.patch(`/payables/${id}`, { ...raw, ...changes }))
      await addItem(w.berlin, id, { quantity: 4, unit_price: 2500, tax: 1900, ...line })
      const found = await warningsOf(w.berlin, id)
      good(await w.berlin.post(`/payables/${id}/cancel`))
      return found
    }
    expect(await typed({})).toEqual([expect.stringContaining(first.id)])
    expect(await typed({ document_id: 'ubl-78' })).toEqual([])
    expect(await typed({}, { unit_price: 2501 })).toEqual([])
    expect(await typed({ counterpart_raw_data: { name: 'Somebody else' } })).toEqual([])
  })

  test('is canceled where the settings want that: it says why, and which is the first', async () => {
    const w = await world()
    await settings(w, { allow_cancel_duplicates_automatically: true })
    const first = await read(w, ubl())
    const second = await read(w, ubl())
    expect(second.status).toBe('canceled')
    const reason = `It was canceled as a second copy of the bill UBL-77 (${first.id})`
    expect(second.other_extracted_data.warnings).toContain(reason)
    expect(await detailsOf(w.berlin, second.id)).toContainEqual({ reason, duplicate_of: first.id })
    const canceled = good(await w.berlin.get(`/payables/${second.id}/history`)).data.at(-1)
    expect(canceled.event_data).toEqual({ old_status: 'new', new_status: 'canceled' })
    // What was canceled is not a bill that another could be a copy of.
    expect(await warningsOf(w.berlin, first.id)).toEqual([])
  })

  test('is seen also when both are read at the same moment', async () => {
    const w = await world()
    await settings(w, { allow_cancel_duplicates_automatically: true })
    const sent = await Promise.all(
      [1, 2, 3].map(() => w.berlin.upload('POST', '/payables/upload_from_file', { bytes: ubl(), name: 'b.xml' })),
    )
    await Promise.all([w.work(), w.work(), w.work()])
    const bills = await Promise.all(sent.map(async ({ body }) => good(await w.berlin.get(`/payables/${body.id}`)).status))
    expect(bills.sort()).toEqual(['canceled', 'canceled', 'new'])
  })
})

describe('a bill for somebody else', () => {
  test.each([
    ['by its name', 'Atelier Seine SARL', 'Atelier Seine SARL'],
    ['by a VAT id', 'Spreewerk GmbH,DE136695976', 'Spreewerk GmbH, VAT ID DE136695976'],
  ])('is a warning: %s', async (_how, buyer, told) => {
    const w = await world()
    good(await w.berlin.post(`/entities/${w.berlin.entityId}/vat_ids`, { country: 'DE', type: 'eu_vat', value: 'DE812345678' }))
    const bill = await read(w, ubl({ buyer }))
    const warnings = [`The bill is addressed to somebody else: ${told}`]
    expect(bill.other_extracted_data.warnings).toEqual(warnings)
    expect(await warningsOf(w.berlin, bill.id)).toEqual(warnings)
    expect(await detailsOf(w.berlin, bill.id)).toContainEqual({ warnings })
    expect((await read(w, ubl({ id: 'UBL-80', buyer: 'SPREEWERK GMBH,DE812345678' }))).other_extracted_data.warnings).toEqual([])
  })
})

test('an odd bill goes nowhere by itself; an ordinary one does', async () => {
  const w = await world()
  good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { payables_skip_approval_flow: true }))
  expect((await read(w, ubl())).status).toBe('waiting_to_be_paid')
  expect((await read(w, ubl())).status).toBe('new')
  expect((await read(w, ubl({ id: 'UBL-78', buyer: 'Atelier Seine SARL' }))).status).toBe('new')
})

describe('the vendor', () => {
  test('is recognised by the VAT id first, whatever the name and account; history says by what', async () => {
    const w = await world()
    await settings(w, { allow_counterpart_autolinking: true })
    const right = await vendor(w.berlin, { name: 'PHN Papier', vat: 'DE 811 128 135' })
    await vendor(w.berlin, { iban: ACCOUNT })
    const bill = await read(w, ubl())
    expect(bill.counterpart_id).toBe(right)
    expect(await detailsOf(w.berlin, bill.id)).toContainEqual({
      vendor: { counterpart_id: right, matched_by: 'vat_id', value: 'DE811128135' },
    })
    expect((await read(w, ubl({ id: 'UBL-78', iban: OTHER }))).counterpart_id).toBe(right)
    // A number that was stored without its country is the same.
    const bare = await vendor(w.paris, { name: 'PHN', vat: '811128135' })
    expect((await read(w, ubl(), w.paris)).counterpart_id).toBe(bare)
  })

  test('with another VAT id is another one, also with the same name, address and account', async () => {
    const w = await world()
    await settings(w, { allow_counterpart_autolinking: true })
    const other = await vendor(w.berlin, { vat: 'DE136695976', iban: ACCOUNT })
    const bill = await read(w, ubl())
    expect(bill.counterpart_id).toBeNull()
    expect(good(await w.berlin.get(`/payables/${bill.id}/suggestions`))).toEqual({})
    const numbered = await vendor(w.berlin)
    expect((await read(w, ubl({ id: 'UBL-78' }))).counterpart_id).toBe(numbered)
    expect(numbered).not.toBe(other)
  })

  test('chosen by hand has the account on the document compared, until one of its own is chosen', async () => {
    const w = await world()
    const id = await vendor(w.berlin, { iban: ACCOUNT })
    const bill = await read(w, ubl({ iban: OTHER }))
    good(await w.berlin.patch(`/payables/${bill.id}`, { counterpart_id: id }))
    expect(await warningsOf(w.berlin, bill.id)).toEqual([expect.stringContaining(`The account ${OTHER}`)])
    const [own] = good(await w.berlin.get(`/counterparts/${id}/bank_accounts`)).data
    good(await w.berlin.patch(`/payables/${bill.id}`, { counterpart_bank_account_id: own.id }))
    expect(await warningsOf(w.berlin, bill.id)).toEqual([])
  })

  test('who is paid to another account than before is an alarm, until a bill to it was approved', async () => {
    const w = await world()
    await settings(w, { allow_counterpart_autolinking: true })
    await vendor(w.berlin, { vat: 'DE811128135', iban: ACCOUNT })
    const first = await read(w, ubl({ id: 'A', iban: OTHER }))
    const alarm = [
      expect.stringContaining(`The account ${OTHER} on this bill is new for this vendor, who was paid to ${ACCOUNT}`),
    ]
    expect(first.other_extracted_data.warnings).toEqual(alarm)
    // A second bill to it makes it no better known.
    const second = await read(w, ubl({ id: 'B', iban: OTHER }))
    expect(second.other_extracted_data.warnings).toEqual(alarm)
    good(await w.berlin.post(`/payables/${first.id}/approve_payment_operation`))
    expect(await warningsOf(w.berlin, second.id)).toEqual([])
    expect((await read(w, ubl({ id: 'C', iban: OTHER }))).other_extracted_data.warnings).toEqual([])
    expect((await read(w, ubl({ id: 'D' }))).other_extracted_data.warnings).toEqual([])
  })
})
