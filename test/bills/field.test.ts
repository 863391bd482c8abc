import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { good } from '../support/invoicing.ts'
import { type Body, type World, world } from '../support/world.ts'

/** Bills as the world sends them: each input stands for a kind of fault, with what is right beside it. Amounts in major units. */

interface Expected {
  type?: 'invoice' | 'credit_note'
  number?: string
  issued?: string
  due?: string | null
  currency?: string | null
  seller?: string
  vat_id?: string | null
  ibans?: string[]
  net?: string | null
  tax?: string | null
  gross?: string
  payable?: string
  lines?: { name: string; quantity: string; price: string; rate: string | null; total: string }[]
  refused?: string
  ends?: string
  paper?: Record<string, string>
}
const folder = join(paths.root, 'test', 'bills', 'field')
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>

let w: World
beforeAll(async () => {
  w = await world()
  // The company that these bills are addressed to.
  const receiver = { organization: { legal_name: 'Haltepunkt Pruefwerk GmbH' } }
  good(await w.partner.patch(`/entities/${w.berlin.entityId}`, receiver))
})

/** What became of a file that is uploaded: refused at once, or read. */
async function uploaded(name: string): Promise<{ status: number; bill?: Body; lines?: Body[] }> {
  const bytes = readFileSync(join(folder, name))
  const { status, body } = await w.berlin.upload('POST', '/payables/upload_from_file', { bytes, name })
  if (status >= 400) return { status }
  await w.work()
  const bill = good(await w.berlin.get(`/payables/${body.id}`))
  const { data: lines } = good(await w.berlin.get(`/payables/${body.id}/line_items?limit=100`))
  return { status, bill, lines }
}

const decimals: Record<string, number> = { HUF: 2, JPY: 0 }
const minor = (amount: string | null | undefined, currency = 'EUR') =>
  amount == null ? amount : Math.round(Number(`${amount}e${decimals[currency] ?? 2}`))

const named = (which: (one: Expected) => boolean) => Object.entries(expected).filter(([, one]) => which(one))

describe('an electronic invoice keeps what it states', () => {
  test.each(named((one) => one.type === 'invoice' && Number(one.gross) >= 0))('%s', async (name, right) => {
    const { bill, lines } = await uploaded(name)
    const currency = right.currency ?? 'EUR'
    expect({
      status: bill.ocr_status,
      number: bill.document_id,
      issued: bill.issued_at,
      currency: bill.currency,
      seller: bill.counterpart_raw_data.name,
      vat_id: bill.counterpart_raw_data.vat_id?.value ?? null,
      iban: bill.counterpart_raw_data.bank_account?.iban,
      net: bill.subtotal,
      ...(right.tax !== null && { tax: bill.tax_amount }),
      total: bill.total_amount,
      due: bill.amount_due,
    }).toEqual({
      status: 'success',
      number: right.number,
      issued: right.issued,
      currency,
      seller: right.seller,
      vat_id: right.vat_id ?? null,
      iban: right.ibans?.[0],
      net: minor(right.net, currency),
      ...(right.tax !== null && { tax: minor(right.tax, currency) }),
      total: minor(right.gross, currency),
      due: minor(right.payable, currency),
    })
    // Some of these files hold the same bill in another form.
    const warnings = (bill.other_extracted_data.warnings as string[]).filter((one) => !one.includes('second copy'))
    expect(warnings).toEqual([])
    if (right.due) expect(bill.due_date).toBe(right.due)
    const price = (line: Body) => line.unit_price_exact ?? line.unit_price
    expect(lines!.map((line) => [line.name, line.quantity, price(line), line.tax, line.subtotal])).toEqual(
      right.lines!.map((line) => [
        line.name,
        Number(line.quantity),
        Number(`${line.price}e2`),
        line.rate === null ? null : Number(line.rate) * 100,
        minor(line.total, currency),
      ]),
    )
  })
})

describe('a document that gives money back is not a bill', () => {
  test.each(named((one) => one.type === 'credit_note' || Number(one.gross) < 0))('%s', async (name) => {
    const { bill } = await uploaded(name)
    expect(bill).toMatchObject({ ocr_status: 'error', total_amount: null, status: 'draft' })
    expect(bill.other_extracted_data.warnings[0]).toContain('/payable_credit_notes/upload_from_file')
  })

  test('and is taken as what it is where credit notes go', async () => {
    const bytes = readFileSync(join(folder, 'credit-note-381.xml'))
    const { id } = good(await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes, name: 'note.xml' }))
    await w.work()
    expect(good(await w.berlin.get(`/payable_credit_notes/${id}`))).toMatchObject({
      ocr_status: 'success',
      document_id: 'G-120',
      subtotal: 10000,
      tax_amount: 1900,
      total_amount: 11900,
    })
    const invoice = readFileSync(join(folder, 'plain.xml'))
    const wrong = good(
      await w.berlin.upload('POST', '/payable_credit_notes/upload_from_file', { bytes: invoice, name: 'bill.xml' }),
    )
    await w.work()
    expect(good(await w.berlin.get(`/payable_credit_notes/${wrong.id}`)).ocr_status).toBe('error')
  })
})

describe('what is no bill is refused with a reason', () => {
  test.each(named((one) => one.refused !== undefined))('%s', async (name) => {
    const { status, bill } = await uploaded(name)
    if (status >= 400) return
    expect(bill.ocr_status).toBe('error')
    expect(bill.other_extracted_data.warnings[0]).toMatch(/^(The|XML|A) .{15,}/)
  })
})

describe('every reading ends', () => {
  test.each(named((one) => one.ends !== undefined))('%s', async (name) => {
    const { bill } = await uploaded(name)
    expect(['success', 'error']).toContain(bill.ocr_status)
    expect(await w.sql(`select kind from jobs where partner_id = $1 and kind = 'payables.read'`, [w.partner_id])).toEqual([])
  })
})

describe('the printed sums of a paper bill stand', () => {
  test.each(named((one) => one.paper !== undefined))('%s', async (name, { paper }) => {
    const { bill } = await uploaded(name)
    const seen = {
      currency: bill.currency,
      date: bill.issued_at,
      number: bill.document_id,
      total: bill.total_amount,
      ...(paper!.net && { net: bill.subtotal }),
      ...(paper!.tax && { tax: bill.tax_amount }),
      ...(paper!.vat !== undefined && { vat: bill.counterpart_raw_data?.vat_id?.value ?? '' }),
    }
    expect(seen).toEqual({
      currency: paper!.currency,
      date: paper!.date,
      number: paper!.number,
      total: minor(paper!.total),
      ...(paper!.net && { net: minor(paper!.net) }),
      ...(paper!.tax && { tax: minor(paper!.tax) }),
      ...(paper!.vat !== undefined && { vat: paper!.vat }),
    })
    expect(bill.counterpart_raw_data?.name).toContain(paper!.issuer)
  })
})
