import { badRequest, notFound } from '../../../core/refusal.ts'
import { asSystem, type Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { pictureKey, storageKey } from '../../../platform/files/keys.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { sizeOf } from '../../../platform/pictures/size.ts'
import type { Upload } from './files.service.ts'

/**
 * Documents of identity: what is taken, and how they are kept. Their bytes lie sealed, by the key that seals credentials; nobody opens them by
 * a link, and no pictures are drawn of them. After a while they are erased.
 */

export const identityTypes = ['identity_documents', 'additional_identity_documents'] as const
export const isIdentity = (file_type: string): boolean => identityTypes.some((type) => type === file_type)

const MIN_BYTES = 10 * 1024
const MAX_BYTES = 10 * 1024 * 1024
const LIMITS = 'A document of identity is a JPG, PNG or PDF file of 10 KB to 10 MB'

/** Refuses (`bad_request`) what no one could read or check, before a form moves on. */
export function checkIdentity({ bytes, mimetype }: Pick<Upload, 'bytes' | 'mimetype'>): void {
  if (!['image/jpeg', 'image/png', 'application/pdf'].includes(mimetype))
    throw badRequest(`${LIMITS}; this is another kind of file`)
  if (bytes.length > MAX_BYTES) throw badRequest(`${LIMITS}; this one is larger`)
  if (bytes.length < MIN_BYTES) throw badRequest(`${LIMITS}; this one is too small to be read`)
  // Whoever protects a file names how in its trailer, which is never packed.
  if (mimetype === 'application/pdf' && bytes.includes('/Encrypt'))
    throw badRequest(`${LIMITS}, without a password; this one is protected`)
  if (mimetype !== 'application/pdf' && !sizeOf(bytes)) throw badRequest(`${LIMITS}; this picture can't be read`)
}

/** What a file is sealed for: its owner and its content. Moved to another row it opens nowhere. */
const about = (partner_id: string, md5: string) => `identity document ${partner_id} ${md5}`

type Plugged = Pick<Machinery, 'sealing' | 'storage' | 'db'>

export const sealedBytes = async (
  { sealing }: Pick<Machinery, 'sealing'>,
  partner_id: string,
  { bytes, md5 }: Pick<Upload, 'bytes' | 'md5'>,
) => (await sealing()).sealBytes(bytes, about(partner_id, md5))

const FIND = sql(`
  select storage_key, partner_id, md5, mimetype, name from files where id = :id and sealed and storage_key <> '' and deleted_at is null`)

/** Where a sealed file lies. A 404 for others, and for one that was erased. */
export async function findSealed(ctx: Ctx, id: string) {
  const found = await FIND.maybe(ctx, { id })
  if (!found) throw notFound('File not found')
  return found
}

export async function openSealed(
  { sealing, storage }: Plugged,
  { storage_key, partner_id, md5 }: Awaited<ReturnType<typeof findSealed>>,
) {
  return (await sealing()).openBytes(await storage.get(storage_key), about(partner_id, md5))
}

// By the clock

const OPEN = sql(`
  select partner_id, id, storage_key, md5, array(
    select 'page-' || (p ->> 'number') || '.png' from jsonb_array_elements(pages) p union all
    select 'preview-' || (p ->> 'width') || 'x' || (p ->> 'height') || '.png' from jsonb_array_elements(previews) p) as "pictures!"
  from files where file_type = any (:types) and not sealed and storage_key <> '' and deleted_at is null order by created_at limit 50`)
const MOVE = sql(`
  update files set storage_key = :key, sealed = true, pages = '[]', previews = '[]' where partner_id = :partner_id and id = :id and storage_key = :old and not sealed returning id`)

/** Seals what an earlier version kept open, and removes the open bytes. */
export async function sealOlder(machinery: Plugged): Promise<void> {
  const { db, storage } = machinery
  for (const { partner_id, id, storage_key: old, md5, pictures } of await asSystem(db, (ctx) =>
    OPEN(ctx, { types: [...identityTypes] }),
  )) {
    const key = storageKey()
    await storage.put(key, await sealedBytes(machinery, partner_id, { bytes: await storage.get(old), md5 }))
    const moved = await asSystem(db, (ctx) => MOVE(ctx, { key, partner_id, id, old }))
    for (const name of moved.length > 0 ? pictures : []) await storage.remove(pictureKey(old, name))
    await storage.remove(moved.length > 0 ? old : key)
  }
}

const ERASED = sql(`
  update files set storage_key = '', deleted_at = coalesce(deleted_at, app_now()), updated_at = app_now() where partner_id = :partner_id and id = :id`)

/** Erases the bytes of a document, and says so in its row. */
export async function eraseSealed(
  { db, storage }: Pick<Machinery, 'db' | 'storage'>,
  { partner_id, id, storage_key }: { partner_id: string; id: string; storage_key: string },
): Promise<void> {
  await storage.remove(storage_key)
  await asSystem(db, (ctx) => ERASED(ctx, { partner_id, id }))
}

const SEALED = sql(`select partner_id, id, storage_key, md5 from files where sealed and storage_key <> '' order by id`)

/** Seals by the first key what an older one sealed. Answers how many there were. */
export async function resealFiles({ db, sealing, storage }: Plugged): Promise<number> {
  const seal = await sealing()
  let count = 0
  for (const { partner_id, storage_key, md5 } of await asSystem(db, (ctx) => SEALED(ctx))) {
    const bytes = await storage.get(storage_key)
    if (seal.isCurrent(bytes)) continue
    await storage.put(storage_key, seal.sealBytes(seal.openBytes(bytes, about(partner_id, md5)), about(partner_id, md5)))
    count++
  }
  return count
}
