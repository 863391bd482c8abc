import { createHash } from 'node:crypto'
import type { Ctx } from '../../../platform/database/context.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { insertFile, sniff, type Upload, withStored } from '../../common/files/files.service.ts'
import { checkIdentity, sealedBytes } from '../../common/files/identity.service.ts'
import { handIn } from './documents.service.ts'

/** Documents that come as files in one form. */

type Sent = ReadonlyMap<string, { readonly name: string; readonly bytes: Buffer }>

/** What tells one such form from another. */
export const fingerprintOf = (sent: Sent): string =>
  [...sent].map(([kind, { bytes }]) => `${kind} ${createHash('md5').update(bytes).digest('hex')}`).join()

/**
 * Stores the files, sealed, and hands them in within the transaction that `open` opens. Whatever fails takes all of them back. Refuses
 * (`bad_request`) what is no document of identity.
 */
export async function keepFiles(
  machinery: Machinery,
  partner_id: string,
  sent: Sent,
  person: string | null,
  open: (work: (ctx: Ctx) => Promise<null>) => Promise<null>,
): Promise<null> {
  const uploads = [...sent].map(([kind, { name, bytes }]) => ({
    kind,
    upload: {
      bytes,
      name: (name || kind).replaceAll('\0', '').slice(0, 512).toWellFormed(),
      mimetype: sniff(bytes),
      md5: createHash('md5').update(bytes).digest('hex'),
      fields: {},
    },
  }))
  for (const { upload } of uploads) checkIdentity(upload)
  const stored: (() => { kind: string; key: string; upload: Upload })[] = []
  const keep = async (ctx: Ctx) => {
    const ids: Record<string, string> = {}
    for (const take of stored) {
      const { kind, key, upload } = take()
      const file_type = kind.startsWith('additional_') ? 'additional_identity_documents' : 'identity_documents'
      const file = { ...upload, file_type, uploaded: true, sealed: true }
      ids[kind] = (await insertFile(ctx, key, file, machinery.config.region)).id
    }
    return handIn(ctx, machinery, person, ids)
  }
  // Each is stored before the next one, and all of them before the rows.
  const store = async ([first, ...rest]: typeof uploads): Promise<null> => {
    if (!first) return open(keep)
    const bytes = await sealedBytes(machinery, partner_id, first.upload)
    return withStored(machinery.storage, bytes, (take) => {
      stored.push(() => ({ kind: first.kind, key: take(), upload: first.upload }))
      return store(rest)
    })
  }
  return store(uploads)
}
