import type { Static } from 'typebox'
import { notFound } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { blankToNull, completeAddress } from '../addresses/addresses.service.ts'
import type { CounterpartKey } from '../counterparts.schema.ts'
import { inCounterpart, lockCounterpart } from '../counterparts.service.ts'
import {
  CounterpartContactResponse,
  CounterpartContactsResourceList,
  CreateCounterpartContactPayload,
  UpdateCounterpartContactPayload,
} from './contacts.schema.ts'

const contactTable = table('counterpart_contacts', CounterpartContactResponse, {
  noun: 'Contact',
  object: 'counterpart_contact_person',
})

const list = listing(contactTable, { filters: {}, sort: [] })

const CLEAR_DEFAULT = sql(
  `update counterpart_contacts set is_default = false, updated_at = app_now() where counterpart_id = :counterpart_id and is_default and deleted_at is null`,
)

export const contacts: Routes = async (app) => {
  app.get(
    '/counterparts/:counterpart_id/contacts',
    operation({ summary: "Get a counterpart's contacts", may: 'counterpart:read', ok: { 200: CounterpartContactsResourceList } }),
    async ({ ctx, params: { counterpart_id } }) => ({
      data: await inOrganization(ctx, counterpart_id, () =>
        list.all(ctx, {}, [{ sql: 't.counterpart_id = $', values: [counterpart_id] }]),
      ),
    }),
  )

  app.post(
    '/counterparts/:counterpart_id/contacts',
    operation({
      summary: 'Create a counterpart contact',
      may: 'counterpart:update',
      body: CreateCounterpartContactPayload,
      ok: { 200: CounterpartContactResponse },
    }),
    async ({ ctx, params: { counterpart_id }, body }) => {
      const columns = columnsOf(body)
      const { first_name, last_name } = body
      const address = completeAddress(body.address, ['body', 'address'])
      const first = () => oldest(ctx, counterpart_id)
      const [, before] = await lockCounterpart(ctx, counterpart_id, first, organizationOnly)
      return rows.create(ctx, contactTable, {
        ...columns,
        first_name,
        last_name,
        counterpart_id,
        address,
        is_default: before === null,
      })
    },
  )

  app.get(
    '/counterparts/:counterpart_id/contacts/:contact_id',
    operation({ summary: "Get a counterpart's contact", may: 'counterpart:read', ok: { 200: CounterpartContactResponse } }),
    ({ ctx, params: { counterpart_id, contact_id } }) =>
      inOrganization(ctx, counterpart_id, () => rows.find(ctx, contactTable, contact_id, { counterpart_id })),
  )

  app.patch(
    '/counterparts/:counterpart_id/contacts/:contact_id',
    operation({
      summary: "Update a counterpart's contact",
      may: 'counterpart:update',
      body: UpdateCounterpartContactPayload,
      ok: { 200: CounterpartContactResponse },
    }),
    ({ ctx, params: { counterpart_id, contact_id }, body }) => {
      refuseNull(body, ['address'], ['body'])
      const address = body.address ? completeAddress(body.address, ['body', 'address']) : undefined
      const columns = { ...columnsOf(body), address }
      return inOrganization(ctx, counterpart_id, () =>
        rows.change(ctx, contactTable, contact_id, columns, undefined, { parent: { counterpart_id } }),
      )
    },
  )

  app.delete(
    '/counterparts/:counterpart_id/contacts/:contact_id',
    operation({ summary: "Delete a counterpart's contact", may: 'counterpart:update', ok: { 204: nothing } }),
    async ({ ctx, params: { counterpart_id, contact_id } }) => {
      const contact = await lockContact(ctx, counterpart_id, contact_id)
      await rows.remove(ctx, contactTable, contact_id)
      // The oldest contact that is left takes the deleted one's place.
      const next = contact.is_default ? await oldest(ctx, counterpart_id) : null
      if (next) await rows.change(ctx, contactTable, next, { is_default: true }, 'make_default')
      return null
    },
  )

  app.post(
    '/counterparts/:counterpart_id/contacts/:contact_id/make_default',
    operation({
      summary: "Set a counterpart's default contact",
      may: 'counterpart:update',
      ok: { 200: CounterpartContactResponse },
    }),
    async ({ ctx, params: { counterpart_id, contact_id } }) => {
      const contact = await lockContact(ctx, counterpart_id, contact_id)
      if (contact.is_default) return contact
      await CLEAR_DEFAULT(ctx, { counterpart_id })
      return rows.change(ctx, contactTable, contact_id, { is_default: true }, 'make_default')
    },
  )
}

const inOrganization = <T>(ctx: Ctx, id: string, work: () => Promise<T>) => inCounterpart(ctx, id, work, organizationOnly)

/** The contact, its counterpart locked, so that exactly one contact ends up as the default. */
async function lockContact(ctx: Ctx, counterpart_id: string, id: string) {
  const [, contact] = await lockCounterpart(
    ctx,
    counterpart_id,
    () => rows.lock(ctx, contactTable, id, { counterpart_id }),
    organizationOnly,
  )
  return contact
}

/** A person is their own contact. */
function organizationOnly({ type }: CounterpartKey): void {
  if (type === 'individual') throw notFound('Individual counterparts do not have contacts')
}

const OLDEST = sql(
  `select id from counterpart_contacts where counterpart_id = :counterpartId and deleted_at is null order by created_at, id limit 1`,
)

async function oldest(ctx: Ctx, counterpartId: string): Promise<string | null> {
  const contact = await OLDEST.maybe(ctx, { counterpartId })
  return contact?.id ?? null
}

/** Columns of what was sent. An address comes whole and replaces the one before. */
function columnsOf({ first_name, last_name, email, phone, title }: Static<typeof UpdateCounterpartContactPayload>) {
  const names = blankToNull({ first_name, last_name })
  refuseNull(names, ['first_name', 'last_name'], ['body'])
  return { ...names, ...blankToNull({ email, phone, title }) }
}
