import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getDocumentProxy } from 'unpdf'
import { afterAll, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { markFacturX } from './factur-x.ts'
import { designs } from './invoice.document.ts'
import { createPdfRenderer, type PdfOptions } from './renderer.ts'
import { sampleInvoice } from './sample.ts'

const warnings: unknown[][] = []
const log = { warn: (...said: unknown[]) => void warnings.push(said) } as PdfOptions['log']
const renderer = createPdfRenderer({ templatesDir: paths.templates, log })
afterAll(() => renderer.close())

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n<a>Größe &amp; Ω</a>\n'
const count = (text: string, part: string) => text.split(part).length - 1
const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const fileOf = (pdf: Buffer) => {
  const path = join(mkdtempSync(join(tmpdir(), 'quittance-facturx-')), 'invoice.pdf')
  writeFileSync(path, pdf)
  return path
}

test.each(designs)('a page with data is a PDF/A-3 that carries it and says so: %s', async (design) => {
  const pdf = await renderer.render('invoice', sampleInvoice({ design, einvoice: xml }))
  const text = pdf.toString('latin1')
  const newest = text.slice(text.lastIndexOf('<?xpacket begin'))
  expect(count(newest, 'pdfaExtension:schemas>')).toBe(2)
  for (const part of ['DocumentType>INVOICE<', 'DocumentFileName>factur-x.xml<', 'Version>1.0<', 'ConformanceLevel>EN 16931<'])
    expect(count(newest, `<fx:${part}`)).toBe(1)
  expect(newest).toContain('<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>')
  expect(newest).toContain('urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#')
  // Common validators do not look at the relationship.
  expect(text).toContain('/AFRelationship /Alternative')
  expect(text).toMatch(/\/AF \[\d+ 0 R\]/)
  expect(text).toContain('/OutputIntents')
  expect(text).toMatch(/\/Subtype \/text#2[fF]xml/)
  const document = await getDocumentProxy(new Uint8Array(pdf))
  const attached = (await document.getAttachments()) as Record<string, { filename: string; content: Uint8Array }>
  expect(Object.values(attached).map(({ filename, content }) => [filename, Buffer.from(content).toString()])).toEqual([
    ['factur-x.xml', xml],
  ])
  expect(warnings).toEqual([])
})

test.runIf(has('qpdf') && has('pdffonts'))('qpdf and poppler find nothing wrong with it, and all fonts are inside', async () => {
  const path = fileOf(await renderer.render('invoice', sampleInvoice({ einvoice: xml })))
  expect(execFileSync('qpdf', ['--check', path]).toString()).toContain('No syntax or stream encoding errors found')
  const fonts = execFileSync('pdffonts', [path]).toString().trim().split('\n').slice(2)
  expect(fonts.length).toBeGreaterThan(0)
  for (const font of fonts) expect(font).toMatch(/yes yes yes\s+\d+\s+0$/)
  expect(execFileSync('pdfdetach', ['-list', path]).toString()).toContain('factur-x.xml')
})

test('equal documents give equal bytes, and data costs little', async () => {
  const document = sampleInvoice({ einvoice: xml })
  const [one, two, plain] = [
    await renderer.render('invoice', document),
    await renderer.render('invoice', document),
    await renderer.render('invoice', sampleInvoice()),
  ]
  expect(one.equals(two)).toBe(true)
  expect(one.length).toBeLessThan(plain.length * 1.3 + xml.length)
})

test('a page that an archive does not take carries no data, and says why in the log', async () => {
  warnings.length = 0
  const pdf = await renderer.render('invoice', sampleInvoice({ einvoice: xml, memo: 'a letter that no font has: \u{13000}' }))
  const text = pdf.toString('latin1')
  expect(text.startsWith('%PDF-1.7')).toBe(true)
  if (warnings.length > 0) {
    expect(text).not.toContain('factur-x.xml')
    expect(String(warnings[0]![1])).toContain('was set without its data')
  } else expect(text).toContain('factur-x.xml')
})

test('a file that is put together in another way is refused, not guessed at', () => {
  for (const file of ['', '%PDF-1.7\n1 0 obj\n<<\n  /Type /Metadata\n  /Filter /FlateDecode\n>>\nstream\nx\nendstream\n'])
    expect(() => markFacturX(Buffer.from(file))).toThrow('metadata')
  const packet = '<rdf:Bag></rdf:Bag></pdfaExtension:schemas></rdf:RDF>'
  const stream = `%PDF-1.7\n1 0 obj\n<<\n  /Type /Metadata\n>>\nstream\n${packet}\nendstream\nendobj\n`
  expect(() => markFacturX(Buffer.from(`${stream}startxref\n9\n%%EOF\n`))).toThrow('cross-reference table')
})
