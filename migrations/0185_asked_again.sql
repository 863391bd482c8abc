-- When a job that is asked for again is due. One that somebody has in hand stays theirs until its lease is over: it is put just before its
-- lease, which says that it is done again after its end.
create function when_asked_again(waiting boolean, run_at timestamptz, asked timestamptz) returns timestamptz language sql stable
  return case when not waiting and run_at > machine_now() and asked < run_at then run_at - interval '1 microsecond' else least(run_at, asked) end;

-- As in 0049, but for the job in hand.
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
