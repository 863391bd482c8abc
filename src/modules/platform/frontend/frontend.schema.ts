import Type from 'typebox'
import { uuid } from '../../../platform/http/types.ts'

export const CurrencyDetails = Type.Object(
  { minor_units: Type.Integer(), name: Type.String(), symbol: Type.String() },
  { $id: 'CurrencyDetails' },
)
/** Every currency by its code. */
export const Currencies = Type.Object({}, { additionalProperties: CurrencyDetails })

export const SettingsQuery = Type.Object({ partner_id: uuid, project_id: uuid })
