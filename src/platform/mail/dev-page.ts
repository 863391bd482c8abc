import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { asSystem, type Ctx } from '../database/context.ts'
import { type RowOf, sql } from '../database/sql.ts'
import { link } from '../files/links.ts'
import { isLocal, isLoopback } from '../http/local.ts'
import type { Routes } from '../http/operation.ts'
import { parseUrl } from '../url.ts'
import { escaped } from './html.ts'
import type { Recipient } from './outbox.ts'

const open = { config: { open: true } as never }
const SHOWN = 200
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const COLUMNS = `m.id, m.entity_id, m.created_at, m.status, m.error, m.subject, m.sender, m.reply_to, m.recipients, m.attachments,
  coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "entity!"`

/** Whether the outbox may be looked at in a browser: only where mails stay here and somebody asked for it, `local` where nobody else comes by. */
export const showsOutbox = ({ smtp_url, host, public_url, dev_mail }: Config): boolean => {
  const alone = isLoopback(host) && (public_url === '' || isLoopback(parseUrl(public_url)?.hostname ?? ''))
  return smtp_url === '' && (dev_mail === 'true' || (dev_mail === 'local' && alone))
}

const WHOLE = sql(`select ${COLUMNS}, m.html, m.text from mails m join entities e on e.id = m.entity_id where m.id = :mail_id`)
const LATEST = sql(
  `select ${COLUMNS} from mails m join entities e on e.id = m.entity_id order by m.created_at desc, m.id limit ${SHOWN}`,
)
type Row = RowOf<typeof LATEST>
type Whole = RowOf<typeof WHOLE>

/** The mails of an installation without a mail server, for the people who build on it. */
export const devMail: Routes = async (app) => {
  const { config, db, storage } = app.machinery
  if (!showsOutbox(config)) return
  // The rows of all entities are shown: there is nobody to ask who is looking.
  const ask = <T>(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (ctx: Ctx) => Promise<T | undefined>,
  ): Promise<T | null> => {
    const allowed = config.dev_mail === 'true' || isLocal(request)
    return (allowed ? asSystem(db, work) : Promise.resolve(undefined)).then((found) => {
      if (found === undefined) reply.code(404)
      return found ?? null
    })
  }
  const whole = async (request: FastifyRequest, reply: FastifyReply): Promise<Whole | null> => {
    const { mail_id } = request.params as { mail_id: string }
    return ask(request, reply, async (ctx) => {
      if (!UUID.test(mail_id)) return undefined
      const row = await WHOLE.maybe(ctx, { mail_id })
      return row
    })
  }

  app.get('/dev/mail', open, async (request, reply) => {
    const rows = await ask(request, reply, (ctx) => LATEST(ctx))
    return sendPage(reply, rows ? page('Mails', list(rows)) : page('Not here', GONE))
  })

  app.get('/dev/mail/:mail_id', open, async (request, reply) => {
    const row = await whole(request, reply)
    return sendPage(reply, row ? page(row.subject || 'No subject', detail(row)) : page('Not here', GONE))
  })

  // The mail itself, as its receiver sees it: no script of it runs, and it belongs to no origin.
  app.get('/dev/mail/:mail_id/page', open, async (request, reply) => {
    const row = await whole(request, reply)
    reply.header('content-security-policy', `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: ${link('')}`)
    return reply.type('text/html; charset=utf-8').send((row?.html ?? GONE) as never)
  })

  app.get('/dev/mail/:mail_id/attachments/:nth', open, async (request, reply) => {
    const row = await whole(request, reply)
    const file = row?.attachments[Number((request.params as { nth: string }).nth)]
    const bytes = file && (await storage.get(file.storage_key).catch(() => null))
    if (!file || !bytes) return sendPage(reply.code(404), page('Not here', GONE))
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name.toWellFormed())}`)
      .send(bytes as never)
  })
}

function sendPage(reply: FastifyReply, text: string) {
  reply.header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  )
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(text as never)
}

const GONE = '<p>There is nothing at this address.</p>'
const when = (instant: string) => `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`
const to = (recipients: readonly Recipient[]) => recipients.map(({ email }) => escaped(email)).join(', ')
const badge = (status: string) => `<span class="status ${status}">${status.replace('_', ' ')}</span>`

function list(rows: readonly Row[]): string {
  if (rows.length === 0) return '<p class="soft">No mail yet. Send an invoice, and it appears here.</p>'
  const lines = rows.map(
    ({ id, subject, recipients, created_at, entity, status, attachments }) => `<tr>
<td><a href="/dev/mail/${id}">${escaped(subject) || '(no subject)'}</a>${attachments.length > 0 ? ` <span class="soft" title="attachments">📎 ${attachments.length}</span>` : ''}</td>
<td>${to(recipients)}</td><td>${escaped(entity)}</td><td class="soft">${when(created_at)}</td><td>${badge(status)}</td></tr>`,
  )
  return `<table class="list"><thead><tr><th>Subject</th><th>To</th><th>Entity</th><th>Queued</th><th>Status</th></tr></thead><tbody>${lines.join('\n')}</tbody></table>`
}

function detail({
  id,
  subject,
  sender,
  reply_to,
  recipients,
  attachments,
  created_at,
  entity,
  entity_id,
  status,
  error,
  text,
}: Whole) {
  const field = (name: string, value: string) => (value ? `<div><dt>${name}</dt><dd>${value}</dd></div>` : '')
  const of = (kind: string) =>
    recipients
      .filter((recipient) => recipient.kind === kind)
      .map(({ email, error }) => escaped(email) + (error ? ` <span class="soft">(${escaped(error)})</span>` : ''))
      .join('<br>')
  const files = attachments.map(
    ({ name, size }, nth) =>
      `<a href="/dev/mail/${id}/attachments/${nth}">${escaped(name)}</a> <span class="soft">${Math.ceil(size / 1024)} kB</span>`,
  )
  return `<p><a href="/dev/mail">All mails</a></p><h1>${escaped(subject) || '(no subject)'}</h1>
<dl>${field('From', escaped(sender.name ? `${sender.name} <${sender.address}>` : sender.address))}${field('Reply to', reply_to.map(escaped).join(', '))}
${field('To', of('to'))}${field('Cc', of('cc'))}${field('Bcc', of('bcc'))}${field('Entity', `${escaped(entity)} <span class="soft">${entity_id}</span>`)}
${field('Queued', when(created_at))}${field('Status', badge(status) + (error ? ` ${escaped(error)}` : ''))}${field('Attachments', files.join('<br>'))}</dl>
<iframe src="/dev/mail/${id}/page" sandbox="" title="The mail as its receiver sees it"></iframe>
<h2>As text</h2><pre>${escaped(text)}</pre>`
}

const page = (title: string, content: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)} · Quittance outbox</title>
<style>
:root { --ink: #16212b; --soft: #5c6b78; --line: #e3e8ec; --paper: #fff; --wash: #f6f8f9; --accent: #1f4e8c }
@media (prefers-color-scheme: dark) { :root { --ink: #e7edf1; --soft: #9aa8b3; --line: #2b363f; --paper: #141b21; --wash: #1b242b; --accent: #84b3ef } }
body { margin: 0 auto; max-width: 1100px; padding: 32px 24px 80px; font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--paper) }
header { font-size: 13px; color: var(--soft); margin-bottom: 20px } h1 { font-size: 22px; margin: 0 0 14px } h2 { font-size: 16px; margin: 28px 0 8px } a { color: var(--accent) }
.list { width: 100%; border-collapse: collapse } th { text-align: left; font-size: 12px; color: var(--soft); font-weight: 600 } th, td { padding: 9px 10px 9px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
.soft { color: var(--soft); font-size: 13px } .status { font-size: 12px; padding: 1px 8px; border-radius: 9px; background: var(--wash); border: 1px solid var(--line); white-space: nowrap } .sent { color: #1f6f54 } .failed, .partially_sent { color: #b3372f }
dl { margin: 0 0 20px; border: 1px solid var(--line); border-radius: 8px } dl > div { display: grid; grid-template-columns: 120px 1fr; padding: 6px 12px } dl > div + div { border-top: 1px solid var(--line) } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
iframe { box-sizing: border-box; width: 100%; height: 820px; border: 1px solid var(--line); border-radius: 8px; background: #fff } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wash); border: 1px solid var(--line); border-radius: 8px; padding: 14px }
</style></head><body><header>Quittance outbox: without SMTP_URL mails stay here</header><main>${content}</main></body></html>
`
