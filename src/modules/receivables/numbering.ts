import { documentNumber, type NumberedDocument, type NumberSettings } from '../../core/document-number.ts'
import type { Ctx } from '../../platform/database/context.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'

/**
 * The next number of a series, without gaps: the counter's row is locked until the document commits, and rolls back with it. A
 * number whose text is already on a document (set by hand, or after the format changed back) is passed over.
 */
export async function nextNumber(ctx: Ctx, series: NumberedDocument, settings: EntitySettings, issueDate: string): Promise<{ number: number; document_id: string }> {
  for (;;) {
    const [row] = await ctx.db.query<{ last: number }>(
      `insert into document_numbers (series, last) values ($1, 1)
       on conflict (entity_id, series) do update set last = document_numbers.last + 1 returning last`,
      [series],
    )
    const number = row!.last
    const document_id = documentNumber(settings.document_ids as NumberSettings, series, number, issueDate)
    if (settings.receivable_edit_flow !== 'non_compliant') return { number, document_id }
    const taken = await ctx.db.query(`select 1 from receivables where type = $1 and document_id = $2 limit 1`, [series, document_id])
    if (taken.length === 0) return { number, document_id }
  }
}
