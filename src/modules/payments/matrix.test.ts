import { expect, test } from 'vitest'
import { good } from '../../../test/support/invoicing.ts'
import { linkBody, shop } from '../../../test/support/paying.ts'
import { type IntentAction, type IntentState, intentFlow } from '../../core/payments/intent.flow.ts'
import { type EventType, eventTypes } from '../../ports/payments.ts'
import { receive } from './carrying.service.ts'

/** Every status of a payment, and all that a provider may tell or a caller may ask. What may happen is read from the flow. */

/** What each event does, by the status it meets: a failure after success is a return. */
const actionOf = (type: EventType, state: IntentState): IntentAction | null => {
  const actions: Record<EventType, IntentAction | null> = {
    processing: 'process',
    succeeded: 'succeed',
    failed: intentFlow.can(state, 'return') ? 'return' : 'fail',
    canceled: null,
    settled: 'settle',
    refunded: 'refund',
    disputed: 'dispute',
    dispute_won: 'win',
    dispute_lost: 'refund',
    returned: 'return',
    payout_failed: 'fail_payout',
    payout_canceled: 'cancel_payout',
  }
  return actions[type]
}

test.each(intentFlow.states.map((state) => [state]))(
  'a payment that is %s takes what its status allows, and nothing else moves it',
  async (state) => {
    const { w, berlin } = await shop()
    const body = linkBody(berlin, '', { object: undefined, amount: 500, currency: 'EUR', payment_reference: 'X' })
    for (const type of eventTypes) {
      const link = good(await berlin.post('/payment_links', body))
      const id = link.payment_intent_id
      const reference = `${id} ${type}`
      await w.sql(
        `insert into payment_attempts (partner_id, entity_id, payment_intent_id, provider, reference, attempt, amount, method)
       select partner_id, entity_id, id, 'sandbox', $2, 1, amount, 'card' from payment_intents where id = $1`,
        [id, reference],
      )
      await w.sql(`update payment_intents set status = $2, provider = 'sandbox', attempt = 1 where id = $1`, [id, state])
      await receive(w.machinery, 'sandbox', [{ id: reference, type, reference, at: w.clock.now().toISOString() }])
      const action = actionOf(type, state)
      const expected = action === null ? state : (intentFlow.table[state][action] ?? state)
      const { status } = good(await berlin.get(`/payment_intents/${id}`))
      expect([type, status]).toEqual([type, expected])
      const { data } = good(await berlin.get(`/payment_intents/${id}/history`))
      expect([type, data.length]).toEqual([type, expected === state ? 1 : 2])
      const [event] = await w.sql(`select handled_at is not null as handled, outcome from payment_events where event_id = $1`, [
        reference,
      ])
      expect([type, event!.handled, event!.outcome === 'booked']).toEqual([type, true, expected !== state])
    }
  },
)

test.each([['created'], ['succeeded'], ['expired']])('a link that is %s takes what its status allows', async (state) => {
  const { w, berlin, payer } = await shop()
  const body = linkBody(berlin, '', { object: undefined, amount: 500, currency: 'EUR', payment_reference: 'X' })
  const make = async () => {
    const link = good(await berlin.post('/payment_links', body))
    if (state === 'expired') good(await berlin.post(`/payment_links/${link.id}/expire`))
    if (state === 'succeeded')
      good(await payer.post(`/internal/payment_intents/${link.payment_intent_id}/confirm_payment`, { payment_method_id: 'card' }))
    return link
  }
  const asks: [string, (link: Awaited<ReturnType<typeof make>>) => Promise<{ status: number; body: unknown }>, string[]][] = [
    ['expire', ({ id }) => berlin.post(`/payment_links/${id}/expire`), ['created']],
    ['regenerate', ({ id }) => payer.post(`/internal/payment_links/${id}/regenerate`), ['expired']],
    ['change', (link) => berlin.patch(`/payment_intents/${link.payment_intent_id}`, { amount: 400 }), ['created']],
    [
      'pay',
      (link) => payer.post(`/internal/payment_intents/${link.payment_intent_id}/confirm_payment`, { payment_method_id: 'card' }),
      ['created'],
    ],
  ]
  for (const [name, ask, allowed] of asks) {
    const link = await make()
    const before = await w.sql(`select status, amount::int from payment_intents where id = $1`, [link.payment_intent_id])
    const { status } = await ask(link)
    expect([name, status]).toEqual([name, allowed.includes(state) ? 200 : 409])
    if (status === 409)
      expect(await w.sql(`select status, amount::int from payment_intents where id = $1`, [link.payment_intent_id])).toEqual(
        before,
      )
  }
})
