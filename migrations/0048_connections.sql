-- Who is plugged in for whom: a connection of a port to an adapter, for one entity, or for all entities of the partner (entity_id null).
create table connections (
  like partner_row including all,
  entity_id   uuid,
  port        text not null check (port in ('payments', 'accounting', 'einvoicing', 'identity')),
  -- The name of the adapter, as its file is called.
  adapter     text not null,
  -- What is no secret, e.g. the id of an account at the provider.
  settings    jsonb not null default '{}',
  -- Secrets, sealed by a key that is not in the database: see platform/connections/sealing.ts.
  credentials bytea
);
create unique index connections_one on connections (partner_id, port, adapter, entity_id) nulls not distinct where deleted_at is null;
call seal_partner('connections');
drop policy tenant on connections;
create policy tenant on connections to quittance_app
  using (partner_id = current_setting('app.partner_id')::uuid
    and (entity_id is null or current_setting('app.entity_id')::uuid in (entity_id, '00000000-0000-0000-0000-000000000000')))
  with check (partner_id = current_setting('app.partner_id')::uuid
    and (entity_id is null or current_setting('app.entity_id')::uuid in (entity_id, '00000000-0000-0000-0000-000000000000')));

-- The journal of what was asked of somebody outside. One key is one call: whoever asks again gets the answer that is here, or asks
-- again under the same key, of which the other side makes one effect.
create table outside_calls (
  like tenant_row including all,
  port         text not null,
  adapter      text not null,
  action       text not null,
  key          text not null,
  request_hash bytea not null,
  -- sent: nobody knows what came of it; answered and refused are final.
  status       text not null default 'sent' check (status in ('sent', 'answered', 'refused')),
  attempts     integer not null default 1,
  answer       jsonb,
  error        text,
  unique (entity_id, port, adapter, key),
  check ((status = 'answered') = (answer is not null))
);
call seal_tenant('outside_calls');
create index outside_calls_unsure on outside_calls (updated_at) where status = 'sent';
