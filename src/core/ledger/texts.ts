import { unaccented } from '../folding.ts'

/** Texts as ledgers and their files take them. Pure. */

/** Made with the first text that is too long, as it reads its tables for a hundredth of a second. */
let clusters: Intl.Segmenter | undefined

/** At most so many UTF-16 units, cut between characters as people see them. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  clusters ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  let end = 0
  for (const { index, segment } of clusters.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

/** In one line: what breaks lines or columns is a blank. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

/** Eight signs that differ where texts differ: FNV-1a, 32 bits twice. */
export function mark(text: string): string {
  const hash = (seed: number) => {
    let value = seed
    for (const sign of text) value = Math.imul(value ^ sign.codePointAt(0)!, 0x01000193) >>> 0
    return value
  }
  return (hash(0x811c9dc5).toString(36) + hash(0x1b873593).toString(36)).toUpperCase().slice(0, 8)
}

/** A number that fits, and is still no other's: what is too long ends in a mark of the whole. */
export const shortened = (number: string, most: number): string =>
  number.length <= most ? number : `${cut(number, most - 9)}-${mark(number)}`

/** Signs of Windows-1252 beyond Latin-1. */
const WINDOWS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
const WINDOWS_BYTES = [
  0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
  0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f,
]

const byteOf = (sign: string): number | null => {
  const code = sign.codePointAt(0)!
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code
  const at = WINDOWS.indexOf(sign)
  return at >= 0 && sign.length === 1 ? WINDOWS_BYTES[at]! : null
}

/** A text in Windows-1252: signs it lacks are written by their nearest letters, else by a question mark. */
export function windows1252(text: string): Uint8Array {
  const bytes: number[] = []
  for (const sign of text.normalize('NFC')) {
    const own = byteOf(sign)
    if (own !== null) bytes.push(own)
    else for (const near of nearest(sign)) bytes.push(byteOf(near) ?? 0x3f)
  }
  return Uint8Array.from(bytes)
}

const nearest = (sign: string): string => {
  const near = unaccented(sign)
  return near !== sign && [...near].every((one) => byteOf(one) !== null) ? near : '?'
}

/** The same as text: what a reader of the bytes sees. */
export const inWindows1252 = (text: string): string =>
  [...text.normalize('NFC')].map((sign) => (byteOf(sign) === null ? nearest(sign) : sign)).join('')
