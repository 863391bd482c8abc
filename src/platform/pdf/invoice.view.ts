import { addressLines, filled } from './address.ts'
import { type Drafting, say } from './drafting.ts'
import { formats } from './format.ts'
import { columnsOf, type TableView } from './invoice.columns.ts'
import type { BankAccount, InvoiceDocument, PostalAddress } from './invoice.document.ts'
import { type TotalRow, totalsOf } from './invoice.totals.ts'
import { type DocumentLanguage, documentLanguage, isRightToLeft, type Labels, labelsOf } from './labels.ts'
import { qrSvg } from './qr.ts'
import { breakable, printable } from './text.ts'

type Pair = readonly [label: string, value: string]

/** What `templates/pdf/invoice.typ` reads: strings in their final form, in the order they are printed. */
export interface InvoiceView {
  readonly language: DocumentLanguage
  readonly direction: 'ltr' | 'rtl'
  readonly region: string
  readonly paper: 'a4' | 'us-letter'
  readonly accent: string
  readonly file: { readonly title: string; readonly author: string }
  readonly watermark: string | null
  readonly title: string
  readonly number: string | null
  readonly page: string
  readonly has_logo: boolean
  readonly sender: {
    readonly name: string
    readonly short: string
    readonly lines: readonly string[]
    readonly return_line: string
    readonly legal: readonly string[]
  }
  readonly recipient: { readonly name: string; readonly lines: readonly string[] }
  readonly meta: readonly Pair[]
  readonly memo: string | null
  readonly table: TableView | null
  readonly totals: readonly TotalRow[]
  readonly terms: readonly string[]
  readonly payment: { readonly title: string; readonly rows: readonly Pair[]; readonly codes: readonly Code[] } | null
  readonly notes: readonly string[]
  readonly signature: SignatureView | null
  readonly footer: string | null
}

interface Code {
  readonly svg: string
  readonly caption: string
  readonly url: string | null
}

interface SignatureView {
  readonly title: string
  readonly place_and_date: Pair
  readonly signature: Pair
  readonly has_image: boolean
}

const LETTER_COUNTRIES = new Set(['US', 'CA', 'MX', 'PH', 'PR', 'CO', 'CL', 'VE', 'CR', 'GT', 'PA', 'SV', 'NI', 'DO'])
const DEFAULT_ACCENT = '#1b4f5c'
const COLOUR = /^#[0-9a-f]{6}$/i

/** Turns a document into what the template prints: everything said, counted and dated in the document's language. Pure. */
export function invoiceView(document: InvoiceDocument): InvoiceView {
  const language = documentLanguage(document.language)
  const labels = labelsOf(language)
  const format = formats(language, document.country, document.currency, document.minor_units)
  const draft: Drafting = { document, labels, format }
  const title = labels[document.type]
  const number = document.number?.trim() || null
  const svgFree = printable({
    language,
    direction: isRightToLeft(language) ? ('rtl' as const) : ('ltr' as const),
    region: document.country,
    paper: document.paper ?? (LETTER_COUNTRIES.has(document.country) ? 'us-letter' : 'a4'),
    accent: COLOUR.test(document.accent ?? '') ? document.accent! : DEFAULT_ACCENT,
    file: { title: filled([title, number]).join(' '), author: document.sender.name },
    watermark: document.draft ? labels.draft : null,
    title,
    number: number && breakable(number, 24),
    page: labels.page,
    has_logo: Boolean(document.logo),
    sender: senderOf(draft),
    recipient: recipientOf(draft),
    meta: metaOf(draft),
    memo: textOf(document.memo),
    table: columnsOf(draft),
    totals: totalsOf(draft),
    terms: termsOf(draft),
    notes: notesOf(draft, language),
    signature: signatureOf(draft),
    footer: textOf(document.footer),
  })
  return { ...svgFree, payment: paymentOf(draft) }
}

const textOf = (text: string | null | undefined): string | null => (text?.trim() ? breakable(text.trim(), 60) : null)

const shortened = (text: string, most: number): string =>
  text.length > most ? `${[...text].slice(0, most - 1).join('')}…` : text

/** The label and value, if there is a value. */
const pair = (label: string, value: string | null | undefined | false): Pair[] => (value ? [[label, value]] : [])

function senderOf({ document, labels, format }: Drafting): InvoiceView['sender'] {
  const { sender } = document
  const place = sender.address
    ? addressLines(sender.address, document.recipient.address?.country ?? document.country, format.country)
    : []
  const name = sender.trade_name?.trim() || sender.name
  return {
    name: breakable(name, 30),
    short: shortened(name, 48),
    lines: [...place, ...filled([sender.phone, sender.email, sender.website])].map((line) => breakable(line, 44)),
    return_line: breakable(shortened([name, ...place].join(' · '), 90), 40),
    legal: filled([
      filled([sender.name, ...(sender.address ? addressLines(sender.address, document.country, format.country) : [])]).join(', '),
      filled([
        filled([sender.registration_authority, registration(sender.registration_number, labels)]).join(', '),
        sender.vat_id && `${labels.vat_id} ${sender.vat_id}`,
        sender.tax_id && `${taxIdLabel(document.country) ?? labels.tax_id} ${sender.tax_id}`,
      ]).join(' · '),
    ]).map((line) => breakable(line, 60)),
  }
}

const registration = (number: string | null | undefined, labels: Labels) => number && `${labels.registration_number} ${number}`

/** What the number in `tax_id` is called in the country, where it isn't simply a tax number. */
function taxIdLabel(country: string): string | undefined {
  const names: Record<string, string> = { AU: 'ABN', ES: 'NIF', IC: 'NIF', EA: 'NIF', FR: 'SIREN/SIRET', LS: 'TIN', NL: 'KVK' }
  return names[country]
}

function recipientOf({ document, format }: Drafting): InvoiceView['recipient'] {
  const { name, contact_name, address } = document.recipient
  const home = document.sender.address?.country ?? document.country
  return {
    name: breakable(name, 30),
    lines: filled([contact_name, ...(address ? addressLines(address, home, format.country) : [])]).map((line) =>
      breakable(line, 34),
    ),
  }
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
    ...pair(document.type === 'credit_note' ? labels.credited_invoice : labels.accepted_quote, document.based_on),
    ...pair(labels.purchase_order, document.purchase_order),
    ...pair(labels.project, document.project),
    ...pair(labels.customer_reference, document.customer_reference),
    ...pair(labels.customer_vat_id, recipient.vat_id),
    ...pair(ownTaxId ?? labels.customer_tax_id, recipient.tax_id),
    ...pair(labels.delivery_address, delivery_address && lines(delivery_address)),
  ].map(([label, value]) => [label, breakable(value, 18)])
}

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
  const url = open && document.payment_page_url
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
