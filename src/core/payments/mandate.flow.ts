import { addMonths, type PlainDate } from '../calendar.ts'
import { flow } from '../flow.ts'

export type MandateState = 'active' | 'used' | 'revoked'

/** The life of a SEPA mandate. One for a single debit is used by it; whoever signed takes it back at any time. */
export const mandateFlow = flow<MandateState, 'collect' | 'use' | 'revoke'>(
  'mandate',
  { active: { collect: 'active', use: 'used', revoke: 'revoked' }, used: {}, revoked: {} },
  { collect: 'be used' },
)

/** Unused for so long a mandate is void (EPC016-06, 4.1). */
const MONTHS = 36

/** Whether nothing was collected by it for too long: since the last debit, or since it was signed. */
export const isStale = (
  { signed_on, last_collected_on }: { signed_on: PlainDate; last_collected_on: PlainDate | null },
  today: PlainDate,
) => addMonths(last_collected_on ?? signed_on, MONTHS) < today
