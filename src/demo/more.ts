import { setTimeout } from 'node:timers/promises'
import { addDays, addMonths, daysBetween } from '../core/calendar.ts'
import { minorUnitsOf } from '../core/currencies.ts'
import { percentOf, rateOf } from '../core/money.ts'
import { takeMail } from '../modules/inbound/inbound.service.ts'
import type { App } from '../platform/http/operation.ts'
import type { Machinery } from '../platform/machinery.ts'
import type { InvoiceDocument } from '../platform/pdf/invoice.document.ts'
import { type Caller, type Json, openBooks, submit } from './caller.ts'
import { bills, orders, sisters, vendors } from './more.data.ts'

/** What else the demo company does: it orders, has bills approved, offers, is paid by transfer, and has sisters in France and the United States. */

/** A company in the demo, asked at a moment so many days ago. */
export interface Stage {
  at(daysAgo: number): Caller
  /** The day, so many days ago. */
  day(daysAgo: number): string
}

/** Something that happened so many days ago. */
export interface Step {
  readonly daysAgo: number
  work(call: Caller): Promise<unknown>
}

/** Does everything in the order of days: numbers are given out as they were in life. What is of one day stays in the order it stands in. */
export async function inOrder(stage: Stage, steps: readonly Step[], say: (line: string) => void): Promise<void> {
  const sorted = steps.toSorted((a, b) => b.daysAgo - a.daysAgo)
  for (const [nth, { daysAgo, work }] of sorted.entries()) {
    await work(stage.at(daysAgo))
    if ((nth + 1) % 50 === 0) say(`${nth + 1} of ${sorted.length} things that happened in a year`)
  }
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

/** Vendors, a policy that asks the owner about larger bills, orders, and bills in every state, each with its file; the last one came by mail. */
export async function purchases(machinery: Machinery, stage: Stage, owner: string): Promise<Step[]> {
  const { pdf } = machinery
  const long = stage.at(365)
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
  const steps: Step[] = []
  for (const [nth, { vendor: which, daysAgo, state, times }] of bills.entries()) {
    const vendor = vendors[which]!
    const number = `${vendor.name.slice(0, 2).toUpperCase()}-${2000 + nth * 7}`
    const document = billOf(vendor, number, stage.day(daysAgo), times)
    let bill: Json = { id: '' }
    const arrive = async (call: Caller) => {
      const bytes = await pdf.render('invoice', document)
      if (state === 'by mail') return takeMail(machinery, mailOf(vendor, number, bytes), [await mailboxOf(call)])
      bill = await call('POST', '/payables', {
        document_id: number,
        currency: 'EUR',
        issued_at: document.issue_date,
        due_date: document.due_date,
        counterpart_id: known[which]!.id,
        description: vendor.sells.map(([name]) => name).join(', '),
      })
      for (const { name, quantity, price } of document.lines)
        await call('POST', `/payables/${bill.id}/line_items`, { name, quantity, unit_price: price, tax: VAT })
      return call('UPLOAD', `/payables/${bill.id}/attach_file`, { name: `${number}.pdf`, bytes })
    }
    steps.push({ daysAgo, work: arrive })
    const later = (days: number, path: string, body?: object) =>
      steps.push({ daysAgo: Math.max(0, daysAgo - days), work: (call) => call('POST', `/payables/${bill.id}/${path}`, body) })
    if (state === 'rejected' || state === 'approval') later(1, 'submit_for_approval')
    if (state === 'rejected') later(2, 'reject')
    if (state === 'waiting' || state === 'paid') later(1, 'approve_payment_operation')
    if (state === 'paid') later(14, 'mark_as_paid', { comment: 'Bank transfer' })
  }
  for (const { vendor: which, daysAgo, sent, items, message } of orders) {
    let order: Json = { id: '' }
    const vendor = known[which]!
    const make = async (call: Caller) => {
      order = await call('POST', '/payable_purchase_orders', {
        counterpart_id: vendor.id,
        counterpart_address_id: vendor.default_billing_address_id,
        currency: 'EUR',
        valid_for_days: 30,
        message,
        items: items.map(([name, quantity, price]) => ({ name, quantity, unit: 'piece', price, currency: 'EUR', vat_rate: VAT })),
      })
    }
    steps.push({ daysAgo, work: make })
    const mail = { subject_text: 'Bestellung', body_text: message }
    const send = async (call: Caller) => {
      await untilDrawn(call, `/payable_purchase_orders/${order.id}`)
      await call('POST', `/payable_purchase_orders/${order.id}/send`, mail)
    }
    if (sent) steps.push({ daysAgo, work: send })
  }
  return steps
}

/** Waits until the server's workers have drawn the PDF of a document. Throws after half a minute. */
async function untilDrawn(call: Caller, path: string): Promise<void> {
  for (let tries = 150; !(await call('GET', path)).file_url; tries--) {
    if (tries === 0) throw new Error('The demo waited for a PDF in vain: do jobs run?')
    await setTimeout(200)
  }
}

async function mailboxOf(call: Caller): Promise<string> {
  const [mailbox] = (await call('GET', '/mailboxes')).data as { mailbox_full_address: string }[]
  return mailbox?.mailbox_full_address ?? ''
}

/** The mail of a vendor with a bill (RFC 5322). */
function mailOf(vendor: (typeof vendors)[number], number: string, pdf: Buffer): Buffer {
  const lines = [
    `From: <${vendor.email}>`,
    `Subject: Rechnung ${number}`,
    `Message-ID: <${number}@${vendor.email.split('@')[1]}>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="part"',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Guten Tag, anbei unsere Rechnung.',
    '--part',
    `Content-Type: application/pdf; name="${number}.pdf"`,
    `Content-Disposition: attachment; filename="${number}.pdf"`,
    'Content-Transfer-Encoding: base64',
    '',
    pdf.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--part--',
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
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
      // The same day of each month, so that no month has two of them and the next none.
      const daysAgo = daysBetween(addMonths(stage.day(3), -month), stage.day(0))
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
export function offers(stage: Stage, sale: Sale): Step[] {
  const document = async (call: Caller, type: 'quote' | 'invoice', product: number, quantity: number, more: object = {}) => {
    const vatIds = (await call('GET', `/counterparts/${sale.customer.id}/vat_ids`)).data as { id: string }[]
    return call('POST', '/receivables', {
      type,
      currency: 'EUR',
      counterpart_id: sale.customer.id,
      counterpart_billing_address_id: sale.customer.billing,
      counterpart_vat_id_id: vatIds[0]?.id,
      entity_vat_id_id: sale.vatId,
      line_items: [{ product_id: sale.products[product], quantity, vat_rate_id: sale.rate }],
      ...more,
    })
  }
  const terms = { payment_terms_id: sale.terms }
  let taken: Json = { id: '' }
  let wrong: Json = { id: '' }
  return [
    {
      daysAgo: 28,
      work: async (call) => {
        taken = await document(call, 'quote', 0, 1, { expiry_date: stage.day(0) })
        await call('POST', `/receivables/${taken.id}/issue`)
      },
    },
    { daysAgo: 24, work: (call) => call('POST', `/receivables/${taken.id}/accept`) },
    {
      daysAgo: 16,
      work: async (call) => {
        wrong = await document(call, 'invoice', 5, 30, terms)
        await call('POST', `/receivables/${wrong.id}/issue`)
      },
    },
    {
      daysAgo: 12,
      work: async (call) => {
        const note = await call('POST', '/receivables', { type: 'credit_note', based_on: wrong.id })
        // Five of the thirty came damaged.
        const damaged = { [String(sale.products[5])]: { quantity: 5 } }
        await call('PATCH', `/receivables/${note.id}`, { credit_note: { line_items: damaged } })
        await call('POST', `/receivables/${note.id}/issue`)
      },
    },
    {
      daysAgo: 6,
      work: async (call) => {
        const open = await document(call, 'quote', 1, 40, { expiry_date: stage.day(-20) })
        await call('POST', `/receivables/${open.id}/issue`)
      },
    },
    {
      daysAgo: 0,
      work: async (call) => {
        const monthly = await document(call, 'invoice', 3, 1, { ...terms, memo: 'Hosting and care, monthly' })
        await call('POST', '/recurrences', { invoice_id: monthly.id, start_date: stage.day(-3), max_occurrences: 12 })
      },
    },
  ]
}

export interface Sale {
  readonly customer: { readonly id: string; readonly billing: string }
  readonly vatId: string
  readonly products: readonly string[]
  readonly rate: string
  readonly terms: string
}

const euros = (amount: number) => (amount / 100).toFixed(2).replace('.', ',')

/** Payment links for two open invoices, and a statement of the bank: it pays the one whose customer went the way of the link, and has one entry to look at. */
export async function bank(app: App, stage: Stage, entity: string, say: (line: string) => void): Promise<void> {
  const before = stage.at(3)
  await before('PUT', `/entities/${entity}/payment_methods`, { payment_methods_receive: ['sepa_credit'] })
  const issued = (await before('GET', '/receivables?type=invoice&status=issued&limit=100')).data as {
    id: string
    document_id: string
    issue_date: string
    amount_due: number
    counterpart_name: string
  }[]
  const open = issued.filter(({ issue_date }) => issue_date.slice(0, 10) < stage.day(3)).slice(0, 2)
  const links: Json[] = []
  for (const { id } of open)
    links.push(
      await before('POST', '/payment_links', {
        object: { type: 'receivable', id },
        recipient: { type: 'entity', id: entity },
        payment_methods: ['sepa_credit'],
      }),
    )
  const [paid] = open
  const [link] = links
  if (!paid || !link) return
  stage.at(2)
  await submit(app, `/pay/${link.id}/start`, { method: 'sepa_credit' }, 303)
  const rows = [
    [paid.counterpart_name, `Rechnung ${paid.document_id}`, paid.amount_due],
    ['Amt für Wirtschaft', 'Rückzahlung Förderung', 48_000],
  ] as const
  const csv = ['Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Waehrung']
  for (const [name, text, amount] of rows)
    csv.push(`${stage.day(1).split('-').reverse().join('.')};${name};${text};${euros(amount)};EUR`)
  await stage.at(0)('UPLOAD', '/x/bank_statements', { name: 'umsaetze.csv', bytes: Buffer.from(`${csv.join('\n')}\n`) })
  say('Payment links, and a statement of the bank')
}
