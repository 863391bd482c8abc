import type { Static } from 'typebox'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type {
  DefaultRole,
  PartnerProjectSettingsPayload_Input,
  PartnerProjectSettingsPayload_Output,
} from './partner-settings.schema.ts'

/** What a partner has set: nothing has to be there. */
export type Settings = Omit<Static<typeof PartnerProjectSettingsPayload_Input>, 'default_role'> & {
  default_role?: Static<typeof DefaultRole> | null
}

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'partners.settings': Settings
  }
}

const SETTINGS = sql(`select settings from partners where id = :partner`)
const LOCKED_SETTINGS = sql(`select settings from partners where id = :partner for update`)

/** What the partner has set, without defaults. */
export async function readPartnerSettings(ctx: Ctx): Promise<Settings> {
  const { settings } = await SETTINGS.one(ctx, { partner: ctx.partnerId })
  return { ...settings }
}

/** The same, for somebody who changes it: until the transaction ends, nobody else does. */
export async function lockPartnerSettings(ctx: Ctx): Promise<Settings> {
  const { settings } = await LOCKED_SETTINGS.one(ctx, { partner: ctx.partnerId })
  return { ...settings }
}

/** Every key is there, null where nothing is set; objects that are set are complete. */
export function presentSettings(settings: Settings): Static<typeof PartnerProjectSettingsPayload_Output> {
  const { payable, receivable } = settings
  return {
    api_version: settings.api_version ?? null,
    commercial_conditions: settings.commercial_conditions ?? null,
    mail: settings.mail ?? null,
    payments: settings.payments ?? null,
    units: settings.units ?? null,
    website: settings.website ?? null,
    currency: settings.currency ?? null,
    default_role: settings.default_role ?? null,
    payable: payable ? { approve_page_url: null, ...payable } : null,
    receivable: receivable
      ? {
          ...receivable,
          create_without_personal_info: receivable.create_without_personal_info ?? false,
          deduction_title: receivable.deduction_title ?? null,
        }
      : null,
  }
}
