import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/lanes/**'],
    setupFiles: ['test/support/explain-failures.ts', 'test/support/from-bundle.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    experimental: { fsModuleCache: true },
    reporters: ['default', ['./scripts/slowest.mjs', { over_s: 10 }]],
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
