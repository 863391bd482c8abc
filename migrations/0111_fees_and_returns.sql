-- What banks and providers kept of a payment, in minor units of its currency: the document is settled by the whole amount, the account
-- moved by less (or by more, where money went out).
alter table payment_records add column fee bigint not null default 0 check (fee >= 0);

-- The transaction that this one takes back, and what that one booked. A payment that came back before it was ever booked has no record.
alter table bank_transactions
  add column undoes_id uuid,
  add foreign key (entity_id, undoes_id) references bank_transactions (entity_id, id),
  drop constraint bank_transactions_check;
alter table bank_transactions
  add constraint bank_transactions_records check (case when status in ('matched', 'accepted')
    then payment_record_ids <> '{}' or proposal ->> 'undoes_payment' is not null else payment_record_ids = '{}' end);
create unique index bank_transactions_undone_once on bank_transactions (entity_id, undoes_id)
  where undoes_id is not null and status in ('booking', 'matched', 'accepted');
create index bank_transactions_by_end_to_end on bank_transactions (entity_id, end_to_end_id) where end_to_end_id is not null;
