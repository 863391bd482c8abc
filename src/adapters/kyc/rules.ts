import type { KycProvider, KycReport, KycSubmission } from '../../ports/kyc.ts'

/**
 * The built-in provider: our own table says what is asked for, and formal checks whether it can be right. Then either everything passes,
 * for trying things out, or an operator looks. It compares nobody with lists of sanctioned people; that is for the operator to do.
 */
export function rulesKyc(review: 'automatic' | 'operator'): KycProvider {
  return {
    name: 'rules',
    async submit({ entity_id, submitted, at }: KycSubmission): Promise<KycReport | null> {
      if (review === 'operator') return null
      return { id: `automatic:${entity_id}:${submitted}`, at, verdict: 'approved', charges: true, payouts: true, asks: [] }
    },
  }
}
