create table entity_vat_ids (
  like tenant_row including all,
  country text not null,
  type    text not null default 'unknown',
  value   text not null
);
call seal_tenant('entity_vat_ids');

create table entity_bank_accounts (
  like tenant_row including all,
  account_holder_name     text,
  account_number          text,
  bank_name               text,
  bic                     text,
  country                 text not null,
  currency                text not null,
  display_name            text,
  iban                    text,
  is_default_for_currency boolean not null default false,
  routing_number          text,
  sort_code               text,
  was_created_by_user_id  uuid
);
call seal_tenant('entity_bank_accounts');
create unique index entity_bank_accounts_default on entity_bank_accounts (entity_id, currency) where is_default_for_currency and deleted_at is null;

-- Where bills for the entity arrive by mail.
create table mailboxes (
  like tenant_row including all,
  status              text not null default 'active',
  related_object_type text not null,
  mailbox_name        text not null,
  mailbox_domain      text not null,
  mailbox_domain_id   uuid
);
call seal_tenant('mailboxes');
call share_with_partner('mailboxes');
