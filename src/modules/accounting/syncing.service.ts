import { merged } from '../../core/merge.ts'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Finish, Job } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { Deauthorized, type Pulled, type PulledDocument, TooMany } from '../../ports/accounting.ts'
import { keepAccounts, keepTaxRates } from '../common/ledger/ledger.service.ts'
import { lockSettings, saveSettings } from '../entities/settings/settings.service.ts'
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

/** What the ledger answers, or why it doesn't. A ledger that is down is not a failure of ours. */
const read = (ask: () => Promise<Pulled>): Promise<Pulled | Error> => ask().catch((error: Error) => error)

const FAILED = sql(`update accounting_connections set errors = :errors::json, updated_at = app_now() where id = :id`)
const READ = sql(`
  update accounting_connections set last_pull = app_now(), errors = null, business_info = :business::json, usual = :usual::json, updated_at = app_now() where id = :id`)
const RETRY = sql(`
  update accounting_synced_records set sync_status = 'pending', retry_at = null, updated_at = app_now()
  where adapter = :adapter and sync_status = 'error' and tries < :tries`)

const FORGET_DOCUMENTS = sql(`delete from accounting_documents`)
const KEEP_DOCUMENTS = sql(`
  insert into accounting_documents (kind, platform_id, place, content)
  select :kind, id, place, content from jsonb_to_recordset(:documents::jsonb) as d (id text, place integer, content json)
  on conflict (entity_id, kind, platform_id) do nothing`)
const ACCOUNT_IDS = sql(`select id, platform_id from ledger_accounts where adapter = :adapter`)

async function keep(ctx: Ctx, adapter: string, pulled: Pulled): Promise<void> {
  const { accounts, tax_rates, bills, invoices } = pulled
  await keepAccounts(ctx, adapter, accounts)
  await keepTaxRates(ctx, adapter, tax_rates)
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

const ONE_ACCOUNT = sql(`select id from ledger_accounts where adapter = :adapter and platform_id = :platform_id`)
/** The accounts that the ledger itself suggests, where the settings name none: only when it is read for the first time. */
async function nameUsual(ctx: Ctx, adapter: string, usual: Pulled['usual']): Promise<void> {
  if (!usual?.sales && !usual?.bank) return
  const settings = await lockSettings(ctx)
  const before = settings as { accounting?: { ledger_account_ids?: { products?: string | null; payments?: string | null } } }
  if (before.accounting?.ledger_account_ids !== undefined) return
  const idOf = async (platform_id: string | undefined) =>
    platform_id ? ((await ONE_ACCOUNT.maybe(ctx, { adapter, platform_id }))?.id ?? null) : null
  const ledger_account_ids = { products: await idOf(usual.sales), payments: await idOf(usual.bank) }
  await saveSettings(ctx, merged(settings, { accounting: { ledger_account_ids } }))
}
