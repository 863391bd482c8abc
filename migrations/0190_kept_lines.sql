-- Figures about products are kept as well: of each row the lines of its documents, what they come to without VAT, and their quantities; and a
-- row for each product. Figures are counted document by document until all is added up anew.
alter table kept_sums
  add column lines           bigint not null default 0,
  add column amounts         bigint not null default 0,
  add column amount          numeric not null default 0,
  add column amount_least    numeric,
  add column amount_most     numeric,
  add column quantities      bigint not null default 0,
  add column quantity        numeric not null default 0,
  add column quantity_least  numeric,
  add column quantity_most   numeric;
set local role quittance_system;
delete from kept_sums;
update kept_until set until = '-infinity';
reset role;
drop trigger counted on receivables;
create trigger counted after insert or update of type, status, currency, total_amount, counterpart_id, project_id, issued_on, issue_date, due_date, created_at, deleted_at,
  product_ids, content
  on receivables for each row when (new.created_at < date_trunc('week', now(), 'UTC')) execute function week_changed('receivable');
