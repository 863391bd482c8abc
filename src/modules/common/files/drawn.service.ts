import { createHash } from 'node:crypto'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { storageKey } from '../../../platform/files/keys.ts'
import type { Storage } from '../../../ports/files.ts'
import { insertFile } from './files.service.ts'

/** Pages that we drew ourselves, as files. */

interface StoredPdf {
  readonly key: string
  readonly bytes: Buffer
  readonly md5: string
}

/** Bytes go to the storage before the transaction that names them. */
export async function storePdf(storage: Storage, bytes: Buffer): Promise<StoredPdf> {
  const key = storageKey()
  await storage.put(key, bytes)
  return { key, bytes, md5: createHash('md5').update(bytes).digest('hex') }
}

interface Naming {
  /** What it is a page of, such as a number. */
  readonly name: string
  readonly file_type: 'receivables' | 'delivery_notes' | 'purchase_orders'
  readonly region: string
}

/** The row of a page; answers its link key. */
export async function keepPdf(ctx: Ctx, { key, bytes, md5 }: StoredPdf, { name, file_type, region }: Naming): Promise<string> {
  const file = { bytes, name: `${name.replace(/[^\w.-]+/g, '_')}.pdf`, mimetype: 'application/pdf', md5, file_type }
  const { url } = await insertFile(ctx, key, file, region)
  return url.slice(url.lastIndexOf('/') + 1)
}

const REMOVE = sql(
  `update files set deleted_at = app_now(), updated_at = app_now() where link_key = any (:keys) and deleted_at is null`,
)

/** Takes the files with these link keys out of sight; their bytes are erased later. */
export async function removeByLink(ctx: Ctx, keys: readonly (string | null)[]): Promise<void> {
  const links = keys.filter((key) => key !== null)
  if (links.length > 0) await REMOVE(ctx, { keys: links })
}
