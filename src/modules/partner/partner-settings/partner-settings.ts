import Type from 'typebox'
import { Value } from 'typebox/value'
import { merged } from '../../../core/merge.ts'
import { badRequest, invalidAt } from '../../../core/refusal.ts'
import { savePartnerSettings } from '../../../platform/auth/clients.ts'
import { sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  DefaultRole,
  PartnerProjectSettingsPayload_Input,
  PartnerProjectSettingsPayload_Output,
} from './partner-settings.schema.ts'
import { lockPartnerSettings, presentSettings, readPartnerSettings, type Settings } from './partner-settings.service.ts'

const TELL = sql(`select emit('partner_settings', :partnerId::uuid, 'updated', null)`)

export const partnerSettings: Routes = async (app) => {
  const { access } = app.machinery

  app.get(
    '/settings',
    operation({
      summary: 'Get partner settings',
      may: 'partner',
      entity: 'none',
      ok: { 200: PartnerProjectSettingsPayload_Output },
    }),
    async ({ ctx }) => presentSettings(await readPartnerSettings(ctx)),
  )

  app.patch(
    '/settings',
    operation({
      summary: 'Update partner settings',
      may: 'partner',
      entity: 'none',
      body: PartnerProjectSettingsPayload_Input,
      ok: { 200: PartnerProjectSettingsPayload_Output },
    }),
    async ({ ctx, body }) => {
      checkDefaultRole(body.default_role)
      checkDefaultState(body.payable?.default_state)
      ctx.afterCommit(access.forget)
      const { default_role, ...change } = Value.Clean(PartnerProjectSettingsPayload_Input, structuredClone(body)) as Settings
      // A role is one thing: a new one takes the old one's place.
      const settings = merged(
        { ...(await lockPartnerSettings(ctx)), ...(default_role !== undefined && { default_role }) },
        change,
      )
      await savePartnerSettings(ctx, settings)
      await TELL(ctx, { partnerId: ctx.partnerId })
      return presentSettings(settings)
    },
  )
}

function checkDefaultState(state: string | null | undefined): void {
  if (state === undefined || state === null || state === 'new' || state === 'draft') return
  throw badRequest('payable.default_state is the state that bills begin in: new, draft, or null')
}

/** The default role is stored as it came, so it has to be a role that could be created today. */
function checkDefaultRole(role: unknown): void {
  if (role === undefined || role === null || Value.Check(DefaultRole, role)) return
  const [fault] = Value.Errors(Type.Object({ default_role: DefaultRole }), { default_role: role })
  const loc = ['body', ...(fault?.instancePath.split('/').slice(1) ?? ['default_role'])]
  throw invalidAt(loc, `A role needs a name and permissions: ${fault?.message ?? 'it is not valid'}`)
}
