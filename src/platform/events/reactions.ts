import { asSystem, type Db } from '../database/context.ts'
import { sql } from '../database/sql.ts'
import type { Jobs, Kind } from '../jobs/jobs.ts'
import type { EventName, EventObject } from './catalog.ts'

/**
 * What follows from an event: a job, committed by the statement that writes the event. The module that reacts says so in a file of its own
 * (`approvals.reactions.ts`), and whoever writes the event knows nothing of it.
 *
 *     export const approvalReactions: Reactions = { 'payable.submitted_for_approval': ['approvals.match'] }
 *
 * An object has one job of a kind at a time: it is done again when the event comes again.
 */

/** What such a job carries: what the event is about, and when it was written. */
export interface Reaction {
  readonly object_id: string
  readonly at: string
}

type Reacting = { [K in Kind]: Jobs[K] extends Reaction ? (Reaction extends Jobs[K] ? K : never) : never }[Kind]
type Event = { [O in EventObject]: `${O}.${EventName<O>}` }[EventObject]
export type Reactions = { readonly [E in Event]?: readonly Reacting[] }

const DECLARE =
  sql(`with said as (select * from unnest(:object_types::text[], :events::text[], :kinds::text[]) as s (object_type, event, kind)),
  gone as (delete from reactions r where r.kind = any (:known::text[])
    and not exists (select from said s where (s.object_type, s.event, s.kind) = (r.object_type, r.event, r.kind)))
  insert into reactions select object_type, event, kind from said on conflict do nothing`)

/**
 * Writes down what the modules declare; `known` are the kinds of jobs that this version does. Kinds that it does not know are a newer
 * version's: they stay.
 */
export async function declareReactions(db: Db, declared: readonly Reactions[], known: readonly string[]): Promise<void> {
  const said = declared.flatMap((one) =>
    Object.entries(one).flatMap(([name, kinds]) => {
      const at = name.lastIndexOf('.')
      return kinds.map((kind) => ({ object_type: name.slice(0, at), event: name.slice(at + 1), kind }))
    }),
  )
  await asSystem(db, (ctx) =>
    DECLARE(ctx, {
      object_types: said.map(({ object_type }) => object_type),
      events: said.map(({ event }) => event),
      kinds: said.map(({ kind }) => kind),
      known,
    }),
  )
}
