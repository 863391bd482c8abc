import { operation, type Routes } from '../../../platform/http/operation.ts'
import { ApprovalProcessResourceList, ApprovalProcessStepResourceList, ProcessResource } from './processes.schema.ts'
import { cancelProcessById, processesOf, processOf, stepsOfProcess } from './processes.service.ts'

export const approvalProcesses: Routes = async (app) => {
  app.get(
    '/approval_policies/:approval_policy_id/processes',
    operation({
      summary: 'Get approval processes created from a policy',
      may: 'approval_policy:read',
      ok: { 200: ApprovalProcessResourceList },
    }),
    ({ ctx, params }) => processesOf(ctx, params.approval_policy_id),
  )

  app.get(
    '/approval_policies/:approval_policy_id/processes/:process_id',
    operation({ summary: 'Get an approval process by ID', may: 'approval_policy:read', ok: { 200: ProcessResource } }),
    ({ ctx, params }) => processOf(ctx, params.approval_policy_id, params.process_id),
  )

  app.post(
    '/approval_policies/:approval_policy_id/processes/:process_id/cancel',
    operation({ summary: 'Cancel an approval process', may: 'approval_policy:update', ok: { 200: ProcessResource } }),
    ({ ctx, params }) => cancelProcessById(ctx, params.approval_policy_id, params.process_id),
  )

  app.get(
    '/approval_policies/:approval_policy_id/processes/:process_id/steps',
    operation({
      summary: 'Get the steps of an approval process',
      may: 'approval_policy:read',
      ok: { 200: ApprovalProcessStepResourceList },
    }),
    ({ ctx, params }) => stepsOfProcess(ctx, params.approval_policy_id, params.process_id),
  )
}
