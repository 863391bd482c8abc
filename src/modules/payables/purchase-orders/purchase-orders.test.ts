import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { brokenPromises, good, no, type Ready, ready } from '../../../../test/support/invoicing.ts'
import { mailServer } from '../../../../test/support/mail-server.ts'
import { type Body, type Client, client, house, permissions, type World, world } from '../../../../test/support/world.ts'
import { localDate } from '../../../core/local-day.ts'
import { asEntity } from '../../../platform/database/context.ts'
import { workOnce } from '../../../platform/jobs/jobs.ts'
import { findOrderByNumber } from './purchase-orders.service.ts'

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const path = ({ id }: Body, action = '') => `/payable_purchase_orders/${id}${action && `/${action}`}`
const item = (changes: object = {}) => ({
  name: 'Brass sheet',
  price: 1999,
  quantity: 3,
  unit: 'pcs',
  vat_rate: 1900,
  currency: 'EUR',
  ...changes,
})
const asked = ({ customer }: Pick<Ready, 'customer'>, changes: object = {}) => ({
  counterpart_id: customer.id,
  currency: 'EUR',
  message: 'Deliver to the yard',
  valid_for_days: 30,
  items: [item()],
  ...changes,
})
const make = async (who: Client, made: Pick<Ready, 'customer'>, changes: object = {}): Promise<Body> =>
  good(await who.post('/payable_purchase_orders', asked(made, changes)))
const read = async (who: Client, order: Body): Promise<Body> => good(await who.get(path(order)))

const words = {
  subject_text: 'Order {document_number}',
  body_text: 'Dear {counterpart_name}, {total_amount}, good until {valid_until}.',
}
const send = (who: Client, order: Body) => who.post(path(order, 'send'), words)
/** The order once its page is drawn. */
async function drawn(w: World, order: Body): Promise<Body> {
  await w.work()
  return read(w.berlin, order)
}
async function issued(w: World, made: Pick<Ready, 'customer'>, changes: object = {}): Promise<Body> {
  const order = await make(w.berlin, made, changes)
  await w.work()
  good(await send(w.berlin, order))
  return read(w.berlin, order)
}

async function pageOf(w: World, url: string): Promise<string> {
  const { status, body } = await w.berlin.get(new URL(url).pathname)
  expect(status).toBe(200)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(body)), { mergePages: true })
  return text.replace(/[\s\u200b]+/gu, ' ')
}
const mailOf = async (w: World, id: string): Promise<Body> => (await w.sql<Body>('select * from mails where id = $1', [id]))[0]!
const contact = async (who: Client, { customer }: Pick<Ready, 'customer'>) =>
  good(
    await who.post(`/counterparts/${customer.id}/contacts`, {
      first_name: 'Grace',
      last_name: 'Hopper',
      email: 'grace@example.com',
      address: { country: 'DE', city: 'Berlin', postal_code: '10119', line1: 'Torstraße 1' },
    }),
  )

describe('making orders', () => {
  test('an order is a numbered draft with copies of all it names', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    const project = good(await berlin.post('/projects', { name: 'Terrace' }))
    const order = await make(berlin, made, { entity_vat_id_id: made.vatId.id, project_id: project.id })
    const counterpart = good(await berlin.get(`/counterparts/${made.customer.id}`))
    const { external_reference: _e, organization, ...root } = counterpart
    const { tags: _t, ...company } = organization
    expect(order).toEqual({
      id: order.id,
      created_at: order.created_at,
      updated_at: order.created_at,
      counterpart: { ...root, organization: company },
      counterpart_address: {
        city: 'Berlin',
        country: 'DE',
        line1: 'Torstraße 1',
        line2: null,
        postal_code: '10119',
        state: null,
      },
      counterpart_address_id: made.customer.default_billing_address_id,
      counterpart_id: made.customer.id,
      created_by_user_id: berlin.userId,
      currency: 'EUR',
      document_id: 'PO-00001',
      entity: expect.objectContaining({
        id: berlin.entityId,
        organization: expect.objectContaining({ legal_name: 'Spreewerk GmbH' }),
      }),
      entity_id: berlin.entityId,
      entity_vat_id: { id: made.vatId.id, country: 'DE', entity_id: berlin.entityId, type: 'eu_vat', value: 'DE123456789' },
      file_id: null,
      file_url: null,
      issued_at: null,
      items: [item()],
      message: 'Deliver to the yard',
      project_id: project.id,
      status: 'draft',
      valid_for_days: 30,
    })
    for (const field of ['vat_id', 'mailboxes', 'registration_number']) expect(JSON.stringify(order.entity)).not.toContain(field)
    good(await berlin.patch(`/counterparts/${made.customer.id}`, { organization: { legal_name: 'Acme SE' } }))
    expect(await read(berlin, order)).toEqual(order)
  })

  test('people order from people, and the numbers of their papers stay at home', async () => {
    const w = await world()
    const entityId = await w.newEntity({
      type: 'individual',
      organization: null,
      individual: {
        first_name: 'Ada',
        last_name: 'Lovelace',
        title: 'Dr.',
        date_of_birth: '1980-01-02',
        ssn_last_4: '1234',
        id_number: 'X7',
      },
    })
    const ada = await w.newUser(entityId)
    const address = { country: 'DE', city: 'Ulm', postal_code: '89073', line1: 'Am Markt 1' }
    const person = { first_name: 'Max', last_name: 'Muster', is_customer: false, is_vendor: true }
    const max = good(await ada.post('/counterparts', { type: 'individual', language: 'de', individual: { ...person, address } }))
    const order = await make(ada, { customer: max })
    expect(order.counterpart).toMatchObject({ type: 'individual', language: 'de', individual: person })
    expect(order.created_by_user_id).toBe(ada.userId)
    const { individual } = order.entity
    expect(individual).toEqual({
      first_name: 'Ada',
      last_name: 'Lovelace',
      title: 'Dr.',
      date_of_birth: null,
      id_number: null,
      ssn_last_4: null,
    })
  })

  test('an order of a token without a user is nobody’s', async () => {
    const { berlin, partnerIn } = await world()
    const made = await ready(berlin)
    expect((await make(partnerIn(berlin.entityId!), made)).created_by_user_id).toBeNull()
  })

  test('the address is the one named, and otherwise where the bills of the vendor go', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    const hamburg = { country: 'DE', city: 'Hamburg', postal_code: '20095', line1: 'Jungfernstieg 1' }
    const second = good(await berlin.post(`/counterparts/${made.customer.id}/addresses`, hamburg))
    const order = await make(berlin, made, { counterpart_address_id: second.id })
    expect(order).toMatchObject({ counterpart_address_id: second.id, counterpart_address: hamburg })
    // What was edited there arrives with the next change of the order, and not before.
    good(await berlin.patch(`/counterparts/${made.customer.id}/addresses/${second.id}`, { line1: 'Jungfernstieg 2' }))
    expect((await read(berlin, order)).counterpart_address.line1).toBe('Jungfernstieg 1')
    expect(good(await berlin.patch(path(order), { message: 'M' })).counterpart_address.line1).toBe('Jungfernstieg 2')
    // A copy outlives its original.
    good(await berlin.delete(`/counterparts/${made.customer.id}/addresses/${second.id}`))
    expect(good(await berlin.patch(path(order), { message: 'N' }))).toMatchObject({
      counterpart_address_id: second.id,
      message: 'N',
      counterpart_address: { line1: 'Jungfernstieg 2' },
    })
    const home = good(await berlin.patch(path(order), { counterpart_address_id: null }))
    expect([home.counterpart_address_id, home.counterpart_address.city]).toEqual([
      made.customer.default_billing_address_id,
      'Berlin',
    ])
    expect(no(await berlin.patch(path(order), { counterpart_address_id: second.id }))[0]).toBe(400)
  })

  test('what is wrong with its values is a 400 that names the field', async () => {
    const { berlin, paris, sql } = await world()
    const made = await ready(berlin)
    const other = await ready(paris)
    const second = good(
      await berlin.post('/counterparts', {
        type: 'organization',
        organization: {
          legal_name: 'Beta',
          is_vendor: true,
          is_customer: false,
          address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
        },
      }),
    )
    const wrong: [object, string][] = [
      [{ items: [] }, 'items: an order needs at least one'],
      [{ items: [item(), item({ currency: 'USD' })] }, 'items: one is priced in USD, and the order is in EUR'],
      [{ currency: 'USD' }, 'items: one is priced in EUR, and the order is in USD'],
      [{ counterpart_id: NOWHERE }, `counterpart_id: there is none with the id ${NOWHERE}`],
      [{ counterpart_id: other.customer.id }, `counterpart_id: there is none with the id ${other.customer.id}`],
      [{ counterpart_address_id: NOWHERE }, `counterpart_address_id: there is none with the id ${NOWHERE}`],
      [{ counterpart_address_id: second.default_billing_address_id }, 'counterpart_address_id: there is none'],
      [{ entity_vat_id_id: other.vatId.id }, `entity_vat_id_id: there is none with the id ${other.vatId.id}`],
      [{ project_id: NOWHERE }, `project_id: there is none with the id ${NOWHERE}`],
      [{ valid_for_days: 36_501 }, 'valid_for_days: an order holds for up to 36500 days'],
      [{ items: [item({ quantity: -1 })] }, 'Line 1'],
      [{ items: [item({ price: -1 })] }, 'Line 1'],
      [{ items: [item({ price: 2 ** 52, quantity: 4 })] }, 'too large'],
      [{ items: Array.from({ length: 1001 }, () => item()) }, 'items: an order has up to 1000'],
    ]
    const draft = await make(berlin, made)
    for (const [changes, message] of wrong) {
      const [status, said] = no(await berlin.post('/payable_purchase_orders', asked(made, changes)))
      expect([status, said], JSON.stringify(changes).slice(0, 200)).toEqual([400, expect.stringContaining(message)])
      if ('currency' in changes) continue
      const [again, saidAgain] = no(await berlin.patch(path(draft), changes))
      expect([again, saidAgain], JSON.stringify(changes).slice(0, 200)).toEqual([400, expect.stringContaining(message)])
    }
    for (const changes of [
      { valid_for_days: 0 },
      { items: [item({ vat_rate: 10_001 })] },
      { items: [item({ quantity: 1.5 })] },
      { message: undefined },
      { items: [{ ...item(), colour: 'red' }] },
      { counterpart_id: undefined },
      { currency: 'ZZZ' },
    ])
      expect((await berlin.post('/payable_purchase_orders', asked(made, changes), { beyond: true })).status).toBe(422)
    expect(await read(berlin, draft)).toEqual(draft)
    expect(await sql('select last from document_numbers where entity_id = $1', [berlin.entityId])).toEqual([{ last: 1 }])
  })
})

describe('numbers', () => {
  test('they follow the settings of the entity', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    const settings = `/entities/${berlin.entityId}/settings`
    const document_ids = {
      include_date: true,
      min_digits: 3,
      separator: '/',
      prefix: 'BER',
      next_number: { purchase_order: 41 },
      document_type_prefix: { purchase_order: 'ORD' },
    }
    good(await berlin.patch(settings, { document_ids }))
    const year = new Date().getUTCFullYear()
    expect((await make(berlin, made)).document_id).toBe(`ORD/BER/${year}/041`)
    expect((await make(berlin, made)).document_id).toBe(`ORD/BER/${year}/042`)
  })

  test('orders made at the same moment have numbers of their own, without a gap, and a deleted one keeps its', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        w.berlin.post('/payable_purchase_orders', asked(made, i % 5 === 4 ? { project_id: NOWHERE } : {})),
      ),
    )
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4)
    const numbers = answers.flatMap(({ body }) => body.document_id ?? []).sort()
    expect(numbers).toEqual(Array.from({ length: 16 }, (_, i) => `PO-${String(i + 1).padStart(5, '0')}`))
    good(await w.berlin.delete(path(answers.find(({ body }) => body.document_id === 'PO-00016')!.body)))
    expect((await make(w.berlin, made)).document_id).toBe('PO-00017')
    expect(good(await w.berlin.get(`/entities/${w.berlin.entityId}/settings/next_document_numbers`)).purchase_order).toBe(18)
    expect(await brokenPromises(w)).toEqual([])
    const [row] = await w.sql<{ id: string }>(`select id from payable_purchase_orders where entity_id = $1 limit 1`, [
      w.berlin.entityId,
    ])
    await expect(w.sql(`update payable_purchase_orders set document_id = 'PO-9' where id = $1`, [row!.id])).rejects.toThrow(
      'does not change',
    )
  })
})

describe('changing drafts', () => {
  test('what is sent changes, null clears, the rest stays, and unknown fields mean nothing', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    const project = good(await berlin.post('/projects', { name: 'Terrace' }))
    const order = await make(berlin, made, { entity_vat_id_id: made.vatId.id, project_id: project.id })
    expect(good(await berlin.patch(path(order), {}))).toEqual(order)
    const items = [item({ name: 'Copper' }), item({ vat_rate: 700 })]
    const changed = good(
      await berlin.patch(path(order), { items, message: '', valid_for_days: 7, currency: 'USD', status: 'issued' }),
    )
    expect(changed).toEqual({ ...order, items, message: '', valid_for_days: 7, updated_at: changed.updated_at })
    const bare = good(await berlin.patch(path(order), { entity_vat_id_id: null, project_id: null }))
    expect(bare).toMatchObject({ entity_vat_id: null, project_id: null, items })
    expect((await berlin.patch(path(order), { items: [item({ currency: 'USD' })] })).status).toBe(400)
    for (const field of ['counterpart_id', 'items', 'message', 'valid_for_days'])
      expect((await berlin.patch(path(order), { [field]: null })).status).toBe(422)
  })

  test('another vendor comes with its own address', async () => {
    const { berlin } = await world()
    const made = await ready(berlin)
    const order = await make(berlin, made)
    const beta = good(
      await berlin.post('/counterparts', {
        type: 'organization',
        organization: {
          legal_name: 'Beta',
          is_vendor: true,
          is_customer: false,
          address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
        },
      }),
    )
    const changed = good(await berlin.patch(path(order), { counterpart_id: beta.id }))
    expect(changed).toMatchObject({
      counterpart_id: beta.id,
      counterpart_address_id: beta.default_billing_address_id,
      counterpart_address: { city: 'Bonn' },
      counterpart: { organization: { legal_name: 'Beta' } },
    })
    // A draft for a vendor that is gone can still be edited.
    good(await berlin.delete(`/counterparts/${beta.id}`))
    expect(good(await berlin.patch(path(order), { message: 'M' })).counterpart.organization.legal_name).toBe('Beta')
  })

  test('what was issued neither changes nor goes', async () => {
    const w = await world()
    const order = await issued(w, await ready(w.berlin))
    expect(no(await w.berlin.patch(path(order), { message: 'M' }))).toEqual([
      409,
      `A purchase order that is issued can't be edited`,
    ])
    expect(no(await w.berlin.patch(path(order), {}))[0]).toBe(409)
    expect(no(await w.berlin.delete(path(order)))).toEqual([409, `A purchase order that is issued can't be deleted`])
    for (const change of [`message = 'M'`, `items = '[1]'`, `status = 'draft', issued_at = null`, 'deleted_at = now()'])
      await expect(w.sql(`update payable_purchase_orders set ${change} where id = $1`, [order.id])).rejects.toThrow(
        'does not change',
      )
    expect(await read(w.berlin, order)).toEqual(order)
  })

  test('a deleted draft is gone with its page', async () => {
    const w = await world()
    const order = await drawn(w, await make(w.berlin, await ready(w.berlin)))
    expect((await w.berlin.delete(path(order))).status).toBe(204)
    for (const answer of [
      w.berlin.get(path(order)),
      w.berlin.patch(path(order), {}),
      w.berlin.delete(path(order)),
      send(w.berlin, order),
    ])
      expect(no(await answer)).toEqual([404, 'Purchase order not found'])
    expect(good(await w.berlin.get('/payable_purchase_orders')).data).toEqual([])
    expect((await w.berlin.get(new URL(order.file_url).pathname)).status).toBe(404)
  })
})

describe('pages', () => {
  test('a draft says so; what was sent has its day and how long it holds; VAT is counted once a rate', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const items = [
      item(),
      item({ name: 'Oil', price: 333, quantity: 1, unit: '' }),
      item({ name: 'Book', price: 1001, quantity: 2, vat_rate: 700 }),
    ]
    const order = await drawn(w, await make(w.berlin, made, { items, entity_vat_id_id: made.vatId.id }))
    expect(order.file_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(good(await w.berlin.get(`/files/${order.file_id}`))).toMatchObject({
      id: order.file_id,
      name: 'PO-00001.pdf',
      mimetype: 'application/pdf',
    })
    const text = await pageOf(w, order.file_url)
    for (const fact of [
      'Purchase order PO-00001',
      'DRAFT',
      'Acme GmbH',
      'Torstraße 1',
      'Spreewerk GmbH',
      'VAT ID DE123456789',
      'Deliver to the yard',
      // 3 × 19.99 + 3.33 = 63.30, of it 19 % = 12.03 (by line it would be 12.02); 2 × 10.01 = 20.02, of it 7 % = 1.40.
      'Brass sheet 3 pcs 19.99 19% 59.97',
      'Subtotal 83.32',
      'VAT 19% on 63.30 12.03',
      'VAT 7% on 20.02 1.40',
      'Total €96.75',
    ])
      expect(text).toContain(fact)
    expect(text).not.toContain('Valid until')
    w.clock.set('2026-02-27T12:00:00Z')
    good(await send(w.berlin, order))
    const after = await drawn(w, order)
    expect(after).toMatchObject({ status: 'issued', issued_at: '2026-02-27' })
    const sent = await pageOf(w, after.file_url)
    for (const fact of ['Issue date 27 Feb 2026', 'Valid until 29 Mar 2026', 'Total €96.75']) expect(sent).toContain(fact)
    expect(sent).not.toContain('DRAFT')
    w.clock.set(null)
  })

  test('it is written in the language of the vendor, and money as its currency has it', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    good(await w.berlin.patch(`/counterparts/${made.customer.id}`, { organization: {}, language: 'de' }))
    const items = [item({ price: 1500, quantity: 2, currency: 'JPY', vat_rate: 0 })]
    const order = await drawn(w, await make(w.berlin, made, { currency: 'JPY', items }))
    const text = await pageOf(w, order.file_url)
    for (const fact of ['Bestellung PO-00001', 'ENTWURF', '1.500', '3.000 ¥']) expect(text).toContain(fact)
  })

  test('a change takes the page away until a new one is drawn, also one in between', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const first = await drawn(w, await make(w.berlin, made))
    expect(good(await w.berlin.patch(path(first), { message: 'Second' }))).toMatchObject({ file_id: null, file_url: null })
    const { machinery } = w
    const { render } = machinery.pdf
    machinery.pdf.render = async (...order) => {
      machinery.pdf.render = render
      const pdf = await render(...order)
      good(await w.berlin.patch(path(first), { message: 'Third' }))
      return pdf
    }
    const third = await drawn(w, first)
    expect(await pageOf(w, third.file_url)).toContain('Third')
    expect((await w.berlin.get(new URL(first.file_url).pathname)).status).toBe(404)
    expect(
      await w.sql(`select from files where entity_id = $1 and file_type = 'purchase_orders' and deleted_at is null`, [
        w.berlin.entityId,
      ]),
    ).toHaveLength(1)
  })
})

describe('mails', async () => {
  const { arrived, own } = await mailServer()

  test('an order arrives with its page, and again when it is sent again', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const { token, entityId, userId } = w.berlin
    const berlin = client({ ...(await house()), app: own.app }, token, { entityId, userId })
    await contact(berlin, made)
    const work = async (done: () => Promise<boolean>) => {
      while ((await workOnce(own.machinery.db, own.machinery.log, own.handlers, [w.partner_id])) > 0 || !(await done()))
        await new Promise((later) => setTimeout(later, 50))
    }
    const order = await make(berlin, made)
    await work(async () => (await read(berlin, order)).file_id !== null)
    const { mail_id } = good(await send(berlin, order))
    const taken = await read(berlin, order)
    expect(taken).toMatchObject({ status: 'issued', issued_at: localDate(new Date(), 'Europe/Berlin') })
    await work(async () => (await mailOf(w, mail_id)).status === 'sent')
    const again = good(await send(berlin, order))
    expect(again.mail_id).not.toBe(mail_id)
    await work(async () => (await mailOf(w, again.mail_id)).status === 'sent')
    expect(await read(berlin, order)).toMatchObject({ issued_at: taken.issued_at, updated_at: taken.updated_at })
    expect(arrived).toHaveLength(2)
    for (const { to, email } of arrived) {
      expect(to).toEqual(['grace@example.com'])
      expect(email.subject).toBe('Order PO-00001')
      for (const part of [email.html, email.text]) expect(part).toContain('Dear Acme GmbH, €71.36, good until')
      expect(email.text).not.toContain('{')
      expect(email.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
        ['PO-00001.pdf', 'application/pdf'],
      ])
      const pdf = await getDocumentProxy(new Uint8Array(email.attachments[0]!.content as ArrayBuffer))
      const { text } = await extractText(pdf, { mergePages: true })
      expect(text).toContain('Valid until')
      expect(text).not.toContain('DRAFT')
    }
  })

  test('a mail goes to the contact, else to the vendor itself; without an address nothing happens', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const recipients = async (order: Body) =>
      (await mailOf(w, good(await send(w.berlin, order)).mail_id)).recipients.map(({ email }: Body) => email)
    const [one, two, three] = [await make(w.berlin, made), await make(w.berlin, made), await make(w.berlin, made)]
    await w.work()
    expect(await recipients(one)).toEqual(['acme@example.com'])
    const person = await contact(w.berlin, made)
    expect(await recipients(two)).toEqual(['grace@example.com'])
    good(await w.berlin.patch(`/counterparts/${made.customer.id}`, { organization: { email: null } }))
    good(await w.berlin.patch(`/counterparts/${made.customer.id}/contacts/${person.id}`, { email: null }))
    const before = await read(w.berlin, three)
    expect(no(await send(w.berlin, three))).toEqual([400, 'The counterpart has no email address that the order could be sent to'])
    expect(await read(w.berlin, three)).toEqual(before)
    expect(await w.sql('select from mails where object_id = $1', [three.id])).toEqual([])
  })

  test('nothing is sent without its page', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const order = await make(w.berlin, made)
    const refusal = [409, 'The PDF of the purchase order is still being made: try again in a moment']
    expect(no(await send(w.berlin, order))).toEqual(refusal)
    await w.work()
    good(await w.berlin.patch(path(order), { message: 'M' }))
    expect(no(await send(w.berlin, order))).toEqual(refusal)
    expect((await read(w.berlin, order)).status).toBe('draft')
    await w.work()
    good(await send(w.berlin, order))
  })

  test('whoever sends at the same moment is told to wait: the order is issued once', async () => {
    const w = await world()
    const order = await drawn(w, await make(w.berlin, await ready(w.berlin)))
    const answers = await Promise.all([send(w.berlin, order), send(w.berlin, order)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const events = await w.sql(`select from events where object_id = $1 and event = 'issued'`, [order.id])
    expect(events).toHaveLength(1)
    expect(await w.sql('select from mails where object_id = $1', [order.id])).toHaveLength(1)
  })

  test('a partner may send its mails without pages', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    good(await w.partner.patch('/settings', { mail: { attach_documents_as_pdf: false } }))
    const order = await make(w.berlin, made)
    await w.work()
    const { mail_id } = good(await send(w.berlin, order))
    expect((await mailOf(w, mail_id)).attachments).toEqual([])
    expect(await w.sql(`select from jobs where key = $1`, [`mail:${mail_id}`])).toHaveLength(1)
  })

  test('a preview fills every variable in, and changes nothing', async () => {
    const w = await world()
    w.clock.set('2026-02-27T12:00:00Z')
    const made = await ready(w.berlin)
    const order = await make(w.berlin, made)
    const { data } = good(await w.berlin.get('/payable_purchase_orders/variables'))
    expect(data.map(({ object_subtype }: Body) => object_subtype)).toEqual(['purchase_order'])
    const names = data[0].variables.map(({ name }: Body) => name)
    expect(names).toEqual(['counterpart_name', 'entity_name', 'document_number', 'total_amount', 'valid_until', 'message'])
    const body_text = names.map((name: string) => `{${name}}`).join('; ')
    const answer = await w.berlin.post(path(order, 'preview'), { subject_text: 'For { counterpart_name } {nobody}', body_text })
    expect(answer.status).toBe(201)
    expect(answer.body.subject_preview).toBe('For Acme GmbH')
    expect(answer.body.body_preview).toContain('Acme GmbH; Spreewerk GmbH; PO-00001; €71.36; 29 Mar 2026; Deliver to the yard')
    expect(await read(w.berlin, order)).toEqual(order)
    expect(await w.sql('select from mails where object_id = $1', [order.id])).toEqual([])
    const ours = good(await w.berlin.post(path(order, 'preview'), { subject_text: '', body_text: '' }))
    expect(ours.subject_preview).toBe('Purchase order PO-00001 from Spreewerk GmbH')
    expect(ours.body_preview).toContain('Our purchase order is attached')
    good(await w.berlin.patch(`/counterparts/${made.customer.id}`, { organization: {}, language: 'de' }))
    good(await w.berlin.patch(path(order), { message: 'M' }))
    const german = good(await w.berlin.post(path(order, 'preview'), words))
    expect(german.body_preview).toContain('71,36\u00a0€, good until 29.03.2026')
    const evil = good(await w.berlin.patch(path(order), { message: '<script>alert(1)</script>' }))
    const { body_preview } = good(await w.berlin.post(path(evil, 'preview'), { subject_text: 'S', body_text: '{message}' }))
    expect(body_preview).not.toContain('<script')
    w.clock.set(null)
  })
})

test('orders are filtered, sorted and paged', async () => {
  const w = await world()
  const { berlin } = w
  const made = await ready(berlin)
  const project = good(await berlin.post('/projects', { name: 'Terrace' }))
  const beta = good(
    await berlin.post('/counterparts', {
      type: 'organization',
      organization: {
        legal_name: 'Beta',
        is_vendor: true,
        is_customer: false,
        email: 'beta@example.com',
        address: { country: 'DE', city: 'Bonn', postal_code: '53111', line1: 'Markt 1' },
      },
    }),
  )
  const one = await make(berlin, made, { project_id: project.id })
  const two = await make(berlin, { customer: beta }, { currency: 'USD', items: [item({ currency: 'USD' })] })
  const three = await make(w.partnerIn(berlin.entityId!), made)
  await w.work()
  good(await send(berlin, two))
  const names = new Map([one, two, three].map(({ id }, i) => [id, i + 1]))
  const found = async (query: string) =>
    good(await berlin.get(`/payable_purchase_orders?${query}`)).data.map(({ id }: Body) => names.get(id))
  const today = `${(await read(berlin, two)).issued_at}T00:00:00Z`
  const later = `${(await read(berlin, two)).issued_at}T00:00:01Z`
  const expected: Record<string, number[]> = {
    '': [1, 2, 3],
    'order=desc': [3, 2, 1],
    'sort=updated_at': [1, 3, 2],
    'status=draft': [1, 3],
    'status=issued': [2],
    'document_id=PO-00002': [2],
    'document_id=po-00002': [],
    'document_id__in=PO-00001&document_id__in=PO-00003': [1, 3],
    [`created_by=${berlin.userId}`]: [1, 2],
    [`counterpart_id=${beta.id}`]: [2],
    [`counterpart_id=${NOWHERE}`]: [],
    [`counterpart_id__in=${beta.id}&counterpart_id__in=${made.customer.id}`]: [1, 2, 3],
    'counterpart.name=Beta': [2],
    'counterpart.name=Acme%20GmbH': [1, 3],
    'currency=USD': [2],
    'currency__in=USD&currency__in=GBP': [2],
    [`project_id=${project.id}`]: [1],
    [`issued_at__gte=${today}`]: [2],
    [`issued_at__lte=${today}`]: [2],
    [`issued_at__lt=${today}`]: [],
    [`issued_at__gt=${today}`]: [],
    [`issued_at__lt=${later}`]: [2],
    [`created_at__gt=${encodeURIComponent(one.created_at)}`]: [2, 3],
    [`created_at__lte=${encodeURIComponent(two.created_at)}`]: [1, 2],
    [`updated_at__gt=${encodeURIComponent(three.updated_at)}`]: [2],
    [`updated_at__lt=${encodeURIComponent(three.updated_at)}`]: [1],
  }
  for (const [query, orders] of Object.entries(expected)) expect(await found(query), query).toEqual(orders)
  const first = good(await berlin.get('/payable_purchase_orders?limit=2&sort=updated_at&order=desc'))
  const rest = good(await berlin.get(`/payable_purchase_orders?pagination_token=${first.next_pagination_token}`))
  expect([...first.data, ...rest.data].map(({ id }: Body) => names.get(id))).toEqual([2, 3, 1])
  for (const query of ['sort=document_id', 'status=sent', 'issued_at__gt=soon', 'limit=101'])
    expect((await berlin.get(`/payable_purchase_orders?${query}`, { beyond: true })).status, query).toBe(422)
})

test('each action needs its permission; previews and mails are changes', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const order = await drawn(w, await make(w.berlin, made))
  const reader = await w.newUser(w.berlin.entityId!, permissions({ 'payables_purchase_order:read': 'allowed' }, 'not_allowed'))
  expect(await read(reader, order)).toEqual(order)
  expect((await reader.get('/payable_purchase_orders/variables')).status).toBe(200)
  const refused = {
    create: [reader.post('/payable_purchase_orders', asked(made))],
    update: [reader.patch(path(order), {}), send(reader, order), reader.post(path(order, 'preview'), words)],
    delete: [reader.delete(path(order))],
  }
  for (const [action, answers] of Object.entries(refused))
    for (const answer of answers)
      expect(no(await answer)).toEqual([403, `Action ${action} for payables_purchase_order not allowed`])
  const limited = await w.newUser(w.berlin.entityId!, permissions({ 'counterpart:read': 'allowed' }, 'allowed_for_own'))
  const own = good(await limited.post('/payable_purchase_orders', asked(made)))
  expect(good(await limited.get('/payable_purchase_orders')).data.map(({ id }: Body) => id)).toEqual([own.id])
  for (const answer of [
    limited.get(path(order)),
    limited.patch(path(order), {}),
    limited.delete(path(order)),
    send(limited, order),
    limited.post(path(order, 'preview'), words),
  ])
    expect((await answer).status).toBe(403)
  await w.work()
  expect((await send(limited, own)).status).toBe(200)
  expect(await read(w.berlin, order)).toEqual(order)
})

test('webhooks tell of orders', async () => {
  const w = await world()
  good(
    await w.partner.post('/webhook_subscriptions', { object_type: 'payables_purchase_order', url: 'https://example.com/orders' }),
  )
  const made = await ready(w.berlin)
  const [one, two] = [await make(w.berlin, made), await make(w.berlin, made)]
  good(await w.berlin.patch(path(one), { message: 'M' }))
  await w.work()
  good(await send(w.berlin, one))
  await w.work()
  good(await send(w.berlin, one))
  good(await w.berlin.delete(path(two)))
  const heard = await w.sql<{ event: string }>(
    `select object_type || '.' || event as event from events where object_id = any ($1) and subscribed order by created_at, id`,
    [[one.id, two.id]],
  )
  const expected = ['created', 'created', 'updated', 'issued', 'deleted'].map((event) => `payables_purchase_order.${event}`)
  expect(heard.map(({ event }) => event)).toEqual(expected)
  expect(await brokenPromises(w)).toEqual([])
})

describe('bills', () => {
  test('a bill names an order of the entity, in whatever status', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const sent = await issued(w, made)
    const draft = await make(w.berlin, made)
    const theirs = await make(w.paris, await ready(w.paris))
    const bill = good(await w.berlin.post('/payables', { purchase_order_id: sent.id }))
    expect(bill.purchase_order_id).toBe(sent.id)
    const patched = good(await w.berlin.patch(`/payables/${bill.id}`, { purchase_order_id: draft.id }))
    expect(patched.purchase_order_id).toBe(draft.id)
    expect(good(await w.berlin.get(`/payables?purchase_order_id=${draft.id}`)).data).toHaveLength(1)
    expect(good(await w.berlin.patch(`/payables/${bill.id}`, { purchase_order_id: null })).purchase_order_id).toBeNull()
    good(await w.berlin.delete(path(draft)))
    for (const purchase_order_id of [draft.id, theirs.id, NOWHERE]) {
      const refusal = [400, `purchase_order_id: there is none with the id ${purchase_order_id}`]
      expect(no(await w.berlin.post('/payables', { purchase_order_id }))).toEqual(refusal)
      expect(no(await w.berlin.patch(`/payables/${bill.id}`, { purchase_order_id }))).toEqual(refusal)
    }
  })

  test('the order of a bill is found by the number on it: one that was sent, of that vendor, if the entity wants that', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const find = (number: string, counterpart: string | null = null) =>
      asEntity(w.machinery.db, { partnerId: w.partner_id, entityId: w.berlin.entityId!, userId: null }, (ctx) =>
        findOrderByNumber(ctx, number, counterpart),
      )
    const order = await issued(w, made)
    const draft = await make(w.berlin, made)
    expect(await find('PO-00001')).toBe(order.id)
    expect(await find(' po-00001 ', made.customer.id)).toBe(order.id)
    expect(await find('PO-00001', NOWHERE)).toBeNull()
    expect(await find(draft.document_id)).toBeNull()
    expect(await find('PO-0000')).toBeNull()
    expect(await find('')).toBeNull()
    await w.sql(
      `insert into payable_purchase_orders (partner_id, entity_id, status, document_id, number, counterpart_id, counterpart, entity, currency, items, message, valid_for_days, issued_at)
       select partner_id, entity_id, status, lower(document_id), 77, counterpart_id, counterpart, entity, currency, items, message, valid_for_days, issued_at
       from payable_purchase_orders where id = $1`,
      [order.id],
    )
    expect(await find('PO-00001')).toBeNull()
    const third = await issued(w, made)
    expect(await find(third.document_id)).toBe(third.id)
    good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { allow_purchase_order_autolinking: false }))
    expect(await find(third.document_id)).toBeNull()
  })
})
