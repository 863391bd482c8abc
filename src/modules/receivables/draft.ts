import type { Credit } from '../../core/credits.ts'
import { pairs } from '../../core/lists.ts'
import { fieldsOf, recordOf } from '../../core/records.ts'
import { badRequest } from '../../core/refusal.ts'
import { dueDate, type PaymentTerms, type ResolvedTerms, resolveTerms } from '../../core/terms.ts'
import { type Line, type Terms, type Totals, totals } from '../../core/totals.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'
import type { LineOnDocument } from './receivables.schema.ts'

/** From what was asked for and what it refers to, to the document: its content and every figure. Pure, and the same again on each change. */

export interface Address {
  id?: string | null
  city: string
  country: string
  line1: string
  line2?: string | null
  postal_code: string
  state?: string | null
}

/** The switches of a page. */
export type PageSettings = NonNullable<EntitySettings['document_rendering']>

/** Who sells, as the document names it: a company by its name, a person by first and last name. */
export interface PartyOnDocument {
  type?: 'organization' | 'individual' | null
  name?: string | null
  first_name?: string | null
  last_name?: string | null
  email: string | null
  phone: string | null
  logo: string | null
  website: string | null
  tax_id: string | null
  vat_id: string | null
  registration_number: string | null
  registration_authority: string | null
  legal_form?: string | null
}

/** What was asked for, apart from lines, tags, attachments, project and metadata, which have columns of their own. */
export interface Ask {
  type: 'invoice' | 'quote' | 'credit_note'
  based_on_document_id?: string | null
  /** How the buyer wants to be referred to: a Leitweg-ID, for authorities. */
  buyer_reference?: string | null
  commercial_condition_description?: string | null
  contact_id?: string | null
  counterpart_billing_address_id: string
  counterpart_business_type?: string | null
  counterpart_id: string
  counterpart_shipping_address_id?: string | null
  counterpart_vat_id_id?: string | null
  /** What each line of a credit note takes back of which line of the invoice. */
  credits?: readonly Credit[] | null
  currency: string
  deduction_amount?: number | null
  deduction_memo?: string | null
  deductions?: { amount: number; name?: string | null; memo?: string | null }[] | null
  discount?: { type: 'amount' | 'percentage'; amount: number } | null
  document_rendering?: PageSettings | null
  entity?: Partial<PartyOnDocument> | null
  entity_address?: Partial<Address> | null
  entity_bank_account_id?: string | null
  entity_vat_id_id?: string | null
  expiry_date?: string | null
  footer?: string | null
  fulfillment_date?: string | null
  counterpart_einvoicing_credentials_id?: string | null
  is_einvoice?: boolean | null
  network_credentials_id?: string | null
  memo?: string | null
  overdue_reminder_id?: string | null
  payment_page_url?: string | null
  payment_reminder_id?: string | null
  /** The terms themselves, also where they were named by `payment_terms_id`: a copy of that day. */
  payment_terms?: (PaymentTerms & { id?: string | null; name?: string | null; description?: string | null }) | null
  payment_terms_id?: string | null
  purchase_order?: string | null
  quote_accept_page_url?: string | null
  signature_required?: boolean | null
  /** Units of the currency of the entity's books for one of the document's. */
  tax_currency_exchange_rate?: number | null
  trade_name?: string | null
  vat_exempt?: boolean | null
  vat_exemption_rationale?: string | null
  vat_inclusive_discount_mode: 'exclusive' | 'inclusive'
  vat_mode: 'exclusive' | 'inclusive'
  withholding_tax_rate?: number | null
}

export interface NetworkNumber {
  readonly id: string
  readonly network_identifier: string
  readonly network_schema: string
}

interface BankAccount {
  id: string | null
  account_holder_name: string | null
  account_number: string | null
  bank_name: string | null
  bic: string | null
  country: string | null
  currency: string | null
  display_name: string | null
  iban: string | null
  routing_number: string | null
  sort_code: string | null
}

/** What the document refers to, as it is at this moment. */
export interface Facts {
  readonly entity: {
    readonly type: 'organization' | 'individual'
    readonly email: string | null
    readonly phone: string | null
    readonly website: string | null
    readonly tax_id: string | null
    readonly registration_number: string | null
    readonly registration_authority: string | null
    /** Legal form and capital, as they are printed. */
    readonly legal_form?: string | null
    readonly address: Address
    readonly organization: { legal_name: string } | null
    readonly individual: { first_name: string; last_name: string } | null
    readonly logo: string | null
  }
  readonly settings: EntitySettings
  readonly entity_vat_id: { id: string; country: string; entity_id: string; type: string | null; value: string } | null
  readonly entity_bank_account: BankAccount | null
  readonly counterpart: {
    readonly id: string
    readonly type: 'organization' | 'individual'
    readonly name: string
    readonly tax_id: string | null
    readonly external_reference: string | null
    readonly buyer_reference: string | null
    readonly gln: string | null
    readonly email: string | null
    readonly phone: string | null
    readonly language: string | null
    readonly default_shipping_address_id: string | null
  }
  readonly billing_address: Address
  readonly shipping_address: Address | null
  readonly contact: { readonly first_name: string; readonly last_name: string; readonly email?: string | null } | null
  readonly counterpart_vat_id: {
    id: string
    counterpart_id: string
    country: string | null
    type: string | null
    value: string
  } | null
  readonly counterpart_has_vat_ids: boolean
  readonly payment_terms: ({ id: string | null; name: string | null; description: string | null } & PaymentTerms) | null
  /** The numbers that an e-invoice goes from and to. */
  readonly network: { readonly own: NetworkNumber | null; readonly theirs: NetworkNumber | null }
  /** Languages a document can be written in. */
  readonly languages: readonly string[]
}

/** The line of a document as it stands, with the tax it is calculated at. */
export interface DraftLine extends Omit<LineOnDocument, 'total_after_vat' | 'total_before_vat' | 'product'> {
  product: Omit<Product, 'price' | 'price_after_vat' | 'vat_rate'> & {
    price: Price
    price_after_vat: Price
    vat_rate: Omit<Product['vat_rate'], 'country'> & { country: string }
  }
}
type Product = LineOnDocument['product']
interface Price {
  currency: string
  value: number
}

/** Figures of a document that have columns of their own, in minor units. */
export interface Figures {
  subtotal: number
  discounted_subtotal: number
  subtotal_after_vat: number
  total_vat_amount: number
  total_withholding_tax: number
  total_deduction_amount: number
  total_amount: number
}

export interface Composed {
  readonly figures: Figures
  readonly content: DocumentContent
  readonly due_date: string | null
  readonly early_terms: ResolvedTerms | null
}

/** Switches of the page laid over others, key by key. One that is null gives no order: what lies beneath holds. */
export const overlaid = (beneath: PageSettings, above: PageSettings): PageSettings => laidOver({ ...beneath }, { ...above })

function laidOver(beneath: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && !Array.isArray(value)
  const given = Object.entries(above).filter(([, value]) => value !== null && value !== undefined)
  const laid = given.map(([key, value]) => {
    const under = beneath[key]
    return [key, isObject(value) && under && isObject(under) ? laidOver(under, value) : value]
  })
  return { ...beneath, ...Object.fromEntries(laid) }
}

/** Deductions as a list; the older single amount and memo are one of them. */
function deductionsOf({ deductions, deduction_amount, deduction_memo }: Ask) {
  if (deductions) return deductions.map(({ amount, name, memo }) => ({ amount, name: name ?? null, memo: memo ?? null }))
  return deduction_amount ? [{ amount: deduction_amount, name: null, memo: deduction_memo ?? null }] : []
}

/** The exact rate of a line in hundredths of a percent: a rate made of parts is their sum, which its whole number only rounds. */
const exactRate = (vat: DraftLine['product']['vat_rate']) =>
  vat.components && vat.components.length > 0 ? vat.components.reduce((all, { value }) => all + value, 0) : vat.value

/** Whether a tax was named for the line, be it of 0 %. */
export const isTaxed = ({ product: { vat_rate } }: DraftLine) => Boolean(vat_rate.id || vat_rate.name)

/** The price as it was entered: with VAT or without, as the document says. */
const enteredPrice = (line: DraftLine, vatMode: string) =>
  (vatMode === 'inclusive' ? line.product.price_after_vat : line.product.price).value

/** A line as the calculation reads it. */
export function toCalculate(line: DraftLine, vatMode: string): Line {
  const { vat_rate } = line.product
  const tax = isTaxed(line)
    ? { key: vat_rate.id ?? `${vat_rate.value} ${vat_rate.name}`, rate: exactRate(vat_rate), components: vat_rate.components }
    : null
  return { price: enteredPrice(line, vatMode), quantity: line.quantity, discount: line.discount, tax }
}

/** What holds for the document as a whole, as the calculation reads it. */
export function termsOf(ask: Ask): Terms {
  const { vat_mode, vat_inclusive_discount_mode, discount, withholding_tax_rate } = ask
  return { vat_mode, vat_inclusive_discount_mode, discount, withholding_tax_rate, deductions: deductionsOf(ask) }
}

const added = (ask: Ask, lines: readonly DraftLine[]): Totals =>
  totals(
    lines.map((line) => toCalculate(line, ask.vat_mode)),
    termsOf(ask),
  )

interface Composing {
  /** Whether days of the payment terms may have passed. */
  readonly allowPast?: boolean
  /** The figures, where they don't follow from the document alone: a credit note's depend on its invoice. */
  readonly figures?: Totals
}

/**
 * The document. `issue_date` is null while it is a draft; with it the payment terms get their days. Refuses (`bad_request`) what
 * can't be calculated, and VAT on what is said to bear none.
 */
export function compose(
  ask: Ask,
  lines: readonly DraftLine[],
  facts: Facts,
  issue_date: string | null,
  { allowPast = false, figures: result = added(ask, lines) }: Composing = {},
): Composed {
  checkExemptions(ask, lines)
  const deductions = deductionsOf(ask)
  // Only invoices fall due; a quote may carry terms for the invoice it becomes.
  const asked = ask.type === 'invoice' ? facts.payment_terms : null
  const resolved = asked && issue_date ? resolveTerms(asked, issue_date, { allowPast }) : null
  const terms = asked && { ...asked, ...resolved }
  return {
    figures: figuresOf(result),
    content: contentOf(ask, lines, facts, result, terms, deductions),
    due_date: terms && dueDate(terms, issue_date),
    early_terms: resolved?.term_1 ? resolved : null,
  }
}

function checkExemptions({ vat_exempt }: Ask, lines: readonly DraftLine[]): void {
  lines.forEach(({ tax_status, product: { vat_rate } }, i) => {
    if (vat_rate.value === 0) return
    if (vat_exempt) throw badRequest(`The document is exempt from VAT, but line ${i + 1} bears some`)
    if (tax_status === 'non_taxable') throw badRequest(`Line ${i + 1} is not taxable, but bears VAT`)
  })
}

const figuresOf = ({
  subtotal,
  discounted_subtotal,
  subtotal_after_vat,
  total_vat_amount,
  total_withholding_tax,
  total_deduction_amount,
  total_amount,
}: Totals): Figures => ({
  subtotal,
  discounted_subtotal,
  subtotal_after_vat,
  total_vat_amount,
  total_withholding_tax,
  total_deduction_amount,
  total_amount,
})

function contentOf(
  ask: Ask,
  lines: readonly DraftLine[],
  facts: Facts,
  result: Totals,
  terms: Facts['payment_terms'],
  deductions: ReturnType<typeof deductionsOf>,
) {
  const language = facts.settings.language ?? 'en'
  const shown = <L extends string>(wanted: L) => (facts.languages.includes(wanted) ? wanted : 'en')
  const { counterpart } = facts
  return {
    commercial_condition_description: ask.commercial_condition_description ?? null,
    counterpart_address: facts.billing_address,
    counterpart_billing_address: facts.billing_address,
    counterpart_business_type: ask.counterpart_business_type ?? null,
    counterpart_contact: facts.contact,
    counterpart_external_reference: counterpart.external_reference,
    counterpart_name: counterpart.name,
    counterpart_shipping_address: facts.shipping_address,
    counterpart_tax_id: counterpart.tax_id,
    counterpart_type: counterpart.type,
    counterpart_vat_id: facts.counterpart_vat_id,
    deduction_amount: deductions.length > 0 ? result.total_deduction_amount : null,
    deduction_memo: deductions[0]?.memo ?? null,
    deductions,
    discount: ask.discount ? { ...ask.discount, value: result.discount_value } : null,
    document_rendering: ask.document_rendering ?? facts.settings.document_rendering,
    einvoice_file_url: null,
    entity: entityOnDocument(facts, ask.entity),
    entity_address: entityAddress(ask.entity_address, facts.entity.address),
    entity_bank_account: facts.entity_bank_account && bankAccountOnDocument(facts.entity_bank_account),
    entity_vat_id: facts.entity_vat_id,
    file_language: shown(counterpart.language ?? language),
    footer: ask.footer ?? null,
    line_items: pairs(lines, result.lines).map(([line, figures]) => lineOnDocument(line, figures, ask.currency)),
    memo: ask.memo ?? null,
    original_file_language: shown(language),
    total_vat_amounts: result.total_vat_amounts.map((group) => vatAmount(group, lines)),
    trade_name: ask.trade_name ?? null,
    vat_exempt: ask.vat_exempt ?? null,
    vat_exemption_rationale: ask.vat_exemption_rationale ?? null,
    vat_inclusive_discount_mode: ask.vat_inclusive_discount_mode,
    vat_mode: ask.vat_mode,
    withholding_tax_rate: ask.withholding_tax_rate ?? null,
    based_on_document_id: ask.based_on_document_id ?? null,
    ...ofType(ask, terms, facts),
  }
}

/** What a document says, as its row and the wire have it. */
export type DocumentContent = ReturnType<typeof contentOf>
declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.ask': Ask
    'receivables.content': DocumentContent
  }
}
/** The content of a row, which lies as JSON text. */
export const contentIn = ({ content }: { readonly content: string }): DocumentContent => JSON.parse(content)

interface AttachedFile {
  readonly id: string
  readonly name: string
  readonly mimetype: string
  readonly size: number
  readonly url: string
  readonly include_in_email: boolean
}
declare module '../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.attachments': readonly AttachedFile[]
  }
}
/** The files of a row, which lie as JSON text. */
export const attachmentsIn = ({ attachments }: { readonly attachments: string | null }): readonly AttachedFile[] =>
  JSON.parse(attachments ?? '[]') ?? []

/** What only some types of documents say. */
interface OfType {
  quote_accept_page_url?: string | null
  signature_required?: boolean
  buyer_reference?: string | null
  tax_currency_exchange_rate?: number | null
  purchase_order?: string | null
  is_einvoice?: boolean
  einvoice_error_comment?: null
  network_credentials?: NetworkNumber | null
  counterpart_einvoicing_credentials?: NetworkNumber | null
  fulfillment_date?: string | null
  overdue_reminder_id?: string | null
  payment_reminder_id?: string | null
  payment_terms?: ReturnType<typeof termsOnDocument> | null
}

function ofType(ask: Ask, terms: Facts['payment_terms'], { counterpart: { buyer_reference }, network }: Facts): OfType {
  if (ask.type === 'quote')
    return { quote_accept_page_url: ask.quote_accept_page_url ?? null, signature_required: ask.signature_required ?? false }
  const electronic = {
    buyer_reference: ask.buyer_reference ?? buyer_reference,
    tax_currency_exchange_rate: ask.tax_currency_exchange_rate ?? null,
    purchase_order: ask.purchase_order ?? null,
    is_einvoice: ask.is_einvoice ?? false,
    einvoice_error_comment: null,
    network_credentials: network.own,
    counterpart_einvoicing_credentials: network.theirs,
  }
  if (ask.type === 'credit_note') return electronic
  return {
    ...electronic,
    fulfillment_date: ask.fulfillment_date ?? null,
    overdue_reminder_id: ask.overdue_reminder_id?.toLowerCase() ?? null,
    payment_reminder_id: ask.payment_reminder_id?.toLowerCase() ?? null,
    payment_terms: terms && termsOnDocument(terms),
  }
}

function lineOnDocument(line: DraftLine, figures: Totals['lines'][number], currency: string) {
  const { product } = line
  return {
    discount: line.discount ?? null,
    product: {
      ...product,
      price: { currency, value: figures.price },
      price_after_vat: { currency, value: figures.price_after_vat },
    },
    quantity: line.quantity,
    tax_status: line.tax_status ?? null,
    total_after_vat: figures.total_after_vat,
    total_before_vat: figures.total_before_vat,
  }
}

function vatAmount(
  { key, value, taxable_amount, amount, components }: Totals['total_vat_amounts'][number],
  lines: readonly DraftLine[],
) {
  const line = lines.find(({ product: { vat_rate } }) => (vat_rate.id ?? `${vat_rate.value} ${vat_rate.name}`) === key)
  const { id = null, name = null } = line?.product.vat_rate ?? {}
  return { id, amount, components: components.length > 0 ? components : null, name, taxable_amount, value: Math.round(value) }
}

/** A draft's changes fill in or replace some of the profile; a whole party (with its `type`) also clears what is null in it. */
export function entityOnDocument(
  { entity, entity_vat_id }: Pick<Facts, 'entity' | 'entity_vat_id'>,
  changes?: Ask['entity'],
): PartyOnDocument {
  const { type, email, phone, website, tax_id, registration_number, registration_authority, legal_form, logo } = entity
  const profile = {
    email,
    phone,
    logo,
    website,
    tax_id,
    vat_id: entity_vat_id?.value ?? null,
    registration_number,
    registration_authority,
    ...(legal_form && { legal_form }),
  }
  const whole = Boolean(changes?.type)
  const given = fieldsOf(changes ?? {}, (_name, value) => value !== undefined && (whole || value !== null))
  const named = entity.organization ? { name: entity.organization.legal_name } : personal(entity.individual!)
  return { ...(!whole && { type, ...named }), ...profile, ...given }
}
const personal = ({ first_name, last_name }: { first_name: string; last_name: string }) => ({ first_name, last_name })

export function entityAddress(given: Ask['entity_address'], own: Address) {
  const { city = '', country, line1 = '', line2, postal_code = '', state } = given ?? own
  return { city, country: country ?? own.country, line1, line2: line2 ?? null, postal_code, state: state ?? null }
}

/** What a document copies of the account that the money goes to. */
const accountFields = [
  'id',
  'account_holder_name',
  'account_number',
  'bank_name',
  'bic',
  'country',
  'currency',
  'display_name',
  'iban',
  'routing_number',
  'sort_code',
] as const
const bankAccountOnDocument = (account: BankAccount) => recordOf(accountFields, (field) => account[field])

/** Terms as a document carries them; tiers that it doesn't have are null. */
const termsOnDocument = ({ id, name, description, term_1, term_2, term_final }: NonNullable<Facts['payment_terms']>) => ({
  id,
  name,
  description,
  term_1: term_1 ? { discount: term_1.discount, ...tier(term_1) } : null,
  term_2: term_2 ? { discount: term_2.discount, ...tier(term_2) } : null,
  term_final: tier(term_final),
})
const tier = ({ number_of_days = null, end_date = null }: PaymentTerms['term_final']) => ({ number_of_days, end_date })
