import Type from 'typebox'
import { nullable, orNull, uuid } from '../../../platform/http/types.ts'
import { PaymentPageTheme } from '../partner-settings/partner-settings.schema.ts'

export const CurrencyDetails = Type.Object(
  { minor_units: Type.Integer(), name: Type.String(), symbol: Type.String() },
  { $id: 'CurrencyDetails' },
)
/** Every currency by its code. */
export const Currencies = Type.Object({}, { additionalProperties: CurrencyDetails })

export const SettingsQuery = Type.Object({ partner_id: uuid, project_id: uuid })

const url = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })
const PaymentPageFooter = Type.Object({ logo_url: nullable(url), website_url: orNull(url) }, { $id: 'PaymentPageFooter' })
export const PaymentPageThemeWithFooter = Type.Object(
  { ...PaymentPageTheme.properties, footer: orNull(PaymentPageFooter) },
  { $id: 'PaymentPageThemeWithFooter' },
)
