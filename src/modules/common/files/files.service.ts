import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { invalid, type Refusal } from '../../../core/refusal.ts'
import { randomSecret } from '../../../platform/auth/secrets.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { storageKey } from '../../../platform/files/keys.ts'
import { fileLink, link } from '../../../platform/files/links.ts'
import { isForm, readForm } from '../../../platform/http/form.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { drawable } from '../../../platform/pictures/pictures.ts'
import { sizeOf } from '../../../platform/pictures/size.ts'
import { KEPT_PX, smallPicture } from '../../../platform/pictures/small.ts'
import { looksLikeXml, xmlText } from '../../../platform/reading/xml-text.ts'
import type { Storage } from '../../../ports/files.ts'
import { FileResponse, type FileSchema } from './files.schema.ts'

export type FileObject = Static<typeof FileSchema>

/** SQL of a file as other objects show it, for the row `f` of `files`; `fileObject` finishes it. */
export const FILE_JSON = `json_build_object('id', f.id, 'created_at', f.created_at, 'file_type', f.file_type, 'md5', f.md5, 'mimetype', f.mimetype,
  'name', f.name, 'region', f.region, 'size', f.size, 'link_key', f.link_key, 'pages', f.pages, 'previews', f.previews)`

/** A page of a file, and a small picture of it, as they are kept: their bytes lie beside the file's own, see `files.jobs.ts`. */
export interface StoredPage {
  readonly id: string
  readonly number: number
  readonly size: number
}
export interface StoredPreview {
  readonly width: number
  readonly height: number
}
declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'files.pages': readonly StoredPage[]
    'files.previews': readonly StoredPreview[]
  }
}
export const pageName = ({ number }: Pick<StoredPage, 'number'>) => `page-${number}.png`
export const previewName = ({ width, height }: StoredPreview) => `preview-${width}x${height}.png`

interface FileRow {
  readonly link_key: string
  readonly pages: readonly StoredPage[]
  readonly previews: readonly StoredPreview[]
}

/** A file from the database as the wire shows it. */
export function fileObject(row: Record<string, unknown> | null | undefined): FileObject | null {
  if (!row) return null
  const { link_key, pages, previews, ...file } = row as unknown as FileRow
  const url = fileLink(link_key)
  return {
    ...file,
    url,
    pages: pages.map((page) => ({ ...page, mimetype: 'image/png', url: `${url}/${pageName(page)}` })),
    previews: previews.map((preview) => ({ ...preview, url: `${url}/${previewName(preview)}` })),
  } as unknown as FileObject
}

/** Files as `/files` shows them. */
export const fileTable = table('files', FileResponse, {
  noun: 'File',
  // A document of identity opens for a token only, not for whoever has its link.
  computed: { s3_bucket: `''`, s3_file_path: `''`, url: `case when t.sealed then '' else t.link_key end` },
  present: (row) => ({ ...row, url: row.url === '' ? link(`/x/identity_documents/${row.id}`) : fileLink(row.url as string) }),
})

/** A file that arrived: its bytes, what it really is, and the other fields of the form. */
export interface Upload {
  readonly bytes: Buffer
  readonly name: string
  readonly mimetype: string
  readonly md5: string
  readonly fields: Record<string, string>
}

/**
 * Reads the one file of a multipart form, up to `max_bytes`; a larger one is refused (`too_large`, unless told otherwise). A form without a
 * file is a 422.
 */
export async function readUpload(request: FastifyRequest, max_bytes: number, refusal?: Refusal): Promise<Upload> {
  const missing = (how = '') => invalid([{ loc: ['body', 'file'], msg: `Field required${how}`, type: 'missing' }])
  if (!isForm(request)) throw missing(': send a form (multipart/form-data) with the file in a part named file')
  const { file, fields } = await readForm(request, max_bytes, refusal)
  if (!file) throw missing()
  const { bytes } = file
  const name = (file.name || 'upload').replaceAll('\0', '').slice(0, 512).toWellFormed()
  return { bytes, name, mimetype: sniff(bytes), md5: createHash('md5').update(bytes).digest('hex'), fields }
}

const ZIP_KINDS: readonly [name: string, mimetype: string][] = [
  ['word/', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xl/', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt/', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
]

/** What the bytes are, whatever their name says. */
export function sniff(bytes: Buffer): string {
  const head = bytes.subarray(0, 16)
  const starts = (...values: number[]) => values.every((value, i) => head[i] === value)
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (head.toString('latin1', 0, 4) === 'GIF8') return 'image/gif'
  if (head.toString('latin1', 0, 5) === '%PDF-') return 'application/pdf'
  if (starts(0x49, 0x49, 0x2a, 0x00) || starts(0x4d, 0x4d, 0x00, 0x2a)) return 'image/tiff'
  if (head.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp'
  if (/^ftyp(heic|heix|mif1|hevc)/.test(bytes.toString('latin1', 4, 12))) return 'image/heic'
  if (starts(0x50, 0x4b, 0x03, 0x04)) {
    const listing = bytes.toString('latin1', 0, Math.min(bytes.length, 8192))
    return ZIP_KINDS.find(([name]) => listing.includes(name))?.[1] ?? 'application/zip'
  }
  const isXml = looksLikeXml(bytes)
  const text = bytes.subarray(0, 4096)
  if (text.includes(0) && !isXml) return 'application/octet-stream'
  const start = (isXml ? xmlText(text) : text.toString('utf8')).trimStart().slice(0, 512).toLowerCase()
  if (/^(<!doctype html|<html|<script|<head|<body)/.test(start)) return 'text/html'
  if (start.includes('<svg')) return 'image/svg+xml'
  if (isXml) return 'application/xml'
  return 'text/plain'
}

interface NewFile {
  /** Only their number matters here. */
  readonly bytes: { readonly length: number }
  readonly name: string
  readonly mimetype: string
  readonly md5: string
  readonly file_type: string
  /** Whether it came through `/files`, by itself. */
  readonly uploaded?: boolean
  /** Whether its bytes lie sealed: then nobody opens it by its link, and no pictures are drawn of it. */
  readonly sealed?: boolean
}

/**
 * Stores bytes first and the row in `keep`'s transaction, which takes their key: a row never lacks its bytes. When the transaction
 * fails, or doesn't take the key because an earlier answer is repeated, the bytes go too.
 */
export async function withStored<T>(storage: Storage, bytes: Buffer, keep: (take: () => string) => Promise<T>): Promise<T> {
  const key = storageKey()
  let kept = false
  await storage.put(key, bytes)
  try {
    const result = await keep(() => {
      kept = true
      return key
    })
    if (!kept) await storage.remove(key)
    return result
  } catch (error) {
    await storage.remove(key).catch(() => {})
    throw error
  }
}

/**
 * A picture as it is printed; null without one, or when it can't be read. Those that were taken before pictures were kept small are drawn
 * small now. `owner` is the partner it is done for.
 */
export async function pictureToPrint(storage: Storage, key: string | null, owner: string): Promise<Buffer | null> {
  const bytes = key && (await storage.get(key).catch(() => null))
  if (!bytes) return null
  const isSmall = Math.max(...(sizeOf(bytes) ?? [Number.POSITIVE_INFINITY])) <= KEPT_PX
  return isSmall ? bytes : ((await smallPicture(bytes, owner))?.bytes ?? null)
}

/** What we made ourselves needs no pictures. */
const ours: ReadonlySet<string> = new Set([
  'receivables',
  'delivery_notes',
  'purchase_orders',
  'receivable_signatures',
  'zip',
  'einvoices_xml',
])

const INSERT = sql(`
  with f as (
    insert into files (entity_id, file_type, name, mimetype, md5, size, region, storage_key, link_key, created_by_entity_user_id, uploaded, sealed)
    values (nullif(current_setting('app.entity_id')::uuid, '00000000-0000-0000-0000-000000000000'), :file_type, :name, :mimetype, :md5, :length, :region, :key, :sha256, :user?, :uploaded, :sealed) returning *)
  select ${FILE_JSON} as file from f`)

/**
 * The row of a stored file. It belongs to the entity of the transaction, or to the partner when there is none. Pictures of what can be
 * drawn are made afterwards, by a job.
 */
export async function insertFile(ctx: Ctx, key: string, file: NewFile, region: string): Promise<FileObject> {
  const row = await INSERT.maybe(ctx, {
    file_type: file.file_type,
    name: file.name,
    mimetype: file.mimetype,
    md5: file.md5,
    length: file.bytes.length,
    region,
    key,
    sha256: randomSecret(),
    user: ctx.userId,
    uploaded: file.uploaded ?? false,
    sealed: file.sealed ?? false,
  })
  const { id } = row!.file as { id: string }
  if (drawable(file.mimetype) && !ours.has(file.file_type) && !file.sealed)
    await jobs.add(ctx, 'files.draw', { file_id: id }, { key: `draw:${id}` })
  return fileObject(row!.file as Record<string, unknown>)!
}
