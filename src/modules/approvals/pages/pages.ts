import type { FastifyReply, FastifyRequest } from 'fastify'
import { ifRefused } from '../../../core/refusal.ts'
import { formIn } from '../../../platform/pages/form.ts'
import { readerLanguage } from '../../../platform/pages/language.ts'
import { paramOf } from '../../../platform/pages/request.ts'
import { open, pageRoutes, servePages } from '../../../platform/pages/scope.ts'
import { isOwnForm, sendPage } from '../../../platform/pages/sheet.ts'
import { findLink, readAsking, voteByLink } from '../links.service.ts'
import { askingPage, messagePage } from './page.html.ts'
import { approvalView } from './page.view.ts'
import { wordsOf } from './words.ts'

const path = '/approve/:key'
const REASON_MAX = 2000
/** A reason of that length in a form, where a letter may take nine bytes. */
const FORM_BYTES = 32 * 1024

/** The page behind the link in a mail to an approver. Looking changes nothing, since mail scanners look too; the buttons do. */
export const approvalPages = pageRoutes(async (app) => {
  const { machinery } = app
  servePages(app, 'the page of an approval', (request, status) =>
    messagePage(readerLanguage(request) ?? 'en', status === 429 ? 'busy' : 'failed'),
  )

  app.get(path, open, (request, reply) => show(request, reply))

  app.post(path, { ...open, bodyLimit: FORM_BYTES }, async (request, reply) => {
    const found = await findLink(machinery, keyOf(request))
    const { choice, reason = '' } = formIn(request)
    if (found && (choice === 'approve' || choice === 'reject') && isOwnForm(request)) {
      const why = reason.trim()
      if (why.length > REASON_MAX) return show(request, reply.code(422), why)
      // If somebody else decided first, or the user isn't asked any more, the page says so.
      await voteByLink(machinery, found, choice, why || null).catch(ifRefused(() => {}))
    }
    return show(request, reply)
  })

  /** The page as things stand; with a reason that was too long, to be shortened. */
  async function show(request: FastifyRequest, reply: FastifyReply, tooLong: string | null = null) {
    const reader = readerLanguage(request)
    const found = await findLink(machinery, keyOf(request))
    const asking = found && (await readAsking(machinery, found))
    if (!asking) return sendPage(reply.code(404), messagePage(reader ?? 'en', 'gone'))
    const view = approvalView(asking, reader)
    return sendPage(
      reply,
      askingPage(view, tooLong === null ? null : { reason: tooLong, fault: wordsOf(view.language).too_long }),
    )
  }
})

const keyOf = (request: FastifyRequest) => paramOf(request, 'key')
