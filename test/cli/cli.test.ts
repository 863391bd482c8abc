import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'

const bin = join(paths.root, 'bin', 'quittance.js')
const folder = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
const env = { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'warn', PORT: '0' }
const run = (...args: string[]) => promisify(execFile)(process.execPath, [bin, ...args], { env, maxBuffer: 1e7 })

// The bundle is made once, before the clock of any test runs.
beforeAll(() => run('help'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('help lists every command', async () => {
  const { stdout } = await run('help')
  for (const name of ['serve', 'work', 'migrate', 'demo', 'partner create', 'audit', 'openapi'])
    expect(stdout).toContain(`  ${name}`)
})

test('an unknown command says so and exits with 2', async () => {
  await expect(run('fly')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown command "fly"') })
})

test('the OpenAPI document is printed without a database', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, 'openapi'], {
    env: { ...env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
    maxBuffer: 1e7,
  })
  const document = JSON.parse(stdout)
  expect(document.openapi).toBe('3.1.0')
  expect(document.paths['/receivables/{receivable_id}/issue'].post.operationId).toBe('post_receivables_id_issue')
})

test('a wrong setting stops the start with its name', async () => {
  await expect(promisify(execFile)(process.execPath, [bin, 'serve'], { env: { ...env, PORT: 'many' } })).rejects.toMatchObject({
    stderr: expect.stringContaining('PORT'),
  })
})

test('migrate, partner create and audit run one after the other on a new database', async () => {
  expect((await run('migrate')).stdout).toContain('Applied 0001_tenancy.sql')
  expect((await run('migrate')).stdout).toContain('up to date')
  expect((await run('partner', 'create', '--name', 'Acme')).stdout).toMatch(/client_id +[0-9a-f-]{36}\nclient_secret +\S{43}/)
  const { stdout } = await run('audit')
  expect(stdout).toMatch(/^ok /m)
  expect(stdout).not.toContain('BROKEN')
})

test('the first start prints a token request that works when pasted, and the server stops when asked', async () => {
  const data = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
  const server = spawn(process.execPath, [bin, 'serve'], { env: { ...env, DATA_DIR: data } })
  try {
    let text = ''
    const curl = await new Promise<string>((done, fail) => {
      server.stdout.on('data', (chunk) => {
        text += chunk
        const line = /^ {2}(curl .*)$/m.exec(text)?.[1]
        if (line) done(line)
      })
      server.on('exit', () => fail(new Error(text)))
    })
    const { stdout } = await promisify(execFile)('bash', ['-c', curl])
    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', expires_in: 1800 })
    const url = /listens on (\S+)/.exec(text)![1]
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('http_request_duration_seconds')
    expect(await (await fetch(`${url}/docs`)).text()).toContain('Quittance API')
  } finally {
    const ended = new Promise((done) => server.on('exit', done))
    server.kill('SIGTERM')
    expect(await ended).toBe(0)
    rmSync(data, { recursive: true, force: true })
  }
})
