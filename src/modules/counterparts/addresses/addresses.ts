import { conflict } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import { checkState } from '../../entities/entities/entities.service.ts'
import { counterpartTable, inCounterpart, lockCounterpart } from '../counterparts.service.ts'
import {
  CounterpartAddress,
  CounterpartAddressResourceList,
  CounterpartAddressResponse,
  CounterpartUpdateAddress,
} from './addresses.schema.ts'
import { blankToNull, completeAddress, counterpartAddresses } from './addresses.service.ts'

const list = listing(counterpartAddresses, { filters: {}, sort: [] })

export const addresses: Routes = async (app) => {
  app.get(
    '/counterparts/:counterpart_id/addresses',
    operation({ summary: "Get a counterpart's addresses", may: 'counterpart:read', ok: { 200: CounterpartAddressResourceList } }),
    async ({ ctx, params: { counterpart_id } }) => ({
      data: await inCounterpart(ctx, counterpart_id, () =>
        list.all(ctx, {}, [{ sql: 't.counterpart_id = $', values: [counterpart_id] }]),
      ),
    }),
  )

  app.post(
    '/counterparts/:counterpart_id/addresses',
    operation({
      summary: 'Create a counterpart address',
      may: 'counterpart:update',
      body: CounterpartAddress,
      ok: { 201: CounterpartAddressResponse },
    }),
    ({ ctx, params: { counterpart_id }, body }) => {
      const address = completeAddress(body, ['body'])
      return inCounterpart(ctx, counterpart_id, () => rows.create(ctx, counterpartAddresses, { counterpart_id, ...address }))
    },
  )

  app.get(
    '/counterparts/:counterpart_id/addresses/:address_id',
    operation({ summary: "Get a counterpart's address", may: 'counterpart:read', ok: { 200: CounterpartAddressResponse } }),
    ({ ctx, params: { counterpart_id, address_id } }) =>
      inCounterpart(ctx, counterpart_id, () => rows.find(ctx, counterpartAddresses, address_id, { counterpart_id })),
  )

  app.patch(
    '/counterparts/:counterpart_id/addresses/:address_id',
    operation({
      summary: "Update a counterpart's address",
      may: 'counterpart:update',
      body: CounterpartUpdateAddress,
      ok: { 200: CounterpartAddressResponse },
    }),
    async ({ ctx, params: { counterpart_id, address_id }, body }) => {
      const change = blankToNull(body)
      refuseNull(change, ['city', 'country', 'line1', 'postal_code'], ['body'])
      const before = await inCounterpart(ctx, counterpart_id, () =>
        rows.lock(ctx, counterpartAddresses, address_id, { counterpart_id }),
      )
      checkState({ ...before, ...change }, ['body', 'state'])
      return rows.change(ctx, counterpartAddresses, address_id, change)
    },
  )

  app.delete(
    '/counterparts/:counterpart_id/addresses/:address_id',
    operation({ summary: "Delete a counterpart's address", may: 'counterpart:update', ok: { 204: nothing }, refuses: [409] }),
    ({ ctx, params }) => removeAddress(ctx, params.counterpart_id, params.address_id),
  )
}

const NEXT_DEFAULT = sql(
  `select id from counterpart_addresses where counterpart_id = :counterpart_id and id <> :id and deleted_at is null order by created_at, id limit 1`,
)

/** A counterpart keeps at least one address. Where the one that goes was a default, the oldest that is left bills, and none ships. */
async function removeAddress(ctx: Ctx, counterpart_id: string, id: string): Promise<null> {
  const [counterpart] = await lockCounterpart(ctx, counterpart_id, () =>
    rows.lock(ctx, counterpartAddresses, id, { counterpart_id }),
  )
  const next = await NEXT_DEFAULT.maybe(ctx, { counterpart_id, id })
  if (!next) throw conflict('The last address of a counterpart can not be deleted')
  await rows.remove(ctx, counterpartAddresses, id)
  const bills = counterpart.default_billing_address_id === id
  const ships = counterpart.default_shipping_address_id === id
  if (bills || ships)
    await rows.change(ctx, counterpartTable, counterpart_id, {
      ...(bills && { default_billing_address_id: next.id }),
      ...(ships && { default_shipping_address_id: null }),
    })
  return null
}
