/** The API reference as one page without dependencies: it reads /openapi.json and draws it. */
export const referencePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quittance API reference</title>
<style>
:root { --ink: #16212b; --soft: #5c6b78; --line: #e3e8ec; --paper: #fff; --wash: #f6f8f9; --accent: #1f4e5f; --get: #1f6f54; --post: #1f4e8c; --patch: #8a5a00; --put: #6a3d9a; --delete: #a32929 }
@media (prefers-color-scheme: dark) { :root { --ink: #e7edf1; --soft: #9aa8b3; --line: #2b363f; --paper: #141b21; --wash: #1b242b; --accent: #8cc3d6; --get: #6cc7a3; --post: #84b3ef; --patch: #e0b15a; --put: #c1a0ea; --delete: #f08c8c } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--paper) }
.frame { display: grid; grid-template-columns: 300px minmax(0, 1fr); min-height: 100vh }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-right: 1px solid var(--line); background: var(--wash); padding: 24px 18px }
nav h1 { font-size: 17px; margin: 0 0 2px; letter-spacing: -.01em } nav p { margin: 0 0 14px; color: var(--soft); font-size: 13px }
nav input { width: 100%; padding: 8px 10px; border: 1px solid var(--line); border-radius: 7px; background: var(--paper); color: inherit; font: inherit }
nav h2 { font-size: 12px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 18px 0 4px }
nav a { display: block; padding: 3px 6px; margin: 0 -6px; border-radius: 5px; color: inherit; text-decoration: none; font-size: 13.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
nav a:hover, nav a:focus-visible { background: var(--line) }
main { padding: 36px 48px 120px; max-width: 1020px }
section { padding: 26px 0 30px; border-bottom: 1px solid var(--line); scroll-margin-top: 12px }
h3 { margin: 0 0 4px; font-size: 19px; letter-spacing: -.01em } .path { font: 13.5px/1.5 ui-monospace, Menlo, Consolas, monospace; margin: 0 0 8px; word-break: break-all }
.verb { display: inline-block; min-width: 52px; font: 600 11px/1.6 ui-monospace, Menlo, monospace; text-transform: uppercase }
.get { color: var(--get) } .post { color: var(--post) } .patch { color: var(--patch) } .put { color: var(--put) } .delete { color: var(--delete) }
.note { color: var(--soft); margin: 0 0 12px } h4 { margin: 18px 0 6px; font-size: 12px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft) }
dl { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden } dl > div { display: grid; grid-template-columns: minmax(170px, 30%) 1fr; padding: 6px 12px; gap: 12px } dl > div + div { border-top: 1px solid var(--line) }
dt { font: 13px/1.6 ui-monospace, Menlo, monospace; word-break: break-all } dd { margin: 0; font-size: 13.5px; color: var(--soft) }
details { margin-left: 2px } summary { cursor: pointer } .need { color: var(--delete) } code { font: 13px ui-monospace, Menlo, monospace }
@media (max-width: 800px) { .frame { display: block } nav { position: static; height: auto; max-height: 45vh } main { padding: 20px } dl > div { grid-template-columns: 1fr; gap: 0 } }
</style>
<div class="frame">
<nav aria-label="Operations"><h1>Quittance API</h1><p id="about">version 2024-05-25</p><input id="find" type="search" placeholder="Find an operation" aria-label="Find an operation"><div id="list"></div></nav>
<main id="main"><p class="note">Reading the description …</p></main>
</div>
<script>
const el = (tag, attrs, ...kids) => { const e = document.createElement(tag); for (const [k, v] of Object.entries(attrs || {})) e.setAttribute(k, v); e.append(...kids.filter(k => k != null)); return e }
let doc
const named = s => s && s.$ref ? doc.components.schemas[s.$ref.split('/').pop()] : s
const nameOf = s => s && s.$ref ? s.$ref.split('/').pop() : ''
function strip(s) { const u = s.anyOf || s.oneOf; if (!u) return [s, false]; const rest = u.filter(x => x.type !== 'null'); return [rest.length === 1 ? rest[0] : { anyOf: rest }, rest.length < u.length] }
function typeText(schema) {
  let [s, nullable] = strip(schema); const label = nameOf(s); s = named(s)
  let t = label && s.properties ? label : s.enum ? (s.enum.length > 9 ? s.enum.slice(0, 8).join(' | ') + ' | … (' + s.enum.length + ')' : s.enum.map(v => JSON.stringify(v)).join(' | '))
    : s.type === 'array' ? 'list of ' + typeText(s.items || {}) : s.anyOf ? s.anyOf.map(typeText).join(' or ') : (s.format || s.type || 'any')
  const limits = []
  for (const [k, w] of [['minLength', 'at least % characters'], ['maxLength', 'at most % characters'], ['minimum', 'from %'], ['maximum', 'to %'], ['minItems', 'at least % items'], ['maxItems', 'at most % items']])
    if (s[k] !== undefined && !(k === 'maximum' && s[k] > 9e15)) limits.push(w.replace('%', s[k]))
  return t + (nullable ? ' or null' : '') + (limits.length ? ', ' + limits.join(', ') : '')
}
function fields(schema, depth) {
  let [s] = strip(schema || {}); s = named(s)
  if (s && s.type === 'array') return fields(s.items, depth)
  if (s && s.anyOf) { const box = el('div'); s.anyOf.forEach((x, i) => { const d = el('details', i === 0 && depth === 0 ? { open: '' } : {}, el('summary', {}, nameOf(x) || 'form ' + (i + 1))); d.append(fields(x, depth + 1) || ''); box.append(d) }); return box }
  if (!s || !s.properties) return null
  const list = el('dl')
  for (const [name, value] of Object.entries(s.properties)) {
    const need = (s.required || []).includes(name)
    const dd = el('dd', {}, typeText(value))
    const inner = depth < 4 ? fields(value, depth + 1) : null
    if (inner) dd.append(el('details', {}, el('summary', {}, 'fields'), inner))
    list.append(el('div', {}, el('dt', {}, name, need ? el('span', { class: 'need', title: 'required' }, ' *') : ''), dd))
  }
  return list
}
function section(path, verb, op) {
  const s = el('section', { id: op.operationId }, el('h3', {}, op.summary), el('p', { class: 'path' }, el('span', { class: 'verb ' + verb }, verb), ' /v1' + path), el('p', { class: 'note' }, op.description || ''))
  const params = op.parameters.filter(p => p.in !== 'header')
  if (params.length) { s.append(el('h4', {}, 'Parameters')); const dl = el('dl'); for (const p of params) dl.append(el('div', {}, el('dt', {}, p.name, p.required ? el('span', { class: 'need' }, ' *') : ''), el('dd', {}, p.in + ', ' + typeText(p.schema)))); s.append(dl) }
  if (op.requestBody) { const [type, body] = Object.entries(op.requestBody.content)[0]; s.append(el('h4', {}, 'Body, ' + type)); const f = fields(body.schema, 0); if (f) s.append(f) }
  for (const [status, answer] of Object.entries(op.responses)) if (status < '300') { s.append(el('h4', {}, 'Answer ' + status)); const c = answer.content && Object.values(answer.content)[0]; const f = c && fields(c.schema, 1); s.append(f ? el('details', {}, el('summary', {}, nameOf(c.schema) || 'fields'), f) : el('p', { class: 'note' }, answer.description)) }
  s.append(el('h4', {}, 'Refusals'), el('p', { class: 'note' }, Object.entries(op.responses).filter(([c]) => c >= '300').map(([c, r]) => c + ' ' + r.description).join(' · ')))
  return s
}
fetch('/openapi.json').then(r => r.json()).then(d => {
  doc = d; const main = document.getElementById('main'), list = document.getElementById('list'); main.textContent = ''
  main.append(el('h2', {}, d.info.title), el('p', { class: 'note' }, d.info.description), el('p', { class: 'note' }, 'Every request carries a bearer token from POST /auth/token; requests about an entity name it in x-monite-entity-id. A required field is marked with an asterisk.'))
  const groups = new Map()
  for (const [path, item] of Object.entries(d.paths)) for (const [verb, op] of Object.entries(item)) { const g = op.tags[0]; if (!groups.has(g)) groups.set(g, []); groups.get(g).push([path, verb, op]) }
  for (const [g, ops] of groups) { const box = el('div', { 'data-group': '' }, el('h2', {}, g)); for (const [path, verb, op] of ops) { box.append(el('a', { href: '#' + op.operationId, 'data-text': (verb + ' ' + path + ' ' + op.summary).toLowerCase() }, el('span', { class: 'verb ' + verb }, verb), ' ' + op.summary)); main.append(section(path, verb, op)) } list.append(box) }
  document.getElementById('about').textContent = 'version ' + d.info.version + ' · ' + list.querySelectorAll('a').length + ' operations'
  document.getElementById('find').addEventListener('input', e => { const q = e.target.value.toLowerCase(); for (const box of list.children) { let any = false; for (const a of box.querySelectorAll('a')) { const on = a.dataset.text.includes(q); a.hidden = !on; a.style.display = on ? '' : 'none'; any = any || on } box.style.display = any ? '' : 'none' } })
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
}).catch(error => { document.getElementById('main').textContent = 'The description could not be read: ' + error.message })
</script>
</html>
`
