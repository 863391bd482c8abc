import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { freePort, until } from './programs.ts'

/** The SDK of OpenTelemetry is installed and loaded as docs/production.md says, and hears of requests. Needs the package registry. */

const folder = mkdtempSync(join(tmpdir(), 'quittance-otel-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

interface Heard {
  readonly name: string
  readonly traceId: string
}

test('requests and their transactions are spans of the trace that they name', { timeout: 200_000 }, async () => {
  const heard: Heard[] = []
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
    const told = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Heard[] }[] }[] }
    heard.push(...told.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const collectorPort = await freePort()
  await new Promise<void>((done) => collector.listen(collectorPort, '127.0.0.1', done))

  const page = readFileSync(join(paths.root, 'docs', 'production.md'), 'utf8')
  const block = [...page.matchAll(/```bash\n([\s\S]*?)```/g)]
    .map(([, code = '']) => code)
    .find((code) => code.includes('otel.mjs'))!
  const [install, start] = block.replaceAll('/opt/otel', join(folder, 'otel')).split(/^(?=NODE_OPTIONS)/m) as [string, string]
  execFileSync('bash', ['-ec', `mkdir -p ${folder}/otel\n${install}`], { stdio: 'ignore' })
  const port = await freePort()
  const server = spawn(
    'bash',
    ['-ec', start.replace('quittance serve', `exec ${process.execPath} ${join(paths.root, 'bin', 'quittance.js')} serve`)],
    {
      env: {
        ...process.env,
        PORT: String(port),
        DATA_DIR: join(folder, 'data'),
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
      stdio: 'ignore',
    },
  )
  try {
    await until(`http://127.0.0.1:${port}/readyz`)
    const secrets = join(folder, 'data', 'secrets')
    const data = readFileSync(join(secrets, readdirSync(secrets).find((name) => name.endsWith('.json'))!), 'utf8')
    const headers = { 'content-type': 'application/json', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
    expect((await fetch(`http://127.0.0.1:${port}/v1/auth/token`, { method: 'POST', headers, body: data })).status).toBe(200)
    const of = () => heard.filter(({ traceId }) => traceId === TRACE).map(({ name }) => name)
    await expect
      .poll(of, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['POST /auth/token', 'transaction quittance_system']))
  } finally {
    server.kill('SIGTERM')
    await new Promise((done) => server.once('exit', done))
    collector.closeAllConnections()
    collector.close()
  }
})
