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
/** A column of days is named so; moments, which have an offset, stay texts. */
const DAYS = /(?:^|_)date$/
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
/** Workbooks count days, from the one before 1900 began, and believe that 1900 had a leap day: right from March 1900 on. */
const DAY_0 = Date.UTC(1899, 11, 30)
const FIRST_COUNTED = 61

/** The number of a day in a workbook; null for what is no day, or lies before those that all programs count alike. */
function dayNumber(text: string): number | null {
  const [, year, month, day] = DAY.exec(text) ?? []
  if (day === undefined) return null
  const number = Math.round((Date.UTC(Number(year), Number(month) - 1, Number(day)) - DAY_0) / 86_400_000)
  return number < FIRST_COUNTED ? null : number
}

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
  const days = columns.map((name) => DAYS.test(name))
  const row = (cells: readonly string[], isHead: boolean) =>
    group(
      'row',
      cells.map((text, i) => {
        if (text === '') return '<c/>'
        if (!isHead && figures[i] && FIGURE.test(text)) return group('c', [leaf('v', text)])
        const day = !isHead && days[i] ? dayNumber(text) : null
        if (day !== null) return group('c', [leaf('v', String(day))], { s: '1' })
        const plain = text.replace(DISARMED, '').slice(0, CELL_MAX)
        return group('c', [group('is', [leaf('t', clean(plain), { 'xml:space': 'preserve' })])], { t: 'inlineStr' })
      }),
    )
  return new Transform({
    writableObjectMode: true,
    construct(done) {
      // A day that does not fit is shown as ########.
      const wide = days.map((isDay, i) => (isDay ? `<col min="${i + 1}" max="${i + 1}" width="12" customWidth="1"/>` : ''))
      const widths = group('cols', wide)
      this.push(`${DECLARED}<worksheet xmlns="${MAIN}">${widths}<sheetData>${row(columns, true)}`)
      done()
    },
    transform: (cells: readonly string[], _, done) => done(null, row(cells, false) || '<row/>'),
    flush: (done) => done(null, '</sheetData></worksheet>'),
  })
}
/** The looks of cells: 0 is that of most, 1 a day as the reader's country writes it (number format 14). */
const LOOKS = `<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
// What XML has no place for.
const clean = (text: string) => text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu, '')

/** Packs a worksheet into a workbook of its own. All of it carries one moment, so that the same rows make the same bytes. */
export async function packWorkbook(sheetPath: string, path: string, title: string, mtime: Date): Promise<void> {
  const related = (...others: readonly [kind: string, target: string][]) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${others
      .map(([kind, target], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${kind}" Target="${target}"/>`)
      .join('')}</Relationships>`
  const part = (name: string, type: string) =>
    `<Override PartName="${name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`
  const files: readonly [name: string, content: string][] = [
    [
      '[Content_Types].xml',
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part('/xl/workbook.xml', 'sheet.main')}${part('/xl/worksheets/sheet1.xml', 'worksheet')}${part('/xl/styles.xml', 'styles')}</Types>`,
    ],
    ['_rels/.rels', related(['officeDocument', 'xl/workbook.xml'])],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${title.slice(0, 31)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', related(['worksheet', 'worksheets/sheet1.xml'], ['styles', 'styles.xml'])],
    ['xl/styles.xml', LOOKS],
  ]
  const zip = new ZipFile()
  const output = createWriteStream(path, { mode: PRIVATE_FILE })
  zip.on('error', (error) => output.destroy(error as Error))
  for (const [name, content] of files) zip.addBuffer(Buffer.from(`${DECLARED}${content}`), name, { mtime })
  zip.addFile(sheetPath, 'xl/worksheets/sheet1.xml', { mtime, mode: 0o100644 })
  zip.end()
  await pipeline(zip.outputStream, output)
}
