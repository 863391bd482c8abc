import { expect, test } from 'vitest'
import type { AccountingProvider, Holder, Pushed, PushedDocument, PushedParty, PushedType } from '../../ports/accounting.ts'

/** What every ledger has to do, whoever keeps it. */

export interface Stage {
  readonly provider: AccountingProvider
  readonly holder: Holder
  /** How many living objects of a kind bear this reference of ours. */
  count(type: PushedType, reference: string): Promise<number>
}

const party = (id: string): PushedParty => ({
  type: 'customer',
  id,
  name: 'Acme GmbH',
  other_name: `Acme GmbH (${id.slice(0, 8)})`,
  email: null,
  country: 'DE',
  vat_id: null,
  tax_id: null,
})

const calledOf = (pushed: Pushed): string[] =>
  'other_name' in pushed ? [pushed.name, pushed.other_name] : 'whole_number' in pushed ? [pushed.number] : []

export function passesTheSuite(stage: () => Promise<Stage>): void {
  /** A customer who is there, and an invoice for them that is not. */
  async function start() {
    const { provider, holder, count } = await stage()
    const { accounts, tax_rates } = await provider.pull(holder)
    const customer = party(crypto.randomUUID())
    const there = await provider.push(holder, customer, { reference: customer.id, idempotency: customer.id }, null)
    const id = crypto.randomUUID()
    const invoice: PushedDocument = {
      type: 'receivable',
      id,
      document_id: id,
      number: 'RE-1',
      whole_number: 'RE-1',
      memo: 'RE-1',
      day: '2026-01-05',
      due_day: '2026-01-19',
      currency: 'EUR',
      rate: 1,
      party: { ...customer, ledger_id: there.id },
      lines: [
        {
          text: 'Work',
          quantity: 1,
          unit_price: 10000,
          net: 10000,
          tax: 1900,
          account: accounts.find(({ type }) => type === 'Income')!.id,
          tax_rate: tax_rates.find(({ rate, direction }) => rate === 1900 && direction !== 'purchase')!.id,
          product: null,
        },
      ],
      withheld: 0,
      deducted: 0,
      deductions_tax_rate: null,
      total: 11900,
    }
    const push = async (pushed: Pushed, generation = 1, id: string | null = null) => {
      const known = await provider.find(holder, pushed.type, { reference: pushed.id, id, called: calledOf(pushed) })
      return provider.push(
        holder,
        pushed,
        { reference: pushed.id, idempotency: `${pushed.id}:${generation}:${known?.version}` },
        known,
      )
    }
    return { provider, holder, count, invoice, customer, push }
  }

  test('says its accounts and tax rates, each under an id of its own', async () => {
    const { provider, holder } = await stage()
    const { accounts, tax_rates, business, usual } = await provider.pull(holder)
    for (const list of [accounts, tax_rates]) {
      expect(list.length).toBeGreaterThan(0)
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
    }
    expect(business.base_currency).toBe('EUR')
    for (const id of Object.values(usual ?? {})) expect(accounts.map((account) => account.id)).toContain(id)
  })

  test('what is pushed again is one object, found by our id', async () => {
    const { provider, holder, count, invoice, push } = await start()
    expect(await provider.find(holder, 'receivable', { reference: invoice.id, called: ['RE-1'] })).toBeNull()
    const first = await push(invoice)
    const second = await push(invoice)
    expect(second.id).toBe(first.id)
    expect(await provider.find(holder, 'receivable', { reference: invoice.id, id: first.id })).toMatchObject({ id: first.id })
    expect(await count('receivable', invoice.id)).toBe(1)
  })

  test('what is pushed at the same moment under one key is one object', async () => {
    const { provider, holder, count, invoice } = await start()
    const key = { reference: invoice.id, idempotency: `${invoice.id}:1` }
    const answers = await Promise.all([1, 2, 3].map(() => provider.push(holder, invoice, key, null)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await count('receivable', invoice.id)).toBe(1)
  })

  test('what has changed is the same object by our id, and bears another version', async () => {
    const { count, invoice, push, provider, holder } = await start()
    const first = await push(invoice)
    const [line] = invoice.lines
    await push({ ...invoice, lines: [{ ...line!, net: 5000, tax: 950 }], total: 5950 })
    const found = await provider.find(holder, 'receivable', { reference: invoice.id, called: ['RE-1'] })
    expect(found!.version).not.toBe(first.version)
    expect(await count('receivable', invoice.id)).toBe(1)
  })

  test('two invoices that say the same are two', async () => {
    const { count, invoice, push } = await start()
    const id = crypto.randomUUID()
    const other = { ...invoice, id, document_id: id }
    expect((await push(other)).id).not.toBe((await push(invoice)).id)
    expect([await count('receivable', invoice.id), await count('receivable', id)]).toEqual([1, 1])
  })

  test('a customer is one, whatever the name is by now', async () => {
    const { customer, push } = await start()
    const before = await push(customer)
    expect((await push({ ...customer, name: 'Acme Holding', other_name: 'Acme Holding (2)' }, 1, before.id)).id).toBe(before.id)
  })
}
