import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPartner } from '../src/platform/auth/clients.ts'
import { readConfig } from '../src/platform/config.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { createPool } from '../src/platform/database/pool.ts'
import { createLog } from '../src/platform/log.ts'
import { paths } from '../src/platform/paths.ts'
import { assemble } from '../src/server.ts'
import { keepResults } from './results.ts'

/**
 * Fifty among a hundred thousand: the lists of receivables and of payables that the published React client asks for, each beside the one
 * without filters, in turns.
 *
 *   npx tsx bench/lists.ts [documents of each]
 */

const COUNT = Number(process.argv[2] ?? 100_000)
const ROUNDS = 40
const folder = mkdtempSync(join(tmpdir(), 'quittance-lists-'))

type Json = Record<string, unknown> & { id: string; data: unknown[] }
type Call = (method: 'GET' | 'POST', url: string, body?: unknown, headers?: Record<string, string>) => Promise<Json>

/** An entity with a hundred customers and the documents; a second entity of the same partner with a tenth as many. */
async function furnish(call: Call, client: { client_id: string; client_secret: string }, owner: ReturnType<typeof createPool>) {
  const token = async (grant: object) => `Bearer ${(await call('POST', '/auth/token', { ...client, ...grant })).access_token}`
  const authorization = await token({ grant_type: 'client_credentials' })
  const address = { country: 'DE', city: 'Berlin', line1: 'A 1', postal_code: '10115' }
  const found = []
  for (const [name, count] of [
    ['One', COUNT],
    ['Two', COUNT / 10],
  ] as const) {
    const organization = { legal_name: `${name} GmbH` }
    const entity = { type: 'organization', email: 'a@b.example', tax_id: '1', address, organization }
    const { id } = await call('POST', '/entities', entity, { authorization })
    const as = { authorization, 'x-monite-entity-id': id }
    const customers: Json[] = []
    for (let i = 0; i < 100; i++)
      customers.push(
        await call(
          'POST',
          '/counterparts',
          {
            type: 'organization',
            organization: { legal_name: `Customer ${i} GmbH`, is_customer: true, is_vendor: false, address },
          },
          as,
        ),
      )
    const vat = await call('POST', `/entities/${id}/vat_ids`, { country: 'DE', value: 'DE123456789' }, as)
    const terms = await call('POST', '/payment_terms', { name: '14', term_final: { number_of_days: 14 } }, as)
    const rate = ((await call('GET', '/vat_rates', undefined, as)).data as { id: string; value: number }[]).find(
      ({ value }) => value === 1900,
    )!
    const product = await call('POST', '/products', { name: 'Hour', price: { currency: 'EUR', value: 12500 } }, as)
    const made = await call(
      'POST',
      '/receivables',
      {
        type: 'invoice',
        currency: 'EUR',
        counterpart_id: customers[0]!.id,
        counterpart_billing_address_id: customers[0]!.default_billing_address_id,
        entity_vat_id_id: vat.id,
        payment_terms_id: terms.id,
        line_items: [1, 2, 3].map((quantity) => ({ product_id: product.id, quantity, vat_rate_id: rate.id })),
      },
      as,
    )
    await multiply(
      owner,
      made.id,
      customers.map((customer) => customer.id),
      count,
    )
    await multiplyBills(
      owner,
      (
        await call(
          'POST',
          '/payables',
          { document_id: 'B', currency: 'EUR', issued_at: '2020-01-01', due_date: '2020-02-01' },
          as,
        )
      ).id,
      customers.map((customer) => customer.id),
      count,
    )
    const role = await call(
      'POST',
      '/roles',
      {
        name: 'Reads',
        permissions: {
          objects: ['receivable', 'payable'].map((object_type) => ({
            object_type,
            actions: [{ action_name: 'read', permission: 'allowed' }],
          })),
        },
      },
      as,
    )
    const user = await call('POST', '/entity_users', { login: 'u', first_name: 'U', role_id: role.id }, as)
    const own = await token({ grant_type: 'entity_user', entity_user_id: user.id })
    await owner.query(
      `update payables set was_created_by_user_id = $1 where entity_id = $2 and abs(hashtext(document_id)) % 50 = 0`,
      [user.id, id],
    )
    await owner.query('vacuum analyze payables')
    found.push({ customers, user: user.id, headers: { authorization: own, 'x-monite-entity-id': id } })
  }
  return found[0]!
}

/** Copies of one bill, as years of business would have left them: mostly paid, some open, a few given up or not yet complete. */
async function multiplyBills(owner: ReturnType<typeof createPool>, id: string, vendors: string[], count: number) {
  const { rows } = await owner.query(
    `select string_agg(column_name, ', ') as names from information_schema.columns where table_name = 'payables' and is_generated = 'NEVER'
      and column_name not in ('id', 'created_at', 'updated_at', 'status', 'document_id', 'counterpart_id', 'counterpart', 'counterpart_raw_data', 'issued_at', 'due_date', 'total_amount', 'amount_paid')`,
  )
  const names: string = rows[0].names
  await owner.query(
    `insert into payables (${names}, created_at, updated_at, status, document_id, counterpart_id, counterpart, counterpart_raw_data, issued_at, due_date, total_amount, amount_paid)
     select ${names}, at, at, state, 'R-' || lpad(n::text, 6, '0'), ($2::uuid[])[1 + n % 97],
       case when state not in ('draft', 'new') then json_build_object('name', 'Customer ' || n % 97 || ' GmbH', 'address', json_build_object('country', 'DE', 'city', 'Berlin')) end,
       json_build_object('name', 'Customer ' || n % 97), at::date, at::date + 30, 1000 + n * 7919 % 1000000, 0
     from (select ${names
       .split(', ')
       .map((name) => `one.${name}`)
       .join(', ')}, n, timestamptz '2020-01-01' + n * interval '31 minutes' as at,
         case when n % 97 = 0 then 'draft' when n % 89 = 0 then 'rejected' when n % 83 = 0 then 'canceled' when n > $3 * 0.99 then 'new'
           when n > $3 * 0.98 then 'approve_in_progress' when n > $3 * 0.95 then 'waiting_to_be_paid' else 'paid' end as state
       from payables one, generate_series(1, $3::int) as n where one.id = $1) as made`,
    [id, vendors, count],
  )
}

/** Copies of one draft, as years of business would have left them: mostly paid, some open, a few drafts, quotes and credit notes. */
async function multiply(owner: ReturnType<typeof createPool>, id: string, customers: string[], count: number) {
  const { rows } = await owner.query(
    `select string_agg(column_name, ', ') as names from information_schema.columns where table_name = 'receivables' and is_generated = 'NEVER'
      and column_name not in ('id', 'created_at', 'updated_at', 'type', 'status', 'document_id', 'counterpart_id', 'counterpart_name', 'issue_date', 'issued_on', 'due_date', 'total_amount', 'amount_due')`,
  )
  await owner.query(
    `insert into receivables (${rows[0].names}, created_at, updated_at, type, status, document_id, counterpart_id, counterpart_name, issue_date, issued_on, due_date, total_amount, amount_due)
     select ${rows[0].names}, at, at, kind, state, case when state <> 'draft' then upper(substr(kind, 1, 3)) || '-' || lpad(n::text, 6, '0') end, ($2::uuid[])[1 + n % 97],
       'Customer ' || n % 97 || ' GmbH', case when state <> 'draft' then at::date end, case when state <> 'draft' then at::date end, case when state <> 'draft' and kind = 'invoice' then at::date + 14 end, 1000 + n * 7919 % 1000000,
       case when state in ('issued', 'overdue') then 1000 else 0 end
     from (select one.*, n, timestamptz '2020-01-01' + n * interval '31 minutes' as at,
         case n % 20 when 0 then 'quote' when 1 then 'credit_note' else 'invoice' end as kind,
         case when n % 20 < 2 then 'issued' when n % 97 = 0 then 'draft' when n % 89 = 0 then 'overdue' when n > $3 * 0.98 then 'issued' else 'paid' end as state
       from receivables one, generate_series(1, $3::int) as n where one.id = $1) as made`.replaceAll(
      'one.*',
      rows[0].names
        .split(', ')
        .map((name: string) => `one.${name}`)
        .join(', '),
    ),
    [id, customers, count],
  )
  await owner.query('vacuum analyze receivables')
}

/** The medians of what is asked for, as rows of a table. */
async function measured(call: Call, path: string, asked: [string, string][], headers: Record<string, string>): Promise<string> {
  const times = asked.map(() => [] as number[])
  const rows: number[] = []
  for (let round = -5; round < ROUNDS; round++)
    for (const [i, [, query]] of asked.entries()) {
      const at = performance.now()
      const { data } = await call('GET', `${path}?${query}`, undefined, headers)
      if (round >= 0) times[i]!.push(performance.now() - at)
      rows[i] = data.length
    }
  const medians = times.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!)
  return asked
    .map(([name], i) => `| ${name} | ${rows[i]} | ${medians[i]!.toFixed(2)} | **${(medians[i]! / medians[0]!).toFixed(2)}** |`)
    .join('\n')
}

async function measure() {
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
  try {
    await migrate(database.connection, { dir: paths.migrations })
    const config = readConfig({}, { data_dir: folder, rate_limit: 0, log_level: 'silent', jobs: 0 })
    const { app, machinery } = await assemble({
      config,
      log: createLog(config),
      pool: createPool(database.connection, { max: 4 }),
    })
    const owner = createPool(database.connection, { max: 1, role: '' })
    const call: Call = async (method, url, body, headers = {}) => {
      const payload = body !== undefined && { payload: JSON.stringify(body) }
      const response = await app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, ...payload })
      if (response.statusCode >= 400) throw new Error(`${method} ${url}: ${response.body}`)
      return JSON.parse(response.body) as Json
    }
    const partner = await createPartner(machinery.db, 'Lists')
    const { client_id, client_secret } = partner
    const { customers, user, headers } = await furnish(call, { client_id, client_secret }, owner)

    const newest = 'limit=50&sort=created_at&order=desc'
    const number = String(Math.floor(COUNT / 2) + 7).padStart(6, '0')
    const asked: [string, string][] = [
      ['no filter', newest],
      ['type', `${newest}&type=invoice`],
      ['type, status', `${newest}&type=invoice&status=paid`],
      ['type, rare status', `${newest}&type=invoice&status=overdue`],
      ['type, statuses of a tab', `${newest}&type=invoice&status__in=draft`],
      ['type, statuses of a tab', `${newest}&type=invoice&status__in=issued&status__in=overdue&status__in=partially_paid`],
      ['type, customer', `${newest}&type=invoice&counterpart_id=${customers[7]!.id}`],
      ['type, due by a day of the first year', `${newest}&type=invoice&due_date__lte=2020-06-30`],
      ['type, due by a day of the last', `${newest}&type=invoice&due_date__lte=2025-06-30`],
      ['type, number contains (one)', `${newest}&type=invoice&document_id__contains=${number}`],
      ['type, number contains (many)', `${newest}&type=invoice&document_id__contains=INV-0`],
      ['type, number contains (two letters)', `${newest}&type=invoice&document_id__contains=99`],
      ['type, number contains (none)', `${newest}&type=invoice&document_id__contains=Nowhere`],
      ['quotes', `${newest}&type=quote`],
      ['credit notes, status', `${newest}&type=credit_note&status=issued`],
      ['type, by number', 'limit=50&sort=document_id&order=desc&type=invoice'],
      ['type, by customer', 'limit=50&sort=counterpart_name&order=asc&type=invoice'],
      ['type, by day of issue', 'limit=50&sort=issue_date&order=desc&type=invoice'],
      ['type, by due date', 'limit=50&sort=due_date&order=asc&type=invoice'],
      ['type, by amount', 'limit=50&sort=amount&order=desc&type=invoice'],
      ['type, by status', 'limit=50&sort=status&order=asc&type=invoice'],
      [
        'all at once',
        `${newest}&type=invoice&status=paid&counterpart_id=${customers[8]!.id}&due_date__lte=2024-06-30&document_id__contains=INV`,
      ],
    ]
    const bills: [string, string][] = [
      ['no filter', newest],
      ['status', `${newest}&status=paid`],
      ['rare status', `${newest}&status=rejected`],
      ['statuses of a tab', `${newest}&status__in=draft`],
      ['statuses of a tab', `${newest}&status__in=approve_in_progress&status__in=waiting_to_be_paid`],
      ['vendor', `${newest}&counterpart_id=${customers[7]!.id}`],
      ['due on a day', `${newest}&due_date=2022-06-30`],
      ['due before a day of the first year', `${newest}&due_date__lt=2020-06-30`],
      ['due after a day of the last', `${newest}&due_date__gt=2025-06-30`],
      ['overdue', `${newest}&status__in=new&status__in=waiting_to_be_paid&due_date__lt=2026-01-01`],
      ['made by a person', `${newest}&was_created_by_user_id=${user}`],
      ['number contains (one)', `${newest}&document_id__icontains=r-${number}`],
      ['number contains (many)', `${newest}&document_id__icontains=R-0`],
      ['number contains (none)', `${newest}&document_id__icontains=Nowhere`],
      ['search: a number', `${newest}&search_text=r-${number}`],
      ['search: a vendor', `${newest}&search_text=customer%2042`],
      ['search: nothing', `${newest}&search_text=Nowhere`],
      ['by day of issue', 'limit=50&sort=issued_at&order=desc'],
      ['all at once', `${newest}&status=paid&counterpart_id=${customers[8]!.id}&due_date__lt=2024-06-30&search_text=R-0`],
    ]
    const tables = {
      receivables: await measured(call, '/receivables', asked, headers),
      payables: await measured(call, '/payables', bills, headers),
    }
    await owner.end()
    await app.close()
    return tables
  } finally {
    await database.stop()
  }
}

try {
  for (const [name, table] of Object.entries(await measure())) {
    const text = `## Lists of 50 among ${COUNT.toLocaleString('en')} ${name}

Made by \`npx tsx bench/lists.ts ${COUNT}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores, embedded PostgreSQL. The filters and
sort keys are those of the published React client; ${ROUNDS} rounds in turns, medians, the whole request of an entity user inside one
process. The ratio is to the list without filters.

| asked for | rows | ms | ratio |
| --- | ---: | ---: | ---: |
${table}`
    console.log(text)
    keepResults(text.split('\n')[0]!, text)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
