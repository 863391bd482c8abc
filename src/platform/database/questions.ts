import { asSystem, type Db } from './context.ts'

/** Asks something of all rows in the words of SQL that somebody else keeps, e.g. a question about the books, and shows whatever comes back. */
export const ask = (db: Db, question: string): Promise<Record<string, unknown>[]> =>
  asSystem(db, (ctx) => ctx.db.query<Record<string, unknown>>(question))
