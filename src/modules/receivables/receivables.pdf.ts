import { minorUnitsOf } from '../../core/currencies.ts'
import { legalNotes } from '../../core/einvoice/legal.ts'
import { epcPayload } from '../../core/epc.ts'
import { at, pairs } from '../../core/lists.ts'
import { type Minor, share } from '../../core/money.ts'
import { fullName } from '../../core/onboarding/names.ts'
import { fieldsOf, recordOf } from '../../core/records.ts'
import { swissBill } from '../../core/swiss-qr.ts'
import {
  columnNames,
  type Design,
  type InvoiceDocument,
  type Rendering,
  type Signature,
} from '../../platform/pdf/invoice.document.ts'
import { qrSvg } from '../../platform/pdf/qr.ts'
import { isIntraEu } from './compliance.ts'
import { type Address, contentIn, type DocumentContent } from './draft.ts'
import { saleOn } from './einvoices/sale.snapshot.ts'
import { toPay } from './invoice.ts'
import type { ReceivableRow } from './receivables.rows.ts'

/** From a stored document to what the page shows. Pure. */

type Content = DocumentContent

/** What a page shows beyond the document's own row. */
interface Extras {
  /** The picture's bytes. */
  readonly logo?: Uint8Array | null
  /** The partner's own word for deductions. */
  readonly deductionTitle?: string | null
  /** The day of the invoice that a credit note corrects. */
  readonly basedOnDate?: string | null
  /** The name of the project. */
  readonly project?: string | null
  /** What the customer signed a quote with. */
  readonly signature?: Signature | null
  /** What the code for a transfer asks for, in minor units, when it isn't all that is due. */
  readonly toPay?: number
}

/** The page of a document in a language and a design. */
export function documentFor(row: ReceivableRow, language: string, design: Design, extras: Extras = {}): InvoiceDocument {
  const content = contentIn(row)
  const { entity, entity_address: address } = content
  const decimals = minorUnitsOf(row.currency)
  // Also the base of a recurrence that was canceled: it never became a document.
  const draft = row.issue_date === null
  const account = showsAccount(row, content) ? content.entity_bank_account : null
  const vatAmounts = vatByLine(content)
  const settled = row.status === 'paid' || row.status === 'canceled'
  const name = entity.name ?? fullName(entity.first_name, entity.last_name)
  return {
    type: row.type,
    design,
    language,
    country: address.country,
    currency: row.currency,
    minor_units: decimals,
    draft,
    number: row.document_id,
    rendered_at: row.updated_at,
    logo: extras.logo ?? null,
    sender: {
      name,
      trade_name: content.trade_name,
      address,
      vat_id: content.entity_vat_id?.value,
      tax_id: entity.tax_id,
      registration_number: entity.registration_number,
      registration_authority: entity.registration_authority,
      legal_form: entity.legal_form,
      email: entity.email,
      phone: entity.phone,
      website: entity.website,
    },
    recipient: {
      name: content.counterpart_name,
      contact_name:
        content.counterpart_type === 'organization' && content.counterpart_contact
          ? fullName(content.counterpart_contact.first_name, content.counterpart_contact.last_name)
          : null,
      address: content.counterpart_billing_address,
      vat_id: content.counterpart_vat_id?.value,
      tax_id: content.counterpart_tax_id,
    },
    delivery_address: deliveredElsewhere(content) ? content.counterpart_shipping_address : null,
    issue_date: row.issued_on,
    due_date: row.due_date,
    expiry_date: row.expiry_date,
    fulfillment_date: content.fulfillment_date,
    purchase_order: content.purchase_order,
    project: extras.project,
    customer_reference: content.counterpart_external_reference,
    based_on: content.based_on_document_id,
    based_on_date: extras.basedOnDate,
    legal_notes: legalNotes(saleOn(row, content)).map(({ text }) => text),
    memo: content.memo,
    footer: content.footer,
    commercial_conditions: content.commercial_condition_description,
    vat_mode: content.vat_mode,
    lines: content.line_items.map((line, i) => ({
      name: line.product.name,
      description: line.product.description,
      quantity: line.quantity,
      measure_unit: line.product.measure_unit?.name,
      price: line.product.price.value,
      price_after_vat: line.product.price_after_vat.value,
      discount: line.discount,
      vat_rate: line.product.vat_rate.id || line.product.vat_rate.name ? line.product.vat_rate.value : null,
      vat_amount: vatAmounts[i],
      total_before_vat: line.total_before_vat,
      total_after_vat: line.total_after_vat,
    })),
    rendering: renderingOf(content),
    subtotal: row.subtotal,
    subtotal_after_vat: row.subtotal_after_vat,
    discount: content.discount,
    discounted_subtotal: row.discounted_subtotal,
    vat: content.total_vat_amounts,
    withholding: row.total_withholding_tax > 0 ? { rate: content.withholding_tax_rate, amount: row.total_withholding_tax } : null,
    deductions: content.deductions.map(({ amount, name, memo }) => ({ title: name ?? extras.deductionTitle, memo, amount })),
    total: row.total_amount,
    paid: row.type === 'invoice' && row.amount_paid > 0 ? row.amount_paid : null,
    credited: row.type === 'invoice' && row.amount_credited > 0 ? row.amount_credited : null,
    amount_due: row.type === 'invoice' ? row.amount_due : null,
    payment_terms: content.payment_terms?.description,
    early_payment: row.type === 'invoice' && !settled ? earlyPayment(row) : null,
    bank_account: account,
    qr: account && !draft && !settled && row.type === 'invoice' ? transferCode(row, content, name, account, extras.toPay) : null,
    swiss_bill:
      account && !draft && !settled && row.type === 'invoice' ? swissPart(row, content, name, account, extras.toPay) : null,
    payment_page_url: settled ? null : row.payment_page_url,
    vat_exempt: content.vat_exempt,
    vat_exemption_rationale: content.vat_exemption_rationale,
    reverse_charge: isReverseCharge(content),
    signature: signatureOn(row, content, extras.signature ?? null),
  }
}

/** Each line's part of the VAT that the document adds up to. */
function vatByLine({ line_items, total_vat_amounts, vat_mode }: Content): Minor[] {
  const amounts = line_items.map(() => 0)
  const base = vat_mode === 'inclusive' ? 'total_after_vat' : 'total_before_vat'
  const keyOf = ({ id, name, value }: { id?: string | null; name?: string | null; value: number }) => id ?? `${value} ${name}`
  for (const tax of total_vat_amounts) {
    const members = [...line_items.keys()].filter((i) => keyOf(at(line_items, i).product.vat_rate) === keyOf(tax))
    if (members.length === 0) continue
    const parts = share(
      tax.amount,
      members.map((i) => at(line_items, i)[base]),
    )
    for (const [i, part] of pairs(members, parts)) amounts[i] = part
  }
  return amounts
}

/** The account is printed when both switches say so: the general one and that of the kind of document. */
function showsAccount({ type }: ReceivableRow, { document_rendering }: Content): boolean {
  return (
    document_rendering?.display_entity_bank_account !== false && document_rendering?.[type]?.display_entity_bank_account !== false
  )
}

/** A quote that shows its signature: what was signed, or, while it can be, a line to sign on. */
function signatureOn({ type, status }: ReceivableRow, content: Content, signed: Signature | null): Signature | null {
  if (type !== 'quote' || !content.document_rendering?.quote?.display_signature) return null
  return signed ?? (['draft', 'issued'].includes(status) ? {} : null)
}

/** "Shown" is the default of every column and means: where it helps. Only what is hidden, or named, is an order. */
function renderingOf({ document_rendering }: Content): Rendering {
  const { display_line_items, line_items } = document_rendering ?? {}
  const columns = recordOf(columnNames, (name) => {
    const column = line_items?.[name]
    return { ...column, display: column?.display === false || name === 'vat_amount' ? column?.display : null }
  })
  return { display_line_items, line_items: fieldsOf(columns, (name) => Object.hasOwn(line_items ?? {}, name)) }
}

/** Goods go elsewhere than the bill. */
const deliveredElsewhere = ({ counterpart_shipping_address: s, counterpart_billing_address: b }: Content) =>
  s !== null &&
  (['line1', 'line2', 'postal_code', 'city', 'country'] as const).some((field) => (s[field] ?? null) !== (b[field] ?? null))

/** What is left to pay within each window for early payment, as long as it is open, whatever has been paid and credited before. */
const earlyPayment = (row: ReceivableRow) =>
  [row.early_terms?.term_1, row.early_terms?.term_2].flatMap((tier) => {
    const amount = tier?.end_date ? toPay(row, tier.end_date) : 0
    return tier?.end_date && amount > 0 ? [{ date: tier.end_date, discount: tier.discount, amount }] : []
  })

function transferCode(
  row: ReceivableRow,
  content: Content,
  name: string,
  account: Record<string, string | null>,
  amount = row.amount_due,
) {
  const payload = epcPayload({
    name: account.account_holder_name ?? name,
    iban: account.iban ?? '',
    bic: account.bic,
    amount,
    currency: row.currency,
    text: row.document_id ?? '',
  })
  return payload && content.entity_bank_account ? { svg: qrSvg(payload) } : null
}

/** The payment part of a Swiss QR-bill; null where the account is not in Switzerland, or the currency is neither CHF nor EUR. */
function swissPart(
  row: ReceivableRow,
  { entity_address: ours, counterpart_billing_address: theirs, counterpart_name }: Content,
  name: string,
  account: Record<string, string | null>,
  amount = row.amount_due,
) {
  const party = (called: string, { line1, postal_code, city, country }: Address) => ({
    name: called,
    street: line1 ?? null,
    postal_code: postal_code ?? '',
    city: city ?? '',
    country,
  })
  return swissBill({
    iban: account.iban ?? null,
    currency: row.currency,
    amount,
    creditor: party(account.account_holder_name ?? name, ours),
    debtor: party(counterpart_name, theirs),
    number: row.document_id ?? '',
  })
}

/** A sale between companies of two EU states without VAT: the customer owes it (Directive 2006/112/EC art. 196, 226(11a)). */
const isReverseCharge = (content: Content) =>
  content.counterpart_type === 'organization' &&
  content.counterpart_vat_id !== null &&
  isIntraEu(content.entity_address.country, content.counterpart_billing_address.country) &&
  content.total_vat_amounts.length > 0 &&
  content.total_vat_amounts.every(({ amount }) => amount === 0)
