-- What customers have signed: that the entity may collect what they owe from an account of theirs (SEPA direct debit).
create table mandates (
  like tenant_row including all,
  status              text not null default 'active' check (status in ('active', 'used', 'revoked')),
  counterpart_id      uuid not null,
  counterpart_bank_account_id uuid not null,
  -- By these the customer's bank finds the mandate: they never change.
  reference           text not null,
  creditor_identifier text not null,
  scheme              text not null check (scheme in ('core', 'b2b')),
  sequence            text not null check (sequence in ('recurrent', 'one_off')),
  signed_on           date not null,
  -- The account as it was signed for.
  account_holder_name text,
  iban                text not null,
  bic                 text,
  last_collected_on   date,
  created_by_entity_user_id uuid,
  unique (entity_id, reference),
  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id)
);
call seal_tenant('mandates');
create index on mandates (entity_id, counterpart_id) where status = 'active';

alter table payment_files drop constraint payment_files_format_check;
alter table payment_files add constraint payment_files_format_check check (format in ('pain.001.001.09', 'nacha_ccd', 'pain.008.001.09'));
alter table payment_intents
  add column mandate_id uuid,
  add foreign key (entity_id, mandate_id) references mandates (entity_id, id);
