import { describe, expect, test } from 'vitest'
import { type Area, areaOf } from '../support/areas.ts'
import { situation } from './places.ts'
import { filled, make, prefixes } from './resources.ts'
import { COMMON, type Isolation, imaginary } from './suite.ts'

/** Answers that a model streams are tried in `assistant.test.ts`: here is no model. */
const TALK = 'post_ai_conversations_id_messages'

/** The ids in the paths of an area's operations, each given ids of somebody else; then no list shows anything of what was made for it. */
export function pathsHold(
  { berlin, paris, stranger, mark, guarded, send, asker, books, said, expectNoLeak, deleted, listed }: Isolation,
  area: Area,
): void {
  describe('an id in the path that belongs to another entity, another partner or nobody any more is an id that never was', () => {
    test.each(guarded.filter((op) => areaOf(op) === area && prefixes(op.url).length > 0))('$method $url', async (op) => {
      const mine = await situation(berlin, op, 'mine')
      for (const prefix of prefixes(op.url)) {
        const name = prefix.slice(prefix.lastIndexOf(':') + 1)
        const parents = Object.fromEntries(Object.entries(mine.ids).slice(0, Object.keys(mine.ids).indexOf(name)))
        // A partner may look after each of its entities; a user has one.
        const siblings = name === 'entity_id' && op.may === 'partner' ? [] : [await make(paris, prefix, mark)]
        const foreign = COMMON.has(prefix) ? [] : [...siblings, await make(stranger, prefix, mark)]
        const gone = name === 'entity_id' ? null : await deleted(berlin, prefix, parents)
        if (op.entity === 'none' || op.may === 'partner') foreign.splice(0, foreign.length - 1)
        const never = imaginary()

        const before = await books()
        const as = asker(op, berlin)
        const unknown = said(await send(as, op, filled(op.url, { ...mine.ids, [name]: never }), mine.body), [never])
        expect(unknown.slice(0, 3), unknown).toBe('404')
        for (const theirs of [...foreign, ...(gone ? [gone] : [])]) {
          const id = theirs[name]!
          const answer = await send(as, op, filled(op.url, { ...mine.ids, [name]: id }), mine.body)
          expectNoLeak(answer)
          expect(said(answer, [id])).toBe(unknown)
          // Together with what it really belongs to.
          if (prefixes(op.url).length > 1 && theirs !== gone) {
            const whole = {
              ...mine.ids,
              ...theirs,
              ...(name === 'entity_id' ? {} : 'entity_id' in mine.ids && { entity_id: mine.ids.entity_id! }),
            }
            const together = await send(as, op, filled(op.url, whole), mine.body)
            expectNoLeak(together)
            expect(together.status, JSON.stringify(together.body)).toBe(404)
          }
        }
        expect(await books(), 'a refused request changed something').toBe(before)
      }
      // A part is found at what it belongs to, and not at another one of the same entity.
      const [parent, part] = prefixes(op.url)
      if (part && !parent!.endsWith(':entity_id')) {
        const name = parent!.slice(parent!.lastIndexOf(':') + 1)
        const elsewhere = { ...mine.ids, [name]: (await make(berlin, parent!, 'mine'))[name]! }
        const before = await books()
        const astray = await send(asker(op, berlin), op, filled(op.url, elsewhere), mine.body)
        expect(astray.status, JSON.stringify(astray.body)).toBe(404)
        expect(await books()).toBe(before)
      }
      const answer = await send(asker(op, berlin), op, filled(op.url, mine.ids), mine.body)
      expect(answer.status, `with ids of one's own: ${JSON.stringify(answer.body)}`).toBe(op.id === TALK ? 409 : op.status)
    })
  })

  describe('what lists show', () => {
    const lists = guarded.filter(
      (op) => op.method === 'GET' && op.status === 200 && prefixes(op.url).length === 0 && [area, 'others'].includes(areaOf(op)),
    )
    test.each(lists)('$method $url holds nothing of another entity', async (op) => {
      const answer = await send(asker(op, berlin), op, listed(op), undefined)
      if (op.id === 'get_receivables_required_fields') return
      expect(answer.status).toBe(200)
      if (op.entity !== 'none') expectNoLeak(answer)
    })
  })
}
