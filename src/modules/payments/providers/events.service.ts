import { forbidden, notFound } from '../../../core/refusal.ts'
import { openConnection } from '../../../platform/connections/connections.ts'
import { OutsideRefusal } from '../../../platform/connections/journal.ts'
import { asSystem, NO_ENTITY } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import { keepEvents } from '../carrying.service.ts'

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    /** Asks what became of a payout. */
    'payments.payout': { connection: string; payout: string; account: string | null }
  }
}

/** What providers tell by calling us. They get their answer once it is kept; jobs book it. */

const OWNERS = sql(`
  select a.partner_id, a.entity_id from payment_attempts a
  where a.provider = :provider and a.reference = :reference and a.partner_id = :partner_id and (:entity_id?::uuid is null or a.entity_id = :entity_id?)`)
const HOLDER = sql(`
  select partner_id, entity_id from onboarding_accounts where provider = :provider and account = :account and partner_id = :partner_id
    and (:entity_id?::uuid is null or entity_id = :entity_id?)`)
interface Teller {
  readonly partner_id: string
  readonly entity_id: string | null
}
/** The entity whose account it is, among those of whoever is connected. */
const holderOf = ({ db }: Machinery, provider: string, account: string, { partner_id, entity_id }: Teller) =>
  asSystem(db, async (ctx) => (await HOLDER.maybe(ctx, { provider, account, partner_id, entity_id })) ?? null)

const askAboutEntity = ({ db }: Machinery, { partner_id, entity_id }: Teller) =>
  asSystem(db, async (ctx) => {
    if (entity_id === null) return
    await jobs.addFor(ctx, { partner_id, entity_id }, 'onboarding.ask', {}, `onboarding.ask:${entity_id}`)
  })

/** Keeps what a call of a provider says. Refuses (`forbidden`) what isn't signed by it. */
export async function hear(
  machinery: Machinery,
  name: string,
  id: string,
  headers: Readonly<Record<string, unknown>>,
  bytes: Buffer,
): Promise<void> {
  const { db, log, payments, sealing } = machinery
  const connection = await asSystem(db, async (ctx) => openConnection(ctx, await sealing(), id))
  const provider = connection?.port === 'payments' ? payments.of(connection).named(name) : null
  if (!connection || !provider?.hear) throw notFound('There is no such connection of a payment provider')
  const { events, ask, payouts = [], stranger, account, onboarding } = heardBy(() => provider.hear?.(headers, bytes))
  if (stranger) {
    log.warn({ provider: name, connection_id: id, stranger }, 'an event of a payment provider was left alone')
    return
  }
  const teller = account === undefined ? connection : await holderOf(machinery, name, account, connection)
  if (!teller) {
    log.warn({ provider: name, connection_id: id, account }, 'an event about an account that is not known was left alone')
    return
  }
  if (onboarding) await askAboutEntity(machinery, teller)
  await keepEvents(machinery, name, events, teller)
  for (const payout of payouts)
    await asSystem(db, (ctx) =>
      jobs.addFor(
        ctx,
        teller,
        'payments.payout',
        { connection: id, payout, account: account ?? null },
        `payments.payout:${payout}`,
      ),
    )
  for (const reference of ask)
    await asSystem(db, async (ctx) => {
      const { partner_id, entity_id } = teller
      const [owner] = await OWNERS(ctx, { provider: name, reference, partner_id, entity_id })
      if (!owner) return log.warn({ provider: name, reference }, 'an event about a payment that is not known was left alone')
      await jobs.addFor(ctx, owner, 'payments.ask', { provider: name, reference }, `payments.ask:${name}:${reference}`)
    })
}

interface AskedPayout {
  readonly connection: string
  readonly payout: string
  /** The account that it is of, where each entity has one. */
  readonly account: string | null
}

/** Asks what became of a payout, and keeps it for each payment that is in it. Only payments of whoever the account belongs to are told of. */
export async function askPayout(
  machinery: Machinery,
  { connection: id, payout, account }: AskedPayout,
  { partner_id, entity_id }: { partner_id: string; entity_id: string },
): Promise<void> {
  const { db, payments, sealing } = machinery
  const connection = await asSystem(db, async (ctx) => openConnection(ctx, await sealing(), id))
  if (!connection) return
  const settings = account === null ? connection.settings : { ...connection.settings, account }
  const provider = payments.of({ ...connection, settings }).named(connection.adapter)
  const events = (await provider?.payout?.(payout)) ?? []
  await keepEvents(machinery, connection.adapter, events, { partner_id, entity_id: entity_id === NO_ENTITY ? null : entity_id })
}

function heardBy<Heard>(read: () => Heard | undefined): Heard {
  try {
    const heard = read()
    if (heard) return heard
  } catch (error) {
    if (error instanceof OutsideRefusal) throw forbidden(error.message)
    throw error
  }
  throw notFound('This payment provider does not call us')
}
