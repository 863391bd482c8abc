import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../../test/support/database.ts'
import { good, runSchedule } from '../../../../test/support/invoicing.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { type Body, type Client, client, house, organization, world } from '../../../../test/support/world.ts'
import { createPool } from '../../../platform/database/pool.ts'
import { workOnce } from '../../../platform/jobs/jobs.ts'
import { assemble } from '../../../server.ts'

/** Reminders by the clock. Everything happens in spring 2031: invoices are issued on 3 March and due on the 17th. */

const DAY_MS = 86_400_000
const ISSUED = '2031-03-03T12:00:00Z'
const berlinAddress = organization.address

interface Setting {
  address?: Body
  customer?: Body
  email?: string | null
}

/** An entity somewhere, a customer of it, and what sets clocks and reminders. */
async function start({ address = berlinAddress, customer = {}, email = 'grace@example.com' }: Setting = {}) {
  const w = await world()
  const h = await house()
  const entityId = await w.newEntity({ address: { ...berlinAddress, ...address } })
  const user = await w.newUser(entityId)
  good(await user.patch(`/entities/${entityId}/settings`, { receivable_edit_flow: 'non_compliant' }))
  const counterpart: Body = good(
    await user.post('/counterparts', {
      type: 'organization',
      ...customer,
      organization: {
        legal_name: 'Acme <Ltd>',
        is_customer: true,
        is_vendor: false,
        address: berlinAddress,
        ...(email && { email }),
      },
    }),
  )
  /** The user at that moment: tokens don't live as long as an invoice. */
  async function at(moment: string): Promise<Client> {
    w.clock.set(moment)
    return client(h, await w.tokenFor(user.userId!), { entityId, userId: user.userId })
  }
  const remind = async (moment?: string) => {
    if (moment) w.clock.set(moment)
    await runSchedule(w)
    await runSchedule(w, 'receivables.reminders')
  }
  const configure = async (path: 'payment' | 'overdue', body: object): Promise<string> =>
    good(await (await at('2031-03-01T12:00:00Z')).post(`/${path}_reminders`, { name: 'R', ...body })).id
  const invoice = async (ids: object, changes: object = {}, moment = ISSUED): Promise<string> => {
    const who = await at(moment)
    const { id } = good(
      await who.post('/receivables', {
        type: 'invoice',
        currency: 'EUR',
        counterpart_id: counterpart.id,
        counterpart_billing_address_id: counterpart.default_billing_address_id,
        payment_terms: { term_final: { number_of_days: 14 } },
        line_items: [
          {
            quantity: 4,
            tax_rate_value: 0,
            product: { name: 'Work', price: { currency: 'EUR', value: 25_000 }, measure_unit: { name: 'day' } },
          },
        ],
        ...ids,
        ...changes,
      }),
    )
    good(await who.post(`/receivables/${id}/issue`))
    return id
  }
  const mails = (id: string) => w.sql<Body>('select * from mails where object_id = $1 order by created_at, id', [id])
  return {
    w,
    entityId,
    user,
    counterpart,
    at,
    remind,
    configure,
    invoice,
    mails,
    /** The subjects of what was sent about an invoice. */
    sent: async (id: string) => (await mails(id)).map(({ subject }) => subject as string),
    history: async (who: Client, id: string) =>
      good(await who.get(`/receivables/${id}/history`)).data.filter(({ event_type }: Body) =>
        event_type.endsWith('reminder_mail_sent'),
      ),
  }
}

const soon = { term_final_reminder: { days_before: 3, subject: 'Soon', body: 'Pay {amount_due} by {due_date}' } }
const late = { terms: [{ days_after: 1, subject: 'Late', body: '{days_overdue} day late: {amount_due}' }] }

describe.each([
  ['Berlin', berlinAddress, ['2031-03-14T06:59:59Z', '2031-03-14T07:00:00Z'], '2031-03-17T23:00:00Z', '2031-03-18T07:00:00Z'],
  [
    'New York',
    { country: 'US', state: 'NY', city: 'New York', postal_code: '10001' },
    ['2031-03-14T11:59:59Z', '2031-03-14T12:00:00Z'],
    '2031-03-18T04:00:00Z',
    '2031-03-18T12:00:00Z',
  ],
  [
    'Los Angeles',
    { country: 'US', state: 'CA', city: 'Los Angeles', postal_code: '90001' },
    ['2031-03-14T14:59:59Z', '2031-03-14T15:00:00Z'],
    '2031-03-18T07:00:00Z',
    '2031-03-18T15:00:00Z',
  ],
  [
    'Auckland',
    { country: 'NZ', city: 'Auckland', postal_code: '1010' },
    ['2031-03-13T18:59:59Z', '2031-03-13T19:00:00Z'],
    '2031-03-17T11:00:00Z',
    '2031-03-17T19:00:00Z',
  ],
] as const)('in %s', (_city, address, [before, morning], midnight, overdueMorning) => {
  test('customers are told at eight on the day, and an invoice is overdue from midnight', async () => {
    const s = await start({ address })
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    // The same day everywhere on earth, but for its edges.
    const id = await s.invoice(ids, {}, '2031-03-03T10:00:00Z')
    for (const moment of [ISSUED, '2031-03-13T07:30:00Z', before]) {
      await s.remind(moment)
      expect(await s.sent(id), moment).toEqual([])
    }
    await s.remind(morning)
    expect(await s.sent(id)).toEqual(['Soon'])
    const status = async () =>
      (await s.w.sql<{ status: string }>('select status from receivables where id = $1', [id]))[0]!.status
    await s.remind(new Date(Date.parse(midnight) - 1000).toISOString())
    expect(await status()).toBe('issued')
    await s.remind(midnight)
    expect(await status()).toBe('overdue')
    await s.remind(new Date(Date.parse(overdueMorning) - 1000).toISOString())
    expect(await s.sent(id)).toEqual(['Soon'])
    await s.remind(overdueMorning)
    expect(await s.sent(id)).toEqual(['Soon', 'Late'])
    expect((await s.mails(id))[1].text).toContain('1 day late: ')
  })
})

test('a reminder goes out once, however often and in however many processes anyone looks, also after a restart', async () => {
  const s = await start()
  const ids = { payment_reminder_id: await s.configure('payment', soon), overdue_reminder_id: await s.configure('overdue', late) }
  const id = await s.invoice(ids)
  const { connection } = await testDatabase()
  const { config, log } = s.w.machinery
  const pools: ReturnType<typeof createPool>[] = []
  async function process() {
    const pool = createPool(connection, { max: 4 })
    pools.push(pool)
    const { schedules } = await assemble({ config, log, pool, clock: s.w.clock })
    return () => schedules.find(({ name }) => name === 'receivables.reminders')!.work()
  }
  s.w.clock.set('2031-03-14T07:00:00Z')
  const [one, two] = [await process(), await process()]
  await Promise.all([one(), two(), one(), two(), s.remind()])
  await s.remind('2031-03-14T07:15:00Z')
  expect(await s.sent(id)).toEqual(['Soon'])
  await s.remind('2031-03-18T07:00:00Z')
  const restarted = await process()
  for (const moment of ['2031-03-14T21:00:00Z', '2031-03-15T09:00:00Z', '2031-03-18T07:00:00Z', '2031-03-19T07:00:00Z']) {
    s.w.clock.set(moment)
    await restarted()
  }
  expect(await s.sent(id)).toEqual(['Soon', 'Late'])
  const who = await s.at('2031-03-19T08:00:00Z')
  expect((await s.history(who, id)).map(({ event_data }: Body) => event_data.term)).toEqual(['term_final', 'overdue'])
  for (const pool of pools) await pool.end()
})

describe('a reminder stops', () => {
  test.each([
    ['paid', async (who: Client, id: string) => good(await who.post(`/receivables/${id}/mark_as_paid`))],
    ['canceled', async (who: Client, id: string) => good(await who.post(`/receivables/${id}/cancel`))],
    ['written off', async (who: Client, id: string) => good(await who.post(`/receivables/${id}/mark_as_uncollectible`, {}))],
    [
      'told not to',
      async (who: Client, id: string) =>
        good(await who.patch(`/receivables/${id}`, { issued_invoice: { payment_reminder_id: null, overdue_reminder_id: null } })),
    ],
  ])('when the invoice is %s, before and after the due date', async (_word, end) => {
    const s = await start()
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const early = await s.invoice(ids)
    const overdue = await s.invoice(ids)
    await end(await s.at('2031-03-14T06:30:00Z'), early)
    await s.remind('2031-03-14T07:00:00Z')
    await s.remind('2031-03-18T00:30:00Z')
    await end(await s.at('2031-03-18T06:30:00Z'), overdue)
    await s.remind('2031-03-18T07:00:00Z')
    expect([await s.sent(early), await s.sent(overdue)]).toEqual([[], ['Soon']])
  })

  test('when the last of it is paid while the schedule is at it', async () => {
    const s = await start()
    const ids = { payment_reminder_id: await s.configure('payment', soon) }
    const id = await s.invoice(ids)
    const who = await s.at('2031-03-14T07:00:00Z')
    await Promise.all([who.post(`/receivables/${id}/mark_as_paid`), s.remind()])
    const [mail] = await s.mails(id)
    const [paid] = await s.w.sql<Body>(`select created_at from events where object_id = $1 and event = 'paid'`, [id])
    // Either order will do, but not a reminder of nothing.
    if (mail) expect(mail.text).toContain('€1,000.00')
    expect(paid).toBeDefined()
  })

  test('but not for a payment in part, nor for a credit note: it asks for what is left', async () => {
    const s = await start()
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const id = await s.invoice(ids)
    const who = await s.at('2031-03-10T12:00:00Z')
    good(await who.post(`/receivables/${id}/mark_as_partially_paid`, { amount_paid: 40_000 }))
    await s.remind('2031-03-14T07:00:00Z')
    expect((await s.mails(id))[0].text).toContain('Pay €600.00 by')
    const later = await s.at('2031-03-16T12:00:00Z')
    const note = good(await later.post('/receivables', { type: 'credit_note', based_on: id }))
    const [line] = note.line_items
    good(await later.patch(`/receivables/${note.id}`, { credit_note: { line_items: { [line.product.id]: { quantity: 1 } } } }))
    good(await later.post(`/receivables/${note.id}/issue`))
    await s.remind('2031-03-18T07:00:00Z')
    expect((await s.mails(id))[1].text).toContain('1 day late: €350.00')
  })
})

describe('the configuration of the day counts', () => {
  test('edited words and days hold for every invoice that names it', async () => {
    const s = await start()
    const payment_reminder_id = await s.configure('payment', soon)
    const [first, second] = [await s.invoice({ payment_reminder_id }), await s.invoice({ payment_reminder_id })]
    const who = await s.at('2031-03-10T12:00:00Z')
    good(
      await who.patch(`/payment_reminders/${payment_reminder_id}`, {
        term_final_reminder: { days_before: 2, subject: 'New words', body: 'x' },
      }),
    )
    await s.remind('2031-03-14T07:00:00Z')
    expect(await s.sent(first)).toEqual([])
    await s.remind('2031-03-15T07:00:00Z')
    expect([await s.sent(first), await s.sent(second)]).toEqual([['New words'], ['New words']])
    // Told once is told: another day for the same tier changes nothing.
    const later = await s.at('2031-03-15T12:00:00Z')
    good(
      await later.patch(`/payment_reminders/${payment_reminder_id}`, {
        term_final_reminder: { ...soon.term_final_reminder, days_before: 1 },
      }),
    )
    await s.remind('2031-03-16T07:00:00Z')
    expect(await s.sent(first)).toEqual(['New words'])
  })

  test('a deleted one says nothing any more', async () => {
    const s = await start()
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const id = await s.invoice(ids)
    const remove = async (moment: string, path: string) => expect((await (await s.at(moment)).delete(path)).status).toBe(204)
    await remove('2031-03-10T12:00:00Z', `/payment_reminders/${ids.payment_reminder_id}`)
    await s.remind('2031-03-14T07:00:00Z')
    await remove('2031-03-16T12:00:00Z', `/overdue_reminders/${ids.overdue_reminder_id}`)
    await s.remind('2031-03-18T07:00:00Z')
    expect(await s.sent(id)).toEqual([])
  })

  test('the entity’s switch stops both, and what it stopped is not made up for', async () => {
    const s = await start()
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const id = await s.invoice(ids)
    const turn = async (moment: string, enabled: boolean) =>
      good(await (await s.at(moment)).patch(`/entities/${s.entityId}/settings`, { reminder: { enabled } }))
    await turn('2031-03-10T12:00:00Z', false)
    await s.remind('2031-03-14T07:00:00Z')
    await turn('2031-03-15T06:00:00Z', true)
    await s.remind('2031-03-15T07:00:00Z')
    await turn('2031-03-16T06:00:00Z', false)
    await s.remind('2031-03-18T07:00:00Z')
    expect(await s.sent(id)).toEqual([])
    // Back on while it is still the day, it goes.
    await turn('2031-03-18T12:00:00Z', true)
    await s.remind()
    expect(await s.sent(id)).toEqual(['Late'])
  })

  test('the customer’s switch stops both', async () => {
    const s = await start({ customer: { reminders_enabled: false } })
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const id = await s.invoice(ids)
    await s.remind('2031-03-14T07:00:00Z')
    await s.remind('2031-03-18T07:00:00Z')
    expect(await s.sent(id)).toEqual([])
    const who = await s.at('2031-03-18T08:00:00Z')
    expect(good(await who.post(`/receivables/${id}/verify`)).warnings.payment_reminders).toBe(
      'Reminders are switched off for this customer. The reminder term_final was not sent: reminders are switched off for this customer. The reminder overdue 1 was not sent: reminders are switched off for this customer.',
    )
  })

  test('an entity that is switched off sends nothing', async () => {
    const s = await start()
    const id = await s.invoice({ payment_reminder_id: await s.configure('payment', soon) })
    await s.w.sql(`update entities set status = 'inactive' where id = $1`, [s.entityId])
    await s.remind('2031-03-14T07:00:00Z')
    expect(await s.sent(id)).toEqual([])
  })
})

describe('after downtime', () => {
  test('of a day the reminder goes out the morning after; of three days it is too late', async () => {
    const s = await start()
    const ids = {
      payment_reminder_id: await s.configure('payment', soon),
      overdue_reminder_id: await s.configure('overdue', late),
    }
    const [day, days] = [await s.invoice(ids), await s.invoice(ids, { payment_terms: { term_final: { number_of_days: 12 } } })]
    await s.remind('2031-03-15T06:59:00Z')
    expect([await s.sent(day), await s.sent(days)]).toEqual([[], []])
    await s.remind('2031-03-15T07:00:00Z')
    expect([await s.sent(day), await s.sent(days)]).toEqual([['Soon'], []])
    await s.remind('2031-03-19T07:00:00Z')
    expect([await s.sent(day), await s.sent(days)]).toEqual([['Soon', 'Late'], []])
  })

  test('nothing is sent for a day that was over when the invoice, or the reminder, came to be', async () => {
    const s = await start()
    const payment_reminder_id = await s.configure('payment', soon)
    const overnight = await s.invoice(
      { payment_reminder_id },
      { payment_terms: { term_final: { number_of_days: 2 } } },
      '2031-03-20T09:00:00Z',
    )
    const sameDay = await s.invoice(
      { payment_reminder_id },
      { payment_terms: { term_final: { number_of_days: 3 } } },
      '2031-03-20T18:00:00Z',
    )
    await s.remind('2031-03-20T18:15:00Z')
    expect([await s.sent(overnight), await s.sent(sameDay)]).toEqual([[], ['Soon']])
    const other = await s.configure('payment', { term_final_reminder: { ...soon.term_final_reminder, days_before: 9 } })
    const edited = await s.invoice(
      { payment_reminder_id: other },
      { payment_terms: { term_final: { number_of_days: 10 } } },
      '2031-03-20T09:00:00Z',
    )
    const who = await s.at('2031-03-22T05:00:00Z')
    good(await who.patch(`/receivables/${edited}`, { issued_invoice: { memo: 'Edited on the day after' } }))
    await s.remind('2031-03-22T07:00:00Z')
    expect(await s.sent(edited)).toEqual([])
  })
})

describe('whom it goes to', () => {
  test('those of the configuration, else the customer; copies as configured', async () => {
    const s = await start()
    const recipients = { to: ['ada@example.com'], cc: ['cc@example.com'] }
    const named = await s.invoice({ payment_reminder_id: await s.configure('payment', { ...soon, recipients }) })
    const copied = await s.invoice({
      payment_reminder_id: await s.configure('payment', { ...soon, recipients: { to: [], bcc: ['bcc@example.com'] } }),
    })
    await s.remind('2031-03-14T07:00:00Z')
    const of = async (id: string) => (await s.mails(id))[0].recipients.map(({ kind, email }: Body) => [kind, email])
    expect(await of(named)).toEqual([
      ['to', 'ada@example.com'],
      ['cc', 'cc@example.com'],
    ])
    expect(await of(copied)).toEqual([
      ['to', 'grace@example.com'],
      ['bcc', 'bcc@example.com'],
    ])
  })

  test('without an address nothing is sent, which verify tells; with one on the same day it goes', async () => {
    const s = await start({ email: null })
    const id = await s.invoice({ payment_reminder_id: await s.configure('payment', soon) })
    await s.remind('2031-03-14T07:00:00Z')
    await s.remind('2031-03-14T07:15:00Z')
    expect(await s.mails(id)).toEqual([])
    const who = await s.at('2031-03-14T10:00:00Z')
    expect(await s.history(who, id)).toEqual([])
    const warnings = async () => good(await who.post(`/receivables/${id}/verify`)).warnings
    expect((await warnings()).payment_reminders).toBe(
      'There is nobody to send reminders to: the customer has no email address. The reminder term_final was not sent: the customer has no email address.',
    )
    good(await who.patch(`/counterparts/${s.counterpart.id}`, { organization: { email: 'new@example.com' } }))
    await s.remind()
    expect((await s.mails(id))[0].recipients).toMatchObject([{ email: 'new@example.com' }])
    expect(await warnings()).toBeNull()
  })

  test('an address found only on the day after is too late', async () => {
    const s = await start({ email: null })
    const id = await s.invoice({ payment_reminder_id: await s.configure('payment', soon) })
    await s.remind('2031-03-14T07:00:00Z')
    const who = await s.at('2031-03-15T05:00:00Z')
    good(await who.patch(`/counterparts/${s.counterpart.id}`, { organization: { email: 'new@example.com' } }))
    await s.remind('2031-03-15T07:00:00Z')
    expect(await s.mails(id)).toEqual([])
  })
})

test('a discount reminder speaks of its own tier, in the customer’s language', async () => {
  const s = await start({ customer: { language: 'de' } })
  const text = '{discount} bis {discount_date}: {amount_due_with_discount} statt {amount_due}'
  const words = (subject: string) => ({ subject, body: text })
  const payment_reminder_id = await s.configure('payment', {
    term_1_reminder: { days_before: 1, ...words('Eins') },
    // Told while the first discount is still open.
    term_2_reminder: { days_before: 8, ...words('Zwei') },
  })
  const terms = {
    term_1: { number_of_days: 7, discount: 300 },
    term_2: { number_of_days: 14, discount: 200 },
    term_final: { number_of_days: 30 },
  }
  const id = await s.invoice({ payment_reminder_id }, { payment_terms: terms })
  await s.remind('2031-03-09T07:00:00Z')
  const told = (await s.mails(id)).map(({ subject, text, language }) => [subject, text.replaceAll('\u00a0', ' '), language])
  expect(told.map(([subject, , language]) => [subject, language]).sort()).toEqual([
    ['Eins', 'de'],
    ['Zwei', 'de'],
  ])
  const saying = (subject: string) => told.find(([one]) => one === subject)![1]
  expect(saying('Eins')).toMatch(/3 ?% bis 10\.03\.2031: 970,00 € statt 1\.000,00 €/)
  expect(saying('Zwei')).toMatch(/2 ?% bis 17\.03\.2031: 980,00 € statt 1\.000,00 €/)
})

test('before the due date words may be HTML in the partner’s template; after it they are plain text in ours', async () => {
  const s = await start()
  for (const type of ['receivables_final_reminder', 'receivables_discount_reminder'])
    good(
      await s.w.partner.post('/mail_templates', {
        name: 'Own',
        type,
        is_default: true,
        subject_template: 'Own: {{ subject_text }}',
        body_template: 'OWN {{ body_text }}',
      }),
    )
  const body = '<b>Bold</b> & {company_name}\nnext'
  const id = await s.invoice({
    payment_reminder_id: await s.configure('payment', { term_final_reminder: { days_before: 3, subject: 'S', body } }),
    overdue_reminder_id: await s.configure('overdue', { terms: [{ days_after: 1, subject: 'L', body }] }),
  })
  await s.remind('2031-03-14T07:00:00Z')
  await s.remind('2031-03-18T07:00:00Z')
  const [before, after] = await s.mails(id)
  expect(before.subject).toBe('Own: S')
  expect(before.html).toContain('OWN <b>Bold</b> &amp;')
  expect(after.subject).toBe('L')
  expect(after.html).toContain('&lt;b&gt;Bold&lt;/b&gt; &amp; Acme &lt;Ltd&gt;<br>')
  expect(after.html).not.toContain('OWN')
  expect(after.text).toContain('<b>Bold</b> & Acme <Ltd>\nnext')
})

test('one invoice that stumbles keeps no other from being told of, and the run counts as failed', async () => {
  const s = await start()
  const payment_reminder_id = await s.configure('payment', soon)
  const ids = [await s.invoice({ payment_reminder_id }), await s.invoice({ payment_reminder_id })].sort()
  await s.w.sql(`create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$`)
  await s.w.sql(
    `create trigger stumble before insert on reminders for each row when (new.receivable_id = '${ids[0]}') execute function stumble()`,
  )
  try {
    await expect(s.remind('2031-03-14T07:00:00Z')).rejects.toThrow('stumbled')
  } finally {
    await s.w.sql('drop trigger stumble on reminders')
    await s.w.sql('drop function stumble')
  }
  expect([await s.sent(ids[0]!), await s.sent(ids[1]!)]).toEqual([[], ['Soon']])
  await s.remind('2031-03-14T07:01:00Z')
  expect([await s.sent(ids[0]!), await s.sent(ids[1]!)]).toEqual([['Soon'], ['Soon']])
})

test('the log of mails and the history tell whether a reminder arrived', async () => {
  const arrived: Email[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? new Error('No such user') : null),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        arrived.push(await PostalMime.parse(Buffer.concat(chunks)))
        done()
      })
    },
  })
  const port = await new Promise<number>((up) =>
    server.listen(0, '127.0.0.1', () => up((server.server.address() as { port: number }).port)),
  )
  const own = await ownApp({ smtp_url: `smtp://127.0.0.1:${port}` })
  try {
    const s = await start()
    const recipients = { to: ['grace@example.com'], cc: ['nobody@example.com'] }
    const id = await s.invoice({
      payment_reminder_id: await s.configure('payment', { ...soon, recipients }),
      overdue_reminder_id: await s.configure('overdue', late),
    })
    await s.remind('2031-03-14T07:00:00Z')
    await s.remind('2031-03-18T07:00:00Z')
    s.w.clock.set(null)
    const unsettled = async () => (await s.mails(id)).some(({ status }) => ['pending', 'processing'].includes(status))
    for (let i = 0; i < 100 && (await unsettled()); i++) {
      await s.w.sql('update jobs set run_at = now() where partner_id = $1 and run_at > now()', [s.w.partner_id])
      await workOnce(own.machinery.db, own.machinery.log, own.handlers, [s.w.partner_id])
      await new Promise((later) => setTimeout(later, 20))
    }
    const who = s.user
    const { data } = good(await who.get(`/receivables/${id}/mails?order=asc&sort=created_at`))
    expect(data.map(({ status }: Body) => status)).toEqual(['partially_sent', 'sent'])
    expect(data[0].recipients).toMatchObject({
      to: [{ email: 'grace@example.com', is_success: true, error: null }],
      cc: [{ email: 'nobody@example.com', is_success: false, error: expect.stringContaining('No such user') }],
    })
    expect(await s.history(who, id)).toMatchObject([
      {
        event_type: 'payment_reminder_mail_sent',
        entity_user_id: null,
        current_pdf_url: null,
        event_data: { term: 'term_final', mail_id: data[0].id, mail_status: 'partially_sent', recipients: data[0].recipients },
      },
      { event_type: 'overdue_reminder_mail_sent', event_data: { term: 'overdue', mail_id: data[1].id, mail_status: 'sent' } },
    ])
    expect(arrived.map(({ subject, attachments }) => [subject, attachments.map(({ filename }) => filename)]).sort()).toEqual([
      ['Late', ['INV-00001.pdf']],
      ['Soon', ['INV-00001.pdf']],
    ])
  } finally {
    await own.close()
    await new Promise<void>((down) => server.close(() => down()))
  }
})

test('months of mornings in a row bring each reminder once, on its day', { timeout: 60_000 }, async () => {
  const s = await start({ address: { country: 'US', state: 'NY', city: 'New York', postal_code: '10001' } })
  const words = { subject: '', body: 'x' }
  const ids = {
    payment_reminder_id: await s.configure('payment', {
      term_1_reminder: { days_before: 2, ...words, subject: 'one' },
      term_2_reminder: { days_before: 1, ...words, subject: 'two' },
      term_final_reminder: { days_before: 3, ...words, subject: 'final' },
    }),
    overdue_reminder_id: await s.configure('overdue', {
      terms: [1, 7, 14].map((days_after) => ({ days_after, ...words, subject: `late ${days_after}` })),
    }),
  }
  const terms = {
    term_1: { number_of_days: 5, discount: 300 },
    term_2: { number_of_days: 10, discount: 200 },
    term_final: { number_of_days: 20 },
  }
  const id = await s.invoice(ids, { payment_terms: terms })
  for (let hour = 0; hour < 40 * 24; hour += 6) await s.remind(new Date(Date.parse(ISSUED) + hour * (DAY_MS / 24)).toISOString())
  const told = (await s.mails(id)).map(({ subject, created_at }) => [subject, new Date(created_at).toISOString().slice(0, 10)])
  expect(told).toEqual([
    ['one', '2031-03-06'],
    ['two', '2031-03-12'],
    ['final', '2031-03-20'],
    ['late 1', '2031-03-24'],
    ['late 7', '2031-03-30'],
    ['late 14', '2031-04-06'],
  ])
})
