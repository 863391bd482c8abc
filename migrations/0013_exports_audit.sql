-- Documents that somebody asked for as one file. A job makes the file; until then the row says what is to be in it.
create table data_exports (
  like tenant_row including all,
  format    text not null check (format in ('csv', 'pdf', 'csv_xero')),
  -- What to look for: [{ "name": "receivable", "statuses": ["paid"] }]
  objects   json not null,
  date_from date not null,
  date_to   date not null,
  language  text not null,
  status    text not null default 'pending' check (status in ('pending', 'ready', 'failed')),
  count     integer not null default 0,
  -- Link key of the file.
  file_key  text,
  created_by_entity_user_id uuid,
  check (date_from <= date_to),
  check ((status = 'ready') = (file_key is not null))
);
call seal_tenant('data_exports');

-- What accounting programs want to know of a counterpart beside what its documents say.
create table export_extra_data (
  like tenant_row including all,
  object_type text not null check (object_type = 'counterpart'),
  object_id   uuid not null,
  field_name  text not null check (field_name in ('default_account_code', 'default_tax_rate_code')),
  field_value text not null,
  created_by  uuid,
  foreign key (entity_id, object_id) references counterparts (entity_id, id)
);
call seal_tenant('export_extra_data');
create unique index export_extra_data_field on export_extra_data (entity_id, object_id, field_name) where deleted_at is null;

-- Where a counterpart receives e-invoices: its number in a network's directory, one for each kind of number.
create table counterpart_einvoicing_credentials (
  like tenant_row including all,
  counterpart_id     uuid not null,
  network_schema     text not null check (network_schema in ('DE:VAT', 'NL:KVK', 'NL:VAT', 'BE:VAT', 'BE:EN')),
  network_identifier text not null,
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('counterpart_einvoicing_credentials');
create unique index counterpart_einvoicing_credentials_schema on counterpart_einvoicing_credentials (entity_id, counterpart_id, network_schema)
  where deleted_at is null;

-- One row a request: what was asked and what was answered, shown as two entries. The id begins with the millisecond of arrival (UUID of
-- version 7), so that a page, a span of time and the oldest rows each lie together in the index, and new rows are added at its end.
-- Rows that concern no entity carry the id of none.
create table audit_logs (
  id               uuid not null,
  partner_id       uuid not null default current_setting('app.partner_id')::uuid,
  entity_id        uuid not null default current_setting('app.entity_id')::uuid,
  entity_user_id   uuid,
  method           text not null,
  path             text not null,
  params           text,
  status_code      integer not null,
  received_at      timestamptz not null,
  answered_at      timestamptz not null,
  -- { request: { type, headers, body }, response: the same }
  details          json not null,
  primary key (entity_id, id) include (partner_id, entity_user_id)
);
alter table audit_logs enable row level security;
alter table audit_logs force row level security;
create policy tenant on audit_logs to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid
    and (current_setting('app.entity_id')::uuid = '00000000-0000-0000-0000-000000000000' or entity_id = current_setting('app.entity_id')::uuid));
create policy system on audit_logs to quittance_system using (true) with check (true);
create index audit_logs_of_partner on audit_logs (partner_id, id) include (entity_id, entity_user_id);
-- Requests read it; the machinery adds, and takes away what is old. Nobody changes an entry.
grant select on audit_logs to quittance_app;
grant select, insert, delete on audit_logs to quittance_system;
