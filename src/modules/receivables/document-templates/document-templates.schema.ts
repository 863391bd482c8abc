import Type from 'typebox'
import { instant, named, orNull, uuid, word } from '../../../platform/http/types.ts'
import { FileResponse } from '../../common/files/files.schema.ts'

export const DocumentTypeEnum = word(['receivable', 'delivery_note', 'purchase_order', 'payable'], { $id: 'DocumentTypeEnum' })
const TemplateTypeEnum = word(['block', 'source_object'], { $id: 'TemplateTypeEnum' })

export const TemplateReceivableResponse = named('TemplateReceivableResponse', {
  id: uuid,
  created_at: orNull(instant),
  updated_at: orNull(instant),
  blocks: orNull(Type.Array(Type.String())),
  document_type: DocumentTypeEnum,
  is_default: Type.Boolean(),
  language: Type.String(),
  name: Type.String(),
  preview: orNull(FileResponse),
  template: Type.String(),
  template_type: orNull(TemplateTypeEnum),
})
export const TemplateListResponse = named('TemplateListResponse', { data: orNull(Type.Array(TemplateReceivableResponse)) })
