import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { languageOf, makeBill, type Order, type Truth } from './bills.ts'
import { scan } from './degrade.ts'
import { einvoice } from './einvoices.ts'
import { einvoices, scans, texts } from './plan.ts'
import { print } from './print.ts'
import { Random } from './random.ts'

/**
 * Bills to measure a reader with: `npx tsx bench/bills/make.ts [folder] [year]` writes them and what is on them (`truth.json`) into a folder.
 * The same bills on every run; a bill keeps its face when others are added behind it. Another word for the year makes bills that nobody has
 * seen: other vendors, labels, formats and figures in the same layouts.
 */

export interface Made {
  readonly truth: Truth
  readonly bytes: Uint8Array
}

const numbered = (kind: string, at: number, order: Order) =>
  `${kind}-${String(at + 1).padStart(2, '0')}-${order.layout}-${languageOf(order)}-${order.country.toLowerCase()}`
const seeded = (kind: string, at: number, year: string) => new Random(`${kind} ${at} of ${year}`)

/** The bill with a text layer that stands at this place of the plan. */
export function makeText(at: number, year = '2026'): Made {
  const order = texts[at]!
  const { view, truth } = makeBill(order, seeded('text', at, year))
  return { truth: { file: `${numbered('text', at, order)}.pdf`, kind: 'text', ...truth }, bytes: print(order.layout, view) }
}

export async function makeScan(at: number, year = '2026'): Promise<Made> {
  const order = scans[at]!
  const random = seeded('scan', at, year)
  const { view, truth } = makeBill(order, random)
  const { bytes, ending } = await scan(print(order.layout, view), at, random)
  return { truth: { file: `${numbered('scan', at, order)}.${ending}`, kind: 'scan', ...truth }, bytes }
}

export function makeEinvoice(at: number, year = '2026'): Made {
  const order = einvoices[at]!
  const { bytes, ending, truth } = einvoice(order, seeded('einvoice', at, year))
  return { truth: { file: `${numbered('einvoice', at, order)}.${ending}`, kind: 'einvoice', ...truth }, bytes }
}

/** Writes all of them. */
export async function make(folder: string, year?: string): Promise<Truth[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const truths: Truth[] = []
  const keep = ({ truth, bytes }: Made) => {
    writeFileSync(join(folder, truth.file), bytes)
    truths.push(truth)
    writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truths, null, 2)}\n`)
  }
  for (const at of texts.keys()) keep(makeText(at, year))
  for (const at of einvoices.keys()) keep(makeEinvoice(at, year))
  for (const at of scans.keys()) keep(await makeScan(at, year))
  return truths
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('made', import.meta.url))
  const truths = await make(folder, process.argv[3])
  console.log(`${truths.length} bills in ${folder}`)
}
