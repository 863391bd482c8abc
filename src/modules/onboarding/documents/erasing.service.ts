import { asSystem } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { eraseSealed } from '../../common/files/identity.service.ts'

/** Deletes documents of identity when their retention time is over. */

const GONE = sql(`
  update onboarding_documents d set status = 'replaced', settled_at = app_now(), updated_at = app_now() from persons p
  where d.status = 'pending' and p.entity_id = d.entity_id and p.id = d.person_id and p.deleted_at is not null`)
/** Handed in by somebody who never finished: nobody is to look at it, and nothing has happened to the entity for so long. */
const ABANDONED = sql(`
  update onboarding_documents d set status = 'replaced', settled_at = d.created_at, updated_at = app_now() from entities e, onboardings o
  where d.status = 'pending' and d.kind <> 'bank_account_ownership_verification' and d.created_at < app_now() - make_interval(days => :days::int)
    and e.id = d.entity_id and o.entity_id = d.entity_id
    and (e.status = 'deleted' or o.updated_at < app_now() - make_interval(days => :days::int) and (o.submitted is null or json_array_length(o.asks) > 0))`)
const DUE = sql(`
  select f.partner_id, f.id, f.storage_key from files f left join onboarding_documents d on d.entity_id = f.entity_id and d.file_id = f.id
  where f.sealed and f.storage_key <> '' and (d.settled_at < app_now() - make_interval(days => :days::int)
    or d.id is null and f.created_at < app_now() - make_interval(days => :days::int)) order by f.created_at limit 200`)
/** Erases the bytes of documents that were decided on, replaced, left behind, or never handed in, so many days ago. */
export async function eraseDue({ db, storage, config }: Pick<Machinery, 'db' | 'storage' | 'config'>): Promise<void> {
  const days = config.identity_document_days
  if (days === 0) return
  // Nobody looks at documents of people who were taken away.
  await asSystem(db, (ctx) => GONE(ctx))
  await asSystem(db, (ctx) => ABANDONED(ctx, { days }))
  for (const { partner_id, id, storage_key } of await asSystem(db, (ctx) => DUE(ctx, { days }))) {
    await eraseSealed({ db, storage }, { partner_id, id, storage_key })
  }
}
