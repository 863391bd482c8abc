import Type from 'typebox'
import { Value } from 'typebox/value'
import { merged } from '../../../core/merge.ts'
import { invalid } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json } from '../../../platform/database/rows.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  DefaultRole,
  PartnerProjectSettingsPayload_Input,
  PartnerProjectSettingsPayload_Output,
} from './partner-settings.schema.ts'

type Settings = Record<string, unknown>

export const partnerSettings: Routes = async (app) => {
  const { access } = app.machinery

  app.get(
    '/settings',
    operation({
      id: 'get_settings',
      summary: 'Get partner settings',
      may: 'partner',
      entity: 'none',
      ok: { 200: PartnerProjectSettingsPayload_Output },
    }),
    async ({ ctx }) => present(await readPartnerSettings(ctx)) as never,
  )

  app.patch(
    '/settings',
    operation({
      id: 'patch_settings',
      summary: 'Update partner settings',
      may: 'partner',
      entity: 'none',
      body: PartnerProjectSettingsPayload_Input,
      ok: { 200: PartnerProjectSettingsPayload_Output },
    }),
    async ({ ctx, body }) => {
      checkDefaultRole(body.default_role)
      ctx.afterCommit(access.forget)
      const { default_role, ...change } = Value.Clean(PartnerProjectSettingsPayload_Input, structuredClone(body)) as Settings
      // A role is one thing: a new one takes the old one's place.
      const settings = merged(
        { ...(await readPartnerSettings(ctx, 'for update')), ...(default_role !== undefined && { default_role }) },
        change,
      )
      await ctx.db.query(`update partners set settings = $2 where id = $1`, [ctx.partnerId, json(settings)])
      await ctx.db.query(`select emit('partner_settings', $1::uuid, 'updated', null)`, [ctx.partnerId])
      return present(settings) as never
    },
  )
}

/** What the partner has set, without defaults. */
export async function readPartnerSettings(ctx: Ctx, lock = ''): Promise<Settings> {
  const [row] = await ctx.db.query<{ settings: Settings }>(`select settings from partners where id = $1 ${lock}`, [ctx.partnerId])
  return row?.settings ?? {}
}

/** Every key is there, null where nothing is set; objects that are set are complete. */
function present(settings: Settings): Settings {
  const payable = settings.payable as Settings | undefined
  const receivable = settings.receivable as Settings | undefined
  return {
    ...Object.fromEntries(
      Object.keys(PartnerProjectSettingsPayload_Output.properties).map((key) => [key, settings[key] ?? null]),
    ),
    payable: payable ? { approve_page_url: 'https://example.com', ...payable } : null,
    receivable: receivable ? { create_without_personal_info: false, deduction_title: null, ...receivable } : null,
  }
}

/** The default role is stored as it came, so it has to be a role that could be created today. */
function checkDefaultRole(role: unknown): void {
  if (role === undefined || role === null || Value.Check(DefaultRole, role)) return
  const [fault] = Value.Errors(Type.Object({ default_role: DefaultRole }), { default_role: role })
  const loc = ['body', ...(fault?.instancePath.split('/').slice(1) ?? ['default_role'])]
  throw invalid([
    { loc, msg: `A role needs a name and permissions: ${fault?.message ?? 'it is not valid'}`, type: 'value_error' },
  ])
}
