import { defineConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** Suites that need something installed beside Node; each says so when it skips itself. */
export default defineConfig({ test: { ...config.test, include: ['test/lanes/**/*.test.ts'], exclude: [] } })
