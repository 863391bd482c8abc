import type { FastifyRequest } from 'fastify'
import { badRequest, invalidAt, unauthorized } from '../../core/refusal.ts'
import { bears } from '../../platform/auth/secrets.ts'
import type { Routes } from '../../platform/http/operation.ts'
import { verify } from '../../platform/webhooks/signature.ts'
import { NetworkRefusal } from '../../ports/einvoicing.ts'
import { takeEnvelope } from './receiving.service.ts'

/** Larger ones no network brings. */
const ENVELOPE_BYTES = 30 * 1024 * 1024

/**
 * Documents in their envelopes (SBDH) that an access point hands over as it receives them. Whoever brings them bears the secret, or signs what
 * it brings with it as we sign webhooks. Not there without `EINVOICE_IN_SECRET`.
 */
export const inboundEinvoices: Routes = async (app) => {
  const { machinery } = app
  const secret = machinery.config.einvoice_in_secret
  if (!secret) return
  const signatureOf = ({ headers }: FastifyRequest) => String(headers['x-signature'] ?? '')
  // Who neither bears the secret nor signs is sent away before the document is read.
  const onRequest = async (request: FastifyRequest) => {
    if (!bears(request.headers.authorization, secret) && signatureOf(request) === '')
      throw unauthorized('The secret is missing or wrong')
  }

  // A scope of its own: nothing else takes bodies of these kinds.
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      ['application/xml', 'text/xml'],
      { parseAs: 'buffer', bodyLimit: ENVELOPE_BYTES },
      (_request, body, done) => done(null, body),
    )
    scope.post(
      '/inbound/einvoices',
      { config: { open: true as const }, onRequest, bodyLimit: ENVELOPE_BYTES },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body))
          throw badRequest('The body has to be a document in its envelope: content-type application/xml')
        const now_s = Math.floor(machinery.db.clock.now().getTime() / 1000)
        if (!bears(request.headers.authorization, secret) && !verify(secret, request.body, signatureOf(request), now_s))
          throw unauthorized('The signature is wrong, or older than five minutes')
        try {
          await takeEnvelope(machinery, request.body)
        } catch (refusal) {
          if (!(refusal instanceof NetworkRefusal)) throw refusal
          throw invalidAt(['body'], refusal.message)
        }
        return reply.code(202).send({})
      },
    )
  })
}
