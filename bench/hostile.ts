import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { sniff } from '../src/modules/common/files/files.service.ts'
import { make } from './bills/make.ts'
import { keepResults } from './results.ts'

/**
 * What damaged and hostile files do to the reader: `npx tsx bench/hostile.ts [how many]`. Real bills cut off, with bytes turned, doubled and mixed;
 * bombs of entities, pages, pixels and streams. Each has to end with an answer, in its time and memory.
 */
const { build } = await import('../scripts/build.mjs' as string)
await build()
const { readFile } = (await import('../dist/reading.js' as string)) as typeof import('../src/platform/reading/reading.ts')

const count = Number(process.argv[2] ?? 500)
const folder = mkdtempSync(join(tmpdir(), 'quittance-hostile-'))
const bills = (await make(folder)).filter(({ kind }) => kind !== 'scan').map(({ file }) => readFileSync(join(folder, file)))
rmSync(folder, { recursive: true })

let seed = 1
/** A number from 0 to below `end`, the same in every run. */
const any = (end: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((seed / 2_147_483_648) * end)
}

function damaged(): Buffer {
  const whole = Buffer.from(bills[any(bills.length)]!)
  const way = any(5)
  if (way === 0) return whole.subarray(0, any(whole.length))
  if (way === 1) for (let i = 0; i < 1 + any(200); i++) whole[any(whole.length)] = any(256)
  if (way === 2) return Buffer.concat([whole, whole.subarray(any(whole.length))])
  if (way === 3) whole.fill(any(256), any(whole.length), any(whole.length))
  if (way === 4) {
    const from = any(whole.length)
    bills[any(bills.length)]!.copy(whole, from, 0, any(whole.length - from))
  }
  return whole
}

/** A PDF of so many pages, each with this content. */
function pdf(pages: number, content: Buffer, filter = ''): Buffer {
  const kids = Array.from({ length: pages }, (_, i) => `${4 + i} 0 R`).join(' ')
  const parts = [
    Buffer.from(
      `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[${kids}]/Count ${pages}>>endobj\n`,
    ),
    Buffer.from(`3 0 obj<</Length ${content.length}${filter}>>stream\n`),
    content,
    Buffer.from('\nendstream endobj\n'),
  ]
  for (let i = 0; i < pages; i++)
    parts.push(Buffer.from(`${4 + i} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>endobj\n`))
  parts.push(Buffer.from('trailer<</Size 9/Root 1 0 R>>\n%%EOF'))
  return Buffer.concat(parts)
}

const square = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'black' }, limitInputPixels: false })
    .png()
    .toBuffer()
const xml = (inside: string) => Buffer.from(`<?xml version="1.0"?>\n${inside}`)
const bombs: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['10,000 pages', pdf(10_000, Buffer.from('BT (x) Tj ET'))],
  ['a stream that unfolds to 300 MB', pdf(1, deflateSync(Buffer.alloc(300_000_000, 32)), '/Filter/FlateDecode')],
  [
    'a million words on a page',
    pdf(1, deflateSync(Buffer.from('BT /F1 9 Tf (word) Tj ET\n'.repeat(1_000_000))), '/Filter/FlateDecode'),
  ],
  ['a picture of 15,000 × 15,000', await square(15_000)],
  ['a black picture of 5,000 × 5,000', await square(5_000)],
  ['a picture of 1 pixel', await square(1)],
  ['an entity bomb', xml(`<!DOCTYPE a [<!ENTITY b "bb">${'<!ENTITY c "&b;&b;">'.repeat(50)}]><Invoice>&c;</Invoice>`)],
  ['an entity that names a file', xml('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Invoice><ID>&b;</ID></Invoice>')],
  ['elements 100,000 deep', xml(`${'<Invoice>'.repeat(100_000)}${'</Invoice>'.repeat(100_000)}`)],
  ['a million attributes', xml(`<Invoice ${Array.from({ length: 300_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`)],
  ['20 MB of nothing in XML', xml(' '.repeat(20_000_000))],
  ['a zip', Buffer.from('504b0304140000000800', 'hex')],
]

const slow: string[] = []
const times: number[] = []
const ways = new Map<string, number>()
const cases = [
  ...bombs,
  ...Array.from({ length: Math.max(0, count - bombs.length) }, (_, i) => [`damaged ${i}`, damaged()] as const),
]
for (const [what, bytes] of cases) {
  const started = performance.now()
  const outcome = await readFile(bytes, sniff(bytes), { names: [], vat_ids: [], ibans: [] })
  const ms = performance.now() - started
  times.push(ms)
  const way = 'way' in outcome ? `read (${outcome.way})` : 'refused with a reason'
  ways.set(way, (ways.get(way) ?? 0) + 1)
  if (ms > 2_000) slow.push(`${what}: ${Math.round(ms)} ms, ${'way' in outcome ? way : outcome.refused}`)
}
times.sort((a, b) => a - b)
const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))]!)
const text = `Made by \`npx tsx bench/hostile.ts ${count}\` on ${new Date().toISOString().slice(0, 10)}. Each file is read in a process of its own with 512 MB; none
brought the server down, each got an answer: ${[...ways].map(([way, number]) => `${number} ${way}`).join(', ')}. Median ${at(0.5)} ms, 99 of 100 within
${at(0.99)} ms, slowest ${at(1)} ms. Longer than 2 s:

${slow.map((one) => `- ${one}`).join('\n') || '- none'}`
console.log(text)
keepResults('## Damaged and hostile files', `## Damaged and hostile files\n\n${text}`)
process.exit(0)
