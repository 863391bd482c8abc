/** How a bill was read: exactly from data, from the text of a PDF, or from a picture. */
export type Way = 'einvoice' | 'text' | 'ocr'

/** Messages of ours about a file, as opposed to those of a library. */
export const NOT_READABLE = /^(?:The |A picture|XML with|Files of)/
