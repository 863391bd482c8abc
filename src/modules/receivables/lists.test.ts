import { beforeAll, describe, expect, test } from 'vitest'
import { draft, good, issued, no, type Ready, ready, runSchedule } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'
import { receivableList } from './receivables.list.ts'

/** One entity with documents of every kind, asked in every way. */

const DAY_MS = 86_400_000
let w: World
let berlin: Client
let made: Ready
let all: Body[]
let tags: string[]

const get = async (query: string, who = berlin) => good(await who.get(`/receivables?${query}`, { beyond: true })) as Body
const ids = (documents: Body[]) => documents.map(({ id }) => id as string)
const found = async (query: string) => ids((await get(`limit=250&${query}`)).data).sort()
const those = (test: (d: Body) => boolean) => ids(all.filter(test)).sort()
const e = encodeURIComponent

beforeAll(async () => {
  w = await world()
  berlin = w.berlin
  made = await ready(berlin)
  tags = [good(await berlin.post('/tags', { name: 'a' })).id, good(await berlin.post('/tags', { name: 'b' })).id]
  const other = good(
    await berlin.post('/counterparts', {
      type: 'organization',
      tax_id: '2',
      organization: {
        legal_name: '100% Zuse_AG',
        is_customer: true,
        is_vendor: false,
        address: { country: 'DE', city: 'Hünfeld', postal_code: '36088', line1: 'Weg 1' },
      },
    }),
  )
  const second = good(await berlin.post('/products', { name: 'Training', price: { currency: 'EUR', value: 100 } }))
  const projects = await Promise.all(['P', 'Q'].map(async (name) => good(await berlin.post('/projects', { name })).id))
  const [line] = made.invoice.line_items
  const line2 = { ...line, product_id: second.id }
  const to = { counterpart_id: other.id, counterpart_billing_address_id: other.default_billing_address_id }
  const { payment_terms_id: _, ...quote } = made.invoice
  const someone = await w.newUser(berlin.entityId!)
  w.clock.advance(-20 * DAY_MS)
  await issued(berlin, made, { ...to, tag_ids: tags })
  w.clock.advance(10 * DAY_MS)
  await issued(berlin, made, { project_id: projects[0], memo: 'earlier' })
  w.clock.set(null)
  await runSchedule(w)
  await draft(berlin, made)
  await draft(berlin, made, { payment_terms_id: undefined, payment_terms: { term_final: { end_date: '2030-01-01' } } })
  await draft(someone, made, { ...to, tag_ids: [tags[0]], line_items: [line, line2] })
  await issued(berlin, made, { line_items: [{ ...line, quantity: 1 }], discount: { type: 'amount', amount: 5000 } })
  await issued(someone, made, { line_items: [line2], project_id: projects[1] })
  const canceled = await issued(berlin, made)
  good(await berlin.post(`/receivables/${canceled.id}/cancel`))
  const { id } = good(await berlin.post('/receivables', { ...quote, type: 'quote', expiry_date: '2031-01-01' }))
  good(await berlin.post(`/receivables/${id}/issue`))
  all = (await get('limit=250')).data
})

test('without a filter all documents are listed, oldest first', () => {
  expect(all).toHaveLength(10)
  expect(all.map(({ created_at }) => created_at)).toEqual(all.map(({ created_at }) => created_at).sort())
})

describe('a filter finds those and only those', () => {
  test('by status, kind, person, customer and number', async () => {
    expect(await found('status=draft')).toEqual(those((d) => d.status === 'draft'))
    expect(await found('status__in=draft&status__in=overdue')).toEqual(those((d) => ['draft', 'overdue'].includes(d.status)))
    expect(await found('type=credit_note')).toEqual(those((d) => d.type === 'credit_note'))
    expect(await found(`entity_user_id=${berlin.userId}`)).toEqual(those((d) => d.entity_user_id === berlin.userId))
    expect(await found([berlin.userId, all[0].id].map((id) => `entity_user_id__in=${id}`).join('&'))).toEqual(
      those((d) => d.entity_user_id === berlin.userId),
    )
    const { counterpart_id } = all[0]
    expect(await found(`counterpart_id=${counterpart_id}&type=invoice`)).toEqual(
      those((d) => d.counterpart_id === counterpart_id && d.type === 'invoice'),
    )
    expect(await found(`counterpart_name=${e('100% Zuse_AG')}`)).toEqual(those((d) => d.counterpart_name === '100% Zuse_AG'))
    expect(await found(`counterpart_name=${e('100% zuse_ag')}`)).toEqual([])
    for (const part of ['% Z', 'e_A', 'Zuse'])
      expect(await found(`counterpart_name__contains=${e(part)}`)).toEqual(those((d) => d.counterpart_name.includes(part)))
    expect(await found('counterpart_name__contains=zuse')).toEqual([])
    expect(await found('counterpart_name__icontains=zUSE')).toEqual(those((d) => d.counterpart_name.includes('Zuse')))
    expect(await found('document_id=INV-00002')).toEqual(those((d) => d.document_id === 'INV-00002'))
    expect(await found('document_id__contains=INV')).toEqual(those((d) => d.document_id?.includes('INV')))
    expect(await found('document_id__contains=inv')).toEqual([])
    expect(await found('document_id__icontains=cn')).toEqual(those((d) => d.document_id?.includes('CN')))
    expect(await found(`id__in=${all[0].id}&id__in=${all[4].id}&id__in=${made.product.id}`)).toEqual(
      [all[0].id, all[4].id].sort(),
    )
    const [credit] = all.filter((d) => d.type === 'credit_note')
    expect(await found(`based_on=${credit.based_on}`)).toEqual([credit.id])
    expect(await found(`project_id=${made.product.id}`)).toEqual([])
    expect(await found(`project_id__in=${made.product.id}`)).toEqual([])
  })

  test('by tags and products, all of them or any', async () => {
    const [a, b] = tags
    const tagged = (d: Body, id: string) => d.tags.some((tag: Body) => tag.id === id)
    expect(await found(`tag_ids=${a}&tag_ids=${b}`)).toEqual(those((d) => tagged(d, a!) && tagged(d, b!)))
    expect(await found(`tag_ids__in=${a}&tag_ids__in=${b}`)).toEqual(those((d) => tagged(d, a!) || tagged(d, b!)))
    const sold = (d: Body, name: string) => d.line_items.some(({ product }: Body) => product.name === name)
    const products = [
      ...new Map(all.flatMap((d) => d.line_items.map(({ product }: Body) => [product.name, product.id]))).values(),
    ]
    const [x, y] = products
    expect(await found(`product_ids=${x}&product_ids=${y}`)).toEqual(those((d) => sold(d, 'Consulting') && sold(d, 'Training')))
    expect(await found(`product_ids__in=${x}&product_ids__in=${y}`)).toEqual(those(() => true))
  })

  test('by days, moments and amounts; drafts are not due, whatever their terms say', async () => {
    const due = all.find((d) => d.status === 'overdue').due_date
    expect(await found('due_date__gt=2000-01-01')).toEqual(those((d) => d.due_date && d.status !== 'draft'))
    expect(await found(`due_date__lte=${due}`)).toEqual(those((d) => d.due_date === due))
    expect(await found(`due_date__gte=${due}T10:00:00Z&due_date__lt=${due}T23:00:00Z`)).toEqual([])
    expect(await found(`due_date__gte=${due}T10:00:00Z&due_date__lte=${due}`)).toEqual(those((d) => d.due_date === due))
    expect(await found('issue_date__gte=2000-01-01T00:00:00Z')).toEqual(those((d) => d.issue_date))
    const { created_at, total_amount, discounted_subtotal } = all[4]
    expect(await found(`created_at__gt=${e(created_at)}`)).toEqual(those((d) => d.created_at > created_at))
    expect(await found(`created_at__lte=${e(created_at)}`)).toEqual(those((d) => d.created_at <= created_at))
    expect(await found(`total_amount=${total_amount}`)).toEqual(those((d) => d.total_amount === total_amount))
    expect(await found(`total_amount__lt=${total_amount}`)).toEqual(those((d) => d.total_amount < total_amount))
    expect(await found(`discounted_subtotal=${discounted_subtotal}`)).toEqual(
      those((d) => d.discounted_subtotal === discounted_subtotal),
    )
    expect(await found('discounted_subtotal__gte=125000')).toEqual(those((d) => d.discounted_subtotal >= 125000))
  })

  /** How the value of a document relates to that of a filter, by the end of the filter's name. */
  const relations: [suffix: string, holds: (own: Body, asked: Body) => boolean][] = [
    ['__in', (own, asked) => asked.includes(own)],
    ['__gte', (own, asked) => own !== null && own >= asked],
    ['__lte', (own, asked) => own !== null && own <= asked],
    ['__gt', (own, asked) => own !== null && own > asked],
    ['__lt', (own, asked) => own !== null && own < asked],
    ['__icontains', (own, asked) => own?.toLowerCase().includes(asked.toLowerCase()) ?? false],
    ['__contains', (own, asked) => own?.includes(asked) ?? false],
    ['', (own, asked) => own === asked],
  ]
  const lists: Record<string, (d: Body) => string[]> = {
    tag_ids: (d) => d.tags.map(({ id }: Body) => id),
    product_ids: (d) => d.line_items.map(({ product }: Body) => product.id),
  }
  const names = Object.keys(receivableList.query.properties).filter(
    (name) => !['order', 'limit', 'sort', 'pagination_token'].includes(name),
  )

  test.each(names)('%s leaves those that it is about, and leaves out the others, in the list and in the search', async (name) => {
    const [suffix, holds] = relations.find(([end]) => name.endsWith(end))!
    const column = name.slice(0, name.length - suffix.length)
    const [own] = [lists[column]]
    const many = names.includes(`${column}__in`) && (suffix === '__in' || own)
    const values: Body[] = own ? all.flatMap(own) : all.map((d) => (column === 'due_date' && !d.issue_date ? null : d[column]))
    const known = [...new Set(values.filter((value) => value !== null))].sort((a, b) => (a < b ? -1 : 1))
    // One in the middle, so that there is something on either side of it.
    const one = known[Math.floor(known.length / 2)]
    const asked = /contains/.test(suffix) ? one.slice(1, -1) : one
    const right = all.filter((d) => {
      if (own) return own(d).includes(asked)
      return holds(column === 'due_date' && !d.issue_date ? null : d[column], suffix === '__in' ? [asked] : asked)
    })
    expect(right.length, 'the table has something in').toBeGreaterThan(0)
    expect(right.length, 'and something out').toBeLessThan(all.length)
    expect(await found(`${name}=${e(asked)}`)).toEqual(ids(right).sort())
    const { data } = good(await berlin.post('/receivables/search', { limit: 250, [name]: many ? [asked] : asked }))
    expect(ids(data).sort()).toEqual(ids(right).sort())
  })

  test('that makes no sense is refused', async () => {
    for (const query of [
      'status=deleted',
      'limit=251',
      'limit=0',
      'sort=colour',
      'due_date__gt=2023-02-30',
      'counterpart_id=7',
      'counterpart_name=a%00b',
      'total_amount=x',
    ])
      expect((await berlin.get(`/receivables?${query}`, { beyond: true })).status).toBe(422)
    expect((await berlin.get('/receivables?pagination_token=abc')).status).toBe(406)
  })
})

const field: Record<string, string> = { amount: 'total_amount' }
const sorts = [
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
]

test.each(sorts)('sorted by %s, pages run forth and back over every document once, empty ones last', async (sort) => {
  for (const order of ['asc', 'desc']) {
    const pages: Body[] = [await get(`sort=${sort}&order=${order}&limit=2`)]
    while (pages.at(-1).next_pagination_token)
      pages.push(await get(`limit=2&pagination_token=${pages.at(-1).next_pagination_token}`))
    const forth = pages.flatMap(({ data }) => data)
    expect(ids(forth).sort()).toEqual(ids(all).sort())
    const values = forth.map((d) => d[field[sort] ?? sort])
    const full = values.filter((value) => value !== null)
    expect(values.slice(0, full.length)).toEqual(full)
    const rising = [...full].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(full).toEqual(order === 'asc' ? rising : rising.reverse())
    expect(new Set(full).size).toBeGreaterThan(1)
    if (sort !== 'discounted_subtotal')
      expect(ids(good(await berlin.post('/receivables/search', { sort, order })).data)).toEqual(ids(forth))

    const back: Body[] = [pages.at(-1)]
    while (back[0].prev_pagination_token) back.unshift(await get(`limit=2&pagination_token=${back[0].prev_pagination_token}`))
    expect(back.flatMap(({ data }) => ids(data))).toEqual(ids(forth))
  }
})

test('a token carries filters and order; only the limit is sent again, and falls back without', async () => {
  const first = await get('limit=1&type=invoice&sort=total_amount&order=desc')
  const rest = await get(`pagination_token=${first.next_pagination_token}&type=quote&sort=status`)
  const invoices = all.filter((d) => d.type === 'invoice')
  expect(rest.data).toHaveLength(invoices.length - 1)
  expect(rest.data.every((d: Body) => d.type === 'invoice' && d.total_amount <= first.data[0].total_amount)).toBe(true)
  expect((await get(`limit=250&pagination_token=${first.next_pagination_token}`)).data).toHaveLength(invoices.length - 1)
  expect(no(await w.paris.get(`/receivables?pagination_token=${first.next_pagination_token}`))[0]).toBe(406)
  expect((await get('limit=250', w.paris)).data).toEqual([])
})
