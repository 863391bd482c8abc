import { describe, expect, test } from 'vitest'
import { draft, good, issued, no, type Ready, read, ready, withoutRules } from '../../../test/support/invoicing.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'

const strange = '3c90c3cc-0d44-4b50-8888-8dd25736052a'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}

const patch = (who: Client, id: string, invoice: object) => who.patch(`/receivables/${id}`, { invoice })

async function anotherCustomer(berlin: Client) {
  const { body: person } = await berlin.post('/counterparts', {
    type: 'individual',
    language: 'fr',
    individual: {
      first_name: 'Marie',
      last_name: 'Curie',
      is_customer: true,
      is_vendor: false,
      email: 'marie@example.com',
      address: { country: 'FR', city: 'Paris', postal_code: '75005', line1: '11 rue Pierre et Marie Curie' },
    },
  })
  return person
}

async function upload(who: Client, file_type = 'attachments') {
  const file = { bytes: Buffer.from('Hours: 40'), name: 'timesheet.txt' }
  return good(await who.upload('POST', '/files', file, { file_type }))
}

describe('a new draft', () => {
  test('takes what is not said from the settings of that moment, and keeps it', async () => {
    const { berlin, made } = await start()
    await berlin.patch(`/entities/${berlin.entityId}/settings`, {
      vat_mode: 'inclusive',
      vat_inclusive_discount_mode: 'inclusive',
      language: 'de',
      document_rendering: { line_items: { quantity: { label: 'Stunden' } } },
    })
    const first = await draft(berlin, made, {
      vat_mode: undefined,
      document_rendering: { display_line_items: true, line_items: { name: { label: 'Leistung' }, quantity: null } },
    })
    const kept = {
      vat_mode: 'inclusive',
      vat_inclusive_discount_mode: 'inclusive',
      original_file_language: 'de',
      file_language: 'de',
    }
    expect(first).toMatchObject(kept)
    expect(first.document_rendering.line_items).toMatchObject({
      quantity: { label: 'Stunden', display: true },
      name: { label: 'Leistung' },
    })
    await berlin.patch(`/entities/${berlin.entityId}/settings`, {
      vat_mode: 'exclusive',
      document_rendering: { display_line_items: false },
    })
    const now = good(
      await patch(berlin, first.id, { memo: 'x', document_rendering: { line_items: { name: { label: 'Dienst' } } } }),
    )
    expect(now).toMatchObject({ vat_mode: 'inclusive', total_amount: first.total_amount })
    expect(now.document_rendering).toMatchObject({ display_line_items: true, line_items: { name: { label: 'Dienst' } } })
  })

  test('shows what the founding documents show: deductions, tax status, file, metadata, the address of the customer', async () => {
    const { berlin, made } = await start()
    const { id } = good(
      await berlin.post(
        '/receivables',
        {
          ...made.invoice,
          partner_metadata: { order: 7 },
          deductions: [{ amount: 1500, name: 'Referral bonus', memo: 'Thanks' }, { amount: 500 }],
          line_items: [{ ...made.invoice.line_items[0], tax_status: 'taxable' }],
        },
        { beyond: true },
      ),
    )
    const shown = await read(berlin, id)
    expect(shown).toMatchObject({
      partner_metadata: { order: 7 },
      deductions: [
        { amount: 1500, name: 'Referral bonus', memo: 'Thanks' },
        { amount: 500, name: null, memo: null },
      ],
      total_deduction_amount: 2000,
      deduction_amount: 2000,
      deduction_memo: 'Thanks',
      total_amount: 146750,
      file: null,
      counterpart_address: shown.counterpart_billing_address,
      entity_bank_account: { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE' },
    })
    expect(shown.line_items[0]).toMatchObject({
      tax_status: 'taxable',
      product: {
        accounting_tax_rate_id: null,
        vat_rate: { id: made.rate.id, is_custom: false, name: null, value: 1900, country: 'DE' },
      },
    })
  })

  test('ships to the usual place of the customer, unless another or none is named', async () => {
    const { berlin, made } = await start()
    const { customer } = made
    const address = { country: 'DE', city: 'Hamburg', postal_code: '20095', line1: 'Lager 1' }
    const store = good(await berlin.post(`/counterparts/${customer.id}/addresses`, address))
    good(await berlin.patch(`/counterparts/${customer.id}`, { organization: {}, default_shipping_address_id: store.id }))
    const shipped = await draft(berlin, made)
    expect(shipped.counterpart_shipping_address).toMatchObject({ id: store.id, city: 'Hamburg' })
    const { id } = shipped
    expect(good(await patch(berlin, id, { memo: 'x' })).counterpart_shipping_address?.id).toBe(store.id)
    expect(good(await patch(berlin, id, { counterpart_shipping_address_id: null })).counterpart_shipping_address).toBeNull()
  })

  test('fills variables into its texts once, and leaves unknown ones alone', async () => {
    const { berlin, made } = await start()
    const memo = 'Dear {contact_name} of {company_name}, {invoice_number}{total_amount} to {entity_name} ({who knows}, {nobody})'
    const { id, ...first } = await draft(berlin, made, { memo })
    expect(first.memo).toMatch(/^Dear Acme GmbH of Acme GmbH, €1,487\.50 to Spreewerk GmbH \(\{who knows}, \{nobody}\)$/)
    const changed = good(await patch(berlin, id, { footer: '{company_name}', line_items: [{ quantity: 1 }] }))
    expect(changed).toMatchObject({ memo: first.memo, footer: 'Acme GmbH', total_amount: 29750 })
  })

  test('takes a number by hand only without the rules, and then keeps it', async () => {
    const { berlin, made } = await start()
    expect(no(await berlin.post('/receivables', { ...made.invoice, document_id: 'A-7' }))[0]).toBe(409)
    await withoutRules(berlin)
    const numbers = []
    for (const document_id of ['A-7', 'INV-00001', undefined, undefined])
      numbers.push((await issued(berlin, made, { document_id })).document_id)
    expect(numbers).toEqual(['A-7', 'INV-00001', 'INV-00002', 'INV-00003'])
    await berlin.patch(`/entities/${berlin.entityId}/settings`, { receivable_edit_flow: 'compliant' })
    expect((await issued(berlin, made)).document_id).toBe('INV-00004')
  })

  test('carries a product made for it alone, which no list shows', async () => {
    const { berlin, made } = await start()
    const product = { name: 'Once', price: { currency: 'EUR', value: 1234 }, measure_unit: { name: 'piece' } }
    const { line_items } = await draft(berlin, made, { line_items: [{ product, quantity: 1.5, vat_rate_id: made.rate.id }] })
    expect(line_items[0].product).toMatchObject({ name: 'Once', is_inline: true, measure_unit: { id: null, name: 'piece' } })
    const { body: products } = await berlin.get('/products')
    expect(products.data.map(({ name }: Body) => name)).toEqual(['Consulting'])
    const { body: found } = await berlin.get(`/receivables?product_ids=${line_items[0].product.id}`)
    expect(found.data).toHaveLength(1)
  })
})

describe('a change of a draft', () => {
  test('leaves what is left out, clears what is null, and refuses null where something must be', async () => {
    const { berlin, made } = await start()
    const all = {
      memo: 'Hello',
      footer: 'Bye',
      discount: { type: 'amount', amount: 100 },
      fulfillment_date: '2030-01-01',
      trade_name: 'Spree',
      withholding_tax_rate: 100,
      payment_page_url: 'https://pay.example.com/1',
      partner_metadata: { a: 1 },
      purchase_order: 'PO-1',
    }
    const { id } = await draft(berlin, made, all)
    expect(good(await patch(berlin, id, { memo: 'Hi' }))).toMatchObject({ ...all, memo: 'Hi', discount: { value: 100 } })
    const { purchase_order, ...clearable } = all
    const nulls = Object.fromEntries(Object.keys(clearable).map((field) => [field, null]))
    const cleared = good(await berlin.patch(`/receivables/${id}`, { invoice: nulls }, { beyond: true }))
    expect(cleared).toMatchObject({ ...nulls, purchase_order, total_amount: 148750 })
    expect(cleared.payment_terms.id).toBe(made.terms.id)
    for (const field of ['counterpart_id', 'counterpart_billing_address_id', 'currency'])
      expect(no(await patch(berlin, id, { [field]: null }))).toEqual([422, `body.invoice.${field}: Input should not be null`])
  })

  test('changes lines by position: price, quantity, discount and tax of one, and no other', async () => {
    const { berlin, made } = await start()
    const [line] = made.invoice.line_items
    const { id } = await draft(berlin, made, { line_items: [line, line] })
    const after = good(
      await patch(berlin, id, { line_items: [{}, { quantity: 2, price: 100, discount: { type: 'amount', amount: 50 } }] }),
    )
    expect(after.line_items).toMatchObject([
      { quantity: 5 },
      { quantity: 2, total_before_vat: 150, product: { price: { value: 100 } } },
    ])
    const taxed = good(await patch(berlin, id, { line_items: [{ tax_rate_value: 700, tax_rate_name: 'Book' }] })).line_items
    expect(taxed[0]).toMatchObject({ product: { vat_rate: { id: null, value: 700, name: 'Book' } }, total_after_vat: 133750 })
    expect(taxed[1].product.vat_rate.id).toBe(made.rate.id)
    const none = good(
      await berlin.patch(`/receivables/${id}`, { invoice: { line_items: [{ tax_rate_value: null }] } }, { beyond: true }),
    )
    expect(none.line_items[0]).toMatchObject({ product: { vat_rate: { value: 0, name: null } }, total_after_vat: 125000 })
    expect(no(await patch(berlin, id, { line_items: [{}, {}, {}] }))[0]).toBe(400)
    expect((await berlin.get(`/products/${made.product.id}`)).body.price.value).toBe(25000)
  })

  test('takes a discount away with null, and with one of nothing', async () => {
    const { berlin, made } = await start()
    const discount = { type: 'amount', amount: 500 }
    const line_items = [{ ...made.invoice.line_items[0], discount }]
    for (const none of [null, { type: 'amount', amount: 0 }, { type: 'percentage', amount: 0 }]) {
      const { id } = await draft(berlin, made, { line_items, discount })
      const changed = good(await patch(berlin, id, { discount: none, line_items: [{ discount: none }] }))
      expect(changed).toMatchObject({ discount: null, line_items: [{ discount: null }], total_amount: 148750 })
    }
  })

  test('keeps a price that was entered with VAT, whatever becomes of the rate', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made, {
      vat_mode: 'inclusive',
      line_items: [{ ...made.invoice.line_items[0], quantity: 1 }],
    })
    const { line_items, total_amount } = good(await patch(berlin, id, { line_items: [{ vat_rate_id: made.reduced.id }] }))
    expect([total_amount, line_items[0].product.price_after_vat.value, line_items[0].product.price.value]).toEqual([
      25000, 25000, 23364,
    ])
    const priced = good(await patch(berlin, id, { line_items: [{ price: 10700 }] }))
    expect(priced).toMatchObject({ total_amount: 10700, total_vat_amount: 700, vat_mode: 'inclusive' })
  })

  test('to another currency needs a price for every line', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made)
    expect(no(await patch(berlin, id, { currency: 'USD' }))).toEqual([
      400,
      "Product currency EUR doesn't match receivable currency USD",
    ])
    const { currency, total_amount, entity_bank_account } = good(
      await patch(berlin, id, { currency: 'USD', line_items: [{ price: 1000 }] }),
    )
    expect([currency, total_amount, entity_bank_account]).toEqual(['USD', 5950, null])
  })

  test('to another customer brings the address, contact and language of that one', async () => {
    const { berlin, made } = await start()
    const person = await anotherCustomer(berlin)
    const vatId = good(
      await berlin.post(`/counterparts/${made.customer.id}/vat_ids`, { type: 'eu_vat', value: 'DE999999999', country: 'DE' }),
    )
    const { id } = await draft(berlin, made, { counterpart_vat_id_id: vatId.id })
    expect(no(await patch(berlin, id, { counterpart_id: person.id }))[0]).toBe(400)
    const foreign = await patch(berlin, id, {
      counterpart_id: person.id,
      counterpart_billing_address_id: made.customer.default_billing_address_id,
    })
    expect(no(foreign)[0]).toBe(400)
    const moved = { counterpart_id: person.id, counterpart_billing_address_id: person.default_billing_address_id }
    expect(good(await patch(berlin, id, moved))).toMatchObject({
      counterpart_name: 'Marie Curie',
      counterpart_type: 'individual',
      counterpart_vat_id: null,
      counterpart_contact: { first_name: 'Marie', email: 'marie@example.com' },
      file_language: 'fr',
    })
  })

  test('names payment terms or spells them out; terms that were copied stay as they were', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made)
    good(await berlin.patch(`/payment_terms/${made.terms.id}`, { name: 'Changed', term_final: { number_of_days: 99 } }))
    expect(good(await patch(berlin, id, { memo: 'x' })).payment_terms).toMatchObject({
      name: '14 days',
      term_final: { number_of_days: 14 },
    })
    good(await berlin.delete(`/payment_terms/${made.terms.id}`))
    expect(good(await patch(berlin, id, { memo: 'y' })).payment_terms.name).toBe('14 days')
    const inline = { term_1: { number_of_days: 5, discount: 100 }, term_final: { number_of_days: 30 } }
    expect(good(await patch(berlin, id, { payment_terms: inline })).payment_terms).toMatchObject({
      id: null,
      term_1: { discount: 100 },
    })
    expect(no(await patch(berlin, id, { payment_terms_id: made.terms.id }))[0]).toBe(404)
    expect(good(await patch(berlin, id, { payment_terms: null })).payment_terms).toBeNull()
    expect(no(await patch(berlin, id, { payment_terms: { term_final: { number_of_days: 3, end_date: '2030-01-01' } } }))).toEqual(
      [422, 'body.invoice.payment_terms.term_final: term_final takes either number_of_days or end_date'],
    )
    expect(no(await berlin.post('/receivables', { ...made.invoice, payment_terms: inline }))[0]).toBe(422)
    const late = {
      ...made.invoice,
      payment_terms_id: null,
      payment_terms: { ...inline, term_1: { number_of_days: 60, discount: 1 } },
    }
    expect(no(await berlin.post('/receivables', late))).toEqual([400, 'term_final must end later than term_1'])
  })

  test('replaces its tags and attachments, and checks both', async () => {
    const { w, berlin, made } = await start()
    const tag = async (name: string) => good(await berlin.post('/tags', { name })).id as string
    const [red, blue] = [await tag('red'), await tag('blue')]
    const file = await upload(berlin)
    const logo = await upload(berlin, 'payables')
    const { id, tags, attachments } = await draft(berlin, made, {
      tag_ids: [red, red.toUpperCase()],
      attachments: [{ id: file.id, include_in_email: true }],
    })
    expect(tags.map(({ name }: Body) => name)).toEqual(['red'])
    expect(attachments).toMatchObject([{ id: file.id, name: 'timesheet.txt', include_in_email: true, size: 9 }])
    const changed = good(await patch(berlin, id, { tag_ids: [blue], attachments: null }))
    expect([changed.tags.map(({ name }: Body) => name), changed.attachments]).toEqual([['blue'], null])
    good(await patch(berlin, id, { attachments: [{ id: file.id }] }))
    const none = await berlin.patch(`/receivables/${id}`, { invoice: { attachments: [] } }, { beyond: true })
    expect(good(none).attachments).toBeNull()
    expect((await berlin.post('/receivables', { ...made.invoice, attachments: [] })).status).toBe(422)
    expect(no(await patch(berlin, id, { attachments: [{ id: logo.id }] }))[0]).toBe(400)
    expect(no(await patch(berlin, id, { attachments: [{ id: strange }] }))[0]).toBe(404)
    expect(no(await patch(berlin, id, { tag_ids: [strange] }))[0]).toBe(404)
    const foreign = good(await w.paris.post('/tags', { name: 'theirs' })).id
    expect(no(await patch(berlin, id, { tag_ids: [foreign] }))).toEqual([404, `There is no tag by provided id: ${foreign}`])
    good(await berlin.delete(`/tags/${blue}`))
    expect((await read(berlin, id)).tags).toEqual([])
  })

  test('of all lines at once leaves nothing of the old ones, also when two do it together', async () => {
    const { berlin, made } = await start()
    const { id } = await draft(berlin, made)
    const put = (quantity: number) =>
      berlin.put(`/receivables/${id}/line_items`, { data: [{ ...made.invoice.line_items[0], quantity }] })
    const answers = await Promise.all([1, 2, 3, 4].map(put))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const { line_items, total_amount } = await read(berlin, id)
    expect(total_amount).toBe(line_items[0].quantity * 29750)
    expect(no(await berlin.put(`/receivables/${id}/line_items`, { data: [] }))).toEqual([
      422,
      'body.data: List should have at least 1 item',
    ])
    const many = Array.from({ length: 501 }, () => made.invoice.line_items[0])
    expect(no(await berlin.put(`/receivables/${id}/line_items`, { data: many }))[0]).toBe(422)
  })
})

test('drafts of quotes and invoices can be deleted, and are gone then', async () => {
  const { berlin, made } = await start()
  const { payment_terms_id: _, ...quote } = made.invoice
  for (const body of [made.invoice, { ...quote, type: 'quote' }]) {
    const { id } = good(await berlin.post('/receivables', body))
    expect((await berlin.delete(`/receivables/${id}`)).status).toBe(204)
    expect(no(await berlin.get(`/receivables/${id}`))).toEqual([404, `There is no receivable by provided id: ${id}`])
  }
  expect((await berlin.get('/receivables')).body.data).toEqual([])
})

describe('bad input is refused with a word about what is wrong, and nothing is written', () => {
  const cases: [what: string, changes: (made: Ready) => object, status: number, says: RegExp][] = [
    ['an unknown currency', () => ({ currency: 'XXX' }), 422, /currency/],
    [
      'a negative quantity',
      (m) => ({ line_items: [{ ...m.invoice.line_items[0], quantity: -1 }] }),
      422,
      /quantity.*greater than or equal to 0/,
    ],
    ['a quantity beyond counting', (m) => ({ line_items: [{ ...m.invoice.line_items[0], quantity: 1e308 }] }), 422, /too large/],
    ['a day that never was', () => ({ fulfillment_date: '2023-02-30' }), 422, /fulfillment_date.*date/],
    ['a NUL in a text', () => ({ memo: 'a\0b' }), 422, /NUL/],
    ['no lines', () => ({ line_items: [] }), 422, /at least 1 item/],
    ['an unknown field', () => ({ colour: 'red' }), 422, /colour/],
    ['a price in another currency', () => ({ currency: 'USD' }), 400, /doesn't match/],
    [
      'two taxes on a line',
      (m) => ({ line_items: [{ ...m.invoice.line_items[0], tax_rate_value: 1 }] }),
      422,
      /line_items\.0\.vat_rate_id.*one tax/,
    ],
    ['no product', (m) => ({ line_items: [{ quantity: 1, vat_rate_id: m.rate.id }] }), 422, /line_items\.0\.product_id/],
    [
      'a name without a rate',
      (m) => ({ line_items: [{ product_id: m.product.id, quantity: 1, tax_rate_name: 'VAT' }] }),
      422,
      /goes together/,
    ],
    ['too much metadata', () => ({ partner_metadata: { a: 'x'.repeat(3000) } }), 422, /partner_metadata/],
    ['eleven deductions', () => ({ deductions: Array.from({ length: 11 }, () => ({ amount: 1 })) }), 422, /deductions/],
  ]
  const places: [field: string, place: (id: string) => object][] = [
    ['counterpart', (id) => ({ counterpart_id: id })],
    ['counterpart address', (id) => ({ counterpart_billing_address_id: id })],
    ['counterpart address', (id) => ({ counterpart_shipping_address_id: id })],
    ['counterpart VAT ID', (id) => ({ counterpart_vat_id_id: id })],
    ['entity VAT ID', (id) => ({ entity_vat_id_id: id })],
    ['entity bank account', (id) => ({ entity_bank_account_id: id })],
    ['payment terms', (id) => ({ payment_terms_id: id })],
    ['project', (id) => ({ project_id: id })],
    ['payment reminder', (id) => ({ payment_reminder_id: id })],
    ['tag', (id) => ({ tag_ids: [id] })],
    ['file', (id) => ({ attachments: [{ id }] })],
    ['product', (id) => ({ line_items: [{ product_id: id, quantity: 1 }] })],
    [
      'VAT rate',
      (id) => ({ line_items: [{ product: { name: 'x', price: { currency: 'EUR', value: 1 } }, quantity: 1, vat_rate_id: id }] }),
    ],
  ]

  async function refused(w: World, made: Ready, changes: object) {
    const count = () =>
      w.sql(`select (select count(*) from receivables), (select count(*) from products), (select count(*) from events)`)
    const before = await count()
    const answer = await w.berlin.post('/receivables', { ...made.invoice, ...changes }, { beyond: true })
    expect(await count()).toEqual(before)
    return no(answer)
  }

  test('at creation', async () => {
    const { w, made } = await start()
    for (const [what, changes, status, says] of cases) {
      const [code, message] = await refused(w, made, changes(made))
      expect([what, code, message]).toEqual([what, status, expect.stringMatching(says)])
    }
  })

  test('where an id leads nowhere, or to what belongs to somebody else', async () => {
    const { w, made } = await start()
    const theirs = await ready(w.paris)
    const foreign: Record<string, string> = {
      counterpart: theirs.customer.id,
      'counterpart address': theirs.customer.default_billing_address_id,
      'entity VAT ID': theirs.vatId.id,
      'entity bank account': theirs.account.id,
      'payment terms': theirs.terms.id,
      product: theirs.product.id,
      file: (await upload(w.paris)).id,
    }
    for (const [noun, place] of places)
      for (const id of [strange, foreign[noun] ?? strange]) {
        const says = `There is no ${noun} by provided id: ${id}`
        expect([noun, ...(await refused(w, made, place(id)))]).toEqual([noun, 404, says])
      }
  })

  test('where several things are wrong at once, without leaving anything running', async () => {
    const { w, made } = await start()
    const lost: unknown[] = []
    const note = (reason: unknown) => lost.push(reason)
    process.on('unhandledRejection', note)
    const { id } = await draft(w.berlin, made)
    await w.berlin.delete(`/counterparts/${made.customer.id}`)
    const wrong = [{ product_id: strange, quantity: 1 }]
    expect((await w.berlin.put(`/receivables/${id}/line_items`, { data: wrong })).status).toBe(404)
    const inline = { product: { name: 'x', price: { currency: 'EUR', value: 1 } }, quantity: 1 }
    await refused(w, made, { tag_ids: [strange], line_items: [inline, ...wrong], payment_terms_id: strange })
    expect((await patch(w.berlin, id, { tag_ids: [strange], payment_terms_id: strange })).status).toBe(404)
    await new Promise((done) => setTimeout(done, 50))
    process.off('unhandledRejection', note)
    expect(lost).toEqual([])
  })
})
