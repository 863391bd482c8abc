import { expect, test } from 'vitest'
import { once } from './once.ts'

test('it is done once, for all who ask', async () => {
  let count = 0
  const answer = once(async () => ++count)
  expect(await Promise.all([answer(), answer()])).toEqual([1, 1])
  expect(await answer()).toBe(1)
})

test('one that failed is tried again', async () => {
  let count = 0
  const answer = once(async () => {
    if (++count === 1) throw new Error('not yet')
    return count
  })
  await expect(Promise.all([answer(), answer()])).rejects.toThrow('not yet')
  expect(await answer()).toBe(2)
})
