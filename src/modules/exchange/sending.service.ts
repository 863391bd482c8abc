import { createHash } from 'node:crypto'
import { Refusal } from '../../core/refusal.ts'
import { asEntity, type Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { storageKey } from '../../platform/files/keys.ts'
import { type Finish, type Job, whoOf } from '../../platform/jobs/jobs.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { NetworkRefusal } from '../../ports/einvoicing.ts'
import { insertFile } from '../common/files/files.service.ts'
import { noteGivenUp, noteHanded, noteTold, noteTried } from '../einvoicing/messages.service.ts'
import { drawPage, languageOf, readForPage } from '../receivables/drawing.service.ts'
import { einvoiceForNetwork } from '../receivables/einvoices/einvoices.service.ts'
import { acceptEinvoice, refuseEinvoice } from '../receivables/einvoices/network.service.ts'

/** E-invoices on their way out: handed to the network, tried again while it can't be reached, and settled by what it tells. */

const WAITING = sql(
  `select id, receivable_id as "receivable_id!", attempts from einvoice_messages where id = :id and status = 'waiting'`,
)
const LOCKED = sql(
  `select id, receivable_id as "receivable_id!", attempts from einvoice_messages where id = :id and status = 'waiting' for update`,
)
/** When an unreachable network is asked again: three times within half an hour. */
const AGAIN_MINUTES = [5, 10, 15]
const MINUTE_MS = 60_000

/** Hands one document over. Whatever is tried again under its key is one document for the network. */
export async function send(machinery: Machinery, job: Job<'einvoicing.send'>): Promise<Finish> {
  const { db, network, storage, config, log } = machinery
  const { message: id } = job.payload
  const who = whoOf(job)
  const giveUp =
    (reason: string): Finish =>
    async (ctx) => {
      const message = await LOCKED.maybe(ctx, { id })
      if (!message) return
      await noteGivenUp(ctx, { id, error: reason })
      await refuseEinvoice(ctx, message.receivable_id, reason)
    }
  const found = await asEntity(db, { ...who, reading: true }, async (ctx) => {
    const message = await WAITING.maybe(ctx, { id })
    if (!message) return null
    try {
      const document = await einvoiceForNetwork(ctx, message.receivable_id)
      return { message, document, page: await readForPage(ctx, message.receivable_id), refused: null }
    } catch (refusal) {
      if (refusal instanceof Refusal) return { message, refused: refusal.message }
      throw refusal
    }
  })
  if (!found) return async () => {}
  if (found.refused !== null) return giveUp(found.refused)
  const { document, message, page } = found
  const xml = await document.xml(storage, page && (await pageOf(machinery, page, job.partner_id)))
  const { from, to, type, country, name } = document
  let sent: Awaited<ReturnType<typeof network.send>>
  try {
    sent = await network.send({ from, to, type, country, xml }, id)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof NetworkRefusal) return giveUp(reason)
    log.warn({ err: error, receivable: message.receivable_id }, 'the network for e-invoices could not be reached')
    const minutes = AGAIN_MINUTES[message.attempts]
    if (minutes === undefined) return giveUp(`The network for e-invoices could not be reached: ${reason}`)
    return async (ctx) => {
      await noteTried(ctx, { id, error: reason })
      return new Date(ctx.now.getTime() + minutes * MINUTE_MS)
    }
  }
  const bytes = Buffer.from(xml)
  const key = storageKey()
  await storage.put(key, bytes)
  return async (ctx) => {
    if (!(await LOCKED.maybe(ctx, { id }))) return
    const md5 = createHash('md5').update(bytes).digest('hex')
    const file = { bytes, name, mimetype: 'application/xml', md5, file_type: 'einvoices_xml' }
    const stored = await insertFile(ctx, key, file, config.region)
    await noteHanded(ctx, { id, status: sent.delivered ? 'delivered' : 'sent', message: sent.message_id, file: stored.id })
    if (sent.delivered) await acceptEinvoice(ctx, message.receivable_id, linkIn(stored.url))
  }
}

/** The page that travels inside. It must not hold up the invoice: without one the data go alone. */
async function pageOf(machinery: Machinery, page: NonNullable<Awaited<ReturnType<typeof readForPage>>>, partner: string) {
  const { row, beyond } = page
  // What is being issued is not a draft any more: its page says what it will say when it is issued.
  const issued = { ...row, issue_date: row.issue_date ?? row.updated_at, issued_on: row.issued_on ?? row.reserved_on }
  try {
    return await drawPage(machinery, { row: issued, beyond }, { language: languageOf(row), partner, einvoice: null })
  } catch (error) {
    machinery.log.warn({ err: error, receivable: row.id }, 'an e-invoice goes without its page')
    return null
  }
}
const linkIn = (url: string) => url.slice(url.lastIndexOf('/') + 1)

/** Whose a message is: asked past all walls, for the network tells no entity. */
export const OF_MESSAGE = sql(
  `select id, partner_id, entity_id from einvoice_messages where direction = 'out' and message_id = :message order by created_at limit 1`,
)
/** Messages about which something may still be told: until they are delivered, and for some days after, when their receivers may refuse them. */
export const OUTSTANDING = sql(`select message_id as "message_id!" from einvoice_messages
  where direction = 'out' and message_id is not null
    and (status = 'sent' or status = 'delivered' and updated_at > app_now() - interval '3 days')
  order by updated_at limit 1000`)
const OUT = sql(`select m.id, m.status, m.receivable_id as "receivable_id!", f.link_key as "link!" from einvoice_messages m
  join files f on f.id = m.file_id where m.id = :id for update of m`)
/** Books what the network tells of a document of ours. Told twice, or in another order, it is booked once. */
export async function bookReceipt(ctx: Ctx, id: string, reason: string | null): Promise<void> {
  const message = await OUT.maybe(ctx, { id })
  if (!message || message.status === (reason === null ? 'delivered' : 'rejected')) return
  // What was refused is refused: the document may be another one by now.
  if (message.status === 'rejected') return
  await noteTold(ctx, { id, status: reason === null ? 'delivered' : 'rejected', error: reason })
  if (reason === null) await acceptEinvoice(ctx, message.receivable_id, message.link)
  else await refuseEinvoice(ctx, message.receivable_id, reason)
}
