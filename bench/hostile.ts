import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sniff } from '../src/modules/common/files/files.service.ts'
import { isReadable } from '../src/modules/payables/reading/reading.service.ts'
import { make } from './bills/make.ts'
import { type Hostile, hostileFiles } from './hostile-files.ts'
import { keepResults } from './results.ts'

/**
 * What damaged and hostile files do to the reader: `npx tsx bench/hostile.ts [how many] [--all]`. First those that were made to break readers
 * (hostile-files.ts), then real bills cut off, with bytes turned, doubled and mixed. Each has to end with an answer, in its time and memory.
 */
const { build } = await import('../scripts/build.mjs' as string)
await build()
const { readFile } = (await import('../dist/reading.js' as string)) as typeof import('../src/platform/reading/reading.ts')

const count = Number(process.argv[2] ?? 500)
const MS_MAX = 10_000
const MB_MAX = 512
/** How an answer begins: a reason is a sentence of ours, never what a library says. */
const OURS = /^(?:read \(\w+\)$|The (?:file|picture|XML) |A picture of |XML with |Files of type )/
const folder = mkdtempSync(join(tmpdir(), 'quittance-hostile-'))
const bills = (await make(folder)).filter(({ kind }) => kind !== 'scan').map(({ file }) => readFileSync(join(folder, file)))
rmSync(folder, { recursive: true })

let seed = 1
/** A number from 0 to below `end`, the same in every run. */
const any = (end: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((seed / 2_147_483_648) * end)
}

function damaged(): Buffer {
  const whole = Buffer.from(bills[any(bills.length)]!)
  const way = any(5)
  if (way === 0) return whole.subarray(0, any(whole.length))
  if (way === 1) for (let i = 0; i < 1 + any(200); i++) whole[any(whole.length)] = any(256)
  if (way === 2) return Buffer.concat([whole, whole.subarray(any(whole.length))])
  if (way === 3) whole.fill(any(256), any(whole.length), any(whole.length))
  if (way === 4) {
    const from = any(whole.length)
    bills[any(bills.length)]!.copy(whole, from, 0, any(whole.length - from))
  }
  return whole
}

const slow: string[] = []
const faults: string[] = []
const times: number[] = []
const ways = new Map<string, number>()
const kinds = new Map<string, { files: number; ms: number; mb: number; ends: Set<string> }>()
const cases: readonly Hostile[] = [
  ...hostileFiles,
  ...Array.from({ length: Math.max(0, count - hostileFiles.length) }, (_, i): Hostile => ['damaged', `damaged ${i}`, damaged]),
]
let largest_mb = 0
for (const [kind, what, make] of cases) {
  const bytes = await make()
  let mb = 0
  const watch = setInterval(() => (mb = Math.max(mb, mostOfChildren())), 20)
  const started = performance.now()
  const outcome = await readFile(bytes, sniff(bytes), { names: [], vat_ids: [], ids: [], ibans: [] })
  const ms = performance.now() - started
  clearInterval(watch)
  times.push(ms)
  largest_mb = Math.max(largest_mb, mb)
  const way = 'way' in outcome ? `read (${outcome.way})` : isReadable(bytes) ? 'refused with a reason' : 'not taken in'
  ways.set(way, (ways.get(way) ?? 0) + 1)
  const reason = 'way' in outcome ? way : outcome.refused
  const seen = kinds.get(kind) ?? { files: 0, ms: 0, mb: 0, ends: new Set() }
  kinds.set(kind, { files: seen.files + 1, ms: Math.max(seen.ms, ms), mb: Math.max(seen.mb, mb), ends: seen.ends.add(way) })
  const line = `${what}: ${Math.round(ms)} ms, ${Math.round(mb)} MB, ${reason}`
  if (ms > 2_000 && kind !== 'damaged') slow.push(line)
  if (ms > MS_MAX || mb > MB_MAX || !OURS.test(reason)) faults.push(line)
  if (process.argv.includes('--all')) console.log(`${kind}: ${line}`)
}
times.sort((a, b) => a - b)
const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))]!)
const list = (lines: readonly string[]) => lines.map((one) => `- ${one}`).join('\n') || '- none'
const text = `Made by \`npx tsx bench/hostile.ts ${count}\` on ${new Date().toISOString().slice(0, 10)}, on ${availableParallelism()} cores that other builds used at the same time (load ${Math.round(loadavg()[0]!)}). Each file is read in a
process of its own; none brought the server down, each got an answer: ${[...ways].map(([way, number]) => `${number} ${way}`).join(', ')}.
Median ${at(0.5)} ms, 99 of 100 within ${at(0.99)} ms, slowest ${at(1)} ms; the largest process had ${Math.round(largest_mb)} MB.

| kind | files | slowest | most memory | ended |
|---|---:|---:|---:|---|
${[...kinds].map(([kind, { files, ms, mb, ends }]) => `| ${kind} | ${files} | ${Math.round(ms)} ms | ${Math.round(mb)} MB | ${[...ends].sort().join(', ')} |`).join('\n')}

Beyond ${MS_MAX / 1000} s or ${MB_MAX} MB, or without a reason of ours:

${list(faults)}

Longer than 2 s, damaged bills apart:

${list(slow)}`
console.log(text)
keepResults('## Damaged and hostile files', `## Damaged and hostile files\n\n${text}`, 'docs/reliability/results.md')
process.exit(0)

/** The most memory that a reader started here has had so far, in MB. */
function mostOfChildren(): number {
  let mb = 0
  for (const pid of readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reading.program')) continue
      mb = Math.max(mb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024)
    } catch {}
  }
  return mb
}
