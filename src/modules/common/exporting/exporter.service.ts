import type { Readable } from 'node:stream'
import type { Job } from '../../../platform/jobs/jobs.ts'
import type { Machinery } from '../../../platform/machinery.ts'
import type { TableOptions } from './tables.ts'

export { plainTables } from './tables.ts'

declare module '../../../platform/jobs/jobs.ts' {
  interface Jobs {
    'exports.make': { export_id: string }
  }
}
export type ExportJob = Job<'exports.make'>

export const exportFormats = ['csv', 'pdf', 'csv_xero'] as const
type ExportFormat = (typeof exportFormats)[number]
/** What can be exported. */
export const exportedObjects = ['payable', 'receivable'] as const
export type ExportedObject = (typeof exportedObjects)[number]

/** What documents of a kind are asked for. Both days count: a document is of the day it was issued, or else made. */
export interface ExportOrder {
  readonly format: ExportFormat
  readonly statuses: readonly string[]
  readonly from: string
  readonly to: string
  /** The user whose documents alone are wanted; null for all. */
  readonly made_by: string | null
}

/** A table in the making. A row may have to wait for the disk. */
interface Sheet {
  add(cells: readonly string[]): Promise<void>
}

/** The archive in the making. Nothing of it is held in memory but names. */
export interface Archive {
  /** A table with these columns, in the form that the entity wants, or in a form of its own. `title` has no ending. */
  sheet(title: string, columns: readonly string[], form?: TableOptions): Sheet
  /** A file whose bytes are fetched when it is its turn. */
  file(name: string, open: () => Promise<Readable>): void
}

/** How documents of one kind leave the house. Adding a kind is writing one of these and naming it in `exports/exporters.ts`. */
export interface Exporter {
  readonly object: ExportedObject
  /** The kinds of documents that this object comes in. */
  readonly types: readonly string[]
  readonly formats: readonly ExportFormat[]
  /** The statuses that may be asked for. */
  readonly statuses: readonly string[]
  /** Writes what is asked for, always in the same order, and says after each page how many documents it held. */
  write(asked: ExportOrder, into: Archive, machinery: Machinery, job: ExportJob): AsyncGenerator<number>
}

/**
 * Text of people as a cell. Spreadsheets take what begins with one of these for a formula and run it, so an apostrophe goes before
 * (OWASP, CSV injection). Figures are written without it.
 */
export const cell = (text: string | null | undefined): string =>
  text && /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : (text ?? '')
