import { addDays } from '../../src/core/calendar.ts'
import type { SoldAddress, SoldDocument, SoldLine } from '../../src/core/einvoice/compose.ts'
import { type Discount, type Line, totals } from '../../src/core/totals.ts'
import { Random } from '../bills/random.ts'

/** Documents as our own invoices have them: every kind of tax, discount, term, country and language. The same again for the same number. */

interface Land {
  readonly country: string
  readonly language: string
  readonly rates: readonly number[]
  readonly vat: string
  readonly register: string
  readonly city: string
  readonly postal: string
}
const lands: readonly Land[] = [
  {
    country: 'DE',
    language: 'de',
    rates: [1900, 700],
    vat: 'DE123456789',
    register: 'HRB 12345 B',
    city: 'Köln',
    postal: '50667',
  },
  {
    country: 'FR',
    language: 'fr',
    rates: [2000, 1000, 550],
    vat: 'FR40303265045',
    register: '303 265 045',
    city: 'Lyon',
    postal: '69002',
  },
  {
    country: 'NL',
    language: 'nl',
    rates: [2100, 900],
    vat: 'NL123456789B01',
    register: '12345678',
    city: 'Utrecht',
    postal: '3511 AB',
  },
  {
    country: 'BE',
    language: 'nl',
    rates: [2100, 1200, 600],
    vat: 'BE0412345614',
    register: '0412.345.614',
    city: 'Gent',
    postal: '9000',
  },
  {
    country: 'ES',
    language: 'es',
    rates: [2100, 1000, 400],
    vat: 'ESA12345674',
    register: 'M-123456',
    city: 'Madrid',
    postal: '28001',
  },
  {
    country: 'IT',
    language: 'it',
    rates: [2200, 1000, 400],
    vat: 'IT12345670785',
    register: 'MI-1234567',
    city: 'Milano',
    postal: '20121',
  },
  {
    country: 'PT',
    language: 'pt',
    rates: [2300, 1300, 600],
    vat: 'PT123456789',
    register: '123456',
    city: 'Lisboa',
    postal: '1000-001',
  },
  {
    country: 'AT',
    language: 'de',
    rates: [2000, 1000],
    vat: 'ATU12345675',
    register: 'FN 123456 a',
    city: 'Wien',
    postal: '1010',
  },
  {
    country: 'PL',
    language: 'en',
    rates: [2300, 800, 500],
    vat: 'PL1234567883',
    register: '0000123456',
    city: 'Kraków',
    postal: '30-001',
  },
  {
    country: 'GB',
    language: 'en',
    rates: [2000, 500],
    vat: 'GB123456782',
    register: '01234567',
    city: 'Leeds',
    postal: 'LS1 4AP',
  },
]
const abroad: readonly SoldAddress[] = [
  { line1: 'Bahnhofstrasse 1', city: 'Zürich', postal_code: '8001', country: 'CH' },
  { line1: '5 Main Street', line2: 'Suite 12', city: 'Portland', postal_code: '97201', state: 'OR', country: 'US' },
]
const things = [
  'Beratung',
  'Logo & design <b>',
  'Wartung 2027',
  'Chaise "Luxe"',
  'שעות ייעוץ',
  'استشارة',
  'Kabel  NYM-J 3×1,5',
  '🚀 launch',
  'Zażółć gęślą jaźń',
]
const unitNames = ['h', 'Std.', 'Stück', 'km', 'kg', 'Pauschale', 'lotto', 'day', null]

const addressOf = ({ country, city, postal }: Land, random: Random): SoldAddress => ({
  line1: `${random.pick(['Rue', 'Street', 'Weg'])} ${random.int(1, 200)}`,
  line2: random.chance(0.2) ? 'Hof 2' : null,
  city,
  postal_code: postal,
  country,
})

/** Discounts of lines and documents that can be taken: never more than there is. */
function discountFrom(random: Random, most: number): Discount | null {
  if (!random.chance(0.3) || most < 2) return null
  return random.chance(0.6)
    ? { type: 'percentage', amount: random.int(1, 10_000) }
    : { type: 'amount', amount: random.int(1, Math.floor(most / 2)) }
}

const credentialOf = ({ country, vat, register }: Land, random: Random): SoldDocument['buyer']['credential'] => {
  if (!random.chance(0.3)) return null
  if (country === 'DE') return { scheme: 'DE:VAT', identifier: vat }
  if (country === 'NL')
    return random.chance(0.5) ? { scheme: 'NL:VAT', identifier: vat } : { scheme: 'NL:KVK', identifier: register }
  return country === 'BE' ? { scheme: 'BE:EN', identifier: vat.slice(2) } : null
}

/** The document of a number. */
export function generate(seed: number): SoldDocument {
  const random = new Random(seed * 7919 + 17)
  const seller = random.pick(lands)
  const buyer = random.chance(0.55) ? seller : random.pick(lands)
  const outside = random.chance(0.1) ? random.pick(abroad) : null
  const organization = outside !== null || random.chance(0.85)
  const address = outside ?? addressOf(buyer, random)
  const foreign = address.country !== seller.country
  const currency =
    seller.country === 'PL'
      ? random.pick(['PLN', 'EUR'])
      : seller.country === 'GB'
        ? 'GBP'
        : random.pick(['EUR', 'EUR', 'EUR', 'EUR', 'USD', 'JPY'])
  const vat_mode = random.chance(0.3) ? ('inclusive' as const) : ('exclusive' as const)
  const vat_inclusive_discount_mode = random.chance(0.5) ? ('inclusive' as const) : ('exclusive' as const)
  // What is sold without VAT, and why: at home, to another state, or for good.
  const exempt = !foreign && random.chance(0.1)
  const free = (foreign && organization && random.chance(0.7)) || (!foreign && random.chance(0.05))
  const untaxed = !exempt && !free && random.chance(0.03)
  const goods = random.chance(0.5)
  const count = random.chance(0.03) ? random.int(20, 60) : random.int(1, 6)

  const lines: SoldLine[] = []
  const counted: Line[] = []
  for (let i = 0; i < count; i++) {
    const zero = exempt || free || untaxed
    const rate = zero ? 0 : random.chance(0.05) ? 0 : random.pick(seller.rates)
    const tax = untaxed ? null : `rate ${rate}`
    const quantity = random.pick([1, 1, 2, 5, 12, 0.5, 0.083, 2.75, 1.333333, random.int(1, 5000), 0])
    const price = random.chance(0.05) ? random.int(0, 9) : random.int(10, 5_000_000)
    const discount = discountFrom(random, Math.floor(price * quantity))
    // Services to firms outside of the Union are outside of VAT, goods are exported: the two don't stand together.
    const isGoods = outside || !random.chance(0.3) ? goods : !goods
    counted.push({ price, quantity, discount, tax: tax === null ? null : { key: tax, rate } })
    lines.push({
      name: random.pick(things),
      description: random.chance(0.3) ? `${random.pick(things)}\nline two & more` : null,
      reference: random.chance(0.3) ? `A-${random.int(1, 999)}` : null,
      goods: isGoods,
      quantity,
      unit: random.pick(unitNames),
      price,
      discount,
      tax,
      rate,
      total_before_vat: 0,
      total_after_vat: 0,
    })
  }
  const withholding = random.chance(0.1) ? random.pick([1500, 2000, 700]) : null
  const plain = totals(counted, { vat_mode, vat_inclusive_discount_mode })
  const discount = discountFrom(random, Math.min(plain.subtotal, plain.subtotal_after_vat))
  const terms = { vat_mode, vat_inclusive_discount_mode, discount, withholding_tax_rate: withholding }
  const before = totals(counted, terms)
  const deduct = random.chance(0.1) && before.total_amount > 0
  const deductions = deduct
    ? [
        {
          name: random.pick(['Deposit', null]),
          amount: random.chance(0.2) ? before.total_amount : random.int(1, before.total_amount),
        },
      ]
    : []
  const figures = totals(counted, { ...terms, deductions })
  const issued = addDays('2026-01-02', random.int(0, 700))
  const credit = random.chance(0.2)
  const early = random.chance(0.2)
  const person = ['Ada Lovelace', 'Jörg Müller', null]
  return {
    type: credit ? 'credit_note' : 'invoice',
    number: `${credit ? 'CN' : 'INV'}-${String(seed).padStart(5, '0')}`,
    issued,
    due: credit ? null : addDays(issued, 30),
    fulfilled: random.chance(0.7) ? issued : null,
    currency,
    language: random.pick([seller.language, seller.language, 'en', 'ar', 'he']),
    buyer_reference: random.chance(0.3) ? '04011000-AMT42-28' : null,
    order: random.chance(0.3) ? `PO ${random.int(1, 9999)}` : null,
    project: random.chance(0.1) ? 'Project "X" & Y' : null,
    based_on: credit ? { number: `INV-${random.int(1, 999)}`, issued: addDays(issued, -random.int(1, 90)) } : null,
    memo: random.chance(0.3) ? 'Thank you\u0007 for your order ]]> & come back' : null,
    footer: random.chance(0.2) ? 'Footer\nof two lines' : null,
    legal_notes: [],
    seller: {
      name: `Seller ${seller.country} & Söhne`,
      trade_name: random.chance(0.1) ? 'Shop' : null,
      vat_id: { value: seller.vat, country: seller.country },
      tax_id: random.chance(0.3) ? '30/555/12345' : null,
      registration_number: seller.country === 'NL' || random.chance(0.6) ? seller.register : null,
      registration_authority: random.chance(0.3) ? 'Amtsgericht' : null,
      legal_form: random.chance(0.2) ? 'SAS au capital de 10 000 €' : null,
      address: addressOf(seller, random),
      email: 'billing@seller.example',
      gln: random.chance(0.1) ? '4012345000009' : null,
      credential: credentialOf(seller, random),
      contact_name: 'Grace Hopper',
      phone: '+49 30 123456',
      contact_email: random.chance(0.5) ? 'help@seller.example' : null,
    },
    buyer: {
      organization,
      name: organization ? `Buyer ${address.country} "Ltd" <x>` : 'Anna Schmidt',
      vat_id: organization && !outside ? { value: buyer.vat, country: buyer.country } : null,
      tax_id: organization && !outside && buyer.country === 'NL' ? buyer.register : null,
      address,
      email: random.chance(0.9) ? 'invoices@buyer.example' : null,
      gln: random.chance(0.1) ? '4012345000009' : null,
      credential: organization && !outside ? credentialOf(buyer, random) : null,
      external_reference: random.chance(0.2) ? 'K-100' : null,
      contact_name: random.pick(person),
      phone: null,
    },
    shipping: random.chance(0.15) ? { ...address, line1: 'Warehouse 7' } : null,
    account: random.chance(0.9)
      ? {
          iban: 'DE89370400440532013000',
          account_number: null,
          holder: 'Seller',
          bic: 'COBADEFFXXX',
          sort_code: null,
          routing_number: null,
        }
      : random.chance(0.5)
        ? { iban: null, account_number: '12345678', holder: null, bic: null, sort_code: '200000', routing_number: null }
        : null,
    payment_page_url: random.chance(0.3) ? 'https://pay.example/1' : null,
    terms: credit
      ? null
      : {
          description: random.chance(0.3) ? 'Net 30 days\n#late fees apply' : null,
          term_1: early ? { discount: 200, number_of_days: 10, end_date: addDays(issued, 10) } : null,
          term_2: early && random.chance(0.5) ? { discount: 150, number_of_days: 20, end_date: addDays(issued, 20) } : null,
        },
    vat_mode,
    vat_exempt: exempt,
    rationale: exempt ? random.pick(['Exempt under article 132', 'Gemäß § 19 UStG', 'Reverse charge, § 13b UStG']) : null,
    discount,
    lines: lines.map((line, i) => ({
      ...line,
      total_before_vat: figures.lines[i]!.total_before_vat,
      total_after_vat: figures.lines[i]!.total_after_vat,
    })),
    taxes: figures.total_vat_amounts.map(({ key, taxable_amount, amount }) => ({ key, taxable: taxable_amount, amount })),
    subtotal: figures.subtotal,
    discounted_subtotal: figures.discounted_subtotal,
    withholding: figures.total_withholding_tax > 0 ? { rate: withholding ?? 0, amount: figures.total_withholding_tax } : null,
    deductions,
    exchange_rate: random.chance(0.8) ? 0.92 : null,
    attachments: random.chance(0.05)
      ? [{ id: 'plan.pdf', description: null, name: 'plan.pdf', mimetype: 'application/pdf', base64: 'JVBERi0xLjQK' }]
      : [],
  }
}
