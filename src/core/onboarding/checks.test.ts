import { expect, test } from 'vitest'
import { postBoxIn, sharesOf, wrongBirth, wrongNumber, wrongPhone, wrongShares } from './checks.ts'
import { fullName, isSameName } from './names.ts'

test.each([
  ['P.O. Box 9', 'P.O. Box'],
  ['PO Box 1234', 'PO Box'],
  ['Postfach 12 34', 'Postfach'],
  ['BP 42', 'BP'],
  ['Apartado 5', 'Apartado'],
  ['Casella Postale 77', 'Casella Postale'],
])('%s is a post box', (line, word) => {
  expect(postBoxIn(line)).toBe(word)
})

test.each([
  'Boxhagener Str. 1',
  'Pobox Street 4',
  '12 rue de la Boîte',
  'Postfachweg 3',
  'Apartadostraße 5',
  'BP-Straße 1',
  '1 Box Hill Road',
])('%s is a street', (line) => {
  expect(postBoxIn(line)).toBeNull()
})

test('a person is of age on the birthday, also when that is 29 February', () => {
  expect(wrongBirth('2008-11-30', '2026-11-30')).toBeNull()
  expect(wrongBirth('2008-12-01', '2026-11-30')).toContain('18')
  expect(wrongBirth('2004-02-29', '2022-02-28')).toContain('18')
  expect(wrongBirth('2004-02-29', '2022-03-01')).toBeNull()
  expect(wrongBirth('2026-12-01', '2026-11-30')).toContain('future')
  expect(wrongBirth('1905-11-30', '2026-11-30')).toContain('120')
  expect(wrongBirth('1905-12-01', '2026-11-30')).toBeNull()
})

test('shares are added up without the dust of floating point', () => {
  expect(sharesOf([33.33, 33.33, 33.33])).toBe(9999)
  expect(wrongShares([33.34, 33.33, 33.33])).toBeNull()
  expect(wrongShares([60, 50])).toContain('110 %')
  expect(wrongShares([0.1, 0.2, 99.7])).toBeNull()
})

test('company numbers: check digits where a country has them, and never a name', () => {
  expect(wrongNumber('732 829.320', 'FR')).toBeNull()
  expect(wrongNumber('732 829 321', 'FR')).toContain('SIREN')
  // Numbers of Monaco begin with FR, and follow no such rule.
  expect(wrongNumber('FR00000005768', 'MC')).toBeNull()
  expect(wrongNumber('FR69000005768', 'FR')).toBeNull()
  expect(wrongNumber('Atelier Seine', 'FR')).toContain('name')
  expect(wrongNumber('01234567', 'NL')).toBeNull()
  expect(wrongNumber('1234567', 'NL')).toContain('8 digits')
})

test('telephone numbers of any country, with the usual signs', () => {
  for (const phone of ['+4930774619876', '030 / 774619-876', '(212) 555-0100']) expect(wrongPhone(phone)).toBeNull()
  for (const phone of ['12', 'call me', '+49 30 7746 1987 6123 4567']) expect(wrongPhone(phone)).not.toBeNull()
})

test('whoever has one name is called by it', () => {
  for (const last of ['-', '.', '', '–', 'Suharto']) expect(fullName('Suharto', last)).toBe('Suharto')
  expect(fullName('.', 'Suharto')).toBe('Suharto')
  expect(fullName('Ada', 'Lovelace')).toBe('Ada Lovelace')
  expect(fullName(null, null)).toBe('')
})

test('names are compared as banks write them, and kept as they are', () => {
  for (const [one, other] of [
    ['Jürgen Müller', 'JUERGEN MUELLER'],
    ['Jürgen Müller', 'Muller, Jurgen'],
    ['Müller'.normalize('NFD'), 'Müller'.normalize('NFC')],
    ['Søren Þórsson', 'SOREN THORSSON'],
    ['Đặng Thị Ấn', 'Dang Thi An'],
    ['Жанна Ёлкина', 'жанна елкина'],
  ] as const)
    expect([one, other, isSameName(one, other)]).toEqual([one, other, true])
  expect(isSameName('Müller', 'Möller')).toBe(false)
  expect(isSameName('-', '.')).toBe(false)
})
