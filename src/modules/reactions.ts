import type { Reactions } from '../platform/events/reactions.ts'
import { accountingReactions } from './accounting/accounting.reactions.ts'
import { approvalReactions } from './approvals/approvals.reactions.ts'
import { onboardingReactions } from './onboarding/onboarding.reactions.ts'

/** What the modules do when something happened elsewhere. */
export const reactions: readonly Reactions[] = [approvalReactions, accountingReactions, onboardingReactions]
