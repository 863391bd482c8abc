import Type from 'typebox'
import { closed, named, opt, uuid, word } from '../../../platform/http/types.ts'

export const ObtainTokenPayload = closed('ObtainTokenPayload', {
  client_id: uuid,
  client_secret: Type.String(),
  grant_type: word(['client_credentials', 'entity_user'], { $id: 'GrantType' }),
  entity_user_id: opt(uuid),
})
export const AccessTokenResponse = named('AccessTokenResponse', {
  access_token: Type.String(),
  token_type: Type.String(),
  expires_in: Type.Integer(),
})
export const RevokeTokenPayload = closed('RevokeTokenPayload', {
  client_id: uuid,
  client_secret: Type.String(),
  token: Type.String(),
})
export const MessageResponse = named('MessageResponse', { message: Type.String() })
