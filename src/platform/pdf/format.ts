import { decimal, type Minor, scaled } from '../../core/money.ts'

/** How figures, dates and names of countries are written in one language and country. */
export interface Formats {
  /** Money with its currency, `decimals` digits after the point. */
  money(amount: Minor): string
  /** Money without its currency, so that columns align. A unit price may hold fractions of a minor unit. */
  figure(amount: number, decimals?: number): string
  quantity(quantity: number): string
  /** A rate in hundredths of a percent: 1900 is 19 %. */
  percent(rate: number, decimals?: number): string
  /** The day of a date or an instant, in UTC. */
  date(date: string): string
  country(code: string): string
}

const MAX_RATE_DECIMALS = 4

/**
 * Figures and dates in the language of the text they stand in, as the country writes that language: always in Latin digits and by the Gregorian
 * calendar. How many decimals money has is said by `decimals`, since Intl's own idea of it is not ISO 4217. Without a currency there is no money to write.
 */
export function formats(language: string, country: string, currency = 'XXX', decimals = 0): Formats {
  const locale = `${language}-${country}-u-ca-gregory-nu-latn`
  const figures = language === 'en' && !writesPoints(locale) ? 'en-GB-u-nu-latn' : locale
  const number = (options: Intl.NumberFormatOptions) =>
    cached(`${figures} ${JSON.stringify(options)}`, () => numberFormat(figures, options))
  const digits = (least: number, most = least) => ({ minimumFractionDigits: least, maximumFractionDigits: most })
  const money = number({ style: 'currency', currency, ...digits(decimals) })
  const quantity = number({ ...digits(0, 6) })
  // Arabic dates in figures hold marks of direction, which tear them apart between other figures.
  const style = language === 'ar' ? 'long' : 'medium'
  const day = cached(`${locale} date`, () => new Intl.DateTimeFormat(locale, { dateStyle: style, timeZone: 'UTC' }))
  const names = cached(`${locale} country`, () => new Intl.DisplayNames(locale, { type: 'region' }))
  const figure = (amount: number, shown = decimals) => write(number(digits(shown)), exactDecimal(amount, decimals))
  return {
    money: (amount) => withCurrency(money, amount < 0, figure(Math.abs(amount))),
    figure,
    quantity: (value) => write(quantity, value),
    percent: (rate, least = 0) =>
      write(number({ style: 'percent', ...digits(least, Math.max(least, MAX_RATE_DECIMALS)) }), exactDecimal(rate, 4)),
    date: (date) => {
      const time = Date.parse(date.slice(0, 10))
      return Number.isNaN(time) ? date : day.format(time)
    },
    country: (code) => names.of(code) ?? code,
  }
}

/** Decimals a rate needs to be written in full: 1900 none, 550 one. */
export const decimalsOf = (rate: number): number =>
  /\.(\d+)/.exec(String(Number((rate / 100).toFixed(MAX_RATE_DECIMALS))))?.[1]?.length ?? 0

/** Whether English figures have a point there: Intl writes English from Germany, the Netherlands or Sweden with the commas of the country. */
const writesPoints = (locale: string): boolean =>
  numberFormat(locale, {})
    .formatToParts(0.5)
    .some(({ type, value }) => type === 'decimal' && value === '.')

const numberFormat = (locale: string, options: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(locale, { useGrouping: 'always', ...options })

/** With a minus sign as wide as a plus, not a hyphen. */
const write = (format: Intl.NumberFormat, value: number | string): string =>
  format.format(value as Intl.StringNumericLiteral).replace('-', '\u2212')

/**
 * The figure with the currency where the country puts it. The digits are not Intl's own, since it writes some money otherwise than
 * numbers.
 */
function withCurrency(format: Intl.NumberFormat, negative: boolean, figure: string): string {
  const digits = new Set<string>(['integer', 'group', 'decimal', 'fraction'])
  const parts = format.formatToParts(negative ? -1 : 1).filter(({ type }) => !digits.has(type) || type === 'integer')
  return parts.map(({ type, value }) => (type === 'integer' ? figure : type === 'minusSign' ? '\u2212' : value)).join('')
}

/** A number of 10^-decimals as decimal text, so that no binary fraction comes between the amount and the page. */
function exactDecimal(value: number, decimals: number): string {
  if (Number.isSafeInteger(value)) return decimal(value, decimals)
  const digits = String(scaled(Math.abs(value), 6)).padStart(decimals + 7, '0')
  const cut = digits.length - decimals - 6
  return `${value < 0 ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`
}

const cache = new Map<string, object>()

/** Intl's formatters are slow to make and cheap to keep. There are only so many languages and countries. */
function cached<T extends object>(key: string, make: () => T): T {
  const known = cache.get(key) as T | undefined
  if (known) return known
  const made = make()
  cache.set(key, made)
  return made
}
