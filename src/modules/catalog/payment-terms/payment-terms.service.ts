import { table } from '../../../platform/database/rows.ts'
import { PaymentTermsResponse } from './payment-terms.schema.ts'

export const paymentTermTable = table('payment_terms', PaymentTermsResponse, {
  noun: 'Payment term',
})
