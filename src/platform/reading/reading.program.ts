// A program of its own: reads the bill on its standard input and writes what it found into the folder it is given. See reading.ts.
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Word } from '../../core/reading/page.ts'
import { readBill } from '../../core/reading/read-bill.ts'
import { type Node, readEInvoice } from '../../core/reading/read-einvoice.ts'
import type { Own, ReadBill } from '../../core/reading/types.ts'
import { NOT_READABLE, type Way } from './outcome.ts'
import { textOf } from './pdf-text.ts'

const [folder = '', mimetype = '', pagesMax = '10', ownJson = '{}', scans = ''] = process.argv.slice(2)
const own: Own = { names: [], vat_ids: [], ibans: [], ...JSON.parse(ownJson) }
/** A page with fewer letters than this is a picture. */
const LETTERS_MIN = 40
const WORDS_MAX = 60_000
const XML_BYTES_MAX = 10_000_000
/** Pages of a scan that are looked at: totals stand on the last, the vendor on the first. */
const SCANNED_MAX = 4
const SCAN_DPI = 210
/** A page that is read with less sureness than this may lie on its side, or stand on its head. */
const READS_WELL = 0.6
const PIXELS_MAX = 60_000_000
/** Pictures smaller than this, in pixels, show no bill (behaviour of the reference). */
const SIDE_MIN = 400

const bytes = await buffer(process.stdin)

/** Why there is no bill: a reason, or that the file is a scan, which this run is not for. */
type Unanswered = { refused: string } | { scan: true }

interface Answer {
  readonly way: Way
  readonly bill: ReadBill
}

async function read(): Promise<Answer | Unanswered> {
  try {
    if (mimetype === 'application/xml' || mimetype === 'text/xml') {
      const bill = await fromXml(bytes)
      return bill ? { way: 'einvoice', bill } : { refused: 'The XML is no UBL or CII invoice' }
    }
    if (mimetype === 'application/pdf') return await fromPdf()
    if (mimetype.startsWith('image/')) return fromScan(await wordsIn(await pictureOf(bytes), 0))
    return { refused: `Files of type ${mimetype} can't be read` }
  } catch (error) {
    return {
      refused:
        error instanceof Error && NOT_READABLE.test(error.message)
          ? error.message
          : `The file can't be read: ${String(error).slice(0, 200)}`,
    }
  }
}

// Electronic invoices

async function fromXml(xml: Buffer): Promise<ReadBill | null> {
  if (xml.length > XML_BYTES_MAX) return null
  const text = xml.toString('utf8')
  // A document type could make a small file large, or name other files: electronic invoices have none.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Error('XML with a document type is not read')
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
  })
  const document = parser.parse(text, true) as Record<string, Node>
  for (const [name, root] of Object.entries(document)) {
    const found = typeof root === 'object' ? readEInvoice(name, root) : null
    if (found) return found
  }
  return null
}

// PDF

async function fromPdf(): Promise<Answer | Unanswered> {
  const { getDocumentProxy } = await import('unpdf')
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, maxImageSize: PIXELS_MAX })
  const attachments = ((await pdf.getAttachments().catch(() => null)) ?? {}) as Record<
    string,
    { filename: string; content: Uint8Array }
  >
  for (const { filename, content } of Object.values(attachments)) {
    if (!/\.xml$/i.test(filename)) continue
    const bill = await fromXml(Buffer.from(content)).catch(() => null)
    if (bill) return { way: 'einvoice', bill }
  }
  if (pdf.numPages > Number(pagesMax)) return { refused: `The file has ${pdf.numPages} pages, more than ${pagesMax}` }
  const words: Word[] = []
  for (let number = 1; number <= pdf.numPages && words.length < WORDS_MAX; number++) words.push(...(await textOf(pdf, number)))
  if (words.reduce((all, { text }) => all + text.length, 0) >= LETTERS_MIN) return { way: 'text', bill: readBill(words, own) }
  if (scans === '') return { scan: true }
  const scanned: Word[] = []
  for (const number of pagesToLookAt(pdf.numPages)) scanned.push(...(await wordsIn(await pageOf(number), number)))
  return fromScan(scanned)
}

function fromScan(words: readonly Word[]): Answer | Unanswered {
  const letters = words.reduce((all, { text }) => all + text.length, 0)
  return letters < LETTERS_MIN ? { refused: 'The picture shows no text' } : { way: 'ocr', bill: readBill(words, own) }
}

const pagesToLookAt = (count: number): number[] =>
  count <= SCANNED_MAX
    ? Array.from({ length: count }, (_, i) => i)
    : [...Array.from({ length: SCANNED_MAX - 1 }, (_, i) => i), count - 1]

// Pictures

async function pageOf(number: number): Promise<Buffer> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(bytes)
  const page = document.getPage(number)
  const { originalWidth, originalHeight } = page.getOriginalSize()
  const scale = Math.min(SCAN_DPI / 72, Math.sqrt(PIXELS_MAX / Math.max(1, originalWidth * originalHeight)))
  const { data, width, height } = await page.render({
    width: Math.round(originalWidth * scale),
    height: Math.round(originalHeight * scale),
  })
  const { default: sharp } = await import('sharp')
  return prepared(sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha())
}

type Picture = import('sharp').Sharp

async function pictureOf(picture: Buffer): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  const opened = sharp(picture, { limitInputPixels: PIXELS_MAX }).rotate()
  const { width = 0, height = 0 } = await opened.metadata()
  if (width < SIDE_MIN || height < SIDE_MIN)
    throw new Error(`A picture of ${width} × ${height} pixels is too small to show a bill`)
  return prepared(opened.flatten({ background: 'white' }))
}

/** Grey, of the size the reader likes, with full contrast. */
async function prepared(picture: Picture): Promise<Buffer> {
  const { data, info } = await picture.greyscale().png({ compressionLevel: 1 }).toBuffer({ resolveWithObject: true })
  const { default: sharp } = await import('sharp')
  const longest = Math.max(info.width, info.height)
  const wanted = Math.min(Math.max(longest, 2_200), 2_500)
  const sized =
    longest === wanted
      ? sharp(data)
      : sharp(data).resize({ [info.width >= info.height ? 'width' : 'height']: wanted, kernel: 'cubic' })
  return sized.median(1).normalise().png({ compressionLevel: 1 }).toBuffer()
}

async function wordsIn(picture: Buffer, page: number): Promise<Word[]> {
  const reader = await ocr()
  const found = await recognise(reader, picture)
  if (sureness(found) >= READS_WELL) return found.map((word) => ({ ...word, page }))
  const { default: sharp } = await import('sharp')
  const small = await sharp(picture).resize({ width: 1_100, height: 1_100, fit: 'inside' }).toBuffer()
  let turn = 0
  let best = sureness(found)
  for (const degrees of [180, 90, 270]) {
    const seen = sureness(await recognise(reader, await sharp(small).rotate(degrees).png({ compressionLevel: 1 }).toBuffer()))
    if (seen > best) [turn, best] = [degrees, seen]
    if (seen >= READS_WELL) break
  }
  const upright =
    turn === 0 ? found : await recognise(reader, await sharp(picture).rotate(turn).png({ compressionLevel: 1 }).toBuffer())
  return upright.map((word) => ({ ...word, page }))
}

/** How sure the reader is of the letters it saw, 0 to 1; a page that stands on its head gives little. */
function sureness(words: readonly Word[]): number {
  const letters = words.reduce((all, { text }) => all + text.length, 0)
  return letters < 20 ? 0 : words.reduce((all, { text, sure }) => all + text.length * (sure ?? 0), 0) / letters
}

type Ocr = Awaited<ReturnType<typeof import('tesseract.js').createWorker>>
let opened: Promise<Ocr> | null = null

/** The reader of pictures, with the languages that came with it; it asks nobody on the network. */
function ocr(): Promise<Ocr> {
  opened ??= (async () => {
    const { createWorker, OEM } = await import('tesseract.js')
    const from = createRequire(import.meta.url)
    const { cp, mkdir } = await import('node:fs/promises')
    const tongues = join(folder, '..', 'languages')
    await mkdir(tongues, { recursive: true })
    for (const code of ['eng', 'deu']) {
      const at = join(
        dirname(from.resolve(`@tesseract.js-data/${code}/package.json`)),
        '4.0.0_best_int',
        `${code}.traineddata.gz`,
      )
      await cp(at, join(tongues, `${code}.traineddata.gz`))
    }
    return createWorker(['eng', 'deu'], OEM.LSTM_ONLY, {
      langPath: tongues,
      cacheMethod: 'none',
      gzip: true,
      errorHandler: () => {},
    })
  })()
  return opened
}

async function recognise(reader: Ocr, picture: Buffer): Promise<Word[]> {
  const { data } = await reader.recognize(picture, { rotateAuto: true }, { blocks: true, text: false })
  const lines = (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap(({ lines }) => lines))
  return lines.flatMap(({ words, bbox: line }) =>
    words
      .filter(({ text, confidence }) => confidence > 15 && /[\p{L}\p{N}€$£%]/u.test(text))
      .map(({ text, confidence, bbox }) => ({
        text,
        page: 0,
        x0: bbox.x0,
        x1: bbox.x1,
        ...heightIn(bbox, line),
        sure: confidence / 100,
      })),
  )
}

/** Words of a line have its height: a comma alone would be a line of its own. */
function heightIn(word: { y0: number; y1: number }, line: { y0: number; y1: number }): { y0: number; y1: number } {
  const size = line.y1 - line.y0
  const middle = (word.y0 + word.y1) / 2
  return word.y1 - word.y0 > 0.5 * size ? { y0: word.y0, y1: word.y1 } : { y0: middle - size / 2, y1: middle + size / 2 }
}

await writeFile(join(folder, 'found.json'), JSON.stringify(await read()))
process.exit(0)
