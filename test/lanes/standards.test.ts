import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { good } from '../support/invoicing.ts'
import { type Body, world } from '../support/world.ts'

/** The published examples of two standards, read where they lie beside the project. Each is exact, or says by name why not. */

interface Expected {
  readonly type: 'invoice' | 'credit_note'
  readonly number: string
  readonly issued: string
  readonly currency: string
  readonly net: string | null
  readonly tax: string | null
  readonly gross: string | null
  readonly payable: string | null
  readonly refused?: string
}
const folder = join(paths.root, '..', 'shared', 'field', 'standards')
const there = existsSync(join(folder, 'expected.json'))
if (!there) console.log('skipped: the examples of the standards are not beside the project')
const expected = there ? (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>) : {}
const minor = (amount: string | null, currency: string) =>
  amount === null ? null : Math.round(Number(`${Number(amount)}e${['JPY', 'ISK', 'CLP'].includes(currency) ? 0 : 2}`))

let [exact, reasons] = [0, 0]
afterAll(() => {
  if (there) console.log(`${exact} exact, ${reasons} with a reason, of ${Object.keys(expected).length}`)
})

test.runIf(there).each(Object.entries(expected))('%s', { timeout: 30_000 }, async (name, right) => {
  const w = await world()
  const bytes = readFileSync(join(folder, name))
  const { status, body } = await w.berlin.upload('POST', '/payables/upload_from_file', { bytes, name: name.split('/')[1]! })
  expect(status).toBeLessThan(300)
  await w.work()
  const bill: Body = good(await w.berlin.get(`/payables/${body.id}`))
  // That these bills are for others, or come more than once, says nothing of how they were read.
  const warnings = (bill.other_extracted_data.warnings as string[]).filter(
    (one) => !/^(?:The bill is addressed to somebody else|This may be a second copy)/.test(one),
  )
  if (bill.ocr_status === 'error') {
    expect(right.type === 'credit_note' || Number(right.gross) < 0 || right.refused !== undefined, warnings[0]).toBe(true)
    reasons++
    return
  }
  const money = (amount: string | null) => minor(amount, right.currency)
  const seen = [
    bill.document_id,
    bill.issued_at,
    bill.currency,
    bill.subtotal,
    bill.tax_amount,
    bill.total_amount,
    bill.amount_due,
  ]
  const stated = [right.number, right.issued, right.currency, money(right.net), money(right.tax), money(right.gross)]
  const due = right.payable === null ? money(right.gross) : Math.max(0, money(right.payable)!)
  try {
    expect(seen).toEqual([...stated, due])
    exact++
  } catch (error) {
    // A document that contradicts itself is kept as it is, and says so.
    if (warnings.length === 0) throw error
    reasons++
    expect(bill.status).toBe('draft')
  }
})
