-- What documents are grouped by. Documents keep the project they name, also when it is deleted.
create table projects (
  like tenant_row including all,
  name             text collate "und-x-icu" not null,
  description      text,
  code             text,
  color            text,
  start_date       date,
  end_date         date,
  -- May name tags that were deleted since: answers show the living ones only.
  tag_ids          uuid[] not null default '{}',
  partner_metadata json,
  created_by_entity_user_id uuid,
  check (end_date >= start_date)
);
call seal_tenant('projects');

-- What people say about a document. The author is a user, or the API client of the partner.
create table comments (
  like tenant_row including all,
  object_type text not null check (object_type = 'payable'),
  object_id   uuid not null,
  text        text not null,
  created_by_entity_user_id uuid not null,
  reply_to_entity_user_id   uuid,
  foreign key (entity_id, reply_to_entity_user_id) references entity_users (entity_id, id)
);
call seal_tenant('comments');
create index on comments (entity_id, object_id, created_at, id);

-- Rates of the entity's own making. A rate is the sum of its components, so only these are kept.
create table custom_vat_rates (
  like tenant_row including all,
  name       text not null,
  components json not null check (json_array_length(components) between 1 and 10),
  created_by_entity_user_id uuid
);
call seal_tenant('custom_vat_rates');

-- The people behind a company: who owns it, leads it and speaks for it.
create table persons (
  like tenant_row including all,
  first_name    text not null,
  last_name     text not null,
  email         text not null,
  phone         text,
  date_of_birth date,
  citizenship   text,
  id_number     text,
  ssn_last_4    text,
  address       json,
  title             text,
  director          boolean not null default false,
  executive         boolean not null default false,
  owner             boolean not null default false,
  representative    boolean not null default false,
  percent_ownership double precision check (percent_ownership between 0 and 100),
  created_by_entity_user_id uuid
);
call seal_tenant('persons');
create unique index persons_representative on persons (entity_id) where representative and deleted_at is null;
