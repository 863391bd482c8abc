import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../core/refusal.ts'
import { link } from '../platform/files/links.ts'
import type { App, Routes } from '../platform/http/operation.ts'
import { once } from '../platform/once.ts'
import { pathOf } from '../platform/pages/sheet.ts'
import { describedDocument } from './document.ts'
import { docsFolder, readGuides } from './guides.ts'
import { guidePage, referencePage } from './site.html.ts'

const open = { config: { open: true } as never }
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What the API is, for programs and for people: the OpenAPI document, the reference, and the guides. Works without a network. */
export const reference: Routes = async (app) => {
  const document = once(async () => pack('application/json; charset=utf-8', JSON.stringify(await describedDocument(app as App))))
  app.get('/openapi.json', open, async (request, reply) => sendPacked(request, reply, await document()))

  const collection = once(async () => {
    const { postmanCollection } = await import('./postman.ts')
    const whole = await describedDocument(app as App)
    return pack('application/json; charset=utf-8', JSON.stringify(postmanCollection(whole, link('/v1'))))
  })
  app.get('/postman.json', open, async (request, reply) => sendPacked(request, reply, await collection()))

  const site = once(drawn)
  for (const url of ['/docs', '/docs/*'])
    app.get(url, open, async (request, reply) => {
      const page = (await site()).get((request.params as { '*'?: string })['*'] ?? '')
      if (!page) throw notFound('There is no such page', 'unknown_address')
      reply.header('content-security-policy', POLICY).header('x-frame-options', 'DENY')
      return sendPacked(request, reply, page)
    })
}

/** Bytes as they are, and packed for those who can unpack them. */
interface Packed {
  readonly type: string
  readonly bytes: Buffer
  readonly gzip: Buffer | null
}
const packed = promisify(gzip)
const pack = async (type: string, content: string | Buffer): Promise<Packed> => ({
  type,
  bytes: Buffer.from(content),
  gzip: type.startsWith('image/') ? null : await packed(content),
})

/** Says `gzip`, and not that it is unwelcome (`q=0`). */
const PACKS = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/

function sendPacked(request: FastifyRequest, reply: FastifyReply, { type, bytes, gzip }: Packed) {
  reply.type(type).header('vary', 'accept-encoding')
  if (!gzip || !PACKS.test(request.headers['accept-encoding'] ?? '')) return reply.send(bytes as never)
  return reply.header('content-encoding', 'gzip').send(gzip as never)
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** Every page and file of the documentation, by its path below `/docs/`. */
async function drawn(): Promise<ReadonlyMap<string, Packed>> {
  const home = pathOf('/docs')
  const guides = await readGuides(home)
  const entries: [string, Packed][] = []
  const add = async (path: string, type: string, content: string | Buffer) => {
    entries.push([path, await pack(type, content)])
  }
  await add('', 'text/html; charset=utf-8', referencePage(guides, home).text)
  for (const guide of guides) {
    await add(guide.path, 'text/html; charset=utf-8', guidePage(guide, guides, home).text)
    await turn()
  }
  const found = guides.flatMap(({ path, title, parts }) =>
    parts.map((part) => ({ href: `${home}/${path}#${part.id}`, page: title, title: part.title, text: part.text })),
  )
  await add('search.json', 'application/json; charset=utf-8', JSON.stringify(found))
  for (const name of await readdir(docsFolder, { recursive: true })) {
    const type = TYPES[extname(name)]
    if (type) await add(name.replaceAll('\\', '/'), type, await readFile(join(docsFolder, name)))
  }
  return new Map(entries)
}
