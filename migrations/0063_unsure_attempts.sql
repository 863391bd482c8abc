-- A try is written down before the provider is called: while it has no name there, nobody knows whether it exists.
alter table payment_attempts alter column reference drop not null;
alter table payment_attempts add constraint payment_attempts_one unique (entity_id, payment_intent_id, attempt, amount);
create index payment_attempts_unsure on payment_attempts (entity_id, payment_intent_id) where reference is null;
