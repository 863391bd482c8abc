import { createRequire } from 'node:module'
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Lines wait until there are so many bytes of them, or for so long: a system call for each is a tenth of what a small answer costs. */
const TOGETHER_BYTES = 8_192
const TOGETHER_MS = 100
/** Whoever reads the log has stopped: then lines are dropped beyond so many bytes, rather than held for ever. */
const WAITING_MAX_BYTES = 16_000_000

/** Standard output, written in portions. What waits is written when the process ends by itself, and at once when something is wrong. */
function inPortions() {
  const out = pino.destination({ dest: 1, sync: false, minLength: TOGETHER_BYTES, maxLength: WAITING_MAX_BYTES })
  setInterval(() => out.flush(), TOGETHER_MS).unref()
  return out
}

/** Lines for people. What makes them is loaded by those who ask for it. */
function forPeople(): DestinationStream {
  const pretty: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty')
  return pretty({ colorize: true, ignore: 'pid,hostname' })
}

/** The process's log: JSON lines without secrets, on standard output or `to` a stream. */
export function createLog(config: { log_level: string; log_pretty: boolean }, to?: DestinationStream): Log {
  const options = {
    level: config.log_level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['authorization', '*.authorization', 'client_secret', '*.client_secret', 'secret', '*.secret'],
      censor: '***',
    },
  }
  if (to) return pino(options, to)
  if (config.log_level === 'silent') return pino(options)
  if (config.log_pretty) return pino(options, forPeople())
  const out = inPortions()
  return pino(
    {
      ...options,
      hooks: {
        logMethod(line, write, level) {
          write.apply(this, line)
          if (level >= pino.levels.values.warn!) out.flush()
        },
      },
    },
    out,
  )
}
