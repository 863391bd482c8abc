import Type from 'typebox'
import { opt, orNull, pageOf, stamped, strict, text, uuid, word } from '../../../platform/http/types.ts'

export const TagCategory = word(
  ['document_type', 'department', 'project', 'cost_center', 'vendor_type', 'payment_method', 'approval_status'],
  { $id: 'TagCategory' },
)

export const TagCreateSchema = Type.Object(
  { name: text(255), description: opt(text(255)), category: opt(TagCategory) },
  { $id: 'TagCreateSchema', ...strict },
)
export const TagUpdateSchema = Type.Object(
  { name: opt(text(255)), description: opt(text(255)), category: opt(TagCategory) },
  { $id: 'TagUpdateSchema', ...strict },
)
export const TagReadSchema = Type.Object(
  {
    ...stamped,
    name: Type.String(),
    description: orNull(text(255)),
    category: orNull(TagCategory),
    created_by_entity_user_id: orNull(uuid),
  },
  { $id: 'TagReadSchema' },
)
export const TagsPaginationResponse = pageOf(TagReadSchema, 'TagsPaginationResponse')
