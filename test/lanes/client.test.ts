import { execFileSync, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { freePort, until } from './programs.ts'

/** `@quittance/client` is packed, installed in a project of its own, compiled there, and used against a server. Needs the package registry. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-client-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const run = (cwd: string, program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

const PROGRAM = `
import { createQuittance, QuittanceError, type Schema, verifyWebhook } from '@quittance/client'

const [url, clientId, clientSecret] = process.argv.slice(2) as [string, string, string]
let requests = 0
let cut = true
const platform = createQuittance({
  url, clientId, clientSecret,
  // The first write gets through, and its answer is lost on the way.
  fetch: async (input, init) => {
    requests++
    const answer = await fetch(input, init)
    if (cut && input instanceof Request && input.method === 'POST' && input.url.endsWith('/tags')) {
      cut = false
      throw new TypeError('connection cut')
    }
    return answer
  },
})
const { data: entity } = await platform.POST('/entities', {
  body: {
    type: 'organization', email: 'office@example.com', organization: { legal_name: 'Spreewerk GmbH' },
    address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
  },
})
const company = platform.in(entity!.id)
await company.POST('/tags', { body: { name: 'Tag 0' } })
for (let i = 1; i < 7; i++) await company.POST('/tags', { body: { name: 'Tag ' + i } })
const names: string[] = []
for await (const tag of company.all('/tags', { limit: 3 })) names.push(tag.name)
let refused: QuittanceError | undefined
await company.GET('/tags/{tag_id}', { params: { path: { tag_id: crypto.randomUUID() } } }).catch((error: QuittanceError) => { refused = error })
const [secret, body, header] = JSON.parse(process.env.DELIVERY!) as [string, string, string]
const event = verifyWebhook(secret, body, header)
let forged = ''
try { verifyWebhook(secret, body + ' ', header) } catch (error) { forged = (error as Error).message }
const typed: Schema<'TagReadSchema'>['name'] = names[0]!
console.log(JSON.stringify({ names, typed, refused: [refused?.status, refused?.code, refused instanceof QuittanceError], event: event.action, forged, requests }))
`

test('the client compiles in a project of its own, and what is sent twice happens once', { timeout: 300_000 }, async () => {
  const clone = join(folder, 'clone')
  run(folder, 'git', 'clone', '--quiet', paths.root, clone)
  run(clone, 'npm', 'ci', '--ignore-scripts')
  run(clone, 'npm', 'run', 'build')
  run(join(clone, 'client'), 'npm', 'ci', '--ignore-scripts')
  run(join(clone, 'client'), 'npm', 'pack', '--pack-destination', folder)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"private": true, "type": "module"}')
  run(project, 'npm', 'install', '--ignore-scripts', join(folder, archive), 'typescript@5.9.3', '@types/node@20.19.25')
  writeFileSync(join(project, 'main.ts'), PROGRAM)
  run(
    project,
    'npx',
    'tsc',
    '--strict',
    '--target',
    'ES2022',
    '--module',
    'NodeNext',
    '--skipLibCheck',
    '--types',
    'node',
    'main.ts',
  )

  const port = await freePort()
  const data = join(folder, 'data')
  const env = { ...process.env, PORT: String(port), DATA_DIR: data }
  const server = spawn(process.execPath, [join(clone, 'bin', 'quittance.js'), 'serve'], { env, stdio: 'ignore' })
  try {
    await until(`http://127.0.0.1:${port}/readyz`)
    const secrets = join(data, 'secrets')
    const file = readdirSync(secrets).find((name) => name.endsWith('.json'))!
    const { client_id, client_secret } = JSON.parse(readFileSync(join(secrets, file), 'utf8')) as Record<string, string>
    const body = JSON.stringify({ action: 'tag.created' })
    const at = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', 'whsec_x').update(`${at}.${body}`).digest('hex')
    const out = execFileSync(process.execPath, ['main.js', `http://127.0.0.1:${port}`, client_id!, client_secret!], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, DELIVERY: JSON.stringify(['whsec_x', body, `t=${at},v1=${signature}`]) },
    })
    expect(JSON.parse(out)).toEqual({
      names: [0, 1, 2, 3, 4, 5, 6].map((i) => `Tag ${i}`),
      typed: 'Tag 0',
      refused: [404, 'not_found', true],
      event: 'tag.created',
      forged: 'The webhook was not signed with this secret',
      // A token, the entity, seven tags of which one was sent twice, three pages, and the one that is refused.
      requests: 1 + 1 + 8 + 3 + 1,
    })
  } finally {
    server.kill('SIGTERM')
    await new Promise((done) => server.once('exit', done))
  }
})
