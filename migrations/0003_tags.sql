create type tag_category as enum ('document_type', 'department', 'project', 'cost_center', 'vendor_type', 'payment_method', 'approval_status');
create table tags (
  like tenant_row including all,
  name        text not null,
  description text,
  category    tag_category,
  created_by_entity_user_id uuid
);
call seal_tenant('tags');
create unique index tags_name on tags (entity_id, name) where deleted_at is null;
