import { describe, expect, test } from 'vitest'
import { fakeLedger } from '../../../test/support/fake-ledger.ts'
import { world } from '../../../test/support/world.ts'
import type { Holder } from '../../ports/accounting.ts'
import { passesTheSuite, type Stage } from './accounting.suite.ts'
import { ledgerBooks } from './ledger.ts'

const facts = {
  name: 'Spreewerk GmbH',
  email: null,
  country: 'DE',
  currency: 'EUR',
  today: '2026-01-05',
  vat_rates: [1900, 700],
}
const holderOf = (partnerId: string, entityId: string): Holder => ({
  partnerId,
  entityId,
  settings: {},
  credentials: {},
  renew: async (used) => used,
})

describe('the built-in books', () => {
  passesTheSuite(async (): Promise<Stage> => {
    const w = await world()
    const provider = ledgerBooks(w.machinery.db)
    const holder = holderOf(w.partner_id, w.berlin.entityId!)
    await provider.connect(holder, facts, { chart: 'skr03' })
    return {
      provider,
      holder,
      async count(type, reference) {
        const rows = await w.sql(
          `select e.id from books_entries e where e.entity_id = $1 and e.object_type = $2 and e.object_id = $3 and e.reverses is null
             and not exists (select from books_entries r where r.entity_id = e.entity_id and r.reverses = e.id)`,
          [w.berlin.entityId, type, reference],
        )
        return rows.length
      },
    }
  })

  test('that were opened before go on by their own chart, whatever is chosen later', async () => {
    const w = await world()
    const provider = ledgerBooks(w.machinery.db)
    const holder = holderOf(w.partner_id, w.berlin.entityId!)
    await provider.connect(holder, facts, { chart: 'skr04', first_month: '7' })
    await provider.connect(holder, { ...facts, currency: 'USD' }, { chart: 'skr03' })
    const [books] = await w.sql(`select chart, currency, first_month from books where entity_id = $1`, [w.berlin.entityId])
    expect(books).toEqual({ chart: 'skr04', currency: 'EUR', first_month: 7 })
    const { accounts } = await provider.pull(holder)
    expect(accounts.find(({ bank }) => bank)!.code).toBe('1800')
  })
})

describe('the ledger that tests know', () => {
  passesTheSuite(async (): Promise<Stage> => {
    const fake = fakeLedger()
    return {
      provider: fake.provider,
      holder: holderOf('p', 'e'),
      count: async (type, reference) => fake.living(type).filter((one) => one.reference === reference).length,
    }
  })
})
