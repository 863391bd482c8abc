import { minorUnitsOf } from '../../../core/currencies.ts'
import { epcPayload } from '../../../core/epc.ts'
import { methodOf, type PaymentMethod } from '../../../core/payments/methods.data.ts'
import { Html, html } from '../../../platform/pages/html.ts'
import { type Page, pathOf, sheet } from '../../../platform/pages/sheet.ts'
import { themeCss } from '../../../platform/pages/theme.ts'
import { type Formats, formats } from '../../../platform/pdf/format.ts'
import { type DocumentLanguage, type Labels, labelsOf } from '../../../platform/pdf/labels.ts'
import { qrSvg } from '../../../platform/pdf/qr.ts'
import { webUrl } from '../../../platform/url.ts'
import { formOf } from './page.forms.ts'
import type { PayFacts } from './page.service.ts'
import { type PayWords, payWords } from './page.words.ts'

/** The page somebody pays on. Forms and links only: it runs nothing, and fits into a frame of 400 pixels. */

const STYLE = `.pay{max-width:460px;margin:0 auto;padding:14px 14px 28px}.pay .top{margin-bottom:10px}.pay .card+.card{margin-top:12px}
.mark{display:flex;align-items:center;gap:12px;min-width:0}.mark img,.mark b{flex:none;width:44px;height:44px;object-fit:contain}
.mark b{display:grid;place-items:center;border-radius:12px;background:var(--accent);color:var(--on-accent);font-size:17px}
.facts{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin-top:14px}.facts dd{text-align:end;font-variant-numeric:tabular-nums}
.ways{display:grid;gap:10px;margin-top:12px}.ways form{margin:0}.state{text-align:center}.state h1{margin-bottom:6px}.state p{color:var(--soft)}.state .button{margin-top:18px}
.top{flex-wrap:wrap}.test{flex:0 0 100%;margin:0 0 10px;padding:8px 12px;border-radius:10px;text-align:center;font-size:14px;color:var(--warn);background:var(--warn-wash)}
.fault.box{padding:10px 12px;border-radius:10px;background:var(--bad-wash)}.pay .code{display:block;text-align:center}.pay .code svg{margin:0 auto}
.pay .rows dd{font-weight:600;overflow-wrap:anywhere}.pay .rows div{display:block}
[hidden]{display:none!important}h1.label{font-weight:400;letter-spacing:0}.pay a:not(.button){color:inherit}
.by{display:flex;align-items:center;justify-content:center;gap:8px}.by img{max-height:24px;max-width:120px}`

interface Telling {
  readonly facts: PayFacts
  readonly words: PayWords
  readonly labels: Labels
  readonly format: Formats
  /** The language that the address asks for; steps on the page keep it. */
  readonly lang: string | null
}

const say = (text: string, values: Readonly<Record<string, string>>) =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)

/** The origin of a picture, for the policy of the page. */
const originOf = (url: string | null) => (url ? new URL(url).origin : null)

export function payPage(facts: PayFacts, language: DocumentLanguage, frames: string, lang: string | null): Page {
  const words = payWords(language)
  const telling = {
    facts,
    words,
    lang,
    labels: labelsOf(language),
    format: formats(language, facts.country, facts.currency, minorUnitsOf(facts.currency)),
  }
  const guest = facts.state === 'form' && facts.action?.kind === 'form' ? formOf(facts.action) : null
  const logo = webUrl(facts.theme?.logo_src)
  const origin = originOf(logo)
  const title = `${telling.format.money(facts.amount)} · ${facts.recipient.name}`
  return sheet(
    { language, title, theme: `${themeCss(facts.theme)}${STYLE}`, frames, pictures: origin ? [origin] : [], ...guest },
    html`<div class="pay">
<header class="top">${facts.isTest && html`<p class="test">${words.test}</p>`}${head(facts, logo)}</header>
<main>
${body(telling)}
</main>
${foot(telling, logo)}
</div>`,
  )
}

function head({ recipient, logo_key }: PayFacts, partnerLogo: string | null): Html {
  const src = logo_key ? pathOf(`/f/${logo_key}`) : partnerLogo
  const initials = recipient.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
  const mark = src ? html`<img src="${src}" alt="" width="44" height="44">` : html`<b aria-hidden="true">${initials}</b>`
  return html`<div class="mark">${mark}<span class="sender">${recipient.name}</span></div>`
}

function foot({ facts, words }: Telling, logo: string | null): Html | null {
  const website = webUrl(facts.website)
  if (!website || !logo) return null
  return html`<footer class="bottom"><a class="by" href="${website}" target="_blank" rel="noopener noreferrer">${words.powered} <img src="${logo}" alt="${new URL(website).hostname}"></a></footer>`
}

function body(telling: Telling): Html {
  const { facts, words } = telling
  const name = facts.recipient.name
  switch (facts.state) {
    case 'open':
      return html`${hero(telling)}${ways(telling)}`
    case 'failed':
      return html`${hero(telling, html`<p class="fault box" role="alert">${words.failed}</p>`)}${ways(telling)}`
    case 'confirm':
      return html`${hero(telling)}<section class="card"><h2>${words.confirm_title}</h2><p class="hint">${words.confirm_hint}</p>
<div class="ways">${form(telling, 'proceed', say(words.confirm, { amount: telling.format.money(facts.amount) }), true)}</div></section>${ways(telling)}`
    case 'form':
      return html`${hero(telling, facts.failed ? html`<p class="fault box" role="alert">${words.failed}</p>` : undefined)}${guestForm(telling)}${ways(telling)}`
    case 'bank':
      return html`${hero(telling)}${atBank(telling)}${ways(telling)}`
    case 'processing':
      return html`${state(words.processing_title, facts.byHand ? words.processing_transfer : words.processing, 'status')}${hero(telling)}${back(telling)}`
    case 'paid':
      return html`${state(words.paid_title, say(words.paid, { name }), 'status')}${hero(telling)}${back(telling)}`
    case 'refunded':
      return html`${state(words.refunded_title, say(words.refunded, { name }), 'status')}${back(telling)}`
    case 'expired':
      return state(words.expired_title, words.expired, 'status', form(telling, 'regenerate', words.regenerate, true))
  }
}

/** The form of a provider: it opens in a frame of theirs, so that no card comes to this server. */
function guestForm(telling: Telling): Html | null {
  const { facts, words, format } = telling
  const { action } = facts
  if (action?.kind !== 'form') return null
  const back = stepOf(telling, 'back')
  const { secret, publishable, account } = action
  return html`<section class="card"><form id="guest" data-secret="${secret}" data-key="${publishable}" data-account="${account ?? ''}" data-back="${back}" data-failed="${words.failed}">
<div id="fields"></div><p class="fault box" id="fault" role="alert" hidden></p><noscript><p class="fault box">${words.needs_script}</p></noscript>
<button class="button main" id="pay" disabled>${say(words.pay, { amount: format.money(facts.amount) })}</button></form></section>`
}

const state = (title: string, text: string, role: string, more?: Html): Html =>
  html`<section class="card state" role="${role}"><h1>${title}</h1><p>${text}</p>${more}</section>`

function hero({ facts, words, labels, format }: Telling, note?: Html): Html {
  const rows: [string, string | null][] = [
    [labels.invoice, facts.number],
    [labels.reference, facts.number === facts.reference ? null : facts.reference],
    [labels.issue_date, facts.issue_date && format.date(facts.issue_date)],
    [labels.due_date, facts.due_date && format.date(facts.due_date)],
  ]
  const to = say(words.to, { name: facts.recipient.name })
  // Where nothing else heads the page, this does.
  const titled = ['open', 'failed', 'confirm', 'form', 'bank'].includes(facts.state)
  const shown = rows.filter((row): row is [string, string] => Boolean(row[1]))
  return html`<section class="card">${note}${titled ? html`<h1 class="label">${to}</h1>` : html`<p class="label">${to}</p>`}
<p class="amount">${format.money(facts.amount)}</p>
${shown.length > 0 && html`<dl class="facts">${shown.map(([label, value]) => html`<dt>${label}</dt><dd dir="auto">${value}</dd>`)}</dl>`}
${facts.file_key && html`<p class="small"><a href="${pathOf(`/f/${facts.file_key}`)}" target="_blank" rel="noopener">${words.show_invoice}</a></p>`}</section>`
}

function ways(telling: Telling): Html {
  const { facts, words, format } = telling
  const amount = format.money(facts.amount)
  // What is begun stands above as a form.
  const begun = facts.state === 'form' ? facts.begun : null
  const online = facts.methods.filter(({ byHand, code }) => !byHand && code !== begun)
  const nameOf = (code: PaymentMethod) =>
    code === 'card' ? words.card : code === 'sepa_credit' ? words.transfer : methodOf(code).name
  const buttons = online.map(({ code }, nth) =>
    form(
      telling,
      'start',
      say(words.pay_by, { amount, method: nameOf(code) }),
      nth === 0 && facts.state !== 'form' && facts.state !== 'bank',
      code,
    ),
  )
  const byHand = facts.methods.find((method) => method.byHand)
  return html`${buttons.length > 0 && html`<section class="card"><h2>${words.choose}</h2><div class="ways">${buttons}</div></section>`}
${facts.banks.length > 0 && bankChoice(telling, buttons.length === 0)}${byHand && transfer(telling, byHand.code)}`
}

/** The banks that the payer may choose from. */
const bankChoice = (telling: Telling, first: boolean): Html =>
  html`<section class="card"><h2>${telling.words.own_bank}</h2><p class="hint">${telling.words.own_bank_hint}</p><div class="ways">${telling.facts.banks.map(
    ({ bank_id, name }, nth) =>
      form(telling, 'start', name, first && nth === 0 && telling.facts.state !== 'bank', 'sepa_credit', bank_id),
  )}</div></section>`

/** Where the payer goes to agree: out of any frame, for a bank shows itself in none. */
function atBank({ facts, words, lang }: Telling): Html | null {
  const { action } = facts
  if (action?.kind !== 'redirect') return null
  const url = lang === null ? action.url : `${action.url}?lang=${lang}`
  return html`<section class="card"><h2>${words.at_bank}</h2><p class="hint">${words.at_bank_hint}</p><div class="ways"><a class="button main" href="${url}" target="_top" rel="noopener">${say(words.to_bank, { bank: action.bank })}</a></div></section>`
}

function transfer(telling: Telling, method: PaymentMethod): Html {
  const { facts, words, labels, format } = telling
  const { account, name } = facts.recipient
  const holder = account?.account_holder_name ?? name
  const rows: [string, string | null | undefined][] = [
    [labels.account_holder, holder],
    ['IBAN', account?.iban?.replace(/(.{4})(?=.)/g, '$1 ')],
    ['BIC', account?.bic],
    [labels.account_number, account?.account_number],
    [labels.sort_code, account?.sort_code],
    [labels.routing_number, account?.routing_number],
    [words.amount, format.money(facts.amount)],
    [labels.reference, facts.reference],
  ]
  const payload = epcPayload({
    name: holder,
    iban: account?.iban ?? null,
    bic: account?.bic ?? null,
    amount: facts.amount,
    currency: facts.currency,
    text: facts.reference,
  })
  return html`<section class="card"><h2>${words.transfer}</h2><p class="hint">${words.transfer_hint}</p>
<dl class="rows">${rows.map(([label, value]) => value && html`<div><dt>${label}</dt><dd dir="auto">${value}</dd></div>`)}</dl>
${payload && html`<figure class="code">${new Html(qrSvg(payload))}<figcaption>${labels.scan_to_transfer}</figcaption></figure>`}
<div class="ways">${form(telling, 'start', words.sent, facts.methods.length === 1, method)}</div></section>`
}

/** The address of a step on this page, in the language that was asked for. */
const stepOf = ({ facts, lang }: Telling, action: string) =>
  pathOf(`/pay/${facts.id}/${action}`) + (lang === null ? '' : `?lang=${lang}`)

const form = (telling: Telling, action: string, label: string, main: boolean, method?: PaymentMethod, bank?: string): Html =>
  html`<form method="post" action="${stepOf(telling, action)}">${method && html`<input type="hidden" name="method" value="${method}">`}${bank && html`<input type="hidden" name="bank" value="${bank}">`}<button class="button${main && ' main'}">${label}</button></form>`

const back = ({ facts, words }: Telling): Html | null => {
  const url = webUrl(facts.return_url)
  return url
    ? html`<section class="card"><a class="button main" href="${url}" target="_top" rel="noopener">${words.back}</a></section>`
    : null
}

/** A page that says one thing. */
export function sayPage(
  language: DocumentLanguage,
  frames: string,
  title: string,
  text: string,
  home?: { href: string; label: string },
): Page {
  const link = home && html`<p><a class="button main" href="${home.href}">${home.label}</a></p>`
  return sheet(
    { language, title, theme: `${themeCss(null)}${STYLE}`, frames },
    html`<div class="pay"><main class="message"><h1>${title}</h1><p>${text}</p>${link}</main></div>`,
  )
}
