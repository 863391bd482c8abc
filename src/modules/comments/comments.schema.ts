import Type from 'typebox'
import { closed, instant, named, nullable, opt, orNull, pageOf, uuid, word } from '../../platform/http/types.ts'

export const ObjectTypeAvailableComment = word(['payable'], { $id: 'ObjectTypeAvailableComment' })

const field = Type.String()

export const CommentCreateRequest = closed('CommentCreateRequest', {
  object_id: uuid,
  object_type: field,
  reply_to_entity_user_id: opt(uuid),
  text: field,
})
export const CommentUpdateRequest = closed('CommentUpdateRequest', { reply_to_entity_user_id: opt(uuid), text: opt(field) })
export const CommentResource = named('CommentResource', {
  id: uuid,
  created_at: orNull(instant),
  updated_at: orNull(instant),
  // Null for what a partner's token made.
  created_by_entity_user_id: nullable(uuid),
  entity_id: uuid,
  object_id: uuid,
  object_type: field,
  reply_to_entity_user_id: orNull(uuid),
  status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
  text: field,
})
export const CommentResourceList = pageOf(CommentResource, 'CommentResourceList')
