-- For the schedule, which looks at all entities: the open invoices that name a reminder, by the end of the tier that it is about. Ends of
-- early tiers are text in the terms, `YYYY-MM-DD`.
create index receivables_remind_final on receivables (((ask ->> 'payment_reminder_id')::uuid), due_date)
  where type = 'invoice' and status in ('issued', 'partially_paid') and (ask ->> 'payment_reminder_id') is not null;
create index receivables_remind_term_1 on receivables (((ask ->> 'payment_reminder_id')::uuid), (early_terms -> 'term_1' ->> 'end_date'))
  where type = 'invoice' and status in ('issued', 'partially_paid') and (ask ->> 'payment_reminder_id') is not null
    and (early_terms -> 'term_1' ->> 'end_date') is not null;
create index receivables_remind_term_2 on receivables (((ask ->> 'payment_reminder_id')::uuid), (early_terms -> 'term_2' ->> 'end_date'))
  where type = 'invoice' and status in ('issued', 'partially_paid') and (ask ->> 'payment_reminder_id') is not null
    and (early_terms -> 'term_2' ->> 'end_date') is not null;
-- And the overdue ones, by the day they were due.
create index receivables_remind_overdue on receivables (((ask ->> 'overdue_reminder_id')::uuid), due_date)
  where type = 'invoice' and status = 'overdue' and (ask ->> 'overdue_reminder_id') is not null;
drop index receivables_to_remind;
drop index receivables_long_due;
