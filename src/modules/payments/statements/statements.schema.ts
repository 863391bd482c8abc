import Type, { type Static } from 'typebox'
import { closed, day, instant, named, opt, orNull, pageOf, strict, uuid, word } from '../../../platform/http/types.ts'

/** Ours: the original has no bank statements. Amounts are positive minor units; the direction stands beside them. */

const text = Type.String()
const amount = Type.Integer()
const ObjectType = word(['receivable', 'payable'], { $id: 'BankTransactionObjectType' })

export const BankStatementUpload = named('BankStatementUpload', {
  file: Type.String({ format: 'binary' }),
  bank_account_id: Type.Optional(uuid),
})

export const BankStatement = named('BankStatement', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  bank_account_id: uuid,
  file_name: text,
  member: orNull(text),
  format: text,
  number: orNull(text),
  currency: text,
  opening_balance: orNull(amount),
  closing_balance: orNull(amount),
  gap: orNull(amount),
  first_day: orNull(day),
  last_day: orNull(day),
  created_by_entity_user_id: orNull(uuid),
})
export const BankStatementPage = pageOf(BankStatement, 'BankStatementPage')

export const BankStatementsRead = named('BankStatementsRead', {
  data: Type.Array(
    Type.Object({
      ...BankStatement.properties,
      transactions: Type.Integer(),
      duplicates: Type.Integer(),
      not_booked: Type.Integer(),
      matched: Type.Integer(),
      to_review: Type.Integer(),
    }),
  ),
  left_out: Type.Array(text),
})

const Pays = named('BankTransactionPays', { object_type: ObjectType, object_id: uuid, amount })
export const Proposal = named('BankTransactionProposal', {
  why: text,
  pays: Type.Array(Pays),
  candidates: Type.Array(Type.Object({ object_type: ObjectType, object_id: uuid })),
  overpaid: orNull(amount),
  settles: orNull(Type.Boolean()),
  undoes_payment: orNull(text),
  undoes_transaction: orNull(text),
  already_paid: orNull(Type.Object({ object_type: ObjectType, object_id: uuid })),
})
export type Proposal = Static<typeof Proposal>

const transactionStatuses = ['booking', 'matched', 'to_review', 'accepted', 'set_aside', 'detailed'] as const
export const BankTransactionStatus = word(transactionStatuses, { $id: 'BankTransactionStatus' })
export const Direction = word(['credit', 'debit'], { $id: 'BankTransactionDirection' })

export const BankTransaction = named('BankTransaction', {
  id: uuid,
  created_at: instant,
  updated_at: instant,
  bank_statement_id: uuid,
  bank_account_id: uuid,
  date: day,
  value_date: day,
  amount,
  currency: text,
  direction: Direction,
  entry_amount: orNull(amount),
  fee: orNull(amount),
  original: orNull(Type.Object({ amount, currency: text, rate: orNull(text) })),
  counterparty_name: orNull(text),
  counterparty_iban: orNull(text),
  text: orNull(text),
  end_to_end_id: orNull(text),
  reference: orNull(text),
  bank_reference: orNull(text),
  return_reason: orNull(text),
  nature: orNull(text),
  transactions: orNull(Type.Integer()),
  status: BankTransactionStatus,
  proposal: Proposal,
  payment_record_ids: Type.Array(uuid),
  decided_at: orNull(instant),
  decided_by_entity_user_id: orNull(uuid),
  comment: orNull(text),
  created_by_entity_user_id: orNull(uuid),
})
export type BankTransaction = Static<typeof BankTransaction>
export const BankTransactionPage = pageOf(BankTransaction, 'BankTransactionPage')

export const AcceptBankTransaction = closed('AcceptBankTransaction', {
  pays: opt(
    Type.Array(Type.Object({ object_type: ObjectType, object_id: uuid, amount: Type.Integer() }, strict), {
      minItems: 1,
      maxItems: 100,
    }),
  ),
})
export const SetAsideBankTransaction = closed('SetAsideBankTransaction', { comment: opt(Type.String({ maxLength: 1000 })) })
