import { Refusal } from '../../core/refusal.ts'
import type { Ctx } from './context.ts'
import { sql } from './sql.ts'

const BEGIN = sql(`savepoint attempt`)
const UNDO = sql(`rollback to savepoint attempt`)
const END = sql(`release savepoint attempt`)

type Kind<E> = abstract new (...given: never[]) => E

/**
 * Runs `work` as a part of the transaction that may be refused. If it is, nothing of it is kept, what came before it stays, and the refusal
 * is answered. Every other error ends the transaction. `kinds` are the errors that count as refusals.
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
  } catch (error) {
    const isRefusal = (thrown: unknown): thrown is E | Refusal => kinds.some((kind) => thrown instanceof kind)
    if (!isRefusal(error)) throw error
    await UNDO(ctx)
    await END(ctx)
    return { refused: error }
  }
}
