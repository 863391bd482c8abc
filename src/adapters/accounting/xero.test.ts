import { describe, expect, test } from 'vitest'
import { connectedTo, recordOf } from '../../../test/support/accounting.ts'
import { good, issued, ready } from '../../../test/support/invoicing.ts'
import { type World, world } from '../../../test/support/world.ts'
import { fakeXero } from '../../../test/support/xero.ts'
import { holderOf as openHolder } from '../../modules/accounting/connections/connections.service.ts'
import { whoFor } from '../../modules/accounting/connections/renewing.service.ts'
import { asEntity } from '../../platform/database/context.ts'
import type { Holder } from '../../ports/accounting.ts'
import { passesTheSuite, type Stage } from './accounting.suite.ts'
import { xeroLedger } from './xero.ts'

const facts = { name: 'Spreewerk', email: null, country: 'DE', currency: 'EUR', today: '2026-01-05', vat_rates: [] }
const consent = { code: 'good', redirect_uri: 'http://localhost/accounting/callback' }
const now = () => new Date()

async function stage() {
  const xero = await fakeXero()
  const provider = xeroLedger({ ...xero.settings, now })
  const alone: Holder = {
    partnerId: 'p',
    entityId: 'e',
    settings: {},
    credentials: {},
    renew: async (used, ask) => ask(used),
  }
  const { credentials = {}, settings = {}, business } = await provider.connect(alone, facts, consent)
  return { xero, provider, business, holder: { ...alone, credentials, settings } }
}

describe('Xero', () => {
  passesTheSuite(async (): Promise<Stage> => {
    const { xero, provider, holder } = await stage()
    return {
      provider,
      holder,
      count: async (_type, reference) => xero.rows.Invoices!.filter(({ Reference }) => Reference === reference).length,
    }
  })

  test('is agreed to on its own page, and tells the organisation that we were let into', async () => {
    const { provider, business, holder } = await stage()
    const url = new URL(provider.authorize!('state', consent.redirect_uri))
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ client_id: 'us', state: 'state', response_type: 'code' })
    expect(business.name).toBe('Spreewerk')
    expect(holder.settings).toEqual({ tenant_id: 't-1' })
  })

  test('says in its own words why not, and that a lock date is one', async () => {
    const { xero, provider, holder } = await stage()
    xero.state.locked_until = '2026-12-31'
    const party = {
      type: 'customer',
      id: crypto.randomUUID(),
      name: 'A',
      other_name: 'A (1)',
      email: null,
      country: null,
      vat_id: null,
      tax_id: null,
    } as const
    const there = await provider.push(holder, party, { reference: party.id, idempotency: party.id }, null)
    const twin = { ...party, id: crypto.randomUUID() }
    await provider.push(holder, twin, { reference: twin.id, idempotency: twin.id }, null)
    expect(xero.rows.Contacts!.map(({ Name }) => Name)).toEqual(['A', 'A (1)'])
    const id = crypto.randomUUID()
    const push = provider.push(
      holder,
      {
        type: 'receivable',
        id,
        document_id: id,
        number: 'RE-1',
        whole_number: 'RE-1',
        memo: '',
        day: '2026-01-05',
        due_day: null,
        currency: 'EUR',
        rate: 1,
        party: { ...party, ledger_id: there.id },
        lines: [],
        withheld: 0,
        deducted: 0,
        deductions_tax_rate: null,
        total: 0,
      },
      { reference: id, idempotency: id },
      null,
    )
    await expect(push).rejects.toMatchObject({ code: 'period_locked', message: expect.stringContaining('2026-12-31') })
  })
})

describe('tokens', () => {
  /** An entity that is connected to Xero, with all that our workers have. */
  async function start() {
    const w = await world()
    const xero = await fakeXero()
    const provider = xeroLedger({ ...xero.settings, now: () => w.clock.now() })
    const agreed = { ...provider, connect: (holder: Holder) => provider.connect(holder, facts, consent) }
    const made = await ready(w.berlin)
    const link = await connectedTo(w, w.berlin, { provider: agreed })
    return { w, xero, made, ...link }
  }
  const holders = (w: World, machinery: World['machinery']) =>
    asEntity(machinery.db, whoFor(machinery.db, { partnerId: w.partner_id, entityId: w.berlin.entityId! }), (ctx) =>
      openHolder(machinery, ctx, 'xero'),
    )
  const stored = async (w: World, machinery: World['machinery']) => (await holders(w, machinery)).credentials

  test('carry an invoice there with its customer, product and payment', async () => {
    const { w, xero, made, work } = await start()
    const { id, document_id } = await issued(w.berlin, made)
    good(await w.berlin.post('/payment_records', { amount: 100, currency: 'EUR', object: { type: 'receivable', id } }))
    await work()
    expect(await recordOf(w, w.berlin, 'receivable', id)).toMatchObject({ sync_status: 'done', platform: 'xero', errors: null })
    expect(xero.rows.Invoices).toMatchObject([
      {
        InvoiceNumber: document_id,
        Reference: id,
        Type: 'ACCREC',
        LineItems: [
          { Quantity: 1, UnitAmount: 1250, LineAmount: 1250, TaxAmount: 237.5, TaxType: 'OUTPUT19', AccountID: 'a-sales' },
        ],
      },
    ])
    expect(xero.rows.Payments).toMatchObject([{ Amount: 1, Account: { AccountID: 'a-bank' } }])
    expect(xero.rows.Contacts).toHaveLength(1)
  })

  test('that two workers find expired are renewed once, and both use what came of it', async () => {
    const { w, xero, machinery } = await start()
    w.clock.advance(3_600_000)
    const [provider] = machinery.accounting.all
    const before = xero.state.renewals
    const [a, b, c] = [await holders(w, machinery), await holders(w, machinery), await holders(w, machinery)]
    await Promise.all([provider!.pull(a), provider!.pull(b), provider!.pull(c)])
    expect(xero.state.renewals).toBe(before + 1)
    expect((await stored(w, machinery)).refresh_token).toBe(xero.state.refresh)
  })

  test('are stored before they are used: whoever is cut off afterwards goes on with them', async () => {
    const { w, xero, machinery } = await start()
    w.clock.advance(3_600_000)
    const [provider] = machinery.accounting.all
    xero.state.next.push({ status: 500, body: {} })
    await expect(provider!.pull(await holders(w, machinery))).rejects.toThrow('500')
    expect((await stored(w, machinery)).refresh_token).toBe(xero.state.refresh)
    expect((await provider!.pull(await holders(w, machinery))).accounts).toHaveLength(4)
  })

  test('that are refused end the connection once, with 400 or 200, and are not overwritten with nothing', async () => {
    for (const status of [400, 200]) {
      const { w, xero, machinery, work, connection } = await start()
      xero.state.refusing = { status, body: { error: 'invalid_grant' } }
      const kept = await stored(w, machinery)
      const { id } = await issued(w.berlin, await ready(w.berlin))
      w.clock.advance(1_800_000)
      await work()
      const calls = xero.state.calls.length
      w.clock.advance(7_200_000)
      await work()
      expect(xero.state.calls.length).toBe(calls)
      w.clock.set(null)
      expect((await connection()).status).toBe('deauthorized')
      expect(await stored(w, machinery)).toEqual(kept)
      const told = await w.sql(`select id from events where entity_id = $1 and event = 'deauthorized'`, [w.berlin.entityId])
      expect(told).toHaveLength(1)
      expect(id).toBeDefined()
    }
  })

  test('that can’t be had for now leave the connection as it is', async () => {
    const { w, xero, work, connection } = await start()
    xero.state.refusing = { status: 503, body: {} }
    w.clock.advance(3_700_000)
    await work()
    w.clock.set(null)
    const now = await connection()
    expect([now.status, now.errors[0].message]).toEqual(['connected', 'The ledger gave no token: 503'])
  })

  test('that were taken back meanwhile are renewed, and a limit is kept to', async () => {
    const { w, xero, made, work } = await start()
    xero.state.next.push({ status: 401, body: {} })
    const first = await issued(w.berlin, made)
    await work()
    expect((await recordOf(w, w.berlin, 'receivable', first.id)).sync_status).toBe('done')
    const limit = { status: 429, body: {}, headers: { 'retry-after': '38', 'x-rate-limit-problem': 'minute' } }
    xero.state.next.push(limit)
    const second = await issued(w.berlin, made)
    await work()
    const calls = xero.state.calls.length
    w.clock.advance(30_000)
    await work()
    expect(xero.state.calls.length).toBe(calls)
    w.clock.advance(10_000)
    await work()
    expect((await recordOf(w, w.berlin, 'receivable', second.id)).sync_status).toBe('done')
  })
})
