-- Documents of one counterpart, in any order and added up by anything, are told from the index alone: fifty thousand rows of a frequent buyer lie on
-- as many pages.
drop index receivables_of_counterpart;
create index receivables_of_counterpart on receivables (entity_id, counterpart_id, created_at, id)
  include (deleted_at, type, status, currency, total_amount, due_date, issue_date, issued_on, document_id);
-- The same of bills, by one index instead of two.
drop index payables_entity_id_counterpart_id_idx;
drop index payables_entity_id_counterpart_id_created_at_id_idx;
create index payables_of_counterpart on payables (entity_id, counterpart_id, created_at, id)
  include (deleted_at, status, currency, total_amount, due_date, issued_at) where counterpart_id is not null;
-- And by when they were made.
drop index payables_entity_id_created_at_id_idx;
drop index payables_newest_due;
create index payables_as_made on payables (entity_id, created_at, id) include (deleted_at, due_date);
-- Events are asked for by their object, or by who hears of them.
drop index events_entity_id_created_at_id_idx;
-- Few among many, sorted by name: persons, and products of one kind. In the order of their making the list is looked through.
create index counterparts_persons_by_name on counterparts (entity_id, left(lower(name), 200), id) where legal_name is null;
drop index products_entity_id_type_created_at_id_idx;
create index products_services_by_name on products (entity_id, name, id) where type = 'service' and deleted_at is null and not is_inline;
create index products_goods_by_name on products (entity_id, name, id) where type = 'product' and deleted_at is null and not is_inline;
