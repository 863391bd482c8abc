import Type from 'typebox'
import { opt, orNull, pageOf, stamped, strict, uuid, word } from '../../../platform/http/types.ts'

const short = Type.String({ maxLength: 255 })
const profile = {
  email: opt(Type.String({ format: 'email' })),
  last_name: opt(short),
  phone: opt(Type.String()),
  title: opt(short),
}

export const CreateEntityUserRequest = Type.Object(
  { ...profile, first_name: short, login: short, role_id: opt(uuid) },
  { $id: 'CreateEntityUserRequest', ...strict },
)
export const UpdateEntityUserRequest = Type.Object(
  { ...profile, first_name: opt(short), login: opt(short), role_id: opt(uuid) },
  { $id: 'UpdateEntityUserRequest', ...strict },
)
export const UpdateMeEntityUserRequest = Type.Object(
  { ...profile, first_name: opt(short) },
  { $id: 'UpdateMeEntityUserRequest', ...strict },
)

export const EntityUserResponse = Type.Object(
  {
    ...stamped,
    email: orNull(Type.String({ format: 'email' })),
    first_name: orNull(Type.String()),
    last_name: orNull(Type.String()),
    login: Type.String(),
    phone: orNull(Type.String()),
    role_id: uuid,
    status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
    userpic_file_id: orNull(uuid),
  },
  { $id: 'EntityUserResponse' },
)
export const EntityUserPaginationResponse = pageOf(EntityUserResponse, 'EntityUserPaginationResponse')
