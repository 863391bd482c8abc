import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { sniff } from '../src/modules/common/files/files.service.ts'
import { billNumber, customers, each, faultsIn, killDatabase, listenTo, waitingJobs } from '../test/faults/bills.ts'
import { machine } from '../test/faults/process.ts'
import type { Made } from './bills/make.ts'
import { keepResults } from './results.ts'

/**
 * Bills that are uploaded all at once and read while the server, and later its database, is killed: `npx tsx bench/killed.ts [how many]`.
 * A real server process over an embedded database that writes through to the disk. Afterwards every bill has to be there once, read
 * once, with what stands on it; how long another customer's single bill waits behind all the others is measured, too.
 */
const { build } = await import('../scripts/build.mjs' as string)
await build()
const { readFile } = (await import('../dist/reading.js' as string)) as typeof import('../src/platform/reading/reading.ts')

const count = Number(process.argv[2] ?? 1_000)
const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1)
const bills = Array.from({ length: count }, (_, n) => billNumber(n))
const computer = machine()
let server = await computer.start()
const [many, one] = await customers(server, () => server.url, 2)
const { heard, close } = await listenTo(many!, 'payable')

const sent = new Map<string, Made>()
const began = performance.now()
await each(bills, 8, async (made, nth) => {
  const { id } = await many!.upload(made, `bill ${nth}`)
  sent.set(id, made)
})
const uploaded_s = seconds(began)
const READING = '^payables.read$'
const toRead = () => waitingJobs(computer, READING)
/** Waits until only so many jobs are left; five minutes without any done are a fault. */
async function until(most: number, kinds?: string) {
  let [least, since] = [Number.POSITIVE_INFINITY, performance.now()]
  for (;;) {
    const left = await waitingJobs(computer, kinds)
    if (left <= most) return
    if (left < least) [least, since] = [left, performance.now()]
    if (performance.now() - since > 300_000) throw new Error(`${left} jobs are stuck`)
    await sleep(200)
  }
}
const behind = await toRead()
const asked = performance.now()
const { id: single } = await one!.upload(billNumber(count), 'the only one')
while ((await one!.get(`/payables/${single}`)).ocr_status === 'processing') await sleep(50)
const waited_s = seconds(asked)

await until((count * 2) / 3, READING)
const [read_before, killed] = [count - (await toRead()), performance.now()]
await server.kill()
server = await computer.start()
const { ready_ms } = server

await until(count / 3, READING)
const read_between = count - (await toRead())
killDatabase(computer)
const gone = performance.now()
await sleep(1_000)
await computer.startDatabase()
await many!.get('/payables?limit=1')
const well_s = seconds(gone)

await until(0, READING)
const [read_s, after_s] = [seconds(began), seconds(killed)]
await until(0)
const done_s = seconds(began)

const { faults, unread, misread } = await faultsIn(many!, sent, heard, async ({ bytes }) => {
  const outcome = await readFile(Buffer.from(bytes), sniff(Buffer.from(bytes)), { names: [], vat_ids: [], ids: [], ibans: [] })
  return 'way' in outcome ? outcome.bill.total : null
})
const audit = await computer.run('audit')
if (audit.code !== 0) faults.push(audit.output)
await server.kill('SIGTERM')
close()
await computer.remove()

const twice = [...heard.values()].filter((times) => times > 1).length
const rows = [
  ['taken in, each under a key, 8 at a time', `${count} in ${uploaded_s} s`],
  ['all read', `after ${read_s} s (${(count / Number(read_s)).toFixed(1)} a second, pictures of each drawn beside)`],
  ['all other work done (pictures, webhooks)', `after ${done_s} s`],
  [`the bill of another customer, sent behind ${behind} others`, `read after ${waited_s} s`],
  [`server killed (\`kill -9\`) when ${read_before} were read`, `answers ${ready_ms} ms after it was started again`],
  [
    `database killed (every process) when ${read_between} were read`,
    `started again after 1 s; the same server answers after ${well_s} s`,
  ],
  ['from the first kill until all were read', `${after_s} s`],
  ['there once, with its own file, its lines and its events', `${count - faults.length} of ${count}`],
  ['with another total than without a kill', String(faults.filter((fault) => fault.includes('instead of')).length)],
  ['not read, with the reason', String(unread.length)],
  ['total not found by the reader, killed or not', String(misread.length)],
  ['events, all of which reached their subscriber', `${heard.size}, ${twice} of them more than once`],
  ['`quittance audit`', audit.code === 0 ? 'finds nothing' : 'finds something'],
]
const text = `Made by \`npx tsx bench/killed.ts ${count}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, 2 cores that other builds used at the same time; a real
server process with its own database, which writes through to the disk.

| | |
|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`
console.log(`${text}\n\n${[...faults, ...unread, ...misread].join('\n')}`)
keepResults('## Bills read under kills', `## Bills read under kills\n\n${text}`, 'docs/reliability/results.md')
process.exit(faults.length > 0 ? 1 : 0)
