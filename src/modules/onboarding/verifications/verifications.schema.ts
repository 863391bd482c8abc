import Type, { type Static } from 'typebox'
import { Country, Currency, closed, instant, named, opt, orNull, text, url, uuid, word } from '../../../platform/http/types.ts'

const plain = Type.String()
const some = Type.String({ minLength: 1 })
const kind = word(['airwallex_plaid', 'micro_deposit'], { $id: 'BankAccountVerificationType' })

export const VerificationRequest = closed('VerificationRequest', {
  airwallex_plaid: closed('VerificationAirwallexPlaidRequest', {
    client_name: text(30),
    link_customization_name: opt(some),
    redirect_url: url,
  }),
  type: kind,
})
export const VerificationResponse = closed('VerificationResponse', {
  airwallex_plaid: closed('VerificationAirwallexPlaidResponse', {
    client_name: text(30),
    expires_at: instant,
    link_customization_name: orNull(some),
    link_token: some,
    redirect_url: url,
  }),
  type: kind,
})
const state = word(['verified', 'expired', 'suspended'], { $id: 'AirwallexPlaidBankAccountVerificationStatus' })
const proof = (id: string) => closed(id, { status: state })
export const BankAccountVerifications = closed('BankAccountVerifications', {
  airwallex_plaid: orNull(proof('AirwallexPlaidVerification')),
  // Ours: what the operator looked at, and two small amounts.
  operator: orNull(proof('OperatorVerification')),
  micro_deposit: orNull(proof('MicroDepositVerification')),
})
export type Verifications = Static<typeof BankAccountVerifications>

export const CompleteVerificationRequest = closed('CompleteVerificationRequest', {
  airwallex_plaid: closed('CompleteVerificationAirwallexPlaidRequest', {
    account: closed('AirwallexPlaidAccount', { id: some, mask: some, name: some }),
    institution: closed('AirwallexPlaidInstitution', { id: some, name: some }),
    mandate: closed('AirwallexMandate', {
      email: Type.String({ format: 'email' }),
      signatory: some,
      type: word(['us_ach_debit'], { $id: 'AirwallexMandateType' }),
      version: word(['1.0'], { $id: 'AirwallexMandateVersion' }),
    }),
    public_token: some,
  }),
  type: kind,
})
export type Completion = Static<typeof CompleteVerificationRequest>['airwallex_plaid']
export const CompleteVerificationResponse = closed('CompleteVerificationResponse', {
  id: uuid,
  account_holder_name: orNull(plain),
  account_number: orNull(plain),
  bank_account_id: uuid,
  bank_name: orNull(plain),
  bic: orNull(plain),
  country: orNull(Country),
  currency: orNull(Currency),
  display_name: orNull(plain),
  iban: orNull(plain),
  is_default: Type.Boolean(),
  routing_number: orNull(plain),
  sort_code: orNull(plain),
  verifications: BankAccountVerifications,
  was_created_by_user_id: orNull(uuid),
})
export const CompleteRefreshVerificationRequest = closed('CompleteRefreshVerificationRequest', { type: kind })
export const CompleteRefreshVerificationResponse = closed('CompleteRefreshVerificationResponse', {
  verifications: BankAccountVerifications,
})

// Ours

export const OperatorVerificationRequest = closed('OperatorVerificationRequest', { status: state, file_id: opt(uuid) })
export const MicroDepositRequest = closed('MicroDepositRequest', {
  payer: closed('MicroDepositPayer', {
    name: text(70),
    iban: opt(text(34)),
    bic: opt(text(11)),
    routing_number: opt(text(9)),
    account_number: opt(text(17)),
    company_id: opt(Type.String({ pattern: '^[0-9A-Za-z]{10}$' })),
  }),
})
export type Payer = Static<typeof MicroDepositRequest>['payer']
export const MicroDeposit = named('MicroDeposit', {
  id: uuid,
  bank_account_id: uuid,
  currency: plain,
  file_name: plain,
  status: word(['sent', 'verified', 'failed', 'dropped'], { $id: 'MicroDepositStatus' }),
  tries_left: Type.Integer({ minimum: 0 }),
})
export const MicroDepositFile = named('MicroDepositFile', { ...MicroDeposit.properties, content: plain })
export const ConfirmMicroDeposit = closed('ConfirmMicroDeposit', {
  amounts: Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), { minItems: 2, maxItems: 2 }),
})
