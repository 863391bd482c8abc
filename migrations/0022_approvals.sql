-- Who has to agree before a bill is paid. What a policy says is kept as it was sent, letter for letter: json, not jsonb.
create table approval_policies (
  like tenant_row including all,
  name        text not null,
  description text,
  priority    integer not null default 0 check (priority between -32768 and 32767),
  trigger     json,
  script      json not null,
  starts_at   timestamptz,
  ends_at     timestamptz check (ends_at is null or starts_at < ends_at),
  -- Switched off by hand when false; whether it is in force depends on the moment besides.
  enabled     boolean not null default true,
  -- An entity user, or the partner itself.
  created_by  uuid not null,
  updated_by  uuid
);
call seal_tenant('approval_policies');

-- One policy at work on one bill. It goes on with the script it began with, whatever becomes of the policy.
create table approval_processes (
  like tenant_row including all,
  approval_policy_id uuid not null,
  payable_id         uuid not null,
  status             text not null check (status in ('running', 'waiting', 'succeeded', 'failed', 'canceled', 'timed_out')),
  script             json not null,
  input              json not null,
  -- The conditions that held, with what they were held against.
  matched            json not null default '[]',
  error              json,
  -- Who asks for the approvals.
  requested_by       uuid not null,
  created_by         uuid,
  updated_by         uuid,
  foreign key (entity_id, approval_policy_id) references approval_policies (entity_id, id),
  foreign key (entity_id, payable_id) references payables (entity_id, id)
);
call seal_tenant('approval_processes');
create index on approval_processes (entity_id, approval_policy_id, created_at, id);
create unique index approval_processes_live on approval_processes (entity_id, payable_id) where status in ('running', 'waiting');

create table approval_requests (
  like tenant_row including all,
  object_type             text not null default 'payable' check (object_type = 'payable'),
  object_id               uuid not null,
  -- Null for one that somebody asked for without a policy.
  process_id              uuid,
  -- Its place in the script.
  step                    text,
  user_ids                uuid[] not null default '{}',
  role_ids                uuid[] not null default '{}',
  required_approval_count integer not null check (required_approval_count >= 1),
  status                  text not null default 'waiting' check (status in ('waiting', 'approved', 'rejected', 'canceled')),
  approved_by             uuid[] not null default '{}',
  rejected_by             uuid,
  created_by              uuid not null,
  unique (entity_id, process_id, step),
  check ((process_id is null) = (step is null)),
  check ((rejected_by is not null) = (status = 'rejected')),
  check (status <> 'approved' or cardinality(approved_by) >= required_approval_count),
  foreign key (entity_id, object_id) references payables (entity_id, id),
  foreign key (entity_id, process_id) references approval_processes (entity_id, id)
);
call seal_tenant('approval_requests');
create index on approval_requests (entity_id, object_id, created_at, id);

-- The page behind the link in a mail to an approver: whoever has the key votes as this user. A plain hash protects 256 random bits.
create table approval_links (
  like tenant_row including all,
  approval_request_id uuid not null,
  entity_user_id      uuid not null,
  key_hash            bytea not null,
  unique (entity_id, approval_request_id, entity_user_id),
  foreign key (entity_id, approval_request_id) references approval_requests (entity_id, id),
  foreign key (entity_id, entity_user_id) references entity_users (entity_id, id)
);
call seal_tenant('approval_links');
create index on approval_links (key_hash);
