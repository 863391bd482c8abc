import { minorUnitsOf } from '../../../core/currencies.ts'
import { say } from '../../../platform/pdf/drafting.ts'
import { type Formats, formats } from '../../../platform/pdf/format.ts'
import { type DocumentLanguage, documentLanguage, isRightToLeft, type Labels, labelsOf } from '../../../platform/pdf/labels.ts'
import type { Alarm } from '../../payables/alarms.service.ts'
import type { Asking } from '../links.service.ts'
import { type Words, wordsOf } from './words.ts'

/** What the page of an approver says, in the language of whoever reads it. */
export interface ApprovalView {
  readonly language: DocumentLanguage
  readonly words: Words
  readonly labels: Labels
  readonly asking: Asking
  readonly text: string
  /** A dash where nobody knows. */
  readonly vendor: string
  readonly total: string | null
  readonly due: string | null
  readonly facts: readonly Pair[]
  readonly vendor_lines: readonly string[]
  readonly account: readonly Pair[]
  readonly account_alarm: string | null
  /** What should be looked at first, and what its sums contradict, in English. */
  readonly alarms: readonly string[]
  readonly lines: readonly Line[]
  /** Lines that are not shown. */
  readonly more: number
  readonly totals: readonly { readonly label: string; readonly value: string; readonly kind: 'part' | 'sum' | 'due' }[]
}
type Pair = readonly [label: string, value: string]

interface Line {
  readonly name: string
  readonly note: string | null
  readonly quantity: string
  readonly price: string
  readonly rate: string
  readonly total: string
}

const LINES_MAX = 100
/** Decimals that are shown of a price which has more of them than its currency. */
const PRICE_DECIMALS_MAX = 6

export function approvalView(asking: Asking, reader: DocumentLanguage | null): ApprovalView {
  const language = reader ?? documentLanguage(asking.language)
  const { bill } = asking
  const decimals = minorUnitsOf(bill.currency ?? '')
  const format = formats(language, asking.country, bill.currency ?? undefined, decimals)
  const [words, labels] = [wordsOf(language), labelsOf(language)]
  const vendor = bill.vendor?.name?.trim() || '—'
  const money = (amount: number) => (bill.currency === null ? format.figure(amount, 2) : format.money(amount))
  const alarm = bill.alarms.find((one) => one.kind === 'other_account')
  const fill: Fill = (sentence, values) => say(sentence, isRightToLeft(language) ? isolated(values) : values)
  return {
    language,
    words,
    labels,
    asking,
    vendor,
    text: fill(words.text, { entity: asking.entity, vendor }),
    total: bill.total_amount === null ? null : money(bill.total_amount),
    due: bill.due_date && format.date(bill.due_date),
    facts: pairs([
      [words.bill, bill.document_id],
      [labels.issue_date, bill.issued_at && format.date(bill.issued_at)],
      [labels.due_date, bill.due_date && format.date(bill.due_date)],
    ]),
    vendor_lines: vendorLines(asking, format, labels),
    account: accountOf(asking, labels),
    account_alarm: alarm ? alarmText(alarm, words, format, fill) : null,
    alarms: [
      ...bill.alarms.map((one) => alarmText(one, words, format, fill)),
      ...(bill.contradictions.length > 0 ? [words.sums] : []),
    ],
    lines: bill.lines.slice(0, LINES_MAX).map((line) => ({
      name: line.name ?? '—',
      note: line.description,
      quantity: line.quantity === null ? '' : [format.quantity(line.quantity), line.unit].filter(Boolean).join(' '),
      price: priceOf(line.unit_price_exact ?? line.unit_price, decimals, format),
      rate: line.tax === null ? '' : format.percent(line.tax),
      total: line.subtotal === null ? '' : format.figure(line.subtotal),
    })),
    more: Math.max(0, bill.lines.length - LINES_MAX),
    totals: totalsOf(asking, labels, money),
  }
}

const pairs = (all: readonly (readonly [label: string, value: string | null])[]): Pair[] =>
  all.flatMap(([label, value]) => (value ? [[label, value] as const] : []))

function priceOf(price: number | null, decimals: number, { figure }: Formats): string {
  if (price === null) return ''
  const beyond = /\.(\d+)/.exec(String(price))?.[1]?.length ?? 0
  return figure(price, Math.min(PRICE_DECIMALS_MAX, decimals + beyond))
}

function vendorLines({ bill: { vendor }, country }: Asking, format: Formats, labels: Labels): string[] {
  const { address, vat_id, tax_id } = vendor ?? {}
  const town = [address?.postal_code, address?.city].filter(Boolean).join(' ')
  const abroad = address?.country && address.country !== country ? format.country(address.country) : null
  const numbers = pairs([
    [labels.vat_id, vat_id?.value ?? null],
    [labels.tax_id, tax_id ?? null],
  ]).map(([label, value]) => `${label} ${value}`)
  return [address?.line1, address?.line2, town, abroad, ...numbers].filter((line): line is string => !!line?.trim())
}

function accountOf({ bill: { vendor } }: Asking, labels: Labels): Pair[] {
  const account = vendor?.bank_account
  return pairs([
    [labels.account_holder, account?.account_holder_name ?? null],
    ['IBAN', account?.iban?.replace(/(.{4})(?=.)/g, '$1 ') ?? null],
    ['BIC', account?.bic ?? null],
    [labels.account_number, account?.account_number ?? null],
    [labels.sort_code, account?.sort_code ?? null],
    [labels.routing_number, account?.routing_number ?? null],
  ])
}

function totalsOf({ bill }: Asking, labels: Labels, money: (amount: number) => string): ApprovalView['totals'] {
  const { subtotal, tax_amount, discount, total_amount, amount_paid, amount_credited, amount_due } = bill
  const rows: { label: string; value: string; kind: 'part' | 'sum' | 'due' }[] = []
  const add = (kind: 'part' | 'sum' | 'due', label: string, amount: number | null) => {
    if (amount !== null) rows.push({ kind, label, value: money(amount) })
  }
  add('part', labels.subtotal, subtotal)
  add('part', labels.discount, discount ? -discount : null)
  add('part', labels.vat, tax_amount)
  add('sum', labels.total, total_amount)
  add('part', labels.paid, amount_paid > 0 ? -amount_paid : null)
  add('part', labels.credited, amount_credited > 0 ? -amount_credited : null)
  add('due', labels.amount_due, amount_due !== total_amount ? amount_due : null)
  return rows
}

type Fill = (sentence: string, values: Record<string, string>) => string
/** A value among words of another direction keeps its own (Unicode, first strong isolate). */
const isolated = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `\u2068${value}\u2069`]))

function alarmText(alarm: Alarm, words: Words, { date }: Formats, fill: Fill): string {
  switch (alarm.kind) {
    case 'duplicate': {
      const text = alarm.same === 'file' ? words.same_file : words.same_number
      return fill(text, { number: alarm.document_id ?? '—', date: date(alarm.came) })
    }
    case 'other_account':
      return fill(words.other_account, { account: alarm.account, known: alarm.known })
    case 'addressed_elsewhere':
      return fill(words.addressed_elsewhere, { name: [alarm.name, alarm.vat_id].filter(Boolean).join(', ') })
  }
}
