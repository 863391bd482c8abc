import type { Static } from 'typebox'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { link } from '../../../platform/files/links.ts'
import type { PaymentProviderConnection, PlatformFee } from './providers.schema.ts'

export const isLive = (key: string) => /^.k_live_/.test(key)

const LIST = sql(`
  select id, entity_id, adapter, settings from connections where port = 'payments' and deleted_at is null
    and (entity_id is null or current_setting('app.entity_id')::uuid in (entity_id, '00000000-0000-0000-0000-000000000000'))
  order by created_at, id`)

/** What is connected, for all entities and for the one at hand; its secrets are shown to nobody. */
export async function listConnections(ctx: Ctx): Promise<Static<typeof PaymentProviderConnection>[]> {
  return (await LIST(ctx)).map(({ id, entity_id, adapter, settings }) => {
    const { publishable_key, account, fee, hears_events, connect_entities = false } = settings as unknown as StripeConnection
    return {
      id,
      entity_id,
      provider: adapter,
      publishable_key,
      account,
      connect_entities,
      livemode: isLive(publishable_key),
      platform_fee: fee,
      events_url: link(`/x/payment_providers/${adapter}/${id}/events`),
      hears_events,
    }
  })
}

/** What is kept of a connection to Stripe beside its secrets. */
interface StripeConnection {
  readonly publishable_key: string
  readonly account: string | null
  readonly fee: Static<typeof PlatformFee> | null
  readonly hears_events: boolean
  readonly connect_entities?: boolean
}
