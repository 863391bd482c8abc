import type { Static } from 'typebox'
import { badRequest, invalidAt } from '../../../core/refusal.ts'
import { rows } from '../../../platform/database/rows.ts'
import { metadataJson, refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { tagTable } from '../tags/tags.service.ts'
import {
  ProjectCreateRequest,
  ProjectPaginationResponse,
  ProjectResource,
  ProjectUpdateRequest,
  projectFilters,
} from './projects.schema.ts'
import { projectTable } from './projects.service.ts'

const list = listing(projectTable, { filters: projectFilters, sort: ['id', 'created_at'] })

export const projects: Routes = async (app) => {
  app.get(
    '/projects',
    operation({
      summary: 'Get all projects for entity',
      may: 'project:read',
      query: list.query,
      ok: { 200: ProjectPaginationResponse },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/projects',
    operation({ summary: 'Create a project', may: 'project:create', body: ProjectCreateRequest, ok: { 201: ProjectResource } }),
    async ({ ctx, body }) => {
      checkDates(body)
      const columns = columnsOf(body)
      await rows.require(ctx, tagTable, body.tag_ids ?? [], badRequest)
      return rows.create(ctx, projectTable, { ...columns, created_by_entity_user_id: ctx.userId })
    },
  )

  app.get(
    '/projects/:project_id',
    operation({ summary: 'Get a project by ID', may: 'project:read', ok: { 200: ProjectResource } }),
    ({ ctx, params }) => rows.find(ctx, projectTable, params.project_id),
  )

  app.patch(
    '/projects/:project_id',
    operation({ summary: 'Update a project', may: 'project:update', body: ProjectUpdateRequest, ok: { 200: ProjectResource } }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['name'], ['body'])
      const columns = columnsOf(body)
      const before = await rows.lock(ctx, projectTable, params.project_id)
      checkDates({ ...before, ...body })
      await rows.require(ctx, tagTable, body.tag_ids ?? [])
      return rows.change(ctx, projectTable, params.project_id, columns)
    },
  )

  app.delete(
    '/projects/:project_id',
    operation({ summary: 'Delete a project', may: 'project:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, projectTable, params.project_id),
  )
}

type Change = Static<typeof ProjectUpdateRequest>

function columnsOf<Sent extends Change>({ parent_id: _unused, tag_ids, partner_metadata, ...fields }: Sent) {
  return {
    ...fields,
    tag_ids: tag_ids === undefined ? undefined : [...new Set(tag_ids)],
    partner_metadata: partner_metadata && metadataJson(partner_metadata, ['body', 'partner_metadata']),
  }
}

function checkDates({ start_date, end_date }: Pick<Change, 'start_date' | 'end_date'>): void {
  if (start_date && end_date && end_date < start_date)
    throw invalidAt(['body', 'end_date'], 'A project does not end before it starts')
}
