import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../core/refusal.ts'
import { asEntity, asSystem } from '../../../platform/database/context.ts'
import { link } from '../../../platform/files/links.ts'
import { formIn } from '../../../platform/pages/form.ts'
import { paramOf, queryOf } from '../../../platform/pages/request.ts'
import { open, pageRoutes, servePages } from '../../../platform/pages/scope.ts'
import { requireOwnForm, sendPage, unlisted } from '../../../platform/pages/sheet.ts'
import { agree, type Chosen, connectionByKey, type FoundConnection, factsOf } from './connections.service.ts'
import { choosePage, sayPage } from './page.html.ts'
import { whoFor } from './renewing.service.ts'

const path = '/accounting/connect/:key'
/** Where ledgers that ask on a page of their own send users back to. */
const CALLBACK = '/accounting/callback'
const FORM_BYTES = 8 * 1024

/** The page behind `connection_url`. Looking changes nothing; the button does. */
export const connectionPages = pageRoutes(async (app) => {
  const { machinery } = app
  servePages(app, 'the page of a ledger', (_request, _status, error) =>
    sayPage('Not connected', error instanceof Refusal ? error.message : 'This did not work. Please try again.'),
  )

  app.get(path, open, async (request, reply) => {
    const found = await foundBy(request)
    return found ? show(reply, found, keyOf(request)) : gone(reply)
  })

  app.post(path, { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    requireOwnForm(request)
    const found = await foundBy(request)
    if (!found) return gone(reply)
    const { ledger = '', all, ...answers } = formIn(request)
    const provider = machinery.accounting.named(ledger)
    if (!provider) throw new Refusal('bad_request', 'There is no such ledger')
    if (provider.authorize) {
      // The ledger asks on a page of its own, and sends the user back to us.
      const state = `${keyOf(request)}.${provider.name}.${all === 'yes' ? 'all' : 'new'}`
      return unlisted(reply).redirect(provider.authorize(state, link(CALLBACK)), 303)
    }
    return connect(reply, found, { provider, answers, all: all === 'yes' })
  })

  app.get(CALLBACK, open, async (request, reply) => {
    const [key = '', ledger = '', which] = (queryOf(request, 'state') ?? '').split('.')
    const code = queryOf(request, 'code') ?? ''
    const found = await asSystem(machinery.db, (ctx) => connectionByKey(ctx, key))
    const provider = machinery.accounting.named(ledger)
    if (!found || !provider?.authorize) return gone(reply)
    if (queryOf(request, 'error') || !code)
      return sendPage(reply.code(400), sayPage('Not connected', `${provider.title} was not agreed to.`))
    const answers = { code, redirect_uri: link(CALLBACK), realmId: queryOf(request, 'realmId') ?? '' }
    return connect(reply, found, { provider, answers, all: which === 'all' })
  })

  async function connect(reply: FastifyReply, found: FoundConnection, chosen: Chosen) {
    await agree(machinery, found, chosen)
    const text = `${chosen.provider.title} is kept in step from now on. You can close this page.`
    return sendPage(reply, sayPage('Connected', text))
  }

  async function show(reply: FastifyReply, found: FoundConnection, key: string) {
    if (found.status === 'connected') return sendPage(reply, sayPage('Connected', 'The ledger is kept in step.'))
    const who = { partnerId: found.partner_id, entityId: found.entity_id }
    const facts = await asEntity(machinery.db, whoFor(who), factsOf)
    return sendPage(reply, choosePage(machinery.accounting.all, { key, facts, again: found.adapter }))
  }

  const gone = (reply: FastifyReply) =>
    sendPage(reply.code(404), sayPage('Nothing here', 'This connection has ended, or its address is not complete.'))

  const foundBy = (request: FastifyRequest) => asSystem(machinery.db, (ctx) => connectionByKey(ctx, keyOf(request)))
})

const keyOf = (request: FastifyRequest): string => paramOf(request, 'key')
