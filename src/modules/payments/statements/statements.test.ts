import { describe, expect, test } from 'vitest'
import { billThatIs, readBill } from '../../../../test/support/billing.ts'
import { camtFile, type Entry, noticeFile } from '../../../../test/support/camt.ts'
import { brokenPromises, good, issued, no, read, ready } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, world } from '../../../../test/support/world.ts'
import { qrReference } from '../../../core/swiss-qr.ts'

/** The account that `ready` makes. */
const IBAN = 'DE89370400440532013000'

const camt = (entries: readonly Entry[], more: { iban?: string; opening?: string; closing?: string } = {}) =>
  camtFile(
    entries.map((entry) => ({ name: 'Somebody', ...entry })),
    { iban: IBAN, ...more },
  )

const upload = (who: Client, content: string | Buffer, fields: Record<string, string> = {}) =>
  who.upload('POST', '/x/bank_statements', { bytes: Buffer.from(content), name: 'statement.xml' }, fields)

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  const transactions = async (query = ''): Promise<Body[]> =>
    good(await w.berlin.get(`/x/bank_transactions?sort=created_at${query}`)).data
  return { w, berlin: w.berlin, made, account: made.account as Body, transactions }
}
const euros = (cents: number) => (cents / 100).toFixed(2)

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
