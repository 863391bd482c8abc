import { describe, expect, test } from 'vitest'
import { idPlaces } from '../fuzz/generate.ts'
import { situation } from './places.ts'
import { filled, make } from './resources.ts'
import { imaginary, isolation } from './suite.ts'

const { berlin, paris, stranger, mark, guarded, send, asker, books, said, expectNoLeak, deleted, targetOf } = await isolation()

const withQuery = (url: string, place: string, id: string) => `${url}?${place.slice('query.'.length).replace('[]', '')}=${id}`

describe('an id in the query that belongs to somebody else finds what an id that never was finds', () => {
  const places = guarded.flatMap((op) =>
    idPlaces(op.query, 'query').map((place) => ({ op, place, name: `${op.method} ${op.url} ${place}` })),
  )
  test.each(places)('$name', async ({ op, place }) => {
    const target = targetOf(op, place)
    const as = asker(op, berlin)
    const mine = await situation(berlin, op, 'mine')
    const url = filled(op.url, mine.ids)
    const ask = (id: string) => send(as, op, withQuery(url, place, id), undefined)
    const last = (ids: Record<string, string>) => Object.values(ids).at(-1)!
    const never = imaginary()
    const theirs = target ? [last(await make(paris, target, mark)), last(await make(stranger, target, mark))] : []
    if (op.entity === 'none') theirs.shift()
    const gone = target && (await deleted(berlin, target))
    const before = await books()
    const unknown = said(await ask(never), [never])
    for (const id of [...theirs, ...(gone ? [last(gone)] : [])]) {
      const answer = await ask(id)
      expectNoLeak(answer)
      expect(said(answer, [id])).toBe(unknown)
    }
    expect(await books()).toBe(before)
  })
})
