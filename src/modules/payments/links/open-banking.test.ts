import { describe, expect, onTestFinished, test } from 'vitest'
import { readBill } from '../../../../test/support/billing.ts'
import { type Fault, withFaults } from '../../../../test/support/fault-dial.ts'
import { brokenPromises, good, no, read } from '../../../../test/support/invoicing.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { billToPay, invoiceOf, later, link, linkStatus, pay, records, shop, statusOf } from '../../../../test/support/paying.ts'
import { type Body, type Client, client, type World } from '../../../../test/support/world.ts'
import { comeBack } from '../carrying.service.ts'
import { findOwner } from './links.service.ts'

/** Payments that the payer's own bank makes, from the choice of the bank to the paid invoice; the banks are those of the sandbox. */

const CONSENT_S = 600
async function open(total = 11900) {
  const s = await shop()
  const invoice = await invoiceOf(s.berlin, s.made, total)
  return { ...s, invoice, link: await link(s.berlin, invoice.id) }
}
type Shop = Awaited<ReturnType<typeof open>>

const path = ({ payment_intent_id }: Body) => `/internal/payment_intents/${payment_intent_id}`
const manual = (bank_id = 'mock-ok', changes: object = {}) => ({
  type: 'manual_input',
  bank_id,
  payer_account_country: 'DE',
  payer_account_identification: { type: 'IBAN', value: 'DE75 9996 0055 0000 1100 22' },
  ...changes,
})
/** The payer is sent to a bank; answers what the bank calls the payment. */
async function sent({ payer, link }: Pick<Shop, 'payer' | 'link'>, bank = 'mock-ok'): Promise<string> {
  const { authorization_url } = good(await payer.post(`${path(link)}/authorize`, manual(bank)))
  return new URL(authorization_url, 'http://here').pathname.split('/').at(-1) ?? ''
}
const form = (w: Pick<World, 'app'>, url: string, payload = '') =>
  w.app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
const answer = (w: World, reference: string, says: 'agree' | 'refuse') => form(w, `/sandbox/bank/${reference}/${says}`)
const ordered = async (w: World, { payment_intent_id }: Body) =>
  (await w.sql(`select id from sandbox_payments where key like $1 and proceeded_at is not null`, [`${payment_intent_id}%`]))
    .length
const booked = async (who: Client, { id }: Body) =>
  (await records(who, id)).filter(({ status }) => status === 'succeeded').map(({ amount }) => amount as number)

test('a payer chooses a bank on the page, agrees on the page of that bank, comes back and has paid, in their language', async () => {
  const { w, berlin, link, invoice } = await open()
  const get = (url: string) => w.app.inject({ url })
  const page = await get(`/pay/${link.id}?lang=de`)
  expect(page.body).toContain('Von Ihrem Bankkonto zahlen')
  expect(page.body).toContain('value="mock-slow"')
  const begun = await form(w, `/pay/${link.id}/start?lang=de`, 'method=sepa_credit&bank=mock-ok')
  expect([begun.statusCode, begun.headers.location]).toEqual([303, `/pay/${link.id}?lang=de`])
  expect(await statusOf(berlin, link)).toBe('created')
  const waits = await get(`/pay/${link.id}?lang=de`)
  const url = /href="([^"]*\/sandbox\/bank\/[^"]+)" target="_top"/.exec(waits.body)?.[1] ?? ''
  const bank = new URL(url, 'http://here')
  const asks = await get(bank.pathname + bank.search)
  expect(asks.body).toMatch(/Test Bank[\s\S]*Spreewerk GmbH asks for a transfer[\s\S]*€119\.00/)
  expect(asks.headers['content-security-policy']).toContain("default-src 'none'")
  const agreed = await form(w, `${bank.pathname}/agree${bank.search}`)
  expect([agreed.statusCode, agreed.headers.location]).toEqual([303, `/pay/${link.id}/back?lang=de`])
  // Agreeing alone moves nothing: the transfer is ordered when the payer comes back.
  expect([await ordered(w, link), await statusOf(berlin, link)]).toEqual([0, 'created'])
  expect((await get(String(agreed.headers.location))).headers.location).toBe(`/pay/${link.id}?lang=de`)
  expect([await ordered(w, link), await statusOf(berlin, link), await linkStatus(berlin, link)]).toEqual([
    1,
    'processing',
    'succeeded',
  ])
  await later(w, 3)
  expect(await read(berlin, invoice.id)).toMatchObject({ status: 'paid', amount_paid: 11900 })
  expect(await booked(berlin, invoice)).toEqual([11900])
  expect((await records(berlin, invoice.id))[0]).toMatchObject({ payment_method: 'sepa_credit', is_external: false })
  // Whoever opens the bank's page again is sent back, and whoever comes back again changes nothing.
  expect((await get(bank.pathname)).headers.location).toBe(`/pay/${link.id}/back`)
  expect((await get(`/pay/${link.id}/back`)).statusCode).toBe(303)
  expect(await booked(berlin, invoice)).toEqual([11900])
  expect(await brokenPromises(w)).toEqual([])
})

test('a page of one’s own does the same by the API; an account of the payer’s is enough', async () => {
  const { w, berlin, payer, link, invoice } = await open()
  const { data } = good(await payer.get(`${path(link)}/banks`))
  expect(data).toMatchObject([{ bank_id: 'mock-ok', country: 'DE', authorization_methods: ['redirect'] }, {}, {}])
  expect(good(await payer.get(`${path(link)}/banks?auth_flow=embedded`)).data).toEqual([])
  const consent = await sent({ payer, link })
  expect(await sent({ payer, link })).toBe(consent)
  const execute = () => payer.post(`${path(link)}/payments`, { consent })
  expect(no(await execute())).toEqual([409, 'The payer has not agreed at their bank yet'])
  await answer(w, consent, 'agree')
  expect(no(await payer.post(`${path(link)}/payments`, { consent: crypto.randomUUID() }))[0]).toBe(409)
  expect(good(await execute())).toMatchObject({ id: link.payment_intent_id, status: 'processing', provider: 'mock_bank' })
  expect(no(await execute())[0]).toBe(409)
  await later(w, 3)
  expect(await booked(berlin, invoice)).toEqual([11900])
})

test('a bill is paid from the entity’s bank the same way', async () => {
  const { w, berlin, payer } = await shop()
  const { id, vendor } = await billToPay(berlin)
  const body = {
    object: { type: 'payable', id },
    recipient: { type: 'counterpart', id: vendor },
    payment_methods: ['sepa_credit'],
  }
  const made = good(await berlin.post('/payment_links', body))
  const [account] = good(await berlin.get('/bank_accounts')).data
  const of = (bank_account_id: string) =>
    payer.post(`${path(made)}/authorize`, { type: 'bank_account', bank_id: 'mock-ok', bank_account_id })
  expect(no(await of(vendor))).toEqual([400, 'bank_account_id: the payer has no such account'])
  const consent = new URL(good(await of(account.id)).authorization_url, 'http://here').pathname.split('/').at(-1) ?? ''
  await answer(w, consent, 'agree')
  good(await payer.post(`${path(made)}/payments`, { consent }))
  await later(w, 30)
  expect((await readBill(berlin, id)).status).toBe('paid')
  expect(await brokenPromises(w)).toEqual([])
})

describe('a payer who does not agree', () => {
  test('has paid nothing, is told so, and pays at another bank', async () => {
    const s = await open()
    const { w, berlin, payer, link, invoice } = s
    const first = await sent(s)
    await answer(w, first, 'refuse')
    await w.app.inject({ url: `/pay/${link.id}/back` })
    expect(await statusOf(berlin, link)).toBe('payment_failed')
    const page = (await w.app.inject({ url: `/pay/${link.id}?lang=en` })).body
    expect(page).toContain('nothing was charged')
    expect(page).toContain('value="mock-ok"')
    const second = await sent(s, 'mock-slow')
    expect(second).not.toBe(first)
    await answer(w, second, 'agree')
    good(await payer.post(`${path(link)}/payments`, { consent: second }))
    await later(w, 30)
    expect(await booked(berlin, invoice)).toEqual([11900])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('in time has to begin again, whether or not they come back', async () => {
    const s = await open()
    const { w, berlin, payer, link } = s
    const consent = await sent(s)
    await answer(w, consent, 'agree')
    await later(w, CONSENT_S + 1)
    expect(await statusOf(berlin, link)).toBe('payment_failed')
    expect(no(await payer.post(`${path(link)}/payments`, { consent }))).toEqual([409, 'The consent of the payer is expired'])
    expect([await ordered(w, link), await linkStatus(berlin, link)]).toEqual([0, 'created'])
    const again = await sent(s)
    await answer(w, again, 'agree')
    good(await payer.post(`${path(link)}/payments`, { consent: again }))
    expect(await ordered(w, link)).toBe(1)
  })

  test('but takes another bank, or a card, can agree to the first no more', async () => {
    for (const other of ['mock-slow', 'card']) {
      const s = await open()
      const { w, berlin, payer, link, invoice } = s
      const first = await sent(s)
      if (other === 'card') good(await pay(payer, link))
      else await sent(s, other)
      await answer(w, first, 'agree')
      await w.app.inject({ url: `/pay/${link.id}/back` })
      expect(no(await payer.post(`${path(link)}/payments`, { consent: first }))[0]).toBe(409)
      expect(await ordered(w, link)).toBe(0)
      await later(w, 5)
      expect(await booked(berlin, invoice)).toEqual(other === 'card' ? [11900] : [])
    }
  })

  test('and one whose bank declines, has a link that is still good', async () => {
    const s = await open()
    const consent = await sent(s, 'mock-reject')
    await answer(s.w, consent, 'agree')
    await s.w.app.inject({ url: `/pay/${s.link.id}/back` })
    expect([await statusOf(s.berlin, s.link), await linkStatus(s.berlin, s.link)]).toEqual(['payment_failed', 'created'])
  })
})

describe('nothing is paid twice', () => {
  test.each<[Fault, number]>([
    ['time-out before the effect', 1],
    ['time-out after the effect', 1],
    ['events twice', Number.POSITIVE_INFINITY],
    ['events in reverse', Number.POSITIVE_INFINITY],
    ['garbage among the events', Number.POSITIVE_INFINITY],
  ])('with %s when the transfer is ordered', async (fault, times) => {
    const s = await open()
    const { w, berlin, link, invoice } = s
    await answer(w, await sent(s), 'agree')
    const found = await findOwner(w.machinery.db, link.id)
    if (!found) throw new Error('There is no link')
    const faulty = withFaults(w.machinery, fault, times)
    await comeBack(faulty, found).catch(() => {})
    await comeBack(faulty, found).catch(() => {})
    await later(w, 3)
    expect([await ordered(w, link), await booked(berlin, invoice)]).toEqual([1, [11900]])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('with twenty that come back, and choose, at the same moment', async () => {
    const s = await open()
    const { w, berlin, link, invoice } = s
    await answer(w, await sent(s), 'agree')
    const twenty = Array.from({ length: 20 }, (_, i) =>
      i % 4 === 3
        ? form(w, `/pay/${link.id}/start`, 'method=sepa_credit&bank=mock-ok')
        : w.app.inject({ url: `/pay/${link.id}/back` }),
    )
    for (const { statusCode } of await Promise.all(twenty)) expect([303, 424]).toContain(statusCode)
    await w.app.inject({ url: `/pay/${link.id}/back` })
    await later(w, 3)
    expect([await ordered(w, link), await booked(berlin, invoice)]).toEqual([1, [11900]])
    expect(await brokenPromises(w)).toEqual([])
  })
})

test('credentials are taken by nobody, and a bank has to be one that there is', async () => {
  const s = await open()
  const { w, payer, link } = s
  const secret = { auth_user: 'ada', auth_password: 'hunter2-hunter2' }
  const refused = [409, expect.stringContaining('Credentials of banks are never taken here')]
  const embedded = { ...manual(), ...secret }
  expect(no(await payer.post(`${path(link)}/authorize_embedded`, embedded))).toEqual(refused)
  expect(no(await payer.get(`${path(link)}/authorize_embedded/some`))).toEqual(refused)
  for (const [body, expected] of [
    [manual('another'), 400],
    [manual('mock-ok', { payer_account_identification: { type: 'IBAN', value: 'DE00' } }), 400],
    [{ type: 'authorized_bank_account', authorized_bank_account_id: crypto.randomUUID() }, 409],
  ] as const)
    expect([body, (await payer.post(`${path(link)}/authorize`, body)).status]).toEqual([body, expected])
  expect(await statusOf(s.berlin, link)).toBe('created')
  expect(await w.sql(`select id from outside_calls where entity_id = $1`, [s.berlin.entityId])).toEqual([])
})

test('without the sandbox there are no banks, and everybody is told so', async () => {
  const s = await open()
  const { app, machinery, close } = await ownApp({ payments_sandbox: 'off' })
  onTestFinished(close)
  const payer = client({ ...s.w, app, machinery }, '')
  const embedded = {
    type: 'bank_account',
    bank_id: 'x',
    bank_account_id: crypto.randomUUID(),
    auth_user: 'u',
    auth_password: 'p',
  }
  const answers = [
    await payer.get(`${path(s.link)}/banks`),
    await payer.post(`${path(s.link)}/authorize`, manual()),
    await payer.post(`${path(s.link)}/authorize_embedded`, embedded),
    await payer.get(`${path(s.link)}/authorize_embedded/some`),
    await payer.post(`${path(s.link)}/payments`, { consent: 'x' }),
  ]
  for (const one of answers) expect(no(one)).toEqual([409, 'Open Banking provider is not configured'])
  expect((await payer.get(`/internal/payment_intents/${crypto.randomUUID()}/banks`)).status).toBe(404)
  expect((await app.inject({ url: `/pay/${s.link.id}` })).body).not.toContain('mock-ok')
  await form({ app }, `/pay/${s.link.id}/start`, 'method=sepa_credit&bank=mock-ok')
  expect(await statusOf(s.berlin, s.link)).toBe('created')
  const reference = await sent(s)
  expect((await app.inject({ url: `/sandbox/bank/${reference}` })).statusCode).toBe(404)
  expect((await form({ app }, `/sandbox/bank/${reference}/agree`)).statusCode).toBe(404)
})
