import type { Found } from './hits.ts'
import { plain } from './labels.ts'
import type { Row } from './page.ts'
import { amountsIn, near } from './sums.ts'
import { readTerms } from './terms.ts'
import type { Decimal } from './values.ts'

/** When a bill is to be paid, where no label says so: terms and days in sentences. */

const EARLY = /\b\d{1,2}(?:[.,]\d)?\s?%?\s?\/\s?\d{1,2},?\s?net\s?\d{1,3}\b/i
const DAYS =
  /\bnet\s?\d{1,3}(?:\s?days)?\b|\b\d{1,3}\s?(?:days|tage[n]?|jours|dias|días|giorni|gg|dagen|dagar|dage|dni|päivää)(?: net(?:to)?)?\b/i
const ABOUT_TERMS =
  /\b(?:terms|zahlungsziel|zahlbar|conditions|condizioni|condiciones|condicoes|vilkar|villkor|warunki|termijn|termin|delai|netto?)\b/
const FOR_LESS = /skonto|discount|escompte|sconto|rabat|korting|pronto|descuento|desconto|kassarabatt/

/** The terms of payment in words: how many days, where no day is named. */
export function termsIn(rows: readonly Row[], decimal: Decimal, total: number | null): string | null {
  const early = rows.map(({ text }) => text.match(EARLY)?.[0]).find(Boolean)
  if (early) return early
  for (const [i, { text, cells }] of rows.entries()) {
    const bare = plain(text)
    const own = cells.find((cell) => DAYS.test(cell.text))?.text ?? text
    // What is to be paid with a discount stands beside it, and the last day sometimes on the next line.
    for (const said of [own, `${own} ${rows[i + 1]?.text ?? ''}`]) {
      const { days, early } = readTerms(said)
      if (days !== null && early.length > 0) return said.trim()
      if (early.length === 0) break
    }
    // A day until which another amount may be paid is a discount, not the due date.
    if (amountsIn(own, decimal).some((amount) => total === null || !near(amount, total))) continue
    if ((PAYING.test(bare) || ABOUT_TERMS.test(bare)) && !FOR_LESS.test(bare)) {
      const found = text.match(DAYS)?.[0]
      if (found) return found
    }
  }
  return null
}

/** Words of paying and of a limit, without accents: a sentence with both and one day says when to pay. */
const PAYING =
  /\b(?:pay|paid|settl|zahl|uberweis|begleich|ausgleich|regl|paie|payer|pag[aou]|abon[ae]|salda|betal|voldo|overmak|overgemaakt|over te maken|zapla|platn|przela|uhrad|maks)/
const LIMIT =
  /\b(?:by|before|until|no later|within|on|due|bis|spatestens|zum|am|avant|au plus tard|le|antes|hasta|maximo|tardar|entro|non oltre|entro il|voor|uiterlijk|do|dnia|senast|senest|innan|ate)\b/

export function dueInWords(rows: readonly Row[], daily: (text: string) => string | null): Found<string> | null {
  for (const [i, row] of rows.entries())
    for (const text of [row.text, `${rows[i - 1]?.text ?? ''} ${row.text}`]) {
      const bare = plain(text)
      if (text.length > 240 || !PAYING.test(bare) || !LIMIT.test(bare)) continue
      const limit = bare.search(LIMIT)
      const value = daily(text.slice(Math.max(0, limit))) ?? null
      if (value) return { value, sure: 0.85 }
    }
  return null
}

export function firstDay(
  texts: readonly string[],
  daily: (text: string) => string | null,
  due: string | null,
): Found<string> | null {
  const days = texts.map(daily).filter((found): found is string => found !== null && found !== due)
  return days[0] ? { value: days[0], sure: days.length === 1 ? 0.8 : 0.6 } : null
}
