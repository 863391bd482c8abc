import Type, { type Static } from 'typebox'
import { instant, opt, orNull, pageOf, strict, text, uuid, word } from '../../../platform/http/types.ts'
import { rejections, verificationCodes } from '../../../ports/kyc.ts'

/** Ours: what an operator needs to decide who may take payments. */

const plain = Type.String()
export const ReviewState = word(['incomplete', 'waiting', 'changed', 'approved', 'rejected'], { $id: 'OnboardingReviewState' })

const decider = Type.String({
  description: 'Who decides: `rules` is an operator here, or nobody in the sandbox; about entities of `stripe` Stripe decides.',
})

export const OnboardingReview = Type.Object(
  {
    entity_id: uuid,
    entity_name: plain,
    provider: decider,
    state: ReviewState,
    submitted_at: orNull(instant),
    verified_at: orNull(instant),
    charges_enabled: Type.Boolean(),
    payouts_enabled: Type.Boolean(),
    reason: orNull(plain),
  },
  { $id: 'OnboardingReview' },
)
export const OnboardingReviewPage = pageOf(OnboardingReview, 'OnboardingReviewPage')

const PaperForReview = Type.Object(
  {
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
  },
  { $id: 'OnboardingReviewDocument' },
)
const ValueForReview = Type.Object(
  { requirement: plain, person_id: orNull(uuid), value: Type.Any(), error: orNull(plain) },
  { $id: 'OnboardingReviewValue' },
)
const PersonForReview = Type.Object(
  { id: uuid, name: plain, roles: Type.Array(plain), percent_ownership: orNull(Type.Number()) },
  { $id: 'OnboardingReviewPerson' },
)
const AccountForReview = Type.Object(
  {
    id: uuid,
    account_holder_name: orNull(plain),
    currency: orNull(plain),
    iban: orNull(plain),
    account_number: orNull(plain),
    holder_is_known: orNull(Type.Boolean()),
  },
  { $id: 'OnboardingReviewAccount' },
)
const OpenAsk = Type.Object(
  {
    requirement: plain,
    person_id: orNull(uuid),
    methods: orNull(Type.Array(plain)),
    deadline: orNull(instant),
    code: orNull(plain),
    message: orNull(plain),
  },
  { $id: 'OnboardingReviewAsk' },
)
export const OnboardingReviewDetails = Type.Object(
  {
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
  },
  { $id: 'OnboardingReviewDetails' },
)
export type ReviewDetails = Static<typeof OnboardingReviewDetails>

export const ApproveOnboarding = Type.Object({ submission: text(100) }, { $id: 'ApproveOnboarding', ...strict })
const ask = Type.Object(
  {
    requirement: opt(text(200)),
    person_id: opt(uuid),
    methods: opt(Type.Array(text(50), { minItems: 1, maxItems: 20 })),
    deadline: opt(instant),
    code: opt(word(verificationCodes, { $id: 'OnboardingVerificationCode' })),
    message: opt(text(500)),
  },
  { $id: 'OnboardingAsk', ...strict },
)
export const RejectOnboarding = Type.Object(
  {
    errors: opt(Type.Array(ask, { minItems: 1, maxItems: 50 })),
    disabled_reason: opt(word(rejections, { $id: 'OnboardingRejection' })),
    reason: opt(text(500)),
  },
  { $id: 'RejectOnboarding', ...strict },
)
export const AskOnboarding = Type.Object(
  { requirements: Type.Array(ask, { minItems: 1, maxItems: 50 }) },
  { $id: 'AskOnboarding', ...strict },
)
export const LimitOnboarding = Type.Object(
  { charges_enabled: opt(Type.Boolean()), payouts_enabled: opt(Type.Boolean()), reason: text(500) },
  { $id: 'LimitOnboarding', ...strict },
)
export type SentAsk = Static<typeof ask>
export type Reject = Static<typeof RejectOnboarding>
