import { PDFiumLibrary } from '@hyzyla/pdfium'
import sharp, { type Sharp } from 'sharp'
import type { Random } from './random.ts'

/** The bills that lie on their side or upside down, by place in the plan. */
const turned: Readonly<Record<number, number>> = { 5: 90, 13: 180 }
const endings = ['jpg', 'png', 'pdf', 'jpg', 'tiff', 'pdf'] as const

let library: Promise<PDFiumLibrary> | undefined

/** The pages of a PDF as grey pictures. */
export async function pages(pdf: Uint8Array, dpi: number): Promise<Sharp[]> {
  library ??= PDFiumLibrary.init()
  const document = await (await library).loadDocument(pdf)
  try {
    const drawn: Sharp[] = []
    for (const page of document.pages()) {
      const { data, width, height } = await page.render({ scale: dpi / 72, render: 'bitmap' })
      const grey = await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .grayscale()
        .raw()
        .toBuffer()
      drawn.push(sharp(grey, { raw: { width, height, channels: 1 } }))
    }
    return drawn
  } finally {
    document.destroy()
  }
}

/** As a scanner or a telephone would give it back: askew, grey, a little soft, with grain. */
async function worn(page: Sharp, at: number, random: Random): Promise<Sharp> {
  const askew = (random.next() - 0.5) * 4
  const paper = random.int(228, 255)
  const ink = random.int(0, 55)
  const blur = random.chance(0.7) ? 0.4 + random.next() * 0.5 : 0
  const grain = random.next() * 14
  let soft = page.rotate(askew, { background: '#ffffff' })
  if (blur) soft = soft.blur(blur)
  const { data, info } = await soft.grayscale().raw().toBuffer({ resolveWithObject: true })
  const step = info.channels
  const grey = Buffer.alloc(info.width * info.height)
  for (let pixel = 0; pixel < grey.length; pixel++) {
    // Three even numbers added up come close to a bell.
    const noise = (random.next() + random.next() + random.next() - 1.5) * grain
    grey[pixel] = Math.max(0, Math.min(255, ink + (data[pixel * step]! / 255) * (paper - ink) + noise))
  }
  const picture = sharp(grey, { raw: { width: info.width, height: info.height, channels: 1 } })
  return turned[at] ? picture.rotate(turned[at]) : picture
}

/** A PDF that is nothing but pictures, one a page. */
function wrapped(pictures: readonly { jpeg: Buffer; width: number; height: number }[], dpi: number): Uint8Array {
  const chunks: Buffer[] = [Buffer.from('%PDF-1.4\n')]
  const starts: number[] = []
  const write = (bytes: Buffer | string) => chunks.push(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  const place = () => chunks.reduce((sum, { length }) => sum + length, 0)
  const object = (number: number, dictionary: string, stream?: Buffer) => {
    starts[number] = place()
    write(`${number} 0 obj\n${dictionary}\n`)
    if (stream) {
      write('stream\n')
      write(stream)
      write('\nendstream\n')
    }
    write('endobj\n')
  }
  object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  object(2, `<< /Type /Pages /Count ${pictures.length} /Kids [${pictures.map((_, at) => `${3 + at * 3} 0 R`).join(' ')}] >>`)
  for (const [at, { jpeg, width, height }] of pictures.entries()) {
    const number = 3 + at * 3
    const points = (pixels: number) => ((pixels * 72) / dpi).toFixed(2)
    const content = Buffer.from(`q ${points(width)} 0 0 ${points(height)} 0 0 cm /Scan Do Q`)
    object(
      number,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${points(width)} ${points(height)}] /Resources << /XObject << /Scan ${number + 2} 0 R >> >> /Contents ${number + 1} 0 R >>`,
    )
    object(number + 1, `<< /Length ${content.length} >>`, content)
    object(
      number + 2,
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    )
  }
  const table = place()
  const rows = starts.slice(1).map((start) => `${String(start).padStart(10, '0')} 00000 n \n`)
  write(
    `xref\n0 ${starts.length}\n0000000000 65535 f \n${rows.join('')}trailer\n<< /Size ${starts.length} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`,
  )
  return new Uint8Array(Buffer.concat(chunks))
}

/** A printed bill as a picture of it. The first page alone where the format holds one. */
export async function scan(pdf: Uint8Array, at: number, random: Random): Promise<{ bytes: Uint8Array; ending: string }> {
  const dpi = random.pick([200, 240, 300])
  const ending = endings[at % endings.length]!
  const drawn: Sharp[] = []
  for (const page of await pages(pdf, dpi)) drawn.push(await worn(page, at, random))
  const quality = random.int(45, 80)
  if (ending === 'pdf') {
    const pictures = []
    for (const page of drawn) {
      const { data, info } = await page.toColourspace('b-w').jpeg({ quality }).toBuffer({ resolveWithObject: true })
      if (info.channels !== 1) throw new Error('The picture is not grey, as the page says it is')
      pictures.push({ jpeg: data, width: info.width, height: info.height })
    }
    return { ending, bytes: wrapped(pictures, dpi) }
  }
  if (drawn.length > 1) throw new Error(`A picture holds one page, this bill has ${drawn.length}`)
  const first = drawn[0]!.toColourspace('b-w').withMetadata({ density: dpi })
  const picture = ending === 'jpg' ? first.jpeg({ quality }) : ending === 'png' ? first.png() : first.tiff({ compression: 'lzw' })
  return { ending, bytes: new Uint8Array(await picture.toBuffer()) }
}
