import Type from 'typebox'
import { opt, orNull, strict, text, uuid } from '../../../platform/http/types.ts'

const upTo10000 = Type.Integer({ minimum: 0, maximum: 10000 })
const TermDiscountDays = Type.Object({ discount: upTo10000, number_of_days: upTo10000 }, { $id: 'TermDiscountDays', ...strict })
const TermFinalDays = Type.Object({ number_of_days: upTo10000 }, { $id: 'TermFinalDays', ...strict })

const name = text(100)
const optional = {
  description: opt(Type.String({ maxLength: 255 })),
  term_1: opt(TermDiscountDays),
  term_2: opt(TermDiscountDays),
}

export const PaymentTermsCreatePayload = Type.Object(
  { ...optional, name, term_final: TermFinalDays },
  { $id: 'PaymentTermsCreatePayload', ...strict },
)
export const PaymentTermsUpdatePayload = Type.Object(
  { ...optional, name: opt(name), term_final: opt(TermFinalDays) },
  { $id: 'PaymentTermsUpdatePayload', ...strict },
)
export const PaymentTermsResponse = Type.Object(
  {
    id: uuid,
    description: orNull(Type.String()),
    name: Type.String(),
    term_1: orNull(TermDiscountDays),
    term_2: orNull(TermDiscountDays),
    term_final: TermFinalDays,
  },
  { $id: 'PaymentTermsResponse' },
)
export const PaymentTermsListResponse = Type.Object(
  { data: orNull(Type.Array(PaymentTermsResponse)) },
  { $id: 'PaymentTermsListResponse' },
)
