import type { Own, ReadBill } from '../../core/reading/types.ts'
import { Exceeded, type Excess, runBounded } from '../bounded/bounded.ts'
import { publish } from '../figures.ts'
import { programBeside } from '../programs.ts'
import { spanned } from '../tracing.ts'
import type { Way } from './outcome.ts'

export interface Reading {
  readonly way: Way
  readonly bill: ReadBill
}
/** Why nothing was read, in words for a person. */
export interface Unread {
  readonly refused: string
  /** Whether there was not enough time: on a quieter machine there may be. */
  readonly late?: boolean
  /** What went wrong, for the log. */
  readonly fault?: string
}

interface Limits {
  /** Pages that a file may have. */
  readonly pages?: number
  /** Seconds that a scan may take. */
  readonly scan_s?: number
}
/** Reads bills. Another reader (a service, a model) takes the place of ours by being one. */
export type Reader = (bytes: Buffer, mimetype: string, own: Own, limits?: Limits) => Promise<Reading | Unread>

const MEMORY_MB = 512
/** Data and text are read in a fraction of a second; what takes longer is not a bill. */
const TEXT_MS = 9_000
/** A page of a scan takes some seconds, half as much again when it lies on its side. */
const SCAN_S = 10
/** To end what takes longer, and to say so. */
const ENDING_MS = 400
/** A file that is a scan, and how long it took to tell, in milliseconds. */
interface Scan {
  readonly scan_ms: number
}
/** Pages a bill may have; longer files are kept, but not read (limit of the reference). */
const BILL_PAGES = 10

/**
 * Our reader: electronic invoices exactly, the text of PDFs by its layout, pictures by their letters; in a process of its own, offline.
 * A file that can't be read, or that needs more than its time (9 s, a scan 10 s unless told otherwise) or 512 MB, is answered with the reason, never thrown.
 * As many pages of a scan are read as there is time for, the first and the last before others.
 */
export const readFile: Reader = async (bytes, mimetype, own, limits) => {
  const began = performance.now()
  const reading = await spanned('reading', { 'file.type': mimetype }, async () => readBounded(bytes, mimetype, own, limits))
  const ms = performance.now() - began
  publish('reading', 'way' in reading ? { what: reading.way, outcome: 'done', ms } : { what: 'none', outcome: 'failed', ms })
  return reading
}

const readBounded: Reader = async (bytes, mimetype, own, { pages = BILL_PAGES, scan_s = SCAN_S } = {}) => {
  const read = async (scan_ms?: number) => {
    const timeout_ms = scan_ms ?? TEXT_MS
    const args = [mimetype, String(pages), JSON.stringify(own), scan_ms === undefined ? '' : String(scan_ms)]
    const found = (await runBounded(program(), bytes, { timeout_ms, memory_mb: MEMORY_MB }, args)).get('found.json')
    return found ? (JSON.parse(found.toString()) as Reading | Unread | Scan) : { refused: 'The file could not be read' }
  }
  try {
    const all_ms = scan_s * 1000 - ENDING_MS
    const first = mimetype.startsWith('image/') ? await read(all_ms) : await read()
    return 'scan_ms' in first ? ((await read(Math.max(1000, all_ms - first.scan_ms))) as Reading | Unread) : first
  } catch (error) {
    if (!(error instanceof Exceeded)) throw error
    return { ...unread[error.reason](scan_s), fault: error.message }
  }
}

/** What a clerk is told when a reading is ended. */
const unread: Record<Excess, (scan_s: number) => Unread> = {
  time: (scan_s) => ({
    refused: `The file could not be read in time: a scan may take ${scan_s} seconds (the setting SCAN_SECONDS of the server)`,
    late: true,
  }),
  memory: () => ({ refused: `The file could not be read: it needs more than ${MEMORY_MB} MB of memory` }),
  broken: () => ({ refused: 'The file could not be read: it is damaged' }),
}

const program = () => programBeside(import.meta.url, 'reading.program')
