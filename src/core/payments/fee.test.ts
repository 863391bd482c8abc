import fc from 'fast-check'
import { expect, test } from 'vitest'
import { feeOf } from './fee.ts'

test('a fee is a whole number of minor units, rounded half up', () => {
  expect(feeOf(300, { bps: 525, fixed: 0 })).toBe(16)
  expect(feeOf(200, { bps: 525, fixed: 0 })).toBe(11)
  expect(feeOf(11900, { bps: 200, fixed: 30 })).toBe(268)
  expect(feeOf(11900, { bps: 200, fixed: 30, cap: 100 })).toBe(100)
  expect(feeOf(20, { bps: 200, fixed: 30 })).toBe(20)
  expect(feeOf(11900, { bps: 0, fixed: 0 })).toBe(0)
})

test('a fee is within half a unit of its share, never negative, never more than the payment or the cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 50 }),
      fc.nat(10_000),
      fc.nat(1000),
      fc.option(fc.nat(100_000)),
      (amount, bps, fixed, cap) => {
        const fee = feeOf(amount, { bps, fixed, cap })
        expect(Number.isSafeInteger(fee) && fee >= 0 && fee <= amount && fee <= (cap ?? amount)).toBe(true)
        const free = BigInt(amount) * BigInt(bps) + BigInt(fixed) * 10_000n
        if (fee < amount && fee !== cap) expect(Math.abs(Number(BigInt(fee) * 10_000n - free))).toBeLessThanOrEqual(5000)
      },
    ),
  )
})
