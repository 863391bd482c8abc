import { randomInt } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { asSystem, type Ctx, type Db } from '../../../platform/database/context.ts'
import { type RowOf, sql } from '../../../platform/database/sql.ts'

/** Where mail arrives, and what becomes of it. */
export type Mailbox = RowOf<typeof MAILBOXES>

const MAILBOXES = sql(`
  select distinct m.id, m.partner_id, m.entity_id, m.related_object_type
  from unnest(:names::text[], :domains::text[]) as asked (name, domain)
  join mailboxes m on m.mailbox_name = asked.name and m.mailbox_domain = asked.domain
  join entities e on e.id = m.entity_id
  where m.status = 'active' and m.deleted_at is null and e.status = 'active' and e.deleted_at is null
  order by m.id`)

/** The open mailboxes behind mail addresses, of all partners; those of entities that are switched off are not open. */
export async function findMailboxes(db: Db, addresses: readonly string[]): Promise<Mailbox[]> {
  const asked = addresses.map(split)
  return asSystem(db, (ctx) => MAILBOXES(ctx, { names: asked.map(([name]) => name), domains: asked.map(([, domain]) => domain) }))
}

const OPEN = sql(`insert into mailboxes (related_object_type, mailbox_name, mailbox_domain) values ('payable', :name, :domain)`)

/** Where the bills of a new entity arrive: a name that nobody guesses, under the domain of the installation. */
export async function openMailbox(ctx: Ctx, domain: string): Promise<void> {
  await OPEN(ctx, { name: `${randomInt(10 ** 11, 10 ** 12)}${randomInt(10 ** 5, 10 ** 6)}_payables`, domain })
}

const DOMAIN = sql(`select from mailbox_domains where domain = :domain and status = 'active' and deleted_at is null limit 1`)

/** Whether mails of ours leave from the domain of this address, so that those that can't be delivered come back to it. */
export async function isReturnAddress(db: Db, mail_domain: string, address: string): Promise<boolean> {
  const [, domain] = split(address)
  if (domain === domainToASCII(mail_domain)) return true
  const found = await asSystem(db, (ctx) => DOMAIN(ctx, { domain }))
  return found.length > 0
}

/** The two halves of an address, as mailboxes are named: in small letters, the domain in ASCII. */
function split(address: string): [name: string, domain: string] {
  const clean = address.replaceAll('\0', '').toWellFormed().trim().toLowerCase()
  const at = clean.lastIndexOf('@')
  return [clean.slice(0, at), domainToASCII(clean.slice(at + 1))]
}
