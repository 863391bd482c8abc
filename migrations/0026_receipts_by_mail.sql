-- Receipts that come by e-mail: a second arrival under the same key is the first one.
alter table receipts add column arrival_key text;
alter table receipts add constraint receipts_arrival unique (entity_id, arrival_key);
