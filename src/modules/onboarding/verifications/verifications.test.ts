import { expect, test } from 'vitest'
import { good, no } from '../../../../test/support/invoicing.ts'
import { uploadCard } from '../../../../test/support/onboarding.ts'
import { ownApp } from '../../../../test/support/own-app.ts'
import { type Body, permissions, world } from '../../../../test/support/world.ts'

const window = { client_name: 'Acme', redirect_url: 'https://example.com/back' }
const start = { type: 'airwallex_plaid', airwallex_plaid: window }
const completion = (public_token: string, id = 'acc-1', mask = '6789') => ({
  type: 'airwallex_plaid',
  airwallex_plaid: {
    account: { id, mask, name: 'Checking' },
    institution: { id: 'ins_1', name: 'First Bank' },
    mandate: { email: 'ada@example.com', signatory: 'Ada Lovelace', type: 'us_ach_debit', version: '1.0' },
    public_token,
  },
})

test('a proof is begun, completed into an account of its own, and told once; the mandate goes to whoever signed', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  const begun = good(await operator.post('/bank_accounts/start_verification', start))
  expect(begun).toMatchObject({
    type: 'airwallex_plaid',
    airwallex_plaid: { ...window, link_token: expect.stringMatching(/^link-sandbox-/) },
  })
  expect(no(await operator.post('/bank_accounts/start_verification', { ...start, type: 'micro_deposit' }))).toEqual([
    400,
    'Verification type is not supported',
  ])
  const done = good(await operator.post('/bank_accounts/complete_verification', completion('public-1')))
  expect(done).toMatchObject({
    id: done.bank_account_id,
    country: 'US',
    currency: 'USD',
    bank_name: 'First Bank',
    display_name: 'Checking',
    verifications: { airwallex_plaid: { status: 'verified' } },
  })
  expect(done.account_number.endsWith('6789')).toBe(true)
  // The same once more, also two at once, is the same account.
  const again = await Promise.all([1, 2].map(() => operator.post('/bank_accounts/complete_verification', completion('public-1'))))
  expect(again.map(({ body }) => body.bank_account_id)).toEqual([done.bank_account_id, done.bank_account_id])
  expect(good(await w.berlin.get('/bank_accounts')).data).toHaveLength(1)
  const mails = await w.sql<{ subject: string; recipients: Body }>(`select subject, recipients from mails where entity_id = $1`, [
    w.berlin.entityId,
  ])
  expect(mails.map(({ subject }) => subject)).toEqual(['Your mandate for ACH debits'])
  expect(JSON.stringify(mails)).toContain('ada@example.com')
})

test('the mail with the mandate is written in the language of the entity', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  good(await operator.patch(`/entities/${w.berlin.entityId}/settings`, { language: 'de' }))
  good(await operator.post('/bank_accounts/complete_verification', completion('public-1')))
  const [mail] = await w.sql<{ subject: string; body: Body }>(
    `select subject, to_jsonb(mails) as body from mails where entity_id = $1`,
    [w.berlin.entityId],
  )
  expect(mail?.subject).toBe('Ihr Mandat für ACH-Lastschriften')
  expect(JSON.stringify(mail?.body)).toContain(
    'Ada Lovelace hat ACH-Lastschriften (Mandat 1.0) vom Konto mit den letzten Ziffern 6789 bei First Bank erlaubt.',
  )
})

test('an account of the same number is proved where it stands', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  const first = good(await operator.post('/bank_accounts/complete_verification', completion('public-1-expired')))
  expect(first.verifications.airwallex_plaid).toEqual({ status: 'expired' })
  const second = good(await operator.post('/bank_accounts/complete_verification', completion('public-2')))
  expect([second.bank_account_id, second.verifications.airwallex_plaid]).toEqual([first.bank_account_id, { status: 'verified' }])
})

test('what has expired is renewed; what was suspended stays so', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  for (const [token, after] of [
    ['public-1-expired', 'verified'],
    ['public-2-suspended', 'suspended'],
  ] as const) {
    const { bank_account_id: id } = good(await operator.post('/bank_accounts/complete_verification', completion(token, token)))
    good(await operator.post(`/bank_accounts/${id}/refresh_verification`, start))
    const { verifications } = good(await operator.post(`/bank_accounts/${id}/complete_verification`, { type: 'airwallex_plaid' }))
    expect(verifications.airwallex_plaid).toEqual({ status: after })
    expect(no(await operator.post(`/bank_accounts/${id}/complete_verification`, { type: 'micro_deposit' }))[0]).toBe(400)
  }
  const { body: plain } = await w.berlin.post('/bank_accounts', {
    iban: 'DE89370400440532013000',
    country: 'DE',
    currency: 'EUR',
  })
  expect(no(await operator.post(`/bank_accounts/${plain.id}/refresh_verification`, start))[0]).toBe(409)
  expect(good(await operator.get(`/bank_accounts/${plain.id}/verifications`))).toEqual({
    airwallex_plaid: null,
    operator: null,
    micro_deposit: null,
  })
})

test('the operator looks at a document of the bank', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  const { body: account } = await w.berlin.post('/bank_accounts', {
    iban: 'DE89370400440532013000',
    country: 'DE',
    currency: 'EUR',
  })
  const file_id = await uploadCard(w.berlin)
  const judge = (body: object) => operator.put(`/x/bank_accounts/${account.id}/verification`, body)
  expect(no(await judge({ status: 'verified', file_id }))[0]).toBe(400)
  good(await w.berlin.post('/onboarding_documents', { bank_account_ownership_verification: [file_id] }))
  expect(good(await judge({ status: 'verified', file_id })).operator).toEqual({ status: 'verified' })
  expect(good(await judge({ status: 'suspended' })).operator).toEqual({ status: 'suspended' })
  expect((await w.berlin.put(`/x/bank_accounts/${account.id}/verification`, { status: 'verified' })).status).toBe(403)
})

test('two small amounts: the bank sends them by a file, the entity names them, three tries', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  const { body: account } = await w.berlin.post('/bank_accounts', {
    iban: 'DE89370400440532013000',
    country: 'DE',
    currency: 'EUR',
    account_holder_name: 'Spreewerk GmbH',
  })
  const path = `/x/bank_accounts/${account.id}/micro_deposits`
  const payer = { name: 'Operator GmbH', iban: 'DE02120300000000202051' }
  const amountsOf = ({ content }: Body): number[] =>
    [...content.matchAll(/<InstdAmt Ccy="EUR">(\d+)\.(\d\d)</g)].map(([, whole, cents]) => Number(whole) * 100 + Number(cents))
  const confirm = (amounts: number[], who = w.berlin) => who.post(`${path}/confirm`, { amounts })
  expect(no(await confirm([1, 2]))[0]).toBe(404)
  const sent = good(await operator.post(path, { payer }))
  expect([sent.status, sent.tries_left, sent.file_name]).toEqual(['sent', 3, expect.stringMatching(/^QTV-.*\.xml$/)])
  const amounts = amountsOf(sent)
  expect(amounts).toHaveLength(2)
  expect(new Set(amounts).size).toBe(2)
  for (const amount of amounts) expect(amount >= 1 && amount <= 99).toBe(true)
  // Nobody of the entity reads them there, and who may only look names nothing.
  expect((await w.berlin.get(`/x/micro_deposits/${sent.id}`)).status).toBe(403)
  const reader = await w.newUser(w.berlin.entityId!, permissions({ 'entity_bank_account:read': 'allowed' }, 'not_allowed'))
  expect((await confirm(amounts, reader)).status).toBe(403)
  expect(no(await confirm([100, 101]))).toEqual([400, 'These are not the amounts; 2 more tries'])
  expect(good(await confirm([...amounts].reverse())).micro_deposit).toEqual({ status: 'verified' })
  expect(no(await confirm(amounts))[0]).toBe(404)
  // Ten guesses at once are ten.
  good(await operator.post(path, { payer }))
  const guesses = await Promise.all(Array.from({ length: 10 }, (_, i) => confirm([200 + i, 300 + i])))
  expect(guesses.map(({ status }) => status).sort()).toEqual([400, 400, 400, 404, 404, 404, 404, 404, 404, 404])
})

test('dollars go by ACH, each to the account that is proved', async () => {
  const w = await world()
  const operator = w.partnerIn(w.berlin.entityId!)
  const { body: account } = await w.berlin.post('/bank_accounts', {
    country: 'US',
    currency: 'USD',
    account_holder_name: 'Lone Star',
    account_number: '00123456',
    routing_number: '021000021',
  })
  const path = `/x/bank_accounts/${account.id}/micro_deposits`
  expect(no(await operator.post(path, { payer: { name: 'Operator Inc' } }))[0]).toBe(400)
  const payer = { name: 'Operator Inc', routing_number: '021000021', account_number: '987654321', company_id: '1234567890' }
  const { content, currency } = good(await operator.post(path, { payer }))
  const entries = content.split('\n').filter((line: string) => line.startsWith('622'))
  expect([currency, entries.length]).toEqual(['USD', 2])
  for (const line of entries) expect(line).toContain('021000021' + '00123456')
  const amounts = entries.map((line: string) => Number(line.slice(29, 39)))
  expect(good(await w.berlin.post(`${path}/confirm`, { amounts })).micro_deposit).toEqual({ status: 'verified' })
  const { body: pounds } = await w.berlin.post('/bank_accounts', {
    country: 'GB',
    currency: 'GBP',
    account_holder_name: 'A',
    account_number: '00012345',
    sort_code: '040004',
  })
  expect(no(await operator.post(`/x/bank_accounts/${pounds.id}/micro_deposits`, { payer }))[0]).toBe(409)
})

test('where nobody is connected the operator’s ways are named', async () => {
  const w = await world()
  const own = await ownApp({ payments_sandbox: 'off' })
  const headers = {
    authorization: `Bearer ${w.partner.token}`,
    'x-monite-version': '2024-05-25',
    'x-monite-entity-id': w.berlin.entityId!,
  }
  const answer = await own.app.inject({ method: 'POST', url: '/bank_accounts/start_verification', headers, payload: start })
  expect([answer.statusCode, answer.json().error.message]).toEqual([409, expect.stringContaining('two small amounts')])
  await own.close()
})
