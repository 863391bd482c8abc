import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { runBounded } from './bounded.ts'

const folder = mkdtempSync(join(tmpdir(), 'bounded-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, source: string): URL {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, source)
  return pathToFileURL(path)
}
const roomy = { timeout_ms: 10_000, memory_mb: 300 }
const input = Buffer.from('hello')

test('a program reads its input, gets its arguments, and answers with files', async () => {
  const echo = program(
    'echo',
    `import { writeFileSync } from 'node:fs'; import { text } from 'node:stream/consumers'
     const [folder, word] = process.argv.slice(2)
     writeFileSync(folder + '/b', await text(process.stdin)); writeFileSync(folder + '/a', word)`,
  )
  const files = await runBounded(echo, input, roomy, ['world'])
  expect([...files].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
    ['a', 'world'],
    ['b', 'hello'],
  ])
})

test('it sees nothing of our environment, and its folder is gone afterwards', async () => {
  process.env.BOUNDED_SECRET = 'x'
  const spy = program(
    'spy',
    `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2] + '/env', JSON.stringify([process.env, process.argv[2]]))`,
  )
  const files = await runBounded(spy, input, roomy)
  delete process.env.BOUNDED_SECRET
  const [env, at] = JSON.parse(files.get('env')!.toString())
  expect(Object.keys(env).sort()).toEqual(['NODE_ENV', 'PATH', 'TMPDIR'])
  expect(() => readdirSync(at)).toThrow(/ENOENT/)
})

test.each([
  ['loops for ever', 'while (true);', { timeout_ms: 700, memory_mb: 300 }, /longer than 700 ms/],
  ['never ends', 'setInterval(() => {}, 1000)', { timeout_ms: 700, memory_mb: 300 }, /longer than 700 ms/],
  [
    'eats memory',
    'const a = []; setInterval(() => a.push(Buffer.alloc(20_000_000, 1)), 5)',
    { timeout_ms: 20_000, memory_mb: 150 },
    /more than 150 MB/,
  ],
  [
    'eats memory faster than anybody looks',
    'const a = []; while (true) a.push({})',
    { timeout_ms: 20_000, memory_mb: 150 },
    /needed more than 150 MB/,
  ],
  ['is ended by somebody else', 'process.kill(process.pid, "SIGKILL")', roomy, /was ended by the system/],
  ['fails', 'throw new Error("no such page")', roomy, /no such page/],
  ['ends without a word', 'process.exit(3)', roomy, /ended with code 3/],
])('one that %s is ended, and the server is told why', async (name, source, bounds, why) => {
  await expect(runBounded(program(name.replaceAll(' ', '-'), source), Buffer.alloc(5_000_000), bounds)).rejects.toThrow(why)
})

test('only so many run at once, and all have their turn', async () => {
  const quick = program(
    'quick',
    `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2] + '/done', process.argv[3])`,
  )
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => runBounded(quick, input, roomy, [String(i)])))
  expect(answers.map((files) => files.get('done')!.toString())).toEqual(['0', '1', '2', '3', '4', '5'])
})

test('what a killed server left behind is removed by the next one', async () => {
  const [old, young] = ['old', 'young'].map((name) => mkdtempSync(join(tmpdir(), `quittance-run-${name}`)))
  const then = new Date(Date.now() - 2 * 3_600_000)
  utimesSync(old!, then, then)
  // The next server is a process of its own: this one has looked already, and its modules are those of other tests too.
  const next = program(
    'next-server',
    `import { runBounded } from ${JSON.stringify(new URL('bounded.ts', import.meta.url).href)}
     await runBounded(new URL(${JSON.stringify(program('next', '').href)}), Buffer.from(''), { timeout_ms: 20_000, memory_mb: 300 })`,
  )
  await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(next)])
  expect([existsSync(old!), existsSync(young!)]).toEqual([false, true])
  rmSync(young!, { recursive: true })
})

test('one that loops for ever does not outlive a server that was killed for long', { timeout: 40_000 }, async () => {
  const loops = program(
    'outlives',
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); while (true);`,
  )
  const server = program(
    'server',
    `import { runBounded } from ${JSON.stringify(new URL('bounded.ts', import.meta.url).href)}
     await runBounded(new URL(${JSON.stringify(loops.href)}), Buffer.from(''), { timeout_ms: 1_000, memory_mb: 300 })`,
  )
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(server)], { stdio: 'ignore' })
  const pid = () => Number(readFileSync(join(folder, 'pid'), 'utf8'))
  await expect.poll(() => existsSync(join(folder, 'pid')) && pid() > 0, { timeout: 20_000, interval: 5 }).toBe(true)
  child.kill('SIGKILL')
  const lives = () => {
    try {
      return process.kill(pid(), 0)
    } catch {
      return false
    }
  }
  expect(lives()).toBe(true)
  await expect.poll(lives, { timeout: 20_000 }).toBe(false)
})
