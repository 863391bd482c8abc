import Type from 'typebox'
import { closed, named, orNull, uuid, word } from '../../../platform/http/types.ts'

const MailboxObjectTypeEnum = word(['payable', 'receipt'], { $id: 'MailboxObjectTypeEnum' })
export const MailboxDomainRequest = closed('MailboxDomainRequest', {
  mailbox_domain_id: uuid,
  mailbox_name: Type.String(),
  related_object_type: MailboxObjectTypeEnum,
})
export const MailboxMultipleEntitiesRequest = closed('MailboxMultipleEntitiesRequest', { entity_ids: Type.Array(uuid) })
export const MailboxResponse = named('MailboxResponse', {
  id: uuid,
  mailbox_domain_id: orNull(uuid),
  mailbox_full_address: Type.String(),
  mailbox_name: Type.String(),
  related_object_type: Type.String(),
  status: Type.String(),
})
export const MailboxDataResponse = named('MailboxDataResponse', { data: orNull(Type.Array(MailboxResponse)) })
