/** The books as files are made from them. Amounts in minor units, debit above zero; days YYYY-MM-DD. */

export interface JournalBooks {
  readonly name: string
  readonly currency: string
  readonly chart: string
  /** The month that the fiscal year begins with. */
  readonly first_month: number
  readonly country: string
  /** The number of the company in its register: SIREN, for France. */
  readonly register_number: string | null
  readonly datev_adviser: number | null
  readonly datev_client: number | null
}

export interface JournalAccount {
  readonly number: string
  readonly name: string
  readonly type: 'Asset' | 'Equity' | 'Expense' | 'Income' | 'Liability'
  readonly role: string | null
}

export interface JournalParty {
  readonly side: 'customer' | 'vendor'
  readonly number: number
  readonly name: string
  readonly email?: string | null
  readonly country?: string | null
  readonly vat_id?: string | null
}

export interface JournalLine {
  readonly account: string
  readonly amount: number
  readonly currency_amount: number
  readonly party: boolean
  readonly tax_code: string | null
  readonly is_tax: boolean
}

export interface JournalEntry {
  readonly number: number
  readonly day: string
  /** When it was booked. */
  readonly booked_on: string
  readonly kind: 'invoice' | 'credit_note' | 'bill' | 'vendor_credit' | 'payment' | 'end' | 'reversal'
  readonly object_type: string
  readonly document: string | null
  readonly text: string
  readonly currency: string
  readonly due_day: string | null
  readonly party: JournalParty | null
  /** The document's file, as packages name it. */
  readonly file?: string | null
  readonly lines: readonly JournalLine[]
}

interface JournalTaxRate {
  readonly code: string
  readonly name: string
  readonly rate: number
  readonly direction: 'sale' | 'purchase'
}

export interface Journal {
  readonly books: JournalBooks
  readonly accounts: readonly JournalAccount[]
  readonly rates: readonly JournalTaxRate[]
  readonly entries: readonly JournalEntry[]
}

/** The first day of the fiscal year that a day lies in. */
export function fiscalYearOf(day: string, first_month: number): string {
  const [year, month] = day.split('-').map(Number) as [number, number]
  const from = month >= first_month ? year : year - 1
  return `${from}-${String(first_month).padStart(2, '0')}-01`
}

/** Entries by the fiscal year they lie in, the earliest first. */
export function byFiscalYear({ books, entries }: Pick<Journal, 'books' | 'entries'>): [from: string, entries: JournalEntry[]][] {
  const years = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    const from = fiscalYearOf(entry.day, books.first_month)
    years.set(from, (years.get(from) ?? []).concat(entry))
  }
  return [...years].sort(([a], [b]) => (a < b ? -1 : 1))
}
