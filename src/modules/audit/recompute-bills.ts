import { billSums, type LineSums } from '../../core/bills.ts'
import { last } from '../../core/lists.ts'
import { asSystem, type Db, NO_ENTITY } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'

/** Bills whose sums are not what their lines come to, where nothing else is stated. */

type Row = Record<string, unknown>

const BATCH = 500
const NEXT = shaped<{ lines: (LineSums & { readonly tax: number | null })[] }>()(
  sql(`
  select b.entity_id, b.id, b.subtotal, b.tax_amount, b.total_amount, b.discount, b.stated,
    (select json_agg(json_build_object('subtotal', l.subtotal, 'tax', l.tax, 'tax_amount', l.tax_amount, 'total', l.total) order by l.created_at, l.id)
     from payable_line_items l where l.entity_id = b.entity_id and l.payable_id = b.id and l.deleted_at is null) as lines
  from payables b join partners p on p.id = b.partner_id
  where b.deleted_at is null and not b.sums_stated and coalesce(p.settings -> 'payable' ->> 'enable_line_items', 'true') <> 'false'
    and (b.currency is not null or b.total_amount is not null)
    and exists (select from payable_line_items l where l.entity_id = b.entity_id and l.payable_id = b.id and l.deleted_at is null)
    and (b.entity_id, b.id) > (:entity::uuid, :id::uuid) order by b.entity_id, b.id limit ${BATCH}`),
)

export async function wrongBills(db: Db): Promise<Row[]> {
  const wrong: Row[] = []
  let after = { entity: NO_ENTITY, id: NO_ENTITY }
  for (;;) {
    const bills = await asSystem(db, (ctx) => NEXT(ctx, after))
    for (const { entity_id, id, lines, discount, stated, ...stored } of bills) {
      const right = billSums(lines, discount, stated?.charges)
      const names = (['subtotal', 'tax_amount', 'total_amount'] as const).filter((name) => stored[name] !== right[name])
      if (names.length > 0)
        wrong.push({ entity_id, id, differs: names.map((name) => `${name}: ${stored[name]} ≠ ${right[name]}`) })
    }
    if (bills.length < BATCH) return wrong
    const { entity_id, id } = last(bills)
    after = { entity: entity_id, id }
  }
}
