-- A statement that finds something else than it was made for ends its transaction, and the work is run again: 40001 is what PostgreSQL
-- itself says for it.
create function run_again() returns uuid language plpgsql as $$
begin
  raise exception 'Something else was found than was expected' using errcode = '40001';
end $$;

-- The fingerprint of an issued document, as contentHash() makes it: what it says, its number, its days and its total.
create function issued_hash(document_id text, issued_on date, due_date date, total bigint, content text) returns bytea
language sql immutable parallel safe as $$
  select sha256(convert_to(concat_ws(E'\n', document_id, to_char(issued_on, 'YYYY-MM-DD'), coalesce(to_char(due_date, 'YYYY-MM-DD'), ''),
    total::text, content), 'UTF8'))
$$;
