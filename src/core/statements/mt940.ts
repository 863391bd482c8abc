import { daysBetween, isDate } from '../calendar.ts'
import { minorUnitsOf } from '../currencies.ts'
import { minorOf } from './amounts.ts'
import { IBAN, plainReference, referenceIn } from './references.ts'
import { type Movement, type Nature, type Sign, type Statement, StatementRefused } from './types.ts'

/**
 * SWIFT MT940 as banks write it: tags at the beginning of lines, texts of :86: either free, in German sub-fields (`?20`), or in fields
 * between slashes (`/REMI/`). Lines are cut anywhere, also inside marks and numbers.
 */

interface Field {
  readonly tag: string
  readonly lines: string[]
}

const TAG = /^:(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|13[DC]?|34F|90[CD]|NS):/

/** Whether a text looks like one. */
export const looksLikeMt940 = (text: string): boolean => /(^|\n):20:/.test(text) && /(^|\n):(25|60[FM]):/.test(text)

/** The fields of a file. What stands before the first :20: is the envelope. */
function fieldsOf(file: string): Field[] {
  const raw = file
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/^\{1:[^\n]*?\{4:/, '').replace(/^-\}.*$/, '-'))
  const fields: Field[] = []
  for (let i = 0; i < raw.length; i++) {
    let line = raw[i]!
    // A tag that was torn apart after its first colon.
    if (line === ':' && TAG.test(`:${raw[i + 1] ?? ''}`)) line = `:${raw[++i]}`
    const tag = TAG.exec(line)
    if (tag) fields.push({ tag: tag[1]!, lines: [line.slice(tag[0].length)] })
    else if (line === '-' && isEnd(raw, i)) fields.push({ tag: '-', lines: [] })
    else if (fields.length > 0) fields.at(-1)!.lines.push(line)
  }
  const first = fields.findIndex(({ tag }) => tag === '20')
  if (first < 0) throw new StatementRefused('The file holds no statement: a MT940 begins with :20:')
  return fields.slice(first)
}

/** A hyphen ends a message unless the text goes on: then it is a text line of its own. */
function isEnd(lines: readonly string[], at: number): boolean {
  const next = lines.slice(at + 1).find((line) => line.trim() !== '')
  return next === undefined || !TAG.test(next) || next.startsWith(':20:')
}

export function readMt940(file: string): Statement[] {
  const statements: Statement[] = []
  let open: Page | null = null
  for (const page of pagesOf(fieldsOf(file))) {
    // Pages of one statement follow each other: the one before ended with an intermediate balance.
    if (open && page.continues && open.account === page.account && open.number === page.number) open = join(open, page)
    else {
      if (open) statements.push(statementOf(open))
      open = page
    }
  }
  if (open) statements.push(statementOf(open))
  return statements
}

interface Page {
  readonly account: string | null
  readonly number: string | null
  readonly continues: boolean
  readonly opening: { readonly amount: number; readonly currency: string } | null
  readonly closing: { readonly amount: number; readonly currency: string } | null
  readonly entries: readonly { readonly line: readonly string[]; readonly words: readonly string[] }[]
}

const join = (first: Page, next: Page): Page => ({
  ...first,
  closing: next.closing ?? first.closing,
  entries: [...first.entries, ...next.entries],
})

function pagesOf(fields: readonly Field[]): Page[] {
  const pages: Page[] = []
  let account: string | null = null
  let number: string | null = null
  let opening: Page['opening'] = null
  let closing: Page['closing'] = null
  let continues = false
  let entries: { line: string[]; words: string[] }[] = []
  let begun = false
  /** Where a text belongs: to the last entry, or to nothing after a balance. */
  let last: { line: string[]; words: string[] } | null = null
  const end = () => {
    if (begun) pages.push({ account, number, continues, opening, closing, entries })
    account = number = opening = closing = null
    continues = begun = false
    entries = []
    last = null
  }
  for (const { tag, lines } of fields) {
    const value = lines.join('').trim()
    if (tag === '20' || tag === '-') {
      end()
      continue
    }
    begun = true
    if (tag.startsWith('25')) account = value === '' ? null : value
    else if (tag.startsWith('28')) number = value.split('/')[0]!.trim() || null
    else if (tag.startsWith('60')) {
      opening = balanceOf(value)
      continues = tag === '60M'
    } else if (tag.startsWith('62')) {
      closing = balanceOf(value)
      last = null
    } else if (tag === '61') {
      last = { line: lines, words: [] }
      entries.push(last)
    } else if (tag === '86') last?.words.push(...lines)
    else last = null
  }
  end()
  return pages
}

const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d*,?\d*)/
function balanceOf(value: string): { amount: number; currency: string } {
  const found = BALANCE.exec(value)
  if (!found) throw new StatementRefused(`"${value.slice(0, 40)}" is no balance`)
  const [, mark, , currency, amount] = found as unknown as [string, string, string, string, string]
  return { amount: (mark === 'D' ? -1 : 1) * minorOf(amount, minorUnitsOf(currency), ','), currency }
}

function statementOf({ account, number, opening, closing, entries }: Page): Statement {
  const currency = opening?.currency ?? closing?.currency ?? null
  return {
    format: 'MT940',
    number,
    account: account?.replace(/(?<=\d)(?:[A-Z]{3})$/, '') ?? null,
    currency,
    opening: opening?.amount ?? null,
    closing: closing?.amount ?? null,
    notice: false,
    movements: entries.map(({ line, words }, i) => movementOf(line, words, i, currency ?? 'EUR')),
  }
}

const ENTRY = /^(\d{6})(\d{4})?(E?R?[CD])([A-Z])?(\d*,?\d*)(?:([A-Z][A-Z0-9]{3})(.*))?$/

function movementOf(lines: readonly string[], words: readonly string[], entry: number, currency: string): Movement {
  // The amount may stand on a line of its own.
  const torn = /^\d{6}(\d{4})?E?R?[CD][A-Z]?$/.test(lines[0]!.trim())
  const [head = '', ...rest] = torn ? [lines[0]!.trim() + (lines[1] ?? '').trim(), ...lines.slice(2)] : lines
  const found = ENTRY.exec(head.trim())
  if (!found) throw new StatementRefused(`"${head.slice(0, 60)}" is no entry of a MT940`)
  const [, valued, booked, mark, , amount, code = '', refs = ''] = found as unknown as string[]
  const value_date = dateOf(valued!)
  const turned = mark!.includes('R')
  const incoming = mark!.endsWith('C') !== turned
  const sign: Sign = incoming ? 'credit' : 'debit'
  const [, ours] = refs!.split('//') as [string, string?]
  const beside = rest.join('').replace(/\s/g, '').toUpperCase()
  const parsed = told86(words)
  return {
    entry,
    date: booked ? nearest(value_date, booked) : value_date,
    value_date,
    amount: minorOf(amount!, minorUnitsOf(currency), ','),
    currency,
    sign,
    status: mark!.startsWith('E') ? 'pending' : 'booked',
    entry_amount: null,
    fee: null,
    original: null,
    ...parsed,
    iban: parsed.iban ?? (IBAN.test(beside) ? beside : null),
    reference: parsed.reference ?? (parsed.text === null ? null : referenceIn(parsed.text)),
    bank_ref: ours?.trim() || null,
    entry_ref: ours?.trim() || null,
    reverses: turned,
    nature: parsed.nature ?? (code === 'NCHG' ? 'bank charge' : code === 'NINT' ? 'interest' : null),
    payment_info_id: null,
    transactions: null,
  }
}

function dateOf(yymmdd: string): string {
  const date = `20${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4)}`
  if (!isDate(date)) throw new StatementRefused(`"${yymmdd}" is not a day`)
  return date
}

/** The day of booking has no year: it is the one that brings it closest to the value date. */
function nearest(value: string, mmdd: string): string {
  const year = Number(value.slice(0, 4))
  const days = [year - 1, year, year + 1]
    .map((one) => `${one}-${mmdd.slice(0, 2)}-${mmdd.slice(2)}`)
    .filter((day) => isDate(day))
    .sort((a, b) => Math.abs(daysBetween(value, a)) - Math.abs(daysBetween(value, b)))
  if (!days[0]) throw new StatementRefused(`"${mmdd}" is not a day`)
  return days[0]
}

const none = /^(NOTPROVIDED|NONREF|KREF\+NONREF)?$/i

interface EntryDetails {
  readonly name: string | null
  readonly iban: string | null
  readonly text: string | null
  readonly end_to_end_id: string | null
  readonly reference: string | null
  readonly return_reason: string | null
  readonly nature: Nature | null
}
const nothing: EntryDetails = {
  name: null,
  iban: null,
  text: null,
  end_to_end_id: null,
  reference: null,
  return_reason: null,
  nature: null,
}

const orNull = (text: string | undefined): string | null => (text === undefined || text.trim() === '' ? null : text.trim())
const idOrNull = (text: string | undefined): string | null => {
  const id = text?.replace(/\s/g, '') ?? ''
  return none.test(id) ? null : id
}

function told86(lines: readonly string[]): EntryDetails {
  if (lines.length === 0) return nothing
  const whole = lines.join('')
  if (/^\d{3}\?\d\d/.test(whole)) return inSubFields(whole)
  if (/^\/[A-Z]{4}\//.test(whole) || /\/(?:REMI|EREF|NAME)\//.test(whole)) return betweenSlashes(whole)
  // Free text: what filled its line was cut, what did not ended there.
  const text = lines.reduce((all, line) => all + (all === '' || all.length % 65 === 0 ? '' : ' ') + line, '')
  const { marked } = marksIn(text)
  if (!marked.has('EREF') && !marked.has('SVWZ')) return { ...nothing, text: orNull(text) }
  return {
    ...nothing,
    text: orNull(marked.get('SVWZ')) ?? orNull(text),
    end_to_end_id: idOrNull(marked.get('EREF')?.trim().split(/\s/)[0]),
  }
}

/** What follows each of the marks of SEPA (`EREF+…`), and what stands before the first. */
function marksIn(words: string): { marked: ReadonlyMap<string, string>; before: string } {
  const marks = [...words.matchAll(/(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|RCDC)\+/g)]
  const marked = new Map(marks.map((mark, i) => [mark[1]!, words.slice(mark.index + mark[0].length, marks[i + 1]?.index)]))
  return { marked, before: words.slice(0, marks[0]?.index) }
}

/** `166?00GUTSCHRIFT?20SVWZ+…?31IBAN?32NAME` (the German banks' common form). */
function inSubFields(whole: string): EntryDetails {
  const parts = new Map<string, string>()
  for (const found of whole.slice(3).matchAll(/\?(\d\d)([^?]*(?:\?(?!\d\d)[^?]*)*)/g)) parts.set(found[1]!, found[2]!)
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => parts.get(String(from + i).padStart(2, '0')) ?? '').join('')
  const words = range(20, 29) + range(60, 63)
  const { marked, before } = marksIn(words)
  const text = orNull(marked.get('SVWZ') ?? before)
  const account = (marked.get('IBAN') ?? parts.get('31') ?? '').replace(/\s/g, '').toUpperCase()
  const code = whole.slice(0, 3)
  const purpose = marked.get('PURP')?.slice(0, 4)
  const charges = /^8(05|06|07|08|09|14)$/.test(code)
  return {
    name: orNull(range(32, 33)),
    iban: IBAN.test(account) ? account : null,
    text,
    end_to_end_id: idOrNull(marked.get('EREF')),
    reference: null,
    return_reason: orNull(marked.get('RCDC')) ?? (code === '109' || code === '108' ? 'NARR' : null),
    nature: charges ? 'bank charge' : purpose === 'SALA' ? 'salaries' : purpose === 'TAXS' ? 'tax' : null,
  }
}

const CODES =
  /\/(TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|CSID|MARF|ORDP|BENM|CNTP|ISDT|PURP|ULTD|ULTC|ULTB|SVCL|RTRN|RTYP|PREF|NRTX|OCMT|CHGS|EXCH|ADDR|IREF|KREF)\//g

/** `/TRTP/…/IBAN/…/NAME/…/REMI/…/EREF/…`, and `/CNTP/iban/bic/name/city//`. */
function betweenSlashes(whole: string): EntryDetails {
  const marks = [...whole.matchAll(CODES)]
  const fields = new Map<string, string>()
  marks.forEach((mark, i) => {
    const value = whole.slice(mark.index + mark[0].length, marks[i + 1]?.index)
    if (!fields.has(mark[1]!)) fields.set(mark[1]!, value)
  })
  const [iban = '', , name] = (fields.get('CNTP') ?? '').split('/')
  const account = (fields.get('IBAN') ?? iban).replace(/[\s/]/g, '').toUpperCase()
  const remittance = fields.get('REMI')
  const structured = /^STRD\/(?:CUR\/)?(.*)$/s.exec(remittance ?? '')?.[1]
  const words = remittance?.replace(/^(?:USTD|STRD)?\/*(?:INV\/|CUR\/)?\/*/, '')
  return {
    name: orNull(fields.get('NAME')?.replace(/\/+$/, '') ?? name),
    iban: IBAN.test(account) ? account : null,
    text: orNull(words?.replace(/\/+$/, '')),
    end_to_end_id: idOrNull(fields.get('EREF')?.replace(/\/+$/, '')),
    reference: plainReference(structured?.replace(/\/.*$/s, '')),
    return_reason: orNull(fields.get('RTRN')?.replace(/\/+$/, '')),
    nature: fields.get('PURP')?.includes('SALA') ? 'salaries' : null,
  }
}
