import type { SoldAddress, SoldDocument, SoldVatId } from '../../../core/einvoice/compose.ts'
import type { Attachment, Note } from '../../../core/einvoice/model.ts'
import { type NetworkScheme, networkSchemes } from '../../../core/einvoice/schemes.data.ts'
import { fullName } from '../../../core/onboarding/names.ts'
import { type DraftLine, type Facts, isTaxed, type PartyOnDocument } from '../draft.ts'

/** From a document as it is stored to what an e-invoice is made of. Pure. */

/** What an e-invoice says beyond the document; kept as it was on the day of issue. */
export interface EinvoiceFacts {
  readonly seller: {
    readonly contact_name: string | null
    readonly phone: string | null
    readonly email: string | null
    readonly gln: string | null
  }
  readonly buyer: { readonly email: string | null; readonly phone: string | null; readonly gln: string | null }
}

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'receivables.einvoice_facts': EinvoiceFacts
  }
}

/** Whom the buyer may ask: who is named in the settings, else the person that sells, or the firm by its own phone and mail. */
export function einvoiceFacts({ entity, settings, counterpart, contact }: Facts): EinvoiceFacts {
  const { seller_contact, gln } = settings
  const person = entity.individual && fullName(entity.individual.first_name, entity.individual.last_name)
  return {
    seller: {
      contact_name: seller_contact?.name ?? person,
      phone: seller_contact?.phone ?? entity.phone,
      email: seller_contact?.email ?? entity.email,
      gln: gln ?? null,
    },
    buyer: { email: contact?.email ?? counterpart.email, phone: counterpart.phone, gln: counterpart.gln },
  }
}

/** Where nothing more is known than the document says. */
export const noFacts: EinvoiceFacts = {
  seller: { contact_name: null, phone: null, email: null, gln: null },
  buyer: { email: null, phone: null, gln: null },
}

interface Tier {
  readonly discount: number
  readonly number_of_days: number | null
  readonly end_date: string | null
}
interface Credential {
  readonly network_identifier: string
  readonly network_schema: string
}

/** The part of a document's content that its e-invoice repeats. */
export interface EinvoiceContent {
  readonly buyer_reference?: string | null
  readonly counterpart_billing_address: SoldAddress
  readonly counterpart_contact: { first_name: string; last_name: string; email?: string | null; phone?: string | null } | null
  readonly counterpart_einvoicing_credentials?: Credential | null
  readonly counterpart_external_reference: string | null
  readonly counterpart_name: string
  readonly counterpart_shipping_address: SoldAddress | null
  readonly counterpart_tax_id: string | null
  readonly counterpart_type: string
  readonly counterpart_vat_id: SoldVatId | null
  readonly deductions: readonly { amount: number; name: string | null; memo: string | null }[] | null
  readonly discount: { type: 'amount' | 'percentage'; amount: number; value: number } | null
  readonly entity: Readonly<Partial<PartyOnDocument>>
  readonly entity_address: SoldAddress
  readonly entity_bank_account: Readonly<Record<string, string | null>> | null
  readonly entity_vat_id: SoldVatId | null
  readonly file_language: string
  readonly footer: string | null
  readonly fulfillment_date?: string | null
  readonly is_einvoice?: boolean | null
  readonly line_items: readonly (DraftLine & { total_before_vat: number; total_after_vat: number })[]
  readonly memo: string | null
  readonly network_credentials?: Credential | null
  readonly payment_terms?: { description: string | null; term_1: Tier | null; term_2: Tier | null } | null
  readonly purchase_order?: string | null
  readonly tax_currency_exchange_rate?: number | null
  readonly total_vat_amounts: readonly {
    id: string | null
    name: string | null
    value: number
    taxable_amount: number
    amount: number
  }[]
  readonly trade_name: string | null
  readonly vat_exempt: boolean | null
  readonly vat_exemption_rationale: string | null
  readonly vat_mode: 'exclusive' | 'inclusive'
  readonly withholding_tax_rate: number | null
}

/** A document of ours, or a draft as it would be issued. Amounts in minor units. */
export interface Issued {
  readonly type: 'invoice' | 'credit_note'
  readonly currency: string
  readonly number: string
  readonly issued: string
  readonly due: string | null
  readonly subtotal: number
  readonly discounted_subtotal: number
  readonly total_withholding_tax: number
  readonly content: EinvoiceContent
  readonly facts: EinvoiceFacts
  readonly project: string | null
  readonly based_on: { readonly number: string; readonly issued: string | null } | null
  readonly payment_page_url: string | null
  readonly legal_notes: readonly Note[]
  readonly attachments: readonly Attachment[]
}

const keyOf = ({ id, name, value }: { id?: string | null; name?: string | null; value: number }) => id ?? `${value} ${name}`
const isScheme = (scheme: string): scheme is NetworkScheme => Object.hasOwn(networkSchemes, scheme)
const credentialOf = (one: Credential | null | undefined) =>
  one && isScheme(one.network_schema) ? { scheme: one.network_schema, identifier: one.network_identifier } : null

export function soldFrom(document: Issued): SoldDocument {
  const { content, facts } = document
  const { entity, counterpart_contact: contact, entity_bank_account: account } = content
  const inclusive = content.vat_mode === 'inclusive'
  return {
    type: document.type,
    number: document.number,
    issued: document.issued,
    due: document.due,
    fulfilled: content.fulfillment_date ?? null,
    currency: document.currency,
    language: content.file_language,
    buyer_reference: content.buyer_reference ?? null,
    order: content.purchase_order ?? null,
    project: document.project,
    based_on: document.based_on,
    memo: content.memo,
    footer: content.footer,
    legal_notes: document.legal_notes,
    seller: {
      name: entity.name ?? fullName(entity.first_name, entity.last_name),
      trade_name: content.trade_name,
      vat_id: content.entity_vat_id,
      tax_id: entity.tax_id ?? null,
      registration_number: entity.registration_number ?? null,
      registration_authority: entity.registration_authority ?? null,
      legal_form: entity.legal_form ?? null,
      address: content.entity_address,
      email: entity.email ?? facts.seller.email,
      gln: facts.seller.gln,
      credential: credentialOf(content.network_credentials),
      contact_name: facts.seller.contact_name,
      phone: facts.seller.phone,
      contact_email: facts.seller.email,
    },
    buyer: {
      organization: content.counterpart_type === 'organization',
      name: content.counterpart_name,
      vat_id: content.counterpart_vat_id,
      tax_id: content.counterpart_tax_id,
      address: content.counterpart_billing_address,
      email: contact?.email ?? facts.buyer.email,
      gln: facts.buyer.gln,
      credential: credentialOf(content.counterpart_einvoicing_credentials),
      external_reference: content.counterpart_external_reference,
      contact_name: contact && fullName(contact.first_name, contact.last_name),
      phone: contact?.phone ?? facts.buyer.phone,
    },
    shipping: content.counterpart_shipping_address,
    account: account && {
      iban: account.iban ?? null,
      account_number: account.account_number ?? null,
      holder: account.account_holder_name ?? null,
      bic: account.bic ?? null,
      sort_code: account.sort_code ?? null,
      routing_number: account.routing_number ?? null,
    },
    payment_page_url: document.payment_page_url,
    terms: content.payment_terms ?? null,
    vat_mode: content.vat_mode,
    vat_exempt: content.vat_exempt ?? false,
    rationale: content.vat_exemption_rationale,
    discount: content.discount,
    lines: content.line_items.map((line) => {
      const { product } = line
      const { components, value } = product.vat_rate
      return {
        name: product.name,
        description: product.description ?? null,
        reference: product.external_reference ?? null,
        goods: product.type !== 'service',
        quantity: line.quantity,
        unit: product.measure_unit?.name ?? null,
        price: (inclusive ? product.price_after_vat : product.price).value,
        discount: line.discount ?? null,
        tax: isTaxed(line) ? keyOf(product.vat_rate) : null,
        rate: components && components.length > 0 ? components.reduce((all, part) => all + part.value, 0) : value,
        total_before_vat: line.total_before_vat,
        total_after_vat: line.total_after_vat,
      }
    }),
    taxes: content.total_vat_amounts.map((tax) => ({ key: keyOf(tax), taxable: tax.taxable_amount, amount: tax.amount })),
    subtotal: document.subtotal,
    discounted_subtotal: document.discounted_subtotal,
    withholding:
      document.total_withholding_tax > 0
        ? { rate: content.withholding_tax_rate ?? 0, amount: document.total_withholding_tax }
        : null,
    deductions: (content.deductions ?? []).map(({ name, memo, amount }) => ({ name: name ?? memo, amount })),
    exchange_rate: content.tax_currency_exchange_rate ?? null,
    attachments: document.attachments,
  }
}
