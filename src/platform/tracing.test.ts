import type { IncomingHttpHeaders } from 'node:http'
import { expect, test } from 'vitest'
import { serve } from '../../test/support/file-server.ts'
import { good } from '../../test/support/invoicing.ts'
import { world } from '../../test/support/world.ts'
import { inTrace, traceIn, traceNow } from './tracing.ts'

const NAME = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('the trace of a request goes into the jobs that it causes, those that these cause, and on to whoever hears of it', async () => {
  const heard: IncomingHttpHeaders[] = []
  const url = await serve((request, response) => {
    heard.push(request.headers)
    response.end()
  })
  const w = await world()
  good(await w.partner.post('/webhook_subscriptions', { object_type: 'counterpart', url }))
  const body = {
    type: 'organization',
    organization: {
      legal_name: 'Acme GmbH',
      is_vendor: true,
      is_customer: true,
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
    },
  }
  good(await w.berlin.post('/counterparts', body, { headers: { traceparent: NAME } }))
  const waiting = await w.sql<{ trace: string | null }>(`select trace from jobs where entity_id = $1`, [w.berlin.entityId])
  expect(waiting.map(({ trace }) => trace)).toEqual([NAME])
  await w.work()
  good(await w.berlin.post('/counterparts', body))
  good(await w.berlin.post('/counterparts', body, { headers: { traceparent: 'not a trace' } }))
  await w.work()
  expect(heard.map(({ traceparent }) => traceparent).sort()).toEqual([NAME, undefined, undefined])
})

test.each([
  [NAME, NAME],
  ['', null],
  [undefined, null],
  [`${NAME}-more`, null],
  [NAME.toUpperCase(), null],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, null],
  [`00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`, null],
])('%j names %j', (header, name) => {
  expect(traceIn(header)).toBe(name)
})

test('one trace does not run into another', async () => {
  const other = NAME.replace('4bf9', '5bf9')
  const [one, two, none] = await Promise.all([
    inTrace(NAME, async () => traceNow()),
    inTrace(other, async () => traceNow()),
    inTrace(null, async () => traceNow()),
  ])
  expect([one, two, none]).toEqual([NAME, other, null])
  expect(traceNow()).toBeNull()
})
