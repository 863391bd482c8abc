import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { type World, world } from '../../../test/support/world.ts'
import { callOnce, type OutsideCall, OutsideRefusal } from './journal.ts'

/** A provider that makes one effect of each key, and whose answers can get lost on the way. */
function provider() {
  const effects = new Map<string, { id: string }>()
  let asked = 0
  let lost = 0
  return {
    effects,
    asked: () => asked,
    loseAnswers: (count: number) => {
      lost = count
    },
    ask: (key: string) => async () => {
      asked++
      const effect = effects.get(key) ?? { id: randomUUID() }
      effects.set(key, effect)
      if (lost-- > 0) throw new Error('socket hang up')
      return effect
    },
  }
}

let w: World
beforeAll(async () => {
  w = await world()
})
const call = (key: string, request: unknown = { amount: 100 }): OutsideCall => ({
  port: 'payments',
  adapter: 'test',
  action: 'refund',
  key,
  request,
})
const who = () => ({ partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null })
const journal = (key: string) =>
  w.sql<{ status: string; attempts: number; error: string | null }>(
    `select status, attempts, error from outside_calls where key = $1 and entity_id = $2`,
    [key, w.berlin.entityId],
  )

test('an answer that is known is not asked for again', async () => {
  const there = provider()
  const first = await callOnce(w.machinery.db, who(), call('a'), there.ask('a'))
  expect(await callOnce(w.machinery.db, who(), call('a'), there.ask('a'))).toEqual(first)
  expect(there.asked()).toBe(1)
  expect(await journal('a')).toEqual([{ status: 'answered', attempts: 2, error: null }])
})

test('an answer that got lost leaves the call open; asked again under the same key it is one effect', async () => {
  const there = provider()
  there.loseAnswers(2)
  for (let i = 0; i < 2; i++)
    await expect(callOnce(w.machinery.db, who(), call('b'), there.ask('b'))).rejects.toThrow('socket hang up')
  expect(await journal('b')).toEqual([{ status: 'sent', attempts: 2, error: 'socket hang up' }])
  expect(await callOnce(w.machinery.db, who(), call('b'), there.ask('b'))).toEqual(there.effects.get('b'))
  expect(there.effects.size).toBe(1)
  expect(await journal('b')).toEqual([{ status: 'answered', attempts: 3, error: null }])
})

test('a no of the other side is final, and said again without asking', async () => {
  const refuse = async () => {
    throw new OutsideRefusal('card_declined', 'The card was declined')
  }
  for (let i = 0; i < 2; i++) {
    const error = await callOnce(w.machinery.db, who(), call('c'), i === 0 ? refuse : provider().ask('c')).catch((e) => e)
    expect(error).toBeInstanceOf(OutsideRefusal)
    expect([error.code, error.message]).toEqual(['card_declined', 'The card was declined'])
  }
  expect((await journal('c'))[0]!.status).toBe('refused')
})

test('a key that was used for something else sends nothing', async () => {
  const there = provider()
  await callOnce(w.machinery.db, who(), call('d'), there.ask('d'))
  await expect(callOnce(w.machinery.db, who(), call('d', { amount: 200 }), there.ask('d'))).rejects.toMatchObject({
    kind: 'conflict',
  })
  expect(there.asked()).toBe(1)
})

test('the same key of another entity is another call', async () => {
  const there = provider()
  await callOnce(w.machinery.db, who(), call('e'), there.ask('e'))
  await callOnce(w.machinery.db, { ...who(), entityId: w.paris.entityId! }, call('e'), there.ask('e-paris'))
  expect(there.asked()).toBe(2)
})

test('two who ask at once get one effect', async () => {
  const there = provider()
  const answers = await Promise.all([1, 2, 3, 4].map(() => callOnce(w.machinery.db, who(), call('f'), there.ask('f'))))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(there.effects.size).toBe(1)
})
