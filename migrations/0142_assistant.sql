-- What users keep for the assistant, and what they said to each other. Each user sees their own only.
create table assistant_prompts (
  like tenant_row including all,
  entity_user_id uuid not null,
  content        text not null check (length(content) <= 512),
  foreign key (entity_id, entity_user_id) references entity_users (entity_id, id) deferrable initially immediate
);
call seal_tenant('assistant_prompts');
call open_to_restoring('assistant_prompts');
create index on assistant_prompts (entity_id, entity_user_id, created_at, id);

create table assistant_conversations (
  like tenant_row including all,
  entity_user_id uuid not null,
  title          text not null default '',
  is_starred     boolean not null default false,
  -- Until then an answer is being written: one at a time.
  busy_until     timestamptz,
  foreign key (entity_id, entity_user_id) references entity_users (entity_id, id) deferrable initially immediate
);
call seal_tenant('assistant_conversations');
call open_to_restoring('assistant_conversations');
create index on assistant_conversations (entity_id, entity_user_id, created_at, id);

create table assistant_messages (
  like tenant_row including all,
  conversation_id uuid not null,
  -- Messages of one conversation in their order.
  place           integer not null,
  role            text not null check (role in ('user', 'assistant')),
  content         text not null,
  action          text check (action in ('like', 'dislike')),
  comment         text,
  unique (entity_id, conversation_id, place),
  foreign key (entity_id, conversation_id) references assistant_conversations (entity_id, id) deferrable initially immediate
);
call seal_tenant('assistant_messages');
call open_to_restoring('assistant_messages');
