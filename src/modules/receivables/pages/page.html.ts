import { at } from '../../../core/lists.ts'
import { Html, html } from '../../../platform/pages/html.ts'
import { type Page, pathOf, sheet } from '../../../platform/pages/sheet.ts'
import { themeCss } from '../../../platform/pages/theme.ts'
import { parseUrl } from '../../../platform/url.ts'
import { script } from './page.script.ts'
import type { PageView } from './page.view.ts'
import type { PageStatus, Words } from './words.ts'

/** What somebody filled in, when it has to be shown again; `faults` says what is wrong, by field. */
export interface Filled {
  readonly values: Readonly<Record<string, string>>
  readonly faults: Readonly<Record<string, string>>
  /** Which form it was. */
  readonly action: 'accept' | 'decline'
}

const TONE: Record<PageStatus, 'good' | 'warn' | 'bad' | 'calm'> = {
  open: 'calm',
  partially_paid: 'calm',
  overdue: 'bad',
  paid: 'good',
  canceled: 'calm',
  closed: 'calm',
  issued: 'calm',
  offered: 'warn',
  accepted: 'good',
  declined: 'calm',
  expired: 'bad',
} as const

/** The page of a document. */
export function documentPage(view: PageView, filled: Filled | null = null): Page {
  const { document, facts, language } = view
  const name = `${document.title} ${document.number ?? ''}`.trim()
  const theme = themeCss(facts.theme)
  return sheet(
    { language, theme, title: `${name} · ${facts.logo ? document.sender.short : document.sender.name}`, script },
    html`<div class="frame">
<header class="top">${head(view)}${languages(view)}</header>
<main class="paired">
${hero(view)}
${paper(view)}
${side(view, filled)}
</main>
${badge(facts.website)}
</div>`,
  )
}

const head = ({ document, facts }: PageView) =>
  facts.logo
    ? html`<img class="logo" src="${pathOf(facts.logo)}" alt="${document.sender.name}">`
    : html`<span class="sender" dir="auto">${document.sender.name}</span>`

const languages = ({ languages, words }: PageView) =>
  languages.length > 0 &&
  html`<nav class="languages" aria-label="${words.other_language}">${languages.map(
    ({ code, name, current }) =>
      html`<a href="?lang=${code}" lang="${code}" hreflang="${code}"${current && html` aria-current="true"`}>${name}</a>`,
  )}</nav>`

/** The partner's site, where one is named. */
function badge(website: string | null) {
  const url = website ? parseUrl(website) : null
  return (
    url?.protocol === 'https:' && html`<p class="bottom"><a href="${url.href}" rel="noopener noreferrer">${url.hostname}</a></p>`
  )
}

function hero(view: PageView): Html {
  const { document, headline, status, words, answer, payable, pay_url, labels } = view
  const settled = ['paid', 'accepted', 'declined'].includes(status)
  return html`<section class="card hero"${settled && html` role="status"`}>
<div class="kind"><span>${document.title} <bdi>${document.number}</bdi></span><span class="badge ${TONE[status]}">${words.status[status]}</span></div>
<div class="figure"><div class="label">${headline.label}</div><div class="amount"><bdi>${headline.amount}</bdi></div></div>
${headline.notes.map((note) => html`<p class="note">${note}</p>`)}
${headline.early && html`<p class="note early">${headline.early}</p>`}
${view.comment && html`<p class="note text" dir="auto">${words.your_comment}: ${view.comment}</p>`}
${signature(view)}
<div class="actions">
${pay_url && html`<a class="button main" href="${pay_url}" rel="noopener noreferrer">${labels.pay_online}</a>`}
${answer && html`<a class="button main" href="#answer">${answer.signed ? words.accept_signed : words.accept}</a>`}
${!pay_url && payable && document.payment && html`<a class="button main narrow" href="#payment">${labels.payment}</a>`}
${download(view)}
</div>
</section>`
}

function download({ file_key, facts, language, words, document }: PageView): Html {
  const name = `${(document.number ?? document.title).replace(/[^\w.-]+/g, '_')}.pdf`
  return file_key
    ? html`<a class="button" href="${pathOf(`/f/${file_key}`)}" download="${name}">${words.download}</a>`
    : html`<a class="button" href="${pathOf(`/view/${facts.key}/pdf`)}?lang=${language}" data-preparing="${words.preparing}">${words.download}</a>`
}

const signature = ({ facts, labels }: PageView) =>
  facts.signature?.image &&
  html`<img class="signature" src="${pathOf(facts.signature.image)}" alt="${labels.signature}: ${facts.signature.full_name}">`

function paper({ document, words, labels }: PageView): Html {
  const { sender, recipient } = document
  return html`<article class="card paper">
<h1>${document.title} <bdi>${document.number}</bdi></h1>
<div class="parties">
<div><h2 class="label">${words.from}</h2><strong dir="auto">${sender.name}</strong>${lines(sender.lines)}</div>
<div><h2 class="label">${words.to}</h2><strong dir="auto">${recipient.name}</strong>${lines(recipient.lines)}</div>
</div>
${document.meta.length > 0 && html`<dl class="meta" aria-label="${words.details}">${document.meta.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${broken(value)}</bdi></dd></div>`)}</dl>`}
${document.memo && html`<p class="text" dir="auto">${document.memo}</p>`}
${table(document.table, words.items)}
${totals(document.totals, labels.total)}
${document.terms.length > 0 && html`<ul class="small">${document.terms.map((term) => html`<li dir="auto">${term}</li>`)}</ul>`}
${document.notes.length > 0 && html`<div class="small">${document.notes.map((note) => html`<p dir="auto">${note}</p>`)}</div>`}
${document.footer && html`<p class="small" dir="auto">${document.footer}</p>`}
<div class="legal">${sender.legal.map((line) => html`<p dir="auto">${line}</p>`)}</div>
</article>`
}

const lines = (texts: readonly string[]) => texts.map((text) => html`<p dir="auto">${text}</p>`)
const broken = (text: string) => text.split('\n').map((part, i) => html`${i > 0 && html`<br>`}${part}`)

/** A table everywhere: on a phone each line is set as a small block, and the roles keep it a table for those who hear it. */
function table(table: PageView['document']['table'], name: string) {
  if (!table) return null
  const { columns, rows } = table
  const last = columns.length - 1
  const kind = (i: number, text = 'some') =>
    [
      text === '' && 'none',
      at(columns, i).name && 'name',
      at(columns, i).figure && 'number',
      i === last && !at(columns, i).name && 'last',
    ]
      .filter(Boolean)
      .join(' ')
  const cell = ({ text, note }: { text: string; note?: string }, i: number) =>
    at(columns, i).name
      ? html`<td role="cell" class="name" dir="auto"><strong>${text}</strong>${note && html`<span>${note}</span>`}</td>`
      : html`<td role="cell" class="${kind(i, text)}"${text !== '' && html` data-label="${at(columns, i).label}"`}><bdi>${text}</bdi></td>`
  return html`<table class="lines" role="table" aria-label="${name}">
<thead role="rowgroup"><tr role="row">${columns.map(({ label }, i) => html`<th role="columnheader" scope="col" class="${kind(i)}">${label}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(({ cells }) => html`<tr role="row">${cells.map(cell)}</tr>`)}</tbody>
</table>`
}

const totals = (rows: PageView['document']['totals'], name: string) =>
  html`<table class="totals" aria-label="${name}"><tbody>${rows.map(
    ({ kind, label, note, value }) =>
      html`<tr class="${kind}"><th scope="row">${label}${note && html` <small>${note}</small>`}</th><td><bdi>${value}</bdi></td></tr>`,
  )}</tbody></table>`

/** How to pay, or the customer's answer. */
function side(view: PageView, filled: Filled | null) {
  const parts = [answerForms(view, filled), payment(view)].filter(Boolean)
  return parts.length > 0 && html`<div class="side">${parts.map((part) => part)}</div>`
}

function payment({ document: { payment }, words }: PageView) {
  const codes = payment?.codes.filter(({ url }) => url === null) ?? []
  if (!payment || payment.rows.length + codes.length === 0) return null
  return html`<section class="card" id="payment"><h2>${payment.title}</h2>
<dl class="rows">${payment.rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd>
<button type="button" class="copy" hidden data-text="${value.replace(/\s/g, (space) => (isGrouped(value) ? '' : space))}" data-done="${words.copied}" aria-label="${words.copy}: ${name}">${words.copy}</button></div>`,
  )}</dl>
${codes.map(({ svg, caption }) => html`<figure class="code">${new Html(svg.replace('<svg ', '<svg aria-hidden="true" '))}<figcaption>${caption}</figcaption></figure>`)}
</section>`
}

/** An IBAN is printed in fours, and typed without spaces. */
const isGrouped = (value: string) => /^[A-Z]{2}\d{2}( [A-Z0-9]{1,4})+$/.test(value)

function answerForms({ answer, facts, words, labels, language }: PageView, filled: Filled | null) {
  if (!answer) return null
  const to = (action: string) => html`${pathOf(`/view/${facts.key}/${action}`)}?lang=${language}`
  const declining = filled?.action === 'decline' ? filled : null
  return html`<section class="card answer" id="answer"><h2>${words.answer}</h2>
<form method="post" action="${to('accept')}" novalidate${answer.signed && html` data-signing`}>
${answer.signed && signing(words, labels.signature, filled?.action === 'accept' ? filled : null)}
<p class="hint">${answer.hint}</p>
<button class="button main" type="submit">${answer.signed ? words.accept_signed : words.accept}</button>
</form>
<details${declining && html` open`}><summary>${words.decline}</summary>
<form method="post" action="${to('decline')}">
${field({ name: 'comment', label: words.comment, filled: declining }, (attributes, value) => html`<textarea ${attributes} maxlength="2000">${value}</textarea>`)}
<button class="button" type="submit">${words.decline}</button>
</form></details>
</section>`
}

function signing(words: Words, label: string, filled: Filled | null): Html {
  const drawing = filled?.faults.signature_image
  const checked = (kind: string) => (filled?.values.kind === 'drawn') === (kind === 'drawn') && html` checked`
  return html`${field(
    { name: 'full_name', label: words.full_name, filled },
    (attributes, value) => html`<input ${attributes} type="text" autocomplete="name" required maxlength="255" value="${value}">`,
  )}
${field(
  { name: 'email', label: words.email, filled },
  (attributes, value) =>
    html`<input ${attributes} type="email" autocomplete="email" inputmode="email" required maxlength="254" value="${value}">`,
)}
<input type="hidden" name="signature_image" value="">
<fieldset class="kinds" hidden aria-label="${label}">
<label><input type="radio" name="kind" value="typed"${checked('typed')}><span>${words.typed}</span></label>
<label><input type="radio" name="kind" value="drawn"${checked('drawn')}><span>${words.drawn}</span></label>
</fieldset>
<div class="written" aria-hidden="true" hidden></div>
<div class="drawing" hidden><canvas class="pad" tabindex="0" role="img" aria-label="${words.draw_here}"></canvas>
<div class="under"><span>${words.draw_here}</span><button type="button" class="plain clear">${words.clear}</button></div></div>
<p class="fault" role="alert" data-drawing${!drawing && html` hidden`}>${words.need_drawing}</p>`
}

/** A labelled field, with what is wrong with it. */
function field(
  { name, label, filled }: { name: string; label: string; filled: Filled | null },
  input: (attributes: Html, value: string) => Html,
): Html {
  const fault = filled?.faults[name]
  const attributes = html`id="${name}" name="${name}"${fault && html` aria-invalid="true" aria-describedby="${name}-fault" autofocus`}`
  return html`<div class="field"><label for="${name}">${label}</label>${input(attributes, filled?.values[name] ?? '')}${
    fault && html`<span class="fault" id="${name}-fault" role="alert">${fault}</span>`
  }</div>`
}

/** A page that only says something. */
export function messagePage(
  language: PageView['language'],
  { title, text, back }: { title: string; text: string; back?: { href: string; label: string } | null },
): Page {
  return sheet(
    { language, title, theme: themeCss(null) },
    html`<div class="frame"><main><section class="card message"><h1>${title}</h1><p>${text}</p>
${back && html`<a class="button" href="${back.href}">${back.label}</a>`}</section></main></div>`,
  )
}
