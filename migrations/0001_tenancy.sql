-- Roles that nobody logs in as. A connection begins as quittance_nobody, who may do nothing; a transaction becomes one of the others
-- before it touches a row: quittance_app sees one entity of one partner, quittance_system is the machinery and sees all.
do $$
begin
  if not exists (select from pg_roles where rolname = 'quittance_app') then create role quittance_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'quittance_nobody') then create role quittance_nobody nologin; end if;
  if not exists (select from pg_roles where rolname = 'quittance_system') then create role quittance_system nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
grant quittance_app, quittance_system, quittance_nobody to current_user;
grant usage on schema public to quittance_app, quittance_system;

-- The time of the request: the database's own clock, unless the server moved it (tests, simulations).
create function app_now() returns timestamptz language sql stable
  return coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now());

-- What every table of an entity begins with. Partner and entity come from the transaction, never from a query.
create table tenant_row (
  id          uuid not null default gen_random_uuid(),
  partner_id  uuid not null default current_setting('app.partner_id')::uuid,
  entity_id   uuid not null default current_setting('app.entity_id')::uuid,
  created_at  timestamptz not null default app_now(),
  updated_at  timestamptz not null default app_now(),
  deleted_at  timestamptz,
  primary key (entity_id, id)
);

-- What every table of the partner itself begins with.
create table partner_row (
  id          uuid not null default gen_random_uuid(),
  partner_id  uuid not null default current_setting('app.partner_id')::uuid,
  created_at  timestamptz not null default app_now(),
  updated_at  timestamptz not null default app_now(),
  deleted_at  timestamptz,
  primary key (partner_id, id)
);

-- From here on the table is invisible across entities. Without a tenant a query fails; it never sees everything.
create procedure seal_tenant(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant on %s to quittance_app
    using (entity_id = current_setting(''app.entity_id'')::uuid)
    with check (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid)', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('create index on %s (entity_id, created_at, id)', t);
  execute format('grant select, insert, update, delete on %s to quittance_app, quittance_system', t);
end $$;

-- The same for rows that the partner owns and all of its entities share.
create procedure seal_partner(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant on %s to quittance_app
    using (partner_id = current_setting(''app.partner_id'')::uuid)
    with check (partner_id = current_setting(''app.partner_id'')::uuid)', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('create index on %s (partner_id, created_at, id)', t);
  execute format('grant select, insert, update, delete on %s to quittance_app, quittance_system', t);
end $$;

-- Tables of the machinery alone: no request reaches them, except where a grant says so.
create procedure seal_system(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('grant select, insert, update, delete on %s to quittance_system', t);
end $$;

-- Some rows of an entity the partner itself may look at too, without naming the entity. Adding and changing still needs the entity.
create procedure share_with_partner(t regclass) language plpgsql as $$
begin
  execute format('drop policy tenant on %s', t);
  execute format('create policy tenant on %s to quittance_app
    using (partner_id = current_setting(''app.partner_id'')::uuid
      and (current_setting(''app.entity_id'')::uuid = ''00000000-0000-0000-0000-000000000000'' or entity_id = current_setting(''app.entity_id'')::uuid))
    with check (partner_id = current_setting(''app.partner_id'')::uuid and entity_id = current_setting(''app.entity_id'')::uuid)', t);
end $$;
