/** A question about the books. Its answer is what is wrong; no rows are health. */
export interface Question {
  readonly question: string
  /** Plain SQL, or SQL over every table that holds the rows of entities, whatever tables there are. */
  readonly sql: string | ((tables: readonly string[]) => string)
}

/** The steps a bill may take, told a second time so that a slip in the flow shows: from, to. */
const moves: readonly (readonly [from: string, to: string])[] = [
  ['draft', 'new'],
  ['draft', 'canceled'],
  ['new', 'draft'],
  ['new', 'approve_in_progress'],
  ['new', 'waiting_to_be_paid'],
  ['new', 'canceled'],
  ['new', 'paid'],
  ['approve_in_progress', 'waiting_to_be_paid'],
  ['approve_in_progress', 'rejected'],
  ['approve_in_progress', 'paid'],
  ['waiting_to_be_paid', 'new'],
  ['waiting_to_be_paid', 'partially_paid'],
  ['waiting_to_be_paid', 'paid'],
  ['partially_paid', 'paid'],
  ['partially_paid', 'waiting_to_be_paid'],
  ['paid', 'waiting_to_be_paid'],
  ['paid', 'partially_paid'],
  ['rejected', 'new'],
]
const movesAsRows = moves.map(([from, to]) => `('${from}', '${to}')`).join(', ')

/** What has to be so of bills, and of the credit notes of vendors. */
export const ofPayables: readonly Question[] = [
  {
    question: 'The payments of a bill are what it says was paid',
    sql: `
      select b.entity_id, b.id, b.status, b.amount_paid, coalesce(sum(p.amount), 0) as payments from payables b
      left join payment_records p on p.entity_id = b.entity_id and p.object_id = b.id and p.object_type = 'payable' and p.status = 'succeeded' and p.deleted_at is null
      group by b.entity_id, b.id having b.amount_paid <> coalesce(sum(p.amount), 0)`,
  },
  {
    question: 'What is credited of a bill are the credit notes of its vendor that were approved',
    sql: `
      select b.entity_id, b.id, b.amount_credited, coalesce(sum(n.total_amount), 0) as credit_notes, b.total_amount from payables b
      left join payable_credit_notes n on n.entity_id = b.entity_id and n.based_on = b.id and n.status in ('approved', 'applied') and n.deleted_at is null
      where b.deleted_at is null
      group by b.entity_id, b.id having b.amount_credited <> coalesce(sum(n.total_amount), 0) or b.amount_credited > b.total_amount`,
  },
  {
    question: 'A bill is paid since a moment, partly paid by something, and neither where it is not',
    sql: `
      select entity_id, id, status, amount_paid, paid_at from payables
      where (status = 'paid') <> (paid_at is not null) or (status = 'partially_paid' and amount_paid <= 0) or amount_paid < 0`,
  },
  {
    question: 'The moves recorded in the events of a bill lead from its draft to its status',
    // As for documents: over all moves each status is left as often as it is entered, except the first and the present one.
    sql: `
      with moved as (
        select e.entity_id, e.object_id, e.data ->> 'old_status' as was, e.data ->> 'new_status' as is_now
        from events e where e.object_type = 'payable' and e.data ? 'new_status'),
      steps as (
        select entity_id, object_id, was as status, -1 as n from moved
        union all select entity_id, object_id, is_now, 1 from moved
        union all select entity_id, id, 'draft', 1 from payables
        union all select entity_id, id, status, -1 from payables)
      select s.entity_id, s.object_id as id, max(b.status) as status, s.status as step, sum(s.n) as surplus
      from steps s left join payables b on b.entity_id = s.entity_id and b.id = s.object_id
      group by s.entity_id, s.object_id, s.status having sum(s.n) <> 0`,
  },
  {
    question: 'Every recorded move of a bill is one that bills may make',
    sql: `
      select e.entity_id, e.object_id, e.data ->> 'old_status' as was, e.data ->> 'new_status' as is_now from events e
      where e.object_type = 'payable' and e.data ? 'new_status' and e.data ->> 'old_status' <> e.data ->> 'new_status'
        and not exists (select from (values ${movesAsRows}) as legal (was, is_now)
          where legal.was = e.data ->> 'old_status' and legal.is_now = e.data ->> 'new_status')`,
  },
  {
    question: 'The lines of a bill, and its vendor, are those of its entity',
    sql: `
      select l.entity_id, l.id, l.payable_id from payable_line_items l
      left join payables b on b.entity_id = l.entity_id and b.id = l.payable_id where b.id is null
      union all
      select b.entity_id, b.id, b.counterpart_id from payables b
      left join counterparts c on c.entity_id = b.entity_id and c.id = b.counterpart_id where b.counterpart_id is not null and c.id is null`,
  },
]
