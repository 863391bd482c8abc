import type { FastifyReply, FastifyRequest } from 'fastify'
import { ifRefused } from '../../../core/refusal.ts'
import { formIn } from '../../../platform/pages/form.ts'
import { askedLanguage, readerLanguage } from '../../../platform/pages/language.ts'
import { paramOf } from '../../../platform/pages/request.ts'
import { open, pageRoutes, servePages } from '../../../platform/pages/scope.ts'
import { pathOf, requireOwnForm, sendPage, unlisted } from '../../../platform/pages/sheet.ts'
import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'
import { accept, decline, type Found, findByKey, inside, readPage } from '../customers.service.ts'
import { pdfLink } from '../receivables.service.ts'
import { documentPage, type Filled, messagePage } from './page.html.ts'
import { type PageView, pageView } from './page.view.ts'
import { type Faults, isSigned, readSigned } from './signature.ts'
import { wordsOf } from './words.ts'

/** A drawn signature in base64 is at most 512 kB, and a little longer in a form. */
const FORM_BYTES = 640 * 1024
const COMMENT_MAX = 2000

/** The pages that customers open from their mails: a document, and the answer to a quote. They work without scripts and set no cookie. */
export const pages = pageRoutes(async (app) => {
  const { machinery } = app
  servePages(app, 'the page of a document', (request, status) => {
    const words = wordsOf(languageOf(request))
    const page = { title: words.failed_title, text: status === 429 ? words.busy : words.failed, back: back(request) }
    return messagePage(languageOf(request), page)
  })

  app.get('/view/:key', open, async (request, reply) => {
    const { view } = await look(request)
    return view ? sendPage(reply, documentPage(view)) : gone(request, reply)
  })

  // Anybody who comes before the pages are drawn waits here; browsers ask again by themselves.
  app.get('/view/:key/pdf', open, async (request, reply) => {
    const { found, view } = await look(request)
    if (!found || !view) return gone(request, reply)
    if (view.file_key) return away(reply, pathOf(`/f/${view.file_key}`))
    await inside(machinery, found, (ctx) => pdfLink(ctx, found.id))
    const { words, language } = view
    reply.code(202).header('refresh', '2')
    return sendPage(reply, messagePage(language, { title: words.preparing, text: '', back: back(request) }))
  })

  app.post('/view/:key/accept', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const { found, view, form } = await answering(request)
    if (!found || !view) return gone(request, reply)
    if (!view.answer) return away(reply, here(request))
    const signed = view.answer.signed ? await readSigned(form, view.words, found.partner_id) : null
    if (signed && !isSigned(signed)) return again(reply, view, { action: 'accept', values: form, faults: signed })
    await unlessAnswered(accept(machinery, found, signed))
    return away(reply, here(request))
  })

  app.post('/view/:key/decline', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const { found, view, form } = await answering(request)
    if (!found || !view) return gone(request, reply)
    if (!view.answer) return away(reply, here(request))
    const comment = (form.comment ?? '').trim()
    const faults: Faults = comment.length > COMMENT_MAX ? { comment: view.words.too_long } : {}
    if (faults.comment) return again(reply, view, { action: 'decline', values: form, faults })
    await unlessAnswered(decline(machinery, found, comment || null))
    return away(reply, here(request))
  })

  // A form that was shown again has this address, and people reload it.
  for (const action of ['accept', 'decline'])
    app.get(`/view/:key/${action}`, open, async (request, reply) => away(reply, here(request)))

  async function look(request: FastifyRequest): Promise<{ found: Found | null; view: PageView | null }> {
    const key = keyOf(request)
    const found = await findByKey(machinery, key)
    const facts = found && (await inside(machinery, found, (ctx) => readPage(ctx, found, key), { reading: true }))
    return { found, view: facts && pageView(facts, askedLanguage(request)) }
  }

  async function answering(request: FastifyRequest) {
    requireOwnForm(request)
    return { ...(await look(request)), form: formIn(request) }
  }
})

/** Somebody else at the same customer answered first, or it is too late by now: the page says what came of it. */
const unlessAnswered = (answer: Promise<unknown>) => answer.catch(ifRefused(() => {}, 'conflict'))

const keyOf = (request: FastifyRequest) => paramOf(request, 'key')

/** For pages without a document. */
const languageOf = (request: FastifyRequest): DocumentLanguage => readerLanguage(request) ?? 'en'

/** The page of the document, in the language that was being read. */
function here(request: FastifyRequest): string {
  const lang = askedLanguage(request)
  const path = pathOf(`/view/${encodeURIComponent(keyOf(request))}`)
  return lang && /^[a-z]{2}$/.test(lang) ? `${path}?lang=${lang}` : path
}

const back = (request: FastifyRequest) => ({ href: here(request), label: wordsOf(languageOf(request)).back })

const away = (reply: FastifyReply, path: string) => unlisted(reply).redirect(path, 303)

const again = (reply: FastifyReply, view: PageView, filled: Filled) => sendPage(reply.code(422), documentPage(view, filled))

function gone(request: FastifyRequest, reply: FastifyReply) {
  const language = languageOf(request)
  const { gone_title: title, gone: text } = wordsOf(language)
  return sendPage(reply.code(404), messagePage(language, { title, text }))
}
