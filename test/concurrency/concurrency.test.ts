import { afterAll, describe, expect, test } from 'vitest'
import { invoiceBody } from '../isolation/resources.ts'
import type { Body } from '../support/world.ts'
import { ownHouse } from './own-house.ts'
import { DOSE, eventsOf, issued, tally, times } from './races.ts'

/** What becomes of an invoice, of a request that is sent again, and of a list, when many ask at the same moment. */

const house = await ownHouse()
const { sql } = house

afterAll(async () => {
  const findings = await house.findings()
  await house.close()
  expect(findings).toEqual([])
})

describe('payments', () => {
  test('payments that race never take more than is due', async () => {
    const owner = await house.owner()
    const id = await issued(owner, 5000)
    const answers = await times(50 * DOSE, () =>
      owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 150 }),
    )
    // The thirty-fourth would leave less than nothing: 33 × 150 = 4,950.
    expect(tally(answers)).toEqual({ 200: 33, 409: 50 * DOSE - 33 })
    const { body } = await owner.user.get(`/receivables/${id}`)
    expect(body).toMatchObject({ status: 'partially_paid', amount_paid: 4950, amount_due: 50 })
    const [{ paid }] = (await sql<{ paid: string }>(`select sum(amount) as paid from payment_records where object_id = $1`, [
      id,
    ])) as [{ paid: string }]
    expect(Number(paid)).toBe(4950)
    // Each answer was true when it was given: no two payments saw the same rest.
    const rests = answers.filter(({ status }) => status === 200).map(({ body }) => body.amount_due)
    expect(rests.sort((a, b) => b - a)).toEqual(Array.from({ length: 33 }, (_, i) => 5000 - 150 * (i + 1)))
  })

  test('an invoice is paid once', async () => {
    const owner = await house.owner()
    const id = await issued(owner, 5000)
    const answers = await times(20, () => owner.user.post(`/receivables/${id}/mark_as_paid`, {}))
    expect(tally(answers)).toEqual({ 200: 1, 409: 19 })
    expect((await eventsOf(house, id)).filter((event) => event === 'paid')).toHaveLength(1)
    expect(await sql(`select amount::int from payment_records where object_id = $1`, [id])).toEqual([{ amount: 5000 }])
  })

  test.each([
    ['cancel', 'mark_as_paid'],
    ['cancel', 'mark_as_partially_paid'],
    ['mark_as_paid', 'mark_as_uncollectible'],
    ['mark_as_paid', 'mark_as_partially_paid'],
    ['cancel', 'mark_as_uncollectible'],
  ])('%s and %s at the same moment leave one history that could have been', { timeout: 60_000 }, async (one, another) => {
    const owner = await house.owner()
    const bodies: Record<string, Body> = {
      mark_as_paid: {},
      mark_as_partially_paid: { amount_paid: 100 },
      mark_as_uncollectible: {},
    }
    await times(25 * DOSE, async (i) => {
      const id = await issued(owner, 5000)
      const pair = i % 2 === 0 ? [one, another] : [another, one]
      const answers = await Promise.all(pair.map((action) => owner.user.post(`/receivables/${id}/${action}`, bodies[action])))
      const wins = answers.filter(({ status }) => status < 300).length
      // A payment in part may come first and leave room for the rest; nothing else leaves room for anything.
      expect(wins, JSON.stringify(answers.map(({ status }) => status))).toBeGreaterThanOrEqual(1)
      expect(wins).toBeLessThanOrEqual(another === 'mark_as_partially_paid' && one === 'mark_as_paid' ? 2 : 1)
      expect(answers.every(({ status }) => status < 300 || status === 409)).toBe(true)
    })
    const credited = await sql(
      `select r.id from receivables r left join receivables n on n.based_on = r.id and n.type = 'credit_note'
       where r.entity_id = $1 and r.type = 'invoice' and (r.status = 'canceled') <> (n.id is not null)`,
      [owner.entityId],
    )
    expect(credited).toEqual([])
  })

  test('a draft that is issued, edited and deleted at the same moment is a document as it stood, or gone', {
    timeout: 60_000,
  }, async () => {
    const owner = await house.owner()
    const { body: template } = await owner.user.post('/receivables', await invoiceBody(owner, 'race'))
    await times(25 * DOSE, async () => {
      const { body: made } = await owner.user.post(`/receivables/${template.id}/clone`)
      const path = `/receivables/${made.id}`
      const [edit, issue, remove] = await Promise.all([
        owner.user.patch(path, { invoice: { memo: 'Edited' } }),
        owner.user.post(`${path}/issue`),
        owner.user.delete(path),
      ])
      const answers = [edit!.status, issue!.status, remove!.status]
      expect(issue!.status < 300 !== remove!.status < 300, JSON.stringify(answers)).toBe(true)
      const { body, status } = await owner.user.get(path)
      if (issue!.status >= 300) return expect(status).toBe(404)
      expect([body.status, body.memo === 'Edited']).toEqual(['issued', edit!.status < 300])
    })
  })

  test('the history of an invoice reads in the order in which things happened', async () => {
    const owner = await house.owner()
    const id = await issued(owner, 5000)
    await times(30, () => owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 100 }))
    const { body } = await owner.user.get(`/receivables/${id}/history?limit=100`)
    const rests = body.data
      .filter(({ event_type }: Body) => event_type === 'payment_received')
      .map(({ event_data }: Body) => event_data.amount_due)
    expect(rests).toEqual(Array.from({ length: 30 }, (_, i) => 5000 - 100 * (i + 1)))
  })
})

describe('an Idempotency-Key', () => {
  const under = (key: string) => ({ headers: { 'idempotency-key': key } })

  test('sent twenty times at once has one effect and one answer', async () => {
    const owner = await house.owner()
    const body = await invoiceBody(owner, 'race')
    const answers = await times(20, () => owner.user.post('/receivables', body, under('create')))
    expect(tally(answers)).toEqual({ 201: 20 })
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(19)
    expect(await sql(`select count(*)::int as n from receivables where entity_id = $1`, [owner.entityId])).toEqual([{ n: 1 }])

    const id = answers[0]!.body.id
    await owner.user.post(`/receivables/${id}/issue`)
    const payments = await times(20, () =>
      owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 100 }, under('pay')),
    )
    expect(tally(payments)).toEqual({ 200: 20 })
    expect((await owner.user.get(`/receivables/${id}`)).body.amount_paid).toBe(100)
    const other = await owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 200 }, under('pay'))
    expect(other.status).toBe(409)
  })

  test('of a request that was refused is free again', async () => {
    const owner = await house.owner()
    const id = await issued(owner, 5000)
    const pay = (amount_paid: number) =>
      owner.user.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid }, under('again'))
    expect(tally(await times(10, () => pay(9000)))).toEqual({ 409: 10 })
    expect(tally(await times(10, () => pay(100)))).toEqual({ 200: 10 })
    expect((await owner.user.get(`/receivables/${id}`)).body.amount_paid).toBe(100)
  })
})

describe('lists', () => {
  test('walking the pages while others write shows every row that was there exactly once', { timeout: 60_000 }, async () => {
    const owner = await house.owner()
    const before = await times(200, async (i) => (await owner.user.post('/tags', { name: `Before ${i}` })).body.id as string)
    let walking = true
    const writers = times(4, async (writer) => {
      for (let i = 0; walking && i < 500; i++) {
        const { body } = await owner.user.post('/tags', { name: `During ${writer} ${i}` })
        if (i % 3 === 0) await owner.user.delete(`/tags/${body.id}`)
        else await owner.user.patch(`/tags/${before[(writer * 50 + i) % 200]}`, { description: `Changed ${i}` })
      }
    })
    const walk = async (order: string) => {
      const seen: string[] = []
      let page = (await owner.user.get(`/tags?limit=7&order=${order}`)).body
      for (;;) {
        seen.push(...page.data.map(({ id }: Body) => id))
        if (!page.next_pagination_token) return seen
        page = (await owner.user.get(`/tags?pagination_token=${page.next_pagination_token}`)).body
      }
    }
    const walks = await Promise.all([walk('asc'), walk('desc'), walk('asc'), walk('desc')]).finally(() => {
      walking = false
    })
    await writers
    for (const seen of walks) {
      expect(new Set(seen).size).toBe(seen.length)
      expect(before.filter((id) => !seen.includes(id))).toEqual([])
    }
  })

  test('of tags made at once under one name one is kept', async () => {
    const owner = await house.owner()
    expect(tally(await times(20, () => owner.user.post('/tags', { name: 'One' })))).toEqual({ 201: 1, 400: 19 })
  })
})
