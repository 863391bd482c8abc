import { type Html, html } from '../../../platform/pages/html.ts'
import { type Page, pathOf, sheet } from '../../../platform/pages/sheet.ts'
import { themeCss } from '../../../platform/pages/theme.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'
import { parseUrl } from '../../../platform/url.ts'
import type { ApprovalView } from './page.view.ts'
import { wordsOf } from './words.ts'

/** The page on which an approver sees a bill and says yes or no: no script, no cookie, nothing from elsewhere. */

const style = `
.whole{display:grid;gap:16px;align-content:start}
.meta.first{margin-top:0;padding-top:0;border:0}
.alarms{display:grid;gap:10px;margin-top:16px;padding:14px 16px;border-radius:calc(var(--radius)*.6);background:var(--bad-wash);color:var(--bad)}
.alarms h2{font-size:15px}.alarms li+li{margin-top:8px}.alarms .exactly{display:block;font-size:14px}
.document h2{margin-bottom:12px}.document figure+figure{margin-top:12px}
.document a{display:block;border-radius:8px}
.document img{display:block;width:100%;height:auto;min-height:40px;border:1px solid var(--line);border-radius:8px;background:#fff}
.document .file{display:inline-block;margin-top:12px;padding:10px 0;color:inherit}
.party{margin-top:22px;padding-top:18px;border-top:1px solid var(--line)}
.party strong{display:block;margin-top:6px;font-weight:600}.party p{color:var(--soft);font-size:15px}
.party .new{margin-top:12px;color:var(--bad);font-weight:600}
.button.no{border-color:var(--bad);color:var(--bad)}
.given{margin-top:12px;white-space:pre-line}
@media (min-width:960px){.whole{grid-column:1;grid-row:1/3;gap:20px}.side{position:sticky;top:20px}}
`

interface Filled {
  readonly reason: string
  readonly fault: string
}

/** What the user is asked, with two buttons as long as their vote counts; `filled` is a reason that has to be given again. */
export function askingPage(view: ApprovalView, filled: Filled | null = null): Page {
  const { language, words, asking } = view
  return sheet(
    { language, title: `${words.title} · ${asking.entity}`, theme: themeCss(asking.theme) + style },
    html`<div class="frame">
<header class="top">${head(view)}</header>
<main class="paired">
${hero(view)}
<div class="whole">${documentOf(view)}${details(view)}</div>
<div class="side">${decision(view, filled)}</div>
</main>
</div>`,
  )
}

/** The entity's logo, where this server has it: nothing is shown from elsewhere. */
function head({ asking: { entity, logo_url } }: ApprovalView): Html {
  const path = logo_url && /\/f\/[\w-]+$/.test(logo_url) ? parseUrl(logo_url)?.pathname : null
  return path ? html`<img class="logo" src="${path}" alt="${entity}">` : html`<span class="sender" dir="auto">${entity}</span>`
}

function hero({ asking, words, labels, text, total, due, alarms }: ApprovalView): Html {
  const { bill, open } = asking
  return html`<section class="card hero">
<h1>${words.title}</h1>
<p class="note text" dir="auto">${text}</p>
<div class="figure"><div class="label">${labels.total}</div><div class="amount"><bdi>${total ?? '—'}</bdi></div></div>
${due && html`<p class="note">${labels.due_date}: <bdi>${due}</bdi></p>`}
${bill.document_id && html`<p class="note">${words.bill} <bdi>${bill.document_id}</bdi></p>`}
${
  alarms.length > 0 &&
  html`<div class="alarms" role="note"><h2>${words.check}</h2><ul>${alarms.map((alarm) => html`<li dir="auto">${alarm}</li>`)}</ul>
${bill.contradictions.map((one) => html`<span class="exactly" lang="en" dir="ltr">${one}</span>`)}</div>`
}
${open && html`<div class="actions narrow"><a class="button main" href="#answer">${words.decide}</a></div>`}
</section>`
}

/** Pictures of the file's pages, each a link to itself in full size. */
function documentOf({ asking: { bill }, words, labels }: ApprovalView) {
  const { file } = bill
  if (!file) return null
  const pages = String(file.pictures.length)
  return html`<section class="card document"><h2>${words.document}</h2>
${file.pictures.map((url, i) => {
  const name = say(labels.page, { page: String(i + 1), pages })
  return html`<figure><a href="${pathOfFile(url)}" target="_blank" rel="noopener"><img src="${pathOfFile(url)}" alt="${name}"${i > 0 && html` loading="lazy"`}></a></figure>`
})}
<a class="file" href="${pathOfFile(file.url)}" target="_blank" rel="noopener">${words.open_file}: <bdi>${file.name}</bdi></a>
</section>`
}
const pathOfFile = (url: string) => parseUrl(url)?.pathname ?? pathOf(url)

function details(view: ApprovalView): Html {
  const { words, facts, asking, vendor, vendor_lines, account, account_alarm } = view
  return html`<article class="card">
<dl class="meta first">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
${asking.bill.description && html`<p class="text" dir="auto">${asking.bill.description}</p>`}
${lines(view)}
${totals(view)}
<section class="party"><h2>${words.vendor}</h2><strong dir="auto">${vendor}</strong>${vendor_lines.map((line) => html`<p dir="auto">${line}</p>`)}</section>
${
  account.length > 0 &&
  html`<section class="party"><h2>${words.pay_to}</h2><dl class="rows">${account.map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
${account_alarm && html`<p class="new" dir="auto">${account_alarm}</p>`}</section>`
}
</article>`
}

function lines({ lines, more, words, labels }: ApprovalView) {
  if (lines.length === 0) return null
  const cell = (label: string, text: string, last = false) =>
    html`<td role="cell" class="number${last && ' last'}${text === '' && ' none'}" data-label="${label}"><bdi>${text}</bdi></td>`
  const heading = (label: string, kind = 'number') => html`<th role="columnheader" scope="col" class="${kind}">${label}</th>`
  return html`<table class="lines" role="table" aria-label="${words.items}">
<thead role="rowgroup"><tr role="row">${[heading(labels.item, 'name'), heading(labels.quantity), heading(labels.price), heading(labels.vat), heading(labels.total_price, 'number last')]}</tr></thead>
<tbody role="rowgroup">${lines.map(
    ({ name, note, quantity, price, rate, total }) => html`<tr role="row">
<td role="cell" class="name" dir="auto"><strong>${name}</strong>${note && html`<span>${note}</span>`}</td>
${[cell(labels.quantity, quantity), cell(labels.price, price), cell(labels.vat, rate), cell(labels.total_price, total, true)]}</tr>`,
  )}</tbody>
</table>${more > 0 && html`<p class="small">${say(words.more, { count: String(more) })}</p>`}`
}

const totals = ({ totals, labels }: ApprovalView) =>
  html`<table class="totals" aria-label="${labels.total}"><tbody>${totals.map(
    ({ kind, label, value }) => html`<tr class="${kind}"><th scope="row">${label}</th><td><bdi>${value}</bdi></td></tr>`,
  )}</tbody></table>`

function decision({ asking, words }: ApprovalView, filled: Filled | null): Html {
  const { open, status, reasons } = asking
  if (!open)
    return html`<section class="card" id="answer"><p role="status">${words.done[status]}</p>
${reasons.map((reason) => html`<p class="given" dir="auto">${words.reason_given}: ${reason}</p>`)}</section>`
  const fault = filled && html` aria-invalid="true" aria-describedby="reason-fault" autofocus`
  return html`<section class="card answer" id="answer"><h2>${words.decide}</h2>
${reasons.map((reason) => html`<p class="given" dir="auto">${words.reason_given}: ${reason}</p>`)}
<form method="post"><button class="button main" name="choice" value="approve">${words.approve}</button></form>
<details${filled && html` open`}><summary>${words.reject}</summary>
<form method="post"><div class="field"><label for="reason">${words.reason}</label>
<textarea id="reason" name="reason" maxlength="2000"${fault}>${filled?.reason}</textarea>
${filled && html`<span class="fault" id="reason-fault" role="alert">${filled.fault}</span>`}</div>
<button class="button no" name="choice" value="reject">${words.reject}</button></form></details>
</section>`
}

/** A page that only says something. */
export function messagePage(language: DocumentLanguage, message: 'gone' | 'failed' | 'busy'): Page {
  const text = wordsOf(language)[message]
  return sheet(
    { language, title: text, theme: themeCss(null) },
    html`<div class="frame"><main><section class="card message"><h1 role="status">${text}</h1></section></main></div>`,
  )
}
