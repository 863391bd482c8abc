-- One table feeds what invoices and bills say was paid. What a caller books is external; what a payment intent leads to is ours.
alter table payment_records alter column status drop default;
alter table payment_records
  alter column status type text using status::text,
  alter column status set default 'succeeded',
  add check (status in ('created', 'processing', 'succeeded', 'canceled'));
drop type payment_record_status;
alter table payment_records
  add column payment_intent_id     uuid,
  add column payment_intent_status text,
  add column payment_method        text,
  add column planned_payment_date  date,
  add column overpaid_amount       bigint not null default 0 check (overpaid_amount >= 0),
  -- What the provider calls it, e.g. a refund: the same money is booked once, however often we hear of it.
  add column provider_reference    text,
  -- Why money went back, in the provider's words.
  add column reason                text,
  -- The statuses it went through: status, timestamp, entity_user_id.
  add column history               jsonb not null default '[]',
  -- A bill may say what was paid of it before its currency is known.
  alter column currency drop not null,
  add check (currency is not null or object_type = 'payable'),
  add check (status <> 'succeeded' or paid_at is not null) not valid;
create unique index payment_records_of_provider on payment_records (entity_id, provider_reference) where provider_reference is not null;
create index on payment_records (entity_id, payment_intent_id) where payment_intent_id is not null;
create index on payment_records (entity_id, coalesce(paid_at, '9999-12-31T00:00:00Z'), id);

set local role quittance_system;
update payment_records p set
  paid_at = coalesce(p.paid_at, p.created_at),
  old_status = coalesce(p.old_status, 'issued'), new_status = coalesce(p.new_status, 'issued'),
  history = jsonb_build_array(jsonb_build_object('status', p.status, 'timestamp', p.created_at, 'entity_user_id', p.entity_user_id));
-- Bills noted what was paid of them without a record: each gets one.
insert into payment_records (partner_id, entity_id, created_at, updated_at, object_type, object_id, amount, currency, status, paid_at, entity_user_id, comment, old_status, new_status, history)
select p.partner_id, p.entity_id, coalesce(p.paid_at, p.updated_at), coalesce(p.paid_at, p.updated_at), 'payable', p.id, p.amount_paid - r.booked, p.currency, 'succeeded',
  coalesce(p.paid_at, p.updated_at), p.marked_as_paid_by_entity_user_id, p.marked_as_paid_with_comment, p.status, p.status,
  jsonb_build_array(jsonb_build_object('status', 'succeeded', 'timestamp', coalesce(p.paid_at, p.updated_at), 'entity_user_id', p.marked_as_paid_by_entity_user_id))
from payables p, lateral (select coalesce(sum(r.amount), 0) as booked from payment_records r
  where r.entity_id = p.entity_id and r.object_id = p.id and r.status = 'succeeded' and r.deleted_at is null) r
where p.amount_paid <> r.booked;
reset role;

alter table payment_records
  alter column old_status set not null,
  alter column new_status set not null;

-- Money that comes is booked, also when it is more than was owed or the invoice had ended: only then is more paid than the total.
do $$
declare old name;
begin
  select conname into strict old from pg_constraint
  where conrelid = 'receivables'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%(amount_paid + amount_credited) <= total_amount%';
  execute format('alter table receivables drop constraint %I', old);
end $$;
alter table receivables
  add constraint receivables_paid check (amount_paid + amount_credited <= total_amount or status in ('paid', 'canceled', 'uncollectible')),
  add constraint receivables_due check (case when status in ('paid', 'canceled') then amount_due = 0 or issue_date is null
    else type <> 'invoice' or amount_due = greatest(0, total_amount - amount_paid - amount_credited) end) not valid,
  add constraint receivables_credited check (amount_credited <= total_amount) not valid;

alter table payables
  add constraint payables_credited check (amount_credited <= total_amount) not valid,
  add constraint payables_part check (status <> 'partially_paid' or amount_paid > 0) not valid,
  add constraint payables_paid check ((status = 'paid') = (paid_at is not null)) not valid;

-- What a document says was paid is the sum of its records that succeeded, at the end of every transaction.
create function paid_is_recorded() returns trigger language plpgsql as $$
declare
  is_record constant boolean := tg_table_name = 'payment_records';
  kind text;
  document uuid;
  said bigint;
  booked bigint;
  entity constant text := current_setting('app.entity_id', true);
begin
  -- At the end of a transaction that went on in another entity the rows of this one are out of sight.
  perform set_config('app.entity_id', new.entity_id::text, true);
  if is_record then
    kind := new.object_type;
    document := new.object_id;
  else
    kind := case tg_table_name when 'payables' then 'payable' else 'receivable' end;
    document := new.id;
  end if;
  if kind = 'payable' then
    select amount_paid into said from payables where entity_id = new.entity_id and id = document;
  else
    select amount_paid into said from receivables where entity_id = new.entity_id and id = document;
  end if;
  select coalesce(sum(amount), 0) into booked from payment_records
  where entity_id = new.entity_id and object_id = document and object_type = kind and status = 'succeeded' and deleted_at is null;
  perform set_config('app.entity_id', entity, true);
  if said is distinct from booked then
    raise exception 'The % % says that % were paid, and its records come to %', kind, document, said, booked using errcode = 'QT002';
  end if;
  return null;
end $$;
create constraint trigger recorded after insert or update on payment_records deferrable initially deferred
  for each row when (new.status = 'succeeded') execute function paid_is_recorded();
create constraint trigger recorded after update of amount_paid on receivables deferrable initially deferred
  for each row execute function paid_is_recorded();
create constraint trigger recorded after insert or update of amount_paid on payables deferrable initially deferred
  for each row when (new.amount_paid <> 0) execute function paid_is_recorded();
create constraint trigger recorded_none after update of amount_paid on payables deferrable initially deferred
  for each row when (old.amount_paid <> 0 and new.amount_paid = 0) execute function paid_is_recorded();
