import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
  expect(Number(run(app, 'du', '-sm', 'node_modules').split('\t')[0])).toBeLessThan(250)
  expect(run(app, 'npx', 'quittance', '--version')).toMatch(/^quittance \d+\.\d+\.\d+ \(API 2024-05-25/)
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data') }
  const server = spawn('npx', ['quittance', 'serve'], { cwd: app, env, stdio: 'ignore', detached: true })
  try {
    expect(await until(`http://127.0.0.1:${port}/readyz`)).toMatchObject({ status: 'ready' })
    for (const path of ['/docs/payables', '/openapi.json', '/postman.json'])
      expect([path, (await fetch(`http://127.0.0.1:${port}${path}`)).status]).toEqual([path, 200])
    // A token, and the first answer of an assistant's tool: what is loaded only when it is asked for is there, too.
    const secrets = join(folder, 'data', 'secrets')
    const data = readFileSync(join(secrets, readdirSync(secrets).find((name) => name.endsWith('.json'))!), 'utf8')
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      })
    const { access_token } = (await (await post('/v1/auth/token', data)).json()) as { access_token: string }
    const listed = await post('/mcp', '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}', {
      authorization: `Bearer ${access_token}`,
      accept: 'application/json, text/event-stream',
    })
    expect(await listed.text()).toContain('"name":"draft_invoice"')
  } finally {
    process.kill(-server.pid!, 'SIGTERM')
    // npx ends before the server that it started: it is over when nobody of its group is left.
    const isThere = () => {
      try {
        return process.kill(-server.pid!, 0)
      } catch {
        return false
      }
    }
    while (isThere()) await sleep(50)
  }
})
