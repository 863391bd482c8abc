import type { Question } from './payables.questions.ts'

/** What has to be so of the money that banks told of. */
export const ofBanks: readonly Question[] = [
  {
    question:
      'What a bank transaction booked are records that succeeded, together no more than its amount and charges, in its direction',
    sql: `
      with booked as (
        select t.entity_id, t.id, t.amount + coalesce(t.fee, 0) as most, cardinality(t.payment_record_ids) as records, count(p.id) as found,
          coalesce(sum(case when (p.object_type = 'receivable') = (t.direction = 'credit') then p.amount else -p.amount end), 0) as booked
        from bank_transactions t
        left join payment_records p on p.entity_id = t.entity_id and p.id = any (t.payment_record_ids) and p.status = 'succeeded' and p.deleted_at is null
        where t.payment_record_ids <> '{}' group by t.entity_id, t.id)
      select * from booked where found <> records or booked not between 1 and most`,
  },
  {
    question: 'No payment record is booked by two bank transactions',
    sql: `
      select entity_id, record, count(*) from bank_transactions, unnest(payment_record_ids) as record
      group by entity_id, record having count(*) > 1`,
  },
]
