import { keptSecrets } from '../connections/kept-secrets.ts'
import { sql } from '../database/sql.ts'

/** What deliveries are signed with. */
export const webhookSecrets = keptSecrets({
  kind: 'webhook subscription',
  all: sql(`select id, partner_id, secret as plain, sealed_secret as sealed from webhook_subscriptions order by id for update`),
  keep: sql(
    `update webhook_subscriptions set secret = null, sealed_secret = :sealed where id = :id and partner_id = :partner_id`,
  ),
})
