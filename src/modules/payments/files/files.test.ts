import { expect, test } from 'vitest'
import { completeBill, readBill } from '../../../../test/support/billing.ts'
import { camtFile, refusalFile } from '../../../../test/support/camt.ts'
import { statementsOf } from '../../../../test/support/counting.ts'
import { brokenPromises, good, no, ready } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, organization, world } from '../../../../test/support/world.ts'

/** Bills that are paid by a file for the bank, and what the bank says of them. */

const PAYEE = 'DE75999600550000110022'

async function start() {
  const w = await world()
  const { account } = await ready(w.berlin)
  const vendor = good(
    await w.berlin.post('/counterparts', {
      type: 'organization',
      organization: {
        legal_name: 'Müller & Söhne GmbH',
        is_vendor: true,
        is_customer: false,
        address: { country: 'DE', city: 'Köln', line1: 'A 1', postal_code: '50667' },
      },
    }),
  )
  const payee = good(
    await w.berlin.post(`/counterparts/${vendor.id}/bank_accounts`, { country: 'DE', currency: 'EUR', iban: PAYEE }),
  )
  let count = 0
  async function bill(changes: object = {}): Promise<Body> {
    const named = { document_id: `ER-${++count}`, counterpart_id: vendor.id, counterpart_bank_account_id: payee.id }
    const { id } = await completeBill(w.berlin, { ...named, ...changes })
    good(await w.berlin.post(`/payables/${id}/approve_payment_operation`))
    return readBill(w.berlin, id)
  }
  const make = (bills: readonly Body[], more: object = {}) =>
    w.berlin.post('/x/payment_files', { payer_bank_account_id: account.id, payable_ids: bills.map(({ id }) => id), ...more })
  return { w, berlin: w.berlin, account, vendor, bill, make }
}
const content = async (who: Client, id: string) => String((await who.get(`/x/payment_files/${id}/content`)).body)
const statusOf = async (who: Client, { id }: Body) => (await readBill(who, id)).status
const records = async (who: Client, { id }: Body): Promise<string[]> =>
  good(await who.get(`/payment_records?object_id=${id}`)).data.map(({ status }: Body) => status)

const euros = (amount: number) => (amount / 100).toFixed(2)
/** A statement that shows these payments, each by its end-to-end id; or sends them back. */
const statement = (iban: string, payments: readonly Body[], reason?: string): string =>
  camtFile(
    payments.map(({ amount, end_to_end_id }) => ({
      amount: euros(amount),
      end_to_end_id,
      day: '2026-11-20',
      ...(reason ? { reason } : { sign: 'DBIT' as const }),
    })),
    { iban, opening: '100000.00' },
  )

test('bills leave in one file, are on their way until the statement shows them, and are paid by it', async () => {
  const { w, berlin, account, bill, make } = await start()
  const bills = [await bill(), await bill()]
  const file = good(await make(bills))
  expect(file).toMatchObject({
    format: 'pain.001.001.09',
    currency: 'EUR',
    refused: [],
    total_amount: bills.reduce((sum, { amount_due }) => sum + amount_due, 0),
  })
  expect(file.payments).toHaveLength(2)
  for (const payment of file.payments)
    expect(payment).toMatchObject({ status: 'processing', iban: PAYEE, counterpart_name: 'Müller & Söhne GmbH', error: null })
  const text = await content(berlin, file.id)
  expect(text).toContain('<Nm>Mueller + Soehne GmbH</Nm>')
  for (const { end_to_end_id } of file.payments) expect(text).toContain(`<EndToEndId>${end_to_end_id}</EndToEndId>`)
  expect(await content(berlin, file.id)).toBe(text)
  expect(await statusOf(berlin, bills[0]!)).toBe('waiting_to_be_paid')
  expect(await records(berlin, bills[0]!)).toEqual(['processing'])
  const upload = { bytes: Buffer.from(statement(account.iban, file.payments)), name: 's.xml' }
  expect(good(await berlin.upload('POST', '/x/bank_statements', upload)).data).toMatchObject([{ matched: 2, to_review: 0 }])
  await w.work()
  for (const one of bills) {
    expect(await statusOf(berlin, one)).toBe('paid')
    expect(await records(berlin, one)).toEqual(['succeeded'])
  }
  expect(good(await berlin.get(`/x/payment_files/${file.id}`)).payments.map(({ status }: Body) => status)).toEqual([
    'succeeded',
    'succeeded',
  ])
  expect(no(await berlin.post(`/x/payment_files/${file.id}/withdraw`))[0]).toBe(409)
})

test('a bill that is on its way is in no second file, until the first is withdrawn', async () => {
  const { berlin, bill, make } = await start()
  const [one, two] = [await bill(), await bill()]
  const first = good(await make([one]))
  expect(no(await make([one]))).toEqual([400, expect.stringContaining('A payment of this bill is on its way')])
  const mixed = good(await make([one, two]))
  expect(mixed.payments.map(({ payable_id }: Body) => payable_id)).toEqual([two.id])
  expect(mixed.refused).toEqual([{ payable_id: one.id, why: 'A payment of this bill is on its way' }])
  expect(good(await berlin.post(`/x/payment_files/${first.id}/withdraw`)).payments[0]).toMatchObject({
    status: 'payment_failed',
    error: 'The file was withdrawn',
  })
  expect(no(await berlin.post(`/x/payment_files/${first.id}/withdraw`))[0]).toBe(409)
  expect(await records(berlin, one)).toEqual(['canceled'])
  const again = good(await make([one]))
  expect(again.payments[0].end_to_end_id).not.toBe(first.payments[0].end_to_end_id)
})

test('two who ask for the same bill at once make one payment of it', async () => {
  const { bill, make, berlin } = await start()
  const one = await bill()
  const answers = await Promise.all(Array.from({ length: 6 }, () => make([one])))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400])
  expect(await records(berlin, one)).toEqual(['processing'])
})

test('what a report rejects is to be paid again; what it does not name stays on its way', async () => {
  const { berlin, bill, make } = await start()
  const [one, two] = [await bill(), await bill()]
  const file = good(await make([one, two]))
  const of = (bill: Body) => file.payments.find(({ payable_id }: Body) => payable_id === bill.id)
  const message = { id: file.message_id, format: file.format, block: `${file.message_id}-1` }
  const report = refusalFile(message, [{ end_to_end_id: of(one).end_to_end_id, reason: 'AC04' }])
  const send = () => berlin.upload('POST', '/x/payment_reports', { bytes: Buffer.from(report), name: 'r.xml' })
  const told = {
    payment_intent_id: of(one).payment_intent_id,
    id: of(one).end_to_end_id,
    becomes: 'failed',
    reason: 'AC04',
    correction: null,
  }
  expect(good(await send())).toEqual({ format: 'pain.002', payments: [told] })
  good(await send())
  const { payments } = good(await berlin.get(`/x/payment_files/${file.id}`))
  expect(payments.map(({ payable_id, status, error }: Body) => [payable_id, status, error]).sort()).toEqual(
    [
      [one.id, 'payment_failed', 'The bank refused it: AC04'],
      [two.id, 'processing', null],
    ].sort(),
  )
  expect(good(await make([one])).payments).toHaveLength(1)
  const ofAnother = refusalFile({ ...message, id: 'QTN-NOBODYS' }, []).replace(
    '</OrgnlMsgNmId>',
    '</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>',
  )
  expect(
    good(await berlin.upload('POST', '/x/payment_reports', { bytes: Buffer.from(ofAnother), name: 'r.xml' })).payments,
  ).toEqual([{ payment_intent_id: null, id: 'QTN-NOBODYS', becomes: 'unknown', reason: null, correction: null }])
  expect(no(await berlin.upload('POST', '/x/payment_reports', { bytes: Buffer.from('nothing'), name: 'r.txt' }))[0]).toBe(400)
})

test('what can not be paid by a file is named with its reason, and nothing is left behind when that is all', async () => {
  const { berlin, bill, make, account } = await start()
  const draft = await completeBill(berlin)
  const foreign = await bill({ currency: 'USD', document_id: 'US-1', counterpart_bank_account_id: undefined })
  const good_ = await bill()
  const file = good(await make([draft, foreign, good_]))
  expect(file.payments.map(({ payable_id }: Body) => payable_id)).toEqual([good_.id])
  expect(new Map(file.refused.map(({ payable_id, why }: Body) => [payable_id, why])).get(draft.id)).toBe(
    'A bill that is new is not paid',
  )
  expect(no(await make([draft]))[0]).toBe(400)
  expect(no(await make([good_], { payer_bank_account_id: berlin.userId }))[0]).toBe(404)
  expect(no(await make([good_, good_]))[0]).toBe(400)
  expect(good(await berlin.get(`/x/payment_files?bank_account_id=${account.id}`)).data).toHaveLength(1)
})

test('bills in US dollars leave as an ACH file; a return that comes after the payment was made opens the bill again', async () => {
  const w = await world()
  const address = { country: 'US', city: 'Austin', line1: '1 Main St', postal_code: '78701', state: 'TX' }
  const entityId = await w.newEntity({
    ...organization,
    tax_id: '12-3456789',
    address,
    organization: { legal_name: 'Lone Star Inc' },
  })
  const us = await w.newUser(entityId)
  const numbers = { country: 'US', currency: 'USD', routing_number: '021000021' }
  const own = good(
    await us.post('/bank_accounts', { ...numbers, account_holder_name: 'Lone Star Inc', account_number: '123456789012' }),
  )
  const vendor = good(
    await us.post('/counterparts', {
      type: 'organization',
      organization: { legal_name: 'Paper Co', is_vendor: true, is_customer: false, address },
    }),
  )
  const payee = { ...numbers, account_holder_name: 'Paper Co', account_number: '000987654321' }
  const { id: account } = good(await us.post(`/counterparts/${vendor.id}/bank_accounts`, payee))
  const named = { currency: 'USD', document_id: 'PC-1', counterpart_id: vendor.id, counterpart_bank_account_id: account }
  const { id } = await completeBill(us, named)
  good(await us.post(`/payables/${id}/approve_payment_operation`))
  const file = good(await us.post('/x/payment_files', { payer_bank_account_id: own.id, payable_ids: [id] }))
  expect(file).toMatchObject({
    format: 'nacha_ccd',
    currency: 'USD',
    payments: [{ account_number: '000987654321', status: 'processing' }],
  })
  const text = await content(us, file.id)
  expect(
    new Set(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toEqual(new Set([94]))
  const trace: string = file.payments[0].end_to_end_id
  expect(text).toContain(`PAPER CO${' '.repeat(14)}  0${trace}`)
  expect(text).toContain('1123456789CCD')
  // The account shows the money, so the bill is paid; days later the other bank sends it back.
  const shown = `Date,Description,Amount\n2026-11-20,PC-1,-${(file.total_amount / 100).toFixed(2)}\n`
  good(await us.upload('POST', '/x/bank_statements', { bytes: Buffer.from(shown), name: 's.csv' }))
  await w.work()
  expect(await statusOf(us, { id })).toBe('paid')
  const back = `101 021000021 0210000212611160130A094101\n799R03${trace}      02100002NO ACCOUNT\n`
  const upload = () => us.upload('POST', '/x/payment_reports', { bytes: Buffer.from(back), name: 'r.ach' })
  expect(good(await upload()).payments).toMatchObject([{ becomes: 'failed', reason: 'R03' }])
  good(await upload())
  expect(await statusOf(us, { id })).toBe('waiting_to_be_paid')
  expect((await readBill(us, id)).amount_paid).toBe(0)
})

test('a transfer that comes back opens its bill again by itself once a statement has shown it; before that a person says so', async () => {
  const { w, berlin, account, bill, make } = await start()
  const bills = [await bill(), await bill()]
  const file = good(await make(bills))
  const [shown, hidden] = bills.map(({ id }) => file.payments.find((payment: Body) => payment.payable_id === id)) as [Body, Body]
  const send = async (xml: string) => {
    good(await berlin.upload('POST', '/x/bank_statements', { bytes: Buffer.from(xml), name: 's.xml' }))
    await w.work()
  }
  await send(statement(account.iban, [shown]))
  expect(await statusOf(berlin, bills[0]!)).toBe('paid')
  for (const one of [shown, hidden]) await send(statement(account.iban, [one], 'AC04'))
  expect(await Promise.all(bills.map((one) => statusOf(berlin, one)))).toEqual(['waiting_to_be_paid', 'waiting_to_be_paid'])
  expect(await records(berlin, bills[0]!)).toEqual(['succeeded', 'succeeded'])
  const { payments } = good(await berlin.get(`/x/payment_files/${file.id}`))
  const stateOf = (one: Body) => payments.find(({ end_to_end_id }: Body) => end_to_end_id === one.end_to_end_id)
  expect(stateOf(shown)).toMatchObject({ status: 'payment_failed', error: 'It came back: AC04' })
  expect(stateOf(hidden)).toMatchObject({ status: 'processing' })
  const [unsure] = good(await berlin.get('/x/bank_transactions?status=to_review')).data
  expect(unsure.proposal).toMatchObject({ undoes_payment: hidden.end_to_end_id, pays: [] })
  expect(good(await berlin.post(`/x/bank_transactions/${unsure.id}/accept`, {}))).toMatchObject({
    status: 'accepted',
    payment_record_ids: [],
  })
  expect(good(await berlin.get(`/payment_intents/${hidden.payment_intent_id}`)).status).toBe('payment_failed')
  // Both are to be paid again.
  expect(good(await make(bills)).payments).toHaveLength(2)
  expect(await brokenPromises(w)).toEqual([])
})

test('a file of many bills takes as many statements as one of few', async () => {
  const { bill, make, w } = await start()
  const bills: Body[] = []
  for (let i = 0; i < 14; i++) bills.push(await bill())
  await w.work()
  const few = await statementsOf(() => make(bills.slice(0, 2)))
  const many = await statementsOf(() => make(bills.slice(2)))
  expect(many).toBe(few)
  expect(many).toBeLessThan(30)
})
