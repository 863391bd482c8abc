-- Kinds and states are text here, not enums: behind row security an index serves only comparisons that are known not to leak, and
-- those of enums aren't among them.

-- One row a document. What is asked of it often stands in columns; what only has to look the same for ever is `content`: the
-- copies of entity, counterpart, products and rates, the lines and their figures, ready to be sent as they lie.
create table receivables (
  like tenant_row including all,
  type                  text not null check (type in ('quote', 'invoice', 'credit_note')),
  status                text not null default 'draft' check (status in ('draft', 'issuing', 'issued', 'failed', 'accepted', 'expired', 'declined', 'recurring',
                          'partially_paid', 'paid', 'overdue', 'uncollectible', 'canceled', 'deleted')),
  document_id           text,
  number                bigint,
  currency              text not null,
  counterpart_id        uuid not null,
  counterpart_name      text not null,
  entity_user_id        uuid,
  based_on              uuid,
  project_id            uuid,
  recurrence_id         uuid,
  issue_date            timestamptz,
  due_date              date,
  expiry_date           date,
  paid_at               timestamptz,
  comment               text,
  subtotal              bigint not null,
  discounted_subtotal   bigint not null,
  subtotal_after_vat    bigint not null,
  total_vat_amount      bigint not null,
  total_withholding_tax bigint not null,
  total_deduction_amount bigint not null,
  total_amount          bigint not null,
  amount_credited       bigint not null default 0,
  amount_paid           bigint not null default 0,
  amount_due            bigint not null,
  -- The early tiers of an issued invoice, while they can still matter.
  early_terms           json,
  credit_note_ids       uuid[] not null default '{}',
  product_ids           uuid[] not null default '{}',
  tag_ids               uuid[] not null default '{}',
  attachments           json,
  partner_metadata      json,
  payment_page_url      text,
  -- What was asked for, so that a draft can be made anew from the present state of all it refers to.
  ask                   json not null,
  content               json not null,
  -- Issued by the rules: from then on the database itself refuses any change of what the document says.
  frozen                boolean not null default false,
  content_hash          bytea,
  -- Link keys of the PDFs, and whether they show the present content.
  file_key              text,
  original_file_key     text,
  pdf_stale             boolean not null default true,
  -- Every page that was drawn: the moment of the last event it knows of, and its link key.
  drawn                 jsonb not null default '[]',

  check (total_amount >= 0 and amount_paid >= 0 and amount_credited >= 0 and amount_due >= 0),
  check (amount_paid + amount_credited <= total_amount),
  check (status <> 'draft' or (issue_date is null and amount_paid = 0)),
  check (status in ('draft', 'failed', 'recurring', 'deleted') or document_id is not null),
  foreign key (entity_id, based_on) references receivables (entity_id, id)
);
call seal_tenant('receivables');
-- Numbers that were given out have no twins; a number set by hand is the entity's own affair and has none.
create unique index receivables_number on receivables (entity_id, type, number) where number is not null;
create index on receivables (entity_id, type, created_at, id) where deleted_at is null;
create index on receivables (entity_id, status, created_at, id) where deleted_at is null;
-- For the schedule, which looks at all entities.
create index receivables_due on receivables (due_date) where status in ('issued', 'partially_paid');
create index on receivables (entity_id, counterpart_id, created_at, id);
create index on receivables (entity_id, issue_date, id);
create index on receivables (entity_id, due_date, id);
create index on receivables (entity_id, total_amount, id);
create index on receivables (entity_id, document_id, id);
create index on receivables (entity_id, counterpart_name, id);
create index on receivables (entity_id, based_on) where based_on is not null;
create index on receivables (entity_id, project_id) where project_id is not null;

create function refuse_change_of_frozen() returns trigger language plpgsql as $$
begin
  if old.frozen and (new.document_id, new.number, new.type, new.issue_date, new.due_date, new.currency, new.counterpart_id, new.total_amount, new.total_vat_amount,
      new.content_hash, new.frozen) is distinct from (old.document_id, old.number, old.type, old.issue_date, old.due_date, old.currency, old.counterpart_id,
      old.total_amount, old.total_vat_amount, old.content_hash, old.frozen) or old.frozen and new.content::text is distinct from old.content::text then
    raise exception 'An issued document does not change' using errcode = 'QT001';
  end if;
  if old.frozen and new.deleted_at is not null then
    raise exception 'An issued document is not deleted' using errcode = 'QT001';
  end if;
  return new;
end $$;
create trigger frozen before update on receivables for each row when (old.frozen) execute function refuse_change_of_frozen();
create function refuse_delete_of_frozen() returns trigger language plpgsql as $$
begin
  raise exception 'An issued document is not deleted' using errcode = 'QT001';
end $$;
create trigger kept before delete on receivables for each row when (old.frozen) execute function refuse_delete_of_frozen();

-- Money that came in or went out, for receivables and payables alike. A record that succeeded is final.
create type payment_record_status as enum ('created', 'processing', 'succeeded', 'canceled', 'declined');
create table payment_records (
  like tenant_row including all,
  object_type       text not null check (object_type in ('receivable', 'payable')),
  object_id         uuid not null,
  amount            bigint not null,
  currency          text not null,
  status            payment_record_status not null default 'succeeded',
  paid_at           timestamptz,
  is_external       boolean not null default true,
  entity_user_id    uuid,
  comment           text,
  old_status        text,
  new_status        text
);
call seal_tenant('payment_records');
create index on payment_records (entity_id, object_id, created_at, id);
