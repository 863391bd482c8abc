-- What assistants paid or approved on a day, for each caller (a user, or a client of the platform), where MCP_SPENDING_LIMIT sets an end to it.
create table assistant_spending (
  partner_id uuid   not null references partners (id),
  caller     uuid   not null,
  day        date   not null,
  currency   text   not null,
  amount     bigint not null check (amount >= 0),
  primary key (partner_id, caller, day, currency)
);
alter table assistant_spending enable row level security;
alter table assistant_spending force row level security;
create policy system on assistant_spending to quittance_system using (true) with check (true);
grant select, insert, update, delete on assistant_spending to quittance_system;
