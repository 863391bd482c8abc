import { expect, test } from 'vitest'
import { generate } from '../../../bench/einvoices/generate.ts'
import { syntaxes, writeAndRead } from '../../../bench/einvoices/round-trip.ts'
import { changed, named, paths, samples, valueAt, without } from '../../../test/support/einvoice-mutations.ts'
import { composeEInvoice } from './compose.ts'
import { checkEInvoice, isValid } from './rules.ts'

/** Whatever is taken out of a document, or changed in it, is found; unless it may be missing, which is said here by name. */

/** What a document may lack: the standard has it, and no rule asks for it. */
const optional = new Set([
  'due',
  'notes',
  'notes.*',
  'order',
  'tax_currency',
  'tax_currency.decimals',
  'terms',
  'attachments',
  'attachments.*',
  // Of several numbers one is enough.
  'seller.id',
  'seller.registration',
  'seller.vat_id',
  'seller.tax_id',
  'seller.legal_form',
  'buyer.vat_id',
  'seller.registration.scheme',
  'seller.id.scheme',
  'buyer.registration',
  'buyer.registration.scheme',
  'seller.address.line1',
  'buyer.address.line1',
  'delivery.address.line1',
  'buyer.contact',
  'buyer.contact.email',
  'seller.address.city',
  'seller.address.postal_code',
  'buyer.address.city',
  'buyer.address.postal_code',
  'delivery.address',
  'delivery.address.city',
  'delivery.address.postal_code',
  'seller.contact',
  'seller.contact.name',
  'seller.contact.phone',
  'seller.contact.email',
  'payment',
  'payment.reference',
  'payment.account.holder',
  'payment.account.bic',
  'preceding.issued',
  'lines.*.description',
  'lines.*.base_quantity',
  'taxes.*.reason_code',
  'allowances.*.reason_code',
])
/** Codes of the reasons of discounts may be missing where the words are there. */
const worded = new Set(['lines.*.allowance.reason_code', 'allowances.*.reason_code'])

test.each(samples)('%s is valid as it stands', (_, document, profile) => {
  expect(checkEInvoice(composeEInvoice(document, profile), profile)).toEqual([])
})

test.each(samples)('whatever is taken out of it is found: %s', (_, document, profile) => {
  const invoice = composeEInvoice(document, profile)
  const missed: string[] = []
  for (const path of paths(invoice)) {
    const value = valueAt(invoice, path)
    // Nothing, and a sum of nothing, can not be taken out.
    if (value === null || value === 0 || (Array.isArray(value) && value.length === 0)) continue
    if (optional.has(named(path)) || worded.has(named(path))) continue
    let found: number
    try {
      found = checkEInvoice(without(invoice, path), profile).length
    } catch {
      // What a document can't be without is not even a document.
      found = 1
    }
    if (found === 0) missed.push(named(path))
  }
  expect([...new Set(missed)]).toEqual([])
})

/** Numbers that follow from nothing else in the document. */
const free = new Set(['tax_currency.amount', 'tax_currency.decimals', 'decimals'])

test.each(samples)('whichever number is changed is found: %s', (_, document, profile) => {
  const invoice = composeEInvoice(document, profile)
  const missed: string[] = []
  for (const path of paths(invoice)) {
    const value = valueAt(invoice, path)
    if (typeof value !== 'number' || free.has(named(path))) continue
    for (const to of [value + 1, value - 1, value + 100, -value])
      if (to !== value && isValid(checkEInvoice(changed(invoice, path, to), profile)))
        missed.push(`${named(path)} ${value} ${to}`)
  }
  // A discount, its percentage and its base are compared to two cents, as receivers do.
  const close = /^(?:allowances|lines)\.\*\.(?:allowance\.)?(?:percentage|base|amount) (\d+) (\d+)$/
  const isClose = (one: string) => {
    const [, from, to] = close.exec(one) ?? []
    return from !== undefined && Math.abs(Number(from) - Number(to)) === 1
  }
  expect(missed.filter((one) => !isClose(one))).toEqual([])
})

test.each(samples)('whichever quantity or price is changed is found: %s', (_, document, profile) => {
  const invoice = composeEInvoice(document, profile)
  invoice.lines.forEach((line, i) => {
    for (const [field, to] of [
      ['quantity', String(Number(line.quantity) + 1)],
      ['price', String(Number(line.price) + 0.1)],
      ['price', `-${line.price}`],
      ['base_quantity', '0'],
    ] as const)
      expect(isValid(checkEInvoice(changed(invoice, ['lines', i, field], to), profile)), `${field} ${to}`).toBe(false)
  })
})

test('generated documents that we call valid come back as they were told, in every syntax', { timeout: 60_000 }, async () => {
  for (const syntax of syntaxes) {
    let valid = 0
    for (let seed = 1; seed <= 100; seed++) {
      const { findings, differences } = await writeAndRead(generate(seed), syntax)
      if (!isValid(findings)) continue
      valid++
      expect(differences, `${syntax} ${seed}`).toEqual([])
    }
    expect(valid).toBeGreaterThan(50)
  }
})
