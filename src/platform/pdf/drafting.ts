import type { Formats } from './format.ts'
import type { InvoiceDocument } from './invoice.document.ts'
import type { Labels } from './labels.ts'
import type { PrintedDocument } from './printed.ts'

/** A document while it is being written: its values, the words of its language, the ways of its country. */
export interface Drafting<Document extends PrintedDocument = InvoiceDocument> {
  readonly document: Document
  readonly labels: Labels
  readonly format: Formats
}

/** Fills the places of a sentence: `say('on {amount}', { amount })`. */
export const say = (sentence: string, values: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
