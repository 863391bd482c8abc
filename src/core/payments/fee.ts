/** What a platform keeps of a payment, e.g. 2 % and 0.30, at most 50.00. */
export interface FeeRule {
  /** Of the amount, in basis points: 100 are 1 %. */
  readonly bps: number
  /** On top of it, in minor units. */
  readonly fixed: number
  /** At most, in minor units; no limit when left out. */
  readonly cap?: number | null
}

/** The fee in minor units, rounded half up, never more than what is paid. */
export function feeOf(amount: number, { bps, fixed, cap }: FeeRule): number {
  // Exact for every amount: the product may be beyond what floats hold.
  const share = Number((BigInt(amount) * BigInt(bps) + 5000n) / 10_000n)
  return Math.min(share + fixed, cap ?? amount, amount)
}
