import { folded } from '../folding.ts'

/** Names of people and firms: as they are shown, and as they are compared. */

/** What stands for a name that somebody doesn't have, e.g. "-". */
const NO_NAME = /^[\s.\-–—_/]*$/u

/** Who it is, for somebody to read. Whoever has one name had to fill in two: "Suharto -" and "Suharto Suharto" are Suharto. */
export function fullName(first: string | null | undefined, last: string | null | undefined): string {
  const names = [first ?? '', last ?? ''].map((name) => name.trim()).filter((name) => !NO_NAME.test(name))
  return (names[0] === names[1] ? names.slice(0, 1) : names).join(' ')
}

/** A name without accents and signs; ä and ae are both a, so that a bank that knows no umlauts writes the same. */
const letters = (name: string) =>
  folded(name.normalize('NFC'))
    .replace(/ae/g, 'a')
    .replace(/oe/g, 'o')
    .replace(/ue/g, 'u')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Whether two spellings can be one name: Müller, Mueller and MULLER; the order of its words doesn't matter. */
export function isSameName(one: string, other: string): boolean {
  const words = (name: string) => letters(name).split(' ').sort().join(' ')
  return words(one) !== '' && words(one) === words(other)
}
