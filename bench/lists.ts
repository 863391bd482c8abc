import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '../src/modules/audit/audit.ts'
import { createPartner } from '../src/platform/auth/clients.ts'
import { readConfig } from '../src/platform/config.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { createPool } from '../src/platform/database/pool.ts'
import { enroll, keepSums, payableSums, receivableSums } from '../src/platform/kept-sums/kept-sums.ts'
import { createLog } from '../src/platform/log.ts'
import { paths } from '../src/platform/paths.ts'
import { assemble } from '../src/server.ts'
import { type Call, type Company, furnish, type Json } from './million.ts'
import { keepResults } from './results.ts'

/**
 * Fifty of a million: every filter and every sort key of the lists of receivables, payables, counterparts, products, events and the audit
 * log, and the figures of analytics, in one company whose books balance. Each is told beside the list without filters, in turns.
 *
 *   npx tsx bench/lists.ts [rows of each] [--keep FOLDER] [--only receivables,payables] [--about WORDS] [--audit] [--unused]
 *
 * `--keep` leaves the rows in a folder and takes them from there the next time; `--about` asks the first question and those with these words in
 * their name, and keeps no results; `--audit` asks the books about them; `--unused` names the
 * indexes that nothing of this used. What is asked for many times is asked for at most `BUDGET_MS`.
 */

const COUNT = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 100_000)
const after = (name: string) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
const kept = after('--keep')
const only = after('--only')?.split(',')
const about = after('--about')
const ROUNDS = 20
const BUDGET_MS = 2_500
/** A list may take this many times what it takes without filters. */
const NEAR_ENOUGH = 1.3
const folder = kept ?? mkdtempSync(join(tmpdir(), 'quittance-lists-'))
const madeFile = join(folder, 'made.json')

type Asked = [name: string, query: string][]
interface Resource {
  readonly path: string
  readonly who: 'user' | 'partner'
  readonly asked: Asked
  /** Parameters of the list that steer it, and filter nothing. */
  readonly steering?: readonly string[]
}

/** What is asked of each list: first the list without filters, then each filter with what is often, rare or nowhere, then the sort keys. */
function resources(
  { buyers, products, tags, projects, users, id }: Company,
  one: Record<string, string>,
): Record<string, Resource> {
  const day = (years: number) => new Date(Date.now() - years * 365.25 * 86_400_000).toISOString().slice(0, 10)
  const moment = (years: number) => `${day(years)}T00:00:00Z`
  const number = String(Math.floor(COUNT / 2) + 7).padStart(6, '0')
  const [often, rare] = [buyers[0]!, buyers.at(-1)!]
  const e = encodeURIComponent
  const newest = 'limit=50&sort=created_at&order=desc'
  const under = (base: string, queries: Asked): Asked => queries.map(([name, query]) => [name, `${base}&${query}`])
  /** Text filters: one row holds it, some do, all do, none does. */
  const texts = (field: string, values: Record<string, string>, suffixes = ['', '__contains', '__icontains']): Asked =>
    suffixes.flatMap((suffix) =>
      Object.entries(values).map(([how, value]): [string, string] => [
        `${field}${suffix}: ${how}`,
        `${field}${suffix}=${e(value)}`,
      ]),
    )
  const ranges = (field: string, values: Record<string, string | number>): Asked =>
    Object.entries(values).flatMap(
      ([how, value]): Asked => [
        [`${field} from ${how}`, `${field}__gte=${value}`],
        [`${field} after ${how}`, `${field}__gt=${value}`],
        [`${field} until ${how}`, `${field}__lte=${value}`],
        [`${field} before ${how}`, `${field}__lt=${value}`],
      ],
    )
  const open = 'status__in=issued&status__in=overdue'
  const byKey = [
    'counterpart_name',
    'counterpart_id',
    'amount',
    'total_amount',
    'discounted_subtotal',
    'status',
    'due_date',
    'issue_date',
  ]
    .concat(['document_id', 'created_at', 'project_id'])
    .flatMap((key) => ['asc', 'desc'].map((order) => [key, order] as const))
  const sorted = (name: string, filters: string): Asked =>
    byKey.map(([key, order]) => [`${name}by ${key} ${order}`, `limit=50&sort=${key}&order=${order}${filters}`])
  const days = {
    'the first year': day(6.2),
    'the last year': day(0.5),
    'a day of next year': day(-0.9),
    'ten years ago': day(10),
  }
  const moments = { 'the first year': moment(6.2), 'the last year': moment(0.5) }
  const names = { often: often.name, seldom: rare.name, nowhere: 'Nowhere' }
  const parts = { often: often.name.slice(0, 8), seldom: rare.name.slice(4), everywhere: 'e', nowhere: 'Nowhere' }
  const owned: Asked = [
    ['project', `project_id=${projects[0]}`],
    ['project, small', `project_id=${projects[1]}`],
    ['projects', `project_id__in=${projects.join('&project_id__in=')}`],
    ['tag', `tag_ids=${tags[0]}`],
    ['tag, rare', `tag_ids=${tags[1]}`],
  ]
  const orders = ['asc', 'desc']
  /** Each sort key of a table in both orders, under each filter. */
  const table = (keys: string[], filters: Asked): Asked =>
    filters.flatMap(([name, filter]) =>
      keys.flatMap((key) =>
        orders.map((order): [string, string] => [
          `${name}, by ${key} ${order}`,
          `limit=50&sort=${key}&order=${order}${filter && `&${filter}`}`,
        ]),
      ),
    )
  /** What the tables and the front page of the published React client ask for. */
  const ofClient = {
    receivables: [
      ['the newest invoices', 'type=invoice&limit=50&sort=created_at&order=desc'],
      ['overdue, as they were made', 'status=overdue'],
      ...table(
        ['created_at', 'issue_date', 'due_date', 'counterpart_name', 'amount', 'status', 'document_id'],
        [
          ['invoices', 'type=invoice'],
          ...['draft', 'issued', 'overdue', 'partially_paid', 'paid', 'canceled'].map((s): [string, string] => [
            `invoices ${s}`,
            `type=invoice&status=${s}`,
          ]),
          ['invoices of a buyer', `type=invoice&counterpart_id=${buyers[5]!.id}`],
          ['invoices of a small buyer', `type=invoice&counterpart_id=${rare.id}`],
          ['invoices due until a day', `type=invoice&due_date__lte=${day(0.1)}`],
          ['invoices due long ago', `type=invoice&due_date__lte=${day(6.8)}`],
          ['invoices with a part of a number', `type=invoice&document_id__contains=${number.slice(1)}`],
          ['quotes', 'type=quote'],
          ['quotes issued', 'type=quote&status=issued'],
          ['quotes of a buyer', `type=quote&counterpart_id=${buyers[5]!.id}`],
          ['credit notes', 'type=credit_note'],
          ['credit notes of a buyer', `type=credit_note&counterpart_id=${buyers[5]!.id}`],
        ],
      ),
    ],
    payables: [
      ['the newest bills', 'limit=50&sort=created_at&order=desc'],
      ['to be paid, as they were made', 'status=waiting_to_be_paid'],
      ...table(
        ['created_at'],
        [
          ...['draft', 'new', 'approve_in_progress', 'waiting_to_be_paid', 'partially_paid', 'paid', 'rejected', 'canceled'].map(
            (s): [string, string] => [`bills ${s}`, `status=${s}`],
          ),
          [
            'bills of a day',
            `created_at__gte=${moment(3)}&created_at__lt=${new Date(Date.parse(moment(3)) + 86_400_000).toISOString()}`,
          ],
          ['bills due on a day', `due_date=${day(3)}`],
          ['bills due today', `due_date=${day(0)}`],
          ['bills due before today', `status__in=waiting_to_be_paid&due_date__lt=${day(0)}`],
          ['bills with a part of a number', `document_id__icontains=${number}`],
          ['bills with a part of many numbers', 'document_id__icontains=99'],
          ['bills of a name', `search_text=${e(parts.often)}`],
          ['bills of a vendor', `counterpart_id=${often.id}`],
          ['bills that a person added', `was_created_by_user_id=${users[0]}`],
          ['bills with a tag', `tag_ids=${tags[0]}`],
        ],
      ),
    ],
    counterparts: [
      ['all', 'limit=50'],
      ...table(
        ['counterpart_name'],
        [
          ['all', ''],
          ['persons', 'type=individual'],
          ['customers', 'is_customer=true'],
          ['vendors', 'is_vendor=true'],
          ['with a frequent part of a name', 'counterpart_name__icontains=nordwind'],
          ['customers with a frequent part of a name', 'is_customer=true&counterpart_name__icontains=nordwind'],
          ['with a rare part of a name', `counterpart_name__icontains=${Math.floor(COUNT / 2) + 3}`],
        ],
      ),
    ],
    products: [
      ['all', 'limit=50'],
      ...table(
        ['name'],
        [
          ['all', ''],
          ['services', 'type=service'],
          ['with a frequent part of a name', 'name__icontains=screw'],
          ['services with a frequent part of a name', 'type=service&name__icontains=hour'],
          ['with a rare part of a name', `name__icontains=${Math.floor(COUNT / 2) + 3}`],
        ],
      ),
    ],
  } satisfies Record<string, Asked>
  return {
    ...Object.fromEntries(
      Object.entries(ofClient).map(([name, asked]): [string, Resource] => [
        `${name} as the React client asks`,
        { path: `/${name}`, who: 'user', asked: asked as Asked },
      ]),
    ),
    receivables: {
      path: '/receivables',
      who: 'user',
      asked: [
        ['no filter', newest],
        ...under(newest, [
          ...['invoice', 'quote', 'credit_note'].map((type): [string, string] => [`type ${type}`, `type=${type}`]),
          ...['paid', 'overdue', 'draft', 'uncollectible', 'expired', 'recurring'].map((s): [string, string] => [
            `status ${s}`,
            `status=${s}`,
          ]),
          ['status in open', open],
          ['status in a tab', 'type=invoice&status__in=issued&status__in=overdue&status__in=partially_paid'],
          ['statuses that are rare', 'status__in=draft&status__in=recurring'],
          ['buyer', `counterpart_id=${often.id}`],
          ['buyer, small', `counterpart_id=${rare.id}`],
          ['person', `entity_user_id=${users[0]}`],
          ['person who left', `entity_user_id=${users[1]}`],
          ['persons', `entity_user_id__in=${users.join('&entity_user_id__in=')}`],
          ...owned,
          ['tags, any', `tag_ids__in=${tags.join('&tag_ids__in=')}`],
          ['product', `product_ids=${products[3]}`],
          ['product, any', `product_ids__in=${products[3]}&product_ids__in=${products[4]}`],
          ['product on none', `product_ids=${products[49]}`],
          ['based on', `based_on=${one.receivable}`],
          ['ids', `id__in=${one.receivable}`],
          ...texts('counterpart_name', names, ['']),
          ...texts('counterpart_name', parts, ['__contains', '__icontains']),
          ...texts('document_id', { one: `INV-${number}`, nowhere: 'Nowhere' }, ['']),
          ...texts(
            'document_id',
            { one: number, some: number.slice(0, 5), many: 'INV-0', 'two letters': '99', nowhere: 'Nowhere' },
            ['__contains', '__icontains'],
          ),
          ...ranges('due_date', days),
          ...ranges('issue_date', moments),
          ...ranges('created_at', moments),
          ['total', 'total_amount=428400'],
          ...ranges('total_amount', { nothing: 0, most: 700_000, 'more than any': 99_000_000 }),
          ['net', 'discounted_subtotal=360000'],
          ...ranges('discounted_subtotal', { nothing: 0, most: 600_000, 'more than any': 99_000_000 }),
          [
            'all at once',
            `type=invoice&status=paid&counterpart_id=${buyers[3]!.id}&due_date__lte=${day(1)}&document_id__contains=INV`,
          ],
        ]),
        ...sorted('', ''),
        ...sorted('invoices ', '&type=invoice'),
        ...sorted('open ', `&${open}`),
        ...sorted('overdue ', '&type=invoice&status=overdue'),
        ...sorted('of a buyer ', `&counterpart_id=${buyers[5]!.id}`),
      ],
    },
    payables: {
      path: '/payables',
      who: 'user',
      asked: [
        ['no filter', newest],
        ...under(newest, [
          ...['paid', 'rejected', 'draft', 'new', 'partially_paid'].map((s): [string, string] => [`status ${s}`, `status=${s}`]),
          ['statuses of a tab', 'status__in=approve_in_progress&status__in=waiting_to_be_paid'],
          ['overdue', `status__in=new&status__in=waiting_to_be_paid&due_date__lt=${day(0.02)}`],
          ['vendor', `counterpart_id=${often.id}`],
          ['vendor, small', `counterpart_id=${rare.id}`],
          ['person', `was_created_by_user_id=${users[0]}`],
          ['person who left', `was_created_by_user_id=${users[1]}`],
          ...owned,
          ['tags, none of', `tag_ids__not_in=${tags[0]}`],
          ['with tags', 'has_tags=true'],
          ['with a file', 'has_file=true'],
          ['without a file', 'has_file=false'],
          ...['EUR', 'USD', 'CHF', 'JPY'].map((c): [string, string] => [`currency ${c}`, `currency=${c}`]),
          ...['upload', 'email', 'einvoicing'].map((o): [string, string] => [`origin ${o}`, `origin=${o}`]),
          ...['user_specified', 'ocr', 'einvoicing'].map((s): [string, string] => [`source ${s}`, `source_of_payable_data=${s}`]),
          ...['success', 'error', 'processing'].map((s): [string, string] => [`reading ${s}`, `ocr_status=${s}`]),
          ['purchase order', `purchase_order_id=${one.payable}`],
          ['line item', `line_item_id=${one.payable}`],
          ['ids', `id__in=${one.payable}`],
          ...texts('counterpart_name', names, ['']),
          ...texts('counterpart_name', parts, ['__contains', '__icontains']),
          ...texts('search_text', { 'a number': `r-${number}`, ...parts }, ['']),
          ...texts('document_id', { one: `R-${number}`, nowhere: 'Nowhere' }, ['']),
          ...texts(
            'document_id',
            { one: number, some: number.slice(0, 5), many: 'R-0', 'two letters': '99', nowhere: 'Nowhere' },
            ['__contains', '__icontains'],
          ),
          ['due on a day', `due_date=${day(3)}`],
          ...ranges('due_date', days),
          ['issued on a day', `issued_at=${day(3)}`],
          ...ranges('issued_at', days),
          ...ranges('created_at', moments),
          ['total', 'total_amount=8919'],
          ['amount', 'amount=8919'],
          ...ranges('total_amount', { nothing: 0, most: 999_000, 'more than any': 99_000_000 }),
          ...ranges('amount', { most: 999_000 }),
          ['all at once', `status=paid&counterpart_id=${buyers[3]!.id}&due_date__lt=${day(1)}&search_text=R-0`],
        ]),
        ...['id', 'created_at', 'issued_at'].flatMap(
          (key): Asked => [
            [`by ${key} asc`, `limit=50&sort=${key}&order=asc`],
            [`by ${key} desc`, `limit=50&sort=${key}&order=desc`],
            [
              `to be paid by ${key}`,
              `limit=50&sort=${key}&order=asc&status__in=approve_in_progress&status__in=waiting_to_be_paid`,
            ],
          ],
        ),
      ],
    },
    counterparts: {
      path: '/counterparts',
      who: 'user',
      asked: [
        ['no filter', 'limit=50'],
        ...under('limit=50', [
          ['IBAN', `iban=DE89${String(4241).padStart(18, '0')}`],
          ['sort code', 'sort_code=123456'],
          ['account number', 'account_number=123456'],
          ['tax number', 'tax_id=T4242'],
          ['VAT number', `vat_id=DE${String(4240).padStart(9, '0')}`],
          ['ids', `id__in=${often.id}`],
          ['persons', 'type=individual'],
          ['firms', 'type=organization'],
          ...texts('counterpart_name', { one: buyers[7]!.name, nowhere: 'Nowhere' }, ['', '__iexact']),
          ...texts(
            'counterpart_name',
            {
              one: `${Math.floor(COUNT / 2) + 3}`,
              often: 'nordwind',
              everywhere: 'e',
              'two letters': '99',
              accents: 'muller',
              nowhere: 'Nowhere',
            },
            ['__contains', '__icontains'],
          ),
          ['vendors', 'is_vendor=true'],
          ['customers', 'is_customer=true'],
          ['not customers', 'is_customer=false'],
          ...texts('email', { one: 'office5001@firm5001.example', nowhere: 'Nowhere' }, ['']),
          ...texts('email', { one: 'office5001@', many: 'office', firm: '@firm77.', nowhere: 'Nowhere' }, [
            '__contains',
            '__icontains',
          ]),
          ...ranges('created_at', moments),
          ...(['country=DE', 'country=FR', 'city=Hamburg', 'postal_code=04242', 'state=BE'] as const).map(
            (f): [string, string] => [`address.${f}`, `address.${f}`],
          ),
          ['address.line1', `address.line1=${e('Street 4242')}`],
          ['address.line2', 'address.line2=Nowhere'],
          ['tag', `tag_ids__in=${tags[0]}`],
          ['tag, rare', `tag_ids__in=${tags[1]}`],
        ]),
        ['by name asc', 'limit=50&sort=counterpart_name&order=asc'],
        ['by name desc', 'limit=50&sort=counterpart_name&order=desc'],
        ['vendors by name', 'limit=50&sort=counterpart_name&is_vendor=true'],
        ['searched by name', 'limit=50&sort=counterpart_name&counterpart_name__icontains=nordwind'],
        ['seldom by name', `limit=50&sort=counterpart_name&counterpart_name__icontains=${Math.floor(COUNT / 2) + 3}`],
      ],
    },
    products: {
      path: '/products',
      who: 'user',
      asked: [
        ['no filter', 'limit=50'],
        ...under('limit=50', [
          ['ids', `id__in=${products[0]}`],
          ...texts('name', { one: 'Service 7', nowhere: 'Nowhere' }, ['']),
          ...texts(
            'name',
            {
              one: `${Math.floor(COUNT / 2) + 3}`,
              often: 'Screw',
              everywhere: 'e',
              'two letters': '99',
              accents: 'cafe',
              nowhere: 'Nowhere',
            },
            ['__contains', '__icontains'],
          ),
          ['type service', 'type=service'],
          ['type product', 'type=product'],
          ['price', 'price=8019'],
          ...ranges('price', { nothing: 0, most: 100_000, 'more than any': 99_000_000 }),
          ...['EUR', 'USD', 'CHF', 'JPY'].map((c): [string, string] => [`currency ${c}`, `currency=${c}`]),
          ['currencies', 'currency__in=CHF&currency__in=USD'],
          ['measure unit', `measure_unit_id=${id}`],
          ...ranges('created_at', moments),
        ]),
        ['by name asc', 'limit=50&sort=name&order=asc'],
        ['by name desc', 'limit=50&sort=name&order=desc'],
        ['searched by name', 'limit=50&sort=name&name__icontains=screw'],
      ],
    },
    events: {
      path: '/events',
      who: 'partner',
      asked: [
        ['no filter', 'limit=50'],
        ...under('limit=50', [
          ['of receivables', 'object_type=receivable'],
          ['of payables', 'object_type=payable'],
          ...ranges('created_at', moments),
        ]),
        ['by created_at desc', 'limit=50&sort=created_at&order=desc'],
        ['by updated_at desc', 'limit=50&sort=updated_at&order=desc'],
      ],
    },
    audit_logs: {
      path: '/audit_logs',
      who: 'partner',
      steering: ['page_size', 'page_num'],
      asked: [
        ['the last week', 'page_size=50'],
        ...under('page_size=50', [
          ['of a person', `entity_user_id=${users[0]}`],
          ['of a person who left', `entity_user_id=${users[1]}`],
          ['path', 'path__contains=issue'],
          ['path nowhere', 'path__contains=nowhere'],
          ['requests', 'type=request'],
          ['answers', 'type=response'],
          ['GET', 'method=GET'],
          ['DELETE', 'method=DELETE'],
          ['status 409', 'status_code=409'],
          ['status 500', 'status_code=500'],
          ['second page', 'page_num=2'],
        ]),
        ...ranges('timestamp', { 'three days ago': moment(3 / 365.25) }),
      ],
    },
    analytics: {
      path: '/analytics/receivables',
      who: 'user',
      asked: [
        ['documents by status', 'metric=id&aggregation_function=count&dimension=status'],
        ...['created_at', 'issue_date', 'due_date'].flatMap(
          (dimension): Asked =>
            ['daily', 'monthly', 'yearly'].map((span) => [
              `sums by ${dimension}, ${span}`,
              `metric=total_amount&aggregation_function=summary&dimension=${dimension}&date_dimension_breakdown=${span}&limit=250`,
            ]),
        ),
        ...['status', 'counterpart_id', 'currency', 'project_id', 'product_id'].flatMap(
          (dimension): Asked => [
            [`sums by ${dimension}`, `metric=total_amount&aggregation_function=summary&dimension=${dimension}`],
            [`averages by ${dimension}`, `metric=total_amount&aggregation_function=average&dimension=${dimension}`],
          ],
        ),
        ['sums', 'metric=total_amount&aggregation_function=summary'],
        ['least', 'metric=total_amount&aggregation_function=min'],
        ['most', 'metric=total_amount&aggregation_function=max'],
        [
          'invoices by month',
          'type=invoice&metric=total_amount&aggregation_function=summary&dimension=issue_date&date_dimension_breakdown=monthly',
        ],
        [
          'overdue by buyer',
          'type=invoice&status=overdue&metric=total_amount&aggregation_function=summary&dimension=counterpart_id',
        ],
        [
          'open by due month',
          `type=invoice&${open}&metric=total_amount&aggregation_function=summary&dimension=due_date&date_dimension_breakdown=monthly`,
        ],
        ['quantities by product', 'metric=product_quantity&aggregation_function=summary&dimension=product_id'],
        ['received, by day', 'metric=total_amount&aggregation_function=summary&dimension=created_at&status=paid&limit=7'],
        ...[day(0.25), day(1)].flatMap(
          (since): Asked =>
            [
              `dimension=created_at&date_dimension_breakdown=monthly&created_at__gte=${since}T00:00:00Z`,
              `dimension=issue_date&date_dimension_breakdown=monthly&issue_date__gte=${since}T00:00:00Z`,
              `dimension=due_date&date_dimension_breakdown=monthly&due_date__gte=${since}&due_date__lte=${day(0)}`,
              `dimension=status&issue_date__gte=${since}T00:00:00Z`,
              `dimension=counterpart_id&created_at__gte=${since}T00:00:00Z`,
              `dimension=counterpart_id&issue_date__gte=${since}T00:00:00Z`,
              `dimension=counterpart_id&due_date__gte=${since}&due_date__lte=${day(0)}`,
              `dimension=product_id&issue_date__gte=${since}T00:00:00Z`,
            ].flatMap((within): Asked => {
              const name = `${since === day(1) ? 'a year' : 'a quarter'}: ${within.replace(/dimension=|&date_dimension.*?(?=&)|__.te=[^&]*/g, '').replace('&', ' within ')}`
              return [
                [`sums of ${name}`, `metric=total_amount&aggregation_function=summary&${within}`],
                [`net of ${name}`, `metric=product_amount&aggregation_function=summary&${within}`],
              ]
            }),
        ),
        ...Object.entries({
          'a frequent buyer': `counterpart_id=${often.id}`,
          'a person': `entity_user_id=${users[0]}`,
          'a project': `project_id=${projects[0]}`,
          'a product': `product_ids=${products[3]}`,
        }).map(([whose, filter]): [string, string] => [
          `sums of ${whose} by month`,
          `metric=total_amount&aggregation_function=summary&dimension=issue_date&date_dimension_breakdown=monthly&${filter}`,
        ]),
        [
          'net by month',
          'metric=product_amount&aggregation_function=summary&dimension=created_at&date_dimension_breakdown=monthly',
        ],
      ],
    },
    'analytics of payables': {
      path: '/analytics/payables',
      who: 'user',
      asked: [
        ['bills by status', 'metric=id&aggregation_function=count&dimension=status'],
        ...['created_at', 'issued_at', 'due_date'].map((dimension): [string, string] => [
          `sums by ${dimension}, monthly`,
          `metric=total_amount&aggregation_function=summary&dimension=${dimension}&date_dimension_breakdown=monthly`,
        ]),
        ...['status', 'counterpart_id', 'currency', 'project_id'].map((dimension): [string, string] => [
          `sums by ${dimension}`,
          `metric=total_amount&aggregation_function=summary&dimension=${dimension}`,
        ]),
        ...['issued_at', 'due_date'].map((name): [string, string] => [
          `sums of a year: counterpart_id within ${name}`,
          `metric=total_amount&aggregation_function=summary&dimension=counterpart_id&${name}__gte=${day(1)}&${name}__lte=${day(0)}`,
        ]),
        ['average', 'metric=total_amount&aggregation_function=average'],
      ],
    },
    'sums of payables': {
      path: '/payables/analytics',
      who: 'user',
      asked: [
        ['all', ''],
        ['paid', 'status=paid'],
      ],
    },
  }
}

/** Medians and spread of what is asked for, in turns, as rows of a table. */
async function measured(call: Call, { path, asked: all }: Resource, headers: Record<string, string>): Promise<string> {
  const asked = all.filter(([name], i) => i === 0 || about === undefined || name.includes(about))
  const times = asked.map(() => [] as number[])
  const rows: number[] = []
  const spent = asked.map(() => 0)
  for (let round = -2; round < ROUNDS; round++)
    for (const [i, [name, query]] of asked.entries()) {
      if (spent[i]! > BUDGET_MS && times[i]!.length > 0) continue
      const at = performance.now()
      const answer = await call('GET', `${path}?${query}`, undefined, headers).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`)
      })
      const took = performance.now() - at
      if (round >= 0 || took > BUDGET_MS) times[i]!.push(took)
      spent[i]! += took
      rows[i] = Array.isArray(answer.data) ? answer.data.length : 1
    }
  const at = (values: number[], part: number) => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!
  const base = at(times[0]!, 0.5)
  const lines = asked.map(([name], i) => {
    const ms = at(times[i]!, 0.5)
    const ratio = ms / base
    return {
      ratio,
      text: `| ${name} | ${rows[i]} | ${ms.toFixed(2)} | ${at(times[i]!, 0.9).toFixed(2)} | **${ratio.toFixed(2)}** |`,
    }
  })
  if (only) console.log(lines.map(({ text }) => text).join('\n'))
  const slow = lines.filter(({ ratio }, i) => i === 0 || ratio > NEAR_ENOUGH)
  return `${lines.length - slow.length + 1} of ${lines.length} questions are answered within ${NEAR_ENOUGH} times the first; the others are:

| asked for | rows | ms | 90 % | ratio |
| --- | ---: | ---: | ---: | ---: |
${slow.map(({ text }) => text).join('\n')}`
}

/** Filters of a list that nothing above asks for. */
function notAsked({ path, asked, steering = [] }: Resource, document: Json): string[] {
  const listed =
    (document.paths as Record<string, { get?: { parameters?: { name: string; in: string }[] } }>)[path]?.get?.parameters ?? []
  const names = listed.filter((p) => p.in === 'query').map(({ name }) => name)
  const used = new Set(asked.flatMap(([, query]) => [...new URLSearchParams(query).keys()]))
  return names.filter((name) => !used.has(name) && !['order', 'sort', 'limit', 'pagination_token', ...steering].includes(name))
}

async function measure() {
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
  try {
    await migrate(database.connection, { dir: paths.migrations })
    const config = readConfig({}, { data_dir: folder, rate_limit: 0, log_level: 'silent', jobs: 0, database_timeout_s: 600 })
    const pool = createPool(database.connection, { max: 4 })
    const { app, machinery } = await assemble({ config, log: createLog(config), pool })
    const owner = createPool(database.connection, { max: 1, role: '' })
    const call: Call = async (method, url, body, headers = {}) => {
      const payload = body !== undefined && { payload: JSON.stringify(body) }
      const response = await app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, ...payload })
      if (response.statusCode >= 400) throw new Error(`${method} ${url}: ${response.body}`)
      return JSON.parse(response.body) as Json
    }
    const token = async (client: object, grant: object) =>
      `Bearer ${(await call('POST', '/auth/token', { ...client, ...grant })).access_token}`

    if (!existsSync(madeFile)) {
      const { client_id, client_secret } = await createPartner(machinery.db, 'Lists')
      const client = { client_id, client_secret }
      const { company, took } = await furnish(call, owner, await token(client, { grant_type: 'client_credentials' }), COUNT)
      for (const [what, s] of took) console.log(`made ${what}: ${s.toFixed(0)} s`)
      writeFileSync(madeFile, JSON.stringify({ company, client }))
    }
    const { company, client } = JSON.parse(readFileSync(madeFile, 'utf8')) as { company: Company; client: object }
    // As the schedule does.
    const began = performance.now()
    for (const of of [receivableSums, payableSums]) await enroll(machinery.db, of)
    await keepSums(machinery.db)
    console.log(`sums kept: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    // A whole week is counted from its documents, as on the last day of a week.
    await owner.query(
      `insert into changed_weeks (partner_id, entity_id, object, week)
       select partner_id, entity_id, object, date_trunc('week', until - interval '1 hour', 'UTC') from kept_until on conflict do nothing`,
    )
    const entity = { 'x-monite-entity-id': company.id }
    const headers = {
      user: { authorization: await token(client, { grant_type: 'entity_user', entity_user_id: company.users[0] }), ...entity },
      partner: { authorization: await token(client, { grant_type: 'client_credentials' }), ...entity },
    }
    const { rows: some } = await owner.query<Record<string, string>>(
      `select (select id from receivables where entity_id = $1 limit 1) as receivable, (select id from payables where entity_id = $1 limit 1) as payable`,
      [company.id],
    )
    const document = await call('GET', '/openapi.json')
    await owner.query('select pg_stat_reset()')

    const tables: Record<string, string> = {}
    for (const [name, resource] of Object.entries(resources(company, some[0]!))) {
      if (only && !only.includes(name)) continue
      const missing = notAsked(resource, document)
      if (missing.length > 0 && resource.path === `/${name}`) console.log(`${name}: nothing asks for ${missing.join(', ')}`)
      tables[name] = await measured(call, resource, headers[resource.who])
    }
    if (process.argv.includes('--unused')) {
      const { rows } = await owner.query<{ name: string; size: string }>(
        `select indexrelname as name, pg_size_pretty(pg_relation_size(indexrelid)) as size from pg_stat_user_indexes
         where idx_scan = 0 and relname = any ($1) order by 1`,
        [['receivables', 'payables', 'counterparts', 'products', 'events']],
      )
      console.log('Not used by any of these:', rows.map(({ name, size }) => `${name} (${size})`).join(', '))
    }
    if (process.argv.includes('--audit')) {
      const at = performance.now()
      const found = await audit(machinery.db)
      for (const { question, rows } of found) if (rows.length > 0) console.log(`${rows.length} × ${question}`, rows[0])
      console.log(
        `audit: ${found.filter(({ rows }) => rows.length > 0).length} findings in ${((performance.now() - at) / 1000).toFixed(0)} s`,
      )
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
    const text = `## Lists of 50 among ${COUNT.toLocaleString('en')}: ${name}

Made by \`npx tsx bench/lists.ts ${COUNT}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores, embedded PostgreSQL. Up to ${ROUNDS} rounds in
turns; the median and what nine of ten stay under, of the whole request inside one process. The ratio is to the first line.

${table}`
    console.log(text)
    if (about === undefined) keepResults(text.split('\n')[0]!, text)
  }
} finally {
  if (!kept) rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
