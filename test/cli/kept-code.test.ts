import { execFile, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { freshDatabase } from '../support/database.ts'

/** What V8 made of the bundle is kept for the next start: `dist/.compiled`. The program runs from a copy, as it is installed. */

const installed = mkdtempSync(join(tmpdir(), 'quittance-installed-'))
const kept = join(installed, 'dist', '.compiled')
const program = join(installed, 'bin', 'quittance.js')
const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...rest } = process.env
const env = { ...rest, DATA_DIR: join(installed, 'data'), LOG_LEVEL: 'warn', PORT: '0' }

const version = async () => (await promisify(execFile)(process.execPath, [program, '--version'], { env })).stdout
const answer = expect.stringMatching(/^quittance \d+\.\d+\.\d+ /)
/** Each kept file with the time it was written. */
const files = () =>
  readdirSync(kept, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
const written = () => Object.fromEntries(files().map((file) => [file, statSync(file).mtimeMs]))

beforeAll(async () => {
  const { buildIfStale } = await import(join(paths.root, 'scripts/build.mjs'))
  await buildIfStale()
  for (const name of ['bin', 'dist', 'migrations', 'templates', 'package.json'])
    cpSync(join(paths.root, name), join(installed, name), { recursive: true, filter: (from) => !from.endsWith('.compiled') })
  symlinkSync(join(paths.root, 'node_modules'), join(installed, 'node_modules'))
})
afterAll(() => rmSync(installed, { recursive: true, force: true }))

describe('compiled code', () => {
  test('is kept by the first start, and read by the next', async () => {
    expect(await version()).toEqual(answer)
    const first = written()
    expect(Object.keys(first).length).toBeGreaterThan(3)
    expect(await version()).toEqual(answer)
    expect(written()).toEqual(first)
  })

  test.each([
    ['cut short', (file: string) => truncateSync(file, 40)],
    ['empty', (file: string) => truncateSync(file, 0)],
    [
      'something else',
      (file: string) => writeFileSync(file, 'no code at all, but a line of text that is long enough for a head'),
    ],
  ])('that is %s does not stop the start, and is written anew', async (_, spoil) => {
    await version()
    const [file] = files().filter((file) => statSync(file).size > 1_000)
    spoil(file!)
    const spoilt = statSync(file!).size
    expect(await version()).toEqual(answer)
    expect(statSync(file!).size).toBeGreaterThan(Math.max(spoilt, 1_000))
  })

  test('of an older bundle is not run in place of the new one', async () => {
    await version()
    appendFileSync(join(installed, 'dist', 'cli.cjs'), '\nprocess.on("exit", () => console.log("newer"))\n')
    expect(await version()).toMatch(/^quittance .*\nnewer\n$/)
    expect(await version()).toMatch(/\nnewer\n$/)
  })

  test('that cannot be kept does not stop the start', async () => {
    rmSync(kept, { recursive: true, force: true })
    // The first for root, whom no permission stops; the second for everybody else.
    writeFileSync(kept, '')
    expect(await version()).toEqual(answer)
    rmSync(kept)
    chmodSync(join(installed, 'dist'), 0o555)
    expect(await version()).toEqual(answer)
    chmodSync(join(installed, 'dist'), 0o755)
  })

  test('is kept by two servers that start at once, and neither stops the other', async () => {
    rmSync(kept, { recursive: true, force: true })
    const { connection, drop } = await freshDatabase()
    const { user, password, database, host, port } = connection
    // The host may be a folder with a socket in it.
    const at = new URLSearchParams({ host: `${host}`, port: `${port}` })
    const DATABASE_URL = connection.connectionString ?? `postgresql://${user}:${password}@localhost/${database}?${at}`
    const started = [1, 2].map((nth) => {
      const own = { ...env, DATABASE_URL, DATA_DIR: join(installed, `data-${nth}`) }
      return spawn(process.execPath, [program, 'serve'], { env: own })
    })
    const ended = await Promise.all(
      started.map(async (server) => {
        let said = ''
        server.stderr.on('data', (piece) => (said += piece))
        const code = new Promise((done) => server.on('exit', done))
        await new Promise<void>((listens, fail) => {
          server.stdout.on('data', (piece) => {
            said += piece
            if (/listens on http/.test(said)) listens()
          })
          code.then(() => fail(new Error(said)))
        })
        server.kill('SIGTERM')
        return code
      }),
    )
    await drop()
    expect(ended).toEqual([0, 0])
    // No file is left half-written, and the next start takes them as they are.
    const now = written()
    expect(Object.keys(now).length).toBeGreaterThan(4)
    expect(Object.keys(now).filter((file) => file.includes('.tmp'))).toEqual([])
    expect(await version()).toEqual(expect.stringMatching(/^quittance /))
    expect(written()).toMatchObject(now)
  })
})
