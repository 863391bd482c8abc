import { LABELS, plain } from './labels.ts'
import type { Cell, Row } from './page.ts'
import type { Own } from './types.ts'
import { ibansIn, vatIdsIn } from './values.ts'

/** Whose a number on a bill is: those of the customer are never the vendor's. Pure. */

/** A number as it is compared: its letters and digits. */
export const bareNumber = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase()

/** Words that make a number the customer's. */
const YOURS =
  /(?<![a-z])(?:your|customer|client[ei]?|buyer|ihre[mnrs]?|kunden?|des kunden|votre|vos|su|suyo|vostr[aoe]|suo|uw|jeres|deres|er|ert|kopers?|afnemers?|nabywcy|kundens|seu|sua|voss[ao]|panstwa|cessionario|destinatari[oa]|acheteur|comprador|empfangers?)(?![a-z])|שלכם|שלך|כם$|كم(?:\s|$)/u
/** Words that make it the vendor's, also where it stands among those of the customer. */
const OURS =
  /(?<![a-z])(?:our|unser(?:e[mnrs]?)?|eigene|notre|nos|nuestr[ao]|noss[ao]|nostr[ao]|onze|vores|seller|supplier|verkaufer|vendeur|vendedor|emisor|fornitore|cedente|leverancier|sprzedawcy)(?![a-z])/u

/** Whether the words of a label, without accents, make its number the customer's. */
export const isYours = (label: string): boolean => YOURS.test(label) && !OURS.test(label)

/** An account that money is taken from. */
const YOUR_ACCOUNT =
  /(?<![a-z])(?:your|ihrem|ihr|votre|su|vostro|uw|seu|vosso|sua|vossa) (?:bank ?)?(?:account|konto|bankkonto|compte|cuenta|conto|rekening|conta)(?![a-z])/u
/** Languages whose words for numbers are not known here: there the owner alone is enough. */
const OTHER_SCRIPT = /[\u0590-\u06ff]/

/** A number of a company: beside a name for such numbers, seven letters and digits or more, most of them digits. */
const NUMBER = /[\p{L}\d](?:[\p{L}\d]|[ ./-](?=[\p{L}\d])){5,24}[\p{L}\d]/gu
const LETTERS_MIN = 7

function numbersIn(text: string): string[] {
  const accounts = ibansIn(text)
  const loose = (text.match(NUMBER) ?? []).map(bareNumber)
  const digital = loose.filter((one) => one.length >= LETTERS_MIN && (one.match(/\d/g)?.length ?? 0) >= LETTERS_MIN - 1)
  return [...digital, ...vatIdsIn(text)].filter(
    (one) => !accounts.some((account) => one.includes(account) || account.includes(one)),
  )
}

/** Whether a text names a number for taxes or of a register: at its beginning, or around the word that says whose it is. */
const isNamed = (text: string, label: 'vat_id' | 'tax_id') => {
  const forms = [text, text.replace(UP_TO_OWNER, ''), text.replace(OWNER, ' ').replace(/\s+/g, ' ').trim()]
  return forms.some((one) => LABELS[label].some((pattern) => pattern.test(one)))
}
const UP_TO_OWNER = new RegExp(`^.*?(?:${YOURS.source})\\s*`, 'u')
const OWNER = new RegExp(YOURS.source, 'u')

/** What a cell is a label of: the numbers in it, beside it up to the next label, or below it where there is nothing beside it. */
function labelled(rows: readonly Row[], index: number, at: number): string[] {
  const { cells } = rows[index]!
  const inside = numbersIn(cells[at]!.text)
  if (inside.length > 0) return inside
  // Where one writes from right to left, values stand to the left.
  const next = OTHER_SCRIPT.test(cells[at]!.text) ? cells[at - 1] : cells[at + 1]
  if (next && numbersIn(next.text).length > 0) return numbersIn(next.text)
  const cell = cells[at]!
  const below = rows[index + 1]?.cells.find((one) => one.page === cell.page && one.x0 < cell.x1 && one.x1 > cell.x0)
  return below ? numbersIn(below.text) : []
}

/** Cells above and below, no further away than lines of one list are. */
function neighbours(rows: readonly Row[], index: number, cell: Cell): { row: number; at: number }[] {
  const size = cell.y1 - cell.y0
  return [index - 1, index + 1].flatMap((row) => {
    const at = rows[row]?.cells.findIndex(
      (one) =>
        one.page === cell.page &&
        (Math.abs(one.x0 - cell.x0) < size || Math.abs(one.x1 - cell.x1) < size) &&
        Math.abs(one.y0 - cell.y0) < 2.5 * size,
    )
    return at === undefined || at < 0 ? [] : [{ row, at }]
  })
}

/**
 * The numbers of whoever the bill is for, as they are compared: those that are known, those in the block with the buyer's name, those that
 * are called the customer's, and a number of another kind in the line next to one of these.
 */
export function numbersOfBuyer(rows: readonly Row[], buyer: readonly Cell[], own: Own): ReadonlySet<string> {
  const found = new Set([...own.vat_ids, ...own.ids, ...own.ibans].map(bareNumber).filter((one) => one.length >= 5))
  for (const { text } of buyer) for (const one of numbersIn(text)) found.add(one)
  for (const [index, { cells }] of rows.entries())
    for (const [at, cell] of cells.entries()) {
      const label = plain(cell.text)
      if (YOUR_ACCOUNT.test(label)) for (const one of ibansIn(cell.text)) found.add(one)
      const kind = isNamed(label, 'vat_id')
        ? 'vat_id'
        : isNamed(label, 'tax_id')
          ? 'tax_id'
          : OTHER_SCRIPT.test(cell.text)
            ? 'vat_id'
            : null
      if (!kind || !isYours(label)) continue
      const numbers = labelled(rows, index, at)
      for (const one of numbers) found.add(one)
      if (numbers.length === 0) continue
      const other = kind === 'tax_id' ? 'vat_id' : 'tax_id'
      for (const near of neighbours(rows, index, cell)) {
        const text = plain(rows[near.row]!.cells[near.at]!.text)
        if (!OURS.test(text) && isNamed(text, other) && !isNamed(text, kind))
          for (const one of labelled(rows, near.row, near.at)) found.add(one)
      }
    }
  return found
}

/** Letters and digits of a number that name a company by themselves. */
const CORE = 7

/** Whether a number is one of these, or the same company's in another form: a SIREN is part of a SIRET and of a VAT number. */
export function isAmong(number: string, known: ReadonlySet<string>): boolean {
  const one = bareNumber(number)
  if (known.has(one)) return true
  if (one.length < CORE) return false
  return [...known].some(
    (other) => other.length >= CORE && (other.includes(one) || one.includes(other) || coreOf(other) === coreOf(one)),
  )
}

/** A number without its country. */
const coreOf = (number: string) => number.replace(/^[A-Z]{2}/, '')
