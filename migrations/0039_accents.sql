-- Whoever searches types without accents, and the same letter may be one character or two (NFC, NFD): `cafe` finds Café. The functions are
-- ours, since the extension that does this comes with PostgreSQL but may be missing where it was installed in parts; plain SQL, so that they
-- are written into the query where they stand. Texts of ASCII alone take the short way.
create function unaccented(words text) returns text language sql immutable parallel safe
  return case when octet_length(words) = char_length(words) then words else
    translate(replace(replace(replace(replace(replace(replace(replace(replace(
      normalize(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670]', '', 'g'), NFC),
      'ß', 'ss'), 'ẞ', 'SS'), 'æ', 'ae'), 'Æ', 'AE'), 'œ', 'oe'), 'Œ', 'OE'), 'þ', 'th'), 'Þ', 'Th'),
      'øØłŁđĐðÐħĦŧŦı', 'oOlLdDdDhHtTi') end;
create function folded(words text) returns text language sql immutable parallel safe
  return translate(lower(unaccented(words) collate "und-x-icu"), 'ς', 'σ');

-- What is searched most is kept folded; elsewhere it is folded when it is looked for.
alter table receivables
  add column sought_number text generated always as (folded(document_id)) stored,
  add column sought_name text generated always as (folded(counterpart_name)) stored;
alter table counterparts add column sought_name text generated always as (folded(coalesce(legal_name, first_name || ' ' || last_name))) stored;
alter table payables drop column sought;
alter table payables
  add column sought_number text generated always as (folded(document_id)) stored,
  -- The number and the name of the vendor that stays with the bill. Names of linked vendors are looked up beside it, as they may change until
  -- the bill is sent on.
  add column sought text generated always as (folded(coalesce(document_id, '')) || chr(10)
    || folded(coalesce(counterpart ->> 'name', case when counterpart_id is null then counterpart_raw_data ->> 'name' end, ''))) stored;

-- As before: without the extensions such searches read all documents of the entity.
drop index if exists receivables_number_parts, payables_number_parts;
do $$ begin
  create extension if not exists pg_trgm;
  create extension if not exists btree_gin;
  create index receivables_number_parts on receivables using gin (entity_id, sought_number gin_trgm_ops) where sought_number is not null;
  create index payables_number_parts on payables using gin (entity_id, sought_number gin_trgm_ops) where sought_number is not null;
  create index payables_sought_parts on payables using gin (entity_id, sought gin_trgm_ops) where deleted_at is null;
exception when others then
  raise notice 'Searching for parts of numbers and names will not use an index: %', sqlerrm;
end $$;

-- Bills that wait for somebody who was deleted before there was anybody to notice.
set local role quittance_system;
insert into jobs (kind, payload, partner_id, entity_id, key)
select distinct 'approvals.strand', jsonb_build_object('user_id', u.id, 'role_id', u.role_id), u.partner_id, u.entity_id,
  format('approvals.strand:%s:%s', u.id, u.role_id)
from entity_users u join approval_requests r on r.entity_id = u.entity_id and r.status = 'waiting' and r.deleted_at is null
  and (u.id = any (r.user_ids) or u.role_id = any (r.role_ids))
where u.deleted_at is not null
on conflict (key) do nothing;
reset role;
