-- Other databases that serve a part of the partners. `address` leads there, and is sealed like every other credential.
create table cells (
  name       text primary key check (name ~ '^[a-z][a-z0-9-]{0,39}$'),
  address    bytea not null,
  created_at timestamptz not null default now()
);
call seal_system('cells');

-- Partners whose rows lie in this database and who do not live here, or are about to leave. Empty unless somebody is being moved.
--   resting   lives here; no more of its jobs are begun
--   leaving   all of it is in the other cell, and becomes alive there in a moment
--   left      lives in the other cell; its rows here are removed once that one was looked through
--   arriving  is being copied to here
create table partners_away (
  partner_id uuid primary key,
  state      text not null check (state in ('resting', 'leaving', 'left', 'arriving')),
  -- The cell that the partner goes to, or comes from.
  cell       text not null,
  -- Of the move: one that was given up, and goes on all the same, changes nothing.
  attempt    uuid not null,
  created_at timestamptz not null default now()
);
call seal_system('partners_away');
grant select on partners_away to quittance_app;
create policy tenant on partners_away for select to quittance_app using (partner_id = current_setting('app.partner_id')::uuid);

-- Partners that do not live here, and those of whose jobs none is begun.
create function partners_gone() returns uuid[] language sql stable
  return (select coalesce(array_agg(partner_id), '{}') from partners_away where state <> 'resting');
create function partners_resting() returns uuid[] language sql stable
  return (select coalesce(array_agg(partner_id), '{}') from partners_away);

-- Asked by every transaction of a server that serves cells, with the statement that opens it. Whoever writes holds the partner's lock,
-- shared, until the end; whoever moves the partner takes it alone: from then on nobody begins to write, and those who have begun are
-- waited for. The second look has to see what was committed before the lock was had, so it is a statement of its own.
create function admit_partner() returns void language plpgsql as $$
declare
  partner uuid := current_setting('app.partner_id')::uuid;
begin
  if current_user = 'quittance_system' or partner = '00000000-0000-0000-0000-000000000000' then return; end if;
  if current_setting('transaction_read_only') = 'off' and not pg_try_advisory_xact_lock_shared(7310, hashtext(partner::text)) then
    raise exception 'The partner is being moved to another database' using errcode = 'QT503';
  end if;
  if exists (select from partners_away a where a.partner_id = partner and a.state <> 'resting') then
    raise exception 'The partner lives in another database' using errcode = 'QT503';
  end if;
end $$;

-- For what the machinery adds: nothing is added to a partner that does not live here.
create function lives_here(partner uuid) returns boolean language plpgsql stable as $$
begin
  if partner = any (partners_gone()) then
    raise exception 'The partner lives in another database' using errcode = 'QT503';
  end if;
  return true;
end $$;
