import { isDate } from '../calendar.ts'

/** Reads the terms of payment on a bill, in six languages. Nothing is guessed from amounts, account numbers or percentages. Pure. */
export interface ReadTerms {
  /** The day by which all is to be paid, where the words name one. */
  readonly due_date: string | null
  /** Days from the date of the bill within which all is to be paid. */
  readonly days: number | null
  /** Discounts for paying within so many days, in hundredths of a percent; the earliest first. */
  readonly early: readonly { readonly days: number; readonly discount: number }[]
}

const NOTHING: ReadTerms = { due_date: null, days: null, early: [] }

const DAYS = '(?:tagen?|tg\\.?|days?|jours?|d[ií]as?|giorni|gg\\.?|dagen|dag)'
const PERCENT = '(\\d{1,2}(?:[.,]\\d{1,2})?)\\s?%'
/** Dates of the languages read here are written day first, or year first. */
const DATE = '(\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./-]\\d{1,2}[./-](?:\\d{4}|\\d{2}))(?!\\d)'
const BY =
  '(?:bis(?: zum)?|sp[äa]testens(?: am| bis zum)?|f[äa]llig(?:keit)?(?: am)?|zahlbar(?: bis)?(?: zum)?|by|before|until|due(?: date)?(?: on| by)?|au plus tard le|avant le|jusqu.au|[ée]ch[ée]ance(?: le)?|antes del?|hasta el|vence(?: el)?|vencimiento|entro il|scadenza(?: il)?|uiterlijk(?: op)?|v[oó][oó]r|vervaldatum)'

const DISCOUNT = '(?:skonto|discount|escompte|sconto|korting|descuento|nachlass|rabatt)'
/** Days are counted from the end of a month: from the date of the bill they would come to a day too early. */
const MONTH_END =
  /\be\.?o\.?m\b|month.?end|end of (?:the )?(?:following |next )?month|monatsende|ende (?:des )?(?:folge)?monats|fin (?:de |du )mois|fine mese|\bf\.m\.|fin de mes\b|einde (?:van de )?maand/

/** German bills carry discounts in this form (XRechnung, BT-20): `#SKONTO#TAGE=14#PROZENT=2.00#`. */
const CODED = /#SKONTO#TAGE=(\d{1,3})#PROZENT=(\d{1,2}\.\d{2})(?:#BASISBETRAG=[-\d.]+)?#/g

const basisPoints = (percent: string) => Math.round(Number(percent.replace(',', '.')) * 100)

/** The day as YYYY-MM-DD; null for what is none. */
function dayIn(text: string): string | null {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (y) return isDate(text) ? `${y}-${m}-${d}` : null
  const [day = '', month = '', year = ''] = text.split(/[./-]/)
  const iso = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDate(iso) ? iso : null
}

/** Reads the words. Discounts that are none, and terms whose days don't grow, are left out. */
export function readTerms(text: string | null): ReadTerms {
  if (!text) return NOTHING
  const early: { days: number; discount: number }[] = []
  for (const [, days, percent] of text.matchAll(CODED)) early.push({ days: Number(days), discount: basisPoints(percent!) })
  let rest = text.replace(CODED, ' ').toLowerCase()

  /** Takes out what was understood, so that it is not understood twice. */
  const take = (pattern: RegExp, use: (...groups: string[]) => void) => {
    rest = rest.replace(pattern, (_all, ...groups) => {
      use(...(groups as string[]))
      return ' '
    })
  }
  // 2/10 net 30, 2% / 10, net 30, 2% 10 net 30
  let days: number | null = null
  take(
    /(\d{1,2}(?:[.,]\d{1,2})?)\s?(?:%?\s?\/|%)\s?(\d{1,3})\s?,?\s*(?:net|netto|n)\.?\s?\/?\s?(\d{1,3})\b/g,
    (percent, within, net) => {
      early.push({ days: Number(within), discount: basisPoints(percent!) })
      days = Number(net)
    },
  )
  // 14 days … 2 % and 2 % … within 14 days, in one clause
  take(new RegExp(`(\\d{1,3})\\s?${DAYS}[^\\d%.;\\n]{0,40}?${PERCENT}`, 'g'), (within, percent) =>
    early.push({ days: Number(within), discount: basisPoints(percent!) }),
  )
  take(new RegExp(`${PERCENT}[^\\d%.;\\n]{0,60}?(\\d{1,3})\\s?${DAYS}`, 'g'), (percent, within) =>
    early.push({ days: Number(within), discount: basisPoints(percent!) }),
  )
  // A day until which less may be paid is not the last one.
  take(new RegExp(`${DATE}[^\\d%;\\n]{0,40}?${PERCENT}\\s?${DISCOUNT}`, 'g'), () => {})
  take(new RegExp(`${PERCENT}\\s?${DISCOUNT}[^\\d%.;\\n]{0,60}?${DATE}`, 'g'), () => {})
  let due_date: string | null = null
  take(new RegExp(`${BY}[\\s:]*${DATE}`, 'g'), (found) => {
    due_date ??= dayIn(found!)
  })
  if (days === null) {
    const counts = [...rest.matchAll(new RegExp(`(?<![\\d.,])(\\d{1,3})\\s?${DAYS}(?![a-zäöüéèñ])`, 'g'))].map(([, count]) =>
      Number(count),
    )
    const net = /\bnet(?:to)?\s?(\d{1,3})\b(?![.,]\d|\s?[€$£%])/.exec(rest)?.[1]
    const all = [...counts, ...(net ? [Number(net)] : [])]
    // Two counts that differ contradict each other: neither is taken.
    days = new Set(all).size === 1 ? all[0]! : null
  }
  if (MONTH_END.test(rest)) days = null
  const sensible = early.filter((one) => one.discount > 0 && one.discount <= 5_000 && (days === null || one.days < days))
  const tiers = [...new Map(sensible.map((one) => [one.days, one])).values()].sort((a, b) => a.days - b.days)
  return { due_date, days, early: tiers.slice(0, 2) }
}
