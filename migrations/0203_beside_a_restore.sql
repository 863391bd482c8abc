-- A transaction that writes is over before its entity is put back to a snapshot, or begins after that: never half of each.
create or replace function emit(object_type text, object_id uuid, event text, entity_user_id uuid default null, data jsonb default null,
  quiet boolean default false)
returns void language plpgsql as $$
declare
  -- A quiet event is for the history alone.
  heard boolean := not quiet and exists (
    select from webhook_subscriptions s
    where s.partner_id = current_setting('app.partner_id')::uuid and s.object_type = emit.object_type
      and s.status = 'enabled' and s.deleted_at is null and (s.event_types = '{}' or emit.event = any (s.event_types)));
  -- How many events this transaction has written. An earlier transaction of the connection leaves an empty text.
  place integer := coalesce(nullif(current_setting('app.events', true), ''), '0')::integer;
  event_id uuid := gen_random_uuid();
begin
  -- Whoever puts the entity back to an earlier state waits until this transaction is over, and it waits for them: the key is that of `restore`.
  perform pg_advisory_xact_lock_shared(hashtextextended(current_setting('app.entity_id')::uuid::text, 7302));
  -- For this transaction only; a savepoint that is rolled back takes it back as well.
  perform set_config('app.events', (place + 1)::text, true);
  -- Each event stands a microsecond after the one before it. Those of requests that waited for each other keep the order in which they got
  -- through.
  insert into events (id, created_at, object_type, object_id, event, entity_user_id, data, subscribed)
  values (event_id,
    greatest(app_now() + place * interval '1 microsecond', (
      select max(e.created_at) + interval '1 microsecond' from events e
      where e.entity_id = current_setting('app.entity_id')::uuid and e.object_id = emit.object_id)),
    emit.object_type, emit.object_id, emit.event, emit.entity_user_id, emit.data, heard);
  if heard then
    insert into jobs (kind, payload) values ('webhooks.fan_out', jsonb_build_object('event_id', event_id));
  end if;
  -- One job of a kind for an object: whoever does it looks at the object as it is then.
  insert into jobs (kind, key, payload)
  select r.kind, r.kind || ':' || emit.object_id, jsonb_build_object('object_id', emit.object_id, 'at', to_json(app_now()))
  from reactions r where r.object_type = emit.object_type and r.event = emit.event
  on conflict (key) do update set run_at = when_asked_again(jobs.waiting, jobs.run_at, excluded.run_at), payload = excluded.payload,
    dead = false, failures = case when jobs.dead then 0 else jobs.failures end;
end $$;
