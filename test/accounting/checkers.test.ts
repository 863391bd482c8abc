import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chartNamed } from '../../src/core/ledger/charts.data.ts'
import { documentLines, endLines, paymentLines } from '../../src/core/ledger/entry.ts'
import type { Journal, JournalEntry } from '../../src/core/ledger/files/journal.ts'
import { beancountJournal, hledgerJournal } from '../../src/core/ledger/files/plain-text.ts'

/** The programs themselves read what we write: hledger and bean-check, where they are installed. The tests say when they are skipped. */

const has = (program: string) => spawnSync(program, ['--version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'quittance-journals-'))

const chart = chartNamed('skr03')
const role = (name: string) => chart.accounts.find((account) => account.role === name)!.number
const accountsOf = (side: 'sale' | 'purchase') => ({
  party: role(side === 'sale' ? 'receivables' : 'payables'),
  bank: role('bank'),
  fees: role('fees'),
  discounts: role(side === 'sale' ? 'sales_discounts' : 'purchase_discounts'),
  bad_debts: role('bad_debts'),
  overpayments: role(side === 'sale' ? 'customer_overpayments' : 'vendor_overpayments'),
  withheld: role('withheld'),
  deductions: role('deductions'),
  rounding: role('rounding'),
  gains: role('gains'),
  losses: role('losses'),
})

const names = fc.oneof(
  fc.constantFrom(
    'Quellgrund: Handel',
    'éclair_3.0',
    '2. Hof',
    '',
    'Die "Ächten" \\ Söhne;\nGmbH',
    'Moos: Beere & Söhne\tKG',
    '漢字',
  ),
  fc.string({ maxLength: 40, unit: 'grapheme' }),
)
const document = fc.record({
  side: fc.constantFrom('sale' as const, 'purchase' as const),
  net: fc.integer({ min: 0, max: 1_000_000 }),
  rate: fc.constantFrom(0, 700, 1900),
  currency: fc.constantFrom('EUR', 'EUR', 'USD', 'JPY', 'KWD'),
  worth: fc.double({ min: 0.01, max: 3, noNaN: true }),
  paid: fc.integer({ min: 0, max: 120 }),
  name: names,
  text: names,
  day: fc.integer({ min: 0, max: 364 }),
})

/** Random documents as a journal: each with its payment, and what became of the rest. */
function randomJournal(count: number): Journal {
  const entries: JournalEntry[] = []
  for (const [i, one] of fc.sample(document, { numRuns: count, seed: 7 }).entries()) {
    const { side, net, rate, currency } = one
    const worth = { from: currency, to: 'EUR', rate: currency === 'EUR' ? 1 : one.worth }
    const accounts = accountsOf(side)
    const tax = Math.round((net * rate) / 10_000)
    const lines = [
      {
        account: side === 'sale' ? '8400' : '4980',
        net,
        tax,
        tax_rate: rate === 0 ? null : { code: 'X', account: side === 'sale' ? '1776' : '1576' },
      },
    ]
    const total = net + tax
    const open = () => {
      const own = entries
        .filter(({ document }) => document === `D-${i}`)
        .flatMap(({ lines }) => lines.filter(({ party }) => party))
      return {
        currency_amount: own.reduce((sum, { currency_amount }) => sum + currency_amount, 0),
        amount: own.reduce((sum, { amount }) => sum + amount, 0),
      }
    }
    const add = (kind: JournalEntry['kind'], booked: JournalEntry['lines']) => {
      if (booked.length === 0) return
      entries.push({
        number: entries.length + 1,
        day: new Date(Date.UTC(2026, 0, 1 + one.day)).toISOString().slice(0, 10),
        booked_on: '2026-12-31',
        kind,
        object_type: kind,
        document: `D-${i}`,
        text: one.text,
        currency,
        due_day: null,
        party: {
          side: side === 'sale' ? 'customer' : 'vendor',
          number: (side === 'sale' ? 10_000 : 70_000) + (i % 500),
          name: one.name,
        },
        lines: booked,
      })
    }
    add('invoice', documentLines({ side, credit: false, lines, withheld: 0, deducted: 0, total }, accounts, worth, null))
    const amount = Math.floor((total * one.paid) / 100)
    const later = { ...worth, rate: currency === 'EUR' ? 1 : worth.rate * 1.03 }
    add('payment', paymentLines({ side, amount, fee: 0 }, accounts, later, open()))
    const over = Math.max(0, amount - total)
    const reason = over === 0 && one.paid > 50 ? ('discount' as const) : null
    add('end', endLines({ side, reason, rest: reason ? total - amount : 0, over, lines }, accounts, worth, open()))
  }
  return {
    books: {
      name: 'Spreewerk "GmbH"',
      currency: 'EUR',
      chart: 'skr03',
      first_month: 1,
      country: 'DE',
      register_number: null,
      datev_adviser: null,
      datev_client: null,
    },
    accounts: chart.accounts.map(({ number, name, type, role = null }) => ({ number, name, type, role })),
    rates: [],
    entries,
  }
}

const check = (program: 'hledger' | 'bean-check', text: string) => {
  const path = join(folder, program === 'hledger' ? 'books.journal' : 'books.beancount')
  writeFileSync(path, text)
  const args = program === 'hledger' ? ['-f', path, 'check', 'accounts', 'commodities'] : ['--no-cache', path]
  return execFileSync(program, args, { stdio: 'pipe', env: { ...process.env, LANG: 'C.UTF-8' } }).toString()
}

/** The same with another cent on the first line of an entry. */
const centOff = (text: string) =>
  text.replace(/^( +\S+ +-?\d+\.\d)(\d) EUR$/m, (_all, start: string, cent: string) => `${start}${(Number(cent) + 1) % 10} EUR`)

describe('a year of random documents', () => {
  // DOCUMENTS=10000 tries more of them.
  const journal = randomJournal(Number(process.env.DOCUMENTS ?? 500))

  test.skipIf(!has('hledger'))('is accepted by hledger, and a cent off is not', () => {
    const text = hledgerJournal(journal)
    expect(check('hledger', text)).toBe('')
    expect(() => check('hledger', centOff(text))).toThrow()
  })

  test.skipIf(!has('bean-check'))('is accepted by bean-check, and a cent off is not', () => {
    const text = beancountJournal(journal)
    expect(check('bean-check', text)).toBe('')
    expect(() => check('bean-check', centOff(text))).toThrow()
  })
})
