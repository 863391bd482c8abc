import { operation, type Routes } from '../../platform/http/operation.ts'
import { approvePayable, rejectPayable } from '../payables/deciding.service.ts'
import { PayableResponseSchema } from '../payables/payables.schema.ts'
import { withdrawApprovals } from './withdraw.service.ts'

/** Somebody decides about a bill past every vote: whoever was asked is asked no more. */
export const deciding: Routes = async (app) => {
  app.post(
    '/payables/:payable_id/approve_payment_operation',
    operation({ summary: 'Approve a payable for payment', may: 'payable:approve', ok: { 200: PayableResponseSchema } }),
    async ({ ctx, params }) => {
      const approved = await approvePayable(ctx, params.payable_id)
      await withdrawApprovals(ctx, params.payable_id)
      return approved
    },
  )

  app.post(
    '/payables/:payable_id/reject',
    operation({ summary: 'Reject a payable', may: 'payable:approve', ok: { 200: PayableResponseSchema } }),
    async ({ ctx, params }) => {
      const rejected = await rejectPayable(ctx, params.payable_id)
      await withdrawApprovals(ctx, params.payable_id)
      return rejected
    },
  )
}
