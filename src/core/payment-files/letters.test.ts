import { expect, test } from 'vitest'
import { achLetters, sepaLetters } from './letters.ts'

test.each([
  ['Αλφα Βήτα ΑΕ', 'Alfa Vita AE'],
  ['Ελληνικά Τρόφιμα ΑΕΒΕ', 'Ellinika Trofima AEVE'],
  ['Ψάρια & Θάλασσα', 'Psaria + Thalassa'],
  ['Щастие ЕООД', 'Shchastie EOOD'],
  ['Железария Юг', 'Zhelezariia Iug'],
  ['Київ', 'Kiiv'],
  ['Müller GmbH', 'Mueller GmbH'],
  ['株式会社', ''],
])('%s is written %s for a bank', (name, written) => {
  expect(sepaLetters(name)).toBe(written)
})

test('also in files of ACH', () => {
  expect(achLetters('Αλφα ΑΕ')).toBe('ALFA AE')
})
