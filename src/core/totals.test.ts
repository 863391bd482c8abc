import { describe, expect, test } from 'vitest'
import type { Minor } from './money.ts'
import { amountToPay } from './terms.ts'
import { type Discount, type Line, type Tax, type Terms, totals } from './totals.ts'

const exclusive: Terms = { vat_mode: 'exclusive' }
const inclusive: Terms = { vat_mode: 'inclusive', vat_inclusive_discount_mode: 'inclusive' }
const inclusiveNet: Terms = { vat_mode: 'inclusive', vat_inclusive_discount_mode: 'exclusive' }
const modes: [string, Terms][] = [
  ['prices without VAT', exclusive],
  ['prices with VAT, discounts on the gross', inclusive],
  ['prices with VAT, discounts on the net', inclusiveNet],
]

const vat = (rate: number): Tax => ({ key: `vat-${rate}`, rate })
const line = (quantity: number, price: Minor, rate: number | null, discount?: Discount): Line => ({
  quantity,
  price,
  tax: rate === null ? null : vat(rate),
  discount,
})
const percent = (amount: number): Discount => ({ type: 'percentage', amount })
const money = (amount: Minor): Discount => ({ type: 'amount', amount })

describe('worked examples', () => {
  test('1: five at 250.00 and 19 %', () => {
    expect(totals([line(5, 25_000, 1900)], exclusive)).toEqual({
      lines: [
        {
          price: 25_000,
          price_after_vat: 29_750,
          discount_value: 0,
          total_before_vat: 125_000,
          total_after_vat: 148_750,
          taxable_amount: 125_000,
          vat_amount: 23_750,
        },
      ],
      subtotal: 125_000,
      discount_value: 0,
      discounted_subtotal: 125_000,
      subtotal_after_vat: 148_750,
      total_vat_amount: 23_750,
      total_vat_amounts: [{ key: 'vat-1900', value: 1900, taxable_amount: 125_000, amount: 23_750, components: [] }],
      total_withholding_tax: 0,
      total_deduction_amount: 0,
      total_amount: 148_750,
    })
  })

  test('2: discounts on lines and document, two rates', () => {
    const lines = [line(3, 1999, 1900, percent(1000)), line(2.5, 1000, 700, money(200))]
    const result = totals(lines, { ...exclusive, discount: percent(500) })
    expect(result).toMatchObject({
      lines: [
        { discount_value: 600, total_before_vat: 5397, total_after_vat: 6422, taxable_amount: 5127, vat_amount: 974 },
        { discount_value: 200, total_before_vat: 2300, total_after_vat: 2461, taxable_amount: 2185, vat_amount: 153 },
      ],
      subtotal: 7697,
      discount_value: 385,
      discounted_subtotal: 7312,
      subtotal_after_vat: 8883,
      total_vat_amount: 1127,
      total_vat_amounts: [
        { key: 'vat-1900', taxable_amount: 5127, amount: 974 },
        { key: 'vat-700', taxable_amount: 2185, amount: 153 },
      ],
      total_amount: 8439,
    })
  })

  test('3: a price of 119.00 contains 19 % VAT', () => {
    const result = totals([line(1, 11_900, 1900)], inclusive)
    expect(result).toMatchObject({ total_vat_amount: 1900, subtotal: 10_000, discounted_subtotal: 10_000, total_amount: 11_900 })
    expect(result.lines[0]).toMatchObject({
      price: 10_000,
      price_after_vat: 11_900,
      total_before_vat: 10_000,
      total_after_vat: 11_900,
    })
  })

  test('4: two at 9.99 with 20 % inside', () => {
    const result = totals([line(2, 999, 2000)], inclusive)
    expect(result).toMatchObject({
      subtotal_after_vat: 1998,
      total_vat_amount: 333,
      discounted_subtotal: 1665,
      total_amount: 1998,
    })
  })

  test('5: the same, 1.00 off the gross', () => {
    const result = totals([line(2, 999, 2000)], { ...inclusive, discount: money(100) })
    expect(result).toMatchObject({ discount_value: 100, total_vat_amount: 316, discounted_subtotal: 1582, total_amount: 1898 })
  })

  test('6: the same, 1.00 off the net', () => {
    const result = totals([line(2, 999, 2000)], { ...inclusiveNet, discount: money(100) })
    expect(result).toMatchObject({ discount_value: 100, total_vat_amount: 313, discounted_subtotal: 1565, total_amount: 1878 })
    expect(totals([line(2, 999, 2000)], { vat_mode: 'inclusive', discount: money(100) })).toEqual(result)
  })

  test('7: yen have no decimals', () => {
    expect(totals([line(3, 333, 1000)], exclusive)).toMatchObject({ subtotal: 999, total_vat_amount: 100, total_amount: 1099 })
  })

  test('8: Kuwaiti dinars have three', () => {
    expect(totals([line(1.5, 12_345, 500)], exclusive)).toMatchObject({
      subtotal: 18_518,
      total_vat_amount: 926,
      total_amount: 19_444,
    })
  })

  test('9: income tax withheld, and a deduction after it', () => {
    const terms = { ...exclusive, withholding_tax_rate: 1500 }
    const lines = [line(1, 100_000, 2100)]
    expect(totals(lines, terms)).toMatchObject({ total_vat_amount: 21_000, total_withholding_tax: 15_000, total_amount: 106_000 })
    expect(totals(lines, { ...terms, deductions: [{ amount: 1500 }, { amount: 5000 }] })).toMatchObject({
      total_deduction_amount: 6500,
      total_amount: 99_500,
      total_vat_amount: 21_000,
    })
  })

  test('10: a sales tax of two components', () => {
    const components = [
      { name: 'GST', value: 500 },
      { name: 'QST', value: 997.5 },
    ]
    const result = totals([{ price: 10_000, quantity: 1, tax: { key: 'qc', rate: 1497.5, components } }], exclusive)
    expect(result.total_vat_amounts).toEqual([
      {
        key: 'qc',
        value: 1497.5,
        taxable_amount: 10_000,
        amount: 1498,
        components: [
          { name: 'GST', value: 500, amount: 500 },
          { name: 'QST', value: 997.5, amount: 998 },
        ],
      },
    ])
  })

  test('11: a credit note of two units, then a payment', () => {
    const invoice = totals([line(5, 25_000, 1900)], exclusive)
    const credit = totals([line(2, 25_000, 1900)], exclusive)
    expect(credit).toMatchObject({ subtotal: 50_000, total_vat_amount: 9500, total_amount: 59_500 })
    const left = invoice.total_amount - credit.total_amount
    expect(left).toBe(89_250)
    expect(amountToPay(left, 40_000, null, '2025-01-10')).toBe(49_250)
  })

  test('12: 10.5 % off', () => {
    const result = totals([line(1, 10_000, 0)], { ...exclusive, discount: percent(1050) })
    expect(result).toMatchObject({ discount_value: 1050, discounted_subtotal: 8950 })
  })

  test('13: 12.50 off', () => {
    expect(totals([line(1, 10_000, 0)], { ...exclusive, discount: money(1250) }).discounted_subtotal).toBe(8750)
  })
})

describe('taxes', () => {
  test('are listed once each, in the order they first appear, a tax of 0 % too', () => {
    const result = totals([line(1, 100, 700), line(1, 200, 0), line(1, 300, 700)], exclusive)
    expect(result.total_vat_amounts.map(({ key, taxable_amount, amount }) => [key, taxable_amount, amount])).toEqual([
      ['vat-700', 400, 28],
      ['vat-0', 200, 0],
    ])
  })

  test('are computed once per rate, not line by line', () => {
    const result = totals([line(1, 3, 1900), line(1, 3, 1900), line(1, 3, 1900)], exclusive)
    expect(result.lines.map((item) => item.total_after_vat)).toEqual([4, 4, 4])
    expect(result.lines.map((item) => item.vat_amount)).toEqual([1, 1, 0])
    expect(result).toMatchObject({ total_vat_amount: 2, total_amount: 11 })
  })

  test('of one key at two rates are two taxes', () => {
    const at = (rate: number): Line => ({ price: 1000, quantity: 1, tax: { key: 'custom', rate } })
    expect(totals([at(500), at(1000)], exclusive).total_vat_amounts.map(({ value, amount }) => [value, amount])).toEqual([
      [500, 50],
      [1000, 100],
    ])
  })

  test('need not be there: untaxed lines share the discount and appear in no tax', () => {
    const result = totals([line(1, 1000, null), line(1, 3000, 1000)], { ...exclusive, discount: money(400) })
    expect(result.lines.map((item) => [item.taxable_amount, item.vat_amount])).toEqual([
      [900, 0],
      [2700, 270],
    ])
    expect(result.total_vat_amounts).toEqual([
      { key: 'vat-1000', value: 1000, taxable_amount: 2700, amount: 270, components: [] },
    ])
    expect(totals([line(1, 1000, null)], exclusive).total_vat_amounts).toEqual([])
  })

  test('of several components: the largest makes up for the rounding of the others', () => {
    const components = [
      { name: 'a', value: 500 },
      { name: 'b', value: 997.5 },
      { name: 'c', value: 997.5 },
    ]
    const tax = { key: 'abc', rate: 2495, components }
    const amounts = (price: Minor) =>
      totals([{ price, quantity: 1, tax }], exclusive).total_vat_amounts[0]!.components.map((c) => c.amount)
    expect(amounts(1010)).toEqual([51, 100, 101])
    expect(amounts(10_000)).toEqual([500, 997, 998])
    expect(amounts(0)).toEqual([0, 0, 0])
  })

  test('of many small components never give one of them a negative amount', () => {
    const components = Array.from({ length: 10 }, (_, index) => ({ name: String(index), value: 500 }))
    const [total] = totals([{ price: 10, quantity: 1, tax: { key: 'x', rate: 5000, components } }], exclusive).total_vat_amounts
    expect(total!.amount).toBe(5)
    expect(total!.components.map((component) => component.amount)).toEqual([0, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  })
})

describe('edges', () => {
  const nothing = {
    subtotal: 0,
    discount_value: 0,
    discounted_subtotal: 0,
    subtotal_after_vat: 0,
    total_vat_amount: 0,
    total_withholding_tax: 0,
    total_deduction_amount: 0,
    total_amount: 0,
  }

  test('a document without lines comes to nothing', () => {
    expect(totals([], exclusive)).toEqual({ ...nothing, lines: [], total_vat_amounts: [] })
    expect(totals([], { ...exclusive, discount: percent(10_000), deductions: [] })).toMatchObject(nothing)
  })

  test.each(modes)('a quantity of nothing comes to nothing (%s)', (_, terms) => {
    expect(totals([line(0, 1000, 1900), line(0, 5, 700, percent(100))], { ...terms, discount: percent(1000) })).toMatchObject(
      nothing,
    )
  })

  test.each(modes)('a discount of 100 %% leaves nothing to pay and nothing to tax (%s)', (_, terms) => {
    const lines = [line(3, 333, 1900), line(1.5, 777, 700), line(1, 10, null)]
    const left = { discounted_subtotal: 0, total_vat_amount: 0, total_amount: 0 }
    expect(totals(lines, { ...terms, discount: percent(10_000) })).toMatchObject(left)
    expect(
      totals(
        lines.map((item) => ({ ...item, discount: percent(10_000) })),
        terms,
      ),
    ).toMatchObject(nothing)
    const plain = totals(lines, terms)
    const all = terms === inclusive ? plain.subtotal_after_vat : plain.subtotal
    expect(totals(lines, { ...terms, discount: money(all) })).toMatchObject(left)
  })

  test('a line can be given away in money, although a fraction of a cent was rounded', () => {
    expect(totals([line(0.5, 1999, 1900, money(1000))], exclusive)).toMatchObject({ subtotal: 0, total_amount: 0 })
    expect(totals([line(1, 999, 2000, money(833))], inclusiveNet)).toMatchObject({ subtotal_after_vat: 0, total_amount: 0 })
    expect(totals([line(1, 999, 2000, money(832))], inclusiveNet).lines[0]).toMatchObject({
      discount_value: 832,
      total_after_vat: 1,
    })
    expect(totals([line(1, 999, 2000, money(833))], inclusive).lines[0]).toMatchObject({ total_after_vat: 166 })
  })

  test('a discount of nothing changes nothing', () => {
    const lines = [line(1, 3, 1900), line(1, 999, 700)]
    for (const [, terms] of modes) {
      for (const none of [money(0), percent(0), null])
        expect(totals(lines, { ...terms, discount: none })).toEqual(totals(lines, terms))
    }
  })

  test('rates with decimals are exact', () => {
    expect(totals([line(1, 10_000, 1212.5)], exclusive).total_vat_amount).toBe(1213)
    expect(totals([line(1, 100_000, 1212.5)], exclusive).total_vat_amount).toBe(12_125)
  })

  test('the largest document is exact to the last cent', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(totals([line(1, most, 0)], exclusive)).toMatchObject({ subtotal: most, total_amount: most })
    expect(totals([line(1, most, 1900)], inclusive)).toMatchObject({ total_amount: most })
  })

  test('is not disturbed by what it was given being frozen', () => {
    const frozen = Object.freeze([Object.freeze(line(1, 100, 1900))])
    expect(totals(frozen, Object.freeze({ ...exclusive, discount: Object.freeze(money(10)) })).total_amount).toBe(107)
  })
})

describe('a document is refused', () => {
  const one = [line(1, 1000, 1900)]
  const most = Number.MAX_SAFE_INTEGER
  test.each<[string, string, Line[], Terms]>([
    [
      'a line discount beyond the line',
      'Line 2: the discount of 1001 cannot be more than 1000',
      [...one, line(1, 1000, 0, money(1001))],
      exclusive,
    ],
    ['a line discount beyond the gross', 'Line 1: the discount of 1001', [line(1, 1000, 1900, money(1001))], inclusive],
    [
      'a line discount beyond the net',
      'Line 1: the discount of 841 cannot be more than 840',
      [line(1, 1000, 1900, money(841))],
      inclusiveNet,
    ],
    ['a line discount over 100 %', '10001 is not a percentage', [line(1, 1000, 1900, percent(10_001))], exclusive],
    ['a negative line discount', 'A discount cannot be negative', [line(1, 1000, 1900, money(-1))], exclusive],
    ['a discount in fractions of a cent', 'whole number of minor units', [line(1, 1000, 1900, money(0.5))], exclusive],
    ['a negative percentage', '-1 is not a percentage', one, { ...exclusive, discount: percent(-1) }],
    [
      'a discount beyond the subtotal',
      'The discount of 1001 cannot be more than 1000',
      one,
      { ...exclusive, discount: money(1001) },
    ],
    [
      'a discount beyond the gross',
      'The discount of 1001 cannot be more than 1000',
      one,
      { ...inclusive, discount: money(1001) },
    ],
    ['a discount beyond the net', 'The discount of 841 cannot be more than 840', one, { ...inclusiveNet, discount: money(841) }],
    ['a discount over 100 %', '10001 is not a percentage', one, { ...exclusive, discount: percent(10_001) }],
    ['a negative discount', 'A discount cannot be negative', one, { ...exclusive, discount: money(-1) }],
    [
      'deductions beyond the total',
      'The deductions of 1191 cannot be more than 1190',
      one,
      { ...exclusive, deductions: [{ amount: 1191 }] },
    ],
    [
      'a negative deduction',
      'A deduction cannot be negative',
      one,
      { ...exclusive, deductions: [{ amount: 2 }, { amount: -1 }] },
    ],
    ['a withholding over 100 %', 'percentage', one, { ...exclusive, withholding_tax_rate: 10_001 }],
    ['a tax over 100 %', 'percentage', [line(1, 1000, 10_001)], exclusive],
    ['a negative price', 'Line 1: neither the price nor the quantity', [line(1, -1, 0)], exclusive],
    ['a negative quantity', 'Line 2: neither the price nor the quantity', [...one, line(-1, 1, 0)], exclusive],
    ['a price in fractions of a cent', 'whole number of minor units', [line(1, 0.5, 0)], exclusive],
    ['a quantity that is not a number', 'not a number', [line(Number.NaN, 1, 0)], exclusive],
    ['a line too large to be exact', 'too large', [line(2, most, 0)], exclusive],
    ['a sum too large to be exact', 'too large', [line(1, most, 0), line(1, most, 0)], exclusive],
    ['VAT on top that makes it too large', 'too large', [line(1, most, 1)], exclusive],
  ])('for %s', (_, message, lines, terms) => {
    expect(() => totals(lines, terms)).toThrow(
      expect.objectContaining({ kind: 'bad_request', message: expect.stringContaining(message) }),
    )
  })

  test('but may come to exactly nothing', () => {
    expect(totals(one, { ...exclusive, deductions: [{ amount: 1190 }] }).total_amount).toBe(0)
    expect(totals([line(1, 1000, 0)], { ...exclusive, withholding_tax_rate: 10_000 }).total_amount).toBe(0)
  })
})
