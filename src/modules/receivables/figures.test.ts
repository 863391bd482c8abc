import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, type Ready, read, ready } from '../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../test/support/world.ts'

/** The worked examples of the specification and the sums, as a client sees them. */

interface Example {
  name: string
  currency?: string
  settings?: object
  document?: object
  lines: object[]
  is: object
}

const line = (price: number, quantity: number, tax: number, more: object = {}, currency = 'EUR') => ({
  product: { name: `Item at ${price}`, price: { currency, value: price } },
  quantity,
  tax_rate_value: tax,
  ...more,
})
const inclusive = { vat_mode: 'inclusive' }
const off = (amount: number, type = 'amount') => ({ discount: { type, amount } })

const examples: Example[] = [
  { name: '1: one rate', lines: [line(25000, 5, 1900)], is: { subtotal: 125000, total_vat_amount: 23750, total_amount: 148750 } },
  {
    name: '2: two rates, discounts on lines and on the document',
    document: off(500, 'percentage'),
    lines: [line(1999, 3, 1900, off(1000, 'percentage')), line(1000, 2.5, 700, off(200))],
    is: {
      subtotal: 7697,
      discount: { type: 'percentage', amount: 500, value: 385 },
      discounted_subtotal: 7312,
      subtotal_after_vat: 8883,
      total_vat_amount: 1127,
      total_amount: 8439,
      line_items: [
        { total_before_vat: 5397, total_after_vat: 6422 },
        { total_before_vat: 2300, total_after_vat: 2461 },
      ],
      total_vat_amounts: [
        { taxable_amount: 5127, amount: 974, value: 1900 },
        { taxable_amount: 2185, amount: 153, value: 700 },
      ],
    },
  },
  {
    name: '3: a price with VAT',
    document: inclusive,
    lines: [line(11900, 1, 1900)],
    is: {
      subtotal: 10000,
      total_vat_amount: 1900,
      total_amount: 11900,
      line_items: [{ product: { price: { value: 10000 }, price_after_vat: { value: 11900 } } }],
    },
  },
  {
    name: '4: prices with VAT that do not divide',
    document: inclusive,
    lines: [line(999, 2, 2000)],
    is: { subtotal: 1665, total_vat_amount: 333, total_amount: 1998, subtotal_after_vat: 1998 },
  },
  {
    name: '5: a discount that contains VAT',
    settings: { vat_inclusive_discount_mode: 'inclusive' },
    document: { ...inclusive, ...off(100) },
    lines: [line(999, 2, 2000)],
    is: { discounted_subtotal: 1582, total_vat_amount: 316, total_amount: 1898, vat_inclusive_discount_mode: 'inclusive' },
  },
  {
    name: '6: a discount without VAT on prices with it',
    document: { ...inclusive, ...off(100) },
    lines: [line(999, 2, 2000)],
    is: { discounted_subtotal: 1565, total_vat_amount: 313, total_amount: 1878 },
  },
  {
    name: '7: a currency without minor units',
    currency: 'JPY',
    lines: [line(333, 3, 1000, {}, 'JPY')],
    is: { subtotal: 999, total_vat_amount: 100, total_amount: 1099 },
  },
  {
    name: '8: a currency with three decimals',
    currency: 'KWD',
    lines: [line(12345, 1.5, 500, {}, 'KWD')],
    is: { subtotal: 18518, total_vat_amount: 926, total_amount: 19444 },
  },
  {
    name: '9: tax withheld, and a deduction',
    document: { withholding_tax_rate: 1500, deduction_amount: 6500, deduction_memo: 'Bonus' },
    lines: [line(100000, 1, 2100)],
    is: {
      total_vat_amount: 21000,
      total_withholding_tax: 15000,
      total_deduction_amount: 6500,
      total_amount: 99500,
      deductions: [{ amount: 6500, name: null, memo: 'Bonus' }],
    },
  },
  {
    name: '12: ten and a half percent off',
    document: off(1050, 'percentage'),
    lines: [line(10000, 1, 0)],
    is: { discount: { value: 1050 }, discounted_subtotal: 8950, total_amount: 8950 },
  },
  {
    name: '13: 12.50 off',
    document: off(1250),
    lines: [line(10000, 1, 0)],
    is: { discounted_subtotal: 8750, total_amount: 8750 },
  },
]

describe('worked examples', () => {
  test.each(examples)('$name', async ({ currency = 'EUR', settings, document, lines, is }) => {
    const { berlin } = await world()
    const made = await ready(berlin)
    if (settings) good(await berlin.patch(`/entities/${berlin.entityId}/settings`, settings))
    const drafted = await draft(berlin, made, { currency, line_items: lines, ...document })
    expect(drafted).toMatchObject(is)
    expect(await read(berlin, drafted.id)).toEqual(drafted)
  })
})

test('paying early costs less until the day the discount ends, and mark_as_paid takes what that day asks', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const terms = {
    term_1: { number_of_days: 10, discount: 200 },
    term_2: { number_of_days: 20, discount: 100 },
    term_final: { number_of_days: 30 },
  }
  w.clock.set('2025-01-10T12:00:00Z')
  const { id, payment_terms, due_date } = await issued(w.berlin, made, { payment_terms_id: null, payment_terms: terms })
  expect([payment_terms.term_1.end_date, payment_terms.term_2.end_date, due_date]).toEqual([
    '2025-01-20',
    '2025-01-30',
    '2025-02-09',
  ])
  const toPay = async (day: string) => {
    // One second before midnight in Berlin.
    w.clock.set(`${day}T22:59:59Z`)
    return (await read(w.berlin, id)).amount_to_pay
  }
  expect([await toPay('2025-01-10'), await toPay('2025-01-20')]).toEqual([145775, 145775])
  expect([await toPay('2025-01-21'), await toPay('2025-01-30')]).toEqual([147263, 147263])
  expect(await toPay('2025-01-31')).toBe(148750)
  const paid = good(await w.berlin.post(`/receivables/${id}/mark_as_paid`, { paid_at: '2025-01-25T08:00:00+02:00' }))
  expect(paid).toMatchObject({
    status: 'paid',
    amount_paid: 147263,
    amount_due: 0,
    amount_to_pay: 0,
    paid_at: '2025-01-25T06:00:00+00:00',
  })
})

const tax = fc.constantFrom(0, 190, 700, 1900, 2000, 2550)
const discount = (max: number) =>
  fc.option(
    fc.oneof(
      fc.record({ type: fc.constant('percentage'), amount: fc.integer({ min: 0, max: 10000 }) }),
      fc.record({ type: fc.constant('amount'), amount: fc.integer({ min: 0, max }) }),
    ),
    { nil: undefined },
  )
const lines = fc.array(
  fc
    .record({
      price: fc.integer({ min: 0, max: 10_000_000 }),
      quantity: fc.integer({ min: 0, max: 9_999_999 }),
      tax,
      off: discount(20),
    })
    .map(({ price, quantity, tax, off }) =>
      line(price, quantity / 1000, tax, off && price * quantity > 1e6 ? { discount: off } : {}),
    ),
  { minLength: 1, maxLength: 8 },
)
const document = fc.record(
  {
    vat_mode: fc.constantFrom('exclusive', 'inclusive'),
    discount: fc.record({ type: fc.constant('percentage'), amount: fc.integer({ min: 0, max: 10000 }) }),
    withholding_tax_rate: fc.integer({ min: 0, max: 2500 }),
  },
  { requiredKeys: ['vat_mode'] },
)
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

test('whatever is put on an invoice, its columns add up and stay the same when it is issued', async () => {
  const { berlin } = await world()
  const made = await ready(berlin)
  await berlin.patch(`/entities/${berlin.entityId}/settings`, { receivable_edit_flow: 'non_compliant' })
  const check = async (line_items: object[], terms: object) => {
    const drafted = await draft(berlin, made, { line_items, ...terms })
    addsUp(drafted)
    const issued = good(await berlin.post(`/receivables/${drafted.id}/issue`))
    for (const figure of ['subtotal', 'total_vat_amount', 'total_amount', 'total_vat_amounts', 'line_items', 'discount'])
      expect(issued[figure]).toEqual(drafted[figure])
    expect(issued.amount_due).toBe(drafted.total_amount)
  }
  await fc.assert(fc.asyncProperty(lines, document, check), { numRuns: 50 })
})

function addsUp(d: Body): void {
  const rates = d.total_vat_amounts as { taxable_amount: number; amount: number }[]
  expect(sum(rates.map(({ amount }) => amount))).toBe(d.total_vat_amount)
  expect(sum(rates.map(({ taxable_amount }) => taxable_amount))).toBe(d.discounted_subtotal)
  expect(d.discounted_subtotal + d.total_vat_amount - d.total_withholding_tax - d.total_deduction_amount).toBe(d.total_amount)
  if (d.vat_mode === 'exclusive') {
    expect(sum(d.line_items.map((l: Body) => l.total_before_vat))).toBe(d.subtotal)
    expect(d.subtotal - (d.discount?.value ?? 0)).toBe(d.discounted_subtotal)
  } else expect(sum(d.line_items.map((l: Body) => l.total_after_vat))).toBe(d.subtotal_after_vat)
}

/** Drafts whose figures can't be. */
async function refusal(who: Client, made: Ready, changes: object) {
  return no(await who.post('/receivables', { ...made.invoice, ...changes }))
}

test('amounts that can not be calculated exactly, or come to less than nothing, are refused', async () => {
  const { berlin } = await world()
  const made = await ready(berlin)
  const huge = line(Number.MAX_SAFE_INTEGER, 1, 0)
  const { total_amount } = await draft(berlin, made, { line_items: [huge] })
  expect(total_amount).toBe(Number.MAX_SAFE_INTEGER)
  for (const [changes, message] of [
    [{ line_items: [line(Number.MAX_SAFE_INTEGER, 1, 1)] }, /too large/],
    [{ line_items: [huge, line(1, 1, 0)] }, /too large/],
    [{ line_items: [line(1_000_000_000, 2147483647, 0)] }, /too large/],
    [{ line_items: [line(100, 1, 0, off(101))] }, /discount of 101/],
    [{ line_items: [line(100, 1, 0)], ...off(101) }, /discount of 101/],
    [{ line_items: [line(100, 1, 0, off(10001, 'percentage'))] }, /percentage/],
    [{ line_items: [line(100, 1, 0)], deduction_amount: 101 }, /deductions of 101/],
    [{ line_items: [line(100, 1, 1900)], vat_exempt: true }, /exempt/],
  ] as const) {
    const [status, said] = await refusal(berlin, made, changes)
    expect([status, said]).toEqual([400, expect.stringMatching(message)])
  }
})

test('everything may be given away: a discount of 100 %, and an invoice over nothing that is marked as paid', async () => {
  const { berlin } = await world()
  const made = await ready(berlin)
  const { id, total_amount } = await issued(berlin, made, off(10000, 'percentage'))
  expect(total_amount).toBe(0)
  expect(good(await berlin.post(`/receivables/${id}/mark_as_paid`))).toMatchObject({
    status: 'paid',
    amount_paid: 0,
    amount_due: 0,
  })
})
