import { describe, expect, test } from 'vitest'
import { invoiceThatIs, type Ready, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Client, world } from '../../../test/support/world.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { creditNoteFlow, type InvoiceAction, type InvoiceState, invoiceFlow, quoteFlow } from './invoice.flow.ts'
import { move, moveAndNumber } from './receivables.service.ts'

/** Every status of an invoice, and all that can be asked of it. What may happen is read from the flow. */

type Ask = (who: Client, id: string, made: Ready) => ReturnType<Client['post']>

const actions: Record<string, { ask: Ask; step: InvoiceAction }> = {
  issue: { step: 'issue', ask: (who, id) => who.post(`/receivables/${id}/issue`) },
  edit: { step: 'edit', ask: (who, id) => who.patch(`/receivables/${id}`, { invoice: { memo: 'Hello' } }) },
  'replace the lines': {
    step: 'edit',
    ask: (who, id, { invoice }) => who.put(`/receivables/${id}/line_items`, { data: invoice.line_items }),
  },
  delete: { step: 'delete', ask: (who, id) => who.delete(`/receivables/${id}`) },
  cancel: { step: 'cancel', ask: (who, id) => who.post(`/receivables/${id}/cancel`) },
  pay: { step: 'pay', ask: (who, id) => who.post(`/receivables/${id}/mark_as_paid`, {}) },
  'pay in part': {
    step: 'pay_part',
    ask: (who, id) => who.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 1 }),
  },
  'write off': { step: 'write_off', ask: (who, id) => who.post(`/receivables/${id}/mark_as_uncollectible`, {}) },
}
const issuedAlready = new Set(['issued', 'partially_paid', 'overdue', 'paid'])

describe.each([...invoiceFlow.states])('an invoice that is %s', (state: InvoiceState) => {
  test('takes the steps its status allows, and refuses the others without a trace', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    for (const [name, { ask, step }] of Object.entries(actions)) {
      w.clock.set(null)
      const id = await invoiceThatIs(w, w.berlin, made, state)
      const [before] = await w.sql(`select * from receivables where id = $1`, [id])
      const { status } = await ask(w.berlin, id, made)
      const next = invoiceFlow.table[state][step]
      const [after] = await w.sql(`select * from receivables where id = $1`, [id])
      if (state === 'deleted') expect([name, status]).toEqual([name, 404])
      else if (next) expect([name, status < 300, after!.status]).toEqual([name, true, next])
      else if (step === 'issue' && issuedAlready.has(state)) expect([name, status]).toEqual([name, 200])
      else expect([name, status]).toEqual([name, 409])
      if (!next) expect(after).toEqual(before)
    }
  })

  test('can be edited after issue only without the rules, and only while it is open', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const edit = async () => {
      w.clock.set(null)
      const id = await invoiceThatIs(w, w.berlin, made, state)
      const { status } = await w.berlin.patch(`/receivables/${id}`, { issued_invoice: { memo: 'Hello' } })
      if (status === 200) expect((await read(w.berlin, id)).memo).toBe('Hello')
      return status
    }
    const gone = state === 'deleted' ? 404 : 409
    expect(await edit()).toBe(gone)
    await withoutRules(w.berlin)
    expect(await edit()).toBe(['issued', 'partially_paid', 'overdue'].includes(state) ? 200 : gone)
  })
})

const flows = { invoice: invoiceFlow, quote: quoteFlow, credit_note: creditNoteFlow } as const
test.each(['invoice', 'quote', 'credit_note'] as const)(
  'no status of an %s is written past its flow, with a number or without',
  (type) => {
    const ctx = { db: { query: () => Promise.reject(new Error('The database was asked')) } } as unknown as Ctx
    const flow = flows[type]
    for (const status of flow.states)
      for (const next of invoiceFlow.states) {
        if (status === next || flow.leadsTo(status, next)) continue
        const before = { id: 'x', type, status }
        expect(() => move(ctx, before, next, 'updated', {})).toThrow('No step leads')
        expect(() => moveAndNumber(ctx, before, next, {} as never, {} as never)).toThrow('No step leads')
      }
  },
)
