-- Bills are compared with those that are there: by their file, and by their number.
create index files_alike on files (entity_id, md5) where deleted_at is null;
create index payables_alike on payables (entity_id, upper(regexp_replace(document_id, '\s', '', 'g'))) where deleted_at is null;
-- An account that a bill brought along: nobody vouches for it until a bill to it was agreed to.
alter table counterpart_bank_accounts add column from_bill boolean not null default false;
-- What the last reading of its file wrote into a bill: reading again replaces that and nothing else.
alter table payables add column read json;
