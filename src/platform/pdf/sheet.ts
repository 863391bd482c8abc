import { addressLines, filled } from './address.ts'
import type { Drafting } from './drafting.ts'
import { type DocumentLanguage, isRightToLeft, type Labels } from './labels.ts'
import type { PrintedDocument } from './printed.ts'
import { breakable } from './text.ts'

/** The part of a page that every document has: who writes to whom, in which language, on what paper. */

export type Pair = readonly [label: string, value: string]

/** What `templates/pdf/document.typ` reads of every document: strings in their final form. */
export interface SheetView {
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
}

/** Lines to sign on. */
export interface SignatureView {
  readonly title: string
  readonly place_and_date: Pair
  readonly signature: Pair
  readonly has_image: boolean
}

const LETTER_COUNTRIES = new Set(['US', 'CA', 'MX', 'PH', 'PR', 'CO', 'CL', 'VE', 'CR', 'GT', 'PA', 'SV', 'NI', 'DO'])
const DEFAULT_ACCENT = '#1b4f5c'
const COLOUR = /^#[0-9a-f]{6}$/i

/** The sheet of a document that is not a draft. */
export function sheetOf(draft: Drafting<PrintedDocument>, language: DocumentLanguage): SheetView {
  const { document, labels } = draft
  const title = labels[document.type]
  const number = document.number?.trim() || null
  return {
    language,
    direction: isRightToLeft(language) ? ('rtl' as const) : ('ltr' as const),
    region: document.country,
    paper: document.paper ?? (LETTER_COUNTRIES.has(document.country) ? 'us-letter' : 'a4'),
    accent: COLOUR.test(document.accent ?? '') ? document.accent! : DEFAULT_ACCENT,
    file: { title: filled([title, number]).join(' '), author: document.sender.name },
    watermark: null,
    title,
    number: number && breakable(number, 24),
    page: labels.page,
    has_logo: Boolean(document.logo),
    sender: senderOf(draft),
    recipient: recipientOf(draft),
  }
}

export const textOf = (text: string | null | undefined): string | null => (text?.trim() ? breakable(text.trim(), 60) : null)

const shortened = (text: string, most: number): string =>
  text.length > most ? `${[...text].slice(0, most - 1).join('')}…` : text

/** The label and value, if there is a value. */
export const pair = (label: string, value: string | null | undefined | false): Pair[] => (value ? [[label, value]] : [])

function senderOf({ document, labels, format }: Drafting<PrintedDocument>): SheetView['sender'] {
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
        filled([sender.legal_form, sender.registration_authority, registration(sender.registration_number, labels)]).join(', '),
        sender.vat_id && `${labels.vat_id} ${sender.vat_id}`,
        sender.tax_id && `${taxIdLabel(document.country) ?? labels.tax_id} ${sender.tax_id}`,
      ]).join(' · '),
    ]).map((line) => breakable(line, 60)),
  }
}

const registration = (number: string | null | undefined, labels: Labels) => number && `${labels.registration_number} ${number}`

/** What the number in `tax_id` is called in the country, where it isn't simply a tax number. */
export function taxIdLabel(country: string): string | undefined {
  const names: Record<string, string> = { AU: 'ABN', ES: 'NIF', IC: 'NIF', EA: 'NIF', FR: 'SIREN/SIRET', LS: 'TIN', NL: 'KVK' }
  return names[country]
}

function recipientOf({ document, format }: Drafting<PrintedDocument>): SheetView['recipient'] {
  const { name, contact_name, address } = document.recipient
  const home = document.sender.address?.country ?? document.country
  return {
    name: breakable(name, 30),
    lines: filled([contact_name, ...(address ? addressLines(address, home, format.country) : [])]).map((line) =>
      breakable(line, 34),
    ),
  }
}
