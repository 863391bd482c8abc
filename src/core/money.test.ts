import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as money from './money.ts'
import {
  decimal,
  minor,
  percentOf,
  proportion,
  quantityOf,
  rateOf,
  round,
  scaled,
  share,
  sum,
  taxWithin,
  times,
  withoutTax,
} from './money.ts'
import { Refusal } from './refusal.ts'

const runs = { numRuns: 10_000 }
const MAX = Number.MAX_SAFE_INTEGER
const amount = fc.oneof(fc.integer({ min: -100_000, max: 100_000 }), fc.maxSafeInteger())
const rate = fc.integer({ min: 0, max: 1_000_000 }).map((hundredth) => hundredth / 100)

const refused = (work: () => unknown) => {
  expect(work).toThrow(Refusal)
  expect(work).toThrow(expect.objectContaining({ kind: 'bad_request' }))
}

describe('rounding', () => {
  test.each([
    [5n, 10n, 1n],
    [-5n, 10n, -1n],
    [4n, 10n, 0n],
    [-4n, 10n, 0n],
    [15n, 10n, 2n],
    [25n, 10n, 3n],
    [-25n, 10n, -3n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
    [0n, 3n, 0n],
  ])('%d ÷ %d is %d: halves go away from zero', (numerator, denominator, expected) => {
    expect(round(numerator, denominator)).toBe(expected)
  })

  test('is never off by more than half a unit, and the same for a debt as for a claim', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 12n), (numerator, denominator) => {
        const rounded = round(numerator, denominator)
        const off = numerator - rounded * denominator
        expect(2n * (off < 0n ? -off : off) <= denominator).toBe(true)
        expect(round(-numerator, denominator)).toBe(-rounded)
      }),
      runs,
    )
  })
})

describe('numbers from JSON', () => {
  test.each([
    [1.005, 1_005_000n],
    [2.5, 2_500_000n],
    [0.1 + 0.2, 300_000n],
    [-0.5, -500_000n],
    [0, 0n],
    [-0, 0n],
    [1e-6, 1n],
    [1e-7, 0n],
    [5e-7, 1n],
    [-5e-7, -1n],
    [1.5e-7, 0n],
    [0.123_456_5, 123_457n],
    [0.123_456_4, 123_456n],
    [1e21, 10n ** 27n],
    [1.5e21, 15n * 10n ** 26n],
    [5e-324, 0n],
    [Number.MAX_VALUE, 17976931348623157n * 10n ** 298n],
  ])('%d is read through its shortest decimal text', (value, millionths) => {
    expect(quantityOf(value)).toBe(millionths)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is refused', (value) =>
    refused(() => scaled(value, 6)),
  )

  test('every quantity of up to six decimals survives exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 15 }), (millionths) => {
        expect(quantityOf(Number(`${millionths}e-6`))).toBe(BigInt(millionths))
      }),
      runs,
    )
  })

  test('rates keep two decimals beyond hundredths of a percent', () => {
    expect(rateOf(1900)).toBe(190_000n)
    expect(rateOf(1212.5)).toBe(121_250n)
    expect(rateOf(997.55)).toBe(99_755n)
    expect(rateOf(0)).toBe(0n)
    expect(rateOf(10_000)).toBe(1_000_000n)
  })

  test.each([-1, 10_000.01, Number.NaN])('a rate of %d is refused', (hundredths) => refused(() => rateOf(hundredths)))
})

describe('amounts', () => {
  test('are refused when a JSON number could not carry them exactly', () => {
    expect(minor(BigInt(MAX))).toBe(MAX)
    expect(minor(-BigInt(MAX))).toBe(-MAX)
    refused(() => minor(BigInt(MAX) + 1n))
    refused(() => minor(-BigInt(MAX) - 1n))
    expect(() => times(MAX, 2)).toThrow('too large')
  })

  test('of half a cent are refused', () => refused(() => percentOf(0.5, rateOf(1900))))

  test('add up exactly, or are refused', () => {
    expect(sum([])).toBe(0)
    expect(sum([1, 2, -3])).toBe(0)
    expect(sum([MAX, -MAX, MAX])).toBe(MAX)
    refused(() => sum([MAX, 1]))
    refused(() => sum([-MAX, -1]))
    refused(() => sum([0.5, 0.25]))
  })

  test.each([
    [1234, 2, '12.34'],
    [5, 2, '0.05'],
    [-5, 2, '-0.05'],
    [0, 2, '0.00'],
    [1234, 0, '1234'],
    [-7, 0, '-7'],
    [1234, 3, '1.234'],
    [MAX, 2, '90071992547409.91'],
  ])('%d with %d decimals reads %s', (value, decimals, text) => expect(decimal(value, decimals)).toBe(text))
})

describe('percentages and proportions', () => {
  test('price times quantity is rounded once', () => {
    expect(times(12_345, 1.5)).toBe(18_518)
    expect(times(-3, 0.5)).toBe(-2)
    expect(times(100, 1.005)).toBe(101)
    expect(times(999, 0)).toBe(0)
  })

  test('tax on a net, within a gross, and a price without it', () => {
    expect(percentOf(125_000, rateOf(1900))).toBe(23_750)
    expect(percentOf(-10, rateOf(500))).toBe(-1)
    expect(taxWithin(11_900, rateOf(1900))).toBe(1_900)
    expect(withoutTax(11_900, rateOf(1900))).toBe(10_000)
    expect(withoutTax(999, rateOf(2000))).toBe(833)
  })

  test('a proportion is the same whichever side carries the sign', () => {
    expect(proportion(1000, 1, 3)).toBe(333)
    expect(proportion(1000, 2, 3)).toBe(667)
    expect(proportion(1000, -2, -3)).toBe(667)
    expect(proportion(1000, 2, -3)).toBe(-667)
    expect(proportion(MAX, MAX, MAX)).toBe(MAX)
  })

  test('taking tax out of a price that was put on it gives the price back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), rate, (net, hundredths) => {
        const taxed = net + percentOf(net, rateOf(hundredths))
        expect(Math.abs(withoutTax(taxed, rateOf(hundredths)) - net)).toBeLessThanOrEqual(1)
        expect(Math.abs(taxed - taxWithin(taxed, rateOf(hundredths)) - net)).toBeLessThanOrEqual(1)
      }),
      runs,
    )
  })
})

describe('sharing', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1, maxLength: 12 })

  test.each([
    [385, [5397, 2300], [270, 115]],
    [100, [1, 1, 1], [34, 33, 33]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [2, [1, 1, 1], [1, 1, 0]],
    [10, [1, 2, 1], [3, 5, 2]],
    [7, [0, 0], [4, 3]],
    [-1, [0, 1], [0, -1]],
    [9, [5], [9]],
    [0, [1, 2], [0, 0]],
    [1, [1, 3, 3], [0, 1, 0]],
    [MAX, [MAX, MAX], [(MAX + 1) / 2, (MAX - 1) / 2]],
  ])('%d over %j is %j', (total, by, parts) => expect(share(total, by)).toEqual(parts))

  test('loses nothing and invents nothing: the parts are the total', () => {
    fc.assert(
      fc.property(amount, weights, (total, by) => {
        expect(share(total, by).reduce((a, b) => a + BigInt(b), 0n)).toBe(BigInt(total))
      }),
      runs,
    )
  })

  test('is fair: nobody is a whole unit away from their exact part, and who weighs nothing bears nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), weights, (total, by) => {
        const whole = by.reduce((a, b) => a + b, 0)
        fc.pre(whole > 0)
        share(total, by).forEach((part, index) => {
          const off = BigInt(part) * BigInt(whole) - BigInt(total) * BigInt(by[index]!)
          expect((off < 0n ? -off : off) < BigInt(whole)).toBe(true)
          if (by[index] === 0) expect(part).toBe(0)
        })
      }),
      runs,
    )
  })

  test('a discount never takes more from a line than the line has', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (by, part) => {
        const whole = by.reduce((a, b) => a + b, 0)
        share(Math.floor(whole * part), by).forEach((taken, index) => {
          expect(taken).toBeLessThanOrEqual(by[index]!)
        })
      }),
      runs,
    )
  })

  test('cannot be done among nobody, or with negative weights', () => {
    expect(() => share(1, [])).toThrow(RangeError)
    expect(() => share(1, [2, -1])).toThrow(RangeError)
  })
})

test('one function rounds, and only one', () => {
  expect(Object.keys(money).filter((name) => /round|ceil|floor/i.test(name))).toEqual(['round'])
})
