-- Earlier states of an entity that it can be put back to. `content` holds its rows, packed; `files` are the keys of what lies in the storage.
create table entity_snapshots (
  like tenant_row including all,
  name       text not null,
  -- The newest migration of that time: rows of another one don't fit.
  version    text not null,
  row_count  integer not null,
  size_bytes integer not null,
  content    bytea not null,
  files      text[] not null,
  -- How far its own clock was ahead then, in milliseconds; null where it had none.
  ahead_ms   bigint,
  unique (entity_id, name)
);
call seal_tenant('entity_snapshots');
-- What may be put back, or filled from a copy: entities of the sandbox only. The server looks at that before it writes here.
create table restorable_entities (
  like tenant_row including all,
  forked_from uuid,
  unique (entity_id)
);
call seal_tenant('restorable_entities');
revoke insert, update, delete on restorable_entities from quittance_app;

-- Who puts an entity back to an earlier state: rows of one entity, which has to be among those that may be put back. What was issued,
-- booked and told of is safe from everybody else as before.
do $$
begin
  if not exists (select from pg_roles where rolname = 'quittance_restore') then create role quittance_restore nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
grant quittance_restore to current_user;
grant usage on schema public to quittance_restore;

create function is_restoring() returns boolean language sql stable return current_user = 'quittance_restore';

create policy restoring on restorable_entities for select to quittance_restore
  using (entity_id = current_setting('app.entity_id')::uuid and partner_id = current_setting('app.partner_id')::uuid);
grant select on restorable_entities to quittance_restore;

create procedure open_to_restoring(t regclass) language plpgsql as $$
begin
  execute format('create policy restoring on %s to quittance_restore
    using (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid
      and current_setting(''app.entity_id'')::uuid in (select r.entity_id from restorable_entities r))
    with check (entity_id = current_setting(''app.entity_id'')::uuid and partner_id = current_setting(''app.partner_id'')::uuid
      and current_setting(''app.entity_id'')::uuid in (select r.entity_id from restorable_entities r))', t);
  execute format('grant select, insert, update, delete on %s to quittance_restore', t);
end $$;

do $$
declare t regclass;
begin
  for t in
    select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'entity_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and c.relname not in ('tenant_row', 'partner_row', 'access_tokens', 'idempotency_keys', 'audit_logs', 'test_clocks', 'entity_snapshots',
        'restorable_entities', 'connections', 'kept_sums', 'kept_until')
  loop
    call open_to_restoring(t);
  end loop;
end $$;
create policy restoring on entities to quittance_restore
  using (id = current_setting('app.entity_id')::uuid and partner_id = current_setting('app.partner_id')::uuid
    and current_setting('app.entity_id')::uuid in (select r.entity_id from restorable_entities r))
  with check (id = current_setting('app.entity_id')::uuid and partner_id = current_setting('app.partner_id')::uuid
    and current_setting('app.entity_id')::uuid in (select r.entity_id from restorable_entities r));
grant select, insert, update on entities to quittance_restore;

-- What keeps documents and books as they are lets whoever restores pass: they write what was there before, with its own chain and sums.
drop trigger frozen on receivables;
create trigger frozen before update on receivables for each row when (old.frozen and not is_restoring()) execute function refuse_change_of_frozen();
drop trigger kept on receivables;
create trigger kept before delete on receivables for each row when (old.frozen and not is_restoring()) execute function refuse_delete_of_frozen();
drop trigger chained on receivables;
create trigger chained after update of content_hash on receivables for each row
  when (new.content_hash is not null and new.content_hash is distinct from old.content_hash and not is_restoring()) execute function chain_document();
drop trigger chained_at_once on receivables;
create trigger chained_at_once after insert on receivables for each row
  when (new.content_hash is not null and not is_restoring()) execute function chain_document();
drop trigger settled on delivery_notes;
create trigger settled before update on delivery_notes for each row when (not is_restoring()) execute function refuse_change_of_delivery_note();
drop trigger settled on payable_purchase_orders;
create trigger settled before update on payable_purchase_orders for each row when (not is_restoring())
  execute function refuse_change_of_purchase_order();
drop trigger former_name on counterparts;
create trigger former_name before update of legal_name, first_name, last_name on counterparts for each row
  when ((old.legal_name, old.first_name, old.last_name) is distinct from (new.legal_name, new.first_name, new.last_name) and not is_restoring()) execute function keep_former_name();
drop trigger proofs on entity_bank_accounts;
create trigger proofs after update of iban, account_number, routing_number, sort_code on entity_bank_accounts
  for each row when ((old.iban, old.account_number, old.routing_number, old.sort_code) is distinct from (new.iban, new.account_number, new.routing_number, new.sort_code)
    and not is_restoring())
  execute function drop_account_proofs();
drop trigger lines on books_entries;
create trigger lines after insert on books_entries for each row when (not is_restoring()) execute function books_entry_has_lines();
drop trigger stay on books_entries;
create trigger stay before update or delete on books_entries for each row when (not is_restoring()) execute function books_stay();
drop trigger stay on books_lines;
create trigger stay before update or delete on books_lines for each row when (not is_restoring()) execute function books_stay();
drop trigger open on books_entries;
create trigger open before insert on books_entries for each row when (not is_restoring()) execute function books_are_open();

-- Whoever restores writes tables in any order, also those that refer to each other: references may be looked at at the end. They are looked
-- at at once as before, where nobody asks for that.
do $$
declare k record;
begin
  for k in
    select c.conrelid::regclass as t, c.conname from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not c.condeferrable
      and exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'entity_id')
  loop
    execute format('alter table %s alter constraint %I deferrable initially immediate', k.t, k.conname);
  end loop;
end $$;
