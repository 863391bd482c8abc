import { Html, html } from '../platform/pages/html.ts'
import type { Guide } from './guides.ts'

/** The frame of all pages of the documentation: search and contents beside what is read. */

interface Sheet {
  readonly title: string
  /** The address of `/docs`, as browsers ask for it. */
  readonly home: string
  readonly guides: readonly Guide[]
  readonly here?: Guide
  readonly main: Html
}

const isDecision = ({ path }: Guide) => path.startsWith('decisions/')

function sheet({ title, home, guides, here, main }: Sheet): Html {
  const link = ({ path, title }: Guide) =>
    html`<a href="${home}/${path}"${path === here?.path && new Html(' aria-current="page"')}>${title}</a>`
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${home}/site/site.css">
<div id="site" data-home="${home}">
<nav aria-label="Documentation">
<a class="brand" href="${home}">Quittance</a>
<input id="search" type="search" placeholder="Search, e.g. issue an invoice" aria-label="Search operations, events and guides" autocomplete="off">
<div id="results" role="region" aria-label="Found" aria-live="polite" hidden></div>
<div id="contents">
<h2>Guides</h2>
${guides.filter((guide) => !isDecision(guide)).map(link)}
<div id="groups"></div>
<details><summary>Decisions</summary>${guides.filter(isDecision).map(link)}</details>
</div>
</nav>
${main}
</div>
<script src="${home}/site/site.js" type="module"></script>
</html>
`
}

export const guidePage = (guide: Guide, guides: readonly Guide[], home: string): Html =>
  sheet({
    title: `${guide.title} · Quittance`,
    home,
    guides,
    here: guide,
    main: html`<main>${new Html(guide.html)}</main>`,
  })

export const referencePage = (guides: readonly Guide[], home: string): Html =>
  sheet({
    title: 'Quittance API reference',
    home,
    guides,
    main: html`<main id="reference"><p class="soft">Reading the description …</p></main>
<template id="welcome"><h1>Quittance API</h1>
<p>Accounts payable and accounts receivable for platforms that embed finance. Amounts are in minor units (12050 is 120.50 EUR), rates in hundredths of a percent (1900 is 19 %), moments in UTC, days in the time zone of the entity.</p>
<p>Every request carries a token: <a href="${home}#post_auth_token">get one</a>, then open any operation and <b>try it</b>. Requests about an entity with a partner token name the entity in <code>x-monite-entity-id</code>. The <a href="${home}/api">rules that all operations share</a>, <a href="${home}/errors">errors</a>, <a href="${home}/webhooks">webhooks</a>, and the <a href="${home.replace(/\/docs$/, '')}/openapi.json">OpenAPI document</a> for generators, and a <a href="${home.replace(/\/docs$/, '')}/postman.json">collection for Postman</a>.</p></template>`,
  })
