import Type from 'typebox'
import { closed, named, opt, pageOf, prose, stamped, word } from '../../../platform/http/types.ts'

export const TextTemplateType = word(['email_header', 'email_body', 'memo'], { $id: 'TextTemplateType' })
export const TextTemplateDocumentTypeEnum = word(
  ['quote', 'invoice', 'credit_note', 'discount_reminder', 'final_reminder', 'payables_purchase_order', 'overdue_reminder'],
  { $id: 'TextTemplateDocumentTypeEnum' },
)

const words = { name: Type.String(), template: prose }
const place = { document_type: TextTemplateDocumentTypeEnum, type: TextTemplateType }

export const CreateTextTemplatePayload = closed('CreateTextTemplatePayload', { ...place, ...words })
export const UpdateTextTemplatePayload = closed('UpdateTextTemplatePayload', {
  name: opt(words.name),
  template: opt(words.template),
})
export const TextTemplateResponse = named('TextTemplateResponse', { ...stamped, ...place, ...words, is_default: Type.Boolean() })
export const TextTemplateResponseList = pageOf(TextTemplateResponse, 'TextTemplateResponseList')
