import { badRequest } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
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
