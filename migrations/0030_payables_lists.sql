-- What one types into the search field over bills: in small letters of every alphabet, the number and the name of the vendor that stays with
-- the bill. Names of linked vendors are looked up beside it, as they may change until the bill is sent on.
alter table payables add column sought text generated always as (
  lower(coalesce(document_id, '') collate "und-x-icu") || chr(10)
  || lower(coalesce(counterpart ->> 'name', case when counterpart_id is null then counterpart_raw_data ->> 'name' end, '') collate "und-x-icu")) stored;

-- As for receivables: without the extensions such searches read all bills of the entity.
do $$ begin
  create extension if not exists pg_trgm;
  create extension if not exists btree_gin;
  create index payables_number_parts on payables using gin (entity_id, document_id gin_trgm_ops) where document_id is not null;
  create index payables_sought_parts on payables using gin (entity_id, sought gin_trgm_ops) where deleted_at is null;
exception when others then
  raise notice 'Searching for parts of numbers and names of bills will not use an index: %', sqlerrm;
end $$;

-- The bills of a vendor, or of a person, by the moment of creation; and those due until some day, found without a look at the rows.
create index on payables (entity_id, counterpart_id, created_at, id) where deleted_at is null and counterpart_id is not null;
create index on payables (entity_id, was_created_by_user_id, created_at, id) where deleted_at is null and was_created_by_user_id is not null;
create index payables_newest_due on payables (entity_id, created_at, id) include (due_date) where deleted_at is null;
