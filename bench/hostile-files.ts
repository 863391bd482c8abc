import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { ZipFile } from 'yazl'

/** Files that were made to break whoever reads them, by kind. Each is made when it is its turn: some of them are large. */
export type Hostile = readonly [kind: string, what: string, make: () => Buffer | Promise<Buffer>]

// PDF

const HELVETICA = '/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>'
const CATALOG = '<</Type/Catalog/Pages 2 0 R>>'
const PAGES = '<</Type/Pages/Kids[3 0 R]/Count 1>>'
const PAGE = `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R${HELVETICA}>>`

type Part = string | readonly [entries: string, content: Buffer]

/** A PDF of these objects, numbered from 1; a stream is what stands in its dictionary and its content. No table: readers find their way. */
function pdf(objects: readonly Part[], trailer = ''): Buffer {
  const parts = objects.flatMap((object, i) => [
    Buffer.from(`${i + 1} 0 obj`),
    ...(typeof object === 'string'
      ? [Buffer.from(object)]
      : [Buffer.from(`<<${object[0]}/Length ${object[1].length}>>stream\n`), object[1], Buffer.from('\nendstream')]),
    Buffer.from(' endobj\n'),
  ])
  return Buffer.concat([Buffer.from('%PDF-1.5\n'), ...parts, Buffer.from(`trailer<</Root 1 0 R${trailer}>>\n%%EOF`)])
}

const onePage = (content: Buffer, entries = '', more: readonly Part[] = [], page = PAGE) =>
  pdf([CATALOG, PAGES, page, [entries, content], ...more])
const packed = (content: Buffer | string) => deflateSync(content)
const FLATE = '/Filter/FlateDecode'
const words = (text: string, times: number) => packed(`BT /F1 9 Tf 20 800 Td\n${`(${text}) Tj 0 -10 Td\n`.repeat(times)}ET`)
const wordsOn = (text: string, times = 1) => onePage(words(text, times), FLATE)
const manyPages = (count: number) =>
  pdf([
    CATALOG,
    `<</Type/Pages/Kids[${Array.from({ length: count }, (_, i) => `${5 + i} 0 R`).join(' ')}]/Count ${count}>>`,
    'null',
    ['', Buffer.from('BT /F1 9 Tf (x) Tj ET')],
    ...Array.from({ length: count }, () => PAGE),
  ])
const attached = (name: string, content: Buffer, count = 1) =>
  pdf([
    `<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[${Array.from({ length: count }, (_, i) => `(${i}${name})6 0 R`).join(' ')}]>>>>>>`,
    PAGES,
    PAGE,
    ['', Buffer.from('BT /F1 9 Tf (Invoice) Tj ET')],
    [`/Type/EmbeddedFile${FLATE}`, packed(content)],
    `<</Type/Filespec/F(${name})/UF(${name})/EF<</F 5 0 R>>>>`,
  ])

const pdfs: readonly Hostile[] = [
  ['many pages', '10,000 pages', () => manyPages(10_000)],
  [
    'many pages',
    '1,000,000 pages, by its own count',
    () => pdf([CATALOG, '<</Type/Pages/Kids[3 0 R]/Count 1000000>>', PAGE, ['', Buffer.from('')]]),
  ],
  ['PDF bomb', 'a page that unfolds to 300 MB', () => onePage(packed(Buffer.alloc(300_000_000, 32)), FLATE)],
  [
    'PDF bomb',
    'a page that unfolds twice, to 1 GB',
    () => onePage(packed(packed(Buffer.alloc(1_000_000_000, 32))), '/Filter[/FlateDecode/FlateDecode]'),
  ],
  [
    'PDF bomb',
    'an electronic invoice inside that unfolds to 300 MB',
    () => attached('factur-x.xml', Buffer.alloc(300_000_000, 32)),
  ],
  ['PDF bomb', 'an entity bomb inside', () => attached('factur-x.xml', entities(20))],
  ['PDF bomb', '10,000 attached invoices', () => attached('a.xml', Buffer.from('<?xml version="1.0"?><a/>'), 10_000)],
  ['PDF bomb', 'a million words', () => wordsOn('word', 1_000_000)],
  ['PDF bomb', 'a million lines and curves', () => onePage(packed('0 0 m 99 99 l 1 2 3 4 5 6 c S\n'.repeat(1_000_000)), FLATE)],
  ['PDF bomb', 'a million states that are kept', () => onePage(packed('q '.repeat(1_000_000)), FLATE)],
  ['PDF bomb', 'arrays 100,000 deep', () => onePage(Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))],
  [
    'PDF loop',
    'pages that are their own parents',
    () => pdf([CATALOG, '<</Type/Pages/Kids[2 0 R 3 0 R]/Parent 2 0 R/Count 3>>', PAGE, ['', Buffer.from('')]]),
  ],
  [
    'PDF loop',
    'a drawing that draws itself',
    () =>
      onePage(
        Buffer.from('/X Do'),
        '',
        [[`/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>`, Buffer.from('/X Do /X Do')]],
        PAGE.replace('<</Font', '<</XObject<</X 5 0 R>>/Font'),
      ),
  ],
  [
    'PDF loop',
    'drawings that draw two others each, 30 deep',
    () =>
      onePage(
        Buffer.from('/X Do'),
        '',
        Array.from(
          { length: 30 },
          (_, i): Part => [
            `/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X ${Math.min(34, 6 + i)} 0 R>>>>`,
            Buffer.from('/X Do /X Do'),
          ],
        ),
        PAGE.replace('<</Font', '<</XObject<</X 5 0 R>>/Font'),
      ),
  ],
  [
    'PDF loop',
    'a length that is itself',
    () =>
      Buffer.from(
        `%PDF-1.5\n1 0 obj${CATALOG}endobj\n2 0 obj${PAGES}endobj\n3 0 obj${PAGE}endobj\n4 0 obj<</Length 4 0 R>>stream\nBT ET\nendstream endobj\ntrailer<</Root 1 0 R>>`,
      ),
  ],
  [
    'PDF loop',
    'a table of objects that leads to itself',
    () =>
      Buffer.from(
        `%PDF-1.5\n1 0 obj${CATALOG}endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 54/Size 9>>\nstartxref\n54\n%%EOF`,
      ),
  ],
  [
    'PDF loop',
    'a font whose letters are drawn with itself',
    () =>
      onePage(
        Buffer.from('BT /F1 9 Tf (aaa) Tj ET'),
        '',
        [
          `<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F1 5 0 R>>>>>>`,
          ['', Buffer.from('9 0 d0 BT /F1 9 Tf (aaa) Tj ET')],
        ],
        PAGE.replace(/<<\/F1.*Helvetica>>/, '<</F1 5 0 R'),
      ),
  ],
  [
    'locked PDF',
    'asks for a password',
    () =>
      pdf(
        [
          CATALOG,
          PAGES,
          PAGE,
          ['', randomBytes(99)],
          `<</Filter/Standard/V 2/R 3/Length 128/P -44/O<${randomBytes(32).toString('hex')}>/U<${randomBytes(32).toString('hex')}>>>`,
        ],
        `/Encrypt 5 0 R/ID[<${'00'.repeat(16)}><${'00'.repeat(16)}>]`,
      ),
  ],
  [
    'locked PDF',
    'locked in a way nobody knows',
    () => pdf([CATALOG, PAGES, PAGE, ['', randomBytes(99)], '<</Filter/Other/V 99>>'], '/Encrypt 5 0 R/ID[<00><00>]'),
  ],
  [
    'fonts',
    'none of its fonts is there',
    () => onePage(words('Invoice 4711 of 2026-01-31, total 119.00 EUR', 20), FLATE, [], PAGE.replace(HELVETICA, '')),
  ],
  [
    'fonts',
    'a font that is noise',
    () =>
      onePage(
        words('Invoice 4711 total 119.00 EUR', 20),
        FLATE,
        [
          `<</Type/Font/Subtype/TrueType/BaseFont/N/FontDescriptor 6 0 R/FirstChar 32/LastChar 33/Widths[1 1]>>`,
          '<</Type/FontDescriptor/FontName/N/Flags 4/FontFile2 7 0 R>>',
          ['', randomBytes(100_000)],
        ],
        PAGE.replace(/<<\/F1.*Helvetica>>/, '<</F1 5 0 R'),
      ),
  ],
  ['far reach', 'a page that is a file of the machine', () => onePage(Buffer.from(''), '/F(/etc/passwd)')],
  [
    'far reach',
    'runs a script and a program when opened',
    () =>
      pdf([
        CATALOG.replace('>>', '/OpenAction<</S/JavaScript/JS(while(true);)/Next<</S/Launch/F(/bin/sh)>>>>>>'),
        PAGES,
        PAGE,
        ['', Buffer.from('BT ET')],
      ]),
  ],
  [
    'size',
    'a page of 10^9 × 10^9 points',
    () => onePage(Buffer.from('BT ET'), '', [], PAGE.replace('595 842', '1000000000 1000000000')),
  ],
  [
    'size',
    'a picture inside that says it is 60,000 × 60,000',
    () =>
      onePage(
        Buffer.from('99 0 0 99 0 0 cm /X Do'),
        '',
        [
          [
            `/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB${FLATE}`,
            packed(Buffer.alloc(1_000)),
          ],
        ],
        PAGE.replace('<</Font', '<</XObject<</X 5 0 R>>/Font'),
      ),
  ],
  [
    'size',
    'a picture inside that unfolds to 400 MB',
    () =>
      onePage(
        Buffer.from('99 0 0 99 0 0 cm /X Do'),
        '',
        [
          [
            `/Type/XObject/Subtype/Image/Width 20000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceGray${FLATE}`,
            packed(Buffer.alloc(400_000_000)),
          ],
        ],
        PAGE.replace('<</Font', '<</XObject<</X 5 0 R>>/Font'),
      ),
  ],
  // Text that makes patterns try every way to match.
  ...(
    [
      ['digits', '1'.repeat(200_000)],
      ['digits and commas', '1,1.'.repeat(50_000)],
      ['an address of mail without end', 'a.a@'.repeat(50_000)],
      ['an account without end', 'DE89 3704 '.repeat(20_000)],
      ['spaces', `Total${' '.repeat(200_000)}1`],
      ['days', '31.12.2026/'.repeat(20_000)],
      ['hyphens', `Invoice No ${'-A'.repeat(100_000)}`],
    ] as const
  ).map(([what, text]): Hostile => ['text that never ends', what, () => wordsOn(text)]),
  ['text that never ends', '5,000 lines of figures', () => wordsOn('1,234.56 12 34 EUR 31.12.2026 DE123456789', 5_000)],
]

// XML

const xml = (inside: string) => Buffer.from(`<?xml version="1.0"?>\n${inside}`)
const entities = (levels: number) =>
  xml(
    `<!DOCTYPE a [<!ENTITY e0 "ha">${Array.from({ length: levels }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('')}]><Invoice><ID>&e${levels};</ID></Invoice>`,
  )
const ubl = (inside: string) =>
  xml(
    `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"><cbc:ID>1</cbc:ID>${inside}</Invoice>`,
  )
const line =
  '<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity>1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount></cac:InvoiceLine>'

const xmls: readonly Hostile[] = [
  ['XML bomb', 'a billion laughs', () => entities(9)],
  [
    'XML bomb',
    'one large entity, many times',
    () => xml(`<!DOCTYPE a [<!ENTITY b "${'b'.repeat(100_000)}">]><Invoice>${'&b;'.repeat(100_000)}</Invoice>`),
  ],
  [
    'XML bomb',
    'entities of the document type itself',
    () => xml('<!DOCTYPE a [<!ENTITY % a "<!ENTITY b \'&#37;a;\'>">%a;]><Invoice>&b;</Invoice>'),
  ],
  [
    'XML bomb',
    'the same in UTF-16',
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(entities(9).toString(), 'utf16le')]),
  ],
  [
    'far reach',
    'an entity that is a file of the machine',
    () => xml('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Invoice><ID>&b;</ID></Invoice>'),
  ],
  [
    'far reach',
    'an entity that is an address of the network',
    () => xml('<!DOCTYPE a SYSTEM "http://169.254.169.254/latest"><Invoice/>'),
  ],
  ['deep XML', 'elements 100,000 deep', () => xml(`${'<Invoice>'.repeat(100_000)}${'</Invoice>'.repeat(100_000)}`)],
  ['deep XML', 'elements 1,000,000 deep that never end', () => xml('<a>'.repeat(1_000_000))],
  ['wide XML', '300,000 attributes', () => xml(`<Invoice ${Array.from({ length: 300_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`)],
  ['wide XML', 'a million elements', () => xml(`<Invoice>${'<a>1</a>'.repeat(1_000_000)}</Invoice>`)],
  ['wide XML', 'an invoice of 50,000 lines', () => ubl(line.repeat(50_000))],
  ['wide XML', 'a name of 9 MB', () => xml(`<${'a'.repeat(9_000_000)}/>`)],
  ['wide XML', 'a million signs by their numbers', () => ubl(`<cbc:Note>${'&#x41;'.repeat(1_000_000)}</cbc:Note>`)],
  ['wide XML', 'a comment that never ends', () => xml(`<!--${'-'.repeat(9_000_000)}`)],
  ['wide XML', '20 MB of nothing', () => xml(' '.repeat(20_000_000))],
  [
    'odd XML',
    'amounts that are no numbers',
    () =>
      ubl(
        '<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1e999</cbc:PayableAmount><cbc:TaxExclusiveAmount>NaN</cbc:TaxExclusiveAmount></cac:LegalMonetaryTotal>',
      ),
  ],
  [
    'odd XML',
    'elements by the names of what every object has',
    () => ubl('<__proto__><polluted>1</polluted></__proto__><constructor><prototype>1</prototype></constructor>'),
  ],
]

// Pictures

const square = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'black' }, limitInputPixels: false })
const noise = (side: number) => sharp(randomBytes(side * side), { raw: { width: side, height: side, channels: 1 } })

/** A JPEG whose head says another size than it has. */
async function jpegOf(width: number, height: number): Promise<Buffer> {
  const bytes = await noise(500).jpeg().toBuffer()
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  bytes.writeUInt16BE(height, at + 5)
  bytes.writeUInt16BE(width, at + 7)
  return bytes
}

/** A JPEG that comes in so many rounds, each of them needing the whole picture. */
async function jpegInRounds(rounds: number): Promise<Buffer> {
  const bytes = await noise(2_000).jpeg({ progressive: true }).toBuffer()
  const first = bytes.indexOf(Buffer.from([0xff, 0xda]))
  const second = bytes.indexOf(Buffer.from([0xff, 0xc4]), first)
  const empty = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0x10])
  return Buffer.concat([bytes.subarray(0, second), ...Array.from({ length: rounds }, () => empty), Buffer.from([0xff, 0xd9])])
}

function pngChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + content.length)
  chunk.writeUInt32BE(content.length, 0)
  chunk.write(type, 4, 'latin1')
  content.copy(chunk, 8)
  chunk.writeUInt32BE(crc(chunk.subarray(4, -4)), 8 + content.length)
  return chunk
}
function crc(bytes: Buffer): number {
  let value = ~0
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0)
  }
  return ~value >>> 0
}
const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const pngHead = (width: number, height: number) => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  return pngChunk('IHDR', head)
}
/** A TIFF whose directories, 2 entries each, follow one another; the last leads to the first if `loops`. */
function tiff(directories: number, width: number, loops: boolean): Buffer {
  const bytes = Buffer.alloc(8 + directories * 30)
  bytes.write('II*\0', 0, 'latin1')
  bytes.writeUInt32LE(8, 4)
  for (let i = 0; i < directories; i++) {
    const at = 8 + i * 30
    bytes.writeUInt16LE(2, at)
    for (const [nth, tag] of [256, 257].entries()) {
      bytes.writeUInt16LE(tag, at + 2 + nth * 12)
      bytes.writeUInt16LE(4, at + 4 + nth * 12)
      bytes.writeUInt32LE(1, at + 6 + nth * 12)
      bytes.writeUInt32LE(width, at + 10 + nth * 12)
    }
    bytes.writeUInt32LE(i < directories - 1 ? at + 30 : loops ? 8 : 0, at + 26)
  }
  return bytes
}

/** A picture of a telephone, and the same with another size in its head. */
const heic = () => readFileSync(new URL('../test/bills/telephone.heic', import.meta.url))
function heicSaying(width: number, height: number): Buffer {
  const bytes = heic()
  for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 1)) {
    bytes.writeUInt32BE(width, at + 8)
    bytes.writeUInt32BE(height, at + 12)
  }
  return bytes
}
/** The same with every so many bytes of its picture turned. */
function heicTurned(every: number): Buffer {
  const bytes = heic()
  for (let at = 500; at < bytes.length; at += every) bytes[at] = bytes[at]! ^ 0xff
  return bytes
}
/** Boxes within boxes, each of which says it is as large as the file. */
const heicNested = (depth: number) => {
  const bytes = Buffer.alloc(24 + depth * 8, 0)
  bytes.write('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
  for (let at = 24; at < bytes.length; at += 8) {
    bytes.writeUInt32BE(bytes.length - at, at)
    bytes.write('ipco', at + 4, 'latin1')
  }
  return bytes
}

const pictures: readonly Hostile[] = [
  ['HEIC', 'says it is 4,000,000,000 wide and high', () => heicSaying(4_000_000_000, 4_000_000_000)],
  ['HEIC', 'says it is 6,000 × 6,000', () => heicSaying(6_000, 6_000)],
  ['HEIC', 'says it is 500 × 500', () => heicSaying(500, 500)],
  ['HEIC', 'cut off', () => heic().subarray(0, 9_000)],
  ['HEIC', 'nothing but a head', () => heic().subarray(0, 24)],
  ['HEIC', 'every 50th byte of the picture turned', () => heicTurned(50)],
  ['HEIC', 'every 1,000th byte of the picture turned', () => heicTurned(1_000)],
  ['HEIC', '200,000 boxes in each other', () => heicNested(200_000)],
  ['picture bomb', 'a black PNG of 15,000 × 15,000', () => square(15_000).png().toBuffer()],
  ['picture bomb', 'a black PNG of 5,000 × 5,000', () => square(5_000).png().toBuffer()],
  ['picture bomb', 'a black JPEG of 12,000 × 12,000', () => square(12_000).jpeg().toBuffer()],
  ['picture bomb', 'a JPEG that says it is 65,500 × 65,500', () => jpegOf(65_500, 65_500)],
  ['picture bomb', 'a JPEG that says it is 7,700 × 7,700', () => jpegOf(7_700, 7_700)],
  ['picture bomb', 'a JPEG in 100,000 rounds', () => jpegInRounds(100_000)],
  [
    'picture bomb',
    'a PNG that says it is 2^31 − 1 wide and high',
    () =>
      Buffer.concat([PNG, pngHead(2 ** 31 - 1, 2 ** 31 - 1), pngChunk('IDAT', packed('')), pngChunk('IEND', Buffer.alloc(0))]),
  ],
  [
    'picture bomb',
    'a PNG whose colours unfold to 300 MB',
    () =>
      Buffer.concat([
        PNG,
        pngHead(500, 500),
        pngChunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), packed(Buffer.alloc(300_000_000))])),
        pngChunk('IDAT', packed(Buffer.alloc(500 * 1501))),
        pngChunk('IEND', Buffer.alloc(0)),
      ]),
  ],
  ['picture bomb', 'a TIFF that says it is 100,000 × 100,000', () => tiff(1, 100_000, false)],
  ['picture bomb', 'a TIFF of 200,000 pages', () => tiff(200_000, 1_000, false)],
  ['picture bomb', 'a TIFF whose last page leads to its first', () => tiff(3, 1_000, true)],
  ['noise', 'grey noise of 2,500 × 2,500', () => noise(2_500).png().toBuffer()],
  ['noise', 'grey noise of 4,400 × 4,400', () => noise(4_400).jpeg().toBuffer()],
  [
    'noise',
    'a board of tiny squares',
    () =>
      sharp(
        Buffer.from(Array.from({ length: 2_400 * 2_400 }, (_, i) => (((i >> 2) ^ (Math.floor(i / 2_400) >> 2)) & 1 ? 255 : 0))),
        { raw: { width: 2_400, height: 2_400, channels: 1 } },
      )
        .png()
        .toBuffer(),
  ],
  ['small', 'a picture of 1 pixel', () => square(1).png().toBuffer()],
]

// Anything else

async function zip(name: string, content: Buffer, copies = 1): Promise<Buffer> {
  const file = new ZipFile()
  for (let i = 0; i < copies; i++) file.addBuffer(content, copies > 1 ? `${i}/${name}` : name)
  file.end()
  return buffer(file.outputStream as NodeJS.ReadableStream)
}
const bill = () => wordsOn('Invoice 4711 of 2026-01-31, total 119.00 EUR', 20)

const others: readonly Hostile[] = [
  ['zip bomb', 'a zip that unfolds to 1 GB', () => zip('bill.pdf', Buffer.alloc(1_000_000_000))],
  ['zip bomb', 'a text document that unfolds to 300 MB', () => zip('word/document.xml', Buffer.alloc(300_000_000, 32))],
  [
    'zip bomb',
    'zips in zips',
    async () => zip('b.zip', await zip('a.zip', await zip('bill.pdf', Buffer.alloc(100_000_000)), 50), 50),
  ],
  ['zip bomb', 'a gzip that unfolds to 300 MB', () => gzipSync(Buffer.alloc(300_000_000))],
  ['wrong type', 'a program', () => Buffer.concat([Buffer.from('7f454c4602010100', 'hex'), randomBytes(10_000)])],
  ['wrong type', 'a page of the web', () => Buffer.from('<!doctype html><script>while(true);</script>')],
  [
    'wrong type',
    'a drawing with a script',
    () => xml('<svg xmlns="http://www.w3.org/2000/svg"><script>while(true);</script></svg>'),
  ],
  ['wrong type', 'a sheet of figures', () => Buffer.from('a,b\n1,2\n'.repeat(100_000))],
  ['wrong type', 'a GIF', () => square(500).gif().toBuffer()],
  ['wrong type', 'an XML that is not an invoice', () => xml('<rss><channel/></rss>')],
  [
    'wrong type',
    'noise that calls itself a PDF, 20 MB',
    () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(20_000_000)]),
  ],
  ['wrong type', 'noise that calls itself a PNG', () => Buffer.concat([PNG, randomBytes(1_000_000)])],
  ['wrong type', 'noise that calls itself a JPEG', () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(1_000_000)])],
  ['wrong type', 'noise that calls itself a TIFF', () => Buffer.concat([Buffer.from('II*\0', 'latin1'), randomBytes(1_000_000)])],
  ['many faces', 'a PDF that is also a zip', async () => Buffer.concat([bill(), await zip('a', Buffer.alloc(1_000_000))])],
  [
    'many faces',
    'a PDF that is also a page of the web',
    () => Buffer.concat([Buffer.from('%PDF-1.5 <html><script>while(true);</script>\n'), bill()]),
  ],
  ['many faces', 'a JPEG that is also a PDF', async () => Buffer.concat([await noise(500).jpeg().toBuffer(), bill()])],
  ['many faces', 'an XML that is also a PDF', () => Buffer.concat([xml('<Invoice/>'), bill()])],
  ['empty', 'nothing', () => Buffer.alloc(0)],
  ['empty', 'one byte', () => Buffer.from('%')],
  ['empty', 'the first words of a PDF', () => Buffer.from('%PDF-')],
  ['empty', 'the first words of an XML', () => Buffer.from('<?xml version="1.0"?>')],
  ['empty', 'a PDF without pages', () => pdf([CATALOG, '<</Type/Pages/Kids[]/Count 0>>'])],
  ['empty', 'a PDF of an empty page', () => onePage(Buffer.from(''))],
]

export const hostileFiles: readonly Hostile[] = [...pdfs, ...xmls, ...pictures, ...others]
