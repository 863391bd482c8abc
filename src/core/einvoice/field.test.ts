import { expect, test } from 'vitest'
import { place, sold } from '../../../test/support/sold.ts'
import { composeEInvoice, type SoldDocument } from './compose.ts'
import type { Profile } from './model.ts'
import { checkEInvoice } from './rules.ts'
import { writeCii } from './write-cii.ts'
import { writeUbl } from './write-ubl.ts'

/** What goes wrong with e-invoices in the world: kinds of trouble that others had, a test each. What needs a server is tested with the server. */

const made = (document: SoldDocument, profile: Profile = 'en16931') => composeEInvoice(document, profile)
const rules = (document: SoldDocument, profile: Profile = 'en16931') =>
  checkEInvoice(made(document, profile), profile)
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, field }) => `${rule} ${field}`)
const ubl = (document: SoldDocument, profile: Profile = 'peppol') => writeUbl(made(document, profile), profile)
const valid = (document: SoldDocument, profile: Profile = 'en16931') => expect(rules(document, profile)).toEqual([])
const within = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs'))].map((found) => found[1])

// Sums

test('no cent is pushed onto another line', () => {
  const document = sold({
    lines: [
      { price: 254, quantity: 0.45, rate: 600 },
      { price: 687, quantity: 0.28, rate: 600 },
      { price: 9030, rate: 0 },
    ],
  })
  const { lines, totals } = made(document)
  expect(lines.map(({ net }) => net)).toEqual([114, 192, 9030])
  expect(totals.lines).toBe(114 + 192 + 9030)
  valid(document)
})

test('VAT is taken once for a rate, not line by line', () => {
  const document = sold({ lines: Array.from({ length: 3 }, () => ({ price: 9999, rate: 2500 })) })
  expect([made(document).totals.tax, made(document).totals.gross]).toEqual([7499, 37496])
  valid(document)
})

test('half a cent goes up', () => {
  expect(made(sold({ lines: [{ price: 34811, quantity: 2, rate: 2500 }] })).totals.tax).toBe(17406)
})

test('with gross prices the total is what the customer was told, and a line carries the difference', () => {
  const document = sold({ vat_mode: 'inclusive', lines: Array.from({ length: 7 }, () => ({ price: 7 })) })
  const { totals, lines } = made(document)
  expect(totals.gross).toBe(49)
  expect(lines.map(({ net }) => net)).toEqual([6, 6, 6, 6, 6, 6, 5])
  expect(lines[0]!.price.length).toBeGreaterThan(5)
  valid(document)
  valid(document, 'xrechnung')
})

test('parts of an hour are not rounded', () => {
  const document = sold({ lines: [{ price: 11000, quantity: 0.083, unit: 'Std.' }] })
  expect(made(document).lines[0]).toMatchObject({ quantity: '0.083', net: 913, unit: 'HUR' })
  valid(document, 'xrechnung')
})

test('a discount is taken once', () => {
  const document = sold({ lines: [{ price: 5081, discount: { type: 'percentage', amount: 10_000 } }] })
  expect(made(document).lines[0]).toMatchObject({ price: '50.81', net: 0, allowance: { amount: 5081 } })
  valid(document)
})

test('a discount of the document is one for each rate, with its reason', () => {
  const document = sold({
    discount: { type: 'amount', amount: 10_000 },
    lines: [{ price: 50_000 }, { price: 30_000, rate: 700 }, { price: 20_000, rate: 0 }],
  })
  const { allowances, totals, taxes } = made(document)
  expect(allowances.map(({ category, rate, amount, reason }) => [category, rate, amount, reason])).toEqual([
    ['S', 1900, 5000, 'Discount'],
    ['S', 700, 3000, 'Discount'],
    ['Z', 0, 2000, 'Discount'],
  ])
  expect(totals.allowances).toBe(10_000)
  expect(taxes.map(({ taxable }) => taxable)).toEqual([45_000, 27_000, 18_000])
  valid(document)
})

test('a percentage agrees with its amount and its base', () => {
  const document = sold({ lines: [{ price: 12345, discount: { type: 'percentage', amount: 1234 } }] })
  expect(made(document).lines[0]!.allowance).toMatchObject({ base: 12345, percentage: 1234, amount: 1523 })
  valid(document, 'peppol')
})

test('what was paid in advance lowers the payable amount once', () => {
  const whole = sold({ lines: [{ price: 35_000, rate: 0 }], deductions: [{ name: 'Credit', amount: 35_000 }] })
  expect(made(whole).totals).toMatchObject({ gross: 35_000, prepaid: 35_000, payable: 0 })
  valid(whole)
  const deposit = sold({ lines: [{ price: 100_000 }], deductions: [{ name: 'First payment', amount: 35_700 }] })
  expect(made(deposit).totals).toMatchObject({ gross: 119_000, prepaid: 35_700, payable: 83_300 })
  expect(made(deposit).lines).toHaveLength(1)
  expect(made(deposit).notes.map(({ text }) => text)).toEqual(['Deducted: First payment 357.00 EUR'])
  valid(deposit)
})

test.each([
  ['ES', 2100, 1500, 121_000, 106_000],
  ['IT', 2200, 2000, 122_000, 102_000],
])('withheld tax lowers what is to pay and no VAT: %s', (country, rate, withholding_tax_rate, gross, payable) => {
  const document = sold({
    lines: [{ price: 100_000, rate }],
    withholding_tax_rate,
    seller: { address: place(country), vat_id: { value: '12345674', country } },
  })
  expect(made(document).totals).toMatchObject({ net: 100_000, gross, payable })
  expect(made(document).taxes).toMatchObject([{ taxable: 100_000 }])
  valid(document)
})

// VAT categories

test.each([
  ['a service to a French firm', 'AE', { address: place('FR'), vat_id: { value: 'FR40303265045', country: 'FR' } }, false],
  ['goods to an Austrian firm', 'K', { address: place('AT'), vat_id: { value: 'ATU12345675', country: 'AT' } }, true],
  ['goods to a shop in Oregon', 'G', { address: place('US'), vat_id: null }, true],
  ['a service to a Swiss firm', 'O', { address: place('CH'), vat_id: null }, false],
  ['solar panels to a German house owner', 'Z', { organization: false, vat_id: null }, true],
] as const)('nothing of tax has five meanings: %s', (_, category, buyer, goods) => {
  const seller = category === 'O' ? { registration_number: 'HRB 1' } : {}
  const document = sold({ lines: [{ price: 100, rate: 0, goods }], buyer, seller })
  expect(made(document).taxes).toMatchObject([{ category, amount: 0 }])
  valid(document)
})

test('a reason stands with its own category only, and Z has none', () => {
  const buyer = { address: place('FR'), vat_id: { value: 'FR40303265045', country: 'FR' } }
  const mixed = made(
    sold({
      buyer,
      lines: [
        { price: 10_000, rate: 0 },
        { price: 500, goods: true },
      ],
    }),
  )
  expect(mixed.taxes.map(({ category, reason }) => [category, reason !== null])).toEqual([
    ['AE', true],
    ['S', false],
  ])
  expect(made(sold({ lines: [{ price: 1, rate: 0 }] })).taxes).toMatchObject([{ category: 'Z', reason: null, reason_code: null }])
})

test('the code of a reason follows from the category', () => {
  const rationale = 'Exempt under article 132 of the directive'
  expect(made(sold({ lines: [{ price: 1, rate: 0 }], vat_exempt: true, rationale })).taxes).toMatchObject([
    { category: 'E', reason: rationale, reason_code: null },
  ])
  const domestic = made(sold({ lines: [{ price: 1, rate: 0 }], vat_exempt: true, rationale: 'Reverse charge, § 13b UStG' }))
  expect(domestic.taxes).toMatchObject([{ category: 'AE', reason_code: 'VATEX-EU-AE', reason: 'Reverse charge, § 13b UStG' }])
  const wrong = { ...made(sold({ lines: [{ price: 1, rate: 0 }], vat_exempt: true, rationale })) }
  const taxes = wrong.taxes.map((tax) => ({ ...tax, reason_code: 'VATEX-EU-AE' }))
  expect(checkEInvoice({ ...wrong, taxes }, 'en16931').map(({ rule }) => rule)).toEqual(['QT-VATEX'])
})

test('where the customer owes the VAT, its VAT ID is asked for, and the rate is written', () => {
  const document = sold({ lines: [{ price: 100, rate: 0 }], buyer: { address: place('FR'), vat_id: null } })
  expect(rules(document)).toEqual(['BR-AE-02 counterpart_vat_id_id'])
  expect(ubl(document)).toContain('<cbc:ID>AE</cbc:ID><cbc:Percent>0</cbc:Percent>')
})

test('goods to another state name the day and the place, however small the sum', () => {
  const buyer = { address: place('AT', 'Wien', '1010'), vat_id: { value: 'ATU12345675', country: 'AT' } }
  const lines = [{ price: 100, rate: 0, goods: true }]
  const plain = sold({ lines, buyer, fulfilled: null })
  expect(made(plain).delivery).toMatchObject({ date: '2026-03-01', address: { country: 'AT' } })
  const elsewhere = sold({ lines, buyer, shipping: place('CZ', 'Praha', '11000') })
  expect(made(elsewhere).delivery).toMatchObject({ date: '2026-02-27', address: { country: 'CZ' } })
  expect(made(elsewhere).taxes).toMatchObject([{ category: 'K' }])
  for (const document of [plain, elsewhere]) valid(document, 'xrechnung')
  expect(ubl(sold({ fulfilled: null }))).not.toContain('cac:Delivery')
})

test('a small business has a reason, its tax number and a number by which it is known', () => {
  const document = sold({
    lines: [{ price: 100, rate: 0 }],
    vat_exempt: true,
    rationale: 'Kein Ausweis von Umsatzsteuer, § 19 UStG',
    seller: { vat_id: null, tax_id: '30/555/12345' },
  })
  const { seller, taxes } = made(document)
  expect(taxes).toMatchObject([{ category: 'E', rate: 0, reason: 'Kein Ausweis von Umsatzsteuer, § 19 UStG' }])
  expect([seller.tax_id, seller.id]).toEqual(['30/555/12345', { value: '30/555/12345', scheme: null }])
  valid(document, 'xrechnung')
})

test('a French firm that is not registered gives its SIRET as its tax number as well', () => {
  const document = sold({
    lines: [{ price: 100, rate: 0 }],
    vat_exempt: true,
    rationale: 'TVA non applicable, art. 293 B du CGI',
    seller: { vat_id: null, tax_id: '512 345 620 00011', address: place('FR', 'Lyon', '69002') },
  })
  const { seller, taxes } = made(document)
  expect(seller.registration).toEqual({ value: '51234562000011', scheme: '0009' })
  expect(seller.tax_id).toBe('512 345 620 00011')
  expect(taxes).toMatchObject([{ category: 'E', reason_code: 'VATEX-FR-FRANCHISE' }])
  valid(document)
})

// Parties and references

test('a Leitweg-ID stays as it is, and a wrong one is told', () => {
  const right = sold({ buyer_reference: '04011000-AMT42-28' })
  expect(made(right, 'xrechnung').buyer_reference).toBe('04011000-AMT42-28')
  valid(right, 'xrechnung')
  const told = (buyer_reference: string) =>
    checkEInvoice(made(sold({ buyer_reference }), 'xrechnung'), 'xrechnung').map(({ rule, field }) => [rule, field])
  expect(told('04011000-AMT42-28')).toEqual([])
  expect(told('04011000-AMT42-29')).toEqual([['QT-LEITWEG', 'buyer_reference']])
  expect(told('Cost centre 7')).toEqual([])
  expect(made(sold({ order: 'PO 7' }), 'xrechnung').buyer_reference).toBe('PO 7')
  expect(made(sold(), 'xrechnung').buyer_reference).toBe('INV-00001')
  expect(made(sold(), 'peppol')).toMatchObject({ buyer_reference: 'INV-00001', order: null })
})

test('XRechnung asks whom the buyer may call, before it is sent', () => {
  const document = sold({ seller: { contact_name: null, phone: null, email: null } })
  expect(rules(document, 'xrechnung')).toEqual([
    'BR-DE-2 settings.seller_contact',
    'BR-DE-5 settings.seller_contact.name',
    'BR-DE-6 settings.seller_contact.phone',
    'BR-DE-7 settings.seller_contact.email',
  ])
  expect(rules(sold({ seller: { contact_name: null } }), 'xrechnung')).toEqual(['BR-DE-5 settings.seller_contact.name'])
})

test('electronic addresses: by mail in XRechnung, by a number in the network', () => {
  const endpoint = (buyer: Partial<SoldDocument['buyer']>, profile: Profile) => made(sold({ buyer }), profile).buyer.endpoint
  expect(endpoint({}, 'xrechnung')).toEqual({ value: 'invoices@acme.example', scheme: 'EM' })
  expect(endpoint({}, 'peppol')).toEqual({ value: 'DE811907980', scheme: '9930' })
  const firm = (country: string, value: string) => ({ address: place(country), vat_id: { value, country } })
  expect(endpoint(firm('AT', 'ATU12345675'), 'peppol')).toEqual({ value: 'ATU12345675', scheme: '9914' })
  expect(endpoint(firm('FR', '40303265045'), 'peppol')).toEqual({ value: 'FR40303265045', scheme: '9957' })
  expect(endpoint({ organization: false, vat_id: null }, 'peppol')).toBeNull()
  expect(rules(sold({ buyer: { organization: false, vat_id: null } }), 'peppol')).toContain(
    'PEPPOL-EN16931-R010 counterpart_einvoicing_credentials_id',
  )
  const credential = { scheme: 'NL:KVK', identifier: '12345678' } as const
  expect(endpoint({ credential }, 'peppol')).toEqual({ value: '12345678', scheme: '0106' })
})

test('where it went is told as a whole or not at all', () => {
  const half = { line1: '', city: '', postal_code: '', country: 'DE' }
  expect(made(sold({ shipping: half }), 'peppol').delivery.address).toMatchObject({ country: 'DE', city: null })
  expect(made(sold({ shipping: half }), 'xrechnung').delivery.address).toBeNull()
  valid(sold({ shipping: half }), 'xrechnung')
})

test('a Belgian firm is known by its enterprise number', () => {
  const belgian = { address: place('BE', 'Gent', '9000'), vat_id: { value: 'BE 0412.345.614', country: 'BE' } }
  const { buyer } = made(sold({ buyer: belgian }), 'peppol')
  expect(buyer.endpoint).toEqual({ value: '0412345614', scheme: '0208' })
  expect(buyer.registration).toEqual({ value: '0412345614', scheme: '0208' })
  expect(buyer.vat_id).toBe('BE0412345614')
  valid(sold({ buyer: belgian }), 'peppol')
  expect(rules(sold({ buyer: { ...belgian, vat_id: { value: 'BE0412345615', country: 'BE' } } }), 'peppol')).toContain(
    'PEPPOL-COMMON-R043 counterpart_einvoicing_credentials_id',
  )
})

test('Dutch firms need their number of the register, which is asked for', () => {
  const dutch = { address: place('NL', 'Utrecht', '3511 AB'), vat_id: { value: 'NL123456789B01', country: 'NL' } }
  const document = sold({ seller: dutch, buyer: dutch })
  expect(made(document, 'peppol').buyer.endpoint).toEqual({ value: 'NL123456789B01', scheme: '9944' })
  expect(rules(document, 'peppol')).toEqual(['NL-R-003 entity.registration_number', 'NL-R-005 counterpart_id'])
  const known = sold({ seller: { ...dutch, registration_number: '12345678' }, buyer: { ...dutch, tax_id: 'KvK 87654321' } })
  expect(made(known, 'peppol').buyer.registration).toEqual({ value: '87654321', scheme: '0106' })
  valid(known, 'peppol')
})

test('a SIRET has no blanks, and overseas departments have one as well', () => {
  for (const country of ['FR', 'MQ'])
    expect(made(sold({ buyer: { address: place(country), tax_id: '512 345 620 00011' } })).buyer.registration).toEqual({
      value: '51234562000011',
      scheme: '0009',
    })
})

// Payment

test('a transfer in euro is SEPA; without an account none is named', () => {
  expect(made(sold()).payment).toMatchObject({ code: '58', account: { iban: 'DE89370400440532013000' } })
  expect(made(sold({ currency: 'USD', lines: [{ price: 1, rate: 0 }] })).payment).toMatchObject({ code: '30' })
  expect(made(sold({ account: null })).payment).toBeNull()
  expect(rules(sold({ account: null }), 'xrechnung')).toEqual(['BR-DE-1 entity_bank_account_id'])
  expect(made(sold({ account: null, payment_page_url: 'https://pay.example' })).payment).toMatchObject({
    code: '68',
    account: null,
  })
})

test('each early discount of XRechnung stands on a line that ends, and free text after them', () => {
  const terms = {
    description: '30 Tage netto\n#kein Skonto',
    term_1: { discount: 200, number_of_days: 10 },
    term_2: { discount: 100, end_date: '2026-03-21' },
  }
  const document = sold({ terms })
  const wanted = '#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n30 Tage netto\nkein Skonto'
  expect(made(document, 'xrechnung').terms).toBe(wanted)
  const alone = sold({ terms: { ...terms, description: null } })
  expect(made(alone, 'xrechnung').terms).toMatch(/#\n$/)
  expect(writeUbl(made(alone, 'xrechnung'), 'xrechnung')).toContain('#PROZENT=1.00#\n</cbc:Note>')
  expect(writeCii(made(alone, 'xrechnung'), 'xrechnung')).toContain('#PROZENT=1.00#\n</ram:Description>')
  valid(document, 'xrechnung')
  expect(made(document).terms).toBe(
    '2 % discount for payment until 2026-03-11\n1 % discount for payment until 2026-03-21\n30 Tage netto\n#kein Skonto',
  )
})

// Lines

test.each([
  ['Stück', 'H87'],
  ['Std.', 'HUR'],
  ['km', 'KMT'],
  ['Pauschale', 'LS'],
  ['Kübel', 'C62'],
  ['ساعة', 'HUR'],
  ['heures', 'HUR'],
  ['KGM', 'KGM'],
])('the unit %s is %s', (unit, code) => {
  expect(made(sold({ lines: [{ price: 1, unit }] })).lines[0]!.unit).toBe(code)
})

test('every line has a name; what XML forbids is dropped and the rest escaped', () => {
  const only = sold({ lines: [{ price: 1, name: '\u0007', description: 'First line\nsecond' }] })
  expect(made(only).lines[0]).toMatchObject({ name: 'First line', description: 'First line\nsecond' })
  const odd = sold({ lines: [{ price: 1, name: 'A\nB \u0007]]> & <c> 🚀 \ud800' }] })
  const xml = ubl(odd)
  expect(within(xml, 'cbc:Name')).toContain('A B ]]&gt; &amp; &lt;c&gt; 🚀')
  expect(xml).not.toMatch(/<([\w:]+)(?: [^>]*)?><\/\1>|<[^>]+\/>/)
  expect(made(sold({ lines: [{ price: 1, name: ' ' }] })).lines[0]!.name).toBe('#1')
})

// Credit notes

test('a credit note is one: its own root, amounts above zero, the invoice with its day, and no account', () => {
  const document = sold({ type: 'credit_note', number: 'CN-1' })
  const xml = ubl(document)
  expect(xml).toContain('<CreditNote ')
  expect(within(xml, 'cbc:CreditNoteTypeCode')).toEqual(['381'])
  expect(within(xml, 'cbc:CreditedQuantity')).toEqual(['1'])
  expect(within(xml, 'cac:InvoiceDocumentReference')).toEqual([
    '<cbc:ID>INV-00001</cbc:ID><cbc:IssueDate>2026-02-01</cbc:IssueDate>',
  ])
  expect(xml).not.toMatch(/>-\d/)
  expect(xml).not.toContain('DE89370400440532013000')
  expect(within(writeCii(made(document), 'en16931'), 'ram:TypeCode')[0]).toBe('381')
  for (const profile of ['en16931', 'peppol', 'xrechnung'] as const) valid(document, profile)
})

// Currencies

test('VAT is named in the currency of the books where that is another one, and a rate is asked for', () => {
  expect(made(sold()).tax_currency).toBeNull()
  const dollars = sold({ currency: 'USD', lines: [{ price: 100_000 }] })
  expect(rules(dollars)).toEqual(['BR-53 tax_currency_exchange_rate'])
  const known = sold({ currency: 'USD', lines: [{ price: 100_000 }], exchange_rate: 0.92 })
  expect(made(known).tax_currency).toEqual({ currency: 'EUR', decimals: 2, amount: 17_480 })
  valid(known, 'xrechnung')
  const totals = within(ubl(known), 'cac:TaxTotal')
  expect(totals).toHaveLength(2)
  expect(totals[1]).toBe('<cbc:TaxAmount currencyID="EUR">174.80</cbc:TaxAmount>')
  const cii = writeCii(made(known), 'en16931')
  expect(cii.match(/currencyID="(\w+)"/g)).toEqual(['currencyID="USD"', 'currencyID="EUR"'])
})

test('amounts of three decimals are told, not cut', () => {
  expect(rules(sold({ currency: 'KWD', lines: [{ price: 1, rate: 0 }] }))).toContain('BR-DEC-12 currency')
})

// Files

const file = (name: string, mimetype: string) => ({ id: name, name, mimetype, description: null, base64: 'AAAA' })

test('attachments are of six kinds, and their names differ', () => {
  const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  expect(rules(sold({ attachments: [file('a.docx', docx)] }))).toEqual(['BR-CL-24 attachments'])
  const twice = [file('a.pdf', 'application/pdf'), file('A.PDF', 'application/pdf')]
  expect(rules(sold({ attachments: twice }))).toEqual(['BR-DE-22 attachments'])
  valid(sold({ attachments: [file('a.pdf', 'application/pdf'), file('b.csv', 'text/csv')] }))
})

test('a page inside of UBL stands after the references and before the parties, and has no type', () => {
  const xml = ubl(sold({ type: 'credit_note', attachments: [file('page.pdf', 'application/pdf')] }))
  const order = ['cac:BillingReference', 'cac:AdditionalDocumentReference', 'cac:AccountingSupplierParty'].map((name) =>
    xml.indexOf(`<${name}>`),
  )
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(order.every((found) => found > 0)).toBe(true)
  expect(xml).not.toContain('DocumentTypeCode')
})
