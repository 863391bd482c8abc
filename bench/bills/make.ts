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
 * Bills to measure a reader with: `npx tsx bench/bills/make.ts [folder]` writes them and what is on them (`truth.json`) into a folder.
 * The same bills on every run; a bill keeps its face when others are added behind it.
 */

export interface Made {
  readonly truth: Truth
  readonly bytes: Uint8Array
}

const numbered = (kind: string, at: number, order: Order) =>
  `${kind}-${String(at + 1).padStart(2, '0')}-${order.layout}-${languageOf(order)}-${order.country.toLowerCase()}`
const seeded = (kind: string, at: number) => new Random(`${kind} ${at} of 2026`)

/** The bill with a text layer that stands at this place of the plan. */
export function makeText(at: number): Made {
  const order = texts[at]!
  const { view, truth } = makeBill(order, seeded('text', at))
  return { truth: { file: `${numbered('text', at, order)}.pdf`, kind: 'text', ...truth }, bytes: print(order.layout, view) }
}

export async function makeScan(at: number): Promise<Made> {
  const order = scans[at]!
  const random = seeded('scan', at)
  const { view, truth } = makeBill(order, random)
  const { bytes, ending } = await scan(print(order.layout, view), at, random)
  return { truth: { file: `${numbered('scan', at, order)}.${ending}`, kind: 'scan', ...truth }, bytes }
}

export function makeEinvoice(at: number): Made {
  const order = einvoices[at]!
  const { bytes, ending, truth } = einvoice(order, seeded('einvoice', at))
  return { truth: { file: `${numbered('einvoice', at, order)}.${ending}`, kind: 'einvoice', ...truth }, bytes }
}

/** Writes all of them. */
export async function make(folder: string): Promise<Truth[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const truths: Truth[] = []
  const keep = ({ truth, bytes }: Made) => {
    writeFileSync(join(folder, truth.file), bytes)
    truths.push(truth)
    writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truths, null, 2)}\n`)
  }
  for (const at of texts.keys()) keep(makeText(at))
  for (const at of einvoices.keys()) keep(makeEinvoice(at))
  for (const at of scans.keys()) keep(await makeScan(at))
  return truths
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('made', import.meta.url))
  const truths = await make(folder)
  console.log(`${truths.length} bills in ${folder}`)
}
