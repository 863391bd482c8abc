import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { createTemplates, TemplateError } from './templates.ts'

/** Templates written by somebody who means harm: none may see anything but its values, take long, or hurt the one after it. */

// As it is shipped: a thread that reads TypeScript takes a second to start.
const program = new URL('../../../dist/templates.worker.js', import.meta.url)
const templates = createTemplates({ program })
afterAll(() => templates.close())

// What there would be to steal: in the environment, in a file, in the values' own insides.
const SECRET = 'sesame-4711'
const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
const file = join(folder, 'secret.html')
beforeAll(async () => {
  writeFileSync(file, SECRET)
  process.env.HOSTILE_SECRET = SECRET
  await render('warm')
})

const values = {
  company_name: '<b>Acme</b> & "Söhne"',
  invoice_number: 'INV-1',
  list: ['a', 'b', 'c'],
  deep: { er: { est: 'bottom' }, list: [1, 2, 3] },
  number: 12,
  long: 'x'.repeat(10_000),
  nothing: null,
}
const markup = { body_text: { html: '<p>Hello</p>', text: 'Hello' } }

async function render(source: string, html = true): Promise<string> {
  const { body = '' } = await templates.render({ parts: [{ name: 'body', source, html }], values, markup })
  return body
}

const members =
  'constructor __proto__ prototype toString valueOf hasOwnProperty __defineGetter__ __lookupGetter__ call apply bind arguments caller'.split(
    ' ',
  )
const roots = [
  'forloop.__proto__',
  'forloop.__proto__.__proto__.__proto__',
  'empty.__proto__.__proto__',
  'company_name',
  'list',
  'deep',
  'number',
  'body_text',
  'nothing',
  'missing',
  'forloop',
  'forloop.constructor',
  'this',
  'self',
  'true',
  '"a"',
  '(1..3)',
  'empty',
  'blank',
]
const globals =
  'process process.env process.env.HOSTILE_SECRET process.mainModule.require require global globalThis module exports Buffer Function eval import console __dirname __filename workerData parentPort env config settings request cycler joiner namespace lipsum range url_for get_flashed_messages ctx context page scope environments opts liquid options registers sync breakCalled'.split(
    ' ',
  )
const paths = [
  file,
  `../../../../../../../../..${file}`,
  '/etc/passwd',
  'file:///etc/passwd',
  'package.json',
  './package.json',
  '../package.json',
  'src/server.ts',
  'C:\\\\windows\\\\win.ini',
  'http://127.0.0.1/',
  '\\\\\\\\server\\\\share',
]
const readers = [
  'include',
  'render',
  'layout',
  'extends',
  'import',
  'from',
  'embed',
  'section',
  'block',
  'liquid include',
  'raw include',
]
const big = '{% assign s = long %}'

const families: Record<string, string[]> = {
  'members of values': roots.flatMap((root) => members.map((member) => `{{ ${root}.${member} }}{{ ${root}["${member}"] }}`)),
  'chains to Function': roots.flatMap((root) => [
    `{{ ${root}.constructor.constructor }}`,
    `{{ ${root}.constructor.constructor("return process.env.HOSTILE_SECRET")() }}`,
    `{{ ${root}["constructor"]["constructor"]("return this")() }}`,
    `{% assign c = ${root}.constructor %}{% assign d = c.constructor %}{{ d }}{{ d.name }}{{ d | append: "" }}`,
    `{{ ${root}.__class__.__mro__[1].__subclasses__() }}`,
    `{{ ${root} | map: "constructor" | first }}`,
    `{% for m in ${root}.constructor %}{{ m }}{% endfor %}`,
    `{% for m in ${root}.__proto__ %}{{ m }}{% endfor %}`,
    `{% for x in list %}{{ ${root}.constructor.constructor }}{{ ${root}.__proto__.constructor }}{{ ${root}.toString }}{% endfor %}`,
    `{% for x in list %}{% assign k = "__proto__" %}{% assign f = ${root} %}{{ f[k][k][k].constructor }}{{ f[k].toJSON }}{% endfor %}`,
  ]),
  'names of the machine': globals.flatMap((name) => [
    `{{ ${name} }}`,
    `{{ ${name} | append: "" }}{% if ${name} %}{{ ${name}.env }}{% endif %}`,
  ]),
  'files of the machine': readers.flatMap((reader) => paths.map((path) => `{% ${reader} "${path}" %}`)),
  'files through values': paths.flatMap((path) => [
    `{% assign p = "${path}" %}{% include p %}`,
    `{% assign p = "${path}" %}{% render p with deep as x %}`,
    `{{ "${path}" | read }}`,
    `{{ "${path}" | file }}{{ "${path}" | include }}`,
    `{% include {{ p }} %}`,
  ]),
  'filters that are not there': [
    'map',
    'where',
    'group_by',
    'find_exp',
    'where_exp',
    'json',
    'inspect',
    'jsonify',
    'date',
    'strip_html',
    'striptags',
    'sort',
    'raw_html',
    'eval',
    'attr',
    'format',
    'tojson',
    'xmlattr',
    'pprint',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
  ].flatMap((name) => [
    `{{ deep | ${name} }}`,
    `{{ company_name | ${name}: "constructor" }}`,
    `{{ "now" | ${name}: "%Y%99999999d" }}`,
  ]),
  'tags that are not there': [
    'macro x()',
    'call x()',
    'filter upper',
    'autoescape false',
    'do 1',
    'with x=1',
    'trans',
    'debug',
    'load x',
    'php',
    'javascript',
    'style',
    'schema',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'tablerow x in list',
    'layout "x"',
    'block x',
    'liquid echo 1',
  ].map((name) => `{% ${name} %}x{% end${name.split(' ')[0]} %}`),
  'loops without an end': [
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% for i in (1..1000000000000) %}{% endfor %}',
    '{% for i in (-9007199254740991..9007199254740991) %}{% endfor %}',
    '{% for i in (1..1e9) %}x{% endfor %}',
    '{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}',
    '{% for a in (1..100000) %}{% for b in (1..100000) %}{% endfor %}{% endfor %}',
    `${'{% for i in (1..100) %}'.repeat(30)}x${'{% endfor %}'.repeat(30)}`,
    '{% for a in long %}{% for b in long %}{% for c in long %}{{ a }}{% endfor %}{% endfor %}{% endfor %}',
    '{% assign l = long | split: "" %}{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}',
    '{% for i in (1..1000000) %}{% increment x %}{% endfor %}',
    '{% for i in (1..1000000) %}{% cycle "a", "b" %}{% endfor %}',
    '{% for i in (1..900000) %}{% if i contains "x" %}{% endif %}{% endfor %}',
  ],
  'texts without an end': [
    `${big}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}`,
    `${big}{% for i in (1..60) %}{% assign s = s | prepend: s %}{% endfor %}{{ s }}`,
    `${big}{% for i in (1..60) %}{% assign s = s | replace: "x", s %}{% endfor %}{{ s }}`,
    `${big}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s }}`,
    `${big}{% assign a = s | split: "" %}{% for i in (1..50) %}{% assign s = a | join: s %}{% endfor %}{{ s | size }}`,
    `${big}{% for i in (1..60) %}{% set s %}{{ s }}{{ s }}{% endset %}{% endfor %}{{ s }}`,
    '{% for i in (1..100000) %}{{ long }}{% endfor %}',
    '{% for i in (1..100000) %}{{ long | upcase | downcase | title }}{% endfor %}',
    '{{ long | replace: "", long }}',
    '{{ long | replace("x", long) | replace("x", long) }}',
    '{{ "x" | truncate: 99999999999, long }}',
    '{{ long | truncatewords: 99999999999, long }}',
    '{{ "1" | times: 1e308 | times: 1e308 }}',
    '{{ 9007199254740993 | times: 9007199254740993 }}{{ 1 | divided_by: 0 }}{{ 1 | modulo: 0 }}',
    '{{ 1 | round: 400 }}{{ 1 | round: -400 }}{{ 5 | round: 1e9 }}',
    '{{ long | slice: -99999999999, 99999999999 }}',
    '{{ long | url_encode | url_encode | url_encode | url_encode | url_encode }}',
    `{{ long${' | append: long'.repeat(3000)} }}`,
    `{{ long${' | escape'.repeat(5000)} }}`,
    `{{ long${' | nl2br | append: "\n"'.repeat(2000)} }}`,
  ],
  'patterns that take long': [
    `{{ "${'a'.repeat(40)}!" | replace: "(a+)+$", "x" }}`,
    `{{ "${'<'.repeat(50_000)}" | strip }}`,
    `{{ "${' '.repeat(50_000)}x${' '.repeat(30_000)}" | strip | lstrip | rstrip | trim }}`,
    `{{ "${'\\\\'.repeat(40_000)}" }}`,
    `{{ "${'a '.repeat(40_000)}" | title | capitalize | truncatewords: 3 }}`,
    `{{ "${'{{'.repeat(40_000)}" }}`,
    `{{ "${'%}'.repeat(40_000)}" }}`,
    `{{${' x'.repeat(45_000)} }}`,
    `{{ a${'.b'.repeat(45_000)} }}`,
    `{{ a${'[0]'.repeat(30_000)} }}`,
    `{{ ${"'".repeat(90_000)} }}`,
    `{{ ${'"'.repeat(90_001)} }}`,
    `${'{{ " }} '.repeat(12_000)}`,
    `${"{{ ' "}`.repeat(15_000),
    `${'{% '.repeat(30_000)}`,
    `${'{# '.repeat(30_000)}`,
    `${'{'.repeat(99_000)}`,
    `${'{%raw%}'.repeat(14_000)}`,
    `{% if ${'a and '.repeat(15_000)}b %}{% endif %}`,
    `{% if ${'not '.repeat(20_000)}a %}{% endif %}`,
    `{{ a${' is defined'.repeat(9_000)} }}`,
    `{{ a${' if a else a'.repeat(8_000)} }}`,
    `{{ a${'|x('.repeat(25_000)} }}`,
    `{{ a|default(${'('.repeat(50_000)} }}`,
  ],
  'nested too deeply': [
    '{% if a %}'.repeat(9_900),
    `${'{% if true %}'.repeat(3_000)}x${'{% endif %}'.repeat(3_000)}`,
    `${'{% capture a %}'.repeat(3_000)}x${'{% endcapture %}'.repeat(3_000)}`,
    `${'{% case 1 %}{% when 1 %}'.repeat(2_500)}${'{% endcase %}'.repeat(2_500)}`,
    `${'{% for i in list %}'.repeat(2_500)}${'{% endfor %}'.repeat(2_500)}`,
    `${'{% unless a %}'.repeat(3_000)}${'{% endunless %}'.repeat(3_000)}`,
    `${'{% comment %}'.repeat(4_000)}${'{% endcomment %}'.repeat(2_000)}`,
    `{{ ${'('.repeat(40_000)}1${')'.repeat(40_000)} }}`,
    `{{ ${'('.repeat(40_000)}1..2${')'.repeat(40_000)} }}`,
    `{{ deep${'[deep'.repeat(15_000)}${']'.repeat(15_000)} }}`,
  ],
  'huge sources': [
    'x'.repeat(100_001),
    'x'.repeat(5_000_000),
    '{{ a }}'.repeat(14_200),
    '{% if a %}{% endif %}'.repeat(4_700),
    '\n'.repeat(99_999),
    '💥'.repeat(49_000),
  ],
  'names that change objects': [
    '{% assign __proto__ = list %}{{ polluted }}',
    '{% assign __proto__.polluted = "x" %}{{ polluted }}',
    '{% assign constructor = "x" %}{{ constructor }}',
    '{% assign deep.polluted = "x" %}{{ deep.polluted }}',
    '{% set __proto__ = deep %}{{ er.est }}',
    '{% set constructor.prototype.polluted = 1 %}{{ polluted }}',
    '{% capture __proto__ %}x{% endcapture %}{{ list.x }}',
    '{% increment __proto__ %}{% increment constructor %}{% increment toString %}',
    '{% decrement hasOwnProperty %}{{ list.size }}',
    '{% for __proto__ in list %}{{ __proto__ }}{% endfor %}{{ a }}',
    '{% for constructor in list %}{{ constructor.constructor }}{% endfor %}',
    '{% cycle __proto__: "a", "b" %}',
    '{% assign toString = "x" %}{{ company_name }}',
    '{% assign body_text = company_name %}{{ body_text }}',
  ],
  'ways around escaping': [
    'safe',
    'raw',
    'safe|raw',
    'default("x")|safe',
    'e|safe',
    'escape|raw',
    'string|safe',
    'upper|safe',
    'append("")|raw',
    'split("")|join("")|safe',
    'slice(0, 99)|safe',
    'url_encode|raw',
    'nl2br',
    'title|raw',
    'replace("<", "<")|safe',
    'first',
    'list',
    'forceescape|safe',
  ].map((filter) => `{{ company_name|${filter} }}`),
  'strange characters': [
    '\0',
    '\u202e',
    '\ud800',
    '\udfff{{ a }}',
    '{{ "\ud800" }}',
    '{{ \u00a0company_name\u00a0 }}',
    '{{ companу_name }}',
    '\ufeff{{ company_name }}',
    '{{ "\0" | append: "\u2028" }}',
    '{%\u00a0if a %}{% endif %}',
    '{{ ﹛﹛ a }}',
    '｛｛ company_name ｝｝',
    '{{ "\\u0000\\x00" }}',
    '{{\ta\r\n}}',
  ],
  'halves of templates': [
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '{{}}',
    '{%%}',
    '{##}',
    '{{ }}',
    '{% %}',
    '{{{{ a }}}}',
    '{{ {{ a }} }}',
    '{% {% if %} %}',
    '{% endif %}',
    '{% else %}',
    '{% elif a %}',
    '{% endraw %}',
    '{% raw %}',
    '{% if %}',
    '{% for %}',
    '{% for x %}{% endfor %}',
    '{% assign %}',
    '{% set %}',
    '{{ | }}',
    '{{ a | }}',
    '{{ a || b }}',
    '{{ a |upper| }}',
    '{{ a.}}',
    '{{ .a }}',
    '{{ a[ }}',
    '{{ a["b }}',
    "{{ 'a }}",
    '{{ a|default( }}',
    '{{ a|default(")") }}',
    '{{ a|default(1, }}',
    '{% if a == %}{% endif %}',
    '{% if a is %}{% endif %}',
    '{%- -%}',
    '{{- -}}',
    '{%+ if a +%}{%+ endif +%}',
  ],
}
const cases = Object.entries(families).flatMap(([family, sources]) => sources.map((source, i) => ({ family, i, source })))

/** What nobody may ever see: the secret, paths and insides of the machine, sources of functions, HTML out of a value. */
const ESCAPES = [
  SECRET,
  'root:x:0',
  'quittance"',
  '[native code]',
  'function ',
  '=>',
  'HOSTILE',
  'NODE_',
  '/node_modules/',
  '[object ',
  '<b>Acme',
  'class ',
  folder,
]

test('there are more than six hundred of them', () => {
  expect(cases.length).toBeGreaterThan(600)
  expect(new Set(cases.map(({ source }) => source)).size).toBeGreaterThan(600)
})

test.each(Object.keys(families))('%s: nothing gets out, and each is over within a second', async (family) => {
  for (const { source, i } of cases.filter((one) => one.family === family)) {
    const shown = `${family} ${i}: ${source.slice(0, 80)}`
    const used_ms = processorTime()
    const said = await render(source).catch((error: unknown) => {
      expect(error, shown).toBeInstanceOf(TemplateError)
      return (error as Error).message
    })
    expect(used_ms(), shown).toBeLessThan(1_000)
    // A text that quotes its own source says nothing new.
    for (const stolen of ESCAPES) if (!source.includes(stolen)) expect(said, shown).not.toContain(stolen)
    expect(said.length, shown).toBeLessThanOrEqual(1_000_000)
  }
  expect(await render('{{ company_name }} {{ list | join: "+" }}{{ polluted }}')).toBe(
    '&lt;b&gt;Acme&lt;/b&gt; &amp; &#34;Söhne&#34; a+b+c',
  )
})

test('a template that was cut off leaves its neighbours in the queue alone', async () => {
  const slow = '{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}'
  const answers = await Promise.allSettled(
    [slow, 'one', `{{ ${"'".repeat(90_000)} }}`, 'two', slow, 'three'].map((source) => render(source)),
  )
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused'))).toEqual([
    'refused',
    'one',
    expect.anything(),
    'two',
    'refused',
    'three',
  ])
})

test('the server keeps answering while templates do their worst', async () => {
  let answers = 0
  const ticking = setInterval(() => answers++, 5)
  await Promise.allSettled(families['loops without an end']!.map((source) => render(source)))
  clearInterval(ticking)
  // Rendered in this thread, each of them would leave room for one.
  expect(answers).toBeGreaterThan(5 * families['loops without an end']!.length)
})
