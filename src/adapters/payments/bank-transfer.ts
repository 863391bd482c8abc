import type { PaymentProvider } from '../../ports/payments.ts'

/**
 * Real money without a third party: the payer is shown an account, an amount and a reference, and transfers the money. Nobody is called; the
 * payment succeeds when it is found in a statement of the account, or an operator says so.
 */
export const bankTransfer: PaymentProvider = {
  name: 'bank_transfer',
  byHand: true,
  minimum: (method) => (method === 'sepa_credit' || method === 'us_ach' ? 1 : null),
  // One transfer for an intent, however often the payer says that it was sent.
  start: async ({ intent }) => ({ reference: intent }),
  // Nobody can call back a transfer that was made; one that arrives is booked.
  cancel: async () => 'canceled',
  news: async () => ({ events: [], ask_at: null }),
}
