import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import { nothing } from '../../../platform/http/types.ts'
import {
  ApprovalPolicyCreate,
  ApprovalPolicyResource,
  ApprovalPolicyResourceList,
  ApprovalPolicyUpdate,
  policyFilters,
} from './policies.schema.ts'
import { createPolicy, policyTable, updatePolicy } from './policies.service.ts'

const list = listing(policyTable, { filters: policyFilters, sort: ['created_at', 'updated_at'], badToken: 422 })

export const approvalPolicies: Routes = async (app) => {
  app.get(
    '/approval_policies',
    operation({
      summary: 'Get approval policies',
      may: 'approval_policy:read',
      query: list.query,
      ok: { 200: ApprovalPolicyResourceList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/approval_policies',
    operation({
      summary: 'Create an approval policy',
      may: 'approval_policy:create',
      body: ApprovalPolicyCreate,
      ok: { 201: ApprovalPolicyResource },
    }),
    ({ ctx, body }) => createPolicy(ctx, body),
  )

  app.get(
    '/approval_policies/:approval_policy_id',
    operation({ summary: 'Get an approval policy by ID', may: 'approval_policy:read', ok: { 200: ApprovalPolicyResource } }),
    ({ ctx, params }) => rows.find(ctx, policyTable, params.approval_policy_id),
  )

  app.patch(
    '/approval_policies/:approval_policy_id',
    operation({
      summary: 'Update an approval policy',
      may: 'approval_policy:update',
      body: ApprovalPolicyUpdate,
      ok: { 200: ApprovalPolicyResource },
    }),
    ({ ctx, params, body }) => updatePolicy(ctx, params.approval_policy_id, body),
  )

  app.delete(
    '/approval_policies/:approval_policy_id',
    operation({ summary: 'Delete an approval policy', may: 'approval_policy:delete', ok: { 204: nothing } }),
    ({ ctx, params }) => rows.remove(ctx, policyTable, params.approval_policy_id),
  )
}
