-- Files that somebody only wants read; no document comes of them. A task belongs to an entity, or to the partner itself (the nil entity).
create table ocr_tasks (
  like tenant_row including all,
  status          text not null default 'processing' check (status in ('processing', 'success', 'error')),
  document_type   text check (document_type in ('invoice', 'credit_note', 'receipt')),
  recognized_data json,
  file_id         uuid not null,
  created_by_entity_user_id uuid
);
call seal_tenant('ocr_tasks');
-- All partners share the nil entity, so here the partner has to be the same, too.
drop policy tenant on ocr_tasks;
create policy tenant on ocr_tasks to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid and entity_id = current_setting('app.entity_id')::uuid)
  with check (partner_id = current_setting('app.partner_id')::uuid and entity_id = current_setting('app.entity_id')::uuid);
create index on ocr_tasks (partner_id, created_at, id) where entity_id = '00000000-0000-0000-0000-000000000000';
