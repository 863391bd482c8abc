import { Ajv } from 'ajv'
import Type, { type TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { describe as describeFaults } from './errors.ts'
import { endless, prose, strict } from './types.ts'
import { createValidation, FIELDS_MAX, LIST_MAX, readJson, TEXT_MAX, withoutFaults } from './validation.ts'

const check = (schema: TSchema, data: unknown, httpPart: 'body' | 'querystring' = 'body') =>
  (
    createValidation().compile({ schema, httpPart, method: 'POST', url: '/' }) as (data: unknown) => {
      value?: unknown
      error?: Error
    }
  )(data)
const faultsOf = (schema: TSchema, data: unknown) =>
  describeFaults((check(schema, data).error as unknown as { validation: [] }).validation, 'body')

const unknownKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`u${i}`, 1]))
const Closed = Type.Object({ name: Type.String() }, strict)

describe('a value with very many faults', () => {
  test.each([
    ['unknown keys', Closed, unknownKeys(100_000)],
    ['unknown keys in one form of a union', Type.Object({ a: Type.Union([Closed, Type.Null()]) }), { a: unknownKeys(100_000) }],
    ['entries of the wrong type', Type.Array(Type.String()), Array.from({ length: 100_000 }, () => 1)],
    ['empty entries', Type.Array(Type.Union([Closed, Type.Array(Closed)])), Array.from({ length: 100_000 }, () => ({}))],
  ])('is refused at once: %s', (_name, schema, data) => {
    const used_ms = processorTime()
    const { error } = check(schema, data)
    // Some milliseconds; by the square of their number it would be a minute.
    expect(used_ms()).toBeLessThan(2_000)
    expect((error as unknown as { validation: unknown[] }).validation.length).toBeLessThanOrEqual(5_000)
  })

  test('is good all the same when another form of its union takes it', () => {
    const schema = Type.Object({ a: Type.Union([Closed, Type.Object({}, { maxProperties: 10_000 })]) })
    const data = { a: unknownKeys(5_000) }
    expect(check(schema, data)).toEqual({ value: data })
  })

  test('is explained by the form of a union that was meant, also when each of five hundred lines is wrong', () => {
    const lines = Type.Array(Type.Object({ name: Type.String(), price: Type.Integer() }, strict))
    const Quote = Type.Object({ type: Type.Literal('quote'), expiry: Type.Optional(Type.String()), lines }, strict)
    const Invoice = Type.Object({ type: Type.Literal('invoice'), due: Type.Optional(Type.String()), lines }, strict)
    const faults = faultsOf(Type.Union([Quote, Invoice]), {
      type: 'invoice',
      due: 'today',
      lines: Array.from({ length: 500 }, () => ({ name: 1, price: 'x' })),
    })
    expect(new Set(faults.map(({ type }) => type))).toEqual(new Set(['string_type', 'int_type']))
  })

  test('names its first faults, whole', () => {
    const faults = faultsOf(Closed, { ...unknownKeys(3), name: 5 })
    expect(faults.map(({ loc }) => loc.join('.')).sort()).toEqual(['body.name', 'body.u0', 'body.u1', 'body.u2'])
    expect(faultsOf(Closed, unknownKeys(5_000)).length).toBeLessThan(50)
  })

  test('does not come back whole in the answer', () => {
    const long = 'k'.repeat(1_000_000)
    const deep = Type.Object({ a: Type.Record(Type.String(), Closed) })
    expect(JSON.stringify(faultsOf(deep, { a: { [long]: unknownKeys(50) } })).length).toBeLessThan(20_000)
    expect(JSON.stringify(faultsOf(Closed, { [long]: 1 })).length).toBeLessThan(2_000)
  })
})

test('a list without a bound of its own has one, and is not looked into beyond it', () => {
  const list = (count: number) => Array.from({ length: count }, () => 'x')
  expect(check(Type.Array(Type.String()), list(LIST_MAX)).error).toBeUndefined()
  for (const tooMany of [list(LIST_MAX + 1), Array(LIST_MAX + 1).fill(1)])
    expect(faultsOf(Type.Array(Type.String()), tooMany)).toEqual([
      { loc: ['body'], msg: `List should have at most ${LIST_MAX} items`, type: 'too_long' },
    ])
  expect(check(Type.Array(Type.String(), { maxItems: 2 * LIST_MAX }), list(LIST_MAX + 1)).error).toBeUndefined()
})

test('an object that may have any field has no more than so many', () => {
  const open = Type.Object({ a: Type.Record(Type.String(), Type.Integer()), b: Type.Optional(Type.Object({})) })
  expect(check(open, { a: unknownKeys(FIELDS_MAX) }).error).toBeUndefined()
  for (const name of ['a', 'b'])
    expect(faultsOf(open, { a: {}, [name]: unknownKeys(FIELDS_MAX + 1) })).toEqual([
      { loc: ['body', name], msg: `Object should have at most ${FIELDS_MAX} fields`, type: 'too_long' },
    ])
})

test('a text without a bound of its own has one, and what is written for mails a larger one', () => {
  const text = 'x'.repeat(TEXT_MAX)
  expect(check(Type.String(), text).error).toBeUndefined()
  expect(faultsOf(Type.Object({ a: Type.String() }), { a: `${text}x` })).toEqual([
    { loc: ['body', 'a'], msg: `String should have at most ${TEXT_MAX} characters`, type: 'string_too_long' },
  ])
  expect(check(prose, 'x'.repeat(100_000)).error).toBeUndefined()
  expect(check(prose, 'x'.repeat(100_001)).error).toBeDefined()
  expect(check(endless, text.repeat(100)).error).toBeUndefined()
})

test('what stands in a URL is read as before: numbers, single entries of lists, defaults', () => {
  const schema = Type.Object({
    limit: Type.Optional(Type.Integer({ default: 5 })),
    id__in: Type.Optional(Type.Array(Type.Integer())),
  })
  expect(check(schema, { id__in: '7' }, 'querystring')).toEqual({ value: { id__in: [7], limit: 5 } })
  expect(check(schema, { limit: '1e999' }, 'querystring').error).toBeDefined()
})

test.each([
  ['a million numbers', `[${'1,'.repeat(999_999)}1]`],
  ['a hundred thousand keys', `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}`],
])('JSON of %s is read in a time that grows with its length', (_name, text) => {
  const used_ms = processorTime()
  readJson(text)
  expect(used_ms()).toBeLessThan(2_000)
})

test.each([
  ['lists', '['.repeat(900_000)],
  ['closed lists', `${'['.repeat(900_000)}${']'.repeat(900_000)}`],
  ['objects', '{"a":'.repeat(200_000)],
])('JSON nested without end is refused: %s', (_name, text) => {
  expect(() => readJson(text)).toThrow(/JSON decode error|nested too deeply/)
})

test('a text piles up no more marks on a letter than anybody reads', () => {
  const marked = (marks: number) => JSON.stringify({ a: ['b', `x${'\u0301'.repeat(marks)}y`] })
  readJson(marked(100))
  readJson(JSON.stringify(`x${'e\u0301'.repeat(1_000)}`))
  expect(() => readJson(marked(101))).toThrow(/marks/)
  expect(() => readJson(JSON.stringify('\u0323\u0301'.repeat(60)))).toThrow(/marks/)
})

test('JSON names the place of what no schema sees', () => {
  const placeOf = (text: string) => {
    try {
      readJson(text)
    } catch (error) {
      return (error as { details: { loc: unknown[] }[] }).details[0]!.loc
    }
  }
  expect(placeOf('{"a":[1,{"b":"ok"},{"c":[2,"x\\u0000"]}]}')).toEqual(['body', 'a', 2, 'c', 1])
  expect(placeOf('{"a":[1,{"b":"\\ud800"}]}')).toEqual(['body', 'a', 1, 'b'])
})

test('whoever only says whether a value is good describes no fault', () => {
  let written = ''
  const process = (code: string) => {
    written = withoutFaults(code)
    return written
  }
  const awkward = Type.Object({ 'a"}b': Type.String({ pattern: '^"{2}\\}$' }), n: Type.Integer({ minimum: 1 }) }, strict)
  const isGood = new Ajv({ code: { process }, messages: false }).compile(
    Type.Union([awkward, Type.Array(Type.Enum(['{', '"']), { maxItems: 2 })]),
  )
  expect(written).not.toMatch(/keyword:|schemaPath:/)
  const values = [{ 'a"}b': '""}', n: 1 }, { 'a"}b': '"}', n: 1 }, { 'a"}b': '""}', n: 0 }, ['{'], ['}'], ['{', '"', '{']]
  expect(values.map((value) => isGood(value))).toEqual([true, false, false, true, false, false])
})
