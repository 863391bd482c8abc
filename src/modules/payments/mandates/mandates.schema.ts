import Type, { type Static } from 'typebox'
import { closed, day, instant, named, opt, orNull, pageOf, uuid, word } from '../../../platform/http/types.ts'

/** Ours: what customers have signed for direct debits. */

const scheme = word(['core', 'b2b'], { $id: 'MandateScheme' })
const sequence = word(['recurrent', 'one_off'], { $id: 'MandateSequence' })
export const mandateStatus = word(['active', 'used', 'revoked'], { $id: 'MandateStatus' })

export const CreateMandate = closed('CreateMandate', {
  counterpart_id: uuid,
  counterpart_bank_account_id: uuid,
  creditor_identifier: opt(Type.String({ maxLength: 35, pattern: '^[A-Za-z0-9 ]+$', examples: ['DE98ZZZ09999999999'] })),
  reference: opt(Type.String({ maxLength: 35, pattern: "^[A-Za-z0-9+?/:().,'-]+$", examples: ['M-2026-001'] })),
  scheme: opt(scheme),
  sequence: opt(sequence),
  signed_on: day,
})
export type CreateMandate = Static<typeof CreateMandate>

export const Mandate = named('Mandate', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  status: mandateStatus,
  counterpart_id: uuid,
  counterpart_bank_account_id: uuid,
  reference: Type.String(),
  creditor_identifier: Type.String(),
  scheme,
  sequence,
  signed_on: day,
  account_holder_name: orNull(Type.String()),
  iban: Type.String(),
  bic: orNull(Type.String()),
  last_collected_on: orNull(day),
  created_by_entity_user_id: orNull(uuid),
})
export type MandateRow = Static<typeof Mandate>
export const MandatePage = pageOf(Mandate, 'MandatePage')
