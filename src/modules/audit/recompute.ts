import { type Credit, creditTotals } from '../../core/credits.ts'
import { at, last } from '../../core/lists.ts'
import { type Discount, type Line, type TaxComponent, type Terms, type Totals, totals } from '../../core/totals.ts'
import { asSystem, type Db, NO_ENTITY } from '../../platform/database/context.ts'
import { type RowOf, shaped, sql } from '../../platform/database/sql.ts'

/** What the figures of a document follow from, read from the document itself and not from what the modules keep beside it. */
interface Content {
  readonly line_items: readonly {
    readonly quantity: number
    readonly discount: Discount | null
    readonly total_before_vat: number
    readonly total_after_vat: number
    readonly product: {
      readonly id: string
      readonly price: { readonly value: number }
      readonly price_after_vat: { readonly value: number }
      readonly vat_rate: {
        readonly id: string | null
        readonly name: string | null
        readonly value: number
        readonly components: readonly TaxComponent[] | null
      }
    }
  }[]
  readonly total_vat_amounts: readonly {
    readonly id: string | null
    readonly name: string | null
    readonly value: number
    readonly amount: number
    readonly taxable_amount: number
    readonly components: { name: string; value: number; amount: number }[] | null
  }[]
  readonly vat_mode: Terms['vat_mode']
  readonly vat_inclusive_discount_mode: Terms['vat_inclusive_discount_mode']
  readonly discount: (Discount & { readonly value: number }) | null
  readonly withholding_tax_rate: number | null
  readonly deductions: readonly { readonly amount: number }[]
}

const figures = [
  'subtotal',
  'discounted_subtotal',
  'subtotal_after_vat',
  'total_vat_amount',
  'total_withholding_tax',
  'total_deduction_amount',
  'total_amount',
] as const

type Document = RowOf<typeof NEXT>
type Row = Record<string, unknown>

const BATCH = 500
const COLUMNS = `entity_id, id, subtotal, discounted_subtotal, subtotal_after_vat, total_vat_amount, total_withholding_tax, total_deduction_amount, total_amount,
  line_products, line_amounts, line_quantities, content::text as "content!", based_on, ask -> 'credits' as credits`
/** `credits`: what a credit note takes back of its invoice. */
const NEXT = shaped<{ credits: Credit[] | null }>()(
  sql(`select ${COLUMNS} from receivables
  where deleted_at is null and (entity_id, id) > (:entity::uuid, :id::uuid) order by entity_id, id limit ${BATCH}`),
)

/** Documents whose stored figures are not what the core makes of their lines and terms; some at a time, so that memory stays flat. */
export async function wrongTotals(db: Db): Promise<Row[]> {
  const wrong: Row[] = []
  let after = { entity: NO_ENTITY, id: NO_ENTITY }
  for (;;) {
    const documents = await asSystem(db, (ctx) => NEXT(ctx, after))
    for (const document of documents) {
      const found = differences(
        document,
        document.credits && document.based_on
          ? await asCreditNote(db, document, document.based_on, document.credits)
          : asItStands,
      )
      if (Object.keys(found).length > 0) wrong.push({ entity_id: document.entity_id, id: document.id, ...found })
    }
    if (documents.length < BATCH) return wrong
    const { entity_id, id } = last(documents)
    after = { entity: entity_id, id }
  }
}

type Compute = (content: Content) => Totals
const linesOf = (content: Content) => content.line_items.map((line) => lineOf(line, content.vat_mode))
const asItStands: Compute = (content) => totals(linesOf(content), content)

const INVOICE = shaped<{ credits: Credit[] | null }>()(
  sql(`select ${COLUMNS} from receivables where entity_id = :entity and id = :invoice`),
)
const BEFORE = shaped<{ credits: Credit[] | null }>()(
  sql(`select ${COLUMNS} from receivables n where entity_id = :entity and based_on = :invoice and type = 'credit_note' and deleted_at is null
  and number is not null and number < coalesce((select number from receivables o where o.entity_id = :entity and o.id = :note), 9223372036854775807) order by number`),
)

/** A credit note's figures follow from its invoice and from the credit notes before it: the last one takes what they left. */
async function asCreditNote(db: Db, { entity_id, id }: Document, based_on: string, credits: readonly Credit[]): Promise<Compute> {
  const [invoice, before] = await asSystem(db, async (ctx) => [
    await INVOICE.one(ctx, { entity: entity_id, invoice: based_on }),
    await BEFORE(ctx, { entity: entity_id, invoice: based_on, note: id }),
  ])
  const read = (document: Document) => {
    const content = JSON.parse(document.content) as Content
    return {
      content,
      figures: { ...document, ...taxesOf(content), lines: content.line_items, discount_value: content.discount?.value ?? 0 },
    }
  }
  const { content: terms, figures } = read(invoice)
  const earlier = before.flatMap((note) => (note.credits ? [{ credits: note.credits, figures: read(note).figures }] : []))
  return () => creditTotals({ lines: linesOf(terms), terms, figures }, earlier, credits)
}

const taxesOf = ({ total_vat_amounts }: Content) => ({
  total_vat_amounts: total_vat_amounts.map(({ id, name, components, ...tax }) => ({
    ...tax,
    key: id ?? `${tax.value} ${name}`,
    components: components ?? [],
  })),
})

/** Each figure that differs, as `stored ≠ recomputed`. */
export function differences(
  document: Omit<Document, 'credits' | 'based_on'>,
  compute: Compute = asItStands,
): Record<string, string> {
  const content = JSON.parse(document.content) as Content
  const pairs: [name: string, stored: unknown, computed: unknown][] = []
  try {
    const right = compute(content)
    for (const name of figures) pairs.push([name, document[name], right[name]])
    if (content.discount) pairs.push(['discount', content.discount.value, right.discount_value])
    content.line_items.forEach(({ product, total_before_vat, total_after_vat }, i) => {
      const line = at(right.lines, i)
      pairs.push(
        [`line ${i + 1} price`, product.price.value, line.price],
        [`line ${i + 1} price with VAT`, product.price_after_vat.value, line.price_after_vat],
      )
      pairs.push(
        [`line ${i + 1} net`, total_before_vat, line.total_before_vat],
        [`line ${i + 1} gross`, total_after_vat, line.total_after_vat],
      )
    })
    if (document.line_products !== null) pairs.push(['lines beside the content', linesBeside(document), linesSaid(content)])
    pairs.push(['taxes', content.total_vat_amounts.length, right.total_vat_amounts.length])
    content.total_vat_amounts.forEach((tax, i) => {
      pairs.push(
        [`tax ${i + 1}`, tax.amount, right.total_vat_amounts[i]?.amount],
        [`base of tax ${i + 1}`, tax.taxable_amount, right.total_vat_amounts[i]?.taxable_amount],
      )
    })
  } catch (error) {
    pairs.push(['refused', 'stored', (error as Error).message])
  }
  return Object.fromEntries(
    pairs
      .filter(([, stored, computed]) => stored !== computed)
      .map(([name, stored, computed]) => [name, `${stored} ≠ ${computed}`]),
  )
}

/** What figures about lines are made of: as it is kept beside the content, and as that says it. */
const linesBeside = ({ line_products, line_amounts, line_quantities }: Omit<Document, 'credits' | 'based_on'>) =>
  JSON.stringify([line_products, line_amounts, line_quantities?.map(Number)])
const linesSaid = ({ line_items: lines }: Content) =>
  JSON.stringify([
    lines.map(({ product }) => product.id),
    lines.map(({ total_before_vat }) => total_before_vat),
    lines.map(({ quantity }) => quantity),
  ])

function lineOf({ product, quantity, discount }: Content['line_items'][number], vatMode: Terms['vat_mode']): Line {
  const { id, name, value, components } = product.vat_rate
  // A tax was named if the line carries its id or its name, be it of 0 %; a rate of parts is their exact sum.
  const rate = components && components.length > 0 ? components.reduce((sum, part) => sum + part.value, 0) : value
  const price = vatMode === 'inclusive' ? product.price_after_vat : product.price
  return { price: price.value, quantity, discount, tax: id || name ? { key: id ?? `${value} ${name}`, rate, components } : null }
}
