import type { Storage } from '../../ports/files.ts'
import { type DkimKey, HANDOVER_MS, type Mailer, type OutgoingMail, type Verdict } from '../../ports/mail.ts'
import { asEntity, type Ctx, type Db } from '../database/context.ts'
import { type RowOf, sql } from '../database/sql.ts'
import { type JobHandlers, whoOf } from '../jobs/jobs.ts'
import type { Log } from '../log.ts'
import { afterTry, keepRecipients, type Recipient, statusOf, waits_ms } from './outbox.ts'

declare module '../jobs/jobs.ts' {
  interface Jobs {
    'mail.send': { mail_id: string }
  }
}

/** How long whoever sends a mail may take before another one may believe them dead. Longer than any handing over. */
const HELD_S = (2 * HANDOVER_MS) / 1000

const TAKE = sql(`
  update mails set status = 'processing', attempts = attempts + 1, held_until = machine_now() + make_interval(secs => :held_s), updated_at = app_now()
  where id = :id and status in ('pending', 'processing') and (held_until is null or held_until <= machine_now())
  returning id, created_at, sender, reply_to, recipients, subject, html, text, attachments, message_id, attempts`)
type MailRow = RowOf<typeof TAKE>

const UNSENT = sql(`select recipients from mails where id = :id for update`)

/**
 * Sends what was queued. That a mail is being sent is written down before it is handed over, and what the server said right after, each
 * in a transaction of its own: between them only the end of the process can lose an answer. Then the mail is sent again, later and under
 * the same Message-ID: a copy that the receiver may drop is better than a mail that nobody got.
 */
export function mailJobs(
  { db, log, storage, mailer }: { db: Db; log: Log; storage: Storage; mailer: Mailer },
  dkimOf: (ctx: Ctx, domain: string) => Promise<DkimKey | null>,
): JobHandlers<'mail.send'> {
  async function handOver(row: MailRow, dkim: DkimKey | null, signal?: AbortSignal): Promise<ReadonlyMap<string, Verdict>> {
    const open = row.recipients.filter(({ is_success }) => is_success === null).map(({ email }) => email)
    const named = (kind: Recipient['kind']) => row.recipients.filter((r) => r.kind === kind).map(({ email }) => email)
    try {
      const attachments: OutgoingMail['attachments'][number][] = []
      for (const { storage_key, name, mimetype } of row.attachments)
        attachments.push({ name, mimetype, bytes: await storage.get(storage_key) })
      const { sender, created_at, ...mail } = row
      const to = named('to')
      const cc = named('cc')
      return await mailer.send(
        { ...mail, from: sender, date: new Date(created_at), to, cc, attachments, recipients: open, dkim },
        signal,
      )
    } catch (error) {
      log.warn({ err: error, mail: row.id }, 'a mail could not be put together')
      return new Map(open.map((email) => [email, { taken: false, again: true, error: 'An attachment could not be read' }]))
    }
  }

  return {
    'mail.send': async (job, signal) => {
      const id = job.payload.mail_id
      const [row, dkim] = await asEntity(db, whoOf(job), async (ctx) => {
        const taken = await TAKE.maybe(ctx, { id, held_s: HELD_S })
        return [taken, taken ? await dkimOf(ctx, domainOf(taken.sender.address)) : null] as const
      })
      if (!row) {
        const heldUntil = await asEntity(db, { ...whoOf(job), reading: true }, (ctx) => held(ctx, id))
        return async ({ ahead_ms }) => heldUntil && new Date(heldUntil.getTime() + ahead_ms)
      }
      const verdicts = await handOver(row, dkim, signal)
      const wait = waits_ms[row.attempts - 1]
      const status = await asEntity(db, whoOf(job), async (ctx) => {
        const now = await UNSENT.maybe(ctx, { id })
        const recipients = afterTry(now!.recipients, verdicts, wait === undefined)
        await keepRecipients(ctx, id, recipients)
        return statusOf(recipients)
      })
      return async ({ now }) => (status === 'pending' ? new Date(now.getTime() + wait!) : null)
    },
  }
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1)

const HELD = sql(`select held_until from mails where id = :id and status = 'processing'`)

/** When a mail that somebody is sending may be looked at again; null when there is nothing left to do. */
async function held(ctx: Ctx, id: string): Promise<Date | null> {
  const row = await HELD.maybe(ctx, { id })
  return row?.held_until ? new Date(row.held_until) : null
}
