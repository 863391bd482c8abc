-- Units that quantities are counted in: hours, pieces, kilograms.
create table measure_units (
  like tenant_row including all,
  name        text not null,
  description text,
  created_by_entity_user_id uuid
);
call seal_tenant('measure_units');

create type product_type as enum ('product', 'service');

-- What is sold. Documents keep copies, so none of this is ever looked up again for one.
create table products (
  like tenant_row including all,
  name               text collate "und-x-icu" not null,
  description        text,
  type               product_type not null default 'product',
  -- Minor units of `currency`: the two come together or not at all.
  price              bigint check (price >= 0),
  currency           text,
  smallest_amount    double precision check (smallest_amount >= 0),
  measure_unit_id    uuid,
  external_reference text,
  ledger_account_id  uuid,
  -- Named on a document only, and never in a list.
  is_inline          boolean not null default false,
  entity_user_id     uuid,
  check ((price is null) = (currency is null)),
  foreign key (entity_id, measure_unit_id) references measure_units (entity_id, id)
);
call seal_tenant('products');
create index products_by_name on products (entity_id, name, id) where not is_inline;
create index on products (entity_id, measure_unit_id) where measure_unit_id is not null;

-- Templates of when to pay; a document copies the one it names.
create table payment_terms (
  like tenant_row including all,
  name        text not null,
  description text,
  term_1      json,
  term_2      json,
  term_final  json not null,
  created_by_entity_user_id uuid
);
call seal_tenant('payment_terms');
