import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  trace,
} from '@opentelemetry/api'
import { afterAll, expect, test } from 'vitest'
import { good, issued, ready } from '../../test/support/invoicing.ts'
import { ownApp } from '../../test/support/own-app.ts'
import { world } from '../../test/support/world.ts'
import { paths } from './paths.ts'
import { readFile } from './reading/reading.ts'
import { isTraced } from './tracing.ts'

/** What an SDK would hear: a small one that keeps every span. docs/production.md shows the real one. */

interface Kept {
  name: string
  readonly id: string
  readonly above: string | undefined
  readonly attributes: Attributes
  status: SpanStatus
  ended: number
}
const kept: Kept[] = []

const storage = new AsyncLocalStorage<Context>()
const manager: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (active, work, self, ...args) => storage.run(active, () => work.apply(self as never, args)),
  bind: (_active, target) => target,
  enable: () => manager,
  disable: () => manager,
}

function startSpan(name: string, options: SpanOptions = {}, from: Context = context.active()): Span {
  const id = String(kept.length + 1).padStart(16, '0')
  const above = trace.getSpanContext(from)
  const one: Kept = { name, id, above: above?.spanId, attributes: { ...options.attributes }, status: { code: 0 }, ended: 0 }
  kept.push(one)
  const spanContext: SpanContext = { traceId: above?.traceId ?? '4bf92f3577b34da6a3ce929d0e0e4736', spanId: id, traceFlags: 1 }
  const span: Span = {
    spanContext: () => spanContext,
    setAttribute(key, value) {
      one.attributes[key] = value
      return span
    },
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus(status) {
      one.status = status
      return span
    },
    updateName(next) {
      one.name = next
      return span
    },
    end() {
      one.ended++
    },
    isRecording: () => true,
    recordException() {},
  }
  return span
}

const provider = {
  getTracer: () => ({
    startSpan,
    startActiveSpan(name: string, options: SpanOptions, work: (span: Span) => unknown) {
      const span = startSpan(name, options)
      return context.with(trace.setSpan(context.active(), span), () => work(span))
    },
  }),
}

afterAll(() => {
  trace.disable()
  context.disable()
})

test('the API is no newer than what SDKs bring along: they can not be heard by a newer one', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(devDependencies['@opentelemetry/api']).toMatch(/^1\.9\.\d+$/)
})

test('without an SDK there are no spans, and with one requests, transactions, pages and readings are heard', async () => {
  expect(isTraced()).toBe(false)
  const w = await world()
  const made = await ready(w.berlin)
  const invoice = await issued(w.berlin, made)
  expect(kept).toEqual([])

  context.setGlobalContextManager(manager)
  trace.setGlobalTracerProvider(provider as never)
  expect(isTraced()).toBe(true)
  const own = await ownApp({})
  try {
    const headers = { authorization: `Bearer ${w.berlin.token}`, 'content-type': 'application/json' }
    const ask = (method: 'GET' | 'POST', url: string, payload?: object) =>
      own.app.inject({ method, url, headers, ...(payload && { payload }) })
    const { statusCode } = await ask('POST', '/tags', { name: 'Traced' })
    expect(statusCode).toBe(201)
    await ask('GET', `/receivables/${crypto.randomUUID()}`)
    await ask('GET', '/nowhere')
    expect(good({ status: (await ask('GET', `/receivables/${invoice.id}`)).statusCode, body: {}, headers: {} })).toEqual({})
    await readFile(Buffer.from('no file'), 'application/pdf', { names: [], vat_ids: [], ids: [], ibans: [] })
  } finally {
    await own.close()
  }

  const named = (name: string) => kept.filter((span) => span.name === name)
  const [request] = named('POST /tags')
  expect(request).toMatchObject({
    above: undefined,
    ended: 1,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/tags',
      'http.response.status_code': 201,
      'quittance.operation': 'post_tags',
      'quittance.partner': w.partner_id,
      'quittance.entity': w.berlin.entityId,
    },
  })
  expect(named('transaction quittance_app').some(({ above }) => above === request?.id)).toBe(true)
  expect(named('GET /receivables/:receivable_id').map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
    404, 200,
  ])
  expect(named('reading')).toMatchObject([{ attributes: { 'file.type': 'application/pdf' } }])
  // A refusal ends its transaction with a fault, every span ends once.
  expect(kept.filter(({ ended }) => ended !== 1)).toEqual([])
})
