import { createHash } from 'node:crypto'
import { conflict } from '../../core/refusal.ts'
import { asEntity, type Db, type Who } from '../database/context.ts'
import { sql } from '../database/sql.ts'

/**
 * Calls to somebody outside, each under a key, written down before they are made. Whoever was killed between the call and its answer
 * makes it again under the same key, and the other side makes one effect of it; whoever knows the answer does not ask again.
 */

/** The other side said no, and would say so again. `code` is its own word. */
export class OutsideRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'OutsideRefusal'
    this.code = code
  }
}

export interface OutsideCall {
  readonly port: string
  readonly adapter: string
  /** What is asked for, e.g. `refund`. */
  readonly action: string
  /** Names the effect: what is asked again under it is one effect. It holds what would make another one of it, such as the amount. */
  readonly key: string
  /** What is sent. The same key with something else is a 409: nothing is sent. */
  readonly request: unknown
}

const hashOf = (request: unknown) => createHash('sha256').update(JSON.stringify(request)).digest()

const BEGIN =
  sql(`insert into outside_calls (port, adapter, action, key, request_hash) values (:port, :adapter, :action, :key, :request_hash)
  on conflict (entity_id, port, adapter, key) do update set attempts = outside_calls.attempts + 1, updated_at = app_now()
  returning id, request_hash, status, answer, error`)
const ANSWERED = sql(`update outside_calls set status = 'answered', answer = :answer::json, error = null, updated_at = app_now()
  where id = :id and status = 'sent'`)
const FAILED = sql(
  `update outside_calls set status = :status, error = :error, updated_at = app_now() where id = :id and status = 'sent'`,
)

/**
 * Makes a call once. Answers what the other side said, now or the first time. An `OutsideRefusal` is final and is thrown again to whoever
 * repeats the call; any other error leaves open what came of it. It opens transactions of its own: call it from a job's outside part, never
 * inside a transaction.
 */
export async function callOnce<Answer extends object>(
  db: Db,
  who: Who,
  { request, ...call }: OutsideCall,
  make: () => Promise<Answer>,
): Promise<Answer> {
  const request_hash = hashOf(request)
  const begun = await asEntity(db, who, async (ctx) => {
    const row = await BEGIN.one(ctx, { ...call, request_hash })
    if (!row.request_hash.equals(request_hash)) throw conflict(`${call.key} was used for another ${call.action} already`)
    return row
  })
  if (begun.status === 'answered') return begun.answer as Answer
  if (begun.status === 'refused') throw refusalIn(begun.error)
  const end = (work: Parameters<typeof asEntity<unknown>>[2]) => asEntity(db, who, work)
  try {
    const answer = await make()
    await end((ctx) => ANSWERED(ctx, { id: begun.id, answer }))
    return answer
  } catch (error) {
    const final = error instanceof OutsideRefusal
    const detail = final
      ? JSON.stringify({ code: error.code, message: error.message })
      : String((error as Error).message).slice(0, 500)
    await end((ctx) => FAILED(ctx, { id: begun.id, status: final ? 'refused' : 'sent', error: detail }))
    throw error
  }
}

function refusalIn(error: string | null): OutsideRefusal {
  const { code, message } = JSON.parse(error ?? '{}') as { code: string; message: string }
  return new OutsideRefusal(code, message)
}
