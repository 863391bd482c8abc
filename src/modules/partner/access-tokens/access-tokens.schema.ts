import Type from 'typebox'
import { opt, strict, uuid, word } from '../../../platform/http/types.ts'

export const ObtainTokenPayload = Type.Object(
  {
    client_id: uuid,
    client_secret: Type.String(),
    grant_type: word(['client_credentials', 'entity_user'], { $id: 'GrantType' }),
    entity_user_id: opt(uuid),
  },
  { $id: 'ObtainTokenPayload', ...strict },
)
export const AccessTokenResponse = Type.Object(
  { access_token: Type.String(), token_type: Type.String(), expires_in: Type.Integer() },
  { $id: 'AccessTokenResponse' },
)
export const RevokeTokenPayload = Type.Object(
  { client_id: uuid, client_secret: Type.String(), token: Type.String() },
  { $id: 'RevokeTokenPayload', ...strict },
)
export const MessageResponse = Type.Object({ message: Type.String() }, { $id: 'MessageResponse' })
