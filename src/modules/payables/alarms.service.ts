import { addressedElsewhere } from '../../core/reading/addressee.ts'
import type { Own } from '../../core/reading/types.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { type RowOf, sql } from '../../platform/database/sql.ts'
import type { PayableRow } from './payables.present.ts'

/**
 * What is odd about a bill among others: a second copy, another account than the vendor had, another addressee. Nothing of it makes a bill
 * incomplete, and a person may pass over it; but such a bill goes nowhere by itself. It is looked up whenever it is asked for, so that
 * it is true at that moment.
 */
export type Alarm = Duplicate | OtherAccount | AddressedElsewhere

interface Duplicate {
  readonly kind: 'duplicate'
  /** The other bill. */
  readonly payable_id: string
  readonly document_id: string | null
  /** The day it came in, YYYY-MM-DD. */
  readonly came: string
  readonly status: string
  readonly same: 'file' | 'number'
  /** Whether nothing tells the two apart, so that this one may be canceled by itself. */
  readonly certain: boolean
}
interface OtherAccount {
  readonly kind: 'other_account'
  /** IBAN or account number on this bill. */
  readonly account: string
  /** One that the vendor is known to have. */
  readonly known: string
}
interface AddressedElsewhere {
  readonly kind: 'addressed_elsewhere'
  /** The addressee on the bill: one of the two is there. */
  readonly name: string | null
  readonly vat_id: string | null
}

/** An alarm in words for a clerk. */
export function alarmText(alarm: Alarm): string {
  switch (alarm.kind) {
    case 'duplicate': {
      const { payable_id, document_id, came, status, same } = alarm
      const why = same === 'file' ? 'has the same file' : 'has the same vendor, number and amount'
      return `This may be a second copy: the bill ${document_id ?? 'without a number'} (${payable_id}, ${status}), which came on ${came}, ${why}`
    }
    case 'other_account':
      return `The account ${alarm.account} on this bill is new for this vendor, who was paid to ${alarm.known} before: ask the vendor by phone before paying`
    case 'addressed_elsewhere':
      return `The bill is addressed to somebody else: ${[alarm.name, alarm.vat_id && `VAT ID ${alarm.vat_id}`].filter(Boolean).join(', ')}`
  }
}

export async function alarmsOf(ctx: Ctx, bill: PayableRow): Promise<Alarm[]> {
  const found: Alarm[] = []
  found.push(...(await duplicatesOf(ctx, bill)))
  const account = await otherAccount(ctx, bill)
  if (account) found.push(account)
  const { recipient_name: name = null, recipient_vat_id: vat_id = null } = bill.other_extracted_data ?? {}
  const to = name || vat_id ? addressedElsewhere({ name, vat_id }, await ownOf(ctx)) : null
  if (to) found.push({ kind: 'addressed_elsewhere', ...to })
  return found
}

// The company itself

const OWN = sql(`
  select array[e.organization ->> 'legal_name', nullif(person_name(e.individual ->> 'first_name', e.individual ->> 'last_name'), '')] as "names!",
    array(select v.value from entity_vat_ids v where v.entity_id = e.id and v.deleted_at is null) as "vat_ids!",
    array[e.tax_id, e.registration_number] as "ids!",
    array(select b.iban from entity_bank_accounts b where b.entity_id = e.id and b.deleted_at is null and b.iban is not null) as "ibans!"
  from entities e where e.id = :entity`)

/** The company that received the bills, which is never their vendor. Nothing is known of a partner without an entity. */
export async function ownOf(ctx: Ctx): Promise<Own> {
  const row = await OWN.maybe(ctx, { entity: ctx.entityId })
  const given = (texts: readonly (string | null)[] = []) => texts.filter((text): text is string => !!text?.trim())
  return { names: given(row?.names), vat_ids: given(row?.vat_ids), ids: given(row?.ids), ibans: given(row?.ibans) }
}

// Second copies

/** Other bills with the same file, or with the same vendor, number and amount; the surest first. What was canceled is not a bill any more. */
const ALIKE = sql(`
  with mine as (select t.id, t.document_id, t.total_amount, t.currency, t.issued_at, t.counterpart_id, t.counterpart_raw_data, f.md5, f.size
      from payables t left join files f on f.id = t.file_id where t.id = :bill),
    alike as (
      select o.id, 'file' as same, false as certain from mine join files f on f.entity_id = :entity and f.md5 = mine.md5 and f.size = mine.size and f.deleted_at is null
        join payables o on o.file_id = f.id and o.id <> mine.id
      union all
      select o.id, 'number', o.status <> 'rejected' and (o.issued_at = mine.issued_at or o.issued_at is null or mine.issued_at is null)
      from mine join payables o on o.id <> mine.id and o.entity_id = :entity and o.deleted_at is null
        and upper(regexp_replace(o.document_id, '\\s', '', 'g')) = upper(regexp_replace(mine.document_id, '\\s', '', 'g'))
        and o.total_amount = mine.total_amount and o.currency = mine.currency
        and case when o.counterpart_id is not null and mine.counterpart_id is not null then o.counterpart_id = mine.counterpart_id
          else lower(trim(o.counterpart_raw_data ->> 'name')) = lower(trim(mine.counterpart_raw_data ->> 'name'))
            or o.counterpart_raw_data -> 'vat_id' ->> 'value' = mine.counterpart_raw_data -> 'vat_id' ->> 'value'
            or o.counterpart_raw_data ->> 'tax_id' = mine.counterpart_raw_data ->> 'tax_id' end)
  select o.id, o.document_id, o.status, to_char(o.created_at, 'YYYY-MM-DD') as "came!", a.certain as "certain!", a.numbered as "numbered!"
  from (select id, bool_or(certain) as certain, bool_or(same = 'number') as numbered from alike group by id) a
    join payables o on o.id = a.id where o.deleted_at is null and o.status <> 'canceled'
  order by a.certain desc, a.numbered desc, o.created_at, o.id limit 3`)

async function duplicatesOf(ctx: Ctx, { id }: PayableRow): Promise<Duplicate[]> {
  const shown = ({ id: payable_id, document_id, status, came, certain, numbered }: RowOf<typeof ALIKE>): Duplicate => ({
    kind: 'duplicate',
    payable_id,
    document_id,
    came,
    status,
    same: numbered ? 'number' : 'file',
    certain,
  })
  return (await ALIKE(ctx, { bill: id, entity: ctx.entityId })).map(shown)
}

const LOCK_TURN = sql(`select pg_advisory_xact_lock(hashtextextended(:key, 0))`)

/**
 * Whoever looks for second copies of the bills of an entity does it after those who are at it now: of two that are read at the same
 * moment one sees the other.
 */
export const inTurn = (ctx: Ctx) => LOCK_TURN(ctx, { key: `bills:${ctx.entityId}` })

// Accounts

/** Accounts that a vendor is known to have: the default ones, those that a person entered, and those of bills that were agreed to. */
const KNOWN_ACCOUNTS = sql(`
  select a.account as "account!" from (
    select coalesce(b.iban, b.account_number) as account, b.is_default_for_currency as is_default
    from counterpart_bank_accounts b where b.counterpart_id = :vendor and b.deleted_at is null and (b.is_default_for_currency or not b.from_bill)
    union all
    select coalesce(o.counterpart #>> '{bank_account,iban}', o.counterpart #>> '{bank_account,account_number}'), false
    from payables o where o.counterpart_id = :vendor and o.id <> :bill and o.status in ('waiting_to_be_paid', 'partially_paid', 'paid') and o.deleted_at is null) a
  where a.account is not null group by a.account order by bool_or(a.is_default) desc, a.account limit 1000`)
const ACCOUNT = sql(
  `select coalesce(iban, account_number) as account from counterpart_bank_accounts where id = :id and deleted_at is null`,
)

const bare = (text: string) => text.replace(/[\s.\-/]/g, '').toUpperCase()

/** The account on the bill, when its vendor is not known to have it, though others. */
async function otherAccount(ctx: Ctx, bill: PayableRow): Promise<OtherAccount | null> {
  if (!bill.counterpart_id) return null
  // What is paid to: the account that was chosen, else the one on the document.
  const chosen = bill.counterpart_bank_account_id && (await ACCOUNT.maybe(ctx, { id: bill.counterpart_bank_account_id }))?.account
  const printed = bill.counterpart_raw_data?.bank_account
  const account = chosen || printed?.iban || printed?.account_number
  if (!account) return null
  const known = await KNOWN_ACCOUNTS(ctx, { vendor: bill.counterpart_id, bill: bill.id })
  const [first] = known
  if (!first || known.some((one) => bare(one.account) === bare(account))) return null
  return { kind: 'other_account', account, known: first.account }
}
