import { describe, expect, test } from 'vitest'
import { agree, connected, partnerOf } from '../../../../test/support/accounting.ts'
import { good, no } from '../../../../test/support/invoicing.ts'
import { permissions, world } from '../../../../test/support/world.ts'

const HOUR_MS = 3_600_000

describe('a connection to a ledger', () => {
  test('waits for a user who chooses and agrees, then is connected and read, and ends when somebody ends it', async () => {
    const w = await world()
    const partner = partnerOf(w, w.berlin)
    const heard = good(
      await w.partner.post('/webhook_subscriptions', {
        object_type: 'accounting_connection',
        url: 'https://example.com/accounting',
      }),
    )
    const opened = good(await partner.post('/accounting_connections'))
    expect(opened).toMatchObject({ status: 'pending_auth', platform: null, business_info: null, errors: null, last_pull: null })
    const page = await w.app.inject({ method: 'GET', url: new URL(opened.connection_url).pathname })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('Quittance Ledger')
    expect(page.body).toContain('SKR 03')
    // Looking changes nothing.
    expect(good(await partner.get(`/accounting_connections/${opened.id}`)).status).toBe('pending_auth')
    expect((await agree(w, opened)).statusCode).toBe(200)
    await w.work()
    const made = good(await partner.get(`/accounting_connections/${opened.id}`))
    expect(made).toMatchObject({
      status: 'connected',
      platform: null,
      errors: null,
      business_info: { name: 'Spreewerk GmbH', legal_name: 'Spreewerk GmbH', base_currency: 'EUR', email: 'office@example.com' },
    })
    expect(made.last_pull).not.toBeNull()
    const ended = good(await partner.post(`/accounting_connections/${opened.id}/disconnect`))
    expect(ended.status).toBe('disconnected')
    expect(no(await partner.post(`/accounting_connections/${opened.id}/disconnect`))[0]).toBe(409)
    expect(no(await partner.post(`/accounting_connections/${opened.id}/sync`))[0]).toBe(409)
    const events = good(await partner.get('/events?object_type=accounting_connection')).data
    expect(events.map(({ action }: { action: string }) => action).sort()).toEqual([
      'accounting_connection.connected',
      'accounting_connection.disconnected',
      'accounting_connection.pending_auth',
    ])
    expect(heard.status).toBe('enabled')
    // What was read stays readable.
    expect(good(await w.berlin.get('/ledger_accounts')).data.length).toBeGreaterThan(20)
    // The address of the page leads nowhere any more.
    expect((await agree(w, opened)).statusCode).toBe(404)
  })

  test('is the only one of its entity until it ends; another entity has its own', async () => {
    const w = await world()
    const partner = partnerOf(w, w.berlin)
    const first = good(await partner.post('/accounting_connections'))
    expect(no(await partner.post('/accounting_connections'))).toEqual([
      409,
      'The entity has an accounting connection: disconnect it first',
    ])
    good(await partnerOf(w, w.paris).post('/accounting_connections'))
    good(await partner.post(`/accounting_connections/${first.id}/disconnect`))
    good(await partner.post('/accounting_connections'))
    expect(good(await partner.get('/accounting_connections')).data).toHaveLength(2)
  })

  test('is read every hour, and when somebody asks: asking twice is one reading', async () => {
    const w = await world()
    const made = await connected(w, w.berlin)
    const partner = partnerOf(w, w.berlin)
    const sync = () => partner.post(`/accounting_connections/${made.id}/sync`)
    const pulled = async () => {
      const [row] = await w.sql<{ last_pull: string }>(`select last_pull from accounting_connections where id = $1`, [made.id])
      return Date.parse(row!.last_pull)
    }
    const before = await pulled()
    expect([(await sync()).status, (await sync()).body]).toEqual([202, { message: 'Started connection data sync.' }])
    const jobs = await w.sql(`select id from jobs where kind = 'accounting.sync' and entity_id = $1`, [w.berlin.entityId])
    expect(jobs).toHaveLength(1)
    await w.work()
    const after = await pulled()
    expect(after).toBeGreaterThan(before)
    w.clock.advance(HOUR_MS + 1000)
    await w.work()
    expect(await pulled()).toBeGreaterThanOrEqual(after + HOUR_MS)
  })

  test('is for partners: a user of the entity opens none and sees none', async () => {
    const w = await world()
    expect((await w.berlin.post('/accounting_connections')).status).toBe(403)
    expect((await w.berlin.get('/accounting_connections')).status).toBe(403)
  })

  test('is made by a form of our own page only, and for a ledger that is there', async () => {
    const w = await world()
    const opened = good(await partnerOf(w, w.berlin).post('/accounting_connections'))
    expect((await agree(w, opened, { ledger: 'nobody' })).statusCode).toBe(400)
    const foreign = await w.app.inject({
      method: 'POST',
      url: new URL(opened.connection_url).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
      payload: 'ledger=ledger',
    })
    expect(foreign.statusCode).toBe(403)
    expect((await w.app.inject({ method: 'GET', url: '/accounting/connect/nobody' })).statusCode).toBe(404)
  })
})

describe('accounts and tax rates of the ledger', () => {
  test('are listed by name, as many as asked for, and are empty without a ledger', async () => {
    const w = await world()
    expect(good(await w.berlin.get('/ledger_accounts'))).toEqual({
      data: [],
      next_pagination_token: null,
      prev_pagination_token: null,
    })
    expect(good(await w.berlin.get('/accounting_tax_rates')).data).toEqual([])
    expect(no(await partnerOf(w, w.berlin).get('/accounting/payables'))[0]).toBe(409)
    await connected(w, w.berlin)
    const all = good(await w.berlin.get('/ledger_accounts')).data
    const names = all.map(({ name }: { name: string }) => name)
    expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)))
    const page = good(await w.berlin.get('/ledger_accounts?limit=5&order=desc'))
    expect(page.data).toHaveLength(5)
    const next = good(await w.berlin.get(`/ledger_accounts?pagination_token=${page.next_pagination_token}&limit=5`))
    expect(next.data[0].id).not.toBe(page.data[4].id)
    expect((await w.berlin.get('/ledger_accounts?limit=251')).status).toBe(422)
    const bank = all.find(({ nominal_code }: { nominal_code: string }) => nominal_code === '1200')
    expect(bank).toMatchObject({ name: 'Bank', type: 'Asset', status: 'Active', is_bank_account: true, currency: 'EUR' })
    // What lies on it is for those who may read the books.
    const stranger = await w.newUser(w.berlin.entityId!, permissions({ 'reconciliation:read': 'not_allowed' }))
    expect(good(await stranger.get(`/ledger_accounts/${bank.id}`)).current_balance).toBeNull()
    expect(bank.current_balance).toBe(0)
    const rates = good(await w.berlin.get('/accounting_tax_rates')).data
    expect(rates.find(({ code }: { code: string }) => code === 'S19')).toMatchObject({
      name: 'Sales 19 %',
      total_tax_rate: 1900,
      effective_tax_rate: 1900,
      status: 'Active',
      components: [{ name: 'Sales 19 %', rate: 1900, is_compound: false }],
    })
    expect((await w.paris.get(`/ledger_accounts/${bank.id}`)).status).toBe(404)
  })

  test('can be named in the settings, by products and by lines; what no ledger has is refused', async () => {
    const w = await world()
    await connected(w, w.berlin)
    const settings = `/entities/${w.berlin.entityId}/settings`
    const accounts = good(await w.berlin.get('/ledger_accounts')).data
    const [first, second] = accounts
    // The ledger's own suggestions stand there from the first reading on.
    const { ledger_account_ids } = good(await w.berlin.get(settings)).accounting
    const codes = new Map(accounts.map(({ id, nominal_code }: { id: string; nominal_code: string }) => [id, nominal_code]))
    expect([codes.get(ledger_account_ids.products), codes.get(ledger_account_ids.payments)]).toEqual(['8200', '1200'])
    const named = { accounting: { ledger_account_ids: { products: first.id, payments: second.id } } }
    expect(good(await w.berlin.patch(settings, named)).accounting.ledger_account_ids).toEqual({
      products: first.id,
      payments: second.id,
    })
    const foreign = { accounting: { ledger_account_ids: { products: crypto.randomUUID() } } }
    expect((await w.berlin.patch(settings, foreign)).status).toBe(400)
    expect((await w.paris.patch(`/entities/${w.paris.entityId}/settings`, named)).status).toBe(400)
    const validate = (line: object, who = w.berlin) =>
      who.post('/internal/validators/line_items', { document_type: 'receivable', line_items: [line] })
    expect((await validate({ ledger_account_id: first.id, monite_tax_rate: 1900 })).status).toBe(204)
    expect((await validate({ monite_tax_rate: 1234 })).status).toBe(422)
    expect((await validate({ ledger_account_id: first.id }, w.paris)).status).toBe(422)
  })
})
