import { describe, expect, test } from 'vitest'
import { place, sold } from '../../../test/support/sold.ts'
import { composeEInvoice, type SoldDocument } from './compose.ts'
import type { EInvoice } from './model.ts'
import { checkEInvoice } from './rules.ts'
import { isGreekVat, isNorwegianNumber, isSwedishNumber } from './schemes.data.ts'
import { writeUbl } from './write-ubl.ts'

/** National rules of Peppol: a document of each country that keeps them, and what is said when one of them is broken. */

type Seller = Partial<SoldDocument['seller']>
const seller = (country: string, changes: Seller): Seller => ({
  address: place(country, 'Town', '1234'),
  vat_id: null,
  tax_id: null,
  registration_number: null,
  gln: null,
  credential: null,
  ...changes,
})
const account = (changes: Partial<NonNullable<SoldDocument['account']>> = {}) => ({
  iban: null,
  account_number: null,
  holder: null,
  bic: null,
  sort_code: null,
  routing_number: null,
  ...changes,
})
const made = (document: SoldDocument) => composeEInvoice(document, 'peppol')
const found = (document: SoldDocument | EInvoice) =>
  checkEInvoice('taxes' in document && 'totals' in document ? document : made(document), 'peppol').map(
    ({ rule, severity, field }) => `${rule} ${severity} ${field}`,
  )

const countries = {
  DK: () =>
    sold({
      currency: 'DKK',
      lines: [{ price: 10_000, rate: 2500 }],
      seller: seller('DK', { vat_id: { value: '12345678', country: 'DK' }, registration_number: '12345678' }),
      buyer: { ...seller('DK', { tax_id: '87654321' }), external_reference: 'Customer 7' },
      account: account({ account_number: '0001234567', sort_code: '1234' }),
    }),
  NO: () =>
    sold({
      currency: 'NOK',
      lines: [{ price: 10_000, rate: 2500 }],
      seller: seller('NO', {
        vat_id: { value: '923609016MVA', country: 'NO' },
        registration_number: '923609016',
        registration_authority: 'Foretaksregisteret',
      }),
      buyer: seller('NO', { tax_id: '923609016' }),
      account: account({ account_number: '86011117947' }),
    }),
  SE: () =>
    sold({
      currency: 'SEK',
      lines: [{ price: 10_000, rate: 2500 }],
      seller: seller('SE', {
        vat_id: { value: '556036079301', country: 'SE' },
        tax_id: '556036-0793',
        registration_number: '556036-0793',
      }),
      buyer: seller('SE', { tax_id: '556036-0793' }),
      account: account({ account_number: '12345678' }),
    }),
  IS: () =>
    sold({
      currency: 'ISK',
      lines: [{ price: 10_000, rate: 2400 }],
      seller: seller('IS', { vat_id: { value: '12345', country: 'IS' }, registration_number: '540269-6459' }),
      buyer: seller('IS', { tax_id: '5402696459' }),
      account: account({ account_number: '012345678901' }),
    }),
  IT: () =>
    sold({
      lines: [{ price: 10_000, rate: 2200 }],
      seller: seller('IT', { vat_id: { value: '12345670017', country: 'IT' }, tax_id: 'rss mra 80a01 h501u' }),
      buyer: seller('IT', { vat_id: { value: '12345670017', country: 'IT' } }),
    }),
  NL: () =>
    sold({
      lines: [{ price: 10_000, rate: 2100 }],
      seller: seller('NL', { vat_id: { value: 'NL123456789B01', country: 'NL' }, registration_number: '12345678' }),
      buyer: seller('NL', { tax_id: '87654321' }),
    }),
} as const
type Country = keyof typeof countries

test.each(Object.keys(countries) as Country[])('a document of %s that keeps the rules is valid as it stands', (country) => {
  const invoice = made(countries[country]())
  expect(found(invoice)).toEqual([])
  expect(writeUbl(invoice, 'peppol')).toContain('<Invoice')
})

test('Danes are paid from bank to bank, by the number of the bank or its BIC; where neither is known by IBAN', () => {
  const by = (changes: Parameters<typeof account>[0]) => made({ ...countries.DK(), account: account(changes) }).payment
  expect(by({ account_number: '1', sort_code: '1234' })).toMatchObject({ code: '42', account: { number: '1', bic: '1234' } })
  expect(by({ iban: 'DK5000400440116243', bic: 'DABADKKK' })).toMatchObject({
    code: '31',
    account: { iban: 'DK5000400440116243' },
  })
  expect(by({ iban: 'DK5000400440116243' })).toMatchObject({ code: '58' })
  expect(by({})).toBeNull()
})

test('what stands in the place of the tax number is what the country wants there', () => {
  const tax = (country: Country, changes: Seller) => {
    const document = countries[country]()
    return made({ ...document, seller: { ...document.seller, ...changes } }).seller.tax_id
  }
  expect(tax('SE', {})).toBeNull()
  expect(tax('SE', { tax_id: 'Godkänd för F-skatt' })).toBe('Godkänd för F-skatt')
  expect(tax('NO', {})).toBe('Foretaksregisteret')
  expect(tax('IT', {})).toBe('RSSMRA80A01H501U')
})

/** What is changed in a document, and what is said about it. */
const broken: readonly [Country, string, (invoice: EInvoice) => EInvoice, string][] = [
  [
    'DK',
    'no register number',
    (i) => ({ ...i, seller: { ...i.seller, registration: null } }),
    'DK-R-002 error entity.registration_number',
  ],
  [
    'DK',
    'another register',
    (i) => ({ ...i, seller: { ...i.seller, registration: { value: '1', scheme: null } } }),
    'DK-R-014 error entity.registration_number',
  ],
  [
    'DK',
    'a number without a scheme',
    (i) => ({ ...i, buyer: { ...i.buyer, id: { value: '1', scheme: null } } }),
    'DK-R-013 error counterpart_id',
  ],
  [
    'DK',
    'a credit transfer',
    (i) => ({ ...i, payment: i.payment && { ...i.payment, code: '30' } }),
    'DK-R-005 error entity_bank_account_id',
  ],
  [
    'DK',
    'no bank',
    (i) => ({ ...i, payment: i.payment && { ...i.payment, account: i.payment.account && { ...i.payment.account, bic: null } } }),
    'DK-R-006 error entity_bank_account_id',
  ],
  [
    'DK',
    'a CVR number of seven digits',
    (i) => ({ ...i, seller: { ...i.seller, registration: { value: 'DK1234567', scheme: '0184' } } }),
    'PEPPOL-COMMON-R042 error entity.registration_number',
  ],
  [
    'NO',
    'a VAT number without MVA',
    (i) => ({ ...i, seller: { ...i.seller, vat_id: 'NO923609016' } }),
    'NO-R-001 error entity_vat_id_id',
  ],
  [
    'NO',
    'a wrong check digit',
    (i) => ({ ...i, seller: { ...i.seller, vat_id: 'NO923609017MVA' } }),
    'NO-R-001 error entity_vat_id_id',
  ],
  [
    'NO',
    'no register',
    (i) => ({ ...i, seller: { ...i.seller, tax_id: null } }),
    'NO-R-002 warning entity.registration_authority',
  ],
  [
    'NO',
    'a buyer with a wrong number',
    (i) => ({ ...i, buyer: { ...i.buyer, registration: { value: '123456789', scheme: '0192' } } }),
    'PEPPOL-COMMON-R041 error counterpart_id',
  ],
  [
    'SE',
    'a short VAT number',
    (i) => ({ ...i, seller: { ...i.seller, vat_id: 'SE556036079' } }),
    'SE-R-001 error entity_vat_id_id',
  ],
  [
    'SE',
    'letters in the VAT number',
    (i) => ({ ...i, seller: { ...i.seller, vat_id: 'SE5560360793AB' } }),
    'SE-R-002 error entity_vat_id_id',
  ],
  [
    'SE',
    'letters in the register number',
    (i) => ({ ...i, seller: { ...i.seller, registration: { value: 'ABC', scheme: null } } }),
    'SE-R-003 warning entity.registration_number',
  ],
  [
    'SE',
    'a short register number',
    (i) => ({ ...i, seller: { ...i.seller, registration: { value: '123', scheme: null } } }),
    'SE-R-004 warning entity.registration_number',
  ],
  [
    'SE',
    'a wrong check digit',
    (i) => ({ ...i, seller: { ...i.seller, registration: { value: '5560360794', scheme: null } } }),
    'SE-R-013 warning entity.registration_number',
  ],
  ['SE', 'a tax number', (i) => ({ ...i, seller: { ...i.seller, tax_id: '123' } }), 'SE-R-005 error entity.tax_id'],
  ['SE', 'another rate', (i) => ({ ...i, lines: i.lines.map((line) => ({ ...line, rate: 1900 })) }), 'SE-R-006 error line_items'],
  [
    'SE',
    'a buyer with a wrong number',
    (i) => ({ ...i, buyer: { ...i.buyer, endpoint: { value: '5560360794', scheme: '0007' } } }),
    'PEPPOL-COMMON-R049 error counterpart_einvoicing_credentials_id',
  ],
  [
    'IS',
    'no kennitala',
    (i) => ({ ...i, seller: { ...i.seller, registration: null } }),
    'IS-R-002 error entity.registration_number',
  ],
  [
    'IS',
    'no street',
    (i) => ({ ...i, seller: { ...i.seller, address: { ...i.seller.address, line1: null } } }),
    'IS-R-003 error entity_address',
  ],
  [
    'IS',
    'a buyer without kennitala',
    (i) => ({ ...i, buyer: { ...i.buyer, registration: null } }),
    'IS-R-004 error counterpart_id',
  ],
  [
    'IS',
    'a buyer without postal code',
    (i) => ({ ...i, buyer: { ...i.buyer, address: { ...i.buyer.address, postal_code: null } } }),
    'IS-R-005 error counterpart_billing_address_id',
  ],
  ['IT', 'a short tax number', (i) => ({ ...i, seller: { ...i.seller, tax_id: '123' } }), 'IT-R-001 error entity.tax_id'],
  [
    'IT',
    'no street',
    (i) => ({ ...i, seller: { ...i.seller, address: { ...i.seller.address, line1: null } } }),
    'IT-R-002 error entity_address',
  ],
  [
    'IT',
    'no town',
    (i) => ({ ...i, seller: { ...i.seller, address: { ...i.seller.address, city: null } } }),
    'IT-R-003 error entity_address',
  ],
  [
    'IT',
    'no postal code',
    (i) => ({ ...i, seller: { ...i.seller, address: { ...i.seller.address, postal_code: null } } }),
    'IT-R-004 error entity_address',
  ],
  [
    'NL',
    'no street',
    (i) => ({ ...i, seller: { ...i.seller, address: { ...i.seller.address, line1: null } } }),
    'NL-R-002 error entity_address',
  ],
  [
    'NL',
    'no register number',
    (i) => ({ ...i, seller: { ...i.seller, registration: null } }),
    'NL-R-003 error entity.registration_number',
  ],
  [
    'NL',
    'a buyer without a register number',
    (i) => ({ ...i, buyer: { ...i.buyer, registration: null } }),
    'NL-R-005 error counterpart_id',
  ],
  ['NL', 'no way to pay', (i) => ({ ...i, payment: null }), 'NL-R-007 error entity_bank_account_id'],
  [
    'NL',
    'an online payment',
    (i) => ({ ...i, payment: i.payment && { ...i.payment, code: '68' } }),
    'NL-R-008 error entity_bank_account_id',
  ],
]
test.each(broken)('%s: %s is found', (country, _, change, finding) => {
  expect(found(change(made(countries[country]())))).toContain(finding)
})

describe('Greece', () => {
  const greek = (changes: Partial<SoldDocument> = {}) => ({
    ...sold({
      lines: [{ price: 10_000, rate: 2400 }],
      seller: seller('GR', { vat_id: { value: '090000045', country: 'GR' } }),
      buyer: seller('GR', { vat_id: { value: '090000045', country: 'GR' } }),
    }),
    ...changes,
  })
  test('is told what its invoices need, and that we can not give it', () => {
    expect(found(greek())).toEqual(['GR-R-001 error document_id', 'GR-R-004 error null'])
    expect(found(greek({ number: '090000045|01/03/2026|0|1.1|A|7' }))).toEqual(['GR-R-004 error null'])
    const wrong = seller('GR', { vat_id: { value: '090000046', country: 'GR' } })
    const document = greek()
    expect(found({ ...document, seller: { ...document.seller, ...wrong }, buyer: { ...document.buyer, ...wrong } })).toEqual(
      expect.arrayContaining(['GR-R-003 error entity_vat_id_id', 'GR-R-006 error counterpart_vat_id_id']),
    )
  })
})

test('check digits of three countries', () => {
  expect(['923609016', '986252932', '000000000', '923609017', '12'].map(isNorwegianNumber)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
  expect(['5560360793', '5560360794', '55603607930'].map(isSwedishNumber)).toEqual([true, false, false])
  expect(['090000045', '090000046', '9'].map(isGreekVat)).toEqual([true, false, false])
})
