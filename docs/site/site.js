// The reference draws what /openapi.json says; on the pages of guides only the search works. No dependencies, nothing from elsewhere.
const make = (tag, attributes, ...children) => {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {}))
    if (name === 'class') node.className = value
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value)
  node.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return node
}
const $ = (id) => document.getElementById(id)
/** Sentences of the description may have `code` in them. */
const prose = (text) =>
  String(text)
    .split('`')
    .map((part, i) => (i % 2 ? make('code', null, part) : part))

const home = $('site').dataset.home
let api
let operations = []

// --- Schemas ---------------------------------------------------------------------------------------------------------------

const MODELS = '#/components/schemas/'
const isRef = (schema) => typeof schema?.$ref === 'string'
const nameOf = (schema) => (isRef(schema) ? schema.$ref.slice(MODELS.length) : '')
const resolve = (schema) => (isRef(schema) ? (api.components.schemas[nameOf(schema)] ?? {}) : (schema ?? {}))

/** The forms that a value can have, and whether it may be null. */
function formsOf(schema) {
  const union = schema.anyOf ?? schema.oneOf
  if (!union) return { forms: [schema], nullable: false }
  const forms = union.filter((form) => form.type !== 'null')
  return { forms, nullable: forms.length < union.length }
}

const LIMITS = [
  ['minLength', 'at least # characters'],
  ['maxLength', 'at most # characters'],
  ['minimum', 'from #'],
  ['exclusiveMinimum', 'above #'],
  ['maximum', 'to #'],
  ['minItems', 'at least # entries'],
  ['maxItems', 'at most # entries'],
  ['pattern', 'like #'],
]

function typeText(schema) {
  const { forms, nullable } = formsOf(schema)
  return forms.map(formText).join(' or ') + (nullable ? ' or null' : '')
}
function formText(form) {
  const schema = resolve(form)
  if (schema.enum)
    return schema.enum.length > 8
      ? `one of ${schema.enum.length} words`
      : schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`
  if (schema.anyOf && !schema.properties) return nameOf(form) || typeText(schema)
  const limits = LIMITS.filter(([key]) => schema[key] !== undefined && !(schema[key] > 9e15)).map(([key, text]) =>
    text.replace('#', schema[key]),
  )
  const word = schema.properties ? nameOf(form) || 'object' : schema.format || schema.type || 'anything'
  return [word, ...limits].join(', ')
}

/** The object schemas that a value may be, with their names. */
function objectsOf(schema) {
  return formsOf(schema).forms.flatMap((form) => {
    const model = resolve(form)
    if (model.properties) return [[nameOf(form), model]]
    if (model.type === 'array') return objectsOf(model.items ?? {})
    return model.anyOf ? objectsOf(model) : []
  })
}

/** What a field's own list of words means, where its schema says so. */
function valuesOf(schema) {
  const texts = formsOf(schema)
    .forms.map((form) => resolve(form))
    .filter((model) => model.enum && model.description?.includes(':'))
    .map((model) => model.description)
  return texts.length > 0 ? make('p', { class: 'soft' }, texts.flatMap(prose)) : null
}

function fieldsOf(schema, depth = 0) {
  const objects = objectsOf(schema)
  if (objects.length === 0) return null
  if (objects.length === 1) return listOf(objects[0][1], depth)
  return make(
    'div',
    null,
    objects.map(([name, model], i) => folded(name || `form ${i + 1}`, () => listOf(model, depth), depth === 0 && i === 0)),
  )
}

/** Opened when somebody looks: schemas may contain themselves. */
function folded(title, inner, open = false) {
  const box = make('details', open ? { open: true } : null, make('summary', null, title))
  const fill = () => box.childElementCount === 1 && box.append(inner())
  if (open) fill()
  box.addEventListener('toggle', fill)
  return box
}

function listOf(model, depth) {
  const required = model.required ?? []
  const list = make('dl', null)
  for (const [name, field] of Object.entries(model.properties)) {
    const example = field.examples?.[0]
    const inner = objectsOf(field)
    list.append(
      make(
        'dt',
        null,
        make('code', null, name),
        required.includes(name) ? make('b', { class: 'need', title: 'required' }, ' required') : null,
      ),
      make(
        'dd',
        null,
        make('span', { class: 'type' }, typeText(field)),
        field.description ? make('p', null, prose(field.description)) : null,
        valuesOf(field),
        example !== undefined && typeof example !== 'object' && example !== 'text'
          ? make('p', { class: 'soft' }, 'e.g. ', make('code', null, JSON.stringify(example)))
          : null,
        inner.length > 0 ? folded('fields', () => fieldsOf(field, depth + 1)) : null,
      ),
    )
  }
  return list
}

// --- One operation -----------------------------------------------------------------------------------------------------------

const kept = (key, fallback = '') => {
  try {
    return sessionStorage.getItem(`quittance.${key}`) ?? fallback
  } catch {
    return fallback
  }
}
const keep = (key, value) => {
  try {
    sessionStorage.setItem(`quittance.${key}`, value)
  } catch {}
}

function draw({ path, method, operation }) {
  const { parameters, requestBody, responses } = operation
  const [bodyType, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const named = parameters.filter((parameter) => parameter.in !== 'header')
  const section = make(
    'article',
    { class: 'operation' },
    make('p', { class: 'soft' }, operation.tags[0]),
    make('h1', null, operation.summary),
    make('p', { class: 'path' }, make('b', { class: `verb ${method}` }, method), ` /v1${path}`),
    make('p', { class: 'soft' }, prose(operation.description)),
  )
  const [tryBox, snippets] = trial({ path, method, operation, bodyType, media })
  section.append(snippets, tryBox)
  if (named.length > 0) section.append(make('h2', null, 'Parameters'), parametersOf(named))
  const headers = parameters.filter((parameter) => parameter.in === 'header')
  if (headers.length > 0) section.append(folded('Headers', () => parametersOf(headers)))
  if (media)
    section.append(make('h2', null, `Body, ${bodyType}`), fieldsOf(media.schema) ?? make('p', null, typeText(media.schema)))
  for (const [status, answer] of Object.entries(responses).filter(([code]) => code < '300')) {
    const schema = Object.values(answer.content ?? {})[0]?.schema
    section.append(
      make('h2', null, `Answer ${status}`),
      (schema && fieldsOf(schema)) ?? make('p', null, schema ? typeText(schema) : 'Nothing but the status.'),
    )
  }
  section.append(
    make('h2', null, 'Refusals'),
    make(
      'ul',
      null,
      Object.entries(responses)
        .filter(([code]) => code >= '300')
        .map(([code, answer]) => make('li', null, make('code', null, code), ` ${answer.description}`)),
    ),
    make('p', null, make('a', { href: `${home}/errors` }, 'Errors, and what to do about them')),
  )
  return section
}

function parametersOf(parameters) {
  const list = make('dl', null)
  for (const { name, required, schema, description } of parameters)
    list.append(
      make('dt', null, make('code', null, name), required ? make('b', { class: 'need' }, ' required') : null),
      make(
        'dd',
        null,
        make('span', { class: 'type' }, typeText(schema)),
        description ? make('p', null, prose(description)) : null,
        valuesOf(schema),
      ),
    )
  return list
}

// --- Try it, and the same as a program --------------------------------------------------------------------------------------

function trial({ path, method, operation, bodyType, media }) {
  const isJson = bodyType === 'application/json'
  const needsEntity = operation.parameters.some(({ name }) => name === 'x-monite-entity-id')
  const isOpen = operation.security?.length === 0
  const inputs = new Map()
  const row = (label, control) => make('label', null, make('span', null, label), control)
  const input = (label, value, onChange) => {
    const control = make('input', { type: label === 'token' ? 'password' : 'text', autocomplete: 'off', spellcheck: 'false' })
    control.value = value
    control.addEventListener('input', () => {
      onChange?.(control.value)
      write()
    })
    return [control, row(label, control)]
  }
  const form = make('form', { class: 'try' })
  const [token, tokenRow] = input('token', kept('token'), (value) => keep('token', value))
  const [entity, entityRow] = input('x-monite-entity-id', kept('entity'), (value) => keep('entity', value))
  if (!isOpen) form.append(tokenRow)
  if (needsEntity) form.append(entityRow)
  for (const { name, in: where, required } of operation.parameters)
    if (where === 'path' || (where === 'query' && required)) {
      const [control, line] = input(name, kept(name), (value) => keep(name, value))
      inputs.set(name, { control, where })
      form.append(line)
    }
  const [query, queryRow] = input('query, e.g. limit=5&order=desc', '')
  if (operation.parameters.some((parameter) => parameter.in === 'query')) form.append(queryRow)
  const body = make('textarea', { rows: 8, spellcheck: 'false' })
  if (isJson) {
    body.value = JSON.stringify(media.example, null, 2)
    body.addEventListener('input', () => write())
    form.append(row('body', body))
  }
  const file = make('input', { type: 'file' })
  if (bodyType === 'multipart/form-data') form.append(row('file', file))
  const out = make('div', { class: 'out', role: 'status', 'aria-live': 'polite' })
  form.append(make('button', { type: 'submit' }, 'Send'), out)

  const address = () => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(inputs.get(name)?.control.value || `{${name}}`))
    const more = [...inputs]
      .filter(([, { where, control }]) => where === 'query' && control.value)
      .map(([name, { control }]) => `${encodeURIComponent(name)}=${encodeURIComponent(control.value)}`)
    const asked = [...more, query.value.replace(/^\?/, '')].filter(Boolean).join('&')
    return `${base()}/v1${filled}${asked ? `?${asked}` : ''}`
  }
  const headersOf = (secret) => ({
    ...(!isOpen && { Authorization: `Bearer ${secret}` }),
    'X-Monite-Version': '2024-05-25',
    ...(needsEntity &&
      (entity.value ? { 'X-Monite-Entity-Id': entity.value } : secret === '$TOKEN' ? { 'X-Monite-Entity-Id': '$ENTITY' } : {})),
    ...(isJson && { 'Content-Type': 'application/json' }),
  })

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    out.replaceChildren('Sending …')
    const payload = bodyType === 'multipart/form-data' ? new FormData() : isJson ? body.value : undefined
    if (payload instanceof FormData && file.files[0]) payload.append('file', file.files[0])
    const began = performance.now()
    try {
      const answer = await fetch(address(), { method: method.toUpperCase(), headers: headersOf(token.value), body: payload })
      const ms = Math.round(performance.now() - began)
      const type = answer.headers.get('content-type') ?? ''
      const text = type.includes('json')
        ? JSON.stringify(await answer.json(), null, 2)
        : `${(await answer.blob()).size} bytes of ${type || 'nothing'}`
      if (path === '/auth/token' && answer.ok) {
        token.value = JSON.parse(text).access_token
        keep('token', token.value)
      }
      out.replaceChildren(
        make(
          'p',
          { class: answer.ok ? 'good' : 'bad' },
          `${answer.status} in ${ms} ms`,
          make('span', { class: 'soft' }, ` · x-request-id ${answer.headers.get('x-request-id') ?? ''}`),
        ),
        make('pre', null, text),
        path === '/auth/token' && answer.ok
          ? make('p', { class: 'soft' }, 'This token is used on the other operations until the window is closed.')
          : '',
      )
    } catch (error) {
      out.replaceChildren(make('p', { class: 'bad' }, `Not sent: ${error.message}`))
    }
  })

  const choose = (name) => {
    language = name
    keep('language', name)
    write()
  }
  const copied = async () => {
    await navigator.clipboard.writeText(code.textContent)
    copy.textContent = 'Copied'
    setTimeout(() => copy.replaceChildren('Copy'), 1500)
  }
  const code = make('pre', { tabindex: 0 })
  let language = kept('language', 'curl')
  const tabs = make('div', { class: 'tabs', role: 'tablist' })
  const write = () => {
    const request = {
      method: method.toUpperCase(),
      url: address(),
      headers: headersOf('$TOKEN'),
      body: isJson ? body.value : null,
      file: bodyType === 'multipart/form-data',
    }
    code.textContent = WRITERS[language](request)
    for (const tab of tabs.children) tab.setAttribute('aria-selected', String(tab.dataset.language === language))
  }
  for (const name of Object.keys(WRITERS))
    tabs.append(make('button', { type: 'button', role: 'tab', 'data-language': name, onclick: () => choose(name) }, name))
  const copy = make(
    'button',
    {
      type: 'button',
      class: 'copy',
      onclick: () => copied(),
    },
    'Copy',
  )
  write()
  return [folded('Try it', () => form, false), make('div', { class: 'snippet' }, tabs, copy, code)]
}

const base = () => location.origin + home.replace(/\/docs$/, '')
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`
const shell = (text) => (text.includes('$') ? `"${text}"` : quoted(text))
const WRITERS = {
  curl: ({ method, url, headers, body, file }) =>
    [
      `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`,
      ...Object.entries(headers).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
      ...(body ? [`-d ${quoted(body)}`] : []),
      ...(file ? ['-F file=@document.pdf'] : []),
    ].join(' \\\n  '),
  TypeScript: ({ method, url, headers, body, file }) =>
    [
      ...(file ? ['const form = new FormData()', "form.append('file', new Blob([bytes]), 'document.pdf')"] : []),
      `const answer = await fetch(${JSON.stringify(url)}, {`,
      `  method: '${method}',`,
      `  headers: {`,
      ...Object.entries(headers).map(
        ([name, value]) =>
          `    ${/^[A-Za-z]+$/.test(name) ? name : `'${name}'`}: ${value === '$ENTITY' ? 'entityId' : value.includes('$TOKEN') ? "'Bearer ' + token" : `'${value}'`},`,
      ),
      `  },`,
      ...(body ? [`  body: JSON.stringify(${body.replaceAll('\n', '\n  ')}),`] : file ? ['  body: form,'] : []),
      '})',
      "if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()))",
      'console.log(await answer.json())',
    ].join('\n'),
  Python: ({ method, url, headers, body, file }) =>
    [
      'import requests',
      '',
      `answer = requests.request(`,
      `    "${method}",`,
      `    ${JSON.stringify(url)},`,
      `    headers={`,
      ...Object.entries(headers)
        .filter(([name]) => !(file && name === 'Content-Type'))
        .map(
          ([name, value]) =>
            `        "${name}": ${value === '$ENTITY' ? 'entity_id' : value.includes('$TOKEN') ? 'f"Bearer {token}"' : `"${value}"`},`,
        ),
      `    },`,
      ...(body
        ? [
            `    json=${body
              .replaceAll('\n', '\n    ')
              .replace(/\btrue\b/g, 'True')
              .replace(/\bfalse\b/g, 'False')
              .replace(/\bnull\b/g, 'None')},`,
          ]
        : file
          ? ['    files={"file": open("document.pdf", "rb")},']
          : []),
      '    timeout=30,',
      ')',
      'answer.raise_for_status()',
      'print(answer.json())',
    ].join('\n'),
}

// --- Search ------------------------------------------------------------------------------------------------------------------

const SAME = {
  invoice: 'receivable',
  invoices: 'receivable',
  quote: 'receivable',
  bill: 'payable',
  bills: 'payable',
  customer: 'counterpart',
  vendor: 'counterpart',
  supplier: 'counterpart',
  company: 'entity',
  webhook: 'webhook_subscription',
  delete: 'remove',
  remove: 'delete',
  add: 'create',
  make: 'create',
  new: 'create',
  change: 'update',
  edit: 'update',
}
const SKIP = new Set(['a', 'an', 'the', 'of', 'for', 'to', 'with', 'how', 'do', 'i', 'is', 'and', 'in'])
const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** How well an entry answers what was asked: each word counts by the weightiest place it stands in; all have to be somewhere. */
function score(entry, asked) {
  let sum = 0
  for (const word of asked) {
    let best = 0
    for (const one of [word, word.replace(/s$/, ''), SAME[word]].filter(Boolean))
      for (const [text, weight] of entry.texts)
        if (text.includes(one))
          best = Math.max(best, weight * (one === SAME[word] ? 0.9 : 1) * (words(text).includes(one) ? 1.5 : 1))
    if (best === 0) return 0
    sum += best
  }
  return sum / (1 + entry.texts[0][0].length / 200)
}

function find(text, entries) {
  const asked = words(text).filter((word) => !SKIP.has(word))
  if (asked.length === 0) return null
  return entries
    .map((entry) => [score(entry, asked), entry])
    .filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a)
    .slice(0, 40)
    .map(([, entry]) => entry)
}

// --- The page ----------------------------------------------------------------------------------------------------------------

async function start() {
  const [document_, guides] = await Promise.all([
    fetch(`${base()}/openapi.json`).then((answer) => answer.json()),
    fetch(`${home}/search.json`).then((answer) => answer.json()),
  ])
  api = document_
  const about = new Map(api.tags.map(({ name, description }) => [name, description]))
  operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const events = Object.entries(api.webhooks).map(([name, { post }]) => ({ name, summary: post.summary }))
  const entries = [
    ...operations.map(({ path, method, operation }) => ({
      href: `${home}#${operation.operationId}`,
      title: operation.summary,
      note: `${method.toUpperCase()} ${path}`,
      texts: [
        [operation.summary.toLowerCase(), 10],
        [path.replaceAll(/[_/]/g, ' ').toLowerCase(), 6],
        [(about.get(operation.tags[0]) ?? '').toLowerCase(), 5],
        [operation.parameters.map(({ name }) => name).join(' '), 1],
      ],
    })),
    ...events.map(({ name, summary }) => ({
      href: `${home}#webhooks`,
      title: summary,
      note: name,
      texts: [
        [summary.toLowerCase(), 6],
        [name.replaceAll(/[._]/g, ' '), 5],
        ['event webhook', 4],
      ],
    })),
    ...guides.map(({ href, title, page, text }) => ({
      href,
      title,
      note: page,
      texts: [
        [title.toLowerCase(), 9],
        [page.toLowerCase(), 4],
        [text.toLowerCase(), 2],
      ],
    })),
  ]
  drawNavigation(about)
  const search = $('search')
  const results = $('results')
  search.addEventListener('input', () => {
    const found = find(search.value, entries)
    $('contents').hidden = found !== null
    results.hidden = found === null
    results.replaceChildren(
      ...(found === null
        ? []
        : found.length === 0
          ? [make('p', { class: 'soft' }, 'Nothing has all of these words.')]
          : found.map(({ href, title, note }) => make('a', { href }, title, make('small', null, note)))),
    )
  })
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') results.querySelector('a')?.click()
    if (event.key === 'Escape') {
      search.value = ''
      search.dispatchEvent(new Event('input'))
    }
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /INPUT|TEXTAREA/.test(document.activeElement?.tagName ?? '')) return
    event.preventDefault()
    search.focus()
  })
  if (!$('reference')) return
  addEventListener('hashchange', show)
  show()

  function show() {
    const id = decodeURIComponent(location.hash.slice(1))
    const entry = operations.find(({ operation }) => operation.operationId === id)
    const main = $('reference')
    if (entry) main.replaceChildren(draw(entry))
    else if (id === 'webhooks') main.replaceChildren(eventsPage(events))
    else main.replaceChildren($('welcome').content.cloneNode(true), overview(about))
    document.title = entry ? `${entry.operation.summary} · Quittance` : 'Quittance API reference'
    for (const link of document.querySelectorAll('#contents a')) {
      const here = link.getAttribute('href') === `${home}#${id}`
      link.toggleAttribute('aria-current', here)
      if (here) link.closest('details').open = true
    }
    if (entry || id) scrollTo(0, 0)
  }
}

function drawNavigation(about) {
  const groups = $('groups')
  for (const { name, tags } of api['x-tagGroups']) {
    groups.append(make('h2', null, name))
    for (const tag of tags) {
      const own = operations.filter(({ operation }) => operation.tags[0] === tag)
      if (tag === 'webhooks')
        groups.append(make('details', null, make('summary', null, 'webhooks'), make('a', { href: `${home}#webhooks` }, 'Events')))
      if (own.length === 0) continue
      groups.append(
        make(
          'details',
          { title: about.get(tag) },
          make('summary', null, tag),
          own.map(({ method, operation }) =>
            make(
              'a',
              { href: `${home}#${operation.operationId}` },
              make('b', { class: `verb ${method}` }, method),
              operation.summary,
            ),
          ),
        ),
      )
    }
  }
}

const overview = (about) =>
  make(
    'div',
    { class: 'overview' },
    api['x-tagGroups'].map(({ name, tags }) =>
      make(
        'section',
        null,
        make('h2', null, name),
        make(
          'dl',
          null,
          tags.flatMap((tag) => {
            const first = operations.find(({ operation }) => operation.tags[0] === tag)
            return [
              make('dt', null, make('a', { href: `${home}#${first?.operation.operationId ?? 'webhooks'}` }, tag)),
              make('dd', null, about.get(tag) ?? ''),
            ]
          }),
        ),
      ),
    ),
  )

const eventsPage = (events) =>
  make(
    'article',
    null,
    make('h1', null, 'Events'),
    make(
      'p',
      null,
      'Each is sent to the subscriptions of its object type, signed: ',
      make('a', { href: `${home}/webhooks` }, 'Webhooks'),
      '.',
    ),
    make(
      'dl',
      null,
      events.flatMap(({ name, summary }) => [make('dt', null, make('code', null, name)), make('dd', null, summary)]),
    ),
    make('h2', null, 'What is sent'),
    fieldsOf({ $ref: `${MODELS}WebhookEvent` }),
  )

start().catch((error) => {
  ;($('reference') ?? $('results')).replaceChildren(
    make('p', { class: 'bad' }, `The description could not be read: ${error.message}`),
  )
})
