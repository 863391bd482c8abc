create type counterpart_type as enum ('individual', 'organization');

-- Names are searched and sorted as people read them, in every script and whatever the case: hence the collation of Unicode's own.
create table counterparts (
  like tenant_row including all,
  type                counterpart_type not null,
  legal_name          text,
  first_name          text,
  last_name           text,
  title               text,
  name                text collate "und-x-icu" not null generated always as (coalesce(legal_name, first_name || ' ' || last_name)) stored,
  email               text,
  phone               text,
  is_customer         boolean not null,
  is_vendor           boolean not null,
  -- May name tags that were deleted since: answers show the living ones only.
  tag_ids             uuid[] not null default '{}',
  tax_id              text,
  external_reference  text,
  language            text,
  reminders_enabled   boolean not null default true,
  created_automatically      boolean not null default false,
  created_by_entity_user_id  uuid,
  default_billing_address_id  uuid,
  default_shipping_address_id uuid,
  partner_metadata    json not null default '{}',
  check ((type = 'organization') = (legal_name is not null)),
  check ((type = 'individual') = (first_name is not null and last_name is not null))
);
call seal_tenant('counterparts');
-- Long names stay out of the index beyond what anyone reads in a list.
create index counterparts_by_name on counterparts (entity_id, left(lower(name), 200), id);
create index on counterparts (entity_id, tax_id) where tax_id is not null;

create table counterpart_addresses (
  like tenant_row including all,
  counterpart_id uuid not null,
  country     text not null,
  city        text not null,
  postal_code text not null,
  state       text,
  line1       text not null,
  line2       text,
  unique (entity_id, counterpart_id, id),
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('counterpart_addresses');

-- Each points at the other, so the pointers are looked at when the transaction ends.
alter table counterparts
  add foreign key (entity_id, id, default_billing_address_id) references counterpart_addresses (entity_id, counterpart_id, id) deferrable initially deferred,
  add foreign key (entity_id, id, default_shipping_address_id) references counterpart_addresses (entity_id, counterpart_id, id) deferrable initially deferred;

create table counterpart_contacts (
  like tenant_row including all,
  counterpart_id uuid not null,
  first_name  text not null,
  last_name   text not null,
  title       text,
  email       text,
  phone       text,
  address     json not null,
  is_default  boolean not null default false,
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('counterpart_contacts');
create index on counterpart_contacts (entity_id, counterpart_id);
create unique index counterpart_contacts_default on counterpart_contacts (entity_id, counterpart_id) where is_default and deleted_at is null;

create table counterpart_bank_accounts (
  like tenant_row including all,
  counterpart_id          uuid not null,
  country                 text not null,
  currency                text not null,
  name                    text,
  account_holder_name     text,
  account_number          text,
  bic                     text,
  iban                    text,
  routing_number          text,
  sort_code               text,
  is_default_for_currency boolean not null default false,
  partner_metadata        json,
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('counterpart_bank_accounts');
create index on counterpart_bank_accounts (entity_id, counterpart_id);
create index on counterpart_bank_accounts (entity_id, iban) where iban is not null;
create unique index counterpart_bank_accounts_default on counterpart_bank_accounts (entity_id, counterpart_id, currency)
  where is_default_for_currency and deleted_at is null;

create table counterpart_vat_ids (
  like tenant_row including all,
  counterpart_id uuid not null,
  country text,
  type    text not null default 'unknown',
  value   text not null,
  created_by_entity_user_id uuid,
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('counterpart_vat_ids');
create index on counterpart_vat_ids (entity_id, counterpart_id);
create index on counterpart_vat_ids (entity_id, value);
