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

test('numbers are whole, and yes and no have two spellings each', () => {
  expect(readConfig({ PORT: ' 8080 ', LOG_PRETTY: 'TRUE' })).toMatchObject({ port: 8080, log_pretty: true })
  expect(readConfig({ LOG_PRETTY: '1', WEBHOOKS_ALLOW_PRIVATE: '0' })).toMatchObject({
    log_pretty: true,
    webhooks_allow_private: false,
  })
  for (const PORT of ['80.5', ' ', 'true', '0x', '-'])
    expect(() => readConfig({ PORT })).toThrow(`PORT=${PORT} does not fit: a whole`)
  expect(() => readConfig({ LOG_PRETTY: 'yes' })).toThrow('LOG_PRETTY=yes does not fit: true or false')
})

test('wrong variables are named, all of them, before anything starts', () => {
  expect(() => readConfig({ PORT: 'many', TOKEN_LIFETIME_S: '5' })).toThrow(/PORT.*TOKEN_LIFETIME_S/)
})

test('.env.example lists every setting with its default', () => {
  expect(readFileSync(join(paths.root, '.env.example'), 'utf8')).toBe(envExample())
})
