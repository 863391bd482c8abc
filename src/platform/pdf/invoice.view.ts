import type { SwissBill } from '../../core/swiss-qr.ts'
import { webUrl } from '../url.ts'
import { addressLines, filled } from './address.ts'
import { type Drafting, say } from './drafting.ts'
import { formats } from './format.ts'
import { columnsOf } from './invoice.columns.ts'
import type { BankAccount, InvoiceDocument } from './invoice.document.ts'
import { type TotalRow, totalsOf } from './invoice.totals.ts'
import { type DocumentLanguage, documentLanguage, type Labels, labelsOf } from './labels.ts'
import type { PostalAddress } from './printed.ts'
import { qrSvg } from './qr.ts'
import { salesTaxCountries, salesTaxLabels } from './sales-tax.data.ts'
import { type Pair, pair, type SheetView, type SignatureView, sheetOf, taxIdLabel, textOf } from './sheet.ts'
import { type SwissWords, swissWords } from './swiss-words.ts'
import type { TableView } from './table.ts'
import { breakable, printable } from './text.ts'

/** What the designs in `templates/pdf/invoice` read: strings in their final form, in the order they are printed. */
export interface InvoiceView extends SheetView {
  readonly meta: readonly Pair[]
  readonly memo: string | null
  readonly table: TableView | null
  readonly totals: readonly TotalRow[]
  readonly terms: readonly string[]
  readonly payment: { readonly title: string; readonly rows: readonly Pair[]; readonly codes: readonly Code[] } | null
  readonly notes: readonly string[]
  readonly signature: SignatureView | null
  readonly footer: string | null
  /** The payment part of a Swiss QR-bill. */
  readonly swiss: (Omit<SwissBill, 'payload'> & { readonly svg: string; readonly labels: SwissWords }) | null
  /** Whether the file carries the invoice as data. */
  readonly has_einvoice: boolean
}

interface Code {
  readonly svg: string
  readonly caption: string
  readonly url: string | null
}

/** Turns a document into what the template prints: everything said, counted and dated in the document's language. Pure. */
export function invoiceView(document: InvoiceDocument): InvoiceView {
  const language = documentLanguage(document.language)
  // Where there is no VAT a document speaks of tax.
  const labels = { ...labelsOf(language), ...(salesTaxCountries.has(document.country) && salesTaxLabels[language]) }
  const format = formats(language, document.country, document.currency, document.minor_units)
  const draft: Drafting = { document, labels, format }
  const svgFree = printable({
    ...sheetOf(draft, language),
    watermark: document.draft ? labels.draft : null,
    meta: metaOf(draft),
    memo: textOf(document.memo),
    table: columnsOf(draft),
    totals: totalsOf(draft),
    terms: termsOf(draft),
    notes: notesOf(draft, language),
    signature: signatureOf(draft),
    footer: textOf(document.footer),
    has_einvoice: Boolean(document.einvoice),
  })
  return { ...svgFree, payment: paymentOf(draft), swiss: swissOf(document) }
}

function swissOf({ swiss_bill, language, amount_due, total }: InvoiceDocument): InvoiceView['swiss'] {
  if (!swiss_bill || (amount_due ?? total) <= 0) return null
  const { payload, ...bill } = swiss_bill
  return { ...printable(bill), svg: qrSvg(payload), labels: swissWords(language) }
}

function metaOf({ document, labels, format }: Drafting): Pair[] {
  const { recipient, delivery_address } = document
  const date = (value: string | null | undefined) => value && format.date(value)
  const home = document.sender.address?.country ?? document.country
  const lines = (address: PostalAddress) => addressLines(address, home, format.country).join('\n')
  const country = recipient.address?.country ?? document.country
  const ownTaxId = taxIdLabel(country)
  return [
    ...pair(labels.issue_date, date(document.issue_date)),
    ...pair(labels.due_date, document.type === 'invoice' && date(document.due_date)),
    ...pair(labels.expiry_date, document.type === 'quote' && date(document.expiry_date)),
    ...pair(labels.fulfillment_date, date(document.fulfillment_date)),
    ...pair(document.type === 'credit_note' ? labels.credited_invoice : labels.accepted_quote, basedOn(document, date)),
    ...pair(labels.order_number, document.purchase_order),
    ...pair(labels.project, document.project),
    ...pair(labels.customer_reference, document.customer_reference),
    ...pair(labels.customer_vat_id, recipient.vat_id),
    ...pair(ownTaxId ?? labels.customer_tax_id, recipient.tax_id),
    ...pair(labels.delivery_address, delivery_address && lines(delivery_address)),
  ].map(([label, value]) => [label, breakable(value, 18)])
}

/** A credit note names its invoice and the day of it. */
const basedOn = ({ type, based_on, based_on_date }: InvoiceDocument, date: (day: string) => string | null | undefined) =>
  type === 'credit_note' && based_on && based_on_date ? `${based_on}, ${date(based_on_date)}` : based_on

function termsOf({ document, labels, format }: Drafting): string[] {
  if (document.type !== 'invoice') return []
  const open = (document.amount_due ?? document.total) > 0
  const tiers = (document.early_payment ?? []).map(({ date, discount, amount }) =>
    say(amount == null ? labels.early_payment : labels.early_payment_amount, {
      discount: format.percent(discount),
      date: format.date(date),
      amount: amount == null ? '' : format.money(amount),
    }),
  )
  return filled([
    textOf(document.payment_terms),
    ...(open ? tiers : []),
    open && document.due_date && say(labels.payable_by, { date: format.date(document.due_date) }),
  ])
}

function paymentOf(draft: Drafting): InvoiceView['payment'] {
  const { document, labels } = draft
  const open = document.type === 'invoice' && (document.amount_due ?? document.total) > 0
  const url = open ? webUrl(document.payment_page_url) : null
  const codes: Code[] = []
  if (open && document.qr)
    codes.push({ svg: document.qr.svg, caption: printable(document.qr.caption ?? labels.scan_to_transfer), url: null })
  if (url) codes.push({ svg: qrSvg(url), caption: labels.pay_online, url })
  const account = document.bank_account ? accountRows(document.bank_account, labels) : []
  const reference = document.payment_reference ?? document.number
  const rows = printable(
    account.length > 0 && open ? [...account, ...pair(labels.reference, reference && breakable(reference, 40))] : account,
  )
  return rows.length + codes.length > 0 ? { title: open ? labels.payment : labels.bank_details, rows, codes } : null
}

function accountRows(account: BankAccount, labels: Labels): Pair[] {
  const inFours = (text: string) => (text.replace(/\s/g, '').match(/.{1,4}/gu) ?? []).join(' ')
  const sortCode = (text: string) => text.replace(/^(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3')
  return [
    ...pair(labels.account_holder, account.account_holder_name && breakable(account.account_holder_name, 40)),
    ...pair(labels.bank, account.bank_name && breakable(account.bank_name, 40)),
    ...pair('IBAN', account.iban && inFours(account.iban)),
    ...pair('BIC', account.bic),
    ...pair(labels.account_number, account.account_number && breakable(account.account_number, 40)),
    ...pair(labels.sort_code, account.sort_code && sortCode(account.sort_code)),
    ...pair(labels.routing_number, account.routing_number),
  ]
}

/** Reverse charge is said in English too, since it must be understood on both sides of the border. */
function notesOf({ document, labels }: Drafting, language: DocumentLanguage): string[] {
  const reverse = language === 'en' ? labels.reverse_charge : `${labels.reverse_charge} / ${labelsOf('en').reverse_charge}`
  const reason = document.vat_exemption_rationale
  return filled([
    document.reverse_charge && `${reverse}.`,
    document.vat_exempt ? (reason ? `${labels.vat_exempt}: ${reason}` : `${labels.vat_exempt}.`) : reason,
    document.commercial_conditions,
    ...(document.legal_notes ?? []),
  ]).map((note) => breakable(note.trim(), 60))
}

function signatureOf({ document, labels, format }: Drafting): SignatureView | null {
  const { signature } = document
  if (!signature) return null
  return {
    title: labels.acceptance,
    place_and_date: [labels.place_and_date, signature.date ? format.date(signature.date) : ''],
    signature: [labels.signature, signature.name ?? ''],
    has_image: Boolean(signature.image),
  }
}
