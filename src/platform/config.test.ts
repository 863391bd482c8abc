import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { envExample } from '../../scripts/env-example.ts'
import { readConfig } from './config.ts'
import { paths } from './paths.ts'

test('without any variable every setting has a value that works', () => {
  expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, jobs: 4, rate_limit: 200, webhooks_allow_private: false })
})

test('variables are read by name and kind', () => {
  expect(readConfig({ PORT: '8080', WEBHOOKS_ALLOW_PRIVATE: 'true', LOG_LEVEL: 'warn' })).toMatchObject({
    port: 8080,
    webhooks_allow_private: true,
    log_level: 'warn',
  })
})

test('wrong variables are named, all of them, before anything starts', () => {
  expect(() => readConfig({ PORT: 'many', TOKEN_LIFETIME_S: '5' })).toThrow(/PORT.*TOKEN_LIFETIME_S/)
})

test('.env.example lists every setting with its default', () => {
  expect(readFileSync(join(paths.root, '.env.example'), 'utf8')).toBe(envExample())
})
