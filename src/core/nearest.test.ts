import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each([
  ['restor', 'restore'],
  ['bakcup', 'backup'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['hepl', 'help'],
  ['backup', null],
  ['fly', null],
  ['', null],
])('who writes %s may have meant %s', (word, meant) => {
  expect(nearest(word, ['backup', 'restore', 'help', 'DATABASE_URL'])).toBe(meant)
})

test('a word that is too far away is given up as soon as that is known, and no nearer one is missed', () => {
  const distance = (a: string, b: string): number => {
    if (a === '' || b === '') return a.length + b.length
    const ways = [
      distance(a.slice(1), b) + 1,
      distance(a, b.slice(1)) + 1,
      distance(a.slice(1), b.slice(1)) + Number(a[0] !== b[0]),
    ]
    if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) ways.push(distance(a.slice(2), b.slice(2)) + 1)
    return Math.min(...ways)
  }
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 7 })
  fc.assert(
    fc.property(letters, letters, fc.integer({ min: 0, max: 2 }), (word, name, most) => {
      const far = distance(word, name)
      expect(nearest(word, [name], most)).toBe(far > 0 && far <= Math.min(most, Math.floor(word.length / 3)) ? name : null)
    }),
    { numRuns: 500 },
  )
})
