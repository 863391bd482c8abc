-- Answers kept for a repeated request are sealed with its key, which is kept as a hash only: they may hold secrets.
alter table idempotency_keys add column sealed bytea;
delete from idempotency_keys where body like '%whsec\_%';
-- As Node writes base64url. What was kept before stays readable until it is a week old.
update idempotency_keys
  set key = rtrim(translate(encode(sha256(convert_to(key, 'UTF8')), 'base64'), '+/', '-_'), '=');
