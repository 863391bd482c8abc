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

const BOUNDS = { timeout_ms: 60_000, memory_mb: 512 }
/** Pages a bill may have; longer files are kept, but not read (limit of the reference). */
export const BILL_PAGES = 10

/**
 * Our reader: electronic invoices exactly, the text of PDFs by its layout, pictures by their letters; in a process of its own, offline.
 * A file that can't be read, or that needs more than 60 s or 512 MB, is answered with the reason, never thrown.
 */
export const readFile: Reader = async (bytes, mimetype, own, { pages } = { pages: BILL_PAGES }) => {
  try {
    const files = await runBounded(program(), bytes, BOUNDS, [mimetype, String(pages), JSON.stringify(own)])
    const found = files.get('found.json')
    return found ? (JSON.parse(found.toString()) as Reading | Unread) : { refused: 'The file could not be read' }
  } catch (error) {
    if (error instanceof Exceeded) return { refused: `The file could not be read: it ${error.message}` }
    throw error
  }
}

const program = () => new URL(`./reading.program${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
