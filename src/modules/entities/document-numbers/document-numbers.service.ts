import type { PlainDate } from '../../../core/calendar.ts'
import { defaultNumberSettings, documentNumber, type NumberedDocument, numberParts } from '../../../core/document-number.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import type { Statement } from '../../../platform/database/sql.ts'
import type { EntitySettings } from '../settings/settings.service.ts'

/** The counters of an entity, one a series. Who keeps documents of a series makes its statements of these texts, and knows what numbers they bear. */

export interface Numbered {
  readonly number: number
  readonly document_id: string
  /** The day that the document bears. */
  readonly day: PlainDate
  /** The moment that goes with it, as ISO 8601 in UTC. */
  readonly at: string
}

/** Counts the series on by one, where `condition` holds. */
const counted = <const C extends string>(condition: C) =>
  `counted as (
    insert into document_numbers (series, last, last_day, last_at) values (:series, 1, :today, :now)
    on conflict (entity_id, series) do update set last = document_numbers.last + 1,
      last_day = greatest(document_numbers.last_day, excluded.last_day), last_at = greatest(document_numbers.last_at, excluded.last_at)
    ${condition}
    returning last, last_day, last_at)` as const

/** The number that was counted, and whether a document has it: `bearers` are the documents `d` of the series, `alike` is SQL of others whose number is as good as `n.document_id`. */
const numbered = <const B extends string, const A extends string>(bearers: B, alike: A) =>
  `select c.last, c.last_day as "day!", c.last_at as "at!", n.document_id as "document_id!",
    exists (select from ${bearers} d.deleted_at is null and d.document_id = n.document_id)${alike} as "taken!"
  from counted c, lateral (select :head || case when :after_year?::text is null then '' else to_char(c.last_day, 'YYYY') || :after_year? end
    || lpad(c.last::text, greatest(:digits, length(c.last::text)), '0') as document_id) n` as const

/** The statement of `nextNumber`. */
export const nextAmong = <const B extends string, const A extends string>(bearers: B, alike: A) =>
  `with ${counted('')} ${numbered(bearers, alike)}` as const

/**
 * The number within a statement that also writes the document: `counted` and `n` (`last`, `day`, `at`, `document_id`, `taken`). There is no
 * row where the series has a later day than `today`.
 */
export const numberWithin = <const B extends string, const A extends string>(bearers: B, alike: A) =>
  `${counted('where document_numbers.last_day is null or document_numbers.last_day <= excluded.last_day')}, n as (${numbered(bearers, alike)})` as const

const formatOf = ({ document_ids }: EntitySettings) => document_ids ?? defaultNumberSettings

/** The parameters that these texts have. */
export function numberValues(ctx: Ctx, series: NumberedDocument, settings: EntitySettings, today: PlainDate) {
  const format = formatOf(settings)
  const { head, after_year } = numberParts(format, series)
  return { series, head, after_year, digits: format.min_digits ?? 0, today, now: ctx.now.toISOString() }
}

type NextNumber = Statement<
  {
    series: string
    today: string | Date
    now: string | Date
    head: string
    after_year: string | null
    digits: number
  },
  { last: number; day: string; at: string; document_id: string; taken: boolean }
>

/**
 * The next number of a series, without gaps: the counter's row is locked until the document commits, and rolls back with it. A
 * number whose text is already on a document (set by hand, or made under another format) is passed over. With the number comes
 * the day that it bears: `today`, or the last day of the series where that is later, since the clock was set back, or the entity
 * has moved to where it is still yesterday. `next` is the statement of the series, by `nextAmong`.
 */
export async function nextNumber(
  ctx: Ctx,
  next: NextNumber,
  series: NumberedDocument,
  settings: EntitySettings,
  today: PlainDate,
): Promise<Numbered> {
  const values = numberValues(ctx, series, settings, today)
  for (;;) {
    const { last, day, at, taken } = await next.one(ctx, values)
    if (!taken) return { number: last, document_id: documentNumber(formatOf(settings), series, last, day), day, at }
  }
}
