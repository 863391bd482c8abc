import { expect, test } from 'vitest'
import { customer, invoiceBody, line, type Owner } from '../isolation/resources.ts'
import { house, world } from '../support/world.ts'
import { longestBlock } from './watch.ts'

/** A list of the largest documents there may be is read in pages that the server can answer beside others. */

const BLOCK_MS = 200
const LINES = 500
const COUNT = 15

test('a list of large documents comes in pages that end early, and each of them once', { timeout: 120_000 }, async () => {
  const { app } = await house()
  const own = await world()
  const berlin: Owner = { user: own.berlin, entityId: own.berlin.entityId!, partner: own.partnerIn(own.berlin.entityId!) }
  const product = { name: 'x'.repeat(100), description: 'y'.repeat(2_000) }
  const body = {
    ...(await invoiceBody(berlin, 'large', await customer(berlin, 'large'))),
    line_items: Array.from({ length: LINES }, () => line({ product })),
  }
  const { body: first, status } = await own.berlin.post('/receivables', body)
  expect(status, JSON.stringify(first).slice(0, 300)).toBe(201)
  const ids = [first.id]
  for (let i = 1; i < COUNT; i++) ids.push((await own.berlin.post(`/receivables/${first.id}/clone`)).body.id)

  const headers = { authorization: `Bearer ${own.berlin.token}`, 'x-monite-version': '2024-05-25' }
  for (const asked of [
    'limit=100',
    'limit=100&order=desc&sort=amount',
    `limit=100&counterpart_name__contains=Customer`,
    'limit=3',
  ]) {
    const seen: string[] = []
    const sizes: number[] = []
    let query = asked
    for (;;) {
      let text = ''
      const ask = () =>
        longestBlock(async () => {
          text = (await app.inject({ url: `/receivables?${query}`, headers })).body
        })
      let blocked_ms = await ask()
      for (let again = 0; blocked_ms > BLOCK_MS && again < 3; again++) blocked_ms = Math.min(blocked_ms, await ask())
      expect(blocked_ms, asked).toBeLessThan(BLOCK_MS)
      const { data, next_pagination_token: next } = JSON.parse(text)
      seen.push(...data.map(({ id }: { id: string }) => id))
      sizes.push(text.length)
      if (next === null) break
      query = `limit=${asked === 'limit=3' ? 3 : 100}&pagination_token=${next}`
    }
    expect([...seen].sort(), asked).toEqual([...ids].sort())
    expect(new Set(seen).size).toBe(COUNT)
    // One document is more than a megabyte, and takes a page beyond its ten at most once.
    expect(Math.max(...sizes)).toBeLessThan(12_500_000)
    expect(sizes.length).toBeGreaterThan(1)
    // And back again.
    const { next_pagination_token: token } = (await own.berlin.get('/receivables?limit=2')).body
    const second = (await own.berlin.get(`/receivables?limit=2&pagination_token=${token}`)).body
    const back = (await own.berlin.get(`/receivables?limit=2&pagination_token=${second.prev_pagination_token}`)).body
    expect(back.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2))
  }
})
