import { createHash } from 'node:crypto'
import { at } from '../../../core/lists.ts'
import { type CatalogueRate, catalogue } from './vat-rates.data.ts'

export interface VatRate extends CatalogueRate {
  /** Stays the same from one edition to the next: it follows from country, value and first day. */
  readonly id: string
}

/** A VAT ID of the entity, as far as rates depend on it. */
export interface EntityVatId {
  readonly country: string
  readonly type: string | null
  readonly value: string
}

/** What decides which rates may be used: who sells, under which VAT IDs, and to whom, if that is known. */
export interface TaxFacts {
  /** Where the entity is. */
  readonly country: string
  /** The VAT IDs it may use: all it has, or the one that was chosen. */
  readonly vatIds: readonly EntityVatId[]
  readonly counterpart?: { readonly country: string | null; readonly type: 'organization' | 'individual' } | null
}

/** A UUID as RFC 9562 makes them from names (version 5). */
function stableId({ country, value, valid_from }: CatalogueRate): string {
  const hash = createHash('sha1').update(`quittance vat rate ${country} ${value} ${valid_from}`).digest().subarray(0, 16)
  hash[6] = (at(hash, 6) & 0x0f) | 0x50
  hash[8] = (at(hash, 8) & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export const vatRates: readonly VatRate[] = catalogue.map((rate) => ({ id: stableId(rate), ...rate }))
const byId = new Map(vatRates.map((rate) => [rate.id, rate]))
const byCountry = new Map<string, VatRate[]>()
for (const rate of vatRates) byCountry.set(rate.country, [...(byCountry.get(rate.country) ?? []), rate])

/** A rate of the catalogue, past ones included; null when there is none of this id. */
export const vatRateById = (id: string): VatRate | null => byId.get(id.toLowerCase()) ?? null

/** Whether a country has a catalogue of rates. Elsewhere documents carry a rate of their own. */
export const hasVatRates = (country: string): boolean => byCountry.has(country)

/** Member states of the European Union, which tax each other's sales as one market (Directive 2006/112/EC). */
const union = new Set('AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '))
export const inUnion = (country: string): boolean => union.has(country)

/**
 * The rates that may be used on `day`, highest first. Without a VAT ID it is nothing but the zero rate of the entity's country;
 * with several, what is right under any of them.
 */
export function ratesFor({ country, vatIds, counterpart }: TaxFacts, day: string): VatRate[] {
  if (!hasVatRates(country)) return []
  if (vatIds.length === 0) return zero(country, day)
  return [...new Set(vatIds.flatMap((vatId) => ratesUnder(vatId, counterpart ?? null, day)))]
}

/**
 * Rates under one VAT ID. From one EU state to a business in another it is the buyer who pays the tax (Directive 2006/112/EC,
 * art. 138, 194 and 196); people pay the seller's rates, or those of their own country under the one-stop shop (art. 369a).
 * Northern Ireland, whose numbers begin with XI, counts as a member.
 */
function ratesUnder(
  { country: seller, type, value }: EntityVatId,
  counterpart: TaxFacts['counterpart'] | null,
  day: string,
): VatRate[] {
  const buyer = counterpart?.country
  if (!buyer || buyer === seller || !inUnion(buyer)) return domestic(seller, day)
  const northernIreland = seller === 'GB' && value.toUpperCase().startsWith('XI')
  if (counterpart.type === 'organization') return inUnion(seller) || northernIreland ? zero(seller, day) : domestic(seller, day)
  return inUnion(seller) && type === 'eu_oss_vat' ? domestic(buyer, day) : domestic(seller, day)
}

const domestic = (country: string, day: string) =>
  (byCountry.get(country) ?? [])
    .filter(({ valid_from, valid_until }) => valid_from <= day && (valid_until === null || day <= valid_until))
    .sort((a, b) => b.value - a.value)

const zero = (country: string, day: string) => domestic(country, day).filter(({ kind }) => kind === 'zero')
