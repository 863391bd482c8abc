import { expect, test } from 'vitest'
import { filledIn, substitute } from './placeholders.ts'

const values = { contact_name: 'Ada', invoice_number: 'INV-1', expiry_date: null }

test.each([
  ['Dear {contact_name}, {invoice_number}', 'Dear Ada, INV-1'],
  ['{ contact_name }{contact name}{Contact_Name}{contact-name}', 'AdaAdaAdaAda'],
  ['{{contact_name}} {{ invoice_number }}', 'Ada INV-1'],
  ['until {expiry_date}.', 'until .'],
  ['{nobody}{who knows}{{user.name}}{größe}|', '|'],
  ['<style>p { color: red }</style> {"a": 1} {} {1} }{', '<style>p { color: red }</style> {"a": 1} {} {1} }{'],
  ['no names', 'no names'],
])('a mail that says %j reads %j', (text, read) => {
  expect(filledIn(text, values)).toBe(read)
})

test('what a name stands for is not looked into again', () => {
  expect(filledIn('{contact_name}', { contact_name: '{invoice_number}', invoice_number: 'INV-1' })).toBe('{invoice_number}')
})

test('texts that stay in the house keep what nobody knows', () => {
  expect(substitute('{contact_name} {nobody}', values)).toBe('Ada {nobody}')
})
