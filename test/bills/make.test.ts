import { PDFiumLibrary } from '@hyzyla/pdfium'
import { XMLValidator } from 'fast-xml-parser'
import sharp from 'sharp'
import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import type { Truth } from '../../bench/bills/bills.ts'
import { type Made, makeEinvoice, makeScan, makeText } from '../../bench/bills/make.ts'
import { einvoices, texts } from '../../bench/bills/plan.ts'
import { type Found, headerFields, report, score } from '../../bench/bills/score.ts'

const bare = (text: string) => text.replace(/\s/g, '').toUpperCase()
const unread = (text: string, { printed }: Truth) =>
  Object.entries(printed).filter(([, value]) => !bare(text).includes(bare(value)))

async function textOf(pdf: Uint8Array): Promise<string> {
  return (await extractText(await getDocumentProxy(Uint8Array.from(pdf)), { mergePages: true })).text
}

async function dataOf({ bytes, truth }: Made): Promise<string> {
  if (truth.file.endsWith('.xml')) return Buffer.from(bytes).toString()
  const attachments = await (await getDocumentProxy(Uint8Array.from(bytes))).getAttachments()
  return Buffer.from((attachments as Record<string, { content: Uint8Array }>)['factur-x.xml']!.content).toString()
}

/** What a reader without fault would find. */
const perfect = (truth: Truth): Found => ({
  ...truth,
  seller: {
    name: truth.vendor_name.toUpperCase(),
    vat_id: truth.vendor_vat_id,
    tax_id: truth.vendor_tax_id,
    iban: truth.iban?.replace(/(.{4})/g, '$1 ') ?? null,
    bic: truth.bic,
    account_number: truth.account_number,
    sort_code: truth.sort_code,
    address: truth.vendor_address,
  },
})

describe('the bills made to measure a reader with', () => {
  const spread = (count: number) => [0, Math.floor(count / 2), count - 1]

  test.each(spread(texts.length))('a bill with text, number %i, prints all its truth', async (at) => {
    const { bytes, truth } = makeText(at)
    expect(unread(await textOf(bytes), truth)).toEqual([])
  })

  test.each(spread(einvoices.length))('a bill as data, number %i, holds all its truth', async (at) => {
    const made = makeEinvoice(at)
    const xml = await dataOf(made)
    expect(XMLValidator.validate(xml)).toBe(true)
    const days = (text: string) => text.replaceAll('-', '')
    const { issued_at, due_date, ...rest } = made.truth.printed
    expect(unread(xml, { ...made.truth, printed: rest })).toEqual([])
    for (const day of [issued_at, due_date]) if (day) expect(days(xml)).toContain(days(day))
  })

  test.each([0, 1, 2])('a scanned bill, number %i, is a picture of a page without text', async (at) => {
    const { bytes, truth } = await makeScan(at)
    if (!truth.file.endsWith('.pdf')) {
      expect((await sharp(bytes).metadata()).width).toBeGreaterThan(1500)
      return
    }
    expect(bare(await textOf(bytes))).toBe('')
    const document = await (await PDFiumLibrary.init()).loadDocument(bytes)
    expect([...document.getPage(0).objects()].map(({ type }) => type)).toEqual(['image'])
  })

  test('the same bill is the same file each time', () => {
    expect(makeText(3)).toEqual(makeText(3))
  })
})

describe('the score', () => {
  const { truth } = makeText(5)

  test('gives a reader without fault everything, whatever the spaces and capitals', () => {
    const { fields, lines } = score(truth, perfect(truth))
    expect(new Set(Object.values(fields))).toEqual(new Set(['ok']))
    expect(lines).toEqual({ of: truth.lines.length, totals: truth.lines.length, right: truth.lines.length, invented: 0 })
  })

  test('tells what is missing, wrong by a cent and made up', () => {
    const found = perfect(truth)
    const { fields, lines } = score(
      { ...truth, iban: null },
      {
        ...found,
        total: truth.total + 0.01,
        issued_at: null,
        seller: { ...found.seller, iban: 'DE02120300000000202051' },
        lines: [],
      },
    )
    expect(fields).toMatchObject({ total: 'wrong', issued_at: 'missing', iban: 'wrong', document_id: 'ok' })
    expect(lines).toMatchObject({ totals: 0, right: 0 })
  })

  test('reports every field and kind', () => {
    const printed = report([score(truth, perfect(truth)), score(makeEinvoice(0).truth, perfect(truth))])
    for (const field of headerFields) expect(printed).toContain(field)
    expect(printed).toMatch(/all header fields right +100\.0 +0\.0 +50\.0/)
  })
})
