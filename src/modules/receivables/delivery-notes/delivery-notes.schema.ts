import Type, { type Static } from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
import {
  Country,
  closed,
  day,
  instant,
  Language,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  uuid,
  word,
} from '../../../platform/http/types.ts'
import { CounterpartIndividualResponse, CounterpartOrganizationResponse } from '../../counterparts/counterparts.schema.ts'
import { EntityAddress, EntityOnDocument, UnitRequest } from '../receivables.schema.ts'

const some = Type.String()
const said = Type.String({ minLength: 1 })
const documentId = Type.String({ maxLength: 100 })
const quantity = Type.Number({ minimum: 0, maximum: 2147483647 })

const DeliveryNoteStatusEnum = word(['created', 'canceled', 'delivered'], { $id: 'DeliveryNoteStatusEnum' })

// Lines: what, how much, and no money.

const DeliveryNoteLineItemProduct = closed('DeliveryNoteLineItemProduct', {
  description: opt(Type.String({ maxLength: 2000 })),
  measure_unit: opt(UnitRequest),
  name: Type.String({ minLength: 1, maxLength: 100 }),
})
const DeliveryNoteCreateLineItem = closed('DeliveryNoteCreateLineItem', {
  product: opt(DeliveryNoteLineItemProduct),
  product_id: opt(uuid),
  quantity,
})
export type LineAsked = Static<typeof DeliveryNoteCreateLineItem>
const DeliveryNoteLineItemResource = named('DeliveryNoteLineItemResource', { product: DeliveryNoteLineItemProduct, quantity })
export type Line = Static<typeof DeliveryNoteLineItemResource>

// Requests

const lines = Type.Array(DeliveryNoteCreateLineItem, { minItems: 1, maxItems: 100 })
export const DeliveryNoteCreateRequest = closed('DeliveryNoteCreateRequest', {
  counterpart_address_id: uuid,
  counterpart_id: uuid,
  delivery_date: opt(day),
  delivery_number: opt(said),
  display_signature_placeholder: opt(Type.Boolean({ default: false })),
  document_id: opt(Type.String({ minLength: 1, maxLength: 100 })),
  line_items: lines,
  memo: opt(said),
})
export const DeliveryNoteCreateBasedOnRequest = closed('DeliveryNoteCreateBasedOnRequest', { based_on: uuid })
export const DeliveryNoteUpdateRequest = closed('DeliveryNoteUpdateRequest', {
  counterpart_address_id: opt(uuid),
  counterpart_id: opt(uuid),
  delivery_date: opt(day),
  delivery_number: opt(some),
  display_signature_placeholder: opt(Type.Boolean()),
  line_items: opt(lines),
  memo: opt(some),
})
export type DeliveryNoteCreate = Static<typeof DeliveryNoteCreateRequest>
export type DeliveryNoteUpdate = Static<typeof DeliveryNoteUpdateRequest>

// Answers

const DeliveryNoteCounterpartResource = closed('DeliveryNoteCounterpartResource', {
  id: uuid,
  individual: orNull(CounterpartIndividualResponse),
  language: orNull(Language),
  organization: orNull(CounterpartOrganizationResponse),
})
const ReceivablesCounterpartAddress = named('ReceivablesCounterpartAddress', {
  city: some,
  country: Country,
  line1: some,
  line2: orNull(some),
  postal_code: some,
  state: orNull(some),
})
export const DeliveryNoteResource = named('DeliveryNoteResource', {
  ...stamped,
  based_on: orNull(uuid),
  based_on_document_id: orNull(some),
  counterpart: DeliveryNoteCounterpartResource,
  counterpart_address: ReceivablesCounterpartAddress,
  counterpart_id: uuid,
  created_by_entity_user_id: orNull(uuid),
  delivery_date: orNull(day),
  delivery_number: orNull(some),
  display_signature_placeholder: Type.Boolean(),
  document_id: some,
  entity: EntityOnDocument,
  entity_address: EntityAddress,
  entity_id: uuid,
  file_language: Language,
  file_url: orNull(some),
  line_items: Type.Array(DeliveryNoteLineItemResource, { minItems: 1 }),
  memo: orNull(some),
  original_file_language: Language,
  original_file_url: orNull(some),
  status: DeliveryNoteStatusEnum,
})
export type DeliveryNote = Static<typeof DeliveryNoteResource>
export const DeliveryNoteResourceList = pageOf(DeliveryNoteResource, 'DeliveryNoteResourceList')

// The list

export const deliveryNoteFilters = {
  id__in: Type.Array(uuid),
  status: DeliveryNoteStatusEnum,
  status__in: Type.Array(DeliveryNoteStatusEnum),
  document_id: documentId,
  document_id__contains: documentId,
  document_id__icontains: documentId,
  created_by_entity_user_id: uuid,
  counterpart_id: uuid,
  based_on: uuid,
  based_on_document_id: documentId,
  based_on_document_id__contains: documentId,
  based_on_document_id__icontains: documentId,
  ...range('created_at', instant),
  ...range('delivery_date', day),
}
