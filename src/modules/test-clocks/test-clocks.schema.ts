import Type, { type Static } from 'typebox'
import { instant, nullable, opt, strict, uuid } from '../../platform/http/types.ts'

export const ClockTarget = Type.Object(
  { to: opt(instant), days: opt(Type.Integer({ minimum: 1, maximum: 3660 })) },
  { $id: 'TestClockTarget', ...strict },
)
export type ClockTarget = Static<typeof ClockTarget>

const clock = {
  entity_id: nullable(uuid),
  now: instant,
  machine_now: instant,
  ahead_s: Type.Integer(),
}
export const TestClock = Type.Object(clock, { $id: 'TestClock' })
export type TestClock = Static<typeof TestClock>

const ClockEvent = Type.Object(
  {
    id: uuid,
    created_at: instant,
    entity_id: uuid,
    object_type: Type.String(),
    object_id: uuid,
    event: Type.String(),
  },
  { $id: 'TestClockEvent' },
)
const ClockMail = Type.Object(
  {
    id: uuid,
    created_at: instant,
    entity_id: uuid,
    object_type: nullable(Type.String()),
    object_id: nullable(uuid),
    to: Type.Array(Type.String()),
    subject: Type.String(),
    status: Type.String(),
  },
  { $id: 'TestClockMail' },
)
export const TestClockMoved = Type.Object(
  {
    ...clock,
    from: instant,
    complete: Type.Boolean(),
    events: Type.Array(ClockEvent),
    mails: Type.Array(ClockMail),
    has_more: Type.Boolean(),
  },
  { $id: 'TestClockMoved' },
)
export type TestClockMoved = Static<typeof TestClockMoved>
