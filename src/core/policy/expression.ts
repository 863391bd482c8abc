import {
  type Arithmetic,
  type Budget,
  type FunctionName,
  isFunction,
  limits,
  type Node,
  type Operator,
  PolicyFault,
  signatureOf,
} from './nodes.ts'

/**
 * The expressions between braces, `{invoice.amount >= 1000 and 'Rent' in invoice.tags.name}`: read, never run by anything but our own
 * evaluator.
 *
 *     expr  := and ('or' and)*          and  := not ('and' not)*         not := 'not' not | cmp
 *     cmp   := sum (operator sum)?      sum  := prod (('+'|'-') prod)*   prod := atom (('*'|'/') atom)*
 *     atom  := number | '-' atom | text | true | false | null | '[' list ']' | name | name '(' list ')' | '(' expr ')'
 */

interface Token {
  readonly type: 'number' | 'text' | 'word' | 'sign' | 'end'
  readonly text: string
  /** Where it begins, counted from 1, in the text that was sent. */
  readonly position: number
}

/** Copied examples carry the quotes of a word processor. */
const single = /['\u2018\u2019]/
const double = /["\u201c\u201d]/
const signs = ['==', '!=', '>=', '<=', '>', '<', '+', '-', '*', '/', '(', ')', '[', ']', ',', '.']
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '>=', '<=', '>', '<'])
const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
}
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'if', 'else', ...Object.keys(constants)])

/** Whether a text is an expression; any other is itself. */
export function isExpression(text: string): boolean {
  const bare = text.trim()
  return bare.length > 1 && bare.startsWith('{') && bare.endsWith('}')
}

/** Reads `{…}`. Refuses (`PolicyFault`) with the character at which it stops making sense. */
export function readExpression(text: string, at: string, budget: Budget): Node {
  const open = text.indexOf('{')
  const tokens = tokenize(text, open + 1, text.lastIndexOf('}'), at)
  let next = 0
  let depth = 0

  const peek = () => tokens[next]!
  const take = () => tokens[next++]!
  const is = (sign: string) => peek().type === 'sign' && peek().text === sign
  const isWord = (word: string) => peek().type === 'word' && peek().text === word
  const wrong = (token: Token, wanted: string): never => {
    const found = token.type === 'end' ? 'the end' : token.text.slice(0, 40)
    throw new PolicyFault(at, `Character ${token.position}: expected ${wanted}, found ${found}`)
  }
  const expect = (sign: string) => (is(sign) ? take() : wrong(peek(), sign))
  const node = <N extends Node>(made: N): N => {
    budget.spend(at)
    return made
  }
  const nested = <T>(read: () => T): T => {
    if (++depth > limits.depth) throw new PolicyFault(at, 'The expression is nested too deeply')
    const result = read()
    depth--
    return result
  }

  function group(mode: 'all' | 'any', word: string, read: () => Node): Node {
    const items = [read()]
    while (isWord(word)) {
      take()
      items.push(read())
    }
    return items.length === 1 ? items[0]! : node({ at, kind: 'group', mode, concurrently: null, items })
  }
  const expr = (): Node => nested(() => group('any', 'or', () => group('all', 'and', negation)))

  function negation(): Node {
    if (!isWord('not')) return comparison()
    take()
    return node({ at, kind: 'not', item: nested(negation) })
  }

  function comparison(): Node {
    const left = sum()
    const operator = comparing()
    return operator ? node({ at, kind: 'compare', operator, left, right: sum() }) : left
  }

  function comparing(): Operator | null {
    const { type, text: sign } = peek()
    if (type === 'sign' && comparisons.has(sign)) return take().text as Operator
    if (isWord('in')) {
      take()
      return 'in'
    }
    const after = tokens[next + 1]
    if (!isWord('not') || after?.type !== 'word' || after.text !== 'in') return null
    next += 2
    return 'not in'
  }

  function chain(wanted: readonly string[], read: () => Node): Node {
    let left = read()
    while (peek().type === 'sign' && wanted.includes(peek().text))
      left = node({ at, kind: 'arithmetic', operator: take().text as Arithmetic, left, right: read() })
    return left
  }
  const sum = (): Node => chain(['+', '-'], product)
  const product = (): Node => chain(['*', '/'], atom)

  function list(end: string): Node[] {
    const items: Node[] = []
    while (!is(end)) {
      items.push(expr())
      if (!is(',')) break
      take()
    }
    expect(end)
    return items
  }

  function atom(): Node {
    const token = take()
    if (token.type === 'number') return node({ at, kind: 'literal', value: Number(token.text) })
    if (token.type === 'text') return node({ at, kind: 'literal', value: token.text })
    if (token.type === 'word') return word(token)
    if (token.type === 'sign' && token.text === '[') return node({ at, kind: 'list', items: list(']') })
    if (token.type === 'sign' && token.text === '-')
      return node({ at, kind: 'arithmetic', operator: '-', left: { at, kind: 'literal', value: 0 }, right: nested(atom) })
    if (token.type !== 'sign' || token.text !== '(') return wrong(token, 'a value')
    const inside = expr()
    expect(')')
    return inside
  }

  function word(token: Token): Node {
    if (Object.hasOwn(constants, token.text)) return node({ at, kind: 'literal', value: constants[token.text]! })
    if (reserved.has(token.text)) return wrong(token, 'a value')
    const path = [token.text]
    while (is('.')) {
      take()
      if (peek().type !== 'word') wrong(peek(), 'a name')
      path.push(take().text)
    }
    if (!is('(')) return node({ at, kind: 'name', path })
    take()
    // Several requests may stand in one text: each has a place of its own.
    return node({ at: `${at}#${token.position}`, kind: 'call', ...named(path.join('.'), list(')'), at) })
  }

  const whole = expr()
  return peek().type === 'end' ? whole : wrong(peek(), 'the end')
}

/** Arguments by their names. */
function named(name: string, values: readonly Node[], at: string): { name: FunctionName; params: Record<string, Node> } {
  if (!isFunction(name)) throw new PolicyFault(at, `There is no function ${name.slice(0, 80)}`)
  const { params } = signatureOf(name)
  if (values.length > params.length) throw new PolicyFault(at, `${name} takes at most ${params.length} values`)
  return { name, params: Object.fromEntries(values.map((value, i) => [params[i]!, value])) }
}

function tokenize(text: string, from: number, to: number, at: string): Token[] {
  if (to - from > limits.text) throw new PolicyFault(at, `An expression has at most ${limits.text} characters`)
  const tokens: Token[] = []
  let i = from
  while (i < to) {
    if (/\s/.test(text[i]!)) {
      i++
      continue
    }
    const token = quoted(text, i, to, at) ?? plain(text, i, to, at)
    tokens.push({ ...token, position: i + 1 })
    i = token.end
  }
  tokens.push({ type: 'end', text: '', position: to + 1 })
  return tokens
}

type Found = Pick<Token, 'type' | 'text'> & { end: number }

function plain(text: string, i: number, to: number, at: string): Found {
  const rest = text.slice(i, to)
  const number = /^\d+(\.\d+)?/.exec(rest)?.[0]
  if (number) return { type: 'number', text: number, end: i + number.length }
  const word = /^[A-Za-z_]\w*/.exec(rest)?.[0]
  if (word) return { type: 'word', text: word, end: i + word.length }
  const sign = signs.find((one) => rest.startsWith(one))
  if (sign) return { type: 'sign', text: sign, end: i + sign.length }
  throw new PolicyFault(at, `Character ${i + 1}: ${JSON.stringify([...rest][0])} has no meaning here`)
}

function quoted(text: string, i: number, to: number, at: string): Found | null {
  const quote = [single, double].find((one) => one.test(text[i]!))
  if (!quote) return null
  let content = ''
  for (let j = i + 1; j < to; j++) {
    if (quote.test(text[j]!)) return { type: 'text', text: content, end: j + 1 }
    if (text[j] === '\\' && j + 1 < to) j++
    content += text[j]
  }
  throw new PolicyFault(at, `Character ${i + 1}: the text is not closed`)
}
