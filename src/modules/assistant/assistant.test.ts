import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { good, issued, no, ready } from '../../../test/support/invoicing.ts'
import { type FakeModel, fakeModel, type ModelFaultKind } from '../../../test/support/model.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { type Body, type Client, client, house, permissions, world } from '../../../test/support/world.ts'

let model: FakeModel
let own: Awaited<ReturnType<typeof ownApp>>
beforeAll(async () => {
  model = await fakeModel()
  own = await ownApp({
    assistant_url: model.url,
    assistant_model: 'tiny',
    assistant_key: 'k',
    assistant_timeout_s: 1,
    rate_limit: 0,
  })
})
afterAll(() => own.close())

/** The same caller, at the server that has a model. */
const there = async (who: Client): Promise<Client> =>
  client({ ...(await house()), app: own.app }, who.token, { entityId: who.entityId, userId: who.userId })

/** A message; its answer is a stream, of which the contract says nothing. */
async function post(who: Client, conversation: string, text_prompt: string) {
  const response = await own.app.inject({
    method: 'POST',
    url: `/ai/conversations/${conversation}/messages`,
    headers: {
      authorization: `Bearer ${who.token}`,
      'x-monite-entity-id': who.entityId ?? '',
      'content-type': 'application/json',
    },
    payload: JSON.stringify({ text_prompt }),
  })
  return { status: response.statusCode, text: response.body, headers: response.headers }
}

async function talk() {
  const w = await world()
  model.turns = []
  model.fault = 'none'
  model.asked.length = 0
  const user = await there(w.berlin)
  const { id } = good(await user.post('/ai/conversations'))
  const say = async (text_prompt: string) => {
    const { status, text: whole, headers } = await post(user, id, text_prompt)
    const lines = status === 201 ? whole.trim().split('\n') : []
    const body: Body = status === 201 ? null : JSON.parse(whole)
    const parts = lines.map((line) => [line.slice(0, 1), JSON.parse(line.slice(2))] as const)
    const text = parts.map(([kind, value]) => (kind === '0' ? value : '')).join('')
    return { status, body, headers, parts, text, end: parts.at(-1)?.[1] as Body }
  }
  const kept = async (): Promise<Body[]> => good(await user.get(`/ai/conversations/${id}`)).messages
  return { w, user, id, say, kept }
}

test('an answer comes in pieces, is kept, and the next question carries the talk so far', async () => {
  const { say, kept, user, id } = await talk()
  model.turns = [{ text: 'Two invoices are late.' }, { text: 'Yes.' }]
  const { status, headers, parts, text, end } = await say('  What is\nlate? ')
  expect([status, headers['content-type'], text]).toEqual([201, 'text/plain; charset=utf-8', 'Two invoices are late.'])
  expect(parts.length).toBeGreaterThan(3)
  expect(end).toEqual({ finishReason: 'stop', usage: { promptTokens: 7, completionTokens: 3 } })
  await say('Sure?')
  expect((await kept()).map(({ role, content }) => [role, content])).toEqual([
    ['user', '  What is\nlate? '],
    ['assistant', 'Two invoices are late.'],
    ['user', 'Sure?'],
    ['assistant', 'Yes.'],
  ])
  const asked = model.asked.at(-1) as Body
  expect(asked.model).toBe('tiny')
  expect(asked.messages.map(({ role }: Body) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(good(await user.get('/ai/conversations?title__icontains=LATE')).data).toMatchObject([{ id, title: 'What is late?' }])
  expect(good(await user.get('/ai/conversations?title__icontains=early')).data).toEqual([])
})

test('the model has the tools of the caller, and nothing that their role does not allow', async () => {
  const { w, say } = await talk()
  const made = await ready(w.berlin)
  const invoice = await issued(w.berlin, made)
  model.turns = [{ tool: 'list_invoices', input: '{"limit":5}' }, { text: 'There is one.' }]
  const { text } = await say('Which invoices are there?')
  expect(text).toBe('There is one.')
  const [first, second] = model.asked as Body[]
  const names = first.tools.map(({ function: { name } }: Body) => name)
  expect(names).toContain('call_operation')
  const told = second.messages.at(-1)
  expect(told).toMatchObject({ role: 'tool', tool_call_id: 'c1' })
  expect(told.content).toContain(invoice.document_id)

  const blind = await there(await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed')))
  const { id } = good(await blind.post('/ai/conversations'))
  model.asked.length = 0
  model.turns = [{ tool: 'list_invoices', input: '{}' }, { tool: 'who_am_i', input: 'no JSON' }, { text: 'I may not look.' }]
  await post(blind, id, 'Invoices?')
  const [, refused, unread] = model.asked as Body[]
  expect(refused.messages.at(-1).content).toContain('There is no tool list_invoices')
  expect(unread.messages.at(-1).content).toContain('not valid')
})

test('a model that asks for tools for ever is made to answer', async () => {
  const { say } = await talk()
  model.turns = Array.from({ length: 30 }, () => ({ tool: 'who_am_i', input: '{}' }))
  const { status } = await say('Go on')
  expect(status).toBe(201)
  expect(model.asked.length).toBe(8)
  expect((model.asked.at(-1) as Body).tools).toBeUndefined()
})

describe('where the model fails', () => {
  test.each<[ModelFaultKind, RegExp]>([
    ['silence', /in time/],
    ['refusal', /503/],
    ['garbage', /form that is not known/],
    ['cut before a word', /could not be reached|broke off/],
  ])('before a word, by %s, the answer is a 424, and the talk goes on', async (fault, words) => {
    const { say, kept } = await talk()
    model.fault = fault
    const { status, body } = await say('Hello')
    expect(status).toBe(424)
    expect(body.error.message).toMatch(words)
    model.fault = 'none'
    model.turns = [{ text: 'Here I am.' }]
    expect((await say('Hello?')).text).toBe('Here I am.')
    expect((await kept()).map(({ role }) => role)).toEqual(['user', 'user', 'assistant'])
  })

  test.each<[ModelFaultKind, RegExp]>([
    ['cut in the middle', /broke off/],
    ['silence in the middle', /in time/],
    ['error in the stream', /overloaded/],
  ])('in the middle, by %s, what was said is kept, and the end says why', async (fault, words) => {
    const { say, kept } = await talk()
    model.fault = fault
    model.turns = [{ text: 'One two three four' }]
    const { status, parts, text, end } = await say('Count')
    expect([status, text, end.finishReason]).toEqual([201, 'One two ', 'error'])
    expect(parts.find(([kind]) => kind === '3')?.[1]).toMatch(words)
    expect((await kept()).at(-1)).toMatchObject({ role: 'assistant', content: 'One two ' })
    model.fault = 'none'
    expect((await say('Again')).status).toBe(201)
  })
})

test('one answer at a time is written', async () => {
  const { say } = await talk()
  model.fault = 'silence in the middle'
  model.turns = [{ text: 'a b c' }]
  const both = await Promise.all([say('One'), say('Two')])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
})

test('without a model prompts work, and a message is a clear 409', async () => {
  const w = await world()
  const prompt = good(await w.berlin.post('/ai/prompts', { content: 'What is late?' }))
  expect((await w.berlin.patch(`/ai/prompts/${prompt.id}`, { content: 'What is open?' })).status).toBe(204)
  expect(good(await w.berlin.get('/ai/prompts')).data).toMatchObject([{ id: prompt.id, content: 'What is open?' }])
  const { id } = good(await w.berlin.post('/ai/conversations'))
  expect(no(await w.berlin.post(`/ai/conversations/${id}/messages`, { text_prompt: 'Hello' }))).toEqual([
    409,
    'There is no assistant here: ASSISTANT_URL and ASSISTANT_MODEL name a model',
  ])
  expect((await w.berlin.delete(`/ai/prompts/${prompt.id}`)).status).toBe(204)
  expect((await w.berlin.get(`/ai/prompts/${prompt.id}`)).status).toBe(404)
})

test('what a user keeps and says is theirs alone', async () => {
  const { w, id, say, kept } = await talk()
  await say('Secret')
  const message = (await kept()).at(-1)!
  const prompt = good(await w.berlin.post('/ai/prompts', { content: 'Mine' }))
  const colleague = await w.newUser(w.berlin.entityId!)
  for (const other of [colleague, w.paris]) {
    expect(good(await other.get('/ai/prompts')).data).toEqual([])
    expect(good(await other.get('/ai/conversations')).data).toEqual([])
    expect((await other.get(`/ai/conversations/${id}`)).status).toBe(404)
    expect((await other.patch(`/ai/prompts/${prompt.id}`, { content: 'x' })).status).toBe(404)
    expect((await other.post('/ai/message_feedbacks', { action: 'like', message_id: message.id })).status).toBe(404)
    expect(
      (await (await there(other)).post(`/ai/conversations/${id}/messages`, { text_prompt: 'x' }, { beyond: true })).status,
    ).toBe(404)
  }
  expect((await w.berlin.post('/ai/message_feedbacks', { action: 'like', message_id: message.id })).status).toBe(204)
  expect((await w.berlin.post('/ai/message_feedbacks/commentary', { comment: 'Good', message_id: message.id })).status).toBe(204)
  expect((await w.partner.get('/ai/prompts', { headers: { 'x-monite-entity-id': w.berlin.entityId! } })).status).toBe(403)
})
