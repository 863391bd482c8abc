-- Tables of documents show one kind at a time: in its order by anything, an index has the documents of a kind together. Whoever asks for all kinds is
-- answered from three places, put together. The indexes know the status and the days beside, so that they alone tell which documents pass a filter by these.
drop index receivables_entity_id_counterpart_name_id_idx;
drop index receivables_entity_id_due_date_id_idx;
drop index receivables_entity_id_issue_date_id_idx;
drop index receivables_entity_id_status_id_idx;
drop index receivables_entity_id_total_amount_id_idx;
drop index receivables_entity_id_type_document_id_id_idx;
create index receivables_by_name on receivables (entity_id, type, counterpart_name, id) include (status, due_date, issue_date, deleted_at);
create index receivables_by_due_date on receivables (entity_id, type, due_date, id) include (status, issue_date, deleted_at);
create index receivables_by_issue_date on receivables (entity_id, type, issue_date, id) include (status, due_date, deleted_at);
create index receivables_by_status on receivables (entity_id, type, status, id) include (due_date, issue_date, deleted_at);
create index receivables_by_total on receivables (entity_id, type, total_amount, id) include (status, due_date, issue_date, deleted_at);
create index receivables_by_number on receivables (entity_id, type, document_id, id) include (status, due_date, issue_date, deleted_at);
