-- Bills that came in. What is derived (sums, what is due, whether it is complete) is written with whatever it follows from, under the
-- row's lock; what depends on the day is computed when it is read.
create table payables (
  like tenant_row including all,
  status                           text not null check (status in ('draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'canceled', 'rejected')),
  payable_origin                   text not null check (payable_origin in ('upload', 'email', 'einvoicing')),
  source_of_payable_data           text not null check (source_of_payable_data in ('ocr', 'user_specified', 'einvoicing')),
  document_id                      text,
  description                      text,
  currency                         text,
  issued_at                        date,
  due_date                         date,
  -- Whether a person set the due date; otherwise it follows from the payment terms.
  due_date_given                   boolean not null default false,
  payment_terms                    json,
  suggested_payment_term           json,
  suggested_payment_term_given     boolean not null default false,
  subtotal                         bigint,
  tax                              integer,
  tax_amount                       bigint,
  discount                         bigint,
  total_amount                     bigint,
  amount_paid                      bigint not null default 0 check (amount_paid >= 0),
  -- What approved credit notes of the vendor take off.
  amount_credited                  bigint not null default 0 check (amount_credited >= 0),
  counterpart_id                   uuid,
  counterpart_address_id           uuid,
  counterpart_bank_account_id      uuid,
  counterpart_vat_id_id            uuid,
  -- The vendor as it was when the bill was sent for approval or paid.
  counterpart                      json,
  counterpart_raw_data             json,
  suggestion                       json,
  file_id                          uuid,
  sender                           text,
  ocr_status                       text check (ocr_status in ('processing', 'error', 'success', 'canceled')),
  ocr_request_id                   uuid,
  other_extracted_data             json,
  purchase_order_id                uuid,
  project_id                       uuid,
  tag_ids                          uuid[] not null default '{}',
  partner_metadata                 json,
  approval_policy_id               uuid,
  paid_at                          timestamptz,
  marked_as_paid_by_entity_user_id uuid,
  marked_as_paid_with_comment      text,
  was_created_by_user_id           uuid,
  created_by_role_id               uuid,
  -- A mail makes the same bill once, however often it is delivered.
  arrival_key                      text,
  unique (entity_id, arrival_key),
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('payables');
create index on payables (entity_id, status, created_at, id) where deleted_at is null;
create index on payables (entity_id, issued_at, id);
create index on payables (entity_id, due_date, id);
create index on payables (entity_id, counterpart_id) where counterpart_id is not null;
create index on payables (entity_id, document_id) where document_id is not null;

create table payable_line_items (
  like tenant_row including all,
  payable_id              uuid not null,
  name                    text,
  description             text,
  quantity                numeric,
  unit                    text,
  unit_price              bigint,
  tax                     integer,
  subtotal                bigint,
  tax_amount              bigint,
  total                   bigint,
  ledger_account_id       uuid,
  accounting_tax_rate_id  uuid,
  ocr_set_quantity_to_one boolean,
  was_created_by_user_id  uuid,
  foreign key (entity_id, payable_id) references payables (entity_id, id)
);
call seal_tenant('payable_line_items');
create index on payable_line_items (entity_id, payable_id, created_at, id);

-- What an entity asks of a bill before it counts as complete. Without a row: the default.
create table payable_validations (
  like tenant_row including all,
  kind            text not null check (kind in ('payable', 'credit_note')),
  required_fields text[] not null,
  unique (entity_id, kind)
);
call seal_tenant('payable_validations');
