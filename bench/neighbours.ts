import { readFileSync } from 'node:fs'
import { sniff } from '../src/modules/common/files/files.service.ts'
import { faceOf, printSource } from './bills/neighbour-page.ts'
import { kinds, makeNeighbour } from './bills/neighbours.ts'
import { manners, pictured } from './bills/pictures.ts'
import { Random } from './bills/random.ts'
import { type Judged, judge, judged, type Shown, shownOf } from './bills/shown.ts'
import { keepResults } from './results.ts'

/**
 * What the product shows of printed bills: `npx tsx bench/neighbours.ts [word] [each]`. Makes so many neighbours of each kind, in seven
 * tongues as PDFs with text and, in English and German, as scans and photographs, reads each by the built reader in its own process, and
 * prints per cent of what is shown as it is printed. Another word makes bills that nobody has looked at.
 */
const [word = 'measured', each = '6'] = process.argv.slice(2)
const { build } = await import('../scripts/build.mjs' as string)
await build()
const { readFile } = (await import('../dist/reading.js' as string)) as typeof import('../src/platform/reading/reading.ts')

interface Result {
  readonly way: string
  readonly right: Record<Judged, boolean>
  readonly shown: Shown | null
  /** Of the processor; of the clock where the system doesn't tell. */
  readonly ms: number
}
const results: Result[] = []

/** What the processes we started have used of the processor so far, in milliseconds (Linux), else the clock. */
function spent(): number {
  try {
    // Behind the name in brackets: times of this process, then of those that ended, in hundredths of a second.
    const parts = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
    return 10 * (Number(parts[13]) + Number(parts[14]))
  } catch {
    return performance.now()
  }
}

async function take(way: string, kind: (typeof kinds)[number], at: number): Promise<void> {
  const { told, page, face } = makeNeighbour(kind, at, word, way === 'text' ? undefined : ['gb', 'us', 'de'])
  const pdf = printSource(faceOf(page, face))
  const manner = manners.find((one) => one === way)
  const bytes = manner ? await pictured(pdf, manner, new Random(`${word} ${kind} ${at}`)) : Buffer.from(pdf)
  const own = { names: told.receiver ? [told.receiver] : [], vat_ids: [], ids: [], ibans: [] }
  const started = spent()
  const outcome = await readFile(bytes, sniff(bytes), own, { scan_s: 30 })
  const ms = spent() - started
  const shown = 'way' in outcome ? shownOf(outcome.bill) : null
  results.push({ way, right: judge(told, shown), shown, ms })
}
for (const kind of kinds)
  for (let at = 0; at < Number(each); at++) {
    await take('text', kind, at)
    if (at < Number(each) / 3) {
      await take('scan', kind, at)
      await take('photo', kind, at)
    }
  }

const ways = ['text', 'scan', 'photo']
const of = (way: string) => results.filter((one) => one.way === way)
const share = (list: readonly Result[], which: (one: Result) => boolean) =>
  ((100 * list.filter(which).length) / list.length).toFixed(1)
const row = (name: string, which: (one: Result) => boolean) =>
  `| ${[name, ...ways.map((way) => share(of(way), which))].join(' | ')} |`
const sums = ({ right }: Result) => right.net && right.tax && right.total && right.payable
const time = (name: string, part: number) =>
  `| ${[
    name,
    ...ways.map((way) =>
      Math.round(
        of(way)
          .map(({ ms }) => ms)
          .sort((a, b) => a - b)[Math.floor(part * (of(way).length - 1))]!,
      ),
    ),
  ].join(' | ')} |`
const names: Record<Judged, string> = {
  number: 'number',
  issued: 'date',
  due: 'due date',
  currency: 'currency',
  vendor: 'vendor',
  vat_id: 'VAT id',
  iban: 'IBAN',
  net: 'net',
  tax: 'tax',
  total: 'total',
  payable: 'amount due',
  lines: 'all lines: sum and quantity',
  names: 'all lines: name',
}
const found = `Made by \`npx tsx bench/neighbours.ts ${word} ${each}\` on ${new Date().toISOString().slice(0, 10)}: per cent of the bills whose field is shown as it is printed, with the sums
of the bill, not of its lines. ${kinds.length} kinds that once were read wrong (\`bench/bills/neighbours.ts\`), in seven tongues; scans and photographs in English and
German. A field that a bill does not print is right when it is empty.

| shown right, % of bills | ${ways.map((way) => `${way} (${of(way).length})`).join(' | ')} |
| --- | ${ways.map(() => '---:').join(' | ')} |
${judged.map((field) => row(names[field], ({ right }) => right[field])).join('\n')}
${row('**net, tax, total and amount due together**', sums)}
${row('sums not right, and no warning', (one) => !sums(one) && one.shown !== null && one.shown.warnings.length === 0 && one.shown.total !== null)}
${time('processor, median, ms', 0.5)}
${time('processor, nine of ten within, ms', 0.9)}`
console.log(found)
keepResults('## Printed bills, as they are shown', `## Printed bills, as they are shown\n\n${found}`)
process.exit(0)
