/** HTML in small pieces, read in one pass: enough to clean what people write and to turn a mail into text. */

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tag'; readonly name: string; readonly closing: boolean; readonly attributes: string }

/** Elements whose content is no text. */
const UNREAD = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'textarea',
  'select',
])

/** The pieces of a text, however broken it is. What is never closed is left out. */
function* pieces(html: string): Generator<Piece> {
  const last = html.lastIndexOf('>')
  let at = 0
  let from = 0
  const textUpTo = (to: number): Piece[] => (to > from ? [{ kind: 'text', text: html.slice(from, to) }] : [])
  for (;;) {
    const open = html.indexOf('<', at)
    if (open === -1 || open > last) return yield* textUpTo(html.length)
    // A sign, not the beginning of an element.
    if (!/[a-z/!?]/i.test(html[open + 1]!)) {
      at = open + 1
      continue
    }
    const [, slash = '', name] = TAG.exec(html.slice(open, open + 40)) ?? []
    const unread = html[open + 1] === '!' || html[open + 1] === '?'
    if (!name && !unread) {
      at = open + 1
      continue
    }
    yield* textUpTo(open)
    const end = name ? endOfTag(html, open) : html.startsWith('<!--', open) ? endOfComment(html, open) : html.indexOf('>', open)
    if (end === -1) return
    at = end + 1
    if (name && !UNREAD.has(name.toLowerCase())) {
      const attributes = html.slice(open + 1 + slash.length + name.length, end)
      yield { kind: 'tag', name: name.toLowerCase(), closing: slash === '/', attributes }
    } else if (name && slash === '' && html[end - 1] !== '/') {
      const close = new RegExp(`</${name}`, 'gi')
      close.lastIndex = at
      if (!close.test(html)) return
      at = html.indexOf('>', close.lastIndex) + 1
      if (at === 0) return
    }
    from = at
  }
}

const TAG = /^<(\/?)([a-z][a-z0-9]*)(?=[\s/>])/i

function endOfComment(html: string, open: number): number {
  const end = html.indexOf('-->', open + 4)
  return end === -1 ? -1 : end + 2
}

/** The `>` that ends a tag, not one in a quoted attribute. */
function endOfTag(html: string, open: number): number {
  let quote = ''
  for (let at = open + 1; at < html.length; at++) {
    const char = html[at]!
    if (quote) quote = char === quote ? '' : quote
    else if (char === '>') return at
    else if ((char === '"' || char === "'") && /[=\s]/.test(html[at - 1]!)) quote = char
  }
  return -1
}

/** The value of an attribute, with its entities read; null without it. */
function attribute(attributes: string, name: string): string | null {
  const pattern = new RegExp(`(?:^|[\\s"'/])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i')
  const [, double, single, bare] = pattern.exec(attributes.slice(0, 10_000)) ?? []
  const value = double ?? single ?? bare
  return value === undefined ? null : decoded(value)
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char]!)

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  euro: '€',
  pound: '£',
  copy: '©',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  middot: '·',
  bull: '•',
  laquo: '«',
  raquo: '»',
  ouml: 'ö',
  auml: 'ä',
  uuml: 'ü',
  Ouml: 'Ö',
  Auml: 'Ä',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  zwnj: '',
  shy: '',
}

/** A text with its entities read. */
const decoded = (text: string): string =>
  text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (name[0] !== '#') return entities[name] ?? whole
    const code = name[1]!.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ''
  })

const KEPT = new Set('p br b strong i em u s ul ol li blockquote h1 h2 h3 h4'.split(' '))
const LINK = 'color:#1d4ed8;text-decoration:underline'
const PARAGRAPH = 'margin:0 0 16px'

const isLink = (href: string | null): href is string => href !== null && /^(https?:\/\/|mailto:)[^\s<>"]+$/i.test(href)

/**
 * What somebody wrote as the body of a mail, as HTML that can't do harm. Written in HTML it keeps paragraphs, lists, emphasis and links,
 * and loses everything else; written as plain text it gets paragraphs and links. Whatever comes out was put together here.
 */
export function cleanHtml(written: string): string {
  return /<\/(p|div|b|strong|i|em|u|ul|ol|li|a|span|h[1-4]|table)\s*>|<br\s*\/?>/i.test(written)
    ? cleaned(written)
    : textToHtml(written)
}

function cleaned(written: string): string {
  let html = ''
  const open: string[] = []
  const close = (name: string) => {
    // Ends what was opened inside of it, too.
    while (open.length > 0) {
      const last = open.pop()!
      html += `</${last}>`
      if (last === name) return
    }
  }
  for (const piece of pieces(written)) {
    if (piece.kind === 'text') html += escaped(decoded(piece.text))
    else if (piece.name === 'br') html += '<br>'
    else if (piece.closing) {
      if (open.includes(piece.name)) close(piece.name)
    } else if (piece.name === 'a') {
      const href = attribute(piece.attributes, 'href')
      if (!isLink(href) || open.includes('a')) continue
      html += `<a href="${escaped(href)}" style="${LINK}">`
      open.push('a')
    } else if (KEPT.has(piece.name) && open.length < 50) {
      if (piece.name === 'p' && open.includes('p')) close('p')
      html += piece.name === 'p' ? `<p style="${PARAGRAPH}">` : `<${piece.name}>`
      open.push(piece.name)
    }
  }
  for (const name of open.reverse()) html += `</${name}>`
  return html
}

/** A plain text as HTML: paragraphs, and its addresses as links. */
export function textToHtml(written: string): string {
  const paragraphs = written
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n[ \t]*\n\s*/)
  return paragraphs
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p style="${PARAGRAPH}">${linked(paragraph).replace(/\n/g, '<br>\n')}</p>`)
    .join('\n')
}

/** Escaped, with its addresses as links. A full stop after one ends the sentence. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']{1,2000})/)
    .map((part, i) => {
      if (i % 2 === 0) return escaped(part)
      const [address = part] = /^.*[^.,;:!?)\]]/.exec(part) ?? []
      return `<a href="${escaped(address)}" style="${LINK}">${escaped(address)}</a>${escaped(part.slice(address.length))}`
    })
    .join('')
}

const BLOCKS = new Set(
  'p div h1 h2 h3 h4 h5 h6 ul ol table blockquote section article header footer main center pre address figure dl'.split(' '),
)

/** HTML as a text that reads well: paragraphs, lists, the cells of a row beside each other, and where links lead. */
export function htmlToText(html: string): string {
  const page = createPage()
  const lists: { readonly ordered: boolean; count: number }[] = []
  let link: { readonly href: string; readonly from: number } | null = null
  let cells = 0

  const enter: Readonly<Record<string, (attributes: string) => void>> = {
    br: () => page.newLine(),
    hr: () => page.block('---'),
    img: (attributes) => page.write(attribute(attributes, 'alt') ?? ''),
    a: (attributes) => {
      const href = attribute(attributes, 'href')
      link = href && /^https?:/i.test(href) ? { href, from: page.length() } : null
    },
    ul: () => void lists.push({ ordered: false, count: 0 }),
    ol: () => void lists.push({ ordered: true, count: 0 }),
    li: () => {
      const list = lists.at(-1)
      if (list) list.count++
      page.breakLine(1)
      page.write(`${'  '.repeat(Math.min(lists.length, 5) - 1 || 0)}${list?.ordered ? `${list.count}.` : '-'} `)
    },
    tr: () => {
      page.breakLine(1)
      cells = 0
    },
    td: () => {
      if (cells++ > 0) page.gap()
    },
  }
  const leave: Readonly<Record<string, () => void>> = {
    a: () => {
      if (!link) return
      const label = page.since(link.from)
      if (label === '') page.write(link.href)
      else if (label !== link.href) page.write(` (${link.href})`)
      link = null
    },
    ul: () => void lists.pop(),
    ol: () => void lists.pop(),
    tr: () => page.breakLine(1),
  }

  for (const piece of pieces(html)) {
    if (piece.kind === 'text') page.words(decoded(piece.text))
    else {
      const name = piece.name === 'th' ? 'td' : piece.name
      if (BLOCKS.has(name)) page.breakLine(name === 'div' || lists.length > (piece.closing ? 1 : 0) ? 1 : 2)
      if (piece.closing) leave[name]?.()
      else enter[name]?.(piece.attributes)
    }
  }
  return page.text()
}

/** A page of text that is written from top to bottom: runs of white space are one blank, and blank lines never stand together. */
function createPage() {
  const parts: string[] = []
  /** Line breaks, or else a blank, that are due before the next word. */
  let due = 0
  let blank = ''

  const write = (words: string) => {
    if (words === '') return
    if (parts.length > 0) parts.push(due > 0 ? '\n'.repeat(due) : blank)
    due = 0
    blank = ''
    parts.push(words)
  }
  const breakLine = (lines: number) => {
    due = Math.max(due, lines)
    blank = ''
  }
  return {
    write,
    breakLine,
    newLine() {
      due = Math.min(2, due + 1)
      blank = ''
    },
    block(words: string) {
      breakLine(2)
      write(words)
      breakLine(2)
    },
    words(text: string) {
      const words = text.replace(/[^\S\u00a0]+/g, ' ')
      if (words.startsWith(' ') && !blank) blank = ' '
      write(words.trim())
      if (words.length > 1 && words.endsWith(' ')) blank = ' '
    },
    gap() {
      blank = '  '
    },
    length: () => parts.length,
    since: (from: number) => parts.slice(from).join('').trim(),
    // A pattern for blanks before a line's end would read long runs of blanks again from each of them.
    text: () =>
      parts
        .join('')
        .split('\n')
        .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
        .join('\n')
        .trim(),
  }
}
