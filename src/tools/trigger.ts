import { nearest } from '../core/nearest.ts'
import { things } from '../platform/auth/things.ts'
import { asEntity, asSystem, type Db } from '../platform/database/context.ts'
import { sql } from '../platform/database/sql.ts'
import { catalog } from '../platform/events/catalog.ts'

/** An event by hand, about an object that is there: receivers see what they would see of it, and nothing changes. */

const TOLD = sql(`select emit(:type, :id, :event) as "emitted!"`)

/** Every event by its full name, e.g. `receivable.issued`. */
export const eventNames = Object.entries(catalog).flatMap(([type, events]) => events.map((event) => `${type}.${event}`))

/** Emits an event about the youngest object of its type, or the one that is named. Answers the id of the object. */
export async function trigger(db: Db, name: string, object: string | undefined): Promise<string> {
  if (!eventNames.includes(name)) {
    const meant = nearest(name, eventNames)
    throw new Error(`There is no event ${name}.${meant ? ` Did you mean ${meant}?` : ''} \`quittance trigger list\` shows them`)
  }
  const type = Object.keys(catalog)
    .filter((one) => name.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0]!
  const table = Object.entries(things).find(([thing]) => thing === type)?.[1].table
  if (!table) throw new Error(`Events of ${type} can't be made by hand`)
  const found = await asSystem(db, (ctx) =>
    ctx.db.query<{ id: string; partner_id: string; entity_id: string }>(
      `select id, partner_id, entity_id from ${table} where $1::uuid is null or id = $1 order by created_at desc limit 1`,
      [object ?? null],
    ),
  )
  const [row] = found
  if (!row)
    throw new Error(
      object ? `There is no ${type} ${object}` : `There is no ${type} yet: make one first, e.g. by \`quittance demo\``,
    )
  const who = { partnerId: row.partner_id, entityId: row.entity_id, userId: null }
  await asEntity(db, who, (ctx) => TOLD.one(ctx, { type, id: row.id, event: name.slice(type.length + 1) }))
  return row.id
}
