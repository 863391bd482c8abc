-- Who an entity is, for those who move its money: what it said, what was asked for, and what a provider said of it.
create table onboardings (
  like tenant_row including all,
  business_profile        json,
  ownership_declaration   json,
  tos_acceptance          json,
  treasury_tos_acceptance json,
  provider         text not null default 'rules',
  -- What the provider said last, by its own time: what is older than that changes nothing any more.
  reported_at      timestamptz,
  verified_at      timestamptz,
  rejected         text,
  charges          boolean not null default true,
  payouts          boolean not null default true,
  reason           text,
  asks             json not null default '[]',
  verified_persons uuid[] not null default '{}',
  -- A hash of what the provider was shown last, and when; of what it approved.
  submitted        text,
  submitted_at     timestamptz,
  approved         text,
  -- Until when something has to be there that went missing after the approval, by its requirement.
  deadlines        json not null default '{}',
  next_deadline    timestamptz,
  -- What was told last of each method, so that only changes are told.
  shown            json not null default '{}',
  unique (entity_id)
);
call seal_tenant('onboardings');
call share_with_partner('onboardings');
create index on onboardings (next_deadline) where next_deadline is not null;

-- What a provider said, each word once.
create table onboarding_reports (
  like tenant_row including all,
  provider text not null,
  event_id text not null,
  at       timestamptz not null,
  payload  json not null,
  outcome  text not null,
  unique (entity_id, provider, event_id)
);
call seal_tenant('onboarding_reports');

-- Papers that prove who somebody is. Their bytes are sealed, see files.sealed.
create table onboarding_documents (
  like tenant_row including all,
  person_id  uuid,
  kind       text not null,
  file_id    uuid not null,
  status     text not null default 'pending' check (status in ('pending', 'accepted', 'rejected', 'replaced')),
  reason     text,
  settled_at timestamptz,
  created_by_entity_user_id uuid,
  unique (entity_id, file_id),
  foreign key (entity_id, person_id) references persons (entity_id, id),
  check ((status = 'pending') = (settled_at is null))
);
call seal_tenant('onboarding_documents');

alter table files add column sealed boolean not null default false;

-- Links to the page where somebody answers for the entity. Opening one uses nothing up; finishing does.
create table onboarding_links (
  like tenant_row including all,
  kind         text not null check (kind in ('entity', 'payment')),
  recipient    json,
  expires_at   timestamptz not null,
  refresh_url  text not null,
  return_url   text not null,
  exhausted_at timestamptz
);
call seal_tenant('onboarding_links');

-- One-time codes for a link, and the sessions they open. Only hashes are kept.
create table onboarding_codes (
  like tenant_row including all,
  link_id          uuid not null,
  code_hash        bytea not null,
  expires_at       timestamptz not null,
  tries            integer not null default 0,
  used_at          timestamptz,
  token_hash       bytea,
  token_expires_at timestamptz,
  foreign key (entity_id, link_id) references onboarding_links (entity_id, id)
);
call seal_tenant('onboarding_codes');
create index on onboarding_codes (entity_id, link_id, created_at);

-- Proofs that an account is the entity's own.
create table bank_account_verifications (
  like tenant_row including all,
  bank_account_id    uuid not null,
  type               text not null,
  provider           text not null,
  provider_reference text,
  -- A word that nobody knows is kept, and proves nothing.
  status             text not null,
  mandate            json,
  dropped_at         timestamptz,
  foreign key (entity_id, bank_account_id) references entity_bank_accounts (entity_id, id)
);
call seal_tenant('bank_account_verifications');
create unique index bank_account_verifications_one on bank_account_verifications (entity_id, bank_account_id, type) where dropped_at is null;

-- Proofs that were begun.
create table bank_verification_starts (
  like tenant_row including all,
  provider        text not null,
  token           text not null,
  bank_account_id uuid,
  expires_at      timestamptz not null,
  used_at         timestamptz,
  unique (entity_id, token)
);
call seal_tenant('bank_verification_starts');

-- Two small amounts that the operator sends to an account; whoever reads its statement can name them.
create table micro_deposits (
  like tenant_row including all,
  bank_account_id uuid not null,
  amounts         integer[] not null check (cardinality(amounts) = 2),
  currency        text not null,
  file_name       text not null,
  content         text not null,
  status          text not null default 'sent' check (status in ('sent', 'verified', 'failed', 'dropped')),
  tries           integer not null default 0,
  foreign key (entity_id, bank_account_id) references entity_bank_accounts (entity_id, id)
);
call seal_tenant('micro_deposits');
create unique index micro_deposits_open on micro_deposits (entity_id, bank_account_id) where status = 'sent';

-- Another number is another account: what proved the old one proves nothing of it, nor does it when the old number comes back.
create function drop_account_proofs() returns trigger language plpgsql as $$
begin
  update bank_account_verifications set dropped_at = app_now(), updated_at = app_now()
  where entity_id = new.entity_id and bank_account_id = new.id and dropped_at is null;
  update micro_deposits set status = 'dropped', updated_at = app_now()
  where entity_id = new.entity_id and bank_account_id = new.id and status in ('sent', 'verified');
  return null;
end $$;
create trigger proofs after update of iban, account_number, routing_number, sort_code on entity_bank_accounts
  for each row when ((old.iban, old.account_number, old.routing_number, old.sort_code) is distinct from (new.iban, new.account_number, new.routing_number, new.sort_code))
  execute function drop_account_proofs();
