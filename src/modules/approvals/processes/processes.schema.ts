import Type, { type Static } from 'typebox'
import { instant, listOf, named, orNull, uuid, word } from '../../../platform/http/types.ts'

const object = Type.Record(Type.String(), Type.Unknown())

const ProcessStatusEnum = word(['succeeded', 'waiting', 'failed', 'running', 'canceled', 'timed_out'], {
  $id: 'ProcessStatusEnum',
})
export const ProcessResource = named('ProcessResource', {
  id: uuid,
  created_at: instant,
  updated_at: orNull(instant),
  created_by: orNull(uuid),
  error: orNull(object),
  input: object,
  metadata: object,
  script_snapshot: orNull(Type.Union([Type.Boolean(), Type.Number(), Type.String(), Type.Array(Type.Unknown()), object])),
  status: ProcessStatusEnum,
  updated_by: orNull(uuid),
})
export const ApprovalProcessResourceList = listOf(ProcessResource, 'ApprovalProcessResourceList')

const ApprovalProcessStepStatus = word(['waiting', 'approved', 'rejected', 'canceled', 'failed', 'not_started', 'skipped'], {
  $id: 'ApprovalProcessStepStatus',
})
export const ApprovalProcessStepResource = named('ApprovalProcessStepResource', {
  approval_request_id: orNull(uuid),
  approved_by: Type.Array(uuid),
  object_id: uuid,
  rejected_by: orNull(uuid),
  required_approval_count: Type.Integer({ minimum: 1 }),
  role_ids: Type.Array(uuid),
  status: ApprovalProcessStepStatus,
  user_ids: Type.Array(uuid),
})
export type ApprovalProcessStepResource = Static<typeof ApprovalProcessStepResource>
export const ApprovalProcessStepResourceList = listOf(ApprovalProcessStepResource, 'ApprovalProcessStepResourceList')
