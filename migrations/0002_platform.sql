-- One row for the whole installation: the key that signs page tokens and file links.
create table installation (
  only_one boolean primary key default true check (only_one),
  secret   bytea not null
);
call seal_system('installation');

create table partners (
  id         uuid primary key default gen_random_uuid(),
  name       text not null,
  settings   jsonb not null default '{}',
  created_at timestamptz not null default app_now()
);
call seal_system('partners');
grant select, update on partners to quittance_app;
create policy tenant on partners to quittance_app using (id = current_setting('app.partner_id')::uuid);

-- Secrets are 256 random bits, so a plain hash protects them; nothing that opens a door is stored readable.
create table api_clients (
  id          uuid primary key default gen_random_uuid(),
  partner_id  uuid not null references partners (id),
  secret_hash bytea not null,
  created_at  timestamptz not null default app_now(),
  deleted_at  timestamptz
);
call seal_system('api_clients');

create type entity_type as enum ('individual', 'organization');
create type entity_status as enum ('active', 'inactive', 'deleted');
create table entities (
  like partner_row including all,
  type                   entity_type not null,
  status                 entity_status not null default 'active',
  email                  text not null,
  phone                  text,
  website                text,
  tax_id                 text,
  partner_reference      text,
  registration_number    text,
  registration_authority text,
  address                jsonb not null,
  organization           jsonb,
  individual             jsonb,
  logo_file_id           uuid,
  partner_metadata       jsonb not null default '{}',
  settings               jsonb not null default '{}',
  check ((type = 'organization') = (organization is not null) and (type = 'individual') = (individual is not null))
);
call seal_partner('entities');
-- Inside an entity only its own row is in sight; the partner itself sees all of its entities.
drop policy tenant on entities;
create policy tenant on entities to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid
    and (current_setting('app.entity_id')::uuid = '00000000-0000-0000-0000-000000000000' or id = current_setting('app.entity_id')::uuid))
  with check (partner_id = current_setting('app.partner_id')::uuid);
create unique index entities_by_id on entities (id);

create table roles (
  like tenant_row including all,
  name        text not null,
  permissions jsonb not null,
  status      text not null default 'active'
);
call seal_tenant('roles');
create unique index roles_name on roles (entity_id, name) where deleted_at is null;

create table entity_users (
  like tenant_row including all,
  login           text not null,
  first_name      text not null,
  last_name       text,
  email           text,
  phone           text,
  title           text,
  role_id         uuid not null,
  status          text not null default 'active',
  userpic_file_id uuid,
  foreign key (entity_id, role_id) references roles (entity_id, id)
);
call seal_tenant('entity_users');
create unique index entity_users_login on entity_users (entity_id, login) where deleted_at is null;
create index entity_users_by_id on entity_users (id);
create index entity_users_by_role on entity_users (entity_id, role_id);

create table access_tokens (
  hash           bytea primary key,
  client_id      uuid not null references api_clients (id),
  partner_id     uuid not null,
  entity_id      uuid,
  entity_user_id uuid,
  expires_at     timestamptz not null,
  created_at     timestamptz not null default app_now()
);
call seal_system('access_tokens');
create index access_tokens_expiry on access_tokens (expires_at);
create index access_tokens_user on access_tokens (entity_user_id) where entity_user_id is not null;
grant delete, select on access_tokens to quittance_app;
create policy tenant on access_tokens to quittance_app using (partner_id = current_setting('app.partner_id')::uuid);

-- Work to do. Whoever commits it may walk away: a worker takes it, and it is gone once done.
create table jobs (
  id         bigint generated always as identity primary key,
  kind       text not null,
  payload    jsonb not null default '{}',
  key        text unique,
  partner_id uuid not null default current_setting('app.partner_id')::uuid,
  entity_id  uuid not null default current_setting('app.entity_id')::uuid,
  run_at     timestamptz not null default app_now(),
  attempts   integer not null default 0,
  failures   integer not null default 0,
  last_error text,
  dead       boolean not null default false,
  created_at timestamptz not null default now()
);
call seal_system('jobs');
-- A request may add work; the transaction that does the work ends it, in the same commit.
grant select, insert, update, delete on jobs to quittance_app;
create policy tenant on jobs to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid and entity_id = current_setting('app.entity_id')::uuid)
  with check (partner_id = current_setting('app.partner_id')::uuid and entity_id = current_setting('app.entity_id')::uuid);
create index jobs_due on jobs (run_at, id) where not dead;

-- What runs by the clock, and when it last did: whoever moves the time forward owns that run.
create table schedules (
  name     text primary key,
  last_run timestamptz not null
);
call seal_system('schedules');

create type webhook_subscription_status as enum ('enabled', 'disabled');
create table webhook_subscriptions (
  like partner_row including all,
  object_type text not null,
  event_types text[] not null default '{}',
  url         text not null,
  secret      text not null,
  status      webhook_subscription_status not null default 'enabled'
);
call seal_partner('webhook_subscriptions');
create index webhook_subscriptions_wanting on webhook_subscriptions (partner_id, object_type) where status = 'enabled' and deleted_at is null;

-- Append-only: the application may add and read, and nobody may change or take away.
create table events (
  id             uuid not null default gen_random_uuid(),
  partner_id     uuid not null default current_setting('app.partner_id')::uuid,
  entity_id      uuid not null default current_setting('app.entity_id')::uuid,
  created_at     timestamptz not null default app_now(),
  object_type    text not null,
  object_id      uuid not null,
  event          text not null,
  entity_user_id uuid,
  data           jsonb,
  subscribed     boolean not null,
  primary key (entity_id, id)
);
call seal_tenant('events');
call share_with_partner('events');
revoke update, delete on events from quittance_app, quittance_system;
create index events_of_object on events (entity_id, object_id, created_at, id);
create index events_heard on events (entity_id, created_at, id) where subscribed;

create table webhook_deliveries (
  like tenant_row including all,
  event_id             uuid not null,
  webhook_subscription_id uuid not null,
  object_type          text not null,
  event                text not null,
  url                  text not null,
  requests_made_count  integer not null default 0,
  response             text,
  response_status_code integer,
  was_successful       boolean,
  foreign key (entity_id, event_id) references events (entity_id, id),
  unique (entity_id, event_id, webhook_subscription_id)
);
call seal_tenant('webhook_deliveries');

-- The one place that records a change. It wakes the webhook machinery only when somebody subscribed to this event.
create function emit(object_type text, object_id uuid, event text, entity_user_id uuid default null, data jsonb default null,
  quiet boolean default false, nth integer default 0)
returns void language plpgsql as $$
declare
  -- A quiet event is for the history alone. Several events of one transaction keep their order by a microsecond each, and those of
  -- requests that waited for each other the order in which they got through.
  heard boolean := not quiet and exists (
    select from webhook_subscriptions s
    where s.partner_id = current_setting('app.partner_id')::uuid and s.object_type = emit.object_type
      and s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or emit.event = any (s.event_types)));
  event_id uuid := gen_random_uuid();
begin
  insert into events (id, created_at, object_type, object_id, event, entity_user_id, data, subscribed)
  values (event_id,
    greatest(app_now() + nth * interval '1 microsecond', (
      select max(e.created_at) + interval '1 microsecond' from events e
      where e.entity_id = current_setting('app.entity_id')::uuid and e.object_id = emit.object_id)),
    emit.object_type, emit.object_id, emit.event, emit.entity_user_id, emit.data, heard);
  if heard then
    insert into jobs (kind, payload) values ('webhooks.fan_out', jsonb_build_object('event_id', event_id));
  end if;
end $$;

-- The key of a request, written in its own transaction: its uniqueness makes the second request wait, then replay.
create table idempotency_keys (
  partner_id   uuid not null default current_setting('app.partner_id')::uuid,
  entity_id    uuid not null default current_setting('app.entity_id')::uuid,
  key          text not null,
  request_hash bytea not null,
  status       integer,
  body         text,
  created_at   timestamptz not null default now(),
  primary key (partner_id, entity_id, key)
);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy tenant on idempotency_keys to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid and entity_id = current_setting('app.entity_id')::uuid);
create policy system on idempotency_keys to quittance_system using (true);
grant select, insert, update on idempotency_keys to quittance_app;
grant select, delete on idempotency_keys to quittance_system;
create index idempotency_keys_age on idempotency_keys (created_at);

-- Numbers of documents, without gaps: the row stays locked until the document commits, and rolls back with it.
create table document_numbers (
  partner_id uuid not null default current_setting('app.partner_id')::uuid,
  entity_id  uuid not null default current_setting('app.entity_id')::uuid,
  series     text not null,
  last       bigint not null,
  primary key (entity_id, series)
);
alter table document_numbers enable row level security;
alter table document_numbers force row level security;
create policy tenant on document_numbers to quittance_app using (entity_id = current_setting('app.entity_id')::uuid);
create policy system on document_numbers to quittance_system using (true);
grant select, insert, update on document_numbers to quittance_app;
grant select on document_numbers to quittance_system;

-- Files belong to an entity, or to the partner itself. The bytes lie in the storage under `storage_key`.
create table files (
  like partner_row including all,
  entity_id   uuid,
  file_type   text not null,
  name        text not null,
  mimetype    text not null,
  md5         text not null,
  size        bigint not null,
  region      text not null,
  storage_key text not null,
  link_key    text not null
);
alter table files enable row level security;
alter table files force row level security;
-- With an entity set only its files are seen; the partner itself (no entity) sees those of all its entities.
create policy tenant on files to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid
    and (current_setting('app.entity_id')::uuid = '00000000-0000-0000-0000-000000000000' or entity_id = current_setting('app.entity_id')::uuid));
create policy system on files to quittance_system using (true) with check (true);
create index on files (partner_id, entity_id, created_at, id);
create index files_by_link on files (link_key);
grant select, insert, update, delete on files to quittance_app, quittance_system;

-- Whoever caches who may do what forgets it the moment one of these rows changes.
create function forget_access() returns trigger language plpgsql as $$
begin
  perform pg_notify('quittance_access', '');
  return null;
end $$;
create trigger forget after update or delete on roles for each statement execute function forget_access();
create trigger forget after update or delete on entity_users for each statement execute function forget_access();
create trigger forget after delete on access_tokens for each statement execute function forget_access();
create trigger forget after update of status on entities for each statement execute function forget_access();
create trigger forget after update on partners for each statement execute function forget_access();
create trigger forget after update or delete on api_clients for each statement execute function forget_access();
