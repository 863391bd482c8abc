import { expect, test } from 'vitest'
import { good, issued, ready } from '../support/invoicing.ts'
import { type Body, type Client, permissions, type World, world } from '../support/world.ts'

/** Searches that pick their rows past row security: they find what plain lists find, and nothing of anybody else. */

const searches = [
  'document_id__contains=INV',
  'document_id__icontains=inv',
  'due_date__lte=2999-01-01',
  'due_date__gt=2000-01-01',
]
const found = async (who: Client, query: string) =>
  (good(await who.get(`/receivables?limit=250&${query}`, { beyond: true })).data as Body[]).map(({ id }) => id as string).sort()

async function invoicesOf(who: Client, w: World): Promise<string[]> {
  const made = await ready(who)
  const someone = await w.newUser(who.entityId!)
  const all = [await issued(who, made), await issued(someone, made)]
  return all.map(({ id }) => id as string)
}

test('a search past the walls stays inside the entity, and inside what a role may see', async () => {
  const w = await world()
  const here = await invoicesOf(w.berlin, w)
  const other = await w.newUser(await w.newEntity())
  const there = await invoicesOf(other, w)
  const stranger = await world()
  const elsewhere = await invoicesOf(stranger.berlin, stranger)
  const ownOnly = await w.newUser(w.berlin.entityId!, permissions({ 'receivable:read': 'allowed_for_own' }))
  for (const query of searches) {
    expect(await found(w.berlin, query)).toEqual([...here].sort())
    expect(await found(other, query)).toEqual([...there].sort())
    expect(await found(stranger.berlin, query)).toEqual([...elsewhere].sort())
    expect(await found(ownOnly, query)).toEqual([])
    expect(await found(w.berlin, `${query}&id__in=${there[0]}`)).toEqual([])
  }
})

test('after such a search a request is what it was: it sees and writes as its entity', async () => {
  const w = await world()
  await invoicesOf(w.berlin, w)
  const [there] = await invoicesOf(await w.newUser(await w.newEntity()), w)
  await found(w.berlin, searches[0]!)
  expect((await w.berlin.get(`/receivables/${there}`)).status).toBe(404)
  expect(good(await w.berlin.post('/tags', { name: 'after' })).name).toBe('after')
})
