-- What was made with a partner's token was made by no user: it says so, instead of naming the partner or its client as if it were one.
alter table comments alter column created_by_entity_user_id drop not null;
alter table approval_policies alter column created_by drop not null;
alter table approval_processes alter column requested_by drop not null;
alter table approval_requests alter column created_by drop not null;

-- Why nobody is left who could answer a request: it is canceled then, and its process knows that nobody took it back.
alter table approval_requests add column stranded text check (stranded is null or status = 'canceled');

set local role quittance_system;
update comments t set created_by_entity_user_id = null
where not exists (select from entity_users u where u.entity_id = t.entity_id and u.id = t.created_by_entity_user_id);
update approval_policies set created_by = null where created_by = partner_id;
update approval_policies set updated_by = null where updated_by = partner_id;
update approval_processes set requested_by = null where requested_by = partner_id;
update approval_requests set created_by = null where created_by = partner_id;
reset role;
