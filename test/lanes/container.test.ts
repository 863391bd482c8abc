import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { freePort, until } from './programs.ts'

/**
 * The image of `deploy/Containerfile` is built and started. CONTAINER_BASE names an image with Node and npm; without it one is made of
 * Debian's packages and the Node that runs this.
 */

const has = (program: string) => existsSync(`/usr/bin/${program}`)
const base = process.env.CONTAINER_BASE
const able = has('buildah') && (base || has('mmdebstrap'))
if (!able) console.log('skipped: buildah and mmdebstrap are not installed (Debian: apt-get install buildah mmdebstrap)')

const folder = mkdtempSync(join(tmpdir(), 'quittance-image-'))
const env = { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' }
const buildah = (...args: string[]) =>
  execFileSync('buildah', ['--root', join(folder, 'images'), ...args], {
    encoding: 'utf8',
    env,
    cwd: paths.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function debianWithNode(): string {
  const tar = join(folder, 'debian.tar')
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', '--include=ca-certificates,libstdc++6', 'bookworm', tar], {
    stdio: 'ignore',
  })
  const container = buildah('from', 'scratch')
  buildah('add', container, tar, '/')
  buildah('copy', container, process.execPath, '/usr/bin/node')
  const npm = join(process.execPath, '..', '..', 'lib', 'node_modules', 'npm')
  buildah('copy', container, npm, '/usr/lib/node_modules/npm')
  buildah('run', container, '--', 'ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', '/usr/bin/npm')
  // What npm needs on this machine to reach its registry.
  const certificates = process.env.NODE_EXTRA_CA_CERTS
  if (certificates) {
    buildah('copy', container, certificates, '/certificates.pem')
    buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/certificates.pem', container)
  }
  if (existsSync(join(homedir(), '.npmrc'))) buildah('copy', container, join(homedir(), '.npmrc'), '/root/.npmrc')
  return buildah('commit', container)
}

test.skipIf(!able)('the image builds, and a container of it answers', { timeout: 600_000 }, async () => {
  const image = base ?? debianWithNode()
  buildah(
    'bud',
    '--format',
    'docker',
    '--layers=false',
    '--build-arg',
    `BASE=${image}`,
    '-f',
    'deploy/Containerfile',
    '-t',
    'quittance',
    '.',
  )
  const container = buildah('from', 'localhost/quittance')
  const port = await freePort()
  const running = spawn(
    'buildah',
    ['--root', join(folder, 'images'), 'run', '--env', `PORT=${port}`, container, '--', 'node', 'bin/quittance.js', 'serve'],
    { env, stdio: 'ignore', detached: true },
  )
  try {
    const answer = await until(`http://127.0.0.1:${port}/readyz`)
    expect(answer).toMatchObject({ status: 'ready', dead_jobs: 0 })
  } finally {
    process.kill(-running.pid!, 'SIGTERM')
    await new Promise((done) => running.once('exit', done))
  }
})
