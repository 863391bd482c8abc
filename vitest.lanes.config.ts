import { defineConfig, mergeConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** Suites that need something installed beside Node; each says so when it skips itself. */
export default mergeConfig(config, defineConfig({ test: { include: ['test/lanes/**/*.test.ts'], exclude: [] } }))
