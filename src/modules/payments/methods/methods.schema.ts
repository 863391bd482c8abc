import Type, { type Static } from 'typebox'
import { paymentMethods } from '../../../core/payments/methods.data.ts'
import { strict, word } from '../../../platform/http/types.ts'
import { MoniteAllPaymentMethodsTypes } from '../accounts.schema.ts'

const names = Object.values(paymentMethods).map(({ name }) => name)

export const PaymentMethod = Type.Object(
  {
    direction: word(['receive', 'send'], { $id: 'PaymentMethodDirection' }),
    name: Type.Unsafe<string>({ type: 'string', enum: names, $id: 'MoniteAllPaymentMethods' }),
    status: word(['active', 'inactive'], { $id: 'PaymentMethodStatus' }),
    type: MoniteAllPaymentMethodsTypes,
  },
  { $id: 'PaymentMethod', ...strict },
)
export const OnboardingPaymentMethodsResponse = Type.Object(
  { data: Type.Array(PaymentMethod) },
  { $id: 'OnboardingPaymentMethodsResponse', ...strict },
)
const methods = Type.Optional(Type.Array(MoniteAllPaymentMethodsTypes, { minItems: 1, uniqueItems: true }))
export const EnabledPaymentMethods = Type.Object(
  { payment_methods: methods, payment_methods_receive: methods, payment_methods_send: methods },
  { $id: 'EnabledPaymentMethods', ...strict },
)
export type EnableMethods = Static<typeof EnabledPaymentMethods>
export type MethodShown = Static<typeof PaymentMethod>
