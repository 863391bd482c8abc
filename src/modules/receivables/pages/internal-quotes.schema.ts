import Type from 'typebox'
import { Currency, closed, instant, named, orNull, uuid } from '../../../platform/http/types.ts'
import { LineProduct, LineVatRate, QuoteResponse, ResponseItem, TotalVatAmount } from '../receivables.schema.ts'

/** A quote as hosted pages show it: what `/receivables` answers, with some more, and some less. */

const MAX = Number.MAX_SAFE_INTEGER
const total = Type.Integer({ maximum: MAX })
/** Not rounded to minor units. */
const precise = Type.Number({ maximum: MAX })
const rate = Type.Number({ minimum: 0, maximum: 10000 })
const PriceFloat = closed('PriceFloat', { currency: Currency, value: Type.Number({ minimum: 0, maximum: MAX }) })

const InternalLineItemProduct = named('InternalLineItemProduct', {
  ...LineProduct.properties,
  created_at: orNull(instant),
  updated_at: orNull(instant),
  entity_id: orNull(uuid),
  entity_user_id: orNull(uuid),
  measure_unit_id: orNull(uuid),
  price_after_vat_precise: PriceFloat,
  price_precise: PriceFloat,
  vat_rate: named('LineItemProductVatRate', { ...LineVatRate.properties, value: rate }),
})
const { tax_status: _t, ...line } = ResponseItem.properties
const InternalResponseItem = named('InternalResponseItem', {
  ...line,
  product: InternalLineItemProduct,
  total_after_vat_precise: precise,
  total_before_vat_precise: precise,
})

const SignatureResponse = closed('SignatureResponse', {
  email: Type.String({ format: 'email' }),
  full_name: Type.String({ minLength: 1, maxLength: 255 }),
  signature_image_url: Type.String(),
  signed_at: instant,
})

const {
  counterpart_address: _a,
  deductions: _d,
  file: _f,
  total_deduction_amount: _x,
  counterpart_billing_address,
  ...quote
} = QuoteResponse.properties
const address = counterpart_billing_address.anyOf[0]

export const InternalQuoteResponsePayload = named('InternalQuoteResponsePayload', {
  ...quote,
  counterpart_billing_address,
  counterpart_universal_address: address,
  deduction_title: orNull(Type.String()),
  external_qr_code_link: orNull(Type.String({ format: 'uri', minLength: 1, maxLength: 65536 })),
  line_items: Type.Array(InternalResponseItem),
  signature: orNull(SignatureResponse),
  total_amount: orNull(total),
  total_vat_amounts: orNull(Type.Array(named('TotalVatAmountItem', { ...TotalVatAmount.properties, value: rate }))),
})
