import Type, { type Static } from 'typebox'
import { paymentMethods } from '../../../core/payments/methods.data.ts'
import { closed, word } from '../../../platform/http/types.ts'
import { MoniteAllPaymentMethodsTypes } from '../accounts.schema.ts'

const names = Object.values(paymentMethods).map(({ name }) => name)

const PaymentMethod = closed('PaymentMethod', {
  direction: word(['receive', 'send'], { $id: 'PaymentMethodDirection' }),
  name: Type.Unsafe<string>({ type: 'string', enum: names, $id: 'MoniteAllPaymentMethods' }),
  status: word(['active', 'inactive'], { $id: 'PaymentMethodStatus' }),
  type: MoniteAllPaymentMethodsTypes,
})
export const OnboardingPaymentMethodsResponse = closed('OnboardingPaymentMethodsResponse', { data: Type.Array(PaymentMethod) })
const methods = Type.Optional(Type.Array(MoniteAllPaymentMethodsTypes, { minItems: 1, uniqueItems: true }))
export const EnabledPaymentMethods = closed('EnabledPaymentMethods', {
  payment_methods: methods,
  payment_methods_receive: methods,
  payment_methods_send: methods,
})
export type EnableMethods = Static<typeof EnabledPaymentMethods>
export type MethodShown = Static<typeof PaymentMethod>
