import type { PlainDate } from '../../core/calendar.ts'
import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import { nameConstraint } from '../../platform/http/errors.ts'
import { type Numbered, nextAmong, nextNumber, numberWithin } from '../entities/document-numbers/document-numbers.service.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'

/** The numbers of documents that are sold, and of delivery notes. */

type Sold = 'invoice' | 'quote' | 'credit_note'

/** A number that was set by hand may differ from one of the series in blanks and capitals alone. */
const SOLD = 'receivables d where d.type = :series and'
const SOLD_ALIKE = ` or exists (select from ${SOLD} d.number_key = number_key(n.document_id))` as const
const NOTES = 'delivery_notes d where'
const NOTES_ALIKE = ` or exists (select from ${NOTES} d.number_key = number_key(n.document_id))` as const

const NEXT_SOLD = sql(nextAmong(SOLD, SOLD_ALIKE))
const NEXT_NOTE = sql(nextAmong(NOTES, NOTES_ALIKE))

/** SQL of a number for the statement that issues a document; see `numberWithin`. */
export const SOLD_NUMBER = numberWithin(SOLD, SOLD_ALIKE)

interface Numberable {
  readonly type: Sold
  readonly document_id: string | null
  /** The number that it was given before the network refused it: it stays, and so does its day. */
  readonly number: number | null
  readonly reserved_at: string | null
  readonly reserved_on: string | null
}

/** The number and the day of a document that is issued now: its own number, where it was set by hand, stands outside the series. */
export async function numberFor(
  ctx: Ctx,
  { type, document_id, number, reserved_at, reserved_on }: Numberable,
  settings: EntitySettings,
  today: PlainDate,
): Promise<Omit<Numbered, 'number'> & { readonly number: number | null }> {
  if (!document_id) return nextNumber(ctx, NEXT_SOLD, type, settings, today)
  if (reserved_at && reserved_on) return { document_id, number, day: reserved_on, at: reserved_at }
  await checkOwnNumber(ctx, type, document_id)
  return { document_id, number: null, day: today, at: ctx.now.toISOString() }
}

/** The next number of delivery notes; nobody else gets one until the note is committed. */
export const nextNoteNumber = (ctx: Ctx, settings: EntitySettings, today: PlainDate) =>
  nextNumber(ctx, NEXT_NOTE, 'delivery_note', settings, today)

const ON_SOLD = sql(`select from ${SOLD} d.number_key = number_key(:document_id) limit 1`)
const ON_NOTE = sql(`select from ${NOTES} d.number_key = number_key(:document_id) limit 1`)

/** Refuses (`conflict`) a number set by hand that another document of the series bears, compared without blanks and capitals. */
export async function checkOwnNumber(
  ctx: Ctx,
  series: Sold | 'delivery_note',
  document_id: string | null | undefined,
): Promise<void> {
  if (!document_id) return
  const found = await (series === 'delivery_note' ? ON_NOTE(ctx, { document_id }) : ON_SOLD(ctx, { series, document_id }))
  if (found.length > 0) throw numberTaken(document_id)
}

const numberTaken = (document_id: string) => conflict(`The number ${document_id} is on another document already`)
// When two take a number at the same moment, the database refuses the second.
for (const index of ['receivables_number_key', 'delivery_notes_number_key'])
  nameConstraint(index, conflict('The number is on another document already'))
