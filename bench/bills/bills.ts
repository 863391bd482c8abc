import { bic, iban, luhn, printedVat, routing, vatNumber } from './ids.ts'
import { type Phrases, phrases } from './phrases.ts'
import { Random } from './random.ts'
import { type Country, countries, type LabelName, languages, subscriptions } from './words.ts'

export type Column =
  | 'pos'
  | 'article'
  | 'description'
  | 'quantity'
  | 'quantity_unit'
  | 'unit'
  | 'price'
  | 'reduction'
  | 'rate'
  | 'amount'
  | 'gross'

/** What sort of bill to make. */
export interface Order {
  readonly layout: string
  readonly country: string
  readonly language?: string
  /** The country of the buyer where it is another than the vendor's. */
  readonly buyer?: string
  readonly currency?: string
  readonly trade: 'goods' | 'services' | 'software' | 'energy' | 'building' | 'telecom' | 'groceries'
  readonly lines: readonly [number, number]
  readonly columns: readonly Column[]
  /** `one` rate on all lines unless told. `none`: a small business that charges no tax. */
  readonly tax?: 'one' | 'several' | 'reverse' | 'none'
  /** Off the whole bill, in per cent. */
  readonly discount?: number
  readonly credit?: boolean
  /** How the day of payment is told: as a field, in a sentence, as a number of days, or at once. */
  readonly due?: 'field' | 'sentence' | 'both' | 'term' | 'now'
  readonly person?: boolean
  /** What is left away. */
  readonly without?: readonly ('bank' | 'vat_id' | 'bic' | 'address')[]
  readonly cash?: boolean
  /** Prices are with tax, as in shops. */
  readonly inclusive?: boolean
}

export interface Line {
  readonly article: string
  readonly description: string
  readonly detail: string | null
  readonly quantity: number
  readonly unit: string
  readonly price: number
  /** Per cent off this line. */
  readonly reduction: number
  readonly rate: number
  /** Cents, without tax; with it where the prices are. */
  readonly net: number
}

/** All there is to say of a bill, whether a layout prints it or not. Amounts in cents. */
export interface Facts {
  readonly credit: boolean
  readonly number: string
  readonly issued: string
  readonly due: string
  readonly days: number
  readonly currency: string
  readonly order: string | null
  readonly vendor: Party & {
    readonly tax_id: string | null
    readonly registration: string | null
    readonly iban: string | null
    readonly bic: string | null
    readonly bank: string
    readonly account: string | null
    readonly sort: string | null
    readonly routing: string | null
    readonly phone: string
    readonly mail: string
    readonly web: string
  }
  readonly buyer: Party
  readonly lines: readonly Line[]
  readonly goods: number
  readonly discount: number
  readonly net: number
  readonly taxes: readonly { readonly rate: number; readonly base: number; readonly tax: number }[]
  readonly total: number
  readonly reverse: boolean
}

export interface Party {
  readonly name: string
  readonly street: string
  readonly postal: string
  readonly city: string
  readonly country: string
  /** With the country. */
  readonly vat: string | null
}

/** What a reader should find. Amounts in major units; null where the bill does not print it. */
export interface Truth {
  readonly file: string
  readonly kind: 'text' | 'scan' | 'einvoice'
  readonly layout: string
  readonly language: string
  readonly document_type: 'invoice' | 'credit_note'
  readonly buyer: { readonly name: string; readonly vat_id: string | null }
  readonly document_id: string
  readonly issued_at: string
  /** Also set where the bill tells only a number of days, see `due_told`. Null for "at once". */
  readonly due_date: string | null
  readonly due_told: 'date' | 'term' | 'now'
  readonly currency: string
  readonly total: number
  readonly subtotal: number | null
  readonly tax_amount: number | null
  readonly vendor_name: string
  readonly vendor_vat_id: string | null
  readonly vendor_tax_id: string | null
  /** Numbers of registers, which a reader may take for the tax number. */
  readonly registration_id: string | null
  readonly iban: string | null
  readonly bic: string | null
  readonly account_number: string | null
  readonly sort_code: string | null
  readonly routing_number: string | null
  readonly purchase_order_number: string | null
  readonly vendor_address: {
    readonly line1: string
    readonly city: string
    readonly postal_code: string
    readonly country: string | null
  } | null
  /** Where the vendor is at home, printed or not. */
  readonly vendor_country: string
  readonly lines: readonly {
    readonly description: string
    /** What stands below the description. */
    readonly detail?: string | null
    readonly quantity: number | null
    readonly unit_price: number | null
    readonly total: number
    readonly vat_rate: number | null
  }[]
  /** The values as they stand on the page, by field. */
  readonly printed: Readonly<Record<string, string>>
}

const homes: Readonly<Record<string, string>> = { IE: 'GB', AT: 'DE', BE: 'NL' }
const tongues: Readonly<Record<string, string>> = {
  GB: 'en',
  IE: 'en',
  US: 'en',
  AT: 'de',
  CH: 'de',
  BE: 'nl',
  SE: 'sv',
  DK: 'da',
}
export const languageOf = ({ language, country }: Order) => language ?? tongues[country] ?? country.toLowerCase()

function buyerIn(country: string): Party {
  const at = homes[country] ?? country
  const [name, street, city] = countries[at]!.buyer
  const [postal = '', town = ''] = city.split('/')
  const number = vatNumber(at, new Random(name))
  return { name, street, postal, city: town, country: at, vat: number && withCountry(at, number) }
}

const withCountry = (country: string, number: string) => (country === 'CH' ? `CHE${number}` : country + number)

const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

function documentNumber(country: string, issued: string, credit: boolean, random: Random): string {
  const [year = '', month = ''] = issued.split('-')
  const count = random.int(3, 9800)
  const padded = String(count).padStart(5, '0')
  if (country === 'PL') return random.pick([`FV/${count}/${month}/${year}`, `${count}/${year}`, `F/${padded}/${year.slice(2)}`])
  if (country === 'PT') return random.pick([`FT ${year}/${count}`, `FT A/${count}`])
  const lead = credit ? random.pick(['CN-', 'GS-', 'CR']) : random.pick(['INV-', 'RE-', 'F-', 'R', ''])
  return random.pick([
    `${lead}${year}-${padded}`,
    `${lead}${year}${padded}`,
    `${lead || 'A'}${padded}`,
    `${year}/${padded}`,
    `${random.int(100, 999)}${padded}`,
    `${lead || 'B'}${count}-${year.slice(2)}`,
  ])
}

function taxId(country: string, random: Random): string | null {
  if (country === 'DE')
    return random.pick([
      `${random.int(10, 99)}/${random.digits(3)}/${random.digits(5)}`,
      `${random.digits(3)}/${random.digits(4)}/${random.digits(4)}`,
    ])
  return country === 'US' ? `${random.int(20, 88)}-${random.digits(7)}` : null
}

function registration(country: string, vat: string | null, random: Random): string | null {
  if (country === 'FR') {
    const body = vat!.slice(2) + random.digits(4)
    return body + luhn(body)
  }
  if (country === 'SE') return `${vat!.slice(0, 6)}-${vat!.slice(6, 10)}`
  if (country === 'DK') return vat
  if (country === 'DE') return `HRB ${random.int(1000, 99999)}`
  if (country === 'GB' || country === 'NL') return `0${random.digits(7)}`
  return null
}

const plain = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ø/gi, 'o')
    .replace(/ß/g, 'ss')
    .replace(/ł/g, 'l')
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part.length > 2)
    .slice(0, 2)
    .join('-')
    .toLowerCase()

function vendor(order: Order, land: Country, random: Random): Facts['vendor'] {
  const { country } = order
  const name = order.person ? random.pick(land.people) : random.pick(land.firms)
  const [postal = '', city = ''] = random.pick(land.cities).split('/')
  const street = land.house
    .replace('{s}', random.pick(land.streets))
    .replace('{h}', `${random.int(1, 148)}${random.chance(0.15) && country !== 'US' ? random.pick(['a', 'b']) : ''}`)
  const number = vatNumber(country, random)
  const account = iban(country, random)
  const british = country === 'GB' && account
  const sort = british ? account.slice(8, 14) : null
  return {
    name,
    street,
    postal,
    city,
    country,
    vat: number && withCountry(country, number),
    tax_id: taxId(country, random),
    registration: registration(country, number, random),
    iban: account,
    bic: account && bic(country, random),
    bank: random.pick(land.banks),
    account: british ? account.slice(14) : country === 'US' ? random.digits(random.int(9, 12)) : null,
    sort: sort?.replace(/(..)(..)(..)/, '$1-$2-$3') ?? null,
    routing: country === 'US' ? routing(random) : null,
    phone: land.phone + random.digits(3),
    mail: `${random.pick(['info', 'billing', 'office', 'hello'])}@${plain(name)}.example`,
    web: `www.${plain(name)}.example`,
  }
}

const sizes = ['', '', ' M6 x 30', ' M8 x 40', ' 200 mm', ' 25 l', ' Nr. 4', ' XL', ' 10er', ' (2026)', ' B-2']

/** What the layouts with their own trade sell. */
function special(order: Order, rate: number, random: Random): Line {
  const { building, telecom, groceries } = phrases[languageOf(order)]!
  const [, hour] = languages[languageOf(order)]!.units
  const [name, unit, text] =
    order.trade === 'building'
      ? random.pick(building)
      : [random.pick(order.trade === 'telecom' ? telecom : groceries), order.trade === 'telecom' ? hour : '', null]
  const quantity =
    order.trade === 'building'
      ? /^(?:psch|item)$/.test(unit)
        ? 1
        : random.int(3, 900) / random.pick([1, 4, 10])
      : random.pick([1, 1, 1, 1, 2, 3])
  const cents =
    order.trade === 'building' ? random.int(450, 28_900) : order.trade === 'telecom' ? random.int(99, 7995) : random.int(59, 1499)
  const reduction = order.columns.includes('reduction') ? random.pick([0, 0, 10]) : 0
  const net = Math.round((quantity * cents * (100 - reduction)) / 100)
  return { article: '', description: name, detail: text, quantity, unit, price: cents / 100, reduction, rate, net }
}

function item(order: Order, rate: number, random: Random): Line {
  if (/^(?:building|telecom|groceries)$/.test(order.trade)) return special(order, rate, random)
  const words = languages[languageOf(order)]!
  const { trade } = order
  const goods = trade === 'goods'
  const hourly = trade === 'services' && random.chance(0.6)
  const quantity = goods
    ? random.pick([1, 2, 3, 5, 6, 10, 12, 20, 24, 48, 100, 150])
    : trade === 'software'
      ? random.int(1, 24)
      : hourly
        ? random.int(2, 90) / 2
        : random.int(1, 2)
  const cents = goods
    ? random.int(35, 18_900)
    : trade === 'software'
      ? random.pick([900, 1490, 2900, 4900, 1200, 24_900])
      : hourly
        ? random.int(9, 29) * 500
        : random.int(60, 1900) * 100 + random.pick([0, 0, 50])
  const reduction = order.columns.includes('reduction') ? random.pick([0, 0, 5, 10, 15]) : 0
  const name =
    trade === 'software'
      ? random.pick(subscriptions)
      : goods
        ? random.pick(words.goods) + random.pick(sizes)
        : random.pick(words.services)
  return {
    article: `${random.letters(1)}${random.digits(5)}`,
    description: name,
    detail: random.chance(0.25) ? `${random.pick(['Ref.', 'S/N', 'Proj.'])} ${random.letters(2)}-${random.digits(4)}` : null,
    quantity,
    unit: words.units[goods || trade === 'software' ? 0 : hourly ? 1 : 2],
    price: cents / 100,
    reduction,
    rate,
    net: Math.round((quantity * cents * (100 - reduction)) / 100),
  }
}

function energy(order: Order, rate: number, random: Random): Line[] {
  const [used, standing, levy] = languages[languageOf(order)]!.energy
  const consumed = random.int(900, 14_800)
  const line = (description: string, quantity: number, unit: string, price: number): Line => ({
    article: '',
    description,
    detail: null,
    quantity,
    unit,
    price,
    reduction: 0,
    rate,
    net: Math.round(quantity * price * 100),
  })
  return [
    line(used, consumed, 'kWh', random.int(1890, 3890) / 10_000),
    line(standing, random.int(1, 12), languages[languageOf(order)]!.units[0], random.int(690, 1890) / 100),
    line(levy, consumed, 'kWh', random.int(5, 205) / 10_000),
  ]
}

/** The day of all bills is in the year before 20 November 2026. */
function makeFacts(order: Order, random: Random): Facts {
  const land = countries[order.country]!
  const issued = addDays('2025-11-20', random.int(0, 360))
  const days = random.pick([7, 10, 14, 14, 21, 30, 30, 45])
  const free = order.tax === 'reverse' || order.tax === 'none'
  const rates = free ? [0] : order.tax === 'several' ? land.rates.filter((rate) => rate > 0).slice(0, 3) : [land.rates[0]!]
  const count = random.int(...order.lines)
  const lines =
    order.trade === 'energy'
      ? energy(order, rates[0]!, random)
      : Array.from({ length: count }, (_, at) => item(order, at < rates.length ? rates[at]! : random.pick(rates), random))
  const goods = lines.reduce((sum, { net }) => sum + net, 0)
  const taxes = rates.map((rate) => {
    const full = lines.filter((line) => line.rate === rate).reduce((sum, { net }) => sum + net, 0)
    const base = Math.round((full * (100 - (order.discount ?? 0))) / (order.inclusive ? 100 + rate : 100))
    return { rate, base, tax: order.inclusive ? full - base : Math.round((base * rate) / 100) }
  })
  const net = taxes.reduce((sum, { base }) => sum + base, 0)
  return {
    credit: order.credit ?? false,
    number: documentNumber(order.country, issued, order.credit ?? false, random),
    issued,
    days,
    due: addDays(issued, days),
    currency: order.currency ?? land.currency,
    order:
      random.chance(0.45) && order.trade !== 'groceries'
        ? random.pick([`PO-${random.digits(5)}`, `45${random.digits(8)}`, `B${random.digits(6)}`])
        : null,
    vendor: vendor(order, land, random),
    buyer: buyerIn(order.buyer ?? order.country),
    lines,
    goods,
    discount: order.inclusive ? 0 : goods - net,
    net,
    taxes,
    total: net + taxes.reduce((sum, { tax }) => sum + tax, 0),
    reverse: order.tax === 'reverse',
  }
}

/** A number as `sample` (a thousand and a bit) writes them. */
export function written(value: number, sample: string, decimals = 2): string {
  const [whole = '', part] = Math.abs(value).toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, sample[1]!)
  return `${value < 0 ? '-' : ''}${grouped}${part ? sample[5] + part : ''}`
}

export function writtenDay(day: string, pattern: string, locale: string): string {
  const [year = '', month = '', date = ''] = day.split('-')
  const name = (style: 'long' | 'short') =>
    new Date(day)
      .toLocaleDateString(locale, { month: style, day: 'numeric', timeZone: 'UTC' })
      .replace(/[\d.,]|\bde\b/g, '')
      .trim()
  const parts: Record<string, () => string> = {
    YYYY: () => year,
    YY: () => year.slice(2),
    MMMM: () => name('long'),
    MMM: () => name('short').slice(0, 3),
    MM: () => month,
    M: () => String(Number(month)),
    DD: () => date,
    D: () => String(Number(date)),
  }
  return pattern.replace(/YYYY|YY|MMMM|MMM|MM|M|DD|D/g, (part) => parts[part]!())
}

interface Pair {
  readonly label: string
  readonly value: string
}

/** What the layouts need that carry sums over, part into sections, or are paid at a till; a face is drawn of its own, apart from the bill's. */
function faces(
  facts: Facts,
  order: Order,
  money: (cents: number) => string,
  amount: (cents: number) => string,
  random: Random,
): Record<string, unknown> {
  const own = phrases[languageOf(order)]
  if (!own) return {}
  const drawn = Object.fromEntries(
    Object.entries(own).map(([name, ways]) => [name, typeof ways === 'string' ? random.pick(ways.split('|')) : ways]),
  ) as Record<keyof Phrases, string>
  const titles = order.trade === 'telecom' ? own.telecom_sections : own.building_sections
  const sizes = titles.map((_, at) => Math.floor(((at + 1) * facts.lines.length) / titles.length))
  const sums = facts.lines.map(({ net }) => net)
  const sum = (from: number, to: number) => sums.slice(from, to).reduce((all, one) => all + one, 0)
  const previous = random.int(2000, 30_000)
  const given = Math.ceil(facts.total / 1000) * 1000
  return {
    phrases: { ...drawn, wages: drawn.wages.replace('{n}', money(Math.round(facts.net * 0.61))) },
    variant: random.int(0, 2),
    sections: titles
      .map((title, at) => [title, sizes[at - 1] ?? 0, sizes[at]!] as const)
      .filter(([, from, to]) => to > from)
      .map(([title, from, to]) => ({
        title,
        from,
        to,
        label: drawn.section_sum.replace('{t}', title),
        sum: amount(sum(from, to)),
      })),
    running: sums.map((_, at) => amount(sum(0, at + 1))),
    letters: facts.lines.map(({ rate }) => 'ABC'[facts.taxes.findIndex((tax) => tax.rate === rate)]),
    previous: money(previous),
    received: money(-previous),
    nothing: money(0),
    given: amount(given),
    change: amount(given - facts.total),
    time: `${random.int(10, 20)}:${random.int(10, 59)}`,
    till: random.int(1, 9),
  }
}

/** What a layout gets: ready texts, nothing to calculate. */
export interface View {
  readonly [part: string]: unknown
}

const spaced = (account: string) => account.replace(/(.{4})(?=.)/g, '$1 ')

/** A bill as a page shows it, and what stands on it. */
export function makeBill(order: Order, random: Random): { facts: Facts; view: View; truth: Omit<Truth, 'file' | 'kind'> } {
  const facts = makeFacts(order, random)
  const land = countries[order.country]!
  const language = languageOf(order)
  const words = languages[language]!
  const drawn = Object.fromEntries(
    Object.entries(words.labels).map(([name, ways]) => [name, random.pick(ways.split('|'))]),
  ) as Record<LabelName, string>
  const { vendor: seller, buyer } = facts
  const omit = new Set(order.without)

  const sample = random.pick(land.numbers)
  const pattern = random.pick(order.currency ? [`{n} ${order.currency}`, `${order.currency} {n}`] : land.money)
  const amount = (cents: number) => written(cents / 100, sample)
  const money = (cents: number) => pattern.replace('{n}', amount(cents))
  const inCells = random.chance(0.3) ? money : amount
  const dayPattern = random.pick(land.dates)
  const day = (date: string) => writtenDay(date, dayPattern, `${language}-${order.country}`)
  const long = random.chance(0.3)
  const quantity = (value: number) => written(value, sample, Number.isInteger(value) ? (long && value < 1000 ? 2 : 0) : 2)
  const percent = (rate: number) => String(rate).replace('.', sample[5]!)
  const price = (value: number) => (order.trade === 'energy' ? written(value, sample, 4) : inCells(Math.round(value * 100)))

  const printed: Record<string, string> = {}
  const told = <Field extends string>(field: Field, value: string) => {
    printed[field] = value
    return value
  }
  const pair = (label: LabelName, value: string | null | undefined | false, field?: string): Pair[] =>
    value ? [{ label: drawn[label], value: field ? told(field, value) : value }] : []

  const due = order.due ?? 'field'
  const dueField = due === 'field' || due === 'both'
  const numberPair = pair(facts.credit ? 'credit_number' : 'number', facts.number, 'document_id')[0]!
  const datePair = pair('date', day(facts.issued), 'issued_at')[0]!
  const duePair = facts.credit ? [] : pair('due', dueField && day(facts.due), 'due_date')
  const orderPair = pair('order', facts.order, 'purchase_order_number')
  const noise = random.shuffle([
    ...pair('customer', String(random.int(10_000, 99_999))),
    ...(order.trade === 'goods'
      ? pair('delivery', day(addDays(facts.issued, -random.int(1, 9))))
      : pair('period', `${day(addDays(facts.issued, -31))} - ${day(addDays(facts.issued, -1))}`)),
    ...pair('contact', random.pick(land.people)),
  ])
  const few = noise.slice(0, random.int(0, 2))
  const credited = facts.credit
    ? [{ label: drawn.credit_for, value: `${random.int(1000, 9999)}-${facts.issued.slice(0, 4)}` }]
    : []

  const fill = (text: string) => text.replace('{d}', day(facts.due)).replace('{n}', String(facts.days))
  const sentences: string[] = []
  if (!facts.credit) {
    if (due === 'sentence' || due === 'both') {
      told('due_date', day(facts.due))
      sentences.push(fill(drawn.pay_by))
    }
    if (due === 'term') sentences.push(fill(drawn.pay_days))
    if (due === 'now') sentences.push(drawn.pay_now)
    if (order.cash) sentences.push(drawn.cash)
  }
  if (facts.reverse) sentences.push(drawn.reverse)
  const notes: string[] = []
  if (order.tax === 'none')
    notes.push(
      language === 'de'
        ? 'Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.'
        : language === 'fr'
          ? 'TVA non applicable, art. 293 B du CGI.'
          : 'No VAT charged.',
    )

  const rateText = new Map(facts.taxes.map(({ rate }) => [rate, percent(rate)]))
  const american = order.country === 'US'
  const based = facts.taxes.length > 1 && random.chance(0.5)
  const taxRow = ({ rate, base, tax }: Facts['taxes'][number], at: number) => ({
    label: american
      ? random.pick([`Sales tax (${rate}%)`, `Tax ${rate}%`])
      : (based ? drawn.tax_base : drawn.tax).replace('{r}', rateText.get(rate)!).replace('{b}', amount(base)),
    value: told(`tax_${at}`, money(tax)),
  })
  const taxless = order.tax === 'none'
  const showZero = order.tax === 'reverse' ? random.chance(0.6) : true
  const both = random.chance(0.3)
  const totals = [
    ...(facts.discount > 0
      ? [
          { label: drawn.goods, value: money(facts.goods) },
          { label: drawn.discount.replace('{p}', percent(order.discount!)), value: money(-facts.discount) },
        ]
      : []),
    ...(taxless
      ? []
      : [
          {
            label: american ? random.pick(['Subtotal', 'Sub total']) : drawn.subtotal,
            value: told('subtotal', money(facts.net)),
          },
        ]),
    ...(taxless || !showZero ? [] : facts.taxes.map(taxRow)),
  ]
  const last = [
    {
      label: both || facts.credit ? drawn.total : random.pick([drawn.total, drawn.payable]),
      value: told('total', money(facts.total)),
    },
    ...(both && !facts.credit ? [{ label: drawn.payable, value: money(facts.total) }] : []),
  ]

  const vatText =
    seller.vat && !omit.has('vat_id') && !taxless
      ? printedVat(order.country, order.country === 'CH' ? seller.vat.slice(3) : seller.vat.slice(2), random)
      : null
  const taxText = seller.tax_id && (!vatText || random.chance(0.6)) ? seller.tax_id : null
  const register = seller.registration && !order.person && random.chance(0.6) ? seller.registration : null
  const ids = [
    ...pair('vat_id', vatText, 'vendor_vat_id'),
    ...pair('tax_id', taxText, 'vendor_tax_id'),
    ...pair('registration', register, 'registration_id'),
  ]
  const grouped = random.chance(0.75)
  const banked = !omit.has('bank') && !facts.credit
  const local = order.country === 'GB' && random.chance(0.7)
  const accountText =
    banked && seller.iban && !(local && random.chance(0.6)) ? (grouped ? spaced(seller.iban) : seller.iban) : null
  const bicText = accountText && !omit.has('bic') && random.chance(0.75) ? seller.bic : null
  const own = banked && (american || local)
  const bank = [
    ...pair('bank', banked && (random.chance(0.8) || american) && seller.bank),
    ...(american ? pair('routing', banked && seller.routing, 'routing_number') : pair('sort', own && seller.sort, 'sort_code')),
    ...pair('account', own && seller.account, 'account_number'),
    ...pair('iban', accountText, 'iban'),
    ...pair('bic', bicText, 'bic'),
  ]

  const abroad = facts.buyer.country !== order.country
  const country = abroad || random.chance(0.2) ? land.name : null
  const town = land.cityline.replace('{p}', seller.postal).replace('{c}', seller.city)
  const home = countries[buyer.country]!
  const buyerVat = facts.reverse || random.chance(0.3) ? buyer.vat : null

  const cell = (line: Line, at: number): Record<Column, string> => ({
    pos: String(at + 1),
    article: line.article,
    description: line.description,
    quantity: quantity(line.quantity),
    quantity_unit: `${quantity(line.quantity)} ${line.unit}`,
    unit: line.unit,
    price: price(line.price),
    reduction: line.reduction ? `${line.reduction} %` : '',
    rate: `${percent(line.rate)}${random.chance(0.5) ? ' %' : '%'}`,
    amount: inCells(line.net),
    gross: inCells(Math.round((line.net * (100 + line.rate)) / 100)),
  })
  const has = (column: Column) => order.columns.includes(column)
  const heading: Record<Column, string> = { ...drawn, quantity_unit: drawn.quantity, rate: american ? 'Tax' : drawn.rate }
  const rows = facts.lines.map((line, at) => {
    const cells = cell(line, at)
    if (has('quantity') || has('quantity_unit')) told(`line_${at}_quantity`, cells.quantity)
    told(`line_${at}_total`, has('amount') ? cells.amount : cells.gross)
    return {
      cells: order.columns.map((column) => cells[column]),
      detail: line.detail,
      description: line.description,
      amount: has('amount') ? cells.amount : cells.gross,
    }
  })

  const view: View = {
    ...faces(facts, order, money, amount, new Random(`${facts.number} ${order.layout}`)),
    language,
    accent: random.pick(['#1f4e79', '#0b6e4f', '#8b1e3f', '#3d3d8f', '#b45309', '#222222', '#0e7490']),
    title: facts.credit ? drawn.credit : american ? 'INVOICE' : drawn.title,
    number: numberPair,
    date: datePair,
    due: duePair[0] ?? null,
    meta: [...random.shuffle([numberPair, datePair, ...orderPair]), ...duePair, ...credited, ...few],
    more: [...orderPair, ...credited, ...few],
    vendor: {
      ...seller,
      name: told('vendor_name', seller.name),
      town,
      country,
      brand: seller.name.split(/[ ,]/)[0],
      address: omit.has('address') ? null : true,
    },
    buyer: {
      name: buyer.name,
      street: buyer.street,
      town: home.cityline.replace('{p}', buyer.postal).replace('{c}', buyer.city),
      country: abroad ? home.name : null,
      vat: pair('buyer_vat', buyerVat)[0] ?? null,
    },
    labels: drawn,
    columns: order.columns.map((column) => ({
      key: column,
      label: heading[column],
      right: !['pos', 'article', 'description', 'unit'].includes(column),
    })),
    rows,
    totals,
    last,
    taxes: facts.taxes.map(({ rate, base, tax }) => [`${rateText.get(rate)}%`, amount(base), amount(tax)]),
    grossed: facts.taxes.map(({ base, tax }) => amount(base + tax)),
    ids,
    bank,
    sentences,
    notes,
    usage: [
      { label: drawn.contract, value: random.digits(10) },
      { label: drawn.meter, value: `1 ESY ${random.digits(8)}` },
    ],
    reference: `${random.digits(10)}${random.digits(5)}`,
    amount: amount(facts.total),
    currency: facts.currency,
  }
  if (!omit.has('address')) {
    told('vendor_address.line1', seller.street)
    told('vendor_address.postal_code', seller.postal)
    told('vendor_address.city', seller.city)
  }
  const prefixed = vatText !== null && /^(?:[A-Z]{2}|CHE)/.test(vatText.replace(/\W/g, ''))
  return {
    facts,
    view,
    truth: {
      ...basics(facts, order),
      due_date: facts.credit || due === 'now' ? null : facts.due,
      due_told: due === 'term' || due === 'now' ? due : 'date',
      subtotal: taxless ? null : facts.net / 100,
      tax_amount: taxless || !showZero ? null : (facts.total - facts.net) / 100,
      vendor_vat_id: vatText && (prefixed ? seller.vat : vatText.replace(/[\s.-]/g, '')),
      vendor_tax_id: taxText,
      registration_id: register,
      iban: accountText && seller.iban,
      bic: bicText,
      account_number: own ? seller.account : null,
      sort_code: own ? seller.sort : null,
      routing_number: american && banked ? seller.routing : null,
      vendor_address: omit.has('address') ? null : { ...placeOf(seller), country: country || prefixed ? order.country : null },
      lines: facts.lines.map((line) => ({
        description: line.description,
        detail: line.detail,
        // A till prints no count for one, and not always the price of one.
        quantity: (has('quantity') || has('quantity_unit')) && !(order.inclusive && line.quantity === 1) ? line.quantity : null,
        unit_price: has('price') && !order.inclusive ? line.price : null,
        total: (has('amount') ? line.net : Math.round((line.net * (100 + line.rate)) / 100)) / 100,
        vat_rate: has('rate') ? line.rate : null,
      })),
      printed,
    },
  }
}

export const placeOf = ({ street, city, postal }: Party) => ({
  line1: street,
  city: city.replace(/, [A-Z]{2}$/, ''),
  postal_code: postal,
})

/** What every bill tells, on paper and in data. */
export const basics = (facts: Facts, order: Order) => ({
  layout: order.layout,
  language: languageOf(order),
  document_type: facts.credit ? ('credit_note' as const) : ('invoice' as const),
  buyer: { name: facts.buyer.name, vat_id: facts.buyer.vat },
  document_id: facts.number,
  issued_at: facts.issued,
  currency: facts.currency,
  total: facts.total / 100,
  vendor_name: facts.vendor.name,
  purchase_order_number: facts.order,
  vendor_country: facts.vendor.country,
})
