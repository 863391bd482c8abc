import { expect, test } from 'vitest'
import { brokenPromises, good, issued, no, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { invoiceOf, link, pay, shop } from '../../../test/support/paying.ts'
import { type Body, type Client, client, house, type World, world } from '../../../test/support/world.ts'
import { localTime } from '../../core/local-day.ts'

const DAY_MS = 86_400_000
const day = (moment: string | number) => new Date(moment).toISOString().slice(0, 10)
const inBerlin = (moment: string) => localTime(new Date(moment), 'Europe/Berlin')

const soon = { term_final_reminder: { days_before: 3, subject: 'Soon', body: 'Pay {amount_due} by {due_date}' } }
const late = {
  terms: [10, 30, 60].map((days_after) => ({ days_after, subject: `Late by ${days_after}`, body: 'Please pay {amount_due}' })),
}

/** An entity with a customer who is reminded, and the partner as the one who moves its clock. */
async function dunning() {
  const w = await world()
  const made = await ready(w.berlin)
  const payment_reminder_id = good(await w.berlin.post('/payment_reminders', { name: 'Soon', ...soon })).id
  const overdue_reminder_id = good(await w.berlin.post('/overdue_reminders', { name: 'Late', ...late })).id
  const reminded = { payment_reminder_id, overdue_reminder_id }
  return { w, made, reminded, time: w.partnerIn(w.berlin.entityId!) }
}
const advance = async (time: Client, body: object): Promise<Body> => good(await time.post('/x/test_clock/advance', body))
const eventsOf = (w: World, id: string) =>
  w.sql<{ event: string; created_at: string }>(`select event, created_at from events where object_id = $1 order by created_at`, [
    id,
  ])
/** The time of day in a zone is what the schedules go by; what is checked here is checked to the hour. */
const at = ({ created_at }: { created_at: string }) => inBerlin(created_at)

test('a year of dunning is over in seconds: each thing at its hour, nothing for other entities', async () => {
  const { w, made, reminded, time } = await dunning()
  const invoice = await issued(w.berlin, made, reminded)
  await withoutRules(w.paris)
  const other = await issued(w.paris, await ready(w.paris))
  const began = performance.now()
  const moved = await advance(time, { days: 365 })
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(moved).toMatchObject({ complete: true, has_more: false, entity_id: w.berlin.entityId })
  expect(Math.abs(moved.ahead_s - 365 * 86_400)).toBeLessThan(30)

  const due: string = invoice.due_date
  const after = (days: number) => day(Date.parse(due) + days * DAY_MS)
  expect(moved.mails.map(({ subject, to }: Body) => [subject, to])).toEqual(
    ['Soon', 'Late by 10', 'Late by 30', 'Late by 60'].map((subject) => [subject, ['acme@example.com']]),
  )
  expect(moved.mails.map(at)).toEqual([after(-3), after(10), after(30), after(60)].map((date) => ({ date, hour: 8 })))
  const overdue = moved.events.find(({ event }: Body) => event === 'overdue')
  expect(at(overdue)).toEqual({ date: after(1), hour: 0 })
  expect(overdue).toMatchObject({ object_type: 'receivable', object_id: invoice.id, entity_id: w.berlin.entityId })
  expect(await read(w.berlin, invoice.id)).toMatchObject({ status: 'overdue' })

  // Tokens go by the machine's clock, and the entity beside it still lives today.
  expect((await read(w.paris, other.id)).status).toBe('issued')
  expect(await brokenPromises(w)).toEqual([])
})

test('what is made later bears the later day, and its jobs are done at once', async () => {
  const { w, made, time } = await dunning()
  await advance(time, { days: 40 })
  const later = new Date(Date.now() + 40 * DAY_MS)
  const invoice = await issued(w.berlin, made)
  expect(inBerlin(invoice.issue_date).date).toBe(localTime(later, 'Europe/Berlin').date)
  expect(Math.abs(Date.parse(invoice.created_at) - later.getTime())).toBeLessThan(60_000)
  await w.work()
  expect(await w.sql(`select kind from jobs where entity_id = $1 and not dead`, [w.berlin.entityId])).toEqual([])
  const [{ file_key }] = (await w.sql(`select file_key from receivables where id = $1`, [invoice.id])) as [{ file_key: string }]
  expect(file_key).not.toBeNull()
})

test('recurrences make each of their invoices on its day, with numbers without a gap', async () => {
  const { w, made, time } = await dunning()
  const base = good(await w.berlin.post('/receivables', made.invoice))
  const from = new Date(Date.now() + 2 * DAY_MS)
  const recurrence = good(
    await w.berlin.post('/recurrences', {
      invoice_id: base.id,
      start_month: from.getUTCMonth() + 1,
      start_year: from.getUTCFullYear(),
      end_month: from.getUTCMonth() + 1,
      end_year: from.getUTCFullYear() + 1,
      day_of_month: 'last_day',
      automation_level: 'issue',
    }),
  )
  const days = recurrence.iterations.map(({ issue_at }: Body) => issue_at)
  await advance(time, { days: 420 })
  const { data } = good(await w.berlin.get(`/receivables?based_on=${base.id}&sort=created_at&order=asc`))
  expect(data.map(({ created_at }: Body) => inBerlin(created_at).date)).toEqual(days)
  const numbers: number[] = data.map(({ document_id }: Body) => Number(/\d+$/.exec(document_id)?.[0]))
  expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i))
  expect(await brokenPromises(w)).toEqual([])
}, 30_000)

test('the next event is found wherever it comes from, one after the other', async () => {
  const { w, made, reminded, time } = await dunning()
  const invoice = await issued(w.berlin, made, reminded)
  await w.work()
  const next = async (): Promise<Body> => good(await time.post('/x/test_clock/next_event'))
  const shown = ({ events, mails }: Body) => [
    ...mails.map(({ subject }: Body) => subject),
    ...events.filter(({ object_id }: Body) => object_id === invoice.id).map(({ event }: Body) => event),
  ]
  expect(shown(await next())).toContain('Soon')
  expect(shown(await next())).toEqual(['overdue'])
  expect(shown(await next())).toContain('Late by 10')
  const before = good(await time.get('/x/test_clock'))
  for (const _ of [30, 60]) await next()
  // Nothing waits any more: the clock stays.
  const last = await next()
  expect([last.events, last.mails]).toEqual([[], []])
  expect(Math.abs(last.ahead_s - before.ahead_s - 50 * 86_400)).toBeLessThan(30)
}, 30_000)

test('payments of the sandbox go on by the clock of whoever is paid', async () => {
  const { w, berlin, made, payer } = await shop()
  const time = w.partnerIn(berlin.entityId!)
  await advance(time, { days: 10 })
  const invoice = await invoiceOf(berlin, made, 11_902)
  const asked = await link(berlin, invoice.id)
  good(await pay(payer, asked))
  await w.work()
  const seen = new Set<string>()
  for (let i = 0; i < 6; i++)
    for (const { object_type, event } of (await advance(time, { days: 1 })).events) seen.add(`${object_type}.${event}`)
  expect(await read(berlin, invoice.id)).toMatchObject({ status: 'paid' })
  expect([...seen]).toContain('receivable.paid')
})

test('a clock that is put back leaves what has happened, and numbers go on', async () => {
  const { w, made, time } = await dunning()
  await advance(time, { days: 60 })
  const late = await issued(w.berlin, made)
  const back = good(await time.post('/x/test_clock/rewind', { days: 90 }))
  expect(Math.abs(back.ahead_s + 30 * 86_400)).toBeLessThan(60)
  const next = await issued(w.berlin, made)
  expect(next.issue_date >= late.issue_date).toBe(true)
  expect((await eventsOf(w, late.id)).map(({ event }) => event)).toContain('issued')
  expect(await brokenPromises(w)).toEqual([])
  expect((await time.delete('/x/test_clock')).status).toBe(204)
  expect(good(await time.get('/x/test_clock')).ahead_s).toBe(0)
})

test('without an entity the clock is that of all entities of the partner which have none of their own', async () => {
  const { w, made, time } = await dunning()
  await withoutRules(w.paris)
  const [mine, theirs] = [await issued(w.berlin, made), await issued(w.paris, await ready(w.paris))]
  await advance(time, { days: 5 })
  const moved = await advance(w.partner, { days: 30 })
  expect(moved.entity_id).toBeNull()
  expect((await read(w.paris, theirs.id)).status).toBe('overdue')
  expect((await read(w.berlin, mine.id)).status).toBe('issued')
  // An entity that is made now lives at the partner's time.
  const born = await w.newEntity()
  const { ahead_s } = good(await w.partnerIn(born).get('/x/test_clock'))
  // The clock shows the moment that was asked for, when all that happens until then is done.
  expect(Math.abs(ahead_s - 30 * 86_400)).toBeLessThan(60)
})

test('webhooks, and what is tried again, stay with the time of the machine', async () => {
  const { w, made, time } = await dunning()
  good(await w.partner.post('/webhook_subscriptions', { object_type: 'receivable', url: 'http://127.0.0.1:9/' }))
  await advance(time, { days: 300 })
  const { id } = await issued(w.berlin, made)
  await w.work()
  const waiting = await w.sql<{ in_s: number }>(
    `select extract(epoch from j.run_at - now())::int as in_s from jobs j
     join webhook_deliveries d on j.key = 'deliver:' || d.id join events e on e.id = d.event_id where e.object_id = $1`,
    [id],
  )
  expect(waiting.length).toBeGreaterThan(0)
  for (const { in_s } of waiting) expect(Math.abs(in_s)).toBeLessThan(3600)
})

test.each([
  [{}, 'Say either'],
  [{ days: 3, to: '2031-01-01T00:00:00Z' }, 'Say either'],
  [{ to: '2001-01-01T00:00:00Z' }, 'only a rewind goes back'],
  [{ to: '2131-01-01T00:00:00Z' }, '20 years'],
])('%j moves nothing', async (body, words) => {
  const { w, time } = await dunning()
  const [status, message] = no(await time.post('/x/test_clock/advance', body))
  expect(status).toBe(400)
  expect(message).toContain(words)
  expect(good(await w.partnerIn(w.berlin.entityId!).get('/x/test_clock')).ahead_s).toBe(0)
})

test('only partners move clocks, one at a time, and never where money is real', async () => {
  const { w, time } = await dunning()
  expect((await w.berlin.post('/x/test_clock/advance', { days: 1 })).status).toBe(403)
  const both = await Promise.all([1, 2].map((days) => time.post('/x/test_clock/advance', { days })))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])

  await w.sql(
    `insert into connections (partner_id, port, adapter, settings) values ($1, 'payments', 'stripe', '{"publishable_key": "pk_live_1"}')`,
    [w.partner_id],
  )
  const refused = await time.post('/x/test_clock/advance', { days: 1 })
  expect(refused.status).toBe(403)
  expect(refused.body.error.code).toBe('not_in_sandbox')

  const own = await ownApp({ payments_sandbox: 'off' })
  try {
    const there = client({ ...(await house()), app: own.app }, time.token, { entityId: w.paris.entityId })
    expect((await there.post('/x/test_clock/next_event')).status).toBe(403)
  } finally {
    await own.close()
  }
})
