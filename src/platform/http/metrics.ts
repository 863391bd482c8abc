import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Db } from '../database/context.ts'
import { type Figure, hear } from '../figures.ts'
import { type Backlog, backlog } from '../jobs/backlog.ts'

/** The database is asked about its jobs at most this often, however often somebody looks. */
const LOOK_MS = 5_000
/** The page of figures is written at most this often. */
const PAGE_MS = 1_000

/** Figures for Prometheus: durations by operation, what waits and what was done of each kind of job, the state of the pool, and Node's own. */
export function createMetrics({ pool }: Db, health: Db) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by operation',
    labelNames: ['operation', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const errors = new Counter({
    name: 'http_server_errors_total',
    help: 'Answers with a status of 500 or more',
    registers: [registry],
  })
  new Gauge({
    name: 'database_connections',
    help: 'Connections of the pool, by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'waited_for' }, pool.waitingCount)
    },
  })
  watchJobs(registry, health)
  const ends = [
    durations(
      registry,
      'job',
      'job_duration_seconds',
      'kind',
      'Time of a job, by kind and outcome (again: it has to be repeated)',
    ),
    durations(registry, 'pdf', 'pdf_duration_seconds', 'template', 'Time to set a page document'),
    durations(registry, 'reading', 'reading_duration_seconds', 'way', 'Time to read a bill or receipt, by how it was read'),
    durations(
      registry,
      'webhook',
      'webhook_duration_seconds',
      'status',
      'Time of a request to an endpoint, by the status it answered',
    ),
  ]
  let page: { text: Promise<string>; at: number } | undefined
  return {
    close() {
      for (const end of ends) end()
    },
    contentType: registry.contentType,
    text() {
      if (!page || performance.now() - page.at > PAGE_MS) page = { text: registry.metrics(), at: performance.now() }
      return page.text
    },
    observe(operation: string, method: string, status: number, ms: number) {
      seconds.observe({ operation, method, status }, ms / 1000)
      if (status >= 500) errors.inc()
    },
  }
}

function durations(registry: Registry, figure: Figure, name: string, label: string, help: string): () => void {
  const seconds = new Histogram({
    name,
    help,
    labelNames: [label, 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  return hear(figure, ({ what, outcome, ms }) => seconds.observe({ [label]: what, outcome }, ms / 1000))
}

/** What waits of each kind. A database that does not answer leaves the figures out, and the rest of the page stands. */
function watchJobs(registry: Registry, health: Db): void {
  let looked = Number.NEGATIVE_INFINITY
  let known: Promise<readonly Backlog[]> = Promise.resolve([])
  const look = () => {
    if (performance.now() - looked > LOOK_MS) {
      looked = performance.now()
      known = backlog(health).catch(() => [])
    }
    return known
  }
  const gauges = {
    due: ['jobs_due', 'Jobs that could be done now'],
    oldest_s: ['jobs_oldest_due_seconds', 'Seconds that the oldest due job has waited'],
    later: ['jobs_later', 'Jobs that wait for their time, such as retries of webhooks and mails'],
    dead: ['jobs_dead', 'Jobs that failed for good and wait for people'],
  } as const
  for (const [field, [name, help]] of Object.entries(gauges) as [keyof typeof gauges, readonly [string, string]][])
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      async collect() {
        const kinds = await look()
        this.reset()
        for (const one of kinds) this.set({ kind: one.kind }, one[field])
      },
    })
}
