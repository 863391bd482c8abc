import { conflict, forbidden } from '../../../core/refusal.ts'
import type { ObjectType, PermissionKind } from '../../../platform/auth/permissions.ts'
import { belongsToAnother, forUser, kindOf, notAllowed } from '../../../platform/auth/reach.ts'
import { type Ctx, enterEntity } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { contentsReached } from '../exporting/reach.service.ts'

/** Who may see a file, and who may delete it: it follows what it belongs to. */

/** The object that guards the files of a type, and which of them belong to what the user `$` made; null where nobody makes such things. */
interface Belonging {
  readonly guard: ObjectType
  readonly own: string | null
}

const PAGES = (table: string, owner: string) =>
  `t.link_key in (select unnest(array[r.file_key, r.original_file_key]) from ${table} r where r.${owner} = $)`
const SALES: Belonging = {
  guard: 'receivable',
  own: `(${PAGES('receivables', 'entity_user_id')}
    or t.link_key in (select d ->> 'key' from receivables r, jsonb_array_elements(r.drawn) d where r.entity_user_id = $)
    or t.id in (select (r.signature ->> 'file_id')::uuid from receivables r where r.entity_user_id = $)
    or t.id in (select (a ->> 'id')::uuid from receivables r, json_array_elements(r.attachments) a where r.attachments is not null and r.entity_user_id = $))`,
}
const IDENTITY: Belonging = { guard: 'person', own: null }
const ENTITY: Belonging = { guard: 'entity', own: null }
const OCR: Belonging = {
  guard: 'ocr_task',
  own: 't.id in (select o.file_id from ocr_tasks o where o.created_by_entity_user_id = $)',
}

const exported = (and = '') => `t.link_key in (select x.file_key from data_exports x where x.created_by_entity_user_id = $${and})`

const belongings: Readonly<Record<string, Belonging>> = {
  receivables: SALES,
  receivable_signatures: SALES,
  einvoices_xml: SALES,
  attachments: SALES,
  delivery_notes: { guard: 'delivery_note', own: PAGES('delivery_notes', 'created_by_entity_user_id') },
  purchase_orders: {
    guard: 'payables_purchase_order',
    own: 't.link_key in (select p.file_key from payable_purchase_orders p where p.created_by_user_id = $)',
  },
  payables: {
    guard: 'payable',
    own: `(t.id in (select p.file_id from payables p where p.was_created_by_user_id = $)
      or t.id in (select n.file_id from payable_credit_notes n where n.created_by_user_id = $))`,
  },
  receipts: { guard: 'receipt', own: 't.id in (select r.file_id from receipts r where r.created_by_entity_user_id = $)' },
  ocr_files: OCR,
  ocr_results: OCR,
  zip: { guard: 'export', own: exported() },
  entity_logo: ENTITY,
  companies_logo: ENTITY,
  userpics: { guard: 'entity_user', own: null },
  identity_documents: IDENTITY,
  additional_identity_documents: IDENTITY,
}

type Action = 'read' | 'update'

/** Archives: they show their documents, too. */
function exportsReached(ctx: Ctx, kind: PermissionKind): string[] {
  const readable = contentsReached(ctx, 'x') ?? 'true'
  if (kind === 'allowed')
    return [`(t.file_type = 'zip' and not exists (select from data_exports x where x.file_key = t.link_key and not ${readable}))`]
  return kind === 'allowed_for_own' ? [`(t.file_type = 'zip' and ${exported(` and ${readable}`)})`] : []
}

/**
 * The condition of files `t` that the role reaches, `$` standing for the user each time; null where it reaches all. Whoever uploaded a
 * file knows what is in it.
 */
function reached(ctx: Ctx, action: Action): string | null {
  if (!ctx.grants) return null
  const tests = ['t.created_by_entity_user_id = $']
  for (const [type, { guard, own }] of Object.entries(belongings)) {
    const kind = kindOf(ctx, guard, action)
    if (type === 'zip') tests.push(...exportsReached(ctx, kind))
    else if (kind === 'allowed') tests.push(`t.file_type = '${type}'`)
    else if (kind === 'allowed_for_own' && own) tests.push(`(t.file_type = '${type}' and ${own})`)
  }
  return `(${tests.join(' or ')})`
}

/** The same for a list. */
export const onlyReached = (ctx: Ctx) => forUser(ctx, reached(ctx, 'read'))

/** Refuses (`forbidden`) unless the role reaches all of these files. Ids that lead nowhere are passed. */
export async function reachFiles(ctx: Ctx, ids: readonly string[], action: Action = 'read'): Promise<void> {
  const condition = reached(ctx, action)
  if (!condition || ids.length === 0) return
  const [beyond] = await ctx.db.query<{ file_type: string }>(
    `select t.file_type from files t where t.id = any ($1) and t.deleted_at is null and ${condition.replaceAll('$', () => '$2')} is not true limit 1`,
    [ids, ctx.userId],
  )
  if (!beyond) return
  const belonging = belongings[beyond.file_type]
  if (!belonging) throw belongsToAnother('file')
  const kind = kindOf(ctx, belonging.guard, action)
  if (kind === 'allowed') throw forbidden('This file holds documents that your role does not read', 'permission_missing')
  if (kind === 'allowed_for_own' && belonging.own) throw belongsToAnother('file')
  throw notAllowed(belonging.guard, action)
}

/** Of these types are the pages that we draw, and what customers sign with: they stay with their document, and go with it. */
const DRAWN = ['receivables', 'receivable_signatures', 'einvoices_xml', 'delivery_notes', 'purchase_orders']

const KEPT = sql(`
  select case
    when t.file_type = any (:drawn) and not t.uploaded then 'It is a page of a document, and stays with it'
    when exists (select from receivables r, json_array_elements(r.attachments) a
      where r.attachments is not null and r.issue_date is not null and r.deleted_at is null and a ->> 'id' = t.id::text)
      then 'It is attached to a document that was issued'
    when exists (select from payables p where p.file_id = t.id and p.deleted_at is null and p.status not in ('draft', 'new'))
      or exists (select from payable_credit_notes n where n.file_id = t.id and n.deleted_at is null and n.status not in ('draft', 'new'))
      then 'It belongs to a bill that has gone on'
    when exists (select from onboarding_documents d where d.file_id = t.id and d.status = 'pending')
      then 'It proves who somebody is, and waits to be looked at' end as why
  from files t where t.id = :id and t.deleted_at is null`)

const FILE = sql(`select entity_id from files where id = :id`)

/** Refuses (`conflict`), whoever asks, a file that a document is not complete without. */
export async function checkDeletable(ctx: Ctx, id: string): Promise<void> {
  // A partner may name no entity, and would see none of its documents.
  const file = await FILE.maybe(ctx, { id })
  if (file?.entity_id) await enterEntity(ctx, file.entity_id)
  const found = await KEPT.maybe(ctx, { id, drawn: DRAWN })
  if (found?.why) throw conflict(`The file can't be deleted. ${found.why}`)
}
