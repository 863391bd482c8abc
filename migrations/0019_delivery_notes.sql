-- What goes with the goods. It is a document from the moment it is made: it has a number, and copies of all that it names.
create table delivery_notes (
  like tenant_row including all,
  status                 text not null default 'created' check (status in ('created', 'delivered', 'canceled')),
  document_id            text not null,
  number                 bigint,
  counterpart_id         uuid not null,
  counterpart            json not null,
  counterpart_address    json not null,
  entity                 json not null,
  entity_address         json not null,
  file_language          text not null,
  original_file_language text not null,
  based_on               uuid,
  based_on_document_id   text,
  delivery_date          date,
  delivery_number        text,
  display_signature_placeholder boolean not null default false,
  memo                   text,
  line_items             json not null check (json_array_length(line_items) > 0),
  created_by_entity_user_id uuid,
  -- Link keys of the PDFs, and whether they show the present content.
  file_key               text,
  original_file_key      text,
  pdf_stale              boolean not null default true,

  foreign key (entity_id, counterpart_id) references counterparts (entity_id, id),
  foreign key (entity_id, based_on) references receivables (entity_id, id),
  foreign key (entity_id, created_by_entity_user_id) references entity_users (entity_id, id)
);
call seal_tenant('delivery_notes');
-- Numbers that were given out have no twins; a number set by hand is the entity's own affair and has none.
create unique index delivery_notes_number on delivery_notes (entity_id, number) where number is not null;
create index on delivery_notes (entity_id, document_id, id);
create index on delivery_notes (entity_id, counterpart_id, created_at, id);
create index on delivery_notes (entity_id, based_on) where based_on is not null;

-- A number stays with its note, and what was delivered or canceled says the same for ever.
create function refuse_change_of_delivery_note() returns trigger language plpgsql as $$
begin
  if (new.document_id, new.number) is distinct from (old.document_id, old.number) then
    raise exception 'The number of a delivery note does not change' using errcode = 'QT001';
  end if;
  if old.status <> 'created' and (new.status, new.counterpart_id, new.delivery_date, new.delivery_number, new.memo, new.display_signature_placeholder,
      new.counterpart::text, new.counterpart_address::text, new.line_items::text)
    is distinct from (old.status, old.counterpart_id, old.delivery_date, old.delivery_number, old.memo, old.display_signature_placeholder,
      old.counterpart::text, old.counterpart_address::text, old.line_items::text) then
    raise exception 'A delivery note that is % does not change', old.status using errcode = 'QT001';
  end if;
  return new;
end $$;
create trigger settled before update on delivery_notes for each row execute function refuse_change_of_delivery_note();
