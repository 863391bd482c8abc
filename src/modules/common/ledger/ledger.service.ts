import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { Pulled } from '../../../ports/accounting.ts'
import { AccountingTaxRateResponse, LedgerAccountResponse } from './ledger.schema.ts'

/** Accounts and tax rates of the ledger, for whoever names them. */

export const ledgerAccountTable = table('ledger_accounts', LedgerAccountResponse, {
  noun: 'Ledger account',
  missing: (id) => `There is no accounting connection that knows ${id}`,
  computed: { currency: 't.currency', current_balance: 't.current_balance' },
  // What lies on an account is for those who may read the books.
  present: (row, ctx) => (ctx.grants && !maySee(ctx) ? { ...row, current_balance: null } : row),
})
const maySee = ({ grants }: Ctx) => grants?.get('reconciliation:read') === 'allowed'

export const taxRateTable = table('accounting_tax_rates', AccountingTaxRateResponse, {
  noun: 'Tax rate',
  missing: (id) => `There is no accounting connection that knows ${id}`,
  computed: { components: 't.components' },
})

/** Refuses (`bad_request`) accounts that no ledger of the entity has. */
export async function requireLedgerAccounts(ctx: Ctx, ids: readonly (string | null | undefined)[]): Promise<void> {
  await rows.require(ctx, ledgerAccountTable, known(ids), badRequest)
}
/** The same of tax rates. */
export async function requireTaxRates(ctx: Ctx, ids: readonly (string | null | undefined)[]): Promise<void> {
  await rows.require(ctx, taxRateTable, known(ids), badRequest)
}
const known = (ids: readonly (string | null | undefined)[]): string[] => ids.filter((id) => id !== null && id !== undefined)

/** What lines may name. Without a ledger every rate is fine. */
export interface KnownToLedger {
  readonly accounts: ReadonlySet<string>
  readonly rates: ReadonlySet<number> | null
}
const CONNECTED = sql(`select adapter as "adapter!" from accounting_connections where status in ('connected', 'deauthorized')`)
const ACCOUNT_IDS = sql(`select id from ledger_accounts where adapter = :adapter and status <> 'Archived'`)
const RATES = sql(`
  select total_tax_rate from accounting_tax_rates where adapter = :adapter and status is distinct from 'Archived' and coalesce(direction, :direction) = :direction`)

export async function knownToLedger(ctx: Ctx, direction: 'sale' | 'purchase'): Promise<KnownToLedger> {
  const connection = await CONNECTED.maybe(ctx)
  if (!connection) return { accounts: new Set(), rates: null }
  const { adapter } = connection
  const accounts = (await ACCOUNT_IDS(ctx, { adapter })).map(({ id }) => id)
  const rates = (await RATES(ctx, { adapter, direction })).map(({ total_tax_rate }) => total_tax_rate)
  return { accounts: new Set(accounts), rates: new Set(rates) }
}

// As the ledger has them

type LedgerAccount = Pulled['accounts'][number]
type LedgerTaxRate = Pulled['tax_rates'][number]

const KEEP_ACCOUNTS = sql(`
  insert into ledger_accounts (adapter, platform_id, name, nominal_code, description, type, subtype, status, is_bank_account, currency, current_balance)
  select :adapter, id, name, code, description, type, subtype, status, bank, currency, balance from jsonb_to_recordset(:accounts::jsonb)
    as a (id text, name text, code text, description text, type text, subtype text, status text, bank boolean, currency text, balance bigint)
  on conflict (entity_id, adapter, platform_id) do update set name = excluded.name, nominal_code = excluded.nominal_code, description = excluded.description,
    type = excluded.type, subtype = excluded.subtype, status = excluded.status, is_bank_account = excluded.is_bank_account, currency = excluded.currency,
    current_balance = excluded.current_balance, updated_at = app_now()
  where (ledger_accounts.name, ledger_accounts.nominal_code, ledger_accounts.description, ledger_accounts.type, ledger_accounts.subtype, ledger_accounts.status,
      ledger_accounts.is_bank_account, ledger_accounts.currency, ledger_accounts.current_balance)
    is distinct from (excluded.name, excluded.nominal_code, excluded.description, excluded.type, excluded.subtype, excluded.status, excluded.is_bank_account,
      excluded.currency, excluded.current_balance)`)
const GONE_ACCOUNTS = sql(`
  update ledger_accounts set status = 'Archived', updated_at = app_now() where adapter = :adapter and status <> 'Archived' and platform_id <> all (:ids::text[])`)
const KEEP_RATES = sql(`
  insert into accounting_tax_rates (adapter, platform_id, name, code, status, total_tax_rate, effective_tax_rate, components, direction, category)
  select :adapter, id, name, code, status, rate, rate, components, direction, category from jsonb_to_recordset(:rates::jsonb)
    as r (id text, name text, code text, status text, rate integer, components json, direction text, category text)
  on conflict (entity_id, adapter, platform_id) do update set name = excluded.name, code = excluded.code, status = excluded.status,
    total_tax_rate = excluded.total_tax_rate, effective_tax_rate = excluded.effective_tax_rate, components = excluded.components, direction = excluded.direction,
    category = excluded.category, updated_at = app_now()`)
const GONE_RATES = sql(`
  update accounting_tax_rates set status = 'Archived', updated_at = app_now() where adapter = :adapter and status <> 'Archived' and platform_id <> all (:ids::text[])`)

/** Keeps the accounts that a ledger has now; those that it has no more are archived. */
export async function keepAccounts(ctx: Ctx, adapter: string, accounts: readonly LedgerAccount[]): Promise<void> {
  await KEEP_ACCOUNTS(ctx, { adapter, accounts })
  await GONE_ACCOUNTS(ctx, { adapter, ids: accounts.map(({ id }) => id) })
}

/** The same of its tax rates. */
export async function keepTaxRates(ctx: Ctx, adapter: string, tax_rates: readonly LedgerTaxRate[]): Promise<void> {
  const rates = tax_rates.map(({ active, components, ...rate }) => ({
    ...rate,
    status: active ? 'Active' : 'Archived',
    components: (components ?? [{ name: rate.name, rate: rate.rate }]).map(({ name, rate, compound = false }) => ({
      name,
      rate,
      is_compound: compound,
    })),
  }))
  await KEEP_RATES(ctx, { adapter, rates })
  await GONE_RATES(ctx, { adapter, ids: tax_rates.map(({ id }) => id) })
}
