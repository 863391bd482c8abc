import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../core/refusal.ts'
import { statusOfRefusal } from '../http/errors.ts'
import type { Routes } from '../http/operation.ts'
import { takeForms } from './form.ts'
import { type Page, sendPage } from './sheet.ts'

/** The settings of a route that whoever has the link may open; requests are counted by address. */
export const open = { config: { open: true as const } }

/** Routes with forms and errors that people can read, which need a scope of their own. */
export const pageRoutes =
  (routes: (app: FastifyInstance) => Promise<void>): Routes =>
  async (app) =>
    void (await app.register(routes))

/**
 * Makes the operations of this scope ones whose answers people read: they take forms, and what goes wrong is said on a page that `draw`
 * makes. `name` stands in the log, where a fault of ours is told with its cause.
 */
export function servePages(
  app: FastifyInstance,
  name: string,
  draw: (request: FastifyRequest, status: number, error: Error) => Page,
): void {
  takeForms(app)
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error instanceof Refusal ? statusOfRefusal(error) : (error.statusCode ?? 500)
    if (status >= 500) request.log.error({ err: error, request_id: request.id }, `${name} failed`)
    return sendPage(reply.code(status), draw(request, status, error))
  })
}
