import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { sign } from '../../src/platform/webhooks/signature.ts'
import { good, ready } from '../support/invoicing.ts'
import { ownApp } from '../support/own-app.ts'
import { type Body, world } from '../support/world.ts'

/** The programs in `examples/` are started and used. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-examples-'))
const running: (() => void)[] = []
afterAll(() => {
  for (const stop of running) stop()
  rmSync(folder, { recursive: true, force: true })
})

const freePort = () =>
  new Promise<number>((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('There is no port'))))
    })
  })

/** Starts a program, and waits until it listens. */
async function start(file: string, env: Record<string, string>) {
  const program = spawn(process.execPath, [file], { env: { PATH: process.env.PATH, ...env } })
  running.push(() => program.kill())
  let said = ''
  for (const output of [program.stdout, program.stderr])
    output.on('data', (chunk: Buffer) => {
      said += chunk
    })
  await expect.poll(() => said, { timeout: 10_000 }).toContain('Listening')
  return { said: () => said }
}

test('the receiver hears what is signed, once, and nothing else', async () => {
  // As it is installed: the package stands for its sources here.
  const outfile = join(folder, 'receiver.mjs')
  await build({
    entryPoints: [join(paths.root, 'examples', 'webhook-receiver.mjs')],
    alias: { '@quittance/client/webhooks': join(paths.root, 'client', 'src', 'webhooks.ts') },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const port = await freePort()
  const { said } = await start(outfile, { WEBHOOK_SECRET: 'whsec_x', PORT: String(port) })
  const now = Math.floor(Date.now() / 1000)
  const send = async (body: string, header: string) =>
    (await fetch(`http://127.0.0.1:${port}/webhooks`, { method: 'POST', body, headers: { 'monite-signature': header } })).status
  const body = JSON.stringify({ id: 'one', action: 'receivable.issued', object_id: 'x1' })
  expect(await send(body, sign('whsec_x', body, now))).toBe(204)
  expect(await send(body, sign('whsec_x', body, now))).toBe(204)
  expect(await send(body, sign('whsec_y', body, now))).toBe(401)
  expect(await send(body, sign('whsec_x', body, now - 400))).toBe(401)
  expect(await send('x'.repeat(200_000), sign('whsec_x', body, now))).toBe(413)
  await expect.poll(said).toContain('receivable.issued x1')
  expect(said().match(/receivable\.issued/g)).toHaveLength(1)
})

test('the screen gets a token of its user, and never the secret', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const draft = good(await w.berlin.post('/receivables', made.invoice))
  const own = await ownApp({})
  running.push(() => void own.close())
  const url = await own.app.listen({ port: 0, host: '127.0.0.1' })
  const port = await freePort()
  const { said } = await start(join(paths.root, 'examples', 'embedded-invoices', 'server.mjs'), {
    QUITTANCE_URL: url,
    QUITTANCE_CLIENT_ID: w.client_id,
    QUITTANCE_CLIENT_SECRET: w.client_secret,
    ENTITY_USER_ID: w.berlin.userId!,
    PORT: String(port),
  })
  const base = `http://127.0.0.1:${port}`
  const page = await fetch(base)
  const html = await page.text()
  expect([page.status, page.headers.get('content-security-policy')]).toEqual([
    200,
    expect.stringContaining(`connect-src 'self' ${url}`),
  ])
  const answer = await fetch(`${base}/session`, { method: 'POST' })
  const text = await answer.text()
  for (const shown of [html, text, said()]) expect(shown).not.toContain(w.client_secret)
  const session = JSON.parse(text) as Body
  expect(session.url).toBe(url)
  // The requests of the page, as it writes them.
  const [, list = ''] = /api\('(\/receivables\?[^']+)'\)/.exec(html) ?? []
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${session.token}`, origin: base, ...(init.headers as object) }
    const answer = await fetch(`${url}/v1${path}`, { ...init, headers })
    expect([path, answer.ok, answer.headers.get('access-control-allow-origin')]).toEqual([path, true, '*'])
    return (await answer.json()) as Body
  }
  const [row] = (await ask(list)).data
  for (const [, names = ''] of readFileSync(join(paths.root, 'examples/embedded-invoices/page.html'), 'utf8').matchAll(
    /for \(const \{ ([^}]+) \} of data\)/g,
  ))
    for (const name of names.split(', ')) expect(Object.keys(row)).toContain(name)
  expect(row).toMatchObject({ id: draft.id, status: 'draft' })
  await ask(`/receivables/${draft.id}/issue`, { method: 'POST', headers: { 'idempotency-key': `issue-${draft.id}` } })
  expect((await ask(list)).data[0]).toMatchObject({ status: 'issued', document_id: expect.any(String) })
  expect((await fetch(`${base}/session`)).status).toBe(404)
})
