import Type from 'typebox'
import { closed, listOf, named, opt, orNull, stamped, text } from '../../../platform/http/types.ts'

const name = text(100)
const description = opt(Type.String({ maxLength: 200 }))

export const UnitRequest = named('UnitRequest', { description, name })
export const UnitUpdate = closed('UnitUpdate', { description, name: opt(name) })
export const UnitResponse = named('UnitResponse', { ...stamped, description: orNull(Type.String()), name: Type.String() })
export const UnitListResponse = listOf(UnitResponse, 'UnitListResponse')
