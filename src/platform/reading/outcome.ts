/** How a bill was read: exactly from data, from the text of a PDF, or from a picture. */
export type Way = 'einvoice' | 'text' | 'ocr'

/** Why a file is not read, in words for a clerk: ours, as opposed to what libraries say. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
