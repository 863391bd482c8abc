import { randomUUID } from 'node:crypto'
import { badRequest, invalid, invalidAt, noSuch } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, shaped, sql } from '../../platform/database/sql.ts'
import { type CustomRate, customRatesById } from '../catalog/custom-vat-rates/custom-vat-rates.service.ts'
import { insertInlineProducts } from '../catalog/products/products.service.ts'
import { vatRateById } from '../catalog/vat-rates/vat-rates.service.ts'
import { requireLedgerAccounts, requireTaxRates } from '../common/ledger/ledger.service.ts'
import type { Ask, DraftLine, Facts } from './draft.ts'
import type { LineItem, LineItemUpdate } from './receivables.schema.ts'

/** Lines: from what was asked for to copies of products and rates, and what becomes of them when a draft is edited. */

type Loc = readonly (string | number)[]
const MAX_LINES = 500

/** Refuses lines that can't be meant, before anything is read. `loc` is where they stand in the body. */
export function checkLines(items: readonly LineItem[], loc: Loc): void {
  if (items.length === 0) throw invalid([{ loc: [...loc], msg: 'List should have at least 1 item', type: 'too_short' }])
  if (items.length > MAX_LINES)
    throw invalid([{ loc: [...loc], msg: `List should have at most ${MAX_LINES} items`, type: 'too_long' }])
  items.forEach((item, i) => {
    if (Boolean(item.product) === Boolean(item.product_id))
      throw fault([...loc, i, 'product_id'], 'A line names its product by product_id or by product, one of the two')
    checkTax(item, [...loc, i])
  })
}

/** The same for changes by position: of a line that exists, only its tax can be asked for in two ways at once. */
export function checkChanges(changes: readonly LineItemUpdate[] | null | undefined, loc: Loc): void {
  for (const [i, change] of (changes ?? []).entries()) checkTax(change, [...loc, i])
}

const fault = (loc: Loc, msg: string) => invalidAt([...loc], msg)

/** Refuses (`bad_request`) what lines name of a ledger that isn't connected, or doesn't have it. */
export async function checkLedger(
  ctx: Ctx,
  items: readonly { accounting_tax_rate_id?: string | null; product?: LineItem['product'] }[],
): Promise<void> {
  await requireLedgerAccounts(
    ctx,
    items.map(({ product }) => product?.ledger_account_id),
  )
  await requireTaxRates(
    ctx,
    items.map((item) => item.accounting_tax_rate_id),
  )
}

type TaxAsked = Pick<
  LineItemUpdate,
  'vat_rate_id' | 'custom_vat_rate_id' | 'tax_rate_value' | 'tax_rate_name' | 'accounting_tax_rate_id'
>

function checkTax(item: TaxAsked, loc: Loc): void {
  const sources = [item.vat_rate_id, item.custom_vat_rate_id, item.tax_rate_value].filter(isGiven)
  if (sources.length > 1)
    throw fault([...loc, 'vat_rate_id'], 'A line has one tax: vat_rate_id, custom_vat_rate_id or tax_rate_value')
  if (item.tax_rate_name && !isGiven(item.tax_rate_value))
    throw fault([...loc, 'tax_rate_name'], 'tax_rate_name goes together with tax_rate_value')
}

const isGiven = (value: unknown) => value !== null && value !== undefined

type Unit = { id: string | null; name: string; description: string | null }

const PRODUCTS = shaped<{ measure_unit: Unit | null }>()(
  sql(`select p.id, p.name, p.description, p.type, p.price, p.currency, p.smallest_amount, p.external_reference, p.ledger_account_id,
    (select json_build_object('id', m.id, 'name', m.name, 'description', m.description) from measure_units m
      where m.entity_id = p.entity_id and m.id = p.measure_unit_id and m.deleted_at is null) as measure_unit
  from products p where p.id = any (:ids) and p.deleted_at is null`),
)
type ProductRow = RowOf<typeof PRODUCTS>

const UNITS = sql(`select distinct on (name) id, name, description from measure_units
  where name = any (:names) and deleted_at is null order by name, created_at`)

/**
 * Lines with copies of their products and rates. `reading` may still be on its way: the products are asked for at the same time.
 * A price is with VAT or without as the document says; its counterpart is the calculation's business.
 */
export async function readLines(
  ctx: Ctx,
  items: readonly LineItem[],
  currency: string,
  reading: Promise<Facts>,
): Promise<DraftLine[]> {
  await checkLedger(ctx, items)
  const ids = items.flatMap(({ product_id }) => product_id ?? [])
  const unitNames = items.flatMap(({ product }) => product?.measure_unit?.name ?? [])
  const [products, units, rates, facts] = await Promise.all([
    ids.length > 0 ? PRODUCTS(ctx, { ids: [...new Set(ids)] }) : [],
    unitNames.length > 0 ? UNITS(ctx, { names: unitNames }) : [],
    customRatesOf(ctx, items),
    reading,
  ])
  const byId = new Map(products.map((row) => [row.id, row]))
  const inline: ProductRow[] = []
  const lines = items.map((item, i) => {
    const row = item.product_id ? byId.get(item.product_id.toLowerCase()) : inlineProduct(item.product!, units)
    if (!row) throw noSuch('product', item.product_id!)
    if (!item.product_id) inline.push(row)
    return lineOf(item, i, row, currency, { country: facts.entity.address.country, rates })
  })
  if (inline.length > 0) await insertInline(ctx, inline)
  return lines
}

function lineOf(item: LineItem, i: number, row: ProductRow, currency: string, taxes: Taxes): DraftLine {
  const { price: value, currency: priced, ...product } = row
  if (value === null || priced === null) throw badRequest(`Product ${row.name} has no price`)
  const price = inCurrency({ currency: priced, value }, currency)
  checkQuantity(product, item.quantity, i)
  return {
    quantity: item.quantity,
    discount: item.discount ?? null,
    tax_status: item.tax_status ?? null,
    product: {
      ...product,
      accounting_tax_rate_id: item.accounting_tax_rate_id?.toLowerCase() ?? null,
      is_inline: !item.product_id,
      price,
      price_after_vat: price,
      vat_rate: taxOf(item, taxes) ?? untaxed(taxes.country),
    },
  }
}

/** Lines changed by position: the i-th change is about the i-th line, lines without one stay. A new price needs no old currency. */
export function changedLines(
  lines: readonly DraftLine[],
  changes: readonly LineItemUpdate[] | null | undefined,
  { currency, vat_mode }: Pick<Ask, 'currency' | 'vat_mode'>,
  taxes: Taxes,
): DraftLine[] {
  if (changes && changes.length > lines.length)
    throw badRequest(`The document has ${lines.length} lines; ${changes.length} were sent`)
  return lines.map((line, i) => {
    const { product } = line
    const change = changes?.[i] ?? {}
    const entered = vat_mode === 'inclusive' ? product.price_after_vat : product.price
    const price = isGiven(change.price) ? { currency, value: change.price } : inCurrency(entered, currency)
    if (isGiven(change.quantity)) checkQuantity(product, change.quantity, i)
    return {
      quantity: change.quantity ?? line.quantity,
      discount: change.discount === undefined ? line.discount : change.discount?.amount === 0 ? null : change.discount,
      tax_status: change.tax_status === undefined ? line.tax_status : change.tax_status,
      product: {
        ...product,
        price,
        price_after_vat: price,
        vat_rate: changedTax(change, product.vat_rate, taxes),
        accounting_tax_rate_id:
          change.accounting_tax_rate_id === undefined
            ? product.accounting_tax_rate_id
            : (change.accounting_tax_rate_id?.toLowerCase() ?? null),
      },
    }
  })
}

function inCurrency<P extends { currency: string }>(price: P, currency: string): P {
  if (price.currency !== currency)
    throw badRequest(`Product currency ${price.currency} doesn't match receivable currency ${currency}`)
  return price
}

function checkQuantity(
  { name, smallest_amount }: { name: string; smallest_amount?: number | null },
  quantity: number,
  i: number,
) {
  if (smallest_amount && quantity < smallest_amount)
    throw badRequest(`Line ${i + 1}: at least ${smallest_amount} of ${name} are sold at a time`)
}

type VatRate = DraftLine['product']['vat_rate']

const untaxed = (country: string): VatRate => ({
  id: null,
  country,
  value: 0,
  name: null,
  components: null,
  is_custom: null,
})

/** What the taxes of a document's lines are looked up in. */
export interface Taxes {
  readonly country: string
  readonly rates: ReadonlyMap<string, CustomRate>
}

/** The entity's own rates that lines name. */
export const customRatesOf = (ctx: Ctx, items: readonly TaxAsked[]) =>
  customRatesById(
    ctx,
    items.flatMap(({ custom_vat_rate_id }) => custom_vat_rate_id ?? []),
  )

/** The tax a line names: a rate of the catalogue, one of the entity's own, or a plain percentage with a label. */
function taxOf(item: TaxAsked, { country, rates }: Taxes): VatRate | null {
  if (item.custom_vat_rate_id) {
    const rate = rates.get(item.custom_vat_rate_id.toLowerCase())
    if (!rate) throw noSuch('custom VAT rate', item.custom_vat_rate_id)
    // The wire has whole numbers only: what is calculated with is the sum of the components.
    return {
      id: rate.id,
      country,
      value: Math.round(rate.value),
      name: rate.name,
      components: rate.components,
      is_custom: true,
    }
  }
  if (item.vat_rate_id) {
    const rate = vatRateById(item.vat_rate_id)
    if (!rate) throw noSuch('VAT rate', item.vat_rate_id)
    return { ...untaxed(rate.country), id: rate.id, value: rate.value, is_custom: false }
  }
  if (!isGiven(item.tax_rate_value)) return null
  return { ...untaxed(country), value: item.tax_rate_value, name: item.tax_rate_name || 'Tax' }
}

/** A tax that isn't mentioned stays; one that is null, with none in its place, is taken away. */
function changedTax(change: TaxAsked, before: VatRate, taxes: Taxes): VatRate {
  const mentioned = [change.vat_rate_id, change.custom_vat_rate_id, change.tax_rate_value].some((tax) => tax !== undefined)
  return mentioned ? (taxOf(change, taxes) ?? untaxed(taxes.country)) : before
}

function inlineProduct(product: NonNullable<LineItem['product']>, units: readonly Unit[]): ProductRow {
  const { measure_unit: unit } = product
  const known = unit && units.find(({ name }) => name === unit.name)
  return {
    id: randomUUID(),
    name: product.name,
    description: product.description ?? null,
    type: product.type ?? 'product',
    price: product.price.value,
    currency: product.price.currency,
    smallest_amount: product.smallest_amount ?? null,
    external_reference: product.external_reference ?? null,
    ledger_account_id: product.ledger_account_id?.toLowerCase() ?? null,
    measure_unit: known || (unit ? { id: null, name: unit.name, description: unit.description ?? null } : null),
  }
}

/** Products that exist on this document only; no list shows them. */
async function insertInline(ctx: Ctx, products: readonly ProductRow[]): Promise<void> {
  await insertInlineProducts(
    ctx,
    products.map(({ measure_unit, ...product }) => ({ ...product, measure_unit_id: measure_unit?.id ?? null })),
  )
}
