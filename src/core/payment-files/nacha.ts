import type { PlainDate } from '../calendar.ts'
import type { Minor } from '../money.ts'
import { isFedDay, openDay } from './days.ts'
import { achLetters } from './letters.ts'

/** An ACH file of credits (CCD) as Nacha's operating rules lay it out: lines of 94 characters, in blocks of ten. */

interface AchTransfer {
  readonly document: string
  readonly amount: Minor
  readonly currency: string
  readonly name: string
  readonly routing_number: string | null
  readonly account_number: string | null
  readonly reference: string
}
export interface AchOrder {
  /** One digit or letter: tells the files of one day apart. */
  readonly modifier?: string
  /** `YYYY-MM-DDTHH:MM`, as it stands in the file. */
  readonly created_at: string
  readonly today: PlainDate
  readonly execution_date?: PlainDate | null
  readonly debtor: {
    readonly name: string
    readonly bank_name?: string | null
    readonly routing_number: string
    readonly account_number: string
    /** Ten characters that the bank gave the company; usually 1 and its tax id. */
    readonly company_id: string
  }
  readonly payments: readonly AchTransfer[]
  /** The number of the first entry of the day, so that traces are never used twice. */
  readonly first_trace?: number
}
export interface WrittenAch {
  readonly file: string | null
  readonly transfers: readonly {
    readonly document: string
    readonly amount: Minor
    readonly trace: string
    readonly execution_date: PlainDate
  }[]
  readonly refused: readonly { readonly document: string; readonly why: string }[]
}

const AMOUNT_MAX = 9_999_999_999
/** What the totals of a file have digits for. */
const TOTAL_MAX = 999_999_999_999

/** Nine digits whose weighted sum (3, 7, 1) is a multiple of ten. */
export function isRouting(number: string): boolean {
  if (!/^\d{9}$/.test(number)) return false
  const sum = [...number].reduce((all, digit, i) => all + Number(digit) * [3, 7, 1][i % 3]!, 0)
  return sum > 0 && sum % 10 === 0
}

function whyRefused({ amount, currency, name, routing_number, account_number }: AchTransfer): string | null {
  if (currency !== 'USD') return `${currency} is not paid by ACH, which moves US dollars only`
  if (amount <= 0) return 'A transfer has to be more than 0'
  if (amount > AMOUNT_MAX) return 'A transfer can be at most 99,999,999.99'
  if (!routing_number || !isRouting(routing_number))
    return 'The routing number of the vendor is wrong: its check digit does not fit'
  const account = account_number?.trim() ?? ''
  if (account === '' || account.length > 17 || /[^\x20-\x7e]/.test(account))
    return 'The account number of the vendor has to have 1 to 17 characters'
  return achLetters(name) === '' ? 'The vendor has no name that a bank can read' : null
}

const left = (text: string, length: number) => text.slice(0, length).padEnd(length)
const digits = (value: number | string, length: number) => String(value).slice(-length).padStart(length, '0')

/** Writes a file. The same order is the same bytes. What can't be paid is named and left out. */
export function nachaFile({
  modifier = 'A',
  created_at,
  today,
  execution_date,
  debtor,
  payments,
  first_trace = 1,
}: AchOrder): WrittenAch {
  const refused: { document: string; why: string }[] = []
  let total = 0
  const fitting = payments.filter((one) => {
    const why = whyRefused(one) ?? (total + one.amount > TOTAL_MAX ? 'A file can move at most 9,999,999,999.99' : null)
    if (why === null) total += one.amount
    else refused.push({ document: one.document, why })
    return why === null
  })
  if (fitting.length === 0) return { file: null, transfers: [], refused }
  const day = openDay(execution_date ?? null, today, isFedDay)
  const short = (date: string) => date.slice(2).replaceAll('-', '')
  const bank = debtor.routing_number.slice(0, 8)
  const company = achLetters(debtor.name)
  const transfers = fitting.map(({ document, amount }, i) => ({
    document,
    amount,
    trace: bank + digits(first_trace + i, 7),
    execution_date: day,
  }))
  const entries = fitting.map(({ amount, name, routing_number, account_number, reference }, i) =>
    [
      '622',
      routing_number!,
      left(account_number!.trim(), 17),
      digits(amount, 10),
      left(achLetters(reference), 15),
      left(achLetters(name), 22),
      '  0',
      transfers[i]!.trace,
    ].join(''),
  )
  const hash = digits(
    fitting.reduce((sum, { routing_number }) => sum + Number(routing_number!.slice(0, 8)), 0),
    10,
  )
  const sums = digits(0, 12) + digits(total, 12)
  const lines = [
    `101 ${debtor.routing_number}${left(debtor.company_id, 10)}${short(created_at.slice(0, 10))}${created_at.slice(11, 16).replace(':', '')}${modifier}094101${left(achLetters(debtor.bank_name ?? ''), 23)}${left(company, 23)}${' '.repeat(8)}`,
    `5220${left(company, 16)}${' '.repeat(20)}${left(debtor.company_id, 10)}CCD${left('VENDOR PAY', 10)}${' '.repeat(6)}${short(day)}   1${bank}${digits(1, 7)}`,
    ...entries,
    `8220${digits(entries.length, 6)}${hash}${sums}${left(debtor.company_id, 10)}${' '.repeat(25)}${bank}${digits(1, 7)}`,
  ]
  const blocks = Math.ceil((lines.length + 1) / 10)
  lines.push(`9${digits(1, 6)}${digits(blocks, 6)}${digits(entries.length, 8)}${hash}${sums}${' '.repeat(39)}`)
  while (lines.length % 10 !== 0) lines.push('9'.repeat(94))
  return { file: `${lines.join('\n')}\n`, transfers, refused }
}
