import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { freePort, until } from './programs.ts'

/** What `npm pack` makes of a clean clone is installed elsewhere and started. Needs git and the package registry. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-pack-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const run = (cwd: string, program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

test('the package of a clean clone runs where it is installed', { timeout: 300_000 }, async () => {
  const clone = join(folder, 'clone')
  run(folder, 'git', 'clone', '--quiet', paths.root, clone)
  run(clone, 'npm', 'ci', '--ignore-scripts')
  run(clone, 'npm', 'pack', '--pack-destination', folder)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const app = join(folder, 'app')
  run(folder, 'mkdir', app)
  writeFileSync(join(app, 'package.json'), '{"private": true}')
  run(app, 'npm', 'install', '--ignore-scripts', '--omit=dev', join(folder, archive))
  expect(run(app, 'npx', 'quittance', '--version')).toMatch(/^quittance \d+\.\d+\.\d+ \(API 2024-05-25/)
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data') }
  const server = spawn('npx', ['quittance', 'serve'], { cwd: app, env, stdio: 'ignore', detached: true })
  try {
    expect(await until(`http://127.0.0.1:${port}/readyz`)).toMatchObject({ status: 'ready' })
    expect((await fetch(`http://127.0.0.1:${port}/docs/payables`)).status).toBe(200)
  } finally {
    process.kill(-server.pid!, 'SIGTERM')
    await new Promise((done) => server.once('exit', done))
  }
})
