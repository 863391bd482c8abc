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

const comparisons = { timestamp__gt: '>', timestamp__gte: '>=', timestamp__lt: '<', timestamp__lte: '<=' } as const
const timeFilters = keysOf(comparisons)

/** No request takes longer than this to be answered: an index finds rows by arrival, also when it is the answer that is looked for. */
const LONGEST = `interval '1 hour'`

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

function conditions(ctx: Ctx, query: Query, bind: Bind): string[] {
  const tests = [...inSight(ctx, bind), ...inTime(query, bind)]
  const add = (value: unknown, test: (placeholder: string) => string) => {
    if (value !== undefined) tests.push(test(bind(value)))
  }
  // A user sees their own anyway; only the partner has others to choose from.
  if (ctx.userId === null) add(query.entity_user_id, (v) => `t.entity_user_id = ${v}`)
  add(query.path__contains && `%${escapeLike(query.path__contains)}%`, (v) => `t.path like ${v}`)
  add(query.type, (v) => `e.type = ${v}`)
  add(query.method, (v) => `t.method = ${v}`)
  add(query.status_code, (v) => `e.type = 'response' and t.status_code = ${v}::bigint`)
  return tests
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
  const tests = [...conditions(ctx, query, bind), ...(remembered ? [`t.id <= ${bind(remembered)}`] : [])].join(' and ')
  const order = 'order by t.id desc, e.type desc'
  const among = [...values]
  const [counted, rows, first] = await Promise.all([
    ctx.db.query<{ total: number }>(`select count(*) as total from ${HALVES} where ${tests}`, among),
    ctx.db.query<Row>(
      `select ${COLUMNS} from ${HALVES} where ${tests} ${order} limit ${bind(page_size)} offset ${bind((page_num - 1) * page_size)}`,
      values,
    ),
    ctx.db.query<{ id: string }>(`select t.id from ${HALVES} where ${tests} ${order} limit 1`, among),
  ])
  const { total } = firstOf(counted)
  const pages = Math.ceil(total / page_size)
  const id = remembered ?? first[0]?.id ?? ''
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
