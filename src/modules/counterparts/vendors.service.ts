import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'

/** What bills tell of their vendors: who they are is completed, and never overwritten. */

const COMPLETE_VENDOR = sql(`
  with t as (update counterparts set is_vendor = true, updated_at = app_now(), email = coalesce(email, :email?), phone = coalesce(phone, :phone?), tax_id = coalesce(tax_id, :taxId?)
    where id = :counterpartId and (not is_vendor or email is null and :email?::text is not null or phone is null and :phone?::text is not null or tax_id is null and :taxId?::text is not null) returning id)
  select emit('counterpart', t.id, 'updated', :user?) from t`)

type Filled<S extends { one(ctx: Ctx, values: never): unknown }> = Omit<Parameters<S['one']>[1], 'user'>

/** The counterpart is a vendor from now on, and gets what it lacks of this. */
export async function completeVendor(ctx: Ctx, values: Filled<typeof COMPLETE_VENDOR>): Promise<void> {
  await COMPLETE_VENDOR(ctx, { ...values, user: ctx.userId })
}

const MAKE_VENDOR = sql(`update counterparts set is_vendor = true where id = :counterpart_id and not is_vendor`)

/** The counterpart is a vendor from now on; nobody is told. */
export async function makeVendor(ctx: Ctx, counterpart_id: string): Promise<void> {
  await MAKE_VENDOR(ctx, { counterpart_id })
}

const INSERT_ADDRESS = sql(`
  with t as (insert into counterpart_addresses (counterpart_id, country, city, postal_code, line1, line2, state) values (:counterpart_id, :country, :city, :postal_code, :line1, :line2?, :state?) returning id)
  select t.id, emit('counterpart_address', t.id, 'created', :user?) from t`)

/** A further address of a vendor. Answers its id. */
export const addAddress = async (ctx: Ctx, values: Filled<typeof INSERT_ADDRESS>): Promise<string> =>
  (await INSERT_ADDRESS.one(ctx, { ...values, user: ctx.userId })).id

const INSERT_ACCOUNT = sql(`
  with t as (insert into counterpart_bank_accounts (counterpart_id, country, currency, iban, bic, account_number, sort_code, routing_number, account_holder_name, from_bill, is_default_for_currency)
    values (:counterpart_id, :country, :currency, :iban?, :bic?, :account_number?, :sort_code?, :routing_number?, :account_holder_name?, true,
      not exists (select from counterpart_bank_accounts o where o.counterpart_id = :counterpart_id and o.currency = :currency and o.is_default_for_currency and o.deleted_at is null)) returning id)
  select t.id, emit('counterpart_bank_account', t.id, 'created', :user?) from t`)
/** A further bank account of a vendor, the usual one of its currency where there is none. Answers its id. */
export const addBankAccount = async (ctx: Ctx, values: Filled<typeof INSERT_ACCOUNT>): Promise<string> =>
  (await INSERT_ACCOUNT.one(ctx, { ...values, user: ctx.userId })).id

const INSERT_VAT_ID = sql(`
  with t as (insert into counterpart_vat_ids (counterpart_id, country, value) values (:counterpart_id, :country?, :value) returning id)
  select t.id, emit('counterpart_tax_id', t.id, 'created', :user?) from t`)

/** A further VAT number of a vendor. Answers its id. */
export const addVatId = async (ctx: Ctx, values: Filled<typeof INSERT_VAT_ID>): Promise<string> =>
  (await INSERT_VAT_ID.one(ctx, { ...values, user: ctx.userId })).id
