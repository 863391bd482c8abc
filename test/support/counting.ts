import pg from 'pg'
import { vi } from 'vitest'
import { good } from './invoicing.ts'
import type { Answer } from './world.ts'

/** How many statements a request sends to the database. */
export async function statementsOf(ask: () => Promise<Answer>): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    good(await ask())
    return query.mock.calls.length
  } finally {
    query.mockRestore()
  }
}
