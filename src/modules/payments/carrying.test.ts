import { describe, expect, test } from 'vitest'
import { readBill } from '../../../test/support/billing.ts'
import { type Fault, withFaults } from '../../../test/support/fault-dial.ts'
import { good, no, read, runSchedule } from '../../../test/support/invoicing.ts'
import {
  billToPay,
  intentOf,
  invoiceOf,
  later,
  link,
  linkStatus,
  pay,
  records,
  shop,
  statusOf,
} from '../../../test/support/paying.ts'
import type { Body, Client, World } from '../../../test/support/world.ts'
import type { ProviderEvent } from '../../ports/payments.ts'
import { askProvider, matchEvent, receive, startPayment } from './carrying.service.ts'

/** What goes wrong between a payer, a provider and the books. The sandbox waits for a step of the payer at amounts that end in 07: what happens then is told by the test. */

const TOTAL = 11907
type Told = Omit<ProviderEvent, 'id' | 'reference' | 'at'> & { id?: string }

/** An invoice with a link whose payment has begun, and a provider that tells what the test says. */
async function begun(total = TOTAL) {
  const s = await shop()
  const invoice = await invoiceOf(s.berlin, s.made, total)
  const made = await link(s.berlin, invoice.id)
  expect(good(await pay(s.payer, made)).is_next_action_needed).toBe(total % 100 === 7)
  return { ...s, invoice, link: made, tell: await teller(s.w, made) }
}
let count = 0
async function teller(w: World, { payment_intent_id }: Body) {
  const [attempt] = await w.sql<{ reference: string; provider: string }>(
    `select reference, provider from payment_attempts where payment_intent_id = $1 order by attempt desc, created_at desc limit 1`,
    [payment_intent_id],
  )
  const { reference, provider } = attempt!
  return (...events: Told[]) =>
    receive(
      w.machinery,
      provider,
      events.map((event) => ({ id: `event ${++count} ${reference}`, reference, at: w.clock.now().toISOString(), ...event })),
    )
}
const booked = async (who: Client, { id }: Body) =>
  (await records(who, id)).filter(({ status }) => status === 'succeeded').map(({ amount }) => amount as number)
const money = async (who: Client, { id }: Body) => {
  const { status, amount_paid, amount_due } = await read(who, id)
  return [status, amount_paid, amount_due]
}
const history = async (who: Client, { payment_intent_id }: Body) =>
  good(await who.get(`/payment_intents/${payment_intent_id}/history`)).data.map(({ status }: Body) => status)
const bookkeep = async (who: Client, { id }: Body, amount: number) =>
  good(await who.post('/payment_records', { amount, currency: 'EUR', object: { type: 'receivable', id } }))

describe('a link whose invoice is paid otherwise', () => {
  test('is over, its provider is told, and money that comes all the same is booked as too much', async () => {
    const { w, berlin, invoice, link, tell } = await begun()
    await bookkeep(berlin, invoice, TOTAL)
    expect([await linkStatus(berlin, link), await statusOf(berlin, link)]).toEqual(['expired', 'payment_cancelled'])
    await w.work()
    const [at] = await w.sql(
      `select canceled_at from sandbox_payments where id = (select reference::uuid from payment_attempts where payment_intent_id = $1)`,
      [link.payment_intent_id],
    )
    expect(at!.canceled_at).not.toBeNull()
    await tell({ type: 'succeeded', amount: TOTAL })
    expect(await booked(berlin, invoice)).toEqual([TOTAL, TOTAL])
    expect((await records(berlin, invoice.id)).find((r) => !r.is_external && r.status === 'succeeded')).toMatchObject({
      overpaid_amount: TOTAL,
    })
    expect(await money(berlin, invoice)).toEqual(['paid', 2 * TOTAL, 0])
    expect(await statusOf(berlin, link)).toBe('succeeded')
  })

  test('in part asks for less, at the provider, too; what comes over the old amount is booked', async () => {
    const { w, berlin, payer, invoice, link, tell } = await begun()
    await bookkeep(berlin, invoice, 5000)
    await w.work()
    expect((await intentOf(berlin, link)).amount).toBe(6907)
    const states = () =>
      w.sql(`select amount::int, canceled_at is not null as over from sandbox_payments where key like $1 order by created_at`, [
        `${link.payment_intent_id}%`,
      ])
    expect(await states()).toEqual([{ amount: TOTAL, over: true }])
    good(await pay(payer, link))
    expect(await states()).toEqual([
      { amount: TOTAL, over: true },
      { amount: 6907, over: false },
    ])
    await tell({ type: 'succeeded', amount: TOTAL })
    expect(await money(berlin, invoice)).toEqual(['paid', 5000 + TOTAL, 0])
  })

  test('in part by a credit note asks for less, at the provider, too; the old amount is booked if it comes after all', async () => {
    const { w, berlin, payer, invoice, link, tell } = await begun()
    const note = good(await berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
    const [{ product }] = note.line_items
    good(
      await berlin.patch(`/receivables/${note.id}`, {
        credit_note: { line_items: { [product.id]: { quantity: 1, price_diff: 5900 } } },
      }),
    )
    good(await berlin.post(`/receivables/${note.id}/issue`))
    await w.work()
    expect((await intentOf(berlin, link)).amount).toBe(TOTAL - 5900)
    const [first] = await w.sql(`select amount::int, canceled_at is not null as over from sandbox_payments where key like $1`, [
      `${link.payment_intent_id}%`,
    ])
    expect(first).toEqual({ amount: TOTAL, over: true })
    await tell({ type: 'succeeded', amount: TOTAL })
    expect(await money(berlin, invoice)).toEqual(['paid', TOTAL, 0])
    expect((await records(berlin, invoice.id)).map(({ overpaid_amount }) => overpaid_amount)).toEqual([5900])
    expect((await payer.get(`/internal/payment_links/${link.id}`)).body.status).toBe('succeeded')
  })

  test('the end of an old link changes nothing of the one that paid', async () => {
    const { berlin, payer, invoice, link, tell, w } = await begun()
    good(await berlin.post(`/payment_links/${link.id}/expire`))
    const fresh = good(await payer.post(`/internal/payment_links/${link.id}/regenerate`))
    const b = { id: fresh.id, payment_intent_id: fresh.payment_intent_id }
    good(await pay(payer, b))
    await (await teller(w, b))({ type: 'succeeded' })
    await tell({ type: 'canceled' })
    expect(await money(berlin, invoice)).toEqual(['paid', TOTAL, 0])
    expect([await statusOf(berlin, link), await statusOf(berlin, b)]).toEqual(['payment_cancelled', 'succeeded'])
  })

  test('a link whose money is on its way does not expire', async () => {
    const { w, link, tell } = await begun()
    await tell({ type: 'processing' })
    w.clock.advance(50 * 86_400_000)
    await w.sql(`delete from schedules where name = 'payments.expire'`)
    await runSchedule(w, 'payments.expire')
    await tell({ type: 'succeeded' })
    const [row] = await w.sql(
      `select l.status as link, i.status as intent, r.status as invoice from payment_links l join payment_intents i on i.id = l.payment_intent_id
      join receivables r on r.id = i.object_id where l.id = $1`,
      [link.id],
    )
    expect(row).toEqual({ link: 'succeeded', intent: 'succeeded', invoice: 'paid' })
    w.clock.set(null)
  })

  test('less than was asked is what was paid', async () => {
    const { berlin, invoice, tell } = await begun()
    await tell({ type: 'succeeded', amount: 10000 })
    expect(await money(berlin, invoice)).toEqual(['partially_paid', 10000, 1907])
  })
})

describe('events', () => {
  test('of one payment, each twice and all at once, are one record and one change', async () => {
    const { berlin, invoice, link, tell } = await begun()
    await Promise.all(
      ['charge', 'payment', 'checkout', 'charge', 'payment', 'checkout'].map((id) =>
        tell({ id: `${link.id} ${id}`, type: 'succeeded', amount: TOTAL }),
      ),
    )
    expect(await booked(berlin, invoice)).toEqual([TOTAL])
    expect(await history(berlin, link)).toEqual(['created', 'succeeded'])
    expect(await money(berlin, invoice)).toEqual(['paid', TOTAL, 0])
  })

  test('that come before our own call has returned wait, and are booked once the payment is known', async () => {
    const { w, berlin, invoice, link } = await begun()
    const reference = crypto.randomUUID()
    await receive(w.machinery, 'sandbox', [
      { id: `early ${reference}`, type: 'succeeded', reference, at: w.clock.now().toISOString() },
    ])
    expect(await money(berlin, invoice)).toEqual(['issued', 0, TOTAL])
    await w.sql(
      `insert into payment_attempts (partner_id, entity_id, payment_intent_id, provider, reference, attempt, amount, method)
       select partner_id, entity_id, id, 'sandbox', $2, 9, amount, 'card' from payment_intents where id = $1`,
      [link.payment_intent_id, reference],
    )
    const [event] = await w.sql<{ id: string }>(`select id from payment_events where event_id = $1`, [`early ${reference}`])
    expect(await matchEvent(w.machinery, event!.id)).toBe(true)
    await w.work()
    expect(await money(berlin, invoice)).toEqual(['paid', TOTAL, 0])
  })

  test('about an earlier try do not stop the one that is on its way', async () => {
    const { w, berlin, payer, invoice, link, tell } = await begun()
    await tell({ type: 'failed', attempt: 1, reason: 'declined' })
    expect(await statusOf(berlin, link)).toBe('payment_failed')
    expect(await linkStatus(berlin, link)).toBe('created')
    good(await pay(payer, link))
    const second = await teller(w, link)
    await second({ type: 'processing', attempt: 2 })
    await tell({ type: 'failed', attempt: 1 })
    expect(await statusOf(berlin, link)).toBe('processing')
    await second({ type: 'succeeded', attempt: 2 })
    expect(await money(berlin, invoice)).toEqual(['paid', TOTAL, 0])
    expect(await history(berlin, link)).toEqual(['created', 'payment_failed', 'processing', 'succeeded'])
  })

  test('that come backwards leave a payment where it is', async () => {
    const { berlin, link, tell } = await begun()
    await tell({ type: 'succeeded' }, { type: 'processing' }, { type: 'canceled' }, { type: 'failed', attempt: 0 })
    expect(await history(berlin, link)).toEqual(['created', 'succeeded'])
  })

  test('in another currency, or about nobody’s payment, book nothing', async () => {
    const { w, berlin, invoice, tell } = await begun()
    await tell({ type: 'succeeded', currency: 'USD' })
    await receive(w.machinery, 'sandbox', [
      { id: crypto.randomUUID(), type: 'succeeded', reference: crypto.randomUUID(), at: w.clock.now().toISOString() },
    ])
    expect(await money(berlin, invoice)).toEqual(['issued', 0, TOTAL])
  })

  test('are noted with what came of them', async () => {
    const { w, link, tell } = await begun()
    await tell({ type: 'succeeded' }, { type: 'processing' })
    const told = await w.sql(`select type, outcome from payment_events where payment_intent_id = $1 order by created_at`, [
      link.payment_intent_id,
    ])
    expect(told.map(({ type, outcome }) => `${type}: ${outcome}`)).toEqual([
      'succeeded: booked',
      'processing: it comes too late: the payment is succeeded',
    ])
  })
})

describe('a payer', () => {
  test('who leaves a step open can go on with it, or pay another way', async () => {
    const { berlin, payer, link } = await begun()
    expect([await linkStatus(berlin, link), await statusOf(berlin, link)]).toEqual(['created', 'created'])
    expect(good(await pay(payer, link)).is_next_action_needed).toBe(true)
    expect(good(await pay(payer, link, 'sepa_credit')).is_next_action_needed).toBe(false)
    expect(await intentOf(berlin, link)).toMatchObject({
      status: 'processing',
      selected_payment_method: 'sepa_credit',
      provider: 'bank_transfer',
    })
  })

  test('whose card is declined tries again, and pays once', async () => {
    const { w, berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11901)
    const one = await link(berlin, invoice.id)
    good(await pay(payer, one))
    expect([await statusOf(berlin, one), await linkStatus(berlin, one)]).toEqual(['payment_failed', 'created'])
    expect((await records(berlin, invoice.id)).map(({ status }) => status)).toEqual(['created'])
    good(await pay(payer, one))
    await later(w, 3)
    expect(await money(berlin, invoice)).toEqual(['paid', 11901, 0])
    expect(await booked(berlin, invoice)).toEqual([11901])
  })

  test('of twenty at one link pays once', async () => {
    const { w, berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const one = await link(berlin, invoice.id)
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(payer, one)))
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([])
    await later(w, 3)
    expect(await money(berlin, invoice)).toEqual(['paid', 11900, 0])
    const [{ count }] = (await w.sql(`select count(*)::int from sandbox_payments where key like $1`, [
      `${one.payment_intent_id}%`,
    ])) as [{ count: number }]
    expect([count, await booked(berlin, invoice)]).toEqual([1, [11900]])
  })

  test('and a bookkeeper at the same moment leave one legal history, and every cent in the books', async () => {
    const { w, berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const one = await link(berlin, invoice.id)
    await Promise.all([pay(payer, one), berlin.post(`/receivables/${invoice.id}/mark_as_paid`, {}), pay(payer, one)])
    await later(w, 3)
    const all = await booked(berlin, invoice)
    const { status, amount_paid } = await read(berlin, invoice.id)
    expect([status, amount_paid]).toEqual(['paid', all.reduce((sum, amount) => sum + amount, 0)])
  })

  test('who says that a transfer was sent has paid nothing yet; the entry of the statement pays, once', async () => {
    const { w, berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const one = await link(berlin, invoice.id)
    good(await pay(payer, one, 'sepa_credit'))
    expect([await statusOf(berlin, one), (await money(berlin, invoice))[0]]).toEqual(['processing', 'issued'])
    const entry = {
      id: 'entry:ACCT-1/42',
      type: 'succeeded',
      reference: one.payment_intent_id,
      amount: 11900,
      currency: 'EUR',
      effect: 'ACCT-1/42',
      at: w.clock.now().toISOString(),
    } as const
    await receive(w.machinery, 'bank_transfer', [entry])
    await receive(w.machinery, 'bank_transfer', [entry])
    expect([await booked(berlin, invoice), await money(berlin, invoice)]).toEqual([[11900], ['paid', 11900, 0]])
  })

  test('whose transfer a bookkeeper notes by hand has paid by it: there is one payment, and the page says so', async () => {
    const { berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const one = await link(berlin, invoice.id)
    good(await pay(payer, one, 'sepa_credit'))
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`, { comment: 'On the account' }))
    expect([await statusOf(berlin, one), await money(berlin, invoice)]).toEqual(['succeeded', ['paid', 11900, 0]])
    expect((await records(berlin, invoice.id)).map(({ status, amount, is_external }) => [status, amount, is_external])).toEqual([
      ['succeeded', 11900, false],
    ])
    const other = await invoiceOf(berlin, made, 20000)
    const two = await link(berlin, other.id)
    good(await pay(payer, two, 'sepa_credit'))
    await bookkeep(berlin, other, 500)
    expect([await statusOf(berlin, two), await booked(berlin, other)]).toEqual(['processing', [500]])
  })

  test('a crash between our own call and its answer ends in one payment', async () => {
    const { w, berlin, payer, made } = await shop()
    const invoice = await invoiceOf(berlin, made, 11900)
    const one = await link(berlin, invoice.id)
    good(await pay(payer, one))
    // As if the process had died before it wrote down what the provider answered.
    await w.sql(`delete from payment_attempts where payment_intent_id = $1`, [one.payment_intent_id])
    await w.sql(`update outside_calls set status = 'sent', answer = null where key like $1`, [`${one.payment_intent_id}%`])
    await w.sql(`update payment_intents set provider_reference = null, status = 'created' where id = $1`, [one.payment_intent_id])
    await w.sql(`update payment_links set status = 'created' where id = $1`, [one.id])
    await w.sql(`delete from payment_events where payment_intent_id = $1`, [one.payment_intent_id])
    good(await pay(payer, one))
    await later(w, 3)
    const [{ count }] = (await w.sql(`select count(*)::int from sandbox_payments where key like $1`, [
      `${one.payment_intent_id}%`,
    ])) as [{ count: number }]
    expect([count, await booked(berlin, invoice)]).toEqual([1, [11900]])
  })
})

describe('money that goes back', () => {
  const paid = async () => {
    const all = await begun()
    await all.tell({ type: 'succeeded' })
    return all
  }

  test('in parts, told as an amount and then as a sum, is what went back', async () => {
    const { berlin, invoice, link, tell } = await paid()
    await tell({ type: 'refunded', amount: 200, effect: 're_1' }, { type: 'refunded', total: 500, effect: 're_2' })
    expect(await booked(berlin, invoice)).toEqual([TOTAL, -200, -300])
    expect(await money(berlin, invoice)).toEqual(['partially_paid', TOTAL - 500, 500])
    expect(await statusOf(berlin, link)).toBe('succeeded')
    await tell({ type: 'refunded', amount: TOTAL - 500, effect: 're_3' })
    expect([await statusOf(berlin, link), await money(berlin, invoice)]).toEqual(['refunded', ['issued', 0, TOTAL]])
  })

  test('by us and in its echo is booked once', async () => {
    const { berlin, invoice, tell } = await paid()
    await tell({ type: 'refunded', amount: 500, effect: 're_9' })
    await tell({ type: 'refunded', amount: 500, effect: 're_9' })
    expect(await booked(berlin, invoice)).toEqual([TOTAL, -500])
  })

  test('in a dispute goes back only when the dispute is lost', async () => {
    const { berlin, invoice, link, tell } = await paid()
    await tell({ type: 'disputed', amount: TOTAL })
    expect([await statusOf(berlin, link), await money(berlin, invoice)]).toEqual(['disputed', ['paid', TOTAL, 0]])
    await tell({ type: 'dispute_won' })
    expect([await statusOf(berlin, link), await booked(berlin, invoice)]).toEqual(['settled', [TOTAL]])
    await tell({ type: 'disputed' }, { type: 'dispute_lost', amount: TOTAL, effect: 'dp_1' })
    expect([await statusOf(berlin, link), await booked(berlin, invoice)]).toEqual(['refunded', [TOTAL, -TOTAL]])
  })

  test('because the bank returned it opens the invoice again, says why, and a new link is possible', async () => {
    const { w, berlin, invoice, link: first, tell } = await paid()
    await tell({ type: 'failed', reason: 'R10: the debit was not authorised' })
    expect([await statusOf(berlin, first), await money(berlin, invoice)]).toEqual(['payment_failed', ['issued', 0, TOTAL]])
    expect((await read(berlin, invoice.id)).paid_at).toBeNull()
    const [row] = await w.sql(`select reason from payment_records where object_id = $1 and amount < 0`, [invoice.id])
    expect(row!.reason).toBe('R10: the debit was not authorised')
    expect((await link(berlin, invoice.id)).id).not.toBe(first.id)
  })

  test('to nobody, because the payout failed, leaves the invoice paid; on the side of bills the bill is open again', async () => {
    const { berlin, invoice, link: one, tell, w, payer } = await paid()
    await tell({ type: 'payout_failed', reason: 'account_closed' })
    expect([await statusOf(berlin, one), await money(berlin, invoice)]).toEqual(['payout_failed', ['paid', TOTAL, 0]])
    const { id, vendor } = await billToPay(berlin)
    const bill = good(
      await berlin.post('/payment_links', {
        object: { type: 'payable', id },
        recipient: { type: 'counterpart', id: vendor },
        payment_methods: ['sepa_credit'],
      }),
    )
    good(await pay(payer, bill, 'sepa_credit'))
    const about = await teller(w, bill)
    await about({ type: 'succeeded' })
    expect(await readBill(berlin, id)).toMatchObject({ status: 'paid', amount_paid: 7136 })
    await about({ type: 'payout_failed', reason: 'account_closed' })
    expect(await readBill(berlin, id)).toMatchObject({ status: 'waiting_to_be_paid', amount_paid: 0, paid_at: null })
  })
})

test('every outcome of the sandbox comes by the clock', async () => {
  const { w, berlin, payer, made } = await shop()
  const outcome = async (total: number, seconds: number) => {
    const invoice = await invoiceOf(berlin, made, total)
    const one = await link(berlin, invoice.id)
    good(await pay(payer, one))
    for (let gone = 0; gone < seconds; gone += 5) await later(w, 5)
    return [await statusOf(berlin, one), (await read(berlin, invoice.id)).status]
  }
  expect(await outcome(11902, 25)).toEqual(['settled', 'paid'])
  expect(await outcome(11903, 15)).toEqual(['payment_failed', 'issued'])
  expect(await outcome(11904, 25)).toEqual(['refunded', 'issued'])
  expect(await outcome(11905, 25)).toEqual(['disputed', 'paid'])
  expect(await outcome(11906, 25)).toEqual(['payout_failed', 'paid'])
  expect(await outcome(11908, 5)).toEqual(['succeeded', 'paid'])
})

test('a bill is paid to the account it was approved with; when that leads elsewhere somebody has to agree first', async () => {
  const { berlin } = await shop()
  const { id, vendor } = await billToPay(berlin)
  const ask = () =>
    berlin.post('/payment_links', {
      object: { type: 'payable', id },
      recipient: { type: 'counterpart', id: vendor },
      payment_methods: ['sepa_credit'],
    })
  const accounts = `/counterparts/${vendor}/bank_accounts`
  good(
    await berlin.post(accounts, {
      iban: 'DE89370400440532013000',
      country: 'DE',
      currency: 'EUR',
      is_default_for_currency: true,
    }),
  )
  expect(good(await ask()).recipient.bank_accounts[0].iban).toBe('DE02120300000000202051')
  const { data } = good(await berlin.get(accounts))
  const old = data.find(({ iban }: Body) => iban === 'DE02120300000000202051')
  good(await berlin.delete(`${accounts}/${old.id}`))
  expect(no(await ask())).toEqual([
    409,
    'The bank account of the vendor changed after the bill was approved: reopen and approve it again',
  ])
})

describe('a provider that', () => {
  const faulty = async (fault: Fault, times?: number, total = 11900) => {
    const s = await shop()
    const invoice = await invoiceOf(s.berlin, s.made, total)
    const made = await link(s.berlin, invoice.id)
    const found = { partner_id: s.w.partner_id, entity_id: s.berlin.entityId!, intent_id: made.payment_intent_id }
    return { ...s, invoice, link: made, found, machinery: withFaults(s.w.machinery, fault, times) }
  }
  const atProvider = async (w: World, { payment_intent_id }: Body) =>
    (await w.sql(`select id from sandbox_payments where key like $1`, [`${payment_intent_id}%`])).length

  test.each<[Fault]>([['time-out before the effect'], ['time-out after the effect']])(
    'has a %s is asked again, and the payer pays once',
    async (fault) => {
      const { w, berlin, invoice, link, found, machinery } = await faulty(fault, 2)
      for (let n = 0; n < 2; n++)
        await expect(startPayment(machinery, found, 'card')).rejects.toMatchObject({ kind: 'failed_dependency' })
      expect([await statusOf(berlin, link), await linkStatus(berlin, link)]).toEqual(['created', 'created'])
      await startPayment(machinery, found, 'card')
      await later(w, 3)
      expect([await atProvider(w, link), await booked(berlin, invoice)]).toEqual([1, [11900]])
    },
  )

  test.each<[Fault]>([['events twice'], ['events in reverse'], ['garbage among the events']])(
    'tells %s is booked as it was',
    async (fault) => {
      const { w, berlin, invoice, link, found, machinery } = await faulty(fault)
      await startPayment(machinery, found, 'card')
      w.clock.advance(4000)
      const [{ reference }] = (await w.sql(`select reference from payment_attempts where payment_intent_id = $1`, [
        link.payment_intent_id,
      ])) as [{ reference: string }]
      await askProvider(machinery, found, 'sandbox', reference)
      await w.work()
      expect([await booked(berlin, invoice), await money(berlin, invoice)]).toEqual([[11900], ['paid', 11900, 0]])
      expect(await statusOf(berlin, link)).toBe('succeeded')
    },
  )

  test('did not answer is asked about that try before another amount is paid: what it began is ended there', async () => {
    const { w, berlin, link, invoice, found, machinery } = await faulty('time-out after the effect', 1, TOTAL)
    await expect(startPayment(machinery, found, 'card')).rejects.toMatchObject({ kind: 'failed_dependency' })
    good(await berlin.patch(`/payment_intents/${link.payment_intent_id}`, { amount: 10000 }))
    await w.work()
    const all = () =>
      w.sql(`select amount::int, canceled_at is not null as over from sandbox_payments where key like $1 order by created_at`, [
        `${link.payment_intent_id}%`,
      ])
    expect(await all()).toEqual([{ amount: TOTAL, over: true }])
    await startPayment(machinery, found, 'card')
    await later(w, 3)
    expect(await all()).toEqual([
      { amount: TOTAL, over: true },
      { amount: 10000, over: false },
    ])
    expect(await booked(berlin, invoice)).toEqual([10000])
  })

  test('charged in a try that we know nothing of is found, and both payments are booked', async () => {
    const { w, berlin, link, invoice, found, machinery } = await faulty('time-out after the effect', 1)
    await expect(startPayment(machinery, found, 'card')).rejects.toMatchObject({ kind: 'failed_dependency' })
    good(
      await berlin.post('/payment_records', { amount: 11900, currency: 'EUR', object: { type: 'receivable', id: invoice.id } }),
    )
    await later(w, 5)
    expect((await booked(berlin, invoice)).sort()).toEqual([11900, 11900])
    expect([await statusOf(berlin, link), await money(berlin, invoice)]).toEqual(['succeeded', ['paid', 23800, 0]])
  })
})
