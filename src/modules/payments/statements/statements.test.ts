import { describe, expect, test } from 'vitest'
import { camt, euros, start, upload } from '../../../../test/support/bank-statements.ts'
import { billThatIs, readBill } from '../../../../test/support/billing.ts'
import { good, issued, no, read } from '../../../../test/support/invoicing.ts'
import type { Body } from '../../../../test/support/world.ts'
import { qrReference } from '../../../core/swiss-qr.ts'

test('the reference of a QR-bill pays its invoice where bills ask for one, and is somebody else’s elsewhere', async () => {
  const { w, berlin, made, transactions } = await start()
  const [one, two] = [await issued(berlin, made), await issued(berlin, made)]
  good(await upload(berlin, camt([{ amount: euros(one.total_amount), qr_reference: qrReference(one.document_id) ?? '' }])))
  await w.work()
  expect((await transactions()).map(({ status }) => status)).toEqual(['to_review'])
  expect((await read(berlin, one.id)).amount_paid).toBe(0)
  const account = { iban: 'CH4431999123000889012', country: 'CH', currency: 'EUR' }
  good(await berlin.post('/bank_accounts', account))
  good(await upload(berlin, camt([{ amount: euros(two.total_amount), qr_reference: qrReference(two.document_id) ?? '' }])))
  await w.work()
  expect((await transactions()).map(({ status }) => status)).toEqual(['to_review', 'matched'])
  expect((await read(berlin, two.id)).status).toBe('paid')
})

test('an invoice that is named in full is paid by the money that came, and told so; the same file again adds nothing', async () => {
  const { w, berlin, made, account, transactions } = await start()
  const invoice = await issued(berlin, made)
  const file = camt([
    { amount: euros(invoice.total_amount), text: `Rechnung ${invoice.document_id}`, name: 'Ada' },
    { amount: '9.90', sign: 'DBIT', text: 'Entgelt' },
  ])
  const { data, left_out } = good(await upload(berlin, file))
  expect(left_out).toEqual([])
  expect(data).toMatchObject([
    {
      bank_account_id: account.id,
      format: 'camt.053.001.08',
      currency: 'EUR',
      opening_balance: 0,
      gap: 0,
      first_day: '2026-10-01',
      transactions: 2,
      duplicates: 0,
      not_booked: 0,
      matched: 1,
      to_review: 1,
      file_name: 'statement.xml',
    },
  ])
  await w.work()
  const paid = await read(berlin, invoice.id)
  expect([paid.status, paid.amount_paid, paid.amount_due]).toEqual(['paid', invoice.total_amount, 0])
  const [first, second] = (await transactions()) as [Body, Body]
  expect(first).toMatchObject({
    status: 'matched',
    amount: invoice.total_amount,
    direction: 'credit',
    counterparty_name: 'Ada',
    date: '2026-10-01',
    proposal: { pays: [{ object_type: 'receivable', object_id: invoice.id, amount: invoice.total_amount }] },
  })
  expect(second).toMatchObject({ status: 'to_review', direction: 'debit', proposal: { why: 'No open document fits', pays: [] } })
  const record = good(await berlin.get(`/payment_records/${first.payment_record_ids[0]}`))
  expect(record).toMatchObject({
    amount: invoice.total_amount,
    status: 'succeeded',
    payment_method: 'bank_transfer',
    is_external: true,
  })
  expect(record.paid_at).toMatch(/^2026-10-01T12:00:00/)
  expect(good(await upload(berlin, file)).data).toMatchObject([{ transactions: 0, duplicates: 2, matched: 0 }])
  await w.work()
  expect(await transactions()).toHaveLength(2)
  expect((await read(berlin, invoice.id)).amount_paid).toBe(invoice.total_amount)
})

test('an entry over nothing is left out, and does not keep the others from being read', async () => {
  const { berlin, transactions } = await start()
  const file = camt([
    { amount: '0.00', text: 'Abschluss' },
    { amount: '9.90', sign: 'DBIT', text: 'Entgelt' },
  ])
  expect(good(await upload(berlin, file)).data).toMatchObject([{ transactions: 1, not_booked: 1, gap: 0 }])
  expect((await transactions()).map(({ amount }) => amount)).toEqual([990])
})

test('money that went out pays the bill that it names', async () => {
  const { w, berlin, transactions } = await start()
  const id = await billThatIs(berlin, 'waiting_to_be_paid')
  const bill = await readBill(berlin, id)
  good(
    await upload(
      berlin,
      camt([{ amount: euros(bill.amount_due), sign: 'DBIT', text: `${bill.document_id}` }], { opening: '10000.00' }),
    ),
  )
  await w.work()
  expect((await transactions())[0]).toMatchObject({ status: 'matched' })
  expect((await readBill(berlin, id)).status).toBe('paid')
})

describe('what is not sure waits for a person', () => {
  test('who accepts it as proposed, or says what it pays', async () => {
    const { w, berlin, made, transactions } = await start()
    const [one, two] = [await issued(berlin, made), await issued(berlin, made)]
    const file = camt([
      { amount: '100.00', text: `Abschlag ${one.document_id}` },
      { amount: '55.00', text: 'danke' },
    ])
    good(await upload(berlin, file))
    await w.work()
    const [part, unknown] = (await transactions('&status=to_review')) as [Body, Body]
    expect(part.proposal).toMatchObject({ why: 'It is less than what is open', pays: [{ object_id: one.id, amount: 10000 }] })
    const accept = (id: string, body: object = {}) => berlin.post(`/x/bank_transactions/${id}/accept`, body)
    expect(good(await accept(part.id))).toMatchObject({ status: 'accepted', decided_by_entity_user_id: berlin.userId })
    expect(await read(berlin, one.id)).toMatchObject({ status: 'partially_paid', amount_paid: 10000 })
    expect(no(await accept(part.id))).toEqual([409, 'A bank transaction that is accepted is not in review'])
    expect(no(await accept(unknown.id))).toEqual([400, 'pays: say which documents it pays, and how much of each'])
    const pays = (amount: number, object_id = two.id, object_type = 'receivable') => ({
      pays: [{ object_type, object_id, amount }],
    })
    for (const wrong of [pays(5501), pays(-5500), pays(5500, undefined, 'payable'), pays(0)])
      expect((await accept(unknown.id, wrong)).status).toBeGreaterThanOrEqual(400)
    expect(await read(berlin, two.id)).toMatchObject({ status: 'issued', amount_paid: 0 })
    good(await accept(unknown.id, pays(5500)))
    expect(await read(berlin, two.id)).toMatchObject({ status: 'partially_paid', amount_paid: 5500 })
  })

  test('or sets it aside, and may think again', async () => {
    const { berlin, transactions } = await start()
    good(await upload(berlin, camt([{ amount: '1.00', text: 'Zinsen' }])))
    const [one] = (await transactions()) as [Body]
    const act = (action: string, body?: object) => berlin.post(`/x/bank_transactions/${one.id}/${action}`, body)
    expect(no(await act('reopen'))[0]).toBe(409)
    expect(good(await act('set_aside', { comment: 'Interest' }))).toMatchObject({ status: 'set_aside', comment: 'Interest' })
    expect(no(await act('accept', {}))[0]).toBe(409)
    expect(good(await act('reopen'))).toMatchObject({ status: 'to_review', decided_at: null })
  })

  test('also when somebody else paid the invoice between reading and booking', async () => {
    const { w, berlin, made, transactions } = await start()
    const invoice = await issued(berlin, made)
    good(await upload(berlin, camt([{ amount: euros(invoice.total_amount), text: invoice.document_id }])))
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`, {}))
    await w.work()
    expect((await transactions())[0]).toMatchObject({
      status: 'to_review',
      proposal: { why: expect.stringContaining('could not be booked') },
    })
    expect((await read(berlin, invoice.id)).amount_paid).toBe(invoice.total_amount)
  })

  test('also all of a statement that does not add up', async () => {
    const { w, berlin, made, transactions } = await start()
    const invoice = await issued(berlin, made)
    const { data } = good(
      await upload(berlin, camt([{ amount: euros(invoice.total_amount), text: invoice.document_id }], { closing: '5.00' })),
    )
    expect(data[0]).toMatchObject({ gap: 500 - invoice.total_amount, matched: 0, to_review: 1 })
    await w.work()
    expect((await transactions())[0]!.proposal.why).toBe('The statement does not add up')
    expect((await read(berlin, invoice.id)).status).toBe('issued')
  })
})
