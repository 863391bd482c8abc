import { createHmac, timingSafeEqual } from 'node:crypto'
import Type, { type Static, type TSchema } from 'typebox'
import { folded, unaccented } from '../../core/folding.ts'
import { invalidAt, notAcceptable } from '../../core/refusal.ts'
import { narrowedBy } from '../auth/reach.ts'
import { type Ctx, pastWalls } from '../database/context.ts'
import type { Table } from '../database/rows.ts'
import { filter } from './naming.ts'
import { endless } from './types.ts'

/**
 * A list of one resource: its filters, its sort keys, and the pages they yield. A filter's name says what it does:
 * `created_at__gte` is `created_at >= …`, `name__icontains` an escaped `ilike`. Filters that aren't about a column of the table
 * name their SQL instead.
 */

/** SQL of its own for a filter: an expression that its suffix then compares, or a whole condition where `$` stands for the value. */
interface FilterBySql<T extends TSchema = TSchema> {
  readonly type: T
  readonly sql: string
  /** SQL of what the expression is without accents and capitals, where that is kept. */
  readonly folded?: string
  /** A filter by the whole text: looked for without accents and capitals first, as that is where an index is. */
  readonly whole?: boolean
}
type Filter = TSchema | FilterBySql
type TypeOf<F> = F extends FilterBySql<infer T> ? T : F extends TSchema ? F : never

export interface SortKey {
  /** SQL to sort by; the column of the same name when left out. */
  readonly sql?: string
  /** True when it can be null: such rows come last, whichever the order. */
  readonly nullable?: boolean
  /** Whether so many rows have the same value that an index which has them in another order among each other still pays: they are put in order from it alone. */
  readonly alike?: boolean
  /** Tests one of which each row passes, where indexes have their rows in this order; not needed where the filter is asked for. */
  readonly across?: { readonly unless: string; readonly tests: readonly string[] }
  /** Filters about columns that the index knows beside: where nothing else is asked for, very many rows of the list are looked through. */
  readonly covers?: { readonly filters: readonly string[]; readonly columns: readonly string[] }
}

interface ListingOptions<F extends Record<string, Filter>, S extends readonly string[]> {
  filters: F
  sort: S
  /** What it is sorted by when nothing is said; the moment of creation when left out. */
  defaultSort?: S[number]
  sortKeys?: Partial<Record<S[number], SortKey>>
  limit?: { max: number; default: number }
  /** Whether `limit` has to be sent again with a token, as on the lists of up to 250. */
  limitWithToken?: boolean
  /** Status of a pagination token that is no good: 406 where the contract knows it, else 422. */
  badToken?: 406 | 422
  /** Further conditions, e.g. `type = 'invoice'`. */
  where?: string
  /**
   * SQL of the JSON that makes rows large, for tables whose rows may have megabytes: a page ends with the row that takes it beyond
   * `PAGE_BYTES`, and has a token for the rest.
   */
  bulk?: string
  /**
   * Filters that few of many rows may pass, and how those rows are found by an index where the first rows of the list don't fill the page:
   * see `pick`. The first of them that is asked for is followed.
   */
  ways?: { readonly [N in keyof F]?: Followed }
  /** Filters by several values that are answered value by value, each in the order of the list, as an index yields them. */
  merged?: (keyof F)[]
}

/** A filter that few rows may pass, and the ways to them. */
export interface Followed {
  /** The ways, or those for the sort key of the list. */
  readonly ways: readonly Way[] | ((sortedBy: string) => readonly Way[])
  /** Sort keys in whose order an index yields the rows that pass: then there is no need of a way. */
  readonly inOrderOf?: readonly string[]
  /** Sort keys that the index of the way knows beside: all rows that it leads to are put in order from it alone. */
  readonly knownBeside?: readonly string[]
}
/**
 * A way to the rows that pass a filter: SQL that an index serves. `$` is the value (a list, where the filter asks for equality), or the
 * pattern that is made of it, and `$entity` the entity, which has to be named as row security is out of the way. Each row that passes the filter is found by one of its ways at least;
 * what a way finds beside is left out by the filter itself.
 */
export interface Way {
  /** Rows that lead there, e.g. the counterparts of a name: SQL that answers the column `id` of each, called `via` in the test. */
  readonly via?: string
  /** The test of the rows. */
  readonly test: string
  /** Where the test leads to a part of the list in which many rows pass: they are found in the order of the list. */
  readonly dense?: boolean
}
/** The filter is a test that an index serves. */
export const ITSELF: readonly Way[] = [{ test: 'true' }]

/** A test of a row: its SQL, and what is made of the value first, where it is a text that is searched for. */
interface Condition {
  readonly sql: string
  readonly pattern?: (text: string) => string
}

const inside = (fold: (text: string) => string) => (text: string) => `%${escapeLike(fold(text))}%`
/** Texts are searched without accents, whichever way they are composed, and where the suffix begins with an i without capitals, too. */
const suffixes: readonly [suffix: string, tests: (column: string, folded: string) => readonly Condition[]][] = [
  ['__not_in', (c) => [{ sql: `${c} <> all ($)` }]],
  ['__in', (c) => [{ sql: `${c} = any ($)` }]],
  ['__gte', (c) => [{ sql: `${c} >= $` }]],
  ['__lte', (c) => [{ sql: `${c} <= $` }]],
  ['__gt', (c) => [{ sql: `${c} > $` }]],
  ['__lt', (c) => [{ sql: `${c} < $` }]],
  ['__iexact', (_c, f) => [{ sql: `${f} = $`, pattern: folded }]],
  ['__icontains', (_c, f) => [{ sql: `${f} like $`, pattern: inside(folded) }]],
  ['__ncontains', (_c, f) => [{ sql: `${f} not like $`, pattern: inside(folded) }]],
  // Only what is folded has an index; capitals are looked at afterwards.
  [
    '__contains',
    (c, f) => [
      { sql: `${f} like $`, pattern: inside(folded) },
      { sql: `unaccented(${c}) like $`, pattern: inside(unaccented) },
    ],
  ],
  ['__istartswith', (_c, f) => [{ sql: `${f} like $`, pattern: (text) => `${escapeLike(folded(text))}%` }]],
  ['', (c) => [{ sql: `${c} = $` }]],
]

/** Where the schema of a query tells the description which status a bad token has. */
export const BAD_TOKEN = '~bad_token'

/** SQL of the pattern that finds a text anywhere inside: `%`, `_` and `\\` mean themselves. */
export const insideSql = (text: string) => `'%' || regexp_replace(${text}, '([\\\\%_])', '\\\\\\1', 'g') || '%'`
/** `%`, `_` and `\` mean themselves in a search. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** One filter as SQL over the column (or expression) it is about; `$` marks where the value goes. */
function conditionsOf(name: string, filter: Filter, table: Table): readonly Condition[] {
  const [suffix, tests] = suffixes.find(([s]) => name.endsWith(s))!
  const field = name.slice(0, name.length - suffix.length)
  const { sql: expression, folded: kept = `folded(${expression})` } =
    'sql' in filter ? (filter as FilterBySql) : { sql: table.column(field), folded: table.folded?.[field] }
  if (expression.includes('$')) return [{ sql: expression }]
  const whole = 'sql' in filter && (filter as FilterBySql).whole
  return whole ? [{ sql: `${kept} = $`, pattern: folded }, ...tests(expression, kept)] : tests(expression, kept)
}

const EQUAL = / = (any \(\$\)|\$)$/
const EQUAL_ANY = ' any ($)'

/** A text, or each of several, in all its forms: the same letter may be one character or two. Null where there is only one form. */
function formsOf(value: unknown): string[] | null {
  const texts = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  if (texts.every((text) => /^\p{ASCII}*$/u.test(text))) return null
  return [...new Set(texts.flatMap((text) => [text, text.normalize('NFC'), text.normalize('NFD')]))]
}

const fill = (sql: string, value: string) => sql.replaceAll('$', () => value)
/** The entity is filled in later, by whoever binds it. */
const filledWay = ({ via, test, dense = false }: Way, value: string): Way => {
  const filled = (sql: string) => sql.replaceAll(/\$(?!entity\b)/g, () => value)
  return { ...(via && { via: filled(via) }), test: filled(test), dense }
}

let secret: Buffer = Buffer.alloc(0)
/** Sets the key that page tokens are signed with; done once when the server starts. */
export const signPageTokensWith = (key: Buffer) => {
  secret = key
}

/** What a page token carries: whose list it pages, the query it began with, and where to go on. */
export interface Token {
  list: string
  entity: string
  query: Record<string, unknown>
  to: 'next' | 'prev'
  value: unknown
  id: string
}

const sign = (payload: string) => createHmac('sha256', secret).update(payload).digest().subarray(0, 12)

export function encode(token: Token): string {
  const payload = Buffer.from(JSON.stringify(token)).toString('base64url')
  return `${payload}.${sign(payload).toString('base64url')}`
}

/** The token, or null for one that isn't ours. */
export function decode(text: string): Token | null {
  const [payload = '', mac = ''] = text.split('.')
  // Compared as text: decoding would overlook what is appended.
  const given = Buffer.from(mac)
  const right = Buffer.from(sign(payload).toString('base64url'))
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Token
}

/** A page of heavy rows has little more than this: all of it is in memory at once, and turned into text in one go. */
const PAGE_BYTES = 10_000_000
/**
 * Bytes of a value as it is stored, compressed, that is taken for light without being unpacked to be measured. PostgreSQL packs text to a
 * ninetieth at best, so that a page of 251 such rows stays within 57 MB whatever is in them.
 */
const LIGHT = 2_500
/** SQL of the bytes of a value, of which the light ones are taken to be as long as that. */
const bytesOf = (value: string) =>
  `case when pg_column_size(${value}) > ${LIGHT} then octet_length(${value}::text) else ${LIGHT} end`
/** The first rows of a list are looked through before an index is asked for those that pass a filter. */
const NEAR = 1_000
/** And so many where the index alone tells whether they pass. */
const NEAR_BY_INDEX = 50_000
/** Values of one filter that are looked for one by one. */
const MERGED_MAX = 20
/** As many of those have to pass that it pays to look through more. */
const PROMISING = 10

type Also = readonly { sql: string; values: readonly unknown[] }[]
/** A part of a list: the rows whose sort key has a value, those whose key has none, or all where it always has. */
type NullPart = 'all' | 'valued' | 'null'
interface Asking {
  readonly key: string
  /** The name of the key on the wire. */
  readonly sortedBy: string
  readonly direction: 'asc' | 'desc'
  readonly q: Record<string, unknown>
  readonly also: Also
  /** The row after which it begins. */
  readonly token: Pick<Token, 'value' | 'id'> | undefined
}
interface Fetched {
  readonly rows: Record<string, unknown>[]
  /** Whether there are more rows than a page has room for. */
  readonly isFull: boolean
}
interface Matching {
  readonly tests: string[]
  /** Those of the tests that few rows may pass; the value of one that asks for equality is bound as a list. */
  readonly picky: readonly string[]
  /** The filters that these are. */
  readonly picky_names: readonly string[]
  /** How such rows are found; empty where nothing of that kind is asked for. */
  readonly ways: readonly Way[]
  /** Whether the index that the way takes knows their order. */
  readonly isKnownBeside: boolean
  /** One test for each of several values, one of which a row has to have; none where it may be found as the tests stand. */
  readonly values_apart: readonly string[]
  readonly values: unknown[]
  bind(value: unknown): string
}

/** Declares a list once; answers its query schema and its pages. */
export function listing<Row extends TSchema, const F extends Record<string, Filter>, const S extends readonly string[]>(
  table: Table<Row>,
  {
    filters,
    sort,
    defaultSort = 'created_at' as S[number],
    sortKeys = {},
    limit = { max: 100, default: 100 },
    limitWithToken = false,
    badToken = 406,
    where,
    bulk,
    ways = {},
    merged = [],
  }: ListingOptions<F, S>,
) {
  const query = Type.Object(
    {
      order: Type.Optional(Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'], default: 'asc' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limit.max, default: limit.default })),
      pagination_token: Type.Optional(endless),
      sort: Type.Optional(Type.Unsafe<S[number]>({ type: 'string', enum: [...sort] })),
      ...(Object.fromEntries(
        Object.entries(filters).map(([name, one]) => [
          name,
          filter(Type.Optional('sql' in one ? (one as FilterBySql).type : (one as TSchema))),
        ]),
      ) as { [K in keyof F]: ReturnType<typeof Type.Optional<TypeOf<F[K]>>> }),
    },
    { [BAD_TOKEN]: [badToken] },
  )
  const conditions = Object.entries(filters).flatMap(([name, one]) =>
    conditionsOf(name, one, table).map((test) => ({ name, ...test })),
  )

  const waysOf: ReadonlyMap<string, Followed> = new Map(Object.entries(ways) as [string, Followed][])
  const isMerged = (name: string) => (merged as readonly string[]).includes(name)

  /** The conditions of a row that is asked for, with their values; `bind` adds one more. */
  function matching(ctx: Ctx, asked: Record<string, unknown>, also: Also = [], sortedBy?: string): Matching {
    const isAsked = (name: string) => asked[name] !== undefined && asked[name] !== null
    const needsWay = (name: string) =>
      sortedBy !== undefined && waysOf.has(name) && !waysOf.get(name)!.inOrderOf?.includes(sortedBy)
    const first = [...waysOf.keys()].find((name) => isAsked(name) && needsWay(name))
    const values: unknown[] = []
    const bind = (value: unknown) => `$${values.push(value)}`
    const tests = [table.alive]
    const picky: string[] = []
    const picky_names: string[] = []
    let followed: readonly Way[] = []
    let apart: readonly string[] = []
    if (where) tests.push(where)
    const owner = narrowedBy(ctx, table.thing)
    if (owner) tests.push(`${owner} = ${bind(ctx.userId)}`)
    for (const { name, sql, pattern } of conditions) {
      if (!isAsked(name)) continue
      const value = asked[name]
      const forms = pattern ? null : formsOf(value)
      const several = Array.isArray(value) && forms === null && sql.endsWith(EQUAL_ANY)
      const column = sql.slice(0, -EQUAL_ANY.length)
      if (pattern || needsWay(name)) {
        const isEqual = !pattern && EQUAL.test(sql)
        const place = bind(pattern ? pattern(String(value)) : isEqual ? (forms ?? [value].flat()) : value)
        picky_names.push(name)
        picky.push(isEqual ? sql.replace(EQUAL, () => ` = any (${place})`) : fill(sql, place))
        if (name === first && followed.length === 0) {
          const { ways } = waysOf.get(name)!
          followed = (typeof ways === 'function' ? ways(sortedBy!) : ways).map((way) => filledWay(way, place))
        }
      }
      // One of one is that one: an index then yields its rows in order.
      else if (several && value.length === 1) tests.push(`${column} ${bind(value[0])}`)
      else if (several && sortedBy !== undefined && !first && apart.length === 0 && isMerged(name) && value.length <= MERGED_MAX)
        apart = [...new Set(value)].map((one) => `${column} ${bind(one)}`)
      else if (forms && EQUAL.test(sql)) tests.push(sql.replace(EQUAL, () => ` = any (${bind(forms)})`))
      else tests.push(fill(sql, bind(value)))
    }
    for (const { sql, values: more } of also) {
      let n = 0
      tests.push(sql.replaceAll('$', () => bind(more[n++])))
    }
    const isKnownBeside =
      sortedBy !== undefined && first !== undefined && waysOf.get(first)!.knownBeside?.includes(sortedBy) === true
    return { tests: tests.concat(picky), picky, picky_names, ways: followed, isKnownBeside, values_apart: apart, values, bind }
  }

  /** What is asked of one stretch: its tests, its order, and the tests that divide it where indexes have its parts in that order. */
  function ordered(ctx: Ctx, { key, sortedBy, direction, q, also, token, stretch }: Asking & { stretch: NullPart }) {
    const found = matching(ctx, q, also, sortedBy)
    const { tests, bind } = found
    const id = table.column('id')
    if (stretch !== 'all') tests.push(`${key} is ${stretch === 'null' ? '' : 'not '}null`)
    const sign = direction === 'asc' ? '>' : '<'
    if (token && stretch === 'null') tests.push(`${id} ${sign} ${bind(token.id)}`)
    else if (token) tests.push(`(${key}, ${id}) ${sign} (${bind(token.value)}, ${bind(token.id)})`)
    const { across, alike = false, covers } = sortKeys[sortedBy as S[number]] ?? {}
    // Where an index has the rows without a value as well, its order is known by the key before the id.
    const order = stretch === 'null' && !across ? `${id} ${direction}` : `${key} ${direction}, ${id} ${direction}`
    const kinds = across && (q[across.unless] ?? null) === null ? across.tests : []
    const covered = covers && found.picky_names.every((name) => covers.filters.includes(name)) ? covers.columns : null
    return { ...found, id, key, direction, order, kinds, alike, covered }
  }
  type Ordered = ReturnType<typeof ordered>

  /** Up to `count` rows of one stretch, in its order, those after the token's. */
  async function fetch(ctx: Ctx, asked: Ordered, count: number): Promise<Fetched> {
    const { tests, values_apart, kinds, values, id, key, direction, order, alike } = asked
    const apart = values_apart.length > 0 ? values_apart : kinds
    if (alike && apart.length === 0) return read(ctx, asked, among(asked, tests, count), values, count)
    if (apart.length < 2) return read(ctx, asked, tests.concat(apart).join(' and '), values, count)
    const parts = apart.map(
      (test) =>
        `(select ${id} as id, ${key} as key from ${table.from} where ${tests.concat(test).join(' and ')} order by ${order} limit ${count})`,
    )
    const ids = `select id from (${parts.join(' union all ')}) u order by key ${direction}, id ${direction} limit ${count}`
    return read(ctx, asked, `${id} = any (array(${ids}))`, values, count)
  }

  /** A test of the first rows that pass these, which are known by an index alone. */
  const among = ({ id, order }: Pick<Ordered, 'id' | 'order'>, tests: readonly string[], count: number) =>
    `${id} = any (array(select ${id} from ${table.from} where ${tests.join(' and ')} order by ${order} limit ${count}))`

  /** The rows of these ids, in their order. */
  const rowsOf = async (ctx: Ctx, asked: Ordered, ids: readonly string[]): Promise<Fetched> =>
    ids.length === 0 ? { rows: [], isFull: false } : read(ctx, asked, `${asked.id} = any ($1)`, [ids], ids.length)

  /**
   * The first `count` rows that pass a test. Where rows may be heavy, the same statement weighs them first and yields only as many as a
   * page has room for.
   */
  async function read(ctx: Ctx, { id, key, order }: Ordered, test: string, values: unknown[], count: number): Promise<Fetched> {
    const first = (what: string) => `select ${what} from ${table.from} where ${test} order by ${order} limit ${count}`
    const columns = `${table.select}, ${key} as "~key"`
    if (!bulk) return { rows: await ctx.db.query(first(columns), values), isFull: false }

    const rows = await ctx.db.query<Record<string, unknown>>(
      `with weighed as materialized (
        select id, sum(bytes) over (rows unbounded preceding) - bytes as before from (${first(`${id} as id, ${bytesOf(bulk)} as bytes`)}) one)
      select ${columns}, (select count(*) from weighed) as "~found" from ${table.from}
      where ${id} = any (array(select id from weighed where before <= ${PAGE_BYTES})) order by ${order}`,
      values,
    )
    const isFull = rows.length > 0 && (rows[0]!['~found'] as number) > rows.length
    for (const row of rows) delete row['~found']
    return { rows, isFull }
  }

  /** The first `limit` rows of a stretch, as far as the filters that few may pass are left aside; named `t`. */
  function firstOf(
    { tests, picky, id, key, order, kinds, alike, covered }: Ordered,
    more: readonly string[],
    limit: number,
  ): string {
    const others = tests.filter((test) => !picky.includes(test)).concat(more)
    const what = covered ? [...new Set([id, key, ...covered])].join(', ') : '*'
    const parts = (kinds.length > 0 ? kinds : [null]).map((kind) => {
      const all = kind === null ? others : others.concat(kind)
      const found = alike && !covered ? more.concat(among({ id, order }, all, limit)) : all
      return `(select ${what} from ${table.from} where ${found.join(' and ')} order by ${order} limit ${limit})`
    })
    return `${parts.length === 1 ? parts[0]! : `(select * from (${parts.join(' union all ')}) t order by ${order} limit ${limit})`} ${table.alias}`
  }

  /** Rows among the first of a stretch: where many pass the filters, these fill the page. */
  async function near(ctx: Ctx, asked: Ordered, columns: string, count: number): Promise<Record<string, unknown>[]> {
    const { picky, order, values, covered } = asked
    const first = firstOf(asked, [], covered ? NEAR_BY_INDEX : NEAR)
    return ctx.db.query<Record<string, unknown>>(
      `select ${columns} from ${first} where ${picky.join(' and ')} order by ${order} limit ${count}`,
      values,
    )
  }

  /**
   * The ids of rows where few of many pass: an index may know them. Behind row security PostgreSQL uses no index for comparisons that might
   * tell of rows that aren't ours, e.g. `like`; so the ids are found past it, among those of the entity, and their rows behind it.
   */
  async function pick(ctx: Ctx, asked: Ordered, count: number, found: number): Promise<string[]> {
    const { id, key, direction, order, tests, picky, ways, isKnownBeside, values, bind } = asked
    const entity = bind(ctx.entityId)
    const ours = `${table.alias}.entity_id = ${entity}`
    const far = `select id from (${farthest()}) far`
    const last = `order by key ${direction}, id ${direction} limit ${count}`
    if (found < PROMISING || isKnownBeside) return ids(`${far} ${last}`)
    // Some passed: before an index is asked, as many more are looked through as are likely to be enough.
    const rows = Math.ceil((NEAR * 2 * count) / found)
    const more = `select ${id} as id from ${firstOf(asked, [ours], rows)} where ${picky.join(' and ')} order by ${order} limit ${count}`
    return ids(`with more as materialized (${more}), full_page as (select count(*) >= ${count} as yes from more)
      select id from more where (select yes from full_page) union all (${far} where not (select yes from full_page) ${last})`)

    async function ids(text: string): Promise<string[]> {
      return (await pastWalls<{ id: string }>(ctx, text, values)).map((row) => row.id)
    }

    /** The first rows that each of the ways leads to. Without a limit of its own the database is led to them by the way, and not by the order. */
    function farthest(): string {
      const all = ways.map(({ via, test, dense }) => {
        const own = tests.concat(ours, test.replaceAll('$entity', entity)).join(' and ')
        const rows = `select ${id} as id, ${key} as key from ${table.from} where ${own}`
        if (dense) return `select id, key from (${rows} order by ${order} limit ${count}) one`
        return via
          ? `select one.id, one.key from (${via.replaceAll('$entity', entity)}) via, lateral (${rows} order by ${order} limit ${count}) one`
          : `select id, key from (${rows} offset 0) one`
      })
      return all.length === 1 ? all[0]! : all.map((one) => `(${one})`).join(' union ')
    }
  }

  /** The ids of rows that pass the filters. */
  async function idsOf(ctx: Ctx, asked: Ordered, count: number): Promise<string[]> {
    const found = await near(ctx, asked, `${asked.id} as id`, count)
    return found.length >= count ? found.map((row) => row.id as string) : pick(ctx, asked, count, found.length)
  }

  /** The same, found by the way that suits what is asked for. */
  async function find(ctx: Ctx, asked: Ordered, count: number): Promise<Fetched> {
    if (asked.ways.length === 0) return fetch(ctx, asked, count)
    if (bulk) return rowsOf(ctx, asked, await idsOf(ctx, asked, count))
    const rows = await near(ctx, asked, `${table.select}, ${asked.key} as "~key"`, count)
    return rows.length >= count ? { rows, isFull: false } : rowsOf(ctx, asked, await pick(ctx, asked, count, rows.length))
  }

  /** One page: what the query asks for, or what its token remembers. */
  async function page(ctx: Ctx, asked: Static<typeof query>, also: Also = []) {
    const given = asked as Record<string, unknown>
    const token = typeof given.pagination_token === 'string' ? decode(given.pagination_token) : undefined
    if (token === null || (token && (token.list !== table.name || token.entity !== ctx.entityId))) throw badPageToken(badToken)
    const q: Record<string, unknown> = token ? { ...token.query, ...(limitWithToken && { limit: given.limit }) } : given
    const size = (q.limit as number | undefined) ?? limit.default
    const order = (q.order as 'asc' | 'desc' | undefined) ?? 'asc'
    const key = (q.sort as S[number] | undefined) ?? defaultSort
    const { sql: expression = table.column(key), nullable = false } = sortKeys[key] ?? {}
    const back = token?.to === 'prev'
    const direction = back === (order === 'asc') ? 'desc' : 'asc'

    const asking: Asking = { key: expression, sortedBy: key, direction, q, also, token }
    // Nulls stand at the far end of both orders: what has a value is one stretch of the list, what has none another.
    const stretches: NullPart[] = nullable ? ['valued', 'null'] : ['all']
    if (back) stretches.reverse()
    if (nullable && token && (token.value === null) !== (stretches[0] === 'null')) stretches.shift()
    const rows: Record<string, unknown>[] = []
    let isFull = false
    for (const stretch of stretches)
      if (rows.length <= size && !isFull) {
        const from = token && (token.value === null) === (stretch === 'null') ? token : undefined
        const found = await find(ctx, ordered(ctx, { ...asking, stretch, token: from }), size + 1 - rows.length)
        rows.push(...found.rows)
        isFull = found.isFull
      }

    const more = isFull || rows.length > size
    if (rows.length > size) rows.pop()
    if (back) rows.reverse()
    const remembered = Object.fromEntries(
      Object.entries(q).filter(([name, value]) => name !== 'pagination_token' && value !== undefined),
    )
    const at = (row: Record<string, unknown> | undefined, to: 'next' | 'prev') =>
      row
        ? encode({ list: table.name, entity: ctx.entityId, query: remembered, to, value: row['~key'], id: row.id as string })
        : null
    const next = back || more ? at(rows.at(-1), 'next') : null
    const prev = (back ? more : token) ? at(rows[0], 'prev') : null
    for (const row of rows) delete row['~key']
    return {
      data: rows.map((row) => table.present(row, ctx)) as Static<Row>[],
      next_pagination_token: next,
      prev_pagination_token: prev,
    }
  }

  /** All of it, for the lists that aren't paged. */
  async function all(ctx: Ctx, asked: Record<string, unknown> = {}, also: Also = []) {
    const { tests, values } = matching(ctx, asked, also)
    const text = `select ${table.select} from ${table.from} where ${tests.join(' and ')} order by ${table.column('created_at')}, ${table.column('id')}`
    return (await ctx.db.query<Record<string, unknown>>(text, values)).map((row) => table.present(row, ctx)) as Static<Row>[]
  }

  return { query, page, all, matching }
}

export function badPageToken(status: 406 | 422) {
  const message = 'Invalid pagination token: send the next_pagination_token of this list, or none'
  return status === 406 ? notAcceptable(message) : invalidAt(['query', 'pagination_token'], message)
}
