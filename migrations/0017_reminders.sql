-- What a customer is told before an invoice falls due: for each tier of the payment terms {days_before, subject, body}. Invoices share
-- them, and keep the id of one that was deleted.
create table payment_reminders (
  like tenant_row including all,
  name                text collate "und-x-icu" not null,
  -- {to, cc, bcc}
  recipients          json,
  term_1_reminder     json,
  term_2_reminder     json,
  term_final_reminder json,
  created_by_entity_user_id uuid,
  check (num_nonnulls(term_1_reminder, term_2_reminder, term_final_reminder) > 0)
);
call seal_tenant('payment_reminders');

-- And what after the due date has passed.
create table overdue_reminders (
  like tenant_row including all,
  name       text collate "und-x-icu" not null,
  recipients json,
  -- [{days_after, subject, body}]
  terms      json not null check (json_array_length(terms) between 1 and 3),
  created_by_entity_user_id uuid
);
call seal_tenant('overdue_reminders');

-- What became of each reminder of an invoice on its day: it was mailed, or there is a reason why it wasn't. The unique key is what
-- keeps a customer from being told twice.
create table reminders (
  like tenant_row including all,
  receivable_id uuid not null,
  -- term_1, term_2, term_final; and those after the due date by their days: `overdue 7`.
  reminder      text not null check (reminder in ('term_1', 'term_2', 'term_final') or reminder ~ '^overdue [1-9][0-9]{0,4}$'),
  mail_id       uuid,
  problem       text,
  check (num_nonnulls(mail_id, problem) = 1),
  unique (entity_id, receivable_id, reminder),
  foreign key (entity_id, receivable_id) references receivables (entity_id, id),
  foreign key (entity_id, mail_id) references mails (entity_id, id)
);
call seal_tenant('reminders');

-- For the schedule, which looks at all entities.
create index receivables_to_remind on receivables (due_date)
  where type = 'invoice' and status in ('issued', 'partially_paid') and (ask ->> 'payment_reminder_id') is not null;
create index receivables_long_due on receivables (due_date)
  where type = 'invoice' and status = 'overdue' and (ask ->> 'overdue_reminder_id') is not null;
