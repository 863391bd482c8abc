-- Part of a number, as one types it into a search field. Without the two extensions, which come with PostgreSQL but may be missing where
-- it was installed in parts, such a search reads all documents of the entity; everything else is the same.
do $$ begin
  create extension if not exists pg_trgm;
  create extension if not exists btree_gin;
  create index receivables_number_parts on receivables using gin (entity_id, document_id gin_trgm_ops) where document_id is not null;
exception when others then
  raise notice 'Searching for parts of document numbers will not use an index: %', sqlerrm;
end $$;

create index on receivables (entity_id, status, id) where deleted_at is null;
create index on receivables (entity_id, type, document_id, id) where deleted_at is null and document_id is not null;
-- A list of one kind by the moment of creation, of those due until some day: found without a look at the rows.
create index receivables_of_type on receivables (entity_id, type, created_at, id) include (due_date, issue_date) where deleted_at is null;
drop index receivables_entity_id_type_created_at_id_idx;
