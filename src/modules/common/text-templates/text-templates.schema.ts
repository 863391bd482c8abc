import Type from 'typebox'
import { opt, pageOf, prose, stamped, strict, word } from '../../../platform/http/types.ts'

export const TextTemplateType = word(['email_header', 'email_body', 'memo'], { $id: 'TextTemplateType' })
export const TextTemplateDocumentTypeEnum = word(
  ['quote', 'invoice', 'credit_note', 'discount_reminder', 'final_reminder', 'payables_purchase_order', 'overdue_reminder'],
  { $id: 'TextTemplateDocumentTypeEnum' },
)

const words = { name: Type.String(), template: prose }
const place = { document_type: TextTemplateDocumentTypeEnum, type: TextTemplateType }

export const CreateTextTemplatePayload = Type.Object({ ...place, ...words }, { $id: 'CreateTextTemplatePayload', ...strict })
export const UpdateTextTemplatePayload = Type.Object(
  { name: opt(words.name), template: opt(words.template) },
  { $id: 'UpdateTextTemplatePayload', ...strict },
)
export const TextTemplateResponse = Type.Object(
  { ...stamped, ...place, ...words, is_default: Type.Boolean() },
  { $id: 'TextTemplateResponse' },
)
export const TextTemplateResponseList = pageOf(TextTemplateResponse, 'TextTemplateResponseList')
