import type { Ctx } from '../../../platform/database/context.ts'
import { PartnerProjectSettingsPayload_Output } from './partner-settings.schema.ts'

export type Settings = Record<string, unknown>

/** What the partner has set, without defaults. */
export async function readPartnerSettings(ctx: Ctx, lock = ''): Promise<Settings> {
  const [row] = await ctx.db.query<{ settings: Settings }>(`select settings from partners where id = $1 ${lock}`, [ctx.partnerId])
  return row?.settings ?? {}
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
