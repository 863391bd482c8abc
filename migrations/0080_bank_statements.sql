-- What banks say of the entity's accounts. A transaction is one payment of a statement; it is read once, however often its file comes.
create table bank_statements (
  like tenant_row including all,
  bank_account_id uuid not null,
  -- The file it came in, and where in an archive.
  file_name       text not null,
  member          text,
  format          text not null,
  number          text,
  currency        text not null,
  -- Minor units, below zero where the account is overdrawn; null where the file has no balances.
  opening_balance bigint,
  closing_balance bigint,
  -- What is missing between them and the entries.
  gap             bigint,
  first_day       date,
  last_day        date,
  created_by_entity_user_id uuid,
  foreign key (entity_id, bank_account_id) references entity_bank_accounts (entity_id, id)
);
call seal_tenant('bank_statements');

create table bank_transactions (
  like tenant_row including all,
  bank_statement_id uuid not null,
  bank_account_id   uuid not null,
  -- By what it is recognised in another file, and which of those that look alike it is.
  fingerprint       text not null,
  occurrence        integer not null check (occurrence > 0),
  -- Its place in the statement, and that of its entry.
  place             integer not null,
  entry             integer not null,
  entry_reference   text,
  date              date not null,
  value_date        date not null,
  amount            bigint not null check (amount > 0),
  currency          text not null,
  direction         text not null check (direction in ('credit', 'debit')),
  entry_amount      bigint,
  fee               bigint,
  original          jsonb,
  counterparty_name text,
  counterparty_iban text,
  text              text,
  end_to_end_id     text,
  reference         text,
  bank_reference    text,
  return_reason     text,
  nature            text,
  transactions      integer,
  -- booking: will be booked by itself; matched: was; detailed: its parts came in another file.
  status            text not null check (status in ('booking', 'matched', 'to_review', 'accepted', 'set_aside', 'detailed')),
  -- What it pays, or may pay, and why: see core/statements/match.ts.
  proposal          jsonb not null,
  payment_record_ids uuid[] not null default '{}',
  decided_at        timestamptz,
  decided_by_entity_user_id uuid,
  comment           text,
  created_by_entity_user_id uuid,
  foreign key (entity_id, bank_statement_id) references bank_statements (entity_id, id),
  foreign key (entity_id, bank_account_id) references entity_bank_accounts (entity_id, id),
  unique (entity_id, bank_account_id, fingerprint, occurrence),
  check ((status in ('matched', 'accepted')) = (payment_record_ids <> '{}'))
);
call seal_tenant('bank_transactions');
create index bank_transactions_of_entry on bank_transactions (entity_id, bank_account_id, entry_reference) where entry_reference is not null;
create index bank_transactions_to_book on bank_transactions (entity_id, bank_statement_id, place) where status = 'booking';
create index bank_transactions_to_review on bank_transactions (entity_id, created_at, id) where status = 'to_review';
create index on bank_transactions (entity_id, date, id);
