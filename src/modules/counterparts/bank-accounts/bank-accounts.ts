import Type, { type Static } from 'typebox'
import { invalidAt } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { metadataJson, refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { cleaned } from '../../entities/bank-accounts/bank-accounts.service.ts'
import { blankToNull } from '../addresses/addresses.service.ts'
import { inCounterpart, lockCounterpart } from '../counterparts.service.ts'
import {
  CounterpartBankAccountResourceList,
  CounterpartBankAccountResponse,
  CreateCounterpartBankAccount,
  UpdateCounterpartBankAccount,
} from './bank-accounts.schema.ts'

const accountTable = table('counterpart_bank_accounts', CounterpartBankAccountResponse, {
  noun: 'Bank account',
  object: 'counterpart_bank_account',
})

const names = { 'path.bank_account_id': 'counterpart_bank_account' } as const
const list = listing(accountTable, { filters: {}, sort: [] })

export const counterpartBankAccounts: Routes = async (app) => {
  app.get(
    '/counterparts/:counterpart_id/bank_accounts',
    operation({
      summary: "Get a counterpart's bank accounts",
      may: 'counterpart:read',
      ok: { 200: CounterpartBankAccountResourceList },
    }),
    async ({ ctx, params: { counterpart_id } }) => ({
      data: await inCounterpart(ctx, counterpart_id, () =>
        list.all(ctx, {}, [{ sql: 't.counterpart_id = $', values: [counterpart_id] }]),
      ),
    }),
  )

  app.post(
    '/counterparts/:counterpart_id/bank_accounts',
    operation({
      summary: 'Create a counterpart bank account',
      may: 'counterpart:update',
      body: CreateCounterpartBankAccount,
      ok: { 200: CounterpartBankAccountResponse },
    }),
    async ({ ctx, params: { counterpart_id }, body }) => {
      const columns = columnsOf(body)
      const [, first] = await lockCounterpart(ctx, counterpart_id, () => oldest(ctx, counterpart_id, body.currency))
      const isDefault = first === null || (body.is_default_for_currency ?? false)
      if (isDefault) await clearDefault(ctx, counterpart_id, body.currency)
      return rows.create(ctx, accountTable, {
        ...columns,
        counterpart_id,
        country: body.country,
        currency: body.currency,
        is_default_for_currency: isDefault,
      })
    },
  )

  app.get(
    '/counterparts/:counterpart_id/bank_accounts/:bank_account_id',
    operation({
      summary: "Get a counterpart's bank account",
      may: 'counterpart:read',
      names,
      ok: { 200: CounterpartBankAccountResponse },
    }),
    ({ ctx, params: { counterpart_id, bank_account_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.find(ctx, accountTable, bank_account_id, { counterpart_id })),
  )

  app.patch(
    '/counterparts/:counterpart_id/bank_accounts/:bank_account_id',
    operation({
      summary: "Update a counterpart's bank account",
      may: 'counterpart:update',
      names,
      body: UpdateCounterpartBankAccount,
      ok: { 200: CounterpartBankAccountResponse },
    }),
    ({ ctx, params, body }) => changeAccount(ctx, params.counterpart_id, params.bank_account_id, body),
  )

  app.delete(
    '/counterparts/:counterpart_id/bank_accounts/:bank_account_id',
    operation({ summary: "Delete a counterpart's bank account", may: 'counterpart:update', names, ok: { 204: nothing } }),
    async ({ ctx, params: { counterpart_id, bank_account_id } }) => {
      const account = await lockAccount(ctx, counterpart_id, bank_account_id)
      await rows.remove(ctx, accountTable, bank_account_id)
      if (account.is_default_for_currency) await promote(ctx, counterpart_id, account.currency)
      return null
    },
  )

  app.post(
    '/counterparts/:counterpart_id/bank_accounts/:bank_account_id/make_default',
    operation({
      summary: "Set a counterpart's bank account as default for its currency",
      may: 'counterpart:update',
      names,
      // The contract leaves the answer open; it is the account.
      ok: { 200: Type.Unknown() },
    }),
    async ({ ctx, params: { counterpart_id, bank_account_id } }) => {
      const account = await lockAccount(ctx, counterpart_id, bank_account_id)
      if (account.is_default_for_currency) return account
      await clearDefault(ctx, counterpart_id, account.currency)
      return rows.change(ctx, accountTable, bank_account_id, { is_default_for_currency: true })
    },
  )
}

/** Changes what is sent. An account that changes its currency leaves its place as default, and takes one only if it is free. */
async function changeAccount(ctx: Ctx, counterpart_id: string, id: string, body: Static<typeof UpdateCounterpartBankAccount>) {
  const columns = columnsOf(body)
  const { currency, is_default_for_currency } = await lockAccount(ctx, counterpart_id, id)
  if (!body.currency || body.currency === currency) return rows.change(ctx, accountTable, id, columns)
  const first = await oldest(ctx, counterpart_id, body.currency)
  const changed = await rows.change(ctx, accountTable, id, { ...columns, is_default_for_currency: first === null })
  if (is_default_for_currency) await promote(ctx, counterpart_id, currency)
  return changed
}

/** Columns of what was sent. Only the look of IBAN and BIC is checked: what a bill says about an account is often incomplete. */
function columnsOf(body: Static<typeof UpdateCounterpartBankAccount>) {
  const sent = blankToNull(body)
  refuseNull(sent, ['country', 'currency'], ['body'])
  const bare = cleaned(sent)
  if (bare.iban && !/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare.iban))
    throw wrong('iban', 'Input should look like an IBAN, e.g. DE89370400440532013000')
  if (bare.bic && !/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bare.bic))
    throw wrong('bic', 'Input should be a BIC of 8 or 11 characters')
  const { partner_metadata } = sent
  const columns = Object.fromEntries(Object.keys(sent).map((name) => [name, bare[name as keyof typeof sent]])) as Partial<
    typeof bare
  >
  return {
    ...columns,
    partner_metadata: partner_metadata ? metadataJson(partner_metadata, ['body', 'partner_metadata']) : partner_metadata,
  }
}

const wrong = (field: string, msg: string) => invalidAt(['body', field], msg)

/** The account, its counterpart locked, so that exactly one account of a currency ends up as the default. */
async function lockAccount(ctx: Ctx, counterpart_id: string, id: string) {
  const [, account] = await lockCounterpart(ctx, counterpart_id, () => rows.lock(ctx, accountTable, id, { counterpart_id }))
  return account
}

const OLDEST = sql(
  `select id from counterpart_bank_accounts where counterpart_id = :counterpartId and currency = :currency and deleted_at is null order by created_at, id limit 1`,
)

async function oldest(ctx: Ctx, counterpartId: string, currency: string): Promise<string | null> {
  const account = await OLDEST.maybe(ctx, { counterpartId, currency })
  return account?.id ?? null
}

/** The oldest account of the currency becomes its default, if there is any left. */
async function promote(ctx: Ctx, counterpartId: string, currency: string): Promise<void> {
  const next = await oldest(ctx, counterpartId, currency)
  if (next) await rows.change(ctx, accountTable, next, { is_default_for_currency: true })
}

const CLEAR_DEFAULT = sql(`
  update counterpart_bank_accounts set is_default_for_currency = false, updated_at = app_now()
  where counterpart_id = :counterpartId and currency = :currency and is_default_for_currency and deleted_at is null`)

const clearDefault = (ctx: Ctx, counterpartId: string, currency: string) => CLEAR_DEFAULT(ctx, { counterpartId, currency })
