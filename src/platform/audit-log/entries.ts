import type { Static } from 'typebox'
import { first as firstOf } from '../../core/lists.ts'
import { keysOf } from '../../core/records.ts'
import { notFound } from '../../core/refusal.ts'
import { type Ctx, NO_ENTITY } from '../database/context.ts'
import { badPageToken, decode, encode, escapeLike, type Token } from '../http/listing.ts'
import type { LogQuery, LogResponse, LogsResponse } from './entries.schema.ts'
import { entryOf, FIRST_ID_AT, responseId } from './entry-id.ts'

/** Reading the audit log: each row of the table is shown as the entry of a request and the entry of its answer. */

type Query = Static<typeof LogQuery>
type Entry = Static<typeof LogResponse>

const HALVES = `audit_logs t cross join lateral (values ('request', t.received_at), ('response', t.answered_at)) as e (type, at)`
const COLUMNS = `t.id, e.type, e.at as timestamp, t.partner_id, t.entity_id, t.entity_user_id, t.method, t.path, t.params,
  case e.type when 'response' then t.status_code end as status_code,
  t.details -> e.type ->> 'type' as content_type, t.details -> e.type -> 'headers' as headers, t.details -> e.type -> 'body' as body`
type Row = Omit<Entry, 'parent_log_id' | 'target_service'> & { id: string; type: 'request' | 'response' }

const shown = ({ id, ...row }: Row): Entry => ({
  ...row,
  id: row.type === 'request' ? id : responseId(id),
  parent_log_id: row.type === 'request' ? null : id,
  target_service: 'quittance',
})

type Bind = (value: unknown) => string

/** Whose entries are in sight: a user's own, those of the entity, or of the whole partner when none is named. */
function inSight(ctx: Ctx, bind: Bind): string[] {
  const tests = [ctx.entityId === NO_ENTITY ? `t.partner_id = ${bind(ctx.partnerId)}` : `t.entity_id = ${bind(ctx.entityId)}`]
  if (ctx.userId !== null) tests.push(`t.entity_user_id = ${bind(ctx.userId)}`)
  return tests
}

const entryTypes = ['request', 'response'] as const

const comparisons = { timestamp__gt: '>', timestamp__gte: '>=', timestamp__lt: '<', timestamp__lte: '<=' } as const
const timeFilters = keysOf(comparisons)

/** No request takes longer than this to be answered: an index finds rows by arrival, also when it is the answer that is looked for. */
const LONGEST = `interval '1 hour'`

/**
 * SQL of ids between which a row has both of its entries within the times that are asked for: from the first of them on, and before the
 * second. Empty if no time is asked for at that end.
 */
function surelyInTime(query: Query, bind: Bind) {
  const ids = (names: typeof timeFilters, sign: '+' | '-') =>
    names
      .filter((name) => query[name] !== undefined)
      .map((name) => FIRST_ID_AT(`(${bind(query[name])}::timestamptz ${sign} ${LONGEST})`))
  const from = ids(['timestamp__gt', 'timestamp__gte'], '+')
  const before = ids(['timestamp__lt', 'timestamp__lte'], '-')
  return {
    from: from.length > 0 ? `greatest(${from.join(', ')})` : undefined,
    before: before.length > 0 ? `least(${before.join(', ')})` : undefined,
  }
}

function inTime(query: Query, bind: Bind): string[] {
  return timeFilters.flatMap((name) => {
    const moment = query[name]
    if (moment === undefined) return []
    const at = `${bind(moment)}::timestamptz`
    const near = name.startsWith('timestamp__g')
      ? `t.id >= ${FIRST_ID_AT(`(${at} - ${LONGEST})`)}`
      : `t.id < ${FIRST_ID_AT(`(${at} + interval '1 millisecond')`)}`
    return [`e.at ${comparisons[name]} ${at}`, near]
  })
}

/** What is asked of a row of the log, and of each of its two entries. */
function conditions(ctx: Ctx, query: Query, bind: Bind) {
  const tests = inSight(ctx, bind)
  const add = (value: unknown, test: (placeholder: string) => string) => {
    if (value !== undefined) tests.push(test(bind(value)))
  }
  // A user sees their own anyway; only the partner has others to choose from.
  if (ctx.userId === null) add(query.entity_user_id, (v) => `t.entity_user_id = ${v}`)
  add(query.path__contains && `%${escapeLike(query.path__contains)}%`, (v) => `t.path like ${v}`)
  add(query.method, (v) => `t.method = ${v}`)
  add(query.status_code, (v) => `t.status_code = ${v}::bigint`)
  const types = entryTypes.filter(
    (type) => (query.type ?? type) === type && (query.status_code === undefined || type === 'response'),
  )
  return { tests, types }
}

/** How many entries there are. Of most rows the moment of arrival says that both count, and an index knows it. */
async function countOf(ctx: Ctx, query: Query, remembered: string | undefined): Promise<number> {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { tests, types } = conditions(ctx, query, bind)
  if (remembered) tests.push(`t.id <= ${bind(remembered)}`)
  const { from, before } = surelyInTime(query, bind)
  const later = from ? [`t.id >= ${from}`] : []
  const ofEach = tests.concat(inTime(query, bind), `e.type = any (${bind(types)})`)
  const among = (more: string) => `(select count(*) from ${HALVES} where ${ofEach.concat(more).join(' and ')})`
  const parts = [
    `${types.length} * (select count(*) from audit_logs t where ${tests.concat(later, before ? `t.id < ${before}` : []).join(' and ')})`,
  ]
  if (from) parts.push(among(`t.id < ${from}`))
  if (before) parts.push(among(later.concat(`t.id >= ${before}`).join(' and ')))
  return firstOf(await ctx.db.query<{ total: number }>(`select ${parts.join(' + ')} as total`, values)).total
}

const LIST = 'audit_logs'
const WEEK_MS = 7 * 86_400_000

/** The query as it stands: what a token remembers, or what is asked, from a week ago until now unless times are named. */
function resolved(ctx: Ctx, asked: Query): Query {
  if (asked.pagination_token === undefined) {
    const week = { timestamp__gte: new Date(ctx.now.getTime() - WEEK_MS).toISOString() }
    return { ...(!timeFilters.some((name) => asked[name] !== undefined) && week), ...asked }
  }
  const token = decode(asked.pagination_token)
  if (!token || token.list !== LIST || token.entity !== ctx.entityId) throw badPageToken(422)
  return token.query
}

/** One page of entries, newest request first and each under its answer, with how many there are. */
export async function pageOfLogs(ctx: Ctx, asked: Query): Promise<Static<typeof LogsResponse>> {
  const query = resolved(ctx, asked)
  const { page_size = 100, page_num = 1 } = query
  // Later pages begin at the newest entry of the first one, whatever has come since.
  const remembered = asked.pagination_token === undefined ? undefined : (decode(asked.pagination_token)?.id as string)
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { tests: ofRows, types } = conditions(ctx, query, bind)
  const tests = [...ofRows, ...inTime(query, bind), `e.type = any (${bind(types)})`]
    .concat(remembered ? [`t.id <= ${bind(remembered)}`] : [])
    .join(' and ')
  const order = 'order by t.id desc, e.type desc'
  const among = [...values]
  const select = `select ${COLUMNS} from ${HALVES} where ${tests} ${order} limit ${bind(page_size)} offset ${bind((page_num - 1) * page_size)}`
  const read = () => ctx.db.query<Row>(select, values)
  // The first page is sent for together with the count; how far another one is to be looked for, the count says first.
  const [total, first] = await Promise.all([countOf(ctx, query, remembered), page_num === 1 ? read() : null])
  const pages = Math.ceil(total / page_size)
  const rows = first ?? (page_num > pages ? [] : await read())
  const [newest] =
    page_num === 1 || remembered || pages === 0
      ? rows
      : await ctx.db.query<{ id: string }>(`select t.id from ${HALVES} where ${tests} ${order} limit 1`, among)
  const id = remembered ?? newest?.id ?? ''
  const at = (page: number, to: Token['to']) =>
    encode({ list: LIST, entity: ctx.entityId, query: { ...query, page_num: page }, to, value: null, id })
  return {
    data: rows.map(shown),
    next_pagination_token: page_num < pages ? at(page_num + 1, 'next') : null,
    prev_pagination_token: page_num > 1 && pages > 0 ? at(Math.min(page_num - 1, pages), 'prev') : null,
    total_logs: total,
    total_pages: pages,
  }
}

/** One entry, or a 404 for those that are not in sight. */
export async function findLog(ctx: Ctx, entryId: string): Promise<Entry> {
  const { id, type } = entryOf(entryId.toLowerCase())
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const tests = [`t.id = ${bind(id)}`, `e.type = ${bind(type)}`, ...inSight(ctx, bind)]
  const [row] = await ctx.db.query<Row>(`select ${COLUMNS} from ${HALVES} where ${tests.join(' and ')}`, values)
  if (!row) throw notFound('Audit log entry not found')
  return shown(row)
}
