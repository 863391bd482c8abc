-- Figures over a million documents are added up beforehand, week by week of their making: the past is kept, the present is counted when it is
-- asked for. Whoever changes a document of a past week marks that week in the same transaction; until it is added up anew it counts as present.
-- So a figure is exact at every moment, a new document costs nothing, and nobody waits for anybody's sums.
create table kept_sums (
  partner_id uuid not null default current_setting('app.partner_id')::uuid,
  entity_id  uuid not null default current_setting('app.entity_id')::uuid,
  object     text not null check (object in ('receivable', 'payable')),
  week       timestamptz not null,
  -- What the documents are told apart by beside kind, status and currency, and its value: a day, or an id. Empty is none.
  dimension  text not null,
  value      text not null,
  type       text not null,
  status     text not null,
  currency   text not null,
  documents  bigint not null,
  -- Of those that have a total: how many, their sum, the least and the most.
  priced     bigint not null,
  total      numeric not null,
  least      bigint,
  most       bigint,
  primary key (entity_id, object, dimension, week, value, type, status, currency)
);
-- All weeks before this moment are kept. Companies with few documents have no row: theirs are counted when asked for.
create table kept_until (
  partner_id uuid not null default current_setting('app.partner_id')::uuid,
  entity_id  uuid not null default current_setting('app.entity_id')::uuid,
  object     text not null check (object in ('receivable', 'payable')),
  until      timestamptz not null default '-infinity',
  primary key (entity_id, object)
);
create table changed_weeks (
  partner_id uuid not null default current_setting('app.partner_id')::uuid,
  entity_id  uuid not null default current_setting('app.entity_id')::uuid,
  object     text not null,
  week       timestamptz not null,
  -- A mark of each transaction, so that none waits for another.
  by         xid8 not null default pg_current_xact_id(),
  primary key (entity_id, object, week, by)
);
do $$
declare t text;
begin
  foreach t in array array['kept_sums', 'kept_until', 'changed_weeks'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I to quittance_app using (entity_id = current_setting(''app.entity_id'')::uuid)
      with check (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid)', t);
    execute format('create policy system on %I to quittance_system using (true) with check (true)', t);
    execute format('grant select on %I to quittance_app', t);
    execute format('grant select, insert, update, delete on %I to quittance_system', t);
  end loop;
end $$;
grant insert on changed_weeks to quittance_app;

create function week_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then new := old; end if;
  insert into changed_weeks (partner_id, entity_id, object, week)
  values (new.partner_id, new.entity_id, tg_argv[0], date_trunc('week', new.created_at, 'UTC')) on conflict do nothing;
  return null;
end $$;
-- By the database's own clock: no week is kept before it is over by that clock.
create trigger counted after insert or update of type, status, currency, total_amount, counterpart_id, project_id, issued_on, issue_date, due_date, created_at, deleted_at
  on receivables for each row when (new.created_at < date_trunc('week', now(), 'UTC')) execute function week_changed('receivable');
create trigger uncounted after delete on receivables for each row when (old.created_at < date_trunc('week', now(), 'UTC')) execute function week_changed('receivable');
create trigger counted after insert or update of status, currency, total_amount, counterpart_id, project_id, issued_at, due_date, created_at, deleted_at
  on payables for each row when (new.created_at < date_trunc('week', now(), 'UTC')) execute function week_changed('payable');
create trigger uncounted after delete on payables for each row when (old.created_at < date_trunc('week', now(), 'UTC')) execute function week_changed('payable');
