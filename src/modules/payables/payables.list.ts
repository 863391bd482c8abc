import Type from 'typebox'
import { shownTable } from '../../platform/database/rows.ts'
import { type Followed, ITSELF, insideSql, listing } from '../../platform/http/listing.ts'
import { bounds, range, rangeBy, signs } from '../../platform/http/ranges.ts'
import { Currency, createdAt, day, minor, uuid } from '../../platform/http/types.ts'
import { payableSums, waysByDay } from '../../platform/kept-sums/kept-sums.ts'
import { dayAt } from '../../platform/local-day.ts'
import { ALL_NAMES, idsByWholeName } from '../counterparts/counterparts.service.ts'
import { COLUMNS, presentPayable, type ShownRow } from './payables.present.ts'
import {
  OcrStatusEnum,
  PayableOriginEnum,
  PayableResponseSchema,
  PayableStateEnum,
  SourceOfPayableDataEnum,
} from './payables.schema.ts'

const payableTable = shownTable<ShownRow>()('payables', PayableResponseSchema, {
  noun: 'Payable',
  object: 'payable',
  select: COLUMNS,
  folded: { document_id: 't.sought_number' },
  present: (row, ctx) => presentPayable(row, dayAt(ctx)),
})

/** The vendor's name: as it was frozen, as it is, or as it was read. */
const VENDOR = `coalesce(t.counterpart ->> 'name', (select c.name from counterparts c where c.entity_id = t.entity_id and c.id = t.counterpart_id),
  t.counterpart_raw_data ->> 'name')`

/** A text inside of what is sought, made a pattern once and not for each row; `%`, `_` and `\\` mean themselves. */
const INSIDE = `like (select '%' || regexp_replace(folded($::text), '([\\\\%_])', '\\\\\\1', 'g') || '%')`
/** Until its name is frozen, a vendor is called what it is called now. */
const NAMED = `t.counterpart is null and exists (select from counterparts c
  where c.entity_id = t.entity_id and c.id = t.counterpart_id and c.sought_name ${INSIDE})`

const text = Type.String()
const ids = Type.Array(uuid)
/** The older name of the total. */
const amounts = rangeBy('amount', (sign) => ({ type: minor, sql: `t.total_amount ${sign} $` }))

const payableFilters = {
  ...createdAt,
  status: PayableStateEnum,
  status__in: Type.Array(PayableStateEnum),
  id__in: ids,
  total_amount: minor,
  ...range('total_amount', minor),
  amount: { type: minor, sql: 't.total_amount = $' },
  ...amounts,
  currency: Currency,
  counterpart_name: { type: text, sql: VENDOR, whole: true },
  counterpart_name__contains: { type: text, sql: VENDOR },
  counterpart_name__icontains: { type: text, sql: VENDOR },
  search_text: {
    type: text,
    sql: `(t.sought ${INSIDE} or ${NAMED})`,
  },
  due_date: day,
  ...range('due_date', day),
  issued_at: day,
  ...range('issued_at', day),
  document_id: text,
  document_id__contains: text,
  document_id__icontains: text,
  was_created_by_user_id: uuid,
  counterpart_id: uuid,
  source_of_payable_data: SourceOfPayableDataEnum,
  ocr_status: OcrStatusEnum,
  line_item_id: {
    type: uuid,
    sql: `exists (select from payable_line_items l where l.entity_id = t.entity_id and l.payable_id = t.id and l.id = $ and l.deleted_at is null)`,
  },
  purchase_order_id: uuid,
  project_id: uuid,
  project_id__in: ids,
  tag_ids: { type: ids, sql: 't.tag_ids && $::uuid[]' },
  tag_ids__not_in: { type: ids, sql: 'not t.tag_ids && $::uuid[]' },
  has_tags: { type: Type.Boolean(), sql: `(t.tag_ids <> '{}') = $` },
  origin: { type: PayableOriginEnum, sql: 't.payable_origin = $' },
  has_file: { type: Type.Boolean(), sql: '(t.file_id is not null) = $' },
}

const itself = (...inOrderOf: string[]): Followed => ({ ways: ITSELF, inOrderOf })
const rangeOf = (...names: string[]) =>
  Object.fromEntries(names.flatMap((name) => bounds.map((suffix) => [`${name}__${suffix}`, itself(name)])))
const byDay = (name: 'due_date' | 'issued_at') =>
  Object.fromEntries(
    bounds.map((suffix): [string, Followed] => {
      const byWeeks = waysByDay(payableSums, name, signs[suffix])
      return [`${name}__${suffix}`, { ways: (sortedBy) => (sortedBy === 'created_at' ? byWeeks : ITSELF), inOrderOf: [name] }]
    }),
  )
/** What a bill is, in words: see `bill_words` in migrations/0130. */
const WORDS = `bill_words(t.entity_id, t.currency, t.payable_origin, t.source_of_payable_data, t.ocr_status, t.project_id, t.file_id is not null, t.tag_ids)`
const inWords = (mark: string): Followed => ({
  ways: [{ test: `${WORDS} && array(select $entity::text || '${mark}' || one from unnest($) one)` }],
})
/** By the vendors that bear the name, or bore it; a bill without a vendor only has what was read. */
const byVendor = (pattern: string) => [
  {
    via: `select c.id from counterparts c where c.entity_id = $entity and ${ALL_NAMES} like ${pattern}`,
    test: 't.counterpart_id = via.id',
  },
  { test: `t.counterpart_id is null and t.sought like ${pattern}` },
]
const byName: Followed = { ways: byVendor('$') }
const wholly: Followed = {
  ways: [
    { via: idsByWholeName('$'), test: 't.counterpart_id = via.id' },
    { test: `t.counterpart_id is null and t.sought like ${insideSql('$')}` },
  ],
}
const sought = insideSql('folded($::text)')

export const payableList = listing(payableTable, {
  filters: payableFilters,
  sort: ['id', 'created_at', 'issued_at'],
  sortKeys: { issued_at: { nullable: true } },
  ways: {
    document_id__contains: itself(),
    document_id__icontains: itself(),
    counterpart_name: wholly,
    counterpart_name__contains: byName,
    counterpart_name__icontains: byName,
    search_text: { ways: [{ test: `t.sought_number like ${sought}` }, ...byVendor(sought)] },
    tag_ids: { ways: [{ test: `${WORDS} && array(select $entity::text || 't' || one from unnest($::uuid[]) one)` }] },
    project_id: inWords('p'),
    project_id__in: inWords('p'),
    ocr_status: inWords('r'),
    currency: inWords('c'),
    origin: inWords('o'),
    source_of_payable_data: inWords('s'),
    has_file: inWords('f'),
    has_tags: inWords('h'),
    counterpart_id: { ...itself('created_at'), knownBeside: ['issued_at'] },
    was_created_by_user_id: itself('created_at'),
    status: itself('created_at'),
    status__in: itself('created_at'),
    due_date: itself(),
    issued_at: itself('issued_at'),
    total_amount: itself(),
    amount: itself(),
    ...byDay('due_date'),
    ...byDay('issued_at'),
    ...rangeOf('total_amount', 'amount', 'created_at'),
  },
  merged: ['status__in'],
})
