import { badRequest, conflict, invalidAt, noSuch } from '../../../core/refusal.ts'
import type { Ctx } from '../../../platform/database/context.ts'
import { json, rows, table } from '../../../platform/database/rows.ts'
import { shaped, sql } from '../../../platform/database/sql.ts'
import { refuseNull } from '../../../platform/http/bodies.ts'
import { jobs } from '../../../platform/jobs/jobs.ts'
import { localDay } from '../../../platform/local-day.ts'
import { documentLanguage } from '../../../platform/pdf/labels.ts'
import { removeByLink } from '../../common/files/drawn.service.ts'
import { counterpartTable, snapshotForDocument } from '../../counterparts/counterparts.service.ts'
import { type Address, checkOwnDeliveryNumber, entityNow, goodsOf, nextDeliveryNumber, pages } from '../delivering.service.ts'
import { deliveryNoteFlow } from './delivery-note.flow.ts'
import {
  type DeliveryNote,
  type DeliveryNoteCreate,
  DeliveryNoteResource,
  type DeliveryNoteUpdate,
  type Line,
  type LineAsked,
} from './delivery-notes.schema.ts'

/**
 * What goes with the goods: numbered when it is made, with copies of all that it names as it is then. What is edited is copied anew, the
 * rest stays as it was.
 */

export const deliveryNoteTable = table('delivery_notes', DeliveryNoteResource, {
  noun: 'Delivery note',
  object: 'delivery_note',
  flow: deliveryNoteFlow,
  computed: { file_url: 't.file_key', original_file_url: 't.original_file_key', pdf_stale: 't.pdf_stale' },
  present: ({ file_url, original_file_url, pdf_stale, ...note }) => ({
    ...note,
    ...pages({ file_key: file_url, original_file_key: original_file_url, pdf_stale } as Parameters<typeof pages>[0]),
  }),
  missing: (id) => `There is no delivery note by provided id: ${id}`,
})

/** A note from scratch. */
export async function createDeliveryNote(ctx: Ctx, body: DeliveryNoteCreate): Promise<DeliveryNote> {
  const { counterpart_id, counterpart_address_id, line_items, document_id, display_signature_placeholder, ...said } = body
  checkLines(line_items)
  const own = await entityNow(ctx)
  const [address, counterpart, lines] = await Promise.all([
    addressOf(ctx, counterpart_id, counterpart_address_id),
    counterpartOf(ctx, counterpart_id),
    readLines(ctx, line_items),
  ])
  if (document_id && own.settings.receivable_edit_flow !== 'non_compliant')
    throw conflict('document_id can be set by hand only in the non-compliant mode')
  const signature = display_signature_placeholder ?? false
  return insert(ctx, {
    own,
    address,
    counterpart,
    lines,
    document_id,
    said: { ...said, display_signature_placeholder: signature },
  })
}

/** A note of what an invoice or a quote is about, which the customer has; it goes where that one says. */
export async function deliverReceivable(ctx: Ctx, receivableId: string): Promise<DeliveryNote> {
  const { id, document_id, counterpart_id, address, lines } = await goodsOf(ctx, receivableId)
  const own = await entityNow(ctx)
  const counterpart = await counterpartOf(ctx, counterpart_id)
  const said = { based_on: id, based_on_document_id: document_id }
  return insert(ctx, { own, address, counterpart, lines: lines.map(({ product, quantity }) => lineOf(product, quantity)), said })
}

interface New {
  readonly own: Awaited<ReturnType<typeof entityNow>>
  readonly address: Address
  readonly counterpart: DeliveryNote['counterpart']
  readonly lines: readonly Line[]
  readonly document_id?: string | null
  /** Columns that say what was sent. */
  readonly said: object
}

/** The number is taken last: until the note is committed nobody else gets one. */
async function insert(ctx: Ctx, { own, address, counterpart, lines, document_id, said }: New): Promise<DeliveryNote> {
  const { day, ...numbered } = document_id
    ? await ownNumber(ctx, document_id)
    : await nextDeliveryNumber(ctx, own.settings).then(({ document_id, number, day }) => ({ document_id, number, day }))
  const language = documentLanguage(own.settings.language)
  const note = await rows.create(ctx, deliveryNoteTable, {
    ...said,
    ...numbered,
    issued_on: day,
    entity: json(own.entity),
    entity_address: json(own.entity_address),
    original_file_language: language,
    ...addressed(counterpart, address, language),
    line_items: json(lines),
    created_by_entity_user_id: ctx.userId,
  })
  await orderPages(ctx, note.id)
  return note
}

async function ownNumber(ctx: Ctx, document_id: string) {
  await checkOwnDeliveryNumber(ctx, document_id)
  return { document_id, day: await localDay(ctx) }
}

/** Changes a note that is still to be delivered. What is left out stays, null clears; lines are replaced as a whole. */
export async function updateDeliveryNote(ctx: Ctx, id: string, body: DeliveryNoteUpdate): Promise<DeliveryNote> {
  refuseNull(body, ['counterpart_id', 'counterpart_address_id', 'line_items'], ['body'])
  const { counterpart_id, counterpart_address_id, line_items, display_signature_placeholder, ...said } = body
  if (line_items) checkLines(line_items)
  const before = await rows.lock(ctx, deliveryNoteTable, id)
  deliveryNoteFlow.next(before.status, 'edit')
  const changes = {
    ...said,
    ...(await readdressed(ctx, before, counterpart_id ?? before.counterpart_id, counterpart_address_id)),
    line_items: line_items ? json(await readLines(ctx, line_items)) : undefined,
    display_signature_placeholder: display_signature_placeholder === null ? false : display_signature_placeholder,
  }
  if (Object.values(changes).every((value) => value === undefined)) return before
  const after = await rows.change(ctx, deliveryNoteTable, id, { ...changes, pdf_stale: true })
  await orderPages(ctx, id)
  return after
}

/** The columns of another counterpart, which needs its address, or of another address of the same. */
async function readdressed(ctx: Ctx, before: DeliveryNote, counterpartId: string, addressId: string | null | undefined) {
  if (!addressId) {
    if (counterpartId.toLowerCase() === before.counterpart_id) return {}
    await counterpartOf(ctx, counterpartId)
    throw badRequest('A new counterpart_id needs its counterpart_address_id')
  }
  const address = await addressOf(ctx, counterpartId, addressId)
  const counterpart = await counterpartOf(ctx, counterpartId)
  return addressed(counterpart, address, before.original_file_language)
}

/** Delivers or cancels; either is the end. */
export async function settleDeliveryNote(ctx: Ctx, id: string, action: 'deliver' | 'cancel'): Promise<DeliveryNote> {
  const before = await rows.lock(ctx, deliveryNoteTable, id)
  return rows.move(ctx, deliveryNoteTable, before, action, action === 'deliver' ? 'delivered' : 'canceled', {})
}

const FILE_KEYS = sql(`select file_key, original_file_key from delivery_notes where id = :id`)

/** Takes a note out of sight, and its pages with it. */
export async function deleteDeliveryNote(ctx: Ctx, id: string): Promise<null> {
  await rows.remove(ctx, deliveryNoteTable, id)
  const { file_key, original_file_key } = await FILE_KEYS.one(ctx, { id })
  await removeByLink(ctx, [file_key, original_file_key])
  return null
}

/** Orders the note's pages; an order that is waiting will do. */
const orderPages = (ctx: Ctx, id: string) => jobs.add(ctx, 'delivery_notes.render_pdf', { id }, { key: `delivery_note:${id}` })

// What it names

const addressOf = async (ctx: Ctx, counterpartId: string, billingAddressId: string): Promise<Address> =>
  (await snapshotForDocument(ctx, { counterpartId, billingAddressId })).billing_address

async function counterpartOf(ctx: Ctx, id: string): Promise<DeliveryNote['counterpart']> {
  const [found] = await rows.require(ctx, counterpartTable, [id], () => noSuch('counterpart', id))
  const { language = null, individual = null, organization = null } = found as Partial<DeliveryNote['counterpart']>
  return { id: found!.id, language, individual, organization }
}

/** Columns of whom the goods go to, and where. */
function addressed(counterpart: DeliveryNote['counterpart'], address: Address, entityLanguage: string) {
  const { city, country, line1, line2 = null, postal_code, state = null } = address
  return {
    counterpart_id: counterpart.id,
    counterpart: json(counterpart),
    counterpart_address: json({ city, country, line1, line2, postal_code, state }),
    file_language: documentLanguage(counterpart.language ?? entityLanguage),
  }
}

function checkLines(items: readonly LineAsked[]): void {
  for (const [i, { product, product_id }] of items.entries())
    if (Boolean(product) === Boolean(product_id)) {
      const msg = 'A line names its product by product_id or by product, one of the two'
      throw invalidAt(['body', 'line_items', i, 'product_id'], msg)
    }
}

const PRODUCTS = shaped<{ measure_unit: { name: string; description: string | null } | null }>()(
  sql(`
  select p.id, p.name, p.description, (select json_build_object('name', m.name, 'description', m.description) from measure_units m
    where m.entity_id = p.entity_id and m.id = p.measure_unit_id and m.deleted_at is null) as measure_unit
  from products p where p.id = any (:ids) and p.deleted_at is null`),
)

/** Lines with copies of the products that they name. */
async function readLines(ctx: Ctx, items: readonly LineAsked[]): Promise<Line[]> {
  const ids = items.flatMap(({ product_id }) => product_id?.toLowerCase() ?? [])
  const found = ids.length > 0 ? await PRODUCTS(ctx, { ids: [...new Set(ids)] }) : []
  const known = new Map(found.map((row) => [row.id, row]))
  return items.map(({ product, product_id, quantity }) => {
    const named = product ?? known.get(product_id!.toLowerCase())
    if (!named) throw noSuch('product', product_id!)
    return lineOf(named, quantity)
  })
}

function lineOf({ name, description, measure_unit: unit }: Line['product'], quantity: number): Line {
  const measure_unit = unit ? { name: unit.name, description: unit.description ?? null } : null
  return { product: { name, description: description ?? null, measure_unit }, quantity }
}
