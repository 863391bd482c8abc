-- The rails an entity may use, by direction.
create table entity_payment_methods (
  like tenant_row including all,
  direction text not null check (direction in ('receive', 'send')),
  method    text not null,
  unique (entity_id, direction, method)
);
call seal_tenant('entity_payment_methods');

-- Bills of one account that are paid together.
create table batch_payments (
  like tenant_row including all,
  status                text not null default 'created' check (status in ('created', 'processing', 'partially_successful', 'succeeded', 'failed')),
  payment_method        text not null,
  payer_bank_account_id uuid not null,
  total_amount          bigint not null check (total_amount > 0),
  error                 json,
  foreign key (entity_id, payer_bank_account_id) references entity_bank_accounts (entity_id, id)
);
call seal_tenant('batch_payments');

-- The payment itself: made by a link or an item of a batch, carried out by a provider.
create table payment_intents (
  like tenant_row including all,
  status                  text not null default 'created' check (status in ('created', 'processing', 'payment_cancelled', 'payment_failed', 'succeeded', 'settled',
                            'payout_failed', 'payout_canceled', 'disputed', 'refunded')),
  -- What is paid; neither for payments of documents that lie elsewhere.
  object_type             text check (object_type in ('receivable', 'payable')),
  object_id               uuid,
  amount                  bigint not null check (amount > 0),
  currency                text not null,
  payment_methods         text[] not null check (payment_methods <> '{}'),
  selected_payment_method text,
  payment_reference       text,
  -- Whom the money is from and for, with their accounts as they were: a payment never changes its account.
  payer                   json,
  recipient               json not null,
  invoice                 json,
  application_fee_amount  bigint check (application_fee_amount >= 0),
  batch_payment_id        uuid,
  -- Who carries it out, and what they call it. Each try is an attempt: what is asked again within one is one payment.
  provider                text,
  provider_reference      text,
  attempt                 integer not null default 0,
  -- A step that the payer has to take, as the provider describes it.
  next_action             json,
  error                   json,
  check ((object_type is null) = (object_id is null)),
  foreign key (entity_id, batch_payment_id) references batch_payments (entity_id, id)
);
call seal_tenant('payment_intents');
create index payment_intents_by_id on payment_intents (id);
create index on payment_intents (entity_id, object_id, created_at, id) where object_id is not null;
create index on payment_intents (entity_id, batch_payment_id) where batch_payment_id is not null;
-- A bill is in one batch at a time.
create unique index payment_intents_one_batch on payment_intents (entity_id, object_id)
  where batch_payment_id is not null and status in ('created', 'processing');

-- Every try at a provider, under the name it has there: what is told of one is found here, also when another followed.
create table payment_attempts (
  like tenant_row including all,
  payment_intent_id uuid not null,
  provider          text not null,
  reference         text not null,
  attempt           integer not null,
  amount            bigint not null,
  method            text not null,
  unique (provider, reference),
  foreign key (entity_id, payment_intent_id) references payment_intents (entity_id, id)
);
call seal_tenant('payment_attempts');

create table payment_intent_history (
  like tenant_row including all,
  payment_intent_id uuid not null,
  status            text not null,
  foreign key (entity_id, payment_intent_id) references payment_intents (entity_id, id)
);
call seal_tenant('payment_intent_history');
create index on payment_intent_history (entity_id, payment_intent_id, created_at, id);

create table payment_links (
  like tenant_row including all,
  status            text not null default 'created' check (status in ('created', 'succeeded', 'expired')),
  payment_intent_id uuid not null,
  -- Over an amount of its own, not over all that is open.
  is_partial        boolean not null default false,
  expires_at        timestamptz not null,
  return_url        text,
  payment_page_url  text not null,
  unique (entity_id, payment_intent_id),
  foreign key (entity_id, payment_intent_id) references payment_intents (entity_id, id)
);
call seal_tenant('payment_links');
create index payment_links_by_id on payment_links (id);
create index payment_links_due on payment_links (expires_at) where status = 'created';

-- What providers tell, once each. An event waits with the installation until its payment is known.
create table payment_events (
  like tenant_row including all,
  provider          text not null,
  event_id          text not null,
  type              text not null,
  reference         text not null,
  payment_intent_id uuid,
  payload           jsonb not null,
  handled_at        timestamptz,
  -- What came of it, for people.
  outcome           text,
  unique (provider, event_id)
);
call seal_tenant('payment_events');
create index on payment_events (entity_id, payment_intent_id);

-- Where the newest link that can be paid by leads: on the page of an invoice, in its mails and on its PDF.
alter table receivables add column payment_link_url text;

-- The sandbox is a provider like any other: what it knows of payments lies apart from ours, and only it reads that.
create table sandbox_payments (
  id         uuid primary key default gen_random_uuid(),
  key        text not null unique,
  attempt    integer not null,
  amount     bigint not null,
  currency   text not null,
  method     text not null,
  created_at timestamptz not null,
  -- The step of the payer, where one is asked for.
  proceeded_at timestamptz,
  canceled_at  timestamptz,
  refunds    jsonb not null default '[]'
);
call seal_system('sandbox_payments');
