import type { Own, ReadBill } from '../../core/reading/types.ts'
import { Exceeded, runBounded } from '../bounded/bounded.ts'
import type { Way } from './outcome.ts'

export interface Reading {
  readonly way: Way
  readonly bill: ReadBill
}
/** Why nothing was read, in words for a person. */
export interface Unread {
  readonly refused: string
}

/** Reads bills. Another reader (a service, a model) takes the place of ours by being one. */
export type Reader = (bytes: Buffer, mimetype: string, own: Own, limits?: { readonly pages: number }) => Promise<Reading | Unread>

/** Data and text are read in a fraction of a second; what takes longer is no bill. */
const TEXT = { timeout_ms: 9_000, memory_mb: 512 }
/** A page of a scan takes some seconds, on its side or on its head three times as many. */
const SCAN = { timeout_ms: 45_000, memory_mb: 512 }
/** Pages a bill may have; longer files are kept, but not read (limit of the reference). */
export const BILL_PAGES = 10

/**
 * Our reader: electronic invoices exactly, the text of PDFs by its layout, pictures by their letters; in a process of its own, offline.
 * A file that can't be read, or that needs more than its time (9 s, a scan 45 s) or 512 MB, is answered with the reason, never thrown.
 */
export const readFile: Reader = async (bytes, mimetype, own, { pages } = { pages: BILL_PAGES }) => {
  const read = async (scans: '' | 'scans') => {
    const args = [mimetype, String(pages), JSON.stringify(own), scans]
    const found = (await runBounded(program(), bytes, scans ? SCAN : TEXT, args)).get('found.json')
    return found ? (JSON.parse(found.toString()) as Reading | Unread | { scan: true }) : { refused: 'The file could not be read' }
  }
  try {
    const first = mimetype.startsWith('image/') ? await read('scans') : await read('')
    return 'scan' in first ? ((await read('scans')) as Reading | Unread) : first
  } catch (error) {
    if (error instanceof Exceeded) return { refused: `The file could not be read: it ${error.message}` }
    throw error
  }
}

const program = () => new URL(`./reading.program${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
