import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { ZipFile } from 'yazl'
import { group, leaf } from '../../../core/einvoice/xml.ts'
import { PRIVATE_FILE } from '../../../platform/files/private.ts'

/** Tables as programs read them: CSV in the ways of a country, or workbooks (Office Open XML, ISO 29500). */

/** How the tables of an export are written; see the entity's settings. */
export interface TableOptions {
  readonly format: 'csv' | 'xlsx'
  readonly delimiter: ',' | ';'
  readonly decimal_comma: boolean
  readonly byte_order_mark: boolean
}
/** RFC 4180 in UTF-8, with points. */
export const plainTables: TableOptions = { format: 'csv', delimiter: ',', decimal_comma: false, byte_order_mark: false }

/** Columns that hold figures; everything else is text, also where it consists of digits. */
const FIGURES = new Set([
  'line',
  'quantity',
  'unit_price',
  'vat_rate',
  'subtotal',
  'net',
  'gross',
  'vat',
  'withholding_tax',
  'deductions',
  'discount',
  'total',
  'credited',
  'paid',
  'due',
])
const FIGURE = /^-?\d+(?:\.\d+)?$/

/** Where rows of cells are written to; its bytes come out. */
export function csvWriter(columns: readonly string[], { delimiter, decimal_comma, byte_order_mark }: TableOptions): Transform {
  const figures = columns.map((name) => decimal_comma && FIGURES.has(name))
  return stringify({
    header: true,
    columns: Array.from(columns),
    record_delimiter: 'windows',
    delimiter,
    bom: byte_order_mark,
    cast: {
      string: (text, { index, header }) => (!header && figures[index] && FIGURE.test(text) ? text.replace('.', ',') : text),
    },
  })
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
/** Text that the sheet of CSV has to disarm is harmless here: a text is never a formula. */
const DISARMED = /^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/
/** What a cell may hold at most. */
const CELL_MAX = 32_767

/** The worksheet of a workbook, row by row. */
export function sheetWriter(columns: readonly string[]): Transform {
  const figures = columns.map((name) => FIGURES.has(name))
  const row = (cells: readonly string[], isHead: boolean) =>
    group(
      'row',
      cells.map((text, i) => {
        if (text === '') return '<c/>'
        if (!isHead && figures[i] && FIGURE.test(text)) return group('c', [leaf('v', text)])
        const plain = text.replace(DISARMED, '').slice(0, CELL_MAX)
        return group('c', [group('is', [leaf('t', clean(plain), { 'xml:space': 'preserve' })])], { t: 'inlineStr' })
      }),
    )
  return new Transform({
    writableObjectMode: true,
    construct(done) {
      this.push(`${DECLARED}<worksheet xmlns="${MAIN}"><sheetData>${row(columns, true)}`)
      done()
    },
    transform: (cells: readonly string[], _, done) => done(null, row(cells, false) || '<row/>'),
    flush: (done) => done(null, '</sheetData></worksheet>'),
  })
}
// What XML has no place for.
const clean = (text: string) => text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu, '')

/** Packs a worksheet into a workbook of its own. All of it carries one moment, so that the same rows make the same bytes. */
export async function packWorkbook(sheetPath: string, path: string, title: string, mtime: Date): Promise<void> {
  const related = (id: string, kind: string, target: string) =>
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/></Relationships>`
  const part = (name: string, type: string) =>
    `<Override PartName="${name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`
  const files: readonly [name: string, content: string][] = [
    [
      '[Content_Types].xml',
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part('/xl/workbook.xml', 'sheet.main')}${part('/xl/worksheets/sheet1.xml', 'worksheet')}</Types>`,
    ],
    ['_rels/.rels', related('rId1', 'officeDocument', 'xl/workbook.xml')],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${title.slice(0, 31)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', related('rId1', 'worksheet', 'worksheets/sheet1.xml')],
  ]
  const zip = new ZipFile()
  const output = createWriteStream(path, { mode: PRIVATE_FILE })
  zip.on('error', (error) => output.destroy(error as Error))
  for (const [name, content] of files) zip.addBuffer(Buffer.from(`${DECLARED}${content}`), name, { mtime })
  zip.addFile(sheetPath, 'xl/worksheets/sheet1.xml', { mtime, mode: 0o100644 })
  zip.end()
  await pipeline(zip.outputStream, output)
}
