import Type from 'typebox'
import { instant, nullable, opt, orNull, pageOf, strict, uuid, word } from '../../platform/http/types.ts'

export const ObjectTypeAvailableComment = word(['payable'], { $id: 'ObjectTypeAvailableComment' })

const field = Type.String()

export const CommentCreateRequest = Type.Object(
  { object_id: uuid, object_type: field, reply_to_entity_user_id: opt(uuid), text: field },
  { $id: 'CommentCreateRequest', ...strict },
)
export const CommentUpdateRequest = Type.Object(
  { reply_to_entity_user_id: opt(uuid), text: opt(field) },
  { $id: 'CommentUpdateRequest', ...strict },
)
export const CommentResource = Type.Object(
  {
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
  },
  { $id: 'CommentResource' },
)
export const CommentResourceList = pageOf(CommentResource, 'CommentResourceList')
