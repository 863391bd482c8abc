import { type PaymentMethod, presentMethod } from '../../../core/payments/methods.data.ts'
import { bareIban, isIban } from '../../../core/reading/values.ts'
import { badRequest, conflict, notFound } from '../../../core/refusal.ts'
import { rows } from '../../../platform/database/rows.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { providersIn } from '../../onboarding/providers.service.ts'
import { PaymentIntentResponse } from '../accounts.schema.ts'
import { bankCountry } from '../accounts.service.ts'
import { confirmPayment, executeConsent, inside, startPayment } from '../carrying.service.ts'
import { intentTable } from '../intents/intents.service.ts'
import {
  AuthPaymentIntentPayload,
  AuthPaymentIntentResponse,
  BanksResponse,
  banksQuery,
  ConsentPayload,
  consentParams,
  EmbeddedAuthorizationResponse,
  EmbeddedAuthPayload,
  SetScaCodePayload,
  SetScaMethodPayload,
} from './internal.schema.ts'
import { ConfirmPayload, ConfirmResponse, InternalPaymentLinkResponse } from './links.schema.ts'
import {
  type FoundLink,
  findOwner,
  findOwnerOfIntent,
  internalLink,
  type LinkRow,
  linkNotFound,
  readInternal,
  regenerate,
} from './links.service.ts'

/** What a pay page asks for. It has no token: the id of the link, or of the intent, is the secret that leads to one payment. */

/** Accounts are those that stand on the payment: nothing is looked for by its id. */
const nobody = { 'body.authorized_bank_account_id': null, 'body.bank_account_id': null }
const open = { may: 'anyone', entity: 'none', transaction: 'manual' } as const

const countryOf = ({ payer, recipient }: LinkRow) => bankCountry(payer, recipient)

/** Refuses (`bad_request`) an account that isn't the payer's. */
function checkAccount({ payer }: LinkRow, id: string): void {
  const accounts = payer?.bank_accounts ?? []
  if (!accounts.some((account) => account.id === id.toLowerCase()))
    throw badRequest('bank_account_id: the payer has no such account')
}

export const internalPayments: Routes = async (app) => {
  const { machinery } = app

  const linkOf = async (id: string): Promise<FoundLink> => {
    const found = await findOwner(machinery.db, id)
    if (!found) throw linkNotFound()
    return found
  }
  const intentOf = async (id: string): Promise<FoundLink> => {
    const found = await findOwnerOfIntent(machinery.db, id)
    if (!found) throw notFound('Payment intent not found')
    return found
  }
  /** Who has transfers made by the payer's bank, with what is paid. Refuses (`conflict`) where nobody does. */
  const banksOf = async (id: string) => {
    const found = await intentOf(id)
    const { row, bank } = await inside(
      machinery,
      found,
      async (ctx) => ({ row: await readInternal(ctx, found.link_id), bank: (await providersIn(ctx, machinery)).openBanking }),
      true,
    )
    if (!bank) throw conflict('Open Banking provider is not configured')
    return { found, row, bank }
  }
  /** Credentials of banks are never asked for, nor kept: payers agree on the page of their own bank. */
  const noCredentials = async (id: string): Promise<never> => {
    await banksOf(id)
    throw conflict('Credentials of banks are never taken here: send the payer to their bank (POST …/authorize)')
  }

  app.get(
    '/internal/payment_links/:payment_link_id',
    operation({ ...open, summary: 'Get Payment Link', ok: { 200: InternalPaymentLinkResponse } }),
    async ({ params }) => internalLink(machinery, await linkOf(params.payment_link_id)),
  )

  app.post(
    '/internal/payment_links/:payment_link_id/regenerate',
    operation({ ...open, summary: 'Regenerate Payment Link', ok: { 200: InternalPaymentLinkResponse } }),
    async ({ params }) => {
      const found = await linkOf(params.payment_link_id)
      return internalLink(machinery, found, await regenerate(machinery, found))
    },
  )

  app.get(
    '/internal/payment_intents/:payment_intent_id/banks',
    operation({
      ...open,
      summary: 'Get Banks For Payment Intent',
      query: banksQuery,
      ok: { 200: BanksResponse },
    }),
    async ({ params, query }) => {
      const { row, bank } = await banksOf(params.payment_intent_id)
      const flows = query.auth_flow ?? ['redirect']
      const banks = await bank.banks(countryOf(row))
      const fitting = banks.filter((one) => one.flows.some((flow) => flows.includes(flow)))
      return {
        data: fitting.map(({ bank_id, name, country, flows: authorization_methods }) => ({
          authorization_methods: [...authorization_methods],
          bank_id,
          country,
          media: [],
          name,
          payer_required: false,
          psu_identification: null,
        })),
      }
    },
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/authorize',
    operation({
      ...open,
      summary: 'Authorize Payment Link',
      body: AuthPaymentIntentPayload,
      names: nobody,
      ok: { 200: AuthPaymentIntentResponse },
      refuses: [424],
    }),
    async ({ params, body }) => {
      const { found, row, bank } = await banksOf(params.payment_intent_id)
      if (!('bank_id' in body)) throw conflict('No bank account was saved here: name the bank')
      if ('bank_account_id' in body) checkAccount(row, body.bank_account_id)
      const banks = await bank.banks('payer_account_country' in body ? body.payer_account_country : countryOf(row))
      if (!banks.some(({ bank_id }) => bank_id === body.bank_id)) throw badRequest('bank_id: there is no such bank')
      if ('payer_account_identification' in body && !isIban(bareIban(body.payer_account_identification.value)))
        throw badRequest('payer_account_identification: this is not an IBAN')
      await startPayment(machinery, found, 'sepa_credit', body.bank_id)
      const { next_action: action } = await inside(machinery, found, (ctx) => readInternal(ctx, found.link_id), true)
      if (action?.kind !== 'redirect') throw conflict('This payment is on its way already, or was paid')
      return { authorization_url: action.url }
    },
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/authorize_embedded',
    operation({
      ...open,
      summary: 'Authorize Payment Link Embedded',
      body: EmbeddedAuthPayload,
      names: nobody,
      ok: { 200: EmbeddedAuthorizationResponse },
      refuses: [400],
    }),
    ({ params }) => noCredentials(params.payment_intent_id),
  )

  app.get(
    '/internal/payment_intents/:payment_intent_id/authorize_embedded/:consent_id',
    operation({
      ...open,
      summary: 'Get Consent Data',
      params: consentParams,
      ok: { 200: EmbeddedAuthorizationResponse },
      refuses: [400, 401, 403],
    }),
    ({ params }) => noCredentials(params.payment_intent_id),
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/authorize_embedded/:consent_id/set_sca_code',
    operation({
      ...open,
      summary: 'Authorize Payment Link Embedded Set Sca Code',
      params: consentParams,
      body: SetScaCodePayload,
      ok: { 201: EmbeddedAuthorizationResponse },
      refuses: [400, 401],
    }),
    ({ params }) => noCredentials(params.payment_intent_id),
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/authorize_embedded/:consent_id/set_sca_method',
    operation({
      ...open,
      summary: 'Authorize Payment Link Embedded Set Sca Method',
      params: consentParams,
      body: SetScaMethodPayload,
      ok: { 201: EmbeddedAuthorizationResponse },
      refuses: [400],
    }),
    ({ params }) => noCredentials(params.payment_intent_id),
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/confirm_payment',
    operation({
      ...open,
      summary: 'Confirm Payment',
      body: ConfirmPayload,
      refuses: [424],
      ok: { 200: ConfirmResponse },
    }),
    async ({ params, body }) => {
      const found = await intentOf(params.payment_intent_id)
      const { payment_method_id: token } = body
      const read = () => inside(machinery, found, (ctx) => readInternal(ctx, found.link_id), true)
      const { payment_methods, selected_payment_method, currency, providers } = await inside(
        machinery,
        found,
        async (ctx) => ({ ...(await readInternal(ctx, found.link_id)), providers: await providersIn(ctx, machinery) }),
        true,
      )
      const offered = payment_methods.map((one) => presentMethod(one))
      const named = offered.find((one) => token === one || token.startsWith(`${one}_`))
      // What a payer left at a provider doesn't say by which method it pays.
      const takesTokens = (one: PaymentMethod) => providers.for(one, currency, 'receive')?.confirm !== undefined
      const meant = token.startsWith('pm_')
        ? [selected_payment_method, ...offered].find((one) => one !== null && offered.includes(one) && takesTokens(one))
        : undefined
      const method = named ?? meant
      if (!method) throw conflict(`This payment is made by ${offered.join(', ')}: payment_method_id begins with one of them`)
      await startPayment(machinery, found, method)
      const after = await read()
      const action = after.next_action
      const waits = action !== null && after.status === 'created'
      if (action?.kind !== 'form') return { client_secret: after.id, is_next_action_needed: waits }
      // Begun by its name alone, the payer fills in the form of the provider.
      if (token === method) return { client_secret: action.secret, is_next_action_needed: waits }
      const left = await confirmPayment(machinery, found, token)
      return { client_secret: action.secret, is_next_action_needed: left !== null }
    },
  )

  app.post(
    '/internal/payment_intents/:payment_intent_id/payments',
    operation({
      ...open,
      summary: 'Create Yapily Payment',
      body: ConsentPayload,
      ok: { 200: PaymentIntentResponse },
      refuses: [424],
    }),
    async ({ params, body }) => {
      const { found } = await banksOf(params.payment_intent_id)
      await executeConsent(machinery, found, body.consent)
      return inside(machinery, found, (ctx) => rows.find(ctx, intentTable, found.intent_id), true)
    },
  )
}
