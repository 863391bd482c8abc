import { Refusal } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { json } from '../../platform/database/rows.ts'
import { createCounterpart } from '../counterparts/counterparts.service.ts'
import type { PayableRow } from './payables.present.ts'
import type { RawCounterpart } from './payables.schema.ts'

/** From what is known of a vendor to the counterpart it is: found, completed, or made. */

const bare = (text: string | null | undefined) => (text ?? '').replace(/[\s.\-/]/g, '').toUpperCase()
const clean = (column: string) => `upper(regexp_replace(coalesce(${column}, ''), '[\\s./-]', '', 'g'))`

/** A VAT number ($1) is the same without its country, where it is known to be of this country ($2 and $3). */
const SAME_VAT = `(${clean('v.value')} = $1 or ${clean('v.value')} = $2 and coalesce(v.country, $3) = $3)`
const BY_VAT = `select distinct c.id from counterparts c where c.deleted_at is null and (${clean('c.tax_id')} = $1
  or exists (select from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null and ${SAME_VAT}))`
const BY_TAX = `select c.id from counterparts c where c.deleted_at is null and ${clean('c.tax_id')} = $1`
const BY_IBAN = `select distinct b.counterpart_id as id from counterpart_bank_accounts b join counterparts c on c.entity_id = b.entity_id and c.id = b.counterpart_id and c.deleted_at is null
  where b.deleted_at is null and ${clean('b.iban')} = $1`
const BY_ACCOUNT = `select distinct b.counterpart_id as id from counterpart_bank_accounts b join counterparts c on c.entity_id = b.entity_id and c.id = b.counterpart_id and c.deleted_at is null
  where b.deleted_at is null and ${clean('b.sort_code')} = $1 and ${clean('b.account_number')} = $2`
const BY_PLACE = `select distinct c.id from counterparts c join counterpart_addresses a on a.entity_id = c.entity_id and a.counterpart_id = c.id and a.deleted_at is null
  where c.deleted_at is null and c.name = $1 and a.country = $2 and a.city = $3 and a.postal_code = $4 and a.line1 = $5`
const WITH_VAT = `select distinct counterpart_id as id from counterpart_vat_ids where counterpart_id = any ($1) and deleted_at is null`

/** By what a vendor was recognised. */
export type MatchedBy = 'vat_id' | 'tax_id' | 'iban' | 'account_number' | 'name_and_address'

interface Search {
  readonly by: MatchedBy
  readonly sql: string
  readonly values: readonly string[]
  /** What is compared, for people. */
  readonly shown: string
}

/** What a VAT number is compared with: as it is, without its country, and the country. */
export function vatForms(raw: RawCounterpart): [whole: string, number: string, country: string] | null {
  const whole = bare(raw.vat_id?.value)
  if (!whole) return null
  const prefix = /^[A-Z]{2}(?=.*\d)/.exec(whole)?.[0]
  const country = prefix === 'EL' ? 'GR' : (prefix ?? raw.vat_id?.country ?? '')
  return [prefix ? whole : `${country}${whole}`, prefix ? whole.slice(2) : whole, country]
}

/** The searches that the data allow, in their order. */
function searches(raw: RawCounterpart): Search[] {
  const { bank_account: bank, address, name } = raw
  const found: Search[] = []
  const vat = vatForms(raw)
  if (vat) found.push({ by: 'vat_id', sql: BY_VAT, values: vat, shown: raw.vat_id?.value ?? vat[0] })
  const tax = bare(raw.tax_id)
  if (tax) found.push({ by: 'tax_id', sql: BY_TAX, values: [tax], shown: raw.tax_id ?? tax })
  const [iban, sort, number] = [bare(bank?.iban), bare(bank?.sort_code), bare(bank?.account_number)]
  if (iban) found.push({ by: 'iban', sql: BY_IBAN, values: [iban], shown: iban })
  if (sort && number) found.push({ by: 'account_number', sql: BY_ACCOUNT, values: [sort, number], shown: `${sort} ${number}` })
  if (name?.trim() && address?.country && address.city && address.postal_code && address.line1) {
    const place = [address.country, address.city.trim(), address.postal_code.trim(), address.line1.trim()]
    found.push({ by: 'name_and_address', sql: BY_PLACE, values: [name.trim(), ...place], shown: name.trim() })
  }
  return found
}

/** A counterpart, and what it was recognised by. */
export interface Match {
  readonly id: string
  readonly by: MatchedBy
  readonly value: string
}

/**
 * The one counterpart that the data name: the first search that finds exactly one decides; one that finds several is narrowed by those
 * after it. One that has another VAT number is never it. Still several, or none: null.
 */
export async function findCounterpart(ctx: Ctx, raw: RawCounterpart): Promise<Match | null> {
  const hasVat = vatForms(raw) !== null
  let ofVat = new Set<string>()
  let left: Set<string> | null = null
  for (const { by, sql, values, shown } of searches(raw)) {
    const found = (await ctx.db.query<{ id: string }>(sql, values)).map(({ id }) => id)
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
  const known = await ctx.db.query<{ id: string }>(WITH_VAT, [ids])
  return new Set(known.map(({ id }) => id).filter((id) => !ofVat.has(id)))
}

export interface Linked {
  counterpart_id: string
  counterpart_address_id: string | null
  counterpart_bank_account_id: string | null
  counterpart_vat_id_id: string | null
}

/** Ties a bill to a counterpart: it is a vendor from now on, gets what it lacks, and the bill names the parts that it names. */
export async function link(
  ctx: Ctx,
  counterpartId: string,
  raw: RawCounterpart | null,
  currency: string | null,
): Promise<Linked> {
  await ctx.db.query(
    `with t as (update counterparts set is_vendor = true, updated_at = app_now(), email = coalesce(email, $2), phone = coalesce(phone, $3), tax_id = coalesce(tax_id, $4)
       where id = $1 and (not is_vendor or email is null and $2::text is not null or phone is null and $3::text is not null or tax_id is null and $4::text is not null) returning id)
     select emit('counterpart', t.id, 'updated', $5) from t`,
    [counterpartId, raw?.email ?? null, raw?.phone ?? null, raw?.tax_id?.slice(0, 30) ?? null, ctx.userId],
  )
  return {
    counterpart_id: counterpartId,
    counterpart_address_id: await addressOf(ctx, counterpartId, raw?.address),
    counterpart_bank_account_id: await accountOf(ctx, counterpartId, raw?.bank_account, currency, raw?.address?.country),
    counterpart_vat_id_id: await vatIdOf(ctx, counterpartId, raw?.vat_id),
  }
}

type Raw<K extends keyof RawCounterpart> = RawCounterpart[K]

async function addressOf(ctx: Ctx, id: string, raw: Raw<'address'>): Promise<string | null> {
  if (!raw || !Object.values(raw).some(Boolean)) {
    const [own] = await ctx.db.query<{ id: string | null }>(
      `select default_billing_address_id as id from counterparts where id = $1`,
      [id],
    )
    return own?.id ?? null
  }
  const { country, city, postal_code, line1, line2, state } = raw
  const [known] = await ctx.db.query<{ id: string }>(
    `select id from counterpart_addresses where counterpart_id = $1 and deleted_at is null and country = $2 and city = $3 and postal_code = $4 and line1 = $5 limit 1`,
    [id, country, city, postal_code, line1],
  )
  if (known) return known.id
  if (!country || !city || !postal_code || !line1 || (country === 'US' && !state)) return null
  const [made] = await ctx.db.query<{ id: string }>(
    `with t as (insert into counterpart_addresses (counterpart_id, country, city, postal_code, line1, line2, state) values ($1, $2, $3, $4, $5, $6, $7) returning id)
     select t.id, emit('counterpart_address', t.id, 'created', $8) from t`,
    [id, country, city, postal_code, line1, line2 ?? null, state ?? null, ctx.userId],
  )
  return made!.id
}

/** The look of them, which accounts of counterparts have to have, however they come in. */
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/
const BIC = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/

async function accountOf(
  ctx: Ctx,
  id: string,
  raw: Raw<'bank_account'>,
  currency: string | null,
  country: string | null | undefined,
): Promise<string | null> {
  const [iban, number, sort] = [bare(raw?.iban), bare(raw?.account_number), bare(raw?.sort_code)]
  if (!iban && !number) {
    const [own] = await ctx.db.query<{ id: string }>(
      `select id from counterpart_bank_accounts where counterpart_id = $1 and deleted_at is null and is_default_for_currency and ($2::text is null or currency = $2)
       order by created_at limit 1`,
      [id, currency],
    )
    return own?.id ?? null
  }
  const [known] = await ctx.db.query<{ id: string }>(
    `select id from counterpart_bank_accounts where counterpart_id = $1 and deleted_at is null
       and case when $2 <> '' then ${clean('iban')} = $2 else ${clean('account_number')} = $3 and ($4 = '' or ${clean('sort_code')} in ($4, '')) end
     order by created_at limit 1`,
    [id, iban, number, sort],
  )
  if (known) return known.id
  const where = iban ? iban.slice(0, 2) : country
  if (!where || !currency || (iban && !IBAN.test(iban))) return null
  const first = `not exists (select from counterpart_bank_accounts o where o.counterpart_id = $1 and o.currency = $3 and o.is_default_for_currency and o.deleted_at is null)`
  const [made] = await ctx.db.query<{ id: string }>(
    `with t as (insert into counterpart_bank_accounts (counterpart_id, country, currency, iban, bic, account_number, sort_code, routing_number, account_holder_name, from_bill, is_default_for_currency)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, ${first}) returning id)
     select t.id, emit('counterpart_bank_account', t.id, 'created', $10) from t`,
    [
      ...[
        id,
        where,
        currency,
        iban || null,
        BIC.test(bare(raw?.bic)) ? bare(raw?.bic) : null,
        number || null,
        sort || null,
        raw?.routing_number ?? null,
      ],
      ...[raw?.account_holder_name ?? null, ctx.userId],
    ],
  )
  return made!.id
}

async function vatIdOf(ctx: Ctx, id: string, raw: Raw<'vat_id'>): Promise<string | null> {
  const value = bare(raw?.value)
  if (!value) {
    const [own] = await ctx.db.query<{ id: string }>(
      `select id from counterpart_vat_ids where counterpart_id = $1 and deleted_at is null order by created_at limit 1`,
      [id],
    )
    return own?.id ?? null
  }
  const [known] = await ctx.db.query<{ id: string }>(
    `select id from counterpart_vat_ids where counterpart_id = $1 and deleted_at is null and ${clean('value')} = $2 limit 1`,
    [id, value],
  )
  if (known) return known.id
  const [made] = await ctx.db.query<{ id: string }>(
    `with t as (insert into counterpart_vat_ids (counterpart_id, country, value) values ($1, $2, $3) returning id)
     select t.id, emit('counterpart_tax_id', t.id, 'created', $4) from t`,
    [id, raw?.country ?? null, value.slice(0, 32), ctx.userId],
  )
  return made!.id
}

/** Makes the vendor out of what was read, when that is enough; null when it isn't. */
export async function createFromRaw(ctx: Ctx, raw: RawCounterpart): Promise<string | null> {
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
  try {
    const body = { type: 'organization', organization, tax_id: tax_id?.slice(0, 30) ?? undefined }
    return (await createCounterpart(ctx, body as never, true)).id
  } catch (refusal) {
    if (refusal instanceof Refusal) return null
    throw refusal
  }
}

/** What a document says of its vendor. */
export type Named = Pick<PayableRow, keyof Linked | 'id' | 'counterpart' | 'counterpart_raw_data' | 'currency'>

interface Tying {
  readonly mayLink: boolean
  readonly mayCreate: boolean
  /** What is tied: a bill, unless it is said. */
  readonly object?: 'payable' | 'payables_credit_note'
}

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
  const told = { counterpart_id: vendor, matched_by: match?.by ?? 'created', value: match?.value ?? raw.name ?? null }
  await ctx.db.query(`select emit($1, $2, 'vendor_matched', $3, $4, true)`, [
    ...[object, id, ctx.userId, json({ details: { vendor: told } })],
  ])
  return link(ctx, vendor, raw, currency)
}

/** The vendor as it is at this moment, to stay with the bill. */
export async function snapshotOf(ctx: Ctx, row: Named): Promise<RawCounterpart | null> {
  if (!row.counterpart_id) return row.counterpart_raw_data
  const [found] = await ctx.db.query<{ counterpart: RawCounterpart }>(
    `select json_build_object('name', c.name, 'email', c.email, 'phone', c.phone, 'tax_id', c.tax_id,
       'address', (select json_build_object('country', a.country, 'city', a.city, 'postal_code', a.postal_code, 'line1', a.line1, 'line2', a.line2, 'state', a.state)
         from counterpart_addresses a where a.entity_id = c.entity_id and a.id = coalesce($2, c.default_billing_address_id)),
       'bank_account', (select json_build_object('iban', b.iban, 'bic', b.bic, 'account_number', b.account_number, 'sort_code', b.sort_code,
         'routing_number', b.routing_number, 'account_holder_name', b.account_holder_name) from counterpart_bank_accounts b where b.entity_id = c.entity_id and b.id = $3),
       'vat_id', (select json_build_object('value', v.value, 'country', v.country, 'type', v.type) from counterpart_vat_ids v where v.entity_id = c.entity_id and v.id = $4)) as counterpart
     from counterparts c where c.id = $1`,
    [row.counterpart_id, row.counterpart_address_id, row.counterpart_bank_account_id, row.counterpart_vat_id_id],
  )
  return found?.counterpart ?? null
}
