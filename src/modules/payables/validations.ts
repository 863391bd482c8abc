import type { TSchema } from 'typebox'
import type { Ctx } from '../../platform/database/context.ts'
import { sql } from '../../platform/database/sql.ts'
import type { App, Routes } from '../../platform/http/operation.ts'
import { operation } from '../../platform/http/operation.ts'
import { defaultFields } from './payables.rules.ts'
import { PayableValidationsResource, PayableValidationsUpdateRequest } from './payables.schema.ts'

/** What an entity asks of a bill, or of a vendor's credit note, before it counts as complete. */

const SET = sql(`
  insert into payable_validations (kind, required_fields) values (:kind, :required_fields)
  on conflict (entity_id, kind) do update set required_fields = excluded.required_fields, updated_at = app_now(), deleted_at = null`)

interface Validated {
  readonly path: string
  readonly noun: string
  readonly kind: 'payable' | 'credit_note'
  readonly defaults: readonly string[]
  readonly asked: TSchema
  readonly answered: TSchema
}

const OWN_RULES = sql(`select required_fields from payable_validations where kind = :kind and deleted_at is null`)
const RESET = sql(`update payable_validations set deleted_at = app_now() where kind = :kind and deleted_at is null`)

/** The three operations on the fields that have to be there. */
export async function validationRoutes(app: App, { path, noun, kind, defaults, asked, answered }: Validated): Promise<void> {
  const read = async (ctx: Ctx) => {
    const own = await OWN_RULES.maybe(ctx, { kind })
    return { required_fields: own?.required_fields ?? [...defaults] }
  }

  app.get(
    `${path}/validations`,
    operation({ summary: `Get ${noun} validations`, may: 'payable:read', ok: { 200: answered } }),
    ({ ctx }) => read(ctx),
  )

  app.put(
    `${path}/validations`,
    operation({
      summary: `Update ${noun} validations`,
      may: 'payable:update',
      body: asked,
      ok: { 200: answered },
    }),
    async ({ ctx, body }) => {
      const required_fields = [...new Set((body as { required_fields: string[] }).required_fields)]
      await SET(ctx, { kind, required_fields })
      return { required_fields }
    },
  )

  app.post(
    `${path}/validations/reset`,
    operation({
      summary: `Reset ${noun} validations`,
      may: 'payable:update',
      ok: { 200: answered },
    }),
    async ({ ctx }) => {
      await RESET(ctx, { kind })
      return { required_fields: [...defaults] }
    },
  )
}

export const payableValidations: Routes = (app) =>
  validationRoutes(app, {
    path: '/payables',
    noun: 'payables',
    kind: 'payable',
    defaults: defaultFields,
    asked: PayableValidationsUpdateRequest,
    answered: PayableValidationsResource,
  })
