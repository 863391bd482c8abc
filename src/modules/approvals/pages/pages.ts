import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../core/refusal.ts'
import type { Routes } from '../../../platform/http/operation.ts'
import { findLink, readAsking, voteByLink } from '../links.service.ts'
import { askingPage, gonePage, policy } from './page.html.ts'

/** Open to whoever has the key; counted by address. */
const open = { config: { open: true as const } }
const path = '/approve/:key'

/** The page behind the link in a mail to an approver. Looking changes nothing, since mail scanners look too; the buttons do. */
export const approvalPages: Routes = async (app) => {
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 1024 },
      (_request, body, done) => done(null, new URLSearchParams(body as string).get('choice')),
    )
    scope.get(path, open, (request, reply) => show(request, reply))
    scope.post(path, open, async (request, reply) => {
      const found = await findLink(app.machinery, keyOf(request))
      const choice = request.body
      if (found && (choice === 'approve' || choice === 'reject') && isOwnForm(request))
        await voteByLink(app.machinery, found, choice).catch(unlessRefused)
      return show(request, reply)
    })
  })

  async function show(request: FastifyRequest, reply: FastifyReply) {
    const found = await findLink(app.machinery, keyOf(request))
    const asking = found && (await readAsking(app.machinery, found))
    return reply
      .code(asking ? 200 : 404)
      .headers({
        'content-security-policy': policy,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
        'x-frame-options': 'DENY',
      })
      .type('text/html; charset=utf-8')
      .send((asking ? askingPage(asking) : gonePage()) as never)
  }
}

const keyOf = (request: FastifyRequest) => (request.params as { key: string }).key

/** Whether the form was sent from this page, as far as the browser says. */
const isOwnForm = ({ headers }: FastifyRequest) => ['same-origin', 'none', undefined].includes(headers['sec-fetch-site'] as never)

/** Somebody else decided first, or the user isn't asked any more: the page says where it stands. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}
