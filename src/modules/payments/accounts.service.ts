import type { Ctx } from '../../platform/database/context.ts'
import { shaped, sql } from '../../platform/database/sql.ts'
import type { BankAccount, Party } from './accounts.schema.ts'

/** Who pays whom: entity and counterparts with their accounts, as a payment keeps them. */

const OF_ENTITY = shaped<{ accounts: BankAccount[] }>()(
  sql(`
  select e.id, coalesce(e.organization ->> 'legal_name', person_name(e.individual ->> 'first_name', e.individual ->> 'last_name')) as "name!",
    coalesce((select json_agg(json_build_object('id', a.id, 'account_holder_name', a.account_holder_name, 'account_number', a.account_number, 'bic', a.bic,
      'country', a.country, 'currency', a.currency, 'display_name', a.display_name, 'iban', a.iban, 'is_default', a.is_default_for_currency, 'name', null,
      'routing_number', a.routing_number, 'sort_code', a.sort_code, 'was_created_by_user_id', a.was_created_by_user_id)
      order by (a.id = :account?::uuid) desc nulls last, a.is_default_for_currency desc, a.created_at, a.id)
     from entity_bank_accounts a where a.entity_id = e.id and a.currency = :currency and a.deleted_at is null), '[]') as "accounts!"
  from entities e where e.id = :id`),
)

const OF_COUNTERPART = shaped<{ accounts: BankAccount[] }>()(
  sql(`
  select c.id, c.name, coalesce((select json_agg(json_build_object('id', a.id, 'account_holder_name', a.account_holder_name, 'account_number', a.account_number,
      'bic', a.bic, 'country', a.country, 'currency', a.currency, 'display_name', null, 'iban', a.iban, 'is_default', a.is_default_for_currency, 'name', a.name,
      'routing_number', a.routing_number, 'sort_code', a.sort_code, 'was_created_by_user_id', null)
      order by a.is_default_for_currency desc, a.created_at, a.id)
     from counterpart_bank_accounts a where a.entity_id = c.entity_id and a.counterpart_id = c.id and a.currency = :currency and a.deleted_at is null), '[]') as "accounts!"
  from counterparts c where c.id = any (:ids)`),
)

/** The entity with its accounts in a currency: first the one that is meant, then the usual one. */
export async function entityParty(ctx: Ctx, currency: string, account: string | null = null): Promise<Party> {
  const { id, name, accounts } = await OF_ENTITY.one(ctx, { id: ctx.entityId, currency, account })
  return { type: 'entity', id, name, bank_accounts: accounts }
}

/** The same of a counterpart; null when there is none. */
export async function counterpartParty(
  ctx: Ctx,
  id: string,
  currency: string,
  account: string | null = null,
): Promise<Party | null> {
  return (await counterpartParties(ctx, [id], currency))(id, account)
}

/** The same of several, looked up in one statement. */
export async function counterpartParties(ctx: Ctx, ids: readonly string[], currency: string) {
  const found = new Map((await OF_COUNTERPART(ctx, { ids: [...ids], currency })).map((row) => [row.id, row]))
  return (id: string, account: string | null = null): Party | null => {
    const row = found.get(id.toLowerCase())
    if (!row) return null
    const { accounts } = row
    const meant = accounts.filter((one) => one.id === account)
    return {
      type: 'counterpart',
      id: row.id,
      name: row.name,
      bank_accounts: meant.concat(accounts.filter((one) => one.id !== account)),
    }
  }
}

/** The account of whoever is paid. */
export const accountOf = ({ bank_accounts }: Party): BankAccount | null => bank_accounts?.[0] ?? null

/** Where a payer's bank is likely to be: where one of their accounts is, else where the recipient's is. */
export const bankCountry = (payer: Party | null, recipient: Party): string =>
  payer?.bank_accounts?.[0]?.country ?? recipient.bank_accounts?.[0]?.country ?? ''
