import type { Question } from './payables.questions.ts'

/** What has to be so of the books, and of what is kept in step with a ledger. */

/** Documents all of which is booked: nothing of them waits, and nothing was refused. */
const BOOKED = `
  booked as (
    select r.entity_id, r.object_type, r.object_id from accounting_synced_records r
    where r.adapter = 'ledger' and r.object_type in ('receivable', 'bill') and r.sync_status = 'done' and r.wanted
      and not exists (select from accounting_synced_records o where o.entity_id = r.entity_id and o.adapter = r.adapter and o.document_id = r.object_id and o.sync_status <> 'done')
      and not exists (select from jobs j where j.entity_id = r.entity_id and j.kind = 'accounting.follow')),
  by_books as (
    select e.entity_id, e.document_id, sum(l.currency_amount)::bigint as amount from books_entries e
    join books_lines l on l.entity_id = e.entity_id and l.entry_id = e.id and l.party_id is not null
    group by e.entity_id, e.document_id)`

export const ofAccounting: readonly Question[] = [
  {
    question: 'Debit is credit in every entry of the books, in their currency and in that of the document',
    sql: `
      select e.entity_id, e.id, e.number, coalesce(sum(l.amount), 0) as amount, coalesce(sum(l.currency_amount), 0) as currency_amount, count(l.id) as lines
      from books_entries e left join books_lines l on l.entity_id = e.entity_id and l.entry_id = e.id
      group by e.entity_id, e.id, e.number having coalesce(sum(l.amount), 0) <> 0 or coalesce(sum(l.currency_amount), 0) <> 0 or count(l.id) < 2`,
  },
  {
    question: 'Customers owe by the books what their invoices say is due',
    sql: `
      with ${BOOKED}
      select b.entity_id, d.id, d.document_id, d.status, d.amount_due, coalesce(k.amount, 0) as by_books from booked b
      join receivables d on d.entity_id = b.entity_id and d.id = b.object_id
      left join by_books k on k.entity_id = b.entity_id and k.document_id = b.object_id
      where b.object_type = 'receivable'
        and coalesce(k.amount, 0) <> case when d.status in ('paid', 'canceled', 'uncollectible') then 0 else d.amount_due end`,
  },
  {
    question: 'Vendors are owed by the books what their bills say is due',
    sql: `
      with ${BOOKED}
      select b.entity_id, d.id, d.document_id, d.status, d.amount_paid, coalesce(k.amount, 0) as by_books from booked b
      join payables d on d.entity_id = b.entity_id and d.id = b.object_id
      left join by_books k on k.entity_id = b.entity_id and k.document_id = b.object_id
      where b.object_type = 'bill' and -coalesce(k.amount, 0) <> case when d.status = 'paid' then 0
        else greatest(0, coalesce(d.total_amount, 0) + d.due_adjustment - d.amount_credited - d.amount_paid) end`,
  },
  {
    question: 'The entries of the books are numbered from 1 without a gap',
    sql: `
      select b.entity_id, b.id, b.last_entry, count(e.id) as entries, max(e.number) as last from books b
      left join books_entries e on e.entity_id = b.entity_id group by b.entity_id, b.id, b.last_entry
      having count(e.id) <> b.last_entry or coalesce(max(e.number), 0) <> b.last_entry`,
  },
  {
    question: 'Nothing stands in the books twice',
    sql: `
      select e.entity_id, e.object_type, e.object_id, count(*) as entries from books_entries e
      where e.reverses is null and not exists (select from books_entries r where r.entity_id = e.entity_id and r.reverses = e.id)
      group by e.entity_id, e.object_type, e.object_id having count(*) > 1`,
  },
  {
    question: 'What is in step with a ledger is called something there, and nothing there stands for two of ours',
    sql: `
      select r.entity_id, r.id, r.adapter, r.object_type, r.object_id, r.platform_object_id from accounting_synced_records r
      where r.object_type in ('receivable', 'bill', 'credit_note', 'vendor_credit', 'payment_record') and r.sync_status = 'done' and r.wanted
        and (r.platform_object_id is null or exists (select from accounting_synced_records o where o.entity_id = r.entity_id and o.adapter = r.adapter
          and o.object_type = r.object_type and o.platform_object_id = r.platform_object_id and o.id <> r.id and o.wanted))`,
  },
  {
    question: 'A reversal is the opposite of what it reverses',
    sql: `
      select r.entity_id, r.id, r.reverses from books_entries r
      join books_lines l on l.entity_id = r.entity_id and l.entry_id in (r.id, r.reverses)
      where r.reverses is not null group by r.entity_id, r.id, r.reverses, l.account
      having sum(l.amount) <> 0 or sum(l.currency_amount) <> 0`,
  },
]
