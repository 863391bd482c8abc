-- Pictures of a file's pages, and small ones of its first: what there is of them. Their bytes lie beside the file's own.
alter table files
  add column pages    jsonb not null default '[]',
  add column previews jsonb not null default '[]';

-- Files taken away whose bytes are still there.
create index files_to_erase on files (deleted_at) where deleted_at is not null and storage_key <> '';

-- What a subscription still waits for, and what a replay looks through.
create index webhook_deliveries_open on webhook_deliveries (webhook_subscription_id) where was_successful is not true;
create index events_to_replay on events (created_at, id) where subscribed;
