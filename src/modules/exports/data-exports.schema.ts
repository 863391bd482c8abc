import Type, { type Static } from 'typebox'
import { range } from '../../platform/http/ranges.ts'
import {
  closed,
  createdAt,
  day,
  instant,
  named,
  opt,
  orNull,
  pageOf,
  stamped,
  url,
  uuid,
  word,
} from '../../platform/http/types.ts'
import { exportFormats } from '../common/exporting/exporter.service.ts'
import { ReceivablesStatusEnum } from '../receivables/receivables.schema.ts'

const ExportFormat = word(exportFormats, { $id: 'ExportFormat' })

const PayableStateEnum = word(
  ['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected'],
  { $id: 'PayableStateEnum' },
)
const ExportPayableSchema = closed('ExportPayableSchema', {
  name: word(['payable']),
  statuses: Type.Array(PayableStateEnum),
})
const ExportReceivableSchema = closed('ExportReceivableSchema', {
  name: word(['receivable']),
  statuses: Type.Array(ReceivablesStatusEnum),
})
const ExportObjectSchema = Type.Union([ExportPayableSchema, ExportReceivableSchema], { $id: 'ExportObjectSchema' })
export type ExportObject = Static<typeof ExportObjectSchema>

export const ExportPayloadSchema = closed('ExportPayloadSchema', {
  date_from: day,
  date_to: day,
  format: ExportFormat,
  objects: Type.Array(ExportObjectSchema),
})
export type ExportPayload = Static<typeof ExportPayloadSchema>
export const CreateExportTaskResponseSchema = named('CreateExportTaskResponseSchema', { id: uuid })

export const DocumentExportResponseSchema = named('DocumentExportResponseSchema', {
  id: uuid,
  count: Type.Integer(),
  created_by_entity_user_id: orNull(uuid),
  end_datetime: orNull(instant),
  entity_id: uuid,
  format: Type.String(),
  language: Type.String(),
  source_url: orNull(url),
  start_datetime: orNull(instant),
  status: Type.String(),
})
export const AllDocumentExportResponseSchema = pageOf(DocumentExportResponseSchema, 'AllDocumentExportResponseSchema')
export const exportFilters = { ...createdAt, created_by_entity_user_id: uuid }

export const SupportedFormatSchema = closed('SupportedFormatSchema', {
  available_types: Type.Record(Type.String(), Type.Array(ExportFormat)),
  object_type: word(['payable', 'receivable']),
})

const SupportedFieldNames = word(['default_account_code', 'default_tax_rate_code'], { $id: 'SupportedFieldNames' })
const extraData = {
  field_name: SupportedFieldNames,
  field_value: Type.String(),
  object_id: uuid,
  object_type: word(['counterpart']),
}
export const ExtraDataCreateRequest = closed('ExtraDataCreateRequest', extraData)
export const ExtraDataUpdateRequest = closed('ExtraDataUpdateRequest', {
  field_name: opt(SupportedFieldNames),
  field_value: opt(Type.String()),
  object_id: opt(uuid),
  object_type: opt(word(['counterpart'])),
})
export const ExtraDataResource = named('ExtraDataResource', { ...stamped, ...extraData, created_by: orNull(uuid) })
export const ExtraDataResourceList = pageOf(ExtraDataResource, 'ExtraDataResourceList')
export const extraDataFilters = {
  ...createdAt,
  ...range('updated_at', instant),
  object_id: uuid,
  field_name: Type.String(),
  field_value: Type.String(),
}
