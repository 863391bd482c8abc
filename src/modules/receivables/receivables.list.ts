import Type, { type Static } from 'typebox'
import { shownTable } from '../../platform/database/rows.ts'
import { type Followed, ITSELF, listing, type SortKey } from '../../platform/http/listing.ts'
import { bounds, range, rangeBy, signs } from '../../platform/http/ranges.ts'
import { day, instant, minor, opt, strict, uuid, word } from '../../platform/http/types.ts'
import { isInstant } from '../../platform/http/validation.ts'
import { receivableSums, waysByDay } from '../../platform/kept-sums/kept-sums.ts'
import { dayAt } from '../../platform/local-day.ts'
import { ALL_NAMES, idsByWholeName } from '../counterparts/counterparts.service.ts'
import { present } from './receivables.present.ts'
import { COLUMNS, type ReceivableRow } from './receivables.rows.ts'
import { ReceivableResponse, ReceivableType, statuses } from './receivables.schema.ts'

/** Documents in lists: JSON text, as the present day sees them (`amount_to_pay` follows the calendar). */
const receivableTable = shownTable<ReceivableRow>()('receivables', ReceivableResponse, {
  noun: 'Receivable',
  object: 'receivable',
  select: COLUMNS,
  computed: { amount: 't.total_amount' },
  folded: { document_id: 't.sought_number', counterpart_name: 't.sought_name' },
  present: (row, ctx) => present(row, dayAt(ctx)),
  missing: (id) => `There is no receivable by provided id: ${id}`,
})

const status = word(statuses)
const text = Type.String()
const ids = Type.Array(uuid)
const anyOf = (column: string) => ({ type: ids, sql: `t.${column} && $::uuid[]` })
const allOf = (column: string) => ({ type: ids, sql: `t.${column} @> $::uuid[]` })
/** A draft may know the day it would be due, but it isn't due: filters by that day pass drafts over. */
const dueRange = rangeBy('due_date', (sign) => ({ type: day, sql: `t.due_date ${sign} $ and t.issue_date is not null` }))

const itself = (...inOrderOf: string[]): Followed => ({ ways: ITSELF, inOrderOf })
/** By the counterparts that bear the name, or bore it: there are fewer of them than documents. */
const byName = (pattern: string): Followed => ({
  ways: [
    {
      via: `select c.id from counterparts c where c.entity_id = $entity and ${ALL_NAMES} like ${pattern}`,
      test: 't.counterpart_id = via.id',
    },
  ],
})
const wholly: Followed = { ways: [{ via: idsByWholeName('$'), test: 't.counterpart_id = via.id' }] }
const named = { type: text, sql: 't.counterpart_name', folded: 't.sought_name', whole: true }
const rangeOf = (name: 'issue_date' | 'due_date' | 'created_at' | 'total_amount' | 'discounted_subtotal', ...keys: string[]) =>
  Object.fromEntries(bounds.map((suffix) => [`${name}__${suffix}`, itself(name, ...keys)]))

const byDay = (name: 'due_date' | 'issue_date', slack = 0) =>
  Object.fromEntries(
    bounds.map((suffix): [string, Followed] => {
      const byWeeks = waysByDay(receivableSums, name, signs[suffix], slack)
      return [`${name}__${suffix}`, { ways: (sortedBy) => (sortedBy === 'created_at' ? byWeeks : ITSELF), inOrderOf: [name] }]
    }),
  )

/** Indexes have the documents of a kind together, and know their status and days (migrations/0201). */
const ofKinds: SortKey = {
  across: { unless: 'type', tests: ['invoice', 'quote', 'credit_note'].map((type) => `t.type = '${type}'`) },
  covers: {
    filters: ['status', 'status__in', ...bounds.map((bound) => `due_date__${bound}`)],
    columns: ['t.status', 't.due_date', 't.issue_date'],
  },
}

export const receivableList = listing(receivableTable, {
  bulk: 't.content',
  filters: {
    id__in: ids,
    status,
    status__in: Type.Array(status),
    type: ReceivableType,
    entity_user_id: uuid,
    entity_user_id__in: ids,
    based_on: uuid,
    project_id: uuid,
    project_id__in: ids,
    tag_ids: allOf('tag_ids'),
    tag_ids__in: anyOf('tag_ids'),
    product_ids: allOf('product_ids'),
    product_ids__in: anyOf('product_ids'),
    counterpart_id: uuid,
    counterpart_name: named,
    counterpart_name__contains: text,
    counterpart_name__icontains: text,
    document_id: { type: text, sql: `t.type in ('invoice', 'quote', 'credit_note') and t.document_id = $` },
    document_id__contains: text,
    document_id__icontains: text,
    ...range('issue_date', instant),
    ...dueRange,
    ...range('created_at', instant),
    total_amount: minor,
    ...range('total_amount', minor),
    discounted_subtotal: minor,
    ...range('discounted_subtotal', minor),
  },
  sort: [
    'counterpart_name',
    'counterpart_id',
    'amount',
    'total_amount',
    'discounted_subtotal',
    'status',
    'due_date',
    'issue_date',
    'document_id',
    'created_at',
    'project_id',
  ],
  sortKeys: {
    counterpart_name: ofKinds,
    amount: ofKinds,
    total_amount: ofKinds,
    status: ofKinds,
    due_date: { ...ofKinds, nullable: true },
    issue_date: { ...ofKinds, nullable: true },
    document_id: { ...ofKinds, nullable: true },
    project_id: { nullable: true },
    counterpart_id: { alike: true },
  },
  limit: { max: 250, default: 100 },
  limitWithToken: true,
  ways: {
    document_id__contains: itself(),
    document_id__icontains: itself(),
    counterpart_name: wholly,
    counterpart_name__contains: byName('$'),
    counterpart_name__icontains: byName('$'),
    tag_ids: itself(),
    tag_ids__in: itself(),
    product_ids: itself(),
    product_ids__in: itself(),
    project_id: itself(),
    project_id__in: itself(),
    counterpart_id: {
      ...itself('created_at', 'counterpart_id'),
      knownBeside: ['amount', 'total_amount', 'status', 'due_date', 'issue_date', 'document_id'],
    },
    entity_user_id: itself('created_at'),
    status: itself('created_at', 'due_date', 'status'),
    status__in: itself('created_at', 'due_date', 'status'),
    total_amount: itself('amount', 'total_amount'),
    discounted_subtotal: itself('discounted_subtotal'),
    ...rangeOf('total_amount', 'amount'),
    ...rangeOf('discounted_subtotal'),
    ...byDay('due_date'),
    // The moment of issue may be another day than the one on the document, which is the entity's own.
    ...byDay('issue_date', 2),
    ...rangeOf('created_at'),
  },
  merged: ['status__in', 'entity_user_id__in'],
})
/** The same as a body, for questions too long for an address. */
const { sort: _sort, ...asked } = receivableList.query.properties
const sortedBy = [
  ...(['counterpart_name', 'counterpart_id', 'amount', 'total_amount', 'status', 'due_date'] as const),
  ...(['issue_date', 'document_id', 'created_at', 'project_id'] as const),
]
const optional = Object.fromEntries(Object.entries(asked).map(([name, schema]) => [name, opt(schema)])) as unknown as typeof asked
export const ReceivablesSearchRequest = Type.Object(
  // Words that no document is in find nothing, as the reference has it.
  { ...optional, status__in: opt(Type.Array(Type.String())), sort: opt(word(sortedBy, { $id: 'ReceivableCursorFields2' })) },
  { $id: 'ReceivablesSearchRequest', ...strict },
)

/** In a search, as in the list, a moment may stand for its day: the guides write both. What is neither is left to be refused. */
export function withDays(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const isMoment = ([name, value]: [string, unknown]) => name in dueRange && typeof value === 'string' && isInstant(value)
  const moments = Object.entries(body).filter(isMoment)
  return { ...body, ...Object.fromEntries(moments.map(([name, moment]) => [name, moment.slice(0, 10)])) }
}

export type ReceivableQuery = Static<typeof receivableList.query>
