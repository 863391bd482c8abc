import Type, { type Static } from 'typebox'
import { closed, instant, named, nullable, opt, uuid } from '../../platform/http/types.ts'

export const ClockTarget = closed('TestClockTarget', { to: opt(instant), days: opt(Type.Integer({ minimum: 1, maximum: 3660 })) })
export type ClockTarget = Static<typeof ClockTarget>

const clock = {
  entity_id: nullable(uuid),
  now: instant,
  machine_now: instant,
  ahead_s: Type.Integer(),
}
export const TestClock = named('TestClock', clock)
export type TestClock = Static<typeof TestClock>

const ClockEvent = named('TestClockEvent', {
  id: uuid,
  created_at: instant,
  entity_id: uuid,
  object_type: Type.String(),
  object_id: uuid,
  event: Type.String(),
})
const ClockMail = named('TestClockMail', {
  id: uuid,
  created_at: instant,
  entity_id: uuid,
  object_type: nullable(Type.String()),
  object_id: nullable(uuid),
  to: Type.Array(Type.String()),
  subject: Type.String(),
  status: Type.String(),
})
export const TestClockMoved = named('TestClockMoved', {
  ...clock,
  from: instant,
  complete: Type.Boolean(),
  events: Type.Array(ClockEvent),
  mails: Type.Array(ClockMail),
  has_more: Type.Boolean(),
})
export type TestClockMoved = Static<typeof TestClockMoved>
