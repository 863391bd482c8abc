import { daysBetween, isDate } from '../calendar.ts'
import { isCurrency, minorUnitsOf } from '../currencies.ts'
import { minorOf, writtenAs } from './amounts.ts'
import { IBAN, referenceIn } from './references.ts'
import { type Movement, NO_CURRENCY, type Sign, type Statement, StatementRefused } from './types.ts'

/**
 * Tables of banks as CSV. No bank is known by its name: columns are found by their headings in several languages, the marks of decimals
 * and the order of days by what all rows together allow.
 */

type Role =
  | 'date'
  | 'value_date'
  | 'amount'
  | 'debit'
  | 'credit'
  | 'currency'
  | 'name'
  | 'payer'
  | 'payee'
  | 'iban'
  | 'text'
  | 'kind'
  | 'end_to_end_id'
  | 'bank_ref'
  | 'account'
  | 'status'
  | 'fee'
  | 'balance'
  | 'original_amount'
  | 'original_currency'
  | 'rate'

/** Headings, in small letters; the first that fits decides, so the narrower ones stand first. */
const headings: readonly (readonly [Role, RegExp])[] = [
  [
    'original_amount',
    /^(original amount|betrag \(fremdw(?:ä|ae)hrung\)|amount \(foreign currency\)|lastschrift ursprungsbetrag|montant d'origine)$/,
  ],
  ['original_currency', /^(original currency|fremdw(?:ä|ae)hrung|type foreign currency|devise d'origine)$/],
  ['rate', /^(exchange rate|wechselkurs|taux de change)$/],
  ['value_date', /^(value ?date|valuta(datum)?|wert(stellung)?(sdatum)?|date de valeur|fecha valor|data valuta|rentedatum)$/],
  [
    'date',
    /^(buchung(stag|sdatum)?|booking ?date|completed date( \(utc\))?|transaction date|posting date|date( completed)?|datum|date (de l')?opération|date comptable|date op[ée]ration|fecha( operación)?|data( contabile| operazione| operacji)?|boekdatum|bokföringsdag|bokföringsdatum|dato)$/,
  ],
  [
    'debit',
    /^(soll|debit( amount)?|withdrawals?|paid out|débit|cargo|addebiti|af|ausgang|belastung|lastschrift)( in [a-z]{3})?$/,
  ],
  ['credit', /^(haben|credit( amount)?|deposits?|paid in|crédit|abono|accrediti|bij|eingang|gutschrift)( in [a-z]{3})?$/],
  [
    'amount',
    /^(betrag|umsatz|amount|montant( op[ée]ration)?|importe|importo|bedrag|belopp|beløb|beløp|kwota)( ?\(([a-z]{3}|[€£$])\))?( (in|en) ([a-z]{3}|euros?))?$/,
  ],
  ['fee', /^(fee|geb(?:ü|ue)hr|frais|commission)s?$/],
  ['balance', /^(running bal(ance)?\.?|balance|saldo( nach buchung)?|kontostand|solde)( ?\([a-z]{3}\))?$/],
  ['currency', /^(w(?:ä|ae)hrung|currency|devise|divisa|moneda|valuta ?code|munt)$/],
  ['account', /^(auftragskonto|iban (auftragskonto|kontoinhaber)|iban\/bban|own account|konto|rekening|account number)$/],
  [
    'iban',
    /^(kontonummer(\/iban)?|iban( \/ kontonummer)?|partner iban|payee iban|counterparty (iban|account)|kontonummer iban|iban zahlungsbeteiligter|tegenrekening( iban\/bban)?|account)$/,
  ],
  [
    'name',
    /^(empf(?:ä|ae)nger|auftraggeber|auftraggeber ?\/ ?empf(?:ä|ae)nger|name( zahlungsbeteiligter)?|beg(?:ü|ue)nstigter ?\/ ?(auftraggeber|zahlungspflichtiger)|beg(?:ü|ue)nstigter\/zahlungspflichtiger|partner ?name|payee|payer|counterparty|naam.*|bénéficiaire|beneficiario|zahlungsbeteiligter)$/,
  ],
  ['payer', /^(zahlungspflichtige\*?r|payer name)$/],
  ['payee', /^(zahlungsempf(?:ä|ae)nger(\*in)?|payee name)$/],
  ['end_to_end_id', /^(kundenreferenz( \(end-to-end\))?|end-to-end( id|-id|-referenz)?)$/],
  ['bank_ref', /^(bank reference|transaction id|reference number|bankreferenz|id)$/],
  ['status', /^(info|state|status)$/],
  ['kind', /^(buchungstext|umsatzart|type|transaktionstyp|transaction type|art)$/],
  [
    'text',
    /^(verwendungszweck|payment reference|reference|description|details|memo|libell[ée]( (court|op[ée]ration))?|concepto|causale|descrizione( estesa)?|omschrijving(-\d)?|mededelingen|communication|avisierungstext|buchungs-?details|beschreibung\d?|text|tekst|opis operacji)$/,
  ],
]
const plain = (heading: string) => heading.normalize('NFC').replace(/^#/, '').trim().toLowerCase().replace(/\s+/g, ' ')
const roleOf = (heading: string): Role | null => headings.find(([, pattern]) => pattern.test(plain(heading)))?.[0] ?? null

interface Shape {
  readonly columns: ReadonlyMap<Role, number>
  /** What was written for the payee may stand in several columns. */
  readonly texts: readonly number[]
  /** The currency that stands in a heading, e.g. `Amount (EUR)`. */
  readonly currency: string | null
}
function shapeOf(cells: readonly string[]): Shape | null {
  const columns = new Map<Role, number>()
  const texts: number[] = []
  let currency: string | null = null
  cells.slice(0, COLUMNS_MAX).forEach((cell, i) => {
    const found = roleOf(cell)
    // A second column for the kind of an entry is where some banks put its text.
    const role = found === 'kind' && columns.has('kind') ? 'text' : found
    if (role === 'text') texts.push(i)
    if (role === null || columns.has(role)) return
    columns.set(role, i)
    const named = /\(([A-Z]{3}|[€£])\)|in ([A-Z]{3})$|en (euro)/.exec(cell.trim())
    const code = named?.[1] ?? named?.[2] ?? named?.[3]
    const known = code && ({ '€': 'EUR', '£': 'GBP', euro: 'EUR' }[code] ?? code)
    if (['amount', 'debit', 'credit', 'balance'].includes(role) && known && isCurrency(known)) currency ??= known
  })
  const dated = columns.has('date') || columns.has('value_date')
  const valued = columns.has('amount') || columns.has('debit') || columns.has('credit')
  return dated && valued ? { columns, texts, currency } : null
}

/** The heading of a table stands in one of its first rows, and a table has no more columns. */
const HEAD_ROWS = 200
const COLUMNS_MAX = 200

/** The rows of a table (RFC 4180), one after the other. The delimiter is the one that the most lines hold. */
function* rowsOf(text: string): Generator<string[]> {
  const lines = text.slice(0, 20_000).split(/\r\n|\n|\r/)
  const counted = [';', ',', '\t', '|'].map((mark) => ({
    mark,
    lines: lines.filter((line) => line.split(mark).length > 2).length,
  }))
  const { mark } = counted.reduce((best, one) => (one.lines > best.lines ? one : best))
  let row: string[] = []
  let cell = ''
  /** Where the part of the cell begins that is not in `cell` yet. */
  let begin = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"' && i === begin && cell === '') {
      const end = closingQuote(text, i)
      cell = text.slice(i + 1, end).replaceAll('""', '"')
      i = end
      begin = end + 1
    } else if (char === mark || char === '\n' || char === '\r') {
      row.push((cell + text.slice(begin, i)).trim())
      if (char === '\r' && text[i + 1] === '\n') i++
      cell = ''
      begin = i + 1
      if (char === mark) continue
      yield row
      row = []
    }
  }
  const last = (cell + text.slice(begin)).trim()
  if (last !== '' || row.length > 0) yield [...row, last]
}

/** Where the cell ends that begins with a quote at `at`; one that is doubled belongs to the text. */
function closingQuote(text: string, at: number): number {
  let end = text.indexOf('"', at + 1)
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  if (end < 0) throw new StatementRefused(`The quote before "${text.slice(at + 1, at + 41)}" is never closed`)
  return end
}

/** Marks of which way money goes, in a column of their own beside amounts without a sign. */
const GOES = /^(s|soll|d|dr|db|dbit|debit|debet|débito?|lastschrift|af|out|outgoing)$/
const COMES = /^(h|haben|c|cr|crdt|credit|crédito?|gutschrift|bij|in|incoming)$/
const DIRECTION =
  /^(soll ?\/ ?haben|s\/h|(debit|credit|debet|dr|cr|d|c) ?(\/|or) ?(debit|credit|dr|cr|d|c)( (indicator|mark))?|dc|af ?\/? ?bij|direction|sens|in ?\/ ?out)$/

/** The column that says whether money comes or goes: by its heading, or because nothing else stands in it. */
function directionIn(head: readonly string[], rows: readonly (readonly string[])[]): number | null {
  for (const [i, heading] of head.slice(0, COLUMNS_MAX).entries()) {
    const marks = rows.map((row) => (row[i] ?? '').toLowerCase())
    const out = marks.filter((mark) => GOES.test(mark)).length
    const back = marks.filter((mark) => COMES.test(mark)).length
    const isAll = out > 0 && back > 0 && out + back === marks.length
    if (isAll || (DIRECTION.test(plain(heading)) && out + back > 0)) return i
  }
  return null
}

/** Reads a table; amounts whose currency it does not name have `NO_CURRENCY`. Refuses one without columns for day and amount. */
export function readCsv(text: string): Statement[] {
  const rows = rowsOf(text.replace(/^\ufeff/, ''))
  const before: string[][] = []
  let head: string[] = []
  let shape: Shape | null = null
  while (!shape && before.length < HEAD_ROWS) {
    const { value, done } = rows.next()
    if (done) break
    head = value
    shape = shapeOf(head)
    if (!shape) before.push(head)
  }
  if (!shape) throw new StatementRefused('The table has no columns for day and amount that could be recognised')
  const body = [...rows]
  const dayIn = (row: readonly string[], { columns }: Shape) =>
    row[columns.get('date') ?? -1] || row[columns.get('value_date') ?? -1] || ''
  const found = shape
  const dated = body.filter((row) => LIKE_A_DAY.test(dayIn(row, found)))
  const direction = directionIn(head, dated)
  // A column of marks is that and nothing else, whatever its heading.
  if (direction !== null) shape = shapeOf(head.with(direction, '')) ?? shape
  const { columns, texts } = shape
  const textOf = (row: readonly string[]) => {
    const said = texts.map((i) => row[i] ?? '').filter((text) => text !== '')
    return said
      .filter((text, i) => !said.some((other, at) => at !== i && other.includes(text) && (other !== text || at < i)))
      .join(' ')
  }
  const cell = (row: readonly string[], role: Role) => row[columns.get(role) ?? -1] ?? ''
  const numbers = body.flatMap((row) => [cell(row, 'amount'), cell(row, 'debit'), cell(row, 'credit'), cell(row, 'balance')])
  const codes = [shape.currency, ...body.map((row) => cell(row, 'currency').toUpperCase())]
  const decimals = Math.max(2, ...new Set(codes.map((code) => (code !== null && isCurrency(code) ? minorUnitsOf(code) : 2))))
  const mark = decimalMark(numbers.concat(before.flat()), decimals)
  const isDollar = codes.includes('USD')
  const dayOf = dayReader(
    body.flatMap((row) => [cell(row, 'date'), cell(row, 'value_date')]),
    isDollar,
  )

  const money = (text: string, code: string): number | null => {
    const written = writtenAs(text)
    if (written === null) return null
    const value = minorOf(written.digits.replaceAll(mark === ',' ? '.' : ',', ''), minorUnitsOf(code), mark)
    return written.sign === 'debit' ? -value : value
  }
  const hasSigns = dated.some((row) => writtenAs(cell(row, 'amount'))?.sign === 'debit')
  /** What an amount says, or where none has a sign, what the mark beside it does. */
  const signedIn = (row: readonly string[], code: string): number | null => {
    const value = money(cell(row, 'amount'), code)
    if (!value || hasSigns || direction === null) return value
    const mark = (row[direction] ?? '').toLowerCase()
    if (GOES.test(mark)) return -value
    if (COMES.test(mark)) return value
    throw new StatementRefused(
      `"${mark.slice(0, 40)}" beside ${cell(row, 'amount').slice(0, 40)} does not say whether money comes or goes`,
    )
  }

  const movements: Movement[] = []
  for (const row of body) {
    const own = cell(row, 'currency').toUpperCase()
    const code = isCurrency(own) ? own : (shape.currency ?? NO_CURRENCY)
    const date = dayOf(cell(row, 'date')) ?? dayOf(cell(row, 'value_date'))
    const status = /vorgemerkt|pending|revert|fail|declin|cancel/i.test(cell(row, 'status')) ? 'pending' : 'booked'
    // What never happened has no day of completion.
    const day = date ?? (status === 'pending' ? dayOf(row.find((one) => dayOf(one) !== null) ?? '') : null)
    const said = dayIn(row, found)
    // What stands around a table has no day: its figures are no amounts of the table.
    if (day === null && !LIKE_A_DAY.test(said)) continue
    const credit = money(cell(row, 'credit'), code)
    const debit = money(cell(row, 'debit'), code)
    const signed = signedIn(row, code) ?? Math.abs(credit ?? 0) - Math.abs(debit ?? 0)
    if (signed === 0) continue
    if (day === null) throw new StatementRefused(`"${said.slice(0, 40)}" is not a day`)
    movements.push(
      movementOf({ row, cell, text: textOf(row) || null, code, day, signed, status, entry: movements.length, dayOf, money }),
    )
  }
  if (movements.length === 0 && body.some((row) => row.some((one) => one !== '')) && !columns.has('balance'))
    throw new StatementRefused('No row of the table has a day and an amount')
  const stated = [...new Set(movements.map((one) => one.currency))]
  const balance = (pattern: RegExp, lines: readonly string[][]) => {
    const line = lines.find((cells) => cells.some((one) => pattern.test(one)))
    const value = line?.slice(line.findIndex((one) => pattern.test(one)) + 1).find((one) => /\d[.,]\d\d$/.test(one))
    return value === undefined ? null : money(value, stated[0] ?? NO_CURRENCY)
  }
  const account =
    before.flat().find((one) => IBAN.test(one.replace(/\s/g, ''))) ??
    body.map((row) => cell(row, 'account')).find((one) => one !== '')
  return [
    {
      format: 'CSV',
      number: null,
      account: account?.replace(/\s/g, '') ?? null,
      currency: stated.length === 1 ? stated[0]! : (shape.currency ?? stated[0] ?? null),
      opening: balance(
        /^(alter kontostand|anfangssaldo|beginning balance|opening balance|solde initial|saldo iniziale)/i,
        before,
      ),
      closing:
        balance(/^(neuer kontostand|kontostand|endsaldo|ending balance|closing balance|solde final)/i, before) ??
        balance(/^(neuer kontostand|kontostand|endsaldo|ending balance|closing balance|solde final)/i, body),
      notice: false,
      movements,
    },
  ]
}

interface Row {
  readonly row: readonly string[]
  readonly cell: (row: readonly string[], role: Role) => string
  readonly text: string | null
  readonly code: string
  readonly day: string
  /** Below zero when money goes. */
  readonly signed: number
  readonly status: 'booked' | 'pending'
  readonly entry: number
  readonly dayOf: (text: string) => string | null
  readonly money: (text: string, code: string) => number | null
}

function movementOf({ row, cell, text, code, day, signed, status, entry, dayOf, money }: Row): Movement {
  const sign: Sign = signed > 0 ? 'credit' : 'debit'
  const charged = money(cell(row, 'fee'), code) ?? 0
  const fee = charged === 0 ? null : Math.abs(charged)
  // A fee is taken off what comes in, and on top of what goes out.
  const amount = Math.abs(signed) - (sign === 'credit' ? (fee ?? 0) : 0)
  const iban = cell(row, 'iban').replace(/\s/g, '').toUpperCase()
  const foreign = cell(row, 'original_currency').toUpperCase()
  const paid = isCurrency(foreign) && foreign !== code ? money(cell(row, 'original_amount'), foreign) : null
  const kind = cell(row, 'kind')
  return {
    entry,
    date: day,
    value_date: dayOf(cell(row, 'value_date')) ?? day,
    amount,
    currency: code,
    sign,
    status,
    entry_amount: fee !== null && sign === 'debit' ? Math.abs(signed) + fee : null,
    fee,
    original: paid === null ? null : { amount: Math.abs(paid), currency: foreign, rate: cell(row, 'rate') || null },
    name: cell(row, 'name') || cell(row, sign === 'credit' ? 'payer' : 'payee') || nameIn(cell(row, 'text') || null),
    iban: IBAN.test(iban) ? iban : null,
    text: text ?? (kind || null),
    end_to_end_id: /^(NOTPROVIDED|NONREF)?$/i.test(cell(row, 'end_to_end_id')) ? null : cell(row, 'end_to_end_id'),
    reference: text === null ? null : referenceIn(text),
    bank_ref: cell(row, 'bank_ref') || null,
    entry_ref: cell(row, 'bank_ref') || null,
    reverses: /storno|reversal|retoure|r(?:ü|ue)cklastschrift/i.test(kind),
    return_reason: null,
    nature: /^check\s+\d+/i.test(text ?? '') ? 'cheque' : /entgelt|geb(?:ü|ue)hr|\bfee\b/i.test(kind) ? 'bank charge' : null,
    payment_info_id: null,
    transactions: null,
  }
}

/** The other side, where it stands in the description only. */
function nameIn(text: string | null): string | null {
  if (text === null || /^check\s+\d+/i.test(text)) return null
  const named =
    /^(?:payment from|transfer from|from|to)\s+(.+)$/i.exec(text) ?? /\bORIG:(.+?)(?:\s+(?:DET|ID|SND|OGB):|$)/.exec(text)
  return (named?.[1] ?? /^(.+?)\s+DES:/.exec(text)?.[1] ?? text).trim()
}

/** Which mark parts decimals: the last one before as many digits as the currency has decimals, or fewer, as most of the numbers have it. */
function decimalMark(numbers: readonly string[], decimals: number): '.' | ',' {
  const [behindComma, behindPoint] = [new RegExp(`,\\d{1,${decimals}}$`), new RegExp(`\\.\\d{1,${decimals}}$`)]
  let commas = 0
  let points = 0
  for (const number of numbers) {
    const digits = number.replace(/[^\d.,]/g, '')
    if (behindComma.test(digits)) commas++
    else if (behindPoint.test(digits)) points++
    else if (/^\d{1,3}(\.\d{3})+$/.test(digits)) commas += 0.1
    else if (/^\d{1,3}(,\d{3})+$/.test(digits)) points += 0.1
  }
  return commas > points ? ',' : '.'
}

const fourDigits = (year: string) => (year.length === 2 ? `20${year}` : year)
const dayFrom = (year: string, month: string, day: string): string | null => {
  const date = `${fourDigits(year)}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDate(date) ? date : null
}
const PARTS = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T].*)?$/
/** `2 Nov 2026`, `02-Nov-26`, `Nov 2, 2026`. */
const NAMED = /^(?:(\d{1,2})\.?[ -]?([a-zä]{3,9})|([a-zä]{3,9})\.? (\d{1,2})),?\.?[ -]?(\d{4}|\d{2})$/i
const LIKE_A_DAY = /^(\d{1,4}[./-]\d.*|\d{1,2}\.?[ -]?\p{L}{3,9}\b.*\d|\p{L}{3,9}\.? \d{1,2},? \d{2,4}|\d{5,})$/u
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const GERMAN: Readonly<Record<string, string>> = { mär: 'mar', mrz: 'mar', mai: 'may', okt: 'oct', dez: 'dec' }
function namedDay(text: string): string | null {
  const [, before, first, second, after, year] = NAMED.exec(text) ?? []
  const name = (first ?? second ?? '').slice(0, 3).toLowerCase()
  const month = MONTHS.indexOf(GERMAN[name] ?? name) + 1
  return year === undefined || month === 0 ? null : dayFrom(year, String(month), (before ?? after)!)
}

/**
 * How a day is written. With slashes day and month may stand either way: the way that all rows allow, and if both are possible the one
 * that keeps them closer together, or that of the currency's country. Points are days first everywhere.
 */
function dayReader(samples: readonly string[], isDollar: boolean): (text: string) => string | null {
  const parts = samples.map((sample) => PARTS.exec(sample.trim())).filter((found) => found !== null)
  const spread = (monthFirst: boolean): number => {
    const days: string[] = []
    for (const [, first, , second, year] of parts as unknown as [string, string, string, string, string][]) {
      const day = monthFirst ? dayFrom(year, first, second) : dayFrom(year, second, first)
      if (day === null) return Number.POSITIVE_INFINITY
      days.push(day)
    }
    days.sort()
    return days.length === 0 ? 0 : daysBetween(days[0]!, days.at(-1)!)
  }
  const slashes = parts.some(([, , mark]) => mark === '/')
  const [months, days] = [spread(true), spread(false)]
  const monthFirst = slashes && (months < days || (months === days && isDollar))
  return (text) => {
    const iso = /^(\d{4})-?(\d{2})-?(\d{2})(?:[ T].*)?$/.exec(text.trim())
    if (iso) return dayFrom(iso[1]!, iso[2]!, iso[3]!)
    const found = PARTS.exec(text.trim())
    if (!found) return namedDay(text.trim())
    const [, first, , second, year] = found as unknown as [string, string, string, string, string]
    return monthFirst ? dayFrom(year, first, second) : dayFrom(year, second, first)
  }
}
