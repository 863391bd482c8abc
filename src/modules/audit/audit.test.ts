import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownHouse } from '../../../test/concurrency/own-house.ts'
import {
  invoiceBody,
  make,
  microDeposit,
  type Owner,
  onboardingLinkBody,
  paymentLinkBody,
} from '../../../test/isolation/resources.ts'
import { completeBill } from '../../../test/support/billing.ts'
import { uploadCard } from '../../../test/support/onboarding.ts'
import { audit } from './audit.ts'
import { differences } from './recompute.ts'

/** Books are spoiled past every wall, one way after the other: each time the question about it has to say so, and name the row. */

let house: Awaited<ReturnType<typeof ownHouse>>
let owner: Owner
let other: Owner

beforeAll(async () => {
  house = await ownHouse()
  owner = await house.owner()
  other = await house.owner()
  // As the owner of the tables: no trigger fires, no row security, no foreign key.
  await house.sql(`set session_replication_role = replica`)
  // Nor does any check stand in the way.
  for (const { table, name } of await house.sql<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, conname as name from pg_constraint where contype = 'c' and conrelid in ('receivables'::regclass, 'payables'::regclass, 'payment_records'::regclass)`,
  ))
    await house.sql(`alter table ${table} drop constraint "${name}"`)
})
afterAll(() => house.close())

async function invoice({ issue = true } = {}): Promise<string> {
  const { body } = await owner.user.post('/receivables', await invoiceBody(owner, 'audited'))
  if (issue) expect((await owner.user.post(`/receivables/${body.id}/issue`)).status).toBe(200)
  return body.id
}

const found = async (question: RegExp) => {
  const matching = (await audit(house.machinery.db)).filter((finding) => question.test(finding.question))
  expect(matching).toHaveLength(1)
  return JSON.stringify(matching[0]!.rows)
}

test('books that nobody touched are in order: drafted, issued, paid in part and in full, canceled, written off, deleted', async () => {
  const [part, full, canceled, lost] = [await invoice(), await invoice(), await invoice(), await invoice()]
  const draft = await invoice({ issue: false })
  await owner.user.post(`/receivables/${part}/mark_as_partially_paid`, { amount_paid: 100 })
  await owner.user.post(`/receivables/${full}/mark_as_partially_paid`, { amount_paid: 100 })
  await owner.user.post(`/receivables/${full}/mark_as_paid`, {})
  await owner.user.post(`/receivables/${canceled}/cancel`)
  await owner.user.post(`/receivables/${lost}/mark_as_uncollectible`, {})
  await owner.user.delete(`/receivables/${draft}`)
  expect((await audit(house.machinery.db)).filter(({ rows }) => rows.length > 0)).toEqual([])
})

test.each<[name: string, question: RegExp, sql: string]>([
  [
    'a payment without its invoice knowing',
    /^Payments and credits/,
    `insert into payment_records (partner_id, entity_id, object_type, object_id, amount, currency, paid_at, old_status, new_status) select partner_id, entity_id, 'receivable', id, 1, currency, now(), status, status from receivables where id = $1`,
  ],
  ['an amount due that nobody owes', /^Payments and credits/, `update receivables set amount_due = amount_due - 1 where id = $1`],
  [
    'a payment in another currency',
    /^A payment record belongs/,
    `insert into payment_records (partner_id, entity_id, object_type, object_id, amount, currency, paid_at, old_status, new_status) select partner_id, entity_id, 'receivable', id, 0, 'USD', now(), status, status from receivables where id = $1`,
  ],
  ['a number nobody gave out', /^No number was given/, `update receivables set number = 999999 where id = $1 returning number`],
  [
    'one document number on two documents',
    /never carry the same document number/,
    `update receivables set numbered_twice = true, document_id = (select min(document_id) from receivables x where x.frozen and x.entity_id = receivables.entity_id and x.type = 'invoice') where id = $1 returning document_id`,
  ],
  [
    'a date before that of an earlier number',
    /^A document with a higher number/,
    `update receivables set issued_on = issued_on - 3 where id = $1 returning number`,
  ],
  [
    'a frozen document without its hash',
    /^What was issued has a number/,
    `update receivables set content_hash = null where id = $1`,
  ],
  [
    'a status without a history',
    /^The moves recorded in the events of a document/,
    `update receivables set status = 'overdue' where id = $1`,
  ],
  [
    'a move that no invoice may make',
    /^Every recorded move is/,
    `insert into events (partner_id, entity_id, object_type, object_id, event, data, subscribed) select partner_id, entity_id, 'receivable', id, 'overdue', '{"old_status":"canceled","new_status":"issued"}', false from receivables where id = $1`,
  ],
  [
    'a second issue',
    /^A document becomes issued/,
    `insert into events (partner_id, entity_id, object_type, object_id, event, subscribed) select partner_id, entity_id, 'receivable', id, 'issued', false from receivables where id = $1`,
  ],
  [
    'another text on an issued document',
    /^A frozen document still says/,
    `update receivables set content = replace(content::text, 'audited', 'altered')::json where id = $1`,
  ],
  [
    'another total on an issued document',
    /^Every figure of every document/,
    `update receivables set total_amount = total_amount + 1 where id = $1`,
  ],
  [
    'a line that does not add up',
    /^Every figure of every document/,
    `update receivables set content = replace(content::text, '"quantity":2', '"quantity":3')::json where id = $1`,
  ],
  [
    'a line that figures count otherwise than the document says',
    /^Every figure of every document/,
    `update receivables set line_amounts = array[line_amounts[1] + 1] || line_amounts[2:] where id = $1`,
  ],
  [
    'a line that figures leave out',
    /^Every figure of every document/,
    `update receivables set line_products = '{}', line_amounts = '{}', line_quantities = '{}' where id = $1`,
  ],
  [
    'a link that was rewritten',
    /^The chain of an entity/,
    `update document_chain set content_hash = sha256('other') where receivable_id = $1`,
  ],
  [
    'a link that was taken out of the middle',
    /^The chain of an entity/,
    `delete from document_chain c where c.position = 1 and c.entity_id = (select entity_id from receivables where id = $1)
     returning (select position from document_chain n where n.entity_id = c.entity_id and n.position = 2) as number`,
  ],
  [
    'a document rewritten together with its fingerprint',
    /^The last link of every issued document/,
    `update receivables set content = replace(content::text, 'audited', 'altered')::json, content_hash = sha256('altered') where id = $1`,
  ],
  [
    'an object that was never made',
    /^Every object has the event/,
    `delete from events where object_id = $1 and event = 'created'`,
  ],
  ['a customer that never was', /^What a row names/, `update receivables set counterpart_id = gen_random_uuid() where id = $1`],
])('the audit notices %s', async (_name, question, spoil) => {
  const id = await invoice()
  const [row] = await house.sql<{ number?: string; document_id?: string }>(spoil, [id])
  const rows = await found(question)
  expect(rows).toContain(
    row?.document_id ?? (row?.number ? `"${/chain/.test(question.source) ? 'position' : 'number'}":${row.number}` : id),
  )
})

test.each<[name: string, question: RegExp, sql: string]>([
  ['what is paid without a record', /^The payments of a bill/, `update payables set amount_paid = amount_paid + 1 where id = $1`],
  [
    'a payment the bill knows nothing of',
    /^The payments of a bill/,
    `insert into payment_records (partner_id, entity_id, object_type, object_id, amount, currency, paid_at, old_status, new_status, history) select partner_id, entity_id, 'payable', id, 1, currency, now(), status, status, '[{"status":"succeeded"}]' from payables where id = $1`,
  ],
  ['what nobody credited', /^What is credited of a bill/, `update payables set amount_credited = 1 where id = $1`],
  ['a bill that is paid since never', /^A bill is paid since/, `update payables set status = 'paid' where id = $1`],
  ['a bill partly paid by nothing', /^A bill is paid since/, `update payables set status = 'partially_paid' where id = $1`],
  [
    'a bill whose status nothing led to',
    /^The moves recorded in the events of a bill/,
    `update payables set status = 'rejected' where id = $1`,
  ],
  [
    'a step that no bill may take',
    /^Every recorded move of a bill/,
    `insert into events (partner_id, entity_id, object_type, object_id, event, data, subscribed) select partner_id, entity_id, 'payable', id, 'paid', '{"old_status":"canceled","new_status":"paid"}', false from payables where id = $1`,
  ],
  ['a vendor that never was', /^The lines of a bill/, `update payables set counterpart_id = gen_random_uuid() where id = $1`],
  [
    'a bill whose sums its lines do not make',
    /^The sums of a bill/,
    `update payables set total_amount = total_amount + 1 where id = $1`,
  ],
])('the audit notices %s', async (_name, question, spoil) => {
  const { id } = await completeBill(owner.user)
  expect(await found(question)).not.toContain(id)
  await house.sql(spoil, [id])
  expect(await found(question)).toContain(id)
})

describe('of payments', () => {
  /** An invoice with an open link: what is spoiled is the payment, or what is named. */
  async function payment(): Promise<Record<'id' | 'payment_intent_id', string>> {
    const { body } = await owner.user.post('/payment_links', await paymentLinkBody(owner, 'audited'))
    return body
  }
  test.each<[name: string, question: RegExp, sql: string]>([
    [
      'a payment that succeeded without a record',
      /^A payment that succeeded/,
      `update payment_intents set status = 'succeeded' where id = $1`,
    ],
    [
      'a link that asks for more than is due',
      /^The payment links of a document/,
      `update payment_intents set amount = amount + 100000000 where id = $1 returning object_id as id`,
    ],
    [
      'an open link whose payment is done',
      /^A link is open/,
      `update payment_intents set status = 'settled' where id = $1 returning (select id from payment_links l where l.payment_intent_id = payment_intents.id)`,
    ],
    [
      'a payment without a beginning',
      /^The history of a payment begins/,
      `delete from payment_intent_history where payment_intent_id = $1`,
    ],
  ])('the audit notices %s', async (_name, question, spoil) => {
    const { payment_intent_id } = await payment()
    expect(await found(question)).not.toContain(payment_intent_id)
    const [row] = await house.sql<{ id?: string }>(spoil, [payment_intent_id])
    expect(await found(question)).toContain(row?.id ?? payment_intent_id)
  })

  test('the audit notices an event that nobody books, and a batch that comes to something else', async () => {
    const { payment_intent_id } = await payment()
    const [event] = await house.sql<{ id: string }>(
      `insert into payment_events (partner_id, entity_id, provider, event_id, type, reference, payment_intent_id, payload)
       select partner_id, entity_id, 'sandbox', 'lost', 'succeeded', 'x', id, '{}' from payment_intents where id = $1 returning id`,
      [payment_intent_id],
    )
    expect(await found(/^What a provider reported/)).toContain(event!.id)
    const [batch] = await house.sql<{ id: string }>(
      `insert into batch_payments (partner_id, entity_id, payment_method, payer_bank_account_id, total_amount)
       select partner_id, entity_id, 'us_ach', id, 5 from entity_bank_accounts where entity_id = $1 limit 1 returning id`,
      [owner.entityId],
    )
    expect(await found(/^A batch comes to/)).toContain(batch!.id)
  })
})

test('the audit notices a file for the bank that comes to something else than its payments, in its words or in ours', async () => {
  const { payment_file_id: id } = await make(owner, '/x/payment_files/:payment_file_id', 'file')
  const question = /^A file for the bank comes to/
  expect(await found(question)).not.toContain(id)
  await house.sql(
    `update payment_files set content = regexp_replace(content, '<CtrlSum>[0-9.]+', '<CtrlSum>0.01') where id = $1`,
    [id],
  )
  expect(await found(question)).toContain(id)
  const control = `9000001000001${'0'.repeat(8)}${'1'.repeat(10)}${'0'.repeat(12)}`
  await house.sql(
    `update payment_files set format = 'nacha_ccd', content = E'101 \n' || $2 || lpad(total_amount::text, 12, '0') || repeat(' ', 39) where id = $1`,
    [id, control],
  )
  expect(await found(question)).not.toContain(id)
  await house.sql(`update payment_files set total_amount = total_amount + 1 where id = $1`, [id])
  expect(await found(question)).toContain(id)
})

test('the audit notices a record whose history ends elsewhere, or that is in another currency than its bill', async () => {
  const { id } = await completeBill(owner.user)
  await owner.user.post(`/payables/${id}/mark_as_paid`)
  expect(await found(/^The history of a payment record/)).not.toContain(id)
  const [record] = await house.sql<{ id: string }>(
    `update payment_records set status = 'canceled' where object_id = $1 returning id`,
    [id],
  )
  expect(await found(/^The history of a payment record/)).toContain(record!.id)
  await house.sql(`update payment_records set status = 'succeeded', currency = 'USD' where object_id = $1`, [id])
  expect(await found(/^A payment record belongs/)).toContain(record!.id)
})

test('the audit notices bank transactions whose records are not what moved', async () => {
  const resources = await make(owner, '/x/bank_transactions/:bank_transaction_id', 'bank')
  const id = resources.bank_transaction_id!
  const { id: bill } = await completeBill(owner.user)
  await owner.user.post(`/payables/${bill}/mark_as_paid`)
  const [record] = await house.sql<{ id: string }>(`select id from payment_records where object_id = $1`, [bill])
  const booked = /^What a bank transaction booked/
  const set = (records: readonly string[]) =>
    house.sql(`update bank_transactions set payment_record_ids = $2, status = 'accepted' where id = $1`, [id, records])
  expect(await found(booked)).not.toContain(id)
  // A bill that is paid takes no money in.
  await set([record!.id])
  expect(await found(booked)).toContain(id)
  await set([id])
  expect(await found(booked)).toContain(id)
  await set([record!.id, record!.id])
  expect(await found(/^No payment record is booked by two/)).toContain(record!.id)
})

test('the audit notices owners of more than the whole, an open document, a code too many, and amounts that prove nothing', async () => {
  const { user, partner, entityId } = owner
  const grace = { first_name: 'Grace', last_name: 'Hopper', email: 'grace@example.com' }
  const { body: person } = await user.post('/persons', { ...grace, relationship: { owner: true, percent_ownership: 60 } })
  await user.post('/persons', { ...grace, relationship: { owner: true, percent_ownership: 40 } })
  const file = await uploadCard(user)
  await user.post('/onboarding_documents', { verification_document_front: file })
  const deposit = await microDeposit(owner, [], 'audited')
  const { body: link } = await partner.post('/onboarding_links', onboardingLinkBody())
  await house.app.inject({ method: 'POST', url: `/internal/onboarding_links/${link.id}/request_otp`, payload: {} })
  for (const [spoil, id, question, back] of [
    [
      `update persons set percent_ownership = 61 where id = $1`,
      person.id,
      /no more than the whole/,
      `update persons set percent_ownership = 60 where id = $1`,
    ],
    [`update files set sealed = false where id = $1`, file, /lies sealed/, `update files set sealed = true where id = $1`],
    [
      `update onboarding_codes set tries = 6 where link_id = $1`,
      link.id,
      /five guesses/,
      `update onboarding_codes set tries = 0 where link_id = $1`,
    ],
    [
      `update micro_deposits set status = 'verified' where id = $1`,
      deposit.id,
      /small amounts/,
      `update micro_deposits set status = 'sent' where id = $1`,
    ],
  ] as const) {
    expect(await found(question)).toBe('[]')
    await house.sql(spoil, [id])
    expect(await found(question)).toContain(entityId)
    await house.sql(back, [id])
  }
})

test('the audit notices a gap, unless the entity asked for it', async () => {
  const gap = /run from 1 to its counter/
  const { entityId, partner } = other
  await house.sql(
    `insert into document_numbers (partner_id, entity_id, series, last) select partner_id, id, 'quote', 3 from entities where id = $1`,
    [entityId],
  )
  expect(await found(gap)).toContain(entityId)
  await partner.patch(`/entities/${entityId}/settings`, { document_ids: { next_number: { quote: 10 } } })
  expect(await found(gap)).not.toContain(entityId)
})

test('the audit notices events nobody delivered, deliveries nobody tries, and work nobody does', async () => {
  const { body: hook } = await owner.partner.post('/webhook_subscriptions', {
    object_type: 'tag',
    url: 'https://example.com/hook',
  })
  const { body: tag } = await owner.user.post('/tags', { name: 'Heard' })
  expect(await found(/^Every event that was heard/)).toBe('[]')
  await house.sql(`update jobs set dead = true where kind = 'webhooks.fan_out' returning id`)
  expect(await found(/^No job was given up/)).toContain('webhooks.fan_out')
  await house.sql(`delete from jobs where kind = 'webhooks.fan_out'`)
  expect(await found(/^Every event that was heard/)).toContain(hook.id)
  await house.sql(
    `insert into webhook_deliveries (partner_id, entity_id, event_id, webhook_subscription_id, object_type, event, url)
     select partner_id, entity_id, id, $2, object_type, event, 'x' from events where object_id = $1`,
    [tag.id, hook.id],
  )
  expect(await found(/^Every event that was heard/)).toBe('[]')
  expect(await found(/^A delivery that nobody tried/)).not.toBe('[]')
})

test('the audit notices a table that is open, a reference without its entity, and a row of another partner', async () => {
  const sealed = /^Every table with rows/
  await house.sql(`alter table tags no force row level security`)
  expect(await found(sealed)).toContain('"table":"tags"')
  await house.sql(`alter table tags force row level security`)
  await house.sql(`create policy loophole on products to quittance_app using (true)`)
  expect(await found(sealed)).toContain('loophole')
  await house.sql(
    `create unique index loose on counterparts (id); alter table products add column loose_id uuid references counterparts (id)`,
  )
  expect(await found(/^Every foreign key between/)).toContain('loose_id')
  await house.sql(`update tags set partner_id = gen_random_uuid() where entity_id = $1`, [owner.entityId])
  expect(await found(/^The rows of an entity belong/)).toContain(owner.entityId)
})

test('totals that the core refuses are told, not thrown', () => {
  const document = {
    entity_id: 'e',
    id: 'i',
    subtotal: 1,
    discounted_subtotal: 1,
    subtotal_after_vat: 1,
    total_vat_amount: 0,
    total_withholding_tax: 0,
    total_deduction_amount: 0,
    total_amount: 1,
    line_products: null,
    line_amounts: null,
    line_quantities: null,
  }
  const rate = { id: null, name: null, value: 0, components: null }
  const line = {
    quantity: -1,
    discount: null,
    total_before_vat: 1,
    total_after_vat: 1,
    product: { price: { value: 1 }, price_after_vat: { value: 1 }, vat_rate: rate },
  }
  const content = {
    line_items: [line],
    total_vat_amounts: [],
    vat_mode: 'exclusive',
    vat_inclusive_discount_mode: null,
    discount: null,
    withholding_tax_rate: null,
    deductions: [],
  }
  expect(differences({ ...document, content: JSON.stringify(content) })).toHaveProperty('refused')
})
