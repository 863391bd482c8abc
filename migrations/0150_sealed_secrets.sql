-- Secrets that sign webhooks, and keys that sign mail, are sealed by a key that is not in the database. A server seals what an earlier version
-- left when it starts.
alter table webhook_subscriptions alter column secret drop not null, add column sealed_secret bytea,
  add constraint webhook_subscriptions_one_secret check (num_nonnulls(secret, sealed_secret) = 1);
alter table mailbox_domains alter column dkim_private_key drop not null, add column sealed_dkim_key bytea,
  add constraint mailbox_domains_one_key check (num_nonnulls(dkim_private_key, sealed_dkim_key) = 1);

-- Which key this installation seals by, so that a machine with another one says so instead of sealing what the others can't open.
alter table installation add column sealing_mark bytea;
