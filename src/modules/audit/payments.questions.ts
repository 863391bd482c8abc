import type { Question } from './payables.questions.ts'

/** What has to be so of payments: what providers did, what links ask for, and what the books say. */
export const ofPayments: readonly Question[] = [
  {
    question: 'A payment that succeeded has its record, and one that did not has none that did',
    sql: `
      select i.entity_id, i.id, i.status, coalesce(sum(r.amount) filter (where r.amount > 0), 0) as came, coalesce(sum(r.amount), 0) as left
      from payment_intents i left join payment_records r on r.entity_id = i.entity_id and r.payment_intent_id = i.id and not r.is_external and r.status = 'succeeded'
      where i.object_id is not null
      group by i.entity_id, i.id
      having case when i.status in ('succeeded', 'settled', 'disputed') then coalesce(sum(r.amount) filter (where r.amount > 0), 0) <= 0
        when i.status in ('created', 'processing', 'payment_cancelled') then coalesce(sum(r.amount) filter (where r.amount > 0), 0) <> 0
        when i.status = 'payment_failed' then coalesce(sum(r.amount), 0) > 0 else false end`,
  },
  {
    question: 'The payment links of a document never ask for more than is due of it',
    sql: `
      select i.entity_id, i.object_type, i.object_id, sum(i.amount) as asked, max(d.due) as due from payment_links l
      join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
      join (select entity_id, id, amount_due as due from receivables
        union all select entity_id, id, case when status in ('waiting_to_be_paid', 'partially_paid')
          then greatest(0, total_amount + due_adjustment - amount_credited - amount_paid) else 0 end from payables) d
        on d.entity_id = i.entity_id and d.id = i.object_id
      where l.status = 'created' group by i.entity_id, i.object_type, i.object_id having sum(i.amount) > max(d.due)`,
  },
  {
    question: 'A link is open as long as its payment can begin, and over when it cannot',
    sql: `
      select l.entity_id, l.id, l.status, i.status as payment from payment_links l
      join payment_intents i on i.entity_id = l.entity_id and i.id = l.payment_intent_id
      where (l.status = 'created' and i.status not in ('created', 'payment_failed')) or (l.status <> 'created' and i.status = 'created')`,
  },
  {
    question: 'The history of a payment begins with created and ends in its status',
    sql: `
      select i.entity_id, i.id, i.status, array_agg(h.status order by h.created_at, (h.status = 'created') desc) as history from payment_intents i
      left join payment_intent_history h on h.entity_id = i.entity_id and h.payment_intent_id = i.id
      group by i.entity_id, i.id
      having count(*) filter (where h.status = 'created') <> 1 or not bool_or(h.status = i.status)`,
  },
  {
    question: 'A batch comes to its payments, and stands as they do',
    sql: `
      select b.entity_id, b.id, b.total_amount, sum(i.amount) as payments, b.status from batch_payments b
      left join payment_intents i on i.entity_id = b.entity_id and i.batch_payment_id = b.id
      group by b.entity_id, b.id
      having sum(i.amount) is distinct from b.total_amount or (b.status = 'succeeded' and bool_or(i.status not in ('succeeded', 'settled')))`,
  },
  {
    question: 'A file for the bank comes to its payments, in its own words as well',
    sql: `
      select f.entity_id, f.id, f.format, f.total_amount, i.payments, w.said from payment_files f
      left join lateral (select sum(i.amount)::bigint as payments from payment_intents i where i.entity_id = f.entity_id and i.payment_file_id = f.id) i on true
      left join lateral (select case f.format when 'nacha_ccd' then substring(f.content from E'\\n9[0-9]{42}([0-9]{12})')::bigint
        else (substring(f.content from '<CtrlSum>([0-9.]+)</CtrlSum>')::numeric * 100)::bigint end as said) w on true
      where i.payments is distinct from f.total_amount or w.said is distinct from f.total_amount`,
  },
  {
    question: 'What a provider reported was booked, or has a job that will see to it',
    sql: `
      select e.entity_id, e.id, e.provider, e.type from payment_events e
      where e.handled_at is null and not exists (select from jobs j where j.kind in ('payments.event', 'payments.match') and j.payload ->> 'id' = e.id::text)`,
  },
]
