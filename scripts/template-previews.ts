// Draws the pictures that the catalogue of PDF templates shows: `npx tsx scripts/template-previews.ts`, after a change of a design.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import sharp from 'sharp'
import {
  type CataloguedTemplate,
  catalogue,
  pictureName,
} from '../src/modules/documents/document-templates/document-templates.data.ts'
import { paths } from '../src/platform/paths.ts'
import { createPdfRenderer } from '../src/platform/pdf/renderer.ts'
import { sampleDeliveryNote, sampleInvoice, samplePurchaseOrder } from '../src/platform/pdf/sample.ts'

const WIDTH = 560
const folder = join(paths.templates, 'pdf', 'previews')
await mkdir(folder, { recursive: true })
const renderer = createPdfRenderer({ templatesDir: paths.templates, log: console as never })
const pdfium = await PDFiumLibrary.init()

const samples = {
  invoice: (design: CataloguedTemplate['design']) => renderer.render('invoice', sampleInvoice({ design })),
  'delivery-note': () => renderer.render('delivery-note', sampleDeliveryNote()),
  'purchase-order': () => renderer.render('purchase-order', samplePurchaseOrder()),
}

for (const template of catalogue) {
  const document = await pdfium.loadDocument(await samples[template.template](template.design))
  const { data, width, height } = await document.getPage(0).render({ scale: 3 })
  document.destroy()
  const picture = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize({ width: WIDTH })
    .png({ palette: true, colours: 48, effort: 10 })
    .toBuffer()
  await writeFile(join(folder, pictureName(template)), picture)
  console.log(`${pictureName(template)}: ${picture.length} bytes`)
}
pdfium.destroy()
await renderer.close()
