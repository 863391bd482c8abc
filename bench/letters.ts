import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { createWorker, OEM, PSM } from 'tesseract.js'
import { evenLight } from '../src/platform/reading/light.ts'
import { wordsOf } from '../src/platform/reading/ocr-words.ts'
import { faceOf, printSource } from './bills/neighbour-page.ts'
import { kinds, makeNeighbour, type Page } from './bills/neighbours.ts'
import { manners, pictured } from './bills/pictures.ts'
import { Random } from './bills/random.ts'
import { keepResults } from './results.ts'

/**
 * How a picture is best given to the reader of letters: `npx tsx bench/letters.ts [pages]`. Neighbours of bills, every other with a ruled
 * table, drawn, scanned and photographed; what stands on each is known. Prints the share of it that was found, by preparation and page mode.
 */
const COUNT = Number(process.argv[2] ?? 10)
/** As the reader does (`reading.program.ts`). */
const [LONGEST, ENLARGED_MAX] = [2_200, 2]

interface Way {
  readonly name: string
  readonly mode: PSM
  /** What the reader is told, as long as it is told anything. */
  readonly dpi: string
  readonly light: boolean
  readonly blur: number
}
const ways: readonly Way[] = [
  { name: 'contrast, blur, mode 3, no dpi', mode: PSM.AUTO, dpi: '', light: false, blur: 0.8 },
  { name: 'contrast, mode 3, 150 dpi', mode: PSM.AUTO, dpi: '150', light: false, blur: 0 },
  { name: 'contrast, mode 11, 150 dpi', mode: PSM.SPARSE_TEXT, dpi: '150', light: false, blur: 0 },
  { name: 'even light, mode 3, 150 dpi', mode: PSM.AUTO, dpi: '150', light: true, blur: 0 },
  { name: 'even light, mode 6, 150 dpi', mode: PSM.SINGLE_BLOCK, dpi: '150', light: true, blur: 0 },
  { name: 'even light, blur, mode 11, 150 dpi', mode: PSM.SPARSE_TEXT, dpi: '150', light: true, blur: 0.8 },
  { name: 'even light, mode 11, 150 dpi', mode: PSM.SPARSE_TEXT, dpi: '150', light: true, blur: 0 },
]

const tongues = mkdtempSync(join(tmpdir(), 'quittance-letters-'))
const from = createRequire(import.meta.url)
for (const code of ['eng', 'deu']) {
  const data = join(dirname(from.resolve(`@tesseract.js-data/${code}/package.json`)), '4.0.0_best_int')
  cpSync(join(data, `${code}.traineddata.gz`), join(tongues, `${code}.traineddata.gz`))
}
const reader = await createWorker(['eng', 'deu'], OEM.LSTM_ONLY, { langPath: tongues, cacheMethod: 'none', gzip: true })

async function prepared(picture: Buffer, { light, blur }: Way): Promise<Buffer> {
  const { width = 1, height = 1 } = await sharp(picture).metadata()
  const scale = Math.min(LONGEST / Math.max(width, height), ENLARGED_MAX)
  const sized = sharp(picture)
    .greyscale()
    .resize({ width: Math.round(width * scale), height: Math.round(height * scale), kernel: 'cubic' })
  const soft = blur > 0 ? sized.blur(blur) : sized
  const { data, info } = await (light ? soft : soft.normalise()).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  if (light) evenLight(data, info.width, info.height)
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
}

const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
/** Numbers, days, names and amounts that stand on a page. */
const factsOf = ({ meta, sums, rows, ids, bank, seller }: Page): string[] => {
  const values = [...meta, ...sums, ...ids, ...bank].map(([, value]) => value)
  return [...new Set([...values, ...rows.flat().filter((cell) => /\d[.,]\d/.test(cell)), seller[0]!].map(bare))]
}

interface Tally {
  found: number
  of: number
  ms: number
  pages: number
}
const tallies = new Map<string, Tally>()
for (let at = 0; at < COUNT; at++) {
  const ruled = at % 2 === 1
  const { page, face } = makeNeighbour(kinds[(at * 5) % kinds.length]!, at, 'letters', ['gb', 'us', 'de', 'de'])
  const pdf = printSource(faceOf(page, face, ruled ? 'all' : (['none', 'below the head', 'rows'] as const)[(at / 2) % 3]))
  const facts = factsOf(page)
  for (const manner of manners) {
    const picture = await pictured(pdf, manner, new Random(`${at} ${manner}`))
    for (const way of ways) {
      const ready = await prepared(picture, way)
      await reader.setParameters({ tessedit_pageseg_mode: way.mode, user_defined_dpi: way.dpi })
      const started = process.cpuUsage()
      const { data } = await reader.recognize(ready, { rotateAuto: true }, { blocks: true, text: false })
      const { user, system } = process.cpuUsage(started)
      const lines = (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((one) => one.lines))
      const seen = bare(
        wordsOf(lines, 0)
          .map(({ text }) => text)
          .join(''),
      )
      const key = `${way.name}|${manner}|${ruled ? 'ruled' : 'open'}`
      const tally = tallies.get(key) ?? { found: 0, of: 0, ms: 0, pages: 0 }
      tally.found += facts.filter((fact) => seen.includes(fact)).length
      tally.of += facts.length
      tally.ms += (user + system) / 1000
      tally.pages++
      tallies.set(key, tally)
    }
  }
}
await reader.terminate()
rmSync(tongues, { recursive: true })

const columns = manners.flatMap((manner) => ['open', 'ruled'].map((table) => `${manner}|${table}`))
const rows = ways.map(({ name }) => {
  const own = columns.map((column) => tallies.get(`${name}|${column}`))
  const share = (found: number, of: number) => ((100 * found) / of).toFixed(1)
  const sum = (part: keyof Tally) => own.reduce((all, tally) => all + (tally?.[part] ?? 0), 0)
  const cells = own.map((tally) => (tally ? share(tally.found, tally.of) : ''))
  return `| ${[name, ...cells, `**${share(sum('found'), sum('of'))}**`, (sum('ms') / sum('pages') / 1000).toFixed(1)].join(' | ')} |`
})
const found = `Made by \`npx tsx bench/letters.ts ${COUNT}\` on ${new Date().toISOString().slice(0, 10)}: per cent of the numbers, days, names and amounts on ${COUNT} bills, English and German,
that the letters hold, whatever the order; a picture as it was drawn (200 dpi), scanned, photographed (1,000 to 1,600 pixels wide, lit from
one side); tables open or ruled all over. Seconds of processor a page, without start and preparation.

| picture and page mode | ${columns.map((column) => column.replace('|', ', ')).join(' | ')} | all | s |
| --- | ${columns.map(() => '---:').join(' | ')} | ---: | ---: |
${rows.join('\n')}`
console.log(found)
keepResults('## Reading letters', `## Reading letters\n\n${found}`)
process.exit(0)
