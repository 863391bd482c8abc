import Type from 'typebox'
import { listOf, opt, orNull, stamped, strict, text } from '../../../platform/http/types.ts'

const name = text(100)
const description = opt(Type.String({ maxLength: 200 }))

export const UnitRequest = Type.Object({ description, name }, { $id: 'UnitRequest' })
export const UnitUpdate = Type.Object({ description, name: opt(name) }, { $id: 'UnitUpdate', ...strict })
export const UnitResponse = Type.Object(
  { ...stamped, description: orNull(Type.String()), name: Type.String() },
  { $id: 'UnitResponse' },
)
export const UnitListResponse = listOf(UnitResponse, 'UnitListResponse')
