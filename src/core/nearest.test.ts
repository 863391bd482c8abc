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
