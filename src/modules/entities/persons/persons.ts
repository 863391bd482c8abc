import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { OptionalPersonRequest, PersonRequest, PersonResponse, PersonsResponse } from './persons.schema.ts'
import { addPerson, changePerson, personTable } from './persons.service.ts'

const list = listing(personTable, { filters: {}, sort: [] })

export const persons: Routes = async (app) => {
  app.get(
    '/persons',
    operation({ summary: 'Get all persons', may: 'person:read', ok: { 200: PersonsResponse } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/persons',
    operation({
      summary: 'Create a person',
      may: 'person:create',
      body: PersonRequest,
      ok: { 200: PersonResponse },
      refuses: [400],
    }),
    ({ ctx, body }) => addPerson(ctx, body),
  )

  app.get(
    '/persons/:person_id',
    operation({ summary: 'Get a person', may: 'person:read', ok: { 200: PersonResponse } }),
    ({ ctx, params }) => rows.find(ctx, personTable, params.person_id),
  )

  app.patch(
    '/persons/:person_id',
    operation({
      summary: 'Update a person',
      may: 'person:update',
      body: OptionalPersonRequest,
      ok: { 200: PersonResponse },
      refuses: [400],
    }),
    ({ ctx, params, body }) => changePerson(ctx, params.person_id, body),
  )

  app.delete(
    '/persons/:person_id',
    operation({ summary: 'Delete a person', may: 'person:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, personTable, params.person_id),
  )
}
