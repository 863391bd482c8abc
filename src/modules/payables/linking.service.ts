import { ifRefused } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import { createCounterpart } from '../counterparts/counterparts.service.ts'
import { addAddress, addBankAccount, addVatId, completeVendor } from '../counterparts/vendors.service.ts'
import type { PayableRow } from './payables.present.ts'
import type { RawCounterpart } from './payables.schema.ts'

/** From what is known of a vendor to the counterpart it is: found, completed, or made. */

/** A number without its dots, dashes and blanks: as a text, and as SQL. */
export const bare = (text: string | null | undefined) => (text ?? '').replace(/[\s.\-/]/g, '').toUpperCase()
export const clean = <const C extends string>(column: C) =>
  `upper(regexp_replace(coalesce(${column}, ''), '[\\s./-]', '', 'g'))` as const

/** A VAT number is the same without its country, where it is known to be of this country. */
const SAME_VAT =
  `(${clean('v.value')} = :whole or ${clean('v.value')} = :number and coalesce(v.country, :country) = :country)` as const
const BY_VAT = sql(`
  select distinct c.id from counterparts c where c.deleted_at is null and (${clean('c.tax_id')} = :whole
  or exists (select from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null and ${SAME_VAT}))`)
const BY_TAX = sql(`select c.id from counterparts c where c.deleted_at is null and ${clean('c.tax_id')} = :tax`)
const BY_IBAN = sql(`
  select distinct b.counterpart_id as id from counterpart_bank_accounts b join counterparts c on c.entity_id = b.entity_id and c.id = b.counterpart_id and c.deleted_at is null
  where b.deleted_at is null and ${clean('b.iban')} = :iban`)
const BY_ACCOUNT = sql(`
  select distinct b.counterpart_id as id from counterpart_bank_accounts b join counterparts c on c.entity_id = b.entity_id and c.id = b.counterpart_id and c.deleted_at is null
  where b.deleted_at is null and ${clean('b.sort_code')} = :sort and ${clean('b.account_number')} = :number`)
const BY_PLACE = sql(`
  select distinct c.id from counterparts c join counterpart_addresses a on a.entity_id = c.entity_id and a.counterpart_id = c.id and a.deleted_at is null
  where c.deleted_at is null and c.name = :name and a.country = :country and a.city = :city and a.postal_code = :postal_code and a.line1 = :line1`)
const WITH_VAT = sql(
  `select distinct counterpart_id as id from counterpart_vat_ids where counterpart_id = any (:ids) and deleted_at is null`,
)

/** By what a vendor was recognised. */
type MatchedBy = 'vat_id' | 'tax_id' | 'iban' | 'account_number' | 'name_and_address'

interface Search {
  readonly by: MatchedBy
  readonly find: (ctx: Ctx) => Promise<{ id: string }[]>
  /** What is compared, for people. */
  readonly shown: string
}

/** What a VAT number is compared with. */
interface VatForms {
  readonly whole: string
  /** Without its country. */
  readonly number: string
  readonly country: string
}

/** What the VAT number of a document is compared with; null when it has none. */
export function vatForms(raw: RawCounterpart): VatForms | null {
  const whole = bare(raw.vat_id?.value)
  if (!whole) return null
  const prefix = /^[A-Z]{2}(?=.*\d)/.exec(whole)?.[0]
  const country = prefix === 'EL' ? 'GR' : (prefix ?? raw.vat_id?.country ?? '')
  return { whole: prefix ? whole : `${country}${whole}`, number: prefix ? whole.slice(2) : whole, country }
}

/** The searches that the data allow, in their order. */
function searches(raw: RawCounterpart): Search[] {
  const { bank_account: bank, address, name } = raw
  const found: Search[] = []
  const vat = vatForms(raw)
  if (vat) found.push({ by: 'vat_id', find: (ctx) => BY_VAT(ctx, vat), shown: raw.vat_id?.value ?? vat.whole })
  const tax = bare(raw.tax_id)
  if (tax) found.push({ by: 'tax_id', find: (ctx) => BY_TAX(ctx, { tax }), shown: raw.tax_id ?? tax })
  const [iban, sort, number] = [bare(bank?.iban), bare(bank?.sort_code), bare(bank?.account_number)]
  if (iban) found.push({ by: 'iban', find: (ctx) => BY_IBAN(ctx, { iban }), shown: iban })
  if (sort && number)
    found.push({ by: 'account_number', find: (ctx) => BY_ACCOUNT(ctx, { sort, number }), shown: `${sort} ${number}` })
  if (name?.trim() && address?.country && address.city && address.postal_code && address.line1) {
    const place = {
      name: name.trim(),
      country: address.country,
      city: address.city.trim(),
      postal_code: address.postal_code.trim(),
      line1: address.line1.trim(),
    }
    found.push({ by: 'name_and_address', find: (ctx) => BY_PLACE(ctx, place), shown: place.name })
  }
  return found
}

/** A counterpart, and what it was recognised by. */
interface Match {
  readonly id: string
  readonly by: MatchedBy
  readonly value: string
}

/**
 * The one counterpart that the data name: the first search that finds exactly one decides; one that finds several is narrowed by those
 * after it. One that has another VAT number is never it. Still several, or none: null.
 */
async function findCounterpart(ctx: Ctx, raw: RawCounterpart): Promise<Match | null> {
  const hasVat = vatForms(raw) !== null
  let ofVat = new Set<string>()
  let left: Set<string> | null = null
  for (const { by, find, shown } of searches(raw)) {
    const found = (await find(ctx)).map(({ id }) => id)
    if (by === 'vat_id') ofVat = new Set(found)
    const others = hasVat && found.length > 0 ? await withOtherVat(ctx, found, ofVat) : new Set()
    const fitting: string[] = found.filter((id) => (left === null || left.has(id)) && !others.has(id))
    const [first, second] = fitting
    if (first && !second) return { id: first, by, value: shown }
    if (second) left = new Set(fitting)
  }
  return null
}

/** Those of these counterparts that have VAT numbers, and not the one that was looked for. */
async function withOtherVat(ctx: Ctx, ids: readonly string[], ofVat: ReadonlySet<string>): Promise<Set<string>> {
  const known = await WITH_VAT(ctx, { ids })
  return new Set(known.map(({ id }) => id).filter((id) => !ofVat.has(id)))
}

export interface Linked {
  counterpart_id: string
  counterpart_address_id: string | null
  counterpart_bank_account_id: string | null
  counterpart_vat_id_id: string | null
}

/** Ties a bill to a counterpart: it is a vendor from now on, gets what it lacks, and the bill names the parts that it names. */
async function link(ctx: Ctx, counterpartId: string, raw: RawCounterpart | null, currency: string | null): Promise<Linked> {
  await completeVendor(ctx, {
    counterpartId,
    email: raw?.email ?? null,
    phone: raw?.phone ?? null,
    taxId: raw?.tax_id?.slice(0, 30) ?? null,
  })
  return {
    counterpart_id: counterpartId,
    counterpart_address_id: await addressOf(ctx, counterpartId, raw?.address),
    counterpart_bank_account_id: await accountOf(ctx, counterpartId, raw?.bank_account, currency, raw?.address?.country),
    counterpart_vat_id_id: await vatIdOf(ctx, counterpartId, raw?.vat_id),
  }
}

type Raw<K extends keyof RawCounterpart> = RawCounterpart[K]

const USUAL_ADDRESS = sql(`select default_billing_address_id as id from counterparts where id = :id`)
const KNOWN_ADDRESS = sql(
  `select id from counterpart_addresses where counterpart_id = :counterpart_id and deleted_at is null and country = :country? and city = :city? and postal_code = :postal_code? and line1 = :line1? limit 1`,
)
async function addressOf(ctx: Ctx, id: string, raw: Raw<'address'>): Promise<string | null> {
  if (!raw || !Object.values(raw).some(Boolean)) {
    const own = await USUAL_ADDRESS.maybe(ctx, { id })
    return own?.id ?? null
  }
  const { country, city, postal_code, line1, line2, state } = raw
  const known = await KNOWN_ADDRESS.maybe(ctx, {
    counterpart_id: id,
    country: country ?? null,
    city: city ?? null,
    postal_code: postal_code ?? null,
    line1: line1 ?? null,
  })
  if (known) return known.id
  if (!country || !city || !postal_code || !line1 || (country === 'US' && !state)) return null
  return addAddress(ctx, {
    counterpart_id: id,
    country,
    city,
    postal_code,
    line1,
    line2: line2 ?? null,
    state: state ?? null,
  })
}

/** The look of them, which accounts of counterparts have to have, however they come in. */
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/
const BIC = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/

const KNOWN_ACCOUNT = sql(`
  select id from counterpart_bank_accounts where counterpart_id = :counterpart_id and deleted_at is null
    and case when :iban <> '' then ${clean('iban')} = :iban else ${clean('account_number')} = :number and (:sort = '' or ${clean('sort_code')} in (:sort, '')) end
  order by created_at limit 1`)
const USUAL_ACCOUNT = sql(`
  select id from counterpart_bank_accounts where counterpart_id = :counterpart_id and deleted_at is null and is_default_for_currency and (:currency?::text is null or currency = :currency?)
  order by created_at limit 1`)

async function accountOf(
  ctx: Ctx,
  id: string,
  raw: Raw<'bank_account'>,
  currency: string | null,
  country: string | null | undefined,
): Promise<string | null> {
  const [iban, number, sort] = [bare(raw?.iban), bare(raw?.account_number), bare(raw?.sort_code)]
  if (!iban && !number) {
    const own = await USUAL_ACCOUNT.maybe(ctx, { counterpart_id: id, currency })
    return own?.id ?? null
  }
  const known = await KNOWN_ACCOUNT.maybe(ctx, { counterpart_id: id, iban, number, sort })
  if (known) return known.id
  const where = iban ? iban.slice(0, 2) : country
  if (!where || !currency || (iban && !IBAN.test(iban))) return null
  const bic = bare(raw?.bic)
  return addBankAccount(ctx, {
    counterpart_id: id,
    country: where,
    currency,
    iban: iban || null,
    bic: BIC.test(bic) ? bic : null,
    account_number: number || null,
    sort_code: sort || null,
    routing_number: raw?.routing_number ?? null,
    account_holder_name: raw?.account_holder_name ?? null,
  })
}

const KNOWN_VAT_ID = sql(
  `select id from counterpart_vat_ids where counterpart_id = :counterpart_id and deleted_at is null and ${clean('value')} = :value limit 1`,
)
const USUAL_VAT_ID = sql(
  `select id from counterpart_vat_ids where counterpart_id = :counterpart_id and deleted_at is null order by created_at limit 1`,
)
async function vatIdOf(ctx: Ctx, id: string, raw: Raw<'vat_id'>): Promise<string | null> {
  const value = bare(raw?.value)
  if (!value) {
    const own = await USUAL_VAT_ID.maybe(ctx, { counterpart_id: id })
    return own?.id ?? null
  }
  const known = await KNOWN_VAT_ID.maybe(ctx, { counterpart_id: id, value })
  if (known) return known.id
  return addVatId(ctx, {
    counterpart_id: id,
    country: raw?.country ?? null,
    value: value.slice(0, 32),
  })
}

/** Makes the vendor out of what was read, when that is enough; null when it isn't. */
async function createFromRaw(ctx: Ctx, raw: RawCounterpart): Promise<string | null> {
  const { name, address, email, phone, tax_id } = raw
  if (!name?.trim() || !address?.country || !address.city || !address.postal_code || !address.line1) return null
  const organization = {
    legal_name: name.trim(),
    is_vendor: true,
    is_customer: false,
    email: email ?? undefined,
    phone: phone ?? undefined,
    address: { ...address, line2: address.line2 ?? undefined, state: address.state ?? undefined },
  }
  const body = { type: 'organization', organization, tax_id: tax_id?.slice(0, 30) ?? undefined }
  return createCounterpart(ctx, body as never, true)
    .then(({ id }) => id)
    .catch(ifRefused(() => null))
}

/** What a document says of its vendor. */
export type Named = Pick<PayableRow, keyof Linked | 'id' | 'counterpart' | 'counterpart_raw_data' | 'currency'>

interface Tying {
  readonly mayLink: boolean
  readonly mayCreate: boolean
  /** What is tied: a bill, unless it is said. */
  readonly object?: 'payable' | 'payables_credit_note'
}

const TELL = sql(`select emit(:object, :id, 'vendor_matched', :user?, :data::jsonb, true)`)

/**
 * Looks for the vendor of a document without one, and may make it; answers what to write into the document. Its history says what the
 * vendor was recognised by.
 */
export async function tieToCounterpart(
  ctx: Ctx,
  { id, counterpart_id, counterpart_raw_data: raw, currency }: Named,
  { mayLink, mayCreate, object = 'payable' }: Tying,
): Promise<Linked | null> {
  if (counterpart_id || !raw) return null
  const match = mayLink ? await findCounterpart(ctx, raw) : null
  const vendor = match?.id ?? (mayCreate ? await createFromRaw(ctx, raw) : null)
  if (!vendor) return null
  const found = { counterpart_id: vendor, matched_by: match?.by ?? 'created', value: match?.value ?? raw.name ?? null }
  await TELL(ctx, { object, id, user: ctx.userId, data: { details: { vendor: found } } })
  return link(ctx, vendor, raw, currency)
}

const SNAPSHOT = shaped<{ counterpart: RawCounterpart }>()(
  sql(`
  select json_build_object('name', c.name, 'email', c.email, 'phone', c.phone, 'tax_id', c.tax_id,
    'address', (select json_build_object('country', a.country, 'city', a.city, 'postal_code', a.postal_code, 'line1', a.line1, 'line2', a.line2, 'state', a.state)
      from counterpart_addresses a where a.entity_id = c.entity_id and a.id = coalesce(:counterpart_address_id?, c.default_billing_address_id)),
    'bank_account', (select json_build_object('iban', b.iban, 'bic', b.bic, 'account_number', b.account_number, 'sort_code', b.sort_code,
      'routing_number', b.routing_number, 'account_holder_name', b.account_holder_name) from counterpart_bank_accounts b where b.entity_id = c.entity_id and b.id = :counterpart_bank_account_id?),
    'vat_id', (select json_build_object('value', v.value, 'country', v.country, 'type', v.type) from counterpart_vat_ids v where v.entity_id = c.entity_id and v.id = :counterpart_vat_id_id?)) as counterpart
  from counterparts c where c.id = :counterpart_id`),
)

/** The vendor as it is at this moment, to stay with the bill. */
export async function snapshotOf(ctx: Ctx, row: Named): Promise<RawCounterpart | null> {
  if (!row.counterpart_id) return row.counterpart_raw_data
  const found = await SNAPSHOT.maybe(ctx, {
    counterpart_id: row.counterpart_id,
    counterpart_address_id: row.counterpart_address_id,
    counterpart_bank_account_id: row.counterpart_bank_account_id,
    counterpart_vat_id_id: row.counterpart_vat_id_id,
  })
  return found?.counterpart ?? null
}
