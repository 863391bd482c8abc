import Type from 'typebox'
import { closed, instant, named, nullable, opt, orNull, url, uuid, word } from '../../platform/http/types.ts'

const content = Type.String({ maxLength: 512 })
export const PromptResource = named('PromptResource', { id: uuid, created_at: instant, content })
export const PromptResourceList = named('PromptResourceList', {
  data: Type.Array(PromptResource),
  next_pagination_token: nullable(Type.String()),
  prev_pagination_token: nullable(Type.String()),
})
export const PromptCreateRequest = closed('PromptCreateRequest', { content })
export const PromptUpdateRequest = closed('PromptUpdateRequest', { content })

const Message = named('Message', { id: uuid, created_at: instant, content: Type.String(), role: word(['user', 'assistant']) })
export const ConversationResource = named('ConversationResource', {
  id: uuid,
  created_at: instant,
  is_starred: Type.Boolean(),
  messages: orNull(Type.Array(Message)),
  title: Type.String(),
})
export const ConversationResourceList = named('ConversationResourceList', {
  data: Type.Array(ConversationResource),
  next_pagination_token: orNull(Type.String()),
  prev_pagination_token: orNull(Type.String()),
})
export const conversationsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ default: 100 })),
  title__icontains: opt(Type.String({ maxLength: 255 })),
})

export const ClientMessage = closed('ClientMessage', {
  attachments: opt(Type.Array(url, { maxItems: 10 })),
  text_prompt: Type.String({ maxLength: 20_000 }),
})

export const MessageFeedbackPayload = closed('MessageFeedbackPayload', { action: word(['like', 'dislike']), message_id: uuid })
export const MessageFeedbackCommentaryPayload = closed('MessageFeedbackCommentaryPayload', {
  comment: Type.String({ maxLength: 2_000 }),
  message_id: uuid,
})
