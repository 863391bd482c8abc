import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import { PartnerProjectSettingsPayload_Output } from './partner-settings.schema.ts'

export type Settings = Record<string, unknown>

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
export function presentSettings(settings: Settings): Settings {
  const payable = settings.payable as Settings | undefined
  const receivable = settings.receivable as Settings | undefined
  return {
    ...Object.fromEntries(
      Object.keys(PartnerProjectSettingsPayload_Output.properties).map((key) => [key, settings[key] ?? null]),
    ),
    payable: payable ? { approve_page_url: null, ...payable } : null,
    receivable: receivable ? { create_without_personal_info: false, deduction_title: null, ...receivable } : null,
  }
}
