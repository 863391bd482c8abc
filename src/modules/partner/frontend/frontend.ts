import { currencies } from '../../../core/currencies.ts'
import { badRequest, notFound } from '../../../core/refusal.ts'
import { asSystem } from '../../../platform/database/context.ts'
import { rows } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { webUrl } from '../../../platform/url.ts'
import { FileResponse } from '../../common/files/files.schema.ts'
import { fileTable } from '../../common/files/files.service.ts'
import { PartnerProjectSettingsPayload_Output } from '../partner-settings/partner-settings.schema.ts'
import { presentSettings, readPartnerSettings } from '../partner-settings/partner-settings.service.ts'
import { Currencies, PaymentPageThemeWithFooter, SettingsQuery } from './frontend.schema.ts'

/** What pages need before they can show anything. It asks for a token and tells nothing about other partners; a theme is for everybody to see. */

const LOGO = sql(`
  select f.id from entities e join files f on f.id = e.logo_file_id and f.deleted_at is null where e.id = :entity`)
const PARTNER = sql(`select settings from partners where id = :partner_id`)

export const frontend: Routes = async (app) => {
  app.get(
    '/internal/currencies',
    operation({ summary: 'Get Currencies', may: 'any', entity: 'none', ok: { 200: Currencies } }),
    async () => currencies,
  )

  app.get(
    '/internal/settings',
    operation({
      summary: 'Get partner settings for frontend',
      may: 'any',
      entity: 'none',
      query: SettingsQuery,
      // A project of the platform, not of an entity.
      names: { 'query.project_id': null },
      ok: { 200: PartnerProjectSettingsPayload_Output },
    }),
    // A partner has one workspace, so the project doesn't tell it from another.
    async ({ ctx, query }) => {
      if (query.partner_id.toLowerCase() !== ctx.partnerId) throw notFound('Partner not found')
      return presentSettings(await readPartnerSettings(ctx))
    },
  )

  app.get(
    '/internal/payment_page_theme',
    operation({
      summary: 'Get partner payment page theme settings for frontend',
      may: 'anyone',
      entity: 'none',
      query: SettingsQuery,
      ok: { 200: PaymentPageThemeWithFooter },
      transaction: 'manual',
      refuses: [400],
    }),
    async ({ query }) => {
      const [partner] = await asSystem(app.machinery.db, (ctx) => PARTNER(ctx, { partner_id: query.partner_id }))
      if (!partner) throw badRequest('There is no such partner')
      const { payments, website }: Themed = partner.settings
      const theme = payments?.payment_page_theme ?? {}
      const footer = { logo_url: webUrl(theme.logo_src), website_url: webUrl(website) }
      return { ...theme, footer }
    },
  )

  app.get(
    '/internal/entities/:entity_id/logo',
    operation({ summary: 'Get entity logo', may: 'any', entity: 'path', ok: { 200: FileResponse } }),
    async ({ ctx, params }) => {
      const logo = await LOGO.maybe(ctx, { entity: params.entity_id })
      if (!logo) throw notFound('The entity has no logo')
      return rows.find(ctx, fileTable, logo.id)
    },
  )
}

interface Themed {
  readonly payments?: { readonly payment_page_theme?: { readonly logo_src?: string | null } | null } | null
  readonly website?: string | null
}
