import { html } from '../pages/html.ts'
import { type Page, pathOf, sheet } from '../pages/sheet.ts'

/** What somebody sees who opens the address of the server in a browser. */
export function landingPage(version: string): Page {
  const links = [
    ['/docs', 'API reference', 'every operation, with its fields'],
    ['/openapi.json', 'OpenAPI document', 'for generators and tools'],
    ['/healthz', 'Health', 'whether this server answers'],
    ['/readyz', 'Readiness', 'whether the database answers, and what waits'],
  ] as const
  return sheet(
    {
      language: 'en',
      title: 'Quittance',
      theme:
        '.land{max-width:520px;margin:0 auto;padding:48px 16px}.land ul{list-style:none;padding:0;display:grid;gap:12px}.land li{padding:14px 16px}.land p{margin:2px 0 0;color:var(--soft)}',
    },
    html`<main class="land"><h1>Quittance</h1><p>Accounts payable and accounts receivable, API version ${version}. The API is below <code>/v1</code>.</p>
<ul>${links.map(([path, name, about]) => html`<li class="card"><a href="${pathOf(path)}">${name}</a><p>${about}</p></li>`)}</ul></main>`,
  )
}
