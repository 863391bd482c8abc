import { currencyData } from '../currencies.data.ts'
import { minorUnitsOf } from '../currencies.ts'

/** Amounts, days, and identifiers as they are printed in different countries. Pure. */

// Amounts

/** How the document writes decimals; decided once for all of it. */
export type Decimal = ',' | '.'

/** Lakhs and crores are parted by two digits (`1,23,456.00`). */
const AMOUNT =
  /[-−–(]?\s?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,4})?(?!\d)|[-−–(]?\s?\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,4})?|[-−–(]?\s?\d+(?:[.,]\d{1,4})?/g
const WHOLE_AMOUNT = new RegExp(`^(?:${AMOUNT.source})\\s?[)-]?$`)

/**
 * The sign that more of the numbers use before two last digits. Where none does, points before three digits part thousands, unless the
 * currency has three decimals; else the point.
 */
export function decimalOf(texts: readonly string[]): Decimal {
  const count = (pattern: RegExp) => texts.reduce((all, text) => all + (text.match(pattern)?.length ?? 0), 0)
  const [comma, point] = [count(/\d,\d{2}(?![\d.,])/g), count(/\d\.\d{2}(?![\d.,])/g)]
  if (comma > 0 || point > 0) return comma > point ? ',' : '.'
  const isParted = count(/\d\.\d{3}(?![\d.,])/g) > count(/\d,\d{3}(?![\d.,])/g)
  return isParted && !texts.some(hasThreeDecimals) ? ',' : '.'
}
const hasThreeDecimals = (text: string): boolean => currenciesIn(text).some((code) => minorUnitsOf(code) === 3)

/** `100,-` and `100.–` for an amount without cents: as a number. */
export const withoutDash = (text: string): string =>
  text.replace(/(?<=\d)([.,])[-–—]{1,2}(?![\d\p{L}])/gu, (_, mark: string) => `${mark}00`)

/** The number a text stands for, without currency; null when it is not a number. A sign before or behind, or brackets, make it negative. */
export function numberIn(text: string, decimal: Decimal): number | null {
  const bare = text.replace(/\s+/g, ' ').trim()
  if (!WHOLE_AMOUNT.test(bare)) return null
  const negative = /^[-−–(]|[-−–]$/.test(bare)
  const digits = bare.replace(/[-−–() '’\u00a0\u202f]/g, '')
  const other = decimal === ',' ? '.' : ','
  const [last] = digits.match(/[.,](\d+)$/) ?? []
  let plain: string
  if (last === undefined) plain = digits
  else if (last.startsWith(decimal)) plain = `${digits.slice(0, -last.length).replace(/[.,]/g, '')}.${last.slice(1)}`
  else if (last.length === 4 && digits.indexOf(other) === digits.lastIndexOf(other)) plain = digits.replace(/[.,]/g, '')
  else if (digits.split(other).length === 2 && !digits.includes(decimal)) plain = digits.replace(other, '.')
  else plain = digits.replace(/[.,]/g, '')
  const value = Number(plain)
  return Number.isFinite(value) ? (negative ? -value : value) : null
}

const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/€/, 'EUR'],
  [/£/, 'GBP'],
  [/\bUS\$|\$(?!\p{L})/u, 'USD'],
  [/¥/, 'JPY'],
  [/(?<!\p{L})z[łl](?!\p{L})/iu, 'PLN'],
  [/\bFr\.(?=\s?\d)|\bSFr\b/, 'CHF'],
  [/(?<!\p{L})K[čc](?!\p{L})/u, 'CZK'],
  [/\bFt\b/, 'HUF'],
  [/₹/, 'INR'],
  [/₺/, 'TRY'],
  [/₴/, 'UAH'],
]
const CODES = new Set(Object.keys(currencyData))
/** Several countries have crowns of their own. */
const CROWNS: Readonly<Record<string, string>> = { SE: 'SEK', DK: 'DKK', NO: 'NOK', IS: 'ISK' }

/** Currencies in words. A name that several countries use stands for the most usual of them. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:canadian dollars?|dollars? canadiens?|kanadische dollar)\b/i, 'CAD'],
  [/\b(?:australian dollars?|australische dollar)\b/i, 'AUD'],
  [/\b(?:new zealand dollars?)\b/i, 'NZD'],
  [
    /\b(?:u\.?s\.?[- ]dollars?|american dollars?|dollars? (?:us|am[ée]ricains?)|amerikaanse dollars?)(?![\p{L}])|d[óo]lares (?:estadounidenses|americanos)|dollari (?:usa|americani|statunitensi)|d[óo]lar(?:es)? dos eua/iu,
    'USD',
  ],
  [
    /\b(?:pounds? sterling|sterling|british pounds?|britische[nrs]? pfund|pfund sterling|livres? sterling|libras? esterlinas?|sterline?|britse ponden?|pond sterling)\b/i,
    'GBP',
  ],
  [/\b(?:swiss francs?|schweizer franken|francs? suisses?|franchi svizzeri|francos? sui[zç]os?|zwitserse franken?)\b/i, 'CHF'],
  [/\b(?:swedish (?:krona|kronor)|svenska kronor|schwedische kronen)\b/i, 'SEK'],
  [/\b(?:danish (?:krone|kroner)|danske kroner|d[äa]nische kronen)\b/i, 'DKK'],
  [/\b(?:norwegian (?:krone|kroner)|norske kroner|norwegische kronen)\b/i, 'NOK'],
  [/\b(?:z[łl]otych|z[łl]oty|zlotys)(?!\p{L})/iu, 'PLN'],
  [/\b(?:czech (?:koruna|crowns?)|korun [čc]esk[ýy]ch|tschechische kronen)/i, 'CZK'],
  [/\b(?:japanese yen|yen)\b/i, 'JPY'],
]
/** As a word of its own; inside a name it may stand anywhere. */
const EURO =
  /(?:^(?=euros?$)|\d\s?|\b(?:in|en|em|to|are|alle|währung|currency|devise|moneda|valuta|moeda|zu zahlen|total|betrag|beträge|luiden)\b[\s:]*(?:in\s|en\s)?)(?:euros?|euro's)(?=$|[\s.,;)])/iu

/** The currencies a text names, by code, sign or word. */
export function currenciesIn(text: string, country: string | null = null): string[] {
  const found = (text.match(/\b[A-Z]{3}\b/g) ?? []).filter((code) => CODES.has(code) && code !== 'ALL' && code !== 'TOP')
  for (const [sign, code] of SYMBOLS) if (sign.test(text)) found.push(code)
  for (const [name, code] of NAMES) if (name.test(text)) found.push(code)
  if (EURO.test(text)) found.push('EUR')
  if (/\d\s?kr\b|\bkr\.?\s?\d/i.test(text) && country && CROWNS[country]) found.push(CROWNS[country])
  return found
}

const SIGNS =
  /US\$|[€£$¥₹₺₴]|\bEUROS?\b|\b[A-Z]{3}\b|(?<!\p{L})z[łl](?!\p{L})|\bkr\b\.?|\bS?Fr\.|(?<!\p{L})K[čc](?!\p{L})|\bFt\b/giu

/** An amount of money: a number with or without its currency beside it, that looks like money (decimals, or a currency). */
export function moneyIn(text: string, decimal: Decimal): number | null {
  const bare = text
    .replace(/^([-−–])\s*((?:US\$|[€£$¥₹]|[A-Z]{3})\s*)/, '$2$1')
    .replace(SIGNS, ' ')
    .trim()
  const value = numberIn(bare, decimal)
  if (value === null) return null
  const isMoney = /[.,]\d{2}\s*[)−–-]?$/.test(bare) || bare !== text.trim()
  return isMoney ? value : null
}

/** A share in percent: `19 %`, `7,7%`. */
export function percentIn(text: string, decimal: Decimal): number | null {
  const [, digits] = text.match(/(\d{1,2}(?:[.,]\d{1,3})?)\s?%/) ?? []
  return digits === undefined
    ? null
    : numberIn(digits, digits.includes(',') ? ',' : decimal === ',' && digits.includes('.') ? '.' : decimal)
}

// Days

const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pt',
  'pl',
  'sv',
  'da',
  'nb',
  'fi',
  'cs',
  'sk',
  'hu',
  'ro',
  'hr',
  'sl',
  'et',
  'lv',
  'lt',
  'el',
  'bg',
  'uk',
  'tr',
  'ca',
  'is',
  'id',
  'af',
]
const bareWord = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}|\./gu, '')

let monthNames: Map<string, number> | null = null
/** Every name of a month, long and short, in the languages we know, without accents. */
function months(): Map<string, number> {
  if (monthNames) return monthNames
  monthNames = new Map()
  for (const language of LANGUAGES)
    for (const month of ['long', 'short'] as const)
      for (const day of [{}, { day: 'numeric' as const }]) {
        const format = new Intl.DateTimeFormat(language, { month, ...day, timeZone: 'UTC' })
        for (let i = 0; i < 12; i++) {
          const parts = format.formatToParts(Date.UTC(2024, i, 15))
          const name = bareWord(parts.find(({ type }) => type === 'month')!.value)
          if (/\p{L}{3}/u.test(name)) monthNames.set(name, monthNames.get(name) ?? i + 1)
        }
      }
  for (const [name, month] of [
    ['sept', 9],
    ['mrz', 3],
    ['okt', 10],
    ['dez', 12],
    ['mei', 5],
    ['maj', 5],
    ['dic', 12],
  ] as const)
    monthNames.set(name, month)
  return monthNames
}

/** Which of two numbers in `1/2/2026` is the day. */
export type DayOrder = 'dmy' | 'mdy'

const SEPARATED = /(?<![\d.,/-])(\d{1,4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?![\d/-])/
const NAMED_FIRST =
  /(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?\s?[-/]?\s?(?:de\s|d['’])?(\p{L}{3,12})\.?,?\s?[-/]?\s?(?:de\s|del\s)?(\d{4}|\d{2}(?!\d))/iu
const NAME_FIRST = /(\p{L}{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})/iu

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

function day(year: number, month: number, date: number): string | null {
  const full = year < 100 ? 2000 + year : year
  if (full < 1990 || full > 2100 || month < 1 || month > 12 || date < 1) return null
  if (date > new Date(Date.UTC(full, month, 0)).getUTCDate()) return null
  return `${pad(full, 4)}-${pad(month)}-${pad(date)}`
}

/** The first day a text names, as YYYY-MM-DD; null when it names none. */
export function dayIn(text: string, order: DayOrder): string | null {
  const [, a, b, c] = text.match(SEPARATED) ?? []
  if (a && b && c) {
    if (a.length === 4) return day(Number(a), Number(b), Number(c))
    if (a.length <= 2) {
      const [x, y] = [Number(a), Number(b)]
      const swap = y > 12 || (order === 'mdy' && x <= 12)
      const found = swap ? day(Number(c), x, y) : day(Number(c), y, x)
      if (found) return found
    }
  }
  const [, date, name, year] = text.match(NAMED_FIRST) ?? []
  const month = name && months().get(bareWord(name))
  if (month) return day(Number(year), month, Number(date))
  const [, first, second, third] = text.match(NAME_FIRST) ?? []
  const named = first && months().get(bareWord(first))
  return named ? day(Number(third), named, Number(second)) : null
}

/** Whether days come first: what unambiguous days of the document say, else what is usual where dollars are paid. */
export function dayOrderOf(texts: readonly string[], american: boolean): DayOrder {
  let [dmy, mdy] = [0, 0]
  for (const text of texts)
    for (const [, a, b] of text.matchAll(/(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}/g)) {
      if (Number(a) > 12) dmy++
      if (Number(b) > 12) mdy++
    }
  return mdy > dmy || (mdy === dmy && american) ? 'mdy' : 'dmy'
}

// Accounts and numbers of companies

/** An account as it is compared and written into files: without blanks, in capitals. */
export const bareIban = (iban: string): string => iban.replace(/\s/g, '').toUpperCase()

/** Whether the check digits of a number are right (ISO 7064, MOD 97-10; letters count as 10 to 35). */
export function fits97(number: string): boolean {
  let rest = 0
  for (const letter of number) rest = Number(`${rest}${Number.parseInt(letter, 36)}`) % 97
  return rest === 1
}

/** Whether the check digits fit (ISO 13616: the rest of the number by 97 is 1). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text) || !Object.hasOwn(IBAN_LENGTHS, text.slice(0, 2))) return false
  if (text.length !== IBAN_LENGTHS[text.slice(0, 2)]) return false
  const [land, own] = [text.slice(0, 2), text.slice(4)]
  if (BANK_IN_LETTERS.test(land) && !/^[A-Z]{4}/.test(own)) return false
  if (ONLY_DIGITS.test(land) && /\D/.test(own)) return false
  if (/^(?:IT|SM)$/.test(land) && !/^[A-Z]\d{10}/.test(own)) return false
  return fits97(text.slice(4) + text.slice(0, 4))
}
/** Countries whose accounts name the bank by four letters (ISO 13616 registry). */
const BANK_IN_LETTERS = /^(?:GB|IE|NL|BG|LV|RO|GI)$/
/** Countries whose accounts are digits alone (ISO 13616 registry). */
const ONLY_DIGITS = /^(?:AT|BA|BE|CZ|DE|DK|EE|ES|FI|FO|GL|HR|HU|IS|LT|ME|NO|PL|PT|RS|SE|SI|SK)$/
/** Lengths by country (ISO 13616 registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VG24 XK20 BI27 BY28 DJ27 FK18 HN28 IQ23 LC32 LY25 MN20 NI28 OM23 RU33 SD18 SO23 ST25 SV28 TL23 VA22 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Letters that a reader of pictures takes digits for, turned back where only digits can stand. */
const asDigits = (text: string) => text.replace(/[OQ]/g, '0').replace(/[Il|]/g, '1').replace(/S/g, '5').replace(/B/g, '8')

/** The first `length` letters and digits from a place on, if they end where a word does; null if not. */
function taken(text: string, from: number, length: number): string | null {
  let found = ''
  let at = from
  for (; at < text.length && found.length < length; at++) {
    if (/[A-Za-z0-9+*|]/.test(text[at]!)) found += text[at]
    else if (!/[\s.-]/.test(text[at]!)) return null
  }
  return found.length === length && !/[\p{L}\p{N}]/u.test(text[at] ?? '') ? found : null
}

/** All account numbers with right check digits in a text, without spaces, in their order. */
export function ibansIn(text: string): string[] {
  const found: string[] = []
  for (const { index } of text.matchAll(/(?<![A-Za-z0-9])[A-Z]{2}\s?[0-9OIlSB|]/g)) {
    const length = IBAN_LENGTHS[text.slice(index, index + 2)]
    const chars = length ? taken(text, index, length) : null
    if (!chars) continue
    const digital = chars.slice(0, 2) + asDigits(chars.slice(2, 4)) + chars.slice(4)
    const right = [digital, digital.slice(0, 4) + asDigits(digital.slice(4))].find((one) => isIban(one.toUpperCase()))
    if (right && !found.includes(right.toUpperCase())) found.push(right.toUpperCase())
  }
  return found
}

/** How the VAT numbers of the countries look, with their prefix (VIES, HMRC, Swiss UID). */
const VAT_FORMS: readonly RegExp[] = [
  /ATU\d{8}/,
  /BE[01]\d{9}/,
  /BG\d{9,10}/,
  /CY\d{8}[A-Z]/,
  /CZ\d{8,10}/,
  /DE\d{9}/,
  /DK\d{8}/,
  /EE\d{9}/,
  /EL\d{9}/,
  /ES[A-Z0-9]\d{7}[A-Z0-9]/,
  /FI\d{8}/,
  /FR[A-HJ-NP-Z0-9]{2}\d{9}/,
  /GB(?:\d{12}|\d{9})/,
  /HR\d{11}/,
  /HU\d{8}/,
  /IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}/,
  /IT\d{11}/,
  /LT(?:\d{12}|\d{9})/,
  /LU\d{8}/,
  /LV\d{11}/,
  /MT\d{8}/,
  /NL\d{9}B\d{2}/,
  /NO\d{9}(?:MVA)?/,
  /PL\d{10}/,
  /PT\d{9}/,
  /RO\d{6,10}/,
  /SE\d{12}/,
  /SI\d{8}/,
  /SK\d{10}/,
  /CHE\d{9}/,
  /XI\d{9}/,
]
const VAT_ANY = new RegExp(`^(?:${VAT_FORMS.map(({ source }) => source).join('|')})$`)
const VAT_START =
  /(?<![A-Za-z0-9]|\d\s)(?:ATU|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|CHE|XI)/g

/** Every VAT number in a text, without spaces and points. */
export function vatIdsIn(text: string): string[] {
  const found: string[] = []
  for (const { index } of text.matchAll(VAT_START))
    for (let length = 15; length >= 8; length--) {
      const one = taken(text, index, length)
      if (!one || !VAT_ANY.test(one)) continue
      if (!found.includes(one)) found.push(one)
      break
    }
  return found
}
