import { randomUUID } from 'node:crypto'
import { notFound } from '../../../core/refusal.ts'
import { accessOf } from '../../../platform/auth/caller.ts'
import { asPartner, type Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { check, type Findings, isComplete } from './dns-records.ts'
import { DomainListResponse, DomainRequest, DomainResponse, VerifyResponse } from './mailbox-domains.schema.ts'
import { dkimKeys, mailboxDomainTable, newDkimKey, takenDomain } from './mailbox-domains.service.ts'

const REMOVE_MAILBOXES = sql(`delete from mailboxes where mailbox_domain_id = :domain_id`)
const PUBLIC_KEY = sql(`select domain, dkim_public_key from mailbox_domains where id = :id and deleted_at is null`)

export const mailboxDomains: Routes = async (app) => {
  const { config, db, resolver, sealing } = app.machinery
  const host = () => config.mail_domain.toLowerCase()
  const domains = mailboxDomainTable(host)
  const list = listing(domains, { filters: {}, sort: [] })

  app.get(
    '/mailbox_domains',
    operation({ summary: 'Get mailbox domains', may: 'partner', entity: 'none', ok: { 200: DomainListResponse } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/mailbox_domains',
    operation({
      summary: 'Create a mailbox domain',
      may: 'partner',
      entity: 'none',
      body: DomainRequest,
      ok: { 201: DomainResponse },
      refuses: [400, 409],
      transaction: 'manual',
    }),
    async (request) => {
      const domain = request.body.domain.toLowerCase()
      if (domain === host()) throw takenDomain
      const { private_key, public_key } = await newDkimKey()
      const id = randomUUID()
      const key = await sealing()
      return request.open((ctx) =>
        rows.create(ctx, domains, {
          id,
          domain,
          dkim_public_key: public_key,
          sealed_dkim_key: dkimKeys.seal(key, ctx.partnerId, id, private_key),
        }),
      )
    },
  )

  app.delete(
    '/mailbox_domains/:domain_id',
    operation({ summary: 'Delete a mailbox domain', may: 'partner', entity: 'none', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      await rows.remove(ctx, domains, params.domain_id)
      await REMOVE_MAILBOXES(ctx, { domain_id: params.domain_id })
      return null
    },
  )

  app.post(
    '/mailbox_domains/:domain_id/verify',
    operation({
      summary: 'Verify a mailbox domain',
      may: 'partner',
      entity: 'none',
      ok: { 200: VerifyResponse },
      refuses: [400, 409],
      transaction: 'manual',
    }),
    async (request) => {
      const { domain_id } = request.params
      const who = { partnerId: accessOf(request).partnerId, userId: null }
      const { domain, dkim_public_key } = await asPartner(db, who, (ctx) => keyOf(ctx, domain_id))
      // The DNS may take seconds, and no transaction waits for it.
      const findings = await check(resolver, domain, dkim_public_key, host())
      return request.open((ctx) => noted(ctx, domain_id, findings))
    },
  )

  async function keyOf(ctx: Ctx, id: string) {
    const row = await PUBLIC_KEY.maybe(ctx, { id })
    if (!row) throw notFound(domains.missing(id))
    return row
  }

  /** Keeps what the DNS said. A domain that is active stays it: its mail shall not stop because a name server is slow today. */
  async function noted(ctx: Ctx, id: string, findings: Findings) {
    const { status } = await rows.lock(ctx, domains, id)
    const next = isComplete(findings) ? 'active' : status
    const { domain } = await rows.change(ctx, domains, id, { status: isComplete(findings) ? 'active' : undefined, findings })
    return { id: id.toLowerCase(), domain, status: next }
  }
}
