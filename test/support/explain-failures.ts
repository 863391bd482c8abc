import { afterEach, beforeEach } from 'vitest'
import { explain, forgetErrors } from './log.ts'

/** Runs around every test: a test that fails also says what the servers logged meanwhile. A test that passes says nothing. */
beforeEach(forgetErrors)
afterEach(({ task }) => explain(task.result?.errors ?? []))
