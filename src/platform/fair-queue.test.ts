import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fairQueue, QueueFull } from './fair-queue.ts'

/** Work that notes when it is done, and takes a moment. */
const noting =
  (done: string[], name: string, ms = 1) =>
  async () => {
    await sleep(ms)
    done.push(name)
    return name
  }

test('the one piece of an owner does not wait for the many of another', async () => {
  const queue = fairQueue({ at_once: 1, waiting_max: 100 })
  const done: string[] = []
  const many = Array.from({ length: 20 }, (_, n) => queue.run('many', noting(done, `many ${n}`)))
  const few = [queue.run('few', noting(done, 'few 0')), queue.run('few', noting(done, 'few 1'))]
  await Promise.all([...many, ...few])
  expect(done.slice(0, 5)).toEqual(['many 0', 'many 1', 'few 0', 'many 2', 'few 1'])
})

test('as many are at work as there are hands, and a piece that fails frees its hand', async () => {
  const queue = fairQueue({ at_once: 2, waiting_max: 100 })
  let atWork = 0
  let most = 0
  const piece = async () => {
    most = Math.max(most, ++atWork)
    await sleep(2)
    atWork--
    throw new Error('no')
  }
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => queue.run(String(n), piece)))
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect([most, atWork]).toEqual([2, 0])
  await queue.idle()
})

test('an owner with too many waiting is refused, others are not', async () => {
  const queue = fairQueue({ at_once: 1, waiting_max: 2 })
  const done: string[] = []
  const taken = [1, 2, 3].map((n) => queue.run('a', noting(done, String(n))))
  await expect(queue.run('a', noting(done, '4'))).rejects.toThrow(QueueFull)
  await queue.run('b', noting(done, 'b'))
  await Promise.all(taken)
  await queue.run('a', noting(done, '5'))
})

test('an owner whose work takes long may have less of it waiting', async () => {
  const queue = fairQueue({ at_once: 1, waiting_max: 100, waiting_ms: 50 })
  const done: string[] = []
  await queue.run('slow', noting(done, 'first', 40))
  const slow = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => queue.run('slow', noting(done, `slow ${n}`, 40))))
  expect(slow.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(3)
  await Promise.all(Array.from({ length: 50 }, (_, n) => queue.run('quick', noting(done, `quick ${n}`, 0))))
})
