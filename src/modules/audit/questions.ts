import { sql } from '../../platform/database/sql.ts'
import { WRONG_SUMS } from '../../platform/kept-sums/kept-sums.ts'
import { ofAccounting } from './accounting.questions.ts'
import { ofBanks } from './bank.questions.ts'
import { ofOnboarding } from './onboarding.questions.ts'
import { ofPayables, type Question } from './payables.questions.ts'
import { ofPayments } from './payments.questions.ts'

export type { Question }

/** The tables that hold rows of entities. */
export const TENANT_TABLES = sql(`
  select c.relname as "name!" from pg_class c
  join pg_attribute e on e.attrelid = c.oid and e.attname = 'entity_id' and not e.attisdropped
  join pg_attribute p on p.attrelid = c.oid and p.attname = 'partner_id' and not p.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'tenant_row' order by 1`)

/** The statuses a document may pass through, told a second time so that a slip in the flows shows: from, to. */
const moves: Record<'invoice' | 'quote' | 'credit_note', readonly (readonly [from: string, to: string])[]> = {
  invoice: [
    ['draft', 'issued'],
    ['draft', 'recurring'],
    ['recurring', 'canceled'],
    // By way of the network for e-invoices.
    ['draft', 'issuing'],
    ['issuing', 'issued'],
    ['issuing', 'failed'],
    ['failed', 'issuing'],
    ['failed', 'issued'],
    ['issued', 'partially_paid'],
    ['issued', 'paid'],
    ['issued', 'overdue'],
    ['issued', 'canceled'],
    ['issued', 'uncollectible'],
    ['partially_paid', 'paid'],
    ['partially_paid', 'overdue'],
    ['partially_paid', 'canceled'],
    ['partially_paid', 'uncollectible'],
    ['overdue', 'paid'],
    ['overdue', 'issued'],
    ['overdue', 'partially_paid'],
    ['overdue', 'canceled'],
    ['overdue', 'uncollectible'],
    // Money went back.
    ['paid', 'issued'],
    ['paid', 'partially_paid'],
    ['paid', 'overdue'],
    ['paid', 'canceled'],
    ['partially_paid', 'issued'],
  ],
  quote: [
    ['draft', 'issued'],
    ['issued', 'accepted'],
    ['issued', 'declined'],
    ['issued', 'expired'],
  ],
  credit_note: [
    ['draft', 'issued'],
    ['failed', 'issued'],
  ],
}
const movesAsRows = Object.entries(moves)
  .flatMap(([type, steps]) => steps.map(([from, to]) => `('${type}', '${from}', '${to}')`))
  .join(', ')

/** Objects whose rows begin with a `created` event: the table, the object's word, and which of its rows are meant. */
const announced: readonly (readonly [table: string, object: string, which?: string])[] = [
  ['receivables', 'receivable'],
  ['counterparts', 'counterpart'],
  ['counterpart_addresses', 'counterpart_address'],
  ['counterpart_bank_accounts', 'counterpart_bank_account'],
  ['counterpart_contacts', 'counterpart_contact_person'],
  ['counterpart_vat_ids', 'counterpart_tax_id'],
  // A product that was named on a document only is part of that document.
  ['products', 'product', 'not t.is_inline'],
  ['tags', 'tag'],
  ['recurrences', 'recurrence'],
  ['delivery_notes', 'delivery_note'],
  ['receipts', 'receipt'],
  ['payable_purchase_orders', 'payables_purchase_order'],
  ['roles', 'role'],
  ['entity_users', 'entity_user'],
  ['entity_bank_accounts', 'entity_bank_account'],
]

/** SQL of every document that bears a number of a series, whatever table it is in. */
const NUMBERED = `(select entity_id, id, type as series, number, document_id from receivables
  union all select entity_id, id, 'delivery_note', number, document_id from delivery_notes
  union all select entity_id, id, 'purchase_order', number, document_id from payable_purchase_orders)`

const ofDocuments: readonly Question[] = [
  {
    question: 'Payments and credits are what an invoice says was paid and credited, and what is due is the rest',
    // Whatever ended the invoice may forgive the rest: a conceded discount (paid), a credit note or the entity's word (canceled).
    sql: `
      with paid as (
        select entity_id, object_id, sum(amount)::bigint as amount from payment_records
        where object_type = 'receivable' and status = 'succeeded' and deleted_at is null group by entity_id, object_id),
      credited as (
        select entity_id, based_on, sum(total_amount)::bigint as amount from receivables
        where type = 'credit_note' and status = 'issued' and deleted_at is null and based_on is not null group by entity_id, based_on)
      select r.entity_id, r.id, r.status, r.total_amount, r.amount_paid, coalesce(p.amount, 0) as payments, r.amount_credited,
        coalesce(c.amount, 0) as credit_notes, r.amount_due
      from receivables r
      left join paid p on p.entity_id = r.entity_id and p.object_id = r.id
      left join credited c on c.entity_id = r.entity_id and c.based_on = r.id
      where r.type = 'invoice' and (r.amount_paid <> coalesce(p.amount, 0) or r.amount_credited <> coalesce(c.amount, 0)
        or r.amount_due <> case when r.status in ('paid', 'canceled') then 0
          else greatest(0, r.total_amount - r.amount_paid - r.amount_credited) end)`,
  },
  {
    question: 'A payment record belongs to a document of its entity, in the currency of that document',
    sql: `
      select p.entity_id, p.id, p.object_type, p.object_id, p.amount, p.currency, d.currency as of_document from payment_records p
      left join (select entity_id, id, 'receivable' as kind, currency from receivables union all select entity_id, id, 'payable', currency from payables) d
        on d.entity_id = p.entity_id and d.kind = p.object_type and d.id = p.object_id
      where d.id is null or p.amount = 0 or (p.status = 'succeeded' and p.currency is distinct from d.currency)`,
  },
  {
    question: 'The history of a payment record ends in its status',
    sql: `select entity_id, id, status, history from payment_records where history -> -1 ->> 'status' is distinct from status`,
  },
  {
    question: 'No number was given to two documents, and none lies beyond the counter of its series',
    sql: `
      select r.entity_id, r.series, r.number, count(*) as documents, max(n.last) as last
      from ${NUMBERED} r left join document_numbers n on n.entity_id = r.entity_id and n.series = r.series
      where r.number is not null
      group by r.entity_id, r.series, r.number
      having count(*) > 1 or max(n.last) is null or r.number > max(n.last) or r.number < 1`,
  },
  {
    question: 'The numbers of a series run from 1 to its counter without a gap',
    // An entity may ask for a hole: it sets the next number in its settings, or, outside the compliant mode, uses a text that the
    // counter then passes over. The counter does not record which, so an entity that ever changed its settings, or has a document
    // numbered by hand, is held to the question above alone. Everybody else is held to every single number.
    sql: `
      with numbered as materialized (select distinct entity_id, series, number from ${NUMBERED} d where number is not null),
      counted as (
        select n.entity_id, n.series, n.last, count(r.number) as documents from document_numbers n
        left join numbered r on r.entity_id = n.entity_id and r.series = n.series and r.number between 1 and n.last
        where n.series in ('invoice', 'quote', 'credit_note', 'delivery_note', 'purchase_order')
          and not exists (select from events e where e.entity_id = n.entity_id and e.object_id = n.entity_id and e.object_type = 'entity_settings')
          and not exists (select from ${NUMBERED} h where h.entity_id = n.entity_id and h.series = n.series and h.document_id is not null and h.number is null)
        group by n.entity_id, n.series, n.last having count(r.number) <> n.last)
      select c.*, coalesce((
        select min(place) from (select r.number, row_number() over (order by r.number) as place from numbered r
          where r.entity_id = c.entity_id and r.series = c.series and r.number between 1 and c.last) p where number <> place), documents + 1) as first_missing
      from counted c`,
  },
  {
    question: 'Two documents of an entity and type that the rules froze never carry the same document number',
    sql: `
      select entity_id, type, document_id, count(*) as documents from receivables
      where frozen and document_id is not null group by entity_id, type, document_id having count(*) > 1`,
  },
  {
    question: 'A document with a higher number does not have an earlier day of issue',
    sql: `
      select entity_id, type, number, issued_on, before from (
        select entity_id, type, number, issued_on,
          max(issued_on) over (partition by entity_id, type order by number rows between unbounded preceding and 1 preceding) as before
        from receivables where number is not null and frozen) r
      where issued_on < before`,
  },
  {
    question: 'What was issued has a number, a day and frozen content, and what was not has none',
    sql: `
      select entity_id, id, type, status, document_id, number, issue_date, issued_on, frozen from receivables
      where (status in ('draft', 'failed', 'issuing', 'recurring') and (frozen or issue_date is not null or number is not null and reserved_on is null))
         or (status = 'issuing' and (document_id is null or reserved_on is null))
         or (status in ('draft', 'recurring') and reserved_on is not null)
         or (status not in ('draft', 'failed', 'issuing', 'recurring', 'deleted') and (issue_date is null or document_id is null)
           and not (status = 'canceled' and exists (select from recurrences b where b.entity_id = receivables.entity_id and b.invoice_id = receivables.id)))
         or (issue_date is null) <> (issued_on is null)
         or (frozen and (content_hash is null or deleted_at is not null))`,
  },
  {
    question: 'The moves recorded in the events of a document lead from its draft to its status',
    // Every recorded move enters one status and leaves another. Whatever their order: over all of them each status is left as often as
    // it is entered, except the first (left once more) and the present one (entered once more).
    sql: `
      with moved as (
        select e.entity_id, e.object_id, e.data ->> 'old_status' as was, e.data ->> 'new_status' as is_now
        from events e where e.object_type = 'receivable' and e.data ? 'new_status'),
      steps as (
        select entity_id, object_id, was as status, -1 as n from moved
        union all select entity_id, object_id, is_now, 1 from moved
        union all select entity_id, id, 'draft', 1 from receivables
        union all select entity_id, id, case when status = 'deleted' then 'draft' else status::text end, -1 from receivables)
      select s.entity_id, s.object_id as id, max(r.status::text) as status, s.status as step, sum(s.n) as surplus
      from steps s left join receivables r on r.entity_id = s.entity_id and r.id = s.object_id
      where r.status is distinct from 'failed'
      group by s.entity_id, s.object_id, s.status having sum(s.n) <> 0`,
  },
  {
    question: 'Every recorded move is one that its kind of document may make',
    sql: `
      select e.entity_id, e.object_id, r.type, e.data ->> 'old_status' as was, e.data ->> 'new_status' as is_now
      from events e left join receivables r on r.entity_id = e.entity_id and r.id = e.object_id
      where e.object_type = 'receivable' and e.data ? 'new_status'
        and not exists (select from (values ${movesAsRows}) as legal (type, was, is_now)
          where legal.type = r.type::text and legal.was = e.data ->> 'old_status' and legal.is_now = e.data ->> 'new_status')`,
  },
  {
    question: 'A document becomes issued, canceled or deleted once, and says so once',
    sql: `
      select e.entity_id, e.object_id, e.event, count(*) as times, max(r.status::text) as status
      from events e left join receivables r on r.entity_id = e.entity_id and r.id = e.object_id
      where e.object_type = 'receivable' and e.event in ('created', 'issued', 'canceled', 'uncollectible', 'deleted')
      group by e.entity_id, e.object_id, e.event having count(*) > 1 or count(r.id) = 0`,
  },
  {
    question: 'A frozen document still says what it said when it was issued',
    sql: `
      select entity_id, id, document_id from receivables
      where frozen and content_hash is distinct from issued_hash(document_id, issued_on, due_date, total_amount, content::text)`,
  },
  {
    question: 'The chain of an entity runs from its first link without a gap, and each link covers the one before it',
    sql: `
      select entity_id, position, receivable_id, before from (
        select c.*, lag(c.hash, 1, ''::bytea) over w as previous, lag(c.position, 1, 0::bigint) over w as before
        from document_chain c window w as (partition by c.entity_id order by c.position)) c
      where position <> before + 1 or hash <> chain_hash(previous, position, receivable_id, content_hash)`,
  },
  {
    question: 'The last link of every issued document covers what the document says today, and nothing else is in the chain',
    sql: `
      select r.entity_id, r.id, r.document_id, r.status from receivables r
      left join lateral (select content_hash from document_chain c where c.entity_id = r.entity_id and c.receivable_id = r.id
        order by position desc limit 1) last on true
      where r.content_hash is distinct from last.content_hash`,
  },
  {
    question:
      'What a day of a recurrence led to is an invoice of that recurrence, made from its base, and no such invoice lacks its day',
    sql: `
      select i.entity_id, i.recurrence_id, i.iteration, i.issued_invoice_id as invoice_id from recurrence_iterations i
      join recurrences r on r.entity_id = i.entity_id and r.id = i.recurrence_id
      left join receivables v on v.entity_id = i.entity_id and v.id = i.issued_invoice_id
      where i.issued_invoice_id is not null and (v.recurrence_id is distinct from i.recurrence_id or v.based_on is distinct from r.invoice_id or v.type <> 'invoice')
      union all
      select v.entity_id, v.recurrence_id, null, v.id from receivables v join recurrences r on r.entity_id = v.entity_id and r.id = v.recurrence_id
      where v.id <> r.invoice_id and not exists (select from recurrence_iterations i
        where i.entity_id = v.entity_id and i.recurrence_id = v.recurrence_id and i.issued_invoice_id = v.id)`,
  },
  {
    question: 'The base of a recurrence is recurring until that is canceled, and nothing else is',
    sql: `
      select v.entity_id, v.id, v.status, r.id as recurrence_id, r.status as recurrence_status from receivables v
      full join recurrences r on r.entity_id = v.entity_id and r.invoice_id = v.id
      where (r.id is not null and v.status is distinct from case when r.status = 'canceled' then 'canceled' else 'recurring' end)
         or (r.id is null and v.status = 'recurring')`,
  },
  {
    question: 'Every object has the event that says it was made',
    sql: announced
      .map(
        ([table, object, which = 'true']) => `
      select '${object}' as object, t.entity_id, t.id, t.created_at from ${table} t
      where ${which} and not exists (select from events e where e.entity_id = t.entity_id and e.object_id = t.id and e.object_type = '${object}' and e.event = 'created')`,
      )
      .concat(
        `select 'entity', t.id, t.id, t.created_at from entities t
         where not exists (select from events e where e.entity_id = t.id and e.object_id = t.id and e.object_type = 'entity' and e.event = 'created')`,
      )
      .join(' union all '),
  },
  {
    question: 'Every event that was heard has a delivery for each subscription that wanted it, or a job that will see to it',
    // A subscription hears what happened since it was made; one that was changed, paused or removed afterwards is asked no more. When events
    // of an entity whose clock was put forward were made, nobody can tell. Deliveries of old events are removed where the settings say so.
    sql: `
      select e.entity_id, e.id as event_id, e.object_type, e.event, s.id as webhook_subscription_id from events e
      join webhook_subscriptions s on s.partner_id = e.partner_id and s.object_type = e.object_type and (s.event_types = '{}' or e.event = any (s.event_types))
      join partners p on p.id = e.partner_id and e.created_at >= p.deliveries_from
      where e.subscribed and s.created_at < e.created_at and e.created_at <= now() and s.updated_at = s.created_at and s.status = 'enabled' and s.deleted_at is null
        and not exists (select from webhook_deliveries d where d.entity_id = e.entity_id and d.event_id = e.id and d.webhook_subscription_id = s.id)
        and not exists (select from jobs j where j.kind = 'webhooks.fan_out' and j.payload ->> 'event_id' = e.id::text)`,
  },
  {
    question: 'A delivery that nobody tried yet has a job that will',
    sql: `
      select d.entity_id, d.id, d.created_at from webhook_deliveries d
      join webhook_subscriptions s on s.partner_id = d.partner_id and s.id = d.webhook_subscription_id
      where d.requests_made_count = 0 and s.status = 'enabled' and s.deleted_at is null
        and not exists (select from jobs j where j.kind = 'webhooks.deliver' and j.payload ->> 'delivery_id' = d.id::text)`,
  },
  {
    question: 'No job was given up, and none has waited for more than a day',
    sql: `select id, kind, entity_id, attempts, dead, run_at, last_error from jobs where dead or run_at < now() - interval '1 day'`,
  },
  {
    question: 'Every table with rows of an entity or a partner is sealed against the others',
    sql: `
      select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, p.polname::text as policy, pg_get_expr(p.polqual, p.polrelid) as shows
      from pg_class c
      join pg_policy p on p.polrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and (p.polroles = '{0}' or 'quittance_app'::regrole::oid = any (p.polroles))
        and (pg_get_expr(p.polqual, p.polrelid) not like '%current_setting(''app.%' or not p.polpermissive)
      union all
      select distinct c.relname, c.relrowsecurity, c.relforcerowsecurity, null, null from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname in ('entity_id', 'partner_id') and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in ('tenant_row', 'partner_row')
        and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    question: 'Every foreign key between rows of entities carries the entity',
    sql: `
      select k.conrelid::regclass::text as table, k.conname as key, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k
      join pg_attribute here on here.attrelid = k.conrelid and here.attname = 'entity_id' and here.attnotnull
      join pg_attribute there on there.attrelid = k.confrelid and there.attname = 'entity_id' and there.attnotnull
      where k.contype = 'f' and not exists (
        select from unnest(k.conkey, k.confkey) as pair (from_column, to_column) where pair.from_column = here.attnum and pair.to_column = there.attnum)`,
  },
  {
    question: 'The rows of an entity belong to the partner of that entity',
    sql: (tables) =>
      tables
        .map(
          (table) => `
      select '${table}' as table, t.entity_id, t.partner_id, count(*) as rows from ${table} t left join entities e on e.id = t.entity_id
      where t.entity_id is not null and t.entity_id <> '00000000-0000-0000-0000-000000000000' and e.partner_id is distinct from t.partner_id
      group by t.entity_id, t.partner_id`,
        )
        .join(' union all '),
  },
  {
    question: 'What a row names without a foreign key is of its own entity, or of its own partner',
    sql: `
      select 'receivables.counterpart_id' as place, r.entity_id, r.id, r.counterpart_id as names from receivables r
      where not exists (select from counterparts c where c.entity_id = r.entity_id and c.id = r.counterpart_id)
      union all
      select 'receivables.tag_ids', r.entity_id, r.id, named from receivables r, unnest(r.tag_ids) as named
      where not exists (select from tags t where t.entity_id = r.entity_id and t.id = named)
      union all
      select 'receivables.product_ids', r.entity_id, r.id, named from receivables r, unnest(r.product_ids) as named
      where not exists (select from products p where p.entity_id = r.entity_id and p.id = named)
      union all
      select 'receivables.credit_note_ids', r.entity_id, r.id, named from receivables r, unnest(r.credit_note_ids) as named
      where not exists (select from receivables n where n.entity_id = r.entity_id and n.id = named and n.based_on = r.id)
      union all
      select 'receivables.entity_user_id', r.entity_id, r.id, r.entity_user_id from receivables r
      where r.entity_user_id is not null and not exists (select from entity_users u where u.entity_id = r.entity_id and u.id = r.entity_user_id)
      union all
      select 'recurrences.entity_user_id', r.entity_id, r.id, r.entity_user_id from recurrences r
      where r.entity_user_id is not null and not exists (select from entity_users u where u.entity_id = r.entity_id and u.id = r.entity_user_id)
      union all
      select 'counterparts.tag_ids', c.entity_id, c.id, named from counterparts c, unnest(c.tag_ids) as named
      where not exists (select from tags t where t.entity_id = c.entity_id and t.id = named)
      union all
      select 'events.entity_user_id', e.entity_id, e.id, e.entity_user_id from events e
      where e.entity_user_id is not null and not exists (select from entity_users u where u.entity_id = e.entity_id and u.id = e.entity_user_id)
      union all
      select 'webhook_deliveries.webhook_subscription_id', d.entity_id, d.id, d.webhook_subscription_id from webhook_deliveries d
      where not exists (select from webhook_subscriptions s where s.partner_id = d.partner_id and s.id = d.webhook_subscription_id)
      union all
      select 'entities.logo_file_id', e.id, e.id, e.logo_file_id from entities e
      where e.logo_file_id is not null and not exists (select from files f where f.partner_id = e.partner_id and f.entity_id = e.id and f.id = e.logo_file_id)`,
  },
  { question: 'Sums that are kept are what the documents add up to', sql: WRONG_SUMS },
  {
    question: 'A document is found by its name: its counterpart bears it, or bore it',
    sql: `
      select r.entity_id, r.id, r.counterpart_name, c.name from receivables r join counterparts c on c.entity_id = r.entity_id and c.id = r.counterpart_id
      where r.sought_name <> c.sought_name and strpos(chr(10) || c.former_names || chr(10), chr(10) || r.sought_name || chr(10)) = 0`,
  },
]

export const questions: readonly Question[] = ofDocuments.concat(ofPayables, ofPayments, ofBanks, ofAccounting, ofOnboarding)
