import { conflict, invalidAt } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { asPartner, type Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { MailboxDataResponse, MailboxDomainRequest, MailboxMultipleEntitiesRequest, MailboxResponse } from './mailboxes.schema.ts'

const mailboxTable = table('mailboxes', MailboxResponse, {
  noun: 'Mailbox',
  computed: { mailbox_full_address: `t.mailbox_name || '@' || t.mailbox_domain` },
  clashes: { mailboxes_address: conflict('This address is taken') },
})
const list = listing(mailboxTable, { filters: {}, sort: [] })

export const mailboxes: Routes = async (app) => {
  const { db } = app.machinery

  app.get(
    '/mailboxes',
    operation({ summary: 'Get mailboxes', may: 'mailbox:read', ok: { 200: MailboxDataResponse } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/mailboxes',
    operation({
      summary: 'Create a mailbox',
      may: 'mailbox:create',
      body: MailboxDomainRequest,
      ok: { 201: MailboxResponse },
      refuses: [409],
    }),
    async ({ ctx, body: { mailbox_domain_id, mailbox_name, related_object_type } }) => {
      checkName(mailbox_name)
      const mailbox_domain = await verifiedDomain(ctx, mailbox_domain_id)
      return rows.create(ctx, mailboxTable, {
        mailbox_domain_id,
        mailbox_domain,
        mailbox_name,
        related_object_type,
        created_by_entity_user_id: ctx.userId,
      })
    },
  )

  app.post(
    '/mailboxes/search',
    operation({
      summary: 'Get mailboxes by IDs',
      may: 'partner',
      body: MailboxMultipleEntitiesRequest,
      ok: { 200: MailboxDataResponse },
      transaction: 'manual',
    }),
    // The header names one entity and the question many, so it is the partner who asks. Entities of others have nothing to show.
    async ({ access, body }) => {
      const who = { partnerId: accessOf({ access }).partnerId, userId: null }
      const data = await asPartner(db, who, (ctx) =>
        list.all(ctx, {}, [{ sql: 't.entity_id = any ($)', values: [body.entity_ids] }]),
      )
      return { data }
    },
  )

  app.delete(
    '/mailboxes/:mailbox_id',
    operation({ summary: 'Delete a mailbox', may: 'mailbox:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, mailboxTable, params.mailbox_id),
  )
}

const NAME_MAX = 64

/** The part before the @: words of small letters, digits, `_` and `-`, with dots between them (RFC 5321, 4.5.3.1.1: up to 64). */
function checkName(name: string): void {
  if (name.length <= NAME_MAX && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return
  throw invalidAt(
    ['body', 'mailbox_name'],
    `Input should be up to ${NAME_MAX} small letters, digits, "_", "-", and single dots between them`,
  )
}

const VERIFIED_DOMAIN = sql(`select domain, status from mailbox_domains where id = :id and deleted_at is null for share`)

/** The name of a domain that mail may go to. It can't be deleted until the transaction ends. */
async function verifiedDomain(ctx: Ctx, id: string): Promise<string> {
  const domain = await VERIFIED_DOMAIN.maybe(ctx, { id })
  if (!domain) throw conflict('Mailbox domain not found')
  if (domain.status !== 'active') throw conflict(`The DNS records of ${domain.domain} are not verified yet`)
  return domain.domain
}
