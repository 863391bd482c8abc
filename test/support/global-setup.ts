import { accessSync, chmodSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
// @ts-expect-error: a plain script, without types of its own
import { buildIfStale } from '../../scripts/build.mjs'
import { isAlive, stopEmbedded } from '../../src/platform/database/embedded.ts'

/** What the workers of one test run share. The server itself is started by the first of them that asks for a database. */
export interface TestRun {
  /** Where the embedded cluster of this run lies. */
  readonly dataDir: string
  /** Any other PostgreSQL, named by TEST_DATABASE_URL; its user may create databases and roles. */
  readonly url?: string
  /** The first part of the name of each database of this run. */
  readonly prefix: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    testRun: TestRun
  }
}

const FOLDER = 'quittance-test-'
/** Memory as a folder, on Linux: a cluster of a thousand small files is copied there in a tenth of the time. */
const MEMORY = '/dev/shm'
/** All tests leave less than half of it. */
const ROOM_BYTES = 8 * 2 ** 30

export default async function setup(project: TestProject) {
  // Tests that start programs share one bundle, made before any of them runs, and anew when watch mode sees a change.
  await buildIfStale()
  project.onTestsRerun(buildIfStale)
  await sweep()
  const folder = mkdtempSync(join(hasMemory() ? MEMORY : tmpdir(), `${FOLDER}${process.pid}-`))
  // As root the server runs as nobody, who has to get in.
  chmodSync(folder, 0o755)
  // Whatever a test puts into the temporary folder goes with the run.
  process.env.TMPDIR = folder
  const dataDir = join(folder, 'postgres')
  const prefix = `quittance_test_${process.pid}`
  const url = process.env.TEST_DATABASE_URL
  project.provide('testRun', { dataDir, prefix, ...(url && { url }) })

  const atExit = () => endNow(folder)
  process.on('exit', atExit)
  return async () => {
    if (url) await dropAll(url, prefix)
    await stopEmbedded(dataDir, 'immediate')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', atExit)
  }
}

/** The last resort after Ctrl-C, where nothing asynchronous runs any more. */
function endNow(folder: string): void {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10)
    process.kill(pid, 'SIGQUIT')
    for (let tries = 0; tries < 100; tries++) {
      process.kill(pid, 0)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  } catch {}
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function hasMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return Math.min(bavail * bsize, freemem()) > ROOM_BYTES
  } catch {
    return false
  }
}

/** Ends what runs were killed too hard to end themselves. */
async function sweep(): Promise<void> {
  const places = [tmpdir(), MEMORY].filter((place) => existsSync(place))
  const left = places.flatMap((place) => readdirSync(place).map((name) => ({ name, folder: join(place, name) })))
  for (const { name, folder } of left.filter(({ name }) => name.startsWith(FOLDER))) {
    if (isAlive(Number.parseInt(name.slice(FOLDER.length), 10))) continue
    await stopEmbedded(join(folder, 'postgres'), 'immediate').catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
}

async function dropAll(url: string, prefix: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  admin.on('error', () => {})
  await admin.connect()
  try {
    const { rows } = await admin.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      `${prefix}_`,
    ])
    for (const { datname } of rows) await admin.query(`drop database if exists "${datname}" with (force)`)
  } finally {
    await admin.end()
  }
}
