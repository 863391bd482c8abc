import { isCurrency } from '../currencies.ts'
import { convert, type ExchangeRate } from '../exchange.ts'
import { isUuid } from './language.ts'
import { type Arithmetic, type Call, limits, type Node, type Operator, PolicyFault, written } from './nodes.ts'

/** What a policy knows of the world: what happened, to which payable, and what currencies are worth. It is kept with the process. */
export interface Context {
  readonly event_name: string
  readonly invoice: Readonly<Record<string, unknown>>
  readonly exchange_rates: readonly ExchangeRate[]
}

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: unknown }

/** One condition that was looked at, and what it was looked at with. */
export interface Check {
  readonly at: string
  readonly condition: string
  readonly holds: boolean
  readonly left?: Value
  readonly right?: Value
}

export type Verdict =
  | { readonly matches: boolean; readonly checks: readonly Check[]; readonly fault: null }
  /** A condition that can't be answered doesn't hold. */
  | { readonly matches: false; readonly checks: readonly Check[]; readonly fault: { at: string; message: string } }

/** Whether a trigger holds, and why. */
export function matches(trigger: Node | null, context: Context): Verdict {
  const checks: Check[] = []
  try {
    return { matches: trigger === null || holds(trigger, context, checks), checks, fault: null }
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error
    return { matches: false, checks, fault: { at: error.at, message: error.message } }
  }
}

/** A condition without requests: true or false. What was looked at is added to `checks`. Refuses (`PolicyFault`) what has no answer. */
export function holds(node: Node, context: Context, checks: Check[] = []): boolean {
  if (node.kind === 'group')
    return node.mode === 'all'
      ? node.items.every((item) => holds(item, context, checks))
      : node.items.some((item) => holds(item, context, checks))
  if (node.kind === 'not') return !holds(node.item, context, checks)
  const sides = node.kind === 'compare' ? { left: data(node.left, context), right: data(node.right, context) } : {}
  const result = truth(data(node, context))
  if (checks.length < limits.checks) checks.push({ at: node.at, condition: written(node), holds: result, ...sides })
  return result
}

/** As in Python: nothing, zero and what is empty are false. */
const truth = (value: Value): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

/** The value of a node without requests. Refuses (`PolicyFault`) what has none. */
export function data(node: Node, context: Context): Value {
  switch (node.kind) {
    case 'literal':
      return node.value
    case 'name':
      return resolve(node.path, context, node.at)
    case 'list':
      return node.items.map((item) => data(item, context))
    case 'group':
    case 'not':
      return holds(node, context)
    case 'compare': {
      const [left, right] = [data(node.left, context), data(node.right, context)]
      const about = [node.left, node.right].some((side) => side.kind === 'name' && side.path.join('.') === 'event_name')
      return about
        ? compare(node.operator, sameEvent(left), sameEvent(right), node.at)
        : compare(node.operator, left, right, node.at)
    }
    case 'arithmetic':
      return compute(node.operator, data(node.left, context), data(node.right, context), node.at)
    case 'call':
      return converted(node, context)
  }
}

/** An older word for the same event. */
const sameEvent = (value: Value): Value =>
  Array.isArray(value) ? value.map(sameEvent) : value === 'submit_for_approval' ? 'submitted_for_approval' : value

// Names

/** `invoice.tags.name` goes through lists; what isn't there (null) has nothing in it. Fields of the payable need no `invoice`. */
function resolve(path: readonly string[], context: Context, at: string): Value {
  const [root, ...rest] = path as [string, ...string[]]
  if (root === 'event_name' && rest.length === 0) return context.event_name
  return walk(context.invoice, root === 'invoice' ? rest : path, path.join('.'), at)
}

function walk(value: unknown, path: readonly string[], name: string, at: string): Value {
  const [key, ...rest] = path
  if (key === undefined || value === null || value === undefined) return (value ?? null) as Value
  if (Array.isArray(value)) return value.map((item) => walk(item, path, name, at))
  if (typeof value !== 'object' || !Object.hasOwn(value, key)) throw new PolicyFault(at, `There is no ${name}`)
  return walk((value as Record<string, unknown>)[key], rest, name, at)
}

// Comparing

const NUMBER = /^\s*-?\d{1,30}(\.\d{1,30})?\s*$/
/** A text that holds a number is compared as a number. */
function numeric(value: Value): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : null
}

function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i] as Value))
  if (typeof a === 'number' || typeof b === 'number') {
    const [x, y] = [numeric(a), numeric(b)]
    return x !== null && x === y
  }
  return isUuid(a) && isUuid(b) && a.toLowerCase() === b.toLowerCase()
}

function compare(operator: Operator, left: Value, right: Value, at: string): boolean {
  switch (operator) {
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case 'in':
      return contains(left, right, at)
    case 'not in':
      return !contains(left, right, at)
    default:
      return ordered(operator, left, right, at)
  }
}

/** A list on the left is in another when they share something; a plain text on the right is a list of one. */
function contains(left: Value, right: Value, at: string): boolean {
  if (right === null) return false
  if (typeof right === 'object' && !Array.isArray(right)) throw new PolicyFault(at, 'in and not in need a list on their right')
  const list: readonly Value[] = Array.isArray(right) ? right : [right]
  const wanted: readonly Value[] = Array.isArray(left) ? left : [left]
  return wanted.some((one) => list.some((other) => equal(one, other)))
}

/** Compares numbers by size and other texts, such as days, by their letters. Null is neither more nor less than any value. */
function ordered(operator: '<' | '>' | '<=' | '>=', left: Value, right: Value, at: string): boolean {
  if (left === null || right === null) return false
  const [x, y] = [numeric(left), numeric(right)]
  if (x !== null && y !== null) return sorted(operator, x, y)
  if (typeof left === 'string' && typeof right === 'string') return sorted(operator, left, right)
  throw new PolicyFault(at, 'Only two numbers or two texts can be compared by size')
}

function sorted<T extends number | string>(operator: '<' | '>' | '<=' | '>=', a: T, b: T): boolean {
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

// Computing

function compute(operator: Arithmetic, left: Value, right: Value, at: string): number {
  const [a, b] = [numeric(left), numeric(right)]
  if (a === null || b === null) throw new PolicyFault(at, 'Only numbers can be used in a calculation')
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b
  if (!Number.isFinite(result)) throw new PolicyFault(at, 'The result is not a number')
  return result
}

function converted({ at, params }: Call, context: Context): number {
  const [amount, from, to] = [params.amount, params.from_currency, params.to_currency].map((node) => data(node!, context))
  const minor = numeric(amount ?? null)
  if (minor === null) throw new PolicyFault(at, 'There is no amount to convert')
  if (typeof from !== 'string' || typeof to !== 'string' || !isCurrency(from) || !isCurrency(to))
    throw new PolicyFault(at, 'Currencies have codes of three letters')
  const result = convert(context.exchange_rates, minor, from, to)
  if (result === null) throw new PolicyFault(at, `There is no exchange rate between ${from} and ${to}`)
  return result
}
