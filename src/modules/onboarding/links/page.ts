import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, ifRefused, Refusal } from '../../../core/refusal.ts'
import { UUID } from '../../../core/uuid.ts'
import { nowFor } from '../../../platform/database/context.ts'
import { statusOfRefusal } from '../../../platform/http/errors.ts'
import { readFiles } from '../../../platform/http/form.ts'
import { type Form, formIn } from '../../../platform/pages/form.ts'
import { askedLanguage, readerLanguage } from '../../../platform/pages/language.ts'
import { paramOf, queryOf } from '../../../platform/pages/request.ts'
import { open, pageRoutes, servePages } from '../../../platform/pages/scope.ts'
import { pathOf, requireOwnForm, sendPage, unlisted } from '../../../platform/pages/sheet.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import { peerOf } from '../data/data.service.ts'
import { keepFiles } from '../documents/forms.service.ts'
import { readKnown } from '../standing.service.ts'
import { requireSession, sendCode, useCode } from './codes.service.ts'
import { type FoundLink, findLink, finish, inside, isOver, maskedPhone } from './links.service.ts'
import { type Card, onboardPage } from './page.html.ts'
import { looksOf, saveForm } from './page.service.ts'
import { cardsOf, refusedText, withTyped } from './page.view.ts'
import { type Words, wordsOf } from './words.ts'

const FORM_BYTES = 64 * 1024
const FILE_BYTES = 10 * 1024 * 1024
const COOKIE = 'quittance_onboarding'

/** The page behind an onboarding link. Looking changes nothing: robots look, too. A code opens it, and finishing closes it. */
export const onboardingPages = pageRoutes(async (app) => {
  const { machinery } = app
  const { db, config } = machinery
  servePages(app, 'the onboarding page', (request, status) => {
    const language = readerLanguage(request) ?? 'en'
    const words = wordsOf(language)
    const [title, text] = status === 404 ? [words.gone_title, words.gone] : [words.failed_title, words.failed]
    const view = { id: '', language, title, text, cards: [] }
    return onboardPage({ sender: words.title, theme: null }, view)
  })

  /** The language that the address asked for goes from page to page. */
  const queryFor = (request: FastifyRequest) => {
    const asked = askedLanguage(request)
    return asked === null ? '' : `?lang=${encodeURIComponent(asked)}`
  }
  const linkOf = async (request: FastifyRequest): Promise<FoundLink> => {
    const id = paramOf(request, 'id')
    return findLink(db, UUID.test(id) ? id : '00000000-0000-0000-0000-000000000000')
  }
  const here = ({ id }: FoundLink) => pathOf(`/onboard/${id}`)
  const back = (found: FoundLink, request: FastifyRequest) => `${here(found)}${queryFor(request)}`
  const away = (reply: FastifyReply, url: string) => unlisted(reply).redirect(url, 303)
  const isIn = async (found: FoundLink, request: FastifyRequest): Promise<boolean> => {
    const token = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1] ?? null
    return requireSession(machinery, found, token).then(
      () => true,
      ifRefused(() => false),
    )
  }
  const isLate = (found: FoundLink) => isOver(found, nowFor(db, found))

  app.get('/onboard/:id', open, async (request, reply) => {
    const found = await linkOf(request)
    if (isLate(found)) return away(reply, found.refresh_url)
    const sent = queryOf(request, 'sent')
    return (await isIn(found, request))
      ? showForms(request, found, reply)
      : showCode(request, found, reply, { sent: sent === '1' })
  })
  // A form's address is reloaded, or opened from the history.
  app.get('/onboard/:id/:action', open, async (request, reply) => away(reply, back(await linkOf(request), request)))

  app.post('/onboard/:id/code', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (isLate(found)) return away(reply, found.refresh_url)
    const fault = await faultOf(sendCode(machinery, found, { reader: readerLanguage(request) }))
    return fault
      ? showCode(request, found, reply, fault)
      : away(reply, `${back(found, request)}${queryFor(request) === '' ? '?' : '&'}sent=1`)
  })

  app.post('/onboard/:id/verify', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (isLate(found)) return away(reply, found.refresh_url)
    const { code = '' } = formIn(request)
    try {
      const { access_token, expires_in } = await useCode(machinery, found, code)
      const secure = config.public_url.startsWith('https:') ? '; Secure' : ''
      const cookie = `${COOKIE}=${access_token}; Path=${here(found)}; Max-Age=${expires_in}; HttpOnly; SameSite=Lax${secure}`
      return away(reply.header('set-cookie', cookie), back(found, request))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return showCode(request, found, reply, { sent: true, fault: error, status: statusOfRefusal(error) })
    }
  })

  app.post('/onboard/:id/documents', open, async (request, reply) => {
    const found = await formOf(request)
    if (isLate(found) || !(await isIn(found, request))) return away(reply, back(found, request))
    const people = await inside(machinery, found, readKnown).then(({ snapshot }) => snapshot.persons.map(({ id }) => id))
    const names = ['', ...people].flatMap((id) =>
      ['verification_document_front', 'verification_document_back'].map((side) => (id ? `${side} ${id}` : side)),
    )
    const fault = await faultOf(
      (async () => {
        const large = badRequest('A document of identity is a JPG, PNG or PDF file of 10 KB to 10 MB; one of these is larger')
        const sent = [...(await readFiles(request, names, FILE_BYTES, large))].filter(([, { bytes }]) => bytes.length > 0)
        const [[, person = null] = []] = sent.map(([name]) => name.split(' '))
        const files = new Map(sent.map(([name, file]) => [name.split(' ')[0] ?? '', file]))
        await keepFiles(machinery, found.partner_id, files, person, (work) => inside(machinery, found, work))
      })(),
    )
    return fault ? showForms(request, found, reply, { ...fault, action: 'documents' }) : away(reply, back(found, request))
  })

  app.post('/onboard/:id/finish', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (isLate(found) || !(await isIn(found, request))) return away(reply, back(found, request))
    if (cardsOf(await inside(machinery, found, readKnown), 'en').length > 0)
      return showForms(request, found, reply, { fault: 'unfinished', status: 409 })
    await finish(machinery, found)
    return away(reply, found.return_url)
  })

  app.post('/onboard/:id/:action', { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await formOf(request)
    if (isLate(found) || !(await isIn(found, request))) return away(reply, back(found, request))
    const action = paramOf(request, 'action')
    const typed = formIn(request)
    const peer = peerOf(request.ip, config)
    const fault = await faultOf(inside(machinery, found, (ctx) => saveForm(ctx, machinery, action, typed, peer)))
    return fault ? showForms(request, found, reply, { ...fault, action, typed }) : away(reply, back(found, request))
  })

  async function formOf(request: FastifyRequest): Promise<FoundLink> {
    requireOwnForm(request)
    return linkOf(request)
  }

  /** What is wrong with what was sent, for the page to say; null when nothing is. */
  async function faultOf(step: Promise<unknown>): Promise<{ fault: Refusal; status: number } | null> {
    return step.then(
      () => null,
      ifRefused((fault) => ({ fault, status: statusOfRefusal(fault) })),
    )
  }

  async function showCode(
    request: FastifyRequest,
    found: FoundLink,
    reply: FastifyReply,
    { sent = false, fault = null, status = 200 }: { sent?: boolean; fault?: Refusal | null; status?: number },
  ) {
    const looks = await inside(machinery, found, looksOf)
    const language = readerLanguage(request) ?? looks.language
    const words = wordsOf(language)
    const ask = { action: 'code', inputs: [], button: sent ? words.send_again : words.send_code, main: !sent }
    const enter = {
      action: 'verify',
      inputs: [{ name: 'code', label: words.code, required: true, wide: true, autocomplete: 'one-time-code' }],
      button: words.go_on,
    }
    const phone = maskedPhone(found.phone)
    const text = phone ? say(words.code_goes, { name: looks.sender, phone: `\u2066${phone}\u2069` }) : words.no_phone
    const cards: Card[] = [{ title: sent ? words.enter_code : words.first_a_code, forms: sent ? [enter, ask] : [ask] }]
    const view = {
      id: found.id,
      language,
      query: queryFor(request),
      title: words.is_it_you,
      text,
      fault: fault && codeFault(words, fault),
      cards: phone ? cards : [],
    }
    return sendPage(reply.code(status), onboardPage(looks, view))
  }

  async function showForms(
    request: FastifyRequest,
    found: FoundLink,
    reply: FastifyReply,
    {
      fault = null,
      status = 200,
      action = '',
      typed = {},
    }: { fault?: Refusal | 'unfinished' | null; status?: number; action?: string; typed?: Form } = {},
  ) {
    const { looks, known } = await inside(machinery, found, async (ctx) => ({
      looks: await looksOf(ctx),
      known: await readKnown(ctx),
    }))
    const language = readerLanguage(request) ?? looks.language
    const words = wordsOf(language)
    const cards = withTyped(cardsOf(known, language), action, typed)
    const end: Card = { title: words.all_done, forms: [{ action: 'finish', inputs: [], button: words.finish }] }
    const left = cards.length === 1 ? words.one_left : say(words.left, { count: String(cards.length) })
    const view = {
      id: found.id,
      language,
      query: queryFor(request),
      title: cards.length > 0 ? words.title : words.nothing_left,
      text: cards.length > 0 ? words.text : words.thanks,
      ...(cards.length > 0 && { steps: left }),
      fault: fault === 'unfinished' ? words.still_missing : fault && refusedText(language, action, fault),
      cards: cards.length > 0 ? cards : [end],
    }
    return sendPage(reply.code(status), onboardPage(looks, view))
  }
})

/** Why a code was not sent, or not taken. */
function codeFault(words: Words, { kind }: Refusal): string {
  if (kind === 'too_many_requests') return words.too_many_codes
  return kind === 'bad_request' ? words.wrong_code : words.failed
}
