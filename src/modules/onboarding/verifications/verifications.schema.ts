import Type, { type Static } from 'typebox'
import { Country, Currency, instant, opt, orNull, strict, text, uuid, word } from '../../../platform/http/types.ts'

const plain = Type.String()
const some = Type.String({ minLength: 1 })
const kind = word(['airwallex_plaid', 'micro_deposit'], { $id: 'BankAccountVerificationType' })
const url = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })

export const VerificationRequest = Type.Object(
  {
    airwallex_plaid: Type.Object(
      { client_name: text(30), link_customization_name: opt(some), redirect_url: url },
      { $id: 'VerificationAirwallexPlaidRequest', ...strict },
    ),
    type: kind,
  },
  { $id: 'VerificationRequest', ...strict },
)
export const VerificationResponse = Type.Object(
  {
    airwallex_plaid: Type.Object(
      {
        client_name: text(30),
        expires_at: instant,
        link_customization_name: orNull(some),
        link_token: some,
        redirect_url: url,
      },
      { $id: 'VerificationAirwallexPlaidResponse', ...strict },
    ),
    type: kind,
  },
  { $id: 'VerificationResponse', ...strict },
)
const state = word(['verified', 'expired', 'suspended'], { $id: 'AirwallexPlaidBankAccountVerificationStatus' })
const proof = (id: string) => Type.Object({ status: state }, { $id: id, ...strict })
export const BankAccountVerifications = Type.Object(
  {
    airwallex_plaid: orNull(proof('AirwallexPlaidVerification')),
    // Ours: what the operator looked at, and two small amounts.
    operator: orNull(proof('OperatorVerification')),
    micro_deposit: orNull(proof('MicroDepositVerification')),
  },
  { $id: 'BankAccountVerifications', ...strict },
)
export type Verifications = Static<typeof BankAccountVerifications>

export const CompleteVerificationRequest = Type.Object(
  {
    airwallex_plaid: Type.Object(
      {
        account: Type.Object({ id: some, mask: some, name: some }, { $id: 'AirwallexPlaidAccount', ...strict }),
        institution: Type.Object({ id: some, name: some }, { $id: 'AirwallexPlaidInstitution', ...strict }),
        mandate: Type.Object(
          {
            email: Type.String({ format: 'email' }),
            signatory: some,
            type: word(['us_ach_debit'], { $id: 'AirwallexMandateType' }),
            version: word(['1.0'], { $id: 'AirwallexMandateVersion' }),
          },
          { $id: 'AirwallexMandate', ...strict },
        ),
        public_token: some,
      },
      { $id: 'CompleteVerificationAirwallexPlaidRequest', ...strict },
    ),
    type: kind,
  },
  { $id: 'CompleteVerificationRequest', ...strict },
)
export type Completion = Static<typeof CompleteVerificationRequest>['airwallex_plaid']
export const CompleteVerificationResponse = Type.Object(
  {
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
  },
  { $id: 'CompleteVerificationResponse', ...strict },
)
export const CompleteRefreshVerificationRequest = Type.Object(
  { type: kind },
  { $id: 'CompleteRefreshVerificationRequest', ...strict },
)
export const CompleteRefreshVerificationResponse = Type.Object(
  { verifications: BankAccountVerifications },
  { $id: 'CompleteRefreshVerificationResponse', ...strict },
)

// Ours

export const OperatorVerificationRequest = Type.Object(
  { status: state, file_id: opt(uuid) },
  { $id: 'OperatorVerificationRequest', ...strict },
)
export const MicroDepositRequest = Type.Object(
  {
    payer: Type.Object(
      {
        name: text(70),
        iban: opt(text(34)),
        bic: opt(text(11)),
        routing_number: opt(text(9)),
        account_number: opt(text(17)),
        company_id: opt(Type.String({ pattern: '^[0-9A-Za-z]{10}$' })),
      },
      { $id: 'MicroDepositPayer', ...strict },
    ),
  },
  { $id: 'MicroDepositRequest', ...strict },
)
export type Payer = Static<typeof MicroDepositRequest>['payer']
export const MicroDeposit = Type.Object(
  {
    id: uuid,
    bank_account_id: uuid,
    currency: plain,
    file_name: plain,
    status: word(['sent', 'verified', 'failed', 'dropped'], { $id: 'MicroDepositStatus' }),
    tries_left: Type.Integer({ minimum: 0 }),
  },
  { $id: 'MicroDeposit' },
)
export const MicroDepositFile = Type.Object({ ...MicroDeposit.properties, content: plain }, { $id: 'MicroDepositFile' })
export const ConfirmMicroDeposit = Type.Object(
  { amounts: Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), { minItems: 2, maxItems: 2 }) },
  { $id: 'ConfirmMicroDeposit', ...strict },
)
