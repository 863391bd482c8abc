import type { DeliveryNoteDocument } from './delivery-note.document.ts'
import type { DocumentLine, InvoiceDocument } from './invoice.document.ts'
import type { PrintedDocument } from './printed.ts'
import type { PurchaseOrderDocument } from './purchase-order.document.ts'

/** One position at a net price in cents. */
export function line(name: string, quantity: number, price: number, extra: Partial<DocumentLine> = {}): DocumentLine {
  const vat_rate = extra.vat_rate === undefined ? 1900 : extra.vat_rate
  const total_before_vat = Math.round(price * quantity)
  const total_after_vat = total_before_vat + Math.round((total_before_vat * (vat_rate ?? 0)) / 10_000)
  const price_after_vat = Math.round(price * (1 + (vat_rate ?? 0) / 10_000))
  return { name, quantity, price, price_after_vat, vat_rate, total_before_vat, total_after_vat, ...extra }
}

/** An invoice with everything an ordinary one has, its figures computed from its lines (19 and 7 %). */
export function sampleInvoice(overrides: Partial<InvoiceDocument> = {}): InvoiceDocument {
  const lines = overrides.lines ?? sampleLines
  const subtotal = lines.reduce((sum, one) => sum + one.total_before_vat, 0)
  const rates = [...new Set(lines.map((one) => one.vat_rate).filter((rate) => rate != null))]
  const vat = rates.map((value) => {
    const taxable_amount = lines.filter((one) => one.vat_rate === value).reduce((sum, one) => sum + one.total_before_vat, 0)
    return { value, taxable_amount, amount: Math.round((taxable_amount * value) / 10_000) }
  })
  const total = vat.reduce((sum, { amount }) => sum + amount, subtotal)
  return {
    type: 'invoice',
    language: 'en',
    country: 'DE',
    currency: 'EUR',
    minor_units: 2,
    number: 'INV-2025-00042',
    rendered_at: '2025-11-03T09:30:00Z',
    ...between,
    issue_date: '2025-11-03T09:12:44Z',
    due_date: '2025-12-03',
    fulfillment_date: '2025-10-31',
    purchase_order: 'PO-7741',
    project: 'Autumn terrace',
    customer_reference: 'K-20418',
    memo: 'Thank you for the visit to our workshop. As agreed, we delivered the lamps on 31 October and installed them the same day.',
    footer: 'We keep ownership of the goods until they are fully paid.',
    vat_mode: 'exclusive',
    lines,
    subtotal,
    subtotal_after_vat: total,
    discounted_subtotal: subtotal,
    vat,
    total,
    amount_due: total,
    early_payment: [{ date: '2025-11-13', discount: 200, amount: Math.round(total * 0.98) }],
    bank_account: {
      account_holder_name: 'Nordlicht Werkstatt GmbH',
      bank_name: 'Berliner Handelsbank',
      iban: 'DE89370400440532013000',
      bic: 'COBADEFFXXX',
    },
    payment_page_url: 'https://pay.example/i/7Yk2pQ',
    ...overrides,
  }
}

/** Who writes to whom in samples. */
const between: Pick<PrintedDocument, 'sender' | 'recipient'> = {
  sender: {
    name: 'Nordlicht Werkstatt GmbH',
    trade_name: 'Nordlicht',
    address: { line1: 'Kastanienallee 12', postal_code: '10435', city: 'Berlin', country: 'DE' },
    vat_id: 'DE136695976',
    tax_id: '30/123/45678',
    registration_number: 'HRB 123456 B',
    registration_authority: 'Amtsgericht Charlottenburg',
    email: 'accounts@nordlicht.example',
    phone: '+49 30 5550 0142',
    website: 'nordlicht.example',
  },
  recipient: {
    name: 'Brasserie du Canal SARL',
    contact_name: 'Camille Laurent',
    address: { line1: '48 quai de Jemmapes', postal_code: '75010', city: 'Paris', country: 'FR' },
    vat_id: 'FR40303265045',
  },
}

const sampleLines: readonly DocumentLine[] = [
  line('Pendant lamp “Mira”, brass', 6, 18_900, {
    description: 'Hand-spun shade, 32 cm, dimmable LED 2700 K.\nCable 2 m.',
    measure_unit: 'pcs',
  }),
  line('Wall lamp “Sund”, smoked glass', 4, 12_450, { measure_unit: 'pcs' }),
  line('Installation on site', 7.5, 6_800, {
    description: 'Two fitters, 31 October, incl. travel within the city',
    measure_unit: 'h',
  }),
  line('Catalogue “Light and Wood”', 12, 895, { vat_rate: 700, measure_unit: 'pcs' }),
]

/** The delivery note of the sample invoice's goods. */
export function sampleDeliveryNote(overrides: Partial<DeliveryNoteDocument> = {}): DeliveryNoteDocument {
  return {
    type: 'delivery_note',
    language: 'en',
    country: 'DE',
    number: 'DN-2025-00042',
    rendered_at: '2025-10-30T08:00:00Z',
    ...between,
    issue_date: '2025-10-30',
    delivery_date: '2025-10-31',
    delivery_number: 'L-58-114',
    based_on: { type: 'invoice', number: 'INV-2025-00042' },
    memo: 'Two boxes and a roll. Deliveries through the yard, from 7 to 11 in the morning.',
    lines: sampleLines.filter(({ measure_unit }) => measure_unit === 'pcs'),
    signature_placeholder: true,
    ...overrides,
  }
}

/** An order of the sample invoice's wares: whoever sells there buys here. */
export function samplePurchaseOrder(overrides: Partial<PurchaseOrderDocument> = {}): PurchaseOrderDocument {
  const { currency, minor_units, subtotal, vat, total } = sampleInvoice()
  return {
    type: 'purchase_order',
    language: 'en',
    country: 'DE',
    number: 'PO-2025-00042',
    rendered_at: '2025-10-06T08:00:00Z',
    ...between,
    issue_date: '2025-10-06',
    valid_until: '2025-11-05',
    message: 'Please confirm the order within a week, and state its number on your delivery note and your invoice.',
    lines: sampleLines.map(({ name, description, quantity, measure_unit, price, vat_rate, total_before_vat }) => ({
      name,
      description,
      quantity,
      measure_unit,
      price,
      vat_rate: vat_rate!,
      total: total_before_vat,
    })),
    currency,
    minor_units,
    subtotal,
    vat,
    total,
    ...overrides,
  }
}
