-- The audit log in months: what is too old goes by dropping a table, and what is asked for by time is looked for in its months only. Ids begin with
-- the moment of arrival, so they say which month an entry belongs to, and the key stays as it was.
alter table audit_logs rename to audit_logs_before;
alter table audit_logs_before rename constraint audit_logs_pkey to audit_logs_before_pkey;
alter index audit_logs_of_partner rename to audit_logs_before_of_partner;
drop policy tenant on audit_logs_before;
drop policy system on audit_logs_before;
revoke all on audit_logs_before from quittance_app, quittance_system;

create table audit_logs (like audit_logs_before including defaults) partition by range (id);
alter table audit_logs add primary key (entity_id, id) include (partner_id, entity_user_id);
create index audit_logs_of_partner on audit_logs (partner_id, id) include (entity_id, entity_user_id);
alter table audit_logs enable row level security;
alter table audit_logs force row level security;
create policy tenant on audit_logs to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid
    and (current_setting('app.entity_id')::uuid = '00000000-0000-0000-0000-000000000000' or entity_id = current_setting('app.entity_id')::uuid));
create policy system on audit_logs to quittance_system using (true) with check (true);
grant select on audit_logs to quittance_app;
grant select, insert, delete on audit_logs to quittance_system;

-- The least id of a moment.
create function first_log_id(moment timestamptz) returns uuid language sql immutable
  return (lpad(to_hex(greatest(0, extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
-- The moment that an id begins with.
create function log_id_at(id uuid) returns timestamptz language sql immutable
  return to_timestamp(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0);

-- A part of the log is reached through the log only: nobody is granted anything on it.
create function seal_audit_part(part text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', part);
  execute format('alter table %I force row level security', part);
end $$;

-- Opens the months from this one on, where nothing holds them yet. For the owner of the tables.
create function open_audit_months(ahead integer) returns integer language plpgsql as $$
declare
  opened integer := 0;
  month timestamptz;
  part text;
begin
  for nth in 0 .. ahead loop
    month := date_trunc('month', now(), 'UTC') + make_interval(months => nth);
    part := 'audit_logs_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    if to_regclass(part) is not null then continue; end if;
    begin
      execute format('create table %I (like audit_logs including defaults)', part);
      perform seal_audit_part(part);
      execute format('alter table audit_logs attach partition %I for values from (%L) to (%L)', part,
        first_log_id(month), first_log_id(date_trunc('month', month + interval '40 days', 'UTC')));
      opened := opened + 1;
    exception
      -- Another part holds that month already, or the rest has entries of it, from a clock that was wrong: there they stay.
      when invalid_object_definition or check_violation then null;
    end;
  end loop;
  return opened;
end $$;

-- Drops the months that were over before the moment, each by one statement. For the owner of the tables.
create function drop_audit_months(moment timestamptz) returns integer language plpgsql as $$
declare
  part record;
  dropped integer := 0;
begin
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit_logs'::regclass
      and substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9a-f-]+)''\)')::uuid <= first_log_id(moment)
  loop
    execute format('drop table %I', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- What was there before is one part, up to the end of the month of its newest entry; what no month holds goes to the rest.
do $$
declare
  newest timestamptz := coalesce((select log_id_at(id) from audit_logs_before order by id desc limit 1), 'epoch');
begin
  perform seal_audit_part('audit_logs_before');
  execute format('alter table audit_logs attach partition audit_logs_before for values from (minvalue) to (%L)',
    first_log_id(date_trunc('month', greatest(newest, now() - interval '1 month'), 'UTC') + interval '1 month'));
  create table audit_logs_rest (like audit_logs including defaults);
  perform seal_audit_part('audit_logs_rest');
  alter table audit_logs attach partition audit_logs_rest default;
  perform open_audit_months(3);
end $$;
