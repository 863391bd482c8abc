import { describe, expect, test } from 'vitest'
import { recordOf } from '../../../test/support/accounting.ts'
import { good, issued } from '../../../test/support/invoicing.ts'
import { keepsItsTokens, startWith } from '../../../test/support/token-suite.ts'
import type { World } from '../../../test/support/world.ts'
import { fakeXero } from '../../../test/support/xero.ts'
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

describe('Xero for an entity', () => {
  const open = async (w: World) => {
    const fake = await fakeXero()
    return { fake, consent, provider: xeroLedger({ ...fake.settings, now: () => w.clock.now() }) }
  }
  keepsItsTokens(open)

  test('takes an invoice with its customer, product and payment', async () => {
    const { w, fake: xero, made, work } = await startWith(open)
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
})
