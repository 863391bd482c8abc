import { expect, test } from 'vitest'
import { dayIn, ibansIn, isIban, vatIdsIn } from './values.ts'

test('an account of a country whose banks are named by letters has them', () => {
  expect(isIban('NL91ABNA0417164300')).toBe(true)
  expect(ibansIn('NL02 WWC5 1347 5611 CA')).toEqual([])
})

test('a number before it makes letters and digits no VAT number', () => {
  expect(vatIdsIn('ATU12345678 and 1 ESY 27438467')).toEqual(['ATU12345678'])
})

test('months are known by name in many languages', () => {
  expect(['24 de septiembre de 2026', '5 maj 2026', '12. Oktober 2026', '2 août 2026'].map((text) => dayIn(text, 'dmy'))).toEqual(
    ['2026-09-24', '2026-05-05', '2026-10-12', '2026-08-02'],
  )
})
