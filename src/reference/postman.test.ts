import { expect, test } from 'vitest'
import { type Body, house, world } from '../../test/support/world.ts'
import type { PostmanCollection } from './postman.ts'

/** The collection is read as Postman reads it, and some of it is sent. */

const { app } = await house()
const collection = JSON.parse((await app.inject({ url: '/postman.json' })).body) as PostmanCollection
const items = collection.item.flatMap(({ item }) => item)

test('every operation is a request of the collection', () => {
  expect(items.map(({ request: { method, url } }) => `${method} /${url.path.join('/')}`).sort()).toEqual(
    app.operations.map(({ method, url }) => `${method} ${url}`).sort(),
  )
  for (const { name, request } of items) {
    expect(name).not.toBe('')
    expect(request.url.raw.startsWith(`{{base_url}}/${request.url.path.join('/')}`)).toBe(true)
    // Each variable of the path is declared, and each that is declared is in the path.
    const inPath = request.url.path.filter((part) => part.startsWith(':')).map((part) => part.slice(1))
    expect((request.url.variable ?? []).map(({ key }) => key).sort()).toEqual(inPath.sort())
  }
})

test('variables are declared, and nothing else has to be filled in', () => {
  const known = new Set(collection.variable.map(({ key }) => key))
  const used = new Set([...JSON.stringify(collection).matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name))
  // A text of a template has braces of its own: Postman leaves what it does not know.
  expect([...used].filter((name) => !known.has(name))).toEqual(['document_number'])
  expect([...known].filter((name) => !used.has(name))).toEqual([])
})

test('from a token to a counterpart, with its own variables', async () => {
  const { client_id, client_secret } = await world()
  const variables: Record<string, string> = {
    ...Object.fromEntries(collection.variable.map(({ key, value }) => [key, value])),
    client_id,
    client_secret,
    base_url: '/v1',
  }
  const filled = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? '')

  async function send(name: string): Promise<Body> {
    const { request, event } = items.find((one) => one.name === name)!
    const { raw } = (request.body ?? {}) as { raw?: string }
    const answer = await app.inject({
      method: request.method as 'GET',
      url: filled(request.url.raw),
      headers: {
        ...Object.fromEntries(request.header.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, filled(value)])),
        ...(request.auth === undefined && { authorization: `Bearer ${variables.token}` }),
        ...(raw && { 'content-type': 'application/json' }),
      },
      ...(raw && { payload: filled(raw) }),
    })
    expect(answer.statusCode, `${name}: ${answer.body}`).toBeLessThan(300)
    const body = JSON.parse(answer.body) as Body
    // What the script of the request keeps.
    const script = JSON.stringify(event ?? '')
    const [, variable, field] = /set\('(\w+)', pm\.response\.json\(\)\.(\w+)\)/.exec(script) ?? []
    if (variable && field) variables[variable] = body[field]
    return body
  }

  const nameOf = (method: string, path: string) =>
    items.find(({ request }) => request.method === method && `/${request.url.path.join('/')}` === path)!.name
  await send(nameOf('POST', '/auth/token'))
  const entity = await send(nameOf('POST', '/entities'))
  expect(variables.entity_id).toBe(entity.id)
  const made = await send(nameOf('POST', '/counterparts'))
  expect((await send(nameOf('GET', '/counterparts'))).data).toMatchObject([{ id: made.id }])
})
