import { expect, test } from 'vitest'
import { offered } from '../isolation/resources.ts'
import { pictureBomb } from '../support/pictures.ts'
import { doors, repeated } from './doors.ts'

/** The same for what is neither JSON nor a file: the pages that customers open, addresses, headers. */

const { own, berlin, hold } = await doors()

test('forms that customers fill in', { timeout: 60_000 }, async () => {
  const id = await offered(berlin, 'door')
  const [quote] = await own.sql<{ page_key: string }>('select page_key from receivables where id = $1', [id])
  const drawn = `full_name=A&email=a%40example.com&kind=drawn&signature_image=`
  const bodies = [
    repeated('a=1&', 640_000),
    repeated('&', 640_000),
    repeated('%', 640_000),
    `full_name=${repeated('%C2%A0', 600_000)}x`,
    `email=${repeated('a@', 600_000)}&full_name=A`,
    `email=${repeated('a.', 600_000)}&full_name=A`,
    `${drawn}${repeated('=', 600_000)}`,
    `${drawn}${encodeURIComponent(pictureBomb().toString('base64'))}`,
    `comment=${repeated('%0A+', 600_000)}x`,
  ]
  for (const action of ['accept', 'decline'])
    for (const payload of bodies)
      await hold(`a form to ${action}: ${payload.slice(0, 30)}…`, {
        method: 'POST',
        url: `/view/${quote!.page_key}/${action}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload,
      })
})

test.each([
  ['slashes', `/${repeated('/', 15_000)}`],
  ['a long name', `/${repeated('a', 15_000)}`],
  ['dots', `/nothing/${repeated('..%2F', 12_000)}`],
  ['escapes', `/${repeated('%2F', 15_000)}`],
  ['broken escapes', `/${repeated('%', 15_000)}`],
  ['a key of a page', `/view/${repeated('a', 15_000)}`],
  ['a key of a file', `/f/${repeated('a/', 15_000)}`],
])('an address of %s', async (name, url) => {
  expect(await hold(name, { url })).toBeGreaterThanOrEqual(400)
})

test.each([
  'authorization',
  'x-monite-version',
  'x-monite-entity-id',
  'idempotency-key',
  'accept-language',
  'content-type',
  'cookie',
  'x-forwarded-for',
  'origin',
  'accept',
])('a header that is as long as it may be: %s', async (name) => {
  for (const piece of ['a', ' ', ',', 'bearer ', 'en-', 'a;q=1,', '"', '=;'])
    for (const url of ['/tags', '/view/nothing'])
      await hold(`${name}: ${piece}`, { method: 'POST', url, headers: { [name]: `x${repeated(piece, 15_000)}x` }, payload: '{}' })
})

test.each(['/metrics', '/openapi.json', '/docs', '/readyz'])('%s', async (url) => {
  expect(await hold(url, { url })).toBe(200)
})
