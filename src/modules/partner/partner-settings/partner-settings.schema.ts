import Type from 'typebox'
import { Currency, closed, Metadata, named, nullable, opt, orNull, url, word } from '../../../platform/http/types.ts'
import { BizObjectsSchema_Input } from '../permissions/permissions.schema.ts'

const ApiVersion = word(
  [
    '2025-06-23',
    '2024-05-25',
    '2024-01-31',
    '2023-09-01',
    '2023-06-04',
    '2023-04-12',
    '2023-03-14',
    '2023-03-01',
    '2023-02-07',
    '2022-11-16',
  ],
  { $id: 'APIVersion' },
)

const color = Type.String({ format: 'color' })

const ExchangeRate = named('ExchangeRate', { base: Currency, rate: Type.Number({ exclusiveMinimum: 0 }), to: Currency })
export const CurrencySettings_Output = named('CurrencySettings-Output', {
  default: Currency,
  exchange_rates: orNull(Type.Array(Type.Union([ExchangeRate, Type.Null()]))),
})
export const CurrencySettings_Input = closed('CurrencySettings-Input', {
  default: Currency,
  exchange_rates: opt(Type.Array(Type.Union([ExchangeRate, Type.Null()]))),
})

const MailSettings = named('MailSettings', {
  attach_documents_as_pdf: orNull(Type.Boolean()),
  from_email_username: orNull(Type.String({ minLength: 1, maxLength: 64 })),
  from_name: orNull(Type.String({ minLength: 1, maxLength: 30 })),
})

const payable = {
  allow_cancel_duplicates_automatically: orNull(Type.Boolean()),
  allow_counterpart_autocreation: orNull(Type.Boolean()),
  allow_counterpart_autolinking: orNull(Type.Boolean()),
  allow_credit_note_autolinking: orNull(Type.Boolean()),
  default_state: orNull(Type.String()),
  enable_line_items: orNull(Type.Boolean()),
  skip_approval_for_paid_invoice: orNull(Type.Boolean()),
}
const approvePageUrl = Type.String({ format: 'uri', minLength: 1 })
/** Single switches may be sent alone, as the guides do: then there is no page to approve on, and none is invented. */
const PayableSettings = named('PayableSettings', { ...payable, approve_page_url: nullable(approvePageUrl) })
const PayableSettingsChange = named('PayableSettingsChange', { ...payable, approve_page_url: opt(approvePageUrl) })

const ButtonTheme = named('ButtonTheme', {
  primary_color: orNull(color),
  primary_hover_color: orNull(color),
  secondary_color: orNull(color),
  secondary_hover_color: orNull(color),
})
const CardTheme = named('CardTheme', { background_color: orNull(color) })
export const PaymentPageTheme = named('PaymentPageTheme', {
  background_color: orNull(color),
  border_radius: orNull(Type.String()),
  button: orNull(ButtonTheme),
  card: orNull(CardTheme),
  font_color: orNull(color),
  font_family: orNull(Type.String()),
  font_link_href: orNull(url),
  logo_src: orNull(url),
})
const PaymentsSettings = named('PaymentsSettings', {
  payment_page_domain: orNull(Type.String()),
  payment_page_theme: orNull(PaymentPageTheme),
  support_email: orNull(Type.String({ format: 'email' })),
})
const deductionTitle = Type.String({ minLength: 1, maxLength: 32 })
const ReceivableSettings = named('ReceivableSettings', {
  create_without_personal_info: Type.Boolean(),
  deduction_title: orNull(deductionTitle),
})
const ReceivableSettingsChange = named('ReceivableSettingsChange', {
  create_without_personal_info: opt(Type.Boolean()),
  deduction_title: opt(deductionTitle),
})
const Unit = named('Unit', { designation: Type.String({ minLength: 1 }), name: Type.String({ minLength: 1 }) })

const plain = {
  api_version: orNull(ApiVersion),
  commercial_conditions: orNull(Type.Array(Type.String())),
  mail: orNull(MailSettings),
  payments: orNull(PaymentsSettings),
  units: orNull(Type.Array(Unit)),
  website: orNull(Type.String()),
}
export const PartnerProjectSettingsPayload_Output = named('PartnerProjectSettingsPayload-Output', {
  ...plain,
  currency: orNull(CurrencySettings_Output),
  default_role: orNull(Metadata),
  payable: orNull(PayableSettings),
  receivable: orNull(ReceivableSettings),
})
/** A role as it will be created in each new entity. */
export const DefaultRole = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255 }),
  permissions: BizObjectsSchema_Input,
})
export const PartnerProjectSettingsPayload_Input = named('PartnerProjectSettingsPayload-Input', {
  ...plain,
  currency: opt(CurrencySettings_Input),
  default_role: opt(Metadata),
  payable: opt(PayableSettingsChange),
  receivable: opt(ReceivableSettingsChange),
})
