import { conflict } from './refusal.ts'

/** Who may go where: for each state, the actions it allows and the state each leads to. */
export type FlowTable<State extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Action, State>>>>
>

export interface Flow<State extends string, Action extends string> {
  readonly name: string
  readonly table: FlowTable<State, Action>
  readonly states: readonly State[]
  readonly actions: readonly Action[]
  /** Whether the action is allowed in that state. No action is in a state that the table does not know. */
  can(state: string, action: Action): boolean
  /** Whether some action leads from the one state to the other. */
  leadsTo(from: string, to: string): boolean
  /** The state the action leads to. Refuses (`conflict`) what the table has no cell for. */
  next(state: string, action: Action): State
  /** The fewest steps after which a refused action is allowed; none where no steps lead there, or where it has been done. */
  wayTo(state: string, action: Action): readonly Action[]
  /** For statements that ask no row before: the states that the action leads from, and the only one that it leads to. */
  leads(action: Action): { readonly from: readonly State[]; readonly to: State }
}

/**
 * A state machine from its table, frozen. `name` is the noun a refusal speaks of. `words` are for the states and actions whose
 * code makes no good English: a state completes "an invoice that is …", an action "… can't …". `unasked` are actions that nobody
 * asks for by themselves, as they happen or are another action's shape: no way out leads over them, or to them.
 */
export function flow<State extends string, Action extends string>(
  name: string,
  table: FlowTable<State, Action>,
  words: { readonly [code in State | Action]?: string } = {},
  unasked: readonly Action[] = [],
): Flow<State, Action> {
  const states = Object.keys(table) as State[]
  const actions = [...new Set(states.flatMap((state) => Object.keys(table[state]) as Action[]))]
  for (const state of states) Object.freeze(table[state])
  const wordsOf: { readonly [code in string]?: string } = words
  const cells = new Map<string, Readonly<Partial<Record<Action, State>>>>(Object.entries(table))

  const sentence = (state: string, action: Action) =>
    `${withArticle(name)} that is ${wordsOf[state] ?? stateWords(state)} can't ${phrase(action)}`

  const asked = (state: string) => (Object.keys(cells.get(state) ?? {}) as Action[]).filter((step) => !unasked.includes(step))

  const phrase = (action: string) => wordsOf[action] ?? `be ${participle(action)}`

  /** The fewest steps from a state to one that fits; null when none leads there. Among equals the one whose first step stands first in its row wins. */
  function steps(from: string, fits: (state: State) => boolean): Action[] | null {
    const found = new Map<string, Action[]>([[from, []]])
    for (const [state, way] of found)
      for (const step of asked(state)) {
        const next = cells.get(state)?.[step]
        if (next === undefined || found.has(next)) continue
        if (fits(next)) return [...way, step]
        found.set(next, [...way, step])
      }
    return null
  }

  /** An action that led here, by a shorter way than back, was done: to name the way back would be to advise doing it twice. */
  function wayTo(state: string, action: Action): readonly Action[] {
    const way = unasked.includes(action) ? null : steps(state, (next) => table[next][action] !== undefined)
    if (way === null) return []
    const wasDone = states.some((from) => {
      const led = table[from][action]
      if (led === undefined || led === from) return false
      return led === state || (steps(led, (next) => next === state)?.length ?? Number.POSITIVE_INFINITY) < way.length
    })
    return wasDone ? [] : way
  }

  function wayOut(state: string, action: Action): string {
    const way = wayTo(state, action)
    return way.length === 0 ? '' : `; first it has to ${way.map(phrase).join(', then ')}`
  }

  return Object.freeze({
    name,
    table: Object.freeze(table),
    states: Object.freeze(states),
    actions: Object.freeze(actions),
    can: (state: string, action: Action) => cells.get(state)?.[action] !== undefined,
    leadsTo: (from: string, to: string) => actions.some((action) => cells.get(from)?.[action] === to),
    next(state: string, action: Action) {
      const next = cells.get(state)?.[action]
      if (next === undefined) throw conflict(sentence(state, action) + wayOut(state, action), 'wrong_state')
      return next
    },
    wayTo,
    leads(action: Action) {
      const from = states.filter((state) => table[state][action] !== undefined)
      const [to, ...others] = new Set(from.flatMap((state) => table[state][action] ?? []))
      if (to === undefined || others.length > 0) throw new Error(`${name}: ${action} does not lead to one state`)
      return { from, to }
    },
  })
}

const withArticle = (name: string): string => `${/^[aeio]/.test(name) ? 'An' : 'A'} ${name}`

const stateWords = (state: string): string => (state === 'draft' ? 'a draft' : state.replaceAll('_', ' '))

const IRREGULAR: Readonly<Record<string, string>> = {
  give: 'given',
  pay: 'paid',
  put: 'put',
  send: 'sent',
  set: 'set',
  submit: 'submitted',
  undo: 'undone',
  withdraw: 'withdrawn',
  write: 'written',
}

/** 'write_off' → 'written off': the first word is the verb. */
function participle(action: string): string {
  const [verb, ...rest] = action.split('_') as [string, ...string[]]
  return [IRREGULAR[verb] ?? regular(verb), ...rest].join(' ')
}

function regular(verb: string): string {
  if (verb.endsWith('e')) return `${verb}d`
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`
}
