import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, expect, test } from 'vitest'
import { QueueFull } from '../fair-queue.ts'
import { paths } from '../paths.ts'
import type { InvoiceDocument } from './invoice.document.ts'
import { labelsOf, supportedLanguages } from './labels.ts'
import { qrSvg } from './qr.ts'
import { createPdfRenderer, type PdfOptions } from './renderer.ts'
import { line, sampleInvoice } from './sample.ts'

const warnings: unknown[][] = []
const log = { warn: (...said: unknown[]) => void warnings.push(said) } as PdfOptions['log']
const open = (options: Partial<PdfOptions> = {}) => createPdfRenderer({ templatesDir: paths.templates, log, ...options })
const renderer = open()
afterAll(() => renderer.close())

/** The text of each page, with every kind of space as one blank. */
async function read(pdf: Buffer): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)))
  return text.map((page) => page.replace(/[\s\u200b]+/gu, ' '))
}
const pagesOf = async (overrides: Partial<InvoiceDocument> = {}) =>
  read(await renderer.render('invoice', sampleInvoice(overrides)))

/** Where a text begins on the first page, in points from the left; undefined if it isn't there. */
async function leftOf(pdf: Buffer, text: string): Promise<number | undefined> {
  const page = await (await getDocumentProxy(new Uint8Array(pdf))).getPage(1)
  const { items } = await page.getTextContent()
  return items
    .map((item) => ('str' in item && item.str === text ? (item.transform[4] as number) : undefined))
    .find((x) => x !== undefined)
}

const sixtyLines = Array.from({ length: 60 }, (_, i) =>
  line(`Article number ${i + 1}`, 1 + (i % 3), 1000 + i, { description: 'Oak, oiled' }),
)

test('an invoice says who asks whom for how much, for what, until when, and where to pay', async () => {
  const [page, ...more] = await pagesOf({ qr: { svg: qrSvg('BCD'), caption: 'Girocode' } })
  expect(more).toHaveLength(0)
  for (const text of [
    'Invoice INV-2025-00042',
    'Nordlicht',
    'Brasserie du Canal SARL',
    '75010 Paris France',
    'Issue date 3 Nov 2025',
    'Due date 3 Dec 2025',
    'Purchase order PO-7741',
    'Pendant lamp “Mira”, brass',
    '189.00',
    'Subtotal 2,249.40',
    'VAT 19% on 2,142.00 406.98',
    'VAT 7% on 107.40 7.52',
    'Total €2,663.90',
    '2% discount if paid by 13 Nov 2025: €2,610.62.',
    'IBAN DE89 3704 0044 0532 0130 00',
    'Girocode',
    'Pay online',
    'VAT ID DE136695976',
    'Page 1 of 1',
  ]) {
    expect(page).toContain(text)
  }
})

test('a long invoice repeats its headings and says on every page whose it is and where one is', async () => {
  const pages = await pagesOf({ lines: sixtyLines })
  expect(pages.length).toBeGreaterThan(2)
  pages.forEach((page, index) => {
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
    if (index > 0) expect(page).toContain('Invoice INV-2025-00042')
    if (page.includes('Article number')) expect(page).toContain('Description Qty Unit price VAT Amount')
  })
  const all = pages.join(' ')
  for (let i = 1; i <= 60; i++) expect(all).toContain(`Article number ${i} `)
  expect(pages.at(-1)).toContain('Total €')
})

test('the paper is that of the country, or the one asked for', async () => {
  const sizeOf = async (overrides: Partial<InvoiceDocument>) => {
    const pdf = await renderer.render('invoice', sampleInvoice(overrides))
    const [, , width, height] = (await (await getDocumentProxy(new Uint8Array(pdf))).getPage(1)).view
    return [Math.round(width!), Math.round(height!)]
  }
  expect(await sizeOf({ country: 'DE' })).toEqual([595, 842])
  expect(await sizeOf({ country: 'US' })).toEqual([612, 792])
  expect(await sizeOf({ country: 'US', paper: 'a4' })).toEqual([595, 842])
})

test.each(supportedLanguages.filter((language) => language !== 'ar' && language !== 'he'))(
  'every type of document is printed in %s',
  async (language) => {
    const labels = labelsOf(language)
    for (const type of ['invoice', 'quote', 'credit_note'] as const) {
      const [page] = await pagesOf({ type, language, draft: true, signature: type === 'quote' ? {} : null })
      expect(page).toContain(`${labels[type]} INV-2025-00042`)
      expect(page).toContain(`${labels.total} `)
      expect(page).toContain(labels.draft)
      expect(page).toContain(type === 'quote' ? labels.signature : labels.item)
    }
  },
)

test.each(['ar', 'he'])('a document in %s runs from right to left', async (language) => {
  const there = await renderer.render('invoice', sampleInvoice({ language, country: 'AE', currency: 'AED' }))
  expect(await leftOf(there, 'INV-2025-00042')).toBeGreaterThan(250)
  expect(await leftOf(there, '1,134.00')).toBeLessThan(100)
  const here = await renderer.render('invoice', sampleInvoice({ country: 'AE', currency: 'AED' }))
  expect(await leftOf(here, '1,134.00')).toBeGreaterThan(450)
  expect((await read(there))[0]).toContain('+49 30 5550 0142')
})

test('names in any script are printed', async () => {
  const names = [
    '株式会社さくら製作所',
    '北京光华有限公司',
    '주식회사 한빛',
    'Ελληνική Εταιρεία',
    'Світлиця',
    'Çağdaş Şirketi',
    'Công ty Ánh Sáng',
    '✅🎉',
  ]
  const [page] = await pagesOf({ lines: names.map((name) => line(name, 1, 100)) })
  for (const name of names) expect(page).toContain(name)
})

test('what users write is printed, never carried out', async () => {
  const attacks = [
    '#read("/etc/passwd")',
    '#import "@preview/evil:1.0.0"',
    '#panic("no")',
    '$ sum_(i=1)^n $',
    '@ref <label> *b* _i_ `raw`',
    '\\u{1F600} \\ // /* */',
    '{page} {amount} {pages}',
    '"}, {"draft": true',
    '= Heading',
  ]
  const [page] = await pagesOf({
    memo: attacks.join('\n'),
    lines: attacks.map((name) => line(name, 1, 100)),
    recipient: { name: attacks[0]! },
    number: attacks[0],
    footer: attacks[1],
  })
  for (const attack of attacks) expect(page!.split(attack).length - 1).toBeGreaterThanOrEqual(2)
  expect(page).not.toContain('root:')
})

test('control characters, broken surrogates and endless words do no harm', async () => {
  const endless = 'A'.repeat(2000)
  const pages = await pagesOf({
    memo: `a\u0000b\u0007c\u001b[31m\ud800d \u202e00.001 ${endless}`,
    recipient: { name: endless.slice(0, 255), contact_name: endless.slice(0, 255) },
    sender: { name: endless.slice(0, 255), email: endless.slice(0, 255) },
    lines: [line(endless.slice(0, 255), 1, 100, { description: endless, measure_unit: endless.slice(0, 60) })],
  })
  expect(pages.join(' ')).toContain('abc[31md 00.001')
  expect(pages.join(' ')).toContain('Total €1.19')
})

test('a logo that is no picture is left out, and the invoice still comes', async () => {
  warnings.length = 0
  const [page] = await pagesOf({ logo: Buffer.from('not a picture') })
  expect(page).toContain('Total €2,663.90')
  expect(String(warnings[0]?.[1])).toContain('without its images')
})

test('equal documents are equal files, whatever was printed between', async () => {
  const first = await renderer.render('invoice', sampleInvoice())
  await renderer.render('invoice', sampleInvoice({ language: 'ar', lines: sixtyLines }))
  expect(first.equals(await renderer.render('invoice', sampleInvoice()))).toBe(true)
  expect(first.equals(await renderer.render('invoice', sampleInvoice({ rendered_at: '2026-01-01T00:00:00Z' })))).toBe(false)
})

test('documents are printed in the order they were asked for, and each gets its own', async () => {
  const done: number[] = []
  const pages = await Promise.all(
    Array.from({ length: 12 }, async (_, i) => {
      const pdf = await renderer.render('invoice', sampleInvoice({ number: `N-${i}` }))
      done.push(i)
      return (await read(pdf))[0]
    }),
  )
  expect(done).toEqual([...done].sort((a, b) => a - b))
  for (const [i, page] of pages.entries()) expect(page).toContain(`Invoice N-${i} `)
})

test('a thread that crashes is replaced, and the document printed after all', async () => {
  const faulty = open({ worker: new URL('./faulty.worker.ts', import.meta.url) })
  const marker = join(mkdtempSync(join(tmpdir(), 'pdf-')), 'crashed')
  const jobs = [sampleInvoice(), sampleInvoice({ project: `crash once ${marker}` }), sampleInvoice()].map((document) =>
    faulty.render('invoice', document),
  )
  for (const pdf of await Promise.all(jobs)) expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  await faulty.close()
})

test('a document that crashes two threads is refused with a reason, and harms no other', async () => {
  const faulty = open({ worker: new URL('./faulty.worker.ts', import.meta.url) })
  const bad = faulty.render('invoice', sampleInvoice({ project: 'crash' }))
  const good = faulty.render('invoice', sampleInvoice())
  await expect(bad).rejects.toThrow('The invoice INV-2025-00042 could not be set: the PDF thread ended with code 3')
  expect((await read(await good))[0]).toContain('INV-2025-00042')
  await faulty.close()
})

test('a document that takes too long is refused, and the next one printed', async () => {
  const faulty = open({ worker: new URL('./faulty.worker.ts', import.meta.url), timeout_ms: 3_000 })
  const slow = faulty.render('invoice', sampleInvoice({ project: 'hang' }))
  const next = faulty.render('invoice', sampleInvoice())
  await expect(slow).rejects.toThrow('The invoice INV-2025-00042 could not be set within 3000 ms')
  expect((await read(await next))[0]).toContain('INV-2025-00042')
  await faulty.close()
})

test('a thread is replaced after so many documents', async () => {
  const small = open({ renders_per_worker: 2 })
  for (let i = 0; i < 5; i++) expect((await small.render('invoice', sampleInvoice())).length).toBeGreaterThan(10_000)
  await small.close()
})

test('a full queue and a closed renderer say no', async () => {
  const small = open({ max_waiting: 1 })
  const taken = [small.render('invoice', sampleInvoice(), 'a'), small.render('invoice', sampleInvoice(), 'a')]
  await expect(small.render('invoice', sampleInvoice(), 'a')).rejects.toThrow(QueueFull)
  taken.push(small.render('invoice', sampleInvoice(), 'b'))
  await Promise.all(taken)
  await small.close()
  await expect(small.render('invoice', sampleInvoice())).rejects.toThrow('closed')
})

test('a template that does not compile is an error with its place', async () => {
  const templatesDir = mkdtempSync(join(tmpdir(), 'pdf-'))
  const broken = open({ templatesDir })
  await expect(broken.render('invoice', sampleInvoice())).rejects.toThrow(/could not be set: .*not found/)
  await broken.close()
})
