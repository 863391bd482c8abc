import { badRequest } from './refusal.ts'

/** An amount in minor units (cents, fils, whole yen), a whole number within ±(2^53 − 1). */
export type Minor = number

/** A share of something in millionths: 19 % is 190000n. Comes from `rateOf`. */
export type Rate = bigint

/** A quantity in millionths of its unit: 2.5 hours are 2500000n. Comes from `quantityOf`. */
export type Quantity = bigint

/** The whole as a `Rate`: 100 %. */
export const WHOLE = 1_000_000n

/** One piece as a `Quantity`. */
export const ONE = 1_000_000n

const MAX = BigInt(Number.MAX_SAFE_INTEGER)
const MAX_RATE = 10_000

/** The nearest whole number to numerator ÷ denominator, halves away from zero. All rounding of money happens in this line. */
export const round = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + (numerator < 0n ? -denominator : denominator)) / (2n * denominator)

/** Lets an exact amount out as a `Minor`; refuses (`bad_request`) what a JSON number could not carry exactly. */
export function minor(amount: bigint): Minor {
  if (amount > MAX || amount < -MAX) {
    throw badRequest(`The amount is too large: ${amount} is beyond the limit of ${MAX} minor units`)
  }
  return Number(amount)
}

/** Takes a `Minor` in for exact arithmetic; refuses (`bad_request`) fractions and what is too large to be exact. */
export function exact(amount: Minor): bigint {
  if (Number.isSafeInteger(amount)) return BigInt(amount)
  throw badRequest(`${amount} is not an amount: it must be a whole number of minor units, at most ${MAX}`)
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/**
 * A JSON number times 10^decimals, through its shortest decimal text, so that 1.005 is exactly 1.005. Further decimals are
 * rounded, halves away from zero. Refuses (`bad_request`) NaN and the infinities.
 */
export function scaled(value: number, decimals: number): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value) * 10n ** BigInt(decimals)
  const match = DECIMAL.exec(String(value))
  if (!match) throw badRequest(`${value} is not a number one can calculate with`)
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const power = Number(exponent) - fraction.length + decimals
  return power >= 0 ? digits * 10n ** BigInt(power) : round(digits, 10n ** BigInt(-power))
}

/** Reads a quantity; six decimals count. Refuses (`bad_request`) what is not a number. */
export const quantityOf = (quantity: number): Quantity => scaled(quantity, 6)

/** Reads a rate in hundredths of a percent; two decimals count (1212.5 is 12.125 %). Refuses (`bad_request`) rates outside 0–100 %. */
export function rateOf(hundredths: number): Rate {
  if (hundredths >= 0 && hundredths <= MAX_RATE) return scaled(hundredths, 2)
  throw badRequest(`${hundredths} is not a percentage: it must be between 0 and ${MAX_RATE}, in hundredths of a percent`)
}

/** The part of `amount` that `rate` is, rounded: 19 % of 1001 is 190. VAT on a net amount, or a discount in percent. */
export const percentOf = (amount: Minor, rate: Rate): Minor => minor(round(exact(amount) * rate, WHOLE))

/** The tax of `rate` that `gross` already contains, rounded: 1190 at 19 % contains 190. */
export const taxWithin = (gross: Minor, rate: Rate): Minor => minor(round(exact(gross) * rate, WHOLE + rate))

/** What is left of `gross` without the tax of `rate` it contains, rounded: 999 at 20 % leaves 833. For prices that stand alone. */
export const withoutTax = (gross: Minor, rate: Rate): Minor => minor(round(exact(gross) * WHOLE, WHOLE + rate))

/** `price` for each of `quantity`, rounded to minor units. Refuses (`bad_request`) results too large to be exact. */
export const times = (price: Minor, quantity: number): Minor => minor(round(exact(price) * quantityOf(quantity), ONE))

/** `amount` × `part` ÷ `whole`, rounded: what falls to a part when the whole carries the amount. `whole` must not be 0. */
export function proportion(amount: Minor, part: Minor, whole: Minor): Minor {
  const sign = whole < 0 ? -1n : 1n
  return minor(round(sign * exact(amount) * exact(part), sign * exact(whole)))
}

/** The sum, exactly. Refuses (`bad_request`) a sum too large to be exact. */
export function sum(amounts: readonly Minor[]): Minor {
  let total = 0
  for (const amount of amounts) total = add(total, amount)
  return total
}

/** Two amounts together. Refuses (`bad_request`) a result too large to be exact. */
export function add(a: Minor, b: Minor): Minor {
  const total = a + b
  return Number.isSafeInteger(total) ? total : minor(exact(a) + exact(b)) // which says no
}

/**
 * Shares `total` out in proportion to `weights`, so that the parts add up to it: each part is cut to whole minor units, and the
 * units left over go one by one to the largest remainders, earlier ones first among equals. Without any weight all count alike.
 * Weights must not be negative, and something must be there to take the total.
 */
export function share(total: Minor, weights: readonly Minor[]): Minor[] {
  if (weights.length === 0 || weights.some((weight) => weight < 0)) throw new RangeError('share needs weights, none negative')
  if (weights.length === 1) return [total]
  const shares = weights.map(exact)
  const whole = shares.reduce((a, b) => a + b)
  return whole === 0n
    ? largestRemainder(
        total,
        weights.map(() => 1n),
        BigInt(weights.length),
      )
    : largestRemainder(total, shares, whole)
}

function largestRemainder(total: Minor, weights: readonly bigint[], whole: bigint): Minor[] {
  const products = weights.map((weight) => exact(Math.abs(total)) * weight)
  const parts = products.map((product) => Number(product / whole))
  const left = Math.abs(total) - parts.reduce((a, b) => a + b)
  if (left > 0) {
    const remainders = products.map((product) => product % whole)
    const order = [...weights.keys()].sort((a, b) => compare(remainders[b]!, remainders[a]!))
    for (const index of order.slice(0, left)) parts[index]! += 1
  }
  return total < 0 ? parts.map((part) => 0 - part) : parts
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** An amount as plain decimal text for documents and files: 123456 with two decimals is '1234.56'. */
export function decimal(amount: Minor, decimals: number): string {
  const digits = String(exact(Math.abs(amount))).padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return amount < 0 ? `-${text}` : text
}
