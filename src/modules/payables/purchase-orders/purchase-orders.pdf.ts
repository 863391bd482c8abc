import { addDays } from '../../../core/calendar.ts'
import { minorUnitsOf } from '../../../core/currencies.ts'
import { at } from '../../../core/lists.ts'
import { fullName } from '../../../core/onboarding/names.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { type DocumentLanguage, documentLanguage } from '../../../platform/pdf/labels.ts'
import type { PurchaseOrderDocument } from '../../../platform/pdf/purchase-order.document.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import type { OrderCounterpart, OrderingEntity, PurchaseOrder } from './purchase-orders.schema.ts'
import { orderTotals } from './purchase-orders.service.ts'

/** How an order is shown on its page and named in mails about it. */

const personal = ({ first_name, last_name }: { first_name: string; last_name: string }) => fullName(first_name, last_name)
export const counterpartName = (who: OrderCounterpart): string =>
  'organization' in who ? who.organization.legal_name : personal(who.individual)
export const entityName = (who: OrderingEntity): string =>
  'organization' in who ? who.organization.legal_name : personal(who.individual)

/** The last day an order that is sent on this day holds. */
export const validUntil = ({ valid_for_days }: PurchaseOrder, issued_at: string): string => addDays(issued_at, valid_for_days)

/** The language the vendor reads, else that of the entity. */
export async function languageOf(ctx: Ctx, { counterpart }: PurchaseOrder): Promise<DocumentLanguage> {
  return documentLanguage(counterpart.language ?? (await readSettings(ctx)).language)
}

/** The page of an order in a language; `logo` is the picture's bytes. Pure. */
export function documentFor(order: PurchaseOrder, language: string, logo: Uint8Array | null): PurchaseOrderDocument {
  const { entity, items, currency } = order
  const country = entity.address.country ?? 'DE'
  const sums = orderTotals(items)
  return {
    type: 'purchase_order',
    language,
    country,
    currency,
    minor_units: minorUnitsOf(currency),
    number: order.document_id,
    rendered_at: order.updated_at,
    logo,
    sender: {
      name: entityName(entity),
      address: { ...entity.address, country },
      vat_id: order.entity_vat_id?.value,
      tax_id: entity.tax_id,
      email: entity.email,
      phone: entity.phone,
      website: entity.website,
    },
    recipient: { name: counterpartName(order.counterpart), address: order.counterpart_address },
    issue_date: order.issued_at,
    valid_until: order.issued_at ? validUntil(order, order.issued_at) : null,
    message: order.message,
    lines: items.map(({ name, quantity, unit, price, vat_rate }, i) => ({
      name,
      quantity,
      measure_unit: unit,
      price,
      vat_rate,
      total: at(sums.lines, i).total_before_vat,
    })),
    subtotal: sums.subtotal,
    vat: sums.total_vat_amounts,
    total: sums.total_amount,
  }
}
