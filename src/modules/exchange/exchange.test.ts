import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeAccessPoint } from '../../../test/support/access-point.ts'
import { brokenPromises, draft, good, no, type Ready, ready, runSchedule } from '../../../test/support/invoicing.ts'
import { ownApp } from '../../../test/support/own-app.ts'
import { type Body, type Client, type World, world } from '../../../test/support/world.ts'
import { seal } from '../../adapters/einvoicing/envelope.ts'
import { workOnce } from '../../platform/jobs/jobs.ts'
import { sign } from '../../platform/webhooks/signature.ts'
import { type EinvoiceNetwork, NetworkRefusal } from '../../ports/einvoicing.ts'
import { einvoicingJobs, einvoicingSchedule } from './einvoicing.jobs.ts'

/** Two entities of one server send each other e-invoices through the network of this installation. */

let count = 0
/** A VAT ID that nobody else has: participants are registered once, whatever entity they are of. */
const number = () => `DE${String(Date.now() % 1e6).padStart(6, '0')}${String(++count % 1000).padStart(3, '0')}`
const address = { address_line1: 'Sonnenallee 1', city: 'Berlin', postal_code: '12045', country: 'DE' }
const contact = { name: 'Grace Hopper', phone: '+49 30 123456', email: 'grace@spreewerk.example' }

interface Two {
  readonly w: World
  readonly made: Ready
  readonly numbers: { readonly sender: string; readonly receiver: string }
  readonly invoice: object
}
/** Berlin sells to Paris, and both are in the network. Paris is in Germany here: the network serves three countries. */
async function two(more: object = {}): Promise<Two> {
  const w = await world()
  const made = await ready(w.berlin)
  const numbers = { sender: number(), receiver: number() }
  good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { seller_contact: contact }))
  const join = async (who: Client, value: string) => {
    const vat = good(await who.post(`/entities/${who.entityId}/vat_ids`, { country: 'DE', value }))
    return good(await who.post('/einvoicing_connections', { address, entity_vat_id_id: vat.id }))
  }
  await join(w.berlin, numbers.sender)
  await join(w.paris, numbers.receiver)
  const customer = `/counterparts/${made.customer.id}`
  const vat = good(await w.berlin.post(`${customer}/vat_ids`, { country: 'DE', value: numbers.receiver }))
  good(await w.berlin.post(`${customer}/einvoicing_credentials`, { counterpart_vat_id_id: vat.id }))
  await w.work()
  const invoice = { ...made.invoice, is_einvoice: true, counterpart_vat_id_id: vat.id, buyer_reference: 'Buying', ...more }
  return { w, made: { ...made, invoice }, numbers, invoice }
}
const collect = (w: World) => runSchedule(w, 'einvoicing.collect')
const read = async (who: Client, id: string): Promise<Body> => good(await who.get(`/receivables/${id}`))
const bills = async (who: Client): Promise<Body[]> => good(await who.get('/payables')).data
const handOver = async ({ w, made }: Two, changes: object = {}): Promise<Body> => {
  const { id } = await draft(w.berlin, made, changes)
  return good(await w.berlin.post(`/receivables/${id}/issue`))
}

test('an e-invoice is issued when the network takes it, and is a bill with equal totals at its receiver', {
  timeout: 120_000,
}, async () => {
  const t = await two({ discount: { type: 'percentage', amount: 500 } })
  const { w } = t
  const issuing = await handOver(t)
  expect(issuing).toMatchObject({ status: 'issuing', issue_date: null, document_id: 'INV-00001', einvoice_file_url: null })
  expect(issuing.network_credentials).toMatchObject({ network_schema: 'DE:VAT', network_identifier: t.numbers.sender })
  await w.work()
  const issued = await read(w.berlin, issuing.id)
  expect(issued).toMatchObject({ status: 'issued', document_id: 'INV-00001', einvoice_error_comment: null })
  expect(issued.einvoice_file_url).toMatch(/^http/)
  expect(issued.due_date).toBe(issuing.due_date)
  await collect(w)
  await w.work()
  const [bill, ...more] = await bills(w.paris)
  expect(more).toEqual([])
  expect(bill).toMatchObject({
    payable_origin: 'einvoicing',
    source_of_payable_data: 'einvoicing',
    ocr_status: 'success',
    document_id: 'INV-00001',
    currency: 'EUR',
    subtotal: issued.discounted_subtotal,
    tax_amount: issued.total_vat_amount,
    total_amount: issued.total_amount,
    due_date: issued.due_date,
    issued_at: new Date(issued.issue_date).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }),
  })
  expect(bill!.file.mimetype).toBe('application/xml')
  // The page travels inside: as it is issued, not as a draft.
  const link = issued.einvoice_file_url.slice(issued.einvoice_file_url.lastIndexOf('/') + 1)
  const [file] = await w.sql<{ storage_key: string }>(`select storage_key from files where link_key = $1`, [link])
  const xml = (await w.machinery.storage.get(file!.storage_key)).toString()
  const [, inside] =
    /<cbc:EmbeddedDocumentBinaryObject mimeCode="application\/pdf" filename="INV-00001.pdf">([^<]+)</.exec(xml) ?? []
  const { extractText, getDocumentProxy } = await import('unpdf')
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(Buffer.from(inside ?? '', 'base64'))))
  expect(text.join(' ')).toContain('INV-00001')
  expect(text.join(' ')).not.toMatch(/DRAFT|ENTWURF/)
  expect(await bills(w.berlin)).toEqual([])
  const history = good(await w.berlin.get(`/receivables/${issuing.id}/history`)).data
  const moves = history
    .filter((one: Body) => one.event_type === 'status_changed')
    .map(({ event_data }: Body) => [event_data.old_status, event_data.new_status])
  expect(moves).toEqual([
    ['draft', 'issuing'],
    ['issuing', 'issued'],
  ])
  expect(await brokenPromises(w)).toEqual([])
})

test('told and delivered again and again, it is one bill', async () => {
  const t = await two()
  const { w, numbers } = t
  await handOver(t)
  await w.work()
  await collect(w)
  const folder = join(w.machinery.config.data_dir, 'einvoices')
  const sent = readdirSync(join(folder, 'done')).find((name) => {
    if (!name.endsWith('.xml')) return false
    return readFileSync(join(folder, 'done', name), 'utf8').includes(numbers.receiver.toLowerCase())
  })
  for (const name of ['again.xml', 'and-again.xml'])
    writeFileSync(join(folder, 'in', name), readFileSync(join(folder, 'done', sent!)))
  await Promise.all([collect(w), collect(w)])
  expect(await bills(w.paris)).toHaveLength(1)
  await collect(w)
  expect(readdirSync(join(folder, 'in')).filter((name) => name.includes('again'))).toEqual([])
})

test('a credit note follows its invoice, and is a credit note of the vendor over there', async () => {
  const t = await two()
  const { w } = t
  const { id } = await handOver(t)
  await w.work()
  const note = good(await w.berlin.post('/receivables', { type: 'credit_note', based_on: id }))
  expect(note.is_einvoice).toBe(true)
  const issued = good(await w.berlin.post(`/receivables/${note.id}/issue`))
  expect(issued.status).toBe('issued')
  await w.work()
  expect((await read(w.berlin, note.id)).einvoice_file_url).toMatch(/^http/)
  expect((await read(w.berlin, id)).status).toBe('canceled')
  await collect(w)
  await w.work()
  const notes = good(await w.paris.get('/payable_credit_notes')).data
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatchObject({
    origin: 'einvoicing',
    document_id: issued.document_id,
    total_amount: issued.total_amount,
    based_on_document_id: 'INV-00001',
  })
  expect(await bills(w.paris)).toHaveLength(1)
  expect(await brokenPromises(w)).toEqual([])
})

test('what a receiver would refuse is refused before a number is used, with the field that mends it', async () => {
  const t = await two()
  const { w, made } = t
  good(await w.berlin.patch(`/entities/${w.berlin.entityId}/settings`, { seller_contact: null }))
  const { id } = await draft(w.berlin, made)
  const [status, message] = no(await w.berlin.post(`/receivables/${id}/issue`))
  expect(status).toBe(409)
  expect(message).toContain('DE-R-005: Whom the buyer may ask has no name (settings.seller_contact.name)')
  expect(await read(w.berlin, id)).toMatchObject({ status: 'draft', document_id: null })
  const { body } = await w.berlin.get(`/entities/${w.berlin.entityId}/settings/next_document_numbers`)
  expect(body.invoice).toBe(1)
})

test('without a number of its own, or of its customer, nothing goes to the network', async () => {
  const w = await world()
  const made = await ready(w.berlin)
  const e = { is_einvoice: true }
  const { id } = await draft(w.berlin, made, e)
  expect(no(await w.berlin.post(`/receivables/${id}/issue`))[1]).toContain('The entity has no e-invoicing connection')
  const vat = good(await w.berlin.post(`/entities/${w.berlin.entityId}/vat_ids`, { country: 'DE', value: number() }))
  good(await w.berlin.post('/einvoicing_connections', { address, entity_vat_id_id: vat.id }))
  expect(no(await w.berlin.post(`/receivables/${id}/issue`))[1]).toBe(
    'The counterpart has no number in the network: name counterpart_einvoicing_credentials_id',
  )
  const theirs = `/counterparts/${made.customer.id}/einvoicing_credentials`
  const credential = good(await w.berlin.post(theirs, { network_schema: 'DE:VAT', network_identifier: number() }))
  const named = { invoice: { counterpart_einvoicing_credentials_id: credential.id } }
  expect(good(await w.berlin.patch(`/receivables/${id}`, named)).counterpart_einvoicing_credentials).toEqual(credential)
  const unknown = crypto.randomUUID()
  for (const field of ['network_credentials_id', 'counterpart_einvoicing_credentials_id'])
    expect(no(await w.berlin.patch(`/receivables/${id}`, { invoice: { [field]: unknown } }))[0]).toBe(404)
})

test('an invoice that nobody takes fails with a reason, keeps its number, and goes again once that is mended', async () => {
  const t = await two()
  const { w, made } = t
  good(await w.paris.delete(`/einvoicing_connections/${good(await w.paris.get('/einvoicing_connections')).data[0].id}`))
  await w.work()
  w.clock.advance(-3 * 86_400_000)
  const reserved = w.clock.now().toISOString().slice(0, 10)
  const { id } = await handOver(t)
  await w.work()
  const failed = await read(w.berlin, id)
  expect(failed).toMatchObject({ status: 'failed', document_id: 'INV-00001', issue_date: null, einvoice_file_url: null })
  expect(failed.einvoice_error_comment).toContain('Nobody takes e-invoices under')
  expect(await brokenPromises(w)).toEqual([])
  const next = await draft(w.berlin, made, { is_einvoice: false })
  expect(good(await w.berlin.post(`/receivables/${next.id}/issue`)).document_id).toBe('INV-00002')
  const changed = good(await w.berlin.patch(`/receivables/${id}`, { invoice: { is_einvoice: false, memo: 'By post' } }))
  expect([changed.status, changed.document_id]).toEqual(['failed', 'INV-00001'])
  w.clock.set(null)
  const issued = good(await w.berlin.post(`/receivables/${id}/issue`))
  expect([issued.status, issued.document_id]).toEqual(['issued', 'INV-00001'])
  // The day goes with the number: a later number has no earlier day.
  expect(issued.issue_date.slice(0, 10)).toBe(reserved)
  await w.work()
  expect(await brokenPromises(w)).toEqual([])
})

test('a failed invoice can be deleted, and its number is given to no other', async () => {
  const t = await two()
  const { w, made } = t
  const { id } = await handOver(t)
  await w.sql(`update receivables set status = 'failed' where id = $1`, [id])
  await w.sql(`update einvoice_messages set status = 'rejected' where receivable_id = $1`, [id])
  expect((await w.berlin.delete(`/receivables/${id}`)).status).toBe(204)
  const next = await draft(w.berlin, made, { is_einvoice: false })
  expect(good(await w.berlin.post(`/receivables/${next.id}/issue`)).document_id).toBe('INV-00002')
})

test('while it is being issued nothing can be done to it', async () => {
  const t = await two()
  const { w } = t
  const { id } = await handOver(t)
  const tries = await Promise.all([
    w.berlin.post(`/receivables/${id}/issue`),
    w.berlin.patch(`/receivables/${id}`, { invoice: { memo: 'x' } }),
    w.berlin.delete(`/receivables/${id}`),
    w.berlin.post(`/receivables/${id}/mark_as_paid`),
    w.berlin.post(`/receivables/${id}/cancel`),
    w.berlin.post(`/receivables/${id}/send`, { subject_text: 'a', body_text: 'b' }),
  ])
  expect(tries.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409, 409])
  await w.work()
  expect((await read(w.berlin, id)).status).toBe('issued')
})

test('a draft that is an e-invoice is not mailed before the network took it; afterwards it is', async () => {
  const t = await two()
  const { w, made } = t
  const { id } = await draft(w.berlin, made)
  const letter = { subject_text: 'a', body_text: 'b', recipients: { to: ['a@b.example'] } }
  expect(no(await w.berlin.post(`/receivables/${id}/send`, letter))[1]).toContain('goes through the network')
  good(await w.berlin.post(`/receivables/${id}/issue`))
  await w.work()
  expect((await w.berlin.post(`/receivables/${id}/send`, letter)).status).toBe(200)
})

// The fault dial

type Dial = Partial<Pick<EinvoiceNetwork, 'send' | 'register' | 'news'>>
const withNetwork = (w: World, dial: (real: EinvoiceNetwork) => Dial) => ({
  ...w.machinery,
  network: { ...w.machinery.network, ...dial(w.machinery.network) },
})
async function attempt(w: World, machinery: World['machinery']): Promise<void> {
  const handlers = { ...w.handlers, ...einvoicingJobs(machinery) }
  while ((await workOnce(machinery.db, machinery.log, handlers, [w.partner_id])) > 0);
}

test('a network that can not be reached is asked three times more within half an hour; then the invoice fails', async () => {
  const t = await two()
  const { w } = t
  let asked = 0
  const dead = withNetwork(w, () => ({
    send: async () => {
      asked++
      throw new Error('connection refused')
    },
  }))
  // Tokens live half an hour.
  w.clock.advance(-40 * 60_000)
  const { id } = await handOver(t)
  for (const minutes of [5, 10, 15]) {
    await attempt(w, dead)
    expect((await read(w.berlin, id)).status).toBe('issuing')
    w.clock.advance(minutes * 60_000)
  }
  await attempt(w, dead)
  expect(asked).toBe(4)
  expect(await read(w.berlin, id)).toMatchObject({
    status: 'failed',
    einvoice_error_comment: 'The network for e-invoices could not be reached: connection refused',
  })
  w.clock.set(null)
})

test('a network that breaks off after it took the document has it once', async () => {
  const t = await two()
  const { w } = t
  let broken = true
  const flaky = withNetwork(w, (real) => ({
    send: async (document, key) => {
      const sent = await real.send(document, key)
      if (broken) throw new Error('time-out')
      return sent
    },
  }))
  const { id } = await handOver(t)
  await attempt(w, flaky)
  broken = false
  w.clock.advance(6 * 60_000)
  await attempt(w, flaky)
  expect((await read(w.berlin, id)).status).toBe('issued')
  await collect(w)
  expect(await bills(w.paris)).toHaveLength(1)
  w.clock.set(null)
})

/** A network whose receipts come later. */
const slow = (real: EinvoiceNetwork): Dial => ({
  send: async (document, key) => ({ ...(await real.send(document, key)), delivered: false }),
})
const messageOf = async (w: World, id: string) =>
  (
    await w.sql<{ message_id: string }>(
      `select message_id from einvoice_messages where receivable_id = $1 order by created_at desc`,
      [id],
    )
  )[0]!.message_id
const tellOf = (w: World, message_id: string, reason: string | null) => {
  const folder = join(w.machinery.config.data_dir, 'einvoices', 'out')
  writeFileSync(join(folder, `${message_id}.${reason === null ? 'ok' : 'err'}`), reason ?? '')
}

test('until there is a receipt the invoice is being issued; receipts in any number issue it once', async () => {
  const t = await two()
  const { w } = t
  const { id } = await handOver(t)
  await attempt(w, withNetwork(w, slow))
  expect((await read(w.berlin, id)).status).toBe('issuing')
  const message = await messageOf(w, id)
  for (let i = 0; i < 3; i++) {
    tellOf(w, message, null)
    await collect(w)
  }
  expect((await read(w.berlin, id)).status).toBe('issued')
  const history = good(await w.berlin.get(`/receivables/${id}/history`)).data
  expect(history.filter((one: Body) => one.event_data?.new_status === 'issued')).toHaveLength(1)
  expect(await brokenPromises(w)).toEqual([])
})

test('a report against an invoice that was issued is only told; one against an invoice that waits fails it', async () => {
  const t = await two()
  const { w } = t
  const late = await handOver(t)
  await w.work()
  const before = await read(w.berlin, late.id)
  tellOf(w, await messageOf(w, late.id), 'The receiver is closed')
  await collect(w)
  const after = await read(w.berlin, late.id)
  expect(after).toMatchObject({ status: 'issued', einvoice_error_comment: 'The receiver is closed' })
  expect({
    ...after,
    einvoice_error_comment: null,
    updated_at: null,
    file: null,
    file_url: null,
    original_file_url: null,
  }).toEqual({
    ...before,
    updated_at: null,
    file: null,
    file_url: null,
    original_file_url: null,
  })
  const early = await handOver(t)
  await attempt(w, withNetwork(w, slow))
  const message = await messageOf(w, early.id)
  tellOf(w, message, 'BR-CO-15 is broken')
  await collect(w)
  expect(await read(w.berlin, early.id)).toMatchObject({ status: 'failed', einvoice_error_comment: 'BR-CO-15 is broken' })
  // A receipt that comes after the refusal changes nothing any more.
  tellOf(w, message, null)
  await collect(w)
  expect((await read(w.berlin, early.id)).status).toBe('failed')
  expect(await brokenPromises(w)).toEqual([])
})

test('a refused participant leaves its connection failed', async () => {
  const w = await world()
  const vat = good(await w.berlin.post(`/entities/${w.berlin.entityId}/vat_ids`, { country: 'DE', value: number() }))
  const { id } = good(await w.berlin.post('/einvoicing_connections', { address, entity_vat_id_id: vat.id }))
  const refusing = withNetwork(w, () => ({
    register: async () => {
      throw new NetworkRefusal('registered with another access point')
    },
  }))
  await attempt(w, refusing)
  expect(good(await w.berlin.get(`/einvoicing_connections/${id}`)).status).toBe('failed')
})

test('documents for nobody, and what is not a bill, are refused and put aside, and nothing is kept of them', async () => {
  const t = await two()
  const { w, numbers } = t
  const folder = join(w.machinery.config.data_dir, 'einvoices')
  const from = { scheme: '9930', identifier: numbers.sender }
  const put = (name: string, to: string, xml: string) =>
    writeFileSync(
      join(folder, 'in', name),
      seal(
        { from, to: { scheme: '9930', identifier: to }, type: 'invoice', country: 'DE', xml },
        `message-${name}-${to}`,
        new Date(),
      ),
    )
  const one = `${numbers.receiver}-nobody.xml`
  const two_ = `${numbers.receiver}-no-bill.xml`
  put(one, 'DE000000000', '<Invoice/>')
  put(two_, numbers.receiver, '<hello><world>1</world></hello>')
  await collect(w)
  const reason = (name: string) => readFileSync(join(folder, 'done', `${name}.err`), 'utf8')
  expect(reason(one)).toContain('Nobody takes e-invoices under 9930:DE000000000 here')
  expect(reason(two_)).toContain('The XML is a document of another kind')
  expect(await bills(w.paris)).toEqual([])
})

// An access point

const secret = 'a-secret-of-the-access-point'
/** The same two behind an access point that brings what it gets to the hook of this server. */
async function behindAccessPoint(t: Two) {
  const held: { own?: Awaited<ReturnType<typeof ownApp>> } = {}
  const hand = (payload: Buffer | string, headers: Record<string, string> = {}) =>
    held.own!.app.inject({
      method: 'POST',
      url: '/inbound/einvoices',
      payload,
      headers: { 'content-type': 'application/xml', ...headers },
    })
  const bearer = { authorization: `Bearer ${secret}` }
  const fake = await fakeAccessPoint(async (envelope) => void (await hand(envelope, bearer)))
  for (const one of Object.values(t.numbers)) fake.join('9930', one)
  const own = await ownApp({
    einvoice_network: 'access_point',
    einvoice_access_point_url: fake.url,
    einvoice_access_point_token: 'the token',
    einvoice_in_secret: secret,
    rate_limit: 0,
  })
  held.own = own
  const machinery = { ...t.w.machinery, network: own.machinery.network }
  return { own, fake, hand, bearer, machinery, look: einvoicingSchedule(machinery).work }
}

test('an e-invoice goes out through an access point, comes in by its hook, and may be refused later', async () => {
  const t = await two()
  const { w } = t
  const { own, fake, machinery, look } = await behindAccessPoint(t)
  try {
    const { id } = await handOver(t)
    fake.strike('/api/outbound/submit-sbd', 'drops after the effect')
    await attempt(w, machinery)
    expect((await read(w.berlin, id)).status).toBe('issuing')
    w.clock.advance(6 * 60_000)
    await attempt(w, machinery)
    expect((await read(w.berlin, id)).status).toBe('issued')
    for (const transaction of fake.transactions.values()) transaction.mlsStatus = 'received_re'
    await look()
    await w.work()
    expect(await bills(w.paris)).toMatchObject([{ payable_origin: 'einvoicing', document_id: 'INV-00001' }])
    expect(fake.reports).toMatchObject([{ responseCode: 'AP' }])
    expect(await read(w.berlin, id)).toMatchObject({
      status: 'issued',
      einvoice_error_comment: 'The receiver refused the document',
    })
  } finally {
    await own.close()
    w.clock.set(null)
  }
})

test('the hook takes documents from whoever bears the secret or signs with it, for whoever is here', async () => {
  const t = await two()
  const { own, hand, bearer } = await behindAccessPoint(t)
  try {
    const envelope = (identifier: string) =>
      seal(
        {
          from: { scheme: '9930', identifier: 'DE111111111' },
          to: { scheme: '9930', identifier },
          type: 'invoice',
          country: 'DE',
          xml: '<Invoice/>',
        },
        'a-message',
        new Date(),
      )
    const good = envelope(t.numbers.receiver)
    const now_s = Math.floor(own.machinery.db.clock.now().getTime() / 1000)
    const status = async (...asked: Parameters<typeof hand>) => (await hand(...asked)).statusCode
    expect(await status(good, bearer)).toBe(202)
    expect(await status(good, { 'x-signature': sign(secret, good, now_s) })).toBe(202)
    expect(await status(good)).toBe(401)
    expect(await status(good, { authorization: 'Bearer another-secret-of-it' })).toBe(401)
    expect(await status(good, { 'x-signature': sign('another-secret-of-it', good, now_s) })).toBe(401)
    expect(await status(good, { 'x-signature': sign(secret, good, now_s - 400) })).toBe(401)
    expect(await status(good, { 'x-signature': sign(secret, `${good} `, now_s) })).toBe(401)
    expect(await status('{}', { ...bearer, 'content-type': 'application/json' })).toBe(400)
    const refused = await hand(envelope('DE000000000'), bearer)
    expect([refused.statusCode, refused.body]).toEqual([
      422,
      expect.stringContaining('Nobody takes e-invoices under 9930:DE000000000'),
    ])
    expect(await status('<Invoice/>', bearer)).toBe(422)
    expect(await status(Buffer.alloc(31 * 1024 * 1024), bearer)).toBe(413)
  } finally {
    await own.close()
  }
})

test('there is no hook where no secret is set', async () => {
  const w = await world()
  const { statusCode } = await w.app.inject({
    method: 'POST',
    url: '/inbound/einvoices',
    payload: '<x/>',
    headers: { 'content-type': 'application/xml' },
  })
  expect(statusCode).toBe(404)
})
