import { createHash } from 'node:crypto'
import { badRequest } from '../../core/refusal.ts'
import { grantsOf, type RolePermissions } from '../../platform/auth/permissions.ts'
import { refuseWhileLeaving } from '../../platform/database/away.ts'
import { asEntity, asSystem, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { everywhere, type Machinery } from '../../platform/machinery.ts'
import { type IncomingMail, openMail, UnreadableMail } from '../../platform/mail/incoming.ts'
import { recordBounce } from '../../platform/mail/outbox.ts'
import { isOrnament } from '../../platform/pictures/size.ts'
import { withStored } from '../common/files/files.service.ts'
import * as receipts from '../expenses/receipts/receipts.service.ts'
import { findMailboxes, type Mailbox } from '../mail/mailboxes/mailboxes.service.ts'
import type { BodyFile } from '../payables/intake.service.ts'
import * as bills from '../payables/reading/reading.service.ts'

/** Mails that bring bills and receipts: what is attached becomes documents of the entity whose mailbox it was sent to. */

/** The largest mail, with all that is attached. */
export const MAIL_IN_BYTES = 25 * 1024 * 1024
const FILE_BYTES = 20 * 1024 * 1024
/** Files of one mail that become documents. */
const FILES_MAX = 100

interface Arrived extends BodyFile {
  /** The mail and the bytes: the same file in the same mail is one document, however often it is delivered. */
  readonly arrival_key: string
}

/**
 * Takes one mail (RFC 822) in for the mailboxes behind `recipients` and answers how many documents it made. All of them are committed
 * then; when it throws, it may be called again with the same mail. A 400 when it can't be read.
 */
export async function takeMail(machinery: Machinery, raw: Buffer, recipients: readonly string[]): Promise<number> {
  let made = 0
  for (const one of everywhere(machinery)) made += await takeAt(one, raw, recipients)
  return made
}

async function takeAt(machinery: Machinery, raw: Buffer, recipients: readonly string[]): Promise<number> {
  const mailboxes = await findMailboxes(machinery.db, recipients)
  if (mailboxes.length === 0) return 0
  const mail = await open(raw)
  const files = filesOf(mail)
  if (files.length > FILES_MAX) machinery.log.warn({ files: files.length }, 'a mail brought too many files: some are left out')
  let made = 0
  for (const mailbox of mailboxes)
    for (const file of files.slice(0, FILES_MAX)) if (await keep(machinery, mailbox, file, senderOf(mail))) made++
  machinery.log.info({ mailboxes: mailboxes.map(({ id }) => id), files: files.length, made }, 'a mail came in')
  return made
}

/** Whether there is an open mailbox behind one of these addresses. Throws `PartnerLeaving` where that is known in a moment only. */
export async function isMailbox(machinery: Machinery, addresses: readonly string[]): Promise<boolean> {
  for (const { db } of everywhere(machinery)) if ((await findMailboxes(db, addresses)).length > 0) return true
  await refuseWhileLeaving(machinery)
  return false
}

/** Records what a mail says of mails of ours that could not be delivered; answers how many of them it names. */
export async function takeBounces(machinery: Machinery, raw: Buffer): Promise<number> {
  const { log } = machinery
  let known = 0
  for (const bounce of (await open(raw)).bounces)
    for (const { db } of everywhere(machinery)) if (await asSystem(db, (ctx) => recordBounce(ctx, bounce))) known++
  if (known === 0) await refuseWhileLeaving(machinery)
  log.info({ known }, 'a mail came back')
  return known
}

const open = (raw: Buffer): Promise<IncomingMail> =>
  openMail(raw, FILE_BYTES).catch((error) => {
    throw error instanceof UnreadableMail ? badRequest(`The mail can not be read: ${error.message}`) : error
  })

function senderOf({ from }: IncomingMail): string | null {
  const address = from?.replaceAll('\0', '').trim().toWellFormed().slice(0, 255)
  return address || null
}

function filesOf({ message_id, sha256: whole, attachments }: IncomingMail): Arrived[] {
  const id = message_id ?? whole
  const files = attachments.flatMap(({ name, bytes, inline, sha256: digest }) => {
    if (!bills.isReadable(bytes) || (inline && isOrnament(bytes))) return []
    const clean = (name ?? 'attachment').replaceAll('\0', '').toWellFormed().slice(0, 512)
    return [{ bytes, name: clean, arrival_key: sha256(`${id}\n${digest}`) }]
  })
  return [...new Map(files.map((file) => [file.arrival_key, file])).values()]
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')

const LOCK_ARRIVAL = sql(`select pg_advisory_xact_lock(hashtextextended(:arrival_key, 0))`)

/** One document of one file, unless it is there already, or its sender is a user who may not. */
async function keep({ db, storage, config }: Machinery, mailbox: Mailbox, file: Arrived, sender: string | null) {
  if (mailbox.related_object_type === 'receipt' && !receipts.isReadable(file.bytes)) return false
  const who = { partnerId: mailbox.partner_id, entityId: mailbox.entity_id, userId: null }
  return withStored(storage, file.bytes, (key) =>
    asEntity(db, who, async (ctx) => {
      const user = await userBehind(ctx, sender)
      if (user && !user.may) return false
      // The same mail may arrive twice at once: the second waits, and finds what the first has made.
      await LOCK_ARRIVAL(ctx, { arrival_key: file.arrival_key })
      const as = { ...ctx, userId: user?.id ?? null }
      return mailbox.related_object_type === 'receipt'
        ? receipts.receiveByMail(as, file, file.arrival_key, key, config.region)
        : bills.receiveByMail(as, file, sender, file.arrival_key, key, config.region)
    }),
  )
}

const USERS = sql(`
  select u.id, r.permissions from entity_users u left join roles r on r.id = u.role_id and r.deleted_at is null
  where lower(u.email) = lower(:email?) and u.deleted_at is null order by u.created_at, u.id`)

/** The user of the entity with this address, and whether mails of theirs become documents. Nobody else needs to be known. */
async function userBehind(ctx: Ctx, email: string | null): Promise<{ id: string; may: boolean } | null> {
  const users = await USERS(ctx, { email })
  const known = users.map(({ id, permissions }) => ({ id, may: mayMail(permissions ?? {}) }))
  return known.find(({ may }) => may) ?? known[0] ?? null
}

function mayMail(permissions: RolePermissions): boolean {
  const kind = grantsOf(permissions).get('payable:create_from_mail')
  return kind === 'allowed' || kind === 'allowed_for_own'
}
