import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { enterEmbedded, startEmbedded, stopEmbedded } from '../../src/platform/database/embedded.ts'
import { paths } from '../../src/platform/paths.ts'
import { placeCluster } from '../support/kept-cluster.ts'

const bin = join(paths.root, 'bin', 'quittance.js')
const folder = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
const env = { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'warn', PORT: '0' }
const runIn = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  promisify(execFile)(process.execPath, [bin, ...args], { env, maxBuffer: 1e7 })
const run = (...args: string[]) => runIn(env, ...args)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('help lists every command', async () => {
  const { stdout } = await run('help')
  for (const name of [
    'serve',
    'work',
    'migrate',
    'demo',
    'partner create',
    'partner list',
    'partner rotate',
    'partner revoke',
    'client create',
    'audit',
    'openapi',
  ])
    expect(stdout).toContain(`  ${name}`)
})

test('an unknown command says so and exits with 2', async () => {
  await expect(run('fly')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown command "fly"') })
})

test.each([
  [['restor', 'x'], 'Did you mean "restore"?'],
  [['backup'], 'quittance backup FILE|DIR'],
  [['snapshot', 'fork', 'a', 'b'], 'quittance snapshot fork [NAME]'],
  [['clock'], 'there are clock show, clock advance, clock next, clock rewind, clock reset'],
  [['--hepl'], 'Did you mean --help?'],
  [['--sincee', '2026-01-01'], 'Did you mean --since?'],
])('%j is answered with what was meant', async (args, why) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(why) })
})

test('help explains a command, and the version is told', async () => {
  expect((await run('help', 'restore')).stdout).toContain('quittance restore FILE|DIR')
  expect((await run('restore', '--help')).stdout).toContain('quittance restore FILE|DIR')
  expect((await run('--version')).stdout).toMatch(/^quittance \d+\.\d+\.\d+ \(API 2024-05-25, Node /)
})

test.each([
  [{ PORT: 'many' }, 'PORT=many does not fit: a whole number from 0 to 65535'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud does not fit: fatal, error'],
  [{ DATABSE_URL: 'x' }, 'DATABSE_URL is not a setting; did you mean DATABASE_URL?'],
  [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'DATABASE_URL leads nowhere'],
  [{ SMTP_URL: 'smtp://127.0.0.1:1' }, "can't be reached"],
])('doctor says of %j what to do', async (changes, why) => {
  const doctor = promisify(execFile)(process.execPath, [bin, 'doctor'], { env: { ...env, LOG_LEVEL: 'warn', ...changes } })
  await expect(doctor).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(why) })
})

test('doctor finds nothing wrong here, and changes nothing', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
  const { stdout } = await promisify(execFile)(process.execPath, [bin, 'doctor'], { env: { ...env, DATA_DIR: empty } })
  expect(stdout).not.toContain('FAULT')
  expect(readdirSync(empty)).toEqual([])
  rmSync(empty, { recursive: true })
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

test('secrets of partners are changed and ended', async () => {
  // A database that runs already: each of the commands would start and end it.
  const data = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
  chmodSync(data, 0o755)
  const dataDir = join(data, 'postgres')
  await placeCluster(dataDir)
  await startEmbedded({ dataDir })
  await enterEmbedded(dataDir)
  onTestFinished(async () => {
    await stopEmbedded(dataDir, 'immediate')
    rmSync(data, { recursive: true, force: true })
  })
  const run = (...args: string[]) => runIn({ ...env, DATA_DIR: data }, ...args)
  const written = (text: string) => /client_id +(\S+)\nclient_secret +(\S+)/.exec(text)!.slice(1) as [string, string]
  const partnerOf = (text: string, client: string) => new RegExp(`partner +(\\S+)[^\n]*\n  client ${client}`).exec(text)![1]!
  const [client, secret] = written((await run('partner', 'create', '--name', 'Rotating')).stdout)
  const before = (await run('partner', 'list')).stdout
  expect(before).toMatch(/partner +\S+ +\d{4}-\d\d-\d\d +0 entities +Rotating/)
  const partner = partnerOf(before, client)

  const [same, changed] = written((await run('partner', 'rotate', client)).stdout)
  expect([same, changed === secret]).toEqual([client, false])
  const [second] = written((await run('client', 'create', partner)).stdout)
  await expect(run('partner', 'rotate', partner)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('several clients'),
  })
  expect((await run('partner', 'revoke', client)).stdout).toBe(`client ${client} is revoked\n`)
  expect(written((await run('partner', 'rotate', partner)).stdout)[0]).toBe(second)
  const after = (await run('partner', 'list')).stdout
  expect(after).toMatch(new RegExp(`client ${client} +\\S+ +revoked`))
  expect(after).toMatch(new RegExp(`client ${second} +\\S+ +0 tokens`))
  for (const hidden of [secret, changed]) expect(before + after).not.toContain(hidden)

  await expect(run('partner', 'revoke', client)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('no client') })
  await expect(run('partner', 'rotate', 'me')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('me is not an id'),
  })
  await expect(run('partner', 'rotate')).rejects.toMatchObject({ code: 2 })
})

test('the first start prints a token request that works when pasted, keeps its secret out of the log, and the server stops when asked', async () => {
  const data = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
  const server = spawn(process.execPath, [bin, 'serve'], { env: { ...env, DATA_DIR: data } })
  try {
    let text = ''
    const command = await new Promise<string>((done, fail) => {
      server.stdout.on('data', (chunk) => {
        text += chunk
        const line = /^ {2}(TOKEN=.*)$/m.exec(text)?.[1]
        if (line) done(line)
      })
      server.on('exit', () => fail(new Error(text)))
    })
    const { stdout } = await promisify(execFile)('bash', ['-c', `${command}; echo $TOKEN`])
    expect(stdout).toMatch(/^\S{40,}\n$/)
    const { client_secret } = JSON.parse(readFileSync(/client_secret +in (\S+)/.exec(text)![1]!, 'utf8'))
    expect(client_secret).toMatch(/^\S{43}$/)
    expect(text).not.toContain(client_secret)
    const url = /listens on (\S+)/.exec(text)![1]
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const asked = await fetch(`${url}/v1/entities`, { headers: { authorization: `Bearer ${stdout.trim()}` } })
    expect(asked.status).toBe(200)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('http_request_duration_seconds')
    expect(await (await fetch(`${url}/docs`)).text()).toContain('Quittance API')
  } finally {
    const ended = new Promise((done) => server.on('exit', done))
    server.kill('SIGTERM')
    expect(await ended).toBe(0)
    rmSync(data, { recursive: true, force: true })
  }
})
