-- Who a file came from. Whoever uploaded one may look at it as long as it belongs to nothing; `uploaded` tells it from pages that we drew.
alter table files add column created_by_entity_user_id uuid, add column uploaded boolean not null default false;

-- What a file belongs to is asked before it is deleted.
create index payables_by_file on payables (entity_id, file_id) where file_id is not null;
create index payable_credit_notes_by_file on payable_credit_notes (entity_id, file_id) where file_id is not null;
create index receivables_with_attachments on receivables (entity_id) where attachments is not null;

-- Objects of an export that hold only what whoever asked for it made: their role reads no more.
alter table data_exports add column narrowed_to text[] not null default '{}';
