import Type from 'typebox'
import { named, nullable, orNull, url, uuid } from '../../../platform/http/types.ts'
import { PaymentPageTheme } from '../partner-settings/partner-settings.schema.ts'

const CurrencyDetails = named('CurrencyDetails', {
  minor_units: Type.Integer(),
  name: Type.String(),
  symbol: Type.String(),
})
/** Every currency by its code. */
export const Currencies = Type.Object({}, { additionalProperties: CurrencyDetails })

export const SettingsQuery = Type.Object({ partner_id: uuid, project_id: uuid })

const PaymentPageFooter = named('PaymentPageFooter', { logo_url: nullable(url), website_url: orNull(url) })
export const PaymentPageThemeWithFooter = named('PaymentPageThemeWithFooter', {
  ...PaymentPageTheme.properties,
  footer: orNull(PaymentPageFooter),
})
