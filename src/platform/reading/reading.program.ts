// A program of its own: reads the bill on its standard input and writes what it found into the folder it is given. See reading.ts.
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Word } from '../../core/reading/page.ts'
import { faultsOf, readBill } from '../../core/reading/read-bill.ts'
import type { Own, ReadBill } from '../../core/reading/types.ts'
import { answerOf } from '../bounded/answer.ts'
import { programBeside, startThread } from '../programs.ts'
import { type Grey, heicSize } from './heic.ts'
import { evenLight } from './light.ts'
import { wordsOf } from './ocr-words.ts'
import { Unreadable, type Way } from './outcome.ts'
import { textOf } from './pdf-text.ts'
import { billFromXml } from './xml-bill.ts'

const [folder = '', mimetype = '', pagesMax = '10', ownJson = '{}', scanMs = ''] = process.argv.slice(2)
const own: Own = { names: [], vat_ids: [], ids: [], ibans: [], ...JSON.parse(ownJson) }
/** A page with fewer letters than this is a picture. */
const LETTERS_MIN = 40
const WORDS_MAX = 60_000
/** Pages of a scan that are looked at: totals stand on the last, the vendor on the first. */
const SCANNED_MAX = 4
const SCAN_DPI = 210
/** A page that is read with less sureness than this may lie on its side, or stand on its head. */
const READS_WELL = 0.6
const PIXELS_MAX = 60_000_000
/** Unpacked with the colours of each, more of them would need more memory than a reading has; telephones take pictures of 12 or 24 million. */
const HEIC_PIXELS_MAX = 36_000_000
/** Pictures smaller than this, in pixels, show no bill (behaviour of the reference). */
const SIDE_MIN = 400

const bytes = await buffer(process.stdin)

/** Why there is no bill: a reason, or that the file is a scan, which this run is not for. */
type Unanswered = { refused: string } | { scan_ms: number }

interface Answer {
  readonly way: Way
  readonly bill: ReadBill
}

async function read(): Promise<Answer | Unanswered> {
  try {
    if (mimetype === 'application/xml' || mimetype === 'text/xml') {
      const found = await billFromXml(bytes)
      return 'refused' in found ? found : { way: 'einvoice', bill: found }
    }
    if (mimetype === 'application/pdf') return await fromPdf()
    if (mimetype.startsWith('image/')) return await fromScan([0], () => pictureOf(bytes))
    return { refused: `Files of type ${mimetype} can't be read` }
  } catch (error) {
    // What a library says is of no use to a clerk; it goes to the log.
    process.stderr.write(`${String(error).slice(0, 500)}\n`)
    return {
      refused: error instanceof Unreadable ? error.message : 'The file can not be read: it is damaged',
    }
  }
}

// PDF

async function fromPdf(): Promise<Answer | Unanswered> {
  const { getDocumentProxy } = await import('unpdf')
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, maxImageSize: PIXELS_MAX })
  const attachments = ((await pdf.getAttachments().catch(() => null)) ?? {}) as Record<
    string,
    { filename: string; content: Uint8Array }
  >
  // The invoice of a hybrid PDF has a name of its own; whatever else is attached, also another invoice, is not this one.
  const data = Object.values(attachments).filter(({ filename }) => /\.xml$/i.test(filename))
  const named = data.filter(({ filename }) => /^(?:factur-x|zugferd-invoice|xrechnung|order-x)\.xml$/i.test(filename))
  for (const { content } of named.length > 0 ? named : data) {
    const bill = await billFromXml(Buffer.from(content))
    if (!('refused' in bill)) return { way: 'einvoice', bill }
  }
  if (pdf.numPages > Number(pagesMax)) return { refused: `The file has ${pdf.numPages} pages, more than ${pagesMax}` }
  const words: Word[] = []
  for (let number = 1; number <= pdf.numPages && words.length < WORDS_MAX; number++) words.push(...(await textOf(pdf, number)))
  if (words.reduce((all, { text }) => all + text.length, 0) >= LETTERS_MIN) return { way: 'text', bill: readBill(words, own) }
  if (scanMs === '') return { scan_ms: Math.round(performance.now()) }
  return fromScan(pagesToLookAt(pdf.numPages), pageOf)
}

/** A page as it was seen: its picture with the right side up, and the words on it. */
interface Page {
  readonly number: number
  readonly upright: Buffer
  readonly words: readonly Word[]
}

/**
 * A scan is read as words that stand anywhere: a table loses none of them then. Where the bill lacks something or does not add up, it is read
 * once more as columns of text, if there is time, and the reading with fewer faults counts.
 */
async function fromScan(
  numbers: readonly number[],
  pictureOf: (number: number) => Promise<Buffer>,
): Promise<Answer | Unanswered> {
  const pages = await inTime(numbers, async (number) => pageIn(await pictureOf(number), number))
  const words = inOrder(pages)
  const letters = words.reduce((all, { text }) => all + text.length, 0)
  if (letters < LETTERS_MIN) return { refused: 'The picture shows no text' }
  const bill = readBill(words, own)
  if (faultsOf(bill) === 0) return { way: 'ocr', bill }
  const again = await inTime(pages, async ({ number, upright }) => ({
    number,
    words: await recognise(upright, number, 'columns'),
  }))
  if (again.length < pages.length) return { way: 'ocr', bill }
  const other = readBill(inOrder(again), own)
  return { way: 'ocr', bill: faultsOf(other) < faultsOf(bill) ? other : bill }
}

const inOrder = (pages: readonly Pick<Page, 'number' | 'words'>[]): Word[] =>
  [...pages].sort((a, b) => a.number - b.number).flatMap(({ words }) => words)

/** The first and the last before those between. */
const pagesToLookAt = (count: number): number[] =>
  [0, count - 1, ...Array.from({ length: Math.max(0, count - 2) }, (_, i) => i + 1)].slice(0, Math.min(count, SCANNED_MAX))

/** As many as there is time for: none is begun that would take as long as the longest before it and come too late. */
async function inTime<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const found: R[] = []
  for (const one of list) {
    const begun_ms = performance.now()
    if (begun_ms + longest_ms > Number(scanMs) - SPARE_MS) break
    found.push(await work(one))
    longest_ms = Math.max(longest_ms, performance.now() - begun_ms)
  }
  return found
}
/** What a page took at most so far. */
let longest_ms = 0
/** For what is done with the words. */
const SPARE_MS = 500

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
  const opened = mimetype === 'image/heic' ? await fromHeic(picture) : await openedBySharp(picture)
  const { width = 0, height = 0 } = await opened.metadata()
  if (width < SIDE_MIN || height < SIDE_MIN)
    throw new Unreadable(`A picture of ${width} × ${height} pixels is too small to show a bill`)
  return prepared(opened.flatten({ background: 'white' }))
}

async function openedBySharp(picture: Buffer): Promise<Picture> {
  const { default: sharp } = await import('sharp')
  return sharp(picture, { limitInputPixels: PIXELS_MAX }).rotate()
}

/** A picture of a telephone, unpacked and upright: the decoder turns it as the file says. */
async function fromHeic(picture: Buffer): Promise<Picture> {
  const size = heicSize(picture)
  if (!size) throw new Unreadable('The picture can not be read: it says no size')
  if (size.width * size.height > HEIC_PIXELS_MAX)
    throw new Unreadable(`A picture of ${size.width} × ${size.height} pixels is too large to be read`)
  const worker = startThread(programBeside(import.meta.url, 'heic.worker'), { workerData: { bytes: picture, longest: LONGEST } })
  const { pixels, width, height } = await new Promise<Grey>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('Unpacking ended without a picture')))
  })
  await worker.terminate()
  const { default: sharp } = await import('sharp')
  return sharp(pixels, { raw: { width, height, channels: 1 } })
}

/** The longer side the reader works with, in pixels: letters of a page are read as well at this size as larger, and in half the time. */
const LONGEST = 2_200
/** Small pictures are enlarged at most this many times. */
const ENLARGED_MAX = 2
/** Grey, of the size the reader likes, black on white. */
async function prepared(picture: Picture): Promise<Buffer> {
  const { data, info } = await picture.greyscale().raw().toBuffer({ resolveWithObject: true })
  const { default: sharp } = await import('sharp')
  const { width, height, channels } = info
  const scale = Math.min(LONGEST / Math.max(width, height), ENLARGED_MAX)
  const sized = await sharp(data, { raw: { width, height, channels } })
    .resize({ width: Math.round(width * scale), height: Math.round(height * scale), kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: sized.info.width, height: sized.info.height, channels: sized.info.channels }
  if (raw.channels === 1) evenLight(sized.data, raw.width, raw.height)
  return sharp(sized.data, { raw }).png({ compressionLevel: 1 }).toBuffer()
}

type Turn = 0 | 90 | 180 | 270

/** A page and its words, whichever side of it is up. Pages are rarely wider than high: those that are may lie on their side. */
async function pageIn(picture: Buffer, number: number): Promise<Page> {
  const { default: sharp } = await import('sharp')
  const turned = (turn: Turn, from = sharp(picture)) => from.rotate(turn).png({ compressionLevel: 1 }).toBuffer()
  /** How well each turn reads when small, best first; the first that reads well ends the search. */
  const bestOf = async (turns: readonly Turn[]): Promise<{ turn: Turn; seen: number }> => {
    const small = await sharp(picture).resize({ width: SMALL, height: SMALL, fit: 'inside' }).png().toBuffer()
    let best: { turn: Turn; seen: number } = { turn: turns[0]!, seen: -1 }
    for (const turn of turns) {
      const seen = sureness(await recognise(await turned(turn, sharp(small)), number, 'columns'))
      if (seen > best.seen) best = { turn, seen }
      if (seen >= READS_WELL) break
    }
    return best
  }
  const seenAt = async (turn: Turn): Promise<Page> => {
    const upright = turn === 0 ? picture : await turned(turn)
    return { number, upright, words: await recognise(upright, number, 'anywhere') }
  }
  const { width = 0, height = 0 } = await sharp(picture).metadata()
  const first = width > height ? (await bestOf([90, 270, 0])).turn : 0
  const found = await seenAt(first)
  const other = sureness(found.words) < READS_WELL ? await bestOf(first === 0 ? [180, 90, 270] : [0, 180]) : null
  return other && other.seen > sureness(found.words) ? seenAt(other.turn) : found
}
/** The longer side, in pixels, of the small pictures that tell which side of a page is up. */
const SMALL = 1_100

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

/** Where words are looked for: anywhere on the page, or in columns of text, as in a letter (page modes 11 and 3 of tesseract). */
type Look = 'anywhere' | 'columns'
/** What the reader takes a page for if it isn't told: then what it finds depends on a number that files seldom state rightly. */
const DPI = '150'

async function recognise(picture: Buffer, page: number, look: Look): Promise<Word[]> {
  const reader = await ocr()
  const { PSM } = await import('tesseract.js')
  const tessedit_pageseg_mode = look === 'anywhere' ? PSM.SPARSE_TEXT : PSM.AUTO
  await reader.setParameters({ tessedit_pageseg_mode, user_defined_dpi: DPI })
  const { data } = await reader.recognize(picture, { rotateAuto: true }, { blocks: true, text: false })
  return wordsOf(
    (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap(({ lines }) => lines)),
    page,
  )
}

await writeFile(join(folder, 'found.json'), answerOf(await read()))
process.exit(0)
