import { availableParallelism, loadavg } from 'node:os'

/** A file that there was no time for is read once more, when the machine has less to do. */

const LOOK_AGAIN_MS = 5 * 60_000
/** So long it waits for a quiet moment; then it is tried whatever the machine does. */
const WAIT_MAX_MS = 3_600_000
/** Work for this share of the processors leaves room for a reading. Where a system tells no load, it counts as quiet. */
const QUIET_SHARE = 0.6

const isQuiet = () => loadavg()[0]! <= QUIET_SHARE * availableParallelism()

/** When to look again at what is late since then; null when it is to be tried now. The first look is some minutes after. */
export function putOff(since: Date, now: Date, quiet: () => boolean = isQuiet): Date | null {
  const waited_ms = now.getTime() - since.getTime()
  const ready = waited_ms >= WAIT_MAX_MS || (waited_ms >= LOOK_AGAIN_MS && quiet())
  return ready ? null : new Date(now.getTime() + LOOK_AGAIN_MS)
}
