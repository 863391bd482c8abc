import type { Static } from 'typebox'
import { scaled } from '../../../core/money.ts'
import { freely } from '../../../platform/auth/reach.ts'
import { rows } from '../../../platform/database/rows.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  CustomVatRateRequest,
  CustomVatRateResponse,
  CustomVatRateResponseList,
  CustomVatRateUpdateRequest,
} from './custom-vat-rates.schema.ts'
import { customVatRateTable } from './custom-vat-rates.service.ts'

const list = listing(customVatRateTable, { filters: {}, sort: [] })

export const customVatRates: Routes = async (app) => {
  app.get(
    '/custom_vat_rates',
    operation({ summary: 'Get custom VAT rates', may: 'receivable:read', ok: { 200: CustomVatRateResponseList } }),
    // Whoever may read documents, even only their own, picks from all rates; `own` is for changing them.
    async ({ ctx }) => ({ data: await list.all(freely(ctx)) }),
  )

  app.post(
    '/custom_vat_rates',
    operation({
      summary: 'Create a custom VAT rate',
      may: 'receivable:create',
      body: CustomVatRateRequest,
      ok: { 201: CustomVatRateResponse },
    }),
    ({ ctx, body }) =>
      rows.create(ctx, customVatRateTable, {
        name: body.name,
        components: rounded(body.components),
        created_by_entity_user_id: ctx.userId,
      }),
  )

  app.get(
    '/custom_vat_rates/:custom_vat_rate_id',
    operation({ summary: 'Get a custom VAT rate by ID', may: 'receivable:read', ok: { 200: CustomVatRateResponse } }),
    ({ ctx, params }) => rows.find(freely(ctx), customVatRateTable, params.custom_vat_rate_id),
  )

  app.patch(
    '/custom_vat_rates/:custom_vat_rate_id',
    operation({
      summary: 'Update a custom VAT rate',
      may: 'receivable:update',
      body: CustomVatRateUpdateRequest,
      ok: { 200: CustomVatRateResponse },
    }),
    ({ ctx, params, body }) => {
      refuseNull(body, ['name', 'components'], ['body'])
      const { name, components } = body
      return rows.change(ctx, customVatRateTable, params.custom_vat_rate_id, {
        name,
        components: components && rounded(components),
      })
    },
  )

  app.delete(
    '/custom_vat_rates/:custom_vat_rate_id',
    operation({ summary: 'Delete a custom VAT rate', may: 'receivable:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, customVatRateTable, params.custom_vat_rate_id),
  )
}

/** The value of each component rounded to two decimals. */
const rounded = (components: Static<typeof CustomVatRateRequest>['components']) =>
  components.map(({ name, value }) => ({ name, value: Number(scaled(value, 2)) / 100 }))
