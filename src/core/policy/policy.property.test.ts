// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { processorTime } from '../../../test/support/processor.ts'
import { same } from '../../../test/support/same.ts'
import { type Context, matches } from './evaluate.ts'
import { readScript, readTrigger } from './language.ts'
import { type Ballot, cast, type Progress, progressOf, type RequestStatus } from './process.ts'

const context: Context = {
  event_name: 'submitted_for_approval',
  invoice: {
    id: '00000000-0000-4000-8000-000000000099',
    amount: 50_000,
    currency: 'EUR',
    project_id: null,
    tags: [{ id: 'a', name: 'Rent' }],
  },
  exchange_rates: [],
}

describe('whatever is sent', () => {
  const words = fc.constantFrom(
    ...[
      'and',
      'or',
      'not',
      'in',
      'true',
      'None',
      '(',
      ')',
      '[',
      ']',
      ',',
      '.',
      '==',
      '<',
      '+',
      '*',
      '-',
      '/',
      "'x'",
      '"',
      '5',
      '{',
      '}',
    ],
    ...['invoice.amount', 'invoice.tags.name', 'event_name', 'Payables.approve', 'Currency.convert', '__proto__', ' ', '\\', '’'],
    'ApprovalRequests.request_approval_by_users',
  )
  const text = fc.oneof(
    fc.string(),
    fc.string().map((inside) => `{${inside}}`),
    fc.array(words, { maxLength: 20 }).map((parts) => `{${parts.join(' ')}}`),
    fc.uuid(),
  )
  const key = fc.constantFrom(
    ...['all', 'any', 'not', 'if', 'then', 'else', 'name', 'operator', 'left_operand', 'right_operand', 'call', 'params'],
    ...['run_concurrently', 'user_ids', 'role_ids', 'required_approval_count', 'id', 'comment', 'constructor', 'toString'],
  )
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.oneof(text, fc.boolean(), fc.double(), fc.constant(null), fc.integer(), words),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      fc.record({ if: tie('value'), then: fc.array(tie('value'), { maxLength: 3 }) }),
      fc.record({ operator: fc.constantFrom('==', 'in', '>'), left_operand: tie('value'), right_operand: tie('value') }),
    ),
  }))

  test('has an answer: it is refused with a place, or it runs to its end', () => {
    let ran = 0
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), value), (json) => {
        const trigger = readTrigger(json)
        if (trigger.ok) {
          ran++
          same(typeof matches(trigger.value, context).matches, 'boolean')
        } else expect(trigger.fault.at).toMatch(/^trigger/)
        for (const sent of [json, [json]]) {
          const script = readScript(sent)
          if (script.ok) expect(['waiting', 'succeeded', 'failed']).toContain(progressOf(script.value, context, new Map()).status)
          else expect(script.fault.at).toMatch(/^script/)
        }
      }),
      { numRuns: 5000 },
    )
    expect(ran).toBeGreaterThan(50)
  })

  test('is answered at once, however large', () => {
    const bomb = (depth: number): unknown => (depth === 0 ? '{invoice.amount > 1}' : { any: [bomb(depth - 1), bomb(depth - 1)] })
    const used_ms = processorTime()
    for (const json of [
      bomb(16),
      `{${"'".repeat(1999)}}`,
      `{${' '.repeat(100_000)}}x`,
      '{'.repeat(100_000),
      `{${'-'.repeat(2000)}}`,
    ]) {
      expect(readTrigger(json).ok).toBe(false)
      expect(readScript([json]).ok).toBe(false)
    }
    expect(used_ms()).toBeLessThan(1000)
  })
})

// A script as a tree of requests, and what people say.

type Tree =
  | { readonly asks: number; readonly users: number; readonly count: number }
  | { readonly mode: 'all' | 'any'; readonly flag: boolean | undefined; readonly items: readonly Tree[] }
  | { readonly not: Tree }

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc
    .record({ asks: fc.nat(1_000_000), users: fc.integer({ min: 1, max: 4 }), count: fc.integer({ min: 1, max: 4 }) })
    .map(({ users, count, ...rest }) => ({ ...rest, users, count: Math.min(users, count) })),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.record({
      mode: fc.constantFrom('all' as const, 'any' as const),
      flag: fc.constantFrom(true, false, undefined),
      items: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ not: tie('tree') }),
  ),
}))

const userOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
function jsonOf(node: Tree): object {
  if ('not' in node) return { not: jsonOf(node.not) }
  if ('mode' in node)
    return { [node.mode]: node.items.map(jsonOf), ...(node.flag !== undefined && { run_concurrently: node.flag }) }
  return {
    call: 'ApprovalRequests.request_approval_by_users',
    params: { user_ids: Array.from({ length: node.users }, (_, i) => userOf(i)), required_approval_count: node.count },
  }
}
const scriptOf = (node: Tree, form: 'if' | 'bare') => {
  const json =
    form === 'bare'
      ? [jsonOf(node)]
      : [{ if: jsonOf(node), then: ['{Payables.approve(invoice.id)}'], else: ['{Payables.reject(invoice.id)}'] }]
  const read = readScript(json)
  if (!read.ok) throw new Error(`${read.fault.at}: ${read.fault.message}`)
  return read.value
}

/** What the votes say about the tree, by three-valued logic: nothing of it is taken from the interpreter. */
function judged(node: Tree, ballots: Iterator<Ballot | undefined>): boolean | undefined {
  if ('not' in node) {
    const inner = judged(node.not, ballots)
    return inner === undefined ? undefined : !inner
  }
  if ('mode' in node) {
    const values = node.items.map((item) => judged(item, ballots))
    const last = node.mode === 'any'
    if (values.includes(last)) return last
    return values.includes(undefined) ? undefined : !last
  }
  const ballot = ballots.next().value
  if (!ballot) return undefined
  if (ballot.rejected_by !== null) return false
  return new Set(ballot.approved_by).size >= node.count ? true : undefined
}

/** Lets people vote until the process ends; `choose` draws the next number below its argument. */
function play(
  script: ReturnType<typeof scriptOf>,
  choose: (below: number) => number,
  voteFor: (key: string) => 'approve' | 'reject',
) {
  const ballots = new Map<string, Ballot>()
  const statuses = () => new Map<string, RequestStatus>([...ballots].map(([key, { status }]) => [key, status]))
  const follow = (): Progress => {
    const progress = progressOf(script, context, statuses())
    same(progressOf(script, context, statuses()), progress)
    for (const key of progress.close) ballots.set(key, { ...ballots.get(key)!, status: 'canceled' })
    for (const { key, required_approval_count } of progress.open)
      ballots.set(key, { status: 'waiting', approved_by: [], rejected_by: null, required_approval_count })
    if (progress.status === 'waiting') {
      // Once it is followed there is nothing left to do.
      const again = progressOf(script, context, statuses())
      same([again.open, again.close, again.status], [[], [], 'waiting'])
    }
    return progress
  }
  let progress = follow()
  for (let i = 0; progress.status === 'waiting' && i < 1000; i++) {
    const open = [...ballots].filter(([, { status }]) => status === 'waiting')
    same(open.length > 0, true, 'a process that waits has somebody to wait for')
    const [key, ballot] = open[choose(open.length)]!
    const after = cast(ballot, userOf(choose(4)), voteFor(key))
    if (after) ballots.set(key, after)
    progress = follow()
  }
  const inOrder = progressOf(script, context, statuses()).steps.map(({ key }) => ballots.get(key))
  return { progress, inOrder }
}

describe('a script of requests', () => {
  test.each(['if', 'bare'] as const)(
    'approves only what the votes approve, rejects only what they reject, and ends (%s)',
    (form) => {
      const seen = { approve: 0, reject: 0 }
      fc.assert(
        fc.property(
          tree,
          fc.infiniteStream(fc.nat(1_000_000)),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (root, numbers, mood) => {
            const choose = (below: number) => (numbers.next().value as number) % below
            const { progress, inOrder } = play(scriptOf(root, form), choose, () =>
              choose(1000) < mood * 1000 ? 'approve' : 'reject',
            )
            expect(progress.status).toBe('succeeded')
            const verdict = judged(root, inOrder[Symbol.iterator]() as Iterator<Ballot | undefined>)
            expect(progress.effect?.kind).toBe(verdict ? 'approve' : 'reject')
            expect(verdict).toBeDefined()
            seen[progress.effect!.kind as 'approve']++
            expect(progress.steps.every(({ status }) => ['approved', 'rejected', 'canceled', 'skipped'].includes(status))).toBe(
              true,
            )
          },
        ),
        { numRuns: 1500 },
      )
      expect(Math.min(seen.approve, seen.reject)).toBeGreaterThan(100)
    },
  )

  test('comes to the same whatever the order in which the same answers arrive', () => {
    fc.assert(
      fc.property(
        tree,
        fc.nat(),
        fc.infiniteStream(fc.nat(1_000_000)),
        fc.infiniteStream(fc.nat(1_000_000)),
        (root, seed, one, two) => {
          const script = scriptOf(root, 'if')
          const say = (key: string) => (hash(`${key}${seed}`) % 3 === 0 ? 'reject' : 'approve')
          const [first, second] = [one, two].map(
            (numbers) => play(script, (below) => (numbers.next().value as number) % below, say).progress.effect,
          )
          expect(first).toEqual(second)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('never goes on without a vote', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const { status, effect, open } = progressOf(scriptOf(root, 'if'), context, new Map())
        expect([status, effect]).toEqual(['waiting', null])
        expect(open.length).toBeGreaterThan(0)
      }),
    )
  })
})

// A script with everything in it that decides: data, people, and statements inside of statements.

type Condition =
  | { readonly data: boolean; readonly as: number }
  | { readonly leaf: number; readonly role: boolean }
  | { readonly mode: 'all' | 'any'; readonly flag: boolean | undefined; readonly items: readonly Condition[] }
  | { readonly not: Condition }
type Statement =
  | { readonly effect: 'approve' | 'reject' | 'pay' }
  | { readonly if: Condition; readonly yes: readonly Statement[]; readonly no: readonly Statement[] | undefined }

const { statements } = fc.letrec<{ condition: Condition; statement: Statement; statements: readonly Statement[] }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.record({ leaf: fc.constant(0), role: fc.boolean() }),
    fc.record({ data: fc.boolean(), as: fc.nat(3) }),
    fc.record({
      mode: fc.constantFrom('all' as const, 'any' as const),
      flag: fc.constantFrom(true, false, undefined),
      items: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ not: tie('condition') }),
  ),
  statement: fc.oneof(
    { depthSize: 'small' },
    fc.record({ effect: fc.constantFrom('approve' as const, 'reject' as const, 'pay' as const) }),
    fc.record({ if: tie('condition'), yes: tie('statements'), no: fc.option(tie('statements'), { nil: undefined }) }),
  ),
  statements: fc.array(tie('statement'), { minLength: 1, maxLength: 3 }),
}))

/** The same with a number for each request, by which it is known again. */
function numbered(body: readonly Statement[]): { body: readonly Statement[]; leaves: number } {
  let leaves = 0
  const condition = (one: Condition): Condition => {
    if ('leaf' in one) return { ...one, leaf: leaves++ }
    if ('items' in one) return { ...one, items: one.items.map(condition) }
    return 'not' in one ? { not: condition(one.not) } : one
  }
  const statement = (one: Statement): Statement =>
    'effect' in one ? one : { if: condition(one.if), yes: one.yes.map(statement), no: one.no?.map(statement) }
  return { body: body.map(statement), leaves }
}

function conditionJson(one: Condition): unknown {
  if ('not' in one) return { not: conditionJson(one.not) }
  if ('items' in one)
    return { [one.mode]: one.items.map(conditionJson), ...(one.flag !== undefined && { run_concurrently: one.flag }) }
  if ('leaf' in one) {
    const [kind, name] = one.role ? ['roles', 'role_ids'] : ['users', 'user_ids']
    const params = { [name!]: [userOf(one.leaf)], required_approval_count: 1 }
    return { call: `ApprovalRequests.request_approval_by_${kind}`, params }
  }
  const sign = one.data ? '>' : '<'
  return [
    `{invoice.amount ${sign} 1}`,
    { operator: sign, left_operand: { name: 'invoice.amount' }, right_operand: '1' },
    `{not invoice.amount ${one.data ? '<' : '>'} 1 and 'Rent' in invoice.tags.name}`,
    `{invoice.currency ${one.data ? 'in' : 'not in'} ['EUR', 'USD']}`,
  ][one.as]
}
const effects = { approve: 'Payables.approve', reject: 'Payables.reject', pay: 'Payables.mark_as_paid' }
const statementJson = (one: Statement): unknown =>
  'effect' in one
    ? `{${effects[one.effect]}(invoice.id)}`
    : { if: conditionJson(one.if), then: one.yes.map(statementJson), ...(one.no && { else: one.no.map(statementJson) }) }

/** What a condition comes to by the answers so far; nothing of it is taken from the interpreter. */
function holds(one: Condition, answers: ReadonlyMap<number, boolean>): boolean | undefined {
  if ('data' in one) return one.data
  if ('leaf' in one) return answers.get(one.leaf)
  if ('not' in one) {
    const inner = holds(one.not, answers)
    return inner === undefined ? undefined : !inner
  }
  const last = one.mode === 'any'
  const values = one.items.map((item) => holds(item, answers))
  // In turn, the next isn't even looked at before the one before it is answered.
  const inTurn = !(one.flag ?? one.mode === 'any')
  const looked = inTurn && values.includes(undefined) ? values.slice(0, values.indexOf(undefined) + 1) : values
  if (looked.includes(last)) return last
  return looked.includes(undefined) ? undefined : !last
}
/** Where the statements end: with an effect, waiting for somebody, or without either. */
function outcome(body: readonly Statement[], answers: ReadonlyMap<number, boolean>): string | null {
  for (const one of body) {
    if ('effect' in one) return one.effect
    const value = holds(one.if, answers)
    if (value === undefined) return 'waiting'
    const inner = outcome(value ? one.yes : (one.no ?? []), answers)
    if (inner) return inner
  }
  return null
}

test('a script ends where its data and the votes that it names lead, after every vote, and nowhere else', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(statements, fc.infiniteStream(fc.nat(1_000_000)), (drawn, numbers) => {
      const { body, leaves } = numbered(drawn)
      const script = readScript(body.map(statementJson))
      if (!script.ok) throw new Error(`${script.fault.at}: ${script.fault.message}`)
      const ballots = new Map<string, { status: RequestStatus; leaf: number }>()
      for (let votes = 0; ; votes++) {
        same(votes <= leaves, true, 'each vote is asked for once')
        const progress = progressOf(script.value, context, new Map([...ballots].map(([key, { status }]) => [key, status])))
        for (const key of progress.close) ballots.get(key)!.status = 'canceled'
        for (const { key, user_ids, role_ids } of progress.open) {
          same(ballots.has(key), false)
          ballots.set(key, { status: 'waiting', leaf: Number([...user_ids, ...role_ids][0]!.slice(-12)) })
        }
        const decided = [...ballots.values()].filter(({ status }) => status === 'approved' || status === 'rejected')
        const answers = new Map(decided.map(({ leaf, status }) => [leaf, status === 'approved']))
        const right = outcome(body, answers)
        const said = progress.effect?.kind ?? (progress.status === 'waiting' ? 'waiting' : null)
        same(said, right)
        seen.set(`${said} ${votes > 0}`, (seen.get(`${said} ${votes > 0}`) ?? 0) + 1)
        if (progress.status !== 'waiting') return
        const open = [...ballots.values()].filter(({ status }) => status === 'waiting')
        same(open.length > 0, true, 'a process that waits has somebody to wait for')
        const next = open[(numbers.next().value as number) % open.length]!
        next.status = (numbers.next().value as number) % 3 === 0 ? 'rejected' : 'approved'
      }
    }),
    { numRuns: 3000 },
  )
  for (const end of ['approve', 'reject', 'pay']) expect(seen.get(`${end} true`), end).toBeGreaterThan(50)
})

const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7)

describe('votes on one request', () => {
  const votes = fc.array(fc.record({ user: fc.nat(5), yes: fc.boolean() }), { maxLength: 12 })
  test('count once a person, and stop counting once it is decided', () => {
    fc.assert(
      fc.property(votes, fc.integer({ min: 1, max: 4 }), (given, required) => {
        let ballot: Ballot = { status: 'waiting', approved_by: [], rejected_by: null, required_approval_count: required }
        for (const { user, yes } of given) {
          const before = ballot
          const after = cast(ballot, userOf(user), yes ? 'approve' : 'reject')
          if (before.status !== 'waiting') expect(after).toBeNull()
          ballot = after ?? ballot
        }
        expect(new Set(ballot.approved_by).size).toBe(ballot.approved_by.length)
        expect(ballot.status === 'approved').toBe(ballot.approved_by.length >= required && ballot.rejected_by === null)
        expect(ballot.status === 'rejected').toBe(ballot.rejected_by !== null)
      }),
    )
  })
})
