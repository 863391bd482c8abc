import { expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { cleanHtml, htmlToText } from './html.ts'
import { mailPage, mailText } from './layout.ts'

test('a text without markup gets paragraphs, line breaks and links, and nothing in it becomes markup', () => {
  expect(
    cleanHtml('Hello Ada <ada@example.com>,\n\nsee https://a.example/x?a=1&b=2.\n<script>alert(1)</script>\r\n\r\n\r\nBye'),
  ).toBe(
    [
      '<p style="margin:0 0 16px">Hello Ada &lt;ada@example.com&gt;,</p>',
      '<p style="margin:0 0 16px">see <a href="https://a.example/x?a=1&amp;b=2" style="color:#1d4ed8;text-decoration:underline">https://a.example/x?a=1&amp;b=2</a>.<br>',
      '&lt;script&gt;alert(1)&lt;/script&gt;</p>',
      '<p style="margin:0 0 16px">Bye</p>',
    ].join('\n'),
  )
  expect(cleanHtml('')).toBe('')
  expect(cleanHtml('   \n ')).toBe('')
})

test.each([
  ['<p>Hi <b>Ada</b></p>', '<p style="margin:0 0 16px">Hi <b>Ada</b></p>'],
  ['<p>a<p>b</p>', '<p style="margin:0 0 16px">a</p><p style="margin:0 0 16px">b</p>'],
  ['<b>never closed<br>', '<b>never closed<br></b>'],
  ['</b></p>x<br>', 'x<br>'],
  ['<b onclick="alert(1)" style="position:fixed">x</b>', '<b>x</b>'],
  ['<script>alert(1)</script><b>x</b>', '<b>x</b>'],
  ['<ScRiPt >alert(1)</sCrIpT ><b>x</b>', '<b>x</b>'],
  ['<b>x</b><script>alert(1)', '<b>x</b>'],
  ['<img src=x onerror=alert(1)><b>x</b>', '<b>x</b>'],
  ['<svg/onload=alert(1)><b>x</b>', '<b>x</b>'.slice(0, 0)],
  ['<svg onload=alert(1)></svg><b>x</b>', '<b>x</b>'],
  ['<iframe srcdoc="<script>alert(1)</script>"></iframe><b>x</b>', '<b>x</b>'],
  ['<div><span>x</span></div>', 'x'],
  ['<a href="javascript:alert(1)">x</a>', 'x'],
  ['<a href=" javascript:alert(1)">x</a>', 'x'],
  ['<a href="&#106;avascript:alert(1)">x</a>', 'x'],
  ['<a href="data:text/html,x">x</a>', 'x'],
  ['<a href=\'https://a.example/"onmouseover="alert(1)\'>x</a>', 'x'],
  [
    '<a title=">" href="https://a.example">x</a>',
    '<a href="https://a.example" style="color:#1d4ed8;text-decoration:underline">x</a>',
  ],
  [
    '<a href="https://a.example"><a href="https://b.example">x</a></a>',
    '<a href="https://a.example" style="color:#1d4ed8;text-decoration:underline">x</a>',
  ],
  ['&lt;script&gt; &amp;amp; &eacute; <b>x</b>', '&lt;script&gt; &amp;amp; é <b>x</b>'],
  ['1 < 2 <b>x</b>', '1 &lt; 2 <b>x</b>'],
  ['<!-- <b> --><b>x</b><!-- >', '<b>x</b>'],
  ['<<b>script>alert(1)</b>', '&lt;<b>script&gt;alert(1)</b>'],
  ['<ul><li>one<li>two</ul>', '<ul><li>one<li>two</li></li></ul>'],
])('HTML keeps what is harmless: %s', (written, expected) => {
  expect(cleanHtml(written)).toBe(expected)
})

test('HTML becomes a text that reads well', () => {
  const html = `<!doctype html><html><head><title>No</title><style>p { color: red }</style></head><body>
    <h1>Invoice   INV-1</h1><p>Dear <b>Ada</b>,<br>thank&nbsp;you &amp; all the best.</p>
    <ul><li>one</li><li>two<ol><li>first</li><li>second</li></ol></li></ul>
    <table><tr><td>Total</td><td>10,00&nbsp;€</td></tr><tr><td>Due</td><td>today</td></tr></table>
    <p>Pay <a href="https://pay.example/1">here</a> or at <a href="https://pay.example">https://pay.example</a>, ask <a href="mailto:a@b.example">us</a>.</p><hr>
    <p><img src="x" alt="Logo"> <script>alert(1)</script>Bye</p></body></html>`
  expect(htmlToText(html)).toBe(`Invoice INV-1

Dear Ada,
thank you & all the best.

- one
- two
  1. first
  2. second

Total  10,00 €
Due  today

Pay here (https://pay.example/1) or at https://pay.example, ask us.

---

Logo Bye`)
})

test.each([
  ['<', '<'.repeat(1_000_000)],
  ['< then >', `${'<'.repeat(1_000_000)}>`],
  ['tags that never end', '<a '.repeat(300_000)],
  ['quotes that never end', '<a href="'.repeat(100_000)],
  ['comments that never end', '<!--'.repeat(250_000)],
  ['scripts that never end', '<script>'.repeat(120_000)],
  ['scripts that nearly end', `<script>${'</script'.repeat(120_000)}`],
  ['links in links', `${'<a href=http://x>x'.repeat(50_000)}${'</a>'.repeat(50_000)}`],
  ['lists in lists', '<ul><li>'.repeat(100_000)],
  ['cells', '<td>x'.repeat(150_000)],
  ['elements in elements', `${'<b>'.repeat(200_000)}x${'</b>'.repeat(200_000)}`],
  ['entities', '&amp'.repeat(200_000)],
  ['addresses', 'https://x. '.repeat(80_000)],
  ['blanks that do not break', `x${'\u00a0'.repeat(1_000_000)}x`],
  ['blanks that do not break, as entities', `x${'&nbsp;'.repeat(160_000)}x`],
  ['blanks', `x${' '.repeat(500_000)}<pre>x${'\t'.repeat(500_000)}x</pre>`],
  ['images without a text', `<img ${'alt '.repeat(250_000)}>`],
  ['attributes', `<a ${'href= '.repeat(160_000)}>x</a>`],
  ['links with one quote', '<a href="x>y</a>'.repeat(60_000)],
  ['names with blanks after them', `</p${' '.repeat(500_000)}<br${' '.repeat(500_000)}`],
  ['blank lines', `${'\n \t'.repeat(300_000)}x`],
])('a megabyte of %s is read in a time that grows with its length, not with its square', (_name, html) => {
  const used_ms = processorTime()
  htmlToText(html)
  cleanHtml(html)
  cleanHtml(`<b></b>${html}`)
  // A second at most; by its square it would be many minutes.
  expect(used_ms()).toBeLessThan(5_000)
})

test('the page around a mail names its language and direction, its sender, and hides nothing but a summary', () => {
  const frame = { language: 'he', sender: 'A & B <GmbH>', logo_url: null, footer: ['Street 1 · 10115 Berlin', 'a@b.example'] }
  const page = mailPage(frame, 'Subject <1>', '<p>Hello</p>')
  expect(page).toContain('<html lang="he" dir="rtl">')
  expect(page).toContain('<title>Subject &lt;1&gt;</title>')
  expect(page).toContain('A &amp; B &lt;GmbH&gt;')
  expect(page).not.toMatch(/<GmbH>|<script|src="http/)
  expect(mailPage({ ...frame, language: 'en', logo_url: 'https://x.example/"onload=' }, '', '')).toContain(
    '<img src="https://x.example/&quot;onload=" alt="A &amp; B &lt;GmbH&gt;"',
  )
  expect(mailText(frame, '<p>Hello</p>')).toBe('Hello\n\n-- \nA & B <GmbH>\nStreet 1 · 10115 Berlin\na@b.example\n')
})
