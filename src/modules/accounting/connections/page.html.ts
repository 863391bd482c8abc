import { type Html, html } from '../../../platform/pages/html.ts'
import { type Page, pathOf, sheet } from '../../../platform/pages/sheet.ts'
import { themeCss } from '../../../platform/pages/theme.ts'
import type { AccountingProvider, EntityFacts } from '../../../ports/accounting.ts'

/** The page on which a user chooses a ledger and agrees. It runs nothing. */

const STYLE = `.pay{max-width:520px;margin:0 auto;padding:14px 14px 28px}.pay .card+.card{margin-top:12px}.pay form{display:grid;gap:14px;margin-top:12px}
.pay label{display:grid;gap:4px}.pay label.check{display:flex;gap:10px;align-items:flex-start}.pay select,.pay label>input:not([type=checkbox]){font:inherit;padding:9px;border-radius:8px;border:1px solid var(--line);background:transparent;color:inherit}
.message{text-align:center}`

const page = (title: string, body: Html): Page =>
  sheet({ language: 'en', title, theme: `${themeCss(null)}${STYLE}` }, html`<div class="pay"><main>${body}</main></div>`)

export interface Choice {
  readonly key: string
  readonly facts: EntityFacts
  /** The only one that may be chosen again, after the ledger turned us away. */
  readonly again: string | null
}

export const choosePage = (providers: readonly AccountingProvider[], { key, facts, again }: Choice): Page =>
  page(
    `Accounting · ${facts.name}`,
    html`<h1>Connect ${facts.name} to its ledger</h1>
<p class="hint">Invoices, bills and payments are booked there from now on.</p>
${providers.filter(({ name }) => again === null || name === again).map((provider) => card(provider, key, facts, again !== null))}`,
  )

function card(provider: AccountingProvider, key: string, facts: EntityFacts, again: boolean): Html {
  // What was chosen stays; whoever was let in by a password says it again.
  const choices = (provider.choices?.(facts) ?? []).filter(({ options }) => !again || !options)
  return html`<section class="card"><h2>${provider.title}</h2>
<form method="post" action="${pathOf(`/accounting/connect/${key}`)}"><input type="hidden" name="ledger" value="${provider.name}">
${choices.map(({ name, label, options, secret, optional }) =>
  options
    ? html`<label>${label}<select name="${name}">
${options.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}</select></label>`
    : html`<label>${label}<input name="${name}" type="${secret ? 'password' : 'text'}" maxlength="200" autocomplete="off"${!optional && html` required`}></label>`,
)}
${!again && html`<label class="check"><input type="checkbox" name="all" value="yes"><span>Book what was issued and agreed to before, too</span></label>`}
<button class="button main">Activate</button></form></section>`
}

export const sayPage = (title: string, text: string): Page =>
  page(title, html`<section class="card message"><h1>${title}</h1><p>${text}</p></section>`)
