import { beforeAll, describe, expect, test } from 'vitest'
import { addItem, newBill } from '../../../test/support/billing.ts'
import { good, no } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'
import { requestFilters } from '../approvals/requests/requests.schema.ts'
import { receiptFilters } from '../expenses/receipts/receipts.schema.ts'
import { noteList } from './credit-notes/credit-notes.list.ts'
import { payableList } from './payables.list.ts'
import { orderFilters } from './purchase-orders/purchase-orders.schema.ts'

/** The lists of what comes in: every filter that is declared finds those that it is about and leaves out others, and every sort key orders. */

const STEP_MS = 5_000
const e = encodeURIComponent
const ids = (rows: Body[]) => rows.map(({ id }) => id as string)

interface Listed {
  readonly path: string
  /** Filters as they are declared. */
  readonly filters: readonly string[]
  readonly sort: readonly string[]
  /** What a filter is about, where it isn't the field of its name. A list: one of them is enough. */
  readonly fields?: Record<string, (row: Body) => unknown>
  /** Filters that no row of this world is left out by, or found by. */
  readonly special?: readonly string[]
  fill(): Promise<unknown>
}

let w: World
let berlin: Client
let other: Client
let partner: Client
let tags: string[]
let projects: string[]
let vendors: Body[]
/** The lines of each bill; names of counterparts. */
const linesOf = new Map<string, string[]>()
const nameOf = new Map<string, string>()

/** Each row has a moment of its own. */
const later = () => w.clock.advance(STEP_MS)
const day = (n: number) => `2025-03-${String(n).padStart(2, '0')}`
const pdf = { bytes: Buffer.from('%PDF-1.7 nothing'), name: 'x.pdf' }

beforeAll(async () => {
  w = await world()
  w.clock.advance(-100 * STEP_MS)
  berlin = w.berlin
  other = await w.newUser(berlin.entityId!)
  partner = w.partnerIn(berlin.entityId!)
  const named = async (path: string, names: string[]) => {
    const made = []
    for (const name of names) made.push(good(await berlin.post(path, { name })).id as string)
    return made
  }
  tags = await named('/tags', ['a', 'b'])
  projects = await named('/projects', ['P', 'Q'])
  vendors = []
  for (const legal_name of ['100% Zuse_AG', 'Bär & Söhne'])
    vendors.push(
      good(
        await berlin.post('/counterparts', {
          type: 'organization',
          organization: {
            legal_name,
            is_customer: false,
            is_vendor: true,
            address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
          },
        }),
      ),
    )
  for (const { id, organization } of vendors) nameOf.set(id, organization.legal_name)
})

const order = async (who: Client, changes: object) => {
  later()
  const currency = (changes as Body).currency ?? 'EUR'
  return good(
    await who.post('/payable_purchase_orders', {
      counterpart_id: vendors[0]!.id,
      currency,
      message: 'Please',
      valid_for_days: 5,
      items: [{ name: 'Paper', quantity: 1, unit: 'box', price: 100, currency, vat_rate: 1900 }],
      ...changes,
    }),
  )
}
const bill = async (who: Client, document_id: string | null, n: number, changes: object = {}) => {
  later()
  const { id } = await newBill(who, { document_id, issued_at: day(n), due_date: day(n + 10), ...changes })
  linesOf.set(id, [(await addItem(who, id, { unit_price: n * 100 })).id])
  return id as string
}
const act = (path: string, id: string, action: string) => berlin.post(`/${path}/${id}/${action}`).then(good)

async function fillBills() {
  const po = (await order(berlin, {})).id
  const another = (await order(berlin, {})).id
  const a = await bill(berlin, 'Alpha-1', 1, {
    counterpart_id: vendors[0]!.id,
    tag_ids: tags,
    project_id: projects[0],
    purchase_order_id: po,
  })
  await act('payables', a, 'submit_for_approval')
  await bill(other, 'beta_2', 2, {
    currency: 'USD',
    counterpart_id: vendors[1]!.id,
    tag_ids: [tags[0]],
    purchase_order_id: another,
  })
  const c = await bill(partner, '100%', 3, { project_id: projects[1], base64_encoded_file: pdf.bytes.toString('base64') })
  good(await berlin.patch(`/payables/${c}`, { counterpart_raw_data: { name: 'Zuse as read' } }))
  const d = await bill(berlin, 'Delta', 4)
  await act('payables', d, 'cancel')
  later()
  await newBill(other, { document_id: undefined, issued_at: undefined, due_date: undefined })
  await berlin.upload('POST', '/payables/upload_from_file', pdf).then(good)
  await w.work()
  const f = await bill(berlin, 'mail', 5)
  await w.sql(`update payables set payable_origin = 'email' where id = $1`, [f])
}

async function fillNotes() {
  const { data } = good(await berlin.get('/payables'))
  const free = data.filter((one: Body) => one.status === 'new' && one.currency === 'EUR').slice(0, 2)
  const note = async (who: Client, document_id: string, n: number, changes: object = {}) => {
    later()
    const sums = { subtotal: n * 10, tax_amount: n, total_amount: n * 11 }
    const body = { document_id, issued_at: day(n), currency: 'EUR', ...sums, ...changes }
    return good(await who.post('/payable_credit_notes', body)).id as string
  }
  const a = await note(berlin, 'CN-a', 10, { based_on: free[0].id, counterpart_id: vendors[0]!.id, project_id: projects[0] })
  await act('payable_credit_notes', a, 'approve')
  await note(other, 'cn-A', 11, { based_on: free[1].id, counterpart_id: vendors[1]!.id, project_id: projects[1] })
  const c = await note(partner, '100%_x', 12, { currency: 'USD' })
  await act('payable_credit_notes', c, 'cancel')
  later()
  await berlin.upload('POST', '/payable_credit_notes/upload_from_file', pdf).then(good)
  await w.work()
  await w.sql(`update payable_credit_notes set origin = 'einvoicing' where id = $1`, [a])
}

async function fillOrders() {
  const made = [
    await order(berlin, { project_id: projects[0] }),
    await order(other, { counterpart_id: vendors[1]!.id, currency: 'USD' }),
    await order(partner, { project_id: projects[1] }),
    await order(berlin, {}),
  ]
  for (const [i, { id }] of made.slice(1).entries())
    await w.sql(
      `update payable_purchase_orders set status = 'issued', issued_at = $2, updated_at = created_at + interval '1 day' where id = $1`,
      [id, day(10 + i)],
    )
}

async function fillRequests() {
  const open = []
  for (let n = 0; n < 2; n++) {
    const id = await bill(berlin, `Asked ${n}`, 6 + n)
    await act('payables', id, 'submit_for_approval')
    open.push(id)
  }
  const role = async (user: Client) => good(await partner.get(`/entity_users/${user.userId}`)).role_id
  const ask = async (who: Client, object_id: string, whom: object) => {
    later()
    return good(await who.post('/approval_requests', { object_type: 'payable', object_id, required_approval_count: 1, ...whom }))
  }
  await ask(berlin, open[0]!, { user_ids: [berlin.userId, other.userId] })
  const b = await ask(other, open[0]!, { user_ids: [other.userId] })
  const c = await ask(partner, open[1]!, { role_ids: [await role(berlin)] })
  await ask(berlin, open[1]!, { role_ids: [await role(other)] })
  later()
  await act('approval_requests', c.id, 'cancel')
  later()
  good(await other.post(`/approval_requests/${b.id}/approve`))
}

async function fillReceipts() {
  const transaction_id = '7b1c5b2e-6a5c-4a52-9b0e-0f6e3b1f9d10'
  for (const [i, more] of [
    { document_id: 'Taxi_1', transaction_id },
    { document_id: 'taxi_1', currency: 'USD' },
    { document_id: '100%', base64_encoded_file: pdf.bytes.toString('base64') },
    {},
  ].entries()) {
    later()
    good(await berlin.post('/receipts', { currency: 'EUR', total_amount: 100 * i, ...more }))
  }
}

const vendorName = (row: Body) =>
  row.counterpart?.name ?? nameOf.get(row.counterpart_id) ?? row.counterpart_raw_data?.name ?? null
const declared = (query: { properties: object }) =>
  Object.keys(query.properties).filter((name) => !['order', 'limit', 'sort', 'pagination_token'].includes(name))

const lists: Listed[] = [
  {
    path: '/payables',
    filters: declared(payableList.query),
    sort: ['id', 'created_at', 'issued_at'],
    fields: {
      amount: ({ total_amount }) => total_amount,
      counterpart_name: vendorName,
      search_text: (row) => [row.document_id, vendorName(row)].filter((one) => one !== null),
      origin: ({ payable_origin }) => payable_origin,
      has_file: ({ file_id }) => file_id !== null,
      has_tags: (row) => row.tags.length > 0,
      tag_ids: (row) => ids(row.tags),
      line_item_id: ({ id }) => linesOf.get(id) ?? [],
    },
    fill: fillBills,
  },
  {
    path: '/payable_credit_notes',
    filters: declared(noteList.query),
    sort: ['id', 'created_at'],
    fields: {
      has_file: ({ file_id }) => file_id !== null,
      created_by_entity_user_id: ({ created_by_user_id }) => created_by_user_id,
    },
    fill: fillNotes,
  },
  {
    path: '/payable_purchase_orders',
    filters: Object.keys(orderFilters),
    sort: ['created_at', 'updated_at'],
    fields: {
      issued_at: ({ issued_at }) => issued_at && `${issued_at}T00:00:00Z`,
      created_by: ({ created_by_user_id }) => created_by_user_id,
      'counterpart.name': ({ counterpart_id }) => nameOf.get(counterpart_id),
    },
    fill: fillOrders,
  },
  {
    path: '/approval_requests',
    filters: Object.keys(requestFilters),
    sort: ['created_at', 'updated_at'],
    fields: { user_id: ({ user_ids }) => user_ids, role_id: ({ role_ids }) => role_ids },
    special: ['object_type', 'object_type__in'],
    fill: fillRequests,
  },
  {
    path: '/receipts',
    filters: Object.keys(receiptFilters),
    sort: ['id', 'created_at'],
    fields: {
      has_file: ({ file_id }) => file_id !== null,
      has_transaction: ({ transaction_id }) => transaction_id !== null,
    },
    fill: fillReceipts,
  },
]

/** What each suffix means, told again without SQL; what is empty is in no relation to anything. */
const relations: [string, (own: Body, asked: Body) => boolean][] = [
  ['__not_in', (own, asked) => own !== asked],
  ['__in', (own, asked) => own === asked],
  ['__gte', (own, asked) => own >= asked],
  ['__lte', (own, asked) => own <= asked],
  ['__gt', (own, asked) => own > asked],
  ['__lt', (own, asked) => own < asked],
  ['__iexact', (own, asked) => own.toLowerCase() === asked.toLowerCase()],
  ['__icontains', (own, asked) => own.toLowerCase().includes(asked.toLowerCase())],
  ['__contains', (own, asked) => own.includes(asked)],
  ['', (own, asked) => own === asked],
]

describe.each(lists)('$path', ({ path, filters, sort, fields = {}, special = [], fill }) => {
  let all: Body[]
  const get = async (query: string, who = berlin): Promise<Body> => good(await who.get(`${path}?${query}`))
  const found = async (query: string) => ids((await get(query)).data).sort()

  beforeAll(async () => {
    await fill()
    all = (await get('')).data
    expect(all.length).toBeGreaterThan(2)
  })

  test.each(filters.filter((name) => !special.includes(name)))('%s finds those and only those', async (name) => {
    const [suffix, holds] = relations.find(([end]) => name.endsWith(end))!
    const column = name.slice(0, name.length - suffix.length)
    const own = fields[column] ?? ((row: Body) => row[column])
    expect(
      all.some((row) => own(row) !== undefined),
      'rows have what the filter is about',
    ).toBe(true)
    const valuesOf = (row: Body) => [own(row)].flat().filter((value) => value !== null && value !== undefined)
    const known = [...new Set(all.flatMap(valuesOf))].sort((a, b) => (a! < b! ? -1 : 1))
    const inside = /contains/.test(suffix) || column === 'search_text'
    // One in the middle, so that there is something on either side of it; of what is yes or no, both.
    for (const one of typeof known[0] === 'boolean' ? known : [known[Math.floor((known.length - 1) / 2)] as Body]) {
      const part = inside ? one.slice(1) : one
      const asked = /icontains|iexact/.test(suffix) || column === 'search_text' ? part.toUpperCase() : part
      const list = Array.isArray(own(all[0]!))
      const right = all.filter((row) => {
        const values = valuesOf(row) as Body[]
        if (suffix === '__not_in') return list ? !values.includes(asked) : values.some((value) => holds(value, asked))
        if (column === 'search_text') return values.some((value) => value.toUpperCase().includes(asked))
        return values.some((value) => holds(value, asked))
      })
      expect(right.length, `${one}: the table has something in`).toBeGreaterThan(0)
      expect(right.length, `${one}: and something out`).toBeLessThan(all.length)
      expect(await found(`${e(name)}=${e(asked)}`), String(asked)).toEqual(ids(right).sort())
    }
  })

  test.each(filters.filter((name) => name.endsWith('__in') && !special.includes(name)))('%s takes several', async (name) => {
    const column = name.slice(0, -4)
    const own = fields[column] ?? ((row: Body) => row[column])
    const some = [...new Set(all.map(own).filter((value) => value !== null))].slice(0, 2) as string[]
    expect(some.length).toBe(2)
    const right = ids(all.filter((row) => some.includes(own(row) as string))).sort()
    expect(await found(some.map((one) => `${name}=${e(one)}`).join('&'))).toEqual(right)
  })

  test.each(sort)('sorted by %s, pages run forth and back over every row once, empty ones last', async (key) => {
    for (const order of ['asc', 'desc']) {
      const pages: Body[] = [await get(`sort=${key}&order=${order}&limit=2`)]
      while (pages.at(-1).next_pagination_token)
        pages.push(await get(`limit=2&pagination_token=${pages.at(-1).next_pagination_token}`))
      const forth = pages.flatMap(({ data }) => data)
      expect(ids(forth).sort()).toEqual(ids(all).sort())
      const values = forth.map((row) => row[key])
      const full = values.filter((value) => value !== null)
      expect(values.slice(0, full.length)).toEqual(full)
      const rising = [...full].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect(full).toEqual(order === 'asc' ? rising : rising.reverse())
      expect(new Set(full).size).toBeGreaterThan(1)
      const back: Body[] = [pages.at(-1)]
      while (back[0].prev_pagination_token) back.unshift(await get(`limit=2&pagination_token=${back[0].prev_pagination_token}`))
      expect(back.flatMap(({ data }) => ids(data))).toEqual(ids(forth))
    }
  })

  test('what makes no sense is refused; others see nothing', async () => {
    const refused = async (query: string) => no(await berlin.get(`${path}?${query}`, { beyond: true }))[0]
    for (const query of ['limit=0', 'limit=101', 'sort=colour', 'order=up', 'created_at__gt=yesterday'])
      expect([query, await refused(query)]).toEqual([query, 422])
    expect([406, 422]).toContain(await refused('pagination_token=abc'))
    expect((await get('', w.paris)).data).toEqual([])
  })
})

test('requests are about payables: asked for other objects, there are none', async () => {
  const found = async (query: string) => good(await berlin.get(`/approval_requests?${query}`)).data.length
  expect(await found('object_type=payable')).toBe(4)
  expect(await found('object_type=receivable')).toBe(0)
  expect(await found('object_type__in=receivable&object_type__in=payable')).toBe(4)
  expect(await found('object_type__in=receivable')).toBe(0)
})

test('the name of an individual is both of its names; a deleted counterpart is still found by its bills', async () => {
  const { id: counterpart_id } = good(
    await berlin.post('/counterparts', {
      type: 'individual',
      individual: {
        first_name: 'Konrad',
        last_name: 'Zuse',
        is_customer: false,
        is_vendor: true,
        address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
      },
    }),
  )
  const id = await bill(berlin, 'KZ', 9, { counterpart_id })
  const found = async (query: string) => ids(good(await berlin.get(`/payables?${query}`)).data)
  for (const query of ['counterpart_name=Konrad Zuse', 'counterpart_name__contains=rad Zu', 'search_text=konrad z'])
    expect(await found(query)).toEqual([id])
  expect(await found('counterpart_name=konrad zuse')).toEqual([])
  expect((await berlin.delete(`/counterparts/${counterpart_id}`)).status).toBe(204)
  expect(await found(`counterpart_id=${counterpart_id}`)).toEqual([id])
})
