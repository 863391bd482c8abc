import type { SoldAddress, SoldDocument, SoldLine } from '../../src/core/einvoice/compose.ts'
import { type Discount, totals } from '../../src/core/totals.ts'

/** Documents to make e-invoices of: a German firm sells to another, unless something else is said. */

interface LineAsked {
  readonly price: number
  readonly quantity?: number
  /** Hundredths of a percent; null where no tax applies. */
  readonly rate?: number | null
  readonly discount?: Discount
  readonly goods?: boolean
  readonly name?: string
  readonly description?: string
  readonly unit?: string
}
interface Asked extends Partial<Omit<SoldDocument, 'lines' | 'seller' | 'buyer' | 'withholding'>> {
  readonly lines?: readonly LineAsked[]
  readonly seller?: Partial<SoldDocument['seller']>
  readonly buyer?: Partial<SoldDocument['buyer']>
  readonly withholding_tax_rate?: number
}

export const place = (country: string, city = 'Köln', postal_code = '50667'): SoldAddress => ({
  line1: 'Domstraße 1',
  city,
  postal_code,
  country,
})

export function sold({ lines = [{ price: 25_000 }], seller, buyer, withholding_tax_rate, ...asked }: Asked = {}): SoldDocument {
  const vat_mode = asked.vat_mode ?? 'exclusive'
  const deductions = asked.deductions ?? []
  const rateOf = (line: LineAsked) => (line.rate === undefined ? 1900 : line.rate)
  const figures = totals(
    lines.map((line) => {
      const rate = rateOf(line)
      return {
        price: line.price,
        quantity: line.quantity ?? 1,
        discount: line.discount ?? null,
        tax: rate === null ? null : { key: `rate ${rate}`, rate },
      }
    }),
    { vat_mode, discount: asked.discount ?? null, withholding_tax_rate: withholding_tax_rate ?? null, deductions },
  )
  const type = asked.type ?? 'invoice'
  return {
    type,
    number: 'INV-00001',
    issued: '2026-03-01',
    due: type === 'invoice' ? '2026-03-31' : null,
    fulfilled: '2026-02-27',
    currency: 'EUR',
    language: 'en',
    buyer_reference: null,
    order: null,
    project: null,
    based_on: type === 'credit_note' ? { number: 'INV-00001', issued: '2026-02-01' } : null,
    memo: null,
    footer: null,
    legal_notes: [],
    shipping: null,
    account: {
      iban: 'DE89 3704 0044 0532 0130 00',
      account_number: null,
      holder: 'Spreewerk GmbH',
      bic: 'COBADEFFXXX',
      sort_code: null,
      routing_number: null,
    },
    payment_page_url: null,
    terms: null,
    vat_exempt: false,
    rationale: null,
    discount: null,
    exchange_rate: null,
    attachments: [],
    ...asked,
    vat_mode,
    deductions,
    seller: {
      name: 'Spreewerk GmbH',
      trade_name: null,
      vat_id: { value: 'DE123456789', country: 'DE' },
      tax_id: null,
      registration_number: null,
      registration_authority: null,
      legal_form: null,
      address: place('DE'),
      email: 'billing@spreewerk.example',
      gln: null,
      credential: null,
      contact_name: 'Grace Hopper',
      phone: '+49 30 123456',
      contact_email: null,
      ...seller,
    },
    buyer: {
      name: 'Acme GmbH',
      organization: true,
      vat_id: { value: 'DE811907980', country: 'DE' },
      tax_id: null,
      address: place('DE', 'Berlin', '10119'),
      email: 'invoices@acme.example',
      gln: null,
      credential: null,
      external_reference: null,
      contact_name: null,
      phone: null,
      ...buyer,
    },
    lines: lines.map((line, i): SoldLine => {
      const rate = rateOf(line)
      return {
        name: line.name ?? 'Consulting',
        description: line.description ?? null,
        reference: null,
        goods: line.goods ?? false,
        quantity: line.quantity ?? 1,
        unit: line.unit ?? null,
        price: line.price,
        discount: line.discount ?? null,
        tax: rate === null ? null : `rate ${rate}`,
        rate: rate ?? 0,
        total_before_vat: figures.lines[i]!.total_before_vat,
        total_after_vat: figures.lines[i]!.total_after_vat,
      }
    }),
    taxes: figures.total_vat_amounts.map(({ key, taxable_amount, amount }) => ({ key, taxable: taxable_amount, amount })),
    subtotal: figures.subtotal,
    discounted_subtotal: figures.discounted_subtotal,
    withholding: withholding_tax_rate ? { rate: withholding_tax_rate, amount: figures.total_withholding_tax } : null,
  }
}
