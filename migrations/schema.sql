-- What 87 migrations make together, up to 0208_indexes_that_know_more.sql. Written by `npm run db:types`, not by hand.
-- d62cceb17ceff3de7a1b0e82659cfd51b335146183fbe2ca28d9b82883486bb6

set local check_function_bodies = off;

do $$
begin
  if to_regrole('quittance_app') is null then create role quittance_app nologin; end if;
  if to_regrole('quittance_nobody') is null then create role quittance_nobody nologin; end if;
  if to_regrole('quittance_restore') is null then create role quittance_restore nologin; end if;
  if to_regrole('quittance_system') is null then create role quittance_system nologin; end if;
end $$;

grant quittance_app, quittance_nobody, quittance_restore, quittance_system to current_user;

create extension if not exists btree_gin;

create extension if not exists pg_trgm;

CREATE OR REPLACE FUNCTION public.app_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN COALESCE((NULLIF(current_setting('app.now'::text, true), ''::text))::timestamp with time zone, now());

create table tenant_row (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  constraint tenant_row_pkey PRIMARY KEY (entity_id, id)
);

create table partner_row (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  constraint partner_row_pkey PRIMARY KEY (partner_id, id)
);

CREATE OR REPLACE PROCEDURE public.seal_tenant(IN t regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant on %s to quittance_app
    using (entity_id = current_setting(''app.entity_id'')::uuid)
    with check (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid)', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('create index on %s (entity_id, created_at, id)', t);
  execute format('grant select, insert, update, delete on %s to quittance_app, quittance_system', t);
end $procedure$;

CREATE OR REPLACE PROCEDURE public.seal_partner(IN t regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant on %s to quittance_app
    using (partner_id = current_setting(''app.partner_id'')::uuid)
    with check (partner_id = current_setting(''app.partner_id'')::uuid)', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('create index on %s (partner_id, created_at, id)', t);
  execute format('grant select, insert, update, delete on %s to quittance_app, quittance_system', t);
end $procedure$;

CREATE OR REPLACE PROCEDURE public.seal_system(IN t regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy system on %s to quittance_system using (true) with check (true)', t);
  execute format('grant select, insert, update, delete on %s to quittance_system', t);
end $procedure$;

CREATE OR REPLACE PROCEDURE public.share_with_partner(IN t regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('drop policy tenant on %s', t);
  execute format('create policy tenant on %s to quittance_app
    using (partner_id = current_setting(''app.partner_id'')::uuid
      and (current_setting(''app.entity_id'')::uuid = ''00000000-0000-0000-0000-000000000000'' or entity_id = current_setting(''app.entity_id'')::uuid))
    with check (partner_id = current_setting(''app.partner_id'')::uuid and entity_id = current_setting(''app.entity_id'')::uuid)', t);
end $procedure$;

create table installation (
  only_one boolean default true not null,
  secret bytea not null,
  sealing_mark bytea,
  constraint installation_pkey PRIMARY KEY (only_one),
  constraint installation_only_one_check CHECK (only_one)
);

create table partners (
  id uuid default gen_random_uuid() not null,
  name text not null,
  settings jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone default app_now() not null,
  deliveries_from timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint partners_pkey PRIMARY KEY (id)
);

create table api_clients (
  id uuid default gen_random_uuid() not null,
  partner_id uuid not null,
  secret_hash bytea not null,
  created_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  constraint api_clients_pkey PRIMARY KEY (id)
);

create type entity_type as enum ('individual', 'organization');

create type entity_status as enum ('active', 'inactive', 'deleted');

create table entities (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  type entity_type not null,
  status entity_status default 'active'::entity_status not null,
  email text not null,
  phone text,
  website text,
  tax_id text,
  partner_reference text,
  registration_number text,
  registration_authority text,
  address jsonb not null,
  organization jsonb,
  individual jsonb,
  logo_file_id uuid,
  partner_metadata jsonb default '{}'::jsonb not null,
  settings jsonb default '{}'::jsonb not null,
  constraint entities_pkey PRIMARY KEY (partner_id, id),
  constraint entities_check CHECK ((((type = 'organization'::entity_type) = (organization IS NOT NULL)) AND ((type = 'individual'::entity_type) = (individual IS NOT NULL))))
);

create table roles (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  permissions jsonb not null,
  status text default 'active'::text not null,
  constraint roles_pkey PRIMARY KEY (entity_id, id)
);

create table entity_users (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  login text not null,
  first_name text not null,
  last_name text,
  email text,
  phone text,
  title text,
  role_id uuid not null,
  status text default 'active'::text not null,
  userpic_file_id uuid,
  constraint entity_users_pkey PRIMARY KEY (entity_id, id)
);

create table access_tokens (
  hash bytea not null,
  client_id uuid not null,
  partner_id uuid not null,
  entity_id uuid,
  entity_user_id uuid,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone default app_now() not null,
  constraint access_tokens_pkey PRIMARY KEY (hash)
);

CREATE OR REPLACE FUNCTION public.machine_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN COALESCE((NULLIF(current_setting('app.machine_now'::text, true), ''::text))::timestamp with time zone, app_now());

create table jobs (
  id bigint generated always as identity not null,
  kind text not null,
  payload jsonb default '{}'::jsonb not null,
  key text,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  run_at timestamp with time zone default machine_now() not null,
  attempts integer default 0 not null,
  failures integer default 0 not null,
  last_error text,
  dead boolean default false not null,
  created_at timestamp with time zone default now() not null,
  waiting boolean default true not null,
  trace text default NULLIF(current_setting('app.trace'::text, true), ''::text),
  constraint jobs_key_key UNIQUE (key),
  constraint jobs_pkey PRIMARY KEY (id)
);

create table schedules (
  name text not null,
  last_run timestamp with time zone not null,
  constraint schedules_pkey PRIMARY KEY (name)
);

create type webhook_subscription_status as enum ('enabled', 'disabled');

create table webhook_subscriptions (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text not null,
  event_types text[] default '{}'::text[] not null,
  url text not null,
  secret text,
  status webhook_subscription_status default 'enabled'::webhook_subscription_status not null,
  sealed_secret bytea,
  constraint webhook_subscriptions_pkey PRIMARY KEY (partner_id, id),
  constraint webhook_subscriptions_one_secret CHECK ((num_nonnulls(secret, sealed_secret) = 1))
);

create table events (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  object_type text not null,
  object_id uuid not null,
  event text not null,
  entity_user_id uuid,
  data jsonb,
  subscribed boolean not null,
  constraint events_pkey PRIMARY KEY (entity_id, id)
);

create table webhook_deliveries (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default machine_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  event_id uuid not null,
  webhook_subscription_id uuid not null,
  object_type text not null,
  event text not null,
  url text not null,
  requests_made_count integer default 0 not null,
  response text,
  response_status_code integer,
  was_successful boolean,
  constraint webhook_deliveries_entity_id_event_id_webhook_subscription__key UNIQUE (entity_id, event_id, webhook_subscription_id),
  constraint webhook_deliveries_pkey PRIMARY KEY (entity_id, id)
);

create table idempotency_keys (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  body text,
  created_at timestamp with time zone default now() not null,
  sealed bytea,
  constraint idempotency_keys_pkey PRIMARY KEY (partner_id, entity_id, key)
);

create table document_numbers (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  series text not null,
  last bigint not null,
  last_day date,
  last_at timestamp with time zone,
  constraint document_numbers_pkey PRIMARY KEY (entity_id, series)
);

create table files (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  entity_id uuid,
  file_type text not null,
  name text not null,
  mimetype text not null,
  md5 text not null,
  size bigint not null,
  region text not null,
  storage_key text not null,
  link_key text not null,
  pages jsonb default '[]'::jsonb not null,
  previews jsonb default '[]'::jsonb not null,
  created_by_entity_user_id uuid,
  uploaded boolean default false not null,
  sealed boolean default false not null,
  constraint files_pkey PRIMARY KEY (partner_id, id)
);

CREATE OR REPLACE FUNCTION public.forget_access()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('quittance_access', '');
  return null;
end $function$;

create type tag_category as enum ('document_type', 'department', 'project', 'cost_center', 'vendor_type', 'payment_method', 'approval_status');

create table tags (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  description text,
  category tag_category,
  created_by_entity_user_id uuid,
  constraint tags_pkey PRIMARY KEY (entity_id, id)
);

create table entity_vat_ids (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  country text not null,
  type text default 'unknown'::text not null,
  value text not null,
  constraint entity_vat_ids_pkey PRIMARY KEY (entity_id, id)
);

create table entity_bank_accounts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  account_holder_name text,
  account_number text,
  bank_name text,
  bic text,
  country text not null,
  currency text not null,
  display_name text,
  iban text,
  is_default_for_currency boolean default false not null,
  routing_number text,
  sort_code text,
  was_created_by_user_id uuid,
  constraint entity_bank_accounts_pkey PRIMARY KEY (entity_id, id)
);

create table mailboxes (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'active'::text not null,
  related_object_type text not null,
  mailbox_name text not null,
  mailbox_domain text not null,
  mailbox_domain_id uuid,
  created_by_entity_user_id uuid,
  constraint mailboxes_pkey PRIMARY KEY (entity_id, id)
);

create type counterpart_type as enum ('individual', 'organization');

CREATE OR REPLACE FUNCTION public.folded(words text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  return translate(lower(unaccented(words) collate "und-x-icu"), 'ς', 'σ');
end $function$;

CREATE OR REPLACE FUNCTION public.person_name(first text, last text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when btrim(coalesce(last, '')) ~ '^[[:space:].–—_/-]*$' or btrim(first) = btrim(last) then
      case when btrim(coalesce(first, '')) ~ '^[[:space:].–—_/-]*$' then '' else btrim(first) end
    when btrim(coalesce(first, '')) ~ '^[[:space:].–—_/-]*$' then btrim(last)
    else btrim(first) || ' ' || btrim(last) end
$function$;

create table counterparts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  type counterpart_type not null,
  legal_name text,
  first_name text,
  last_name text,
  title text,
  email text,
  phone text,
  is_customer boolean not null,
  is_vendor boolean not null,
  tag_ids uuid[] default '{}'::uuid[] not null,
  tax_id text,
  external_reference text,
  language text,
  reminders_enabled boolean default true not null,
  created_automatically boolean default false not null,
  created_by_entity_user_id uuid,
  default_billing_address_id uuid,
  default_shipping_address_id uuid,
  partner_metadata json default '{}'::json not null,
  buyer_reference text,
  gln text,
  name text collate "und-x-icu" generated always as (COALESCE(legal_name, NULLIF(person_name(first_name, last_name), ''::text), ((first_name || ' '::text) || last_name))) stored not null,
  sought_name text generated always as (folded(COALESCE(legal_name, NULLIF(person_name(first_name, last_name), ''::text), ((first_name || ' '::text) || last_name)))) stored,
  former_names text default ''::text not null,
  sought_email text generated always as (folded(email)) stored,
  constraint counterparts_pkey PRIMARY KEY (entity_id, id),
  constraint counterparts_check CHECK (((type = 'organization'::counterpart_type) = (legal_name IS NOT NULL))),
  constraint counterparts_check1 CHECK (((type = 'individual'::counterpart_type) = ((first_name IS NOT NULL) AND (last_name IS NOT NULL))))
);

create table counterpart_addresses (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  country text not null,
  city text not null,
  postal_code text not null,
  state text,
  line1 text not null,
  line2 text,
  constraint counterpart_addresses_entity_id_counterpart_id_id_key UNIQUE (entity_id, counterpart_id, id),
  constraint counterpart_addresses_pkey PRIMARY KEY (entity_id, id)
);

create table counterpart_contacts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  first_name text not null,
  last_name text not null,
  title text,
  email text,
  phone text,
  address json not null,
  is_default boolean default false not null,
  constraint counterpart_contacts_pkey PRIMARY KEY (entity_id, id)
);

create table counterpart_bank_accounts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  country text not null,
  currency text not null,
  name text,
  account_holder_name text,
  account_number text,
  bic text,
  iban text,
  routing_number text,
  sort_code text,
  is_default_for_currency boolean default false not null,
  partner_metadata json,
  from_bill boolean default false not null,
  constraint counterpart_bank_accounts_pkey PRIMARY KEY (entity_id, id)
);

create table counterpart_vat_ids (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  country text,
  type text default 'unknown'::text not null,
  value text not null,
  created_by_entity_user_id uuid,
  constraint counterpart_vat_ids_pkey PRIMARY KEY (entity_id, id)
);

create table measure_units (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  description text,
  created_by_entity_user_id uuid,
  constraint measure_units_pkey PRIMARY KEY (entity_id, id)
);

create type product_type as enum ('product', 'service');

create table products (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text collate "und-x-icu" not null,
  description text,
  type product_type default 'product'::product_type not null,
  price bigint,
  currency text,
  smallest_amount double precision,
  measure_unit_id uuid,
  external_reference text,
  ledger_account_id uuid,
  is_inline boolean default false not null,
  entity_user_id uuid,
  sought_name text generated always as (folded(name)) stored,
  constraint products_pkey PRIMARY KEY (entity_id, id),
  constraint products_check CHECK (((price IS NULL) = (currency IS NULL))),
  constraint products_price_check CHECK ((price >= 0)),
  constraint products_smallest_amount_check CHECK ((smallest_amount >= (0)::double precision))
);

create table payment_terms (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  description text,
  term_1 json,
  term_2 json,
  term_final json not null,
  created_by_entity_user_id uuid,
  constraint payment_terms_pkey PRIMARY KEY (entity_id, id)
);

CREATE OR REPLACE FUNCTION public.number_key(number text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  return lower(regexp_replace(number, '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+', '', 'g') collate "und-x-icu");
end $function$;

create table receivables (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  type text not null,
  status text default 'draft'::text not null,
  document_id text,
  number bigint,
  currency text not null,
  counterpart_id uuid not null,
  counterpart_name text not null,
  entity_user_id uuid,
  based_on uuid,
  project_id uuid,
  recurrence_id uuid,
  issue_date timestamp with time zone,
  due_date date,
  expiry_date date,
  paid_at timestamp with time zone,
  comment text,
  subtotal bigint not null,
  discounted_subtotal bigint not null,
  subtotal_after_vat bigint not null,
  total_vat_amount bigint not null,
  total_withholding_tax bigint not null,
  total_deduction_amount bigint not null,
  total_amount bigint not null,
  amount_credited bigint default 0 not null,
  amount_paid bigint default 0 not null,
  amount_due bigint not null,
  early_terms json,
  credit_note_ids uuid[] default '{}'::uuid[] not null,
  product_ids uuid[] default '{}'::uuid[] not null,
  tag_ids uuid[] default '{}'::uuid[] not null,
  attachments json,
  partner_metadata json,
  payment_page_url text,
  ask json not null,
  content json not null,
  frozen boolean default false not null,
  content_hash bytea,
  file_key text,
  original_file_key text,
  pdf_stale boolean default true not null,
  drawn jsonb default '[]'::jsonb not null,
  signature json,
  page_key text,
  issued_on date,
  numbered_twice boolean default false not null,
  number_key text generated always as (
CASE
    WHEN ((issue_date IS NOT NULL) AND (deleted_at IS NULL) AND (NOT numbered_twice)) THEN number_key(document_id)
    ELSE NULL::text
END) stored,
  sought_number text generated always as (folded(document_id)) stored,
  sought_name text generated always as (folded(counterpart_name)) stored,
  payment_link_url text,
  einvoice_facts json,
  reserved_at timestamp with time zone,
  reserved_on date,
  einvoice_error text,
  einvoice_file_key text,
  line_products uuid[],
  line_amounts bigint[],
  line_quantities numeric[],
  constraint receivables_pkey PRIMARY KEY (entity_id, id),
  constraint receivables_check CHECK (((total_amount >= 0) AND (amount_paid >= 0) AND (amount_credited >= 0) AND (amount_due >= 0))),
  constraint receivables_check2 CHECK (((status <> 'draft'::text) OR ((issue_date IS NULL) AND (amount_paid = 0)))),
  constraint receivables_credited CHECK ((amount_credited <= total_amount)) NOT VALID,
  constraint receivables_due CHECK (
CASE
    WHEN (status = ANY (ARRAY['paid'::text, 'canceled'::text])) THEN ((amount_due = 0) OR (issue_date IS NULL))
    ELSE ((type <> 'invoice'::text) OR (amount_due = GREATEST((0)::bigint, ((total_amount - amount_paid) - amount_credited))))
END) NOT VALID,
  constraint receivables_numbered CHECK (((status = ANY (ARRAY['draft'::text, 'failed'::text, 'recurring'::text, 'deleted'::text])) OR (document_id IS NOT NULL) OR ((status = 'canceled'::text) AND (recurrence_id IS NOT NULL) AND (issue_date IS NULL)))),
  constraint receivables_paid CHECK ((((amount_paid + amount_credited) <= total_amount) OR (status = ANY (ARRAY['paid'::text, 'canceled'::text, 'uncollectible'::text])))),
  constraint receivables_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'issuing'::text, 'issued'::text, 'failed'::text, 'accepted'::text, 'expired'::text, 'declined'::text, 'recurring'::text, 'partially_paid'::text, 'paid'::text, 'overdue'::text, 'uncollectible'::text, 'canceled'::text, 'deleted'::text]))),
  constraint receivables_type_check CHECK ((type = ANY (ARRAY['quote'::text, 'invoice'::text, 'credit_note'::text]))),
  constraint reserved_number CHECK (((reserved_on IS NULL) OR (document_id IS NOT NULL))),
  constraint reserved_together CHECK (((reserved_at IS NULL) = (reserved_on IS NULL)))
);

CREATE OR REPLACE FUNCTION public.refuse_change_of_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.frozen and (new.document_id, new.number, new.type, new.issue_date, new.issued_on, new.due_date, new.currency, new.counterpart_id, new.total_amount,
      new.total_vat_amount, new.content_hash, new.frozen) is distinct from (old.document_id, old.number, old.type, old.issue_date, old.issued_on, old.due_date,
      old.currency, old.counterpart_id, old.total_amount, old.total_vat_amount, old.content_hash, old.frozen)
    or old.frozen and new.content::text is distinct from old.content::text then
    raise exception 'An issued document does not change' using errcode = 'QT001';
  end if;
  if old.frozen and new.deleted_at is not null then
    raise exception 'An issued document is not deleted' using errcode = 'QT001';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_delete_of_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'An issued document is not deleted' using errcode = 'QT001';
end $function$;

create table payment_records (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text not null,
  object_id uuid not null,
  amount bigint not null,
  currency text,
  status text default 'succeeded'::text not null,
  paid_at timestamp with time zone,
  is_external boolean default true not null,
  entity_user_id uuid,
  comment text,
  old_status text not null,
  new_status text not null,
  payment_intent_id uuid,
  payment_intent_status text,
  payment_method text,
  planned_payment_date date,
  overpaid_amount bigint default 0 not null,
  provider_reference text,
  reason text,
  history jsonb default '[]'::jsonb not null,
  fee bigint default 0 not null,
  constraint payment_records_pkey PRIMARY KEY (entity_id, id),
  constraint payment_records_check CHECK (((currency IS NOT NULL) OR (object_type = 'payable'::text))),
  constraint payment_records_check1 CHECK (((status <> 'succeeded'::text) OR (paid_at IS NOT NULL))) NOT VALID,
  constraint payment_records_fee_check CHECK ((fee >= 0)),
  constraint payment_records_object_type_check CHECK ((object_type = ANY (ARRAY['receivable'::text, 'payable'::text]))),
  constraint payment_records_overpaid_amount_check CHECK ((overpaid_amount >= 0)),
  constraint payment_records_status_check CHECK ((status = ANY (ARRAY['created'::text, 'processing'::text, 'succeeded'::text, 'canceled'::text])))
);

create table projects (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text collate "und-x-icu" not null,
  description text,
  code text,
  color text,
  start_date date,
  end_date date,
  tag_ids uuid[] default '{}'::uuid[] not null,
  partner_metadata json,
  created_by_entity_user_id uuid,
  constraint projects_pkey PRIMARY KEY (entity_id, id),
  constraint projects_check CHECK ((end_date >= start_date))
);

create table comments (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text not null,
  object_id uuid not null,
  text text not null,
  created_by_entity_user_id uuid,
  reply_to_entity_user_id uuid,
  constraint comments_pkey PRIMARY KEY (entity_id, id),
  constraint comments_object_type_check CHECK ((object_type = 'payable'::text))
);

create table custom_vat_rates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  components json not null,
  created_by_entity_user_id uuid,
  constraint custom_vat_rates_pkey PRIMARY KEY (entity_id, id),
  constraint custom_vat_rates_components_check CHECK (((json_array_length(components) >= 1) AND (json_array_length(components) <= 10)))
);

create table persons (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  first_name text not null,
  last_name text not null,
  email text not null,
  phone text,
  date_of_birth date,
  citizenship text,
  id_number text,
  ssn_last_4 text,
  address json,
  title text,
  director boolean default false not null,
  executive boolean default false not null,
  owner boolean default false not null,
  representative boolean default false not null,
  percent_ownership double precision,
  created_by_entity_user_id uuid,
  constraint persons_pkey PRIMARY KEY (entity_id, id),
  constraint persons_percent_ownership_check CHECK (((percent_ownership >= (0)::double precision) AND (percent_ownership <= (100)::double precision)))
);

create table mails (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'pending'::text not null,
  key text,
  object_type text,
  object_id uuid,
  sender json not null,
  reply_to text[] default '{}'::text[] not null,
  recipients jsonb not null,
  subject text not null,
  html text not null,
  text text not null,
  attachments json default '[]'::json not null,
  language text default 'en'::text not null,
  message_id text not null,
  attempts integer default 0 not null,
  error text,
  held_until timestamp with time zone,
  sent_at timestamp with time zone,
  constraint mails_entity_id_key_key UNIQUE (entity_id, key),
  constraint mails_pkey PRIMARY KEY (entity_id, id),
  constraint mails_recipients_check CHECK (((jsonb_typeof(recipients) = 'array'::text) AND (jsonb_array_length(recipients) > 0))),
  constraint mails_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'sent'::text, 'partially_sent'::text, 'failed'::text])))
);

create table mail_templates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  type text not null,
  language text not null,
  name text collate "und-x-icu" not null,
  subject_template text not null,
  body_template text not null,
  is_default boolean default false not null,
  constraint mail_templates_pkey PRIMARY KEY (partner_id, id),
  constraint mail_templates_type_check CHECK ((type = ANY (ARRAY['receivables_quote'::text, 'receivables_invoice'::text, 'receivables_paid_invoice'::text, 'receivables_credit_note'::text, 'receivables_discount_reminder'::text, 'receivables_final_reminder'::text, 'payables_purchase_order'::text, 'payables_notify_approver'::text, 'payables_notify_payer'::text])))
);

create table text_templates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  document_type text not null,
  type text not null,
  name text not null,
  template text not null,
  is_default boolean default false not null,
  constraint text_templates_pkey PRIMARY KEY (entity_id, id),
  constraint text_templates_document_type_check CHECK ((document_type = ANY (ARRAY['quote'::text, 'invoice'::text, 'credit_note'::text, 'discount_reminder'::text, 'final_reminder'::text, 'overdue_reminder'::text, 'payables_purchase_order'::text]))),
  constraint text_templates_type_check CHECK ((type = ANY (ARRAY['email_header'::text, 'email_body'::text, 'memo'::text])))
);

CREATE OR REPLACE FUNCTION public.predefined_text_templates()
 RETURNS TABLE(document_type text, type text, name text, template text)
 LANGUAGE sql
 IMMUTABLE
AS $function$
  values
  ('quote', 'email_header', 'Quote: subject', 'Quote {quote_number} from {entity_name}'),
  ('quote', 'email_body', 'Quote: message', $$Dear {contact_name},

thank you for your interest. Our quote {quote_number} over {total_amount} is attached.

If you have any questions, or would like something changed, simply reply to this message.

Kind regards
{entity_name}$$),
  ('quote', 'memo', 'Quote: memo', $$Thank you for your enquiry. We are pleased to offer you the following.$$),

  ('invoice', 'email_header', 'Invoice: subject', 'Invoice {invoice_number} from {entity_name}'),
  ('invoice', 'email_body', 'Invoice: message', $$Dear {contact_name},

thank you for your order. Our invoice {invoice_number} over {total_amount} is attached. Please pay it by {due_date}.

If anything about it is unclear, simply reply to this message.

Kind regards
{entity_name}$$),
  ('invoice', 'memo', 'Invoice: memo', $$Thank you for your order. We invoice you for the following.$$),

  ('credit_note', 'email_header', 'Credit note: subject', 'Credit note {credit_note_number} from {entity_name}'),
  ('credit_note', 'email_body', 'Credit note: message', $$Dear {contact_name},

our credit note {credit_note_number} over {total_amount} is attached. There is nothing you need to do.

Kind regards
{entity_name}$$),
  ('credit_note', 'memo', 'Credit note: memo', $$We credit you with the following.$$),

  ('discount_reminder', 'email_header', 'Discount reminder: subject', 'Invoice {invoice_number}: your discount ends on {discount_date}'),
  ('discount_reminder', 'email_body', 'Discount reminder: message', $$Dear {contact_name},

if you pay our invoice {invoice_number} by {discount_date}, it costs you {amount_due_with_discount} instead of {amount_due}.

If your payment is already on its way, please disregard this message.

Kind regards
{entity_name}$$),

  ('final_reminder', 'email_header', 'Reminder: subject', 'Invoice {invoice_number} is due on {due_date}'),
  ('final_reminder', 'email_body', 'Reminder: message', $$Dear {contact_name},

a short reminder: our invoice {invoice_number} falls due on {due_date}. The amount to pay is {amount_due}.

If your payment is already on its way, please disregard this message.

Kind regards
{entity_name}$$),

  ('overdue_reminder', 'email_header', 'Overdue reminder: subject', 'Invoice {invoice_number} is overdue'),
  ('overdue_reminder', 'email_body', 'Overdue reminder: message', $$Dear {contact_name},

our invoice {invoice_number} was due on {due_date}, and we have not received the full amount yet. Please pay the outstanding {amount_due} as soon as you can.

If your payment has crossed with this message, please disregard it. If something keeps you from paying, let us know: we will find a way.

Kind regards
{entity_name}$$),

  ('payables_purchase_order', 'email_header', 'Purchase order: subject', 'Purchase order {document_number} from {entity_name}'),
  ('payables_purchase_order', 'email_body', 'Purchase order: message', $$Dear {counterpart_name},

our purchase order {document_number} over {total_amount} is attached. Please confirm it, and tell us when we can expect delivery.

Kind regards
{entity_name}$$),
  ('payables_purchase_order', 'memo', 'Purchase order: memo', $$Please state the number of this order on your delivery note and your invoice.$$)
$function$;

create table document_template_choices (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  nth bigint generated always as identity not null,
  document_type text not null,
  template_id uuid not null,
  constraint document_template_choices_pkey PRIMARY KEY (entity_id, id),
  constraint document_template_choices_document_type_check CHECK ((document_type = ANY (ARRAY['receivable'::text, 'delivery_note'::text, 'purchase_order'::text, 'payable'::text])))
);

create table mailbox_domains (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  domain text not null,
  status text default 'waiting_to_be_verified'::text not null,
  dkim_private_key text,
  dkim_public_key text not null,
  findings json default '{}'::json not null,
  sealed_dkim_key bytea,
  constraint mailbox_domains_pkey PRIMARY KEY (partner_id, id),
  constraint mailbox_domains_domain_check CHECK ((domain = lower(domain))),
  constraint mailbox_domains_one_key CHECK ((num_nonnulls(dkim_private_key, sealed_dkim_key) = 1)),
  constraint mailbox_domains_status_check CHECK ((status = ANY (ARRAY['waiting_to_be_verified'::text, 'active'::text])))
);

create table data_exports (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  format text not null,
  objects json not null,
  date_from date not null,
  date_to date not null,
  language text not null,
  status text default 'pending'::text not null,
  count integer default 0 not null,
  file_key text,
  created_by_entity_user_id uuid,
  narrowed_to text[] default '{}'::text[] not null,
  constraint data_exports_pkey PRIMARY KEY (entity_id, id),
  constraint data_exports_check CHECK ((date_from <= date_to)),
  constraint data_exports_check1 CHECK (((status = 'ready'::text) = (file_key IS NOT NULL))),
  constraint data_exports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'pdf'::text, 'csv_xero'::text]))),
  constraint data_exports_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'ready'::text, 'failed'::text])))
);

create table export_extra_data (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text not null,
  object_id uuid not null,
  field_name text not null,
  field_value text not null,
  created_by uuid,
  constraint export_extra_data_pkey PRIMARY KEY (entity_id, id),
  constraint export_extra_data_field_name_check CHECK ((field_name = ANY (ARRAY['default_account_code'::text, 'default_tax_rate_code'::text]))),
  constraint export_extra_data_object_type_check CHECK ((object_type = 'counterpart'::text))
);

create table counterpart_einvoicing_credentials (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  network_schema text not null,
  network_identifier text not null,
  constraint counterpart_einvoicing_credentials_pkey PRIMARY KEY (entity_id, id),
  constraint counterpart_einvoicing_credentials_network_schema_check CHECK ((network_schema = ANY (ARRAY['DE:VAT'::text, 'NL:KVK'::text, 'NL:VAT'::text, 'BE:VAT'::text, 'BE:EN'::text])))
);

create table audit_logs (
  id uuid not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  entity_user_id uuid,
  method text not null,
  path text not null,
  params text,
  status_code integer not null,
  received_at timestamp with time zone not null,
  answered_at timestamp with time zone not null,
  details json not null,
  constraint audit_logs_pkey PRIMARY KEY (entity_id, id) INCLUDE (partner_id, entity_user_id)
) partition by RANGE (id);

create table audit_logs_before (
  id uuid not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  entity_user_id uuid,
  method text not null,
  path text not null,
  params text,
  status_code integer not null,
  received_at timestamp with time zone not null,
  answered_at timestamp with time zone not null,
  details json not null,
  constraint audit_logs_before_pkey PRIMARY KEY (entity_id, id) INCLUDE (partner_id, entity_user_id)
);

create table document_chain (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  "position" bigint not null,
  receivable_id uuid not null,
  content_hash bytea not null,
  hash bytea not null,
  created_at timestamp with time zone default app_now() not null,
  constraint document_chain_pkey PRIMARY KEY (entity_id, "position"),
  constraint document_chain_position_check CHECK (("position" > 0))
);

CREATE OR REPLACE FUNCTION public.chain_hash(previous bytea, pos bigint, receivable_id uuid, content_hash bytea)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE
RETURN sha256(((previous || convert_to(((((pos)::text || ' '::text) || (receivable_id)::text) || ' '::text), 'UTF8'::name)) || content_hash));

CREATE OR REPLACE FUNCTION public.chain_document()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  pos bigint;
  previous bytea;
begin
  -- One link at a time: the next sees this one when its transaction is over.
  perform pg_advisory_xact_lock(hashtextextended(new.entity_id::text, 7301));
  select c.position, c.hash into pos, previous from document_chain c where c.entity_id = new.entity_id order by c.position desc limit 1;
  pos := coalesce(pos, 0) + 1;
  insert into document_chain (partner_id, entity_id, position, receivable_id, content_hash, hash)
  values (new.partner_id, new.entity_id, pos, new.id, new.content_hash, chain_hash(coalesce(previous, ''), pos, new.id, new.content_hash));
  return null;
end $function$;

create table recurrences (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  invoice_id uuid not null,
  entity_user_id uuid,
  status text default 'active'::text not null,
  automation_level text not null,
  frequency text not null,
  "interval" integer not null,
  start_date date not null,
  month_end boolean default false not null,
  end_date date,
  max_occurrences integer,
  subject_text text,
  body_text text,
  recipients json,
  constraint recurrences_entity_id_invoice_id_key UNIQUE (entity_id, invoice_id),
  constraint recurrences_pkey PRIMARY KEY (entity_id, id),
  constraint recurrences_automation_level_check CHECK ((automation_level = ANY (ARRAY['draft'::text, 'issue'::text, 'issue_and_send'::text]))),
  constraint recurrences_check CHECK (((end_date IS NULL) <> (max_occurrences IS NULL))),
  constraint recurrences_check1 CHECK (((automation_level <> 'issue_and_send'::text) OR ((subject_text IS NOT NULL) AND (body_text IS NOT NULL)))),
  constraint recurrences_frequency_check CHECK ((frequency = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'quarter'::text, 'year'::text]))),
  constraint recurrences_interval_check CHECK ((("interval" >= 1) AND ("interval" <= 100))),
  constraint recurrences_max_occurrences_check CHECK (((max_occurrences >= 1) AND (max_occurrences <= 1000))),
  constraint recurrences_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'canceled'::text, 'completed'::text])))
);

create table recurrence_iterations (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  recurrence_id uuid not null,
  iteration integer not null,
  issue_at date not null,
  status text default 'pending'::text not null,
  issued_invoice_id uuid,
  constraint recurrence_iterations_entity_id_issued_invoice_id_key UNIQUE (entity_id, issued_invoice_id),
  constraint recurrence_iterations_entity_id_recurrence_id_issue_at_key UNIQUE (entity_id, recurrence_id, issue_at),
  constraint recurrence_iterations_entity_id_recurrence_id_iteration_key UNIQUE (entity_id, recurrence_id, iteration),
  constraint recurrence_iterations_pkey PRIMARY KEY (entity_id, id),
  constraint recurrence_iterations_check CHECK (((status <> 'pending'::text) OR (issued_invoice_id IS NULL))),
  constraint recurrence_iterations_check1 CHECK (((status <> ALL (ARRAY['completed'::text, 'send_failed'::text])) OR (issued_invoice_id IS NOT NULL))),
  constraint recurrence_iterations_iteration_check CHECK (((iteration >= 1) AND (iteration <= 1000))),
  constraint recurrence_iterations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'canceled'::text, 'skipped'::text, 'issue_failed'::text, 'send_failed'::text])))
);

create table payment_reminders (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text collate "und-x-icu" not null,
  recipients json,
  term_1_reminder json,
  term_2_reminder json,
  term_final_reminder json,
  created_by_entity_user_id uuid,
  constraint payment_reminders_pkey PRIMARY KEY (entity_id, id),
  constraint payment_reminders_check CHECK ((num_nonnulls(term_1_reminder, term_2_reminder, term_final_reminder) > 0))
);

create table overdue_reminders (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text collate "und-x-icu" not null,
  recipients json,
  terms json not null,
  created_by_entity_user_id uuid,
  constraint overdue_reminders_pkey PRIMARY KEY (entity_id, id),
  constraint overdue_reminders_terms_check CHECK (((json_array_length(terms) >= 1) AND (json_array_length(terms) <= 3)))
);

create table reminders (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  receivable_id uuid not null,
  reminder text not null,
  mail_id uuid,
  problem text,
  constraint reminders_entity_id_receivable_id_reminder_key UNIQUE (entity_id, receivable_id, reminder),
  constraint reminders_pkey PRIMARY KEY (entity_id, id),
  constraint reminders_check CHECK ((num_nonnulls(mail_id, problem) = 1)),
  constraint reminders_reminder_check CHECK (((reminder = ANY (ARRAY['term_1'::text, 'term_2'::text, 'term_final'::text])) OR (reminder ~ '^overdue [1-9][0-9]{0,4}$'::text)))
);

create table delivery_notes (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'created'::text not null,
  document_id text not null,
  number bigint,
  counterpart_id uuid not null,
  counterpart json not null,
  counterpart_address json not null,
  entity json not null,
  entity_address json not null,
  file_language text not null,
  original_file_language text not null,
  based_on uuid,
  based_on_document_id text,
  delivery_date date,
  delivery_number text,
  display_signature_placeholder boolean default false not null,
  memo text,
  line_items json not null,
  created_by_entity_user_id uuid,
  file_key text,
  original_file_key text,
  pdf_stale boolean default true not null,
  issued_on date not null,
  numbered_twice boolean default false not null,
  number_key text generated always as (
CASE
    WHEN ((deleted_at IS NULL) AND (NOT numbered_twice)) THEN number_key(document_id)
    ELSE NULL::text
END) stored,
  constraint delivery_notes_pkey PRIMARY KEY (entity_id, id),
  constraint delivery_notes_line_items_check CHECK ((json_array_length(line_items) > 0)),
  constraint delivery_notes_status_check CHECK ((status = ANY (ARRAY['created'::text, 'delivered'::text, 'canceled'::text])))
);

CREATE OR REPLACE FUNCTION public.refuse_change_of_delivery_note()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.document_id, new.number) is distinct from (old.document_id, old.number) then
    raise exception 'The number of a delivery note does not change' using errcode = 'QT001';
  end if;
  if old.status <> 'created' and (new.status, new.counterpart_id, new.delivery_date, new.delivery_number, new.memo, new.display_signature_placeholder,
      new.counterpart::text, new.counterpart_address::text, new.line_items::text)
    is distinct from (old.status, old.counterpart_id, old.delivery_date, old.delivery_number, old.memo, old.display_signature_placeholder,
      old.counterpart::text, old.counterpart_address::text, old.line_items::text) then
    raise exception 'A delivery note that is % does not change', old.status using errcode = 'QT001';
  end if;
  return new;
end $function$;

create table payables (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text not null,
  payable_origin text not null,
  source_of_payable_data text not null,
  document_id text,
  description text,
  currency text,
  issued_at date,
  due_date date,
  due_date_given boolean default false not null,
  payment_terms json,
  suggested_payment_term json,
  suggested_payment_term_given boolean default false not null,
  subtotal bigint,
  tax integer,
  tax_amount bigint,
  discount bigint,
  total_amount bigint,
  amount_paid bigint default 0 not null,
  amount_credited bigint default 0 not null,
  counterpart_id uuid,
  counterpart_address_id uuid,
  counterpart_bank_account_id uuid,
  counterpart_vat_id_id uuid,
  counterpart json,
  counterpart_raw_data json,
  suggestion json,
  file_id uuid,
  sender text,
  ocr_status text,
  ocr_request_id uuid,
  other_extracted_data json,
  purchase_order_id uuid,
  project_id uuid,
  tag_ids uuid[] default '{}'::uuid[] not null,
  partner_metadata json,
  approval_policy_id uuid,
  paid_at timestamp with time zone,
  marked_as_paid_by_entity_user_id uuid,
  marked_as_paid_with_comment text,
  was_created_by_user_id uuid,
  created_by_role_id uuid,
  arrival_key text,
  sought_number text generated always as (folded(document_id)) stored,
  sought text generated always as (((folded(COALESCE(document_id, ''::text)) || chr(10)) || folded(COALESCE((counterpart ->> 'name'::text),
CASE
    WHEN (counterpart_id IS NULL) THEN (counterpart_raw_data ->> 'name'::text)
    ELSE NULL::text
END, ''::text)))) stored,
  stated json,
  sums_stated boolean default false not null,
  due_adjustment bigint default 0 not null,
  read json,
  approved_account json,
  constraint payables_entity_id_arrival_key_key UNIQUE (entity_id, arrival_key),
  constraint payables_pkey PRIMARY KEY (entity_id, id),
  constraint payables_amount_credited_check CHECK ((amount_credited >= 0)),
  constraint payables_amount_paid_check CHECK ((amount_paid >= 0)),
  constraint payables_credited CHECK ((amount_credited <= total_amount)) NOT VALID,
  constraint payables_ocr_status_check CHECK ((ocr_status = ANY (ARRAY['processing'::text, 'error'::text, 'success'::text, 'canceled'::text]))),
  constraint payables_paid CHECK (((status = 'paid'::text) = (paid_at IS NOT NULL))) NOT VALID,
  constraint payables_part CHECK (((status <> 'partially_paid'::text) OR (amount_paid > 0))) NOT VALID,
  constraint payables_payable_origin_check CHECK ((payable_origin = ANY (ARRAY['upload'::text, 'email'::text, 'einvoicing'::text]))),
  constraint payables_source_of_payable_data_check CHECK ((source_of_payable_data = ANY (ARRAY['ocr'::text, 'user_specified'::text, 'einvoicing'::text]))),
  constraint payables_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'new'::text, 'approve_in_progress'::text, 'waiting_to_be_paid'::text, 'partially_paid'::text, 'paid'::text, 'canceled'::text, 'rejected'::text])))
);

create table payable_line_items (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  payable_id uuid not null,
  name text,
  description text,
  quantity numeric,
  unit text,
  unit_price bigint,
  tax integer,
  subtotal bigint,
  tax_amount bigint,
  total bigint,
  ledger_account_id uuid,
  accounting_tax_rate_id uuid,
  ocr_set_quantity_to_one boolean,
  was_created_by_user_id uuid,
  unit_price_exact numeric,
  constraint payable_line_items_pkey PRIMARY KEY (entity_id, id)
);

create table payable_validations (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  kind text not null,
  required_fields text[] not null,
  constraint payable_validations_entity_id_kind_key UNIQUE (entity_id, kind),
  constraint payable_validations_pkey PRIMARY KEY (entity_id, id),
  constraint payable_validations_kind_check CHECK ((kind = ANY (ARRAY['payable'::text, 'credit_note'::text])))
);

create table payable_credit_notes (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text not null,
  origin text default 'upload'::text not null,
  source_of_data text default 'user_specified'::text not null,
  document_id text,
  issued_at date,
  currency text,
  description text,
  sender text,
  based_on uuid,
  based_on_document_id text,
  subtotal bigint,
  tax integer,
  tax_amount bigint,
  total_amount bigint,
  counterpart_id uuid,
  counterpart_address_id uuid,
  counterpart_bank_account_id uuid,
  counterpart_vat_id_id uuid,
  counterpart json,
  counterpart_raw json,
  file_id uuid,
  ocr_status text,
  ocr_request_id uuid,
  project_id uuid,
  tag_ids uuid[] default '{}'::uuid[] not null,
  created_by_user_id uuid,
  stated json,
  sums_stated boolean default false not null,
  warnings text[] default '{}'::text[] not null,
  read json,
  constraint payable_credit_notes_pkey PRIMARY KEY (entity_id, id),
  constraint payable_credit_notes_ocr_status_check CHECK ((ocr_status = ANY (ARRAY['processing'::text, 'error'::text, 'success'::text, 'canceled'::text]))),
  constraint payable_credit_notes_origin_check CHECK ((origin = ANY (ARRAY['upload'::text, 'einvoicing'::text]))),
  constraint payable_credit_notes_source_of_data_check CHECK ((source_of_data = ANY (ARRAY['ocr'::text, 'user_specified'::text, 'einvoicing'::text]))),
  constraint payable_credit_notes_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'new'::text, 'submitted_for_approval'::text, 'approved'::text, 'rejected'::text, 'canceled'::text, 'applied'::text]))),
  constraint payable_credit_notes_subtotal_check CHECK ((subtotal >= 0)),
  constraint payable_credit_notes_tax_amount_check CHECK ((tax_amount >= 0)),
  constraint payable_credit_notes_total_amount_check CHECK ((total_amount >= 0))
);

create table payable_credit_note_line_items (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  credit_note_id uuid not null,
  name text,
  description text,
  quantity numeric,
  unit text,
  unit_price bigint,
  tax integer,
  subtotal bigint,
  tax_amount bigint,
  total bigint,
  created_by_user_id uuid,
  unit_price_exact numeric,
  constraint payable_credit_note_line_items_pkey PRIMARY KEY (entity_id, id)
);

create table approval_policies (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  description text,
  priority integer default 0 not null,
  trigger json,
  script json not null,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  enabled boolean default true not null,
  created_by uuid,
  updated_by uuid,
  constraint approval_policies_pkey PRIMARY KEY (entity_id, id),
  constraint approval_policies_check CHECK (((ends_at IS NULL) OR (starts_at < ends_at))),
  constraint approval_policies_priority_check CHECK (((priority >= '-32768'::integer) AND (priority <= 32767)))
);

create table approval_processes (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  approval_policy_id uuid not null,
  payable_id uuid not null,
  status text not null,
  script json not null,
  input json not null,
  matched json default '[]'::json not null,
  error json,
  requested_by uuid,
  created_by uuid,
  updated_by uuid,
  constraint approval_processes_pkey PRIMARY KEY (entity_id, id),
  constraint approval_processes_status_check CHECK ((status = ANY (ARRAY['running'::text, 'waiting'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text, 'timed_out'::text])))
);

create table approval_requests (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text default 'payable'::text not null,
  object_id uuid not null,
  process_id uuid,
  step text,
  user_ids uuid[] default '{}'::uuid[] not null,
  role_ids uuid[] default '{}'::uuid[] not null,
  required_approval_count integer not null,
  status text default 'waiting'::text not null,
  approved_by uuid[] default '{}'::uuid[] not null,
  rejected_by uuid,
  created_by uuid,
  stranded text,
  constraint approval_requests_entity_id_process_id_step_key UNIQUE (entity_id, process_id, step),
  constraint approval_requests_pkey PRIMARY KEY (entity_id, id),
  constraint approval_requests_check CHECK (((process_id IS NULL) = (step IS NULL))),
  constraint approval_requests_check1 CHECK (((rejected_by IS NOT NULL) = (status = 'rejected'::text))),
  constraint approval_requests_check2 CHECK (((status <> 'approved'::text) OR (cardinality(approved_by) >= required_approval_count))),
  constraint approval_requests_check3 CHECK (((stranded IS NULL) OR (status = 'canceled'::text))),
  constraint approval_requests_object_type_check CHECK ((object_type = 'payable'::text)),
  constraint approval_requests_required_approval_count_check CHECK ((required_approval_count >= 1)),
  constraint approval_requests_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'approved'::text, 'rejected'::text, 'canceled'::text])))
);

create table approval_links (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  approval_request_id uuid not null,
  entity_user_id uuid not null,
  key_hash bytea not null,
  constraint approval_links_entity_id_approval_request_id_entity_user_id_key UNIQUE (entity_id, approval_request_id, entity_user_id),
  constraint approval_links_pkey PRIMARY KEY (entity_id, id)
);

create table payable_purchase_orders (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'draft'::text not null,
  document_id text not null,
  number bigint not null,
  counterpart_id uuid not null,
  counterpart json not null,
  counterpart_address_id uuid,
  counterpart_address json,
  entity json not null,
  entity_vat_id json,
  currency text not null,
  items json not null,
  message text not null,
  project_id uuid,
  valid_for_days integer not null,
  issued_at date,
  created_by_user_id uuid,
  file_key text,
  pdf_stale boolean default true not null,
  constraint payable_purchase_orders_pkey PRIMARY KEY (entity_id, id),
  constraint payable_purchase_orders_check CHECK (((status = 'issued'::text) = (issued_at IS NOT NULL))),
  constraint payable_purchase_orders_items_check CHECK ((json_array_length(items) > 0)),
  constraint payable_purchase_orders_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'issued'::text]))),
  constraint payable_purchase_orders_valid_for_days_check CHECK ((valid_for_days > 0))
);

CREATE OR REPLACE FUNCTION public.refuse_change_of_purchase_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.document_id, new.number) is distinct from (old.document_id, old.number) then
    raise exception 'The number of a purchase order does not change' using errcode = 'QT001';
  end if;
  if old.status = 'issued' and (new.status, new.issued_at, new.deleted_at, new.counterpart_id, new.currency, new.message, new.valid_for_days,
      new.counterpart::text, new.counterpart_address::text, new.entity::text, new.entity_vat_id::text, new.items::text)
    is distinct from (old.status, old.issued_at, old.deleted_at, old.counterpart_id, old.currency, old.message, old.valid_for_days,
      old.counterpart::text, old.counterpart_address::text, old.entity::text, old.entity_vat_id::text, old.items::text) then
    raise exception 'A purchase order that was issued does not change' using errcode = 'QT001';
  end if;
  return new;
end $function$;

create table receipts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  source_of_data text not null,
  document_id text,
  currency text,
  total_amount bigint,
  issued_at timestamp with time zone,
  merchant_name text,
  merchant_location text,
  transaction_id uuid,
  file_id uuid,
  ocr_status text,
  ocr_request_id uuid,
  partner_metadata json,
  created_by_entity_user_id uuid,
  arrival_key text,
  constraint receipts_arrival UNIQUE (entity_id, arrival_key),
  constraint receipts_pkey PRIMARY KEY (entity_id, id),
  constraint receipts_ocr_status_check CHECK ((ocr_status = ANY (ARRAY['processing'::text, 'error'::text, 'success'::text]))),
  constraint receipts_source_of_data_check CHECK ((source_of_data = ANY (ARRAY['ocr'::text, 'user_specified'::text])))
);

create table receipt_line_items (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  receipt_id uuid not null,
  name text,
  total bigint,
  accounting_tax_rate_id uuid,
  cost_center_id uuid,
  general_ledger_id uuid,
  created_by_entity_user_id uuid,
  constraint receipt_line_items_pkey PRIMARY KEY (entity_id, id)
);

create table ocr_tasks (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'processing'::text not null,
  document_type text,
  recognized_data json,
  file_id uuid not null,
  created_by_entity_user_id uuid,
  constraint ocr_tasks_pkey PRIMARY KEY (entity_id, id),
  constraint ocr_tasks_document_type_check CHECK ((document_type = ANY (ARRAY['invoice'::text, 'credit_note'::text, 'receipt'::text]))),
  constraint ocr_tasks_status_check CHECK ((status = ANY (ARRAY['processing'::text, 'success'::text, 'error'::text])))
);

CREATE OR REPLACE FUNCTION public.unaccented(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (octet_length(words) = char_length(words)) THEN words ELSE translate(replace(replace(replace(replace(replace(replace(replace(replace(NORMALIZE(regexp_replace(NORMALIZE(words, NFKD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670]'::text, ''::text, 'g'::text), NFC), 'ß'::text, 'ss'::text), 'ẞ'::text, 'SS'::text), 'æ'::text, 'ae'::text), 'Æ'::text, 'AE'::text), 'œ'::text, 'oe'::text), 'Œ'::text, 'OE'::text), 'þ'::text, 'th'::text), 'Þ'::text, 'Th'::text), 'øØłŁđĐðÐħĦŧŦı'::text, 'oOlLdDdDhHtTi'::text) END;

CREATE OR REPLACE FUNCTION public.emit(object_type text, object_id uuid, event text, entity_user_id uuid DEFAULT NULL::uuid, data jsonb DEFAULT NULL::jsonb, quiet boolean DEFAULT false)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  -- A quiet event is for the history alone.
  heard boolean := not quiet and exists (
    select from webhook_subscriptions s
    where s.partner_id = current_setting('app.partner_id')::uuid and s.object_type = emit.object_type
      and s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or emit.event = any (s.event_types)));
  -- How many events this transaction has written. An earlier transaction of the connection leaves an empty text.
  place integer := coalesce(nullif(current_setting('app.events', true), ''), '0')::integer;
  event_id uuid := gen_random_uuid();
begin
  -- Whoever puts the entity back to an earlier state waits until this transaction is over, and it waits for them: the key is that of `restore`.
  perform pg_advisory_xact_lock_shared(hashtextextended(current_setting('app.entity_id')::uuid::text, 7302));
  -- For this transaction only; a savepoint that is rolled back takes it back as well.
  perform set_config('app.events', (place + 1)::text, true);
  -- Each event stands a microsecond after the one before it. Those of requests that waited for each other keep the order in which they got
  -- through.
  insert into events (id, created_at, object_type, object_id, event, entity_user_id, data, subscribed)
  values (event_id,
    greatest(app_now() + place * interval '1 microsecond', (
      select max(e.created_at) + interval '1 microsecond' from events e
      where e.entity_id = current_setting('app.entity_id')::uuid and e.object_id = emit.object_id)),
    emit.object_type, emit.object_id, emit.event, emit.entity_user_id, emit.data, heard);
  if heard then
    insert into jobs (kind, payload) values ('webhooks.fan_out', jsonb_build_object('event_id', event_id));
  end if;
  -- One job of a kind for an object: whoever does it looks at the object as it is then.
  insert into jobs (kind, key, payload)
  select r.kind, r.kind || ':' || emit.object_id, jsonb_build_object('object_id', emit.object_id, 'at', to_json(app_now()))
  from reactions r where r.object_type = emit.object_type and r.event = emit.event
  on conflict (key) do update set run_at = when_asked_again(jobs.waiting, jobs.run_at, excluded.run_at), payload = excluded.payload,
    dead = false, failures = case when jobs.dead then 0 else jobs.failures end;
end $function$;

create table connections (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  entity_id uuid,
  port text not null,
  adapter text not null,
  settings jsonb default '{}'::jsonb not null,
  credentials bytea,
  renewing_until timestamp with time zone,
  constraint connections_pkey PRIMARY KEY (partner_id, id),
  constraint connections_port_check CHECK ((port = ANY (ARRAY['payments'::text, 'accounting'::text, 'einvoicing'::text, 'identity'::text])))
);

create table outside_calls (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  port text not null,
  adapter text not null,
  action text not null,
  key text not null,
  request_hash bytea not null,
  status text default 'sent'::text not null,
  attempts integer default 1 not null,
  answer jsonb,
  error text,
  constraint outside_calls_entity_id_port_adapter_key_key UNIQUE (entity_id, port, adapter, key),
  constraint outside_calls_pkey PRIMARY KEY (entity_id, id),
  constraint outside_calls_check CHECK (((status = 'answered'::text) = (answer IS NOT NULL))),
  constraint outside_calls_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'answered'::text, 'refused'::text])))
);

create table reactions (
  object_type text not null,
  event text not null,
  kind text not null,
  constraint reactions_pkey PRIMARY KEY (object_type, event, kind)
);

CREATE OR REPLACE FUNCTION public.paid_is_recorded()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  is_record constant boolean := tg_table_name = 'payment_records';
  kind text;
  document uuid;
  said bigint;
  booked bigint;
  entity constant text := current_setting('app.entity_id', true);
begin
  -- At the end of a transaction that went on in another entity the rows of this one are out of sight.
  perform set_config('app.entity_id', new.entity_id::text, true);
  if is_record then
    kind := new.object_type;
    document := new.object_id;
  else
    kind := case tg_table_name when 'payables' then 'payable' else 'receivable' end;
    document := new.id;
  end if;
  if kind = 'payable' then
    select amount_paid into said from payables where entity_id = new.entity_id and id = document;
  else
    select amount_paid into said from receivables where entity_id = new.entity_id and id = document;
  end if;
  select coalesce(sum(amount), 0) into booked from payment_records
  where entity_id = new.entity_id and object_id = document and object_type = kind and status = 'succeeded' and deleted_at is null;
  perform set_config('app.entity_id', entity, true);
  if said is distinct from booked then
    raise exception 'The % % says that % were paid, and its records come to %', kind, document, said, booked using errcode = 'QT002';
  end if;
  return null;
end $function$;

create table entity_payment_methods (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  direction text not null,
  method text not null,
  constraint entity_payment_methods_entity_id_direction_method_key UNIQUE (entity_id, direction, method),
  constraint entity_payment_methods_pkey PRIMARY KEY (entity_id, id),
  constraint entity_payment_methods_direction_check CHECK ((direction = ANY (ARRAY['receive'::text, 'send'::text]))),
  constraint entity_payment_methods_method CHECK ((method = ANY (ARRAY['sepa_credit'::text, 'us_ach'::text, 'blik'::text, 'card'::text, 'bacs_direct_debit'::text, 'bancontact'::text, 'eps'::text, 'giropay'::text, 'ideal'::text, 'p24'::text, 'sepa_debit'::text, 'sofort'::text, 'applepay'::text, 'googlepay'::text, 'affirm'::text, 'klarna'::text])))
);

create table batch_payments (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'created'::text not null,
  payment_method text not null,
  payer_bank_account_id uuid not null,
  total_amount bigint not null,
  error json,
  constraint batch_payments_pkey PRIMARY KEY (entity_id, id),
  constraint batch_payments_status_check CHECK ((status = ANY (ARRAY['created'::text, 'processing'::text, 'partially_successful'::text, 'succeeded'::text, 'failed'::text]))),
  constraint batch_payments_total_amount_check CHECK ((total_amount > 0))
);

create table payment_intents (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'created'::text not null,
  object_type text,
  object_id uuid,
  amount bigint not null,
  currency text not null,
  payment_methods text[] not null,
  selected_payment_method text,
  payment_reference text,
  payer json,
  recipient json not null,
  invoice json,
  application_fee_amount bigint,
  batch_payment_id uuid,
  provider text,
  provider_reference text,
  attempt integer default 0 not null,
  next_action json,
  error json,
  payment_file_id uuid,
  end_to_end_id text,
  payment_info_id text,
  execution_date date,
  mandate_id uuid,
  bank text,
  constraint payment_intents_pkey PRIMARY KEY (entity_id, id),
  constraint payment_intents_amount_check CHECK ((amount > 0)),
  constraint payment_intents_application_fee_amount_check CHECK ((application_fee_amount >= 0)),
  constraint payment_intents_check CHECK (((object_type IS NULL) = (object_id IS NULL))),
  constraint payment_intents_object_type_check CHECK ((object_type = ANY (ARRAY['receivable'::text, 'payable'::text]))),
  constraint payment_intents_payment_methods CHECK ((payment_methods <@ ARRAY['sepa_credit'::text, 'us_ach'::text, 'blik'::text, 'card'::text, 'bacs_direct_debit'::text, 'bancontact'::text, 'eps'::text, 'giropay'::text, 'ideal'::text, 'p24'::text, 'sepa_debit'::text, 'sofort'::text, 'applepay'::text, 'googlepay'::text, 'affirm'::text, 'klarna'::text])),
  constraint payment_intents_payment_methods_check CHECK ((payment_methods <> '{}'::text[])),
  constraint payment_intents_selected_payment_method CHECK ((selected_payment_method = ANY (ARRAY['sepa_credit'::text, 'us_ach'::text, 'blik'::text, 'card'::text, 'bacs_direct_debit'::text, 'bancontact'::text, 'eps'::text, 'giropay'::text, 'ideal'::text, 'p24'::text, 'sepa_debit'::text, 'sofort'::text, 'applepay'::text, 'googlepay'::text, 'affirm'::text, 'klarna'::text]))),
  constraint payment_intents_status_check CHECK ((status = ANY (ARRAY['created'::text, 'processing'::text, 'payment_cancelled'::text, 'payment_failed'::text, 'succeeded'::text, 'settled'::text, 'payout_failed'::text, 'payout_canceled'::text, 'disputed'::text, 'refunded'::text])))
);

create table payment_attempts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  payment_intent_id uuid not null,
  provider text not null,
  reference text,
  attempt integer not null,
  amount bigint not null,
  method text not null,
  fee bigint,
  bank text,
  constraint payment_attempts_one UNIQUE (entity_id, payment_intent_id, attempt, amount),
  constraint payment_attempts_provider_reference_key UNIQUE (provider, reference),
  constraint payment_attempts_pkey PRIMARY KEY (entity_id, id),
  constraint payment_attempts_check CHECK (((fee >= 0) AND (fee <= amount))),
  constraint payment_attempts_method CHECK ((method = ANY (ARRAY['sepa_credit'::text, 'us_ach'::text, 'blik'::text, 'card'::text, 'bacs_direct_debit'::text, 'bancontact'::text, 'eps'::text, 'giropay'::text, 'ideal'::text, 'p24'::text, 'sepa_debit'::text, 'sofort'::text, 'applepay'::text, 'googlepay'::text, 'affirm'::text, 'klarna'::text])))
);

create table payment_intent_history (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  payment_intent_id uuid not null,
  status text not null,
  constraint payment_intent_history_pkey PRIMARY KEY (entity_id, id)
);

create table payment_links (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'created'::text not null,
  payment_intent_id uuid not null,
  is_partial boolean default false not null,
  expires_at timestamp with time zone not null,
  return_url text,
  payment_page_url text not null,
  constraint payment_links_entity_id_payment_intent_id_key UNIQUE (entity_id, payment_intent_id),
  constraint payment_links_pkey PRIMARY KEY (entity_id, id),
  constraint payment_links_status_check CHECK ((status = ANY (ARRAY['created'::text, 'succeeded'::text, 'expired'::text])))
);

create table payment_events (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  provider text not null,
  event_id text not null,
  type text not null,
  reference text not null,
  payment_intent_id uuid,
  payload jsonb not null,
  handled_at timestamp with time zone,
  outcome text,
  constraint payment_events_provider_event_id_key UNIQUE (provider, event_id),
  constraint payment_events_pkey PRIMARY KEY (entity_id, id)
);

create table sandbox_payments (
  id uuid default gen_random_uuid() not null,
  key text not null,
  attempt integer not null,
  amount bigint not null,
  currency text not null,
  method text not null,
  created_at timestamp with time zone not null,
  proceeded_at timestamp with time zone,
  canceled_at timestamp with time zone,
  refunds jsonb default '[]'::jsonb not null,
  bank text,
  return_url text,
  payee text,
  agreed integer default 0 not null,
  refused_at timestamp with time zone,
  constraint sandbox_payments_key_key UNIQUE (key),
  constraint sandbox_payments_pkey PRIMARY KEY (id)
);

create table bank_statements (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  bank_account_id uuid not null,
  file_name text not null,
  member text,
  format text not null,
  number text,
  currency text not null,
  opening_balance bigint,
  closing_balance bigint,
  gap bigint,
  first_day date,
  last_day date,
  created_by_entity_user_id uuid,
  constraint bank_statements_pkey PRIMARY KEY (entity_id, id)
);

create table bank_transactions (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  bank_statement_id uuid not null,
  bank_account_id uuid not null,
  fingerprint text not null,
  occurrence integer not null,
  place integer not null,
  entry integer not null,
  entry_reference text,
  date date not null,
  value_date date not null,
  amount bigint not null,
  currency text not null,
  direction text not null,
  entry_amount bigint,
  fee bigint,
  original jsonb,
  counterparty_name text,
  counterparty_iban text,
  text text,
  end_to_end_id text,
  reference text,
  bank_reference text,
  return_reason text,
  nature text,
  transactions integer,
  status text not null,
  proposal jsonb not null,
  payment_record_ids uuid[] default '{}'::uuid[] not null,
  decided_at timestamp with time zone,
  decided_by_entity_user_id uuid,
  comment text,
  created_by_entity_user_id uuid,
  undoes_id uuid,
  constraint bank_transactions_entity_id_bank_account_id_fingerprint_occ_key UNIQUE (entity_id, bank_account_id, fingerprint, occurrence),
  constraint bank_transactions_pkey PRIMARY KEY (entity_id, id),
  constraint bank_transactions_amount_check CHECK ((amount > 0)),
  constraint bank_transactions_direction_check CHECK ((direction = ANY (ARRAY['credit'::text, 'debit'::text]))),
  constraint bank_transactions_occurrence_check CHECK ((occurrence > 0)),
  constraint bank_transactions_records CHECK (
CASE
    WHEN (status = ANY (ARRAY['matched'::text, 'accepted'::text])) THEN ((payment_record_ids <> '{}'::uuid[]) OR ((proposal ->> 'undoes_payment'::text) IS NOT NULL))
    ELSE (payment_record_ids = '{}'::uuid[])
END),
  constraint bank_transactions_status_check CHECK ((status = ANY (ARRAY['booking'::text, 'matched'::text, 'to_review'::text, 'accepted'::text, 'set_aside'::text, 'detailed'::text])))
);

create table payment_files (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  bank_account_id uuid not null,
  format text not null,
  message_id text not null,
  file_name text not null,
  content text not null,
  currency text not null,
  total_amount bigint not null,
  withdrawn_at timestamp with time zone,
  created_by_entity_user_id uuid,
  batch_payment_id uuid,
  constraint payment_files_entity_id_message_id_key UNIQUE (entity_id, message_id),
  constraint payment_files_pkey PRIMARY KEY (entity_id, id),
  constraint payment_files_format_check CHECK ((format = ANY (ARRAY['pain.001.001.09'::text, 'nacha_ccd'::text, 'pain.008.001.09'::text]))),
  constraint payment_files_total_amount_check CHECK ((total_amount > 0))
);

create table onboardings (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  business_profile json,
  ownership_declaration json,
  tos_acceptance json,
  treasury_tos_acceptance json,
  provider text default 'rules'::text not null,
  reported_at timestamp with time zone,
  verified_at timestamp with time zone,
  rejected text,
  charges boolean default true not null,
  payouts boolean default true not null,
  reason text,
  asks json default '[]'::json not null,
  verified_persons uuid[] default '{}'::uuid[] not null,
  submitted text,
  submitted_at timestamp with time zone,
  approved text,
  deadlines json default '{}'::json not null,
  next_deadline timestamp with time zone,
  shown json default '{}'::json not null,
  blocked text[] default '{}'::text[] not null,
  constraint onboardings_entity_id_key UNIQUE (entity_id),
  constraint onboardings_pkey PRIMARY KEY (entity_id, id)
);

create table onboarding_reports (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  provider text not null,
  event_id text not null,
  at timestamp with time zone not null,
  payload json not null,
  outcome text not null,
  constraint onboarding_reports_entity_id_provider_event_id_key UNIQUE (entity_id, provider, event_id),
  constraint onboarding_reports_pkey PRIMARY KEY (entity_id, id)
);

create table onboarding_documents (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  person_id uuid,
  kind text not null,
  file_id uuid not null,
  status text default 'pending'::text not null,
  reason text,
  settled_at timestamp with time zone,
  created_by_entity_user_id uuid,
  constraint onboarding_documents_entity_id_file_id_key UNIQUE (entity_id, file_id),
  constraint onboarding_documents_pkey PRIMARY KEY (entity_id, id),
  constraint onboarding_documents_check CHECK (((status = 'pending'::text) = (settled_at IS NULL))),
  constraint onboarding_documents_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text, 'replaced'::text])))
);

create table onboarding_links (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  kind text not null,
  recipient json,
  expires_at timestamp with time zone not null,
  refresh_url text not null,
  return_url text not null,
  exhausted_at timestamp with time zone,
  constraint onboarding_links_pkey PRIMARY KEY (entity_id, id),
  constraint onboarding_links_kind_check CHECK ((kind = ANY (ARRAY['entity'::text, 'payment'::text])))
);

create table onboarding_codes (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  link_id uuid not null,
  code_hash bytea not null,
  expires_at timestamp with time zone not null,
  tries integer default 0 not null,
  used_at timestamp with time zone,
  token_hash bytea,
  token_expires_at timestamp with time zone,
  constraint onboarding_codes_pkey PRIMARY KEY (entity_id, id)
);

create table bank_account_verifications (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  bank_account_id uuid not null,
  type text not null,
  provider text not null,
  provider_reference text,
  status text not null,
  mandate json,
  dropped_at timestamp with time zone,
  constraint bank_account_verifications_pkey PRIMARY KEY (entity_id, id)
);

create table bank_verification_starts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  provider text not null,
  token text not null,
  bank_account_id uuid,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint bank_verification_starts_entity_id_token_key UNIQUE (entity_id, token),
  constraint bank_verification_starts_pkey PRIMARY KEY (entity_id, id)
);

create table micro_deposits (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  bank_account_id uuid not null,
  amounts integer[] not null,
  currency text not null,
  file_name text not null,
  content text not null,
  status text default 'sent'::text not null,
  tries integer default 0 not null,
  constraint micro_deposits_pkey PRIMARY KEY (entity_id, id),
  constraint micro_deposits_amounts_check CHECK ((cardinality(amounts) = 2)),
  constraint micro_deposits_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'verified'::text, 'failed'::text, 'dropped'::text])))
);

CREATE OR REPLACE FUNCTION public.drop_account_proofs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update bank_account_verifications set dropped_at = app_now(), updated_at = app_now()
  where entity_id = new.entity_id and bank_account_id = new.id and dropped_at is null;
  update micro_deposits set status = 'dropped', updated_at = app_now()
  where entity_id = new.entity_id and bank_account_id = new.id and status in ('sent', 'verified');
  return null;
end $function$;

create table accounting_connections (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'pending_auth'::text not null,
  page_key text not null,
  adapter text,
  platform text,
  business_info json,
  usual json,
  errors json,
  last_pull timestamp with time zone,
  since timestamp with time zone,
  connected_at timestamp with time zone,
  quiet_until timestamp with time zone,
  constraint accounting_connections_page_key_key UNIQUE (page_key),
  constraint accounting_connections_pkey PRIMARY KEY (entity_id, id),
  constraint accounting_connections_check CHECK (((status = 'pending_auth'::text) OR (status = 'disconnected'::text) OR (adapter IS NOT NULL))),
  constraint accounting_connections_status_check CHECK ((status = ANY (ARRAY['pending_auth'::text, 'connected'::text, 'deauthorized'::text, 'disconnected'::text])))
);

create table ledger_accounts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  adapter text not null,
  platform_id text not null,
  name text not null,
  nominal_code text,
  description text,
  type text not null,
  subtype text,
  status text not null,
  is_bank_account boolean default false not null,
  currency text,
  current_balance bigint,
  constraint ledger_accounts_entity_id_adapter_platform_id_key UNIQUE (entity_id, adapter, platform_id),
  constraint ledger_accounts_pkey PRIMARY KEY (entity_id, id),
  constraint ledger_accounts_status_check CHECK ((status = ANY (ARRAY['Active'::text, 'Archived'::text, 'Pending'::text, 'Unknown'::text]))),
  constraint ledger_accounts_type_check CHECK ((type = ANY (ARRAY['Asset'::text, 'Equity'::text, 'Expense'::text, 'Income'::text, 'Liability'::text, 'Unknown'::text])))
);

create table accounting_tax_rates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  adapter text not null,
  platform_id text not null,
  name text,
  code text,
  status text,
  total_tax_rate integer not null,
  effective_tax_rate integer not null,
  components json,
  direction text,
  category text,
  constraint accounting_tax_rates_entity_id_adapter_platform_id_key UNIQUE (entity_id, adapter, platform_id),
  constraint accounting_tax_rates_pkey PRIMARY KEY (entity_id, id),
  constraint accounting_tax_rates_direction_check CHECK ((direction = ANY (ARRAY['sale'::text, 'purchase'::text])))
);

create table accounting_documents (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  kind text not null,
  platform_id text not null,
  place integer not null,
  content json not null,
  constraint accounting_documents_entity_id_kind_platform_id_key UNIQUE (entity_id, kind, platform_id),
  constraint accounting_documents_pkey PRIMARY KEY (entity_id, id),
  constraint accounting_documents_kind_check CHECK ((kind = ANY (ARRAY['payable'::text, 'receivable'::text])))
);

create table accounting_synced_records (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  object_type text not null,
  object_id uuid not null,
  adapter text not null,
  sync_status text default 'pending'::text not null,
  errors json,
  document_id uuid,
  pushed text,
  fingerprint text not null,
  wanted boolean default true not null,
  generation integer default 1 not null,
  tries integer default 0 not null,
  retry_at timestamp with time zone,
  platform_object_id text,
  platform_version text,
  platform_updated_at timestamp with time zone,
  object_updated_at timestamp with time zone,
  last_pulled_at timestamp with time zone default app_now() not null,
  constraint accounting_synced_records_entity_id_adapter_object_type_obj_key UNIQUE (entity_id, adapter, object_type, object_id),
  constraint accounting_synced_records_pkey PRIMARY KEY (entity_id, id),
  constraint accounting_synced_records_object_type_check CHECK ((object_type = ANY (ARRAY['product'::text, 'customer'::text, 'vendor'::text, 'receivable'::text, 'bill'::text, 'payment_record'::text, 'credit_note'::text, 'vendor_credit'::text, 'receivable_end'::text, 'bill_end'::text]))),
  constraint accounting_synced_records_sync_status_check CHECK ((sync_status = ANY (ARRAY['pending'::text, 'error'::text, 'done'::text])))
);

CREATE OR REPLACE FUNCTION public.follow_with_ledger()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from accounting_connections c where c.entity_id = new.entity_id and c.status in ('connected', 'deauthorized')) then
    return new;
  end if;
  return null;
end $function$;

create table books (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  chart text not null,
  currency text not null,
  first_month integer default 1 not null,
  locked_until date,
  last_entry bigint default 0 not null,
  last_customer integer default 0 not null,
  last_vendor integer default 0 not null,
  datev_adviser integer,
  datev_client integer,
  constraint books_entity_id_key UNIQUE (entity_id),
  constraint books_pkey PRIMARY KEY (entity_id, id),
  constraint books_first_month_check CHECK (((first_month >= 1) AND (first_month <= 12)))
);

create table books_accounts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  number text not null,
  name text not null,
  type text not null,
  subtype text,
  role text,
  archived boolean default false not null,
  constraint books_accounts_entity_id_number_key UNIQUE (entity_id, number),
  constraint books_accounts_pkey PRIMARY KEY (entity_id, id),
  constraint books_accounts_type_check CHECK ((type = ANY (ARRAY['Asset'::text, 'Equity'::text, 'Expense'::text, 'Income'::text, 'Liability'::text])))
);

create table books_tax_rates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  code text not null,
  name text not null,
  rate integer not null,
  direction text not null,
  category text not null,
  tax_account text,
  base_account text,
  archived boolean default false not null,
  constraint books_tax_rates_entity_id_code_key UNIQUE (entity_id, code),
  constraint books_tax_rates_pkey PRIMARY KEY (entity_id, id),
  constraint books_tax_rates_direction_check CHECK ((direction = ANY (ARRAY['sale'::text, 'purchase'::text]))),
  constraint books_tax_rates_rate_check CHECK (((rate >= 0) AND (rate <= 10000)))
);

create table books_parties (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  counterpart_id uuid not null,
  side text not null,
  number integer not null,
  name text not null,
  constraint books_parties_entity_id_side_counterpart_id_key UNIQUE (entity_id, side, counterpart_id),
  constraint books_parties_entity_id_side_number_key UNIQUE (entity_id, side, number),
  constraint books_parties_pkey PRIMARY KEY (entity_id, id),
  constraint books_parties_side_check CHECK ((side = ANY (ARRAY['customer'::text, 'vendor'::text])))
);

create table books_entries (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  number bigint not null,
  day date not null,
  kind text not null,
  object_type text not null,
  object_id uuid not null,
  version integer not null,
  document_id uuid not null,
  document text,
  text text not null,
  party_id uuid,
  currency text not null,
  rate numeric not null,
  due_day date,
  fingerprint text not null,
  reverses uuid,
  constraint books_entries_entity_id_number_key UNIQUE (entity_id, number),
  constraint books_entries_entity_id_object_type_object_id_version_kind_key UNIQUE (entity_id, object_type, object_id, version, kind),
  constraint books_entries_entity_id_reverses_key UNIQUE (entity_id, reverses),
  constraint books_entries_pkey PRIMARY KEY (entity_id, id),
  constraint books_entries_check CHECK (((kind = 'reversal'::text) = (reverses IS NOT NULL))),
  constraint books_entries_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text, 'bill'::text, 'vendor_credit'::text, 'payment'::text, 'end'::text, 'reversal'::text]))),
  constraint books_entries_rate_check CHECK ((rate > (0)::numeric))
);

create table books_lines (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  entry_id uuid not null,
  place integer not null,
  account text not null,
  amount bigint not null,
  currency_amount bigint not null,
  party_id uuid,
  tax_code text,
  is_tax boolean default false not null,
  constraint books_lines_entity_id_entry_id_place_key UNIQUE (entity_id, entry_id, place),
  constraint books_lines_pkey PRIMARY KEY (entity_id, id),
  constraint books_lines_check CHECK (((amount <> 0) OR (currency_amount <> 0)))
);

CREATE OR REPLACE FUNCTION public.books_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare wrong record;
begin
  select l.entity_id, l.entry_id, sum(l.amount) as amount, sum(l.currency_amount) as currency_amount into wrong
  from books_lines l where (l.entity_id, l.entry_id) in (select n.entity_id, n.entry_id from added n)
  group by l.entity_id, l.entry_id having sum(l.amount) <> 0 or sum(l.currency_amount) <> 0 limit 1;
  if found then
    raise exception 'An entry of the books is out of balance by % (% in its currency)', wrong.amount, wrong.currency_amount using errcode = 'QT003';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.books_entry_has_lines()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (select count(*) from books_lines l where l.entity_id = new.entity_id and l.entry_id = new.id) < 2 then
    raise exception 'An entry of the books has two lines or more' using errcode = 'QT003';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.books_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'What was booked does not change: reverse it' using errcode = 'QT001';
end $function$;

CREATE OR REPLACE FUNCTION public.books_are_open()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare closed date;
begin
  select b.locked_until into closed from books b where b.entity_id = new.entity_id;
  if closed is not null and new.day <= closed then
    raise exception 'The books are closed up to %', closed using errcode = 'QT003';
  end if;
  return new;
end $function$;

create table einvoicing_connections (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  address json not null,
  is_sender boolean default true not null,
  is_receiver boolean default true not null,
  provider_id text,
  status text default 'pending'::text not null,
  constraint einvoicing_connections_pkey PRIMARY KEY (entity_id, id),
  constraint einvoicing_connections_check CHECK ((is_sender OR is_receiver)),
  constraint einvoicing_connections_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'failed'::text])))
);

create table einvoicing_network_credentials (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  einvoicing_connection_id uuid not null,
  network_credentials_schema text not null,
  network_credentials_identifier text not null,
  constraint einvoicing_network_credentials_pkey PRIMARY KEY (entity_id, id),
  constraint einvoicing_network_credentials_network_credentials_schema_check CHECK ((network_credentials_schema = ANY (ARRAY['DE:VAT'::text, 'NL:KVK'::text, 'NL:VAT'::text, 'BE:VAT'::text, 'BE:EN'::text])))
);

create table einvoice_messages (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  direction text not null,
  message_id text,
  status text not null,
  sender text not null,
  receiver text not null,
  receivable_id uuid,
  payable_id uuid,
  credit_note_id uuid,
  file_id uuid,
  attempts integer default 0 not null,
  error text,
  constraint einvoice_messages_pkey PRIMARY KEY (entity_id, id),
  constraint einvoice_messages_check CHECK (((direction = 'out'::text) = (receivable_id IS NOT NULL))),
  constraint einvoice_messages_direction_check CHECK ((direction = ANY (ARRAY['out'::text, 'in'::text]))),
  constraint einvoice_messages_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sent'::text, 'delivered'::text, 'rejected'::text, 'received'::text])))
);

create table mandates (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  status text default 'active'::text not null,
  counterpart_id uuid not null,
  counterpart_bank_account_id uuid not null,
  reference text not null,
  creditor_identifier text not null,
  scheme text not null,
  sequence text not null,
  signed_on date not null,
  account_holder_name text,
  iban text not null,
  bic text,
  last_collected_on date,
  created_by_entity_user_id uuid,
  constraint mandates_entity_id_reference_key UNIQUE (entity_id, reference),
  constraint mandates_pkey PRIMARY KEY (entity_id, id),
  constraint mandates_scheme_check CHECK ((scheme = ANY (ARRAY['core'::text, 'b2b'::text]))),
  constraint mandates_sequence_check CHECK ((sequence = ANY (ARRAY['recurrent'::text, 'one_off'::text]))),
  constraint mandates_status_check CHECK ((status = ANY (ARRAY['active'::text, 'used'::text, 'revoked'::text])))
);

create table onboarding_accounts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  provider text not null,
  account text not null,
  constraint onboarding_accounts_entity_id_provider_key UNIQUE (entity_id, provider),
  constraint onboarding_accounts_provider_account_key UNIQUE (provider, account),
  constraint onboarding_accounts_pkey PRIMARY KEY (entity_id, id)
);

CREATE OR REPLACE FUNCTION public.keep_former_name()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if strpos(chr(10) || old.former_names || chr(10), chr(10) || old.sought_name || chr(10)) = 0 then
    new.former_names := concat_ws(chr(10), nullif(old.former_names, ''), old.sought_name);
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.bill_words(entity uuid, currency text, origin text, source text, reading text, project uuid, has_file boolean, tags uuid[])
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (array_remove(ARRAY[((entity || 'c'::text) || currency), ((entity || 'o'::text) || origin), ((entity || 's'::text) || source), ((entity || 'r'::text) || reading), ((entity || 'p'::text) || project), ((entity || 'f'::text) || has_file), ((entity || 'h'::text) || (tags <> '{}'::uuid[]))], NULL::text) || ARRAY(SELECT ((bill_words.entity || 't'::text) || tag.tag) FROM unnest(bill_words.tags) tag(tag)));

CREATE OR REPLACE FUNCTION public.counterpart_words(entity uuid, is_person boolean, is_vendor boolean, is_customer boolean, tags uuid[])
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY[((entity || 'i'::text) || is_person), ((entity || 'v'::text) || is_vendor), ((entity || 'c'::text) || is_customer)] || ARRAY(SELECT ((counterpart_words.entity || 't'::text) || tag.tag) FROM unnest(counterpart_words.tags) tag(tag)));

CREATE OR REPLACE FUNCTION public.address_words(entity uuid, country text, city text, postal_code text, state text, line1 text, line2 text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN array_remove(ARRAY[((entity || 'country'::text) || country), ((entity || 'city'::text) || city), ((entity || 'postal_code'::text) || postal_code), ((entity || 'state'::text) || state), ((entity || 'line1'::text) || "left"(line1, 500)), ((entity || 'line2'::text) || "left"(line2, 500))], NULL::text);

create table kept_sums (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  object text not null,
  week timestamp with time zone not null,
  dimension text not null,
  value text not null,
  type text not null,
  status text not null,
  currency text not null,
  documents bigint not null,
  priced bigint not null,
  total numeric not null,
  "least" bigint,
  most bigint,
  lines bigint default 0 not null,
  amounts bigint default 0 not null,
  amount numeric default 0 not null,
  amount_least numeric,
  amount_most numeric,
  quantities bigint default 0 not null,
  quantity numeric default 0 not null,
  quantity_least numeric,
  quantity_most numeric,
  constraint kept_sums_pkey PRIMARY KEY (entity_id, object, dimension, week, value, type, status, currency),
  constraint kept_sums_object_check CHECK ((object = ANY (ARRAY['receivable'::text, 'payable'::text])))
);

create table kept_until (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  object text not null,
  until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint kept_until_pkey PRIMARY KEY (entity_id, object),
  constraint kept_until_object_check CHECK ((object = ANY (ARRAY['receivable'::text, 'payable'::text])))
);

create table changed_weeks (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  object text not null,
  week timestamp with time zone not null,
  by xid8 default pg_current_xact_id() not null,
  constraint changed_weeks_pkey PRIMARY KEY (entity_id, object, week, by)
);

CREATE OR REPLACE FUNCTION public.week_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' then new := old; end if;
  insert into changed_weeks (partner_id, entity_id, object, week)
  values (new.partner_id, new.entity_id, tg_argv[0], date_trunc('week', new.created_at, 'UTC')) on conflict do nothing;
  return null;
end $function$;

create table test_clocks (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  ahead_ms bigint not null,
  moving_until timestamp with time zone,
  constraint test_clocks_partner_id_entity_id_key UNIQUE (partner_id, entity_id),
  constraint test_clocks_pkey PRIMARY KEY (entity_id, id)
);

CREATE OR REPLACE FUNCTION public.tell_clocks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('quittance_clocks', '');
  return null;
end $function$;

create table entity_snapshots (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  name text not null,
  version text not null,
  row_count integer not null,
  size_bytes integer not null,
  content bytea not null,
  files text[] not null,
  ahead_ms bigint,
  constraint entity_snapshots_entity_id_name_key UNIQUE (entity_id, name),
  constraint entity_snapshots_pkey PRIMARY KEY (entity_id, id)
);

create table restorable_entities (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  forked_from uuid,
  constraint restorable_entities_entity_id_key UNIQUE (entity_id),
  constraint restorable_entities_pkey PRIMARY KEY (entity_id, id)
);

CREATE OR REPLACE FUNCTION public.is_restoring()
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (CURRENT_USER = 'quittance_restore'::name);

CREATE OR REPLACE PROCEDURE public.open_to_restoring(IN t regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('create policy restoring on %s to quittance_restore
    using (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid
      and current_setting(''app.entity_id'')::uuid in (select r.entity_id from restorable_entities r))
    with check (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid
      and current_setting(''app.entity_id'')::uuid in (select r.entity_id from restorable_entities r))', t);
  execute format('grant select, insert, update, delete on %s to quittance_restore', t);
end $procedure$;

create table assistant_prompts (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  entity_user_id uuid not null,
  content text not null,
  constraint assistant_prompts_pkey PRIMARY KEY (entity_id, id),
  constraint assistant_prompts_content_check CHECK ((length(content) <= 512))
);

create table assistant_conversations (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  entity_user_id uuid not null,
  title text default ''::text not null,
  is_starred boolean default false not null,
  busy_until timestamp with time zone,
  constraint assistant_conversations_pkey PRIMARY KEY (entity_id, id)
);

create table assistant_messages (
  id uuid default gen_random_uuid() not null,
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  created_at timestamp with time zone default app_now() not null,
  updated_at timestamp with time zone default app_now() not null,
  deleted_at timestamp with time zone,
  conversation_id uuid not null,
  place integer not null,
  role text not null,
  content text not null,
  action text,
  comment text,
  constraint assistant_messages_entity_id_conversation_id_place_key UNIQUE (entity_id, conversation_id, place),
  constraint assistant_messages_pkey PRIMARY KEY (entity_id, id),
  constraint assistant_messages_action_check CHECK ((action = ANY (ARRAY['like'::text, 'dislike'::text]))),
  constraint assistant_messages_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text])))
);

CREATE OR REPLACE FUNCTION public.run_again()
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Something else was found than was expected' using errcode = '40001';
end $function$;

CREATE OR REPLACE FUNCTION public.issued_hash(document_id text, issued_on date, due_date date, total bigint, content text)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select sha256(convert_to(concat_ws(E'\n', document_id, to_char(issued_on, 'YYYY-MM-DD'), coalesce(to_char(due_date, 'YYYY-MM-DD'), ''),
    total::text, content), 'UTF8'))
$function$;

create table cells (
  name text not null,
  address bytea not null,
  created_at timestamp with time zone default now() not null,
  constraint cells_pkey PRIMARY KEY (name),
  constraint cells_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{0,39}$'::text))
);

create table partners_away (
  partner_id uuid not null,
  state text not null,
  cell text not null,
  attempt uuid not null,
  created_at timestamp with time zone default now() not null,
  constraint partners_away_pkey PRIMARY KEY (partner_id),
  constraint partners_away_state_check CHECK ((state = ANY (ARRAY['resting'::text, 'leaving'::text, 'left'::text, 'arriving'::text])))
);

CREATE OR REPLACE FUNCTION public.partners_gone()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
RETURN (SELECT COALESCE(array_agg(partners_away.partner_id), '{}'::uuid[]) AS "coalesce" FROM partners_away WHERE (partners_away.state <> 'resting'::text));

CREATE OR REPLACE FUNCTION public.partners_resting()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
RETURN (SELECT COALESCE(array_agg(partners_away.partner_id), '{}'::uuid[]) AS "coalesce" FROM partners_away);

CREATE OR REPLACE FUNCTION public.admit_partner()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  partner uuid := current_setting('app.partner_id')::uuid;
begin
  if current_user = 'quittance_system' or partner = '00000000-0000-0000-0000-000000000000' then return; end if;
  if current_setting('transaction_read_only') = 'off' and not pg_try_advisory_xact_lock_shared(7310, hashtext(partner::text)) then
    raise exception 'The partner is being moved to another database' using errcode = 'QT503';
  end if;
  if exists (select from partners_away a where a.partner_id = partner and a.state <> 'resting') then
    raise exception 'The partner lives in another database' using errcode = 'QT503';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.lives_here(partner uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if partner = any (partners_gone()) then
    raise exception 'The partner lives in another database' using errcode = 'QT503';
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.first_log_id(moment timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
RETURN ((lpad(to_hex((GREATEST((0)::numeric, (EXTRACT(epoch FROM moment) * (1000)::numeric)))::bigint), 12, '0'::text) || repeat('0'::text, 20)))::uuid;

CREATE OR REPLACE FUNCTION public.log_id_at(id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
RETURN to_timestamp((((((('x'::text || lpad("left"(replace((id)::text, '-'::text, ''::text), 12), 16, '0'::text)))::bit(64))::bigint)::numeric / 1000.0))::double precision);

CREATE OR REPLACE FUNCTION public.seal_audit_part(part text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table %I enable row level security', part);
  execute format('alter table %I force row level security', part);
end $function$;

CREATE OR REPLACE FUNCTION public.open_audit_months(ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.drop_audit_months(moment timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
end $function$;

create table assistant_spending (
  partner_id uuid not null,
  caller uuid not null,
  day date not null,
  currency text not null,
  amount bigint not null,
  constraint assistant_spending_pkey PRIMARY KEY (partner_id, caller, day, currency),
  constraint assistant_spending_amount_check CHECK ((amount >= 0))
);

CREATE OR REPLACE FUNCTION public.when_asked_again(waiting boolean, run_at timestamp with time zone, asked timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN CASE WHEN ((NOT waiting) AND (run_at > machine_now()) AND (asked < run_at)) THEN (run_at - '00:00:00.000001'::interval) ELSE LEAST(run_at, asked) END;

CREATE OR REPLACE FUNCTION public.half_year_of(week timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN date_bin('182 days'::interval, week, '2001-01-01 00:00:00+00'::timestamp with time zone);

create table kept_half_years (
  partner_id uuid default (current_setting('app.partner_id'::text))::uuid not null,
  entity_id uuid default (current_setting('app.entity_id'::text))::uuid not null,
  object text not null,
  week timestamp with time zone not null,
  dimension text not null,
  value text not null,
  type text not null,
  status text not null,
  currency text not null,
  documents bigint not null,
  priced bigint not null,
  total numeric not null,
  "least" bigint,
  most bigint,
  lines bigint default 0 not null,
  amounts bigint default 0 not null,
  amount numeric default 0 not null,
  amount_least numeric,
  amount_most numeric,
  quantities bigint default 0 not null,
  quantity numeric default 0 not null,
  quantity_least numeric,
  quantity_most numeric,
  constraint kept_half_years_pkey PRIMARY KEY (entity_id, object, dimension, value, week, type, status, currency),
  constraint kept_sums_object_check CHECK ((object = ANY (ARRAY['receivable'::text, 'payable'::text])))
);

CREATE INDEX access_tokens_expiry ON public.access_tokens USING btree (expires_at);

CREATE INDEX access_tokens_user ON public.access_tokens USING btree (entity_user_id) WHERE (entity_user_id IS NOT NULL);

CREATE INDEX accounting_connections_entity_id_created_at_id_idx ON public.accounting_connections USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX accounting_connections_one ON public.accounting_connections USING btree (entity_id) WHERE (status <> 'disconnected'::text);

CREATE INDEX accounting_documents_entity_id_created_at_id_idx ON public.accounting_documents USING btree (entity_id, created_at, id);

CREATE INDEX accounting_documents_entity_id_kind_place_idx ON public.accounting_documents USING btree (entity_id, kind, place);

CREATE INDEX accounting_synced_records_entity_id_created_at_id_idx ON public.accounting_synced_records USING btree (entity_id, created_at, id);

CREATE INDEX accounting_synced_records_entity_id_object_type_created_at__idx ON public.accounting_synced_records USING btree (entity_id, object_type, created_at, id);

CREATE INDEX accounting_synced_records_entity_id_document_id_idx ON public.accounting_synced_records USING btree (entity_id, document_id) WHERE (document_id IS NOT NULL);

CREATE INDEX accounting_synced_records_entity_id_idx ON public.accounting_synced_records USING btree (entity_id) WHERE (sync_status <> 'done'::text);

CREATE INDEX accounting_tax_rates_entity_id_created_at_id_idx ON public.accounting_tax_rates USING btree (entity_id, created_at, id);

CREATE INDEX accounting_tax_rates_entity_id_name_id_idx ON public.accounting_tax_rates USING btree (entity_id, name, id);

CREATE INDEX approval_links_entity_id_created_at_id_idx ON public.approval_links USING btree (entity_id, created_at, id);

CREATE INDEX approval_links_key_hash_idx ON public.approval_links USING btree (key_hash);

CREATE INDEX approval_policies_entity_id_created_at_id_idx ON public.approval_policies USING btree (entity_id, created_at, id);

CREATE INDEX approval_processes_entity_id_created_at_id_idx ON public.approval_processes USING btree (entity_id, created_at, id);

CREATE INDEX approval_processes_entity_id_approval_policy_id_created_at__idx ON public.approval_processes USING btree (entity_id, approval_policy_id, created_at, id);

CREATE UNIQUE INDEX approval_processes_live ON public.approval_processes USING btree (entity_id, payable_id) WHERE (status = ANY (ARRAY['running'::text, 'waiting'::text]));

CREATE INDEX approval_requests_entity_id_created_at_id_idx ON public.approval_requests USING btree (entity_id, created_at, id);

CREATE INDEX approval_requests_entity_id_object_id_created_at_id_idx ON public.approval_requests USING btree (entity_id, object_id, created_at, id);

CREATE INDEX assistant_conversations_entity_id_created_at_id_idx ON public.assistant_conversations USING btree (entity_id, created_at, id);

CREATE INDEX assistant_conversations_entity_id_entity_user_id_created_at_idx ON public.assistant_conversations USING btree (entity_id, entity_user_id, created_at, id);

CREATE INDEX assistant_messages_entity_id_created_at_id_idx ON public.assistant_messages USING btree (entity_id, created_at, id);

CREATE INDEX assistant_prompts_entity_id_created_at_id_idx ON public.assistant_prompts USING btree (entity_id, created_at, id);

CREATE INDEX assistant_prompts_entity_id_entity_user_id_created_at_id_idx ON public.assistant_prompts USING btree (entity_id, entity_user_id, created_at, id);

CREATE INDEX audit_logs_of_partner ON ONLY public.audit_logs USING btree (partner_id, id) INCLUDE (entity_id, entity_user_id);

CREATE INDEX audit_logs_before_of_partner ON public.audit_logs_before USING btree (partner_id, id) INCLUDE (entity_id, entity_user_id);

CREATE INDEX bank_account_verifications_entity_id_created_at_id_idx ON public.bank_account_verifications USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX bank_account_verifications_one ON public.bank_account_verifications USING btree (entity_id, bank_account_id, type) WHERE (dropped_at IS NULL);

CREATE INDEX bank_statements_entity_id_created_at_id_idx ON public.bank_statements USING btree (entity_id, created_at, id);

CREATE INDEX bank_transactions_entity_id_created_at_id_idx ON public.bank_transactions USING btree (entity_id, created_at, id);

CREATE INDEX bank_transactions_of_entry ON public.bank_transactions USING btree (entity_id, bank_account_id, entry_reference) WHERE (entry_reference IS NOT NULL);

CREATE INDEX bank_transactions_to_book ON public.bank_transactions USING btree (entity_id, bank_statement_id, place) WHERE (status = 'booking'::text);

CREATE INDEX bank_transactions_to_review ON public.bank_transactions USING btree (entity_id, created_at, id) WHERE (status = 'to_review'::text);

CREATE INDEX bank_transactions_entity_id_date_id_idx ON public.bank_transactions USING btree (entity_id, date, id);

CREATE UNIQUE INDEX bank_transactions_undone_once ON public.bank_transactions USING btree (entity_id, undoes_id) WHERE ((undoes_id IS NOT NULL) AND (status = ANY (ARRAY['booking'::text, 'matched'::text, 'accepted'::text])));

CREATE INDEX bank_transactions_by_end_to_end ON public.bank_transactions USING btree (entity_id, end_to_end_id) WHERE (end_to_end_id IS NOT NULL);

CREATE INDEX bank_verification_starts_entity_id_created_at_id_idx ON public.bank_verification_starts USING btree (entity_id, created_at, id);

CREATE INDEX batch_payments_entity_id_created_at_id_idx ON public.batch_payments USING btree (entity_id, created_at, id);

CREATE INDEX books_entity_id_created_at_id_idx ON public.books USING btree (entity_id, created_at, id);

CREATE INDEX books_accounts_entity_id_created_at_id_idx ON public.books_accounts USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX books_accounts_role ON public.books_accounts USING btree (entity_id, role) WHERE (role IS NOT NULL);

CREATE INDEX books_entries_entity_id_created_at_id_idx ON public.books_entries USING btree (entity_id, created_at, id);

CREATE INDEX books_entries_entity_id_day_number_idx ON public.books_entries USING btree (entity_id, day, number);

CREATE INDEX books_entries_entity_id_document_id_idx ON public.books_entries USING btree (entity_id, document_id);

CREATE INDEX books_lines_entity_id_created_at_id_idx ON public.books_lines USING btree (entity_id, created_at, id);

CREATE INDEX books_lines_entity_id_account_entry_id_idx ON public.books_lines USING btree (entity_id, account, entry_id);

CREATE INDEX books_lines_entity_id_party_id_idx ON public.books_lines USING btree (entity_id, party_id) WHERE (party_id IS NOT NULL);

CREATE INDEX books_parties_entity_id_created_at_id_idx ON public.books_parties USING btree (entity_id, created_at, id);

CREATE INDEX books_tax_rates_entity_id_created_at_id_idx ON public.books_tax_rates USING btree (entity_id, created_at, id);

CREATE INDEX comments_entity_id_created_at_id_idx ON public.comments USING btree (entity_id, created_at, id);

CREATE INDEX comments_entity_id_object_id_created_at_id_idx ON public.comments USING btree (entity_id, object_id, created_at, id);

CREATE UNIQUE INDEX connections_one ON public.connections USING btree (partner_id, port, adapter, entity_id) NULLS NOT DISTINCT WHERE (deleted_at IS NULL);

CREATE INDEX connections_partner_id_created_at_id_idx ON public.connections USING btree (partner_id, created_at, id);

CREATE INDEX counterpart_addresses_entity_id_created_at_id_idx ON public.counterpart_addresses USING btree (entity_id, created_at, id);

CREATE INDEX counterpart_addresses_words ON public.counterpart_addresses USING gin (address_words(entity_id, country, city, postal_code, state, line1, line2)) WHERE (deleted_at IS NULL);

CREATE INDEX counterpart_bank_accounts_entity_id_created_at_id_idx ON public.counterpart_bank_accounts USING btree (entity_id, created_at, id);

CREATE INDEX counterpart_bank_accounts_entity_id_counterpart_id_idx ON public.counterpart_bank_accounts USING btree (entity_id, counterpart_id);

CREATE INDEX counterpart_bank_accounts_entity_id_iban_idx ON public.counterpart_bank_accounts USING btree (entity_id, iban) WHERE (iban IS NOT NULL);

CREATE UNIQUE INDEX counterpart_bank_accounts_default ON public.counterpart_bank_accounts USING btree (entity_id, counterpart_id, currency) WHERE (is_default_for_currency AND (deleted_at IS NULL));

CREATE INDEX counterpart_bank_accounts_entity_id_account_number_idx ON public.counterpart_bank_accounts USING btree (entity_id, account_number) WHERE (account_number IS NOT NULL);

CREATE INDEX counterpart_bank_accounts_entity_id_sort_code_idx ON public.counterpart_bank_accounts USING btree (entity_id, sort_code) WHERE (sort_code IS NOT NULL);

CREATE INDEX counterpart_contacts_entity_id_created_at_id_idx ON public.counterpart_contacts USING btree (entity_id, created_at, id);

CREATE INDEX counterpart_contacts_entity_id_counterpart_id_idx ON public.counterpart_contacts USING btree (entity_id, counterpart_id);

CREATE UNIQUE INDEX counterpart_contacts_default ON public.counterpart_contacts USING btree (entity_id, counterpart_id) WHERE (is_default AND (deleted_at IS NULL));

CREATE INDEX counterpart_einvoicing_credentials_entity_id_created_at_id_idx ON public.counterpart_einvoicing_credentials USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX counterpart_einvoicing_credentials_schema ON public.counterpart_einvoicing_credentials USING btree (entity_id, counterpart_id, network_schema) WHERE (deleted_at IS NULL);

CREATE INDEX counterpart_vat_ids_entity_id_created_at_id_idx ON public.counterpart_vat_ids USING btree (entity_id, created_at, id);

CREATE INDEX counterpart_vat_ids_entity_id_counterpart_id_idx ON public.counterpart_vat_ids USING btree (entity_id, counterpart_id);

CREATE INDEX counterpart_vat_ids_entity_id_value_idx ON public.counterpart_vat_ids USING btree (entity_id, value);

CREATE INDEX counterparts_entity_id_created_at_id_idx ON public.counterparts USING btree (entity_id, created_at, id);

CREATE INDEX counterparts_entity_id_tax_id_idx ON public.counterparts USING btree (entity_id, tax_id) WHERE (tax_id IS NOT NULL);

CREATE INDEX counterparts_by_name ON public.counterparts USING btree (entity_id, "left"(lower(name), 200), id);

CREATE INDEX counterparts_names_parts ON public.counterparts USING gin (entity_id, (((sought_name || chr(10)) || former_names)) gin_trgm_ops);

CREATE INDEX counterparts_email_parts ON public.counterparts USING gin (entity_id, sought_email gin_trgm_ops) WHERE (sought_email IS NOT NULL);

CREATE INDEX counterparts_words ON public.counterparts USING gin (counterpart_words(entity_id, (legal_name IS NULL), is_vendor, is_customer, tag_ids)) WHERE (deleted_at IS NULL);

CREATE INDEX counterparts_entity_id_email_idx ON public.counterparts USING btree (entity_id, email) WHERE (email IS NOT NULL);

CREATE INDEX counterparts_sought_name ON public.counterparts USING btree (entity_id, "left"(sought_name, 100));

CREATE INDEX counterparts_renamed ON public.counterparts USING btree (entity_id) WHERE (former_names <> ''::text);

CREATE INDEX counterparts_persons_by_name ON public.counterparts USING btree (entity_id, "left"(lower(name), 200), id) WHERE (legal_name IS NULL);

CREATE INDEX custom_vat_rates_entity_id_created_at_id_idx ON public.custom_vat_rates USING btree (entity_id, created_at, id);

CREATE INDEX data_exports_entity_id_created_at_id_idx ON public.data_exports USING btree (entity_id, created_at, id);

CREATE INDEX delivery_notes_entity_id_created_at_id_idx ON public.delivery_notes USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX delivery_notes_number ON public.delivery_notes USING btree (entity_id, number) WHERE (number IS NOT NULL);

CREATE INDEX delivery_notes_entity_id_document_id_id_idx ON public.delivery_notes USING btree (entity_id, document_id, id);

CREATE INDEX delivery_notes_entity_id_counterpart_id_created_at_id_idx ON public.delivery_notes USING btree (entity_id, counterpart_id, created_at, id);

CREATE INDEX delivery_notes_entity_id_based_on_idx ON public.delivery_notes USING btree (entity_id, based_on) WHERE (based_on IS NOT NULL);

CREATE UNIQUE INDEX delivery_notes_number_key ON public.delivery_notes USING btree (entity_id, number_key) WHERE (number_key IS NOT NULL);

CREATE INDEX document_chain_entity_id_receivable_id_position_idx ON public.document_chain USING btree (entity_id, receivable_id, "position");

CREATE INDEX document_template_choices_entity_id_created_at_id_idx ON public.document_template_choices USING btree (entity_id, created_at, id);

CREATE INDEX einvoice_messages_entity_id_created_at_id_idx ON public.einvoice_messages USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX einvoice_messages_once ON public.einvoice_messages USING btree (entity_id, direction, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX einvoice_messages_by_name ON public.einvoice_messages USING btree (message_id) WHERE (direction = 'out'::text);

CREATE INDEX einvoice_messages_entity_id_receivable_id_idx ON public.einvoice_messages USING btree (entity_id, receivable_id) WHERE (receivable_id IS NOT NULL);

CREATE INDEX einvoice_messages_outstanding ON public.einvoice_messages USING btree (status, updated_at) WHERE (direction = 'out'::text);

CREATE UNIQUE INDEX einvoicing_connections_one ON public.einvoicing_connections USING btree (entity_id) WHERE (deleted_at IS NULL);

CREATE INDEX einvoicing_connections_entity_id_created_at_id_idx ON public.einvoicing_connections USING btree (entity_id, created_at, id);

CREATE INDEX einvoicing_network_credentials_entity_id_created_at_id_idx ON public.einvoicing_network_credentials USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX einvoicing_network_credentials_one ON public.einvoicing_network_credentials USING btree (network_credentials_schema, network_credentials_identifier) WHERE (deleted_at IS NULL);

CREATE INDEX entities_partner_id_created_at_id_idx ON public.entities USING btree (partner_id, created_at, id);

CREATE UNIQUE INDEX entities_by_id ON public.entities USING btree (id);

CREATE INDEX entity_bank_accounts_entity_id_created_at_id_idx ON public.entity_bank_accounts USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX entity_bank_accounts_default ON public.entity_bank_accounts USING btree (entity_id, currency) WHERE (is_default_for_currency AND (deleted_at IS NULL));

CREATE INDEX entity_payment_methods_entity_id_created_at_id_idx ON public.entity_payment_methods USING btree (entity_id, created_at, id);

CREATE INDEX entity_snapshots_entity_id_created_at_id_idx ON public.entity_snapshots USING btree (entity_id, created_at, id);

CREATE INDEX entity_users_entity_id_created_at_id_idx ON public.entity_users USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX entity_users_login ON public.entity_users USING btree (entity_id, login) WHERE (deleted_at IS NULL);

CREATE INDEX entity_users_by_id ON public.entity_users USING btree (id);

CREATE INDEX entity_users_by_role ON public.entity_users USING btree (entity_id, role_id);

CREATE INDEX entity_vat_ids_entity_id_created_at_id_idx ON public.entity_vat_ids USING btree (entity_id, created_at, id);

CREATE INDEX events_of_object ON public.events USING btree (entity_id, object_id, created_at, id);

CREATE INDEX events_heard ON public.events USING btree (entity_id, created_at, id) WHERE subscribed;

CREATE INDEX events_to_replay ON public.events USING btree (created_at, id) WHERE subscribed;

CREATE INDEX events_heard_of ON public.events USING btree (entity_id, object_type, created_at, id) WHERE subscribed;

CREATE INDEX events_heard_by_partner ON public.events USING btree (partner_id, created_at, id) WHERE subscribed;

CREATE INDEX export_extra_data_entity_id_created_at_id_idx ON public.export_extra_data USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX export_extra_data_field ON public.export_extra_data USING btree (entity_id, object_id, field_name) WHERE (deleted_at IS NULL);

CREATE INDEX files_partner_id_entity_id_created_at_id_idx ON public.files USING btree (partner_id, entity_id, created_at, id);

CREATE INDEX files_by_link ON public.files USING btree (link_key);

CREATE INDEX files_to_erase ON public.files USING btree (deleted_at) WHERE ((deleted_at IS NOT NULL) AND (storage_key <> ''::text));

CREATE INDEX files_alike ON public.files USING btree (entity_id, md5) WHERE (deleted_at IS NULL);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX jobs_due_by_kind ON public.jobs USING btree (kind, run_at, id) WHERE (NOT dead);

CREATE INDEX jobs_by_entity ON public.jobs USING btree (kind, partner_id, entity_id, run_at, id) WHERE (NOT dead);

CREATE INDEX ledger_accounts_entity_id_created_at_id_idx ON public.ledger_accounts USING btree (entity_id, created_at, id);

CREATE INDEX ledger_accounts_entity_id_name_id_idx ON public.ledger_accounts USING btree (entity_id, name, id);

CREATE INDEX mail_templates_partner_id_created_at_id_idx ON public.mail_templates USING btree (partner_id, created_at, id);

CREATE UNIQUE INDEX mail_templates_default ON public.mail_templates USING btree (partner_id, type, language) WHERE (is_default AND (deleted_at IS NULL));

CREATE INDEX mailbox_domains_partner_id_created_at_id_idx ON public.mailbox_domains USING btree (partner_id, created_at, id);

CREATE UNIQUE INDEX mailbox_domains_domain ON public.mailbox_domains USING btree (domain) WHERE (deleted_at IS NULL);

CREATE INDEX mailboxes_entity_id_created_at_id_idx ON public.mailboxes USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX mailboxes_address ON public.mailboxes USING btree (mailbox_domain, mailbox_name) WHERE (deleted_at IS NULL);

CREATE INDEX mailboxes_of_domain ON public.mailboxes USING btree (mailbox_domain_id) WHERE (mailbox_domain_id IS NOT NULL);

CREATE INDEX mails_entity_id_created_at_id_idx ON public.mails USING btree (entity_id, created_at, id);

CREATE INDEX mails_of_object ON public.mails USING btree (entity_id, object_id, created_at, id) WHERE (object_id IS NOT NULL);

CREATE INDEX mails_by_message ON public.mails USING btree (message_id);

CREATE INDEX mails_waiting ON public.mails USING btree (entity_id) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text]));

CREATE INDEX mandates_entity_id_created_at_id_idx ON public.mandates USING btree (entity_id, created_at, id);

CREATE INDEX mandates_entity_id_counterpart_id_idx ON public.mandates USING btree (entity_id, counterpart_id) WHERE (status = 'active'::text);

CREATE INDEX measure_units_entity_id_created_at_id_idx ON public.measure_units USING btree (entity_id, created_at, id);

CREATE INDEX micro_deposits_entity_id_created_at_id_idx ON public.micro_deposits USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX micro_deposits_open ON public.micro_deposits USING btree (entity_id, bank_account_id) WHERE (status = 'sent'::text);

CREATE INDEX ocr_tasks_entity_id_created_at_id_idx ON public.ocr_tasks USING btree (entity_id, created_at, id);

CREATE INDEX ocr_tasks_partner_id_created_at_id_idx ON public.ocr_tasks USING btree (partner_id, created_at, id) WHERE (entity_id = '00000000-0000-0000-0000-000000000000'::uuid);

CREATE INDEX onboarding_accounts_entity_id_created_at_id_idx ON public.onboarding_accounts USING btree (entity_id, created_at, id);

CREATE INDEX onboarding_codes_entity_id_created_at_id_idx ON public.onboarding_codes USING btree (entity_id, created_at, id);

CREATE INDEX onboarding_codes_entity_id_link_id_created_at_idx ON public.onboarding_codes USING btree (entity_id, link_id, created_at);

CREATE INDEX onboarding_documents_entity_id_created_at_id_idx ON public.onboarding_documents USING btree (entity_id, created_at, id);

CREATE INDEX onboarding_links_entity_id_created_at_id_idx ON public.onboarding_links USING btree (entity_id, created_at, id);

CREATE INDEX onboarding_reports_entity_id_created_at_id_idx ON public.onboarding_reports USING btree (entity_id, created_at, id);

CREATE INDEX onboardings_entity_id_created_at_id_idx ON public.onboardings USING btree (entity_id, created_at, id);

CREATE INDEX onboardings_next_deadline_idx ON public.onboardings USING btree (next_deadline) WHERE (next_deadline IS NOT NULL);

CREATE INDEX outside_calls_entity_id_created_at_id_idx ON public.outside_calls USING btree (entity_id, created_at, id);

CREATE INDEX outside_calls_unsure ON public.outside_calls USING btree (updated_at) WHERE (status = 'sent'::text);

CREATE INDEX overdue_reminders_entity_id_created_at_id_idx ON public.overdue_reminders USING btree (entity_id, created_at, id);

CREATE INDEX payable_credit_note_line_items_entity_id_created_at_id_idx ON public.payable_credit_note_line_items USING btree (entity_id, created_at, id);

CREATE INDEX payable_credit_note_line_item_entity_id_credit_note_id_crea_idx ON public.payable_credit_note_line_items USING btree (entity_id, credit_note_id, created_at, id);

CREATE INDEX payable_credit_notes_entity_id_created_at_id_idx ON public.payable_credit_notes USING btree (entity_id, created_at, id);

CREATE INDEX payable_credit_notes_entity_id_based_on_idx ON public.payable_credit_notes USING btree (entity_id, based_on) WHERE (based_on IS NOT NULL);

CREATE UNIQUE INDEX payable_credit_notes_one_draft ON public.payable_credit_notes USING btree (entity_id, based_on) WHERE ((status = 'draft'::text) AND (deleted_at IS NULL));

CREATE INDEX payable_credit_notes_by_file ON public.payable_credit_notes USING btree (entity_id, file_id) WHERE (file_id IS NOT NULL);

CREATE INDEX payable_line_items_entity_id_created_at_id_idx ON public.payable_line_items USING btree (entity_id, created_at, id);

CREATE INDEX payable_line_items_entity_id_payable_id_created_at_id_idx ON public.payable_line_items USING btree (entity_id, payable_id, created_at, id);

CREATE INDEX payable_purchase_orders_entity_id_created_at_id_idx ON public.payable_purchase_orders USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX payable_purchase_orders_number ON public.payable_purchase_orders USING btree (entity_id, number);

CREATE INDEX payable_purchase_orders_entity_id_document_id_id_idx ON public.payable_purchase_orders USING btree (entity_id, document_id, id);

CREATE INDEX payable_purchase_orders_entity_id_counterpart_id_created_at_idx ON public.payable_purchase_orders USING btree (entity_id, counterpart_id, created_at, id);

CREATE INDEX payable_validations_entity_id_created_at_id_idx ON public.payable_validations USING btree (entity_id, created_at, id);

CREATE INDEX payables_entity_id_status_created_at_id_idx ON public.payables USING btree (entity_id, status, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX payables_entity_id_issued_at_id_idx ON public.payables USING btree (entity_id, issued_at, id);

CREATE INDEX payables_entity_id_due_date_id_idx ON public.payables USING btree (entity_id, due_date, id);

CREATE INDEX payables_entity_id_document_id_idx ON public.payables USING btree (entity_id, document_id) WHERE (document_id IS NOT NULL);

CREATE INDEX payables_entity_id_purchase_order_id_idx ON public.payables USING btree (entity_id, purchase_order_id) WHERE (purchase_order_id IS NOT NULL);

CREATE INDEX payables_entity_id_was_created_by_user_id_created_at_id_idx ON public.payables USING btree (entity_id, was_created_by_user_id, created_at, id) WHERE ((deleted_at IS NULL) AND (was_created_by_user_id IS NOT NULL));

CREATE INDEX payables_by_file ON public.payables USING btree (entity_id, file_id) WHERE (file_id IS NOT NULL);

CREATE INDEX payables_number_parts ON public.payables USING gin (entity_id, sought_number gin_trgm_ops) WHERE (sought_number IS NOT NULL);

CREATE INDEX payables_alike ON public.payables USING btree (entity_id, upper(regexp_replace(document_id, '\s'::text, ''::text, 'g'::text))) WHERE (deleted_at IS NULL);

CREATE INDEX payables_words ON public.payables USING gin (bill_words(entity_id, currency, payable_origin, source_of_payable_data, ocr_status, project_id, (file_id IS NOT NULL), tag_ids)) WHERE (deleted_at IS NULL);

CREATE INDEX payables_entity_id_total_amount_id_idx ON public.payables USING btree (entity_id, total_amount, id) WHERE (deleted_at IS NULL);

CREATE INDEX payables_sought_unlinked ON public.payables USING gin (entity_id, sought gin_trgm_ops) WHERE ((deleted_at IS NULL) AND (counterpart_id IS NULL));

CREATE INDEX payables_of_counterpart ON public.payables USING btree (entity_id, counterpart_id, created_at, id) INCLUDE (deleted_at, status, currency, total_amount, due_date, issued_at) WHERE (counterpart_id IS NOT NULL);

CREATE INDEX payables_as_made ON public.payables USING btree (entity_id, created_at, id) INCLUDE (deleted_at, due_date);

CREATE INDEX payment_attempts_entity_id_created_at_id_idx ON public.payment_attempts USING btree (entity_id, created_at, id);

CREATE INDEX payment_attempts_unsure ON public.payment_attempts USING btree (entity_id, payment_intent_id) WHERE (reference IS NULL);

CREATE INDEX payment_events_entity_id_created_at_id_idx ON public.payment_events USING btree (entity_id, created_at, id);

CREATE INDEX payment_events_entity_id_payment_intent_id_idx ON public.payment_events USING btree (entity_id, payment_intent_id);

CREATE INDEX payment_files_entity_id_created_at_id_idx ON public.payment_files USING btree (entity_id, created_at, id);

CREATE INDEX payment_files_entity_id_batch_payment_id_idx ON public.payment_files USING btree (entity_id, batch_payment_id) WHERE (batch_payment_id IS NOT NULL);

CREATE INDEX payment_intent_history_entity_id_created_at_id_idx ON public.payment_intent_history USING btree (entity_id, created_at, id);

CREATE INDEX payment_intent_history_entity_id_payment_intent_id_created__idx ON public.payment_intent_history USING btree (entity_id, payment_intent_id, created_at, id);

CREATE INDEX payment_intents_entity_id_created_at_id_idx ON public.payment_intents USING btree (entity_id, created_at, id);

CREATE INDEX payment_intents_by_id ON public.payment_intents USING btree (id);

CREATE INDEX payment_intents_entity_id_object_id_created_at_id_idx ON public.payment_intents USING btree (entity_id, object_id, created_at, id) WHERE (object_id IS NOT NULL);

CREATE INDEX payment_intents_entity_id_batch_payment_id_idx ON public.payment_intents USING btree (entity_id, batch_payment_id) WHERE (batch_payment_id IS NOT NULL);

CREATE UNIQUE INDEX payment_intents_one_batch ON public.payment_intents USING btree (entity_id, object_id) WHERE ((batch_payment_id IS NOT NULL) AND (status = ANY (ARRAY['created'::text, 'processing'::text])));

CREATE INDEX payment_intents_entity_id_payment_file_id_idx ON public.payment_intents USING btree (entity_id, payment_file_id) WHERE (payment_file_id IS NOT NULL);

CREATE UNIQUE INDEX payment_intents_end_to_end ON public.payment_intents USING btree (entity_id, end_to_end_id) WHERE (end_to_end_id IS NOT NULL);

CREATE INDEX payment_links_entity_id_created_at_id_idx ON public.payment_links USING btree (entity_id, created_at, id);

CREATE INDEX payment_links_by_id ON public.payment_links USING btree (id);

CREATE INDEX payment_links_due ON public.payment_links USING btree (expires_at) WHERE (status = 'created'::text);

CREATE INDEX payment_records_entity_id_created_at_id_idx ON public.payment_records USING btree (entity_id, created_at, id);

CREATE INDEX payment_records_entity_id_object_id_created_at_id_idx ON public.payment_records USING btree (entity_id, object_id, created_at, id);

CREATE UNIQUE INDEX payment_records_of_provider ON public.payment_records USING btree (entity_id, provider_reference) WHERE (provider_reference IS NOT NULL);

CREATE INDEX payment_records_entity_id_payment_intent_id_idx ON public.payment_records USING btree (entity_id, payment_intent_id) WHERE (payment_intent_id IS NOT NULL);

CREATE INDEX payment_records_entity_id_coalesce_id_idx ON public.payment_records USING btree (entity_id, COALESCE(paid_at, '9999-12-31 00:00:00+00'::timestamp with time zone), id);

CREATE INDEX payment_reminders_entity_id_created_at_id_idx ON public.payment_reminders USING btree (entity_id, created_at, id);

CREATE INDEX payment_terms_entity_id_created_at_id_idx ON public.payment_terms USING btree (entity_id, created_at, id);

CREATE INDEX persons_entity_id_created_at_id_idx ON public.persons USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX persons_representative ON public.persons USING btree (entity_id) WHERE (representative AND (deleted_at IS NULL));

CREATE INDEX products_entity_id_created_at_id_idx ON public.products USING btree (entity_id, created_at, id);

CREATE INDEX products_by_name ON public.products USING btree (entity_id, name, id) WHERE (NOT is_inline);

CREATE INDEX products_entity_id_measure_unit_id_idx ON public.products USING btree (entity_id, measure_unit_id) WHERE (measure_unit_id IS NOT NULL);

CREATE INDEX products_name_parts ON public.products USING gin (entity_id, sought_name gin_trgm_ops) WHERE (NOT is_inline);

CREATE INDEX products_entity_id_currency_created_at_id_idx ON public.products USING btree (entity_id, currency, created_at, id) WHERE ((deleted_at IS NULL) AND (NOT is_inline));

CREATE INDEX products_entity_id_price_id_idx ON public.products USING btree (entity_id, price, id) WHERE ((deleted_at IS NULL) AND (NOT is_inline));

CREATE INDEX products_services_by_name ON public.products USING btree (entity_id, name, id) WHERE ((type = 'service'::product_type) AND (deleted_at IS NULL) AND (NOT is_inline));

CREATE INDEX products_goods_by_name ON public.products USING btree (entity_id, name, id) WHERE ((type = 'product'::product_type) AND (deleted_at IS NULL) AND (NOT is_inline));

CREATE INDEX projects_entity_id_created_at_id_idx ON public.projects USING btree (entity_id, created_at, id);

CREATE INDEX receipt_line_items_entity_id_created_at_id_idx ON public.receipt_line_items USING btree (entity_id, created_at, id);

CREATE INDEX receipt_line_items_entity_id_receipt_id_created_at_id_idx ON public.receipt_line_items USING btree (entity_id, receipt_id, created_at, id);

CREATE INDEX receipts_entity_id_created_at_id_idx ON public.receipts USING btree (entity_id, created_at, id);

CREATE INDEX receivables_entity_id_created_at_id_idx ON public.receivables USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX receivables_number ON public.receivables USING btree (entity_id, type, number) WHERE (number IS NOT NULL);

CREATE INDEX receivables_entity_id_status_created_at_id_idx ON public.receivables USING btree (entity_id, status, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX receivables_due ON public.receivables USING btree (due_date) WHERE (status = ANY (ARRAY['issued'::text, 'partially_paid'::text]));

CREATE INDEX receivables_entity_id_based_on_idx ON public.receivables USING btree (entity_id, based_on) WHERE (based_on IS NOT NULL);

CREATE UNIQUE INDEX receivables_page ON public.receivables USING btree (page_key) WHERE (page_key IS NOT NULL);

CREATE UNIQUE INDEX receivables_one_draft_credit ON public.receivables USING btree (entity_id, based_on) WHERE ((type = 'credit_note'::text) AND (status = 'draft'::text) AND (deleted_at IS NULL));

CREATE INDEX receivables_expiry ON public.receivables USING btree (expiry_date) WHERE ((type = 'quote'::text) AND (status = 'issued'::text));

CREATE INDEX receivables_remind_final ON public.receivables USING btree ((((ask ->> 'payment_reminder_id'::text))::uuid), due_date) WHERE ((type = 'invoice'::text) AND (status = ANY (ARRAY['issued'::text, 'partially_paid'::text])) AND ((ask ->> 'payment_reminder_id'::text) IS NOT NULL));

CREATE INDEX receivables_remind_term_1 ON public.receivables USING btree ((((ask ->> 'payment_reminder_id'::text))::uuid), (((early_terms -> 'term_1'::text) ->> 'end_date'::text))) WHERE ((type = 'invoice'::text) AND (status = ANY (ARRAY['issued'::text, 'partially_paid'::text])) AND ((ask ->> 'payment_reminder_id'::text) IS NOT NULL) AND (((early_terms -> 'term_1'::text) ->> 'end_date'::text) IS NOT NULL));

CREATE INDEX receivables_remind_term_2 ON public.receivables USING btree ((((ask ->> 'payment_reminder_id'::text))::uuid), (((early_terms -> 'term_2'::text) ->> 'end_date'::text))) WHERE ((type = 'invoice'::text) AND (status = ANY (ARRAY['issued'::text, 'partially_paid'::text])) AND ((ask ->> 'payment_reminder_id'::text) IS NOT NULL) AND (((early_terms -> 'term_2'::text) ->> 'end_date'::text) IS NOT NULL));

CREATE INDEX receivables_remind_overdue ON public.receivables USING btree ((((ask ->> 'overdue_reminder_id'::text))::uuid), due_date) WHERE ((type = 'invoice'::text) AND (status = 'overdue'::text) AND ((ask ->> 'overdue_reminder_id'::text) IS NOT NULL));

CREATE INDEX receivables_of_type ON public.receivables USING btree (entity_id, type, created_at, id) INCLUDE (due_date, issue_date) WHERE (deleted_at IS NULL);

CREATE INDEX receivables_with_attachments ON public.receivables USING btree (entity_id) WHERE (attachments IS NOT NULL);

CREATE UNIQUE INDEX receivables_number_key ON public.receivables USING btree (entity_id, type, number_key) WHERE (number_key IS NOT NULL);

CREATE INDEX receivables_number_parts ON public.receivables USING gin (entity_id, sought_number gin_trgm_ops) WHERE (sought_number IS NOT NULL);

CREATE INDEX receivables_entity_id_entity_user_id_created_at_id_idx ON public.receivables USING btree (entity_id, entity_user_id, created_at, id) WHERE ((deleted_at IS NULL) AND (entity_user_id IS NOT NULL));

CREATE INDEX receivables_entity_id_discounted_subtotal_id_idx ON public.receivables USING btree (entity_id, discounted_subtotal, id) WHERE (deleted_at IS NULL);

CREATE INDEX receivables_tags ON public.receivables USING gin (tag_ids);

CREATE INDEX receivables_products ON public.receivables USING gin (product_ids);

CREATE INDEX receivables_of_project ON public.receivables USING btree (entity_id, project_id, id) WHERE ((project_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX receivables_by_name ON public.receivables USING btree (entity_id, type, counterpart_name, id) INCLUDE (status, due_date, issue_date, deleted_at);

CREATE INDEX receivables_by_due_date ON public.receivables USING btree (entity_id, type, due_date, id) INCLUDE (status, issue_date, deleted_at);

CREATE INDEX receivables_by_issue_date ON public.receivables USING btree (entity_id, type, issue_date, id) INCLUDE (status, due_date, deleted_at);

CREATE INDEX receivables_by_status ON public.receivables USING btree (entity_id, type, status, id) INCLUDE (due_date, issue_date, deleted_at);

CREATE INDEX receivables_by_total ON public.receivables USING btree (entity_id, type, total_amount, id) INCLUDE (status, due_date, issue_date, deleted_at);

CREATE INDEX receivables_by_number ON public.receivables USING btree (entity_id, type, document_id, id) INCLUDE (status, due_date, issue_date, deleted_at);

CREATE INDEX receivables_open_due ON public.receivables USING btree (entity_id, status, due_date, id) INCLUDE (type) WHERE (deleted_at IS NULL);

CREATE INDEX receivables_of_counterpart ON public.receivables USING btree (entity_id, counterpart_id, created_at, id) INCLUDE (deleted_at, type, status, currency, total_amount, due_date, issue_date, issued_on, document_id);

CREATE INDEX recurrence_iterations_entity_id_created_at_id_idx ON public.recurrence_iterations USING btree (entity_id, created_at, id);

CREATE INDEX recurrence_iterations_due ON public.recurrence_iterations USING btree (issue_at, id) WHERE (status = 'pending'::text);

CREATE INDEX recurrences_entity_id_created_at_id_idx ON public.recurrences USING btree (entity_id, created_at, id);

CREATE INDEX reminders_entity_id_created_at_id_idx ON public.reminders USING btree (entity_id, created_at, id);

CREATE INDEX restorable_entities_entity_id_created_at_id_idx ON public.restorable_entities USING btree (entity_id, created_at, id);

CREATE INDEX roles_entity_id_created_at_id_idx ON public.roles USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX roles_name ON public.roles USING btree (entity_id, name) WHERE (deleted_at IS NULL);

CREATE INDEX tags_entity_id_created_at_id_idx ON public.tags USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX tags_name ON public.tags USING btree (entity_id, name) WHERE (deleted_at IS NULL);

CREATE INDEX test_clocks_entity_id_created_at_id_idx ON public.test_clocks USING btree (entity_id, created_at, id);

CREATE INDEX text_templates_entity_id_created_at_id_idx ON public.text_templates USING btree (entity_id, created_at, id);

CREATE UNIQUE INDEX text_templates_default ON public.text_templates USING btree (entity_id, document_type, type) WHERE (is_default AND (deleted_at IS NULL));

CREATE INDEX webhook_deliveries_entity_id_created_at_id_idx ON public.webhook_deliveries USING btree (entity_id, created_at, id);

CREATE INDEX webhook_deliveries_open ON public.webhook_deliveries USING btree (webhook_subscription_id) WHERE (was_successful IS NOT TRUE);

CREATE INDEX webhook_subscriptions_partner_id_created_at_id_idx ON public.webhook_subscriptions USING btree (partner_id, created_at, id);

CREATE INDEX webhook_subscriptions_wanting ON public.webhook_subscriptions USING btree (partner_id, object_type) WHERE ((status = 'enabled'::webhook_subscription_status) AND (deleted_at IS NULL));

alter table access_tokens
  add constraint access_tokens_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_clients(id) DEFERRABLE;

alter table api_clients
  add constraint api_clients_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES partners(id);

alter table approval_links
  add constraint approval_links_entity_id_approval_request_id_fkey FOREIGN KEY (entity_id, approval_request_id) REFERENCES approval_requests(entity_id, id) DEFERRABLE,
  add constraint approval_links_entity_id_entity_user_id_fkey FOREIGN KEY (entity_id, entity_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE;

alter table approval_processes
  add constraint approval_processes_entity_id_approval_policy_id_fkey FOREIGN KEY (entity_id, approval_policy_id) REFERENCES approval_policies(entity_id, id) DEFERRABLE,
  add constraint approval_processes_entity_id_payable_id_fkey FOREIGN KEY (entity_id, payable_id) REFERENCES payables(entity_id, id) DEFERRABLE;

alter table approval_requests
  add constraint approval_requests_entity_id_object_id_fkey FOREIGN KEY (entity_id, object_id) REFERENCES payables(entity_id, id) DEFERRABLE,
  add constraint approval_requests_entity_id_process_id_fkey FOREIGN KEY (entity_id, process_id) REFERENCES approval_processes(entity_id, id) DEFERRABLE;

alter table assistant_conversations
  add constraint assistant_conversations_entity_id_entity_user_id_fkey FOREIGN KEY (entity_id, entity_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE;

alter table assistant_messages
  add constraint assistant_messages_entity_id_conversation_id_fkey FOREIGN KEY (entity_id, conversation_id) REFERENCES assistant_conversations(entity_id, id) DEFERRABLE;

alter table assistant_prompts
  add constraint assistant_prompts_entity_id_entity_user_id_fkey FOREIGN KEY (entity_id, entity_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE;

alter table assistant_spending
  add constraint assistant_spending_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES partners(id);

alter table bank_account_verifications
  add constraint bank_account_verifications_entity_id_bank_account_id_fkey FOREIGN KEY (entity_id, bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE;

alter table bank_statements
  add constraint bank_statements_entity_id_bank_account_id_fkey FOREIGN KEY (entity_id, bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE;

alter table bank_transactions
  add constraint bank_transactions_entity_id_bank_account_id_fkey FOREIGN KEY (entity_id, bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE,
  add constraint bank_transactions_entity_id_bank_statement_id_fkey FOREIGN KEY (entity_id, bank_statement_id) REFERENCES bank_statements(entity_id, id) DEFERRABLE,
  add constraint bank_transactions_entity_id_undoes_id_fkey FOREIGN KEY (entity_id, undoes_id) REFERENCES bank_transactions(entity_id, id) DEFERRABLE;

alter table batch_payments
  add constraint batch_payments_entity_id_payer_bank_account_id_fkey FOREIGN KEY (entity_id, payer_bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE;

alter table books_entries
  add constraint books_entries_entity_id_party_id_fkey FOREIGN KEY (entity_id, party_id) REFERENCES books_parties(entity_id, id) DEFERRABLE,
  add constraint books_entries_entity_id_reverses_fkey FOREIGN KEY (entity_id, reverses) REFERENCES books_entries(entity_id, id) DEFERRABLE;

alter table books_lines
  add constraint books_lines_entity_id_account_fkey FOREIGN KEY (entity_id, account) REFERENCES books_accounts(entity_id, number) DEFERRABLE,
  add constraint books_lines_entity_id_entry_id_fkey FOREIGN KEY (entity_id, entry_id) REFERENCES books_entries(entity_id, id) DEFERRABLE,
  add constraint books_lines_entity_id_party_id_fkey FOREIGN KEY (entity_id, party_id) REFERENCES books_parties(entity_id, id) DEFERRABLE;

alter table comments
  add constraint comments_entity_id_reply_to_entity_user_id_fkey FOREIGN KEY (entity_id, reply_to_entity_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE;

alter table counterpart_addresses
  add constraint counterpart_addresses_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table counterpart_bank_accounts
  add constraint counterpart_bank_accounts_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table counterpart_contacts
  add constraint counterpart_contacts_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table counterpart_einvoicing_credentials
  add constraint counterpart_einvoicing_credential_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table counterpart_vat_ids
  add constraint counterpart_vat_ids_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table counterparts
  add constraint counterparts_entity_id_id_default_billing_address_id_fkey FOREIGN KEY (entity_id, id, default_billing_address_id) REFERENCES counterpart_addresses(entity_id, counterpart_id, id) DEFERRABLE INITIALLY DEFERRED,
  add constraint counterparts_entity_id_id_default_shipping_address_id_fkey FOREIGN KEY (entity_id, id, default_shipping_address_id) REFERENCES counterpart_addresses(entity_id, counterpart_id, id) DEFERRABLE INITIALLY DEFERRED;

alter table delivery_notes
  add constraint delivery_notes_entity_id_based_on_fkey FOREIGN KEY (entity_id, based_on) REFERENCES receivables(entity_id, id) DEFERRABLE,
  add constraint delivery_notes_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE,
  add constraint delivery_notes_entity_id_created_by_entity_user_id_fkey FOREIGN KEY (entity_id, created_by_entity_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE;

alter table document_chain
  add constraint document_chain_entity_id_receivable_id_fkey FOREIGN KEY (entity_id, receivable_id) REFERENCES receivables(entity_id, id) DEFERRABLE;

alter table einvoice_messages
  add constraint einvoice_messages_entity_id_credit_note_id_fkey FOREIGN KEY (entity_id, credit_note_id) REFERENCES payable_credit_notes(entity_id, id) DEFERRABLE,
  add constraint einvoice_messages_entity_id_payable_id_fkey FOREIGN KEY (entity_id, payable_id) REFERENCES payables(entity_id, id) DEFERRABLE,
  add constraint einvoice_messages_entity_id_receivable_id_fkey FOREIGN KEY (entity_id, receivable_id) REFERENCES receivables(entity_id, id) DEFERRABLE;

alter table einvoicing_network_credentials
  add constraint einvoicing_network_credential_entity_id_einvoicing_connect_fkey FOREIGN KEY (entity_id, einvoicing_connection_id) REFERENCES einvoicing_connections(entity_id, id) DEFERRABLE;

alter table entity_users
  add constraint entity_users_entity_id_role_id_fkey FOREIGN KEY (entity_id, role_id) REFERENCES roles(entity_id, id) DEFERRABLE;

alter table export_extra_data
  add constraint export_extra_data_entity_id_object_id_fkey FOREIGN KEY (entity_id, object_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table mailboxes
  add constraint mailboxes_partner_id_mailbox_domain_id_fkey FOREIGN KEY (partner_id, mailbox_domain_id) REFERENCES mailbox_domains(partner_id, id) DEFERRABLE;

alter table mandates
  add constraint mandates_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table micro_deposits
  add constraint micro_deposits_entity_id_bank_account_id_fkey FOREIGN KEY (entity_id, bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE;

alter table onboarding_codes
  add constraint onboarding_codes_entity_id_link_id_fkey FOREIGN KEY (entity_id, link_id) REFERENCES onboarding_links(entity_id, id) DEFERRABLE;

alter table onboarding_documents
  add constraint onboarding_documents_entity_id_person_id_fkey FOREIGN KEY (entity_id, person_id) REFERENCES persons(entity_id, id) DEFERRABLE;

alter table payable_credit_note_line_items
  add constraint payable_credit_note_line_items_entity_id_credit_note_id_fkey FOREIGN KEY (entity_id, credit_note_id) REFERENCES payable_credit_notes(entity_id, id) DEFERRABLE;

alter table payable_credit_notes
  add constraint payable_credit_notes_entity_id_based_on_fkey FOREIGN KEY (entity_id, based_on) REFERENCES payables(entity_id, id) DEFERRABLE,
  add constraint payable_credit_notes_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE;

alter table payable_line_items
  add constraint payable_line_items_entity_id_payable_id_fkey FOREIGN KEY (entity_id, payable_id) REFERENCES payables(entity_id, id) DEFERRABLE;

alter table payable_purchase_orders
  add constraint payable_purchase_orders_entity_id_counterpart_address_id_fkey FOREIGN KEY (entity_id, counterpart_address_id) REFERENCES counterpart_addresses(entity_id, id) DEFERRABLE,
  add constraint payable_purchase_orders_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE,
  add constraint payable_purchase_orders_entity_id_created_by_user_id_fkey FOREIGN KEY (entity_id, created_by_user_id) REFERENCES entity_users(entity_id, id) DEFERRABLE,
  add constraint payable_purchase_orders_entity_id_project_id_fkey FOREIGN KEY (entity_id, project_id) REFERENCES projects(entity_id, id) DEFERRABLE;

alter table payables
  add constraint payables_entity_id_counterpart_id_fkey FOREIGN KEY (entity_id, counterpart_id) REFERENCES counterparts(entity_id, id) DEFERRABLE,
  add constraint payables_entity_id_purchase_order_id_fkey FOREIGN KEY (entity_id, purchase_order_id) REFERENCES payable_purchase_orders(entity_id, id) DEFERRABLE;

alter table payment_attempts
  add constraint payment_attempts_entity_id_payment_intent_id_fkey FOREIGN KEY (entity_id, payment_intent_id) REFERENCES payment_intents(entity_id, id) DEFERRABLE;

alter table payment_files
  add constraint payment_files_entity_id_bank_account_id_fkey FOREIGN KEY (entity_id, bank_account_id) REFERENCES entity_bank_accounts(entity_id, id) DEFERRABLE,
  add constraint payment_files_entity_id_batch_payment_id_fkey FOREIGN KEY (entity_id, batch_payment_id) REFERENCES batch_payments(entity_id, id) DEFERRABLE;

alter table payment_intent_history
  add constraint payment_intent_history_entity_id_payment_intent_id_fkey FOREIGN KEY (entity_id, payment_intent_id) REFERENCES payment_intents(entity_id, id) DEFERRABLE;

alter table payment_intents
  add constraint payment_intents_entity_id_batch_payment_id_fkey FOREIGN KEY (entity_id, batch_payment_id) REFERENCES batch_payments(entity_id, id) DEFERRABLE,
  add constraint payment_intents_entity_id_mandate_id_fkey FOREIGN KEY (entity_id, mandate_id) REFERENCES mandates(entity_id, id) DEFERRABLE,
  add constraint payment_intents_entity_id_payment_file_id_fkey FOREIGN KEY (entity_id, payment_file_id) REFERENCES payment_files(entity_id, id) DEFERRABLE;

alter table payment_links
  add constraint payment_links_entity_id_payment_intent_id_fkey FOREIGN KEY (entity_id, payment_intent_id) REFERENCES payment_intents(entity_id, id) DEFERRABLE;

alter table products
  add constraint products_entity_id_measure_unit_id_fkey FOREIGN KEY (entity_id, measure_unit_id) REFERENCES measure_units(entity_id, id) DEFERRABLE;

alter table receipt_line_items
  add constraint receipt_line_items_entity_id_receipt_id_fkey FOREIGN KEY (entity_id, receipt_id) REFERENCES receipts(entity_id, id) DEFERRABLE;

alter table receivables
  add constraint receivables_entity_id_based_on_fkey FOREIGN KEY (entity_id, based_on) REFERENCES receivables(entity_id, id) DEFERRABLE,
  add constraint receivables_entity_id_recurrence_id_fkey FOREIGN KEY (entity_id, recurrence_id) REFERENCES recurrences(entity_id, id) DEFERRABLE;

alter table recurrence_iterations
  add constraint recurrence_iterations_entity_id_issued_invoice_id_fkey FOREIGN KEY (entity_id, issued_invoice_id) REFERENCES receivables(entity_id, id) DEFERRABLE,
  add constraint recurrence_iterations_entity_id_recurrence_id_fkey FOREIGN KEY (entity_id, recurrence_id) REFERENCES recurrences(entity_id, id) DEFERRABLE;

alter table recurrences
  add constraint recurrences_entity_id_invoice_id_fkey FOREIGN KEY (entity_id, invoice_id) REFERENCES receivables(entity_id, id) DEFERRABLE;

alter table reminders
  add constraint reminders_entity_id_mail_id_fkey FOREIGN KEY (entity_id, mail_id) REFERENCES mails(entity_id, id) DEFERRABLE,
  add constraint reminders_entity_id_receivable_id_fkey FOREIGN KEY (entity_id, receivable_id) REFERENCES receivables(entity_id, id) DEFERRABLE;

alter table webhook_deliveries
  add constraint webhook_deliveries_entity_id_event_id_fkey FOREIGN KEY (entity_id, event_id) REFERENCES events(entity_id, id) DEFERRABLE;

CREATE TRIGGER forget AFTER DELETE ON public.access_tokens FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER forget AFTER DELETE OR UPDATE ON public.api_clients FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER lines AFTER INSERT ON public.books_entries FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION books_entry_has_lines();

CREATE TRIGGER open BEFORE INSERT ON public.books_entries FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION books_are_open();

CREATE TRIGGER stay BEFORE DELETE OR UPDATE ON public.books_entries FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION books_stay();

CREATE TRIGGER balance AFTER INSERT ON public.books_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION books_balance();

CREATE TRIGGER stay BEFORE DELETE OR UPDATE ON public.books_lines FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION books_stay();

CREATE TRIGGER former_name BEFORE UPDATE OF legal_name, first_name, last_name ON public.counterparts FOR EACH ROW WHEN (((((old.legal_name IS DISTINCT FROM new.legal_name) OR (old.first_name IS DISTINCT FROM new.first_name)) OR (old.last_name IS DISTINCT FROM new.last_name)) AND (NOT is_restoring()))) EXECUTE FUNCTION keep_former_name();

CREATE TRIGGER settled BEFORE UPDATE ON public.delivery_notes FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION refuse_change_of_delivery_note();

CREATE TRIGGER forget AFTER UPDATE OF status, address ON public.entities FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER proofs AFTER UPDATE OF iban, account_number, routing_number, sort_code ON public.entity_bank_accounts FOR EACH ROW WHEN ((((((old.iban IS DISTINCT FROM new.iban) OR (old.account_number IS DISTINCT FROM new.account_number)) OR (old.routing_number IS DISTINCT FROM new.routing_number)) OR (old.sort_code IS DISTINCT FROM new.sort_code)) AND (NOT is_restoring()))) EXECUTE FUNCTION drop_account_proofs();

CREATE TRIGGER forget AFTER DELETE OR UPDATE ON public.entity_users FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER follow_with_ledger BEFORE INSERT ON public.jobs FOR EACH ROW WHEN ((new.kind = 'accounting.follow'::text)) EXECUTE FUNCTION follow_with_ledger();

CREATE TRIGGER forget AFTER UPDATE ON public.partners FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER settled BEFORE UPDATE ON public.payable_purchase_orders FOR EACH ROW WHEN ((NOT is_restoring())) EXECUTE FUNCTION refuse_change_of_purchase_order();

CREATE TRIGGER counted AFTER INSERT OR UPDATE OF status, currency, total_amount, counterpart_id, project_id, issued_at, due_date, created_at, deleted_at ON public.payables FOR EACH ROW WHEN ((new.created_at < date_trunc('week'::text, now(), 'UTC'::text))) EXECUTE FUNCTION week_changed('payable');

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT OR UPDATE OF amount_paid ON public.payables DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.amount_paid <> 0)) EXECUTE FUNCTION paid_is_recorded();

CREATE CONSTRAINT TRIGGER recorded_none AFTER UPDATE OF amount_paid ON public.payables DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.amount_paid <> 0) AND (new.amount_paid = 0))) EXECUTE FUNCTION paid_is_recorded();

CREATE TRIGGER uncounted AFTER DELETE ON public.payables FOR EACH ROW WHEN ((old.created_at < date_trunc('week'::text, now(), 'UTC'::text))) EXECUTE FUNCTION week_changed('payable');

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT OR UPDATE ON public.payment_records DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.status = 'succeeded'::text)) EXECUTE FUNCTION paid_is_recorded();

CREATE TRIGGER chained AFTER UPDATE OF content_hash ON public.receivables FOR EACH ROW WHEN (((new.content_hash IS NOT NULL) AND (new.content_hash IS DISTINCT FROM old.content_hash) AND (NOT is_restoring()))) EXECUTE FUNCTION chain_document();

CREATE TRIGGER chained_at_once AFTER INSERT ON public.receivables FOR EACH ROW WHEN (((new.content_hash IS NOT NULL) AND (NOT is_restoring()))) EXECUTE FUNCTION chain_document();

CREATE TRIGGER counted AFTER INSERT OR UPDATE OF type, status, currency, total_amount, counterpart_id, project_id, issued_on, issue_date, due_date, created_at, deleted_at, product_ids, content ON public.receivables FOR EACH ROW WHEN ((new.created_at < date_trunc('week'::text, now(), 'UTC'::text))) EXECUTE FUNCTION week_changed('receivable');

CREATE TRIGGER frozen BEFORE UPDATE ON public.receivables FOR EACH ROW WHEN ((old.frozen AND (NOT is_restoring()))) EXECUTE FUNCTION refuse_change_of_frozen();

CREATE TRIGGER kept BEFORE DELETE ON public.receivables FOR EACH ROW WHEN ((old.frozen AND (NOT is_restoring()))) EXECUTE FUNCTION refuse_delete_of_frozen();

CREATE CONSTRAINT TRIGGER recorded AFTER UPDATE OF amount_paid ON public.receivables DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paid_is_recorded();

CREATE TRIGGER uncounted AFTER DELETE ON public.receivables FOR EACH ROW WHEN ((old.created_at < date_trunc('week'::text, now(), 'UTC'::text))) EXECUTE FUNCTION week_changed('receivable');

CREATE TRIGGER forget AFTER DELETE OR UPDATE ON public.roles FOR EACH STATEMENT EXECUTE FUNCTION forget_access();

CREATE TRIGGER tell AFTER INSERT OR DELETE OR UPDATE ON public.test_clocks FOR EACH STATEMENT EXECUTE FUNCTION tell_clocks();

alter table access_tokens enable row level security, force row level security;

alter table accounting_connections enable row level security, force row level security;

alter table accounting_documents enable row level security, force row level security;

alter table accounting_synced_records enable row level security, force row level security;

alter table accounting_tax_rates enable row level security, force row level security;

alter table api_clients enable row level security, force row level security;

alter table approval_links enable row level security, force row level security;

alter table approval_policies enable row level security, force row level security;

alter table approval_processes enable row level security, force row level security;

alter table approval_requests enable row level security, force row level security;

alter table assistant_conversations enable row level security, force row level security;

alter table assistant_messages enable row level security, force row level security;

alter table assistant_prompts enable row level security, force row level security;

alter table assistant_spending enable row level security, force row level security;

alter table audit_logs enable row level security, force row level security;

alter table audit_logs_before enable row level security, force row level security;

alter table bank_account_verifications enable row level security, force row level security;

alter table bank_statements enable row level security, force row level security;

alter table bank_transactions enable row level security, force row level security;

alter table bank_verification_starts enable row level security, force row level security;

alter table batch_payments enable row level security, force row level security;

alter table books enable row level security, force row level security;

alter table books_accounts enable row level security, force row level security;

alter table books_entries enable row level security, force row level security;

alter table books_lines enable row level security, force row level security;

alter table books_parties enable row level security, force row level security;

alter table books_tax_rates enable row level security, force row level security;

alter table cells enable row level security, force row level security;

alter table changed_weeks enable row level security, force row level security;

alter table comments enable row level security, force row level security;

alter table connections enable row level security, force row level security;

alter table counterpart_addresses enable row level security, force row level security;

alter table counterpart_bank_accounts enable row level security, force row level security;

alter table counterpart_contacts enable row level security, force row level security;

alter table counterpart_einvoicing_credentials enable row level security, force row level security;

alter table counterpart_vat_ids enable row level security, force row level security;

alter table counterparts enable row level security, force row level security;

alter table custom_vat_rates enable row level security, force row level security;

alter table data_exports enable row level security, force row level security;

alter table delivery_notes enable row level security, force row level security;

alter table document_chain enable row level security, force row level security;

alter table document_numbers enable row level security, force row level security;

alter table document_template_choices enable row level security, force row level security;

alter table einvoice_messages enable row level security, force row level security;

alter table einvoicing_connections enable row level security, force row level security;

alter table einvoicing_network_credentials enable row level security, force row level security;

alter table entities enable row level security, force row level security;

alter table entity_bank_accounts enable row level security, force row level security;

alter table entity_payment_methods enable row level security, force row level security;

alter table entity_snapshots enable row level security, force row level security;

alter table entity_users enable row level security, force row level security;

alter table entity_vat_ids enable row level security, force row level security;

alter table events enable row level security, force row level security;

alter table export_extra_data enable row level security, force row level security;

alter table files enable row level security, force row level security;

alter table idempotency_keys enable row level security, force row level security;

alter table installation enable row level security, force row level security;

alter table jobs enable row level security, force row level security;

alter table kept_half_years enable row level security, force row level security;

alter table kept_sums enable row level security, force row level security;

alter table kept_until enable row level security, force row level security;

alter table ledger_accounts enable row level security, force row level security;

alter table mail_templates enable row level security, force row level security;

alter table mailbox_domains enable row level security, force row level security;

alter table mailboxes enable row level security, force row level security;

alter table mails enable row level security, force row level security;

alter table mandates enable row level security, force row level security;

alter table measure_units enable row level security, force row level security;

alter table micro_deposits enable row level security, force row level security;

alter table ocr_tasks enable row level security, force row level security;

alter table onboarding_accounts enable row level security, force row level security;

alter table onboarding_codes enable row level security, force row level security;

alter table onboarding_documents enable row level security, force row level security;

alter table onboarding_links enable row level security, force row level security;

alter table onboarding_reports enable row level security, force row level security;

alter table onboardings enable row level security, force row level security;

alter table outside_calls enable row level security, force row level security;

alter table overdue_reminders enable row level security, force row level security;

alter table partners enable row level security, force row level security;

alter table partners_away enable row level security, force row level security;

alter table payable_credit_note_line_items enable row level security, force row level security;

alter table payable_credit_notes enable row level security, force row level security;

alter table payable_line_items enable row level security, force row level security;

alter table payable_purchase_orders enable row level security, force row level security;

alter table payable_validations enable row level security, force row level security;

alter table payables enable row level security, force row level security;

alter table payment_attempts enable row level security, force row level security;

alter table payment_events enable row level security, force row level security;

alter table payment_files enable row level security, force row level security;

alter table payment_intent_history enable row level security, force row level security;

alter table payment_intents enable row level security, force row level security;

alter table payment_links enable row level security, force row level security;

alter table payment_records enable row level security, force row level security;

alter table payment_reminders enable row level security, force row level security;

alter table payment_terms enable row level security, force row level security;

alter table persons enable row level security, force row level security;

alter table products enable row level security, force row level security;

alter table projects enable row level security, force row level security;

alter table receipt_line_items enable row level security, force row level security;

alter table receipts enable row level security, force row level security;

alter table receivables enable row level security, force row level security;

alter table recurrence_iterations enable row level security, force row level security;

alter table recurrences enable row level security, force row level security;

alter table reminders enable row level security, force row level security;

alter table restorable_entities enable row level security, force row level security;

alter table roles enable row level security, force row level security;

alter table sandbox_payments enable row level security, force row level security;

alter table schedules enable row level security, force row level security;

alter table tags enable row level security, force row level security;

alter table test_clocks enable row level security, force row level security;

alter table text_templates enable row level security, force row level security;

alter table webhook_deliveries enable row level security, force row level security;

alter table webhook_subscriptions enable row level security, force row level security;

create policy system on access_tokens to quittance_system using (true) with check (true);

create policy tenant on access_tokens to quittance_app using ((partner_id = (current_setting('app.partner_id'::text))::uuid));

create policy restoring on accounting_connections to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on accounting_connections to quittance_system using (true) with check (true);

create policy tenant on accounting_connections to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on accounting_documents to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on accounting_documents to quittance_system using (true) with check (true);

create policy tenant on accounting_documents to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on accounting_synced_records to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on accounting_synced_records to quittance_system using (true) with check (true);

create policy tenant on accounting_synced_records to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on accounting_tax_rates to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on accounting_tax_rates to quittance_system using (true) with check (true);

create policy tenant on accounting_tax_rates to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on api_clients to quittance_system using (true) with check (true);

create policy restoring on approval_links to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on approval_links to quittance_system using (true) with check (true);

create policy tenant on approval_links to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on approval_policies to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on approval_policies to quittance_system using (true) with check (true);

create policy tenant on approval_policies to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on approval_processes to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on approval_processes to quittance_system using (true) with check (true);

create policy tenant on approval_processes to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on approval_requests to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on approval_requests to quittance_system using (true) with check (true);

create policy tenant on approval_requests to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on assistant_conversations to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on assistant_conversations to quittance_system using (true) with check (true);

create policy tenant on assistant_conversations to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on assistant_messages to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on assistant_messages to quittance_system using (true) with check (true);

create policy tenant on assistant_messages to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on assistant_prompts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on assistant_prompts to quittance_system using (true) with check (true);

create policy tenant on assistant_prompts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on assistant_spending to quittance_system using (true) with check (true);

create policy system on audit_logs to quittance_system using (true) with check (true);

create policy tenant on audit_logs to quittance_app using (((partner_id = ( SELECT (current_setting('app.partner_id'::text))::uuid AS current_setting)) AND ((( SELECT (current_setting('app.entity_id'::text))::uuid AS current_setting) = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = ( SELECT (current_setting('app.entity_id'::text))::uuid AS current_setting)))));

create policy restoring on bank_account_verifications to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on bank_account_verifications to quittance_system using (true) with check (true);

create policy tenant on bank_account_verifications to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on bank_statements to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on bank_statements to quittance_system using (true) with check (true);

create policy tenant on bank_statements to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on bank_transactions to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on bank_transactions to quittance_system using (true) with check (true);

create policy tenant on bank_transactions to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on bank_verification_starts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on bank_verification_starts to quittance_system using (true) with check (true);

create policy tenant on bank_verification_starts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on batch_payments to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on batch_payments to quittance_system using (true) with check (true);

create policy tenant on batch_payments to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books to quittance_system using (true) with check (true);

create policy tenant on books to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books_accounts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books_accounts to quittance_system using (true) with check (true);

create policy tenant on books_accounts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books_entries to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books_entries to quittance_system using (true) with check (true);

create policy tenant on books_entries to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books_lines to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books_lines to quittance_system using (true) with check (true);

create policy tenant on books_lines to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books_parties to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books_parties to quittance_system using (true) with check (true);

create policy tenant on books_parties to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on books_tax_rates to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on books_tax_rates to quittance_system using (true) with check (true);

create policy tenant on books_tax_rates to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on cells to quittance_system using (true) with check (true);

create policy restoring on changed_weeks to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on changed_weeks to quittance_system using (true) with check (true);

create policy tenant on changed_weeks to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on comments to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on comments to quittance_system using (true) with check (true);

create policy tenant on comments to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on connections to quittance_system using (true) with check (true);

create policy tenant on connections to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((entity_id IS NULL) OR (((current_setting('app.entity_id'::text))::uuid = entity_id) OR ((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid))))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((entity_id IS NULL) OR (((current_setting('app.entity_id'::text))::uuid = entity_id) OR ((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid)))));

create policy restoring on counterpart_addresses to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterpart_addresses to quittance_system using (true) with check (true);

create policy tenant on counterpart_addresses to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on counterpart_bank_accounts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterpart_bank_accounts to quittance_system using (true) with check (true);

create policy tenant on counterpart_bank_accounts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on counterpart_contacts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterpart_contacts to quittance_system using (true) with check (true);

create policy tenant on counterpart_contacts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on counterpart_einvoicing_credentials to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterpart_einvoicing_credentials to quittance_system using (true) with check (true);

create policy tenant on counterpart_einvoicing_credentials to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on counterpart_vat_ids to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterpart_vat_ids to quittance_system using (true) with check (true);

create policy tenant on counterpart_vat_ids to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on counterparts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on counterparts to quittance_system using (true) with check (true);

create policy tenant on counterparts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on custom_vat_rates to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on custom_vat_rates to quittance_system using (true) with check (true);

create policy tenant on custom_vat_rates to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on data_exports to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on data_exports to quittance_system using (true) with check (true);

create policy tenant on data_exports to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on delivery_notes to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on delivery_notes to quittance_system using (true) with check (true);

create policy tenant on delivery_notes to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on document_chain to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on document_chain to quittance_system using (true) with check (true);

create policy tenant on document_chain to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on document_numbers to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on document_numbers to quittance_system using (true);

create policy tenant on document_numbers to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid));

create policy restoring on document_template_choices to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on document_template_choices to quittance_system using (true) with check (true);

create policy tenant on document_template_choices to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on einvoice_messages to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on einvoice_messages to quittance_system using (true) with check (true);

create policy tenant on einvoice_messages to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on einvoicing_connections to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on einvoicing_connections to quittance_system using (true) with check (true);

create policy tenant on einvoicing_connections to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on einvoicing_network_credentials to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on einvoicing_network_credentials to quittance_system using (true) with check (true);

create policy tenant on einvoicing_network_credentials to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on entities to quittance_restore using (((id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on entities to quittance_system using (true) with check (true);

create policy tenant on entities to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (id = (current_setting('app.entity_id'::text))::uuid)))) with check ((partner_id = (current_setting('app.partner_id'::text))::uuid));

create policy restoring on entity_bank_accounts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on entity_bank_accounts to quittance_system using (true) with check (true);

create policy tenant on entity_bank_accounts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on entity_payment_methods to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on entity_payment_methods to quittance_system using (true) with check (true);

create policy tenant on entity_payment_methods to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on entity_snapshots to quittance_system using (true) with check (true);

create policy tenant on entity_snapshots to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on entity_users to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on entity_users to quittance_system using (true) with check (true);

create policy tenant on entity_users to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on entity_vat_ids to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on entity_vat_ids to quittance_system using (true) with check (true);

create policy tenant on entity_vat_ids to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on events to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on events to quittance_system using (true) with check (true);

create policy tenant on events to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = (current_setting('app.entity_id'::text))::uuid)))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy restoring on export_extra_data to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on export_extra_data to quittance_system using (true) with check (true);

create policy tenant on export_extra_data to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on files to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on files to quittance_system using (true) with check (true);

create policy tenant on files to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = (current_setting('app.entity_id'::text))::uuid))));

create policy system on idempotency_keys to quittance_system using (true);

create policy tenant on idempotency_keys to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy system on installation to quittance_system using (true) with check (true);

create policy restoring on jobs to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on jobs to quittance_system using (true) with check (true);

create policy tenant on jobs to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy system on kept_half_years to quittance_system using (true) with check (true);

create policy tenant on kept_half_years to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on kept_sums to quittance_system using (true) with check (true);

create policy tenant on kept_sums to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on kept_until to quittance_system using (true) with check (true);

create policy tenant on kept_until to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on ledger_accounts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on ledger_accounts to quittance_system using (true) with check (true);

create policy tenant on ledger_accounts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on mail_templates to quittance_system using (true) with check (true);

create policy tenant on mail_templates to quittance_app using ((partner_id = (current_setting('app.partner_id'::text))::uuid)) with check ((partner_id = (current_setting('app.partner_id'::text))::uuid));

create policy system on mailbox_domains to quittance_system using (true) with check (true);

create policy tenant on mailbox_domains to quittance_app using ((partner_id = (current_setting('app.partner_id'::text))::uuid)) with check ((partner_id = (current_setting('app.partner_id'::text))::uuid));

create policy restoring on mailboxes to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on mailboxes to quittance_system using (true) with check (true);

create policy tenant on mailboxes to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = (current_setting('app.entity_id'::text))::uuid)))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy restoring on mails to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on mails to quittance_system using (true) with check (true);

create policy tenant on mails to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on mandates to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on mandates to quittance_system using (true) with check (true);

create policy tenant on mandates to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on measure_units to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on measure_units to quittance_system using (true) with check (true);

create policy tenant on measure_units to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on micro_deposits to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on micro_deposits to quittance_system using (true) with check (true);

create policy tenant on micro_deposits to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on ocr_tasks to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on ocr_tasks to quittance_system using (true) with check (true);

create policy tenant on ocr_tasks to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy restoring on onboarding_accounts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboarding_accounts to quittance_system using (true) with check (true);

create policy tenant on onboarding_accounts to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = (current_setting('app.entity_id'::text))::uuid)))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy restoring on onboarding_codes to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboarding_codes to quittance_system using (true) with check (true);

create policy tenant on onboarding_codes to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on onboarding_documents to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboarding_documents to quittance_system using (true) with check (true);

create policy tenant on onboarding_documents to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on onboarding_links to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboarding_links to quittance_system using (true) with check (true);

create policy tenant on onboarding_links to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on onboarding_reports to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboarding_reports to quittance_system using (true) with check (true);

create policy tenant on onboarding_reports to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on onboardings to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on onboardings to quittance_system using (true) with check (true);

create policy tenant on onboardings to quittance_app using (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (((current_setting('app.entity_id'::text))::uuid = '00000000-0000-0000-0000-000000000000'::uuid) OR (entity_id = (current_setting('app.entity_id'::text))::uuid)))) with check (((partner_id = (current_setting('app.partner_id'::text))::uuid) AND (entity_id = (current_setting('app.entity_id'::text))::uuid)));

create policy restoring on outside_calls to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on outside_calls to quittance_system using (true) with check (true);

create policy tenant on outside_calls to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on overdue_reminders to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on overdue_reminders to quittance_system using (true) with check (true);

create policy tenant on overdue_reminders to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on partners to quittance_system using (true) with check (true);

create policy tenant on partners to quittance_app using ((id = (current_setting('app.partner_id'::text))::uuid));

create policy system on partners_away to quittance_system using (true) with check (true);

create policy tenant on partners_away for select to quittance_app using ((partner_id = (current_setting('app.partner_id'::text))::uuid));

create policy restoring on payable_credit_note_line_items to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payable_credit_note_line_items to quittance_system using (true) with check (true);

create policy tenant on payable_credit_note_line_items to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payable_credit_notes to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payable_credit_notes to quittance_system using (true) with check (true);

create policy tenant on payable_credit_notes to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payable_line_items to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payable_line_items to quittance_system using (true) with check (true);

create policy tenant on payable_line_items to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payable_purchase_orders to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payable_purchase_orders to quittance_system using (true) with check (true);

create policy tenant on payable_purchase_orders to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payable_validations to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payable_validations to quittance_system using (true) with check (true);

create policy tenant on payable_validations to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payables to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payables to quittance_system using (true) with check (true);

create policy tenant on payables to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_attempts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_attempts to quittance_system using (true) with check (true);

create policy tenant on payment_attempts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_events to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_events to quittance_system using (true) with check (true);

create policy tenant on payment_events to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_files to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_files to quittance_system using (true) with check (true);

create policy tenant on payment_files to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_intent_history to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_intent_history to quittance_system using (true) with check (true);

create policy tenant on payment_intent_history to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_intents to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_intents to quittance_system using (true) with check (true);

create policy tenant on payment_intents to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_links to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_links to quittance_system using (true) with check (true);

create policy tenant on payment_links to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_records to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_records to quittance_system using (true) with check (true);

create policy tenant on payment_records to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_reminders to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_reminders to quittance_system using (true) with check (true);

create policy tenant on payment_reminders to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on payment_terms to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on payment_terms to quittance_system using (true) with check (true);

create policy tenant on payment_terms to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on persons to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on persons to quittance_system using (true) with check (true);

create policy tenant on persons to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on products to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on products to quittance_system using (true) with check (true);

create policy tenant on products to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on projects to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on projects to quittance_system using (true) with check (true);

create policy tenant on projects to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on receipt_line_items to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on receipt_line_items to quittance_system using (true) with check (true);

create policy tenant on receipt_line_items to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on receipts to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on receipts to quittance_system using (true) with check (true);

create policy tenant on receipts to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on receivables to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on receivables to quittance_system using (true) with check (true);

create policy tenant on receivables to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on recurrence_iterations to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on recurrence_iterations to quittance_system using (true) with check (true);

create policy tenant on recurrence_iterations to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on recurrences to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on recurrences to quittance_system using (true) with check (true);

create policy tenant on recurrences to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on reminders to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on reminders to quittance_system using (true) with check (true);

create policy tenant on reminders to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on restorable_entities for select to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on restorable_entities to quittance_system using (true) with check (true);

create policy tenant on restorable_entities to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on roles to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on roles to quittance_system using (true) with check (true);

create policy tenant on roles to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on sandbox_payments to quittance_system using (true) with check (true);

create policy system on schedules to quittance_system using (true) with check (true);

create policy restoring on tags to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on tags to quittance_system using (true) with check (true);

create policy tenant on tags to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on test_clocks to quittance_system using (true) with check (true);

create policy tenant on test_clocks to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on text_templates to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on text_templates to quittance_system using (true) with check (true);

create policy tenant on text_templates to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy restoring on webhook_deliveries to quittance_restore using (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r)))) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid) AND ((current_setting('app.entity_id'::text))::uuid IN ( SELECT r.entity_id
   FROM restorable_entities r))));

create policy system on webhook_deliveries to quittance_system using (true) with check (true);

create policy tenant on webhook_deliveries to quittance_app using ((entity_id = (current_setting('app.entity_id'::text))::uuid)) with check (((entity_id = (current_setting('app.entity_id'::text))::uuid) AND (partner_id = (current_setting('app.partner_id'::text))::uuid)));

create policy system on webhook_subscriptions to quittance_system using (true) with check (true);

create policy tenant on webhook_subscriptions to quittance_app using ((partner_id = (current_setting('app.partner_id'::text))::uuid)) with check ((partner_id = (current_setting('app.partner_id'::text))::uuid));

grant delete, insert, select, update on accounting_connections, accounting_documents, accounting_synced_records, accounting_tax_rates, approval_links, approval_policies, approval_processes, approval_requests, assistant_conversations, assistant_messages, assistant_prompts, bank_account_verifications, bank_statements, bank_transactions, bank_verification_starts, batch_payments, books, books_accounts, books_parties, books_tax_rates, comments, connections, counterpart_addresses, counterpart_bank_accounts, counterpart_contacts, counterpart_einvoicing_credentials, counterpart_vat_ids, counterparts, custom_vat_rates, data_exports, delivery_notes, document_template_choices, einvoice_messages, einvoicing_connections, einvoicing_network_credentials, entities, entity_bank_accounts, entity_payment_methods, entity_snapshots, entity_users, entity_vat_ids, export_extra_data, files, jobs, ledger_accounts, mail_templates, mailbox_domains, mailboxes, mails, mandates, measure_units, micro_deposits, ocr_tasks, onboarding_accounts, onboarding_codes, onboarding_documents, onboarding_links, onboarding_reports, onboardings, outside_calls, overdue_reminders, payable_credit_note_line_items, payable_credit_notes, payable_line_items, payable_purchase_orders, payable_validations, payables, payment_attempts, payment_events, payment_files, payment_intent_history, payment_intents, payment_links, payment_records, payment_reminders, payment_terms, persons, products, projects, receipt_line_items, receipts, receivables, recurrence_iterations, recurrences, reminders, roles, tags, text_templates, webhook_deliveries, webhook_subscriptions to quittance_app;

grant delete, select on access_tokens to quittance_app;

grant insert, select on books_entries, books_lines, changed_weeks, document_chain, events to quittance_app;

grant insert, select, update on document_numbers, idempotency_keys to quittance_app;

grant select on audit_logs, kept_half_years, kept_sums, kept_until, partners_away, reactions, restorable_entities, test_clocks to quittance_app;

grant select, update on partners to quittance_app;

grant delete, insert, select, update on accounting_connections, accounting_documents, accounting_synced_records, accounting_tax_rates, approval_links, approval_policies, approval_processes, approval_requests, assistant_conversations, assistant_messages, assistant_prompts, bank_account_verifications, bank_statements, bank_transactions, bank_verification_starts, batch_payments, books, books_accounts, books_entries, books_lines, books_parties, books_tax_rates, changed_weeks, comments, counterpart_addresses, counterpart_bank_accounts, counterpart_contacts, counterpart_einvoicing_credentials, counterpart_vat_ids, counterparts, custom_vat_rates, data_exports, delivery_notes, document_chain, document_numbers, document_template_choices, einvoice_messages, einvoicing_connections, einvoicing_network_credentials, entity_bank_accounts, entity_payment_methods, entity_users, entity_vat_ids, events, export_extra_data, files, jobs, ledger_accounts, mailboxes, mails, mandates, measure_units, micro_deposits, ocr_tasks, onboarding_accounts, onboarding_codes, onboarding_documents, onboarding_links, onboarding_reports, onboardings, outside_calls, overdue_reminders, payable_credit_note_line_items, payable_credit_notes, payable_line_items, payable_purchase_orders, payable_validations, payables, payment_attempts, payment_events, payment_files, payment_intent_history, payment_intents, payment_links, payment_records, payment_reminders, payment_terms, persons, products, projects, receipt_line_items, receipts, receivables, recurrence_iterations, recurrences, reminders, roles, tags, text_templates, webhook_deliveries to quittance_restore;

grant insert, select, update on entities to quittance_restore;

grant select on restorable_entities to quittance_restore;

grant delete, insert, select on audit_logs, reactions to quittance_system;

grant delete, insert, select, update on access_tokens, accounting_connections, accounting_documents, accounting_synced_records, accounting_tax_rates, api_clients, approval_links, approval_policies, approval_processes, approval_requests, assistant_conversations, assistant_messages, assistant_prompts, assistant_spending, bank_account_verifications, bank_statements, bank_transactions, bank_verification_starts, batch_payments, books, books_accounts, books_parties, books_tax_rates, cells, changed_weeks, comments, connections, counterpart_addresses, counterpart_bank_accounts, counterpart_contacts, counterpart_einvoicing_credentials, counterpart_vat_ids, counterparts, custom_vat_rates, data_exports, delivery_notes, document_template_choices, einvoice_messages, einvoicing_connections, einvoicing_network_credentials, entities, entity_bank_accounts, entity_payment_methods, entity_snapshots, entity_users, entity_vat_ids, export_extra_data, files, installation, jobs, kept_half_years, kept_sums, kept_until, ledger_accounts, mail_templates, mailbox_domains, mailboxes, mails, mandates, measure_units, micro_deposits, ocr_tasks, onboarding_accounts, onboarding_codes, onboarding_documents, onboarding_links, onboarding_reports, onboardings, outside_calls, overdue_reminders, partners, partners_away, payable_credit_note_line_items, payable_credit_notes, payable_line_items, payable_purchase_orders, payable_validations, payables, payment_attempts, payment_events, payment_files, payment_intent_history, payment_intents, payment_links, payment_records, payment_reminders, payment_terms, persons, products, projects, receipt_line_items, receipts, receivables, recurrence_iterations, recurrences, reminders, restorable_entities, roles, sandbox_payments, schedules, tags, test_clocks, text_templates, webhook_deliveries, webhook_subscriptions to quittance_system;

grant delete, select on idempotency_keys to quittance_system;

grant insert, select on books_entries, books_lines, events to quittance_system;

grant select on document_chain, document_numbers to quittance_system;

grant usage on schema public to quittance_app, quittance_restore, quittance_system;

do $$
begin
  execute format('alter table audit_logs attach partition audit_logs_before for values from (minvalue) to (%L)',
    first_log_id(date_trunc('month', now(), 'UTC')));
  create table audit_logs_rest (like audit_logs including defaults);
  perform seal_audit_part('audit_logs_rest');
  alter table audit_logs attach partition audit_logs_rest default;
  perform open_audit_months(3);
end $$;

set local check_function_bodies = on;
