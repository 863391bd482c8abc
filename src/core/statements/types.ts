import type { PlainDate } from '../calendar.ts'
import type { Minor } from '../money.ts'

/** What a bank says of an account, in one form whatever file it came in. Amounts are positive minor units; the sign stands beside them. */

/** `credit`: money comes in. */
export type Sign = 'credit' | 'debit'

/** What a movement is, where the bank says so: none of these pays a document. */
export type Nature = 'bank charge' | 'interest' | 'salaries' | 'tax' | 'cheque' | 'own transfer'

/** One payment. Several may stand in one entry of the bank, which moves the account by their sum. */
export interface Movement {
  /** Which entry of the statement it is part of, counted from 0. */
  readonly entry: number
  /** The day it was booked. */
  readonly date: PlainDate
  readonly value_date: PlainDate
  readonly amount: Minor
  readonly currency: string
  readonly sign: Sign
  /** `pending` and `info` move nothing. */
  readonly status: 'booked' | 'pending' | 'info'
  /** What the account moves by, where it is not the amount: charges were taken off or put on top. */
  readonly entry_amount: Minor | null
  readonly fee: Minor | null
  /** What was paid, where it was in another currency. */
  readonly original: { readonly amount: Minor; readonly currency: string; readonly rate: string | null } | null
  /** The other side. */
  readonly name: string | null
  readonly iban: string | null
  /** What was written for the payee. */
  readonly text: string | null
  readonly end_to_end_id: string | null
  /** A structured creditor reference (RF, QR, Belgian, Finnish), without blanks and filling. */
  readonly reference: string | null
  /** The bank's own id of the entry, or of its part. */
  readonly bank_ref: string | null
  /** The bank's own id of the whole entry, which its parts share. */
  readonly entry_ref: string | null
  /** It takes back something that was booked before. */
  readonly reverses: boolean
  /** It came back from the other bank, and why: a code of ISO 20022, such as AC04. */
  readonly return_reason: string | null
  readonly nature: Nature | null
  /** The id of the payment block that was ordered, where an entry shows its sum only, and how many payments it holds. */
  readonly payment_info_id: string | null
  readonly transactions: number | null
}

export interface Statement {
  /** `camt.053.001.08`, `MT940`, `OFX`, `CSV` … */
  readonly format: string
  readonly number: string | null
  /** As the file names it: an IBAN, or a national number. Null where the file doesn't say. */
  readonly account: string | null
  readonly currency: string | null
  /** Below zero where the account is overdrawn. Null where the file has no balances. */
  readonly opening: Minor | null
  readonly closing: Minor | null
  /** A notice (camt.054) tells of movements, and is no statement of the account. */
  readonly notice: boolean
  readonly movements: readonly Movement[]
}

/** Stands where a file names no currency (ISO 4217); read with two decimals. */
export const NO_CURRENCY = 'XXX'

/** A file that can't be read as a statement. Its message is for whoever uploaded it. */
export class StatementRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StatementRefused'
  }
}

/** What the account moves by because of one entry, positive when money comes in; nothing for what is only announced. */
const movedBy = ({ status, sign, entry_amount, amount }: Movement): Minor =>
  status !== 'booked' ? 0 : (sign === 'credit' ? 1 : -1) * (entry_amount ?? amount)

/** What is missing between the opening balance, the entries and the closing one; null where the file has no balances. */
export function gapIn({ opening, closing, movements }: Statement): Minor | null {
  if (opening === null || closing === null) return null
  return closing - movements.reduce((sum, movement) => sum + movedBy(movement), opening)
}
