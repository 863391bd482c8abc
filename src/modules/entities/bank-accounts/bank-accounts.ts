import type { Static } from 'typebox'
import { invalid } from '../../../core/refusal.ts'
import { freely } from '../../../platform/auth/reach.ts'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  CreateEntityBankAccountRequest,
  EntityBankAccountPaginationResponse,
  EntityBankAccountResponse,
  UpdateEntityBankAccountRequest,
} from './bank-accounts.schema.ts'
import {
  addAccount,
  africa,
  checkCurrency,
  checkNumbers,
  cleaned,
  clearDefault,
  entityBankAccounts,
  hasOwnIban,
  lockCurrency,
  usualCurrency,
} from './bank-accounts.service.ts'

const list = listing(entityBankAccounts, { filters: {}, sort: [] })

export const bankAccounts: Routes = async (app) => {
  app.get(
    '/bank_accounts',
    operation({
      summary: "Get an entity's bank accounts",
      may: 'entity_bank_account:read',
      ok: { 200: EntityBankAccountPaginationResponse },
    }),
    async ({ ctx }) => ({ data: await list.all(ctx), next_pagination_token: null, prev_pagination_token: null }),
  )

  app.post(
    '/bank_accounts',
    operation({
      summary: 'Create an entity bank account',
      may: 'entity_bank_account:create',
      body: CreateEntityBankAccountRequest,
      ok: { 201: EntityBankAccountResponse },
    }),
    async ({ ctx, body }) => {
      const { is_default, is_default_for_currency, ...account } = checked(body)
      return addAccount(ctx, account, is_default_for_currency ?? is_default ?? false)
    },
  )

  app.get(
    '/bank_accounts/:bank_account_id',
    operation({
      summary: "Get an entity's bank account",
      may: 'entity_bank_account:read',
      ok: { 200: EntityBankAccountResponse },
    }),
    ({ ctx, params }) => rows.find(ctx, entityBankAccounts, params.bank_account_id),
  )

  app.patch(
    '/bank_accounts/:bank_account_id',
    operation({
      summary: "Update an entity's bank account",
      may: 'entity_bank_account:update',
      body: UpdateEntityBankAccountRequest,
      ok: { 200: EntityBankAccountResponse },
    }),
    async ({ ctx, params, body }) => {
      const account = await rows.lock(ctx, entityBankAccounts, params.bank_account_id)
      if (
        body.account_holder_name === null &&
        (account.currency === 'GBP' || account.currency === 'USD') &&
        !africa.has(account.country!) &&
        !hasOwnIban(account)
      )
        throw invalid([
          { loc: ['body', 'account_holder_name'], msg: `Needed for accounts in ${account.currency}`, type: 'missing' },
        ])
      return rows.change(ctx, entityBankAccounts, account.id, body)
    },
  )

  app.delete(
    '/bank_accounts/:bank_account_id',
    operation({ summary: "Delete an entity's bank account", may: 'entity_bank_account:delete', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      const { currency } = await rows.find(ctx, entityBankAccounts, params.bank_account_id)
      // The currency first, as whoever makes an account the default does: two locks in two orders would wait for each other.
      const [next] = (await lockCurrency(ctx, currency!)).filter(({ id }) => id !== params.bank_account_id)
      const account = await rows.lock(ctx, entityBankAccounts, params.bank_account_id)
      await rows.remove(ctx, entityBankAccounts, account.id)
      // The oldest account that is left takes the deleted one's place.
      if (account.is_default_for_currency && next)
        await rows.change(freely(ctx), entityBankAccounts, next.id, { is_default_for_currency: true })
      return null
    },
  )

  app.post(
    '/bank_accounts/:bank_account_id/make_default',
    operation({
      summary: "Set an entity's bank account as the default for its currency",
      may: 'entity_bank_account:update',
      ok: { 200: EntityBankAccountResponse },
    }),
    async ({ ctx, params }) => {
      const account = await rows.find(ctx, entityBankAccounts, params.bank_account_id)
      if (account.is_default_for_currency) return account
      await lockCurrency(ctx, account.currency!)
      await clearDefault(ctx, account.currency!)
      return rows.change(ctx, entityBankAccounts, account.id, { is_default_for_currency: true })
    },
  )
}

/** The account as it will be stored. Without country and currency, as in the first guide, both follow from the IBAN. */
function checked(body: Static<typeof CreateEntityBankAccountRequest>) {
  const account = cleaned(body)
  checkNumbers(account)
  const country = account.country ?? account.iban?.slice(0, 2)
  const currency = account.currency ?? (account.country ? undefined : country && usualCurrency(country))
  const missing = Object.entries({ country, currency }).filter(([, value]) => !value)
  if (missing.length > 0)
    throw invalid(missing.map(([field]) => ({ loc: ['body', field], msg: 'Field required', type: 'missing' })))
  const known = { ...account, country: country!, currency: currency! }
  if (body.currency) checkCurrency(known)
  return known
}
