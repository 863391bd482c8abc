import { type Html, html } from '../../../platform/pages/html.ts'
import { type Page, pathOf, sheet } from '../../../platform/pages/sheet.ts'
import { type Theme, themeCss } from '../../../platform/pages/theme.ts'
import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'
import { wordsOf } from './words.ts'

/** The page where somebody answers for an entity: forms and links only, one card for each thing that is missing. */

const STYLE = `.onboard{max-width:640px;margin:0 auto;padding:18px 16px 56px}.onboard form{display:grid;gap:14px;margin-top:14px}
.onboard h1{margin-bottom:4px}.onboard .hint{color:var(--soft);font-size:15px}.fields{display:grid;gap:14px}@media(min-width:560px){.fields{grid-template-columns:1fr 1fr;align-items:end}.fields .wide{grid-column:1/-1}}
.field{display:grid;gap:5px;min-width:0}.field span{font-size:14px;color:var(--soft)}.field input,.field select{width:100%;min-height:46px;padding:9px 12px;border:1px solid var(--line);border-radius:calc(var(--radius)*.6);background:var(--card);color:var(--ink);font:16px/1.3 var(--font)}
.field input[type=file]{padding:10px}.field .fault{color:var(--bad)}.field input[aria-invalid=true]{border-color:var(--bad)}
.check{display:flex;gap:10px;align-items:flex-start}.check input{width:20px;height:20px;margin-top:2px;flex:none}
.note{padding:10px 12px;border-radius:10px}.note.bad{color:var(--bad);background:var(--bad-wash)}.note.good{color:var(--good);background:var(--good-wash)}
.people{display:grid;gap:8px;margin-top:12px}.people li{display:flex;justify-content:space-between;gap:12px;align-items:center;padding:10px 12px;border:1px solid var(--line);border-radius:10px}
.steps{font-size:14px;color:var(--soft)}.two{display:grid;gap:10px}`

export interface Input {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'tel' | 'date' | 'number' | 'url' | 'file' | 'select'
  readonly value?: string
  readonly required?: boolean
  readonly error?: string | null
  readonly options?: readonly (readonly [value: string, label: string])[]
  readonly wide?: boolean
  readonly hint?: string
  /** What browsers may fill in, as in `autocomplete`. */
  readonly autocomplete?: string
}

export interface Card {
  readonly title: string
  readonly hint?: string
  readonly people?: readonly string[]
  readonly forms: readonly {
    readonly action: string
    readonly hidden?: Readonly<Record<string, string>>
    readonly inputs: readonly Input[]
    readonly check?: { readonly name: string; readonly label: string }
    readonly button: string
    readonly main?: boolean
    readonly upload?: boolean
  }[]
}

export interface Looks {
  readonly sender: string
  readonly theme: Theme | null
}

interface View {
  readonly id: string
  readonly language: DocumentLanguage
  /** What the addresses of its forms end with: the language that was asked for. */
  readonly query?: string
  readonly title: string
  readonly text: string
  readonly fault?: string | null
  readonly done?: string | null
  readonly steps?: string
  readonly cards: readonly Card[]
}

function field(
  { name, label, type = 'text', value = '', required, error, options, wide, hint, autocomplete }: Input,
  at: string,
  optional: string,
): Html {
  const id = `${at}-${name.replace(/[^a-z0-9]+/gi, '-')}`
  const fault = error ? html`<span class="fault" id="${id}-fault">${error}</span>` : null
  const mark = required ? '' : ` ${optional}`
  const input = options
    ? html`<select id="${id}" name="${name}"${required && html` required`}>${options.map(([code, text]) => html`<option value="${code}"${code === value && html` selected`}>${text}</option>`)}</select>`
    : html`<input id="${id}" name="${name}" type="${type}" value="${type === 'file' ? '' : value}"${required && html` required`}${error && html` aria-invalid="true" aria-describedby="${id}-fault"`}${type === 'file' && html` accept="image/png,image/jpeg,application/pdf"`}${type === 'number' && html` min="0" max="100" step="0.01"`}${autocomplete && html` autocomplete="${autocomplete}"`}>`
  return html`<div class="field${(wide || type === 'file') && ' wide'}"><label for="${id}"><span>${label}${mark}</span></label>${input}${hint && html`<span>${hint}</span>`}${fault}</div>`
}

function card({ id, query = '', language }: View, { title, hint, people = [], forms }: Card, nth: number): Html {
  const { optional } = wordsOf(language)
  return html`<section class="card"><h2>${title}</h2>${hint && html`<p class="hint">${hint}</p>`}
${people.length > 0 && html`<ul class="people">${people.map((person) => html`<li>${person}</li>`)}</ul>`}
${forms.map((form, at) => {
  const key = `f${nth}-${at}`
  const hidden = Object.entries(form.hidden ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const check =
    form.check &&
    html`<div class="check"><input type="checkbox" id="${key}-check" name="${form.check.name}" value="yes" required><label for="${key}-check">${form.check.label}</label></div>`
  return html`<form method="post" action="${pathOf(`/onboard/${id}/${form.action}`)}${query}"${form.upload && html` enctype="multipart/form-data"`}>${hidden}
${form.inputs.length > 0 && html`<div class="fields">${form.inputs.map((input) => field(input, key, optional))}</div>`}${check}
<button class="button${form.main !== false && ' main'}">${form.button}</button></form>`
})}</section>`
}

export function onboardPage({ sender, theme }: Looks, view: View): Page {
  return sheet(
    { language: view.language, title: `${view.title} · ${sender}`, theme: `${themeCss(theme)}${STYLE}` },
    html`<div class="onboard"><header class="top"><span class="sender">${sender}</span></header>
<main><div><h1>${view.title}</h1><p class="hint">${view.text}</p>${view.steps && html`<p class="steps">${view.steps}</p>`}</div>
${view.fault && html`<p class="note bad" role="alert">${view.fault}</p>`}${view.done && html`<p class="note good" role="status">${view.done}</p>`}
${view.cards.map((one, nth) => card(view, one, nth))}</main></div>`,
  )
}
