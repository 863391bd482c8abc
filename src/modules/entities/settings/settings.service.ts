import type { Static } from 'typebox'
import { withDefaults } from '../../../core/merge.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { sql } from '../../../platform/database/sql.ts'
import type { SettingsResponse } from './settings.schema.ts'

const shown = { display: true, label: null }
const shownFigures = { ...shown, precision: 2 }

/** What holds until an entity says otherwise. */
export const defaults = {
  accounting: { ledger_account_ids: { payments: null, products: null }, tax_ids: { deductions: null } },
  allow_purchase_order_autolinking: true,
  // The reference refuses it.
  credit_paid_invoices: false,
  currency: null,
  document_ids: {
    document_type_prefix: { credit_note: 'CN', delivery_note: 'DN', invoice: 'INV', purchase_order: 'PO', quote: 'Q' },
    include_date: false,
    min_digits: 5,
    prefix: null,
    separator: '-',
  },
  document_rendering: {
    // A credit note asks for no money.
    credit_note: { display_entity_bank_account: false },
    display_entity_bank_account: true,
    display_line_items: true,
    invoice: { display_entity_bank_account: true },
    line_items: {
      discount: shown,
      measure_unit: shown,
      name: shown,
      price: shownFigures,
      price_after_vat: shownFigures,
      quantity: shown,
      total_price: shownFigures,
      total_price_after_vat: shownFigures,
      vat_amount: { ...shownFigures, display: false },
      vat_rate: shownFigures,
    },
    quote: { display_entity_bank_account: true, display_signature: false },
  },
  // Without a word: in the European Union.
  einvoice_in_pdf: null,
  export_tables: null,
  generate_paid_invoice_pdf: false,
  gln: null,
  language: null,
  legal_form: null,
  mail: { reply_to: [] },
  payables_ocr_auto_tagging: [],
  payables_skip_approval_flow: false,
  payment_priority: 'working_capital',
  quote_signature_required: false,
  receivable_edit_flow: 'compliant',
  reminder: { enabled: true },
  seller_contact: null,
  vat_inclusive_discount_mode: 'exclusive',
  vat_mode: 'exclusive',
} as const

declare module '../../../platform/database/columns.ts' {
  interface JsonShapes {
    'entities.settings': Record<string, unknown>
  }
}

/** The settings of an entity with their defaults filled in. */
export type EntitySettings = Static<typeof SettingsResponse>
export const complete = (settings: Record<string, unknown>): EntitySettings => withDefaults(defaults, settings) as EntitySettings

/** Series of numbers an entity has, one a kind of document. */
export const series = ['credit_note', 'delivery_note', 'invoice', 'purchase_order', 'quote'] as const
export type Series = (typeof series)[number]

const SETTINGS = sql(`select settings from entities where id = :entity`)

/** The settings of the entity in hand. */
export async function readSettings(ctx: Ctx): Promise<EntitySettings> {
  const { settings } = await SETTINGS.one(ctx, { entity: ctx.entityId })
  return complete(settings)
}

const LOCK = sql(`select settings from entities where id = :entityId for update`)
const SAVE = sql(`update entities set settings = :settings::json, updated_at = app_now() where id = :entityId`)
const TELL = sql(`select emit('entity_settings', :entityId::uuid, 'updated', :user?::uuid)`)

/** The settings as they are kept, without defaults, locked until the transaction ends. */
export async function lockSettings(ctx: Ctx): Promise<Record<string, unknown>> {
  const { settings } = await LOCK.one(ctx, { entityId: ctx.entityId })
  return settings
}

/** Keeps the settings, and says so. */
export async function saveSettings(ctx: Ctx, settings: object): Promise<void> {
  await SAVE(ctx, { entityId: ctx.entityId, settings })
  await TELL(ctx, { entityId: ctx.entityId, user: ctx.userId })
}
