import { Refusal } from '../../core/refusal.ts'
import type { Ctx } from './context.ts'
import { sql } from './sql.ts'

const BEGIN = sql(`savepoint attempt`)
const UNDO = sql(`rollback to savepoint attempt`)
const END = sql(`release savepoint attempt`)

type Kind<E> = abstract new (...given: never[]) => E

/**
 * Runs `work` as a part of the transaction that may be refused. If it is, nothing of it is kept, what came before it stays, and the refusal
 * is answered; so is data that the database can't hold. Every other error ends the transaction. `kinds` are the errors that count as refusals.
 */
export async function attempt<T, E extends Error = Refusal>(
  ctx: Ctx,
  work: () => Promise<T>,
  kinds: readonly Kind<E | Refusal>[] = [Refusal],
): Promise<{ done: T } | { refused: E | Refusal }> {
  await BEGIN(ctx)
  try {
    const done = await work()
    await END(ctx)
    return { done }
  } catch (thrown) {
    const error = unfitData(thrown) ?? thrown
    const isRefusal = (thrown: unknown): thrown is E | Refusal => kinds.some((kind) => thrown instanceof kind)
    if (!isRefusal(error)) throw thrown
    await UNDO(ctx)
    await END(ctx)
    return { refused: error }
  }
}

/** The refusal of a data exception of PostgreSQL (SQLSTATE class 22): the same data would be refused each time. Null for any other error. */
export const unfitData = (error: unknown): Refusal | null =>
  error instanceof Error && 'severity' in error && 'code' in error && String(error.code).startsWith('22')
    ? new Refusal('invalid', 'A value is out of range', [{ loc: ['body'], msg: 'A value is out of range', type: 'value_error' }])
    : null
