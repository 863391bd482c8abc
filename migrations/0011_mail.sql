-- Mails: what was handed over to be sent, as it was then, and what became of it for each recipient.
create table mails (
  like tenant_row including all,
  status      text not null default 'pending' check (status in ('pending', 'processing', 'sent', 'partially_sent', 'failed')),
  -- Whoever queues a mail under a key that was used before gets the mail of that time: nothing is sent twice.
  key         text,
  object_type text,
  object_id   uuid,
  sender      json not null,
  reply_to    text[] not null default '{}',
  -- [{kind, email, is_success, error}]: is_success is null until it is decided.
  recipients  jsonb not null check (jsonb_typeof(recipients) = 'array' and jsonb_array_length(recipients) > 0),
  subject     text not null,
  html        text not null,
  text        text not null,
  -- [{storage_key, name, mimetype, size}]
  attachments json not null default '[]',
  language    text not null default 'en',
  message_id  text not null,
  attempts    integer not null default 0,
  error       text,
  -- Until then the mail is in the hands of whoever is sending it.
  held_until  timestamptz,
  sent_at     timestamptz,
  unique (entity_id, key)
);
call seal_tenant('mails');
create index mails_of_object on mails (entity_id, object_id, created_at, id) where object_id is not null;
create index mails_by_message on mails (message_id);

-- What a partner wrote in place of the mails of the product. The language's default is used; without one the product's own.
create table mail_templates (
  like partner_row including all,
  type             text not null check (type in ('receivables_quote', 'receivables_invoice', 'receivables_paid_invoice', 'receivables_credit_note', 'receivables_discount_reminder', 'receivables_final_reminder', 'payables_purchase_order', 'payables_notify_approver', 'payables_notify_payer')),
  language         text not null,
  name             text collate "und-x-icu" not null,
  subject_template text not null,
  body_template    text not null,
  is_default       boolean not null default false
);
call seal_partner('mail_templates');
create unique index mail_templates_default on mail_templates (partner_id, type, language) where is_default and deleted_at is null;
