-- A person with one name is called by it, here too: "Suharto -" is Suharto. Who has none at all is called what was filled in. What was issued
-- bears the name it was issued with.
alter table counterparts drop column name, drop column sought_name;
alter table counterparts
  add column name text collate "und-x-icu" not null
    generated always as (coalesce(legal_name, nullif(person_name(first_name, last_name), ''), first_name || ' ' || last_name)) stored,
  add column sought_name text
    generated always as (folded(coalesce(legal_name, nullif(person_name(first_name, last_name), ''), first_name || ' ' || last_name))) stored;
create index counterparts_by_name on counterparts (entity_id, left(lower(name), 200), id);
