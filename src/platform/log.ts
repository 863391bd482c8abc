import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

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
    ...(config.log_pretty && { transport: { target: 'pino-pretty', options: { colorize: true, ignore: 'pid,hostname' } } }),
  }
  return to ? pino(options, to) : pino(options)
}
