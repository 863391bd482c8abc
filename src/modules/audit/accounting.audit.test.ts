import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownHouse } from '../../../test/concurrency/own-house.ts'
import { ledgerConnection } from '../../../test/isolation/accounting.ts'
import { invoiceBody, type Owner } from '../../../test/isolation/resources.ts'
import { completeBill } from '../../../test/support/billing.ts'
import { workOnce } from '../../platform/jobs/jobs.ts'
import { audit } from './audit.ts'

/** The books of accounting are spoiled past every wall: each time the question about it has to say so, and name the row. */

let house: Awaited<ReturnType<typeof ownHouse>>
let owner: Owner
let invoice: string

beforeAll(async () => {
  house = await ownHouse()
  owner = await house.owner()
  await ledgerConnection(house.app, owner)
  const { body } = await owner.user.post('/receivables', await invoiceBody(owner, 'booked'))
  invoice = body.id
  expect((await owner.user.post(`/receivables/${invoice}/issue`)).status).toBe(200)
  const { machinery, handlers } = house
  const work = async () => {
    while ((await workOnce(machinery.db, machinery.log, handlers)) > 0);
  }
  await work()
  // A bill that was agreed to, taken back, and agreed to again: three entries.
  const bill = await agreedBill(owner.user)
  await work()
  expect((await owner.user.post(`/payables/${bill}/reopen`)).status).toBe(200)
  await work()
  expect((await owner.user.post(`/payables/${bill}/approve_payment_operation`)).status).toBe(200)
  await work()
  await house.sql(`set session_replication_role = replica`)
})
afterAll(() => house.close())

async function agreedBill(user: Owner['user']): Promise<string> {
  const address = { country: 'DE', city: 'Kiel', postal_code: '24103', line1: 'Hafen 1' }
  const organization = { legal_name: 'Papierhaus Nord GmbH', is_vendor: true, is_customer: false, address }
  const { body: vendor } = await user.post('/counterparts', { type: 'organization', organization })
  const { id } = await completeBill(user, { counterpart_id: vendor.id })
  expect((await user.post(`/payables/${id}/approve_payment_operation`)).status).toBe(200)
  return id
}

const found = async (question: RegExp) => {
  const matching = (await audit(house.machinery.db)).filter((finding) => question.test(finding.question))
  expect(matching).toHaveLength(1)
  return JSON.stringify(matching[0]!.rows)
}

test('books that nobody touched are in order', async () => {
  expect(await house.sql(`select id from books_entries`)).toHaveLength(4)
  expect(await house.findings()).toEqual([])
})

test.each<[name: string, question: RegExp, spoil: string, mend: string]>([
  [
    'a cent more on one side',
    /^Debit is credit/,
    `update books_lines set amount = amount + 1 where place = 1`,
    `update books_lines set amount = amount - 1 where place = 1`,
  ],
  [
    'a customer who owes less by the books than by the invoice',
    /^Customers owe/,
    `update books_lines set currency_amount = currency_amount - 1 where party_id is not null`,
    `update books_lines set currency_amount = currency_amount + 1 where party_id is not null`,
  ],
  [
    'an invoice that was booked and is gone',
    /^Customers owe/,
    `update books_entries set document_id = gen_random_uuid() where kind = 'invoice'`,
    `update books_entries set document_id = object_id where kind = 'invoice'`,
  ],
  [
    'a vendor who is owed more by the books than by the bill',
    /^Vendors are owed/,
    `update books_lines set currency_amount = currency_amount - 1 where party_id is not null and amount < 0`,
    `update books_lines set currency_amount = currency_amount + 1 where party_id is not null and amount < 0`,
  ],
  [
    'a bill that was booked and is gone',
    /^Vendors are owed/,
    `update books_entries set document_id = gen_random_uuid() where kind = 'bill'`,
    `update books_entries set document_id = object_id where kind = 'bill'`,
  ],
  [
    'a reversal of something else than what was booked',
    /^A reversal is the opposite/,
    `update books_lines l set amount = amount + 7 from books_entries e where e.id = l.entry_id and e.reverses is not null and l.place = 0`,
    `update books_lines l set amount = amount - 7 from books_entries e where e.id = l.entry_id and e.reverses is not null and l.place = 0`,
  ],
  [
    'an invoice that is in step with nothing',
    /^What is in step with a ledger/,
    `update accounting_synced_records set platform_object_id = null where object_type = 'receivable'`,
    `update accounting_synced_records set platform_object_id = object_id::text where object_type = 'receivable'`,
  ],
  [
    'two invoices that became one in the ledger',
    /^What is in step with a ledger/,
    `insert into accounting_synced_records (partner_id, entity_id, object_type, object_id, adapter, fingerprint, sync_status, platform_object_id)
     select partner_id, entity_id, object_type, gen_random_uuid(), adapter, 'twin', 'done', platform_object_id from accounting_synced_records where object_type = 'receivable'`,
    `delete from accounting_synced_records where fingerprint = 'twin'`,
  ],
  [
    'an entry that was taken out',
    /^The entries of the books are numbered/,
    `update books set last_entry = last_entry + 1`,
    `update books set last_entry = last_entry - 1`,
  ],
  [
    'an invoice that was booked twice',
    /^Nothing stands in the books twice/,
    `insert into books_entries (partner_id, entity_id, number, day, kind, object_type, object_id, version, document_id, text, currency, rate, fingerprint)
     select partner_id, entity_id, 99, day, kind, object_type, object_id, 99, document_id, text, currency, rate, '' from books_entries where number = 1`,
    `delete from books_entries where number = 99`,
  ],
])('%s is noticed', async (_name, question, spoil, mend) => {
  expect(await found(question)).toBe('[]')
  await house.sql(spoil)
  expect(await found(question)).not.toBe('[]')
  await house.sql(mend)
  expect(await found(question)).toBe('[]')
})
