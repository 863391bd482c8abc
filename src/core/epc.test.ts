import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epcPayload, type Transfer } from './epc.ts'

const transfer: Transfer = {
  name: 'Rotes Kreuz',
  iban: 'DE89 3704 0044 0532 0130 00',
  bic: 'cobadeffxxx',
  amount: 148_750,
  currency: 'EUR',
  text: 'INV-00042',
}
const linesOf = (changes: Partial<Transfer>) => epcPayload({ ...transfer, ...changes })!.split('\n')

test('an invoice in euro can be paid by pointing a phone at it', () => {
  expect(epcPayload(transfer)).toBe(
    'BCD\n002\n1\nSCT\nCOBADEFFXXX\nRotes Kreuz\nDE89370400440532013000\nEUR1487.50\n\n\nINV-00042',
  )
})

test('the bank may be left out, and so may the text', () => {
  expect(linesOf({ bic: null })[4]).toBe('')
  expect(linesOf({ bic: 'nonsense!' })[4]).toBe('')
  expect(epcPayload({ ...transfer, bic: undefined, text: null })).toBe(
    'BCD\n002\n1\nSCT\n\nRotes Kreuz\nDE89370400440532013000\nEUR1487.50',
  )
})

describe('there is no code', () => {
  test.each<[string, Partial<Transfer>]>([
    ['in another currency', { currency: 'USD' }],
    ['without an IBAN', { iban: null }],
    ['for an account that is not an IBAN', { iban: '12-34-56 12345678' }],
    ['without a name', { name: ' \n ' }],
    ['when nothing is to be paid', { amount: 0 }],
    ['for a refund', { amount: -1 }],
    ['beyond 999,999,999.99', { amount: 100_000_000_000 }],
  ])('%s', (_, changes) => expect(epcPayload({ ...transfer, ...changes })).toBeNull())

  test('but there is one for the smallest and the largest amount', () => {
    expect(linesOf({ amount: 1 })[7]).toBe('EUR0.01')
    expect(linesOf({ amount: 99_999_999_999 })[7]).toBe('EUR999999999.99')
  })
})

test('names and texts are shortened, and can never add a line', () => {
  expect(linesOf({ name: 'a'.repeat(80) })[5]).toBe('a'.repeat(70))
  expect(linesOf({ text: 'b'.repeat(150) })[10]).toBe('b'.repeat(140))
  expect(linesOf({ name: 'Mallory\nDE00\r\nEUR1' })[5]).toBe('Mallory DE00 EUR1')
})

test.each([
  ['Latin', 'é', 70],
  ['the last letter of two bytes', '\u07ff', 70],
  ['the first letter of three bytes', '\u0800', 70],
  ['Chinese', '漢', 70],
  ['the first letter of four bytes', '\u{10000}', 52],
])('in %s, the text uses all the room the name leaves, to the byte', (_, letter, letters) => {
  const long = {
    ...transfer,
    iban: `MT${'1'.repeat(29)}`,
    amount: 99_999_999_999,
    name: letter.repeat(80),
    text: 'b'.repeat(140),
  }
  const payload = epcPayload(long)!
  expect([...payload.split('\n')[5]!].length).toBe(letters)
  expect(Buffer.byteLength(payload)).toBe(331)
})

test('whatever the script, the code stays within 331 bytes and no letter is cut in half', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '𝒳', ' '), maxLength: 200 })
  fc.assert(
    fc.property(word, word, (name, text) => {
      const payload = epcPayload({ ...transfer, iban: `MT${'1'.repeat(32)}`, amount: 99_999_999_999, name: `x${name}`, text })!
      expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(331)
      expect(payload).not.toContain('�')
      expect(payload.isWellFormed?.() ?? true).toBe(true)
      expect(payload.split('\n')[5]!.length).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
})
