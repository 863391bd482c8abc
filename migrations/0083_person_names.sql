-- Who somebody is, for somebody to read. Whoever has one name had to fill in two: "Suharto -" and "Suharto Suharto" are Suharto. The same as
-- fullName in core/onboarding/names.ts.
create function person_name(first text, last text) returns text language sql immutable parallel safe as $$
  select case
    when btrim(coalesce(last, '')) ~ '^[[:space:].–—_/-]*$' or btrim(first) = btrim(last) then
      case when btrim(coalesce(first, '')) ~ '^[[:space:].–—_/-]*$' then '' else btrim(first) end
    when btrim(coalesce(first, '')) ~ '^[[:space:].–—_/-]*$' then btrim(last)
    else btrim(first) || ' ' || btrim(last) end
$$;
