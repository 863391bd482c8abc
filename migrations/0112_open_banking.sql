-- Which bank a payer chose: the same try asked again is at the same bank.
alter table payment_intents add column bank text;
alter table payment_attempts add column bank text;

-- What the test bank of the sandbox keeps: whose page it is, where its customer goes afterwards, and what they answered.
alter table sandbox_payments
  add column bank       text,
  add column return_url text,
  add column payee      text,
  add column agreed     integer not null default 0,
  add column refused_at timestamptz;
