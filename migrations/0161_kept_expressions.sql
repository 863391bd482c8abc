-- PostgreSQL prepares the expressions of kept columns anew for each statement that writes a row. A function in SQL is read and written into
-- the expression each time, which took longer than all that the row's indexes take; one in PL/pgSQL is prepared once per connection.
create or replace function folded(words text) returns text language plpgsql immutable parallel safe as $$
begin
  return translate(lower(unaccented(words) collate "und-x-icu"), 'ς', 'σ');
end $$;

create or replace function number_key(number text) returns text language plpgsql immutable parallel safe as $$
begin
  return lower(regexp_replace(number, '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+', '', 'g') collate "und-x-icu");
end $$;
