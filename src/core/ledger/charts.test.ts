import { expect, test } from 'vitest'
import { charts, chartsFor, roles, taxRatesOf } from './charts.data.ts'

test.each(charts)(
  'the chart $name has an account for all that the books do, each number once, and every account its taxes name',
  ({ accounts, taxes }) => {
    const numbers = accounts.map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(accounts.flatMap(({ role }) => role ?? []).sort()).toEqual([...roles].sort())
    for (const { tax, base } of taxes) for (const number of [tax, base]) if (number) expect(numbers).toContain(number)
  },
)

test('an entity chooses among the charts of its country and the general one', () => {
  expect(chartsFor('DE').map(({ name }) => name)).toEqual(['skr03', 'skr04', 'general'])
  expect(chartsFor('FR').map(({ name }) => name)).toEqual(['pcg', 'general'])
  expect(chartsFor('US').map(({ name }) => name)).toEqual(['general'])
})

test('books have a rate for every rate of their country, for sales and for purchases, each under its own code', () => {
  const [skr03] = chartsFor('DE')
  const rates = taxRatesOf(skr03!, [1900, 700, 0, 1900])
  expect(rates.map(({ code }) => code)).toEqual(['S19', 'S7', 'S0-E', 'S0-G', 'S0-K', 'S0-AE', 'P19', 'P7', 'P0-E'])
  expect(rates[0]).toMatchObject({ tax_account: '1776', base_account: '8400' })
  const [pcg] = chartsFor('FR')
  const french = taxRatesOf(pcg!, [2000, 1000, 550, 210])
  expect(french.filter(({ direction }) => direction === 'sale').map(({ code }) => code)).toEqual([
    'S20',
    'S10',
    'S5.5',
    'S2.1',
    'S0-E',
    'S0-G',
    'S0-K',
    'S0-AE',
  ])
  expect(new Set(french.map(({ code }) => code)).size).toBe(french.length)
})
