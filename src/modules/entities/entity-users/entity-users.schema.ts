import Type from 'typebox'
import { closed, named, opt, orNull, pageOf, stamped, uuid, word } from '../../../platform/http/types.ts'

const short = Type.String({ maxLength: 255 })
const profile = {
  email: opt(Type.String({ format: 'email' })),
  last_name: opt(short),
  phone: opt(Type.String()),
  title: opt(short),
}

export const CreateEntityUserRequest = closed('CreateEntityUserRequest', {
  ...profile,
  first_name: short,
  login: short,
  role_id: opt(uuid),
})
export const UpdateEntityUserRequest = closed('UpdateEntityUserRequest', {
  ...profile,
  first_name: opt(short),
  login: opt(short),
  role_id: opt(uuid),
})
export const UpdateMeEntityUserRequest = closed('UpdateMeEntityUserRequest', { ...profile, first_name: opt(short) })

export const EntityUserResponse = named('EntityUserResponse', {
  ...stamped,
  email: orNull(Type.String({ format: 'email' })),
  first_name: orNull(Type.String()),
  last_name: orNull(Type.String()),
  login: Type.String(),
  phone: orNull(Type.String()),
  role_id: uuid,
  status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
  userpic_file_id: orNull(uuid),
})
export const EntityUserPaginationResponse = pageOf(EntityUserResponse, 'EntityUserPaginationResponse')
