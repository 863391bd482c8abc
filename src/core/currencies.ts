import { currencyData } from './currencies.data.ts'

/** The code of a currency documents can be in (ISO 4217). */
export type CurrencyCode = keyof typeof currencyData

export interface Currency {
  readonly name: string
  /** Short, and shared by several currencies: show the code beside it where that matters. */
  readonly symbol: string
  /** How many decimals the smallest unit stands for: 2 for cents, 3 for fils, 0 for yen. */
  readonly minor_units: 0 | 2 | 3
}

export const currencies: Readonly<Record<CurrencyCode, Currency>> = currencyData

export const currencyCodes: readonly CurrencyCode[] = Object.keys(currencyData) as CurrencyCode[]

/** How many decimals amounts of the currency have on paper. One that isn't ours counts as having cents. */
export const minorUnitsOf = (code: string): number => (isCurrency(code) ? currencies[code].minor_units : 2)

/** Whether the text is the code of a currency we know. */
export const isCurrency = (code: string): code is CurrencyCode => Object.hasOwn(currencyData, code)
