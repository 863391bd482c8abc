import type { PlainDate } from '../../core/calendar.ts'
import { documentNumber, type NumberedDocument, type NumberSettings, numberParts } from '../../core/document-number.ts'
import { first } from '../../core/lists.ts'
import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { nameConstraint } from '../../platform/http/errors.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'

export interface Numbered {
  readonly number: number
  readonly document_id: string
  /** The day that the document bears. */
  readonly day: PlainDate
  /** The moment that goes with it, as ISO 8601 in UTC. */
  readonly at: string
}

/**
 * The next number of a series, without gaps: the counter's row is locked until the document commits, and rolls back with it. A
 * number whose text is already on a document (set by hand, or made under another format) is passed over. With the number comes
 * the day that it bears: `today`, or the last day of the series where that is later, since the clock was set back, or the entity
 * has moved to where it is still yesterday.
 */
export async function nextNumber(
  ctx: Ctx,
  series: NumberedDocument,
  settings: EntitySettings,
  today: PlainDate,
): Promise<Numbered> {
  const format = settings.document_ids as NumberSettings
  const { head, after_year } = numberParts(format, series)
  for (;;) {
    const values = [series, head, after_year, format.min_digits, today, ctx.now.toISOString()]
    const { last, day, at, taken } = first(await ctx.db.query<Counted>(next(series), values))
    if (!taken) return { number: last, document_id: documentNumber(format, series, last, day), day, at }
  }
}

interface Counted {
  readonly last: number
  readonly day: PlainDate
  readonly at: string
  readonly taken: boolean
}

interface Numberable {
  readonly type: 'invoice' | 'quote' | 'credit_note'
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
  if (!document_id) return nextNumber(ctx, type, settings, today)
  if (reserved_at && reserved_on) return { document_id, number, day: reserved_on, at: reserved_at }
  await checkOwnNumber(ctx, type, document_id)
  return { document_id, number: null, day: today, at: ctx.now.toISOString() }
}

/** SQL of the documents `d` that bear the numbers of a series, named by `$1`. */
function bearers(series: NumberedDocument): string {
  if (series === 'delivery_note') return 'delivery_notes d where'
  if (series === 'purchase_order') return 'payable_purchase_orders d where'
  return 'receivables d where d.type = $1 and'
}

/** Numbers of purchase orders are never set by hand, so none differs from another in blanks or capitals alone. */
const like = (series: NumberedDocument) =>
  series === 'purchase_order' ? '' : ` or exists (select from ${bearers(series)} d.number_key = number_key(n.document_id))`

/** Counts one on, where `condition` holds. `$1` to `$6` are the series, its format (head, what follows the year, digits), day and moment. */
const counted = (condition: string) => `counted as (
    insert into document_numbers (series, last, last_day, last_at) values ($1, 1, $5, $6)
    on conflict (entity_id, series) do update set last = document_numbers.last + 1,
      last_day = greatest(document_numbers.last_day, excluded.last_day), last_at = greatest(document_numbers.last_at, excluded.last_at)
    ${condition}
    returning last, last_day, last_at)`
const numbered = (series: NumberedDocument) => `select c.last, c.last_day as day, c.last_at as at, n.document_id,
    exists (select from ${bearers(series)} d.deleted_at is null and d.document_id = n.document_id)${like(series)} as taken
  from counted c, lateral (select $2 || case when $3::text is null then '' else to_char(c.last_day, 'YYYY') || $3 end
    || lpad(c.last::text, greatest($4, length(c.last::text)), '0') as document_id) n`
const next = (series: NumberedDocument) => `with ${counted('')} ${numbered(series)}`

/**
 * SQL of a number for the statement that also writes the document: `counted` and `n` (`last`, `day`, `at`, `document_id`, `taken`), with
 * the values of `$1` to `$6`. There is no row where the series has a later day than `today`.
 */
export function numberInPlace(ctx: Ctx, series: NumberedDocument, settings: EntitySettings, today: PlainDate) {
  const format = settings.document_ids as NumberSettings
  const { head, after_year } = numberParts(format, series)
  const values: unknown[] = [series, head, after_year, format.min_digits, today, ctx.now.toISOString()]
  return {
    values,
    sql: `${counted('where document_numbers.last_day is null or document_numbers.last_day <= excluded.last_day')}, n as (${numbered(series)})`,
  }
}

/** Refuses (`conflict`) a number set by hand that an issued document of the series bears, compared without blanks and capitals. */
export async function checkOwnNumber(ctx: Ctx, series: NumberedDocument, document_id: string | null | undefined): Promise<void> {
  if (!document_id) return
  const values = series === 'delivery_note' ? [document_id] : [document_id, series]
  const where = series === 'delivery_note' ? 'delivery_notes d where' : 'receivables d where d.type = $2 and'
  const found = await ctx.db.query(`select from ${where} d.number_key = number_key($1) limit 1`, values)
  if (found.length > 0) throw numberTaken(document_id)
}

const numberTaken = (document_id: string) => conflict(`The number ${document_id} is on another document already`)
// Of two that take a number at the same moment, the second hears it from the database.
for (const index of ['receivables_number_key', 'delivery_notes_number_key'])
  nameConstraint(index, conflict('The number is on another document already'))
