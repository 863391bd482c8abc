-- Credit notes that vendors send.
create table payable_credit_notes (
  like tenant_row including all,
  status                      text not null check (status in ('draft', 'new', 'submitted_for_approval', 'approved', 'rejected', 'canceled', 'applied')),
  origin                      text not null default 'upload' check (origin in ('upload', 'einvoicing')),
  source_of_data              text not null default 'user_specified' check (source_of_data in ('ocr', 'user_specified', 'einvoicing')),
  document_id                 text,
  issued_at                   date,
  currency                    text,
  description                 text,
  sender                      text,
  based_on                    uuid,
  based_on_document_id        text,
  subtotal                    bigint check (subtotal >= 0),
  tax                         integer,
  tax_amount                  bigint check (tax_amount >= 0),
  total_amount                bigint check (total_amount >= 0),
  counterpart_id              uuid,
  counterpart_address_id      uuid,
  counterpart_bank_account_id uuid,
  counterpart_vat_id_id       uuid,
  counterpart                 json,
  counterpart_raw             json,
  file_id                     uuid,
  ocr_status                  text check (ocr_status in ('processing', 'error', 'success', 'canceled')),
  ocr_request_id              uuid,
  project_id                  uuid,
  tag_ids                     uuid[] not null default '{}',
  created_by_user_id          uuid,
  foreign key (entity_id, based_on) references payables (entity_id, id),
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('payable_credit_notes');
create index on payable_credit_notes (entity_id, based_on) where based_on is not null;
-- A bill has one credit note in the making at a time.
create unique index payable_credit_notes_one_draft on payable_credit_notes (entity_id, based_on) where status = 'draft' and deleted_at is null;

create table payable_credit_note_line_items (
  like tenant_row including all,
  credit_note_id     uuid not null,
  name               text,
  description        text,
  quantity           numeric,
  unit               text,
  unit_price         bigint,
  tax                integer,
  subtotal           bigint,
  tax_amount         bigint,
  total              bigint,
  created_by_user_id uuid,
  foreign key (entity_id, credit_note_id) references payable_credit_notes (entity_id, id)
);
call seal_tenant('payable_credit_note_line_items');
create index on payable_credit_note_line_items (entity_id, credit_note_id, created_at, id);
