import { getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { faceOf, printSource } from '../../bench/bills/neighbour-page.ts'
import { kinds, makeNeighbour } from '../../bench/bills/neighbours.ts'
import { judge, judged, shownOf } from '../../bench/bills/shown.ts'
import { readBill } from '../../src/core/reading/read-bill.ts'
import { textOf } from '../../src/platform/reading/pdf-text.ts'

/** Printed bills of every kind that was once read wrong, in seven tongues and faces drawn by chance: what the product shows of each. */

const EACH = 6

/** What is shown of a neighbour, and which of it is wrong. */
async function shown(kind: (typeof kinds)[number], at: number) {
  const { told, page, face } = makeNeighbour(kind, at, 'suite')
  const pdf = await getDocumentProxy(Uint8Array.from(printSource(faceOf(page, face))))
  const bill = readBill(await textOf(pdf, 1), { names: told.receiver ? [told.receiver] : [], vat_ids: [], ids: [], ibans: [] })
  const seen = shownOf(bill)
  const right = judge(told, seen)
  return { wrong: judged.filter((field) => !right[field]), warnings: seen.warnings }
}

describe.each(kinds)('%s', (kind) => {
  test('the sums are shown as they are printed, and little else is missed', async () => {
    const all = []
    for (let at = 0; at < EACH; at++) all.push({ at, ...(await shown(kind, at)) })
    const sums = new Set<string>(['currency', 'net', 'tax', 'total', 'payable'])
    expect(all.filter(({ wrong }) => wrong.some((field) => sums.has(field)))).toEqual([])
    expect(all.flatMap(({ wrong }) => wrong).length).toBeLessThanOrEqual(1)
    const consistent = kind !== 'lines that do not add up'
    expect(all.filter(({ warnings }) => warnings.length > 0 === consistent)).toEqual([])
  })
})
