-- Payments of bills that are handed to a bank as a file. Each is a payment intent that is on its way from the moment the file is made.
create table payment_files (
  like tenant_row including all,
  bank_account_id uuid not null,
  format          text not null check (format in ('pain.001.001.09', 'nacha_ccd')),
  -- The bank's guard against a second file: no two files share it.
  message_id      text not null,
  file_name       text not null,
  content         text not null,
  currency        text not null,
  total_amount    bigint not null check (total_amount > 0),
  withdrawn_at    timestamptz,
  created_by_entity_user_id uuid,
  unique (entity_id, message_id),
  foreign key (entity_id, bank_account_id) references entity_bank_accounts (entity_id, id)
);
call seal_tenant('payment_files');

alter table payment_intents
  add column payment_file_id uuid,
  add column end_to_end_id   text,
  add column payment_info_id text,
  add column execution_date  date,
  add foreign key (entity_id, payment_file_id) references payment_files (entity_id, id);
create index on payment_intents (entity_id, payment_file_id) where payment_file_id is not null;
create unique index payment_intents_end_to_end on payment_intents (entity_id, end_to_end_id) where end_to_end_id is not null;
