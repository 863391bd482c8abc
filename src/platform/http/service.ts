import { monitorEventLoopDelay } from 'node:perf_hooks'
import { asSystem } from '../database/context.ts'
import { documentOf } from './openapi.ts'
import type { App, Routes } from './operation.ts'
import { referencePage } from './reference-page.ts'

const open = { config: { open: true } as never }
const READY_MS = 1_000
const RESOLUTION_MS = 50

/** What isn't the product's API: health, and the description of the API itself. */
export const service: Routes = async (app) => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  app.addHook('onClose', async () => delay.disable())

  app.get(
    '/healthz',
    open,
    async () => ({ status: 'ok', event_loop_delay_ms: Math.max(0, Math.round(delay.mean / 1e6 - RESOLUTION_MS)) }) as never,
  )

  app.get('/readyz', open, async (_request, reply) => {
    const { health } = app.machinery
    const limit = new Promise<never>((_, refuse) =>
      setTimeout(() => refuse(new Error(`The database did not answer within ${READY_MS} ms`)), READY_MS).unref(),
    )
    try {
      const [state] = await Promise.race([
        asSystem(health, (ctx) =>
          ctx.db.query<{ waiting_s: number; dead: number }>(
            `select coalesce(extract(epoch from now() - min(run_at) filter (where not dead and run_at < now())), 0)::float as waiting_s, count(*) filter (where dead)::int as dead from jobs`,
          ),
        ),
        limit,
      ])
      return { status: 'ready', oldest_job_waits_s: Math.round(state!.waiting_s), dead_jobs: state!.dead } as never
    } catch (error) {
      return reply.code(503).send({ status: 'not ready', reason: (error as Error).message } as never)
    }
  })

  let document: string | undefined
  app.get('/openapi.json', open, async (_request, reply) => {
    document ??= JSON.stringify(documentOf(app as App))
    return reply.type('application/json; charset=utf-8').send(document as never)
  })

  app.get('/docs', open, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:",
      )
      .send(referencePage as never),
  )
}
