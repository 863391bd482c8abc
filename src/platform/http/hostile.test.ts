import Type, { type TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { describe as describeFaults } from './errors.ts'
import { strict } from './types.ts'
import { createValidation } from './validation.ts'

/** Bodies that were made to confuse whoever explains them. */

const checking = (schema: TSchema) => {
  const check = createValidation().compile({ schema, httpPart: 'body', method: 'POST', url: '/' })
  return (data: unknown) => {
    const answer = check(data) as { error?: { validation: [] } }
    return describeFaults(answer.error!.validation, 'body').map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
  }
}
const told = (schema: TSchema, data: unknown) => checking(schema)(data)

const lines = Type.Array(Type.Object({ name: Type.String(), price: Type.Integer() }, strict))
const Quote = Type.Object({ type: Type.Literal('quote'), lines }, strict)
const Invoice = Type.Object({ type: Type.Literal('invoice'), lines, due: Type.Optional(Type.String()) }, strict)
const wrong = (count: number) => Array.from({ length: count }, () => ({ name: 1, price: 'x', a: 1, b: 1, c: 1 }))

test('there is always a fault to tell, also when the search ended before the branch that was meant', () => {
  const schema = Type.Union([Quote, Invoice])
  const tooMany = 'This has too many faults to name them'
  expect(told(schema, { type: 'invoice', lines: wrong(1_900) })).toEqual([`body: ${tooMany}`])
  expect(told(Type.Array(schema), [{ type: 'invoice', lines: wrong(1_900) }])).toEqual([`body.0: ${tooMany}`])
})

test('names that every object has are no fields', () => {
  const A = Type.Object({ type: Type.Literal('x'), plain: Type.Optional(Type.String()), only_a: Type.Integer() }, strict)
  const B = Type.Object({ type: Type.Literal('x'), constructor: Type.Optional(Type.String()), only_b: Type.Integer() }, strict)
  // `constructor` is a field of B only: B is meant.
  expect(told(Type.Union([A, B]), { type: 'x', constructor: 'c' })).toEqual(['body.only_b: Field required'])
  const names = { type: 'x', toString: 1, valueOf: 1, hasOwnProperty: 1 }
  expect(told(Type.Union([A, B]), names).sort()).toContain('body.toString: Extra inputs are not permitted')
})

test('unions in lists in unions are explained at once', () => {
  const leaf = (type: string) => Type.Object({ type: Type.Literal(type), n: Type.Integer() }, strict)
  const inner = Type.Union([leaf('a'), leaf('b'), leaf('c')])
  const group = (type: string) => Type.Object({ type: Type.Literal(type), items: Type.Array(inner) }, strict)
  const schema = Type.Object({ groups: Type.Array(Type.Union([group('x'), group('y')])) }, strict)
  const items = Array.from({ length: 50 }, () => ({ type: 'b', n: 'no' }))
  const data = { groups: Array.from({ length: 50 }, () => ({ type: 'y', items })) }
  const explain = checking(schema)
  // The first time it is compiled.
  expect(explain(data)[0]).toBe('body.groups.0.items.0.n: Input should be a valid integer')
  const used_ms = processorTime()
  explain(data)
  // Some milliseconds.
  expect(used_ms()).toBeLessThan(1_000)
})
