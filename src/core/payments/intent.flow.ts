import { flow } from '../flow.ts'

export type IntentState =
  | 'created'
  | 'processing'
  | 'payment_cancelled'
  | 'payment_failed'
  | 'succeeded'
  | 'settled'
  | 'payout_failed'
  | 'payout_canceled'
  | 'disputed'
  | 'refunded'
export type IntentAction =
  | ('edit' | 'process' | 'succeed' | 'fail' | 'cancel' | 'settle' | 'refund')
  | ('dispute' | 'win' | 'return' | 'fail_payout' | 'cancel_payout')

/**
 * The life of a payment. What a provider tells too late finds no cell and changes nothing. Money that comes after a payment was canceled has
 * moved all the same.
 */
export const intentFlow = flow<IntentState, IntentAction>(
  'payment intent',
  {
    created: {
      edit: 'created',
      process: 'processing',
      succeed: 'succeeded',
      fail: 'payment_failed',
      cancel: 'payment_cancelled',
    },
    processing: { succeed: 'succeeded', fail: 'payment_failed' },
    payment_failed: { process: 'processing', succeed: 'succeeded' },
    payment_cancelled: { succeed: 'succeeded' },
    succeeded: {
      settle: 'settled',
      refund: 'refunded',
      dispute: 'disputed',
      return: 'payment_failed',
      fail_payout: 'payout_failed',
      cancel_payout: 'payout_canceled',
    },
    settled: { dispute: 'disputed', refund: 'refunded', return: 'payment_failed', fail_payout: 'payout_failed' },
    payout_failed: { settle: 'settled', refund: 'refunded', dispute: 'disputed' },
    payout_canceled: { settle: 'settled', refund: 'refunded' },
    disputed: { win: 'settled', refund: 'refunded' },
    refunded: {},
  },
  {
    created: 'created',
    edit: 'be changed',
    succeed: 'succeed',
    fail: 'fail',
    fail_payout: 'fail',
    payment_cancelled: 'canceled',
    win: 'be won',
    cancel_payout: 'have its payout canceled',
    payment_failed: 'failed',
  },
  ['fail', 'win', 'return', 'dispute', 'fail_payout', 'cancel_payout'],
)
