import type { createPool } from '../src/platform/database/pool.ts'

/**
 * Years of business of one company, made by SQL in minutes: as many receivables, payables, counterparts, products and log entries as are
 * asked for, with the events, payments, numbers and chain that belong to them, so that `quittance audit` has nothing to say.
 *
 * What the documents say is made by the product itself: drafts to four hundred buyers, which are then copied.
 */

type Owner = ReturnType<typeof createPool>
export type Json = Record<string, unknown> & { id: string; data: unknown[] }
export type Call = (method: 'GET' | 'POST', url: string, body?: unknown, headers?: Record<string, string>) => Promise<Json>

const BUYERS = 400
const YEARS = 7
const TABLES = [
  'receivables',
  'payables',
  'counterparts',
  'counterpart_addresses',
  'counterpart_vat_ids',
  'counterpart_bank_accounts',
].concat(['products', 'events', 'payment_records', 'audit_logs', 'document_chain'])

const FIRST = [
  'Nordwind',
  'Spreewerk',
  'Alster',
  'Isar',
  'Müritz',
  'Havel',
  'Rhön',
  'Taunus',
  'Eifel',
  'Harz',
  'Elbe',
  'Weser',
  'Ostsee',
]
const SECOND = ['Handel', 'Bau', 'Logistik', 'Software', 'Energie', 'Möbel', 'Druck', 'Metall', 'Papier', 'Optik', 'Textil']
const FORMS = ['GmbH', 'AG', 'KG', 'e.K.', 'SE']
const company = (n: number) => `${FIRST[n % FIRST.length]} ${SECOND[n % SECOND.length]} ${FORMS[n % FORMS.length]} ${n}`
const words = (all: readonly string[]) => `(array[${all.map((word) => `'${word}'`).join(', ')}])`
/** The same as SQL of a number. */
const COMPANY = `${words(FIRST)}[1 + n % ${FIRST.length}] || ' ' || ${words(SECOND)}[1 + n % ${SECOND.length}] || ' ' || ${words(FORMS)}[1 + n % ${FORMS.length}] || ' ' || n`

export interface Company {
  readonly id: string
  readonly partner: string
  readonly buyers: readonly { readonly id: string; readonly name: string }[]
  readonly products: readonly string[]
  readonly tags: readonly string[]
  readonly projects: readonly string[]
  /** One who made a fiftieth of everything, and one who left after the first weeks. */
  readonly users: readonly string[]
}

/** A company with its buyers, products and drafts, as the product makes them. */
async function found(
  call: Call,
  authorization: string,
): Promise<Company & { readonly drafts: readonly string[]; readonly bill: string }> {
  const address = { country: 'DE', city: 'Berlin', line1: 'A 1', postal_code: '10115' }
  const organization = { legal_name: 'Million GmbH' }
  const entity = await call(
    'POST',
    '/entities',
    { type: 'organization', email: 'a@b.example', tax_id: '1', address, organization },
    { authorization },
  )
  const as = { authorization, 'x-monite-entity-id': entity.id }
  const post = (url: string, body: unknown) => call('POST', url, body, as)
  const buyers: { id: string; name: string; address: unknown }[] = []
  for (let n = 0; n < BUYERS; n++) {
    const buyer = { legal_name: company(n), is_customer: true, is_vendor: n % 2 === 0, address }
    const { id, default_billing_address_id } = await post('/counterparts', { type: 'organization', organization: buyer })
    buyers.push({ id, name: company(n), address: default_billing_address_id })
  }
  const vat = await post(`/entities/${entity.id}/vat_ids`, { country: 'DE', value: 'DE123456789' })
  const terms = await post('/payment_terms', { name: '14', term_final: { number_of_days: 14 } })
  const rates = (await call('GET', '/vat_rates', undefined, as)).data as { id: string; value: number }[]
  const rate = rates.find(({ value }) => value === 1900)!
  const products: string[] = []
  for (let n = 0; n < 50; n++)
    products.push((await post('/products', { name: `Service ${n}`, price: { currency: 'EUR', value: 1000 + 977 * n } })).id)
  const drafts: string[] = []
  for (const [n, buyer] of buyers.entries()) {
    const line = (k: number) => ({
      product_id: products[(n * 3 + k) % 49],
      quantity: 1 + ((n * (k + 1)) % 17),
      vat_rate_id: rate.id,
    })
    const draft = await post('/receivables', {
      type: 'invoice',
      currency: 'EUR',
      counterpart_id: buyer.id,
      counterpart_billing_address_id: buyer.address,
      entity_vat_id_id: vat.id,
      payment_terms_id: terms.id,
      line_items: [0, 1, 2].map(line),
    })
    drafts.push(draft.id)
  }
  const bill = await post('/payables', { document_id: 'B', currency: 'EUR', issued_at: '2020-01-01', due_date: '2020-02-01' })
  const named = async (url: string, names: string[]) => {
    const ids: string[] = []
    for (const name of names) ids.push((await post(url, { name })).id)
    return ids
  }
  const tags = await named('/tags', ['often', 'rare'])
  const projects = await named('/projects', ['Long', 'Short'])
  const reads = ['receivable', 'payable', 'counterpart', 'product'].map((object_type) => ({
    object_type,
    actions: [{ action_name: 'read', permission: 'allowed' }],
  }))
  const role = await post('/roles', { name: 'Reads', permissions: { objects: reads } })
  const users: string[] = []
  for (const login of ['often', 'gone'])
    users.push((await post('/entity_users', { login, first_name: 'U', role_id: role.id })).id)
  const { partner_id } = (await call('GET', '/partner_settings', undefined, { authorization }).catch(() => ({}))) as Partial<Json>
  return { id: entity.id, partner: String(partner_id ?? ''), buyers, products, tags, projects, users, drafts, bill: bill.id }
}

/** Runs `work` with the indexes of the tables put aside, and without triggers and checks of references: what it writes is whole in itself. */
async function loading(owner: Owner, work: () => Promise<void>): Promise<void> {
  const { rows: indexes } = await owner.query<{ name: string; text: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as text from pg_index i
     where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [TABLES],
  )
  await owner.query(`set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`)
  for (const { name } of indexes) await owner.query(`drop index ${name}`)
  await work()
  await owner.query('reset session_replication_role')
  for (const { text } of indexes) await owner.query(text)
  for (const table of TABLES) await owner.query(`vacuum analyze ${table}`)
}

/** The columns of a table that can be written, but for some. */
async function columnsOf(owner: Owner, table: string, without: readonly string[]): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'
       and column_name <> all ($2) order by ordinal_position`,
    [table, without],
  )
  return rows.map(({ name }) => name)
}

/** Copies of rows: the columns that are given anew, by their SQL, and all the others as they are in `one`. */
async function copy(owner: Owner, table: string, anew: Record<string, string>, from: string): Promise<void> {
  const kept = await columnsOf(owner, table, Object.keys(anew))
  const names = [...kept, ...Object.keys(anew)]
  const values = [...kept.map((name) => `one.${name}`), ...Object.values(anew)]
  await owner.query(`insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${from}`)
}

/** Events of an object type: an event for each row of `from` (id, at, and whatever `data` is made of). */
const events = (who: string, objectType: string, event: string, data: string, from: string, heard = 'false') =>
  `insert into events (partner_id, entity_id, created_at, object_type, object_id, event, data, subscribed)
   select ${who}, at, '${objectType}', id, '${event}', ${data}, ${heard} from ${from}`
const moved = (was: string, is: string) => `jsonb_build_object('old_status', ${was}, 'new_status', ${is})`

async function receivables(
  owner: Owner,
  who: string,
  { drafts, tags, projects, users }: Awaited<ReturnType<typeof found>>,
  count: number,
) {
  await owner.query(`create temp table made as
    select m.*, case when state <> 'draft' then row_number() over (partition by kind, state = 'draft' order by n) end as number,
      case when state <> 'draft' then at + interval '1 hour' end as issued
    from (
      select n, gen_random_uuid() as id, (array['${drafts.join(`','`)}']::uuid[])[1 + floor(${BUYERS} * power((n::bigint * 7919 % 10007) / 10007.0, 2))::int] as draft,
        now() - (${count} + 1 - n) * (interval '${YEARS} years' / ${count}) as at, k.kind,
        case when k.kind = 'credit_note' then 'issued'
          when k.kind = 'quote' then case when n > ${count} * 0.98 then 'issued' when n % 3 = 0 then 'declined' when n % 5 = 0 then 'expired' else 'accepted' end
          when n % 97 = 0 then 'draft' when n % 89 = 0 then 'canceled' when n % 211 = 0 then 'uncollectible'
          when n > ${count} * 0.985 then 'issued' when n % 61 = 0 and n > ${count} * 0.7 then 'overdue'
          when n % 173 = 0 and n > ${count} * 0.9 then 'partially_paid' else 'paid' end as state
      from generate_series(1, ${count}) n, lateral (select case n % 20 when 0 then 'quote' when 1 then 'credit_note' else 'invoice' end as kind) k) m`)
  await owner.query('create index on made (draft)')
  const day = 'm.issued::date'
  const due = `case when m.issued is not null and m.kind = 'invoice' then ${day} + 14 + m.n % 17 end`
  const numbered = `case when m.number is not null then case m.kind when 'quote' then 'QUO-' when 'credit_note' then 'CN-' else 'INV-' end || lpad(m.number::text, 6, '0') end`
  const paid = `case m.state when 'paid' then one.total_amount when 'partially_paid' then one.total_amount / 2 else 0 end`
  const anew = {
    id: 'm.id',
    created_at: 'm.at',
    updated_at: 'coalesce(m.issued, m.at)',
    type: 'm.kind',
    status: 'm.state',
    document_id: numbered,
    number: 'm.number',
    issue_date: 'm.issued',
    issued_on: day,
    due_date: due,
    expiry_date: `case when m.kind = 'quote' then m.at::date + 30 end`,
    paid_at: `case when m.state = 'paid' then m.issued + interval '12 days' end`,
    amount_paid: paid,
    amount_due: `case when m.kind <> 'invoice' or m.state in ('paid', 'canceled') then 0 else one.total_amount - (${paid}) end`,
    frozen: 'm.number is not null',
    content_hash: `case when m.number is not null then sha256(convert_to(concat_ws(E'\\n', ${numbered}, to_char(${day}, 'YYYY-MM-DD'),
      coalesce(to_char(${due}, 'YYYY-MM-DD'), ''), one.total_amount::text, one.content::text), 'UTF8')) end`,
    entity_user_id: `case when m.n % 50 = 7 then '${users[0]}'::uuid when m.n <= 200 then '${users[1]}'::uuid end`,
    tag_ids: `case when m.n % 20 = 3 then array['${tags[0]}'::uuid] when m.n between 300 and 400 then array['${tags[1]}'::uuid] else '{}' end`,
    project_id: `case when m.n % 33 = 5 then '${projects[0]}'::uuid when m.n between 500 and 540 then '${projects[1]}'::uuid end`,
  }
  await copy(owner, 'receivables', anew, 'made m join receivables one on one.id = m.draft')
  await owner.query(`insert into document_numbers (partner_id, entity_id, series, last, last_day, last_at)
    select ${who}, kind, max(number), max(issued)::date, max(issued) from made where number is not null group by kind`)
  await owner.query(`do $$
    declare r record; link bytea := ''; place bigint := 0;
    begin
      for r in select id, content_hash, issue_date from receivables where frozen and entity_id = (select entity_id from (select ${who.replace(', ', ' as partner_id, ')} as entity_id) w)
        order by issue_date, id
      loop
        place := place + 1;
        link := chain_hash(link, place, r.id, r.content_hash);
        insert into document_chain (partner_id, entity_id, position, receivable_id, content_hash, hash, created_at)
        values (${who}, place, r.id, r.content_hash, link, r.issue_date);
      end loop;
    end $$`)
  await owner.query(events(who, 'receivable', 'created', 'null', 'made'))
  const issued = `(select id, issued as at from made where number is not null) m`
  await owner.query(events(who, 'receivable', 'issued', moved(`'draft'`, `'issued'`), issued, 'true'))
  const ended = `(select id, state, issued + interval '12 days' as at from made where state not in ('draft', 'issued')) m`
  await owner.query(events(who, 'receivable', 'updated', moved(`'issued'`, 'state'), ended))
  await owner.query(`insert into payment_records (partner_id, entity_id, created_at, updated_at, object_type, object_id, amount, currency, paid_at, old_status, new_status, history)
    select ${who}, at, at, 'receivable', id, amount_paid, 'EUR', at, 'issued', status, jsonb_build_array(jsonb_build_object('status', 'succeeded', 'timestamp', at, 'entity_user_id', null))
    from (select r.id, r.amount_paid, r.status, r.issue_date + interval '12 days' as at from made m join receivables r on r.id = m.id where r.amount_paid > 0) paid`)
  await owner.query('drop table made')
}

async function payables(
  owner: Owner,
  who: string,
  { bill, buyers, tags, projects, users }: Awaited<ReturnType<typeof found>>,
  count: number,
) {
  const ids = buyers.map(({ id }) => id)
  await owner.query(`create temp table made as
    select n, gen_random_uuid() as id, b.k, (array['${ids.join(`','`)}']::uuid[])[1 + b.k] as vendor, now() - (${count} + 1 - n) * (interval '${YEARS} years' / ${count}) as at,
      1000 + n::bigint * 7919 % 1000000 as total,
      case when n % 97 = 0 then 'draft' when n % 89 = 0 then 'rejected' when n % 83 = 0 then 'canceled' when n > ${count} * 0.99 then 'new'
        when n > ${count} * 0.98 then 'approve_in_progress' when n > ${count} * 0.95 then 'waiting_to_be_paid' else 'paid' end as state
    from generate_series(1, ${count}) n, lateral (select floor(${BUYERS} * power((n::bigint * 7919 % 10007) / 10007.0, 2))::int as k) b`)
  const open = `m.state in ('draft', 'new')`
  const name = COMPANY.replace(/\bn\b/g, 'm.k')
  const anew = {
    id: 'm.id',
    created_at: 'm.at',
    updated_at: 'm.at',
    status: 'm.state',
    document_id: `'R-' || lpad(m.n::text, 6, '0')`,
    counterpart_id: 'm.vendor',
    counterpart: `case when not ${open} then json_build_object('name', ${name}, 'address', json_build_object('country', 'DE', 'city', 'Berlin')) end`,
    counterpart_raw_data: `json_build_object('name', ${name})`,
    issued_at: 'm.at::date',
    due_date: `m.at::date + 30 + m.n % 5`,
    currency: `case when m.n % 10000 = 17 then 'CHF' when m.n % 20 = 5 then 'USD' else 'EUR' end`,
    subtotal: 'm.total',
    tax: '0',
    tax_amount: '0',
    total_amount: 'm.total',
    amount_paid: `case m.state when 'paid' then m.total else 0 end`,
    paid_at: `case m.state when 'paid' then m.at + interval '20 days' end`,
    payable_origin: `case when m.n % 10 = 1 then 'email' when m.n <= 300 then 'einvoicing' else 'upload' end`,
    source_of_payable_data: `case when m.n % 10 = 1 then 'ocr' when m.n <= 300 then 'einvoicing' else 'user_specified' end`,
    ocr_status: `case when m.n between 400 and 420 then 'error' when m.n % 10 = 1 then 'success' end`,
    was_created_by_user_id: `case when m.n % 50 = 7 then '${users[0]}'::uuid when m.n <= 200 then '${users[1]}'::uuid end`,
    tag_ids: `case when m.n % 20 = 3 then array['${tags[0]}'::uuid] when m.n between 300 and 400 then array['${tags[1]}'::uuid] else '{}' end`,
    project_id: `case when m.n % 33 = 5 then '${projects[0]}'::uuid when m.n between 500 and 540 then '${projects[1]}'::uuid end`,
  }
  await copy(owner, 'payables', anew, `made m join payables one on one.id = '${bill}'`)
  // From draft to new, and on: each step is one that bills may take.
  const steps: [from: string, to: string, which: string][] = [
    ['draft', 'new', `state not in ('draft', 'canceled')`],
    ['draft', 'canceled', `state = 'canceled'`],
    ['new', 'paid', `state = 'paid'`],
    ['new', 'approve_in_progress', `state in ('approve_in_progress', 'rejected')`],
    ['approve_in_progress', 'rejected', `state = 'rejected'`],
    ['new', 'waiting_to_be_paid', `state = 'waiting_to_be_paid'`],
  ]
  for (const [from, to, which] of steps)
    await owner.query(
      events(who, 'payable', 'updated', moved(`'${from}'`, `'${to}'`), `(select id, at from made where ${which}) m`),
    )
  await owner.query(`insert into payment_records (partner_id, entity_id, created_at, updated_at, object_type, object_id, amount, currency, paid_at, old_status, new_status, history)
    select ${who}, at, at, 'payable', p.id, total, p.currency, at, 'new', 'paid', jsonb_build_array(jsonb_build_object('status', 'succeeded', 'timestamp', at, 'entity_user_id', null))
    from made m join payables p on p.id = m.id where m.state = 'paid'`)
  await owner.query('drop table made')
}

async function counterparts(owner: Owner, who: string, first: string, tags: readonly string[], count: number) {
  await owner.query(`create temp table made as select n, gen_random_uuid() as id, gen_random_uuid() as address, gen_random_uuid() as part,
    now() - (${count} + 1 - n) * (interval '${YEARS} years' / ${count}) as at from generate_series(1000, ${count} + 999) n`)
  const anew = {
    id: 'm.id',
    created_at: 'm.at',
    updated_at: 'm.at',
    type: `case when m.n % 10 = 3 then 'individual' else 'organization' end::counterpart_type`,
    legal_name: `case when m.n % 10 <> 3 then ${COMPANY} end`,
    first_name: `case when m.n % 10 = 3 then ${words(['Ana', 'Bruno', 'Çelik', 'Dörte', 'Emil'])}[1 + n / 10 % 5] end`,
    last_name: `case when m.n % 10 = 3 then ${words(['Müller', 'Nowak', 'García', 'Schmidt', 'Weiß', 'Kaya', 'Rossi'])}[1 + n / 10 % 7] || ' ' || n end`,
    is_customer: 'm.n % 3 <> 0',
    is_vendor: 'm.n % 1000 = 0 or m.n % 3 = 0',
    email: `case when m.n % 4 <> 0 then 'office' || m.n || '@firm' || m.n % 5003 || '.example' end`,
    tax_id: `'T' || m.n`,
    tag_ids: `case when m.n % 20 = 3 then array['${tags[0]}'::uuid] when m.n between 1300 and 1400 then array['${tags[1]}'::uuid] else '{}' end`,
    default_billing_address_id: 'm.address',
  }
  await copy(owner, 'counterparts', anew, `made m join counterparts one on one.id = '${first}'`)
  await owner.query(`insert into counterpart_addresses (partner_id, entity_id, created_at, updated_at, id, counterpart_id, country, city, postal_code, line1)
    select ${who}, at, at, address, id, case when n % 1000 = 7 then 'FR' else 'DE' end, ${words(['Berlin', 'Hamburg', 'Köln', 'München'])}[1 + n % 4],
      lpad((n % 90000)::text, 5, '0'), 'Street ' || n from made`)
  await owner.query(`insert into counterpart_vat_ids (partner_id, entity_id, created_at, updated_at, id, counterpart_id, type, value, country)
    select ${who}, at, at, part, id, 'eu_vat', 'DE' || lpad(n::text, 9, '0'), 'DE' from made where n % 10 = 0`)
  await owner.query(`insert into counterpart_bank_accounts (partner_id, entity_id, created_at, updated_at, id, counterpart_id, iban, country, currency)
    select ${who}, at, at, part, id, 'DE89' || lpad(n::text, 18, '0'), 'DE', 'EUR' from made where n % 10 = 1`)
  await owner.query(events(who, 'counterpart', 'created', 'null', 'made'))
  await owner.query(events(who, 'counterpart_address', 'created', 'null', '(select address as id, at from made) m'))
  await owner.query(events(who, 'counterpart_tax_id', 'created', 'null', '(select part as id, at from made where n % 10 = 0) m'))
  await owner.query(
    events(who, 'counterpart_bank_account', 'created', 'null', '(select part as id, at from made where n % 10 = 1) m'),
  )
  await owner.query('drop table made')
}

async function products(owner: Owner, who: string, first: string, count: number) {
  await owner.query(`create temp table made as select n, gen_random_uuid() as id, now() - (${count} + 1 - n) * (interval '${YEARS} years' / ${count}) as at
    from generate_series(1, ${count}) n`)
  const anew = {
    id: 'm.id',
    created_at: 'm.at',
    updated_at: 'm.at',
    name: `${words(['Hour', 'Screw', 'Cable', 'Licence', 'Journey', 'Café', 'Panel'])}[1 + n % 7] || ' ' || ${words(SECOND)}[1 + n % ${SECOND.length}] || ' ' || n`,
    type: `case when m.n % 7 in (0, 4) then 'service' else 'product' end::product_type`,
    price: `100 + m.n::bigint * 7919 % 100000`,
    currency: `case when m.n % 10000 = 17 then 'CHF' when m.n % 20 = 5 then 'USD' else 'EUR' end`,
  }
  await copy(owner, 'products', anew, `made m join products one on one.id = '${first}'`)
  await owner.query(events(who, 'product', 'created', 'null', 'made'))
  await owner.query('drop table made')
}

/** A month of requests: mostly reading, some writing, a few refused. */
async function requests(owner: Owner, who: string, user: string, count: number) {
  await owner.query(`insert into audit_logs (id, partner_id, entity_id, entity_user_id, method, path, params, status_code, received_at, answered_at, details)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(r, 14, 18) || to_hex(n & 14))::uuid, ${who},
      case when n % 50 = 7 then '${user}'::uuid end, ${words(['GET', 'GET', 'GET', 'POST', 'PATCH'])}[1 + n % 5],
      ${words(['/v1/receivables', '/v1/payables', '/v1/counterparts', '/v1/receivables/1/issue', '/v1/products/2'])}[1 + n % 5],
      case when n % 5 < 3 then 'limit=50' end, case when n % 5000 = 0 then 409 when n % 5 = 3 then 201 else 200 end, at, at + interval '4 milliseconds',
      json_build_object('request', json_build_object('type', 'application/json', 'headers', json_build_object('accept', '*/*'), 'body', null),
        'response', json_build_object('type', 'application/json', 'headers', json_build_object('content-type', 'application/json'), 'body', json_build_object('id', n)))
    from generate_series(1, ${count}) n, lateral (select now() - (${count} + 1 - n) * (interval '30 days' / ${count}) as at, replace(gen_random_uuid()::text, '-', '') as r) m`)
}

/** Makes it all, and says how long each part took, in seconds. */
export async function furnish(call: Call, owner: Owner, authorization: string, count: number) {
  const took: [what: string, s: number][] = []
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const at = performance.now()
    const result = await work()
    took.push([what, (performance.now() - at) / 1000])
    return result
  }
  const made = await timed('a company and its drafts', () => found(call, authorization))
  const { rows } = await owner.query<{ partner_id: string }>('select partner_id from entities where id = $1', [made.id])
  const partner = rows[0]!.partner_id
  const who = `'${partner}'::uuid, '${made.id}'::uuid`
  await timed('everything, with its indexes', () =>
    loading(owner, async () => {
      await timed('receivables', () => receivables(owner, who, made, count))
      await timed('payables', () => payables(owner, who, made, count))
      await timed('counterparts', () => counterparts(owner, who, made.buyers[0]!.id, made.tags, count))
      await timed('products', () => products(owner, who, made.products[0]!, count))
      await timed('log entries', () => requests(owner, who, made.users[0]!, count))
    }),
  )
  const company: Company = { ...made, partner }
  return { company, took }
}
