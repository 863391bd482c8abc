import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a program of its own may use up before it is ended. */
export interface Bounds {
  readonly timeout_ms: number
  /** Resident memory, as far as the system tells (Linux); the JavaScript heap everywhere. */
  readonly memory_mb: number
}

/** Why there is no result; always about this input or this program, never about the server. */
export class Exceeded extends Error {
  override readonly name = 'Exceeded'
}

/** Programs at work at once: half the processors, so that the server keeps answering. The others wait their turn. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2))
let atWork = 0
const waiting: (() => void)[] = []

async function turn<T>(work: () => Promise<T>): Promise<T> {
  if (atWork >= AT_ONCE) await new Promise<void>((go) => waiting.push(go))
  else atWork++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else atWork--
  }
}

const WATCH_MS = 100
const HEAP_SHARE = 0.5
const WORDS_MAX = 2_000

/**
 * Runs one of our programs over bytes from outside, in a process of its own: what a hostile file does to it stays there. The program
 * reads the bytes from its standard input and writes files into the folder named by its first argument; they are the answer, by name.
 * `args` follow. The process gets nothing of our environment, and its folder is gone afterwards.
 */
export async function runBounded(
  program: URL,
  input: Buffer,
  { timeout_ms, memory_mb }: Bounds,
  args: readonly string[] = [],
): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-'))
  try {
    const answer = join(folder, 'answer')
    await mkdir(answer)
    await turn(() => run(program, input, { timeout_ms, memory_mb }, [answer, ...args]))
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
    const child = spawn(process.execPath, [heap, ...loader, fileURLToPath(program), ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH ?? '', TMPDIR: dirname(args[0]!), NODE_ENV: 'production' },
    })
    let words = ''
    let excess: string | null = null
    const end = (reason: string) => {
      excess ??= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end(`took longer than ${timeout_ms} ms`), timeout_ms)
    const watch = setInterval(async () => {
      if ((await residentMb(child.pid)) > memory_mb) end(`needed more than ${memory_mb} MB`)
    }, WATCH_MS)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < WORDS_MAX) words += text
    })
    // A program that gives up early stops reading; its exit says why.
    child.stdin.on('error', () => {}).end(input)
    child.on('error', (error) => end(error.message))
    child.on('close', (code) => {
      clearTimeout(timer)
      clearInterval(watch)
      if (code === 0 && excess === null) return resolve()
      reject(new Exceeded(excess ?? (words.trim().split('\n').at(-1) || `ended with code ${code}`)))
    })
  })
}

/** Memory a process holds, in MB; 0 where the system doesn't say. */
async function residentMb(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0')
  return (Number(statm.split(' ')[1]) * 4096) / 1_048_576
}
