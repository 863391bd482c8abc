import { documentNumber, type NumberedDocument, type NumberSettings } from '../../core/document-number.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'

/**
 * The next number of a series, without gaps: the counter's row is locked until the document commits, and rolls back with it. A
 * number whose text is already on a document (set by hand, or made under another format) is passed over.
 */
export async function nextNumber(
  ctx: Ctx,
  series: NumberedDocument,
  settings: EntitySettings,
  issueDate: string,
): Promise<{ number: number; document_id: string }> {
  const format = settings.document_ids as NumberSettings
  const head = documentNumber({ ...format, min_digits: 1 }, series, 0, issueDate).slice(0, -1)
  for (;;) {
    const [row] = await ctx.db.query<{ last: number; taken: boolean }>(next(series), [series, head, format.min_digits])
    const { last, taken } = row!
    if (!taken) return { number: last, document_id: documentNumber(format, series, last, issueDate) }
  }
}

/** SQL of the documents `d` that bear the numbers of a series, named by `$1`. */
function bearers(series: NumberedDocument): string {
  if (series === 'delivery_note') return 'delivery_notes d where'
  if (series === 'purchase_order') return 'payable_purchase_orders d where'
  return 'receivables d where d.type = $1 and'
}

const next = (series: NumberedDocument) => `with counted as (
    insert into document_numbers (series, last) values ($1, 1)
    on conflict (entity_id, series) do update set last = document_numbers.last + 1 returning last)
  select last, exists (select from ${bearers(series)} d.deleted_at is null
    and d.document_id = $2 || lpad(last::text, greatest($3, length(last::text)), '0')) as taken
  from counted`
