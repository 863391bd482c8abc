-- Batches that nobody carries out by wire leave as a file for the bank.
alter table payment_files
  add column batch_payment_id uuid,
  add foreign key (entity_id, batch_payment_id) references batch_payments (entity_id, id);
create index on payment_files (entity_id, batch_payment_id) where batch_payment_id is not null;
