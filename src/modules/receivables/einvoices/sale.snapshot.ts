import type { Sale } from '../../../core/einvoice/legal.ts'

/** The part of a document that the law looks at. Pure. */
interface SaleContent {
  readonly counterpart_billing_address: { readonly country: string }
  readonly counterpart_type: string
  readonly commercial_condition_description?: string | null
  readonly entity: {
    readonly type?: string | null
    readonly registration_number?: string | null
    readonly registration_authority?: string | null
    readonly legal_form?: string | null
    readonly tax_id?: string | null
  }
  readonly entity_address: { readonly country: string }
  readonly footer: string | null
  readonly is_einvoice?: boolean | null
  readonly memo: string | null
  readonly payment_terms?: {
    readonly description: string | null
    readonly term_1: { readonly discount: number } | null
    readonly term_2: { readonly discount: number } | null
  } | null
}
interface Row {
  readonly type: Sale['type']
  readonly issued_on: string | null
  readonly updated_at: string
}

export function saleOn({ type, issued_on, updated_at }: Row, content: SaleContent): Sale {
  const { entity, payment_terms: terms } = content
  return {
    type,
    day: issued_on ?? updated_at.slice(0, 10),
    seller: {
      country: content.entity_address.country,
      organization: entity.type !== 'individual',
      registration_number: entity.registration_number ?? null,
      registration_authority: entity.registration_authority ?? null,
      legal_form: entity.legal_form ?? null,
      tax_id: entity.tax_id ?? null,
    },
    buyer: {
      country: content.counterpart_billing_address.country,
      organization: content.counterpart_type === 'organization',
    },
    said: [content.memo, content.footer, content.commercial_condition_description, terms?.description],
    early_discount: [terms?.term_1, terms?.term_2].some((tier) => (tier?.discount ?? 0) > 0),
    is_einvoice: content.is_einvoice ?? false,
    memo: content.memo,
  }
}
