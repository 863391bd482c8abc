import { availableParallelism, loadavg } from 'node:os'

/** A file that could not be read in time is read once more when the machine has less to do. */

const LOOK_AGAIN_MS = 5 * 60_000
/** How long it waits for a quiet moment; after that it is tried even if the machine is busy. */
const WAIT_MAX_MS = 3_600_000
/** Work for this share of the processors leaves room for a reading. A system that does not tell its load counts as quiet. */
const QUIET_SHARE = 0.6

const isQuiet = () => loadavg()[0]! <= QUIET_SHARE * availableParallelism()

/** When to look again at a file that is late since then; null if it should be tried now. The first look is some minutes after. */
export function putOff(since: Date, now: Date, quiet: () => boolean = isQuiet): Date | null {
  const waited_ms = now.getTime() - since.getTime()
  const ready = waited_ms >= WAIT_MAX_MS || (waited_ms >= LOOK_AGAIN_MS && quiet())
  return ready ? null : new Date(now.getTime() + LOOK_AGAIN_MS)
}
