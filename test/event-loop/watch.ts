/**
 * Runs `work` and answers the longest time the thread did nothing else meanwhile, in milliseconds. On a busy machine a thread also stands
 * still because others run: of each stretch no more counts than the processor time that this process used in it.
 */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest_ms = 0
  let at = performance.now()
  let used = process.cpuUsage()
  const look = () => {
    const now = performance.now()
    const usedNow = process.cpuUsage()
    const processor_ms = (usedNow.user + usedNow.system - used.user - used.system) / 1000
    longest_ms = Math.max(longest_ms, Math.min(now - at, processor_ms))
    at = now
    used = usedNow
  }
  const timer = setInterval(look, 2)
  try {
    await work()
    // What was left for the next turn of the loop counts as well.
    await new Promise((resolve) => setImmediate(resolve))
    look()
  } finally {
    clearInterval(timer)
  }
  return longest_ms
}
