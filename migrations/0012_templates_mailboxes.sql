-- Ready-made texts of an entity, with {variables}: the subject and the body of a mail, and the memo of a document.
create table text_templates (
  like tenant_row including all,
  document_type text not null check (document_type in ('quote', 'invoice', 'credit_note', 'discount_reminder', 'final_reminder', 'overdue_reminder', 'payables_purchase_order')),
  type          text not null check (type in ('email_header', 'email_body', 'memo')),
  name          text not null,
  template      text not null,
  is_default    boolean not null default false
);
call seal_tenant('text_templates');
create unique index text_templates_default on text_templates (entity_id, document_type, type) where is_default and deleted_at is null;

-- What every entity begins with. From then on the texts are its own: a better wording here reaches new entities only.
create function predefined_text_templates() returns table (document_type text, type text, name text, template text) language sql immutable as $texts$
  values
  ('quote', 'email_header', 'Quote: subject', 'Quote {quote_number} from {entity_name}'),
  ('quote', 'email_body', 'Quote: message', $$Dear {contact_name},

thank you for your interest. Our quote {quote_number} over {total_amount} is attached.

If you have any questions, or would like something changed, simply reply to this message.

Kind regards
{entity_name}$$),
  ('quote', 'memo', 'Quote: memo', $$Thank you for your enquiry. We are pleased to offer you the following.$$),

  ('invoice', 'email_header', 'Invoice: subject', 'Invoice {invoice_number} from {entity_name}'),
  ('invoice', 'email_body', 'Invoice: message', $$Dear {contact_name},

thank you for your order. Our invoice {invoice_number} over {total_amount} is attached. Please pay it by {due_date}.

If anything about it is unclear, simply reply to this message.

Kind regards
{entity_name}$$),
  ('invoice', 'memo', 'Invoice: memo', $$Thank you for your order. We invoice you for the following.$$),

  ('credit_note', 'email_header', 'Credit note: subject', 'Credit note {credit_note_number} from {entity_name}'),
  ('credit_note', 'email_body', 'Credit note: message', $$Dear {contact_name},

our credit note {credit_note_number} over {total_amount} is attached. There is nothing you need to do.

Kind regards
{entity_name}$$),
  ('credit_note', 'memo', 'Credit note: memo', $$We credit you with the following.$$),

  ('discount_reminder', 'email_header', 'Discount reminder: subject', 'Invoice {invoice_number}: your discount ends on {discount_date}'),
  ('discount_reminder', 'email_body', 'Discount reminder: message', $$Dear {contact_name},

if you pay our invoice {invoice_number} by {discount_date}, it costs you {amount_due_with_discount} instead of {amount_due}.

If your payment is already on its way, please disregard this message.

Kind regards
{entity_name}$$),

  ('final_reminder', 'email_header', 'Reminder: subject', 'Invoice {invoice_number} is due on {due_date}'),
  ('final_reminder', 'email_body', 'Reminder: message', $$Dear {contact_name},

a short reminder: our invoice {invoice_number} falls due on {due_date}. The amount to pay is {amount_due}.

If your payment is already on its way, please disregard this message.

Kind regards
{entity_name}$$),

  ('overdue_reminder', 'email_header', 'Overdue reminder: subject', 'Invoice {invoice_number} is overdue'),
  ('overdue_reminder', 'email_body', 'Overdue reminder: message', $$Dear {contact_name},

our invoice {invoice_number} was due on {due_date}, and we have not received the full amount yet. Please pay the outstanding {amount_due} as soon as you can.

If your payment has crossed with this message, please disregard it. If something keeps you from paying, let us know: we will find a way.

Kind regards
{entity_name}$$),

  ('payables_purchase_order', 'email_header', 'Purchase order: subject', 'Purchase order {document_number} from {entity_name}'),
  ('payables_purchase_order', 'email_body', 'Purchase order: message', $$Dear {counterpart_name},

our purchase order {document_number} over {total_amount} is attached. Please confirm it, and tell us when we can expect delivery.

Kind regards
{entity_name}$$),
  ('payables_purchase_order', 'memo', 'Purchase order: memo', $$Please state the number of this order on your delivery note and your invoice.$$)
$texts$;

-- Entities that are older than the texts get them too.
set local role quittance_system;
insert into text_templates (partner_id, entity_id, document_type, type, name, template, is_default)
select e.partner_id, e.id, p.document_type, p.type, p.name, p.template, true
from entities e cross join predefined_text_templates() p where e.deleted_at is null;
reset role;

-- Which PDF design an entity uses for a kind of document. A choice is never changed, only followed by another one: what was issued
-- before keeps the design of its day.
create table document_template_choices (
  like tenant_row including all,
  nth           bigint not null generated always as identity,
  document_type text not null check (document_type in ('receivable', 'delivery_note', 'purchase_order', 'payable')),
  template_id   uuid not null
);
call seal_tenant('document_template_choices');

-- A partner's own mail domains. The private key signs what is sent from the domain; its public half stands in the DNS.
create table mailbox_domains (
  like partner_row including all,
  domain           text not null check (domain = lower(domain)),
  status           text not null default 'waiting_to_be_verified' check (status in ('waiting_to_be_verified', 'active')),
  dkim_private_key text not null,
  dkim_public_key  text not null,
  -- What the DNS said when it was last asked, by record: valid, invalid or unknown.
  findings         json not null default '{}'
);
call seal_partner('mailbox_domains');
-- A domain name means one thing in the world, so it belongs to one partner of the installation.
create unique index mailbox_domains_domain on mailbox_domains (domain) where deleted_at is null;

alter table mailboxes add column created_by_entity_user_id uuid;
alter table mailboxes add foreign key (partner_id, mailbox_domain_id) references mailbox_domains (partner_id, id);
-- A mail address leads to one entity only.
create unique index mailboxes_address on mailboxes (mailbox_domain, mailbox_name) where deleted_at is null;
create index mailboxes_of_domain on mailboxes (mailbox_domain_id) where mailbox_domain_id is not null;
