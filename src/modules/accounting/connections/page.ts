import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../core/refusal.ts'
import { asEntity, asSystem } from '../../../platform/database/context.ts'
import { link } from '../../../platform/files/links.ts'
import { statusOfRefusal } from '../../../platform/http/errors.ts'
import type { Routes } from '../../../platform/http/operation.ts'
import { formIn, takeForms } from '../../../platform/pages/form.ts'
import { paramOf, queryOf } from '../../../platform/pages/request.ts'
import { isOwnForm, sendPage, unlisted } from '../../../platform/pages/sheet.ts'
import { Deauthorized, LedgerRefusal } from '../../../ports/accounting.ts'
import { agree, connectionByKey, type FoundConnection, factsOf } from './connections.service.ts'
import { choosePage, sayPage } from './page.html.ts'
import { whoFor } from './renewing.service.ts'

/** Open to whoever has the key; counted by address. */
const open = { config: { open: true as const } }
const path = '/accounting/connect/:key'
/** Where ledgers that ask on a page of their own send users back to. */
const CALLBACK = '/accounting/callback'
const FORM_BYTES = 8 * 1024

/** The page behind `connection_url`. Looking changes nothing; the button does. */
export const connectionPages: Routes = async (app) => {
  await app.register(async (scope) => routes(scope))
}

async function routes(app: FastifyInstance) {
  const { machinery } = app
  takeForms(app)
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    // What the ledger says no to is for the user to read.
    if (error instanceof LedgerRefusal || error instanceof Deauthorized)
      return sendPage(reply.code(400), sayPage('Not connected', error.message))
    const status = error instanceof Refusal ? statusOfRefusal(error) : (error.statusCode ?? 500)
    if (status >= 500) request.log.error({ err: error, request_id: request.id }, 'the page of a ledger failed')
    const text = error instanceof Refusal ? error.message : 'This did not work. Please try again.'
    return sendPage(reply.code(status), sayPage('Not connected', text))
  })

  app.get(path, open, async (request, reply) => {
    const found = await foundBy(request)
    return found ? show(reply, found, keyOf(request)) : gone(reply)
  })

  app.post(path, { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    if (!isOwnForm(request)) throw new Refusal('forbidden', 'The form comes from another site')
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
    await agree(machinery, found, { provider, answers, all: all === 'yes' })
    return sendPage(reply, sayPage('Connected', `${provider.title} is kept in step from now on. You can close this page.`))
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
    await agree(machinery, found, { provider, answers, all: which === 'all' })
    return sendPage(reply, sayPage('Connected', `${provider.title} is kept in step from now on. You can close this page.`))
  })

  async function show(reply: FastifyReply, found: FoundConnection, key: string) {
    if (found.status === 'connected') return sendPage(reply, sayPage('Connected', 'The ledger is kept in step.'))
    const who = { partnerId: found.partner_id, entityId: found.entity_id }
    const facts = await asEntity(machinery.db, whoFor(who), factsOf)
    return sendPage(reply, choosePage(machinery.accounting.all, { key, facts, again: found.adapter }))
  }

  const gone = (reply: FastifyReply) =>
    sendPage(reply.code(404), sayPage('Nothing here', 'This connection has ended, or its address is not complete.'))

  const foundBy = (request: FastifyRequest) => asSystem(machinery.db, (ctx) => connectionByKey(ctx, keyOf(request)))
}

const keyOf = (request: FastifyRequest): string => paramOf(request, 'key')
