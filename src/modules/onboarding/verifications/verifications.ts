import type { FastifyRequest } from 'fastify'
import { badRequest, notFound } from '../../../core/refusal.ts'
import { asEntity, type Ctx, nowFor } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { entityBankAccounts } from '../../entities/bank-accounts/bank-accounts.service.ts'
import { confirmAmounts, readDeposit, sendAmounts } from './micro-deposits.service.ts'
import {
  BankAccountVerifications,
  CompleteRefreshVerificationRequest,
  CompleteRefreshVerificationResponse,
  CompleteVerificationRequest,
  CompleteVerificationResponse,
  ConfirmMicroDeposit,
  MicroDepositFile,
  MicroDepositRequest,
  OperatorVerificationRequest,
  VerificationRequest,
  VerificationResponse,
} from './verifications.schema.ts'
import { checkType, judge, keepAccount, keepRefreshed, keepStart, readProofs, referenceOf } from './verifications.service.ts'

export const bankVerifications: Routes = async (app) => {
  const { machinery } = app
  const { verifier, db } = machinery

  /** A look before the provider is asked. It is no part of the answer that an idempotency key keeps. */
  const peek = <T>({ access, headerEntity }: FastifyRequest, work: (ctx: Ctx) => Promise<T>): Promise<T> => {
    if (!access || !headerEntity) throw notFound('Entity not found')
    const who = { partnerId: access.partnerId, entityId: headerEntity, userId: access.userId }
    return asEntity(db, who, work)
  }

  const momentOf = ({ access, headerEntity }: FastifyRequest): string => {
    if (!access || !headerEntity) throw notFound('Entity not found')
    return nowFor(db, { partner_id: access.partnerId, entity_id: headerEntity }).toISOString()
  }

  app.post(
    '/bank_accounts/start_verification',
    operation({
      summary: 'Start entity bank account verification',
      may: 'partner',
      body: VerificationRequest,
      ok: { 200: VerificationResponse },
      transaction: 'manual',
      refuses: [400, 409],
    }),
    async (request) => {
      const { type, airwallex_plaid: asked } = request.body
      checkType(type)
      const begun = await verifier.start({ ...asked, reference: null, now: momentOf(request) })
      return request.open(async (ctx) => {
        await keepStart(ctx, machinery, begun, null)
        return { type, airwallex_plaid: { ...asked, link_token: begun.token, expires_at: begun.expires_at } }
      })
    },
  )

  app.post(
    '/bank_accounts/complete_verification',
    operation({
      summary: 'Complete entity bank account verification',
      may: 'partner',
      body: CompleteVerificationRequest,
      ok: { 200: CompleteVerificationResponse },
      transaction: 'manual',
      refuses: [400, 409],
    }),
    async (request) => {
      const { type, airwallex_plaid: asked } = request.body
      checkType(type)
      const { public_token, account, institution } = asked
      const found = await verifier.complete({
        public_token,
        account_id: account.id,
        mask: account.mask,
        institution: institution.id,
      })
      return request.open((ctx) => keepAccount(ctx, machinery, asked, found))
    },
  )

  app.post(
    '/bank_accounts/:bank_account_id/complete_verification',
    operation({
      summary: 'Complete verification of the provided entity bank account',
      may: 'partner',
      body: CompleteRefreshVerificationRequest,
      ok: { 200: CompleteRefreshVerificationResponse },
      transaction: 'manual',
      refuses: [400, 409],
    }),
    async (request) => {
      const { bank_account_id } = request.params
      checkType(request.body.type)
      const reference = await peek(request, (ctx) => referenceOf(ctx, bank_account_id))
      const status = await verifier.refresh(reference)
      return request.open((ctx) => keepRefreshed(ctx, machinery, bank_account_id, reference, status))
    },
  )

  app.post(
    '/bank_accounts/:bank_account_id/refresh_verification',
    operation({
      summary: 'Refresh verification of the provided entity bank account',
      may: 'partner',
      body: VerificationRequest,
      ok: { 200: VerificationResponse },
      transaction: 'manual',
      refuses: [400, 409],
    }),
    async (request) => {
      const { type, airwallex_plaid: asked } = request.body
      const { bank_account_id } = request.params
      checkType(type)
      const reference = await peek(request, (ctx) => referenceOf(ctx, bank_account_id))
      const begun = await verifier.start({ ...asked, reference, now: momentOf(request) })
      return request.open(async (ctx) => {
        await keepStart(ctx, machinery, begun, bank_account_id)
        return { type, airwallex_plaid: { ...asked, link_token: begun.token, expires_at: begun.expires_at } }
      })
    },
  )

  app.get(
    '/bank_accounts/:bank_account_id/verifications',
    operation({ summary: 'Get a bank account verifications', may: 'partner', ok: { 200: BankAccountVerifications } }),
    async ({ ctx, params }) => {
      await rows.find(ctx, entityBankAccounts, params.bank_account_id)
      return readProofs(ctx, params.bank_account_id)
    },
  )

  app.put(
    '/x/bank_accounts/:bank_account_id/verification',
    operation({
      summary: 'Say what the operator found in a document of the bank',
      may: 'partner',
      body: OperatorVerificationRequest,
      ok: { 200: BankAccountVerifications },
      names: { 'body.file_id': null },
      refuses: [400],
    }),
    ({ ctx, params, body }) => judge(ctx, params.bank_account_id, body.status, body.file_id?.toLowerCase() ?? null),
  )

  app.post(
    '/x/bank_accounts/:bank_account_id/micro_deposits',
    operation({
      summary: 'Make a file by which a bank sends two small amounts to an account',
      may: 'partner',
      body: MicroDepositRequest,
      ok: { 201: MicroDepositFile },
      refuses: [400, 409],
    }),
    ({ ctx, params, body }) => sendAmounts(ctx, params.bank_account_id, body.payer),
  )

  app.get(
    '/x/micro_deposits/:micro_deposit_id',
    operation({
      summary: 'Get two small amounts that were sent, with their file',
      may: 'partner',
      ok: { 200: MicroDepositFile },
    }),
    ({ ctx, params }) => readDeposit(ctx, params.micro_deposit_id),
  )

  app.post(
    '/x/bank_accounts/:bank_account_id/micro_deposits/confirm',
    operation({
      summary: 'Name the two small amounts that arrived',
      may: 'entity_bank_account:update',
      body: ConfirmMicroDeposit,
      ok: { 200: BankAccountVerifications },
      transaction: 'manual',
      refuses: [400],
    }),
    async (request) => {
      // A wrong try counts: its transaction commits before the refusal is said.
      const { verifications, refusal } = await request.open((ctx) =>
        confirmAmounts(ctx, request.params.bank_account_id, request.body.amounts),
      )
      if (!verifications) throw badRequest(refusal ?? '')
      return verifications
    },
  )
}
