import type { FastifyReply, FastifyRequest } from 'fastify'
import { minorUnitsOf } from '../../../core/currencies.ts'
import { nowFor } from '../../../platform/database/context.ts'
import type { Routes } from '../../../platform/http/operation.ts'
import { type Html, html } from '../../../platform/pages/html.ts'
import { paramOf, queryOf } from '../../../platform/pages/request.ts'
import { open } from '../../../platform/pages/scope.ts'
import { pathOf, requireOwnForm, sendPage, sheet, unlisted } from '../../../platform/pages/sheet.ts'
import { themeCss } from '../../../platform/pages/theme.ts'
import { formats } from '../../../platform/pdf/format.ts'
import type { TestBank } from '../../../ports/payments.ts'
import { ownerOfPayment } from '../carrying.service.ts'

/** The page of a bank that plays one, in the sandbox: its customer agrees to a payment, or doesn't, and goes back. No money moves. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const STYLE = `.bank{max-width:460px;margin:0 auto;padding:24px 14px}.bank .ways{display:grid;gap:10px;margin-top:16px}.bank form{margin:0}
.test{margin:0 0 10px;padding:8px 12px;border-radius:10px;text-align:center;font-size:14px;color:var(--warn);background:var(--warn-wash)}`
type Looked = NonNullable<Awaited<ReturnType<TestBank['look']>>>

export const testBankPages: Routes = async (app) => {
  await app.register(async (scope) => {
    // Asked for late: whoever describes the API opens no payments.
    const bankOf = async (reference: string) => {
      const { db, payments } = app.machinery
      const bank = payments.testBank()
      const owner = bank && (await ownerOfPayment(app.machinery, bank.name, reference))
      return owner ? payments.testBank(() => nowFor(db, owner)) : bank
    }
    const frames = app.machinery.config.payment_page_frames
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, done) =>
      done(null, {}),
    )

    const find = async (request: FastifyRequest): Promise<Looked | null> => {
      const id = paramOf(request, 'id')
      if (!UUID.test(id)) return null
      const reference = id.toLowerCase()
      return (await (await bankOf(reference))?.look(reference)) ?? null
    }
    const say = (reply: FastifyReply, code: number, title: string, text: string) =>
      sendPage(reply.code(code), pageOf(title, html`<p>${text}</p>`, frames))
    const gone = (reply: FastifyReply) => say(reply, 404, 'There is no payment here', 'Please go back to whoever sent you here.')

    scope.get('/sandbox/bank/:id', open, async (request, reply) => {
      const found = await find(request)
      if (!found) return gone(reply)
      if (found.consent !== 'awaiting') return away(request, reply, found)
      const money = formats('en', 'US', found.currency, minorUnitsOf(found.currency)).money(found.amount)
      return sendPage(reply, consentPage(request, found, money, frames))
    })

    for (const says of ['agree', 'refuse'] as const)
      scope.post(`/sandbox/bank/:id/${says}`, { ...open, bodyLimit: 1024 }, async (request, reply) => {
        requireOwnForm(request)
        const found = await find(request)
        if (!found) return gone(reply)
        const id = paramOf(request, 'id')
        await (await bankOf(id.toLowerCase()))?.answer(id.toLowerCase(), says)
        const after = await find(request)
        return after?.consent === 'awaiting' ? to(request, reply, pathOf(`/sandbox/bank/${id}`)) : away(request, reply, found)
      })
  })
}

/** The language of the page they came from goes along. */
const tail = (request: FastifyRequest) => {
  const lang = queryOf(request, 'lang')
  return lang !== undefined && /^[a-z]{2}$/.test(lang) ? `?lang=${lang}` : ''
}
const to = (request: FastifyRequest, reply: FastifyReply, path: string) =>
  unlisted(reply)
    .removeHeader('x-frame-options')
    .redirect(path + tail(request), 303)
/** Back to where the customer came from, which is on this server; what became of it is asked there. */
const away = (request: FastifyRequest, reply: FastifyReply, { return_url }: Looked) =>
  to(request, reply, new URL(return_url, 'http://here').pathname)

const pageOf = (title: string, body: Html, frames: string) =>
  sheet(
    { language: 'en', title, theme: `${themeCss(null)}${STYLE}`, frames },
    html`<div class="bank"><header><p class="test">This bank is a test: no money moves.</p></header><main class="card"><h1>${title}</h1>${body}</main></div>`,
  )

function consentPage(request: FastifyRequest, { bank, payee, again }: Looked, money: string, frames: string) {
  const id = paramOf(request, 'id')
  const form = (action: string, label: string, main: boolean) =>
    html`<form method="post" action="${pathOf(`/sandbox/bank/${id}/${action}`)}${tail(request)}"><button class="button${main && ' main'}">${label}</button></form>`
  return pageOf(
    bank,
    html`<p>${again ? 'Please confirm once more: the bank wants to be sure that it is you.' : html`${payee ?? 'Somebody'} asks for a transfer from your account.`}</p>
<p class="amount">${money}</p><div class="ways">${form('agree', `Transfer ${money}`, true)}${form('refuse', 'Refuse', false)}</div>`,
    frames,
  )
}
