import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { brokenPromises, draft, good, no, type Ready, read, ready, runSchedule } from '../../../test/support/invoicing.ts'
import { type Body, type Client, client, house, world } from '../../../test/support/world.ts'
import { quoteFlow } from './invoice.flow.ts'

async function start() {
  const w = await world()
  const made = await ready(w.berlin)
  return { w, berlin: w.berlin, made }
}

const asQuote = { type: 'quote', payment_terms_id: undefined, payment_terms: undefined }
const quote = (who: Client, made: Ready, changes: object = {}) => draft(who, made, { ...asQuote, ...changes })

async function offered(who: Client, made: Ready, changes: object = {}): Promise<Body> {
  const { id } = await quote(who, made, changes)
  return good(await who.post(`/receivables/${id}/issue`))
}

const picture = async () =>
  (
    await sharp({ create: { width: 60, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
  ).toString('base64')
const signature = async () => ({ email: 'grace@example.com', full_name: 'Grace Hopper', signature_image: await picture() })
const invoicesOf = async (who: Client, id: string) => good(await who.get(`/receivables?based_on=${id}`)).data
const history = async (who: Client, id: string) =>
  good(await who.get(`/receivables/${id}/history`)).data.map(({ event_type, event_data }: Body) => [event_type, event_data])

describe('an accepted quote', () => {
  test('leaves a draft invoice that says the same, for whoever made the quote', async () => {
    const { w, berlin, made } = await start()
    const { body: tag } = await berlin.post('/tags', { name: 'Big' })
    const { id, ...q } = await offered(berlin, made, {
      memo: 'As discussed',
      discount: { type: 'percentage', amount: 500 },
      deduction_amount: 100,
      deduction_memo: 'Voucher',
      tag_ids: [tag.id],
      partner_metadata: { order: 7 },
      payment_terms_id: undefined,
    })
    const colleague = await w.newUser(berlin.entityId!)
    expect(good(await colleague.post(`/receivables/${id}/accept`))).toEqual({ success: true })
    expect(await read(berlin, id)).toMatchObject({ status: 'accepted', total_amount: q.total_amount })
    const [invoice, ...more] = await invoicesOf(berlin, id)
    expect(more).toEqual([])
    expect(invoice).toMatchObject({
      type: 'invoice',
      status: 'draft',
      document_id: null,
      based_on: id,
      based_on_document_id: q.document_id,
      entity_user_id: berlin.userId,
      memo: 'As discussed',
      total_amount: q.total_amount,
      deduction_amount: 100,
      discount: q.discount,
      tags: [{ id: tag.id }],
      partner_metadata: { order: 7 },
      payment_terms: null,
    })
    expect(invoice.line_items).toEqual(q.line_items)
    // It is the maker's document, made by whoever accepted.
    const { data: life } = good(await berlin.get(`/receivables/${invoice.id}/history`))
    expect(life).toMatchObject([{ event_type: 'receivable_created', entity_user_id: colleague.userId }])
    expect(await history(berlin, id)).toEqual([
      ['receivable_created', {}],
      ['status_changed', { old_status: 'draft', new_status: 'issued' }],
      ['status_changed', { old_status: 'issued', new_status: 'accepted' }],
      ['based_on_receivable_created', { receivable_id: invoice.id, type: 'invoice' }],
    ])
    good(await berlin.patch(`/receivables/${invoice.id}`, { invoice: { payment_terms_id: made.terms.id } }))
    expect(good(await berlin.post(`/receivables/${invoice.id}/issue`))).toMatchObject({
      status: 'issued',
      document_id: 'INV-00001',
    })
  })

  test('makes its invoice from its own copies when products and customers are gone', async () => {
    const { berlin, made } = await start()
    const { id, total_amount } = await offered(berlin, made)
    await berlin.delete(`/products/${made.product.id}`)
    await berlin.delete(`/counterparts/${made.customer.id}`)
    good(await berlin.post(`/receivables/${id}/accept`))
    expect(await invoicesOf(berlin, id)).toMatchObject([{ total_amount, counterpart_name: 'Acme GmbH' }])
  })

  test('that has to be signed keeps the signature, and shows it on the page', async () => {
    const { w, berlin, made } = await start()
    const document_rendering = { quote: { display_signature: true } }
    const { id } = await offered(berlin, made, { signature_required: true, document_rendering })
    expect(no(await berlin.post(`/receivables/${id}/accept`))).toEqual([409, 'Signature is required'])
    for (const signature_image of ['x'.repeat(40), Buffer.from('GIF89a'.padEnd(40)).toString('base64')]) {
      const answer = await berlin.post(`/receivables/${id}/accept`, { signature: { ...(await signature()), signature_image } })
      expect(no(answer)[0]).toBe(422)
    }
    expect((await read(berlin, id)).status).toBe('issued')
    good(await berlin.post(`/receivables/${id}/accept`, { signature: await signature() }))
    const [kept] = await w.sql<{ signature: Body }>('select signature from receivables where id = $1', [id])
    expect(kept!.signature).toMatchObject({ email: 'grace@example.com', full_name: 'Grace Hopper' })
    const { body: files } = await berlin.get('/files?file_type=receivable_signatures')
    expect(files.data).toMatchObject([{ id: kept!.signature.file_id, mimetype: 'image/png' }])
  })

  test('is final, and a second answer changes nothing', async () => {
    const { berlin, made } = await start()
    const { id } = await offered(berlin, made)
    good(await berlin.post(`/receivables/${id}/accept`))
    for (const action of ['accept', 'decline', 'issue'])
      expect(no(await berlin.post(`/receivables/${id}/${action}`))[0]).toBe(409)
    expect(no(await berlin.delete(`/receivables/${id}`))[0]).toBe(409)
    expect(no(await berlin.patch(`/receivables/${id}`, { quote: { memo: 'x' } }))[0]).toBe(409)
    expect(await invoicesOf(berlin, id)).toHaveLength(1)
  })
})

test('an invoice is neither accepted nor declined', async () => {
  const { berlin, made } = await start()
  const { id } = await draft(berlin, made)
  for (const answer of ['accept', 'decline'])
    expect(no(await berlin.post(`/receivables/${id}/${answer}`, {}))).toEqual([
      409,
      'This is an invoice; only quotes are accepted or declined',
    ])
})

test('a declined quote keeps the reason', async () => {
  const { berlin, made } = await start()
  const { id } = await offered(berlin, made)
  good(await berlin.post(`/receivables/${id}/decline`, { comment: 'Too dear' }))
  expect(await read(berlin, id)).toMatchObject({ status: 'declined', comment: 'Too dear' })
  expect(await invoicesOf(berlin, id)).toEqual([])
})

test('a quote is good through its last day, expires the day after, and is dead before the schedule has looked', async () => {
  const { w, berlin, made } = await start()
  w.clock.set('2031-03-10T12:00:00Z')
  const fresh = async () =>
    client(await house(), await w.tokenFor(berlin.userId!), { entityId: berlin.entityId, userId: berlin.userId })
  const then = await fresh()
  const [good_, late, swept] = [
    await offered(then, made, { expiry_date: '2031-03-10' }),
    await offered(then, made, { expiry_date: '2031-03-10' }),
    await offered(then, made, { expiry_date: '2031-03-10' }),
  ]
  const forEver = await offered(then, made, { expiry_date: undefined })
  w.clock.set('2031-03-10T22:59:59Z')
  await runSchedule(w, 'receivables.expired')
  good(await (await fresh()).post(`/receivables/${good_.id}/accept`))
  w.clock.set('2031-03-10T23:00:00Z')
  const next = await fresh()
  for (const action of ['accept', 'decline'])
    expect(no(await next.post(`/receivables/${late.id}/${action}`))).toEqual([409, 'The quote was good until 2031-03-10'])
  await runSchedule(w, 'receivables.expired')
  expect((await read(next, swept.id)).status).toBe('expired')
  expect((await read(next, forEver.id)).status).toBe('issued')
  expect(no(await next.post(`/receivables/${swept.id}/accept`))[0]).toBe(409)
  const { id } = good(await next.post(`/receivables/${swept.id}/clone`))
  expect(await read(next, id)).toMatchObject({ status: 'draft', expiry_date: null, document_id: null })
})

describe('an invoice based on a quote', () => {
  test('by hand makes the quote accepted, and takes other tags when they are named', async () => {
    const { berlin, made } = await start()
    const { body: tag } = await berlin.post('/tags', { name: 'By hand' })
    const { id } = await offered(berlin, made)
    const invoice = good(await berlin.post('/receivables', { type: 'invoice', based_on: id, tag_ids: [tag.id] }))
    expect(invoice).toMatchObject({ type: 'invoice', status: 'draft', based_on: id, tags: [{ id: tag.id }] })
    expect((await read(berlin, id)).status).toBe('accepted')
    expect(good(await berlin.post('/receivables', { type: 'invoice', based_on: id })).tags).toEqual([])
  })

  test('needs a quote that the customer has', async () => {
    const { berlin, made } = await start()
    const { id: ofDraft } = await quote(berlin, made)
    const declined = await offered(berlin, made)
    await berlin.post(`/receivables/${declined.id}/decline`)
    const { id: invoice } = await draft(berlin, made)
    for (const based_on of [ofDraft, declined.id, invoice])
      expect(no(await berlin.post('/receivables', { type: 'invoice', based_on }))[0]).toBe(409)
    const nowhere = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
    expect(no(await berlin.post('/receivables', { type: 'invoice', based_on: nowhere }))).toEqual([
      404,
      `There is no receivable by provided id: ${nowhere}`,
    ])
  })
})

test.each(['draft', 'issued', 'accepted', 'declined', 'expired'] as const)(
  'a quote that is %s goes where its table says',
  async (status) => {
    const { w, berlin, made } = await start()
    const inStatus = async () => {
      const { id } = await (status === 'draft' ? quote : offered)(
        berlin,
        made,
        status === 'expired' ? { expiry_date: '2020-01-01' } : {},
      )
      if (status === 'accepted') good(await berlin.post(`/receivables/${id}/accept`))
      if (status === 'declined') good(await berlin.post(`/receivables/${id}/decline`))
      if (status === 'expired') await runSchedule(w, 'receivables.expired')
      return id
    }
    const actions = {
      accept: (id: string) => berlin.post(`/receivables/${id}/accept`),
      decline: (id: string) => berlin.post(`/receivables/${id}/decline`),
      edit: (id: string) => berlin.patch(`/receivables/${id}`, { quote: { memo: 'x' } }),
      delete: (id: string) => berlin.delete(`/receivables/${id}`),
    }
    for (const [action, act] of Object.entries(actions)) {
      const id = await inStatus()
      const { status: answer } = await act(id)
      const allowed = quoteFlow.can(status, action as 'accept')
      expect([action, answer < 300]).toEqual([action, allowed])
      if (!allowed) expect([answer, (await read(berlin, id)).status]).toEqual([409, status])
      else if (action !== 'delete') expect((await read(berlin, id)).status).toBe(quoteFlow.next(status, action as 'accept'))
    }
    const id = await inStatus()
    for (const action of ['cancel', 'mark_as_paid', 'mark_as_uncollectible'])
      expect((await berlin.post(`/receivables/${id}/${action}`)).status).toBe(409)
  },
)

test('of an acceptance in the last moment and the expiry that comes with the next, one wins, with one history', async () => {
  const { w, berlin, made } = await start()
  w.clock.set('2031-03-10T12:00:00Z')
  const who = client(await house(), await w.tokenFor(berlin.userId!), { entityId: berlin.entityId, userId: berlin.userId })
  const ids: string[] = []
  for (let i = 0; i < 12; i++) ids.push((await offered(who, made, { expiry_date: '2031-03-10' })).id)
  w.clock.set('2031-03-10T22:59:59.990Z')
  const last = client(await house(), await w.tokenFor(berlin.userId!), { entityId: berlin.entityId, userId: berlin.userId })
  const answers = ids.map((id, i) => last.post(`/receivables/${id}/${i % 3 === 0 ? 'decline' : 'accept'}`))
  await new Promise((begun) => setTimeout(begun, 5))
  w.clock.set('2031-03-10T23:00:00Z')
  await Promise.all([runSchedule(w, 'receivables.expired'), runSchedule(w, 'receivables.expired'), ...answers])
  for (const [i, id] of ids.entries()) {
    const { status: answer } = await answers[i]!
    const won = i % 3 === 0 ? 'declined' : 'accepted'
    const end = answer === 200 ? won : 'expired'
    expect([answer, (await read(last, id)).status]).toEqual([answer === 200 ? 200 : 409, end])
    expect(await invoicesOf(last, id)).toHaveLength(end === 'accepted' ? 1 : 0)
    const moves = (await history(last, id)).flatMap(([type, data]: Body) => (type === 'status_changed' ? [data.new_status] : []))
    expect(moves).toEqual(['issued', end])
  }
  expect(await brokenPromises(w)).toEqual([])
})

test('of several answers at once one wins', async () => {
  const { w, berlin, made } = await start()
  for (let i = 0; i < 5; i++) {
    const { id } = await offered(berlin, made)
    const answers = await Promise.all(
      ['accept', 'accept', 'decline', 'accept'].map((action) => berlin.post(`/receivables/${id}/${action}`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    const { status } = await read(berlin, id)
    expect(await invoicesOf(berlin, id)).toHaveLength(status === 'accepted' ? 1 : 0)
  }
  expect(await brokenPromises(w)).toEqual([])
})
