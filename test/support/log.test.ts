import type { TestError } from 'vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownHouse } from '../concurrency/own-house.ts'
import type { Owner } from '../isolation/resources.ts'
import { explain, forgetErrors, loggedErrors } from './log.ts'

/** A test that fails says what the server logged; a test that expects an error of the server, and passes, says nothing. */

let house: Awaited<ReturnType<typeof ownHouse>>
let owner: Owner
beforeAll(async () => {
  house = await ownHouse()
  owner = await house.owner()
  await house.sql('alter table projects rename to vanished')
})
afterAll(() => house.close())

const ask = (path: string) =>
  house.app.inject({ url: path, headers: { authorization: `Bearer ${owner.user.token}`, 'x-monite-entity-id': owner.entityId } })

test('an answer of 500 is thrown with the cause that the server logged for this request, and its stack', async () => {
  await ask('/projects?limit=7')
  const error = await owner.user.get('/projects').then(
    () => null,
    (error: Error) => error,
  )
  expect(error?.message).toMatch(
    /^GET \/projects answered 500: \{"error":\{"message":"Internal server error","code":"internal","doc_url":"[^"]+"\}\}\n {2}caused by: /,
  )
  expect(error?.message).toContain('relation "projects" does not exist')
  expect(error?.message).toMatch(/\n\s+at .*src\/platform\//)
  expect(error?.message.match(/caused by: /g)).toHaveLength(1)
})

test('a test that asks past the client is told the cause as well, once', async () => {
  const { statusCode } = await ask('/projects')
  expect(statusCode).toBe(500)
  const error: TestError = { message: 'expected 500 to be 200' }
  explain([error])
  explain([error])
  expect(error.message).toMatch(
    /^expected 500 to be 200\n {2}meanwhile the server logged: request failed: .*relation "projects" does not exist/,
  )
  expect(error.message.match(/the server logged/g)).toHaveLength(1)
})

test('a new test knows nothing of the errors before it', async () => {
  expect(loggedErrors()).toEqual([])
  await ask('/projects')
  expect(loggedErrors()).toHaveLength(1)
  forgetErrors()
  const error: TestError = { message: 'expected 1 to be 2' }
  explain([error])
  expect(error.message).toBe('expected 1 to be 2')
})

test('what the caller did wrong is no cause', async () => {
  expect((await ask('/tags?limit=many')).statusCode).toBe(422)
  expect(loggedErrors()).toEqual([])
})
