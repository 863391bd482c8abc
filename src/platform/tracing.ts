import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  context,
  ProxyTracerProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/**
 * Traces: which work belongs to which request, over processes. The name of the trace comes with a request (`traceparent`, W3C Trace Context),
 * goes into the jobs that it causes, and on to receivers of webhooks. Spans go to whatever SDK the operator loaded; without one nothing is
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

/** Whether somebody loaded an SDK, so that spans are heard of. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider()
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('quittance') !== undefined
}

/** Whether there is a span to be a part of: what the machinery asks of itself all the time is none of its own. */
export const isUnderSpan = (): boolean => isTraced() && trace.getActiveSpan() !== undefined

/** Runs `work` under a span of its own; where nobody hears of spans it just runs. */
export const spanned = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  isTraced() ? underSpan(name, attributes, work) : work()

const underSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  tracer.startActiveSpan(name, { attributes, kind: SpanKind.INTERNAL }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
      throw error
    } finally {
      span.end()
    }
  })

/**
 * Runs `next` under the span of a request, which is a part of the trace that the request names; `request.end` ends it. Where the
 * instrumentation of HTTP is loaded as well, its span is the one above.
 */
export function requestSpanned(method: string, name: string | null, next: () => void): RequestSpan {
  const above =
    trace.getActiveSpan() || name === null ? context.active() : propagation.extract(context.active(), { traceparent: name })
  const kind = trace.getActiveSpan() ? SpanKind.INTERNAL : SpanKind.SERVER
  const span = tracer.startSpan(method, { kind, attributes: { 'http.request.method': method } }, above)
  carried.run(name, () => context.with(trace.setSpan(above, span), next))
  return { end: (attributes) => endRequest(span, method, attributes) }
}

export interface RequestSpan {
  end(attributes: RequestAttributes): void
}

/** What is known of a request once it is answered; no status for one that was broken off. */
interface RequestAttributes {
  readonly route: string | undefined
  readonly operation: string | undefined
  readonly status?: number
  readonly partner: string | undefined
  readonly entity: string | undefined
}

function endRequest(span: Span, method: string, { route, operation, status, partner, entity }: RequestAttributes): void {
  if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route)
  if (operation !== undefined) span.setAttribute('quittance.operation', operation)
  if (partner !== undefined) span.setAttribute('quittance.partner', partner)
  if (entity !== undefined) span.setAttribute('quittance.entity', entity)
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (status === undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: 'The request was broken off' })
  else if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
