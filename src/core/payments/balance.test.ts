import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterPayment, type Balance } from './balance.ts'

const over = (total: number, ...amounts: number[]) => {
  let balance: Balance = { total, paid: 0 }
  return amounts.map((amount) => {
    const after = afterPayment(balance, amount)
    balance = { total, paid: after.paid }
    return after
  })
}

test('paid twice by hand, then a little back', () => {
  expect(over(11900, 6000, 6000, -100)).toEqual([
    { paid: 6000, due: 5900, overpaid: 0, reached: 'part' },
    { paid: 12000, due: 0, overpaid: 100, reached: 'whole' },
    { paid: 11900, due: 0, overpaid: 0, reached: 'whole' },
  ])
})

test('taken back and paid again', () => {
  expect(over(11900, 11900, -11900, 11900).map(({ due, reached }) => [due, reached])).toEqual([
    [0, 'whole'],
    [11900, 'nothing'],
    [0, 'whole'],
  ])
})

test('a payment that reaches what a discount asks settles the whole', () => {
  expect(afterPayment({ total: 10000, paid: 0 }, 9800, 9800)).toEqual({ paid: 9800, due: 0, overpaid: 0, reached: 'whole' })
  expect(afterPayment({ total: 10000, paid: 0 }, 9799, 9800)).toMatchObject({ due: 201, reached: 'part' })
})

test('nothing is not a payment, and no more goes back than came', () => {
  expect(() => afterPayment({ total: 100, paid: 50 }, 0)).toThrow('can not be 0')
  expect(() => afterPayment({ total: 100, paid: 50 }, -51)).toThrow('no more than the 50')
})

const amount = fc.integer({ min: -2_000, max: 2_000 }).filter((n) => n !== 0)

test('whatever comes and goes: paid is the sum, due is the rest, and what was overpaid is told exactly once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.array(amount, { maxLength: 20 }), (total, amounts) => {
      let paid = 0
      for (const one of amounts) {
        if (-one > paid) {
          expect(() => afterPayment({ total, paid }, one)).toThrow()
          continue
        }
        const after = afterPayment({ total, paid }, one)
        const excess = Math.max(0, paid + one - total)
        expect(after.paid).toBe(paid + one)
        expect(after.due).toBe(Math.max(0, total - after.paid))
        expect(after.overpaid).toBe(one > 0 ? excess - Math.max(0, paid - total) : 0)
        expect(after.reached).toBe(after.paid >= total ? 'whole' : after.paid > 0 ? 'part' : 'nothing')
        paid = after.paid
      }
    }),
    { numRuns: 2_000 },
  )
})
