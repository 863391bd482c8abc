import { describe, expect, test } from 'vitest'
import { connected, partnerOf, push, recordOf } from '../../../../test/support/accounting.ts'
import { good, issued, no, ready } from '../../../../test/support/invoicing.ts'
import { type Body, permissions, world } from '../../../../test/support/world.ts'

async function start() {
  const w = await world()
  await connected(w, w.berlin)
  const partner = partnerOf(w, w.berlin)
  const made = await ready(w.berlin)
  const pay = async (id: string, amount: number) =>
    good(await w.berlin.post('/payment_records', { amount, currency: 'EUR', object: { type: 'receivable', id } }))
  return { w, berlin: w.berlin, partner, made, pay }
}

describe('the books', () => {
  test('answer a trial balance whose debit is its credit, the sheet of an account, and the journal', async () => {
    const { w, berlin, partner, made, pay } = await start()
    const { id, document_id } = await issued(berlin, made)
    await pay(id, 48750)
    await w.work()
    const balance = good(await partner.get('/x/ledger/trial_balance'))
    expect(balance).toMatchObject({ from: null, to: null, currency: 'EUR', debit: 197500, credit: 197500 })
    expect(balance.accounts.map(({ number, closing }: Body) => [number, closing])).toEqual([
      ['1200', 48750],
      ['1400', 100000],
      ['1776', -23750],
      ['8400', -125000],
    ])
    const sheet = good(await partner.get('/x/ledger/accounts/1400/entries'))
    expect(sheet).toMatchObject({ number: '1400', opening: 0, closing: 100000, next_after: null })
    expect(sheet.lines.map(({ debit, credit, balance }: Body) => [debit, credit, balance])).toEqual([
      [148750, 0, 148750],
      [0, 48750, 100000],
    ])
    const first = good(await partner.get('/x/ledger/accounts/1400/entries?limit=1'))
    expect(first.next_after).toBe(1)
    expect(good(await partner.get('/x/ledger/accounts/1400/entries?limit=1&after=1')).lines[0].balance).toBe(100000)
    const journal = good(await partner.get('/x/ledger/entries'))
    expect(journal.data.map(({ number, kind, document }: Body) => [number, kind, document])).toEqual([
      [1, 'invoice', document_id],
      [2, 'payment', document_id],
    ])
    expect(journal.data[0].lines[0]).toEqual({
      account: '1400',
      debit: 148750,
      credit: 0,
      currency_amount: 148750,
      tax_code: null,
      party_number: 10000,
    })
    // Before the first entry there is nothing.
    expect(good(await partner.get('/x/ledger/trial_balance?to=2000-01-01')).accounts).toEqual([])
    expect(no(await partner.get('/x/ledger/trial_balance?from=2001-01-01&to=2000-01-01'))[0]).toBe(400)
    expect(no(await partner.get('/x/ledger/accounts/0815/entries'))[0]).toBe(404)
  })

  test('answer the tax of each rate, and what is open by age', async () => {
    const { w, berlin, partner, made, pay } = await start()
    const line_items = [
      { product_id: made.product.id, quantity: 1, vat_rate_id: made.rate.id },
      { product_id: made.product.id, quantity: 1, vat_rate_id: made.reduced.id },
    ]
    const { id, due_date } = await issued(berlin, made, { line_items })
    await pay(id, 10000)
    await w.work()
    const report = good(await partner.get('/x/ledger/vat_report'))
    expect(report.rates.map(({ code, base, tax }: Body) => [code, base, tax])).toEqual([
      ['S19', 25000, 4750],
      ['S7', 25000, 1750],
    ])
    expect(report).toMatchObject({ sales: 6500, purchases: 0, payable: 6500 })
    const open = good(await partner.get('/x/ledger/open_items?side=customer'))
    expect(open).toMatchObject({
      total: 46500,
      ages: { not_due: 46500, to_30: 0, to_60: 0, to_90: 0, over_90: 0 },
      data: [
        { document_id: id, party: 'Acme GmbH', party_number: 10000, amount: 46500, currency_amount: 46500, currency: 'EUR' },
      ],
    })
    const later = new Date(Date.parse(due_date) + 45 * 86_400_000).toISOString().slice(0, 10)
    expect(good(await partner.get(`/x/ledger/open_items?side=customer&on=${later}`)).ages.to_60).toBe(46500)
    expect(good(await partner.get('/x/ledger/open_items?side=vendor')).data).toEqual([])
  })

  test('closed up to a day take nothing of it: the reason names the day, nothing is dated otherwise, and it goes through once they are open', async () => {
    const { w, berlin, partner, made } = await start()
    good(await partner.patch('/x/ledger', { locked_until: '2999-12-31' }))
    const { id } = await issued(berlin, made)
    await w.work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record.errors).toMatchObject({ code: 'period_locked', message: expect.stringContaining('2999-12-31') })
    expect(good(await partner.patch('/x/ledger', { locked_until: null })).locked_until).toBeNull()
    await push(w, berlin, record)
    expect(await recordOf(w, berlin, 'receivable', id)).toMatchObject({ sync_status: 'done', errors: null })
    const [entry] = good(await partner.get('/x/ledger/entries')).data
    expect(entry.day).toBe(good(await berlin.get(`/receivables/${id}`)).issue_date.slice(0, 10))
  })

  test('take accounts of the entity’s own, and put those away that nothing is booked on; lines that name one put away are refused', async () => {
    const { w, berlin, partner, made } = await start()
    const made_account = { number: '8410', name: 'Workshops', type: 'Income' }
    good(await partner.post('/x/ledger/accounts', made_account))
    expect(no(await partner.post('/x/ledger/accounts', made_account))[0]).toBe(409)
    await w.work()
    const account = good(await berlin.get('/ledger_accounts')).data.find(({ nominal_code }: Body) => nominal_code === '8410')
    const product = good(
      await berlin.post('/products', { name: 'Workshop', price: { currency: 'EUR', value: 100 }, ledger_account_id: account.id }),
    )
    const line_items = [{ product_id: product.id, quantity: 1, vat_rate_id: made.rate.id }]
    good(await partner.patch('/x/ledger/accounts/8410', { archived: true, name: 'Workshops of old' }))
    await w.work()
    const { id } = await issued(berlin, made, { line_items })
    await w.work()
    const record = await recordOf(w, berlin, 'receivable', id)
    expect(record.errors).toEqual({
      code: 'account_archived',
      message: 'Line 1: the account 8410 Workshops of old is archived in the ledger',
      details: [account.id],
    })
    good(await partner.patch('/x/ledger/accounts/8410', { archived: false }))
    await w.work()
    await push(w, berlin, record)
    expect(good(await partner.get('/x/ledger/accounts/8410/entries')).closing).toBe(-100)
    expect(no(await partner.patch('/x/ledger/accounts/1400', { archived: true }))[0]).toBe(409)
    expect(no(await partner.patch('/x/ledger/accounts/9999', { archived: true }))[0]).toBe(404)
  })

  test('are for those who may read them, and are not there before the entity is connected', async () => {
    const { w, berlin } = await start()
    const paths = [
      '',
      '/entries',
      '/trial_balance',
      '/vat_report',
      '/open_items?side=customer',
      '/tax_rates',
      '/accounts/1400/entries',
    ]
    const reader = await w.newUser(berlin.entityId!, permissions({ 'reconciliation:read': 'allowed' }, 'not_allowed'))
    const stranger = await w.newUser(berlin.entityId!, permissions({ 'reconciliation:read': 'not_allowed' }))
    for (const path of paths) {
      expect([path, (await stranger.get(`/x/ledger${path}`)).status]).toEqual([path, 403])
      expect([path, (await reader.get(`/x/ledger${path}`)).status]).toEqual([path, 200])
      expect([path, (await partnerOf(w, w.paris).get(`/x/ledger${path}`)).status]).toEqual([path, 409])
    }
    expect((await reader.patch('/x/ledger', { locked_until: null })).status).toBe(403)
  })
})

describe('the database itself', () => {
  test('refuses entries that do not balance, and every change of what was booked', async () => {
    const { w, berlin, made } = await start()
    const { id } = await issued(berlin, made)
    await w.work()
    const [entry] = await w.sql<{ id: string }>(`select id from books_entries where document_id = $1`, [id])
    const set = `select set_config('app.partner_id', '${w.partner_id}', false), set_config('app.entity_id', '${berlin.entityId}', false)`
    await w.sql(set)
    const insert = (values: string) =>
      w.sql(`insert into books_lines (entry_id, place, account, amount, currency_amount, partner_id, entity_id)
        select v.*, '${w.partner_id}', '${berlin.entityId}' from (values ${values}) as v (e, p, a, x, y) where v.e is not null`)
    await expect(insert(`('${entry!.id}'::uuid, 9, '1400', 5, 5)`)).rejects.toThrow('out of balance by 5')
    await expect(w.sql(`update books_lines set amount = amount + 1 where entry_id = $1`, [entry!.id])).rejects.toThrow(
      'reverse it',
    )
    await expect(w.sql(`delete from books_entries where id = $1`, [entry!.id])).rejects.toThrow('reverse it')
    await expect(
      w.sql(
        `insert into books_entries (partner_id, entity_id, number, day, kind, object_type, object_id, version, document_id, text, currency, rate, fingerprint)
         values ($1, $2, 99, '2026-01-01', 'invoice', 'receivable', gen_random_uuid(), 1, gen_random_uuid(), '', 'EUR', 1, '')`,
        [w.partner_id, berlin.entityId],
      ),
    ).rejects.toThrow('two lines or more')
  })
})
