import { expect, test } from 'vitest'
import { dayIn, decimalOf, ibansIn, isIban, moneyIn, vatIdsIn, withoutDash } from './values.ts'

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

test('numbers whose lakhs are parted by two digits are read whole', () => {
  expect(['1,23,456.00', '₹ 1,45,678.08', '12,34,56,789.00', 'INR 1,23,456'].map((text) => moneyIn(text, '.'))).toEqual([
    123456, 145678.08, 123456789, 123456,
  ])
})

test('points before three digits part thousands where no number has two decimals, but in currencies of three', () => {
  const amounts = (...texts: string[]) => texts.map((text) => moneyIn(text, decimalOf(texts)))
  expect(amounts('10.000 CLP', '1.900 CLP', '11.900 CLP')).toEqual([10000, 1900, 11900])
  expect(amounts('EUR 1.234')).toEqual([1234])
  expect(amounts('KWD 25.000', 'KWD 1.250')).toEqual([25, 1.25])
  expect(amounts('JPY 1,234', 'JPY 999')).toEqual([1234, 999])
})

test('a dash stands for no cents', () => {
  expect(['119,-', '100.–', '5,--', '10.-15.', 'A.-B', '-5'].map(withoutDash)).toEqual([
    '119,00',
    '100.00',
    '5,00',
    '10.-15.',
    'A.-B',
    '-5',
  ])
})
