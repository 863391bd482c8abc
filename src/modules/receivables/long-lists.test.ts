import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draft, good, type Ready, ready } from '../../../test/support/invoicing.ts'
import { type Body, house, type World, world } from '../../../test/support/world.ts'
import { enroll, keepSums, receivableSums } from '../../platform/kept-sums/kept-sums.ts'

/** Lists so long that their first rows don't tell: each page beside the same question asked in plain SQL. */

const COUNT = 4_000
let w: World
let made: Ready
let tags: string[]
let rare: Body
let some: Body
let admin: Awaited<ReturnType<typeof house>>['admin']

beforeAll(async () => {
  w = await world()
  const { berlin } = w
  made = await ready(berlin)
  admin = (await house()).admin
  tags = [good(await berlin.post('/tags', { name: 'some' })).id, good(await berlin.post('/tags', { name: 'few' })).id]
  const address = { country: 'DE', city: 'Ulm', postal_code: '89073', line1: 'Weg 1' }
  const buyer = async (legal_name: string) => {
    const organization = { legal_name, is_customer: true, is_vendor: false, address }
    return good(await berlin.post('/counterparts', { type: 'organization', organization }))
  }
  rare = await buyer('Rara Avis AG')
  some = await buyer('Medius AG')
  const one = await draft(berlin, made)
  const { rows } = await admin.query<{ names: string }>(
    `select string_agg(column_name, ', ' order by ordinal_position) as names from information_schema.columns where table_name = 'receivables'
       and is_generated = 'NEVER' and column_name not in ('id', 'created_at', 'updated_at', 'type', 'status', 'document_id', 'counterpart_id',
       'counterpart_name', 'due_date', 'total_amount', 'amount_due', 'issue_date', 'issued_on', 'tag_ids', 'entity_user_id', 'amount_paid')`,
  )
  const { names } = rows[0]!
  const kept = names.split(', ').map((name) => `one.${name}`)
  // Old ones are paid and new ones open; what is due, and who buys, goes with the time as well.
  await admin.query(
    `insert into receivables (${names}, created_at, updated_at, type, status, document_id, counterpart_id, counterpart_name, due_date, total_amount, amount_due, amount_paid,
       issue_date, issued_on, tag_ids, entity_user_id)
     select ${kept.join(', ')}, at, at, case n % 20 when 0 then 'quote' when 1 then 'credit_note' else 'invoice' end,
       case when n % 20 < 2 then 'issued' when n % 50 = 7 then 'overdue' when n > ${COUNT - 200} then 'issued' else 'paid' end, 'X-' || lpad(n::text, 5, '0'),
       case when n between 40 and 60 then $2::uuid when n % 30 = 4 then $6 else one.counterpart_id end, case when n between 40 and 60 then 'Rara Avis AG' when n % 30 = 4 then 'Medius AG' else one.counterpart_name end,
       at::date + 14, 1000 + n % 700, case when n % 50 = 7 or n > ${COUNT - 200} then 1000 + n % 700 else 0 end,
       case when n % 20 < 2 then 0 when n % 50 = 7 or n > ${COUNT - 200} then 0 else 1000 + n % 700 end, at, at::date,
       case when n % 40 = 3 then array[$3::uuid] when n between 100 and 130 then array[$4::uuid] else '{}' end, case when n < 200 then $5::uuid end
     from receivables one, generate_series(1, ${COUNT}) n, lateral (select now() - (${COUNT} - n) * interval '4 hours' as at) a where one.id = $1`,
    [one.id, rare.id, tags[0], tags[1], berlin.userId, some.id],
  )
  await admin.query('analyze receivables')
}, 60_000)

/** Copies have no history of their own, which the audit would miss. */
afterAll(async () => {
  await admin.query(`delete from receivables where entity_id = $1 and document_id like 'X-%'`, [w.berlin.entityId])
})

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const oldest = COUNT / 6
/** What is asked for, and the same in SQL. */
const asked = (): [query: string, sql: string][] => [
  ['', 'true'],
  ['type=quote', `type = 'quote'`],
  ['type=credit_note&status=issued', `type = 'credit_note' and status = 'issued'`],
  ['type=invoice&status=paid', `type = 'invoice' and status = 'paid'`],
  ['status=issued', `status = 'issued'`],
  ['status__in=issued&status__in=overdue', `status in ('issued', 'overdue')`],
  ['type=invoice&status=overdue', `type = 'invoice' and status = 'overdue'`],
  ['status=canceled', `status = 'canceled'`],
  [`due_date__lte=${day(oldest - 100)}`, `due_date <= '${day(oldest - 100)}' and issue_date is not null`],
  [`due_date__lt=${day(200)}`, `due_date < '${day(200)}' and issue_date is not null`],
  [`due_date__gte=${day(100)}`, `due_date >= '${day(100)}' and issue_date is not null`],
  [`due_date__gt=${day(-13)}`, `due_date > '${day(-13)}' and issue_date is not null`],
  [`issue_date__lt=${day(500)}T10:00:00Z`, `issue_date < '${day(500)}T10:00:00Z'`],
  [`issue_date__gte=${day(30)}T10:00:00Z&type=quote`, `issue_date >= '${day(30)}T10:00:00Z' and type = 'quote'`],
  ['counterpart_name__icontains=rara', `counterpart_name = 'Rara Avis AG'`],
  ['counterpart_name=Rara%20Avis%20AG', `counterpart_name = 'Rara Avis AG'`],
  ['counterpart_name__contains=Acme', `counterpart_name = 'Acme GmbH'`],
  [`tag_ids=${tags[0]}`, `tag_ids @> '{${tags[0]}}'`],
  [`tag_ids__in=${tags[1]}`, `tag_ids && '{${tags[1]}}'`],
  [`entity_user_id=${w.berlin.userId}`, `entity_user_id = '${w.berlin.userId}'`],
  ['document_id__icontains=x-005', `document_id like 'X-005%'`],
  ['document_id__contains=77', `document_id like '%77%'`],
  ['total_amount__gte=1690', 'total_amount >= 1690'],
  [`counterpart_id=${rare.id}`, `counterpart_id = '${rare.id}'`],
  [`counterpart_id=${some.id}`, `counterpart_id = '${some.id}'`],
  [
    `counterpart_id=${some.id}&type=invoice&status=paid`,
    `counterpart_id = '${some.id}' and type = 'invoice' and status = 'paid'`,
  ],
]
const orders: [sort: string, column: string][] = [
  ['created_at', 'created_at'],
  ['due_date', 'due_date'],
  ['amount', 'total_amount'],
  ['document_id', 'document_id'],
  ['counterpart_name', 'counterpart_name'],
  ['counterpart_id', 'counterpart_id'],
  ['issue_date', 'issue_date'],
  ['status', 'status'],
]

async function compare(keys = orders) {
  const { berlin } = w
  for (const [query, condition] of asked())
    for (const [n, [sort, column]] of keys.entries())
      for (const order of n === 0 ? ['asc', 'desc'] : [n % 2 === 0 ? 'asc' : 'desc']) {
        const { rows } = await admin.query<{ id: string }>(
          `select id from receivables where entity_id = $1 and deleted_at is null and ${condition}
           order by ${column} is null, ${column} ${order}, id ${order} limit 75`,
          [berlin.entityId],
        )
        const first = good(await berlin.get(`/receivables?limit=40&sort=${sort}&order=${order}&${query}`))
        const ids = first.data.map(({ id }: Body) => id)
        if (rows.length > 40) {
          const next = good(await berlin.get(`/receivables?limit=35&pagination_token=${first.next_pagination_token}`))
          ids.push(...next.data.map(({ id }: Body) => id))
        }
        expect(ids, `${query} by ${sort} ${order}`).toEqual(rows.map(({ id }) => id))
      }
}

describe('every page of a long list is what plain SQL answers', () => {
  test('while no sums are kept', { timeout: 60_000 }, () => compare())

  test('once sums are kept, and while some weeks have changed', { timeout: 90_000 }, async () => {
    const { machinery } = await house()
    await enroll(machinery.db, receivableSums, 100)
    await keepSums(machinery.db)
    const { rows } = await admin.query('select from kept_sums where entity_id = $1', [w.berlin.entityId])
    expect(rows.length).toBeGreaterThan(500)
    // These are due long after their neighbours: no kept sum knows of it yet.
    const { rowCount } = await admin.query(
      `update receivables set due_date = due_date + 400 where entity_id = $1 and created_at < now() - interval '500 days' and total_amount % 5 = 1 and not frozen`,
      [w.berlin.entityId],
    )
    expect(rowCount).toBeGreaterThan(100)
    await compare(orders.slice(0, 1))
    await keepSums(machinery.db)
    await compare(orders.slice(0, 1))
  })
})

test('documents bear the name that their buyer had then, and are found by exactly that', async () => {
  const { berlin } = w
  const named = async (name: string) => {
    const { data } = good(await berlin.get(`/receivables?limit=40&counterpart_name=${encodeURIComponent(name)}`))
    return data.length
  }
  for (const legal_name of ['Rara Rediviva AG', 'Rara Novissima AG'])
    good(await berlin.patch(`/counterparts/${rare.id}`, { organization: { legal_name } }))
  expect(await named('Rara Avis AG')).toBe(21)
  expect(await named('rara avis ag')).toBe(0)
  expect(await named('Rara Avis')).toBe(0)
  expect(await named('Rara Novissima AG')).toBe(0)
})
