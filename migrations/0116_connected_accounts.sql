-- Accounts that a provider keeps for entities of a platform: who they are there, whose payments go to them, and what is told of them.
create table onboarding_accounts (
  like tenant_row including all,
  provider text not null,
  account  text not null,
  unique (entity_id, provider),
  unique (provider, account)
);
call seal_tenant('onboarding_accounts');
call share_with_partner('onboarding_accounts');

-- Methods that the provider does not carry out yet for an entity that it approved.
alter table onboardings add column blocked text[] not null default '{}';
