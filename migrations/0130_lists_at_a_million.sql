-- Lists of a company with a million rows of a kind: each filter and each sort key has a way that does not read them all.

-- A document bears the name its counterpart had that day. Whoever searches documents by a name looks among the few counterparts first, so
-- these remember what they were called; a document costs nothing for it.
alter table counterparts add column former_names text not null default '';
create function keep_former_name() returns trigger language plpgsql as $$
begin
  if strpos(chr(10) || old.former_names || chr(10), chr(10) || old.sought_name || chr(10)) = 0 then
    new.former_names := concat_ws(chr(10), nullif(old.former_names, ''), old.sought_name);
  end if;
  return new;
end $$;
create trigger former_name before update of legal_name, first_name, last_name on counterparts for each row
  when ((old.legal_name, old.first_name, old.last_name) is distinct from (new.legal_name, new.first_name, new.last_name))
  execute function keep_former_name();

set local role quittance_system;
update counterparts c set former_names = d.names from (
  select entity_id, counterpart_id, string_agg(distinct name, chr(10)) as names from (
    select r.entity_id, r.counterpart_id, r.sought_name as name from receivables r
    union select b.entity_id, b.counterpart_id, folded(b.counterpart ->> 'name') from payables b where b.counterpart_id is not null) n
  where name is not null and not exists (
    select from counterparts o where o.entity_id = n.entity_id and o.id = n.counterpart_id and o.sought_name = n.name)
  group by entity_id, counterpart_id) d
where d.entity_id = c.entity_id and d.counterpart_id = c.id;
reset role;

alter table counterparts add column sought_email text generated always as (folded(email)) stored;
alter table products add column sought_name text generated always as (folded(name)) stored;

-- As in 0039: without the extensions such searches read all rows of the entity.
do $$ begin
  create extension if not exists pg_trgm;
  create extension if not exists btree_gin;
  create index counterparts_names_parts on counterparts using gin (entity_id, (sought_name || chr(10) || former_names) gin_trgm_ops);
  create index counterparts_email_parts on counterparts using gin (entity_id, sought_email gin_trgm_ops) where sought_email is not null;
  create index products_name_parts on products using gin (entity_id, sought_name gin_trgm_ops) where not is_inline;
exception when others then
  raise notice 'Searching for parts of names will not use an index: %', sqlerrm;
end $$;

-- What a row is, in words of which an index holds the rows of each: one index for all that few rows may be, instead of one each. The entity is
-- part of each word, so that those of others are not looked through.
create function bill_words(entity uuid, currency text, origin text, source text, reading text, project uuid, has_file boolean, tags uuid[])
returns text[] language sql immutable parallel safe
  return array_remove(array[entity || 'c' || currency, entity || 'o' || origin, entity || 's' || source, entity || 'r' || reading,
    entity || 'p' || project, entity || 'f' || has_file, entity || 'h' || (tags <> '{}')], null) || array(select entity || 't' || tag from unnest(tags) tag);
create index payables_words on payables using gin (bill_words(entity_id, currency, payable_origin, source_of_payable_data, ocr_status, project_id,
  file_id is not null, tag_ids)) where deleted_at is null;
create index on payables (entity_id, total_amount, id) where deleted_at is null;

create function counterpart_words(entity uuid, is_person boolean, is_vendor boolean, is_customer boolean, tags uuid[])
returns text[] language sql immutable parallel safe
  return array[entity || 'i' || is_person, entity || 'v' || is_vendor, entity || 'c' || is_customer] || array(select entity || 't' || tag from unnest(tags) tag);
create index counterparts_words on counterparts using gin (counterpart_words(entity_id, legal_name is null, is_vendor, is_customer, tag_ids))
  where deleted_at is null;
create index on counterparts (entity_id, email) where email is not null;
create function address_words(entity uuid, country text, city text, postal_code text, state text, line1 text, line2 text)
returns text[] language sql immutable parallel safe
  return array_remove(array[entity || 'country' || country, entity || 'city' || city, entity || 'postal_code' || postal_code, entity || 'state' || state,
    entity || 'line1' || left(line1, 500), entity || 'line2' || left(line2, 500)], null);
create index counterpart_addresses_words on counterpart_addresses using gin (address_words(entity_id, country, city, postal_code, state, line1, line2))
  where deleted_at is null;
create index on counterpart_bank_accounts (entity_id, account_number) where account_number is not null;
create index on counterpart_bank_accounts (entity_id, sort_code) where sort_code is not null;

create index on products (entity_id, type, created_at, id) where deleted_at is null and not is_inline;
create index on products (entity_id, currency, created_at, id) where deleted_at is null and not is_inline;
create index on products (entity_id, price, id) where deleted_at is null and not is_inline;

create index on receivables (entity_id, entity_user_id, created_at, id) where deleted_at is null and entity_user_id is not null;
create index on receivables (entity_id, discounted_subtotal, id) where deleted_at is null;
create index receivables_tags on receivables using gin (tag_ids);
create index receivables_products on receivables using gin (product_ids);
-- What is open, by the day it is due.
create index receivables_open_due on receivables (entity_id, status, due_date, id) where deleted_at is null;
-- Those of one kind do the same, as a kind is always one of three.
drop index receivables_entity_id_document_id_id_idx;

create index events_heard_of on events (entity_id, object_type, created_at, id) where subscribed;
