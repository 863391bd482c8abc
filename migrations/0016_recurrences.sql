-- An invoice that serves as the pattern of others, and the rule by which they are made.
create table recurrences (
  like tenant_row including all,
  invoice_id       uuid not null,
  -- Whose the pattern is.
  entity_user_id   uuid,
  status           text not null default 'active' check (status in ('active', 'paused', 'canceled', 'completed')),
  automation_level text not null check (automation_level in ('draft', 'issue', 'issue_and_send')),
  frequency        text not null check (frequency in ('day', 'week', 'month', 'quarter', 'year')),
  "interval"       integer not null check ("interval" between 1 and 100),
  start_date       date not null,
  -- Asked for the last day of every month, also after a shorter one.
  month_end        boolean not null default false,
  end_date         date,
  max_occurrences  integer check (max_occurrences between 1 and 1000),
  subject_text     text,
  body_text        text,
  recipients       json,
  check ((end_date is null) <> (max_occurrences is null)),
  check (automation_level <> 'issue_and_send' or (subject_text is not null and body_text is not null)),
  -- A pattern has one rule, for good.
  unique (entity_id, invoice_id),
  foreign key (entity_id, invoice_id) references receivables (entity_id, id)
);
call seal_tenant('recurrences');

-- Each day of a recurrence, and the invoice that was made for it.
create table recurrence_iterations (
  like tenant_row including all,
  recurrence_id     uuid not null,
  iteration         integer not null check (iteration between 1 and 1000),
  issue_at          date not null,
  status            text not null default 'pending' check (status in ('pending', 'completed', 'canceled', 'skipped', 'issue_failed', 'send_failed')),
  issued_invoice_id uuid,
  check (status <> 'pending' or issued_invoice_id is null),
  check (status not in ('completed', 'send_failed') or issued_invoice_id is not null),
  -- No day twice, and no invoice for two days.
  unique (entity_id, recurrence_id, iteration),
  unique (entity_id, recurrence_id, issue_at),
  unique (entity_id, issued_invoice_id),
  foreign key (entity_id, recurrence_id) references recurrences (entity_id, id),
  foreign key (entity_id, issued_invoice_id) references receivables (entity_id, id)
);
call seal_tenant('recurrence_iterations');
-- For the schedule, which looks at all entities.
create index recurrence_iterations_due on recurrence_iterations (issue_at, id) where status = 'pending';

alter table receivables add foreign key (entity_id, recurrence_id) references recurrences (entity_id, id);
-- A pattern that isn't used any more ends without ever having had a number.
alter table receivables drop constraint receivables_check3;
alter table receivables add constraint receivables_numbered
  check (status in ('draft', 'failed', 'recurring', 'deleted') or document_id is not null
    or (status = 'canceled' and recurrence_id is not null and issue_date is null));
