// TEMPORARY: only so that importers compile until the catalogue is written here. Replace the whole file.
export interface VatRate {
  readonly id: string
  readonly country: string
  readonly value: number
}
export const vatRateById = (_id: string): VatRate | null => null
export const ratesFor = (_sale: {
  day: string
  entityCountry: string
  entityVatIds: readonly { country: string; value: string; type: string | null }[]
  counterpart: { type: 'organization' | 'individual'; country: string } | null
}): VatRate[] => []
