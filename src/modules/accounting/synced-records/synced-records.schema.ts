import Type, { type Static } from 'typebox'
import { instant, named, orNull, pageOf, stamped, uuid, word } from '../../../platform/http/types.ts'
import { ObjectMatchTypes, SyncStatus } from '../accounting.schema.ts'

const some = Type.String()
const Platform = word(['xero', 'quickbooks', 'quickbooks_online', 'quickbooks_online_sandbox'], { $id: 'Platform' })
const ServiceProvidersEnum = word(['codat', 'railz'], { $id: 'ServiceProvidersEnum' })

export const SyncRecordResource = named('SyncRecordResource', {
  ...stamped,
  errors: orNull(Type.Object({}, { additionalProperties: true })),
  last_pulled_at: instant,
  object_id: orNull(uuid),
  object_type: ObjectMatchTypes,
  object_updated_at: orNull(instant),
  platform: orNull(Platform),
  platform_object_id: orNull(some),
  platform_updated_at: orNull(instant),
  provider: orNull(ServiceProvidersEnum),
  provider_object_id: orNull(some),
  provider_updated_at: orNull(instant),
  sync_status: SyncStatus,
})
export const SyncRecordResourceList = pageOf(SyncRecordResource, 'SyncRecordResourceList')
export type SyncRecord = Static<typeof SyncRecordResource>

const SyncStatusResponse = named('SyncStatusResponse', {
  id: orNull(uuid),
  sync_status: Type.Optional(SyncStatus),
  type: Type.Optional(ObjectMatchTypes),
})
export const SyncStatusResponseList = named('SyncStatusResponseList', {
  data: Type.Array(SyncStatusResponse),
  next_pagination_token: orNull(some),
  prev_pagination_token: orNull(some),
})
