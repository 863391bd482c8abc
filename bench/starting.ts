import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '../src/platform/paths.ts'
import { keepResults } from './results.ts'

/**
 * How long a start takes until the server answers that it is ready, with an empty folder and again, and what it takes when nobody asks. Linux
 * only, as the memory of processes is read from /proc.
 *
 *   npx tsx bench/starting.ts [folder of another checkout, in turns]
 */

const ROUNDS = Number(process.env.ROUNDS ?? 7)
/** After which the server has prepared everything, and tidied up twice. */
const IDLE_MS = 45_000
const trees = [paths.root, ...process.argv.slice(2)]
const folder = mkdtempSync(join(tmpdir(), 'quittance-starting-'))
// As root the embedded database runs under a number of its own.
chmodSync(folder, 0o755)

/** A server in its own folder, until it answers; `ms` and its processor time, in ms. */
async function start(tree: string, data: string) {
  // Below those that the system gives to whoever asks a server.
  const port = 10_000 + Math.floor(Math.random() * 20_000)
  const began = performance.now()
  const env = { ...process.env, DATA_DIR: data, PORT: String(port), LOG_LEVEL: 'warn' }
  const child = spawn(process.execPath, [join(tree, 'bin/quittance.js'), 'serve'], { env, stdio: 'ignore' })
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`The server of ${tree} ended with ${child.exitCode}`)
    await sleep(3)
  }
  const ms = performance.now() - began
  const [, state = ''] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')
  const [user = 0, system = 0] = state.split(' ').slice(11, 13).map(Number)
  return {
    ms,
    // In hundredths of a second.
    cpu_ms: (user + system) * 10,
    pid: child.pid!,
    async stop() {
      child.kill('SIGINT')
      await new Promise((ended) => child.once('exit', ended))
    },
  }
}

/** MiB of a process, what it shares with others counted by its share. */
const mebibytes = (pid: number) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]) / 1024
const cwd = (pid: number) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
const databaseOf = (data: string) =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && cwd(pid) === join(data, 'postgres'))

const median = (of: number[]) => of.toSorted((a, b) => a - b)[of.length >> 1]!
const figures = trees.map((tree) => ({ tree, first: [] as number[], again: [] as number[], cpu: [] as number[], idle: [0, 0] }))
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const [number, { tree, first, again, cpu }] of figures.entries()) {
      const data = join(folder, `${number}-${round}`)
      const fresh = await start(tree, data)
      await fresh.stop()
      const next = await start(tree, data)
      await next.stop()
      first.push(fresh.ms)
      again.push(next.ms)
      cpu.push(next.cpu_ms)
    }
  for (const [number, one] of figures.entries()) {
    const data = join(folder, `${number}-0`)
    const server = await start(one.tree, data)
    await sleep(IDLE_MS)
    one.idle = [mebibytes(server.pid), databaseOf(data).reduce((sum, pid) => sum + mebibytes(pid), 0)]
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const title = `## Starting, Node ${process.version}`
const lines = figures.map(({ first, again, cpu, idle: [server = 0, database = 0] }, number) =>
  [
    number === 0 ? 'this' : 'the other',
    ...[first, again, cpu].map(
      (of) => `${Math.round(median(of))} (${Math.round(Math.min(...of))} to ${Math.round(Math.max(...of))})`,
    ),
    `${Math.round(server)} + ${Math.round(database)}`,
  ].join(' | '),
)
const text = `${title}

Made by \`npx tsx bench/starting.ts${trees.length > 1 ? ' OTHER_CHECKOUT' : ''}\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, embedded PostgreSQL. ${ROUNDS} rounds in turns: median
(least to most) of the milliseconds until \`/readyz\` says yes, with an empty folder and again, and of the processor time of the server until
then; and MiB of server and database after ${IDLE_MS / 1000} s without a request (proportional share).

| version | first, ms | again, ms | processor, ms | idle, MiB |
| --- | ---: | ---: | ---: | ---: |
${lines.map((line) => `| ${line} |`).join('\n')}`
console.log(text)
keepResults(title, text)
