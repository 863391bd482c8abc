import { conflict } from '../../core/refusal.ts'
import type { Ctx } from '../../platform/database/context.ts'
import { localDay } from '../../platform/local-day.ts'
import type { EntitySettings } from '../entities/settings/settings.service.ts'
import { type Address, contentIn, entityAddress, entityOnDocument } from './draft.ts'
import { readOwn } from './facts.ts'
import { checkOwnNumber, nextNoteNumber } from './numbering.ts'
import { findStored, linesOf, noun } from './receivables.service.ts'

/** What delivery notes know of invoices and quotes, and share with them. */

export { pages } from './receivables.present.ts'
export type { Address }

/** Notes bear no money: none of the entity's bank accounts stands on them. */
const NO_CURRENCY = ''

/** The entity as a document made now shows it, with its settings. */
export async function entityNow(ctx: Ctx) {
  const { entity, settings, entity_vat_id } = await readOwn(ctx, { currency: NO_CURRENCY })
  const shown = { entity: entityOnDocument({ entity, entity_vat_id }), entity_address: entityAddress(null, entity.address) }
  return { ...shown, settings }
}

/** What is delivered when an invoice or a quote is: its lines, to whom and where. Refuses (`conflict`) what the customer never got. */
export async function goodsOf(ctx: Ctx, receivableId: string) {
  const source = await findStored(ctx, receivableId)
  if (source.type === 'credit_note') throw conflict('A credit note delivers nothing: make the delivery note from its invoice')
  if (!source.issue_date) throw conflict(`This ${noun[source.type]} was not issued, so there is nothing to deliver yet`)
  const { counterpart_shipping_address: shipping, counterpart_billing_address: billing } = contentIn(source)
  const { id, document_id, counterpart_id } = source
  return { id, document_id, counterpart_id, address: shipping ?? billing, lines: linesOf(source) }
}

/** The next number of delivery notes; nobody else gets one until the note is committed. */
export const nextDeliveryNumber = async (ctx: Ctx, settings: EntitySettings) => nextNoteNumber(ctx, settings, await localDay(ctx))

/** Refuses (`conflict`) a number set by hand that another delivery note bears. */
export const checkOwnDeliveryNumber = (ctx: Ctx, document_id: string) => checkOwnNumber(ctx, 'delivery_note', document_id)
