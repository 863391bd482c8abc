-- Whose entries are in sight was asked of the settings again for each entry that was counted; asked by subqueries, they are read once.
alter policy tenant on audit_logs using (partner_id = (select current_setting('app.partner_id')::uuid)
  and ((select current_setting('app.entity_id')::uuid) = '00000000-0000-0000-0000-000000000000' or entity_id = (select current_setting('app.entity_id')::uuid)));

-- Only of bills without a vendor is it asked what was read on them.
do $$ begin
  create index payables_sought_unlinked on payables using gin (entity_id, sought gin_trgm_ops) where deleted_at is null and counterpart_id is null;
exception when others then
  raise notice 'Searching for parts of names will not use an index: %', sqlerrm;
end $$;
drop index if exists payables_sought_parts;
