import { describe, expect, test } from 'vitest'
import { asked, lamp, make, NOWHERE, path } from '../../../../test/support/delivery-notes.ts'
import { brokenPromises, draft, good, issued, no, ready, withoutRules } from '../../../../test/support/invoicing.ts'
import { type Body, type Client, permissions, world } from '../../../../test/support/world.ts'

test('a delivery note has a number and copies of all it names from the moment it is made', async () => {
  const { berlin } = await world()
  const made = await ready(berlin)
  const note = await make(berlin, made, {
    delivery_date: '2025-10-31',
    delivery_number: 'L-58-114',
    memo: 'Through the yard',
    display_signature_placeholder: true,
  })
  const { organization } = good(await berlin.get(`/counterparts/${made.customer.id}`))
  expect(note).toEqual({
    id: note.id,
    created_at: note.created_at,
    updated_at: note.created_at,
    based_on: null,
    based_on_document_id: null,
    counterpart: { id: made.customer.id, individual: null, organization, language: null },
    counterpart_address: { city: 'Berlin', country: 'DE', line1: 'Torstraße 1', line2: null, postal_code: '10119', state: null },
    counterpart_id: made.customer.id,
    created_by_entity_user_id: berlin.userId,
    delivery_date: '2025-10-31',
    delivery_number: 'L-58-114',
    display_signature_placeholder: true,
    document_id: 'DN-00001',
    entity: expect.objectContaining({ type: 'organization', name: 'Spreewerk GmbH', vat_id: 'DE123456789' }),
    entity_address: expect.objectContaining({ line1: 'Flughafenstraße 52', country: 'DE' }),
    entity_id: berlin.entityId,
    file_language: 'en',
    file_url: null,
    line_items: [{ product: lamp, quantity: 2.5 }],
    memo: 'Through the yard',
    original_file_language: 'en',
    original_file_url: null,
    status: 'created',
  })
  good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Acme SE' } }))
  const again = good(await berlin.get(path(note)))
  expect(again.counterpart.organization.legal_name).toBe('Acme GmbH')
  expect(again).toEqual(note)
})

test('a person may be the customer', async () => {
  const { berlin } = await world()
  const person = { first_name: 'Ada', last_name: 'Lovelace', is_customer: true, is_vendor: false }
  const address = { country: 'DE', city: 'Ulm', postal_code: '89073', line1: 'Am Markt 1' }
  const ada = good(await berlin.post('/counterparts', { type: 'individual', language: 'de', individual: { ...person, address } }))
  const note = good(
    await berlin.post('/delivery_notes', {
      counterpart_id: ada.id,
      counterpart_address_id: ada.default_billing_address_id,
      line_items: [{ product: { name: 'Book' }, quantity: 1 }],
    }),
  )
  expect(note.counterpart).toMatchObject({ individual: person, organization: null, language: 'de' })
  expect([note.file_language, note.original_file_language]).toEqual(['de', 'en'])
  expect(note).toMatchObject({ display_signature_placeholder: false, memo: null, delivery_date: null })
  expect(note.line_items).toEqual([{ product: { name: 'Book', description: null, measure_unit: null }, quantity: 1 }])
})

test('lines name a product of the catalogue, with its unit, or spell one out, and nothing else', async () => {
  const { berlin, paris } = await world()
  const made = await ready(berlin)
  const unit = good(await berlin.post('/measure_units', { name: 'hour', description: '60 minutes' }))
  const product = good(
    await berlin.post('/products', {
      name: 'Setting up',
      description: 'On site',
      measure_unit_id: unit.id,
      price: { currency: 'EUR', value: 1 },
    }),
  )
  const note = await make(berlin, made, {
    line_items: [
      { product_id: product.id.toUpperCase(), quantity: 3 },
      { product: lamp, quantity: 0 },
    ],
  })
  const copy = { name: 'Setting up', description: 'On site', measure_unit: { name: 'hour', description: '60 minutes' } }
  expect(note.line_items).toEqual([
    { product: copy, quantity: 3 },
    { product: lamp, quantity: 0 },
  ])
  good(await berlin.delete(`/products/${product.id}`))
  expect(good(await berlin.get(path(note))).line_items[0].product).toEqual(copy)

  const foreign = good(await paris.post('/products', { name: 'Vin', price: { currency: 'EUR', value: 1 } }))
  for (const product_id of [product.id, foreign.id, NOWHERE]) {
    const line_items = [{ product_id, quantity: 1 }]
    const refusal = [404, `There is no product by provided id: ${product_id}`]
    expect(no(await berlin.post('/delivery_notes', asked(made, { line_items })))).toEqual(refusal)
    expect(no(await berlin.patch(path(note), { line_items }))).toEqual(refusal)
  }
  const beyond = async (line_items: object[]) =>
    (await berlin.post('/delivery_notes', asked(made, { line_items }), { beyond: true })).status
  const one = { product: lamp, quantity: 1 }
  for (const line_items of [
    [],
    Array(101).fill(one),
    [{ quantity: 1 }],
    [{ ...one, product_id: product.id }],
    [{ product: lamp }],
    [{ product: lamp, quantity: -1 }],
    [{ product: { ...lamp, price: { currency: 'EUR', value: 1 } }, quantity: 1 }],
    [{ ...one, discount: null }],
  ])
    expect(await beyond(line_items), JSON.stringify(line_items).slice(0, 80)).toBe(422)
  expect(await beyond(Array(100).fill(one))).toBe(201)
  expect((await berlin.patch(path(note), { line_items: [{ quantity: 1 }] })).status).toBe(422)
})

test('the customer and the address have to be there, and to belong together', async () => {
  const { berlin, paris } = await world()
  const made = await ready(berlin)
  const other = await ready(paris)
  const mate = good(
    await berlin.post('/counterparts', {
      type: 'organization',
      organization: {
        legal_name: 'Mate AG',
        is_customer: true,
        is_vendor: false,
        address: { country: 'DE', city: 'Köln', postal_code: '50667', line1: 'Dom 1' },
      },
    }),
  )
  const refused = async (changes: object) => no(await berlin.post('/delivery_notes', asked(made, changes)))
  for (const counterpart_id of [NOWHERE, other.customer.id])
    expect(await refused({ counterpart_id })).toEqual([404, `There is no counterpart by provided id: ${counterpart_id}`])
  for (const counterpart_address_id of [NOWHERE, other.customer.default_billing_address_id])
    expect((await refused({ counterpart_address_id }))[0]).toBe(404)
  expect((await refused({ counterpart_address_id: mate.default_billing_address_id }))[0]).toBe(400)

  const note = await make(berlin, made)
  expect(no(await berlin.patch(path(note), { counterpart_id: mate.id }))).toEqual([
    400,
    'A new counterpart_id needs its counterpart_address_id',
  ])
  expect(good(await berlin.patch(path(note), { counterpart_id: made.customer.id })).counterpart_id).toBe(made.customer.id)
  const moved = good(
    await berlin.patch(path(note), { counterpart_id: mate.id, counterpart_address_id: mate.default_billing_address_id }),
  )
  expect(moved).toMatchObject({ counterpart_id: mate.id, counterpart: { id: mate.id }, counterpart_address: { city: 'Köln' } })
  const second = good(
    await berlin.post(`/counterparts/${mate.id}/addresses`, {
      country: 'DE',
      city: 'Bonn',
      postal_code: '53111',
      line1: 'Markt 2',
    }),
  )
  expect(good(await berlin.patch(path(note), { counterpart_address_id: second.id })).counterpart_address.city).toBe('Bonn')
  good(await berlin.delete(`/counterparts/${made.customer.id}`))
  expect((await refused({}))[0]).toBe(404)
})

test('a change keeps what is left out, clears what is null, and replaces the lines as a whole', async () => {
  const { berlin, sql } = await world()
  const made = await ready(berlin)
  const note = await make(berlin, made, {
    delivery_date: '2025-10-31',
    delivery_number: 'L-1',
    memo: 'M',
    display_signature_placeholder: true,
  })
  const patched = good(await berlin.patch(path(note), { memo: 'N', line_items: [{ product: { name: 'Box' }, quantity: 1 }] }))
  expect(patched).toMatchObject({ memo: 'N', delivery_number: 'L-1', delivery_date: '2025-10-31', document_id: 'DN-00001' })
  expect(patched.line_items).toEqual([{ product: { name: 'Box', description: null, measure_unit: null }, quantity: 1 }])
  const none = { memo: null, delivery_number: null, delivery_date: null, display_signature_placeholder: null }
  expect(good(await berlin.patch(path(note), none))).toMatchObject({ ...none, display_signature_placeholder: false })
  const before = good(await berlin.get(path(note)))
  expect(good(await berlin.patch(path(note), {}))).toEqual(before)
  for (const field of ['line_items', 'counterpart_id', 'counterpart_address_id'])
    expect((await berlin.patch(path(note), { [field]: null })).status, field).toBe(422)
  for (const body of [{ document_id: 'X' }, { based_on: NOWHERE }, { status: 'delivered' }, { delivery_date: '2025-02-30' }])
    expect((await berlin.patch(path(note), body, { beyond: true })).status, JSON.stringify(body)).toBe(422)
  const events = await sql<{ event: string }>(`select event from events where object_id = $1 order by created_at, id`, [note.id])
  expect(events.map(({ event }) => event)).toEqual(['created', 'updated', 'updated'])
})

describe('states', () => {
  const actions = {
    edit: (who: Client, note: Body) => who.patch(path(note), { memo: 'New' }),
    cancel: (who: Client, note: Body) => who.post(path(note, 'cancel')),
    mark_as_delivered: (who: Client, note: Body) => who.post(path(note, 'mark_as_delivered')),
    delete: (who: Client, note: Body) => who.delete(path(note)),
  }
  type Action = keyof typeof actions
  const reach: Record<string, Action[]> = { created: [], delivered: ['mark_as_delivered'], canceled: ['cancel'] }
  const allowed: Record<string, Partial<Record<Action, string>>> = {
    created: { edit: 'created', cancel: 'canceled', mark_as_delivered: 'delivered', delete: '' },
    delivered: { delete: '' },
    canceled: { delete: '' },
  }
  const words = { edit: 'edited', cancel: 'canceled', mark_as_delivered: 'delivered', delete: 'deleted' }

  test.each(Object.keys(reach).flatMap((state) => (Object.keys(actions) as Action[]).map((action) => [state, action] as const)))(
    '%s: %s',
    async (state, action) => {
      const { berlin, sql } = await world()
      const note = await make(berlin, await ready(berlin))
      for (const step of reach[state]!) good(await actions[step](berlin, note))
      const before = good(await berlin.get(path(note)))
      expect(before.status).toBe(state)
      const answer = await actions[action](berlin, note)
      const next = allowed[state]![action]
      const last = async () =>
        (
          await sql<{ event: string }>(
            `select event from events where object_id = $1 order by created_at desc, id desc limit 1`,
            [note.id],
          )
        )[0]!.event
      if (next === undefined) {
        expect(no(answer)).toEqual([409, `A delivery note that is ${state} can't be ${words[action]}`])
        expect(good(await berlin.get(path(note)))).toEqual(before)
      } else if (action === 'delete') {
        expect(answer.status).toBe(204)
        expect(no(await berlin.get(path(note)))).toEqual([404, `There is no delivery note by provided id: ${note.id}`])
        for (const act of Object.values(actions)) expect((await act(berlin, note)).status).toBe(404)
        expect(await last()).toBe('deleted')
      } else {
        expect([answer.status, answer.body.status]).toEqual([200, next])
        expect(await last()).toBe(action === 'edit' ? 'updated' : next)
      }
    },
  )

  test('the database itself keeps what was delivered as it is, and every number where it is', async () => {
    const { berlin, sql } = await world()
    const note = await make(berlin, await ready(berlin))
    await expect(sql(`update delivery_notes set document_id = 'X' where id = $1`, [note.id])).rejects.toThrow('does not change')
    good(await berlin.post(path(note, 'mark_as_delivered')))
    await expect(sql(`update delivery_notes set memo = 'X' where id = $1`, [note.id])).rejects.toThrow('does not change')
    await expect(sql(`update delivery_notes set status = 'created' where id = $1`, [note.id])).rejects.toThrow('does not change')
  })
})

describe('numbers', () => {
  test('fifty made at once have fifty numbers without a gap, and a refused one takes none', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        berlin.post('/delivery_notes', asked(made, i % 10 === 9 ? { counterpart_address_id: NOWHERE } : {})),
      ),
    )
    const numbers = answers.filter(({ status }) => status === 201).map(({ body }) => body.document_id)
    expect(numbers.sort()).toEqual(Array.from({ length: 45 }, (_, i) => `DN-000${String(i + 1).padStart(2, '0')}`))
    good(await berlin.delete(path(answers[0]!.body)))
    expect((await make(berlin, made)).document_id).toBe('DN-00046')
    const settings = `/entities/${berlin.entityId}/settings`
    expect(good(await berlin.get(`${settings}/next_document_numbers`)).delivery_note).toBe(47)
    expect(await brokenPromises(w)).toEqual([])
  })

  test('the audit misses a number that is gone', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const [, two] = [await make(w.berlin, made), await make(w.berlin, made), await make(w.berlin, made)]
    const [{ row }] = (await w.sql<{ row: object }>(`delete from delivery_notes t where id = $1 returning to_json(t) as row`, [
      two.id,
    ])) as [{ row: object }]
    expect(JSON.stringify(await brokenPromises(w))).toContain('run from 1 to its counter without a gap')
    const kept = Object.keys(row)
      .filter((name) => name !== 'number_key')
      .join(', ')
    await w.sql(`insert into delivery_notes (${kept}) select ${kept} from json_populate_record(null::delivery_notes, $1)`, [
      JSON.stringify(row),
    ])
    expect(await brokenPromises(w)).toEqual([])
  })

  test('the series has its own counter, and its form is a setting', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    expect((await issued(berlin, made)).document_id).toBe('INV-00001')
    expect((await make(berlin, made)).document_id).toBe('DN-00001')
    const document_ids = { document_type_prefix: { delivery_note: 'LS' }, separator: '/', min_digits: 3, include_date: true }
    good(
      await berlin.patch(`/entities/${berlin.entityId}/settings`, {
        document_ids: { ...document_ids, next_number: { delivery_note: 7 } },
      }),
    )
    const note = await make(berlin, made)
    expect(note.document_id).toBe(`LS/${note.created_at.slice(0, 4)}/007`)
  })

  test('a number is set by hand outside the compliant mode only, and the counter passes it over', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    expect(no(await berlin.post('/delivery_notes', asked(made, { document_id: 'DN-00001' })))).toEqual([
      409,
      'document_id can be set by hand only in the non-compliant mode',
    ])
    await withoutRules(berlin)
    expect((await make(berlin, made, { document_id: 'DN-00001' })).document_id).toBe('DN-00001')
    for (const document_id of ['DN-00001', ' dn-0 0001'])
      expect((await berlin.post('/delivery_notes', asked(made, { document_id }))).status).toBe(409)
    expect((await make(berlin, made)).document_id).toBe('DN-00002')
    expect((await berlin.post('/delivery_notes', asked(made, { document_id: 'x'.repeat(101) }), { beyond: true })).status).toBe(
      422,
    )
  })
})

test('notes are filtered, sorted and paged', async () => {
  const { berlin, partnerIn } = await world()
  const made = await ready(berlin)
  const invoice = await issued(berlin, made)
  const one = await make(berlin, made, { delivery_date: '2025-01-10' })
  const two = good(await berlin.post('/delivery_notes', { based_on: invoice.id }))
  const three = good(await partnerIn(berlin.entityId!).post('/delivery_notes', asked(made, { delivery_date: '2025-01-05' })))
  expect(three.created_by_entity_user_id).toBeNull()
  good(await berlin.post(path(two, 'mark_as_delivered')))
  good(await berlin.post(path(three, 'cancel')))
  const names = new Map([one, two, three].map(({ id }, i) => [id, i + 1]))
  const found = async (query: string) =>
    good(await berlin.get(`/delivery_notes?${query}`)).data.map(({ id }: Body) => names.get(id))
  expect(await found('')).toEqual([1, 2, 3])
  expect(await found('order=desc')).toEqual([3, 2, 1])
  expect(await found('sort=status')).toEqual([3, 1, 2])
  expect(await found('sort=document_id&order=desc')).toEqual([3, 2, 1])
  expect(await found('sort=delivery_date')).toEqual([3, 1, 2])
  expect(await found('sort=delivery_date&order=desc')).toEqual([1, 3, 2])
  expect(await found(`id__in=${one.id}&id__in=${three.id}`)).toEqual([1, 3])
  expect(await found('status=delivered')).toEqual([2])
  expect(await found('status__in=created&status__in=canceled')).toEqual([1, 3])
  expect(await found('document_id=DN-00002')).toEqual([2])
  expect(await found('document_id__contains=dn')).toEqual([])
  expect(await found('document_id__icontains=dn-00003')).toEqual([3])
  expect(await found(`created_by_entity_user_id=${berlin.userId}`)).toEqual([1, 2])
  expect(await found(`counterpart_id=${made.customer.id}`)).toEqual([1, 2, 3])
  expect(await found(`counterpart_id=${NOWHERE}`)).toEqual([])
  expect(await found(`based_on=${invoice.id}`)).toEqual([2])
  expect(await found('based_on_document_id=INV-00001')).toEqual([2])
  expect(await found('based_on_document_id__contains=INV')).toEqual([2])
  expect(await found('based_on_document_id__icontains=inv')).toEqual([2])
  expect(await found('delivery_date__gt=2025-01-05')).toEqual([1])
  expect(await found('delivery_date__gte=2025-01-05&delivery_date__lt=2025-01-10')).toEqual([3])
  expect(await found('delivery_date__lte=2025-01-10')).toEqual([1, 3])
  expect(await found(`created_at__gt=${encodeURIComponent(one.created_at)}`)).toEqual([2, 3])
  expect(await found(`created_at__lte=${encodeURIComponent(two.created_at)}`)).toEqual([1, 2])
  const first = good(await berlin.get('/delivery_notes?limit=2&sort=delivery_date'))
  const rest = good(await berlin.get(`/delivery_notes?pagination_token=${first.next_pagination_token}`))
  expect([...first.data, ...rest.data].map(({ id }: Body) => names.get(id))).toEqual([3, 1, 2])
  for (const query of ['sort=memo', 'status=draft', 'delivery_date__gt=soon', 'limit=101'])
    expect((await berlin.get(`/delivery_notes?${query}`, { beyond: true })).status, query).toBe(422)
})

test('each action needs its permission; canceling and delivering are changes', async () => {
  const { berlin, newUser } = await world()
  const made = await ready(berlin)
  const note = await make(berlin, made)
  const reader = await newUser(berlin.entityId!, permissions({ 'delivery_note:read': 'allowed' }, 'not_allowed'))
  expect((await reader.get(path(note))).body).toEqual(note)
  const refused = {
    create: reader.post('/delivery_notes', asked(made)),
    update: reader.patch(path(note), {}),
    delete: reader.delete(path(note)),
  }
  for (const [action, answer] of Object.entries(refused))
    expect(no(await answer)).toEqual([403, `Action ${action} for delivery_note not allowed`])
  for (const action of ['cancel', 'mark_as_delivered'])
    expect(no(await reader.post(path(note, action)))).toEqual([403, 'Action update for delivery_note not allowed'])
  const limited = await newUser(
    berlin.entityId!,
    permissions({ 'counterpart:read': 'allowed', 'product:read': 'allowed' }, 'allowed_for_own'),
  )
  const own = good(await limited.post('/delivery_notes', asked(made)))
  expect(good(await limited.get('/delivery_notes')).data.map(({ id }: Body) => id)).toEqual([own.id])
  for (const answer of [
    limited.get(path(note)),
    limited.patch(path(note), {}),
    limited.post(path(note, 'cancel')),
    limited.delete(path(note)),
  ])
    expect((await answer).status).toBe(403)
  expect((await limited.post(path(own, 'mark_as_delivered'))).status).toBe(200)
  expect((await limited.delete(path(own))).status).toBe(204)
})

test('webhooks tell of notes by the words of the reference', async () => {
  const { berlin, partner, sql } = await world()
  good(await partner.post('/webhook_subscriptions', { object_type: 'delivery_note', url: 'https://example.com/notes' }))
  const made = await ready(berlin)
  const [one, two] = [await make(berlin, made), await make(berlin, made)]
  good(await berlin.patch(path(one), { memo: 'M' }))
  good(await berlin.post(path(one, 'mark_as_delivered')))
  good(await berlin.post(path(two, 'cancel')))
  good(await berlin.delete(path(two)))
  const heard = await sql<{ object_type: string; event: string }>(
    `select object_type, event from events where object_id = any ($1) and subscribed order by created_at, id`,
    [[one.id, two.id]],
  )
  expect(heard.map(({ object_type, event }) => `${object_type}.${event}`).sort()).toEqual(
    ['created', 'created', 'updated', 'delivered', 'canceled', 'deleted'].map((event) => `delivery_note.${event}`).sort(),
  )
})

test('a draft stays a draft when nothing could be based on it', async () => {
  const { berlin, sql } = await world()
  const { id } = await draft(berlin, await ready(berlin))
  expect((await berlin.post('/delivery_notes', { based_on: id })).status).toBe(409)
  expect(await sql(`select from document_numbers where entity_id = $1`, [berlin.entityId])).toEqual([])
})
