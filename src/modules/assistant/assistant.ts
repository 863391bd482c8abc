import { Readable } from 'node:stream'
import Type from 'typebox'
import { failedDependency, forbidden, notFound } from '../../core/refusal.ts'
import type { Ctx, Who } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing } from '../../platform/http/types.ts'
import {
  ClientMessage,
  ConversationResource,
  ConversationResourceList,
  conversationsQuery,
  MessageFeedbackCommentaryPayload,
  MessageFeedbackPayload,
  PromptCreateRequest,
  PromptResource,
  PromptResourceList,
  PromptUpdateRequest,
} from './assistant.schema.ts'
import {
  ADD_CONVERSATION,
  ADD_PROMPT,
  type AnswerPart,
  answer,
  begin,
  CHANGE_PROMPT,
  COMMENT,
  CONVERSATION,
  CONVERSATIONS,
  JUDGE,
  messagesOf,
  modelOf,
  noConversation,
  PROMPT,
  PROMPTS,
  REMOVE_PROMPT,
} from './assistant.service.ts'

const LIMIT_MAX = 250

/** Each user has their own; nobody else sees them. */
function mine({ userId }: Pick<Ctx, 'userId'>): string {
  if (userId === null) throw forbidden('This operation needs the token of an entity user', 'user_token_needed')
  return userId
}
const noPrompt = () => notFound('Prompt not found')
const noMessage = () => notFound('Message not found')

/** The assistant: saved prompts, and talks with the model that the settings name. */
export const assistant: Routes = async (app) => {
  app.get(
    '/ai/prompts',
    operation({ summary: 'Get prompts', may: 'user', ok: { 200: PromptResourceList } }),
    async ({ ctx }) => ({
      data: await PROMPTS(ctx, { user: mine(ctx) }),
      next_pagination_token: null,
      prev_pagination_token: null,
    }),
  )

  app.post(
    '/ai/prompts',
    operation({ summary: 'Create a prompt', may: 'user', body: PromptCreateRequest, ok: { 201: PromptResource } }),
    ({ ctx, body: { content } }) => ADD_PROMPT.one(ctx, { user: mine(ctx), content }),
  )

  app.get(
    '/ai/prompts/:prompt_id',
    operation({ summary: 'Get a prompt', may: 'user', ok: { 200: PromptResource } }),
    async ({ ctx, params }) => {
      const found = await PROMPT.maybe(ctx, { user: mine(ctx), id: params.prompt_id })
      if (!found) throw noPrompt()
      return found
    },
  )

  app.patch(
    '/ai/prompts/:prompt_id',
    operation({ summary: 'Update a prompt', may: 'user', body: PromptUpdateRequest, ok: { 204: nothing } }),
    async ({ ctx, params, body: { content } }) => {
      if ((await CHANGE_PROMPT(ctx, { user: mine(ctx), id: params.prompt_id, content })).length === 0) throw noPrompt()
      return null
    },
  )

  app.delete(
    '/ai/prompts/:prompt_id',
    operation({ summary: 'Delete a prompt', may: 'user', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      if ((await REMOVE_PROMPT(ctx, { user: mine(ctx), id: params.prompt_id })).length === 0) throw noPrompt()
      return null
    },
  )

  app.get(
    '/ai/conversations',
    operation({ summary: 'Get conversations', may: 'user', query: conversationsQuery, ok: { 200: ConversationResourceList } }),
    async ({ ctx, query: { limit = 100, title__icontains: words = null } }) => ({
      data: await CONVERSATIONS(ctx, { user: mine(ctx), words, limit: Math.max(1, Math.min(limit, LIMIT_MAX)) }),
      next_pagination_token: null,
      prev_pagination_token: null,
    }),
  )

  app.post(
    '/ai/conversations',
    operation({ summary: 'Begin a conversation', may: 'user', ok: { 200: ConversationResource } }),
    async ({ ctx }) => ({ ...(await ADD_CONVERSATION.one(ctx, { user: mine(ctx) })), messages: [] }),
  )

  app.get(
    '/ai/conversations/:conversation_id',
    operation({ summary: 'Get a conversation', may: 'user', ok: { 200: ConversationResource } }),
    async ({ ctx, params: { conversation_id: id } }) => {
      const found = await CONVERSATION.maybe(ctx, { user: mine(ctx), id })
      if (!found) throw noConversation()
      return { ...found, messages: await messagesOf(ctx, id) }
    },
  )

  app.post(
    '/ai/conversations/:conversation_id/messages',
    operation({
      summary: 'Say something to the assistant',
      may: 'user',
      body: ClientMessage,
      ok: { 201: Type.Any() },
      produces: 'text/plain',
      transaction: 'manual',
      refuses: [409, 424],
    }),
    async (request, reply) => {
      const { machinery } = app
      const { conversation_id } = request.params
      const text = [request.body.text_prompt].concat(request.body.attachments ?? []).join('\n')
      const { talk, who } = await request.open(async (ctx) => ({
        talk: await begin(ctx, machinery, { conversation: conversation_id, user: mine(ctx), text }),
        who: { partnerId: ctx.partnerId, entityId: ctx.entityId, userId: ctx.userId } satisfies Who,
      }))
      const model = modelOf(machinery)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const toolbox = await app.toolboxOf(request)
      const pieces = answer(machinery, model, who, { conversation: conversation_id, talk, toolbox, signal: gone.signal })
      // What fails before there is a word is said with a status.
      const first = await pieces.next()
      if (!first.done && 'end' in first.value && first.value.fault) {
        await pieces.return(undefined)
        throw failedDependency(first.value.fault)
      }
      reply.header('x-vercel-ai-data-stream', 'v1').header('cache-control', 'no-store').type('text/plain; charset=utf-8')
      return Readable.from(linesOf(first, pieces))
    },
  )

  const judged = { may: 'user', ok: { 204: nothing } } as const

  app.post(
    '/ai/message_feedbacks',
    operation({ summary: 'Mark a message as helpful or not', ...judged, body: MessageFeedbackPayload }),
    async ({ ctx, body: { message_id: id, action } }) => {
      if ((await JUDGE(ctx, { user: mine(ctx), id, action })).length === 0) throw noMessage()
      return null
    },
  )

  app.post(
    '/ai/message_feedbacks/commentary',
    operation({ summary: 'Say what was good or wrong about a message', ...judged, body: MessageFeedbackCommentaryPayload }),
    async ({ ctx, body: { message_id: id, comment } }) => {
      if ((await COMMENT(ctx, { user: mine(ctx), id, comment })).length === 0) throw noMessage()
      return null
    },
  )
}

/** A line for each piece: `0:` text, `3:` a fault, `d:` the end, with JSON behind it, as the AI SDK reads streams. */
async function* linesOf(first: IteratorResult<AnswerPart>, rest: AsyncIterable<AnswerPart>): AsyncGenerator<string> {
  if (!first.done) yield lineOf(first.value)
  for await (const part of rest) yield lineOf(part)
}

function lineOf(part: AnswerPart): string {
  if ('text' in part) return `0:${JSON.stringify(part.text)}\n`
  const { end, fault, usage } = part
  const last = { finishReason: end, usage: { promptTokens: usage.prompt, completionTokens: usage.completion } }
  return `${fault ? `3:${JSON.stringify(fault)}\n` : ''}d:${JSON.stringify(last)}\n`
}
