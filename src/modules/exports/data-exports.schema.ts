import Type, { type Static } from 'typebox'
import { createdAt, day, instant, opt, orNull, pageOf, stamped, strict, uuid, word } from '../../platform/http/types.ts'
import { exportFormats } from '../common/exporting/exporter.service.ts'
import { ReceivablesStatusEnum } from '../receivables/receivables.schema.ts'

export const ExportFormat = word(exportFormats, { $id: 'ExportFormat' })
export type ExportFormat = Static<typeof ExportFormat>

const PayableStateEnum = word(
  ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  { $id: 'PayableStateEnum' },
)
export const ExportPayableSchema = Type.Object(
  { name: word(['payable']), statuses: Type.Array(PayableStateEnum) },
  { $id: 'ExportPayableSchema', ...strict },
)
export const ExportReceivableSchema = Type.Object(
  { name: word(['receivable']), statuses: Type.Array(ReceivablesStatusEnum) },
  { $id: 'ExportReceivableSchema', ...strict },
)
export const ExportObjectSchema = Type.Union([ExportPayableSchema, ExportReceivableSchema], { $id: 'ExportObjectSchema' })
export type ExportObject = Static<typeof ExportObjectSchema>

export const ExportPayloadSchema = Type.Object(
  { date_from: day, date_to: day, format: ExportFormat, objects: Type.Array(ExportObjectSchema) },
  { $id: 'ExportPayloadSchema', ...strict },
)
export type ExportPayload = Static<typeof ExportPayloadSchema>
export const CreateExportTaskResponseSchema = Type.Object({ id: uuid }, { $id: 'CreateExportTaskResponseSchema' })

export const DocumentExportResponseSchema = Type.Object(
  {
    id: uuid,
    count: Type.Integer(),
    created_by_entity_user_id: orNull(uuid),
    end_datetime: orNull(instant),
    entity_id: uuid,
    format: Type.String(),
    language: Type.String(),
    source_url: orNull(Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })),
    start_datetime: orNull(instant),
    status: Type.String(),
  },
  { $id: 'DocumentExportResponseSchema' },
)
export const AllDocumentExportResponseSchema = pageOf(DocumentExportResponseSchema, 'AllDocumentExportResponseSchema')
export const exportFilters = { ...createdAt, created_by_entity_user_id: uuid }

export const SupportedFormatSchema = Type.Object(
  {
    available_types: Type.Record(Type.String(), Type.Array(ExportFormat)),
    object_type: word(['payable', 'receivable']),
  },
  { $id: 'SupportedFormatSchema', ...strict },
)

const SupportedFieldNames = word(['default_account_code', 'default_tax_rate_code'], { $id: 'SupportedFieldNames' })
const extraData = {
  field_name: SupportedFieldNames,
  field_value: Type.String(),
  object_id: uuid,
  object_type: word(['counterpart']),
}
export const ExtraDataCreateRequest = Type.Object(extraData, { $id: 'ExtraDataCreateRequest', ...strict })
export const ExtraDataUpdateRequest = Type.Object(
  {
    field_name: opt(SupportedFieldNames),
    field_value: opt(Type.String()),
    object_id: opt(uuid),
    object_type: opt(word(['counterpart'])),
  },
  { $id: 'ExtraDataUpdateRequest', ...strict },
)
export const ExtraDataResource = Type.Object({ ...stamped, ...extraData, created_by: orNull(uuid) }, { $id: 'ExtraDataResource' })
export const ExtraDataResourceList = pageOf(ExtraDataResource, 'ExtraDataResourceList')
export const extraDataFilters = {
  ...createdAt,
  updated_at__gt: instant,
  updated_at__lt: instant,
  updated_at__gte: instant,
  updated_at__lte: instant,
  object_id: uuid,
  field_name: Type.String(),
  field_value: Type.String(),
}
