import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import { fileLink } from '../../platform/files/links.ts'
import type { Frame } from '../../platform/mail/layout.ts'
import type { Address } from '../../ports/mail.ts'
import { readPartnerSettings } from '../partner/partner-settings/partner-settings.service.ts'

/** Who a mail of the entity comes from, and what its frame shows. */
export interface Sender {
  readonly from: Address
  readonly reply_to: string[]
  readonly email: string
  readonly country: string
  /** Whether documents go along as PDF. */
  readonly attach_documents: boolean
  readonly frame: Omit<Frame, 'language'>
}

/** The entity with the oldest of its mailboxes whose domain was found to be the partner's. */
const ENTITY = shaped<{ reply_to: string[] | null }>()(
  sql(`
  select coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "name!",
    e.email, e.address ->> 'line1' as line1, e.address ->> 'postal_code' as postal_code, e.address ->> 'city' as city, e.address ->> 'country' as country,
    e.settings -> 'mail' -> 'reply_to' as reply_to,
    (select f.link_key from files f where f.partner_id = e.partner_id and f.id = e.logo_file_id and f.deleted_at is null) as logo_key,
    (select d.domain from mailboxes m join mailbox_domains d on d.partner_id = m.partner_id and d.id = m.mailbox_domain_id
      where m.entity_id = e.id and m.deleted_at is null and d.deleted_at is null and d.status = 'active'
      order by m.created_at, m.id limit 1) as domain
  from entities e where e.id = :entityId`),
)

/** The sender of the entity's mails: its own domain if it has one, the words of the partner's settings, and where answers go. */
export async function senderOf(ctx: Ctx, config: { mail_domain: string; mail_logo_url: string }): Promise<Sender> {
  const { mail } = await readPartnerSettings(ctx)
  const entity = await ENTITY.one(ctx, { entityId: ctx.entityId })
  const { name, email, reply_to, logo_key, domain } = entity
  const user = localPart(mail?.from_email_username ?? '') || 'noreply'
  const town = [entity.postal_code, entity.city].filter(Boolean).join(' ')
  return {
    from: { name: mail?.from_name ?? null, address: `${user}@${domain ?? config.mail_domain}` },
    reply_to: reply_to ?? [],
    email,
    country: entity.country ?? 'DE',
    attach_documents: mail?.attach_documents_as_pdf ?? true,
    frame: {
      sender: name,
      logo_url: logo_key ? fileLink(logo_key) : config.mail_logo_url || null,
      footer: [[entity.line1, town].filter(Boolean).join(' · '), email].filter(Boolean),
    },
  }
}

/** The part of a setting that may stand before the @ of an address. Partners also write names there. */
const localPart = (text: string) =>
  text
    .replace(/@.*$/, '')
    .replace(/[^\w.+-]+/g, '')
    .replace(/^\.+|\.+$|(\.)\.+/g, '$1')
