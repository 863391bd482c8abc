import { createHmac } from 'node:crypto'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { house } from '../../../test/support/world.ts'
import { createApp } from './app.ts'
import { operation } from './operation.ts'

test('an operation that declares `raw` sees the bytes that were sent; others do not keep them', async () => {
  const { machinery } = await house()
  const answer = Type.Object({ signed: Type.Union([Type.String(), Type.Null()]) })
  const declared = { summary: 'News', may: 'anyone', entity: 'none', transaction: 'manual', ok: { 200: answer } } as const
  const sign = (bytes: Buffer | null) => ({ signed: bytes && createHmac('sha256', 'secret').update(bytes).digest('hex') })
  const app = createApp(machinery, [
    async (routes) => {
      routes.post('/raw', operation({ ...declared, raw: true }), async ({ bytes }) => sign(bytes))
      routes.post('/plain', operation({ ...declared }), async ({ bytes }) => sign(bytes))
    },
  ])
  const payload = '{ "a" : 1.0,\n"é":"\\u00e9" }'
  const ask = async (url: string) =>
    (await app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } })).json()
  expect(await ask('/raw')).toEqual(sign(Buffer.from(payload)))
  expect(await ask('/plain')).toEqual({ signed: null })
  await app.close()
})
