import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { brokenPromises, good, type Ready, read, ready, runSchedule, withoutRules } from '../../../test/support/invoicing.ts'
import {
  type Body,
  type Client,
  client,
  house,
  organization,
  permissions,
  type World,
  world,
} from '../../../test/support/world.ts'

/** Documents are dated, numbered and due by the day it is where the entity is. */

/** Half past midnight on New Year's Day in Berlin, and still the old year in UTC. */
const NEW_YEAR = '2026-12-31T23:30:00Z'

const places = {
  Berlin: { country: 'DE', city: 'Berlin', postal_code: '10115', line1: 'A 1' },
  Tallinn: { country: 'EE', city: 'Tallinn', postal_code: '10111', line1: 'A 1' },
  'Los Angeles': { country: 'US', state: 'CA', city: 'Los Angeles', postal_code: '90001', line1: 'A 1' },
  Kiritimati: { country: 'KI', city: 'London', postal_code: 'KI0101', line1: 'A 1' },
  Honolulu: { country: 'US', state: 'HI', city: 'Honolulu', postal_code: '96801', line1: 'A 1' },
}
type City = keyof typeof places

/** An entity there with what its invoices need, and its user at any moment: tokens live shorter than invoices. */
async function somewhere(city: City, moment: string) {
  const w = await world()
  const entityId = await w.newEntity({ address: { ...organization.address, ...places[city] } })
  const { userId } = await w.newUser(entityId, permissions())
  const at = async (when: string): Promise<Client> => {
    w.clock.set(when)
    return client(await house(), await w.tokenFor(userId!), { entityId, userId })
  }
  const who = await at(moment)
  good(await who.patch(`/entities/${entityId}/settings`, { document_ids: { include_date: true } }))
  const counterpart = good(
    await who.post('/counterparts', {
      type: 'organization',
      tax_id: '1',
      organization: {
        legal_name: 'Acme',
        is_customer: true,
        is_vendor: true,
        email: 'acme@example.com',
        address: places.Berlin,
      },
    }),
  )
  good(await who.post('/bank_accounts', { iban: 'DE89370400440532013000', currency: 'EUR', country: 'DE' }))
  const terms = good(await who.post('/payment_terms', { name: 'At once', term_final: { number_of_days: 0 } }))
  const product = good(await who.post('/products', { name: 'Hour', price: { currency: 'EUR', value: 1000 } }))
  const receivable = (type: 'invoice' | 'quote', more: object = {}) => ({
    type,
    currency: 'EUR',
    counterpart_id: counterpart.id,
    counterpart_billing_address_id: counterpart.default_billing_address_id,
    line_items: [{ product_id: product.id, quantity: 5, tax_rate_value: 0 }],
    ...(type === 'invoice' && { payment_terms_id: terms.id }),
    ...more,
  })
  const issue = async (by: Client, body: object): Promise<Body> =>
    good(await by.post(`/receivables/${good(await by.post('/receivables', body)).id}/issue`))
  return { w, who, at, entityId, counterpart, receivable, issue }
}

async function printed(w: World, who: Client, { id }: Body, resource = 'receivables'): Promise<string> {
  await w.work()
  const path = resource === 'receivables' ? `/receivables/${id}/pdf_link` : `/${resource}/${id}`
  const { file_url } = good(await who.get(path))
  const { body } = await who.get(new URL(file_url).pathname)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text.replace(/\s+/g, ' ')
}

describe('half an hour into the new year in Berlin', () => {
  test('it is the new year’s invoice: by its number, on paper, in mails, and when it is due', async () => {
    const { w, who, receivable, issue } = await somewhere('Berlin', NEW_YEAR)
    const made = await issue(who, receivable('invoice'))
    expect(made).toMatchObject({ document_id: 'INV-2027-00001', due_date: '2027-01-01', status: 'issued' })
    // The moment is what it is.
    expect(Date.parse(made.issue_date)).toBe(Date.parse(NEW_YEAR))
    expect(made.fulfillment_date).toBe('2027-01-01')
    const page = await printed(w, who, made)
    expect(page).toContain('1 Jan 2027')
    expect(page).not.toContain('2026')
    const words = { subject_text: '{issue_date}', body_text: 'Due {due_date}' }
    const { subject_preview } = good(await who.post(`/receivables/${made.id}/preview`, words))
    expect(subject_preview).toBe('1 Jan 2027')
  })

  test('quotes, credit notes, delivery notes and purchase orders are of the new year, too', async () => {
    const { w, who, receivable, issue, counterpart } = await somewhere('Berlin', NEW_YEAR)
    expect((await issue(who, receivable('quote'))).document_id).toBe('Q-2027-00001')
    const invoice = await issue(who, receivable('invoice'))
    const note = good(await who.post('/receivables', { type: 'credit_note', based_on: invoice.id }))
    expect(good(await who.post(`/receivables/${note.id}/issue`)).document_id).toBe('CN-2027-00001')
    const delivery = good(await who.post('/delivery_notes', { based_on: invoice.id }))
    expect(delivery.document_id).toBe('DN-2027-00001')
    expect(await printed(w, who, delivery, 'delivery_notes')).toContain('1 Jan 2027')
    const order = good(
      await who.post('/payable_purchase_orders', {
        counterpart_id: counterpart.id,
        currency: 'EUR',
        message: 'Please',
        valid_for_days: 3,
        items: [{ name: 'Paper', quantity: 1, price: 100, vat_rate: 0, currency: 'EUR', unit: 'piece' }],
      }),
    )
    expect(order.document_id).toBe('PO-2027-00001')
    await w.work()
    const words = { subject_text: '{valid_until}', body_text: '-' }
    good(await who.post(`/payable_purchase_orders/${order.id}/send`, words))
    expect(good(await who.get(`/payable_purchase_orders/${order.id}`)).issued_at).toBe('2027-01-01')
  })

  test('the rates of a new day hold, which in Estonia begins two or three hours earlier', async () => {
    const { at, who, entityId } = await somewhere('Tallinn', '2025-06-30T12:00:00Z')
    good(await who.post(`/entities/${entityId}/vat_ids`, { country: 'EE', value: 'EE100594102' }))
    const rates = async (moment: string) => {
      const { data } = good(await (await at(moment)).get('/vat_rates'))
      return data.map(({ value }: Body) => value)
    }
    expect(await rates('2025-06-30T20:59:59Z')).not.toContain(2400)
    expect(await rates('2025-06-30T21:00:00Z')).toContain(2400)
  })
})

test('nothing is overdue on the day it is issued, wherever the entity is', async () => {
  for (const [city, moment] of [
    ['Berlin', NEW_YEAR],
    ['Los Angeles', '2027-01-01T05:00:00Z'],
    ['Kiritimati', '2026-12-31T11:00:00Z'],
  ] as const) {
    const { w, who, receivable, issue } = await somewhere(city, moment)
    const { id, status } = await issue(who, receivable('invoice'))
    await runSchedule(w)
    expect([city, status, (await read(who, id)).status]).toEqual([city, 'issued', 'issued'])
  }
})

test('a discount for early payment counts to the end of the entity’s day, for bills as well', async () => {
  const { at, who, receivable, issue } = await somewhere('Los Angeles', '2027-01-01T20:00:00Z')
  const payment_terms = { term_1: { number_of_days: 2, discount: 1000 }, term_final: { number_of_days: 30 } }
  const { id } = await issue(
    who,
    JSON.parse(JSON.stringify(receivable('invoice', { payment_terms, payment_terms_id: undefined }))),
  )
  const bill = good(
    await who.post('/payables', { currency: 'EUR', issued_at: '2027-01-01', payment_terms: { name: 'T', ...payment_terms } }),
  )
  good(await who.post(`/payables/${bill.id}/line_items`, { name: 'Paper', quantity: 1, unit_price: 5000, tax: 0 }))
  const toPay = async (moment: string) => {
    const now = await at(moment)
    const listed = good(await now.get('/receivables')).data.find((one: Body) => one.id === id)
    const listedBill = good(await now.get('/payables')).data.find((one: Body) => one.id === bill.id)
    return [
      (await read(now, id)).amount_to_pay,
      listed.amount_to_pay,
      good(await now.get(`/payables/${bill.id}`)).amount_to_pay,
      listedBill.amount_to_pay,
    ]
  }
  expect(await toPay('2027-01-04T07:59:59Z')).toEqual([4500, 4500, 4500, 4500])
  expect(await toPay('2027-01-04T08:00:00Z')).toEqual([5000, 5000, 5000, 5000])
})

test('a day of issue given by hand is that day, and a moment the day it is for the entity', async () => {
  const { who, receivable, issue } = await somewhere('Los Angeles', '2027-01-01T20:00:00Z')
  await withoutRules(who)
  const { id } = await issue(who, receivable('invoice'))
  for (const [issue_date, due_date] of [
    ['2027-03-01T00:00:00Z', '2027-03-01'],
    ['2027-03-01T12:00:00', '2027-03-01'],
    ['2027-03-01T03:00:00Z', '2027-02-28'],
    ['2027-03-01T23:00:00-08:00', '2027-03-01'],
  ])
    expect(good(await who.patch(`/receivables/${id}`, { issued_invoice: { issue_date } }, { beyond: true })).due_date).toBe(
      due_date,
    )
})

describe('a later number never bears an earlier day', () => {
  test('when the clock ran ahead and is set back', async () => {
    const { w, at, receivable, issue } = await somewhere('Berlin', '2027-05-01T12:00:00Z')
    const ahead = await at('2027-06-10T12:00:00Z')
    const first = await issue(ahead, receivable('invoice'))
    const back = await at('2027-05-01T12:00:00Z')
    const second = await issue(back, receivable('invoice'))
    const note = good(await back.post('/receivables', { type: 'credit_note', based_on: second.id }))
    const credit = good(await back.post(`/receivables/${note.id}/issue`))
    expect([first.document_id, second.document_id]).toEqual(['INV-2027-00001', 'INV-2027-00002'])
    expect(second).toMatchObject({ due_date: '2027-06-10', issue_date: first.issue_date })
    expect(await printed(w, back, second)).toContain('10 Jun 2027')
    // Other series have days of their own.
    expect(Date.parse(credit.issue_date)).toBe(Date.parse('2027-05-01T12:00:00Z'))
    expect(await auditOf(w, back)).toEqual([])
    const later = await issue(await at('2027-06-11T12:00:00Z'), receivable('invoice'))
    expect(later.due_date).toBe('2027-06-11')
  })

  test('when the entity moves to where it is still yesterday', async () => {
    const { w, at, entityId, receivable, issue } = await somewhere('Kiritimati', '2027-05-01T12:00:00Z')
    const { due_date } = await issue(await at('2027-05-01T12:00:00Z'), receivable('invoice'))
    expect(due_date).toBe('2027-05-02')
    await w.sql('update entities set address = $2 where id = $1', [entityId, JSON.stringify(places.Honolulu)])
    w.machinery.access.forget()
    const who = await at('2027-05-01T13:00:00Z')
    expect((await issue(who, receivable('invoice'))).due_date).toBe('2027-05-02')
    expect(await auditOf(w, who)).toEqual([])
    expect((await issue(await at('2027-05-03T11:00:00Z'), receivable('invoice'))).due_date).toBe('2027-05-03')
  })
})

/** What the audit finds in the entity's books. */
async function auditOf(w: World, { entityId }: Client) {
  const { audit } = await import('../audit/audit.ts')
  return (await audit(w.machinery.db)).flatMap(({ question, rows }) =>
    rows.filter((row) => row.entity_id === entityId).map((row) => [question, row]),
  )
}

describe('a number set by hand', () => {
  const asked = (made: Ready, changes: object) => ({ ...made.invoice, ...changes })

  test('is refused when an issued document bears it, whatever its blanks and capitals: at once, on a change, and on issue', async () => {
    const w = await world()
    const { berlin } = w
    const made = await ready(berlin)
    await withoutRules(berlin)
    const create = (document_id: string, changes: object = {}) =>
      berlin.post('/receivables', asked(made, { document_id, ...changes }))
    // Drafts may bear the same: the first to be issued keeps it.
    const [first, second] = [good(await create('Ab 12/x')), good(await create('ab12/X'))]
    good(await berlin.post(`/receivables/${first.id}/issue`))
    expect(await berlin.post(`/receivables/${second.id}/issue`)).toMatchObject({
      status: 409,
      body: { error: { message: 'The number ab12/X is on another document already' } },
    })
    expect((await read(berlin, second.id)).status).toBe('draft')
    for (const twin of ['Ab 12/x', 'AB12/X', ' ab 1 2/x\t', 'ab\u00a012/x']) expect((await create(twin)).status).toBe(409)
    const change = (document_id: string | null) => berlin.patch(`/receivables/${second.id}`, { invoice: { document_id } })
    expect((await change('AB12 /x')).status).toBe(409)
    expect(good(await change('Ab 13')).document_id).toBe('Ab 13')
    expect(good(await berlin.post(`/receivables/${second.id}/issue`)).document_id).toBe('Ab 13')
    // A series of its own: what is on an invoice may be on a quote.
    good(await create('AB13', { type: 'quote', payment_terms_id: undefined }))
    expect(await brokenPromises(w)).toEqual([])
  })

  test('can be taken off a draft again, and is refused under the rules', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    await withoutRules(berlin)
    const { id } = good(await berlin.post('/receivables', asked(made, { document_id: 'X-1' })))
    expect(good(await berlin.patch(`/receivables/${id}`, { invoice: { document_id: null } })).document_id).toBeNull()
    good(await berlin.patch(`/entities/${berlin.entityId}/settings`, { receivable_edit_flow: 'compliant' }))
    expect((await berlin.patch(`/receivables/${id}`, { invoice: { document_id: 'X-1' } })).status).toBe(409)
    expect(good(await berlin.post(`/receivables/${id}/issue`)).document_id).toBe('INV-00001')
  })

  test('is passed over by the counter, and issued once when several try at the same moment', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    await withoutRules(berlin)
    const drafts = await Promise.all(
      ['inv-0 0001', 'INV-00001', 'INV-00001'].map((document_id) => berlin.post('/receivables', asked(made, { document_id }))),
    )
    const answers = await Promise.all(drafts.map(({ body }) => berlin.post(`/receivables/${body.id}/issue`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const { id } = good(await berlin.post('/receivables', made.invoice))
    expect(good(await berlin.post(`/receivables/${id}/issue`)).document_id).toBe('INV-00002')
  })
})
