import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FairQueue, fairQueue, NOBODY } from '../fair-queue.ts'

/** What a program of its own may use up before it is ended. */
export interface Bounds {
  readonly timeout_ms: number
  /** Resident memory, as far as the system tells (Linux); the JavaScript heap everywhere. */
  readonly memory_mb: number
  /** How long a run may have to wait for others of its owner; for what a request waits for. The same for all runs of a program. */
  readonly waiting_ms?: number
}

/**
 * Why there is no result; always about this input or this program, never about the server. The message is for the log: the last words of a
 * library may be in it.
 */
export class Exceeded extends Error {
  override readonly name = 'Exceeded'
  readonly reason: Excess
  constructor(reason: Excess, message: string) {
    super(message)
    this.reason = reason
  }
}
/** It took too long, needed too much memory, or ended by itself without an answer. */
export type Excess = 'time' | 'memory' | 'broken'

/** Processes of one program at work at once: half the processors, so that the server keeps answering. The others wait their turn. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2))
/** Each program has hands of its own: pictures do not wait for bills that are read. */
const queues = new Map<string, FairQueue>()

function queueOf(program: URL, waiting_ms?: number): FairQueue {
  let queue = queues.get(program.pathname)
  if (!queue) {
    queue = fairQueue({ at_once: AT_ONCE, waiting_max: 1_000, waiting_ms })
    queues.set(program.pathname, queue)
  }
  return queue
}

const PREFIX = 'quittance-run-'
/** No program lives that long. */
const LEFT_MS = 3_600_000
let swept: Promise<void> | undefined

/** Removes what a server that was killed left in the folder for temporary files. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(tmpdir(), name)
    const { mtimeMs } = await stat(folder)
    if (Date.now() - mtimeMs > LEFT_MS) await rm(folder, { recursive: true, force: true })
  }
}

const WATCH_MS = 25
/** A program is ended at this share of the memory it may have: it goes on growing until somebody looks. */
const WATCH_SHARE = 0.9
const HEAP_SHARE = 0.5
const WORDS_MAX = 2_000

/** What a program that failed says of it: the line that names the error; where there is none, the last. Node's own version stands below it. */
function faultIn(words: string): string | undefined {
  const lines = words.trim().split('\n')
  return lines.find((line) => /^(?:Uncaught )?[A-Z]?[a-z]*[A-Za-z]*Error\b/.test(line)) ?? lines.at(-1)
}

/**
 * Runs one of our programs over bytes from outside, in a process of its own: what a hostile file does to it stays there. The program
 * reads the bytes from its standard input and writes files into the folder named by its first argument; they are the answer, by name.
 * `args` follow. The process gets nothing of our environment, and its folder is gone afterwards. Runs take turns by owner.
 */
export async function runBounded(
  program: URL,
  input: Buffer,
  { timeout_ms, memory_mb, waiting_ms }: Bounds,
  args: readonly string[] = [],
  owner: string = NOBODY,
): Promise<Map<string, Buffer>> {
  swept ??= sweep().catch(() => {})
  await swept
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  try {
    const answer = join(folder, 'answer')
    await mkdir(answer)
    await queueOf(program, waiting_ms).run(owner, () => run(program, input, { timeout_ms, memory_mb }, [answer, ...args]))
    const files = new Map<string, Buffer>()
    for (const name of (await readdir(answer)).sort()) files.set(name, await readFile(join(answer, name)))
    return files
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(program: URL, input: Buffer, { timeout_ms, memory_mb }: Bounds, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const heap = `--max-old-space-size=${Math.round(memory_mb * HEAP_SHARE)}`
    const loader = program.pathname.endsWith('.ts') ? ['--import', 'tsx'] : []
    const [command, ...rest] = [...outliving(timeout_ms), process.execPath, heap, ...loader, fileURLToPath(program), ...args]
    const child = spawn(command!, rest, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH ?? '', TMPDIR: dirname(args[0]!), NODE_ENV: 'production' },
    })
    let words = ''
    let excess: Exceeded | null = null
    const end = (reason: Excess, message: string) => {
      excess ??= new Exceeded(reason, message)
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end('time', `took longer than ${timeout_ms} ms`), timeout_ms)
    const watch = setInterval(async () => {
      if ((await residentMb(child.pid)) > memory_mb * WATCH_SHARE) end('memory', `needed more than ${memory_mb} MB`)
    }, WATCH_MS)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < WORDS_MAX) words += text
    })
    // A program that gives up early stops reading; its exit says why.
    child.stdin.on('error', () => {}).end(input)
    child.on('error', (error) => end('broken', error.message))
    child.on('close', (code) => {
      clearTimeout(timer)
      clearInterval(watch)
      if (code === 0 && excess === null) return resolve()
      if (/heap out of memory/.test(words)) end('memory', `needed more than ${memory_mb} MB`)
      if (code === null) end('broken', 'was ended by the system')
      reject(excess ?? new Exceeded('broken', faultIn(words) || `ended with code ${code}`))
    })
  })
}

/**
 * The beginning of a command that ends even if the server is killed, whose timers would have ended it: the system then stops the program
 * once it has used as much of the processors as it could have in its time.
 */
function outliving(timeout_ms: number): string[] {
  if (process.platform === 'win32' || !existsSync('/bin/sh')) return []
  const cpu_s = Math.ceil((timeout_ms / 1000) * Math.min(4, availableParallelism())) + 1
  return ['/bin/sh', '-c', 'ulimit -c 0; ulimit -t "$0"; unset PWD OLDPWD SHLVL; exec nice -n 5 "$@"', String(cpu_s)]
}

/** Memory a process holds, in MB; 0 where the system doesn't say. */
async function residentMb(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0')
  return (Number(statm.split(' ')[1]) * 4096) / 1_048_576
}
