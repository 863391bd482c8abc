import Type from 'typebox'
import { closed, named, opt, orNull, text, uuid } from '../../../platform/http/types.ts'

const upTo10000 = Type.Integer({ minimum: 0, maximum: 10000 })
const TermDiscountDays = closed('TermDiscountDays', { discount: upTo10000, number_of_days: upTo10000 })
const TermFinalDays = closed('TermFinalDays', { number_of_days: upTo10000 })

const name = text(100)
const optional = {
  description: opt(Type.String({ maxLength: 255 })),
  term_1: opt(TermDiscountDays),
  term_2: opt(TermDiscountDays),
}

export const PaymentTermsCreatePayload = closed('PaymentTermsCreatePayload', { ...optional, name, term_final: TermFinalDays })
export const PaymentTermsUpdatePayload = closed('PaymentTermsUpdatePayload', {
  ...optional,
  name: opt(name),
  term_final: opt(TermFinalDays),
})
export const PaymentTermsResponse = named('PaymentTermsResponse', {
  id: uuid,
  description: orNull(Type.String()),
  name: Type.String(),
  term_1: orNull(TermDiscountDays),
  term_2: orNull(TermDiscountDays),
  term_final: TermFinalDays,
})
export const PaymentTermsListResponse = named('PaymentTermsListResponse', { data: orNull(Type.Array(PaymentTermsResponse)) })
