import type { Ctx } from '../../../platform/database/context.ts'
import { type RowOf, sql } from '../../../platform/database/sql.ts'
import { bare, clean, vatForms } from '../linking.service.ts'
import type { RawCounterpart } from '../payables.schema.ts'

/** Who the vendor of a bill may be, for a person to say yes or no. */

export interface Suggestion {
  readonly id: string
  readonly address_id: string | null
  readonly bank_account_id: string | null
  readonly vat_id_id: string | null
}

/** Characters of a name that are compared. */
const NAME_MAX = 300

/** Words of a name without legal forms, accents and signs. */
const words = (name: string) =>
  new Set(
    name
      .slice(0, NAME_MAX)
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '' && !LEGAL.has(word)),
  )
const LEGAL = new Set([
  'gmbh',
  'mbh',
  'ag',
  'kg',
  'ohg',
  'ug',
  'co',
  'ltd',
  'limited',
  'llc',
  'inc',
  'plc',
  'sarl',
  'sas',
  'sa',
  'sl',
  'srl',
  'spa',
  'bv',
  'nv',
  'ab',
  'as',
  'oy',
  'the',
  'and',
  'und',
])

/** How alike two names are, 0 to 1: shared words among all words (Dice). */
function likeness(a: string, b: string): number {
  const [x, y] = [words(a), words(b)]
  if (x.size === 0 || y.size === 0) return 0
  const shared = [...x].filter((word) => y.has(word)).length
  return (2 * shared) / (x.size + y.size)
}

const ALIKE = 0.85
/** Counterparts whose names are compared; with more, the vendors that were changed last. */
const COMPARED = 5_000

const KNOWN = sql(`
  select c.id, c.name, c.is_vendor, c.default_billing_address_id as address_id,
    (${clean('c.tax_id')} = any (:ids) or exists (select from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null and ${clean('v.value')} = any (:ids))) as "same_ids!",
    :whole?::text is not null and exists (select from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null)
      and not exists (select from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null
        and (${clean('v.value')} in (:whole?, :number?))) as "other_vat!",
    exists (select from counterpart_bank_accounts b where b.entity_id = c.entity_id and b.counterpart_id = c.id and b.deleted_at is null
      and (${clean('b.iban')} = any (:accounts) or ${clean('b.account_number')} = any (:accounts))) as "same_account!",
    exists (select from counterpart_addresses a where a.entity_id = c.entity_id and a.counterpart_id = c.id and a.deleted_at is null
      and (a.country = :country? or lower(a.city) = lower(:city?))) as "same_place!",
    (select b.id from counterpart_bank_accounts b where b.entity_id = c.entity_id and b.counterpart_id = c.id and b.deleted_at is null
      order by (${clean('b.iban')} = any (:accounts) or ${clean('b.account_number')} = any (:accounts)) desc, b.is_default_for_currency desc, b.created_at limit 1) as bank_account_id,
    (select v.id from counterpart_vat_ids v where v.entity_id = c.entity_id and v.counterpart_id = c.id and v.deleted_at is null
      order by ${clean('v.value')} = any (:ids) desc, v.created_at limit 1) as vat_id_id
  from (select * from counterparts where deleted_at is null order by is_vendor desc, updated_at desc limit ${COMPARED}) c`)
/** `other_vat`: it has VAT numbers, and the one that is looked for is none of them. */
type Known = RowOf<typeof KNOWN>

/**
 * The counterpart that fits best: by VAT or tax number, by account, or by a name that is nearly the same in the same country or town.
 * Vendors go before others; of two that fit alike, none. One that has another VAT number is never it.
 */
export async function suggest(ctx: Ctx, raw: RawCounterpart | null): Promise<Suggestion | null> {
  if (!raw) return null
  const vat = vatForms(raw)
  const ids = [vat?.whole ?? '', vat?.number ?? '', bare(raw.tax_id)].filter((id) => id !== '')
  const accounts = [bare(raw.bank_account?.iban), bare(raw.bank_account?.account_number)].filter(Boolean)
  const known = await KNOWN(ctx, {
    ids,
    accounts,
    country: raw.address?.country ?? null,
    city: raw.address?.city ?? null,
    whole: vat?.whole ?? null,
    number: vat?.number ?? null,
  })
  const scored = known
    .map((one) => ({ one, score: scoreOf(one, raw) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
  const [first, second] = scored
  if (!first || (second && second.score === first.score)) return null
  const { id, address_id, bank_account_id, vat_id_id } = first.one
  return { id, address_id, bank_account_id, vat_id_id }
}

function scoreOf({ name, is_vendor, same_ids, other_vat, same_account, same_place }: Known, raw: RawCounterpart): number {
  if (other_vat) return 0
  const preferred = is_vendor ? 0.01 : 0
  if (same_ids) return 1 + preferred
  if (same_account) return 0.95 + preferred
  const alike = name && raw.name ? likeness(name, raw.name) : 0
  return alike >= ALIKE && same_place ? alike * 0.9 + preferred : 0
}
