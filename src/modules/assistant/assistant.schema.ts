import Type from 'typebox'
import { instant, nullable, opt, orNull, strict, uuid, word } from '../../platform/http/types.ts'

const content = Type.String({ maxLength: 512 })
export const PromptResource = Type.Object({ id: uuid, created_at: instant, content }, { $id: 'PromptResource' })
export const PromptResourceList = Type.Object(
  {
    data: Type.Array(PromptResource),
    next_pagination_token: nullable(Type.String()),
    prev_pagination_token: nullable(Type.String()),
  },
  { $id: 'PromptResourceList' },
)
export const PromptCreateRequest = Type.Object({ content }, { $id: 'PromptCreateRequest', ...strict })
export const PromptUpdateRequest = Type.Object({ content }, { $id: 'PromptUpdateRequest', ...strict })

const Message = Type.Object(
  { id: uuid, created_at: instant, content: Type.String(), role: word(['user', 'assistant']) },
  { $id: 'Message' },
)
export const ConversationResource = Type.Object(
  { id: uuid, created_at: instant, is_starred: Type.Boolean(), messages: orNull(Type.Array(Message)), title: Type.String() },
  { $id: 'ConversationResource' },
)
export const ConversationResourceList = Type.Object(
  {
    data: Type.Array(ConversationResource),
    next_pagination_token: orNull(Type.String()),
    prev_pagination_token: orNull(Type.String()),
  },
  { $id: 'ConversationResourceList' },
)
export const conversationsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ default: 100 })),
  title__icontains: opt(Type.String({ maxLength: 255 })),
})

export const ClientMessage = Type.Object(
  {
    attachments: opt(Type.Array(Type.String({ format: 'uri', minLength: 1, maxLength: 2083 }), { maxItems: 10 })),
    text_prompt: Type.String({ maxLength: 20_000 }),
  },
  { $id: 'ClientMessage', ...strict },
)

export const MessageFeedbackPayload = Type.Object(
  { action: word(['like', 'dislike']), message_id: uuid },
  { $id: 'MessageFeedbackPayload', ...strict },
)
export const MessageFeedbackCommentaryPayload = Type.Object(
  { comment: Type.String({ maxLength: 2_000 }), message_id: uuid },
  { $id: 'MessageFeedbackCommentaryPayload', ...strict },
)
