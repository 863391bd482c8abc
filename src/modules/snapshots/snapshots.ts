import type { FastifyRequest } from 'fastify'
import { notFound } from '../../core/refusal.ts'
import { onceBegun } from '../../platform/database/begun.ts'
import type { Who } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { nothing } from '../../platform/http/types.ts'
import { fork } from './fork.service.ts'
import { Diff, diffQuery, Fork, ForkCreate, Restored, Snapshot, SnapshotCreate, Snapshots } from './snapshots.schema.ts'
import { diff, listSnapshots, removeSnapshot, restore, takeSnapshot } from './snapshots.service.ts'

const manual = { may: 'partner', transaction: 'manual' } as const

/** States of an entity of the sandbox: kept, compared, put back, and copied. */
export const snapshots: Routes = async (app) => {
  const whoIn = ({ access, headerEntity }: FastifyRequest): Who => {
    if (!access || !headerEntity) throw notFound('Entity not found')
    return { partnerId: access.partnerId, entityId: headerEntity, userId: null }
  }

  app.get(
    '/x/snapshots',
    operation({ summary: 'List the snapshots of an entity', may: 'partner', ok: { 200: Snapshots } }),
    async ({ ctx }) => ({ data: await listSnapshots(ctx) }),
  )

  app.post(
    '/x/snapshots',
    operation({
      summary: 'Take a snapshot of an entity',
      ...manual,
      body: SnapshotCreate,
      ok: { 201: Snapshot },
      refuses: [403, 409],
    }),
    (request) => takeSnapshot(app.machinery, whoIn(request), request.body.name, (work) => request.open(work)),
  )

  app.delete(
    '/x/snapshots/:snapshot_id',
    operation({ summary: 'Delete a snapshot', may: 'partner', ok: { 204: nothing } }),
    async ({ ctx, params }) => {
      await removeSnapshot(ctx, params.snapshot_id)
      return null
    },
  )

  app.get(
    '/x/snapshots/:snapshot_id/diff',
    operation({
      summary: 'Compare a snapshot with the present, or with another one',
      ...manual,
      query: diffQuery,
      names: { 'query.with': null },
      ok: { 200: Diff },
      refuses: [403, 409],
    }),
    (request) => diff(app.machinery, whoIn(request), request.params.snapshot_id, request.query.with),
  )

  // The work has transactions of its own; that of the request is there for its Idempotency-Key.
  app.post(
    '/x/snapshots/:snapshot_id/restore',
    operation({ summary: 'Put an entity back to a snapshot', ...manual, ok: { 200: Restored }, refuses: [403, 409] }),
    (request) =>
      request.open(async (ctx) => {
        const { snapshot_id } = request.params
        const row_count = await restore(app.machinery, whoIn(request), snapshot_id)
        return { entity_id: ctx.entityId, snapshot_id, row_count }
      }),
  )

  app.post(
    '/x/forks',
    operation({ summary: 'Copy an entity into a new one', ...manual, body: ForkCreate, ok: { 201: Fork }, refuses: [403, 409] }),
    (request) => request.open(onceBegun(() => fork(app.machinery, whoIn(request), request.body.snapshot_id ?? null))),
  )
}
