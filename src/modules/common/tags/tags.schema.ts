import Type from 'typebox'
import { closed, named, opt, orNull, pageOf, stamped, text, uuid, word } from '../../../platform/http/types.ts'

const TagCategory = word(
  ['document_type', 'department', 'project', 'cost_center', 'vendor_type', 'payment_method', 'approval_status'],
  { $id: 'TagCategory' },
)

export const TagCreateSchema = closed('TagCreateSchema', {
  name: text(255),
  description: opt(text(255)),
  category: opt(TagCategory),
})
export const TagUpdateSchema = closed('TagUpdateSchema', {
  name: opt(text(255)),
  description: opt(text(255)),
  category: opt(TagCategory),
})
export const TagReadSchema = named('TagReadSchema', {
  ...stamped,
  name: Type.String(),
  description: orNull(text(255)),
  category: orNull(TagCategory),
  created_by_entity_user_id: orNull(uuid),
})
export const TagsPaginationResponse = pageOf(TagReadSchema, 'TagsPaginationResponse')
