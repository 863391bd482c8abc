import { createHmac, timingSafeEqual } from 'node:crypto'
import Type, { type Static, type TSchema } from 'typebox'
import { invalid, notAcceptable } from '../../core/refusal.ts'
import type { Ctx } from '../database/context.ts'
import type { Table } from '../database/rows.ts'

/**
 * A list of one resource: its filters, its sort keys, and the pages they yield. A filter's name says what it does:
 * `created_at__gte` is `created_at >= …`, `name__icontains` an escaped `ilike`. Filters that aren't about a column of the table
 * name their SQL instead.
 */

/** SQL of its own for a filter: an expression that its suffix then compares, or a whole condition where `$` stands for the value. */
export interface FilterBySql<T extends TSchema = TSchema> {
  readonly type: T
  readonly sql: string
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
}

const suffixes: readonly [suffix: string, sql: (column: string, value: string) => string, pattern?: (text: string) => string][] =
  [
    ['__not_in', (c, v) => `${c} <> all (${v})`],
    ['__in', (c, v) => `${c} = any (${v})`],
    ['__gte', (c, v) => `${c} >= ${v}`],
    ['__lte', (c, v) => `${c} <= ${v}`],
    ['__gt', (c, v) => `${c} > ${v}`],
    ['__lt', (c, v) => `${c} < ${v}`],
    ['__iexact', (c, v) => `lower(${c}) = lower(${v})`],
    ['__icontains', (c, v) => `${c} ilike ${v}`, (text) => `%${escapeLike(text)}%`],
    ['__ncontains', (c, v) => `${c} not ilike ${v}`, (text) => `%${escapeLike(text)}%`],
    ['__contains', (c, v) => `${c} like ${v}`, (text) => `%${escapeLike(text)}%`],
    ['__istartswith', (c, v) => `${c} ilike ${v}`, (text) => `${escapeLike(text)}%`],
  ]

/** `%`, `_` and `\` mean themselves in a search. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** One filter as SQL over the column (or expression) it is about; `$` marks where the value goes. */
function condition(name: string, filter: Filter, table: Table): { sql: string; pattern?: (text: string) => string } {
  const [suffix, write, pattern] = suffixes.find(([s]) => name.endsWith(s)) ?? ['', (c: string, v: string) => `${c} = ${v}`]
  const expression = 'sql' in filter ? (filter as FilterBySql).sql : table.column(name.slice(0, name.length - suffix.length))
  return expression.includes('$') ? { sql: expression } : { sql: write(expression, '$'), pattern }
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
  }: ListingOptions<F, S>,
) {
  const query = Type.Object({
    order: Type.Optional(Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'], default: 'asc' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limit.max, default: limit.default })),
    pagination_token: Type.Optional(Type.String()),
    sort: Type.Optional(Type.Unsafe<S[number]>({ type: 'string', enum: [...sort] })),
    ...(Object.fromEntries(
      Object.entries(filters).map(([name, filter]) => [
        name,
        Type.Optional('sql' in filter ? (filter as FilterBySql).type : (filter as TSchema)),
      ]),
    ) as { [K in keyof F]: ReturnType<typeof Type.Optional<TypeOf<F[K]>>> }),
  })
  const conditions = new Map(Object.entries(filters).map(([name, filter]) => [name, condition(name, filter, table)]))

  /** The conditions of a row that is asked for, with their values; `bind` adds one more. */
  function matching(ctx: Ctx, asked: Record<string, unknown>, also: { sql: string; values: readonly unknown[] }[] = []) {
    const values: unknown[] = []
    const bind = (value: unknown) => `$${values.push(value)}`
    const tests = [table.alive]
    if (where) tests.push(where)
    if (ctx.own && table.owner) tests.push(`${table.alias}.${table.owner} = ${bind(ctx.userId)}`)
    for (const [name, { sql, pattern }] of conditions) {
      const value = asked[name]
      if (value !== undefined && value !== null) tests.push(fill(sql, bind(pattern ? pattern(String(value)) : value)))
    }
    for (const { sql, values: more } of also) {
      let n = 0
      tests.push(sql.replaceAll('$', () => bind(more[n++])))
    }
    return { tests, values, bind }
  }

  /** One page: what the query asks for, or what its token remembers. */
  async function page(ctx: Ctx, asked: Static<typeof query>, also: { sql: string; values: readonly unknown[] }[] = []) {
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

    const { tests, values, bind } = matching(ctx, q, also)
    if (token) tests.push(beyond(expression, table.column('id'), token, direction, nullable, back, bind))

    const nulls = nullable ? (back ? ' nulls first' : ' nulls last') : ''
    const text = `select ${table.select}, ${expression} as "~key" from ${table.from} where ${tests.join(' and ')} order by ${expression} ${direction}${nulls}, ${table.column('id')} ${direction} limit ${size + 1}`
    const rows = await ctx.db.query<Record<string, unknown>>(text, values)

    const more = rows.length > size
    if (more) rows.pop()
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
  async function all(ctx: Ctx, asked: Record<string, unknown> = {}, also: { sql: string; values: readonly unknown[] }[] = []) {
    const { tests, values } = matching(ctx, asked, also)
    const text = `select ${table.select} from ${table.from} where ${tests.join(' and ')} order by ${table.column('created_at')}, ${table.column('id')}`
    return (await ctx.db.query<Record<string, unknown>>(text, values)).map((row) => table.present(row, ctx)) as Static<Row>[]
  }

  return { query, page, all, matching }
}

/** Rows after the token's, in the direction of travel. Nulls stand at the far end of both orders. */
function beyond(
  sort: string,
  id: string,
  { value, id: at }: Token,
  direction: 'asc' | 'desc',
  nullable: boolean,
  back: boolean,
  bind: (value: unknown) => string,
): string {
  const sign = direction === 'asc' ? '>' : '<'
  if (!nullable) return `(${sort}, ${id}) ${sign} (${bind(value)}, ${bind(at)})`
  // A value is bound only where it is used: PostgreSQL refuses a parameter that nothing refers to.
  const sameNull = () => `(${sort} is null and ${id} ${sign} ${bind(at)})`
  if (value === null) return back ? `(${sameNull()} or ${sort} is not null)` : sameNull()
  const further = `(${sort}, ${id}) ${sign} (${bind(value)}, ${bind(at)})`
  return back ? further : `(${further} or ${sort} is null)`
}

export function badPageToken(status: 406 | 422) {
  const message = 'Invalid pagination token'
  return status === 406
    ? notAcceptable(message)
    : invalid([{ loc: ['query', 'pagination_token'], msg: message, type: 'value_error' }])
}
