import { expect, test } from 'vitest'
import { bankReference } from './reference.ts'

test.each([
  ['INV#12345', 'INV 12345'],
  ['INV 12.05.2024', 'INV 12 05 2024'],
  ['INV_C1-6189-28', 'INV C1-6189-28'],
  [' INV   12345 ', 'INV   12345'],
  ['+++010/8068/17183+++', '010/8068/17183'],
  ['Repair work 12th May', 'Repair work 12th M'],
])('%s is sent to the bank as %s', (reference, sent) => {
  expect(bankReference(reference)).toBe(sent)
})
