import type { Ctx } from '../../platform/database/context.ts'
import { operation, type Routes } from '../../platform/http/operation.ts'
import { defaultFields } from './payables.rules.ts'
import { PayableValidationsResource, PayableValidationsUpdateRequest } from './payables.schema.ts'

/** What an entity asks of a bill before it counts as complete. */

const SET = `insert into payable_validations (kind, required_fields) values ('payable', $1)
  on conflict (entity_id, kind) do update set required_fields = excluded.required_fields, updated_at = app_now(), deleted_at = null`

async function readRequired(ctx: Ctx) {
  const [own] = await ctx.db.query<{ required_fields: string[] }>(
    `select required_fields from payable_validations where kind = 'payable' and deleted_at is null`,
  )
  return { required_fields: (own?.required_fields ?? [...defaultFields]) as (typeof defaultFields)[number][] }
}

export const payableValidations: Routes = async (app) => {
  app.get(
    '/payables/validations',
    operation({
      id: 'get_payables_validations',
      summary: 'Get payables validations',
      may: 'payable:read',
      ok: { 200: PayableValidationsResource },
    }),
    ({ ctx }) => readRequired(ctx),
  )

  app.put(
    '/payables/validations',
    operation({
      id: 'put_payables_validations',
      summary: 'Update payables validations',
      may: 'payable:update',
      body: PayableValidationsUpdateRequest,
      ok: { 200: PayableValidationsResource },
    }),
    async ({ ctx, body }) => {
      const required_fields = [...new Set(body.required_fields)]
      await ctx.db.query(SET, [required_fields])
      return { required_fields }
    },
  )

  app.post(
    '/payables/validations/reset',
    operation({
      id: 'post_payables_validations_reset',
      summary: 'Reset payables validations',
      may: 'payable:update',
      ok: { 200: PayableValidationsResource },
    }),
    async ({ ctx }) => {
      await ctx.db.query(`update payable_validations set deleted_at = app_now() where kind = 'payable' and deleted_at is null`)
      return { required_fields: [...defaultFields] }
    },
  )
}
