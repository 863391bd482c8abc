// biome-ignore-all lint/suspicious/noThenProperty: the language has a key of that name
import { billThatIs, readBill } from './billing.ts'
import { good } from './invoicing.ts'
import { type Body, type Client, permissions, type World } from './world.ts'

export const SUBMITTED = `{event_name == 'submitted_for_approval'}`
export const users = (user_ids: readonly (string | null)[], required_approval_count = 1) => ({
  call: 'ApprovalRequests.request_approval_by_users',
  params: { user_ids, required_approval_count },
})
export const roles = (role_ids: readonly string[], required_approval_count = 1) => ({
  call: 'ApprovalRequests.request_approval_by_roles',
  params: { role_ids, required_approval_count },
})
export const decide = (condition: unknown) => [
  { if: condition, then: ['{Payables.approve(invoice.id)}'], else: ['{Payables.reject(invoice.id)}'] },
]

export const newPolicy = async (who: Client, script: unknown, changes: object = {}): Promise<Body> =>
  good(await who.post('/approval_policies', { name: 'Policy', trigger: { all: [SUBMITTED] }, script, ...changes }))

/** Somebody who may do nothing but what others ask of them. */
export const approver = (w: World, entityId: string) => w.newUser(entityId, permissions({}, 'not_allowed'))

/** A bill that was sent to be approved, and met its policy. */
export async function submitted(w: World, who: Client): Promise<Body> {
  const id = await billThatIs(who, 'approve_in_progress')
  await w.work()
  return readBill(who, id)
}

export const requestsOf = async (who: Client, billId: string): Promise<Body[]> =>
  good(await who.get(`/approval_requests?object_id=${billId}&object_type=payable`)).data

export const processesOf = async (who: Client, policyId: string): Promise<Body[]> =>
  good(await who.get(`/approval_policies/${policyId}/processes`)).data

export const stepsOf = async (who: Client, policyId: string, processId: string): Promise<Body[]> =>
  good(await who.get(`/approval_policies/${policyId}/processes/${processId}/steps`)).data
