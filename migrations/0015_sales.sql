-- What the customer signed an accepted quote with: name, e-mail, moment, and the link key of the picture.
alter table receivables add column signature json;

-- The secret in the address of the page that the customer opens; given at issue.
alter table receivables add column page_key text;
create unique index receivables_page on receivables (page_key) where page_key is not null;

-- An invoice has one credit note in the making at a time.
create unique index receivables_one_draft_credit on receivables (entity_id, based_on)
  where type = 'credit_note' and status = 'draft' and deleted_at is null;

-- For the schedule, which looks at all entities.
create index receivables_expiry on receivables (expiry_date) where type = 'quote' and status = 'issued';

-- Every document that is issued, and every later edit of one that the rules don't freeze, is a link in its entity's chain: its hash
-- covers the link before it. Whoever rewrites a document, leaves one out or slips one in breaks the chain from there on.
create table document_chain (
  partner_id    uuid not null default current_setting('app.partner_id')::uuid,
  entity_id     uuid not null default current_setting('app.entity_id')::uuid,
  position      bigint not null check (position > 0),
  receivable_id uuid not null,
  content_hash  bytea not null,
  hash          bytea not null,
  created_at    timestamptz not null default app_now(),
  primary key (entity_id, position),
  foreign key (entity_id, receivable_id) references receivables (entity_id, id)
);
alter table document_chain enable row level security;
alter table document_chain force row level security;
create policy tenant on document_chain to quittance_app
  using (entity_id = current_setting('app.entity_id')::uuid)
  with check (entity_id = current_setting('app.entity_id')::uuid and partner_id = current_setting('app.partner_id')::uuid);
create policy system on document_chain to quittance_system using (true) with check (true);
-- Links are added, never changed.
grant select, insert on document_chain to quittance_app;
grant select on document_chain to quittance_system;
create index on document_chain (entity_id, receivable_id, position);

create function chain_hash(previous bytea, pos bigint, receivable_id uuid, content_hash bytea) returns bytea language sql immutable
  return sha256(previous || convert_to(pos::text || ' ' || receivable_id::text || ' ', 'UTF8') || content_hash);

create function chain_document() returns trigger language plpgsql as $$
declare
  pos bigint;
  previous bytea;
begin
  -- One link at a time: the next sees this one when its transaction is over.
  perform pg_advisory_xact_lock(hashtextextended(new.entity_id::text, 7301));
  select c.position, c.hash into pos, previous from document_chain c where c.entity_id = new.entity_id order by c.position desc limit 1;
  pos := coalesce(pos, 0) + 1;
  insert into document_chain (partner_id, entity_id, position, receivable_id, content_hash, hash)
  values (new.partner_id, new.entity_id, pos, new.id, new.content_hash, chain_hash(coalesce(previous, ''), pos, new.id, new.content_hash));
  return null;
end $$;

-- What was issued before there was a chain enters it in the order of issue.
do $$
declare
  r record;
  last_entity uuid;
  pos bigint;
  previous bytea;
begin
  for r in select partner_id, entity_id, id, content_hash, issue_date from receivables
    where content_hash is not null order by entity_id, issue_date, type, number, id
  loop
    if r.entity_id is distinct from last_entity then
      last_entity := r.entity_id;
      pos := 0;
      previous := '';
    end if;
    pos := pos + 1;
    previous := chain_hash(previous, pos, r.id, r.content_hash);
    insert into document_chain (partner_id, entity_id, position, receivable_id, content_hash, hash, created_at)
    values (r.partner_id, r.entity_id, pos, r.id, r.content_hash, previous, r.issue_date);
  end loop;
end $$;

create trigger chained after update of content_hash on receivables for each row
  when (new.content_hash is not null and new.content_hash is distinct from old.content_hash) execute function chain_document();
create trigger chained_at_once after insert on receivables for each row
  when (new.content_hash is not null) execute function chain_document();
