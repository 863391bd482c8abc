import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { forbidden } from '../../core/refusal.ts'
import { link } from '../files/links.ts'
import { type DocumentLanguage, isRightToLeft } from '../pdf/labels.ts'
import { parseUrl } from '../url.ts'
import { Html, html } from './html.ts'
import { style } from './style.ts'

/** Pages for people without an account: everything is in the page itself, and only what is written here runs. */

/** A page, and the policy that lets a browser run what is on it and nothing else. */
export interface Page {
  readonly text: string
  readonly policy: string
  /** Who may show it in a frame, as in `frame-ancestors`; nobody when left out. */
  readonly frames?: string | undefined
}

/** The path of an address on this server, as browsers ask for it. */
export const pathOf = (path: string): string => parseUrl(link(path))?.pathname ?? path

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

interface Sheet {
  readonly language: DocumentLanguage
  readonly title: string
  /** Style sheets on top of what all pages have. */
  readonly theme: string
  readonly script?: string
  readonly frames?: string | undefined
  /** Where pictures come from beside this server: origins. */
  readonly pictures?: readonly string[]
  /** What is fetched from somebody whose own form stands on the page. */
  readonly guest?: Guest
}

/** Somebody else's script, which shows a form of theirs in a frame; all are origins but the script. */
export interface Guest {
  readonly script: string
  readonly frames: readonly string[]
  readonly connects: readonly string[]
}

/** A whole page around what is in it. Nothing is fetched from anywhere else, but what a guest brings. */
export function sheet({ language, title, theme, script = '', frames, pictures = [], guest }: Sheet, body: Html): Page {
  const text = html`<!doctype html>
<html lang="${language}" dir="${isRightToLeft(language) ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
<style>${new Html(theme)}</style>
</head>
<body>
${body}
${guest && html`<script src="${guest.script}"></script>`}${script && html`<script>${new Html(script)}</script>`}
</body>
</html>
`.text
  const policy = [
    "default-src 'none'",
    `style-src ${sha256(style)} ${sha256(theme)}`,
    script && ['script-src', sha256(script)].concat(guest ? [new URL(guest.script).origin] : []).join(' '),
    guest && ['frame-src'].concat(guest.frames).join(' '),
    ["img-src 'self' data:"].concat(pictures).join(' '),
    script && ["connect-src 'self'"].concat(guest?.connects ?? []).join(' '),
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frames ?? "'none'"}`,
  ]
  return { text, policy: policy.filter(Boolean).join('; '), frames }
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, { text, policy, frames }: Page) {
  const page = unlisted(reply)
  // Older browsers know only this header, and it can't name anybody.
  if (frames !== undefined && frames !== "'none'") page.removeHeader('x-frame-options')
  return page
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .send(text as never)
}

/** A page is for whoever has its address: it is kept nowhere, found by no search, and its address goes to nobody. */
export const unlisted = (reply: FastifyReply) =>
  reply.headers({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'x-frame-options': 'DENY',
  })

/**
 * Whether a form was sent from this site, as far as the browser says. The key is the secret that protects the answer; this keeps others
 * from having somebody who knows it click on their page. Our pages send no referrer, and with it browsers leave out the origin.
 */
export function isOwnForm({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  if (origin === undefined || origin === 'null') return true
  const host = parseUrl(origin)?.host
  return host !== undefined && (host === headers.host || host === parseUrl(link('/'))?.host)
}
/** Refuses (`forbidden`) a form that another site sent. */
export function requireOwnForm(request: FastifyRequest): void {
  if (!isOwnForm(request)) throw forbidden('The form comes from another site')
}
