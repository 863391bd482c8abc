import type { FastifyRequest } from 'fastify'
import { badRequest, invalid, notFound, unauthorized } from '../../core/refusal.ts'
import { bears } from '../../platform/auth/secrets.ts'
import type { Routes } from '../../platform/http/operation.ts'
import { isMailbox, MAIL_IN_BYTES, takeBounces, takeMail } from './inbound.service.ts'

const RECIPIENTS_MAX = 100

/** Mails that another mail server, or a mail provider's hook, hands over as they are. Not there without `MAIL_IN_SECRET`. */
export const inboundMail: Routes = async (app) => {
  const { machinery } = app
  const secret = machinery.config.mail_in_secret
  if (!secret) return
  // Who doesn't know the secret is sent away before the mail is read.
  const onRequest = async ({ headers }: FastifyRequest) => {
    if (!bears(headers.authorization, secret)) throw unauthorized('The secret is missing or wrong')
  }

  // A scope of its own: nothing else takes bodies of this kind.
  await app.register(async (scope) => {
    scope.addContentTypeParser('message/rfc822', { parseAs: 'buffer', bodyLimit: MAIL_IN_BYTES }, (_request, body, done) =>
      done(null, body),
    )
    scope.post(
      '/inbound/mail',
      { config: { open: true as const }, onRequest, bodyLimit: MAIL_IN_BYTES },
      async (request, reply) => {
        const recipients = recipientsOf(request)
        if (!Buffer.isBuffer(request.body)) throw badRequest('The body has to be a mail: content-type message/rfc822')
        if (!(await isMailbox(machinery, recipients))) {
          if ((await takeBounces(machinery, request.body)) > 0) return reply.code(202).send({ documents: 0 })
          throw notFound('There is no such mailbox')
        }
        return reply.code(202).send({ documents: await takeMail(machinery, request.body, recipients) })
      },
    )
  })
}

/** The addresses a mail was sent to: `recipient` in the query, once or more, or the header `x-recipient`, with commas between them. */
function recipientsOf({ query, headers }: FastifyRequest): string[] {
  const asked = [(query as Record<string, unknown>).recipient ?? String(headers['x-recipient'] ?? '').split(',')].flat()
  const recipients = asked.map((address) => String(address).trim()).filter(Boolean)
  if (recipients.length > 0 && recipients.length <= RECIPIENTS_MAX) return recipients
  const msg = recipients.length === 0 ? 'Field required' : `There may be up to ${RECIPIENTS_MAX} recipients`
  throw invalid([{ loc: ['query', 'recipient'], msg, type: recipients.length === 0 ? 'missing' : 'value_error' }])
}
