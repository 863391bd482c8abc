import Type, { type Static } from 'typebox'
import {
  closed,
  instant,
  Language,
  named,
  opt,
  orNull,
  prose,
  someProse,
  text,
  uuid,
  word,
} from '../../../platform/http/types.ts'

export const DocumentObjectTypeRequestEnum = word(
  [
    'receivables_quote',
    'receivables_invoice',
    'receivables_paid_invoice',
    'receivables_credit_note',
    'receivables_discount_reminder',
    'receivables_final_reminder',
    'payables_purchase_order',
    'payables_notify_approver',
    'payables_notify_payer',
  ],
  { $id: 'DocumentObjectTypeRequestEnum' },
)
/** What a mail is about: each has a template of its own. */
export type MailType = Static<typeof DocumentObjectTypeRequestEnum>

export const SUBJECT_MAX = 2048

export const CustomTemplateDataSchema = closed('CustomTemplateDataSchema', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  body_template: Type.String(),
  is_default: Type.Boolean(),
  language: Type.String({ maxLength: 4 }),
  name: Type.String({ maxLength: 128 }),
  subject_template: Type.String({ maxLength: SUBJECT_MAX }),
  type: Type.String(),
})
export const CustomTemplatesPaginationResponse = closed('CustomTemplatesPaginationResponse', {
  data: Type.Array(CustomTemplateDataSchema),
  next_pagination_token: orNull(Type.String()),
  prev_pagination_token: orNull(Type.String()),
})

const name = text(128)
const source = someProse
export const AddCustomTemplateSchema = closed('AddCustomTemplateSchema', {
  body_template: source,
  is_default: opt(Type.Boolean()),
  language: opt(Language),
  name,
  subject_template: source,
  type: DocumentObjectTypeRequestEnum,
})
export const UpdateCustomTemplateSchemaRequest = closed('UpdateCustomTemplateSchemaRequest', {
  body_template: opt(prose),
  language: opt(Language),
  name: opt(name),
  subject_template: opt(Type.String()),
})

export const PreviewTemplateRequest = closed('PreviewTemplateRequest', {
  body: prose,
  document_type: DocumentObjectTypeRequestEnum,
  language_code: Language,
  subject: Type.String(),
})
export const PreviewTemplateResponse = closed('PreviewTemplateResponse', {
  body_preview: Type.String(),
  subject_preview: Type.String(),
})

const TemplateDataSchema = closed('TemplateDataSchema', {
  body_template: Type.String(),
  language: Type.String(),
  subject_template: Type.String(),
})
const SystemTemplateDataSchema = closed('SystemTemplateDataSchema', {
  available_templates: Type.Array(TemplateDataSchema),
  template_name: Type.String(),
})
export const SystemTemplates = named('SystemTemplates', { data: Type.Array(SystemTemplateDataSchema) })
