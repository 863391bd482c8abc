import type { Static } from 'typebox'
import { conflict, invalid } from '../../../core/refusal.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { byId, nothing } from '../../../platform/http/types.ts'
import { refuseNull } from '../entities/entities.service.ts'
import { OptionalPersonRequest, PersonRequest, PersonResponse, PersonsResponse } from './persons.schema.ts'

/** Numbers that identify people are shown to those who may read persons, and told to nobody else: events carry no content. */
const personTable = table('persons', PersonResponse, {
  noun: 'Person',
  object: 'person',
  computed: {
    relationship: `json_build_object('director', t.director, 'executive', t.executive, 'owner', t.owner,
      'percent_ownership', t.percent_ownership, 'representative', t.representative, 'title', t.title)`,
  },
  clashes: { persons_representative: conflict('The entity already has a representative') },
})

const params = byId('person_id')
const list = listing(personTable, { filters: {}, sort: [] })

export const persons: Routes = async (app) => {
  app.get(
    '/persons',
    operation({ id: 'get_persons', summary: 'Get all persons', may: 'person:read', ok: { 200: PersonsResponse } }),
    async ({ ctx }) => ({ data: await list.all(ctx) }),
  )

  app.post(
    '/persons',
    operation({
      id: 'post_persons',
      summary: 'Create a person',
      may: 'person:create',
      body: PersonRequest,
      ok: { 200: PersonResponse },
    }),
    ({ ctx, body }) => rows.create(ctx, personTable, { ...columnsOf(body, null), created_by_entity_user_id: ctx.userId }),
  )

  app.get(
    '/persons/:person_id',
    operation({ id: 'get_persons_id', summary: 'Get a person', may: 'person:read', params, ok: { 200: PersonResponse } }),
    ({ ctx, params }) => rows.find(ctx, personTable, params.person_id),
  )

  app.patch(
    '/persons/:person_id',
    operation({
      id: 'patch_persons_id',
      summary: 'Update a person',
      may: 'person:update',
      params,
      body: OptionalPersonRequest,
      ok: { 200: PersonResponse },
    }),
    async ({ ctx, params, body }) => {
      refuseNull(body, ['email', 'first_name', 'last_name', 'relationship'], ['body'])
      const { address } = await rows.lock(ctx, personTable, params.person_id)
      return rows.change(ctx, personTable, params.person_id, columnsOf(body, address))
    },
  )

  app.delete(
    '/persons/:person_id',
    operation({ id: 'delete_persons_id', summary: 'Delete a person', may: 'person:delete', params, ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, personTable, params.person_id),
  )
}

type Change = Static<typeof OptionalPersonRequest>
type Address = Static<typeof PersonResponse>['address']

/** Columns of what was sent; what isn't said about the relationship or the address stays. */
function columnsOf({ relationship, address, ...fields }: Change, before: Address) {
  const { director, executive, owner, representative, ...rest } = relationship ?? {}
  const flags = Object.entries({ director, executive, owner, representative }).map(([role, is]) => [
    role,
    is === null ? false : is,
  ])
  return { ...fields, ...rest, ...Object.fromEntries(flags), address: address && json(whole(address, before)) }
}

/** The address with a change laid over it. Refuses (`invalid`) one that lacks its place afterwards. */
function whole(change: NonNullable<Change['address']>, before: Address) {
  const loc = ['body', 'address']
  const needed = ['city', 'country', 'line1', 'postal_code'] as const
  refuseNull(change, needed, loc)
  const address = { line2: null, state: null, ...before, ...change }
  const missing = needed.filter((field) => address[field] === undefined)
  if (missing.length > 0)
    throw invalid(missing.map((field) => ({ loc: [...loc, field], msg: 'Field required', type: 'missing' })))
  return address
}
