-- Networks that have to be asked about each message are asked about those that are under way, and those that were delivered lately.
create index einvoice_messages_outstanding on einvoice_messages (status, updated_at) where direction = 'out';
