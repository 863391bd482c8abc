import Type from 'typebox'
import { rows } from '../../../platform/database/rows.ts'
import { listing } from '../../../platform/http/listing.ts'
import { operation, type Routes } from '../../../platform/http/operation.ts'
import {
  ApprovalRequestCreateRequest,
  ApprovalRequestRejectRequest,
  ApprovalRequestResource,
  ApprovalRequestResourceList,
  requestFilters,
} from './requests.schema.ts'
import { cancelRequest, createRequest, requestTable, vote } from './requests.service.ts'

const list = listing(requestTable, { filters: requestFilters, sort: ['created_at', 'updated_at'] })

export const approvalRequests: Routes = async (app) => {
  app.get(
    '/approval_requests',
    operation({
      summary: 'Get approval requests',
      may: 'approval_request:read',
      query: list.query,
      ok: { 200: ApprovalRequestResourceList },
    }),
    ({ ctx, query }) => list.page(ctx, query),
  )

  app.post(
    '/approval_requests',
    operation({
      summary: 'Create an approval request',
      may: 'approval_request:create',
      body: ApprovalRequestCreateRequest,
      names: { 'body.object_id': 'payable' },
      ok: { 201: ApprovalRequestResource },
    }),
    ({ ctx, body }) => createRequest(ctx, body),
  )

  app.get(
    '/approval_requests/:approval_request_id',
    operation({ summary: 'Get an approval request by ID', may: 'approval_request:read', ok: { 200: ApprovalRequestResource } }),
    ({ ctx, params }) => rows.find(ctx, requestTable, params.approval_request_id),
  )

  app.post(
    '/approval_requests/:approval_request_id/approve',
    operation({
      summary: 'Approve an approval request',
      may: 'user',
      // Whoever is named may answer: no other permission is asked for.
      names: { 'path.approval_request_id': null },
      ok: { 200: ApprovalRequestResource },
    }),
    ({ ctx, params }) => vote(ctx, params.approval_request_id, 'approve'),
  )

  app.post(
    '/approval_requests/:approval_request_id/reject',
    operation({
      summary: 'Reject an approval request',
      may: 'user',
      // Beyond the reference: why not, for the history of the bill.
      body: Type.Optional(ApprovalRequestRejectRequest),
      // Whoever is named may answer: no other permission is asked for.
      names: { 'path.approval_request_id': null },
      ok: { 200: ApprovalRequestResource },
    }),
    ({ ctx, params, body }) => vote(ctx, params.approval_request_id, 'reject', body?.reason?.trim() || null),
  )

  app.post(
    '/approval_requests/:approval_request_id/cancel',
    operation({ summary: 'Cancel an approval request', may: 'approval_request:update', ok: { 200: ApprovalRequestResource } }),
    ({ ctx, params }) => cancelRequest(ctx, params.approval_request_id),
  )
}
