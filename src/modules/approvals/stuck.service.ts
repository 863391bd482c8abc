import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { compose } from '../mail/compose.service.ts'
import { nameOf, usersWhoMay, valuesOf, writeToColleague } from './approvers.service.ts'
import { billOf } from './links.service.ts'
import { liveProcess } from './requests/requests.service.ts'
import { advance, lockStatus, tellOfStuck } from './running.service.ts'
import { type Lost, payablesOfLost, strandLost } from './withdraw.service.ts'

/** Bills whose approval can't go on by itself: found when users or roles change, and told to those who may decide by hand. */

/** A user was deleted, or has another role: nobody waits for them any more. What can't do without them fails, the rest goes on. */
export async function strand(ctx: Ctx, lost: Lost): Promise<void> {
  for (const { id } of await payablesOfLost(ctx, lost)) {
    await lockStatus(ctx, id)
    if (await strandLost(ctx, id, lost)) await tellOfStuck(ctx, id)
    const process = await liveProcess(ctx, id)
    if (process) await advance(ctx, process)
  }
}

/** The words of the mail; what is known of the bill follows them. */
interface Words {
  readonly subject: string
  readonly text: (name: string) => string
}
const words: Readonly<Record<string, Words>> & { readonly en: Words } = {
  en: {
    subject: 'Your decision is needed',
    text: (name) =>
      `Hello ${name},\n\nthe approval of a bill could not go on by itself. The bill waits until somebody approves or rejects it by hand, and you may.`,
  },
  de: {
    subject: 'Ihre Entscheidung ist nötig',
    text: (name) =>
      `Guten Tag ${name},\n\ndie Freigabe einer Rechnung kann nicht von selbst weitergehen. Die Rechnung wartet, bis jemand sie von Hand freigibt oder ablehnt, und Sie dürfen das.`,
  },
  fr: {
    subject: 'Votre décision est nécessaire',
    text: (name) =>
      `Bonjour ${name},\n\nl’approbation d’une facture ne peut pas continuer d’elle-même. La facture attend que quelqu’un l’approuve ou la refuse à la main, et vous le pouvez.`,
  },
  nl: {
    subject: 'Uw beslissing is nodig',
    text: (name) =>
      `Beste ${name},\n\nde goedkeuring van een factuur kan niet vanzelf verdergaan. De factuur wacht tot iemand haar met de hand goedkeurt of afwijst, en u mag dat.`,
  },
}

const BILL = sql(`
  select was_created_by_user_id as owner from payables t where id = :payableId and status = 'approve_in_progress' and deleted_at is null
  and not exists (select from approval_processes p where p.entity_id = t.entity_id and p.payable_id = t.id and p.status in ('running', 'waiting'))`)

/**
 * Writes to every user with an address who may approve this bill, once for each time (`since`) that it got stuck. One that is decided by
 * now, or that another policy has taken on, needs nobody.
 */
export async function notifyStuck(machinery: Machinery, ctx: Ctx, payableId: string, since: string): Promise<void> {
  const row = await BILL.maybe(ctx, { payableId })
  const bill = row && (await billOf(ctx, payableId))
  if (!row || !bill) return
  const about = await valuesOf(machinery, ctx, bill)
  const { subject, text } = words[about.language] ?? words.en
  for (const user of await usersWhoMay(ctx, 'payable:approve', row.owner)) {
    const { attach_documents: _files, ...composed } = await compose(machinery, ctx, {
      type: 'payables_notify_approver',
      language: about.language,
      plain: true,
      subject_text: subject,
      body_text: text(nameOf(user)),
      variables: { ...about.values, contact_name: nameOf(user) },
    })
    const key = `stuck:${payableId}:${since}:${user.id}`
    await writeToColleague(machinery, ctx, { ...composed, to: [user.email], key, object_type: 'payable', object_id: payableId })
  }
}
