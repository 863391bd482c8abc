import { xmlAttribute, xmlText } from '../xml.ts'

/** XML as text, written from the inside out. */

/** What XML 1.0 has no place for, not even escaped: control characters, halves of pairs, and two that are no characters. */
const FORBIDDEN = /[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu

/** Text as XML can hold it, without blanks around it; null where nothing is left. */
export function cleaned(text: string | null | undefined): string | null {
  if (!text) return null
  return text.replace(FORBIDDEN, '').replace(/\r\n?/g, '\n').trim() || null
}

/** The same on one line. */
export const oneLine = (text: string | null | undefined): string | null => cleaned(text)?.replace(/\s+/g, ' ') ?? null

/** Marks an attribute that is left out. */
type Attributes = Readonly<Record<string, string | null>>

const opening = (name: string, attributes: Attributes): string =>
  Object.entries(attributes).reduce(
    (tag, [key, value]) => (value === null ? tag : `${tag} ${key}="${xmlAttribute(value)}"`),
    `<${name}`,
  )

/** An element that holds text; nothing at all where there is none: empty elements are forbidden (Peppol R008). */
export function leaf(name: string, text: string | null | undefined, attributes: Attributes = {}): string {
  return text === null || text === undefined || text === '' ? '' : `${opening(name, attributes)}>${xmlText(text)}</${name}>`
}

/** An element that holds others; nothing where they are all left out. */
export function group(name: string, children: readonly string[], attributes: Attributes = {}): string {
  const inner = children.join('')
  return inner === '' ? '' : `${opening(name, attributes)}>${inner}</${name}>`
}
