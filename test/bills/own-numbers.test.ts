import { getDocumentProxy } from 'unpdf'
import { afterAll, describe, expect, test } from 'vitest'
import { readBill } from '../../src/core/reading/read-bill.ts'
import type { Own } from '../../src/core/reading/types.ts'
import { paths } from '../../src/platform/paths.ts'
import { supportedLanguages } from '../../src/platform/pdf/labels.ts'
import { createPdfRenderer } from '../../src/platform/pdf/renderer.ts'
import { sampleInvoice } from '../../src/platform/pdf/sample.ts'
import { textOf } from '../../src/platform/reading/pdf-text.ts'
import { good } from '../support/invoicing.ts'
import { world } from '../support/world.ts'

/** Our own invoices, as they come to the company that they are addressed to: its numbers are printed on them, and are not the vendor's. */

const renderer = createPdfRenderer({ templatesDir: paths.templates, log: { error() {}, warn() {}, info() {} } as never })
afterAll(() => renderer.close())

const receivers = {
  FR: {
    name: 'Brasserie du Canal SARL',
    address: { line1: '48 quai de Jemmapes', postal_code: '75010', city: 'Paris', country: 'FR' },
    vat_id: 'FR40303265045',
    tax_id: '303 265 045 00017',
  },
  NL: {
    name: 'Grachtenhuis B.V.',
    address: { line1: 'Keizersgracht 12', postal_code: '1015 CN', city: 'Amsterdam', country: 'NL' },
    vat_id: 'NL810462783B01',
    tax_id: '24313837',
  },
  ES: {
    name: 'Talleres Ebro S.L.',
    address: { line1: 'Calle Mayor 5', postal_code: '50001', city: 'Zaragoza', country: 'ES' },
    vat_id: 'ESB84570936',
    tax_id: 'B84570936',
  },
  DE: {
    name: 'Haltepunkt Pruefwerk GmbH',
    address: { line1: 'Am Gleis 3', postal_code: '04109', city: 'Leipzig', country: 'DE' },
    vat_id: 'DE811907980',
    tax_id: '201/113/40209',
  },
} as const
type Receiver = (typeof receivers)[keyof typeof receivers]

const seller = sampleInvoice().sender
/** A vendor without numbers of its own: whatever number is printed is the customer's. */
const small = { ...seller, vat_id: null, tax_id: null, registration_number: null, registration_authority: null }

async function wordsOf(bytes: Uint8Array) {
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false })
  const pages = Array.from({ length: pdf.numPages }, (_, i) => textOf(pdf, i + 1))
  return (await Promise.all(pages)).flat()
}
const invoiceTo = async (recipient: Receiver, language: string, sender = seller) =>
  wordsOf(await renderer.render('invoice', sampleInvoice({ language, recipient, sender })))

const knownOf = ({ name, vat_id, tax_id }: Receiver): Own => ({ names: [name], vat_ids: [vat_id], ids: [tax_id], ibans: [] })
/** A company that told us nothing of itself. */
const unknown: Own = { names: [], vat_ids: [], ids: [], ibans: [] }

describe.each(supportedLanguages)('an invoice of ours in %s, read by its receiver', (language) => {
  test.each(Object.values(receivers))('names the numbers of the vendor alone: $name', async (receiver) => {
    for (const sender of [seller, small]) {
      const words = await invoiceTo(receiver, language, sender)
      for (const own of [knownOf(receiver), unknown]) {
        const { name, vat_id, tax_id, iban } = readBill(words, own).seller
        expect({ name, vat_id, iban }).toEqual({
          name: 'Nordlicht Werkstatt GmbH',
          vat_id: sender.vat_id,
          iban: 'DE89370400440532013000',
        })
        // What taxes are called in all languages is not known to the reader; then there is none.
        expect([null, sender.tax_id]).toContain(tax_id)
      }
    }
  })
})

test('an account of the receiver, from which the vendor collects, is not the vendor’s', async () => {
  const document = sampleInvoice({
    recipient: receivers.DE,
    memo: 'We will collect the amount from your account IBAN DE02 1203 0000 0000 2020 51.',
    bank_account: null,
  })
  const words = await wordsOf(await renderer.render('invoice', document))
  for (const own of [{ ...unknown, ibans: ['DE02 1203 0000 0000 2020 51'] }, unknown])
    expect(readBill(words, own).seller.iban).toBeNull()
})

test('what an entity says of itself is known to the reader of its bills', async () => {
  const w = await world()
  const { name, vat_id, tax_id } = receivers.FR
  good(
    await w.partner.patch(`/entities/${w.berlin.entityId}`, {
      organization: { legal_name: name },
      tax_id,
      registration_number: '303 265 045',
      registration_authority: 'RCS Paris',
    }),
  )
  good(await w.berlin.post(`/entities/${w.berlin.entityId}/vat_ids`, { country: 'FR', type: 'eu_vat', value: vat_id }))
  const bytes = Buffer.from(
    await renderer.render('invoice', sampleInvoice({ language: 'fr', recipient: receivers.FR, sender: small })),
  )
  const { id } = good(await w.berlin.upload('POST', '/payables/upload_from_file', { bytes, name: 'bill.pdf' }))
  await w.work()
  const { counterpart_raw_data: vendor } = good(await w.berlin.get(`/payables/${id}`))
  expect(vendor).toMatchObject({ name: 'Nordlicht Werkstatt GmbH', vat_id: null, tax_id: null })
})
