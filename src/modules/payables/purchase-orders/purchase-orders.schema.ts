import Type, { type Static } from 'typebox'
import { range } from '../../../platform/http/ranges.ts'
import {
  Country,
  Currency,
  closed,
  day,
  instant,
  Language,
  listOf,
  named,
  opt,
  orNull,
  pageOf,
  prose,
  stamped,
  url,
  uuid,
  word,
} from '../../../platform/http/types.ts'
import { FileSchema } from '../../common/files/files.schema.ts'
import { EntityBusinessStructure } from '../../entities/entities/entities.schema.ts'
import { DocumentTypeEnum } from '../../receivables/document-templates/document-templates.schema.ts'

const some = Type.String()
const said = Type.String({ minLength: 1 })
const days = Type.Integer({ minimum: 1 })

const PurchaseOrderStatusEnum = word(['draft', 'issued'], { $id: 'PurchaseOrderStatusEnum' })

// Requests

const PurchaseOrderItem = closed('PurchaseOrderItem', {
  currency: Currency,
  name: some,
  price: Type.Integer(),
  quantity: Type.Integer(),
  unit: some,
  vat_rate: Type.Integer({ minimum: 0, maximum: 10000 }),
})
export type OrderItem = Static<typeof PurchaseOrderItem>

export const PurchaseOrderPayloadSchema = named('PurchaseOrderPayloadSchema', {
  counterpart_address_id: opt(uuid),
  counterpart_id: uuid,
  currency: Currency,
  entity_vat_id_id: opt(uuid),
  items: Type.Array(PurchaseOrderItem),
  message: some,
  project_id: opt(uuid),
  valid_for_days: days,
})
export type CreateOrder = Static<typeof PurchaseOrderPayloadSchema>

export const UpdatePurchaseOrderPayloadSchema = named('UpdatePurchaseOrderPayloadSchema', {
  counterpart_address_id: opt(uuid),
  counterpart_id: opt(uuid),
  entity_vat_id_id: opt(uuid),
  items: opt(Type.Array(PurchaseOrderItem)),
  message: opt(some),
  project_id: opt(uuid),
  valid_for_days: opt(days),
})
export type UpdateOrder = Static<typeof UpdatePurchaseOrderPayloadSchema>

const words = { body_text: prose, subject_text: some }
export const PurchaseOrderEmailPreviewRequest = closed('PurchaseOrderEmailPreviewRequest', words)
export const SendPurchaseOrderViaEmailRequest = closed('SendPurchaseOrderViaEmailRequest', words)
export type OrderWords = Static<typeof SendPurchaseOrderViaEmailRequest>

// The vendor, as the order keeps it

const counterpart = {
  ...stamped,
  created_automatically: orNull(Type.Boolean()),
  created_by_entity_user_id: orNull(uuid),
  default_billing_address_id: orNull(uuid),
  default_shipping_address_id: orNull(uuid),
  language: orNull(Language),
  reminders_enabled: orNull(Type.Boolean()),
  tax_id: orNull(Type.String({ maxLength: 30 })),
  type: word(['individual', 'organization'], { $id: 'CounterpartType' }),
}
const someone = {
  email: orNull(Type.String({ format: 'email' })),
  is_customer: Type.Boolean(),
  is_vendor: Type.Boolean(),
  phone: orNull(some),
}
const PurchaseOrderCounterpartSchema = Type.Union([
  named('PurchaseOrderCounterpartIndividualRootResponse', {
    ...counterpart,
    individual: named('PurchaseOrderCounterpartIndividualResponse', {
      ...someone,
      first_name: said,
      last_name: said,
      title: orNull(some),
    }),
  }),
  named('PurchaseOrderCounterpartOrganizationRootResponse', {
    ...counterpart,
    organization: named('PurchaseOrderCounterpartOrganizationResponse', { ...someone, legal_name: some }),
  }),
])
export type OrderCounterpart = Static<typeof PurchaseOrderCounterpartSchema>

const PurchaseOrderCounterpartAddressSchema = named('PurchaseOrderCounterpartAddressSchema', {
  city: some,
  country: Country,
  line1: some,
  line2: orNull(some),
  postal_code: some,
  state: orNull(some),
})
export type OrderAddress = Static<typeof PurchaseOrderCounterpartAddressSchema>

// The entity, as the order keeps it

const PayableEntityAddressSchema = named('PayableEntityAddressSchema', {
  city: Type.String({ maxLength: 255 }),
  country: orNull(Country),
  line1: Type.String({ maxLength: 255 }),
  line2: orNull(Type.String({ maxLength: 100 })),
  postal_code: Type.String({ maxLength: 10 }),
  state: orNull(Type.String({ maxLength: 255 })),
})
const entity = {
  ...stamped,
  address: PayableEntityAddressSchema,
  email: orNull(some),
  logo: orNull(FileSchema),
  phone: orNull(Type.String({ maxLength: 100 })),
  status: word(['active', 'deleted'], { $id: 'StatusEnum' }),
  tax_id: orNull(Type.String({ maxLength: 30 })),
  website: orNull(url),
}
const PayableIndividualSchema = named('PayableIndividualSchema', {
  date_of_birth: orNull(day),
  first_name: Type.String({ maxLength: 100 }),
  id_number: orNull(some),
  last_name: Type.String({ maxLength: 100 }),
  ssn_last_4: orNull(some),
  title: orNull(Type.String({ maxLength: 10 })),
})
const PayableOrganizationSchema = named('PayableOrganizationSchema', {
  business_structure: orNull(EntityBusinessStructure),
  directors_provided: orNull(Type.Boolean()),
  executives_provided: orNull(Type.Boolean()),
  legal_entity_id: orNull(Type.String({ maxLength: 20 })),
  legal_name: Type.String({ minLength: 1, maxLength: 255 }),
  owners_provided: orNull(Type.Boolean()),
  representative_provided: orNull(Type.Boolean()),
})
const OrderingEntity = Type.Union([
  named('PayableEntityIndividualResponse', { ...entity, individual: PayableIndividualSchema }),
  named('PayableEntityOrganizationResponse', { ...entity, organization: PayableOrganizationSchema }),
])
export type OrderingEntity = Static<typeof OrderingEntity>

const PurchaseOrderVatId = named('PurchaseOrderVatId', { id: uuid, country: some, entity_id: uuid, type: some, value: some })
export type OrderVatId = Static<typeof PurchaseOrderVatId>

// Answers

export const PurchaseOrderResponseSchema = named('PurchaseOrderResponseSchema', {
  ...stamped,
  counterpart: PurchaseOrderCounterpartSchema,
  counterpart_address: orNull(PurchaseOrderCounterpartAddressSchema),
  counterpart_address_id: orNull(uuid),
  counterpart_id: uuid,
  created_by_user_id: orNull(uuid),
  currency: Currency,
  document_id: some,
  entity: OrderingEntity,
  entity_id: uuid,
  entity_vat_id: orNull(PurchaseOrderVatId),
  file_id: orNull(uuid),
  file_url: orNull(some),
  issued_at: orNull(day),
  items: Type.Array(PurchaseOrderItem),
  message: some,
  project_id: orNull(uuid),
  // Any text by the reference; `draft` and `issued` are what there is.
  status: Type.Unsafe<'draft' | 'issued'>(some),
  valid_for_days: days,
})
export type PurchaseOrder = Static<typeof PurchaseOrderResponseSchema>
export const PurchaseOrderPaginationResponse = pageOf(PurchaseOrderResponseSchema, 'PurchaseOrderPaginationResponse')

export const PurchaseOrderEmailPreviewResponse = named('PurchaseOrderEmailPreviewResponse', {
  body_preview: some,
  subject_preview: some,
})
export const PurchaseOrderEmailSentResponse = named('PurchaseOrderEmailSentResponse', { mail_id: uuid })

// Variables

/** The variables that texts about an order may use, `{in_braces}`. */
export const orderVariables = {
  counterpart_name: 'Name of the vendor',
  entity_name: 'Name of the company that orders',
  document_number: 'Number of the purchase order',
  total_amount: 'Total of the purchase order',
  valid_until: 'Last day the order holds',
  message: 'The message of the purchase order',
} as const
export type OrderVariable = keyof typeof orderVariables

const Variable = named('Variable', { description: some, name: some })
const VariablesObject = named('VariablesObject', {
  object_subtype: DocumentTypeEnum,
  object_type: some,
  variables: Type.Array(Variable),
})
export const VariablesObjectList = listOf(VariablesObject, 'VariablesObjectList')

// The list

const ISSUED = `(t.issued_at::timestamp at time zone 'UTC')`
const issued = { type: instant, sql: ISSUED }
const NAME = `(select c.name from counterparts c where c.entity_id = t.entity_id and c.id = t.counterpart_id)`

export const orderFilters = {
  ...range('created_at', instant),
  ...range('updated_at', instant),
  ...range('issued_at', issued),
  status: PurchaseOrderStatusEnum,
  document_id: some,
  document_id__in: Type.Array(some),
  created_by: { type: uuid, sql: 't.created_by_user_id' },
  counterpart_id: uuid,
  counterpart_id__in: Type.Array(uuid),
  'counterpart.name': { type: some, sql: NAME },
  currency: Currency,
  currency__in: Type.Array(Currency),
  project_id: uuid,
}
