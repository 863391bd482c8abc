import { isObject, type Json } from '../json.ts'
import { isExpression, readExpression } from './expression.ts'
import {
  Budget,
  type Call,
  type Effect,
  functions,
  isFunction,
  limits,
  type Node,
  type Operator,
  operators,
  PolicyFault,
  requestsIn,
  type Statement,
  signatureOf,
} from './nodes.ts'

/**
 * From the JSON of a policy to what it means. Everything is read, and checked, before a policy is kept: what this takes will run. Any
 * input has an answer, in time bounded by `limits`.
 */

interface Fault {
  /** Where in the policy: `trigger.all[1].operator`. */
  readonly at: string
  readonly message: string
}
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault }

/** What has to hold for the policy to apply; null holds for every payable. */
export const readTrigger = (json: unknown): Read<Node | null> =>
  attempt(() => {
    if (json === null || json === undefined) return null
    const node = new Reader().value(json, 'trigger', 0)
    checkCondition(node, 'trigger')
    return node
  })

/** What is done about a payable that the policy applies to. */
export const readScript = (json: unknown): Read<readonly Statement[]> =>
  attempt(() => {
    if (!Array.isArray(json) || json.length === 0) throw new PolicyFault('script', 'A script has at least one statement')
    const statements = new Reader().statements(json, 'script', 0)
    if (countRequests(statements) > limits.requests)
      throw new PolicyFault('script', `A script asks for approval at most ${limits.requests} times`)
    return statements
  })

function attempt<T>(read: () => T): Read<T> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (error instanceof PolicyFault) return { ok: false, fault: { at: error.at, message: error.message } }
    throw error
  }
}

/** Every request of a script, in the order they are written: the steps of its processes. */
export const stepsOf = (statements: readonly Statement[]): Call[] =>
  statements.flatMap((statement) =>
    statement.kind === 'effect'
      ? []
      : [
          ...requestsIn(statement.condition),
          ...(statement.kind === 'if' ? [...stepsOf(statement.yes), ...stepsOf(statement.no)] : []),
        ],
  )
const countRequests = (statements: readonly Statement[]) => stepsOf(statements).length

// Reading

class Reader {
  readonly #budget = new Budget()

  value(json: unknown, at: string, depth: number): Node {
    this.#budget.spend(at)
    if (depth > limits.depth) throw new PolicyFault(at, 'The policy is nested too deeply')
    if (json === null || typeof json === 'boolean' || typeof json === 'number') return this.#number(json, at)
    if (typeof json === 'string') return this.#text(json, at)
    if (Array.isArray(json)) return { at, kind: 'list', items: this.#list(json, at, depth) }
    if (isObject(json)) return this.#object(json, at, depth)
    throw new PolicyFault(at, 'This is not a value')
  }

  statements(json: unknown, at: string, depth: number): Statement[] {
    if (!Array.isArray(json)) throw new PolicyFault(at, 'A list of statements is needed here')
    return json.map((one, i) => this.#statement(one, `${at}[${i}]`, depth + 1))
  }

  #number(value: number | boolean | null, at: string): Node {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new PolicyFault(at, 'This is not a number')
    return { at, kind: 'literal', value }
  }

  #text(text: string, at: string): Node {
    if (isExpression(text)) return readExpression(text, at, this.#budget)
    if (text.length > limits.text) throw new PolicyFault(at, `A text has at most ${limits.text} characters`)
    return { at, kind: 'literal', value: text }
  }

  #list = (json: readonly unknown[], at: string, depth: number): Node[] =>
    json.map((one, i) => this.value(one, `${at}[${i}]`, depth + 1))

  #object(json: Json, at: string, depth: number): Node {
    if (Object.hasOwn(json, 'operator')) return this.#comparison(json, at, depth)
    if (Object.hasOwn(json, 'call')) return this.#call(json, at, depth)
    if (Object.hasOwn(json, 'all') || Object.hasOwn(json, 'any')) return this.#group(json, at, depth)
    if (Object.hasOwn(json, 'not')) {
      only(json, ['not'], at)
      return { at, kind: 'not', item: this.value(json.not, `${at}.not`, depth + 1) }
    }
    if (Object.hasOwn(json, 'name')) return this.#name(json, at)
    if (Object.hasOwn(json, 'if')) throw new PolicyFault(at, 'if is a statement, and can not be part of a condition')
    throw new PolicyFault(at, 'An object has one of: name, operator, call, all, any, not')
  }

  #name(json: Json, at: string): Node {
    only(json, ['name'], at)
    const { name } = json
    if (typeof name !== 'string' || name.length > 200 || !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new PolicyFault(`${at}.name`, 'A name is words with dots between them, e.g. invoice.amount')
    return { at, kind: 'name', path: name.split('.') }
  }

  #comparison(json: Json, at: string, depth: number): Node {
    only(json, ['operator', 'left_operand', 'right_operand'], at)
    const operator = json.operator as Operator
    if (!operators.includes(operator)) throw new PolicyFault(`${at}.operator`, `The operators are ${operators.join(' ')}`)
    const side = (name: 'left_operand' | 'right_operand') => {
      if (!Object.hasOwn(json, name)) throw new PolicyFault(at, `${name} is missing`)
      return this.value(json[name], `${at}.${name}`, depth + 1)
    }
    return { at, kind: 'compare', operator, left: side('left_operand'), right: side('right_operand') }
  }

  #call(json: Json, at: string, depth: number): Node {
    only(json, ['call', 'params'], at)
    const { call: name, params: given = {} } = json
    if (typeof name !== 'string' || !isFunction(name))
      throw new PolicyFault(`${at}.call`, `The functions are ${Object.keys(functions).join(', ')}`)
    if (!isObject(given)) throw new PolicyFault(`${at}.params`, 'The parameters have to be an object')
    only(given, signatureOf(name).params, `${at}.params`)
    const params = Object.entries(given).map(
      ([param, value]) => [param, this.value(value, `${at}.params.${param}`, depth + 1)] as const,
    )
    return { at, kind: 'call', name, params: Object.fromEntries(params) }
  }

  #group(json: Json, at: string, depth: number): Node {
    const mode = Object.hasOwn(json, 'all') ? 'all' : 'any'
    only(json, [mode, 'run_concurrently'], at)
    const { run_concurrently: concurrently = null } = json
    if (concurrently !== null && typeof concurrently !== 'boolean')
      throw new PolicyFault(`${at}.run_concurrently`, 'run_concurrently is true or false')
    const items = json[mode]
    if (!Array.isArray(items) || items.length === 0)
      throw new PolicyFault(`${at}.${mode}`, `${mode} names at least one condition`)
    return { at, kind: 'group', mode, concurrently, items: this.#list(items, `${at}.${mode}`, depth) }
  }

  #statement(json: unknown, at: string, depth: number): Statement {
    if (depth > limits.depth) throw new PolicyFault(at, 'The policy is nested too deeply')
    if (isObject(json) && Object.hasOwn(json, 'if')) return this.#if(json, at, depth)
    if (typeof json !== 'object' && !(typeof json === 'string' && isExpression(json)))
      throw new PolicyFault(
        at,
        'A statement is an if, a condition with approvals, or an effect such as {Payables.approve(invoice.id)}',
      )
    const node = this.value(json, at, depth)
    if (node.kind === 'call' && signatureOf(node.name).use === 'effect') return effectOf(node)
    checkCondition(node, 'script')
    if (requestsIn(node).length === 0)
      throw new PolicyFault(at, 'A condition outside of an if has to ask for approval; put any other condition into an if')
    return { at, kind: 'bare', condition: node }
  }

  #if(json: Json, at: string, depth: number): Statement {
    only(json, ['if', 'then', 'else'], at)
    if (!Object.hasOwn(json, 'then')) throw new PolicyFault(at, 'then is missing')
    const condition = this.value(json.if, `${at}.if`, depth + 1)
    checkCondition(condition, 'script')
    return {
      at,
      kind: 'if',
      condition,
      yes: this.statements(json.then, `${at}.then`, depth),
      no: this.statements(json.else ?? [], `${at}.else`, depth),
    }
  }
}

function only(json: Json, keys: readonly string[], at: string): void {
  const other = Object.keys(json).find((key) => !keys.includes(key))
  if (other !== undefined) throw new PolicyFault(at, `${other.slice(0, 80)} doesn't belong here; known are ${keys.join(', ')}`)
}

// Checking

const effects: Readonly<Record<string, Effect>> = {
  'Payables.approve': 'approve',
  'Payables.reject': 'reject',
  'Payables.mark_as_paid': 'pay',
  'Payables.pay': 'pay',
}

function effectOf({ at, name, params }: Call): Statement {
  checkOwn(params.id)
  if (params.comment) checkData(params.comment)
  return { at, kind: 'effect', effect: effects[name]!, comment: params.comment ?? null }
}

/** A policy decides about the payable that it was applied to, and about no other. */
function checkOwn(id: Node | undefined): void {
  if (id && !(id.kind === 'name' && id.path.join('.') === 'invoice.id'))
    throw new PolicyFault(id.at, 'A policy decides about its own payable: write invoice.id')
}

/** What is true or false, and in a script may wait for people. */
function checkCondition(node: Node, where: 'trigger' | 'script'): void {
  if (node.kind === 'name') return
  if (node.kind === 'group') for (const item of node.items) checkCondition(item, where)
  else if (node.kind === 'not') checkCondition(node.item, where)
  else if (node.kind === 'compare') checkData(node)
  else if (node.kind === 'call') checkAsked(node, where)
  else if (node.kind !== 'literal' || typeof node.value !== 'boolean')
    throw new PolicyFault(
      node.at,
      'This is neither true nor false; an expression stands between braces: "{invoice.amount > 100}"',
    )
}

/** Requests are the only functions that may be conditions, and only scripts ask people. */
function checkAsked(node: Call, where: 'trigger' | 'script'): void {
  const { use } = signatureOf(node.name)
  if (use === 'data') throw new PolicyFault(node.at, `${node.name} is not a condition: compare it with something`)
  if (use === 'effect') throw new PolicyFault(node.at, `${node.name} is a statement, not a condition`)
  if (where === 'trigger') throw new PolicyFault(node.at, `${node.name} can't be called in a trigger`)
  checkRequest(node)
}

/** What can be computed at once. */
function checkData(node: Node): void {
  if (node.kind === 'list' || node.kind === 'group') for (const item of node.items) checkData(item)
  else if (node.kind === 'not') checkData(node.item)
  else if (node.kind === 'compare' || node.kind === 'arithmetic') {
    checkData(node.left)
    checkData(node.right)
  } else if (node.kind === 'call') {
    const { use, params, needed } = signatureOf(node.name)
    if (use !== 'data') throw new PolicyFault(node.at, `${node.name} has no value to compute with`)
    checkNeeded(node, params.slice(0, needed))
    for (const value of Object.values(node.params)) checkData(value)
  }
}

function checkNeeded({ at, name, params }: Call, needed: readonly string[]): void {
  const missing = needed.find((param) => !params[param])
  if (missing) throw new PolicyFault(at, `${name} needs ${missing}`)
}

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)

function checkRequest(call: Call): void {
  const { params, needed } = signatureOf(call.name)
  checkNeeded(call, params.slice(0, needed))
  checkOwn(call.params.object_id)
  const type = call.params.object_type
  if (type && !(type.kind === 'literal' && type.value === 'payable'))
    throw new PolicyFault(type.at, `Approval is asked for a 'payable'`)
  const [people, count] = [call.params[params[0]!]!, call.params.required_approval_count!]
  checkData(people)
  checkData(count)
  if (count.kind === 'literal') checkCount(count.value, count.at)
  if (people.kind === 'literal') throw new PolicyFault(people.at, `${params[0]} is a list of ids`)
  if (people.kind !== 'list') return
  if (people.items.length === 0) throw new PolicyFault(people.at, `${params[0]} names at least one id`)
  if (people.items.length > limits.people) throw new PolicyFault(people.at, `${params[0]} names at most ${limits.people} ids`)
  for (const one of people.items)
    if (one.kind === 'literal' && !isUuid(one.value)) throw new PolicyFault(one.at, 'This is not an id')
  const ids = people.items.flatMap((one) => (one.kind === 'literal' ? [String(one.value).toLowerCase()] : []))
  if (ids.length < people.items.length || params[0] !== 'user_ids' || count.kind !== 'literal') return
  if ((count.value as number) > new Set(ids).size)
    throw new PolicyFault(count.at, `${count.value} approvals can't come from ${new Set(ids).size} users`)
}

export function checkCount(value: unknown, at: string): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 1_000_000)
    throw new PolicyFault(at, 'required_approval_count is a whole number from 1')
}
