import { expect, test } from 'vitest'
import { cut, inWindows1252, oneLine, shortened, windows1252 } from './texts.ts'

test('texts are cut between characters as people see them', () => {
  const text = `${'x'.repeat(3999)}👩‍👩‍👧`
  expect(cut(text, 4000)).toBe('x'.repeat(3999))
  expect(cut(`${'x'.repeat(3998)}😀y`, 4000)).toBe(`${'x'.repeat(3998)}😀`)
  expect(cut('short', 10)).toBe('short')
  expect(cut('ab\u0301c', 2)).toBe('a')
})

test('numbers that share their beginning stay two, and short ones stay as they are', () => {
  const start = 'RE-2026-0000000000000'
  const [a, b] = [shortened(`${start}001`, 21), shortened(`${start}002`, 21)]
  expect(a.length).toBeLessThanOrEqual(21)
  expect(a).not.toBe(b)
  expect(shortened(`${start}001`, 21)).toBe(a)
  expect(shortened('RE-1', 21)).toBe('RE-1')
})

test('what breaks lines and columns is a blank', () => {
  expect(oneLine('Moos:\tBeere\r\n& Söhne\u2028KG ')).toBe('Moos: Beere & Söhne KG')
})

test('Windows-1252 has umlauts, the euro and quotes; other letters are written by their nearest', () => {
  expect(inWindows1252('Łódź „Quell“ € Ünal 漢')).toBe('Lódz „Quell“ € Ünal ?')
  expect([...windows1252('€Äß„é')]).toEqual([0x80, 0xc4, 0xdf, 0x84, 0xe9])
  expect([...windows1252('e\u0301')]).toEqual([0xe9])
  expect([...windows1252('ﬁ')]).toEqual([0x66, 0x69])
})
