import type { Ctx } from './context.ts'
import { sql } from './sql.ts'

const BEGUN = sql(`select true as begun`)

/**
 * Work that goes on in transactions of its own, called from one that holds its idempotency key. `begin` travels with the first statement,
 * so without this the work would go on, and be kept, where the transaction around it never came to be.
 */
export const onceBegun =
  <T>(work: () => Promise<T>) =>
  async (ctx: Ctx): Promise<T> => {
    await BEGUN(ctx)
    return work()
  }
