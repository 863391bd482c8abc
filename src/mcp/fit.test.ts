import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitted } from './fit.ts'

test('what fits is sent as it is', () => {
  expect(fitted({ data: [1, 2] }, 1000)).toBe('{"data":[1,2]}')
})

test('too long a list ends after a whole row, with a word how to read on', () => {
  const data = Array.from({ length: 500 }, (_, id) => ({ id, name: `Row "${id}"`, note: 'x'.repeat(50) }))
  const told = JSON.parse(fitted({ data, next_pagination_token: 'abc' }, 5_000))
  expect(told.next_pagination_token).toBe('abc')
  expect(told.data.length).toBeGreaterThan(30)
  expect(told.data).toEqual(data.slice(0, told.data.length))
  expect(told.cut).toMatchObject({ shown: told.data.length, of: 500 })
  expect(told.cut.how).toContain('limit')
})

test('the longest list is the one that is cut, wherever it stands', () => {
  const told = JSON.parse(fitted({ few: [1, 2], body: { rows: Array(400).fill('y'.repeat(40)) } }, 4_000))
  expect(told.few).toEqual([1, 2])
  expect(told.body.rows.length).toBeLessThan(400)
})

test('what has no list is shown from its beginning', () => {
  const told = JSON.parse(fitted({ text: 'z"\n'.repeat(5_000) }, 3_000))
  expect(told.beginning.startsWith('{"text":"z')).toBe(true)
})

test('whatever it is, it is JSON and not longer than was asked for', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1_000, max: 3_000 }), (value, max) => {
      const big = { value, data: Array(200).fill(value), text: '"'.repeat(900) }
      const text = fitted(big, max)
      JSON.parse(text)
      expect(text.length).toBeLessThanOrEqual(max)
    }),
  )
})
