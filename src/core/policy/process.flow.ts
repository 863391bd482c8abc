import { flow } from '../flow.ts'

export type ProcessState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'canceled'

/** The life of an approval: it asks until its votes, an error, or somebody ends it. An end is final. */
export const processFlow = flow<ProcessState, 'succeed' | 'fail' | 'cancel'>(
  'approval process',
  {
    waiting: { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
    running: { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
    succeeded: {},
    failed: {},
    canceled: {},
  },
  { succeed: 'succeed', fail: 'fail' },
)
