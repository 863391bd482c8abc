import { AsyncLocalStorage } from 'node:async_hooks'
import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/**
 * Traces: which work belongs to which request, over processes. The name of the trace comes with a request (`traceparent`, W3C Trace Context),
 * goes into the jobs that it causes, and on to receivers of webhooks. Spans are told to whatever SDK the operator loaded; without one nothing is
 * made, and the name is carried all the same.
 */

const tracer = trace.getTracer('quittance')
const carried = new AsyncLocalStorage<string | null>()

/** Version 00; ids that are all zeros name nothing. */
const W3C = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The name in a header; null for none, and for what names nothing. */
export const traceIn = (header: unknown): string | null => (typeof header === 'string' && W3C.test(header) ? header : null)

/** The name to hand on: of the span that is open, where an SDK makes spans, else the one that came. */
export function traceNow(): string | null {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return traceIn(carrier.traceparent) ?? carried.getStore() ?? null
}

/** Runs `work` as part of a trace, or of none. */
export function inTrace<T>(name: string | null, work: () => T): T {
  const from = name === null ? context.active() : propagation.extract(context.active(), { traceparent: name })
  return carried.run(name, () => context.with(from, work))
}

/** Runs `work` under a span of its own. */
export const spanned = <T>(name: string, attributes: Attributes, work: () => Promise<T>, kind = SpanKind.INTERNAL): Promise<T> =>
  tracer.startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
      throw error
    } finally {
      span.end()
    }
  })
