import { type Logger, pino } from 'pino'

export type Log = Logger

/** The process's log: JSON lines on standard output, without secrets. */
export function createLog(config: { log_level: string; log_pretty: boolean }): Log {
  return pino({
    level: config.log_level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['authorization', '*.authorization', 'client_secret', '*.client_secret', 'secret', '*.secret'],
      censor: '***',
    },
    ...(config.log_pretty && { transport: { target: 'pino-pretty', options: { colorize: true, ignore: 'pid,hostname' } } }),
  })
}
