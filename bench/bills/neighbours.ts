import { written, writtenDay } from './bills.ts'
import { iban, vatNumber } from './ids.ts'
import { inWords, receivers, type Tongue, tongues } from './neighbour-words.ts'
import { Random } from './random.ts'

/**
 * Bills of the kinds that once were read wrong, and their neighbours: other words, other orders, other languages, other faces. They share no
 * layout and no arithmetic with `bills.ts`: whoever reads those well has not learned these.
 */

export const kinds = [
  'plain',
  'shipping',
  'surcharge',
  'row without a price',
  'tax without a rate',
  'lines with tax',
  'untaxed beside taxed',
  'numbers like VAT ids',
  'period before the date',
  'labels above values',
  'seller in the small print',
  'days of the country',
  'currency in words',
  'prepaid',
  'long decimals',
  'lines that do not add up',
  'sums in a row',
  'discount on the whole',
  'units beside quantities',
  'returned goods',
  'details below names',
  'amounts in sentences',
  'goods go elsewhere',
] as const
export type Kind = (typeof kinds)[number]

/** What a neighbour says. Amounts in cents. */
export interface Told {
  readonly kind: Kind
  readonly tongue: string
  readonly number: string
  readonly issued: string
  readonly due: string | null
  readonly currency: string
  /** All that may be called the net amount: that of the goods, or with what is charged on top. */
  readonly net: readonly number[]
  readonly tax: number
  readonly total: number
  readonly payable: number
  readonly vendor: string
  readonly vat_id: string | null
  readonly iban: string | null
  /** Whether the reader may know who gets the bill. */
  readonly receiver: string | null
  /** Net. */
  readonly lines: readonly {
    readonly name: string
    /** What stands below the name, and may be taken for a part of it. */
    readonly detail?: string
    readonly quantity: number | null
    readonly total: number
  }[]
}

export type Pair = readonly [label: string, value: string]

/** What stands on the page, in words; the face decides where. */
export interface Page {
  readonly title: string
  readonly seller: readonly string[]
  readonly ids: readonly Pair[]
  readonly bank: readonly Pair[]
  readonly buyer: readonly string[]
  readonly to: string | null
  /** The pairs about the document, in their order. */
  readonly meta: readonly Pair[]
  readonly columns: readonly { readonly key: string; readonly label: string }[]
  readonly rows: readonly (readonly string[])[]
  readonly sums: readonly Pair[]
  readonly notes: readonly string[]
  readonly small_print: boolean
  readonly labels_above: boolean
  readonly sums_in_row: boolean
  /** Where the goods go, if that is another place. */
  readonly elsewhere: readonly string[]
}

interface Item {
  readonly name: string
  readonly quantity: number | null
  readonly price: number
  readonly rate: number | null
  readonly amount: number
}

/** Which tongues a kind is spoken in; all where nothing is said. */
const only: Partial<Record<Kind, readonly string[]>> = { 'days of the country': ['us', 'gb', 'us', 'gb', 'us'] }

export function makeNeighbour(kind: Kind, at: number, word: string, spoken: readonly string[] = Object.keys(tongues)) {
  const random = new Random(`${kind} ${at} ${word}`)
  const choice = (only[kind] ?? spoken).filter((one) => spoken.includes(one))
  const key = choice[(at + random.int(0, 1)) % choice.length]!
  return { ...tell(kind, key, tongues[key]!, random), face: random.int(0, 2 ** 30) }
}

const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
const sum = (amounts: readonly number[]) => amounts.reduce((all, one) => all + one, 0)
const tongueOf = (key: string) => (key === 'gb' || key === 'us' ? 'en' : key)

function numberOf(kind: Kind, tongue: Tongue, year: string, random: Random): string {
  const count = random.int(12, 9800)
  if (kind === 'numbers like VAT ids')
    return random.pick([
      `SI-${year}-${count + 1000}`,
      `${tongue.country}${random.digits(9)}`,
      `FI-${year}${random.digits(4)}`,
      `IT${random.digits(11)}`,
    ])
  return random.pick([
    `${year}-${count}`,
    `R${random.digits(6)}`,
    `${random.int(10_000, 99_999)}`,
    `${random.letters(2)}/${count}/${year.slice(2)}`,
    `${random.letters(3)}-${random.digits(5)}`,
  ])
}

function itemsOf(kind: Kind, tongue: Tongue, random: Random): Item[] {
  const names = random.shuffle(tongue.goods).slice(0, random.int(2, 6))
  const [usual, low] = tongue.rates
  return names.map((name, at) => {
    const long = kind === 'long decimals' && at === 0
    const quantity = long ? random.int(200, 4800) : random.pick([1, 1, 2, 3, 4, 8, 12, 25, 1.5, 2.75])
    const price = long ? random.int(101, 9899) / 100 : random.int(180, 46_000)
    const rate = kind !== 'untaxed beside taxed' ? usual : at === 0 ? usual : at === 1 ? null : random.pick([usual, low, null])
    const count = kind === 'returned goods' && at === names.length - 1 ? -1 : quantity
    return { name, quantity: count, price, rate, amount: Math.round(count * price) }
  })
}

function tell(kind: Kind, key: string, tongue: Tongue, random: Random): { told: Told; page: Page } {
  const year = String(random.int(2027, 2033))
  // Days that could be read either way, where that is what is asked.
  const issued =
    kind === 'days of the country'
      ? `${year}-0${random.int(1, 9)}-${String(random.int(1, 12)).padStart(2, '0')}`
      : `${year}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`
  const due = random.chance(0.7) ? addDays(issued, random.pick([7, 10, 14, 21, 30])) : null
  const pattern = kind === 'days of the country' ? tongue.days.filter((one) => one.includes('/'))[0]! : random.pick(tongue.days)
  const day = (date: string) => writtenDay(date, pattern, tongue.locale)
  const number = numberOf(kind, tongue, year, random)
  const said = inWords[tongueOf(key)]!
  // Firms that bill abroad, or in the money of others: their days stay those of their country.
  const currency =
    kind === 'currency in words'
      ? random.pick(Object.keys(said))
      : kind === 'days of the country' && random.chance(0.4)
        ? random.pick(['EUR', 'USD', 'GBP'])
        : tongue.currency
  const sign = { EUR: '€', USD: '$', GBP: '£', CHF: 'CHF' }[currency]!

  const amount = (cents: number) => written(cents / 100, tongue.sample)
  const before = tongueOf(key) === 'en'
  const coded = random.chance(0.4)
  const money = (cents: number) =>
    kind === 'currency in words'
      ? amount(cents)
      : coded
        ? `${amount(cents)} ${currency}`
        : before
          ? `${sign}${amount(cents)}`
          : `${amount(cents)} ${sign}`
  const inCells = random.chance(0.35) ? money : amount
  const percent = (rate: number) => String(rate).replace('.', tongue.sample[5]!)

  const items = itemsOf(kind, tongue, random)
  const [usual] = tongue.rates
  const inclusive = kind === 'lines with tax'
  const net = (item: Item) => (inclusive ? Math.round(item.amount / (1 + usual / 100)) : item.amount)
  const rowed =
    kind === 'row without a price'
      ? { name: random.pick([...tongue.shipping, ...tongue.surcharge]), amount: random.int(290, 4900) }
      : null
  const charged =
    kind === 'shipping' || kind === 'surcharge'
      ? {
          name: random.pick(kind === 'shipping' ? tongue.shipping : tongue.surcharge),
          amount: random.int(350, 8900),
          taxed: kind === 'surcharge' || random.chance(0.5),
        }
      : null
  const goods = sum(items.map(({ amount }) => amount)) + (rowed?.amount ?? 0)
  const wrong = kind === 'lines that do not add up' ? random.pick([-1, 1]) * random.int(150, 900) : 0

  const less = kind === 'discount on the whole' ? Math.round(goods * random.pick([0.03, 0.05, 0.1])) : 0
  let [base, tax, total] = [goods + wrong - less, 0, 0]
  const rates = [...new Set(items.map(({ rate }) => rate))].sort((a, b) => (b ?? 0) - (a ?? 0))
  const perRate = rates.map((rate) => {
    const under = sum(items.filter((one) => one.rate === rate).map(({ amount }) => amount))
    return { rate, under, tax: Math.round((under * (rate ?? 0)) / 100) }
  })
  if (inclusive) {
    total = goods
    base = Math.round(goods / (1 + usual / 100))
    tax = total - base
  } else {
    const taxed = base + (charged?.taxed ? charged.amount : 0)
    tax = kind === 'untaxed beside taxed' ? sum(perRate.map((one) => one.tax)) : Math.round((taxed * usual) / 100)
    total = base + tax + (charged?.amount ?? 0)
  }
  const paid = kind === 'prepaid' ? Math.round((total * random.pick([0.25, 0.3, 0.5])) / 100) * 100 : 0

  const pick = (list: readonly string[]) => random.pick(list)
  const rateless = kind === 'tax without a rate'
  const bare = (label: string) =>
    label
      .replace(/[@(]?\s*\{r\}\s*%?\)?/, '')
      .replace(/zzgl\.\s*/, 'zzgl. ')
      .trim()
      .replace(/\s+/g, ' ')
  const taxLabel = pick(tongue.tax)
  const taxRows: Pair[] =
    kind === 'untaxed beside taxed'
      ? perRate.filter(({ rate }) => rate !== null).map((one) => [taxLabel.replace('{r}', percent(one.rate!)), money(one.tax)])
      : [[rateless ? bare(taxLabel) : (inclusive ? pick(tongue.within) : taxLabel).replace('{r}', percent(usual)), money(tax)]]
  const netRow: Pair = [pick(tongue.net), money(base)]
  // What is left of a prepaid bill is called otherwise than its total.
  const totals = tongue.total.filter((one) => kind !== 'prepaid' || !/due|payable|pay|zahl|payer|pagar|pagare|betalen/i.test(one))
  const totalRow: Pair = [pick(totals), money(total)]
  const chargeRow: Pair[] = charged ? [[charged.name, money(charged.amount)]] : []
  const again = charged?.taxed && random.chance(0.5)
  const lessRows: Pair[] =
    less > 0
      ? [
          [pick(tongue.net), money(goods)],
          [pick(tongue.discount), money(random.chance(0.7) ? -less : less)],
        ]
      : []
  const sums: Pair[] = inclusive
    ? random.chance(0.5)
      ? [totalRow, ...taxRows]
      : [totalRow, ...taxRows, netRow]
    : charged?.taxed
      ? [
          netRow,
          ...chargeRow,
          ...(again ? [[tongue.net.find((one) => one !== netRow[0])!, money(base + charged.amount)] as const] : []),
          ...taxRows,
          totalRow,
        ]
      : [
          ...lessRows,
          ...(less === 0 || random.chance(0.6)
            ? [less === 0 ? netRow : ([tongue.net.find((one) => one !== lessRows[0]![0])!, netRow[1]] as const)]
            : []),
          ...taxRows,
          ...chargeRow,
          totalRow,
        ]
  if (paid > 0) sums.push([pick(tongue.paid), money(random.chance(0.5) ? -paid : paid)], [pick(tongue.left), money(total - paid)])

  const [vendor, street, place] = pick2(tongue.firms, random)
  const bareVat = vatNumber(tongue.country, random)
  const vat_id = tongue.country === 'US' ? null : `${tongue.country}${bareVat}`
  const account = tongue.country === 'US' ? null : iban(tongue.country, random)
  const receiver = random.pick(receivers)
  const ids: Pair[] = [[pick(tongue.vat), vat_id ?? `${random.int(20, 88)}-${random.digits(7)}`]]
  const bank: Pair[] =
    account && random.chance(0.8) ? [['IBAN', random.chance(0.7) ? account.replace(/(.{4})(?=.)/g, '$1 ') : account]] : []

  const numberPair: Pair = [pick(tongue.number), number]
  const datePair: Pair = [pick(tongue.date), day(issued)]
  const duePair: Pair[] = due ? [[pick(tongue.due), day(due)]] : []
  const periodPair: Pair = [
    pick(tongue.period),
    `${day(addDays(issued, -33))} ${random.pick(['-', '–', 'to'])} ${day(addDays(issued, -3))}`,
  ]
  const customer: Pair = [
    pick(tongue.customer),
    kind === 'numbers like VAT ids' ? `${random.pick(['DE', 'AT', 'PL'])}${random.digits(9)}` : random.digits(5),
  ]
  const ordered: Pair = [
    pick(tongue.order),
    kind === 'numbers like VAT ids' ? `SE${random.digits(12)}` : `${random.letters(1)}${random.digits(6)}`,
  ]
  const some = random.shuffle([customer, ordered]).slice(0, random.int(kind === 'numbers like VAT ids' ? 1 : 0, 2))
  const meta =
    kind === 'period before the date'
      ? [...random.shuffle([periodPair, ...some]), ...random.shuffle([numberPair, datePair]), ...duePair]
      : [...random.shuffle([numberPair, datePair, ...some]), ...duePair]

  const withRates = kind === 'untaxed beside taxed' || (!rateless && random.chance(0.4))
  const keys = [
    ...(random.chance(0.3) ? ['pos'] : []),
    ...(random.chance(0.2) ? ['article'] : []),
    'name',
    'quantity',
    'price',
    ...(withRates ? ['rate'] : []),
    'amount',
  ]
  if (random.chance(0.15)) {
    keys.splice(keys.indexOf('quantity'), 1)
    keys.unshift('quantity')
  } else if (withRates && random.chance(0.3)) {
    keys.splice(keys.indexOf('rate'), 1)
    keys.splice(keys.indexOf('name') + 1, 0, 'rate')
  }
  const columns = keys.map((key) => ({ key, label: pick(tongue.columns[key as keyof Tongue['columns']]) }))
  const untaxed = pick(tongue.untaxed)
  const unit = pick(tongue.units)
  const details = items.map(() => `${random.pick(['SN', 'Ref.', 'Lot'])} ${random.letters(2)}-${random.digits(4)}`)
  const price = (item: Item) => (Number.isInteger(item.price) ? inCells(item.price) : written(item.price / 100, tongue.sample, 4))
  const cells = (item: Item, at: number): Record<string, string> => ({
    pos: String(at + 1),
    article: `${random.letters(1)}-${random.digits(3)}`,
    name: kind === 'details below names' ? `${item.name}\n${details[at]!}` : item.name,
    quantity: `${written(item.quantity ?? 1, tongue.sample, Number.isInteger(item.quantity) ? 0 : 2)}${kind === 'units beside quantities' ? ` ${unit}` : ''}`,
    price: price(item),
    rate: item.rate === null ? untaxed : `${percent(item.rate)}${random.chance(0.5) ? '%' : ' %'}`,
    amount: inCells(item.amount),
  })
  const rows = items.map((item, at) => {
    const made = cells(item, at)
    return keys.map((key) => made[key]!)
  })
  if (rowed)
    rows.push(keys.map((key) => ({ pos: String(items.length + 1), name: rowed.name, amount: inCells(rowed.amount) })[key] ?? ''))

  const notes: string[] = []
  if (kind === 'currency in words') notes.push(pick(tongue.all_in).replace('{c}', random.pick(said[currency]!)))
  if (random.chance(0.5)) notes.push(pick(tongue.thanks))
  if (kind === 'amounts in sentences')
    notes.push(
      pick(tongue.sentences)
        .replace('{d}', money(Math.round(total * 0.98)))
        .replace('{f}', money(random.int(5, 40) * 100)),
    )
  const unnamed = kind === 'seller in the small print' && random.chance(0.6)
  const addressed = random.chance(0.6) || unnamed
  return {
    told: {
      kind,
      tongue: key,
      number,
      issued,
      due,
      currency,
      tax,
      total,
      payable: total - paid,
      vendor,
      vat_id,
      net: charged ? [base, base + charged.amount] : less > 0 ? [base, goods] : [base],
      iban: bank.length > 0 ? account : null,
      receiver: unnamed ? null : receiver[0],
      lines: [
        ...items.map((item, at) => ({ name: item.name, detail: details[at]!, quantity: item.quantity, total: net(item) })),
        ...(rowed ? [{ name: rowed.name, quantity: null, total: rowed.amount }] : []),
      ],
    },
    page: {
      title: pick(tongue.title),
      seller: [vendor, street, place],
      ids,
      bank,
      buyer: [receiver[0], receiver[1], receiver[2]],
      to: addressed ? pick(tongue.to) : null,
      meta,
      columns,
      rows,
      sums,
      notes,
      small_print: kind === 'seller in the small print',
      labels_above: kind === 'labels above values',
      sums_in_row: kind === 'sums in a row',
      elsewhere: kind === 'goods go elsewhere' ? [pick(tongue.deliver), ...pick2(tongue.firms, random)] : [],
    },
  }
}

const pick2 = <T>(list: readonly T[], random: Random): T => random.pick(list)
