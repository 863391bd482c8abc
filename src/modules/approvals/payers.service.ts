import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { Machinery } from '../../platform/machinery.ts'
import { readSettings } from '../entities/settings/settings.service.ts'
import { compose } from '../mail/compose.service.ts'
import { chooseTemplate } from '../mail/mail-templates/mail-templates.service.ts'
import { nameOf, usersWhoMay, valuesOf, writeToColleague } from './approvers.service.ts'
import { billOf } from './links.service.ts'

/** Tells those who pay that a bill is to be paid: only where the partner wrote a mail for it. */

const TYPE = 'payables_notify_payer'

const BILL = sql(
  `select was_created_by_user_id as owner from payables where id = :payableId and status = 'waiting_to_be_paid' and deleted_at is null`,
)

/**
 * Writes to every user with an address who may pay this bill, once for each time (`since`) that it comes to wait for its payment. One that
 * is paid or taken back by now needs nobody.
 */
export async function notifyPayers(machinery: Machinery, ctx: Ctx, payableId: string, since: string): Promise<void> {
  const { language } = await readSettings(ctx)
  if (!(await chooseTemplate(ctx, TYPE, language ?? 'en')).custom) return
  const row = await BILL.maybe(ctx, { payableId })
  const bill = row && (await billOf(ctx, payableId))
  if (!row || !bill) return
  const about = await valuesOf(machinery, ctx, bill)
  for (const user of await usersWhoMay(ctx, 'payable:pay', row.owner)) {
    const { attach_documents: _files, ...composed } = await compose(machinery, ctx, {
      type: TYPE,
      language: about.language,
      variables: { ...about.values, contact_name: nameOf(user) },
    })
    const key = `payer:${payableId}:${since}:${user.id}`
    await writeToColleague(machinery, ctx, { ...composed, to: [user.email], key, object_type: 'payable', object_id: payableId })
  }
}
