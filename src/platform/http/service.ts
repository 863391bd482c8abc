import { monitorEventLoopDelay } from 'node:perf_hooks'
import { link } from '../files/links.ts'
import { backlog } from '../jobs/backlog.ts'
import { sendPage } from '../pages/sheet.ts'
import { landingPage } from './landing-page.ts'
import type { Routes } from './operation.ts'
import { API_VERSION } from './versions.ts'

const open = { config: { open: true } as never }
const READY_MS = 1_000
const RESOLUTION_MS = 50

/** What isn't the product's API: where it begins, and its health. */
export const service: Routes = async (app) => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  app.addHook('onClose', async () => delay.disable())

  // Programs get where to go on, people a page that leads there.
  app.get('/', open, async (request, reply) => {
    reply.header('vary', 'accept')
    if (request.headers.accept?.includes('text/html')) return sendPage(reply, landingPage(API_VERSION))
    return {
      name: 'Quittance',
      api_version: API_VERSION,
      api: link('/v1'),
      docs: link('/docs'),
      openapi: link('/openapi.json'),
    } as never
  })

  // Asked often, by whoever keeps the server running, and answered from memory.
  app.get(
    '/healthz',
    { config: { open: 'uncounted' } as never },
    async () => ({ status: 'ok', event_loop_delay_ms: Math.max(0, Math.round(delay.mean / 1e6 - RESOLUTION_MS)) }) as never,
  )

  app.get('/readyz', open, async (_request, reply) => {
    const { health } = app.machinery
    const limit = new Promise<never>((_, refuse) =>
      setTimeout(() => refuse(new Error(`The database did not answer within ${READY_MS} ms`)), READY_MS).unref(),
    )
    try {
      const kinds = await Promise.race([backlog(health), limit])
      const jobs = Object.fromEntries(
        kinds.map(({ kind, oldest_s, ...counts }) => [kind, { ...counts, oldest_s: Math.round(oldest_s) }]),
      )
      return {
        status: 'ready',
        oldest_job_waits_s: Math.max(0, ...kinds.map(({ oldest_s }) => Math.round(oldest_s))),
        dead_jobs: kinds.reduce((sum, { dead }) => sum + dead, 0),
        jobs,
      } as never
    } catch (error) {
      return reply.code(503).send({ status: 'not ready', reason: (error as Error).message } as never)
    }
  })
}
