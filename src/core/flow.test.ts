import { expect, test } from 'vitest'
import { flow } from './flow.ts'

type State = 'draft' | 'issued' | 'partially_paid' | 'paid'
type Action = 'edit' | 'issue' | 'pay' | 'pay_part' | 'write_off' | 'deny' | 'delay' | 'lapse'

const invoice = flow<State, Action>(
  'invoice',
  {
    draft: { edit: 'draft', issue: 'issued' },
    issued: { pay: 'paid', pay_part: 'partially_paid', write_off: 'paid', lapse: 'issued' },
    partially_paid: { pay: 'paid', deny: 'partially_paid', delay: 'partially_paid' },
    paid: {},
  },
  { pay_part: 'be paid in part', lapse: 'fall overdue' },
)

test('an action that is allowed leads to the state its cell names, every other is a conflict', () => {
  for (const state of invoice.states) {
    for (const action of invoice.actions) {
      const expected = invoice.table[state][action]
      expect(invoice.can(state, action)).toBe(expected !== undefined)
      if (expected) expect(invoice.next(state, action)).toBe(expected)
      else expect(() => invoice.next(state, action)).toThrow(expect.objectContaining({ kind: 'conflict' }))
    }
  }
})

test('one state leads to another where some action does', () => {
  expect(invoice.leadsTo('issued', 'partially_paid')).toBe(true)
  expect(invoice.leadsTo('draft', 'paid')).toBe(false)
  expect(invoice.leadsTo('paid', 'paid')).toBe(false)
  expect(invoice.leadsTo('nowhere', 'paid')).toBe(false)
})

test('what leads to one state is known without asking for a row; what leads to several is not', () => {
  expect(invoice.leads('pay')).toEqual({ from: ['issued', 'partially_paid'], to: 'paid' })
  const open = flow<'a' | 'b', 'go' | 'stay'>('x', { a: { go: 'b', stay: 'a' }, b: { stay: 'b' } })
  expect(open.leads('go')).toEqual({ from: ['a'], to: 'b' })
  expect(() => open.leads('stay')).toThrow('does not lead to one state')
})

test.each<[State, Action, string]>([
  ['paid', 'issue', "An invoice that is paid can't be issued"],
  ['paid', 'edit', "An invoice that is paid can't be edited"],
  ['draft', 'pay', "An invoice that is a draft can't be paid"],
  ['partially_paid', 'write_off', "An invoice that is partially paid can't be written off"],
  ['draft', 'deny', "An invoice that is a draft can't be denied"],
  ['draft', 'delay', "An invoice that is a draft can't be delayed"],
  ['draft', 'pay_part', "An invoice that is a draft can't be paid in part"],
  ['draft', 'lapse', "An invoice that is a draft can't fall overdue"],
])('from %s, %s is refused in plain English', (state, action, sentence) => {
  expect(() => invoice.next(state, action)).toThrow(sentence)
})

test('the article fits the noun, and a state can have words of its own', () => {
  const note = flow<'new' | 'sent', 'send'>('credit note', { new: { send: 'sent' }, sent: {} }, { sent: 'on its way' })
  expect(() => note.next('sent', 'send')).toThrow("A credit note that is on its way can't be sent")
})

test('a flow knows its states and actions, each once and in order, and nobody can bend it', () => {
  expect(invoice.name).toBe('invoice')
  expect(invoice.states).toEqual(['draft', 'issued', 'partially_paid', 'paid'])
  expect(invoice.actions).toEqual(['edit', 'issue', 'pay', 'pay_part', 'write_off', 'lapse', 'deny', 'delay'])
  for (const part of [invoice, invoice.table, invoice.table.paid, invoice.states, invoice.actions])
    expect(Object.isFrozen(part)).toBe(true)
})

test('a refusal names the whole way out, the shortest, and never one over what nobody asks for', () => {
  const bill = flow<'draft' | 'new' | 'late' | 'open' | 'paid', 'finish' | 'miss' | 'approve' | 'pay' | 'pay_late' | 'undo'>(
    'bill',
    {
      draft: { miss: 'late', finish: 'new' },
      late: { pay_late: 'paid' },
      new: { approve: 'open' },
      open: { pay: 'paid' },
      paid: { undo: 'open' },
    },
    { finish: 'have all it needs' },
    ['miss'],
  )
  expect(() => bill.next('draft', 'pay')).toThrow(/first it has to have all it needs, then be approved$/)
  expect(bill.wayTo('draft', 'pay')).toEqual(['finish', 'approve'])
  expect(bill.wayTo('draft', 'pay_late')).toEqual([])
  expect(bill.wayTo('paid', 'pay')).toEqual([])
  expect(bill.wayTo('paid', 'approve')).toEqual([])
  expect(bill.wayTo('new', 'miss')).toEqual([])
  // What leads here was done: to pay only to undo it is no way.
  expect(bill.wayTo('open', 'undo')).toEqual([])
  expect(bill.wayTo('new', 'undo')).toEqual(['approve', 'pay'])
})
