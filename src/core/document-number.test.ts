import { expect, test } from 'vitest'
import { defaultNumberSettings, documentNumber, type NumberedDocument } from './document-number.ts'

const settings = defaultNumberSettings

test.each<[NumberedDocument, string]>([
  ['invoice', 'INV-00042'],
  ['quote', 'Q-00042'],
  ['credit_note', 'CN-00042'],
  ['delivery_note', 'DN-00042'],
  ['purchase_order', 'PO-00042'],
])('%s 42 is %s unless the entity says otherwise', (kind, expected) => {
  expect(documentNumber(settings, kind, 42, '2024-05-01')).toBe(expected)
})

test('prefix, year and number follow the kind, joined by the separator', () => {
  const own = {
    ...settings,
    document_type_prefix: { invoice: 'IN' },
    prefix: 'EX-ORG',
    separator: '/',
    include_date: true,
  } as const
  expect(documentNumber(own, 'invoice', 3, '2024-05-01')).toBe('IN/EX-ORG/2024/00003')
  expect(documentNumber(own, 'quote', 3, '2025-01-01')).toBe('Q/EX-ORG/2025/00003')
})

test('what is not set leaves no separator behind', () => {
  expect(documentNumber({ ...settings, prefix: 'A', separator: '' }, 'invoice', 3, '2024-05-01')).toBe('INVA00003')
  expect(documentNumber({ ...settings, include_date: true, separator: '.' }, 'invoice', 3, '2024-05-01')).toBe('INV.2024.00003')
})

test('a long number is never cut', () => {
  expect(documentNumber({ ...settings, min_digits: 1 }, 'invoice', 123_456, '2024-05-01')).toBe('INV-123456')
  expect(documentNumber(settings, 'invoice', 9_223_372_036_854_775_807n, '2024-05-01')).toBe('INV-9223372036854775807')
  expect(documentNumber({ ...settings, min_digits: 25 }, 'invoice', 1, '2024-05-01')).toBe(`INV-${'1'.padStart(25, '0')}`)
})
