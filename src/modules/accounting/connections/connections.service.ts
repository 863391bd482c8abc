import { badRequest, conflict, failedDependency } from '../../../core/refusal.ts'
import { randomSecret } from '../../../platform/auth/secrets.ts'
import { connect, connectionOf, disconnect as dropCredentials } from '../../../platform/connections/connections.ts'
import { asEntity, type Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { link } from '../../../platform/files/links.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { type AccountingProvider, Deauthorized, type EntityFacts, type Holder, LedgerRefusal } from '../../../ports/accounting.ts'
import { vatRates } from '../../catalog/vat-rates/vat-rates.service.ts'
import { type AccountingConnection, AccountingConnectionResponse } from './connections.schema.ts'
import { renewCredentials, whoFor } from './renewing.service.ts'

/** The connection of an entity to its ledger: pending until a user agrees on its page, then connected until somebody ends it. */

export const connectionTable = table('accounting_connections', AccountingConnectionResponse, {
  noun: 'Accounting connection',
  object: 'accounting_connection',
  computed: { connection_url: 't.page_key', status: 't.status', business_info: 't.business_info', errors: 't.errors' },
  present: ({ connection_url, ...row }) => ({ ...row, connection_url: link(`/accounting/connect/${connection_url}`) }),
  clashes: {
    accounting_connections_one: conflict('The entity has an accounting connection: disconnect it first'),
  },
})

/** Opens a connection: whoever has its URL may choose a ledger and agree. */
export const openConnection = (ctx: Ctx): Promise<AccountingConnection> =>
  rows.create(ctx, connectionTable, { page_key: randomSecret() })

const ACTIVE = sql(`
  select id, status, adapter as "adapter!", since, usual, last_pull, quiet_until, business_info ->> 'base_currency' as base_currency
  from accounting_connections where status in ('connected', 'deauthorized')`)
export type ActiveConnection = NonNullable<Awaited<ReturnType<typeof ACTIVE.maybe>>>

/** The ledger that the entity's documents are kept in step with; null where there is none. */
export const activeConnection = async (ctx: Ctx): Promise<ActiveConnection | null> => (await ACTIVE.maybe(ctx)) ?? null

/** What a provider is called with: the entity, and the credentials of its ledger. */
export async function holderOf(machinery: Machinery, ctx: Ctx, adapter: string): Promise<Holder> {
  const { partnerId, entityId } = ctx
  const sealing = await machinery.sealing()
  const found = await connectionOf(ctx, sealing, 'accounting', adapter)
  return holder(machinery, { partnerId, entityId, adapter, settings: found?.settings, credentials: found?.credentials })
}

interface Opened {
  readonly partnerId: string
  readonly entityId: string
  readonly adapter: string
  readonly settings?: Holder['settings'] | undefined
  readonly credentials?: Holder['credentials'] | undefined
}

function holder(machinery: Machinery, { partnerId, entityId, adapter, settings = {}, credentials = {} }: Opened): Holder {
  const who = { partnerId, entityId }
  return {
    partnerId,
    entityId,
    settings,
    credentials,
    renew: (used, ask) => renewCredentials(machinery, who, adapter, used, ask),
  }
}

const ENTITY = sql(`
  select coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "name!", e.email,
    e.address ->> 'country' as "country!", coalesce(e.settings #>> '{currency,default}', p.settings #>> '{currency,default}') as currency
  from entities e join partners p on p.id = e.partner_id where e.id = current_setting('app.entity_id')::uuid`)

/** The settings of a new ledger. */
export async function factsOf(ctx: Ctx): Promise<EntityFacts> {
  const { name, email, country, currency } = await ENTITY.one(ctx)
  return {
    name,
    email,
    country,
    currency: currency ?? currencyIn(country),
    today: await localDay(ctx),
    vat_rates: vatRates.filter((rate) => rate.country === country).map(({ value }) => value),
  }
}

/** The currency of a country, where nobody chose one. */
const EURO = new Set('AT BE HR CY EE FI FR DE GR IE IT LV LT LU MT NL PT SK SI ES'.split(' '))
const others: Readonly<Record<string, string>> = {
  US: 'USD',
  GB: 'GBP',
  CH: 'CHF',
  PL: 'PLN',
  CZ: 'CZK',
  SE: 'SEK',
  DK: 'DKK',
  NO: 'NOK',
  JP: 'JPY',
  CA: 'CAD',
  AU: 'AUD',
  IN: 'INR',
  ZA: 'ZAR',
  AE: 'AED',
  SG: 'SGD',
  HU: 'HUF',
  RO: 'RON',
  BG: 'BGN',
}
const currencyIn = (country: string) => (EURO.has(country) ? 'EUR' : (others[country] ?? 'USD'))

const BY_KEY = sql(
  `select partner_id, entity_id, id, status, adapter from accounting_connections where page_key = :key and status <> 'disconnected'`,
)
export type FoundConnection = Awaited<ReturnType<typeof BY_KEY>>[number]
/** The connection that a page is for; the caller sees all rows. */
export const connectionByKey = (ctx: Ctx, key: string) => BY_KEY.maybe(ctx, { key })

export interface Chosen {
  readonly provider: AccountingProvider
  readonly answers: Readonly<Record<string, string>>
  /** Whether documents from before are booked, too. */
  readonly all: boolean
}

const LOCK = sql(`select id, status, adapter, since, connected_at from accounting_connections where id = :id for update`)
const OF_BEFORE = sql(`
  select id as "id!", app_now() as "at!" from (
    select id from receivables where issue_date is not null and type in ('invoice', 'credit_note') and deleted_at is null
    union all select id from payables where status in ('waiting_to_be_paid', 'partially_paid', 'paid') and deleted_at is null
    union all select id from payable_credit_notes where status in ('approved', 'applied') and deleted_at is null) d`)

/** Books what was there before the ledger was connected, too. */
async function followEarlier(ctx: Ctx): Promise<void> {
  const earlier = (await OF_BEFORE(ctx)).map(({ id, at }) => ({
    key: `accounting.follow:${id}`,
    payload: { object_id: id, at },
  }))
  await jobs.addMany(ctx, 'accounting.follow', earlier)
}

/** The user has chosen a ledger and agrees: the connection is made, and the ledger read for the first time. */
export async function agree(machinery: Machinery, found: FoundConnection, { provider, answers, all }: Chosen): Promise<void> {
  const { db } = machinery
  const { partner_id: partnerId, entity_id: entityId, id } = found
  const who = () => whoFor({ partnerId, entityId })
  const { facts, known } = await asEntity(db, who(), async (ctx) => ({
    facts: await factsOf(ctx),
    known: await holderOf(machinery, ctx, provider.name),
  }))
  const connected = await provider.connect(known, facts, answers).catch((error: Error) => {
    // What the ledger says no to is for the user to read.
    if (error instanceof LedgerRefusal || error instanceof Deauthorized) throw badRequest(error.message)
    machinery.log.warn({ err: error, ledger: provider.name }, 'a ledger that was to be connected did not answer')
    throw failedDependency(`${provider.title} does not answer. Please try again in a moment`)
  })
  const sealing = await machinery.sealing()
  await asEntity(db, who(), async (ctx) => {
    const before = await LOCK.one(ctx, { id })
    if (before.status === 'disconnected') throw conflict('This accounting connection has ended')
    if (before.adapter !== null && before.adapter !== provider.name)
      throw conflict('This accounting connection is for another ledger: disconnect it first')
    const { settings, credentials } = connected
    if (settings || credentials)
      await connect(ctx, sealing, {
        port: 'accounting',
        adapter: provider.name,
        ...(settings && { settings }),
        ...(credentials && { credentials }),
      })
    if (before.status === 'connected') return
    const first = before.connected_at === null
    await rows.change(
      ctx,
      connectionTable,
      id,
      {
        status: 'connected',
        adapter: provider.name,
        platform: provider.platform,
        business_info: { ...connected.business },
        errors: null,
        ...(first && { connected_at: ctx.now.toISOString(), since: all ? null : ctx.now.toISOString() }),
      },
      'connected',
    )
    await jobs.add(ctx, 'accounting.sync', {}, { key: `accounting.sync:${entityId}`, alone: true })
    if (first && all) await followEarlier(ctx)
  })
}

const UNPLUG = sql(
  `select id from connections where port = 'accounting' and entity_id = current_setting('app.entity_id')::uuid and deleted_at is null`,
)
/** Ends the connection: jobs stop, credentials are forgotten, what was read stays readable. */
export async function endConnection(ctx: Ctx, id: string): Promise<AccountingConnection> {
  const before = await rows.lock(ctx, connectionTable, id)
  if (before.status === 'disconnected') throw conflict('This accounting connection has ended already')
  for (const { id: plugged } of await UNPLUG(ctx)) await dropCredentials(ctx, plugged)
  await jobs.stop(ctx, ['accounting.sync', 'accounting.push'])
  return rows.change(ctx, connectionTable, id, { status: 'disconnected' }, 'disconnected')
}

/** The ledger can't be reached any more until the user agrees again; the event says so once. */
export async function loseConnection(ctx: Ctx, id: string, message: string): Promise<void> {
  const before = await rows.lock(ctx, connectionTable, id)
  if (before.status !== 'connected') return
  await rows.change(ctx, connectionTable, id, { status: 'deauthorized', errors: [{ message }] }, 'deauthorized')
}

/** Reads the ledger now. One job does it: asking again while it runs changes nothing. */
export async function orderSync(ctx: Ctx, id: string): Promise<void> {
  const { status } = await rows.lock(ctx, connectionTable, id)
  if (status !== 'connected') throw conflict(`An accounting connection that is ${status} can not be synchronised`)
  await jobs.add(ctx, 'accounting.sync', {}, { key: `accounting.sync:${ctx.entityId}`, alone: true })
}

export const findConnection = (ctx: Ctx, id: string) => rows.find(ctx, connectionTable, id)
