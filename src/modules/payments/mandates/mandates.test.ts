import { describe, expect, test } from 'vitest'
import { camtFile, refusalFile } from '../../../../test/support/camt.ts'
import { statementsOf } from '../../../../test/support/counting.ts'
import { brokenPromises, good, no, read, ready } from '../../../../test/support/invoicing.ts'
import { approved } from '../../../../test/support/onboarding.ts'
import { invoiceOf, link, linkStatus } from '../../../../test/support/paying.ts'
import { type Body, type Client, type World, world } from '../../../../test/support/world.ts'

/** Direct debits, from what the customer signed to the money on the statement. */

const CREDITOR = 'DE98ZZZ09999999999'

async function signed(more: object = {}) {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const account = good(
    await berlin.post(`/counterparts/${made.customer.id}/bank_accounts`, {
      country: 'DE',
      currency: 'EUR',
      iban: 'DE75999600550000110022',
      account_holder_name: 'Acme GmbH',
    }),
  )
  const body = {
    counterpart_id: made.customer.id,
    counterpart_bank_account_id: account.id,
    creditor_identifier: CREDITOR,
    signed_on: '2026-01-10',
    ...more,
  }
  const answer = await berlin.post('/x/mandates', body)
  const collect = (...invoices: Body[]) =>
    berlin.post('/x/debit_files', { creditor_bank_account_id: made.account.id, receivable_ids: invoices.map(({ id }) => id) })
  return { w, berlin, made, account, body, answer, collect, invoice: (total = 11900) => invoiceOf(berlin, made, total) }
}

/** A statement of our account with these entries. */
const statement = (
  iban: string,
  entries: readonly { amount: number; sign: 'CRDT' | 'DBIT'; id: string; reason?: string; fee?: string }[],
): Buffer =>
  Buffer.from(
    camtFile(
      entries.map(({ amount, sign, id, ...more }) => ({
        amount: (amount / 100).toFixed(2),
        sign,
        end_to_end_id: id,
        ref: `${id}-${sign}`,
        day: new Date().toISOString().slice(0, 10),
        ...more,
      })),
      { iban, opening: '1000.00' },
    ),
  )
async function upload(w: World, who: Client, bytes: Buffer) {
  good(await who.upload('POST', '/x/bank_statements', { bytes, name: 's.xml' }))
  await w.work()
}

describe('a mandate', () => {
  test('keeps what was signed, and the number of the creditor is that of the last one', async () => {
    const { berlin, answer, body, account } = await signed({ reference: 'M-1', scheme: 'b2b' })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      status: 'active',
      reference: 'M-1',
      scheme: 'b2b',
      sequence: 'recurrent',
      creditor_identifier: CREDITOR,
      iban: 'DE75999600550000110022',
      created_by_entity_user_id: berlin.userId,
    })
    expect(no(await berlin.post('/x/mandates', { ...body }))).toEqual([409, 'There is a mandate with this reference already'])
    const next = good(
      await berlin.post('/x/mandates', {
        counterpart_id: body.counterpart_id,
        counterpart_bank_account_id: account.id,
        signed_on: '2026-02-01',
      }),
    )
    expect([next.creditor_identifier, next.reference]).toEqual([CREDITOR, expect.stringMatching(/^M-\d{8}-/)])
    expect(good(await berlin.get(`/x/mandates?counterpart_id=${body.counterpart_id}`)).data).toHaveLength(2)
    expect(good(await berlin.post(`/x/mandates/${next.id}/revoke`)).status).toBe('revoked')
    expect(no(await berlin.post(`/x/mandates/${next.id}/revoke`))[0]).toBe(409)
  })

  test.each([
    [{ creditor_identifier: 'DE97ZZZ09999999999' }, 'check digits'],
    [{ creditor_identifier: null }, 'send the number'],
    [{ signed_on: '2999-01-01' }, 'future'],
    [{ signed_on: '2020-01-01' }, '36 months'],
  ])('with %j is refused', async (more, why) => {
    const { answer } = await signed(more)
    expect(no(answer)).toEqual([400, expect.stringContaining(why)])
  })
})

describe('a debit', () => {
  test('is collected to an account in euros that is there', async () => {
    const { berlin, made, invoice } = await signed()
    const one = await invoice()
    const ask = (creditor_bank_account_id: string, ids = [one.id]) =>
      berlin.post('/x/debit_files', { creditor_bank_account_id, receivable_ids: ids })
    expect(no(await ask(crypto.randomUUID()))).toEqual([404, 'Bank account not found'])
    const dollars = { country: 'US', currency: 'USD', account_number: '000123456789', routing_number: '021000021' }
    const { id } = good(await berlin.post('/bank_accounts', { ...dollars, account_holder_name: 'Spreewerk' }))
    expect(no(await ask(id))).toEqual([400, expect.stringContaining('accounts in EUR with an IBAN')])
    expect(no(await ask(made.account.id, [one.id, one.id]))).toEqual([400, expect.stringContaining('only once')])
  })

  test('is on its way from the file to the statement, is paid there, and open again when it is taken back', async () => {
    const { w, berlin, made, collect, invoice } = await signed()
    good(
      await w.partner.put(`/entities/${berlin.entityId}/payment_methods`, { payment_methods_receive: ['sepa_credit', 'card'] }),
    )
    await approved(w.sql, berlin.entityId!)
    const one = await invoice()
    const open = await link(berlin, one.id)
    const file = good(await collect(one))
    expect(file).toMatchObject({ format: 'pain.008.001.09', total_amount: 11900, refused: [] })
    const [payment] = file.payments
    expect(payment).toMatchObject({
      receivable_id: one.id,
      payable_id: null,
      status: 'processing',
      iban: 'DE75999600550000110022',
      reference: one.document_id,
    })
    expect(await linkStatus(berlin, open)).toBe('expired')
    expect(no(await collect(one))[1]).toContain('A payment of this invoice is on its way')
    const { body: bytes } = await berlin.get(`/x/payment_files/${file.id}/content`)
    expect(bytes.toString()).toContain(`<EndToEndId>${payment.end_to_end_id}</EndToEndId>`)
    await upload(w, berlin, statement(made.account.iban, [{ amount: 11900, sign: 'CRDT', id: payment.end_to_end_id }]))
    expect(await read(berlin, one.id)).toMatchObject({ status: 'paid', amount_paid: 11900 })
    const paid = good(await berlin.get(`/payment_intents/${payment.payment_intent_id}`))
    expect(paid).toMatchObject({ status: 'succeeded', selected_payment_method: 'sepa_debit' })
    expect(
      good(await berlin.get(`/payment_records?object_id=${one.id}`)).data.filter(({ status }: Body) => status === 'succeeded'),
    ).toHaveLength(1)
    // Eight weeks to take it back.
    await upload(
      w,
      berlin,
      statement(made.account.iban, [{ amount: 11900, sign: 'DBIT', id: payment.end_to_end_id, reason: 'MD06' }]),
    )
    expect(good(await berlin.get('/x/bank_transactions?status=to_review')).data).toEqual([])
    expect(good(await berlin.get(`/payment_intents/${payment.payment_intent_id}`)).status).toBe('payment_failed')
    expect((await read(berlin, one.id)).amount_paid).toBe(0)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('that is taken back with a charge owes what was collected, and the charge is the entity’s own; the wrong amount is for a person', async () => {
    const { w, berlin, made, collect, invoice } = await signed()
    const [one, two] = [await invoice(), await invoice(5000)]
    const file = good(await collect(one, two))
    const of = ({ id }: Body): Body => file.payments.find(({ receivable_id }: Body) => receivable_id === id)
    const entries = [one, two].map((each) => ({ amount: of(each).amount, sign: 'CRDT' as const, id: of(each).end_to_end_id }))
    await upload(w, berlin, statement(made.account.iban, entries))
    const charged = { amount: 12400, sign: 'DBIT' as const, id: of(one).end_to_end_id, reason: 'AM04', fee: '5.00' }
    await upload(w, berlin, statement(made.account.iban, [charged]))
    await upload(
      w,
      berlin,
      statement(made.account.iban, [{ amount: 4000, sign: 'DBIT', id: of(two).end_to_end_id, reason: 'AM04' }]),
    )
    expect((await read(berlin, one.id)).amount_paid).toBe(0)
    expect((await read(berlin, two.id)).amount_paid).toBe(5000)
    const [back] = await w.sql(`select amount::int, fee::int, reason from payment_records where object_id = $1 and amount < 0`, [
      one.id,
    ])
    expect(back).toEqual({ amount: -11900, fee: 500, reason: 'It came back: AM04' })
    const [unsure] = good(await berlin.get('/x/bank_transactions?status=to_review')).data
    expect(unsure.proposal).toMatchObject({
      why: 'A direct debit of ours was taken back',
      pays: [{ object_type: 'receivable', object_id: two.id, amount: -4000 }],
    })
    expect(await brokenPromises(w)).toEqual([])
  })

  test('many of them take as many statements as few', async () => {
    const { w, collect, invoice } = await signed()
    const invoices: Body[] = []
    for (let i = 0; i < 10; i++) invoices.push(await invoice(1000 + i))
    await w.work()
    const few = await statementsOf(() => collect(...invoices.slice(0, 2)))
    const many = await statementsOf(() => collect(...invoices.slice(2)))
    expect(many).toBe(few)
    expect(many).toBeLessThan(30)
  })

  test('that the bank refuses is open again, and may be collected anew', async () => {
    const { w, berlin, collect, invoice } = await signed()
    const one = await invoice()
    const file = good(await collect(one))
    const { end_to_end_id } = file.payments[0]
    const message = { id: file.message_id, format: file.format, block: `${file.message_id}-1` }
    const report = refusalFile(message, [{ end_to_end_id, reason: 'AC04' }])
    good(await berlin.upload('POST', '/x/payment_reports', { bytes: Buffer.from(report), name: 'r.xml' }))
    expect(good(await berlin.get(`/x/payment_files/${file.id}`)).payments[0]).toMatchObject({
      status: 'payment_failed',
      error: expect.stringContaining('AC04'),
    })
    const again = good(await collect(one))
    expect(again.payments[0].end_to_end_id).not.toBe(end_to_end_id)
    expect(good(await berlin.post(`/x/payment_files/${again.id}/withdraw`)).withdrawn_at).not.toBeNull()
    good(await collect(one))
    expect(await brokenPromises(w)).toEqual([])
  })

  test('from an account in Switzerland says where the customer lives', async () => {
    const { berlin, made, invoice, collect } = await signed()
    const address = { country: 'CH', city: 'Bern', postal_code: '3005', line1: 'Bundesplatz 3' }
    const organization = { legal_name: 'Aare AG', is_vendor: false, is_customer: true, address }
    const customer = good(await berlin.post('/counterparts', { type: 'organization', tax_id: 'CHE-123', organization }))
    const account = good(
      await berlin.post(`/counterparts/${customer.id}/bank_accounts`, {
        country: 'CH',
        currency: 'EUR',
        iban: 'CH9300762011623852957',
      }),
    )
    const mandate = { counterpart_id: customer.id, counterpart_bank_account_id: account.id, creditor_identifier: CREDITOR }
    good(await berlin.post('/x/mandates', { ...mandate, signed_on: '2026-01-10' }))
    const file = good(
      await collect(
        await invoice(),
        await invoiceOf(
          berlin,
          {
            ...made,
            customer,
            invoice: {
              ...made.invoice,
              counterpart_id: customer.id,
              counterpart_billing_address_id: customer.default_billing_address_id,
            },
          },
          5000,
        ),
      ),
    )
    const { body } = await berlin.get(`/x/payment_files/${file.id}/content`)
    expect([...String(body).matchAll(/<Dbtr>.*?<\/Dbtr>/g)].map(([text]) => text.replace(/<[^>]+>/g, '|')).sort()).toEqual([
      '||Aare AG|||3005||Bern||CH||Bundesplatz 3|||',
      '||Acme GmbH||',
    ])
  })

  test('needs a mandate that is good: another account, one that is revoked or used, or none is refused and named', async () => {
    const { berlin, made, account, answer, collect, invoice } = await signed({ sequence: 'one_off' })
    const [one, two] = [await invoice(), await invoice(5000)]
    const file = good(await collect(one, two))
    expect([file.payments.length, file.refused.map(({ why }: Body) => why)]).toEqual([
      1,
      [`The mandate ${answer.body.reference} is for one debit`],
    ])
    expect(good(await berlin.get(`/x/mandates/${answer.body.id}`)).status).toBe('used')
    const left = file.refused[0].receivable_id === one.id ? one : two
    expect(no(await collect(left))).toEqual([400, expect.stringContaining('has signed no mandate')])
    const next = good(
      await berlin.post('/x/mandates', {
        counterpart_id: made.customer.id,
        counterpart_bank_account_id: account.id,
        signed_on: '2026-02-01',
      }),
    )
    good(await berlin.patch(`/counterparts/${made.customer.id}/bank_accounts/${account.id}`, { iban: 'DE02120300000000202051' }))
    expect(no(await collect(left))[1]).toContain(`another one than that of the mandate ${next.reference}`)
  })
})
