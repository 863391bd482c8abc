import { createHmac, timingSafeEqual } from 'node:crypto'
import Type, { type Static, type TSchema } from 'typebox'
import { folded, unaccented } from '../../core/folding.ts'
import { invalid, notAcceptable } from '../../core/refusal.ts'
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
export interface FilterBySql<T extends TSchema = TSchema> {
  readonly type: T
  readonly sql: string
  /** SQL of what the expression is without accents and capitals, where that is kept. */
  readonly folded?: string
}
type Filter = TSchema | FilterBySql
type TypeOf<F> = F extends FilterBySql<infer T> ? T : F extends TSchema ? F : never

export interface SortKey {
  /** SQL to sort by; the column of the same name when left out. */
  readonly sql?: string
  /** True when it can be null: such rows come last, whichever the order. */
  readonly nullable?: boolean
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
   * The length of what is large in a row, for tables whose rows may have megabytes: a page ends with the row that takes it beyond
   * `PAGE_BYTES`, and has a token for the rest.
   */
  weight?: (row: Record<string, unknown>) => number
  /** Filters that need an index which row security would keep PostgreSQL from, or that few of many rows pass: see `pick`. */
  picked?: (keyof F)[]
}

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

/** `%`, `_` and `\` mean themselves in a search. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** One filter as SQL over the column (or expression) it is about; `$` marks where the value goes. */
function conditionsOf(name: string, filter: Filter, table: Table): readonly Condition[] {
  const [suffix, tests] = suffixes.find(([s]) => name.endsWith(s))!
  const field = name.slice(0, name.length - suffix.length)
  const { sql: expression, folded: kept = `folded(${expression})` } =
    'sql' in filter ? (filter as FilterBySql) : { sql: table.column(field), folded: table.folded?.[field] }
  return expression.includes('$') ? [{ sql: expression }] : tests(expression, kept)
}

const EQUAL = / = (any \(\$\)|\$)$/

/** A text, or each of several, in all its forms: the same letter may be one character or two. Null where there is only one form. */
function formsOf(value: unknown): string[] | null {
  const texts = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  if (texts.every((text) => /^\p{ASCII}*$/u.test(text))) return null
  return [...new Set(texts.flatMap((text) => [text, text.normalize('NFC'), text.normalize('NFD')]))]
}

const fill = (sql: string, value: string) => sql.replaceAll('$', () => value)

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
/** Heavy rows that are asked for before it is known how heavy they are: a page of twenty, and whether there is another. */
const FEW = 25
/** Rows of a list that are looked through for a part of a text before the index is asked. */
const NEAR = 1_000

type Also = readonly { sql: string; values: readonly unknown[] }[]
/** A part of a list: the rows whose sort key has a value, those whose key has none, or all where it always has. */
type Stretch = 'all' | 'valued' | 'null'
interface Asking {
  readonly key: string
  readonly direction: 'asc' | 'desc'
  readonly q: Record<string, unknown>
  readonly also: Also
  /** The row after which it begins. */
  readonly token: Pick<Token, 'value' | 'id'> | undefined
}
interface Matching {
  readonly tests: string[]
  /** Those of the tests that look for a part of a text. */
  readonly patterns: readonly string[]
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
    weight,
    picked = [],
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

  /** The conditions of a row that is asked for, with their values; `bind` adds one more. */
  function matching(ctx: Ctx, asked: Record<string, unknown>, also: Also = []): Matching {
    const values: unknown[] = []
    const bind = (value: unknown) => `$${values.push(value)}`
    const tests = [table.alive]
    const patterns: string[] = []
    if (where) tests.push(where)
    const owner = narrowedBy(ctx, table.thing)
    if (owner) tests.push(`${owner} = ${bind(ctx.userId)}`)
    for (const { name, sql, pattern } of conditions) {
      const value = asked[name]
      if (value === undefined || value === null) continue
      const forms = pattern ? null : formsOf(value)
      // One of one is that one: an index then yields its rows in order.
      const single = Array.isArray(value) && value.length === 1 && forms === null && sql.endsWith(' = any ($)')
      if (pattern) patterns.push(fill(sql, bind(pattern(String(value)))))
      else if (single) tests.push(`${sql.slice(0, -' any ($)'.length)} ${bind(value[0])}`)
      else if (forms && EQUAL.test(sql)) tests.push(sql.replace(EQUAL, () => ` = any (${bind(forms)})`))
      else tests.push(fill(sql, bind(value)))
    }
    for (const { sql, values: more } of also) {
      let n = 0
      tests.push(sql.replaceAll('$', () => bind(more[n++])))
    }
    tests.push(...patterns)
    return { tests, patterns, values, bind }
  }

  /** Up to `count` rows of one stretch, in its order, those after the token's. */
  async function fetch(ctx: Ctx, asking: Asking & { stretch: Stretch }, count: number): Promise<Record<string, unknown>[]> {
    const { key, direction, q, also, token, stretch } = asking
    const { tests, patterns, values, bind } = matching(ctx, q, also)
    const id = table.column('id')
    if (stretch !== 'all') tests.push(`${key} is ${stretch === 'null' ? '' : 'not '}null`)
    const sign = direction === 'asc' ? '>' : '<'
    if (token && stretch === 'null') tests.push(`${id} ${sign} ${bind(token.id)}`)
    else if (token) tests.push(`(${key}, ${id}) ${sign} (${bind(token.value)}, ${bind(token.id)})`)
    const order = stretch === 'null' ? `${id} ${direction}` : `${key} ${direction}, ${id} ${direction}`
    if (picked.some((name) => q[name as string] !== undefined && q[name as string] !== null))
      return pick(ctx, { key, tests, patterns, values, bind, order, count })
    const text = `select ${table.select}, ${key} as "~key" from ${table.from} where ${tests.join(' and ')} order by ${order} limit ${count}`
    return ctx.db.query<Record<string, unknown>>(text, values)
  }

  /**
   * The same in two steps: the ids first, which an index may know, then their rows. Behind row security PostgreSQL uses no index for
   * comparisons that might tell of rows that aren't ours, e.g. `like`; where one is asked for, the ids are found past it, among those of
   * the entity, and their rows behind it.
   */
  async function pick(
    ctx: Ctx,
    { key, tests, patterns, values, bind, order, count }: { key: string; order: string; count: number } & Matching,
  ): Promise<Record<string, unknown>[]> {
    const id = table.column('id')
    const found = (from: string, all: readonly string[]) =>
      `select ${id} from ${from} where ${all.join(' and ')} order by ${order} limit ${count}`
    const whole = `select ${table.select}, ${key} as "~key" from ${table.from} where ${id}`
    if (patterns.length === 0)
      return ctx.db.query<Record<string, unknown>>(`${whole} in (${found(table.from, tests)}) order by ${order}`, values)

    tests.push(`${table.alias}.entity_id = ${bind(ctx.entityId)}`)
    const ids = await pastWalls<{ id: string }>(ctx, nearOrFar(tests, patterns), values)
    if (ids.length === 0) return []
    const rows = await ctx.db.query<Record<string, unknown>>(`${whole} = any ($1)`, [ids.map((row) => row.id)])
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((row) => byId.get(row.id)).filter((row) => row !== undefined)

    /**
     * How many rows hold a text isn't known beforehand. Where many do, the first rows of the list fill the page; only when they don't, few
     * do, and the index knows them.
     */
    function nearOrFar(all: readonly string[], patterned: readonly string[]): string {
      const others = all.filter((test) => !patterned.includes(test))
      const first = `(select * from ${table.from} where ${others.join(' and ')} order by ${order} limit ${NEAR}) ${table.alias}`
      const full = `(select count(*) from near) >= ${count}`
      return `with near as materialized (${found(first, patterned)})
        (select id from near where ${full}) union all (${found(table.from, [...all, `not ${full}`])})`
    }
  }

  /**
   * Adds rows of one stretch until there are `count`, and says whether it stopped before, because heavy rows are enough for a page. Of such
   * rows it asks for a few, and then for as many as are likely to have room.
   */
  async function collect(
    ctx: Ctx,
    asking: Asking & { stretch: Stretch },
    rows: Record<string, unknown>[],
    count: number,
  ): Promise<boolean> {
    if (!weight) {
      rows.push(...(await fetch(ctx, asking, count - rows.length)))
      return false
    }
    let bytes = rows.reduce((sum, row) => sum + weight(row), 0)
    let from: Asking['token'] = asking.token
    let asked = FEW
    while (rows.length < count) {
      asked = Math.min(asked, count - rows.length)
      const found = await fetch(ctx, { ...asking, token: from }, asked)
      for (const row of found) {
        if (bytes > PAGE_BYTES) return true
        rows.push(row)
        bytes += weight(row)
      }
      if (found.length < asked) return false
      const last = rows.at(-1)!
      from = { value: last['~key'], id: last.id as string }
      asked = Math.max(1, Math.floor(((PAGE_BYTES - bytes) * rows.length) / (bytes + 1)))
    }
    return false
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

    const asking: Asking = { key: expression, direction, q, also, token }
    // Nulls stand at the far end of both orders: what has a value is one stretch of the list, what has none another.
    const stretches: Stretch[] = nullable ? ['valued', 'null'] : ['all']
    if (back) stretches.reverse()
    if (nullable && token && (token.value === null) !== (stretches[0] === 'null')) stretches.shift()
    const rows: Record<string, unknown>[] = []
    let isFull = false
    for (const stretch of stretches)
      if (rows.length <= size && !isFull) {
        const from = token && (token.value === null) === (stretch === 'null') ? token : undefined
        isFull = await collect(ctx, { ...asking, stretch, token: from }, rows, size + 1)
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
  const message = 'Invalid pagination token'
  return status === 406
    ? notAcceptable(message)
    : invalid([{ loc: ['query', 'pagination_token'], msg: message, type: 'value_error' }])
}
