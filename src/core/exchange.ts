import { minorUnitsOf } from './currencies.ts'

/** What one unit of a currency is worth in another. */
export interface ExchangeRate {
  readonly base: string
  readonly to: string
  readonly rate: number
}

/** The rate from one currency to another, also when only its reverse is known; null when neither is. */
export function rateBetween(rates: readonly ExchangeRate[], from: string, to: string): number | null {
  const direct = rates.find((one) => one.base === from && one.to === to)
  const reverse = rates.find((one) => one.base === to && one.to === from)
  return direct?.rate ?? (reverse ? 1 / reverse.rate : null)
}

/** Minor units of one currency as minor units of another, at par. */
export function inUnits(amount: number, from: string, to: string): number {
  return amount * 10 ** (minorUnitsOf(to) - minorUnitsOf(from))
}

/** Minor units of one currency in those of another, rounded to whole ones; null without a rate. */
export function convert(rates: readonly ExchangeRate[], amount: number, from: string, to: string): number | null {
  const rate = from === to ? 1 : rateBetween(rates, from, to)
  return rate === null ? null : Math.round(inUnits(amount, from, to) * rate)
}
