import { billSums, type LineSums, type StatedSums } from '../../core/bills.ts'
import { last } from '../../core/lists.ts'
import { asSystem, type Db } from '../../platform/database/context.ts'

/** Bills whose sums are not what their lines come to, where nothing else is stated. */

interface Bill {
  readonly entity_id: string
  readonly id: string
  readonly subtotal: number | null
  readonly tax_amount: number | null
  readonly total_amount: number | null
  readonly discount: number | null
  readonly stated: StatedSums | null
  readonly lines: (LineSums & { readonly tax: number | null })[]
}
type Row = Record<string, unknown>

const BATCH = 500
const NEXT = `
  select b.entity_id, b.id, b.subtotal, b.tax_amount, b.total_amount, b.discount, b.stated,
    (select json_agg(json_build_object('subtotal', l.subtotal, 'tax', l.tax, 'tax_amount', l.tax_amount, 'total', l.total) order by l.created_at, l.id)
     from payable_line_items l where l.entity_id = b.entity_id and l.payable_id = b.id and l.deleted_at is null) as lines
  from payables b join partners p on p.id = b.partner_id
  where b.deleted_at is null and not b.sums_stated and coalesce(p.settings -> 'payable' ->> 'enable_line_items', 'true') <> 'false'
    and exists (select from payable_line_items l where l.entity_id = b.entity_id and l.payable_id = b.id and l.deleted_at is null)
    and (b.entity_id, b.id) > ($1, $2) order by b.entity_id, b.id limit ${BATCH}`

export async function wrongBills(db: Db): Promise<Row[]> {
  const wrong: Row[] = []
  let after = ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000']
  for (;;) {
    const bills = await asSystem(db, (ctx) => ctx.db.query<Bill>(NEXT, after))
    for (const { entity_id, id, lines, discount, stated, ...stored } of bills) {
      const right = billSums(lines, discount, stated?.charges)
      const names = (['subtotal', 'tax_amount', 'total_amount'] as const).filter((name) => stored[name] !== right[name])
      if (names.length > 0)
        wrong.push({ entity_id, id, differs: names.map((name) => `${name}: ${stored[name]} ≠ ${right[name]}`) })
    }
    if (bills.length < BATCH) return wrong
    const { entity_id, id } = last(bills)
    after = [entity_id, id]
  }
}
