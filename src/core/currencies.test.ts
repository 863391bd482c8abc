import iso from 'currency-codes'
import { describe, expect, test } from 'vitest'
import { countries } from './countries.data.ts'
import { currencies, currencyCodes, isCurrency } from './currencies.ts'
import { languages } from './languages.data.ts'

/** Where we mean to differ from the published list, and why. None so far: all of ours are in the list of 2024-06-25. */
const differences: Record<string, { minor_units: number; because: string }> = {}

describe('currencies', () => {
  test.each(currencyCodes)('%s has as many decimals as ISO 4217 says', (code) => {
    const expected = differences[code]?.minor_units ?? iso.code(code)?.digits
    expect(currencies[code].minor_units).toBe(expected)
  })

  test('have a name and a symbol one can print', () => {
    for (const code of currencyCodes) {
      expect(currencies[code].name).toMatch(/\S/)
      expect(currencies[code].symbol).toMatch(/^[^\s\p{C}]{1,4}$/u)
    }
    expect(currencies.EUR).toEqual({ name: 'Euro', symbol: '€', minor_units: 2 })
    expect([currencies.JPY.minor_units, currencies.KWD.minor_units, currencies.HUF.minor_units]).toEqual([0, 3, 2])
  })

  test('are known by their codes and by nothing else', () => {
    expect(isCurrency('EUR')).toBe(true)
    for (const other of ['eur', 'XXX', '', 'toString', '__proto__']) expect(isCurrency(other)).toBe(false)
  })
})

test('every list of codes is complete and names nothing twice', () => {
  const lists = [currencyCodes, countries, languages]
  expect(lists.map((list) => list.length)).toEqual([145, 252, 180])
  for (const list of lists) expect(new Set<string>(list).size).toBe(list.length)
  expect(countries.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true)
  expect(languages.every((code) => /^[a-z]{2}$/.test(code))).toBe(true)
})
