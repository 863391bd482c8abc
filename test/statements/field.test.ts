import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { areNew, fingerprint } from '../../src/core/statements/duplicates.ts'
import { type Books, matcher, type Verdict } from '../../src/core/statements/match.ts'
import { gapIn, type Movement, NO_CURRENCY } from '../../src/core/statements/types.ts'
import { type ReadFile, readReportFile, readStatementFile } from '../../src/modules/payments/statements/statement-file.ts'

/** Files of banks as the world sends them, one for each kind of trouble, with what is right to do with them. */

const folder = join(import.meta.dirname, 'files')
const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))

interface Expected {
  format: string
  account?: string | null
  currency?: string
  opening?: number
  closing?: number
  adds_up?: false
  refused?: string
  after?: string[]
  never?: string[]
  statements?: { account: string; number: string; opening: number; closing: number; entries: number }[] | number
  payments?: unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: a table of the field
  entries?: any[]
}
const expected: Record<string, Expected> = json('expected.json')
const world = json('world.json')

interface Document {
  number: string
  kind: 'invoice' | 'credit_note' | 'bill'
  currency: string
  open: number
  discount?: { until: string; to_pay: number } | null
  reference?: string | null
  counterpart: { name: string; iban: string | null }
}
const books: Books = {
  documents: [...world.receivables, ...world.payables].map((one: Document) => ({
    id: one.number,
    number: one.number,
    kind: one.kind,
    currency: one.currency,
    open: one.open,
    discounts: one.discount ? [one.discount] : [],
    reference: one.reference ?? null,
    counterpart: { name: one.counterpart.name, ibans: one.counterpart.iban ? [one.counterpart.iban] : [] },
  })),
  sent: world.sent.map((one: { pays: { document: string; amount: number }[] }) => ({
    ...one,
    sign: 'debit' as const,
    pays: one.pays.map(({ document, amount }) => ({ id: document, amount })),
  })),
  accounts: world.accounts.map(({ iban }: { iban?: string }) => iban).filter(Boolean),
}

const squeezed = (text: string | null) => (text ?? '').replace(/\s/g, '').toLowerCase()
/** The account of that file is in dollars, which the file does not say. */
async function read(name: string): Promise<ReadFile> {
  const found = await readStatementFile(readFileSync(join(folder, name)))
  const dollars = <T extends { currency: string | null }>(one: T): T =>
    one.currency === NO_CURRENCY ? { ...one, currency: 'USD' } : one
  return { ...found, statements: found.statements.map((one) => ({ ...dollars(one), movements: one.movements.map(dollars) })) }
}

async function movementsOf(name: string): Promise<{ movement: Movement; verdict: Verdict }[]> {
  const { statements } = await read(name)
  return statements.flatMap((statement) => {
    const decide = matcher(statement.movements, books, (gapIn(statement) ?? 0) === 0)
    return statement.movements.map((movement, i) => ({ movement, verdict: decide(i) }))
  })
}

const cases = Object.entries(expected).filter(([, one]) => !one.refused && !one.payments)

describe('what the file says', () => {
  test.each(cases)('%s', async (name, right) => {
    const { statements } = await read(name)
    if (Array.isArray(right.statements)) {
      expect(
        statements.map(({ number, opening, closing, movements }) => ({ number, opening, closing, entries: movements.length })),
      ).toEqual(right.statements.map(({ number, opening, closing, entries }) => ({ number, opening, closing, entries })))
    } else if (right.opening !== undefined && right.closing !== undefined) {
      expect([statements[0]!.opening, statements.at(-1)!.closing]).toEqual([right.opening, right.closing])
    }
    if (typeof right.statements === 'number') expect(statements).toHaveLength(right.statements)
    if (right.currency) expect(statements[0]!.currency).toBe(right.currency)
    if (right.format.startsWith('camt')) expect(statements[0]!.format).toBe(right.format)
    for (const statement of statements) {
      const gap = gapIn(statement)
      if (right.adds_up === false) expect(gap).not.toBe(0)
      else expect(gap ?? 0).toBe(0)
    }
    const movements = statements.flatMap((one) => one.movements)
    const wanted = right.entries!.filter(({ status }) => !status || movements.some((one) => one.status !== 'booked'))
    expect(movements.length).toBe(wanted.length)
    movements.forEach((movement, i) => {
      const entry = wanted[i]
      const { date, value_date, amount, currency, sign, end_to_end_id = null, reference = null, bank_ref = null } = entry
      const said = {
        date,
        value_date,
        amount,
        currency,
        sign,
        end_to_end_id,
        reference,
        bank_ref,
        status: entry.status ?? 'booked',
      }
      expect(movement, `${name} ${i}`).toMatchObject({
        ...said,
        fee: entry.fee ?? null,
        entry_amount: entry.entry_amount ?? null,
        original: entry.original ?? null,
        transactions: entry.transactions ?? null,
        iban: entry.iban ?? null,
      })
      expect(squeezed(`${movement.name} ${movement.text}`)).toContain(squeezed(entry.name ?? ''))
      // The sum of a batch has no words of its own in this file.
      if (name !== 'camt053-our-batch-as-one-debit.xml')
        expect(squeezed(`${movement.name} ${movement.text}`)).toContain(squeezed(entry.text ?? ''))
    })
  })
})

describe('what it pays', () => {
  test.each(cases)('%s', async (name, right) => {
    const found = await movementsOf(name)
    const wanted = right.entries!.filter(({ status }) => !status || found.some(({ movement }) => movement.status !== 'booked'))
    found.forEach(({ verdict }, i) => {
      const entry = wanted[i]
      if (entry.duplicate) return
      const label = `${name} ${i}: ${JSON.stringify(entry)} got ${JSON.stringify(verdict)}`
      expect([entry.verdict, ...(entry.accept ?? [])], label).toContain(verdict.verdict)
      if (verdict.verdict === 'match')
        expect(verdict.pays, label).toEqual(
          entry.pays.map(({ document, amount }: { document: string; amount: number }) => ({ id: document, amount })),
        )
      else if (entry.pays?.length > 0)
        expect(verdict.pays, label).toEqual(
          entry.pays.map(({ document, amount }: { document: string; amount: number }) => ({ id: document, amount })),
        )
      if (entry.candidates) expect([...verdict.candidates].sort(), label).toEqual(entry.candidates)
      if (entry.overpaid) expect(verdict.overpaid, label).toBe(entry.overpaid)
      if (entry.settles !== undefined) expect(verdict.settles, label).toBe(entry.settles)
      if (entry.undoes_payment) expect(verdict.undoes_payment, label).toBe(entry.undoes_payment)
      if (entry.undoes) expect(found[verdict.undoes!]!.movement.bank_ref, label).toBe(entry.undoes)
      if (entry.undo_document) expect(verdict.undo, label).toEqual([{ id: entry.undo_document, amount: entry.undo_amount }])
      if (entry.already_paid) expect(verdict.already_paid, label).toBe(entry.already_paid)
    })
    const matched = found
      .filter(({ verdict }) => verdict.verdict === 'match')
      .flatMap(({ verdict }) => verdict.pays.map(({ id }) => id))
    for (const id of right.never ?? []) expect(matched, `${name} must not touch ${id}`).not.toContain(id)
  })
})

describe('what was read before', () => {
  const known = (movements: readonly Movement[]) => {
    const counts = new Map<string, number>()
    for (const one of movements) counts.set(fingerprint(one), (counts.get(fingerprint(one)) ?? 0) + 1)
    return counts
  }
  test.each(cases.filter(([, one]) => one.entries?.some(({ duplicate }) => duplicate)))('%s', async (name, right) => {
    const before = (await Promise.all(right.after!.map(movementsOf))).flat().map(({ movement }) => movement)
    const now = (await movementsOf(name)).map(({ movement }) => movement)
    expect(areNew(now, known(before))).toEqual(right.entries!.map(({ duplicate }) => !duplicate))
  })
  test.each(cases)('%s, read twice, adds nothing', async (name) => {
    const movements = (await movementsOf(name)).map(({ movement }) => movement)
    expect(areNew(movements, known(movements)).filter(Boolean)).toEqual([])
    expect(areNew(movements, new Map()).filter((one) => !one)).toEqual([])
  })
})

describe('what is no statement is refused with a reason', () => {
  test.each(Object.entries(expected).filter(([name, one]) => one.refused && name !== 'not-ours.xml'))('%s', async (name) => {
    await expect(read(name)).rejects.toMatchObject({
      name: 'StatementRefused',
      message: expect.stringMatching(/[a-z]{3} .*[a-z]/),
    })
  })
})

describe('what a bank tells of our payments', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a table of the field
  const reports = Object.entries(expected).filter(([, one]) => one.payments) as [string, any][]
  test.each(reports)('%s', async (name, right) => {
    const report = await readReportFile(readFileSync(join(folder, name)))
    const told = new Map(report.payments.map((one) => [one.id, one]))
    expect(report.all).toEqual([])
    if (right.message_id) expect(report.message_id).toBe(right.message_id)
    for (const { end_to_end_id, trace, becomes, reason, correction } of right.payments) {
      const one = told.get(end_to_end_id ?? trace)
      if (becomes === 'unchanged') expect(one?.becomes ?? 'noted').toBe('noted')
      else expect(one?.becomes).toBe(becomes)
      if (reason) expect(one?.reason).toBe(reason)
      if (correction) expect(one?.correction).toBe(correction.account_number)
    }
  })
})
