import { type Report, readAchReturns, readStatusReport } from '../../../core/payment-files/reports.ts'
import { type Element, readCamt } from '../../../core/statements/camt.ts'
import { readCsv } from '../../../core/statements/csv.ts'
import { looksLikeMt940, readMt940 } from '../../../core/statements/mt940.ts'
import { looksLikeOfx, readOfx } from '../../../core/statements/ofx.ts'
import { type Statement, StatementRefused } from '../../../core/statements/types.ts'
import { looksLikeXml, xmlText } from '../../../platform/reading/xml-text.ts'

/** Reads the file of a bank, whatever it is. Runs in a process of its own: what a hostile file does to it stays there. */

export interface ReadFile {
  readonly statements: readonly (Statement & { readonly member: string | null })[]
  /** Files of an archive that are no statements. */
  readonly left_out: readonly string[]
}

const MEMBERS_MAX = 400
const BYTES_MAX = 64 * 1024 * 1024

export async function readStatementFile(bytes: Buffer): Promise<ReadFile> {
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return readArchive(bytes)
  const statements = await readOne(bytes)
  return { statements: statements.map((one) => ({ ...one, member: null })), left_out: [] }
}

async function readOne(bytes: Buffer): Promise<Statement[]> {
  if (bytes.length === 0) throw new StatementRefused('The file is empty')
  const text = plainText(bytes)
  if (looksLikeOfx(text)) return readOfx(text)
  if (looksLikeXml(bytes)) return readXml(bytes)
  if (text.trimStart().startsWith('<')) return readXml(bytes)
  if (looksLikeMt940(text)) return readMt940(text)
  return readCsv(text)
}

/** UTF-16 where a mark says so, as spreadsheets write it; UTF-8, or else what Windows in Western Europe writes. */
function plainText(bytes: Buffer): string {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) return xmlText(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

async function readXml(bytes: Buffer): Promise<Statement[]> {
  const { root, text } = await rootOf(bytes)
  return readCamt(root, /xmlns(?::[\w.-]+)?\s*=\s*["']([^"']*camt[^"']*)["']/.exec(text)?.[1] ?? '')
}

/** Reads what a bank tells of payments that it was handed: a status report, or ACH returns. */
export async function readReportFile(bytes: Buffer): Promise<Report> {
  const report = looksLikeXml(bytes) ? readStatusReport((await rootOf(bytes)).root) : readAchReturns(plainText(bytes))
  if (!report) throw new StatementRefused('The file is not a status report (pain.002) and no ACH return')
  return report
}

/** The message in an XML file, whole and without anything that XML could do beside. */
async function rootOf(bytes: Buffer): Promise<{ root: Element; text: string }> {
  const text = xmlText(bytes).replace(/^\ufeff/, '')
  // A document type could make a small file large, or name other files: messages of banks have none.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new StatementRefused('XML with a document type declaration is not read')
  if (!/<\/(?:[\w.-]+:)?Document\s*>\s*(?:<!--[\s\S]*?-->\s*)*$/.test(text.slice(-4000)))
    throw new StatementRefused('The file ends too early, or is not a message of ISO 20022')
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
  })
  let document: { Document?: Element }
  try {
    document = parser.parse(text, true) as typeof document
  } catch {
    throw new StatementRefused('The XML is not well-formed: it was cut off or damaged')
  }
  if (typeof document.Document !== 'object') throw new StatementRefused('The XML is not a message of ISO 20022')
  return { root: document.Document, text }
}

/** A portal gives out an archive, a file a day. What is not a statement is named and left out; an archive without any is refused. */
async function readArchive(bytes: Buffer): Promise<ReadFile> {
  const { default: yauzl } = await import('yauzl')
  const statements: (Statement & { member: string | null })[] = []
  const left_out: string[] = []
  let refused = ''
  let total = 0
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true }).catch(() => null)
  if (!zip) throw new StatementRefused('The archive can not be opened: it is damaged')
  if (zip.entryCount > MEMBERS_MAX) throw new StatementRefused(`The archive holds more than ${MEMBERS_MAX} files`)
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    total += entry.uncompressedSize
    if (total > BYTES_MAX) throw new StatementRefused('The archive is too large once unpacked')
    const hidden = /(^|\/)(__MACOSX\/|\._|\.)/.test(entry.fileName)
    const chunks: Buffer[] = []
    if (!hidden) for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    try {
      if (hidden) throw new StatementRefused('It is not a statement')
      for (const one of await readOne(Buffer.concat(chunks))) statements.push({ ...one, member: entry.fileName })
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error
      refused ||= error.message
      left_out.push(entry.fileName)
    }
  }
  if (statements.length === 0) throw new StatementRefused(`The archive holds no statement${refused ? `: ${refused}` : ''}`)
  return { statements: statements.sort((a, b) => (a.member! < b.member! ? -1 : 1)), left_out }
}
