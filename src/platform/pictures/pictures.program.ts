// A program of its own: draws the file on its standard input into the folder it is given. See pictures.ts.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import sharp, { type Sharp } from 'sharp'

const [folder = '', mimetype = '', most = '1'] = process.argv.slice(2)
const LONGEST_PX = 1_600
const PREVIEW_WIDTHS = [200, 600]
const PIXELS_MAX = 100_000_000

sharp.cache(false)
sharp.concurrency(1)

const bytes = await buffer(process.stdin)
if (mimetype === 'application/pdf') await drawPages(bytes)
else await drawPreviews(sharp(bytes, { limitInputPixels: PIXELS_MAX }).rotate())

async function drawPages(pdf: Buffer): Promise<void> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(pdf)
  const count = Math.min(document.getPageCount(), Number(most))
  for (let number = 0; number < count; number++) {
    const page = document.getPage(number)
    const { originalWidth, originalHeight } = page.getOriginalSize()
    const scale = LONGEST_PX / Math.max(originalWidth, originalHeight, 1)
    const pixels = (points: number) => Math.max(1, Math.round(points * scale))
    const { data, width, height } = await page.render({ width: pixels(originalWidth), height: pixels(originalHeight) })
    const picture = () => sharp(data, { raw: { width, height, channels: 4 } })
    await writeFile(join(folder, `page-${number}.png`), await picture().removeAlpha().png().toBuffer())
    if (number === 0) await drawPreviews(picture())
  }
}

async function drawPreviews(picture: Sharp): Promise<void> {
  const whole = await picture.png().toBuffer()
  for (const width of PREVIEW_WIDTHS) {
    const { data, info } = await sharp(whole)
      .resize({ width, withoutEnlargement: true })
      .png({ palette: true })
      .toBuffer({ resolveWithObject: true })
    await writeFile(join(folder, `preview-${info.width}x${info.height}.png`), data)
  }
}
