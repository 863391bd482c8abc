import Type from 'typebox'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId, uuid } from '../../../platform/http/types.ts'
import {
  ApproveOnboarding,
  AskOnboarding,
  LimitOnboarding,
  OnboardingReviewDetails,
  OnboardingReviewPage,
  RejectOnboarding,
  ReviewState,
} from './reviews.schema.ts'
import { approve, askMore, limit, readReview, reject, reviewTable } from './reviews.service.ts'

const params = byId('entity_id')
const list = listing(reviewTable, {
  filters: { state: ReviewState, entity_id__in: Type.Array(uuid) },
  sort: ['created_at', 'submitted_at'],
  sortKeys: { submitted_at: { nullable: true } },
})
const shared = { may: 'partner', entity: 'path', params, ok: { 200: OnboardingReviewDetails } } as const
/** People whom an ask is about are looked for among those of the entity. */
const person = (list: string) => ({ [`body.${list}[].person_id`]: null })

/** For operators: who waits for a decision, what there is to look at, and what was decided. */
export const onboardingReviews: Routes = async (app) => {
  const { machinery } = app

  app.get(
    '/x/onboarding_reviews',
    operation({
      summary: 'List entities by how their onboarding stands',
      may: 'partner',
      entity: 'none',
      query: list.query,
      ok: { 200: OnboardingReviewPage },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.get(
    '/x/onboarding_reviews/:entity_id',
    operation({ ...shared, summary: 'Look at all that an entity handed in; the audit log keeps who did', recorded: true }),
    ({ ctx }) => readReview(ctx),
  )

  app.post(
    '/x/onboarding_reviews/:entity_id/approve',
    operation({ ...shared, summary: 'Let an entity take payments', body: ApproveOnboarding, refuses: [409] }),
    ({ ctx, body }) => approve(ctx, machinery, body.submission),
  )

  app.post(
    '/x/onboarding_reviews/:entity_id/reject',
    operation({
      ...shared,
      summary: 'Turn single fields and documents down, or the entity for good',
      body: RejectOnboarding,
      refuses: [400],
      names: person('errors'),
    }),
    ({ ctx, body }) => reject(ctx, machinery, body),
  )

  app.post(
    '/x/onboarding_reviews/:entity_id/ask',
    operation({
      ...shared,
      summary: 'Ask an entity for more',
      body: AskOnboarding,
      refuses: [400],
      names: person('requirements'),
    }),
    ({ ctx, body }) => askMore(ctx, machinery, body.requirements),
  )

  app.post(
    '/x/onboarding_reviews/:entity_id/limit',
    operation({ ...shared, summary: 'Stop or allow taking money and paying out, each by itself', body: LimitOnboarding }),
    ({ ctx, body }) => limit(ctx, machinery, body),
  )
}
