import Type from 'typebox'
import { orNull, strict, uuid, word } from '../../../platform/http/types.ts'

export const MailboxObjectTypeEnum = word(['payable', 'receipt'], { $id: 'MailboxObjectTypeEnum' })
export const MailboxDomainRequest = Type.Object(
  { mailbox_domain_id: uuid, mailbox_name: Type.String(), related_object_type: MailboxObjectTypeEnum },
  { $id: 'MailboxDomainRequest', ...strict },
)
export const MailboxMultipleEntitiesRequest = Type.Object(
  { entity_ids: Type.Array(uuid) },
  { $id: 'MailboxMultipleEntitiesRequest', ...strict },
)
export const MailboxResponse = Type.Object(
  {
    id: uuid,
    mailbox_domain_id: orNull(uuid),
    mailbox_full_address: Type.String(),
    mailbox_name: Type.String(),
    related_object_type: Type.String(),
    status: Type.String(),
  },
  { $id: 'MailboxResponse' },
)
export const MailboxDataResponse = Type.Object({ data: orNull(Type.Array(MailboxResponse)) }, { $id: 'MailboxDataResponse' })
