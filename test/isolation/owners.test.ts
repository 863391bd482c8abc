import { describe, expect, test } from 'vitest'
import { permissions } from '../support/world.ts'
import { situation } from './places.ts'
import { filled, make, prefixes } from './resources.ts'
import { isolation, message, OWNERLESS } from './suite.ts'

const { own, berlin, guarded, served, send, books, detailOf, listed } = await isolation()

/** VAT IDs have an object of their own in roles: whoever made the counterpart, one’s own are those that one added. */
const PARTS_OF_ANOTHERS = new Set(['get_counterparts_id_vat_ids', 'post_counterparts_id_vat_ids'])

describe('a role limited to what its user made does nothing to what others made', async () => {
  const concerned = guarded.filter(
    ({ id, may, url }) =>
      !PARTS_OF_ANOTHERS.has(id) &&
      [may].flat()[0]!.includes(':') &&
      prefixes(url).length > 0 &&
      !OWNERLESS.has(prefixes(url).at(-1)!),
  )
  const limited = await own.newUser(berlin.entityId, permissions({}, 'allowed_for_own'))
  test.each(concerned)('$method $url', async (op) => {
    const { ids, body } = await situation(berlin, op, 'ours')
    const before = await books()
    const answer = await send(limited, op, filled(op.url, ids), body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(403)
    expect(message(answer)).toMatch(/^This .+ belongs to another user$/)
    expect(await books()).toBe(before)
  })

  const lists = guarded.filter(
    ({ method, url, may }) =>
      method === 'GET' &&
      prefixes(url).length === 0 &&
      [may].flat()[0]!.includes(':') &&
      served.has(detailOf(url) ?? '') &&
      !OWNERLESS.has(detailOf(url)!),
  )
  test.each(lists)('$method $url shows only what they made', async (op) => {
    await make(berlin, detailOf(op.url)!, 'ours')
    const { body } = await send(limited, op, listed(op), undefined)
    expect(body.data).toEqual([])
    expect((await send(own.berlin, op, listed(op), undefined)).body.data.length).toBeGreaterThan(0)
  })
})
