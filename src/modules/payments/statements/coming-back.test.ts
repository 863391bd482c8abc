import { describe, expect, test } from 'vitest'
import { camt, euros, IBAN, start, upload } from '../../../../test/support/bank-statements.ts'
import { billThatIs, readBill } from '../../../../test/support/billing.ts'
import { noticeFile } from '../../../../test/support/camt.ts'
import { brokenPromises, good, issued, no, read } from '../../../../test/support/invoicing.ts'
import type { Body, Client } from '../../../../test/support/world.ts'

test('what was credited of a paid invoice goes back by the statement: sent to the customer, or deducted from another invoice', async () => {
  const { w, berlin, made, transactions } = await start()
  good(await w.partner.patch(`/entities/${berlin.entityId}/settings`, { credit_paid_invoices: true }))
  /** A paid invoice with a credit note over all of it. */
  async function credited() {
    const invoice = await issued(berlin, made)
    good(await berlin.post(`/receivables/${invoice.id}/mark_as_paid`))
    const draft = good(await berlin.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
    return { invoice, note: good(await berlin.post(`/receivables/${draft.id}/issue`)) }
  }
  const [sent, deducted] = [await credited(), await credited()]
  const open = await issued(berlin, made, { line_items: [{ ...made.invoice.line_items[0], quantity: 8 }] })
  const file = camt(
    [
      { amount: euros(sent.note.total_amount), sign: 'DBIT', text: sent.note.document_id },
      {
        amount: euros(open.total_amount - deducted.note.total_amount),
        text: `${open.document_id} ./. ${deducted.note.document_id}`,
      },
    ],
    { opening: '10000.00' },
  )
  good(await upload(berlin, file))
  await w.work()
  const [refund, rest] = (await transactions()) as [Body, Body]
  expect(refund).toMatchObject({
    status: 'to_review',
    proposal: { pays: [{ object_id: sent.invoice.id, amount: -sent.note.total_amount }] },
  })
  for (const { id } of [refund, rest]) good(await berlin.post(`/x/bank_transactions/${id}/accept`, {}))
  for (const { invoice } of [sent, deducted])
    expect(await read(berlin, invoice.id)).toMatchObject({ status: 'canceled', amount_paid: 0 })
  expect(await read(berlin, open.id)).toMatchObject({ status: 'paid', amount_paid: open.total_amount })
  const records = good(await berlin.get(`/payment_records?object_id=${sent.invoice.id}`)).data
  expect(records.map(({ amount, status }: Body) => [amount, status])).toEqual([
    [sent.note.total_amount, 'succeeded'],
    [-sent.note.total_amount, 'succeeded'],
  ])
  expect(await brokenPromises(w)).toEqual([])
})

describe('what comes back', () => {
  const returned = (end_to_end_id: string) => ({ end_to_end_id, reason: 'AC04' })
  const recordsOf = async (who: Client, id: string) =>
    good(await who.get(`/payment_records?object_id=${id}`)).data.map(({ amount, status }: Body) => [amount, status])

  test('is taken back by itself where an earlier statement booked the very same entry, once', async () => {
    const { w, berlin, made, transactions } = await start()
    const [one, two] = [await issued(berlin, made), await issued(berlin, made)]
    const amount = euros(one.total_amount)
    const paid = camt([
      { amount, text: one.document_id, end_to_end_id: 'OWN-1', ref: 'A1' },
      { amount, text: two.document_id, ref: 'A2' },
    ])
    good(await upload(berlin, paid))
    await w.work()
    expect((await transactions()).map(({ status }) => status)).toEqual(['matched', 'matched'])
    // By the payer's id, and by the bank's own: the amount and the direction have to fit, too.
    const back = camt(
      [
        { amount, sign: 'DBIT', ...returned('OWN-1'), ref: 'B1' },
        { amount, sign: 'DBIT', text: 'STORNO', ref: 'A2', reverses: true },
        { amount, sign: 'DBIT', ...returned('OWN-1'), ref: 'B3' },
        { amount: '5.00', sign: 'DBIT', ...returned('OWN-1'), ref: 'B4' },
      ],
      { opening: '10000.00' },
    )
    good(await upload(berlin, back))
    await w.work()
    expect((await transactions()).slice(2).map(({ status, proposal }) => [status, proposal.why])).toEqual([
      ['matched', 'It takes back what was booked before'],
      ['matched', 'It takes back what was booked before'],
      ['to_review', 'It takes something back that is not known'],
      ['to_review', 'It takes something back that is not known'],
    ])
    for (const { id, total_amount } of [one, two]) {
      expect(await read(berlin, id)).toMatchObject({ amount_paid: 0, amount_due: total_amount, paid_at: null })
      expect(await recordsOf(berlin, id)).toEqual([
        [total_amount, 'succeeded'],
        [-total_amount, 'succeeded'],
      ])
    }
    // The same file again, and the money once more.
    good(await upload(berlin, back))
    good(await upload(berlin, camt([{ amount, sign: 'DBIT', ...returned('OWN-1'), ref: 'B9' }], { opening: '10000.00' })))
    await w.work()
    expect((await read(berlin, one.id)).amount_paid).toBe(0)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('is for a person where two entries may be meant', async () => {
    const { w, berlin, made, transactions } = await start()
    const [one, two] = [await issued(berlin, made), await issued(berlin, made)]
    const amount = euros(one.total_amount)
    const paid = [one, two].map(({ document_id }, i) => ({ amount, text: document_id, end_to_end_id: 'SAME', ref: `C${i}` }))
    good(await upload(berlin, camt(paid)))
    await w.work()
    good(await upload(berlin, camt([{ amount, sign: 'DBIT', ...returned('SAME') }], { opening: '10000.00' })))
    await w.work()
    expect((await transactions()).at(-1)).toMatchObject({ status: 'to_review' })
    expect((await read(berlin, one.id)).status).toBe('paid')
  })
})

test('charges that the entry states to the cent are the entity’s own: the document is settled by the whole', async () => {
  const { w, berlin, made, transactions } = await start()
  const invoice = await issued(berlin, made)
  const id = await billThatIs(berlin, 'waiting_to_be_paid')
  const bill = await readBill(berlin, id)
  const less = { amount: euros(invoice.total_amount - 1400), text: invoice.document_id, fee: '14.00' }
  const onTop = {
    amount: euros(bill.amount_due + 2600),
    part: euros(bill.amount_due),
    fee: '26.00',
    sign: 'DBIT' as const,
    text: bill.document_id,
  }
  const file = camt([less, onTop], { opening: '90000.00' })
  good(await upload(berlin, file))
  await w.work()
  const [short, paid] = (await transactions()) as [Body, Body]
  expect([short.status, paid.status]).toEqual(['to_review', 'matched'])
  // Whether the rest is still owed, or was kept by banks, is for a person to say.
  good(await berlin.post(`/x/bank_transactions/${short.id}/accept`, {}))
  expect(await read(berlin, invoice.id)).toMatchObject({ status: 'paid', amount_paid: invoice.total_amount })
  expect(await readBill(berlin, id)).toMatchObject({ status: 'paid', amount_paid: bill.amount_due })
  const booked = await w.sql(`select amount::int, fee::int from payment_records where object_id = any ($1) order by fee`, [
    [invoice.id, id],
  ])
  expect(booked).toEqual([
    { amount: invoice.total_amount, fee: 1400 },
    { amount: bill.amount_due, fee: 2600 },
  ])
  expect(await brokenPromises(w)).toEqual([])
})

test('a sum whose parts come in a notice counts once, whichever comes first', async () => {
  const entry = { amount: '300.00', ref: 'B77' }
  const parts = [
    { amount: '100.00', ref: 'B77-1' },
    { amount: '200.00', ref: 'B77-2' },
  ]
  const asSum = () => camt([{ ...entry, sum_of: 2 }])
  const asNotice = () => noticeFile([{ ...entry, parts }], { iban: IBAN })
  for (const order of [
    [asSum, asNotice],
    [asNotice, asSum],
    [asNotice, asSum, asNotice, asSum],
  ]) {
    const { berlin, transactions } = await start()
    for (const as of order) good(await upload(berlin, as()))
    const counted = (await transactions()).filter(({ status }) => status !== 'detailed')
    expect(counted.map(({ amount }) => amount).sort()).toEqual([10000, 20000])
  }
})

describe('what is refused leaves nothing behind', () => {
  test.each([
    ['another account', () => camt([{ amount: '1.00' }], { iban: 'DE50999200110000000999' }), /belongs to no bank account/],
    ['half a file', () => camt([{ amount: '1.00' }]).slice(0, -40), /ends too early/],
    ['a table of something else', () => 'sku;name;price\n1;Drill;5,00\n', /no columns for day and amount/],
    [
      'entities',
      () => camt([{ amount: '1.00' }]).replace('<Document', '<!DOCTYPE x [<!ENTITY a "b">]><Document'),
      /document type/,
    ],
    ['nothing', () => '', /empty/],
    ['a picture', () => Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]), /columns/],
  ])('%s', async (_name, file, message) => {
    const { berlin } = await start()
    const [status, why] = no(await upload(berlin, file()))
    expect([status, why]).toEqual([400, expect.stringMatching(message)])
    expect(good(await berlin.get('/x/bank_statements')).data).toEqual([])
    expect(good(await berlin.get('/x/bank_transactions')).data).toEqual([])
  })

  test('a table without an account asks for its name, where there are several', async () => {
    const { berlin, account } = await start()
    const table = 'Date,Description,Amount\n2026-10-01,Something,5.00\n'
    expect(good(await upload(berlin, table)).data[0]).toMatchObject({
      bank_account_id: account.id,
      currency: 'EUR',
      format: 'CSV',
    })
    const other = good(await berlin.post('/bank_accounts', { currency: 'EUR', country: 'NL', iban: 'NL91ABNA0417164300' }))
    expect(no(await upload(berlin, table))).toEqual([400, expect.stringContaining('bank_account_id')])
    expect(good(await upload(berlin, table, { bank_account_id: other.id })).data[0].bank_account_id).toBe(other.id)
    expect(no(await upload(berlin, table, { bank_account_id: berlin.userId! }))[0]).toBe(404)
  })
})
