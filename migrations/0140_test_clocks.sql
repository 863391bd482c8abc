-- Test clocks: entities that live at another time than everybody else. `entity_id` is all zeros for the entities of a partner that have no
-- clock of their own.
create table test_clocks (
  like tenant_row including all,
  ahead_ms     bigint not null,
  -- Until then somebody moves it.
  moving_until timestamptz,
  unique (partner_id, entity_id)
);
call seal_tenant('test_clocks');
revoke insert, update, delete on test_clocks from quittance_app;

-- All processes hold the clocks in memory: they are told when one is moved.
create function tell_clocks() returns trigger language plpgsql as $$
begin
  perform pg_notify('quittance_clocks', '');
  return null;
end $$;
create trigger tell after insert or update or delete on test_clocks for each statement execute function tell_clocks();

-- The time of the machinery, which leases, retries and deliveries go by. It differs from that of the request where its entity lives at
-- another time.
create function machine_now() returns timestamptz language sql stable
  return coalesce(nullif(current_setting('app.machine_now', true), '')::timestamptz, app_now());
-- Whether nobody has it in hand: what waits for a moment of an entity waits less when its clock is put forward.
alter table jobs add column waiting boolean not null default true;
alter table jobs alter run_at set default machine_now();
alter table webhook_deliveries alter created_at set default machine_now();
