import { describe, expect, test } from 'vitest'
import { idPlaces } from '../fuzz/generate.ts'
import { closed, fitted, moved, owning, placed, situation, unchecked } from './places.ts'
import { filled, make, type Owner } from './resources.ts'
import { type Isolation, imaginary, isSearch } from './suite.ts'

/** The places for ids in the bodies of these operations, each given ids of somebody else. */
export function bodiesHold(suite: Isolation, operations: Isolation['guarded']): void {
  const { own, ownerOf, berlin, paris, stranger, mark, send, asker, books, said, expectNoLeak, deleted, targetOf } = suite
  describe('an id in the body that belongs to somebody else is refused like one that never was', () => {
    const places = operations.flatMap((op) =>
      idPlaces(op.body, 'body').map((place) => ({ op, place, name: `${op.method} ${op.url} ${place}` })),
    )
    test.each(places)('$name', async ({ op, place }) => {
      const target = targetOf(op, place)
      // What was issued may only change outside the compliant mode.
      const owner = place.startsWith('body.issued_invoice.') ? await looseOwner() : berlin
      const as = asker(op, owner)
      const mine = await situation(owner, op, 'mine', place)
      const url = filled(op.url, mine.ids)
      const ask = (id: string) => send(as, op, url, fitted(placed(mine.body, place, id)))
      const never = imaginary()
      // Parts of a counterpart are named together with it: their own counterpart is the one on the document.
      const buyer = mine.body?.counterpart_id ?? mine.ids.counterpart_id ?? (await owning(owner, url))
      const given: Record<string, string> =
        target?.startsWith('/counterparts/:counterpart_id/') && buyer ? { counterpart_id: buyer } : {}
      const last = (ids: Record<string, string>) => Object.values(ids).at(-1)!
      const theirs = target ? [last(await make(paris, target, mark)), last(await make(stranger, target, mark))] : []
      const gone = target ? await deleted(owner, target, given) : null
      const before = await books()
      const unknown = await ask(never)
      if (unchecked.some(([id, pattern]) => id.test(op.id) && pattern.test(place))) return expect(unknown.status).toBe(op.status)
      // A search by body asks like a list: a strange id finds what an id that never was finds, and that is nothing.
      if (isSearch(op)) expect(unknown.body.data).toEqual([])
      else expect(unknown.status, JSON.stringify(unknown.body)).toBeGreaterThanOrEqual(400)
      for (const id of [...theirs, ...(gone ? [last(gone)] : [])]) {
        const answer = await ask(id)
        expectNoLeak(answer)
        expect(said(answer, [id])).toBe(said(unknown, [never]))
      }
      expect(await books(), 'a refused request changed something').toBe(before)
      if (!target || isSearch(op) || closed.some(([id, pattern]) => id.test(op.id) && pattern.test(place))) return

      // An id of one's own is taken: the refusals above were about the id, and not about something else in the request.
      const accepted =
        /counterpart_id$/.test(place) && !op.url.startsWith('/payable')
          ? await send(as, op, url, fitted(await moved(owner, mine.body, place)))
          : await ask(
              last(
                await make(owner, target, 'mine', {
                  ...given,
                  ...(target.includes(':entity_id') && { entity_id: owner.entityId }),
                }),
              ),
            )
      expect(accepted.status, `with an id of one's own: ${JSON.stringify(accepted.body)}`).toBe(op.status)
    })

    let loose: Promise<Owner> | undefined
    const looseOwner = () => (loose ??= madeLoose())
    async function madeLoose(): Promise<Owner> {
      const entityId = await own.newEntity()
      const owner = ownerOf(own, await own.newUser(entityId))
      await owner.partner.patch(`/entities/${entityId}/settings`, { receivable_edit_flow: 'non_compliant' })
      return owner
    }
  })
}
