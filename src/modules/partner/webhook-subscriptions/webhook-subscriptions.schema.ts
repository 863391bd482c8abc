import Type from 'typebox'
import { closed, named, opt, orNull, pageOf, url, uuid, word } from '../../../platform/http/types.ts'

export const webhookObjects = [
  'account',
  'accounting_connection',
  'approval',
  'approval_request',
  'approval_policy',
  'approval_policy_process',
  'batch_payment',
  'comment',
  'counterpart',
  'counterpart_address',
  'counterpart_bank_account',
  'counterpart_contact_person',
  'counterpart_partner_metadata',
  'counterpart_tax_id',
  'entity',
  'entity_bank_account',
  'entity_settings',
  'entity_user',
  'export',
  'overdue_reminder',
  'partner_settings',
  'payable',
  'payables_credit_note',
  'payables_purchase_order',
  'payable.line_item',
  'payment',
  'payment_intent',
  'payment_link',
  'payment_reminder',
  'product',
  'project',
  'receivable',
  'recurrence',
  'role',
  'tag',
  'todo_task',
  'workflow',
  'workflow_pipeline',
  'ocr_task',
  'delivery_note',
  'receipt',
  'transaction',
] as const
export const WebhookObjectType = word(webhookObjects, { $id: 'WebhookObjectType' })
const WebhookSubscriptionStatus = word(['enabled', 'disabled'], { $id: 'WebhookSubscriptionStatus' })

const subscription = {
  id: uuid,
  event_types: Type.Array(Type.String()),
  object_type: WebhookObjectType,
  status: WebhookSubscriptionStatus,
  url,
}

export const CreateWebhookSubscriptionRequest = closed('CreateWebhookSubscriptionRequest', {
  event_types: opt(Type.Array(Type.String())),
  object_type: WebhookObjectType,
  url,
})
export const UpdateWebhookSubscriptionRequest = closed('UpdateWebhookSubscriptionRequest', {
  event_types: opt(Type.Array(Type.String())),
  object_type: opt(WebhookObjectType),
  url: opt(url),
})
export const WebhookSubscriptionResource = named('WebhookSubscriptionResource', subscription)
export const WebhookSubscriptionResourceWithSecret = named('WebhookSubscriptionResourceWithSecret', {
  ...subscription,
  secret: Type.String(),
})
export const WebhookSubscriptionPaginationResource = pageOf(WebhookSubscriptionResource, 'WebhookSubscriptionPaginationResource')

export const WebhookDeliveryResource = named('WebhookDeliveryResource', {
  id: uuid,
  event_id: uuid,
  requests_made_count: Type.Integer(),
  response: orNull(Type.String()),
  response_status_code: orNull(Type.Integer()),
  url,
  was_successful: orNull(Type.Boolean()),
})
export const WebhookDeliveryPaginationResource = pageOf(WebhookDeliveryResource, 'WebhookDeliveryPaginationResource')
