import { euMembers } from '../../core/european-union.ts'
import type { Refusal } from '../../core/refusal.ts'
import { resolveTerms } from '../../core/terms.ts'
import {
  catalogueCountries,
  domesticVatIdCountries,
  fulfillmentDateCountries,
  individualTaxIdCountries,
  measureUnitCountries,
  plainRateCountries,
  supportedCountries,
} from './compliance.data.ts'
import { type DraftLine, type Facts, isTaxed } from './draft.ts'

/** Which fields a sale between these two needs. The same answer for the form that asks beforehand and for the check at issue. */

export interface Parties {
  readonly compliant: boolean
  readonly entityCountry: string
  readonly entityHasVatId: boolean
  readonly counterpartCountry: string | null
  readonly counterpartType: 'organization' | 'individual' | null
  readonly counterpartHasVatId: boolean
}

export interface Required {
  readonly entity: { tax_id: boolean; vat_id: boolean }
  readonly counterpart: { tax_id: boolean; vat_id: boolean }
  readonly line_item: { vat_rate_id: boolean; tax_rate_value: boolean; measure_unit: boolean }
}

const nothingRequired: Required = {
  entity: { tax_id: false, vat_id: false },
  counterpart: { tax_id: false, vat_id: false },
  line_item: { vat_rate_id: false, tax_rate_value: false, measure_unit: false },
}

export const isIntraEu = (a: string, b: string | null) => b !== null && a !== b && euMembers.has(a) && euMembers.has(b)

/** What has to be known before such a document can be issued. Without the rules (`compliant` false) nothing is. */
export function requiredFields(p: Parties): Required {
  if (!p.compliant || p.counterpartCountry === null || p.counterpartType === null) return nothingRequired
  const supported = supportedCountries.has(p.entityCountry)
  const company = p.counterpartType === 'organization'
  const domestic = p.counterpartCountry === p.entityCountry
  const vatId =
    company &&
    (p.counterpartHasVatId ||
      isIntraEu(p.entityCountry, p.counterpartCountry) ||
      (domestic && domesticVatIdCountries.has(p.entityCountry)))
  const catalogue = catalogueCountries.has(p.entityCountry) && !plainRateCountries.has(p.entityCountry)
  return {
    entity: {
      tax_id: supported && !p.entityHasVatId,
      vat_id: supported && p.entityHasVatId && catalogueCountries.has(p.entityCountry),
    },
    counterpart: {
      tax_id: supported && ((company && !vatId) || (domestic && individualTaxIdCountries.has(p.entityCountry))),
      vat_id: supported && vatId,
    },
    line_item: { vat_rate_id: catalogue, tax_rate_value: !catalogue, measure_unit: measureUnitCountries.has(p.entityCountry) },
  }
}

export interface Missing {
  entity: string[]
  counterpart: string[]
  receivable: string[]
  products: { line_item_number: number; missing_fields: string[] }[]
  vat_rates: string[]
}

export interface Checked {
  readonly type: string
  readonly facts: Facts
  readonly lines: readonly DraftLine[]
  readonly vat_exempt: boolean
  readonly payment_page_url: string | null
  /** Catalogue rates that hold on the day of issue for this sale: id and value. */
  readonly validRates: ReadonlyMap<string, number>
  /** The day of issue. */
  readonly day: string
}

/** Everything that stands in the way of issuing, by the list it belongs to. Line numbers count from one. */
export function missingToIssue({ type, facts, lines, vat_exempt, payment_page_url, validRates, day }: Checked): Missing {
  const compliant = facts.settings.receivable_edit_flow !== 'non_compliant'
  const country = facts.entity.address.country
  const missing: Missing = { entity: [], counterpart: [], receivable: [], products: [], vat_rates: [] }
  if (type === 'invoice' && (!facts.payment_terms || termsFault(facts, day))) missing.receivable.push('payment_terms')
  if (!compliant) return missing

  const required = requiredFields({
    compliant,
    entityCountry: country,
    entityHasVatId: facts.entity_vat_id !== null,
    counterpartCountry: facts.billing_address.country,
    counterpartType: facts.counterpart.type,
    counterpartHasVatId: facts.counterpart_has_vat_ids,
  })
  const catalogue = required.line_item.vat_rate_id
  const values = new Set(validRates.values())
  const taxed = lines.some(({ product: { vat_rate } }) => vat_rate.value > 0)
  if (required.entity.tax_id && !facts.entity.tax_id && !facts.entity_vat_id) missing.entity.push('tax_id')
  if (taxed && catalogue && !facts.entity_vat_id) missing.entity.push('vat_id')
  if (required.counterpart.vat_id && !facts.counterpart_vat_id) missing.counterpart.push('vat_id')
  if (required.counterpart.tax_id && !facts.counterpart.tax_id && !facts.counterpart_vat_id) missing.counterpart.push('tax_id')
  if (type === 'invoice' && !facts.entity_bank_account && !payment_page_url) missing.receivable.push('entity_bank_account')
  if (vat_exempt && taxed) missing.receivable.push('vat_exempt')

  lines.forEach((line, i) => {
    const fields: string[] = []
    if (required.line_item.measure_unit && !line.product.measure_unit) fields.push('measure_unit')
    const { id, is_custom, value } = line.product.vat_rate
    const taxless = !isTaxed(line) && (catalogue || line.tax_status !== 'non_taxable')
    // A plain percentage is as good as a rate of the catalogue, as long as the country has that rate.
    const strange = catalogue && !id && !values.has(value)
    if (taxless || strange) fields.push(catalogue ? 'vat_rate_id' : 'tax_rate_value')
    if (fields.length > 0) missing.products.push({ line_item_number: i + 1, missing_fields: fields })
    if (id && !is_custom && !validRates.has(id) && !missing.vat_rates.includes(id)) missing.vat_rates.push(id)
  })
  return missing
}

/** The day of supply of an invoice that names none: that of issue, where the law wants one to stand on it. */
export const usualFulfillment = ({ entity }: Facts, day: string): string | null =>
  fulfillmentDateCountries.has(entity.address.country) ? day : null

/** Why payment terms can't hold from `day` on, e.g. because they name a day that has passed; null when they can. */
export function termsFault({ payment_terms, settings }: Facts, day: string): string | null {
  try {
    if (payment_terms) resolveTerms(payment_terms, day, { allowPast: settings.receivable_edit_flow === 'non_compliant' })
    return null
  } catch (refusal) {
    return (refusal as Refusal).message
  }
}

/** The list as one sentence, or null when nothing is missing. `fault` is what is wrong with terms that are there. */
export function missingSentence(missing: Missing, noun: string, fault: string | null): string | null {
  const parts = [
    ...missing.entity.map((field) => `entity.${field}`),
    ...missing.counterpart.map((field) => `counterpart.${field}`),
    ...missing.receivable.filter((field) => !(fault && field === 'payment_terms')),
    ...missing.products.flatMap(({ line_item_number, missing_fields }) =>
      missing_fields.map((field) => `line_item ${line_item_number} ${field}`),
    ),
  ]
  const sentences = []
  if (parts.length > 0) sentences.push(`missing ${parts.join(', ')}`)
  if (missing.vat_rates.length > 0) sentences.push(`VAT rate ${missing.vat_rates.join(', ')} does not apply to this sale`)
  if (fault) sentences.push(fault)
  return sentences.length > 0 ? `The ${noun} can not be issued: ${sentences.join('; ')}` : null
}
