import { addDays } from '../core/calendar.ts'
import { minorUnitsOf } from '../core/currencies.ts'
import { percentOf, rateOf } from '../core/money.ts'
import type { App } from '../platform/http/operation.ts'
import type { Machinery } from '../platform/machinery.ts'
import type { InvoiceDocument } from '../platform/pdf/invoice.document.ts'
import { type Caller, type Json, openBooks } from './caller.ts'
import { type BillState, bills, sisters, vendors } from './more.data.ts'

/** What else the demo company does: it buys, has bills approved, offers, is paid by transfer, and has sisters in France and the United States. */

/** A company in the demo, asked at a moment so many days ago. */
export interface Stage {
  at(daysAgo: number): Caller
  /** The day, so many days ago. */
  day(daysAgo: number): string
}

const VAT = 1900
const designs = ['classic', 'modern', 'compact'] as const
const accents = ['#7a3b2e', '#1f4e5f', '#4a5a2a']

/** The bill of a vendor as it comes by mail: a PDF of its own making. */
function billOf(vendor: (typeof vendors)[number], number: string, day: string, times: number): InvoiceDocument {
  const lines = vendor.sells.map(([name, price]) => {
    const net = price * times
    const tax = percentOf(net, rateOf(VAT))
    return {
      name,
      quantity: times,
      price,
      price_after_vat: price + percentOf(price, rateOf(VAT)),
      vat_rate: VAT,
      total_before_vat: net,
      total_after_vat: net + tax,
    }
  })
  const net = lines.reduce((sum, { total_before_vat }) => sum + total_before_vat, 0)
  const tax = percentOf(net, rateOf(VAT))
  const { line1, postal_code, city, country } = vendor.address
  return {
    type: 'invoice',
    design: designs[vendor.accent] ?? 'classic',
    accent: accents[vendor.accent] ?? null,
    language: 'de',
    country,
    number,
    rendered_at: `${day}T08:00:00Z`,
    sender: {
      name: vendor.name,
      address: { line1, postal_code, city, country },
      email: vendor.email,
      vat_id: vendor.vat_id,
    },
    recipient: {
      name: 'Nordlicht Studio GmbH',
      address: { line1: 'Deichstraße 19', postal_code: '20459', city: 'Hamburg', country: 'DE' },
    },
    currency: 'EUR',
    minor_units: minorUnitsOf('EUR'),
    issue_date: day,
    fulfillment_date: day,
    due_date: addDays(day, 30),
    vat_mode: 'exclusive',
    lines,
    subtotal: net,
    subtotal_after_vat: net + tax,
    discounted_subtotal: net,
    vat: [{ value: VAT, taxable_amount: net, amount: tax }],
    total: net + tax,
    bank_account: { iban: vendor.iban, account_holder_name: vendor.name },
  }
}

/** Vendors, a policy that asks the owner about larger bills, and bills in every state, each with its file. */
export async function buy({ pdf }: Machinery, stage: Stage, owner: string, say: (line: string) => void): Promise<void> {
  const long = stage.at(95)
  const known: Json[] = []
  for (const { name, email, vat_id, iban, address } of vendors) {
    const organization = { legal_name: name, email, is_customer: false, is_vendor: true, address }
    const vendor = await long('POST', '/counterparts', { type: 'organization', language: 'de', organization })
    await long('POST', `/counterparts/${vendor.id}/vat_ids`, { country: 'DE', type: 'eu_vat', value: vat_id })
    const account = { country: 'DE', currency: 'EUR', iban, account_holder_name: name, is_default_for_currency: true }
    await long('POST', `/counterparts/${vendor.id}/bank_accounts`, account)
    known.push(vendor)
  }
  const params = { user_ids: [owner], required_approval_count: 1 }
  await long('POST', '/approval_policies', {
    name: 'Bills from 500 EUR',
    description: 'Lena looks at everything from 500 EUR',
    trigger: { all: ["{event_name == 'submitted_for_approval'}", '{invoice.amount >= 50000}', "{invoice.currency == 'EUR'}"] },
    script: [
      {
        if: { call: 'ApprovalRequests.request_approval_by_users', params },
        // biome-ignore lint/suspicious/noThenProperty: the word of the contract
        then: ['{Payables.approve(invoice.id)}'],
        else: ['{Payables.reject(invoice.id)}'],
      },
    ],
  })
  for (const [nth, { vendor: which, daysAgo, state, times }] of bills.entries()) {
    const vendor = vendors[which]!
    const number = `${vendor.name.slice(0, 2).toUpperCase()}-${2000 + nth * 7}`
    const document = billOf(vendor, number, stage.day(daysAgo), times)
    const call = stage.at(daysAgo)
    const { id } = await call('POST', '/payables', {
      document_id: number,
      currency: 'EUR',
      issued_at: document.issue_date,
      due_date: document.due_date,
      counterpart_id: known[which]!.id,
      description: vendor.sells.map(([name]) => name).join(', '),
    })
    for (const { name, quantity, price } of document.lines)
      await call('POST', `/payables/${id}/line_items`, { name, quantity, unit_price: price, tax: VAT })
    await call('UPLOAD', `/payables/${id}/attach_file`, { name: `${number}.pdf`, bytes: await pdf.render('invoice', document) })
    await move(stage, id, state, daysAgo)
  }
  say(`${bills.length} bills of ${vendors.length} vendors`)
}

/** Brings a bill as far as it is by today. */
async function move(stage: Stage, id: string, state: BillState, daysAgo: number): Promise<void> {
  if (state === 'new') return
  const soon = stage.at(Math.max(0, daysAgo - 1))
  if (state === 'rejected' || state === 'approval') await soon('POST', `/payables/${id}/submit_for_approval`)
  if (state === 'rejected') await soon('POST', `/payables/${id}/reject`)
  if (state === 'waiting' || state === 'paid') await soon('POST', `/payables/${id}/approve_payment_operation`)
  if (state === 'paid')
    await stage.at(Math.max(0, daysAgo - 14))('POST', `/payables/${id}/mark_as_paid`, { comment: 'Bank transfer' })
}

/** Sisters abroad, each with a year of invoices, of which the last two are open. */
export async function openSisters(
  app: App,
  stageOf: (entity: string | null) => Stage,
  say: (line: string) => void,
): Promise<void> {
  for (const { company, chart, currency, account, vat_id, customer, product, rate, months } of sisters) {
    const { id: entity } = await stageOf(null).at(361)('POST', '/entities', company)
    const stage = stageOf(entity)
    const first = stage.at(360)
    await first('POST', '/bank_accounts', account)
    await openBooks(app, await first('POST', '/accounting_connections'), chart)
    const ours = vat_id ? await first('POST', `/entities/${entity}/vat_ids`, vat_id) : null
    const buyer = await first('POST', '/counterparts', customer)
    const { id: product_id } = await first('POST', '/products', {
      name: product.name,
      type: 'service',
      price: { currency, value: product.price },
    })
    const rates = (await first('GET', '/vat_rates')).data as { id: string; value: number }[]
    const vat = rates.find(({ value }) => value === rate)
    for (const [month, quantity] of months) {
      const daysAgo = month * 30 + 3
      const call = stage.at(daysAgo)
      const { id } = await call('POST', '/receivables', {
        type: 'invoice',
        currency,
        counterpart_id: buyer.id,
        counterpart_billing_address_id: buyer.default_billing_address_id,
        ...(ours && { entity_vat_id_id: ours.id }),
        payment_terms: { term_final: { number_of_days: 30 } },
        line_items: [{ product_id, quantity, ...(vat && ours ? { vat_rate_id: vat.id } : { tax_rate_value: rate }) }],
      })
      await call('POST', `/receivables/${id}/issue`)
      if (month < 2) continue
      await stage.at(daysAgo - 21)('POST', `/receivables/${id}/mark_as_paid`, { comment: 'Bank transfer' })
    }
  }
  say(`${sisters.length} sisters abroad, each with a year of invoices`)
}

/** A quote that waits, one that was accepted, a retainer that repeats, and a credit note. */
export async function offer(stage: Stage, sale: Sale, say: (line: string) => void): Promise<void> {
  const vatIds = (await stage.at(30)('GET', `/counterparts/${sale.customer.id}/vat_ids`)).data as { id: string }[]
  const document = (type: 'quote' | 'invoice', product: number, quantity: number, more: object = {}) => ({
    type,
    currency: 'EUR',
    counterpart_id: sale.customer.id,
    counterpart_billing_address_id: sale.customer.billing,
    counterpart_vat_id_id: vatIds[0]?.id,
    entity_vat_id_id: sale.vatId,
    line_items: [{ product_id: sale.products[product], quantity, vat_rate_id: sale.rate }],
    ...more,
  })
  const fresh = stage.at(6)
  const open = await fresh('POST', '/receivables', document('quote', 1, 40, { expiry_date: stage.day(-20) }))
  await fresh('POST', `/receivables/${open.id}/issue`)
  const old = stage.at(28)
  const taken = await old('POST', '/receivables', document('quote', 0, 1, { expiry_date: stage.day(0) }))
  await old('POST', `/receivables/${taken.id}/issue`)
  await stage.at(24)('POST', `/receivables/${taken.id}/accept`)
  const today = stage.at(0)
  const terms = { payment_terms_id: sale.terms }
  const monthly = await today('POST', '/receivables', document('invoice', 3, 1, { ...terms, memo: 'Hosting and care, monthly' }))
  await today('POST', '/recurrences', { invoice_id: monthly.id, start_date: stage.day(-3), max_occurrences: 12 })
  const wrong = await stage.at(16)('POST', '/receivables', document('invoice', 5, 30, terms))
  await stage.at(16)('POST', `/receivables/${wrong.id}/issue`)
  const note = await stage.at(12)('POST', '/receivables', { type: 'credit_note', based_on: wrong.id })
  // Five of the thirty came damaged.
  const damaged = { [String(sale.products[5])]: { quantity: 5 } }
  await stage.at(12)('PATCH', `/receivables/${note.id}`, { credit_note: { line_items: damaged } })
  await stage.at(12)('POST', `/receivables/${note.id}/issue`)
  say('Quotes, a credit note, and a retainer that is invoiced each month')
}

export interface Sale {
  readonly customer: { readonly id: string; readonly billing: string }
  readonly vatId: string
  readonly products: readonly string[]
  readonly rate: string
  readonly terms: string
}

const euros = (amount: number) => (amount / 100).toFixed(2).replace('.', ',')

/** A payment link for one open invoice, and a statement of the bank that pays another by its number and leaves one entry to look at. */
export async function bank(stage: Stage, entity: string, say: (line: string) => void): Promise<void> {
  const today = stage.at(0)
  await today('PUT', `/entities/${entity}/payment_methods`, { payment_methods_receive: ['sepa_credit'] })
  const open = (await today('GET', '/receivables?type=invoice&status=issued&limit=10')).data as {
    id: string
    document_id: string
    amount_due: number
    counterpart_name: string
  }[]
  const [linked, paid] = open
  if (!linked || !paid) return
  const recipient = { type: 'entity', id: entity }
  await today('POST', '/payment_links', {
    object: { type: 'receivable', id: linked.id },
    recipient,
    payment_methods: ['sepa_credit'],
  })
  const rows = [
    [paid.counterpart_name, `Rechnung ${paid.document_id}`, paid.amount_due],
    ['Amt für Wirtschaft', 'Rückzahlung Förderung 2026', 48_000],
  ] as const
  const csv = ['Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Waehrung']
  for (const [name, text, amount] of rows)
    csv.push(`${stage.day(1).split('-').reverse().join('.')};${name};${text};${euros(amount)};EUR`)
  await today('UPLOAD', '/x/bank_statements', { name: 'umsaetze.csv', bytes: Buffer.from(`${csv.join('\n')}\n`) })
  say('A payment link, and a statement of the bank')
}
