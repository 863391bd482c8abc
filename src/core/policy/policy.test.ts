// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import { describe, expect, test } from 'vitest'
import { type Context, matches } from './evaluate.ts'
import { readScript, readTrigger } from './language.ts'
import { type Fate, type Progress, progressOf } from './process.ts'

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const [ada, bob, cem, rent, urgent, acme] = [1, 2, 3, 10, 11, 20].map(id) as [string, string, string, string, string, string]
const context: Context = {
  event_name: 'submitted_for_approval',
  invoice: {
    id: id(99),
    amount: 50_000,
    total_amount: 50_000,
    currency: 'EUR',
    counterpart_id: acme,
    project_id: null,
    was_created_by_user_id: ada,
    issued_at: '2031-01-10',
    counterpart: { name: 'Acme', address: { country: 'DE' } },
    tags: [
      { id: rent, name: 'Rent' },
      { id: urgent, name: 'Urgent' },
    ],
  },
  exchange_rates: [{ base: 'EUR', to: 'USD', rate: 1.1 }],
}
const event = `{event_name == 'submitted_for_approval'}`

/** Whether a trigger holds; its fault when it can't be read or answered. */
function asked(trigger: unknown): boolean | string {
  const read = readTrigger(trigger)
  if (!read.ok) return `${read.fault.at}: ${read.fault.message}`
  const verdict = matches(read.value, context)
  return verdict.fault ? verdict.fault.message : verdict.matches
}

describe('triggers', () => {
  const compared = (operator: string, left: unknown, right: unknown) => ({ operator, left_operand: left, right_operand: right })
  const amount = { name: 'invoice.amount' }

  test.each([
    ['nothing at all', null, true],
    ['true', true, true],
    ['false', false, false],
    ['the event', event, true],
    ['the older word for the event', `{event_name == 'submit_for_approval'}`, true],
    ['the older word in a list', `{event_name in ['submit_for_approval']}`, true],
    ['another event', `{event_name == 'created'}`, false],
    ['amounts', { all: [event, '{invoice.amount >= 50000}', `{invoice.currency == 'EUR'}`] }, true],
    ['a smaller amount', '{invoice.amount < 50000}', false],
    ['a field without invoice before it', '{amount >= 1000}', true],
    ['a number as text', compared('>', amount, '49999'), true],
    ['a number as text is equal', compared('==', amount, '50000'), true],
    ['one of a list', compared('in', { name: 'invoice.counterpart_id' }, [bob, acme.toUpperCase()]), true],
    ['none of a list', compared('in', { name: 'invoice.counterpart_id' }, [bob]), false],
    ['a tag', compared('in', rent, { name: 'invoice.tags.id' }), true],
    ['a name of a tag', `{'Rent' in invoice.tags.name}`, true],
    ['typographic quotes', `{‘Rent’ in invoice.tags.name and invoice.currency == “EUR”}`, true],
    ['any tag of several', compared('in', { name: 'invoice.tags.id' }, [cem, urgent]), true],
    ['a plain text on the right', compared('in', { name: 'invoice.currency' }, 'EUR'), true],
    ['a part of a text is not in it', compared('in', 'EU', 'EUR'), false],
    ['not in', `{invoice.currency not in ['SEK', 'NOK']}`, true],
    ['nothing in nothing', '{invoice.project_id in null}', false],
    ['nothing is not more', '{invoice.project_id > 0}', false],
    ['nothing is not less', '{invoice.project_id <= 0}', false],
    ['nothing is nothing', '{invoice.project_id == None}', true],
    ['what isn’t there has nothing in it', '{invoice.project_id.name == null}', true],
    ['fields in fields', `{invoice.counterpart.address.country == 'DE'}`, true],
    ['days', `{invoice.issued_at >= '2031-01-01' and invoice.issued_at < '2031-02-01'}`, true],
    ['any', { any: ['{invoice.amount < 1}', { all: ['{invoice.amount > 1}', `{invoice.currency == 'EUR'}`] }] }, true],
    ['not', { not: '{invoice.amount > 1}' }, false],
    ['not in words', '{not invoice.amount > 1 or not false}', true],
    ['and before or', '{true or false and false}', true],
    ['brackets', '{(true or false) and false}', false],
    ['sums before comparisons, products before sums', '{invoice.amount == 10000 + 8 * 5000}', true],
    ['from the left', '{10 - 4 - 3 == 3 and 100 / 5 / 2 == 10}', true],
    ['negative numbers', '{invoice.amount > -1.5}', true],
    [
      'converted',
      compared(
        '==',
        {
          call: 'Currency.convert',
          params: { amount: '{invoice.amount}', from_currency: '{invoice.currency}', to_currency: 'USD' },
        },
        55_000,
      ),
      true,
    ],
    ['converted back', `{Currency.convert(1100, 'USD', 'EUR') == 1000}`, true],
    ['converted to itself', `{Currency.convert(7, 'CHF', 'CHF') == 7}`, true],
    ['to another number of decimals is at par', `{Currency.convert(1, 'JPY', 'JPY') == 1}`, true],
  ])('%s', (_name, trigger, result) => expect(asked(trigger)).toBe(result))

  test.each([
    ['{invoice.nothing == 1}', 'There is no invoice.nothing'],
    ['{constructor == 1}', 'There is no constructor'],
    ['{invoice.__proto__ == 1}', 'There is no invoice.__proto__'],
    ['{invoice.counterpart.toString == 1}', 'There is no invoice.counterpart.toString'],
    ['{invoice.amount > true}', 'Only two numbers or two texts can be compared by size'],
    ['{invoice.amount / 0 > 1}', 'The result is not a number'],
    [`{'a' + 1 > 1}`, 'Only numbers can be used in a calculation'],
    [`{Currency.convert(1, 'EUR', 'CHF') > 0}`, 'There is no exchange rate between EUR and CHF'],
    [`{Currency.convert(1, 'EUR', 'euro') > 0}`, 'Currencies have codes of three letters'],
  ])('%s has no answer, and the policy does not apply', (trigger, message) => {
    const read = readTrigger(trigger)
    expect(read.ok).toBe(true)
    if (read.ok) expect(matches(read.value, context)).toMatchObject({ matches: false, fault: { message } })
  })

  test.each([
    ['invoice.amount > 5', 'trigger'],
    [5, 'trigger'],
    [[event], 'trigger'],
    [{}, 'trigger'],
    ['{}', 'trigger'],
    [{ all: [] }, 'trigger.all'],
    [{ all: [event, 'x'] }, 'trigger.all[1]'],
    [{ all: [event], any: [event] }, 'trigger'],
    [{ all: [event], run_concurrently: 1 }, 'trigger.run_concurrently'],
    [{ all: [event], also: 1 }, 'trigger'],
    [{ operator: '~', left_operand: 1, right_operand: 1 }, 'trigger.operator'],
    [{ operator: '==', left_operand: 1 }, 'trigger'],
    [{ operator: '==', left_operand: { call: 'Os.run' }, right_operand: 1 }, 'trigger.left_operand.call'],
    [{ operator: '==', left_operand: { name: 'a..b' }, right_operand: 1 }, 'trigger.left_operand.name'],
    [{ if: event, then: [] }, 'trigger'],
    [{ all: [{ if: event, then: [] }] }, 'trigger.all[0]'],
    ['{Payables.approve(invoice.id)}', 'trigger#2'],
    [`{ApprovalRequests.request_approval_by_users(['${ada}'], 1)}`, 'trigger#2'],
    ['{Currency.convert(1)}', 'trigger#2'],
    ['{Currency.convert(1) > 2}', 'trigger#2'],
    ['{nothing.there(1) > 2}', 'trigger'],
    ['{invoice.amount >}', 'trigger'],
    ['{invoice.amount = 5}', 'trigger'],
    ['{invoice. > 5}', 'trigger'],
    ['{invoice.amount > 5) }', 'trigger'],
    [`{invoice.currency == 'EUR}`, 'trigger'],
    [`{1 == 1; process.exit()}`, 'trigger'],
    ['{1 < 2 < 3}', 'trigger'],
    [{ version: '1.0', object_type: 'payable', action: 'submit', amount: { gt: 5 } }, 'trigger'],
    [`{${'('.repeat(30)}true${')'.repeat(30)}}`, 'trigger'],
    [`{'${'x'.repeat(2001)}' == 'x'}`, 'trigger'],
  ])('%j is refused, with the place', (trigger, at) => {
    const read = readTrigger(trigger)
    expect(read).toMatchObject({ ok: false, fault: { at } })
  })

  test('a fault in an expression tells the character', () => {
    expect(asked('{invoice.amount >= }')).toBe('trigger: Character 20: expected a value, found the end')
    expect(asked('{ invoice.amount ? 5 }')).toBe('trigger: Character 18: "?" has no meaning here')
  })

  test('what held is told with what it was held against', () => {
    const read = readTrigger({ all: [event, compared('>=', amount, 10_000), { any: [`{'x' in invoice.tags.name}`, '{true}'] }] })
    if (!read.ok) throw new Error(read.fault.message)
    expect(matches(read.value, context).checks).toEqual([
      {
        at: 'trigger.all[0]',
        condition: `event_name == 'submitted_for_approval'`,
        holds: true,
        left: 'submitted_for_approval',
        right: 'submitted_for_approval',
      },
      { at: 'trigger.all[1]', condition: 'invoice.amount >= 10000', holds: true, left: 50_000, right: 10_000 },
      {
        at: 'trigger.all[2].any[0]',
        condition: `'x' in invoice.tags.name`,
        holds: false,
        left: 'x',
        right: ['Rent', 'Urgent'],
      },
      { at: 'trigger.all[2].any[1]', condition: 'true', holds: true },
    ])
  })
})

const users = (user_ids: string[], required_approval_count = 1) => ({
  call: 'ApprovalRequests.request_approval_by_users',
  params: { user_ids, required_approval_count },
})
const roles = (role_ids: string[], required_approval_count = 1) => ({
  call: 'ApprovalRequests.request_approval_by_roles',
  params: { role_ids, required_approval_count },
})
const decide = (condition: unknown) => [
  { if: condition, then: ['{Payables.approve(invoice.id)}'], else: ['{Payables.reject(invoice.id)}'] },
]

/** Where a script stands after these answers, given by the number of the step. */
function standing(script: unknown, answers: Record<number, Fate> = {}): Progress {
  const read = readScript(script)
  if (!read.ok) throw new Error(`${read.fault.at}: ${read.fault.message}`)
  const keys = progressOf(read.value, context, new Map()).steps.map(({ key }) => key)
  return progressOf(read.value, context, new Map(Object.entries(answers).map(([n, status]) => [keys[Number(n)]!, status])))
}
const told = (script: unknown, answers?: Record<number, Fate>) => {
  const { status, steps, effect } = standing(script, answers)
  return `${status}${effect ? ` ${effect.kind}` : ''}: ${steps.map((step) => step.status).join(' ')}`
}

describe('scripts', () => {
  const [a, b, c] = [users([ada]), users([bob]), users([cem])]

  test.each([
    ['one after the other', {}, 'waiting: waiting not_started not_started'],
    ['the second', { 0: 'approved' }, 'waiting: approved waiting not_started'],
    ['the third', { 0: 'approved', 1: 'approved' }, 'waiting: approved approved waiting'],
    ['all', { 0: 'approved', 1: 'approved', 2: 'approved' }, 'succeeded approve: approved approved approved'],
    ['a no in the middle', { 0: 'approved', 1: 'rejected' }, 'succeeded reject: approved rejected skipped'],
    ['taken back', { 0: 'approved', 1: 'canceled' }, 'canceled: approved canceled canceled'],
  ] as const)('all, in turn: %s', (_name, answers, expected) => {
    for (const flag of [{}, { run_concurrently: false }])
      expect(told(decide({ ...flag, all: [a, b, c] }), answers)).toBe(expected)
  })

  test.each([
    ['at once', {}, 'waiting: waiting waiting waiting'],
    ['in any order', { 2: 'approved' }, 'waiting: waiting waiting approved'],
    ['a no ends it', { 0: 'waiting', 1: 'rejected', 2: 'waiting' }, 'succeeded reject: canceled rejected canceled'],
    ['a no outweighs what was taken back', { 0: 'canceled', 1: 'rejected' }, 'succeeded reject: canceled rejected skipped'],
    ['all', { 0: 'approved', 1: 'approved', 2: 'approved' }, 'succeeded approve: approved approved approved'],
  ] as const)('all, at once: %s', (_name, answers, expected) =>
    expect(told(decide({ run_concurrently: true, all: [a, b, c] }), answers)).toBe(expected),
  )

  test.each([
    ['at once', {}, 'waiting: waiting waiting'],
    ['a yes ends it', { 0: 'waiting', 1: 'approved' }, 'succeeded approve: canceled approved'],
    ['a no leaves the other', { 0: 'rejected' }, 'waiting: rejected waiting'],
    ['every no', { 0: 'rejected', 1: 'rejected' }, 'succeeded reject: rejected rejected'],
  ] as const)('any: %s', (_name, answers, expected) => expect(told(decide({ any: [a, b] }), answers)).toBe(expected))

  test.each([
    ['begins with the first', {}, 'waiting: waiting not_started'],
    ['goes on after a no', { 0: 'rejected' }, 'waiting: rejected waiting'],
    ['ends with a yes', { 0: 'approved' }, 'succeeded approve: approved skipped'],
  ] as const)('any, in turn: %s', (_name, answers, expected) =>
    expect(told(decide({ run_concurrently: false, any: [a, b] }), answers)).toBe(expected),
  )

  test.each([
    ['all: it is needed', { all: [a, b] }, { 0: 'stranded' }, 'failed: failed skipped'],
    ['all: also after a yes', { all: [a, b] }, { 0: 'approved', 1: 'stranded' }, 'failed: approved failed'],
    [
      'all at once: whoever else is asked is let go',
      { run_concurrently: true, all: [a, b] },
      { 0: 'stranded', 1: 'waiting' },
      'failed: failed canceled',
    ],
    [
      'all at once: a no outweighs it',
      { run_concurrently: true, all: [a, b] },
      { 0: 'stranded', 1: 'rejected' },
      'succeeded reject: failed rejected',
    ],
    ['any: the other decides', { any: [a, b] }, { 0: 'stranded', 1: 'waiting' }, 'waiting: failed waiting'],
    ['any: with a yes', { any: [a, b] }, { 0: 'stranded', 1: 'approved' }, 'succeeded approve: failed approved'],
    ['any: or a no', { any: [a, b] }, { 0: 'stranded', 1: 'rejected' }, 'succeeded reject: failed rejected'],
    ['any, in turn: the next is asked', { run_concurrently: false, any: [a, b] }, { 0: 'stranded' }, 'waiting: failed waiting'],
    ['any: nobody is left', { any: [a, b] }, { 0: 'stranded', 1: 'stranded' }, 'failed: failed failed'],
    ['any of groups', { any: [{ all: [a, b] }, c] }, { 0: 'stranded', 2: 'waiting' }, 'waiting: failed skipped waiting'],
    ['not: neither yes nor no', { not: a }, { 0: 'stranded' }, 'failed: failed'],
  ] as const)('nobody is left to answer, %s', (_name, condition, answers, expected) => {
    expect(told(decide(condition), answers)).toBe(expected)
    const { status, error, effect } = standing(decide(condition), answers)
    if (status !== 'failed') return
    expect([error?.message, effect]).toEqual(['Too few people are left who could decide this request', null])
    expect(error?.at).toMatch(/^script\[0\]\.if/)
  })

  test('a chain inside, as the editor of clients writes it', () => {
    const script = decide({
      run_concurrently: false,
      all: [a, users([ada, bob, cem], 2), roles([rent]), { run_concurrently: false, all: [b, c] }],
    })
    expect(told(script)).toBe('waiting: waiting not_started not_started not_started not_started')
    expect(told(script, { 0: 'approved', 1: 'approved', 2: 'approved', 3: 'approved' })).toBe(
      'waiting: approved approved approved approved waiting',
    )
    expect(standing(script).open).toEqual([
      { key: 'script[0].if.all[0]', status: 'waiting', user_ids: [ada], role_ids: [], required_approval_count: 1 },
    ])
  })

  test('what the payable says chooses the branch; the other is passed over', () => {
    const branches = (condition: string) => [
      { if: condition, then: ['{Payables.approve(invoice.id)}'], else: decide({ all: [a] }) },
    ]
    expect(told(branches('{invoice.amount < 5000}'))).toBe('waiting: waiting')
    expect(told(branches('{invoice.amount > 5000}'))).toBe('succeeded approve: skipped')
  })

  test('a payable may be paid, with a comment', () => {
    for (const name of ['mark_as_paid', 'pay']) {
      const effect = [{ if: users([ada]), then: [`{Payables.${name}(invoice.id, 'Settled on approval')}`] }]
      expect(standing(effect, { 0: 'approved' }).effect).toEqual({ kind: 'pay', comment: 'Settled on approval' })
      expect(told(effect, { 0: 'rejected' })).toBe('succeeded: rejected')
    }
    const call = [{ if: users([ada]), then: [{ call: 'Payables.pay', params: { id: { name: 'invoice.id' } } }] }]
    expect(standing(call, { 0: 'approved' }).effect).toEqual({ kind: 'pay', comment: null })
  })

  test('bare conditions approve once all of them have held, and reject with the first that does not', () => {
    expect(told([a, b])).toBe('waiting: waiting not_started')
    expect(told([a, b], { 0: 'approved' })).toBe('waiting: approved waiting')
    expect(told([a, b], { 0: 'approved', 1: 'approved' })).toBe('succeeded approve: approved approved')
    expect(told([a, b], { 0: 'rejected' })).toBe('succeeded reject: rejected skipped')
    expect(told([{ run_concurrently: true, all: [a, b] }])).toBe('waiting: waiting waiting')
  })

  test('nothing runs after an effect', () => {
    expect(told(['{Payables.reject(invoice.id)}', '{Payables.approve(invoice.id)}', a])).toBe('succeeded reject: skipped')
  })

  test('requests inside one text are told apart', () => {
    const script = [
      `{ApprovalRequests.request_approval_by_users(['${ada}'], 1) and ApprovalRequests.request_approval_by_users(['${bob}'], 1)}`,
    ]
    expect(told(script, { 0: 'approved' })).toBe('waiting: approved waiting')
    expect(told(script, { 0: 'approved', 1: 'approved' })).toBe('succeeded approve: approved approved')
  })

  test('who is asked may follow from the payable; nobody at all is an error of the process', () => {
    const by = (name: string) => [{ ...users([]), params: { user_ids: `{${name}}`, required_approval_count: 1 } }]
    expect(standing(by('invoice.was_created_by_user_id')).open[0]?.user_ids).toEqual([ada])
    expect(standing(by('invoice.project_id'))).toMatchObject({
      status: 'failed',
      error: { at: 'script[0]', message: 'These are not ids' },
      steps: [{ status: 'failed' }],
      effect: null,
    })
    expect(
      standing([{ if: { all: [a, '{invoice.nothing}'] }, then: ['{Payables.approve()}'] }], { 0: 'approved' }),
    ).toMatchObject({
      status: 'failed',
      effect: null,
    })
  })

  test.each([
    [[], 'script'],
    [{}, 'script'],
    [null, 'script'],
    [[true], 'script[0]'],
    [[5], 'script[0]'],
    [['Payables.approve(invoice.id)'], 'script[0]'],
    [['{invoice.amount > 5}'], 'script[0]'],
    [[{ all: [] }], 'script[0].all'],
    [[{ if: { all: [] }, then: [] }], 'script[0].if.all'],
    [[{ if: users([ada]) }], 'script[0]'],
    [[{ if: users([ada]), then: '{Payables.approve()}' }], 'script[0].then'],
    [[{ if: users([ada]), then: [], otherwise: [] }], 'script[0]'],
    [[{ if: users([ada]), then: ['{Payables.burn(invoice.id)}'] }], 'script[0].then[0]'],
    [[{ if: '{Payables.approve(invoice.id)}', then: [] }], 'script[0].if#2'],
    [[users([])], 'script[0].params.user_ids'],
    [[users(['me'])], 'script[0].params.user_ids[0]'],
    [[users([ada], 2)], 'script[0].params.required_approval_count'],
    [[users([ada, ada.toUpperCase()], 2)], 'script[0].params.required_approval_count'],
    [[users([ada], 0)], 'script[0]' + '.params.required_approval_count'],
    [[users([ada], 1.5)], 'script[0].params.required_approval_count'],
    [[{ call: 'ApprovalRequests.request_approval_by_users', params: { user_ids: [ada] } }], 'script[0]'],
    [[{ call: 'ApprovalRequests.request_approval_by_users', params: { users: [ada] } }], 'script[0].params'],
    [[{ operator: '==', left_operand: users([ada]), right_operand: true }], 'script[0].left_operand'],
    [[{ ...users([ada]), params: { ...users([ada]).params, object_type: 'receivable' } }], 'script[0].params.object_type'],
    [[{ ...users([ada]), params: { ...users([ada]).params, object_id: acme } }], 'script[0].params.object_id'],
    [[`{Payables.approve('${acme}')}`], 'script[0]'],
  ])('%j is refused, with the place', (script, at) => expect(readScript(script)).toMatchObject({ ok: false, fault: { at } }))

  test('roles may be asked for more approvals than there are roles; tolerated parameters change nothing', () => {
    expect(told([roles([rent], 5)])).toBe('waiting: waiting')
    const tolerated = { ...users([ada]), params: { ...users([ada]).params, object_type: 'payable', object_id: '{invoice.id}' } }
    expect(told([tolerated])).toBe('waiting: waiting')
  })

  test('what is too much is refused at once', () => {
    let deep: unknown = users([ada])
    for (let i = 0; i < 5000; i++) deep = { all: [deep] }
    const wide = decide({ all: Array.from({ length: 101 }, () => users([ada])) })
    const huge = decide({ all: Array.from({ length: 3000 }, () => '{true}') })
    for (const script of [[deep], wide, huge]) expect(readScript(script).ok).toBe(false)
    expect(readTrigger(`{${'1+'.repeat(900)}1 > 0}`).ok).toBe(true)
    expect(asked(`{${'1+'.repeat(900)}1 == 901}`)).toBe(true)
    expect(asked(`{${'not '.repeat(400)}true}`)).toMatch('too deeply')
  })
})
