-- Who takes part in the network for e-invoices: the entity with its address there, and the numbers it is known by.
create table einvoicing_connections (
  like tenant_row including all,
  address     json not null,
  is_sender   boolean not null default true,
  is_receiver boolean not null default true,
  -- What the network calls it.
  provider_id text,
  status      text not null default 'pending' check (status in ('pending', 'active', 'failed')),
  check (is_sender or is_receiver)
);
create unique index einvoicing_connections_one on einvoicing_connections (entity_id) where deleted_at is null;
call seal_tenant('einvoicing_connections');

create table einvoicing_network_credentials (
  like tenant_row including all,
  einvoicing_connection_id       uuid not null,
  network_credentials_schema     text not null check (network_credentials_schema in ('DE:VAT', 'NL:KVK', 'NL:VAT', 'BE:VAT', 'BE:EN')),
  network_credentials_identifier text not null,
  foreign key (entity_id, einvoicing_connection_id) references einvoicing_connections (entity_id, id)
);
call seal_tenant('einvoicing_network_credentials');
-- A participant is registered in one place, whoever's entity it is: the network would not know where to deliver.
create unique index einvoicing_network_credentials_one
  on einvoicing_network_credentials (network_credentials_schema, network_credentials_identifier) where deleted_at is null;

-- What was handed to the network, and what came from it.
create table einvoice_messages (
  like tenant_row including all,
  direction      text not null check (direction in ('out', 'in')),
  -- What the network calls it; it is known when it was handed over.
  message_id     text,
  -- waiting: not handed over yet; sent: handed over, no receipt yet; delivered, rejected: told by the network; received: it came in.
  status         text not null check (status in ('waiting', 'sent', 'delivered', 'rejected', 'received')),
  sender         text not null,
  receiver       text not null,
  receivable_id  uuid,
  payable_id     uuid,
  credit_note_id uuid,
  file_id        uuid,
  attempts       integer not null default 0,
  error          text,
  check ((direction = 'out') = (receivable_id is not null)),
  foreign key (entity_id, receivable_id) references receivables (entity_id, id),
  foreign key (entity_id, payable_id) references payables (entity_id, id),
  foreign key (entity_id, credit_note_id) references payable_credit_notes (entity_id, id)
);
call seal_tenant('einvoice_messages');
create unique index einvoice_messages_once on einvoice_messages (entity_id, direction, message_id) where message_id is not null;
create index einvoice_messages_by_name on einvoice_messages (message_id) where direction = 'out';
create index on einvoice_messages (entity_id, receivable_id) where receivable_id is not null;

-- A number that waits for the network: with it go the day and the moment it bears. They stay when the network refuses.
alter table receivables
  add column reserved_at timestamptz,
  add column reserved_on date,
  -- What the network says against it, and the file it was given.
  add column einvoice_error text,
  add column einvoice_file_key text;
