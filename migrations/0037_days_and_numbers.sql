-- The day a document bears is that of its entity's address, not of UTC: on New Year's night in Berlin it is the new year's invoice. Beside
-- the moment of issue stands the day that was printed; what was issued before bears the day in UTC.
alter table receivables add column issued_on date;
alter table delivery_notes add column issued_on date;

-- The last day and moment of each series: a later number never has an earlier day, wherever the entity has moved to in between, and
-- whatever the clock shows.
alter table document_numbers add column last_day date, add column last_at timestamptz;
grant update on document_numbers to quittance_system;

set local role quittance_system;
update receivables set issued_on = (issue_date at time zone 'UTC')::date where issue_date is not null;
update delivery_notes set issued_on = (created_at at time zone 'UTC')::date;
update document_numbers n set last_day = (d.last_at at time zone 'UTC')::date, last_at = d.last_at
from (select entity_id, type as series, max(issue_date) as last_at from receivables
        where number is not null and (frozen or issue_date <= now()) group by 1, 2
      union all select entity_id, 'delivery_note', max(created_at) from delivery_notes where number is not null group by 1) d
where d.entity_id = n.entity_id and d.series = n.series;
reset role;
revoke update on document_numbers from quittance_system;
alter table delivery_notes alter column issued_on set not null;

-- The printed day is frozen with the document.
create or replace function refuse_change_of_frozen() returns trigger language plpgsql as $$
begin
  if old.frozen and (new.document_id, new.number, new.type, new.issue_date, new.issued_on, new.due_date, new.currency, new.counterpart_id, new.total_amount,
      new.total_vat_amount, new.content_hash, new.frozen) is distinct from (old.document_id, old.number, old.type, old.issue_date, old.issued_on, old.due_date,
      old.currency, old.counterpart_id, old.total_amount, old.total_vat_amount, old.content_hash, old.frozen)
    or old.frozen and new.content::text is distinct from old.content::text then
    raise exception 'An issued document does not change' using errcode = 'QT001';
  end if;
  if old.frozen and new.deleted_at is not null then
    raise exception 'An issued document is not deleted' using errcode = 'QT001';
  end if;
  return new;
end $$;

-- Requests know the time zone of their entity by heart.
drop trigger forget on entities;
create trigger forget after update of status, address on entities for each statement execute function forget_access();

-- Which of two ways to write a number is meant doesn't matter: a number that was issued is unique in its series, compared without blanks and
-- capitals. Where twins are older than this rule, only the first of them counts.
create function number_key(number text) returns text language sql immutable parallel safe
  return lower(regexp_replace(number, '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+', '', 'g') collate "und-x-icu");
alter table receivables add column numbered_twice boolean not null default false;
alter table delivery_notes add column numbered_twice boolean not null default false;
set local role quittance_system;
update receivables t set numbered_twice = true
from (select entity_id, id, row_number() over (partition by entity_id, type, number_key(document_id) order by issue_date, number nulls last, id) as nth
      from receivables where issue_date is not null and document_id is not null and deleted_at is null) d
where d.entity_id = t.entity_id and d.id = t.id and d.nth > 1;
update delivery_notes t set numbered_twice = true
from (select entity_id, id, row_number() over (partition by entity_id, number_key(document_id) order by created_at, number nulls last, id) as nth
      from delivery_notes where deleted_at is null) d
where d.entity_id = t.entity_id and d.id = t.id and d.nth > 1;
reset role;
alter table receivables add column number_key text generated always as (
  case when issue_date is not null and deleted_at is null and not numbered_twice then number_key(document_id) end) stored;
alter table delivery_notes add column number_key text generated always as (
  case when deleted_at is null and not numbered_twice then number_key(document_id) end) stored;
create unique index receivables_number_key on receivables (entity_id, type, number_key) where number_key is not null;
create unique index delivery_notes_number_key on delivery_notes (entity_id, number_key) where number_key is not null;
