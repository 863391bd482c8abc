import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { documentOf } from '../platform/http/openapi.ts'
import type { App, Routes } from '../platform/http/operation.ts'
import { referencePage } from './reference-page.ts'

const open = { config: { open: true } as never }

/** What the API is, for programs and for people. */
export const reference: Routes = async (app) => {
  let document: Promise<Packed> | undefined
  app.get('/openapi.json', open, async (request, reply) => {
    document ??= described(app as App)
    return sendPacked(request, reply.type('application/json; charset=utf-8'), await document)
  })

  app.get('/docs', open, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      .header('x-frame-options', 'DENY')
      .send(referencePage as never),
  )
}

/** Bytes as they are, and packed for those who can unpack them. */
interface Packed {
  readonly bytes: Buffer
  readonly gzip: Buffer
}
const pack = async (text: string): Promise<Packed> => ({ bytes: Buffer.from(text), gzip: await packed(text) })
const packed = promisify(gzip)

function sendPacked(request: FastifyRequest, reply: FastifyReply, { bytes, gzip }: Packed) {
  reply.header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(bytes as never)
  return reply.header('content-encoding', 'gzip').send(gzip as never)
}

/**
 * The words are read when somebody asks for them: most servers never need them. Each step takes tens of milliseconds, and others have
 * their turn in between.
 */
async function described(app: App): Promise<Packed> {
  const { describeApi } = await import('./describe.ts')
  await turn()
  const bare = documentOf(app)
  await turn()
  const { document } = describeApi(bare)
  await turn()
  return pack(JSON.stringify(document))
}
