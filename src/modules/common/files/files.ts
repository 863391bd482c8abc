import Type from 'typebox'
import { invalid, notFound, tooLarge } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { asSystem } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { pictureKey } from '../../../platform/files/keys.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing, uuid } from '../../../platform/http/types.ts'
import { paramOf } from '../../../platform/pages/request.ts'
import { AllowedFileTypes, FileResponse, FilesResponse, fileTypes, UploadFile } from './files.schema.ts'
import { fileTable, insertFile, pageName, previewName, readUpload, withStored } from './files.service.ts'
import { checkIdentity, findSealed, isIdentity, openSealed, sealedBytes } from './identity.service.ts'
import { checkDeletable, onlyReached, reachFiles } from './reach.service.ts'

const list = listing(fileTable, {
  filters: { id__in: Type.Array(uuid, { maxItems: 250 }), file_type: AllowedFileTypes },
  sort: [],
})
const query = Type.Pick(list.query, ['id__in', 'file_type'])
const FILE_BYTES = 15 * 1024 * 1024
/** A little more is read, so that a document of identity is refused by a sentence that says what is taken. */
const READ_BYTES = 21 * 1024 * 1024

/** What a browser may show in the page of whoever follows the link; everything else is saved instead. */
const shownInline = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain'])

const BY_LINK = sql(`
  select storage_key, mimetype, name, size, md5, pages, previews from files
  where link_key = :key and not sealed and deleted_at is null`)

/** Open to whoever has the link; counted by address. */
const open = { config: { open: true as const } }

export const filesRoutes: Routes = async (app) => {
  const { machinery } = app
  const { storage, config, db } = machinery

  app.get(
    '/files',
    operation({ summary: 'Get files', may: 'any', entity: 'optional', query, ok: { 200: FilesResponse } }),
    async ({ ctx, query }) => {
      if (!query.id__in && !query.file_type)
        throw invalid([{ loc: ['query', 'id__in'], msg: 'Name ids or a file type', type: 'missing' }])
      return { data: await list.all(ctx, query, onlyReached(ctx)) }
    },
  )

  app.post(
    '/files',
    operation({
      summary: 'Upload a file',
      may: 'any',
      entity: 'optional',
      form: UploadFile,
      ok: { 201: FileResponse },
      transaction: 'manual',
      refuses: [413],
    }),
    async (request) => {
      const { fields, ...upload } = await readUpload(request, READ_BYTES)
      const file_type = fileTypes.find((type) => type === fields.file_type)
      if (!file_type) {
        const type = fields.file_type === undefined ? 'missing' : 'enum'
        throw invalid([
          {
            loc: ['body', 'file_type'],
            msg: type === 'missing' ? 'Field required' : `Input should be ${fileTypes.join(', ')}`,
            type,
          },
        ])
      }
      const sealed = isIdentity(file_type)
      if (sealed) checkIdentity(upload)
      else if (upload.bytes.length > FILE_BYTES) throw tooLarge('')
      const kept = sealed ? await sealedBytes(machinery, accessOf(request).partnerId, upload) : upload.bytes
      return withStored(storage, kept, (take) =>
        request.open(async (ctx) => {
          const { id } = await insertFile(ctx, take(), { ...upload, file_type, uploaded: true, sealed }, config.region)
          return rows.find(ctx, fileTable, id)
        }, `${upload.md5} ${file_type}`),
      )
    },
  )

  app.get(
    '/files/:file_id',
    operation({ summary: 'Get a file by ID', may: 'any', entity: 'optional', ok: { 200: FileResponse } }),
    async ({ ctx, params }) => {
      await reachFiles(ctx, [params.file_id])
      return rows.find(ctx, fileTable, params.file_id)
    },
  )

  app.delete(
    '/files/:file_id',
    operation({ summary: 'Delete a file', may: 'any', entity: 'optional', ok: { 204: nothing }, refuses: [409] }),
    async ({ ctx, params }) => {
      await rows.lock(ctx, fileTable, params.file_id)
      await reachFiles(ctx, [params.file_id], 'update')
      await checkDeletable(ctx, params.file_id)
      return rows.remove(ctx, fileTable, params.file_id)
    },
  )

  app.get(
    '/x/identity_documents/:file_id',
    operation({
      summary: 'Look at a document of identity; the audit log keeps who did',
      may: 'any',
      entity: 'optional',
      ok: { 200: Type.Any() },
      produces: 'application/octet-stream',
      transaction: 'manual',
      recorded: true,
    }),
    async (request, reply) => {
      const { file_id } = request.params
      const found = await request.open(async (ctx) => {
        await reachFiles(ctx, [file_id])
        return findSealed(ctx, file_id)
      })
      reply.type(found.mimetype).header('content-disposition', `attachment; filename*=UTF-8''${headerText(found.name)}`)
      return openSealed(machinery, found)
    },
  )

  // Browsers fetch files without any header, so the link itself is the key.
  const findByLink = (key: string) =>
    asSystem(db, (ctx) => BY_LINK(ctx, { key })).then(([file]) => {
      if (!file) throw notFound('File not found')
      return file
    })

  app.get('/f/:key', open, async (request, reply) => {
    const file = await findByLink(paramOf(request, 'key'))
    const { stream } = await storage.stream(file.storage_key)
    const inline = shownInline.has(file.mimetype)
    reply.header('content-type', file.mimetype.startsWith('text/') ? 'text/plain; charset=utf-8' : file.mimetype)
    reply.header('content-length', file.size).header('etag', `"${file.md5}"`).header('cache-control', 'private, max-age=3600')
    // Browsers don't start their PDF viewer in a sandbox; in a PDF there is nothing that one would hold back.
    if (file.mimetype !== 'application/pdf')
      reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    reply.header('content-disposition', `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${headerText(file.name)}`)
    return reply.send(stream)
  })

  app.get('/f/:key/:picture', open, async (request, reply) => {
    const picture = paramOf(request, 'picture')
    const { storage_key, pages, previews } = await findByLink(paramOf(request, 'key'))
    if (![...pages.map(pageName), ...previews.map(previewName)].includes(picture)) throw notFound('Picture not found')
    const { stream, size } = await storage.stream(pictureKey(storage_key, picture))
    reply.header('content-type', 'image/png').header('content-length', size).header('cache-control', 'private, max-age=86400')
    return reply.send(stream)
  })
}

/** Text as a header may carry it (RFC 8187): `encodeURIComponent` leaves four characters that may not stand there. */
const headerText = (text: string) =>
  encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
