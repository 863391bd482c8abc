import { OutsideRefusal } from '../../platform/connections/journal.ts'
import { asSystem, type Db } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { link } from '../../platform/files/links.ts'
import {
  type Bank,
  bankCountries,
  type Consent,
  type OpenBanking,
  type ProviderEvent,
  type TestBank,
} from '../../ports/payments.ts'
import { eventsBy, planOf } from './sandbox.ts'

/**
 * Banks without money, for trying out payments from one's own account: whoever pays chooses a bank, agrees on its page (or doesn't), and comes
 * back. What comes of a payment is known from the last two digits of its amount, as in the sandbox, unless the bank is slow or refuses.
 */

const NAMES = { 'mock-ok': 'Test Bank', 'mock-slow': 'Slow Test Bank', 'mock-reject': 'Test Bank That Declines' } as const
type MockBank = keyof typeof NAMES
const isBank = (id: string): id is MockBank => Object.hasOwn(NAMES, id)

const CURRENCIES = ['EUR', 'GBP']
/** A payer agrees within so many seconds, or has to begin again. */
const CONSENT_S = 600

const START = sql(`
  insert into sandbox_payments (key, attempt, amount, currency, method, created_at, bank, return_url, payee)
  values (:key, :attempt, :amount, :currency, 'sepa_credit', :at, :bank, :return_url, :payee?)
  on conflict (key) do update set key = excluded.key returning id, created_at`)
const FIND = sql(`
  select id, attempt, amount, currency, created_at, proceeded_at, canceled_at, refused_at, agreed, bank as "bank!", return_url as "return_url!", payee
  from sandbox_payments where id = :id and bank is not null`)
const EXECUTE = sql(
  `update sandbox_payments set proceeded_at = :at where id = :id and proceeded_at is null and canceled_at is null`,
)
const CANCEL = sql(`
  update sandbox_payments set canceled_at = :at where id = :id and canceled_at is null and proceeded_at is null returning id`)
const AGREE = sql(`
  update sandbox_payments set agreed = agreed + 1 where id = :id and agreed = :agreed and refused_at is null and canceled_at is null and proceeded_at is null`)
const REFUSE = sql(`
  update sandbox_payments set refused_at = :at where id = :id and refused_at is null and canceled_at is null and proceeded_at is null`)

export function mockBank(db: Db, now = () => db.clock.now()): OpenBanking & TestBank {
  const find = (id: string) => asSystem(db, (ctx) => FIND.one(ctx, { id }))
  type Row = Awaited<ReturnType<typeof find>>
  const expiryOf = ({ created_at }: Row) => new Date(Date.parse(created_at) + CONSENT_S * 1000)
  /** Some amounts ask the payer twice. */
  const wanted = ({ amount, attempt }: Row) => (planOf(amount, attempt).confirm ? 2 : 1)

  function consentOf(row: Row): Consent {
    if (row.canceled_at) return 'refused'
    if (row.proceeded_at) return 'used'
    if (row.refused_at) return 'refused'
    if (expiryOf(row) <= now()) return 'expired'
    return row.agreed >= wanted(row) ? 'authorized' : 'awaiting'
  }

  /** What a payment that its payer agreed to leads to, by its bank and its amount. */
  function stepsOf({ bank, amount, attempt }: Row): ReturnType<typeof planOf>['steps'] {
    if (bank === 'mock-reject') return [[0, 'failed']]
    return bank === 'mock-slow' ? planOf(2, attempt).steps : planOf(amount, attempt).steps
  }

  const failed = (row: Row, reason: string, at: string): ProviderEvent => ({
    id: `${row.id}:failed`,
    type: 'failed',
    reference: row.id,
    attempt: row.attempt,
    currency: row.currency,
    at,
    reason,
  })

  return {
    name: 'mock_bank',
    knowsPayee: true,

    minimum: (method, currency) => (method === 'sepa_credit' && CURRENCIES.includes(currency) ? 1 : null),

    async banks(asked) {
      const country = bankCountries.find((one) => one === asked)
      if (!country) return []
      return Object.entries(NAMES).map(([bank_id, name]): Bank => ({ bank_id, name, country, flows: ['redirect'] }))
    },

    async start({ attempt, amount, currency, bank = '', return_url = '', payee }, key) {
      if (!isBank(bank)) throw new OutsideRefusal('no_such_bank', 'There is no such bank')
      const row = await asSystem(db, (ctx) =>
        START.one(ctx, { key, attempt, amount, currency, at: now().toISOString(), bank, return_url, payee: payee ?? null }),
      )
      const ask_at = new Date(Date.parse(row.created_at) + CONSENT_S * 1000).toISOString()
      return {
        reference: row.id,
        action: { kind: 'redirect', url: link(`/sandbox/bank/${row.id}`), bank: NAMES[bank] },
        ask_at,
      }
    },

    consent: async (reference) => consentOf(await find(reference)),

    async execute(reference) {
      const consent = consentOf(await find(reference))
      if (consent !== 'authorized' && consent !== 'used')
        throw new OutsideRefusal(`consent_${consent}`, 'There is no consent of the payer, or it is over')
      await asSystem(db, (ctx) => EXECUTE(ctx, { id: reference, at: now().toISOString() }))
    },

    async cancel(reference) {
      const ended = await asSystem(db, (ctx) => CANCEL(ctx, { id: reference, at: now().toISOString() }))
      return ended.length > 0 || (await find(reference)).canceled_at ? 'canceled' : 'late'
    },

    async news(reference) {
      const row = await find(reference)
      if (row.canceled_at) return { events: [], ask_at: null }
      if (row.proceeded_at) return eventsBy({ ...row, from: row.proceeded_at, steps: stepsOf(row) }, now())
      if (row.refused_at)
        return { events: [failed(row, 'consent_refused: the payer did not agree', row.refused_at)], ask_at: null }
      const expiry = expiryOf(row)
      if (expiry > now()) return { events: [], ask_at: expiry.toISOString() }
      return { events: [failed(row, 'consent_expired: the payer took too long', expiry.toISOString())], ask_at: null }
    },

    async look(reference) {
      const row = await asSystem(db, (ctx) => FIND.maybe(ctx, { id: reference }))
      if (!row) return null
      const { amount, currency, payee, return_url, agreed } = row
      const name = isBank(row.bank) ? NAMES[row.bank] : row.bank
      return { bank: name, amount, currency, payee, return_url, consent: consentOf(row), again: agreed > 0 }
    },

    async answer(reference, says) {
      const row = await find(reference)
      if (consentOf(row) !== 'awaiting') return
      await asSystem(db, (ctx) =>
        says === 'agree'
          ? AGREE(ctx, { id: reference, agreed: row.agreed })
          : REFUSE(ctx, { id: reference, at: now().toISOString() }),
      )
    },
  }
}
