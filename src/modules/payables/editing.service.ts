import { conflict, notFound } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { insertFile } from '../common/files/files.service.ts'
import { type BodyFile, checkedFields, describe, withoutSums } from './intake.service.ts'
import { tieToCounterpart } from './linking.service.ts'
import { payableFlow } from './payables.flow.ts'
import { type PayableRow, shownPayable } from './payables.present.ts'
import type { UpdatePayable } from './payables.schema.ts'
import {
  findPayable,
  freeCredits,
  lockPayable,
  readLines,
  readRules,
  refuseWhileReading,
  settle,
  write,
} from './payables.service.ts'

/** What changes of a bill before it is decided on: its fields, its file, and whether it is there at all. */

const shown = shownPayable

/** What may change whatever the status. */
const always = new Set(['tag_ids', 'project_id', 'partner_metadata'])

export async function updatePayable(ctx: Ctx, id: string, body: UpdatePayable) {
  const before = await lockPayable(ctx, id)
  const { counterpart_raw_data, ...sent } = body
  const inside = Object.entries(body).some(([name, value]) => value !== undefined && !always.has(name))
  if (inside || payableFlow.can(before.status, 'edit')) {
    if (inside) payableFlow.next(before.status, 'edit')
    refuseWhileReading(before)
  }
  const fields = await checkedFields(ctx, sent, before)
  if (!payableFlow.can(before.status, 'edit')) return shown(ctx, await write(ctx, id, 'updated', { ...fields }))
  const rules = await readRules(ctx)
  const vendorGone = fields.counterpart_id !== undefined && fields.counterpart_id !== before.counterpart_id
  const changes: Partial<PayableRow> = {
    ...(vendorGone && { counterpart_address_id: null, counterpart_bank_account_id: null, counterpart_vat_id_id: null }),
    ...withoutSums(fields, rules.byLines),
    ...(counterpart_raw_data !== undefined && {
      counterpart_raw_data: mergedRaw(before.counterpart_raw_data, counterpart_raw_data),
    }),
  }
  const linked = await tieToCounterpart(
    ctx,
    { ...before, ...changes },
    { mayLink: rules.partner.allow_counterpart_autolinking === true, mayCreate: false },
  )
  return shown(ctx, await settle(ctx, before, { ...changes, ...linked }, await readLines(ctx, id), rules))
}

function mergedRaw(
  before: PayableRow['counterpart_raw_data'],
  sent: UpdatePayable['counterpart_raw_data'],
): PayableRow['counterpart_raw_data'] {
  if (sent === null || sent === undefined) return null
  const parts = ['address', 'bank_account', 'vat_id'] as const
  const merged = { ...before, ...sent } as NonNullable<PayableRow['counterpart_raw_data']>
  for (const part of parts) {
    const given = sent[part]
    if (given) merged[part] = { ...before?.[part], ...given } as never
  }
  return merged
}

export async function deletePayable(ctx: Ctx, id: string): Promise<null> {
  const row = await lockPayable(ctx, id)
  payableFlow.next(row.status, 'delete')
  await write(ctx, id, 'deleted', { deleted_at: ctx.now.toISOString() })
  await freeCredits(ctx, id)
  return null
}

/** Gives a bill the file that it lacks. */
export async function attachFile(ctx: Ctx, id: string, file: BodyFile, key: () => string, region: string) {
  const row = await lockPayable(ctx, id)
  if (row.status === 'canceled') throw conflict("A payable that is canceled can't get a file")
  if (row.file_id) throw conflict('This payable has a file already, and can have only one')
  const stored = await insertFile(ctx, key(), describe(file), region)
  const data = { file_name: stored.name, file_size: stored.size, url: stored.url }
  await write(ctx, id, 'file_attached', { file_id: stored.id }, { data })
  return shown(ctx, await write(ctx, id, 'updated', { file_id: stored.id }))
}

/** Stops waiting for what the file says; whatever is read later is let go. */
export async function cancelOcr(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  if (row.ocr_status !== 'processing') throw conflict('No file of this payable is being read')
  return shown(ctx, await settle(ctx, row, { ocr_status: 'canceled' }, await readLines(ctx, id), await readRules(ctx)))
}

const SUGGESTIONS = sql(`select suggestion from payables where id = :id`)

export async function suggestionsFor(ctx: Ctx, id: string) {
  await findPayable(ctx, id)
  const row = await SUGGESTIONS.maybe(ctx, { id })
  return row?.suggestion ? { suggested_counterpart: row.suggestion } : {}
}

const DROP_SUGGESTIONS = sql(`update payables set suggestion = null where id = :id`)

export async function dropSuggestions(ctx: Ctx, id: string) {
  const row = await lockPayable(ctx, id)
  if (!row) throw notFound('Payable not found')
  await DROP_SUGGESTIONS(ctx, { id })
  return {}
}
