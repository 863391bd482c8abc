import { merged } from '../../core/merge.ts'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Finish, Job } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { Deauthorized, type Pulled, type PulledDocument, TooMany } from '../../ports/accounting.ts'
import { activeConnection, holderOf, loseConnection } from './connections/connections.service.ts'
import { whoFor } from './connections/renewing.service.ts'
import { orderPush } from './following.service.ts'

/** Reads the ledger: at once when it is connected, every hour, and when somebody asks. */

const HOUR_MS = 3_600_000
/** What was refused is tried again with every reading, so many times. */
export const TRIES_MAX = 24

/** Reads the ledger of the job's entity, and says when it is to be read next. */
export async function sync(machinery: Machinery, job: Pick<Job, 'partner_id' | 'entity_id'>): Promise<Finish> {
  const { db } = machinery
  const ids = { partnerId: job.partner_id, entityId: job.entity_id }
  const opened = await asEntity(db, whoFor(ids), async (ctx) => {
    const connection = await activeConnection(ctx)
    if (connection?.status !== 'connected') return null
    return { connection, holder: await holderOf(machinery, ctx, connection.adapter) }
  })
  const provider = opened && machinery.accounting.named(opened.connection.adapter)
  if (!opened || !provider) return async () => {}
  const { connection, holder } = opened
  const pulled = await read(() => provider.pull(holder))
  return async (ctx) => {
    const still = await activeConnection(ctx)
    if (still?.id !== connection.id || still.status !== 'connected') return
    if (pulled instanceof Deauthorized) return loseConnection(ctx, connection.id, pulled.message)
    if (pulled instanceof Error) {
      await FAILED(ctx, { id: connection.id, errors: [{ message: pulled.message.slice(0, 500) }] })
      const wait_ms = pulled instanceof TooMany ? pulled.wait_s * 1000 : HOUR_MS
      return new Date(ctx.now.getTime() + wait_ms)
    }
    await keep(ctx, connection.adapter, pulled)
    await READ(ctx, { id: connection.id, business: { ...pulled.business }, usual: { ...pulled.usual } })
    if (connection.last_pull === null) await nameUsual(ctx, connection.adapter, pulled.usual)
    await RETRY(ctx, { tries: TRIES_MAX, adapter: connection.adapter })
    await orderPush(ctx)
    return new Date(ctx.now.getTime() + HOUR_MS)
  }
}

/** What the ledger answers, or why it doesn't. A ledger that is down is no failure of ours. */
const read = (ask: () => Promise<Pulled>): Promise<Pulled | Error> => ask().catch((error: Error) => error)

const FAILED = sql(`update accounting_connections set errors = :errors::json, updated_at = app_now() where id = :id`)
const READ = sql(`
  update accounting_connections set last_pull = app_now(), errors = null, business_info = :business::json, usual = :usual::json, updated_at = app_now() where id = :id`)
const RETRY = sql(`
  update accounting_synced_records set sync_status = 'pending', retry_at = null, updated_at = app_now()
  where adapter = :adapter and sync_status = 'error' and tries < :tries`)

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
const FORGET_DOCUMENTS = sql(`delete from accounting_documents`)
const KEEP_DOCUMENTS = sql(`
  insert into accounting_documents (kind, platform_id, place, content)
  select :kind, id, place, content from jsonb_to_recordset(:documents::jsonb) as d (id text, place integer, content json)
  on conflict (entity_id, kind, platform_id) do nothing`)
const ACCOUNT_IDS = sql(`select id, platform_id from ledger_accounts where adapter = :adapter`)

async function keep(ctx: Ctx, adapter: string, pulled: Pulled): Promise<void> {
  const { accounts, tax_rates, bills, invoices } = pulled
  await KEEP_ACCOUNTS(ctx, { adapter, accounts })
  await GONE_ACCOUNTS(ctx, { adapter, ids: accounts.map(({ id }) => id) })
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
  const ids = new Map((await ACCOUNT_IDS(ctx, { adapter })).map(({ id, platform_id }) => [platform_id, id]))
  await FORGET_DOCUMENTS(ctx)
  const placed = (documents: readonly PulledDocument[], show: (document: PulledDocument) => object) =>
    documents.map((document, place) => ({ id: document.id, place, content: show(document) }))
  await KEEP_DOCUMENTS(ctx, { kind: 'payable', documents: placed(bills, (bill) => payableOf(bill, ids)) })
  await KEEP_DOCUMENTS(ctx, { kind: 'receivable', documents: placed(invoices, (invoice) => receivableOf(invoice, ids)) })
}

const shared = (document: PulledDocument, accounts: ReadonlyMap<string, string>) => ({
  id: document.id,
  currency: document.currency,
  currency_rate: document.rate,
  due_date: document.due_day,
  invoice_number: document.number,
  memo: document.memo,
  posted_date: document.day,
  lines: document.lines.map(({ text, quantity, unit_price, account, tax_rate }) => ({
    description: text,
    discount_amount: null,
    discount_percentage: null,
    ledger_account_id: account === null ? null : (accounts.get(account) ?? null),
    quantity,
    tax_rate_ref: tax_rate === null ? null : { id: tax_rate },
    unit_amount: unit_price,
  })),
})
const payableOf = (document: PulledDocument, accounts: ReadonlyMap<string, string>) => ({
  ...shared(document, accounts),
  amount_due: document.due,
  purchase_order_refs: [],
  status: document.status,
  subtotal: document.net,
  tax_amount: document.tax,
  total_amount: document.total,
  vendor_ref: document.party,
})
const receivableOf = (document: PulledDocument, accounts: ReadonlyMap<string, string>) => ({
  ...shared(document, accounts),
  customer_ref: document.party && { id: document.party.id, company_name: document.party.name },
  pass_through: null,
})

const SETTINGS = sql(`select settings from entities where id = current_setting('app.entity_id')::uuid for update`)
const SET = sql(
  `update entities set settings = :settings::jsonb, updated_at = app_now() where id = current_setting('app.entity_id')::uuid`,
)
const ONE_ACCOUNT = sql(`select id from ledger_accounts where adapter = :adapter and platform_id = :platform_id`)
const TOLD = sql(`select emit('entity_settings', current_setting('app.entity_id')::uuid, 'updated') as "emitted!"`)

/** The accounts that the ledger itself suggests, where the settings name none: only when it is read for the first time. */
async function nameUsual(ctx: Ctx, adapter: string, usual: Pulled['usual']): Promise<void> {
  if (!usual?.sales && !usual?.bank) return
  const { settings } = await SETTINGS.one(ctx)
  const before = settings as { accounting?: { ledger_account_ids?: { products?: string | null; payments?: string | null } } }
  if (before.accounting?.ledger_account_ids !== undefined) return
  const idOf = async (platform_id: string | undefined) =>
    platform_id ? ((await ONE_ACCOUNT.maybe(ctx, { adapter, platform_id }))?.id ?? null) : null
  const ledger_account_ids = { products: await idOf(usual.sales), payments: await idOf(usual.bank) }
  const named = { accounting: { ledger_account_ids } }
  await SET(ctx, { settings: merged(settings as Record<string, unknown>, named) })
  await TOLD(ctx)
}
