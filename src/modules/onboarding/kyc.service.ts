import { type Connection, connectionOf } from '../../platform/connections/connections.ts'
import { callOnce } from '../../platform/connections/journal.ts'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import type { KycDocument, KycFacts, KycProvider, KycSubmission } from '../../ports/kyc.ts'
import { findSealed, openSealed } from '../common/files/identity.service.ts'
import { enabledMethods, readKnown } from './standing.service.ts'

/** Who looks at the entity at hand, and what they are shown. */

export type Kyc = Pick<Machinery, 'kyc' | 'sealing'>

/** Whoever moves the entity's money and looks at it by itself; else the built-in provider. */
export async function kycIn(ctx: Ctx, { kyc, sealing }: Kyc): Promise<KycProvider> {
  return kyc.of(await connectionOf(ctx, await sealing(), 'payments'))
}

const ACCOUNT = sql(`select account from onboarding_accounts where provider = :provider`)
const KEEP_ACCOUNT = sql(`
  insert into onboarding_accounts (provider, account) values (:provider, :account)
  on conflict (entity_id, provider) do update set account = excluded.account, updated_at = app_now() where onboarding_accounts.account <> excluded.account`)

/** What a provider calls the entity at hand; null where it doesn't know it yet. */
export const accountOf = async (ctx: Ctx, provider: string): Promise<string | null> =>
  (await ACCOUNT.maybe(ctx, { provider }))?.account ?? null

/** A connection of a platform, for the entity at hand: its payments go to its own account there. */
export async function forEntity(ctx: Ctx, connection: Connection | null): Promise<Connection | null> {
  if (connection?.settings.connect_entities !== true) return connection
  return { ...connection, settings: { ...connection.settings, account: await accountOf(ctx, connection.adapter) } }
}

const BANK = sql(`
  select id, country, currency, account_holder_name as holder, iban, account_number, routing_number, sort_code from entity_bank_accounts
  where deleted_at is null order by is_default_for_currency desc nulls last, created_at, id limit 1`)
const PAPERS = sql(`
  select d.id, d.person_id, d.kind, d.file_id, f.name, f.mimetype from onboarding_documents d join files f on f.entity_id = d.entity_id and f.id = d.file_id
  where d.deleted_at is null and d.status in ('pending', 'accepted') and f.sealed and f.storage_key <> '' order by d.created_at, d.id`)

interface Job {
  readonly partner_id: string
  readonly entity_id: string
}

/** What is handed in, with all that the provider may ask of us meanwhile. */
export function submissionOf(
  machinery: Machinery,
  job: Job,
  provider: string,
  due: Pick<KycSubmission, 'entity_id' | 'submitted' | 'at'>,
): KycSubmission {
  const { db } = machinery
  const inside = <T>(work: (ctx: Ctx) => Promise<T>) => asEntity(db, whoOf(job), work)
  return {
    ...due,
    facts: () => inside((ctx) => factsOf(machinery, ctx, job, provider)),
    once(action, name, make) {
      const key = `${action}:${name}`
      return callOnce(db, whoOf(job), { port: 'identity', adapter: provider, action, key, request: { name } }, () => make(key))
    },
    keepAccount: (account) => inside(async (ctx) => void (await KEEP_ACCOUNT(ctx, { provider, account }))),
  }
}

async function factsOf(machinery: Machinery, ctx: Ctx, job: Job, provider: string): Promise<KycFacts> {
  const { snapshot, standing, row } = await readKnown(ctx)
  const { db } = machinery
  const papers = await PAPERS(ctx)
  return {
    type: snapshot.type,
    country: snapshot.country,
    account: await accountOf(ctx, provider),
    verified: standing.verified,
    methods: await enabledMethods(ctx),
    values: snapshot.values,
    persons: snapshot.persons.map(({ id, roles, values }) => ({ id, roles, values })),
    business_profile: snapshot.business_profile,
    ownership_declaration: row?.ownership_declaration ?? null,
    terms: row?.tos_acceptance ?? null,
    bank_account: (await BANK.maybe(ctx)) ?? null,
    documents: papers.map(
      ({ file_id, ...paper }): KycDocument => ({
        ...paper,
        bytes: async () => openSealed(machinery, await asEntity(db, whoOf(job), (own) => findSealed(own, file_id))),
      }),
    ),
  }
}
