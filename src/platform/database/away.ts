import { everywhere, type Machinery } from '../machinery.ts'
import { asSystem } from './context.ts'
import { sql } from './sql.ts'

/** Whether a partner of this database is about to live in another one: what belongs to it is out of sight for that moment. */
export const LEAVING = sql(`select exists (select from partners_away where state = 'leaving') as "leaving!"`)

/** What is asked for may belong to a partner that is about to live in another database: asked again in a moment, it is found. */
class PartnerLeaving extends Error {
  readonly code = 'QT503'
  constructor() {
    super('A partner is being moved to another database')
  }
}

/** Where nobody knows what is asked for: throws while it may belong to somebody who is on the way from one database to another. */
export async function refuseWhileLeaving(machinery: Machinery): Promise<void> {
  const all = everywhere(machinery)
  // Nobody leaves the only one.
  if (all.length === 1) return
  for (const { db } of all) if (await asSystem(db, async (ctx) => (await LEAVING.one(ctx)).leaving)) throw new PartnerLeaving()
}

/** Each process has one connection that listens in each database it serves, called so: by that it is known who serves what. */
export const LISTENER = 'quittance listener'
export const CELL_LISTENER = 'quittance listener of cells'
