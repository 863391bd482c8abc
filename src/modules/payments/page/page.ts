import type { FastifyReply, FastifyRequest } from 'fastify'
import { methodCodes } from '../../../core/payments/methods.data.ts'
import { ifRefused, Refusal } from '../../../core/refusal.ts'
import { UUID } from '../../../core/uuid.ts'
import { formIn } from '../../../platform/pages/form.ts'
import { paramOf, queryOf } from '../../../platform/pages/request.ts'
import { open, pageRoutes, servePages } from '../../../platform/pages/scope.ts'
import { pathOf, requireOwnForm, sendPage, unlisted } from '../../../platform/pages/sheet.ts'
import { type DocumentLanguage, documentLanguage, supportedLanguages } from '../../../platform/pdf/labels.ts'
import { comeBack, proceedPayment, startPayment } from '../carrying.service.ts'
import { type FoundLink, findOwner, regenerate } from '../links/links.service.ts'
import { payPage, sayPage } from './page.html.ts'
import { type PayFacts, readPayPage } from './page.service.ts'
import { payWords } from './page.words.ts'

const FORM_BYTES = 4096
/** A payment that goes on by itself is looked at again so often. */
const REFRESH_S = 2

/** The page a payment link leads to. Looking starts nothing: payments begin with a form that the payer sends. */
export const payPages = pageRoutes(async (app) => {
  const { machinery } = app
  const frames = machinery.config.payment_page_frames
  servePages(app, 'the pay page', (request) => {
    const language = languageOf(request, null)
    const words = payWords(language)
    const home = { href: here(request), label: words.again }
    return sayPage(language, frames, words.error_title, words.error, home)
  })

  app.get('/pay/:id', open, async (request, reply) => {
    const found = await ownerOf(request)
    return found ? show(request, reply, await readPayPage(machinery, found)) : gone(request, reply)
  })

  app.post('/pay/:id/start', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (!found) return gone(request, reply)
    const { method, bank } = formIn(request)
    const code = methodCodes.find((one) => one === method)
    if (!code) throw new Refusal('bad_request', 'There is no such way to pay')
    await unlessOver(startPayment(machinery, found, code, code === 'sepa_credit' ? bank || null : null))
    return away(reply, here(request))
  })

  app.post('/pay/:id/proceed', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (!found) return gone(request, reply)
    await unlessOver(proceedPayment(machinery, found))
    return away(reply, here(request))
  })

  // Where a provider sends payers back to. That says nothing: what came of their payment is asked for.
  app.get('/pay/:id/back', open, async (request, reply) => {
    const found = await ownerOf(request)
    if (!found) return gone(request, reply)
    await unlessOver(comeBack(machinery, found))
    return away(reply, here(request))
  })

  app.post('/pay/:id/regenerate', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (!found) return gone(request, reply)
    try {
      return away(reply, addressOf(await regenerate(machinery, found), request))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const facts = await readPayPage(machinery, found)
      const language = languageOf(request, facts)
      const words = payWords(language)
      const text = words.nothing.replace('{name}', () => facts.recipient.name)
      return sendPage(reply.code(409), sayPage(language, frames, words.nothing_title, text))
    }
  })

  // A form's address is reloaded, or opened from the history.
  for (const action of ['start', 'proceed', 'regenerate'])
    app.get(`/pay/:id/${action}`, open, async (request, reply) => away(reply, here(request)))

  function show(request: FastifyRequest, reply: FastifyReply, facts: PayFacts) {
    if (facts.state === 'processing' && !facts.byHand) reply.header('refresh', String(REFRESH_S))
    return sendPage(reply, payPage(facts, languageOf(request, facts), frames, langOf(request)))
  }

  function gone(request: FastifyRequest, reply: FastifyReply) {
    const language = languageOf(request, null)
    const { gone_title, gone: text } = payWords(language)
    return sendPage(reply.code(404), sayPage(language, frames, gone_title, text))
  }

  const ownerOf = async (request: FastifyRequest): Promise<FoundLink | null> => {
    const id = paramOf(request, 'id')
    return UUID.test(id) ? findOwner(machinery.db, id.toLowerCase()) : null
  }
  const formOf = (request: FastifyRequest) => {
    requireOwnForm(request)
    return ownerOf(request)
  }
})

/** Somebody paid meanwhile, or the link is over: the page says what came of it. */
const unlessOver = (step: Promise<unknown>) => step.catch(ifRefused(() => {}, 'conflict'))

/** The language asked for, else that of the invoice, else the first of the browser's that we know. */
function languageOf(request: FastifyRequest, facts: PayFacts | null): DocumentLanguage {
  const lang = queryOf(request, 'lang')
  const known = (code: string | null | undefined) =>
    supportedLanguages.find((one) => one === code?.trim().toLowerCase().split(/[-_;]/)[0])
  const browser = (request.headers['accept-language'] ?? '')
    .split(',')
    .map(known)
    .find((one) => one !== undefined)
  return known(typeof lang === 'string' ? lang : null) ?? known(facts?.language) ?? browser ?? documentLanguage('en')
}

function here(request: FastifyRequest): string {
  const id = paramOf(request, 'id')
  return addressOf(id, request)
}

/** The page of a link, in the language that was asked for. */
function addressOf(id: string, request: FastifyRequest): string {
  const path = pathOf(`/pay/${encodeURIComponent(id)}`)
  const lang = langOf(request)
  return lang === null ? path : `${path}?lang=${lang}`
}

/** The language that an address asks for; null where it asks for none. */
function langOf(request: FastifyRequest): string | null {
  const lang = queryOf(request, 'lang')
  return lang !== undefined && /^[a-z]{2}$/.test(lang) ? lang : null
}

const away = (reply: FastifyReply, path: string) => unlisted(reply).removeHeader('x-frame-options').redirect(path, 303)
