-- The connection of an entity to a ledger: its own books, or another company's program. One at a time.
create table accounting_connections (
  like tenant_row including all,
  status        text not null default 'pending_auth' check (status in ('pending_auth', 'connected', 'deauthorized', 'disconnected')),
  -- What the page behind `connection_url` is found by: whoever has it may choose and consent.
  page_key      text not null unique,
  -- The adapter that was chosen there.
  adapter       text,
  platform      text,
  business_info json,
  -- What the ledger suggests where the entity's settings name nothing: ids of its accounts, as it calls them.
  usual         json,
  errors        json,
  last_pull     timestamptz,
  -- Documents are pushed that were issued or agreed to from then on; of all times when it is null.
  since         timestamptz,
  connected_at  timestamptz,
  check (status = 'pending_auth' or status = 'disconnected' or adapter is not null)
);
call seal_tenant('accounting_connections');
create unique index accounting_connections_one on accounting_connections (entity_id) where status <> 'disconnected';

-- Accounts of the ledger, as they were when it was last asked.
create table ledger_accounts (
  like tenant_row including all,
  adapter         text not null,
  platform_id     text not null,
  name            text not null,
  nominal_code    text,
  description     text,
  type            text not null check (type in ('Asset', 'Equity', 'Expense', 'Income', 'Liability', 'Unknown')),
  subtype         text,
  status          text not null check (status in ('Active', 'Archived', 'Pending', 'Unknown')),
  is_bank_account boolean not null default false,
  currency        text,
  current_balance bigint,
  unique (entity_id, adapter, platform_id)
);
call seal_tenant('ledger_accounts');
create index on ledger_accounts (entity_id, name, id);

create table accounting_tax_rates (
  like tenant_row including all,
  adapter            text not null,
  platform_id        text not null,
  name               text,
  code               text,
  status             text,
  -- Hundredths of a percent.
  total_tax_rate     integer not null,
  effective_tax_rate integer not null,
  components         json,
  -- What it is for: `sale`, `purchase`, or both; and the category of EN 16931, where the ledger tells one.
  direction          text check (direction in ('sale', 'purchase')),
  category           text,
  unique (entity_id, adapter, platform_id)
);
call seal_tenant('accounting_tax_rates');
create index on accounting_tax_rates (entity_id, name, id);

-- Bills and invoices as the ledger told them when it was last asked, in its order.
create table accounting_documents (
  like tenant_row including all,
  kind        text not null check (kind in ('payable', 'receivable')),
  platform_id text not null,
  place       integer not null,
  content     json not null,
  unique (entity_id, kind, platform_id)
);
call seal_tenant('accounting_documents');
create index on accounting_documents (entity_id, kind, place);

-- What is kept in step with the ledger. The first six kinds are the contract's; the others are for ledgers that take them.
create table accounting_synced_records (
  like tenant_row including all,
  object_type         text not null check (object_type in ('product', 'customer', 'vendor', 'receivable', 'bill', 'payment_record',
                        'credit_note', 'vendor_credit', 'receivable_end', 'bill_end')),
  object_id           uuid not null,
  adapter             text not null,
  sync_status         text not null default 'pending' check (sync_status in ('pending', 'error', 'done')),
  errors              json,
  -- The document that has to be there first.
  document_id         uuid,
  -- What the object said when it was pushed, and what it says now: they differ after an edit.
  pushed              text,
  fingerprint         text not null,
  -- False when the object is to be taken back, e.g. a bill that was opened again.
  wanted              boolean not null default true,
  -- What was deleted in the ledger and is pushed again is another object there.
  generation          integer not null default 1,
  tries               integer not null default 0,
  retry_at            timestamptz,
  platform_object_id  text,
  platform_version    text,
  platform_updated_at timestamptz,
  object_updated_at   timestamptz,
  last_pulled_at      timestamptz not null default app_now(),
  unique (entity_id, adapter, object_type, object_id)
);
call seal_tenant('accounting_synced_records');
create index on accounting_synced_records (entity_id, object_type, created_at, id);
create index on accounting_synced_records (entity_id, document_id) where document_id is not null;
create index on accounting_synced_records (entity_id) where sync_status <> 'done';

-- What happens to documents is followed only where there is a ledger to be kept in step.
create function follow_with_ledger() returns trigger language plpgsql as $$
begin
  if exists (select from accounting_connections c where c.entity_id = new.entity_id and c.status in ('connected', 'deauthorized')) then
    return new;
  end if;
  return null;
end $$;
create trigger follow_with_ledger before insert on jobs for each row when (new.kind = 'accounting.follow') execute function follow_with_ledger();

-- The built-in ledger: books with double entries. Amounts are minor units of the currency of the books, debit above zero and credit below.
create table books (
  like tenant_row including all,
  chart         text not null,
  currency      text not null,
  -- The month that the fiscal year begins with.
  first_month   integer not null default 1 check (first_month between 1 and 12),
  -- Nothing is booked on this day or before.
  locked_until  date,
  -- The numbers of the last entry, the last customer and the last vendor.
  last_entry    bigint not null default 0,
  last_customer integer not null default 0,
  last_vendor   integer not null default 0,
  datev_adviser integer,
  datev_client  integer,
  unique (entity_id)
);
call seal_tenant('books');

create table books_accounts (
  like tenant_row including all,
  number   text not null,
  name     text not null,
  type     text not null check (type in ('Asset', 'Equity', 'Expense', 'Income', 'Liability')),
  subtype  text,
  -- What the books use it for by themselves, e.g. `receivables`.
  role     text,
  archived boolean not null default false,
  unique (entity_id, number)
);
call seal_tenant('books_accounts');
create unique index books_accounts_role on books_accounts (entity_id, role) where role is not null;

create table books_tax_rates (
  like tenant_row including all,
  code         text not null,
  name         text not null,
  rate         integer not null check (rate between 0 and 10000),
  direction    text not null check (direction in ('sale', 'purchase')),
  category     text not null,
  tax_account  text,
  -- The account of what is taxed by it, in place of the usual one.
  base_account text,
  archived     boolean not null default false,
  unique (entity_id, code)
);
call seal_tenant('books_tax_rates');

-- Customers and vendors with their numbers in the books.
create table books_parties (
  like tenant_row including all,
  counterpart_id uuid not null,
  side           text not null check (side in ('customer', 'vendor')),
  number         integer not null,
  name           text not null,
  unique (entity_id, side, counterpart_id),
  unique (entity_id, side, number)
);
call seal_tenant('books_parties');

create table books_entries (
  like tenant_row including all,
  number         bigint not null,
  day            date not null,
  kind           text not null check (kind in ('invoice', 'credit_note', 'bill', 'vendor_credit', 'payment', 'end', 'reversal')),
  -- What is booked: the kind of record and its id, and how often it was booked.
  object_type    text not null,
  object_id      uuid not null,
  version        integer not null,
  -- The invoice or bill that it is about.
  document_id    uuid not null,
  document       text,
  text           text not null,
  party_id       uuid,
  currency       text not null,
  -- What one unit of the document's currency is worth in that of the books.
  rate           numeric not null check (rate > 0),
  due_day        date,
  fingerprint    text not null,
  reverses       uuid,
  unique (entity_id, number),
  unique (entity_id, object_type, object_id, version, kind),
  unique (entity_id, reverses),
  foreign key (entity_id, reverses) references books_entries (entity_id, id),
  foreign key (entity_id, party_id) references books_parties (entity_id, id),
  check ((kind = 'reversal') = (reverses is not null))
);
call seal_tenant('books_entries');
create index on books_entries (entity_id, day, number);
create index on books_entries (entity_id, document_id);

create table books_lines (
  like tenant_row including all,
  entry_id        uuid not null,
  place           integer not null,
  account         text not null,
  amount          bigint not null,
  currency_amount bigint not null,
  -- Set where the line is what a customer or vendor owes.
  party_id        uuid,
  -- The tax it bears or is, by its code.
  tax_code        text,
  is_tax          boolean not null default false,
  check (amount <> 0 or currency_amount <> 0),
  unique (entity_id, entry_id, place),
  foreign key (entity_id, entry_id) references books_entries (entity_id, id),
  foreign key (entity_id, account) references books_accounts (entity_id, number),
  foreign key (entity_id, party_id) references books_parties (entity_id, id)
);
call seal_tenant('books_lines');
create index on books_lines (entity_id, account, entry_id);
create index on books_lines (entity_id, party_id) where party_id is not null;

-- Debit is credit, in the currency of the books and in that of the document, in each entry, whoever writes it.
create function books_balance() returns trigger language plpgsql as $$
declare wrong record;
begin
  select l.entity_id, l.entry_id, sum(l.amount) as amount, sum(l.currency_amount) as currency_amount into wrong
  from books_lines l where (l.entity_id, l.entry_id) in (select n.entity_id, n.entry_id from added n)
  group by l.entity_id, l.entry_id having sum(l.amount) <> 0 or sum(l.currency_amount) <> 0 limit 1;
  if found then
    raise exception 'An entry of the books is out of balance by % (% in its currency)', wrong.amount, wrong.currency_amount using errcode = 'QT003';
  end if;
  return null;
end $$;
create trigger balance after insert on books_lines referencing new table as added for each statement execute function books_balance();

create function books_entry_has_lines() returns trigger language plpgsql as $$
begin
  if (select count(*) from books_lines l where l.entity_id = new.entity_id and l.entry_id = new.id) < 2 then
    raise exception 'An entry of the books has two lines or more' using errcode = 'QT003';
  end if;
  return null;
end $$;
create trigger lines after insert on books_entries for each row execute function books_entry_has_lines();

-- What was booked stays: a mistake is put right by another entry.
create function books_stay() returns trigger language plpgsql as $$
begin
  raise exception 'What was booked does not change: reverse it' using errcode = 'QT001';
end $$;
create trigger stay before update or delete on books_entries for each row execute function books_stay();
create trigger stay before update or delete on books_lines for each row execute function books_stay();
revoke update, delete on books_entries, books_lines from quittance_app, quittance_system;

-- Nothing is booked on a day that is closed.
create function books_are_open() returns trigger language plpgsql as $$
declare closed date;
begin
  select b.locked_until into closed from books b where b.entity_id = new.entity_id;
  if closed is not null and new.day <= closed then
    raise exception 'The books are closed up to %', closed using errcode = 'QT003';
  end if;
  return new;
end $$;
create trigger open before insert on books_entries for each row execute function books_are_open();
