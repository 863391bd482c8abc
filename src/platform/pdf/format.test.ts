import { expect, test } from 'vitest'
import { formats } from './format.ts'
import { supportedLanguages } from './labels.ts'

const COUNTRIES = ['DE', 'AT', 'NL', 'SE', 'PL', 'FR', 'ES', 'DK']
const points = new Set(['en', 'ar', 'he'])

test.each(supportedLanguages)('a text in %s has the figures of its language, wherever in Europe it is written', (language) => {
  for (const country of COUNTRIES) {
    const { money, figure, percent } = formats(language, country, 'EUR', 2)
    const sign = points.has(language) ? '.' : ','
    expect([country, figure(316_498).at(-3), percent(550).match(/5(.)5/)?.[1]]).toEqual([country, sign, sign])
    // Money is written with the same digits as the columns beside it.
    expect(money(316_498)).toContain(figure(316_498))
  }
})

test('an English letter from Germany says €3,164.98 on 3 December', () => {
  const { money, date } = formats('en', 'DE', 'EUR', 2)
  expect([money(316_498), date('2025-12-03')]).toEqual(['€3,164.98', '3 Dec 2025'])
})

test('Arabic dates are in one piece, with Arabic months', () => {
  expect(formats('ar', 'DE').date('2026-03-09')).toBe('9 مارس 2026')
})

test('where English is at home it is written as there', () => {
  expect(formats('en', 'US', 'USD', 2).money(123_456)).toBe('$1,234.56')
  expect(formats('en', 'IN', 'INR', 2).figure(12_345_678)).toBe('1,23,456.78')
})
