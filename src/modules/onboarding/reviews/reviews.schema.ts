import Type, { type Static } from 'typebox'
import { closed, instant, named, opt, orNull, pageOf, text, uuid, word } from '../../../platform/http/types.ts'
import { rejections, verificationCodes } from '../../../ports/kyc.ts'

/** Ours: what an operator needs to decide who may take payments. */

const plain = Type.String()
export const ReviewState = word(['incomplete', 'waiting', 'changed', 'approved', 'rejected'], { $id: 'OnboardingReviewState' })

const decider = Type.String({
  description: 'Who decides: `rules` is an operator here, or nobody in the sandbox; about entities of `stripe` Stripe decides.',
})

export const OnboardingReview = named('OnboardingReview', {
  entity_id: uuid,
  entity_name: plain,
  provider: decider,
  state: ReviewState,
  submitted_at: orNull(instant),
  verified_at: orNull(instant),
  charges_enabled: Type.Boolean(),
  payouts_enabled: Type.Boolean(),
  reason: orNull(plain),
})
export const OnboardingReviewPage = pageOf(OnboardingReview, 'OnboardingReviewPage')

const PaperForReview = named('OnboardingReviewDocument', {
  id: uuid,
  created_at: instant,
  person_id: orNull(uuid),
  kind: plain,
  status: plain,
  reason: orNull(plain),
  file_id: uuid,
  name: plain,
  mimetype: plain,
  /** Where its bytes are, for a token; null once they were erased. */
  url: orNull(plain),
})
const ValueForReview = named('OnboardingReviewValue', {
  requirement: plain,
  person_id: orNull(uuid),
  value: Type.Any(),
  error: orNull(plain),
})
const PersonForReview = named('OnboardingReviewPerson', {
  id: uuid,
  name: plain,
  roles: Type.Array(plain),
  percent_ownership: orNull(Type.Number()),
})
const AccountForReview = named('OnboardingReviewAccount', {
  id: uuid,
  account_holder_name: orNull(plain),
  currency: orNull(plain),
  iban: orNull(plain),
  account_number: orNull(plain),
  holder_is_known: orNull(Type.Boolean()),
})
const OpenAsk = named('OnboardingReviewAsk', {
  requirement: plain,
  person_id: orNull(uuid),
  methods: orNull(Type.Array(plain)),
  deadline: orNull(instant),
  code: orNull(plain),
  message: orNull(plain),
})
export const OnboardingReviewDetails = named('OnboardingReviewDetails', {
  entity_id: uuid,
  entity_name: plain,
  provider: decider,
  type: plain,
  country: plain,
  state: ReviewState,
  /** Names what is shown here: an approval says which state of things it is about. */
  submission: plain,
  submitted_at: orNull(instant),
  verified_at: orNull(instant),
  charges_enabled: Type.Boolean(),
  payouts_enabled: Type.Boolean(),
  reason: orNull(plain),
  missing: Type.Array(plain),
  asks: Type.Array(OpenAsk),
  values: Type.Array(ValueForReview),
  persons: Type.Array(PersonForReview),
  bank_accounts: Type.Array(AccountForReview),
  documents: Type.Array(PaperForReview),
  agreements: Type.Any(),
  /** Said in every answer: it is for the operator to compare people with lists of sanctions. */
  notice: plain,
})
export type ReviewDetails = Static<typeof OnboardingReviewDetails>

export const ApproveOnboarding = closed('ApproveOnboarding', { submission: text(100) })
const ask = closed('OnboardingAsk', {
  requirement: opt(text(200)),
  person_id: opt(uuid),
  methods: opt(Type.Array(text(50), { minItems: 1, maxItems: 20 })),
  deadline: opt(instant),
  code: opt(word(verificationCodes, { $id: 'OnboardingVerificationCode' })),
  message: opt(text(500)),
})
export const RejectOnboarding = closed('RejectOnboarding', {
  errors: opt(Type.Array(ask, { minItems: 1, maxItems: 50 })),
  disabled_reason: opt(word(rejections, { $id: 'OnboardingRejection' })),
  reason: opt(text(500)),
})
export const AskOnboarding = closed('AskOnboarding', { requirements: Type.Array(ask, { minItems: 1, maxItems: 50 }) })
export const LimitOnboarding = closed('LimitOnboarding', {
  charges_enabled: opt(Type.Boolean()),
  payouts_enabled: opt(Type.Boolean()),
  reason: text(500),
})
export type SentAsk = Static<typeof ask>
export type Reject = Static<typeof RejectOnboarding>
