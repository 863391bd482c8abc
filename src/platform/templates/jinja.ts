/**
 * Jinja as people write it in mails, said in Liquid. Most of both is the same: `{{ a.b }}`, `if`, `else`, `for`, `raw`. What differs is
 * rewritten piece by piece; strings are never looked into, lines stay where they are, and what has no counterpart is refused by Liquid
 * with its line.
 */
export function liquidOf(source: string): string {
  let text = ''
  let at = 0
  for (;;) {
    const open = nextOpening(source, at)
    if (open === -1) return text + source.slice(at)
    text += source.slice(at, open)
    const kind = source[open + 1]!
    const end = endOf(source, open + 2, kind === '{' ? '}}' : kind === '%' ? '%}' : '#}', kind !== '#')
    // Left as it is: Liquid says that it was never closed.
    if (end === -1) return kind === '#' ? text : text + source.slice(open)
    const piece = source.slice(open, end)
    at = end
    if (kind === '#') text += '\n'.repeat(piece.split('\n').length - 1)
    else if (kind === '{') text += placed(source, open, () => output(piece))
    else {
      text += placed(source, open, () => tag(piece))
      const [, untouched] = /^\{%[-+]?\s*(raw|comment)\b/.exec(piece) ?? []
      if (!untouched) continue
      const closing = source.indexOf(`end${untouched}`, at)
      if (closing === -1) return text + source.slice(at)
      text += source.slice(at, closing)
      at = closing
    }
  }
}

/** Translates a piece, and names the line of one that can't be translated. */
function placed(source: string, at: number, say: () => string): string {
  try {
    return say()
  } catch (error) {
    if (error instanceof NotLiquid) error.message = `Line ${source.slice(0, at).split('\n').length}: ${error.message}`
    throw error
  }
}

function nextOpening(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at !== -1; at = source.indexOf('{', at + 1))
    if ('{%#'.includes(source[at + 1] ?? ' ')) return at
  return -1
}

/** The place after the closing mark, passing over strings; -1 without one. */
function endOf(source: string, from: number, mark: string, strings: boolean): number {
  let quote = ''
  for (let at = from; at < source.length; at++) {
    const char = source[at]!
    if (quote) {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (strings && (char === '"' || char === "'")) quote = char
    else if (char === mark[0] && source[at + 1] === mark[1]) return at + 2
  }
  // A lone apostrophe is a slip inside the marks, not a string without an end.
  return quote ? endOf(source, from, mark, false) : -1
}

function output(piece: string): string {
  const [, left = '', inner = '', right = ''] = /^\{\{(-?)([\s\S]*?)(-?)\}\}$/.exec(piece)!
  const said = expression(inner)
  const choice = said.indexOf('if')
  if (choice <= 0) return `{{${left}${said.join('')}${right}}}`
  // `a if b else c` is a choice between two outputs.
  const otherwise = said.indexOf('else', choice)
  const part = (from: number, to?: number) => said.slice(from, to).join('')
  const condition = part(choice + 1, otherwise === -1 ? undefined : otherwise)
  const second = otherwise === -1 ? '' : `{% else %}{{${part(otherwise + 1)}}}`
  return `{%${left} if ${condition} %}{{${part(0, choice)}}}${second}{% endif ${right}%}`
}

const words = new Map([
  ['elif', 'elsif'],
  ['set', 'assign'],
  ['endset', 'endcapture'],
])

function tag(piece: string): string {
  const [, left = '', inner = '', right = ''] = /^\{%([-+]?)([\s\S]*?)([-+]?)%\}$/.exec(piece)!
  const [, before = '', name = '', rest = ''] = /^(\s*)(\w*)([\s\S]*)$/.exec(inner)!
  // Without a value, `set` takes everything up to its end.
  const word = name === 'set' && !rest.includes('=') ? 'capture' : (words.get(name) ?? name)
  const said = /^(end)?(raw|comment)$/.test(name) ? rest : expression(rest).join('')
  return `{%${left.replace('+', '')}${before}${word}${said}${right.replace('+', '')}%}`
}

const names = new Map([
  ['None', 'nil'],
  ['none', 'nil'],
  ['True', 'true'],
  ['False', 'false'],
])

/** One token of an expression: a string, a name, the opening of a filter's call, or any other character. */
const TOKEN = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|\|\s*[A-Za-z_]\w*\s*\(|[A-Za-z_]\w*|\s+|[\s\S]/g
const TEST = /^\s+is(\s+not)?\s+(defined|undefined|none|None)\b/

/** The tokens of an expression in Liquid's words. */
function expression(text: string): string[] {
  const said: string[] = []
  /** For each open bracket: whether it belongs to a filter's call. */
  const brackets: boolean[] = []
  const tokens = new RegExp(TOKEN)
  let previous = ''
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const [token] = found
    const next = text[tokens.lastIndex]
    if (/^\|.*\($/s.test(token)) {
      said.push(`| ${token.slice(1, -1).trim()}`, next === ')' ? '' : ': ')
      brackets.push(true)
    } else if (token === '(' || token === ')') {
      const ofCall = token === ')' && brackets.pop()
      if (token === '(') brackets.push(false)
      if (!ofCall) said.push(token)
    } else if (!/^[A-Za-z_]/.test(token) || previous === '.') said.push(token)
    else if (brackets.at(-1) && next === '=' && text[tokens.lastIndex + 1] !== '=') {
      // `truncate(length=20)`: which argument is meant follows from its place.
      tokens.lastIndex++
    } else {
      said.push(token === 'loop' && next === '.' ? 'forloop' : (names.get(token) ?? token))
      const test = TEST.exec(text.slice(tokens.lastIndex, tokens.lastIndex + 100))
      if (test) {
        said.push((test[2] === 'defined') === !test[1] ? ' != nil' : ' == nil')
        tokens.lastIndex += test[0].length
      }
    }
    if (token === '-' && isOperand(previous)) throw new NotLiquid(token)
    if (token.trim() !== '') previous = token
    if (previous.length === 1 && OPERATORS.includes(previous)) throw new NotLiquid(previous)
  }
  return said
}

const OPERATORS = '~+*/%'
const BEFORE_A_SIGN = new Set('and or not in if else'.split(' '))
/** Whether a minus after this token takes something away from it, and isn't the sign of a number. */
const isOperand = (token: string) => /[\w"')\]]$/.test(token) && !BEFORE_A_SIGN.has(token)

/** Jinja can calculate; Liquid would quietly leave the rest out. */
export class NotLiquid extends Error {
  constructor(operator: string) {
    super(`"${operator}" is not an operator here; there are filters: append, plus, minus, times, divided_by, modulo`)
  }
}
