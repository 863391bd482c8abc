import Type from 'typebox'
import { range } from '../http/ranges.ts'
import { instant, named, orNull, uuid, word } from '../http/types.ts'

const LogTypeEnum = word(['request', 'response'], { $id: 'LogTypeEnum' })
const LogMethodEnum = word(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { $id: 'LogMethodEnum' })

export const LogQuery = Type.Object({
  pagination_token: Type.Optional(Type.String()),
  entity_user_id: Type.Optional(uuid),
  path__contains: Type.Optional(Type.String()),
  type: Type.Optional(LogTypeEnum),
  method: Type.Optional(LogMethodEnum),
  status_code: Type.Optional(Type.Integer()),
  ...range('timestamp', Type.Optional(instant)),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
  page_num: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
})

const anyObject = Type.Object({}, { additionalProperties: true })
export const LogResponse = named('LogResponse', {
  id: uuid,
  body: orNull(Type.Union([anyObject, Type.Array(Type.Unknown())])),
  content_type: Type.String(),
  entity_id: uuid,
  entity_user_id: orNull(uuid),
  headers: orNull(anyObject),
  method: orNull(Type.String()),
  params: orNull(Type.String()),
  parent_log_id: orNull(uuid),
  partner_id: uuid,
  path: orNull(Type.String()),
  status_code: orNull(Type.Integer()),
  target_service: Type.String(),
  timestamp: instant,
  type: Type.String(),
})

export const LogsResponse = named('LogsResponse', {
  data: Type.Array(LogResponse),
  next_pagination_token: orNull(Type.String()),
  prev_pagination_token: orNull(Type.String()),
  total_logs: Type.Integer(),
  total_pages: Type.Integer(),
})
