export type BatchState = 'created' | 'processing' | 'partially_successful' | 'succeeded' | 'failed'

const GOOD: ReadonlySet<string> = new Set(['succeeded', 'settled'])
const OPEN: ReadonlySet<string> = new Set(['created', 'processing'])

/** The status of a batch by its items: under way as long as one of them is, then the result of all. */
export function batchStatus(items: readonly string[]): BatchState {
  if (items.every((status) => status === 'created')) return 'created'
  if (items.some((status) => OPEN.has(status))) return 'processing'
  const good = items.filter((status) => GOOD.has(status)).length
  return good === items.length ? 'succeeded' : good === 0 ? 'failed' : 'partially_successful'
}
