/** The text of an XML document in whatever encoding it says it is in (XML 1.0, appendix F). */
export function xmlText(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

/** Names that are common in bills, as `TextDecoder` knows them all (WHATWG Encoding); UTF-8 where nothing is said, or nothing known. */
function encodingOf(bytes: Buffer): string {
  const [a, b] = bytes
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  // Without a mark, `<` tells by the place of its zero.
  if (a === 0 && b === 0x3c) return 'utf-16be'
  if (a === 0x3c && b === 0) return 'utf-16le'
  const declared = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    bytes.toString('latin1', 0, 300).replace(/^\u00ef\u00bb\u00bf/, ''),
  )?.[1]
  try {
    return declared ? new TextDecoder(declared).encoding : 'utf-8'
  } catch {
    return 'utf-8'
  }
}

/** Whether bytes begin like an XML document: a declaration, a comment, or an element with a namespace. */
export function looksLikeXml(bytes: Buffer): boolean {
  const start = xmlText(bytes.subarray(0, 4096))
    .replace(/^\ufeff/, '')
    .trimStart()
  if (start.startsWith('<?xml')) return true
  const bare = start.replace(/^(?:<!--[\s\S]*?-->\s*)+/, '')
  return /^<(?:[\w.-]+:)?[A-Za-z_][\w.-]*(?:\s[^>]*)?\sxmlns(?::[\w.-]+)?\s*=/.test(bare)
}
