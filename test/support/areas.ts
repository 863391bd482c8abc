/**
 * Operations by their subject: an area, and a part of it for the suites that ask them the most. Those of an area, and of a part, take about
 * as long. The first that fits counts; what belongs to none is one of `others`.
 */
const PARTS = [
  ['payers', 'others', /^\/internal\/(payment|quotes|settings)/],
  ['receivable-steps', 'sales', /^\/receivables\/[:{]receivable_id}?\/./],
  ['receivables', 'sales', /^\/receivables\b/],
  [
    'sales',
    'sales',
    /^\/(recurrences|delivery_notes|products|measure_units|payment_(terms|reminders)|overdue_reminders|credit_notes)\b/,
  ],
  ['bills', 'purchases', /^\/payables\b/],
  ['purchases', 'purchases', /^\/(payable|approval_|receipts|expense|x\/purchas)/],
  ['counterparts', 'purchases', /^\/(internal\/)?counterparts\b/],
  ['banking', 'money', /^\/(bank_accounts|x\/(bank_|mandates|debit_files|payment_(files|reports)|ledger)|accounting)/],
  ['money', 'money', /^\/(payment_(?!onb)|batch_payments|financing_|x\/payment_)/],
  [
    'onboarding',
    'companies',
    /^\/(persons|entities\/.*onboarding|(payment_|internal\/)?onboarding|x\/(onboarding|identity|micro))/,
  ],
  ['tools', 'companies', /^\/(x\/(snapshots|forks|test_clock)|ai)\b/],
  ['companies', 'companies', /^\/(entit|roles|settings|auth)/],
  ['messages', 'others', /^\/(mail|text_|document_|webhook_subscriptions|frontend)/],
] as const

export type Part = (typeof PARTS)[number][0] | 'others'
export type Area = (typeof PARTS)[number][1]
export const parts: ReadonlySet<Part> = new Set([...PARTS.map(([part]) => part), 'others'])
export const areas: ReadonlySet<Area> = new Set(PARTS.map(([, area]) => area))

interface Addressed {
  readonly url: string
}
const found = ({ url }: Addressed) => PARTS.find(([, , addresses]) => addresses.test(url))

export const partOf = (operation: Addressed): Part => found(operation)?.[0] ?? 'others'
export const areaOf = (operation: Addressed): Area => found(operation)?.[1] ?? 'others'
