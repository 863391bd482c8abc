import type { FastifyRequest } from 'fastify'
import { unauthorized } from '../../core/refusal.ts'
import type { Owner } from '../../platform/clock.ts'
import { onceBegun } from '../../platform/database/begun.ts'
import { NO_ENTITY } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing } from '../../platform/http/types.ts'
import { ClockTarget, TestClock, TestClockMoved } from './test-clocks.schema.ts'
import { advance, advanceToEvent, readClock, rewind, takeAway } from './test-clocks.service.ts'

const shared = { may: 'partner', entity: 'optional', transaction: 'manual' } as const

/**
 * Time, as it is for one entity: with an entity in the header for that one, else for all entities of the partner. A move goes on in
 * transactions of its own; the request's own one is there for its Idempotency-Key only.
 */
export const testClocks: Routes = async (app) => {
  const ownerIn = ({ access, headerEntity }: FastifyRequest): Owner => {
    if (!access) throw unauthorized('Nobody is known to ask')
    return { partner_id: access.partnerId, entity_id: headerEntity ?? NO_ENTITY }
  }

  app.get(
    '/x/test_clock',
    operation({ summary: 'Get the time of an entity', ...shared, ok: { 200: TestClock } }),
    async (request) => readClock(app.machinery, ownerIn(request)),
  )

  app.post(
    '/x/test_clock/advance',
    operation({
      summary: 'Put the clock of an entity forward',
      ...shared,
      body: ClockTarget,
      ok: { 200: TestClockMoved },
      refuses: [400, 403, 409],
    }),
    (request) => request.open(onceBegun(() => advance(app.machinery, ownerIn(request), request.body))),
  )

  app.post(
    '/x/test_clock/next_event',
    operation({
      summary: 'Put the clock of an entity to its next event',
      ...shared,
      ok: { 200: TestClockMoved },
      refuses: [403, 409],
    }),
    (request) => request.open(onceBegun(() => advanceToEvent(app.machinery, ownerIn(request)))),
  )

  app.post(
    '/x/test_clock/rewind',
    operation({
      summary: 'Put the clock of an entity back',
      ...shared,
      body: ClockTarget,
      ok: { 200: TestClock },
      refuses: [400, 403, 409],
    }),
    (request) => request.open(onceBegun(() => rewind(app.machinery, ownerIn(request), request.body))),
  )

  app.delete(
    '/x/test_clock',
    operation({ summary: 'Take the clock of an entity away', ...shared, ok: { 204: nothing }, refuses: [403, 409] }),
    (request) =>
      request.open(
        onceBegun(async () => {
          await takeAway(app.machinery, ownerIn(request))
          return null
        }),
      ),
  )
}
