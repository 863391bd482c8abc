import { afterAll, beforeAll, expect, test } from 'vitest'
import { stripeFake } from '../support/stripe.ts'
import { organization } from '../support/world.ts'
import { ask, invoiceBy, machine, type Server, signIn } from './process.ts'

/** A payer, a provider, and a server that is killed between them: at each step there is one payment in the end, and it is booked once. */

let stripe: Awaited<ReturnType<typeof stripeFake>>
let computer: ReturnType<typeof machine>
let server: Server
let headers: Record<string, string>
let draft: Record<string, unknown>
let events: string

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await ask(`${server.url}/v1${path}`, headers, method, body)
  if (!answer || answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  // biome-ignore lint/suspicious/noExplicitAny: answers of any operation
  return answer.body as any
}

beforeAll(async () => {
  stripe = await stripeFake(() => new Date())
  computer = machine({ STRIPE_API_URL: stripe.url })
  server = await computer.start()
  headers = await signIn(server)
  const keys = { secret_key: 'sk_test_1', publishable_key: 'pk_test_1', webhook_secret: 'whsec_test' }
  events = new URL((await call('PUT', '/x/payment_providers/stripe', keys)).events_url).pathname
  const entity = await call('POST', '/entities', organization)
  headers['x-monite-entity-id'] = entity.id
  await call('PUT', `/entities/${entity.id}/payment_methods`, { payment_methods_receive: ['card'] })
  await call('POST', '/bank_accounts', { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE' })
  draft = await invoiceBy((path, body) => call('POST', path, body), entity.id)
}, 120_000)

afterAll(async () => {
  await server?.kill('SIGTERM')
  await computer?.remove()
}, 60_000)

/** An invoice of 11.90 with a link. */
async function toPay() {
  const { id } = await call('POST', '/receivables', draft)
  await call('POST', `/receivables/${id}/issue`)
  const recipient = { type: 'entity', id: headers['x-monite-entity-id'] }
  const link = await call('POST', '/payment_links', { object: { type: 'receivable', id }, recipient, payment_methods: ['card'] })
  const page = () => `${server.url}/pay/${link.id}`
  return {
    id,
    intent: link.payment_intent_id as string,
    /** The payer presses the button; null when the server is gone before it answers. */
    start: () =>
      fetch(`${page()}/start`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ method: 'card' }) }).catch(
        () => null,
      ),
    back: () => fetch(`${page()}/back`, { redirect: 'manual' }).catch(() => null),
  }
}
const there = (intent: string) => [...stripe.intents.values()].filter(({ metadata }) => metadata.payment_intent_id === intent)
const killed = () => server.kill()

/** What it comes to: one payment there that was made, one record here, and an invoice that is paid. */
async function paidOnce({ id, intent }: { id: string; intent: string }) {
  await expect.poll(async () => (await call('GET', `/receivables/${id}`)).status, { timeout: 20_000, interval: 50 }).toBe('paid')
  expect(
    there(intent)
      .map(({ status }) => status)
      .filter((status) => status !== 'canceled'),
  ).toEqual(['succeeded'])
  const { data } = await call('GET', `/payment_records?object_id=${id}`)
  expect(data.map(({ status, amount }: { status: string; amount: number }) => [status, amount])).toEqual([['succeeded', 1190]])
}

test.each([
  ['before Stripe hears of the payment', 'before'],
  ['after Stripe has made it and before it says so', 'after'],
  ['when Stripe has answered', 'answered'],
] as const)('killed %s: the payer tries again, and there is one payment', { timeout: 60_000 }, async (_, when) => {
  const invoice = await toPay()
  stripe.at(/POST payment_intents$/, when, killed)
  await invoice.start()
  await killed()
  server = await computer.start()
  expect((await invoice.start())?.status).toBe(303)
  expect(there(invoice.intent)).toHaveLength(1)
  stripe.payer.pays(there(invoice.intent)[0]!.id, 'pm_card_visa')
  await invoice.back()
  await paidOnce(invoice)
})

test.each([
  ['while it asks what came of a payment', 'before'],
  ['when it has heard and not booked it', 'answered'],
] as const)('killed %s: it is booked once after the restart', { timeout: 60_000 }, async (_, when) => {
  const invoice = await toPay()
  await invoice.start()
  stripe.payer.pays(there(invoice.intent)[0]!.id, 'pm_card_visa')
  stripe.at(/GET payment_intents/, when, killed)
  await invoice.back()
  await killed()
  // The lease of a job that was in hand runs out at once.
  await computer.startDatabase()
  await computer.sql(`update jobs set run_at = now()`)
  server = await computer.start()
  await paidOnce(invoice)
})

test('killed right after an event was acknowledged: it was kept, and is booked after the restart', {
  timeout: 60_000,
}, async () => {
  const invoice = await toPay()
  await invoice.start()
  const [payment] = there(invoice.intent)
  stripe.payer.pays(payment!.id, 'pm_card_visa')
  const { payload, headers: signed } = stripe.event('payment_intent.succeeded', payment!)
  const heard = await fetch(server.url + events, { method: 'POST', headers: signed, body: payload })
  expect(heard.status).toBe(200)
  await killed()
  await computer.startDatabase()
  await computer.sql(`update jobs set run_at = now()`)
  server = await computer.start()
  // Stripe sends it again: nobody told it whether the first one was heard.
  await fetch(server.url + events, { method: 'POST', headers: signed, body: payload })
  await paidOnce(invoice)
})

test('killed while another amount is asked for: the older try is ended, and only the new amount can be paid', {
  timeout: 60_000,
}, async () => {
  const invoice = await toPay()
  await invoice.start()
  const [older] = there(invoice.intent)
  stripe.at(/POST payment_intents\/\w+\/cancel/, 'before', killed)
  await ask(`${server.url}/v1/payment_intents/${invoice.intent}`, headers, 'PATCH', { amount: 500 })
  await expect.poll(() => ask(`${server.url}/v1/tags`, {}), { timeout: 20_000, interval: 100 }).toBeNull()
  await computer.startDatabase()
  await computer.sql(`update jobs set run_at = now()`)
  server = await computer.start()
  await expect.poll(() => older!.status, { timeout: 20_000, interval: 100 }).toBe('canceled')
  await invoice.start()
  const open = there(invoice.intent).filter(({ status }) => status !== 'canceled')
  expect(open.map(({ amount }) => amount)).toEqual([500])
})

test('the books add up after all of it', async () => {
  const { code, output } = await computer.run('audit')
  expect(code, output).toBe(0)
})
