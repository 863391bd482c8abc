/** Parts of the operations that take about as long to ask. What belongs to no other is one of `others`. */
export type Area = 'sales' | 'purchases' | 'money' | 'companies' | 'others'

const AREAS: readonly (readonly [Area, RegExp])[] = [
  [
    'sales',
    /^\/(receivables|recurrences|delivery_notes|products|measure_units|payment_(terms|reminders)|overdue_reminders|credit_notes)\b/,
  ],
  ['purchases', /^\/(payable|approval_|receipts|expense|counterparts|x\/purchas)/],
  ['money', /^\/(payment_|bank_|batch_payments|financing_|x\/(bank_|payment_|mandates|ledger)|accounting)/],
  [
    'companies',
    /^\/(entit|persons|roles|(payment_|internal\/)?onboarding|x\/(onboarding|identity|micro|snapshots|forks|test_clock)|ai\b|settings|auth)/,
  ],
]

export const areaOf = ({ url }: { readonly url: string }): Area =>
  AREAS.find(([, addresses]) => addresses.test(url))?.[0] ?? 'others'
