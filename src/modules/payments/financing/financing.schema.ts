import Type from 'typebox'
import { Currency, day, instant, minor, named, opt, pageOf, uuid, word } from '../../../platform/http/types.ts'

const text = Type.String()
const nothingLess = opt(Type.Integer({ minimum: 0 }))

const WCRepaymentType = word(['MULTIPLE_DURATION', 'FIXED_DURATION', 'FIXED_DATE'], { $id: 'WCRepaymentType' })
const PricingPlan = named('PricingPlan', {
  advance_rate_percentage: Type.Integer(),
  fee_percentage: Type.Integer(),
  repayment_duration_days: opt(Type.Integer()),
  repayment_type: WCRepaymentType,
})
const FinancingOffer = named('FinancingOffer', {
  available_amount: opt(minor),
  currency: Currency,
  pricing_plans: Type.Array(PricingPlan, { minItems: 1 }),
  status: word(['NEW', 'ACCEPTED', 'EXPIRED', 'CURRENT', 'LATE', 'CLOSED', 'DEFAULTED'], { $id: 'WCOfferStatus' }),
  total_amount: minor,
})
export const FinancingOffersResponse = named('FinancingOffersResponse', {
  business_status: word(['NEW', 'INPUT_REQUIRED', 'ONBOARDED'], { $id: 'WCBusinessStatus' }),
  offers: Type.Array(FinancingOffer),
})

const FinancingInvoiceType = word(['payable', 'receivable'], { $id: 'FinancingInvoiceType' })
const WCInvoiceStatus = word(['DRAFT', 'NEW', 'FUNDED', 'PAID', 'LATE', 'REJECTED', 'DEFAULTED'], { $id: 'WCInvoiceStatus' })
const asked = named('FinancingPushInvoicesRequestInvoice', { id: uuid, type: FinancingInvoiceType })
export const FinancingPushInvoicesRequest = named('FinancingPushInvoicesRequest', {
  invoices: Type.Array(asked, { minItems: 1, maxItems: 10 }),
})
export const FinancingPushInvoicesResponse = named('FinancingPushInvoicesResponse', { connect_token: text, session_token: text })
export const FinancingTokenResponse = named('FinancingTokenResponse', { connect_token: text })

const RepaymentSchedule = named('RepaymentSchedule', {
  repayment_amount: minor,
  repayment_date: text,
  repayment_fee_amount: minor,
  repayment_principal_amount: minor,
})
const FinancingInvoice = named('FinancingInvoice', {
  advance_amount: nothingLess,
  advance_rate_percentage: nothingLess,
  currency: Currency,
  description: opt(text),
  document_id: text,
  due_date: day,
  fee_amount: nothingLess,
  fee_percentage: nothingLess,
  invoice_id: uuid,
  issue_date: day,
  payer_business_name: opt(text),
  payer_first_name: opt(text),
  payer_last_name: opt(text),
  payer_type: text,
  principal_amount: nothingLess,
  repayment_amount: nothingLess,
  repayment_schedule: opt(RepaymentSchedule),
  requested_amount: nothingLess,
  status: WCInvoiceStatus,
  total_amount: Type.Integer({ minimum: 0 }),
  type: FinancingInvoiceType,
})
export const FinancingInvoiceListResponse = pageOf(FinancingInvoice, 'FinancingInvoiceListResponse')

const some = <T extends Type.TSchema>(type: T) => Type.Optional(type)
const range = <const N extends string, T extends Type.TSchema>(name: N, type: T) =>
  Object.fromEntries(['gt', 'lt', 'gte', 'lte'].map((suffix) => [`${name}__${suffix}`, Type.Optional(type)]))
export const financingQuery = Type.Object({
  order: some(Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'], default: 'asc' })),
  limit: some(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
  pagination_token: some(text),
  sort: some(word(['id', 'created_at'])),
  invoice_id: some(uuid),
  invoice_id__in: some(Type.Array(uuid)),
  status: some(WCInvoiceStatus),
  status__in: some(Type.Array(WCInvoiceStatus)),
  type: some(FinancingInvoiceType),
  type__in: some(Type.Array(FinancingInvoiceType)),
  document_id: some(text),
  document_id__in: some(Type.Array(text)),
  ...range('issue_date', instant),
  ...range('due_date', instant),
  ...range('created_at', instant),
  total_amount: some(minor),
  ...range('total_amount', minor),
})
