import Type, { type Static } from 'typebox'
import { methodCodes } from '../../../core/payments/methods.data.ts'
import { closed, named, opt, orNull, strict, uuid } from '../../../platform/http/types.ts'

const rule = {
  bps: Type.Integer({ minimum: 0, maximum: 10_000, description: 'Of the amount, in basis points: 100 are 1 %.' }),
  fixed: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'On top of it, in minor units of the payment.' }),
  cap: opt(orNull(Type.Integer({ minimum: 0, description: 'At most, in minor units of the payment.' }))),
}
const FeeRule = closed('PlatformFeeRule', rule)
export const PlatformFee = Type.Object(
  {
    ...rule,
    methods: Type.Optional(
      Type.Partial(Type.Object(Object.fromEntries(methodCodes.map((code) => [code, FeeRule]))), {
        description: 'Methods of which something else is kept.',
        ...strict,
      }),
    ),
  },
  {
    $id: 'PlatformFee',
    description: 'What the platform keeps of each payment. Invoices are paid in full all the same.',
    ...strict,
  },
)

/** Keys as Stripe writes them: what kind of key it is stands in front. */
const keyOf = (kinds: string, example: string) =>
  Type.String({ pattern: `^(${kinds})_[A-Za-z0-9_]+$`, maxLength: 255, examples: [example] })

export const ConnectStripe = closed('ConnectStripe', {
  secret_key: keyOf('sk_test|sk_live|rk_test|rk_live', 'sk_test_51H8'),
  publishable_key: keyOf('pk_test|pk_live', 'pk_test_51H8'),
  webhook_secret: opt(keyOf('whsec', 'whsec_9a1b')),
  account: opt(orNull(keyOf('acct', 'acct_1032'))),
  platform_fee: opt(orNull(PlatformFee)),
  connect_entities: opt(
    Type.Boolean({
      description:
        'Whether each entity gets a connected account of its own, made from its onboarding. Stripe looks at the entity then, and its payments go to that account.',
    }),
  ),
})
export type ConnectStripe = Static<typeof ConnectStripe>

/** Who carries out payments, without its secrets. */
export const PaymentProviderConnection = named('PaymentProviderConnection', {
  id: uuid,
  entity_id: orNull(uuid),
  provider: Type.String(),
  publishable_key: Type.String(),
  account: orNull(Type.String()),
  connect_entities: Type.Boolean({ description: 'Whether each entity gets a connected account of its own.' }),
  livemode: Type.Boolean({ description: 'Whether real money moves.' }),
  platform_fee: orNull(PlatformFee),
  events_url: Type.String({ description: 'Where the provider has to send its events.' }),
  hears_events: Type.Boolean({ description: 'Whether the secret that events are signed with is known.' }),
})
export const PaymentProviderConnections = named('PaymentProviderConnections', { data: Type.Array(PaymentProviderConnection) })
export const EventsHeard = named('ProviderEventsHeard', { received: Type.Boolean() })
