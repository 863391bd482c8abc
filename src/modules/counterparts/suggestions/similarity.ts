import { folded } from '../../../core/folding.ts'

/** How alike two names are. Pure. */

/** What tells nothing about who a company is. */
const FORMS = new Set(
  'gmbh ag kg ug ohg mbh co ltd limited plc llc inc corp corporation company sa sas sarl srl spa bv nv oy ab as aps'.split(' '),
)

/** Characters of a name that are compared. */
const NAME_MAX = 300

/** A name as it is compared: without case, accents and punctuation, and without its legal form unless it is nothing else. */
export function plain(name: string): string {
  const words = folded(name.slice(0, NAME_MAX))
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const telling = words.filter((word) => !FORMS.has(word))
  return (telling.length > 0 ? telling : words).join(' ')
}

/** Every three characters in a row, with the beginning and end of each word marked, as PostgreSQL's pg_trgm takes them. */
export function trigrams(text: string): Set<string> {
  const grams = new Set<string>()
  for (const word of text.split(' ')) {
    if (!word) continue
    const marked = `  ${word} `
    for (let i = 0; i + 3 <= marked.length; i++) grams.add(marked.slice(i, i + 3))
  }
  return grams
}

/** From 0, nothing in common, to 1, the same (Sørensen–Dice over trigrams): twice what is shared, of all there is. */
export function similarity(a: string, b: string): number {
  const [one, two] = [trigrams(plain(a)), trigrams(plain(b))]
  if (one.size === 0 || two.size === 0) return 0
  let shared = 0
  for (const gram of one) if (two.has(gram)) shared++
  return (2 * shared) / (one.size + two.size)
}
