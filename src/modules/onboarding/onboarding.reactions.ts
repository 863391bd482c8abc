import type { Reactions } from '../../platform/events/reactions.ts'

/** Whatever is said of an entity or of who is behind it may complete an onboarding, or open it again. */
export const onboardingReactions: Reactions = {
  'entity.updated': ['onboarding.refresh'],
  'person.created': ['onboarding.refresh'],
  'person.updated': ['onboarding.refresh'],
  'person.deleted': ['onboarding.refresh'],
  'entity_bank_account.created': ['onboarding.refresh'],
  'entity_bank_account.updated': ['onboarding.refresh'],
  'entity_bank_account.deleted': ['onboarding.refresh'],
}
