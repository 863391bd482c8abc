import { randomUUID } from 'node:crypto'
import { badRequest, invalid, notFound } from '../../core/refusal.ts'
import type { PaymentTerms } from '../../core/terms.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import { fileLink } from '../../platform/files/links.ts'
import { supportedLanguages } from '../../platform/pdf/labels.ts'
import { ratesFor, vatRateById } from '../catalog/vat-rates/vat-rates.service.ts'
import { snapshotForDocument } from '../counterparts/counterparts.service.ts'
import { complete } from '../entities/settings/settings.service.ts'
import type { Address, Ask, DraftLine, Facts } from './draft.ts'
import type { LineItem } from './receivables.schema.ts'

/** Reads what a document refers to. All queries of one document travel together, in one round trip. */

const none = (noun: string, id: string) => notFound(`There is no ${noun} by provided id: ${id}`)

interface EntityRow {
  type: 'organization' | 'individual'
  email: string | null
  phone: string | null
  website: string | null
  tax_id: string | null
  registration_number: string | null
  registration_authority: string | null
  address: Address
  organization: { legal_name: string } | null
  individual: { first_name: string; last_name: string } | null
  settings: Record<string, unknown>
  logo_key: string | null
  vat_id: Facts['entity_vat_id']
  bank_account: Facts['entity_bank_account']
}

/** The entity with its settings, the VAT ID and the bank account for this document. */
const ENTITY = `select e.type, e.email, e.phone, e.website, e.tax_id, e.registration_number, e.registration_authority, e.address, e.organization, e.individual, e.settings,
    (select f.link_key from files f where f.partner_id = e.partner_id and f.id = e.logo_file_id and f.deleted_at is null) as logo_key,
    (select json_build_object('id', v.id, 'country', v.country, 'entity_id', v.entity_id, 'type', v.type, 'value', v.value) from entity_vat_ids v
      where v.deleted_at is null and v.id = coalesce($1::uuid, case when (select count(*) from entity_vat_ids where deleted_at is null) = 1
        then (select id from entity_vat_ids where deleted_at is null) end)) as vat_id,
    (select to_json(b) from entity_bank_accounts b
      where b.deleted_at is null and case when $2::uuid is null then b.currency = $3 and b.is_default_for_currency else b.id = $2 end) as bank_account
  from entities e where e.id = $4`

const TERMS = `select id, name, description, term_1, term_2, term_final from payment_terms where id = $1 and deleted_at is null`

export type AllFacts = Facts & { counterpartHasVatIds: boolean }

/** The present state of everything that `ask` names. An id that leads nowhere is a 404 that says which. */
export async function readFacts(
  ctx: Ctx,
  ask: Omit<Ask, 'vat_mode' | 'vat_inclusive_discount_mode' | 'type'>,
): Promise<AllFacts> {
  const reading = snapshotForDocument(ctx, {
    counterpartId: ask.counterpart_id,
    billingAddressId: ask.counterpart_billing_address_id,
    shippingAddressId: ask.counterpart_shipping_address_id,
    vatIdId: ask.counterpart_vat_id_id,
    contactId: ask.contact_id,
  })
  const [[entity], terms, snapshot] = await Promise.all([
    ctx.db.query<EntityRow>(ENTITY, [ask.entity_vat_id_id ?? null, ask.entity_bank_account_id ?? null, ask.currency, ctx.entityId]),
    ask.payment_terms_id ? ctx.db.query<NonNullable<Facts['payment_terms']>>(TERMS, [ask.payment_terms_id]) : [],
    reading,
  ])
  if (ask.entity_vat_id_id && !entity!.vat_id) throw none('entity VAT ID', ask.entity_vat_id_id)
  if (ask.entity_bank_account_id && !entity!.bank_account) throw none('entity bank account', ask.entity_bank_account_id)
  if (ask.payment_terms_id && !terms[0]) throw none('payment terms', ask.payment_terms_id)
  const { settings, logo_key, vat_id, bank_account, ...own } = entity!
  const known = complete(settings)
  if (bank_account?.currency && bank_account.currency !== ask.currency && known.receivable_edit_flow !== 'non_compliant')
    throw badRequest(`The bank account is in ${bank_account.currency}, the document in ${ask.currency}`)
  return {
    entity: { ...own, logo: logo_key && fileLink(logo_key) },
    settings: known,
    entity_vat_id: vat_id,
    entity_bank_account: bank_account,
    counterpart: snapshot.counterpart,
    billing_address: snapshot.billing_address,
    shipping_address: snapshot.shipping_address,
    contact: snapshot.contact,
    counterpart_vat_id: snapshot.vat_id,
    counterpartHasVatIds: snapshot.has_vat_ids,
    payment_terms: terms[0] ?? (ask.payment_terms ? inlineTerms(ask.payment_terms) : null),
    languages: supportedLanguages,
  } as AllFacts
}

const inlineTerms = (terms: PaymentTerms) => ({ id: null, name: null, description: null, ...terms })

interface References {
  tag_ids?: readonly string[] | null
  attachments?: readonly { id: string; include_in_email?: boolean | null }[] | null
  project_id?: string | null
  payment_reminder_id?: string | null
  overdue_reminder_id?: string | null
  network_credentials_id?: string | null
  counterpart_einvoicing_credentials_id?: string | null
}

/** Checks what is only named, and copies what is known of the attachments. */
export async function readReferences(ctx: Ctx, sent: References): Promise<{ attached: string | null }> {
  // Nothing of these kinds exists as long as the areas they belong to are not served, so each id leads nowhere.
  for (const [field, noun] of [
    ['project_id', 'project'],
    ['payment_reminder_id', 'payment reminder'],
    ['overdue_reminder_id', 'overdue reminder'],
    ['network_credentials_id', 'network credentials'],
    ['counterpart_einvoicing_credentials_id', 'counterpart e-invoicing credentials'],
  ] as const) {
    const id = (sent as Record<string, unknown>)[field]
    if (typeof id === 'string') throw none(noun, id)
  }
  const tagIds = sent.tag_ids ?? []
  const files = sent.attachments ?? []
  const [tags, found] = await Promise.all([
    tagIds.length > 0 ? ctx.db.query<{ id: string }>(`select id from tags where id = any ($1) and deleted_at is null`, [tagIds]) : [],
    files.length > 0
      ? ctx.db.query<{ id: string; name: string; mimetype: string; size: number; link_key: string; file_type: string }>(
          `select id, name, mimetype, size, link_key, file_type from files where id = any ($1) and entity_id = $2 and deleted_at is null`,
          [files.map(({ id }) => id), ctx.entityId],
        )
      : [],
  ])
  const unknown = tagIds.find((id) => !tags.some((tag) => tag.id === id.toLowerCase()))
  if (unknown) throw none('tag', unknown)
  const attached = files.map(({ id, include_in_email }) => {
    const file = found.find((one) => one.id === id.toLowerCase())
    if (!file) throw none('file', id)
    if (file.file_type !== 'attachments') throw badRequest(`File ${id} is not an attachment but of the type ${file.file_type}`)
    return { id: file.id, name: file.name, mimetype: file.mimetype, size: file.size, url: fileLink(file.link_key), include_in_email: include_in_email ?? false }
  })
  return { attached: attached.length > 0 ? json(attached) : null }
}

interface ProductRow {
  id: string
  name: string
  description: string | null
  type: 'product' | 'service'
  price: number | null
  currency: string | null
  smallest_amount: number | null
  external_reference: string | null
  ledger_account_id: string | null
  measure_unit: { id: string; name: string; description: string | null } | null
}

const PRODUCTS = `select p.id, p.name, p.description, p.type, p.price, p.currency, p.smallest_amount, p.external_reference, p.ledger_account_id,
    (select json_build_object('id', m.id, 'name', m.name, 'description', m.description) from measure_units m
      where m.entity_id = p.entity_id and m.id = p.measure_unit_id and m.deleted_at is null) as measure_unit
  from products p where p.id = any ($1) and p.deleted_at is null`

/** A line as it is asked for, when its product is already a copy on the document. */
type LineAsked = Omit<LineItem, 'product' | 'product_id'> & Pick<LineItem, 'product' | 'product_id'>

/**
 * Lines with copies of their products and rates. `facts` may still be on its way: the products are asked for at the same time.
 * With `before` the lines exist already and only their taxes are looked up; one without a new tax keeps the one it has.
 */
export async function readLines(
  ctx: Ctx,
  items: readonly LineAsked[],
  currency: string,
  facts: Promise<Facts>,
  before?: readonly DraftLine[],
): Promise<DraftLine[]> {
  items.forEach((item, i) => checkLine(item, i, Boolean(before)))
  const ids = items.flatMap(({ product_id }) => product_id ?? [])
  const unitNames = items.flatMap(({ product }) => product?.measure_unit?.name ?? [])
  const [products, units] = await Promise.all([
    ids.length > 0 ? ctx.db.query<ProductRow>(PRODUCTS, [[...new Set(ids)]]) : [],
    unitNames.length > 0
      ? ctx.db.query<{ id: string; name: string; description: string | null }>(
          `select distinct on (name) id, name, description from measure_units where name = any ($1) and deleted_at is null order by name, created_at`,
          [unitNames],
        )
      : [],
    facts,
  ])
  const country = (await facts).entity.address.country
  const byId = new Map(products.map((row) => [row.id, row]))
  const inline: ProductRow[] = []

  const lines = items.map((item, i): DraftLine => {
    const vat_rate = taxOf(item, country) ?? before?.[i]?.product.vat_rate ?? untaxed(country)
    const common = { quantity: item.quantity, discount: item.discount ?? null, tax_status: item.tax_status ?? null }
    if (before) return { ...before[i]!, ...common, product: { ...before[i]!.product, vat_rate } }
    const row = item.product_id ? byId.get(item.product_id.toLowerCase()) : inlineProduct(item.product!, units)
    if (!row) throw none('product', item.product_id!)
    if (!item.product_id) inline.push(row)
    if (row.price === null || row.currency === null) throw badRequest(`Product ${row.name} has no price`)
    if (row.currency !== currency) throw badRequest(`Product currency ${row.currency} doesn't match receivable currency ${currency}`)
    if (row.smallest_amount && item.quantity < row.smallest_amount)
      throw badRequest(`Line ${i + 1}: at least ${row.smallest_amount} of ${row.name} are sold at a time`)
    const price = { currency: row.currency as never, value: row.price }
    return {
      ...common,
      product: {
        id: row.id,
        name: row.name,
        description: row.description,
        type: row.type,
        external_reference: row.external_reference,
        ledger_account_id: row.ledger_account_id,
        accounting_tax_rate_id: item.accounting_tax_rate_id ?? null,
        smallest_amount: row.smallest_amount,
        is_inline: !item.product_id,
        measure_unit: row.measure_unit,
        price,
        price_after_vat: price,
        vat_rate,
      },
    }
  })
  if (inline.length > 0) await insertInline(ctx, inline)
  return lines
}

function checkLine(item: LineAsked, i: number, existing: boolean): void {
  const fault = (field: string, msg: string) => invalid([{ loc: ['body', 'line_items', i, field], msg, type: 'value_error' }])
  if (!existing && Boolean(item.product) === Boolean(item.product_id)) throw fault('product_id', 'A line names its product by product_id or by product, one of the two')
  const sources = [item.vat_rate_id, item.custom_vat_rate_id, item.tax_rate_value].filter((source) => source !== null && source !== undefined)
  if (sources.length > 1) throw fault('vat_rate_id', 'A line has one tax: vat_rate_id, custom_vat_rate_id or tax_rate_value')
  if (item.tax_rate_name && (item.tax_rate_value === null || item.tax_rate_value === undefined)) throw fault('tax_rate_name', 'tax_rate_name goes together with tax_rate_value')
  if (item.accounting_tax_rate_id) throw badRequest(`There is no accounting connection that knows ${item.accounting_tax_rate_id}`)
  if (item.custom_vat_rate_id) throw none('custom VAT rate', item.custom_vat_rate_id)
  if (item.product?.ledger_account_id) throw badRequest(`There is no accounting connection that knows ${item.product.ledger_account_id}`)
}

type VatRate = DraftLine['product']['vat_rate']

const untaxed = (country: string): VatRate => ({ id: null, country: country as never, value: 0, name: null, components: null, is_custom: null })

/** The tax a line names: a rate of the catalogue, or a plain percentage with a label. */
function taxOf(item: LineAsked, country: string): VatRate | null {
  if (item.vat_rate_id) {
    const rate = vatRateById(item.vat_rate_id.toLowerCase())
    if (!rate) throw none('VAT rate', item.vat_rate_id)
    return { id: rate.id, country: rate.country as never, value: rate.value, name: null, components: null, is_custom: false }
  }
  if (item.tax_rate_value === null || item.tax_rate_value === undefined) return null
  return { id: null, country: country as never, value: item.tax_rate_value, name: item.tax_rate_name ?? 'Tax', components: null, is_custom: null }
}

function inlineProduct(product: NonNullable<LineItem['product']>, units: readonly { id: string; name: string; description: string | null }[]): ProductRow {
  const { measure_unit: unit } = product
  return {
    id: randomUUID(),
    name: product.name,
    description: product.description ?? null,
    type: product.type ?? 'product',
    price: product.price.value,
    currency: product.price.currency,
    smallest_amount: product.smallest_amount ?? null,
    external_reference: product.external_reference ?? null,
    ledger_account_id: null,
    measure_unit: unit ? (units.find(({ name }) => name === unit.name) ?? { id: null as never, name: unit.name, description: unit.description ?? null }) : null,
  }
}

/** Products that exist on this document only; no list shows them. */
async function insertInline(ctx: Ctx, products: readonly ProductRow[]): Promise<void> {
  await ctx.db.query(
    `insert into products (id, name, description, type, price, currency, smallest_amount, measure_unit_id, external_reference, is_inline, entity_user_id)
     select id, name, description, type, price, currency, smallest_amount, measure_unit_id, external_reference, true, $2
     from jsonb_to_recordset($1) as p(id uuid, name text, description text, type product_type, price bigint, currency text, smallest_amount double precision, measure_unit_id uuid,
       external_reference text)`,
    [json(products.map(({ measure_unit, ...product }) => ({ ...product, measure_unit_id: measure_unit?.id ?? null }))), ctx.userId],
  )
}

/** The catalogue's rates that may stand on this sale on that day: id and value. */
export function validRates({ entity, entity_vat_id, counterpart, billing_address }: Facts, day: string): ReadonlyMap<string, number> {
  const sale = {
    country: entity.address.country,
    vatIds: entity_vat_id ? [entity_vat_id] : [],
    counterpart: { type: counterpart.type, country: billing_address.country },
  }
  return new Map(ratesFor(sale, day).map(({ id, value }) => [id, value]))
}
