import { only } from '../../../core/lists.ts'
import { badRequest } from '../../../core/refusal.ts'
import { type Totals, totals } from '../../../core/totals.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { sql } from '../../../platform/database/sql.ts'
import { fileLink } from '../../../platform/files/links.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import { removeByLink } from '../../common/files/drawn.service.ts'
import { projectTable } from '../../common/projects/projects.service.ts'
import { nextAmong, nextNumber } from '../../entities/document-numbers/document-numbers.service.ts'
import { readSettings } from '../../entities/settings/settings.service.ts'
import { copiesOf } from './copies.ts'
import { purchaseOrderFlow } from './purchase-order.flow.ts'
import {
  type CreateOrder,
  type OrderItem,
  type PurchaseOrder,
  PurchaseOrderResponseSchema,
  type UpdateOrder,
} from './purchase-orders.schema.ts'

/** What the entity orders from its vendors: a draft until it is sent, and as it was sent from then on. */

export const orderTable = table('payable_purchase_orders', PurchaseOrderResponseSchema, {
  noun: 'Purchase order',
  object: 'payables_purchase_order',
  flow: purchaseOrderFlow,
  computed: {
    file_id: `case when not t.pdf_stale then (select f.id from files f where f.link_key = t.file_key and f.deleted_at is null) end`,
    file_url: 'case when not t.pdf_stale then t.file_key end',
  },
  present: ({ file_url, ...order }) => ({ ...order, file_url: file_url && fileLink(file_url as string) }),
})

/** Numbers of purchase orders are never set by hand, so none differs from another in blanks or capitals alone. */
const NEXT = sql(nextAmong('payable_purchase_orders d where', ''))

export async function createOrder(ctx: Ctx, body: CreateOrder): Promise<PurchaseOrder> {
  const { counterpart_id, counterpart_address_id, entity_vat_id_id, project_id, currency, items, message, valid_for_days } = body
  checkItems(items, currency)
  checkDays(valid_for_days)
  await checkProject(ctx, project_id)
  const copies = await copiesOf(ctx, {
    counterpart_id,
    counterpart_address_id: counterpart_address_id ?? null,
    entity_vat_id_id: entity_vat_id_id ?? null,
  })
  // The number is taken last: until the order is committed nobody else gets one.
  const { document_id, number } = await nextNumber(ctx, NEXT, 'purchase_order', await readSettings(ctx), await localDay(ctx))
  const order = await rows.create(ctx, orderTable, {
    document_id,
    number,
    ...copies,
    currency,
    message,
    project_id,
    valid_for_days,
    items: json(items),
    created_by_user_id: ctx.userId,
  })
  await orderPdf(ctx, order.id)
  return order
}

/** Changes a draft, and copies anew what it names. What is left out stays; null clears, or stands for the usual address. */
export async function updateOrder(ctx: Ctx, id: string, body: UpdateOrder): Promise<PurchaseOrder> {
  refuseNull(body, ['counterpart_id', 'items', 'message', 'valid_for_days'], ['body'])
  const before = await rows.lock(ctx, orderTable, id)
  purchaseOrderFlow.next(before.status, 'edit')
  const { counterpart_id, counterpart_address_id, entity_vat_id_id, project_id, items, message, valid_for_days } = body
  const sent = [counterpart_id, counterpart_address_id, entity_vat_id_id, project_id, items, message, valid_for_days]
  if (sent.every((value) => value === undefined)) return before
  if (items) checkItems(items, before.currency)
  if (valid_for_days) checkDays(valid_for_days)
  await checkProject(ctx, project_id)
  const vendor = counterpart_id ?? before.counterpart_id
  const place = vendor.toLowerCase() === before.counterpart_id ? before.counterpart_address_id : null
  const copies = await copiesOf(
    ctx,
    {
      counterpart_id: vendor,
      counterpart_address_id: (counterpart_address_id === undefined ? place : counterpart_address_id) ?? null,
      entity_vat_id_id: (entity_vat_id_id === undefined ? before.entity_vat_id?.id : entity_vat_id_id) ?? null,
    },
    before,
  )
  const after = await rows.change(ctx, orderTable, id, {
    ...copies,
    project_id,
    message,
    valid_for_days,
    items: items ? json(items) : undefined,
    pdf_stale: true,
  })
  await orderPdf(ctx, id)
  return after
}

const FILE_KEY = sql(`select file_key from payable_purchase_orders where id = :id`)

/** Takes a draft out of sight, and its page with it. Its number stays taken. */
export async function deleteOrder(ctx: Ctx, id: string): Promise<null> {
  const { status } = await rows.lock(ctx, orderTable, id)
  purchaseOrderFlow.next(status, 'delete')
  await rows.remove(ctx, orderTable, id)
  const { file_key } = await FILE_KEY.one(ctx, { id })
  await removeByLink(ctx, [file_key])
  return null
}

/** The order goes out: from now on it says the day of it, and no more changes. */
export const issueOrder = async (ctx: Ctx, order: PurchaseOrder): Promise<PurchaseOrder> =>
  rows.move(ctx, orderTable, order, 'send', 'issued', { issued_at: await localDay(ctx), pdf_stale: true })

/** Orders the page, and lets a mail go with it once it is drawn; an order that is waiting will do. */
export const orderPdf = (ctx: Ctx, id: string, mail_id?: string) =>
  jobs.add(ctx, 'purchase_orders.render_pdf', { id, mail_id }, { key: `purchase_order:${id}` })

const BY_NUMBER = sql(`
  select id from payable_purchase_orders where deleted_at is null and status = 'issued' and lower(document_id) = lower(:number)
  and (:counterpartId?::uuid is null or counterpart_id = :counterpartId?) limit 2`)

/**
 * The one order that the vendor has got under this number, whatever its case, for a bill that names it; of this counterpart, when that
 * is known. Null without one, with several, and when the entity doesn't want bills to be linked.
 */
export async function findOrderByNumber(ctx: Ctx, number: string, counterpartId: string | null): Promise<string | null> {
  if ((await readSettings(ctx)).allow_purchase_order_autolinking === false) return null
  const found = await BY_NUMBER(ctx, { number: number.trim(), counterpartId })
  return only(found)?.id ?? null
}

/** What an order comes to: lines rounded, VAT once per rate. Refuses (`bad_request`) what is negative or too large to be exact. */
export const orderTotals = (items: readonly OrderItem[]): Totals =>
  totals(
    items.map(({ price, quantity, vat_rate }) => ({ price, quantity, tax: { key: String(vat_rate), rate: vat_rate } })),
    { vat_mode: 'exclusive' },
  )

/** As many lines as a page can be drawn of in time. */
const ITEMS_MAX = 1000
/** A hundred years. */
const DAYS_MAX = 36_500

function checkItems(items: readonly OrderItem[], currency: string): void {
  if (items.length === 0) throw badRequest('items: an order needs at least one')
  if (items.length > ITEMS_MAX) throw badRequest(`items: an order has up to ${ITEMS_MAX}`)
  const other = items.find((item) => item.currency !== currency)
  if (other) throw badRequest(`items: one is priced in ${other.currency}, and the order is in ${currency}`)
  orderTotals(items)
}

function checkDays(days: number): void {
  if (days > DAYS_MAX) throw badRequest(`valid_for_days: an order holds for up to ${DAYS_MAX} days`)
}

async function checkProject(ctx: Ctx, id: string | null | undefined): Promise<void> {
  if (id) await rows.require(ctx, projectTable, [id], () => badRequest(`project_id: there is none with the id ${id}`))
}
