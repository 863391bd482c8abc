import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { organization, world } from '../../../../test/support/world.ts'
import { defaults } from './settings.service.ts'

/** What the settings of a new entity in Germany are. */
const initial = { ...defaults, currency: { default: 'EUR' } }

const open = async () => {
  const w = await world()
  const path = `/entities/${w.berlin.entityId}/settings`
  return {
    ...w,
    path,
    patch: (change: object) => w.berlin.patch(path, change),
    read: async () => (await w.berlin.get(path)).body,
  }
}

test('a new entity has every setting at its default', async () => {
  const { read, partner, path } = await open()
  const settings = await read()
  expect(settings).toEqual(initial)
  expect(settings).toMatchObject({
    vat_mode: 'exclusive',
    receivable_edit_flow: 'compliant',
    payment_priority: 'working_capital',
    language: null,
    reminder: { enabled: true },
    document_ids: { document_type_prefix: { invoice: 'INV' }, min_digits: 5, separator: '-', include_date: false, prefix: null },
    document_rendering: { line_items: { vat_amount: { display: false } }, quote: { display_signature: false } },
  })
  expect((await partner.get(path)).body).toEqual(settings)
})

test.each([
  ['US', 'USD'],
  ['JP', 'JPY'],
  ['CH', 'CHF'],
  ['NG', 'NGN'],
  ['MC', 'EUR'],
  ['BG', 'EUR'],
  ['SV', 'USD'],
])('the settings of a new entity in %s carry its currency, %s, until that is changed', async (country, currency) => {
  const w = await world()
  const state = country === 'US' ? { state: 'NY' } : {}
  const id = await w.newEntity({ address: { ...organization.address, ...state, country } })
  const path = `/entities/${id}/settings`
  expect((await w.partner.get(path)).body.currency).toEqual({ default: currency })
  expect((await w.partner.patch(path, { currency: null })).body.currency).toBeNull()
  expect((await w.partner.patch(path, { currency: { default: 'GBP' } })).body.currency).toEqual({ default: 'GBP' })
})

test('an entity that names its currency alone goes by the rates of its partner', async () => {
  const { berlin, partner, path } = await open()
  await partner.patch('/settings', { currency: { default: 'USD', exchange_rates: [{ base: 'USD', to: 'EUR', rate: 0.5 }] } })
  const { body: bill } = await berlin.post('/payables', { currency: 'USD' })
  const exchange = async () => (await berlin.get(`/payables/${bill.id}`)).body.currency_exchange
  expect(await exchange()).toMatchObject({ default_currency_code: 'EUR', rate: 0.5 })
  await berlin.patch(path, { currency: { default: 'EUR', exchange_rates: [{ base: 'USD', to: 'EUR', rate: 0.8 }] } })
  expect(await exchange()).toMatchObject({ default_currency_code: 'EUR', rate: 0.8 })
})

test('a change touches what it names and nothing beside it, at any depth', async () => {
  const { read, patch } = await open()
  const { status, body } = await patch({
    vat_mode: 'inclusive',
    document_ids: { document_type_prefix: { invoice: 'RE' }, min_digits: 3 },
  })
  expect(status).toBe(200)
  expect(body).toEqual({
    ...initial,
    vat_mode: 'inclusive',
    document_ids: {
      ...initial.document_ids,
      min_digits: 3,
      document_type_prefix: { ...initial.document_ids.document_type_prefix, invoice: 'RE' },
    },
  })
  await patch({ document_rendering: { line_items: { quantity: { label: 'Hours' } } } })
  expect(await read()).toMatchObject({
    vat_mode: 'inclusive',
    document_rendering: { line_items: { quantity: { display: true, label: 'Hours' } } },
  })
  expect(await patch({})).toMatchObject({ status: 200 })
})

test('null brings the default back, at any depth', async () => {
  const { patch } = await open()
  await patch({
    language: 'de',
    vat_mode: 'inclusive',
    document_ids: { separator: '/', document_type_prefix: { invoice: 'RE', quote: 'AN' } },
  })
  const { body } = await patch({
    language: null,
    vat_mode: null,
    document_ids: { separator: null, document_type_prefix: { invoice: null } },
  })
  expect(body.document_ids).toMatchObject({ separator: '-', document_type_prefix: { invoice: 'INV', quote: 'AN' } })
  expect([body.language, body.vat_mode]).toEqual([null, 'exclusive'])
  expect((await patch({ document_ids: null })).body).toEqual(initial)
})

test('lists are replaced as a whole', async () => {
  const { berlin, patch } = await open()
  const { body: tag } = await berlin.post('/tags', { name: 'Rent' })
  await patch({ mail: { reply_to: ['a@example.com', 'b@example.com'] } })
  expect((await patch({ mail: { reply_to: ['c@example.com'] } })).body.mail).toEqual({ reply_to: ['c@example.com'] })
  const rule = { tag_id: tag.id, enabled: true, keywords: ['rent'] }
  expect((await patch({ payables_ocr_auto_tagging: [rule] })).body.payables_ocr_auto_tagging).toEqual([rule])
  expect((await patch({ payables_ocr_auto_tagging: [] })).body.payables_ocr_auto_tagging).toEqual([])
})

test('a currency comes with its default, and its rates stay until they are sent', async () => {
  const { patch } = await open()
  const rates = [{ base: 'EUR', to: 'USD', rate: 1.08 }]
  expect((await patch({ currency: { default: 'EUR', exchange_rates: rates } })).body.currency).toEqual({
    default: 'EUR',
    exchange_rates: rates,
  })
  expect((await patch({ currency: { default: 'USD' } })).body.currency).toEqual({ default: 'USD', exchange_rates: rates })
  expect((await patch({ currency: { exchange_rates: [] } })).status).toBe(422)
  expect((await patch({ currency: { default: 'EUR', exchange_rates: [{ base: 'EUR', to: 'USD', rate: 0 }] } })).status).toBe(422)
  expect((await patch({ currency: null })).body.currency).toBeNull()
})

test.each([
  [{ vat_mode: 'both' }, 'body.vat_mode'],
  [{ colour: 'red' }, 'body.colour'],
  [{ document_ids: { min_digits: 0 } }, 'body.document_ids.min_digits'],
  [{ document_ids: { separator: '#' } }, 'body.document_ids.separator'],
  [{ document_ids: { next_number: { invoice: 0 } } }, 'body.document_ids.next_number.invoice'],
  [{ document_ids: { next_number: { letter: 1 } } }, 'body.document_ids.next_number.letter'],
  [{ document_rendering: { line_items: { price: { precision: 5 } } } }, 'body.document_rendering.line_items.price.precision'],
  [
    { document_rendering: { line_items: { price: { label: 'x'.repeat(33) } } } },
    'body.document_rendering.line_items.price.label',
  ],
  [{ mail: { reply_to: ['nobody'] } }, 'body.mail.reply_to.0'],
  [{ language: 'xx' }, 'body.language'],
])('the setting %j is refused', async (change, loc) => {
  const { patch, read } = await open()
  const { status, body } = await patch(change)
  expect(status).toBe(422)
  expect(body.detail.map((d: { loc: unknown[] }) => d.loc.join('.'))).toContain(loc)
  expect(await read()).toEqual(initial)
})

test('keys that mean nothing are not kept', async () => {
  const { berlin, path, read, sql } = await open()
  expect((await berlin.patch(path, { mail: { reply_to: [], mood: 'good' } }, { beyond: true })).body.mail).toEqual({
    reply_to: [],
  })
  expect(await read()).toEqual(initial)
  const [row] = await sql<{ settings: object }>('select settings from entities where id = $1', [berlin.entityId])
  expect(row!.settings).toEqual({ mail: { reply_to: [] }, currency: initial.currency })
})

test('tags and accounts that do not exist are refused, and then nothing of the change holds', async () => {
  const { paris, patch, read } = await open()
  const { body: foreign } = await paris.post('/tags', { name: 'Theirs' })
  for (const tag_id of [foreign.id, randomUUID()]) {
    const answer = await patch({ vat_mode: 'inclusive', payables_ocr_auto_tagging: [{ tag_id, enabled: true, keywords: ['x'] }] })
    expect(answer).toMatchObject({ status: 400, body: { error: { message: 'Tag not found' } } })
  }
  expect((await patch({ accounting: { ledger_account_ids: { payments: randomUUID() } } })).status).toBe(400)
  expect((await patch({ accounting: { tax_ids: { deductions: null } } })).status).toBe(200)
  expect(await read()).toEqual(initial)
})

describe('the next document numbers', () => {
  test('begin at 1, move forward when told, and are never shown among the settings', async () => {
    const { berlin, path, patch, read } = await open()
    const next = async () => (await berlin.get(`${path}/next_document_numbers`)).body
    const ones = { credit_note: 1, delivery_note: 1, invoice: 1, purchase_order: 1, quote: 1 }
    expect(await next()).toEqual(ones)
    expect((await patch({ document_ids: { next_number: { invoice: 100, quote: 7 } } })).status).toBe(200)
    expect(await next()).toEqual({ ...ones, invoice: 100, quote: 7 })
    expect((await read()).document_ids).toEqual(defaults.document_ids)
    expect((await patch({ document_ids: { next_number: { invoice: 100 } } })).status).toBe(200)
    expect((await patch({ document_ids: { next_number: { invoice: null } } })).status).toBe(200)
    expect(await next()).toEqual({ ...ones, invoice: 100, quote: 7 })
  })

  test('never go back behind a number that was given out, and then nothing of the change holds', async () => {
    const { patch, read, berlin, path } = await open()
    await patch({ document_ids: { next_number: { invoice: 100 } } })
    const { status, body } = await patch({ vat_mode: 'inclusive', document_ids: { next_number: { quote: 5, invoice: 99 } } })
    expect([status, body]).toEqual([
      409,
      { error: { message: 'The next invoice number can not be lower than one that was already given out' } },
    ])
    expect((await read()).vat_mode).toBe('exclusive')
    expect((await berlin.get(`${path}/next_document_numbers`)).body.quote).toBe(1)
  })
})

test('two changes at once are both kept', async () => {
  const { patch, read } = await open()
  await Promise.all([patch({ vat_mode: 'inclusive' }), patch({ language: 'fr' }), patch({ reminder: { enabled: false } })])
  expect(await read()).toMatchObject({ vat_mode: 'inclusive', language: 'fr', reminder: { enabled: false } })
})

test('a change is told to the subscribers', async () => {
  const { berlin, patch, sql } = await open()
  await patch({ vat_mode: 'inclusive' })
  const events = await sql('select event, entity_user_id from events where entity_id = $1 and object_type = $2', [
    berlin.entityId,
    'entity_settings',
  ])
  expect(events).toEqual([{ event: 'updated', entity_user_id: berlin.userId }])
})
