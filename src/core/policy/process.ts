import { type Context, data, holds } from './evaluate.ts'
import { checkCount, isUuid, stepsOf } from './language.ts'
import { type Call, type Effect, limits, type Node, PolicyFault, requestsIn, type Statement } from './nodes.ts'

/**
 * A script at work. What it waits for, and what it comes to, follows from the script, what is known of the payable, and what has become
 * of each request so far: nothing else is remembered, so asking twice gives the same answer, and the order of votes matters only
 * where the script puts requests in an order.
 */

export type RequestStatus = 'waiting' | 'approved' | 'rejected' | 'canceled'
/** Or it is stranded: nobody is left who could answer it. */
export type Fate = RequestStatus | 'stranded'
/** What has become of the requests that were opened, by step. */
export type Requests = ReadonlyMap<string, Fate>

type StepStatus = RequestStatus | 'failed' | 'not_started' | 'skipped'

/** A request for approval as the script has it. `key` is its place in the script. */
export interface Step {
  readonly key: string
  readonly status: StepStatus
  readonly user_ids: readonly string[]
  readonly role_ids: readonly string[]
  readonly required_approval_count: number
}

export interface Progress {
  readonly status: 'waiting' | 'succeeded' | 'failed' | 'canceled'
  readonly steps: readonly Step[]
  /** Steps whose requests have to be made now. */
  readonly open: readonly Step[]
  /** Steps whose requests nobody needs any more. */
  readonly close: readonly string[]
  readonly effect: { readonly kind: Effect; readonly comment: string | null } | null
  readonly error: { readonly at: string; readonly message: string } | null
}

/** True or false, or not yet known, or never to be known; null once somebody took back a request that is needed. */
type Answer = boolean | 'pending' | 'stranded' | null

/** Where a script stands. Total: it answers whatever the requests say, in time bounded by the size of the script. */
export function progressOf(script: readonly Statement[], context: Context, requests: Requests): Progress {
  const run = new Run(context, requests)
  let end: Progress['status'] = 'succeeded'
  let error: Progress['error'] = null
  try {
    const outcome = run.statements(script)
    if (outcome === 'pending') end = 'waiting'
    else if (outcome === null) end = 'canceled'
    else if (outcome === 'end' && !run.effect && run.passed) run.effect = { kind: 'approve', comment: null }
  } catch (fault) {
    if (!(fault instanceof PolicyFault)) throw fault
    end = 'failed'
    error = { at: fault.at, message: fault.message }
    run.effect = null
  }
  return { status: end, effect: end === 'succeeded' ? run.effect : null, error, ...run.standing(script, end, error?.at ?? null) }
}

/** Why a process fails whose request nobody can answer. */
export const STRANDED = 'Too few people are left who could decide this request'

type Outcome = 'done' | 'end' | 'pending' | null

class Run {
  readonly #context: Context
  readonly #requests: Requests
  /** Requests that have to be waiting now. */
  #wanted = new Set<string>()
  /** Requests that can't matter any more. */
  readonly #settled = new Set<string>()
  effect: Progress['effect'] = null
  /** Whether a condition that stands alone has held. */
  passed = false
  /** The last request that nobody can answer. */
  #strandedAt = ''

  constructor(context: Context, requests: Requests) {
    this.#context = context
    this.#requests = requests
  }

  /** Runs them in their order; `done` once one of them had an effect, which is the end. */
  statements(list: readonly Statement[]): Outcome {
    for (const statement of list) {
      const outcome = this.#statement(statement)
      if (outcome !== 'end') return outcome
    }
    return 'end'
  }

  #statement(statement: Statement): Outcome {
    if (statement.kind === 'effect') return this.#affect(statement.effect, statement.comment)
    const { value, wanted } = this.#condition(statement.condition)
    this.#wanted = wanted
    if (value === null || value === 'pending') return value
    if (value === 'stranded') throw new PolicyFault(this.#strandedAt, STRANDED)
    if (statement.kind === 'bare') {
      this.passed = value
      return value ? 'end' : this.#affect('reject', null)
    }
    this.#settleAll(stepsOf(value ? statement.no : statement.yes))
    return this.statements(value ? statement.yes : statement.no)
  }

  #affect(kind: Effect, comment: Node | null): 'done' {
    const text = comment && data(comment, this.#context)
    this.effect = { kind, comment: text === null ? null : typeof text === 'string' ? text : JSON.stringify(text) }
    return 'done'
  }

  #condition(node: Node): { value: Answer; wanted: Set<string> } {
    const found = this.#answer(node)
    if (typeof found.value !== 'boolean' && found.value !== 'stranded') return found
    // Whatever the answer left open is open no more.
    this.#settleAll(requestsIn(node))
    return { value: found.value, wanted: new Set() }
  }

  #answer(node: Node): { value: Answer; wanted: Set<string> } {
    if (requestsIn(node).length === 0) return { value: holds(node, this.#context), wanted: new Set() }
    if (node.kind === 'call') return this.#request(node)
    if (node.kind === 'group') return this.#group(node)
    const { value, wanted } = this.#condition((node as Extract<Node, { kind: 'not' }>).item)
    return { value: typeof value === 'boolean' ? !value : value, wanted }
  }

  #request(call: Call): { value: Answer; wanted: Set<string> } {
    const status = this.#requests.get(call.at)
    if (status === undefined) this.#checkPeople(call)
    if (status === undefined || status === 'waiting') return { value: 'pending', wanted: new Set([call.at]) }
    if (status === 'stranded') {
      this.#strandedAt = call.at
      return { value: 'stranded', wanted: new Set() }
    }
    return { value: status === 'canceled' ? null : status === 'approved', wanted: new Set() }
  }

  #checkPeople(call: Call): void {
    try {
      peopleOf(call, this.#context)
    } catch (fault) {
      throw fault instanceof PolicyFault ? new PolicyFault(call.at, fault.message) : fault
    }
  }

  /**
   * `all` ends with the first false, `any` with the first true; one after the other, or all at once. A request that nobody can answer drops
   * out of `any`, as long as something else is in it; `all` needs it, and can't be told without it, unless somebody has said no.
   */
  #group({ mode, concurrently, items }: Extract<Node, { kind: 'group' }>): { value: Answer; wanted: Set<string> } {
    const last = mode === 'any'
    const wanted = new Set<string>()
    let open: Answer = !last
    let stranded = 0
    for (const item of items) {
      const found = this.#condition(item)
      if (found.value === last) return { value: last, wanted: new Set() }
      if (found.value === 'stranded') stranded++
      if (stranded > 0 && mode === 'all' && !concurrently) break
      for (const key of found.wanted) wanted.add(key)
      if (found.value === null || (found.value === 'pending' && open !== null)) open = found.value
      if (typeof open !== 'boolean' && !(concurrently ?? last)) break
    }
    if (stranded > 0 && open !== null && (mode === 'all' || stranded === items.length))
      return { value: 'stranded', wanted: new Set() }
    return { value: open, wanted }
  }

  #settleAll(calls: readonly Call[]): void {
    for (const { at } of calls) this.#settled.add(at)
  }

  standing(script: readonly Statement[], end: Progress['status'], failedAt: string | null) {
    const waiting = end === 'waiting'
    const statusOf = (call: Call): StepStatus => {
      const known = this.#requests.get(call.at)
      if (known === 'stranded') return 'failed'
      if (known && known !== 'waiting') return known
      if (waiting && this.#wanted.has(call.at)) return 'waiting'
      if (known) return 'canceled'
      if (failedAt === call.at) return 'failed'
      if (end === 'canceled' && !this.#settled.has(call.at)) return 'canceled'
      return waiting && !this.#settled.has(call.at) ? 'not_started' : 'skipped'
    }
    const steps = stepsOf(script).map((call) => ({ ...this.#people(call), key: call.at, status: statusOf(call) }))
    return {
      steps,
      open: steps.filter(({ key, status }) => status === 'waiting' && !this.#requests.has(key)),
      close: [...this.#requests.keys()].filter(
        (key) => this.#requests.get(key) === 'waiting' && !(waiting && this.#wanted.has(key)),
      ),
    }
  }

  /** Who is asked, and how many have to agree; nobody where that can't be told, as long as it isn't needed. */
  #people(call: Call): Pick<Step, 'user_ids' | 'role_ids' | 'required_approval_count'> {
    try {
      return peopleOf(call, this.#context)
    } catch (fault) {
      if (!(fault instanceof PolicyFault)) throw fault
      return { user_ids: [], role_ids: [], required_approval_count: 1 }
    }
  }
}

/** The ids and the number in a request, computed where they are expressions. Refuses (`PolicyFault`) what names nobody. */
function peopleOf({ at, params }: Call, context: Context): Pick<Step, 'user_ids' | 'role_ids' | 'required_approval_count'> {
  const ids = (node: Node | undefined): string[] => {
    if (!node) return []
    const value = data(node, context)
    const list = Array.isArray(value) ? value : [value]
    if (list.length === 0 || list.length > limits.people || !list.every(isUuid))
      throw new PolicyFault(node.at, 'These are not ids')
    return [...new Set(list.map((id: string) => id.toLowerCase()))]
  }
  const count = data(params.required_approval_count!, context)
  checkCount(count, at)
  return { user_ids: ids(params.user_ids), role_ids: ids(params.role_ids), required_approval_count: count }
}

// Votes

export interface Ballot {
  readonly status: RequestStatus
  readonly approved_by: readonly string[]
  readonly rejected_by: string | null
  readonly required_approval_count: number
}
export type Vote = 'approve' | 'reject'

/** A request after somebody's vote; null when the vote doesn't count: it is decided, or they have approved it before. */
export function cast(ballot: Ballot, user: string, vote: Vote): Ballot | null {
  if (ballot.status !== 'waiting' || ballot.approved_by.includes(user)) return null
  if (vote === 'reject') return { ...ballot, status: 'rejected', rejected_by: user }
  const approved_by = [...ballot.approved_by, user]
  return { ...ballot, approved_by, status: approved_by.length >= ballot.required_approval_count ? 'approved' : 'waiting' }
}
