import type { DestinationStream } from 'pino'
import type { TestError } from 'vitest'
import { createLog, type Log } from '../../src/platform/log.ts'

/** The errors that the servers of this worker logged since the running test began, as lines of JSON. All copies of this module share them. */
const ERRORS = Symbol.for('quittance.test.errors')
const shelf = globalThis as { [ERRORS]?: string[] }
const logged = (): string[] => (shelf[ERRORS] ??= [])

/** A test that causes thousands of errors on purpose keeps the newest ones only. */
const KEPT = 10
const IS_ERROR = /^\{"level":(50|60),/

const keeping: DestinationStream = {
  write(line) {
    if (IS_ERROR.test(line)) logged().push(line)
    if (logged().length > KEPT) logged().shift()
    if (process.env.LOG_LEVEL) process.stdout.write(line)
  },
}

/** The log of a server in a test: it keeps errors for the test that fails, and prints only what `LOG_LEVEL` asks for. */
export const testLog = (): Log => createLog({ log_level: process.env.LOG_LEVEL ?? 'error', log_pretty: false }, keeping)

/** Forgets what was logged so far: a new test begins. */
export function forgetErrors(): void {
  logged().length = 0
}

interface Line {
  readonly msg?: string
  readonly request_id?: string
  readonly err?: { readonly message?: string; readonly stack?: string }
}

/** What the servers logged as errors, for one request or during the whole test: each with its message and stack. */
export function loggedErrors(requestId?: unknown): string[] {
  return logged()
    .map((line): Line => JSON.parse(line))
    .filter(({ request_id }) => requestId === undefined || request_id === requestId)
    .map(({ msg = 'an error', err }) => `${msg}: ${err?.stack ?? err?.message ?? 'no error was logged with it'}`)
}

/** Adds to the errors of a test that failed what the servers logged meanwhile, as far as they don't say so already. */
export function explain(errors: readonly TestError[]): void {
  for (const error of errors)
    for (const logged of loggedErrors())
      if (!error.message.includes(logged)) error.message += `\n  meanwhile the server logged: ${logged}`
}
