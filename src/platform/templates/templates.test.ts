import { afterAll, expect, test } from 'vitest'
import { createTemplates, TemplateError } from './templates.ts'

// As it is shipped: a thread that reads TypeScript takes a second to start.
const program = new URL('../../../dist/templates.worker.js', import.meta.url)
const templates = createTemplates({ program })
afterAll(() => templates.close())

const values = { name: 'Ada & Söhne <i>', empty: '', list: ['a', 'b'], deep: { er: 'x' }, n: 3 }
const markup = { body_text: { html: '<p>Hello</p>', text: 'Hello' } }
async function render(source: string, html = true): Promise<string> {
  const { body } = await templates.render({ parts: [{ name: 'body', source, html }], values, markup })
  return body!
}
const fault = (source: string) =>
  render(source).then(
    () => 'fine',
    (error: TemplateError) => error.message,
  )

test.each([
  ['{{ name }}', 'Ada &amp; Söhne &lt;i&gt;'],
  ['{{ deep.er }}{{ deep["er"] }}{{ list[1] }}', 'xxb'],
  ['{{ missing }}{{ missing.more }}{{ deep.missing }}', ''],
  ['{{ missing|default("none") }} {{ missing | d(\'it\') }} {{ empty|default("e") }} {{ deep.er|default("y") }}', 'none it e x'],
  ['{{ missing | default: "none" }}', 'none'],
  ['{% if empty %}1{% elif n == 3 %}2{% else %}3{% endif %}', '2'],
  ['{% if not empty and (n > 2 or missing) %}yes{% endif %}', 'yes'],
  ['{% if missing is defined %}1{% else %}2{% endif %}{% if deep.er is not none %}3{% endif %}', '23'],
  ['{% for x in list %}{{ loop.index }}{{ x|upper }}{% if not loop.last %}, {% endif %}{% endfor %}', '1A, 2B'],
  ['{% for x in missing %}{{ x }}{% else %}none{% endfor %}', 'none'],
  [
    '{{ "aBc d"|upper }} {{ "aBc d"|lower }} {{ "aBc d"|title }} {{ "aBc d"|capitalize }} {{ list|length }}',
    'ABC D abc d Abc D Abc d 2',
  ],
  ['{{ list|join(", ") }} {{ "  a "|trim }} {{ "abcdef"|truncate(length=5) }} {{ "a-b"|replace("-", "+") }}', 'a, b a ab... a+b'],
  ['a{# a\ncomment {{ name }} #}b', 'a\nb'],
  ['{%- if n -%}  x  {%- endif -%}  y', 'xy'],
  ['{{- n -}}  y', '3y'],
  ['{% set x = deep.er|upper %}{{ x }}', 'X'],
  ['{% set x %}<b>{{ n }}</b>{% endset %}{{ x|length }}', '8'],
  ['{% raw %}{{ name|x(1) }} {% if %}{% endraw %}{{ n }}', '{{ name|x(1) }} {% if %}3'],
  ['{{ "yes" if n == 3 else "no" }}{{ "yes" if missing else "no" }}{{ "yes" if missing }}', 'yesno'],
  ['{{ "a | b(c) }} \\" \' %}" }}', 'a | b(c) }} &#34; &#39; %}'],
  ['{% if n == None %}1{% else %}2{% endif %}{% if True %}3{% endif %}', '23'],
  ['{{ name|e }}{{ name|escape }}{{ name|safe }}', 'Ada &amp; Söhne &lt;i&gt;'.repeat(3)],
  ['{{ "a\nb<"|nl2br }}', 'a<br>\nb&lt;'],
  ['<b>{{ n }}</b>', '<b>3</b>'],
  ['{{ -1 }} {{ n | plus: -1 }} {{ n|plus(-1) }} {% if -1 < n and n > -1 %}{{ -2 if n else -3 }}{% endif %}', '-1 2 2 -2'],
])('%s', async (source, expected) => {
  expect(await render(source)).toBe(expected)
})

test('HTML of our own making is printed as it stands, and as text once something is done to it', async () => {
  expect(await render('{{ body_text }}')).toBe('<p>Hello</p>')
  expect(await render('{{ body_text|safe }}{{ body_text|e }}{{ body_text|default("x") }}')).toBe('<p>Hello</p>'.repeat(3))
  expect(await render('{{ body_text|upper }}{% if body_text %}!{% endif %}')).toBe('HELLO!')
  expect(await render('{{ body_text }} {{ name }}', false)).toBe('Hello Ada & Söhne <i>')
})

test.each([
  ['fine\n\n{{ name|shout }}', 'Line 3: undefined filter: shout'],
  ['{# one\ntwo #}{% if n %}', 'Line 2: tag {% if n %} not closed'],
  ['{% include "other" %}', 'Line 1: tag "include" not found'],
  ['a\n{{ n + 1 }}', 'Line 2: "+" is not an operator here; there are filters: append, plus, minus, times, divided_by, modulo'],
  ['{{ name', 'Line 1: output "{{ name" not closed'],
  ['{% endif %}', 'Line 1: tag "endif" not found'],
  ['x'.repeat(100_001), 'A template may have up to 100000 characters'],
])('a broken template is refused with its place: %s', async (source, message) => {
  expect(await fault(source)).toBe(message)
})

test.each(['n - 1', 'n-1', 'n -1', 'list[1] - n', '(n) - 1', '"a" - 1', '5 - 2'])(
  'a difference is refused, and never its first part printed: {{ %s }}',
  async (difference) => {
    expect(await fault(`{{ ${difference} }}`)).toMatch(/^Line 1: "-" is not an operator here; there are filters: /)
  },
)

test('several parts are rendered together, and the one that is no good is named', async () => {
  const order = (subject: string, body: string) => ({
    parts: [
      { name: 'subject', source: subject, html: false },
      { name: 'body', source: body, html: true },
    ],
    values,
    markup,
  })
  expect(await templates.render(order('{{ name }}', '{{ name }}'))).toEqual({
    subject: 'Ada & Söhne <i>',
    body: 'Ada &amp; Söhne &lt;i&gt;',
  })
  const error = await templates.render(order('fine', '{% if %}')).catch((thrown: unknown) => thrown as TemplateError)
  expect(error).toBeInstanceOf(TemplateError)
  expect((error as TemplateError).part).toBe('body')
})

test('a thread that takes too long is ended, and another one stands by', async () => {
  const own = createTemplates({ timeout_ms: 60, program })
  const part = (source: string) => own.render({ parts: [{ name: 'body', source, html: true }], values, markup })
  await part('warm')
  const loop = '{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}'
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    await expect(part(loop)).rejects.toThrow('It takes too long or makes too much text')
    await expect(part('fine')).resolves.toEqual({ body: 'fine' })
    expect(performance.now() - began).toBeLessThan(1_500)
  }
  await own.close()
})

test('after closing nothing is rendered any more', async () => {
  const own = createTemplates()
  expect(await own.render({ parts: [{ name: 'a', source: 'x', html: true }], values: {}, markup: {} })).toEqual({ a: 'x' })
  await own.close()
  await expect(own.render({ parts: [], values: {}, markup: {} })).rejects.toThrow(/closed/)
})
