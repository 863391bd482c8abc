import { type LegalNeed, legalNeeds, legalTexts, type Needed } from './legal.data.ts'
import type { Note } from './model.ts'
import { isFrench, isoCountry, registrationOf } from './schemes.data.ts'

/** What the law of the seller's country asks of a document. Pure. */

export interface Sale {
  readonly type: 'invoice' | 'quote' | 'credit_note'
  /** The day of the document. */
  readonly day: string
  readonly seller: {
    readonly country: string
    readonly organization: boolean
    readonly registration_number: string | null
    readonly registration_authority: string | null
    readonly legal_form: string | null
    readonly tax_id: string | null
  }
  readonly buyer: { readonly country: string; readonly organization: boolean }
  /** What the document says in words: memo, footer, terms. */
  readonly said: readonly (string | null | undefined)[]
  readonly early_discount: boolean
  readonly is_einvoice: boolean
  readonly memo: string | null
}

const home = (country: string) => (isFrench(country) ? 'FR' : isoCountry(country))
const isBetweenFirmsAtHome = ({ seller, buyer }: Sale) => buyer.organization && home(seller.country) === home(buyer.country)

/** Sentences that the law wants on an invoice; those that the document says in its own words are left out. */
export function legalNotes(sale: Sale): Note[] {
  if (sale.type !== 'invoice' || !isBetweenFirmsAtHome(sale)) return []
  const own = sale.said.filter(Boolean).join('\n')
  return legalTexts
    .filter(({ country, since, said }) => country === home(sale.seller.country) && since <= sale.day && !said.test(own))
    .map(({ code, text, with_discount }) => ({ code, text: (sale.early_discount && with_discount) || text }))
}

/** What a document lacks by the law, with the place where the law says so. */
export function legallyMissing(sale: Sale): LegalNeed[] {
  if (sale.type === 'quote') return []
  return legalNeeds.filter(
    ({ country, since, needs }) => country === home(sale.seller.country) && since <= sale.day && lacks[needs](sale),
  )
}

const lacks: Readonly<Record<Needed, (sale: Sale) => boolean>> = {
  registration_number: ({ seller }) => {
    const number = seller.tax_id ? registrationOf(seller.tax_id, seller.country) : null
    return seller.organization && !seller.registration_number && !number?.scheme
  },
  registration_authority: ({ seller }) =>
    seller.organization && Boolean(seller.registration_number) && !seller.registration_authority,
  legal_form: ({ seller }) => seller.organization && !seller.legal_form?.trim(),
  reason: ({ type, memo }) => type === 'credit_note' && !memo?.trim(),
  is_einvoice: (sale) => isBetweenFirmsAtHome(sale) && !sale.is_einvoice,
  national_network: isBetweenFirmsAtHome,
}
