-- What the entity orders from its vendors. An order has its number, and copies of all that it names, from the moment it is made.
create table payable_purchase_orders (
  like tenant_row including all,
  status                 text not null default 'draft' check (status in ('draft', 'issued')),
  document_id            text not null,
  number                 bigint not null,
  counterpart_id         uuid not null,
  counterpart            json not null,
  counterpart_address_id uuid,
  counterpart_address    json,
  entity                 json not null,
  entity_vat_id          json,
  currency               text not null,
  items                  json not null check (json_array_length(items) > 0),
  message                text not null,
  project_id             uuid,
  valid_for_days         integer not null check (valid_for_days > 0),
  issued_at              date,
  created_by_user_id     uuid,
  -- The link key of the PDF, and whether it shows the present content.
  file_key               text,
  pdf_stale              boolean not null default true,

  check ((status = 'issued') = (issued_at is not null)),
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id),
  foreign key (entity_id, counterpart_address_id) references counterpart_addresses (entity_id, id),
  foreign key (entity_id, project_id) references projects (entity_id, id),
  foreign key (entity_id, created_by_user_id) references entity_users (entity_id, id)
);
call seal_tenant('payable_purchase_orders');
create unique index payable_purchase_orders_number on payable_purchase_orders (entity_id, number);
create index on payable_purchase_orders (entity_id, document_id, id);
create index on payable_purchase_orders (entity_id, counterpart_id, created_at, id);

-- A number stays with its order, and what the vendor has got says the same for ever.
create function refuse_change_of_purchase_order() returns trigger language plpgsql as $$
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
end $$;
create trigger settled before update on payable_purchase_orders for each row execute function refuse_change_of_purchase_order();

-- A bill names the order that it is for.
alter table payables add foreign key (entity_id, purchase_order_id) references payable_purchase_orders (entity_id, id);
create index on payables (entity_id, purchase_order_id) where purchase_order_id is not null;
