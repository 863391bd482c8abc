-- Proofs of what was spent. They are kept and completed; nobody approves or pays them.
create table receipts (
  like tenant_row including all,
  source_of_data    text not null check (source_of_data in ('ocr', 'user_specified')),
  document_id       text,
  currency          text,
  total_amount      bigint,
  issued_at         timestamptz,
  merchant_name     text,
  merchant_location text,
  -- A card payment as the caller knows it.
  transaction_id    uuid,
  file_id           uuid,
  ocr_status        text check (ocr_status in ('processing', 'error', 'success')),
  ocr_request_id    uuid,
  partner_metadata  json,
  created_by_entity_user_id uuid
);
call seal_tenant('receipts');

create table receipt_line_items (
  like tenant_row including all,
  receipt_id             uuid not null,
  name                   text,
  total                  bigint,
  accounting_tax_rate_id uuid,
  cost_center_id         uuid,
  general_ledger_id      uuid,
  created_by_entity_user_id uuid,
  foreign key (entity_id, receipt_id) references receipts (entity_id, id)
);
call seal_tenant('receipt_line_items');
create index on receipt_line_items (entity_id, receipt_id, created_at, id);
