import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { enterEmbedded, startEmbedded, stopEmbedded } from '../../src/platform/database/embedded.ts'
import { placeCluster } from '../support/kept-cluster.ts'
import { program } from './program.ts'

/** What the program does in a data folder: on a machine where nothing ran yet, and on one with partners. */

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('migrate, partner create and audit run one after the other on a new database', async () => {
  const { run } = program(newFolder())
  expect((await run('migrate')).stdout).toContain('Applied 0001_tenancy.sql')
  expect((await run('migrate')).stdout).toContain('up to date')
  expect((await run('partner', 'create', '--name', 'Acme')).stdout).toMatch(/client_id +[0-9a-f-]{36}\nclient_secret +\S{43}/)
  const { stdout } = await run('audit')
  expect(stdout).toMatch(/^ok /m)
  expect(stdout).not.toContain('BROKEN')
})

test('secrets of partners are changed and ended', async () => {
  // A database that runs already: each of the commands would start and end it.
  const data = newFolder()
  chmodSync(data, 0o755)
  const dataDir = join(data, 'postgres')
  await placeCluster(dataDir)
  await startEmbedded({ dataDir })
  await enterEmbedded(dataDir)
  onTestFinished(() => stopEmbedded(dataDir, 'immediate').then(() => {}))
  const { run } = program(data)
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
  const data = newFolder()
  const server = spawn(...program(data).command('serve'))
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
  }
})
