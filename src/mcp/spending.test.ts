import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, assistants } from '../../test/support/assistant.ts'
import { addItem, newBill } from '../../test/support/billing.ts'
import { good, issued, ready } from '../../test/support/invoicing.ts'
import { type Client as Caller, house, permissions, type World, world } from '../../test/support/world.ts'
import { limitsOf } from './spending.ts'

/** What assistants may pay and approve in a day, what they may read beside tools, and which day it is for them: by the official client. */

let own: Awaited<ReturnType<typeof assistants>>
beforeAll(async () => {
  // The files of the house are its files.
  const { data_dir } = (await house()).machinery.config
  own = await assistants({ data_dir, mcp_allow: 'approve,pay', mcp_spending_limit: 'EUR 100', payments_sandbox: 'on' })
})
afterAll(() => own.close())

const as = (caller: Caller) => own.as(caller)
const pay = (client: Client, payable_id: string) =>
  ask(client, 'call_operation', { id: 'post_payables_id_mark_as_paid', path: { payable_id }, body: {} })
const spent = (w: World) => w.sql<{ caller: string; amount: number }>(`select caller, amount::int from assistant_spending`)

/** A bill of 40 euros that may be paid. */
async function payable(who: Caller): Promise<string> {
  const { id } = await newBill(who)
  await addItem(who, id, { quantity: 1, unit_price: 4_000, tax: 0 })
  good(await who.post(`/payables/${id}/approve_payment_operation`))
  return id
}

test('limits are read in whole units, and none is no limit', () => {
  expect(limitsOf('')).toBeNull()
  expect([...limitsOf('EUR 5000, JPY 200,KWD 3')!]).toEqual([
    ['EUR', 500_000],
    ['JPY', 200],
    ['KWD', 3_000],
  ])
})

describe('the limit', () => {
  test('ends what a user may have paid in a day, says so, and is each user’s own', async () => {
    const w = await world()
    const client = await as(w.berlin)
    const ids = [await payable(w.berlin), await payable(w.berlin), await payable(w.berlin)]
    expect(await pay(client, ids[0]!)).toMatchObject({ status: 'paid' })
    // A trial spends nothing.
    await ask(client, 'call_operation', {
      id: 'post_payables_id_mark_as_paid',
      path: { payable_id: ids[1] },
      body: {},
      dry_run: true,
    })
    expect(await pay(client, ids[1]!)).toMatchObject({ status: 'paid' })
    await expect(pay(client, ids[2]!)).rejects.toThrow(
      /^403: Assistants may pay and approve 100\.00 EUR a day here \(MCP_SPENDING_LIMIT\), 80\.00 EUR of it are used, and this is 40\.00 EUR\. Propose it instead/,
    )
    expect((await w.berlin.get(`/payables/${ids[2]}`)).body.status).toBe('waiting_to_be_paid')
    // The person may, and so may somebody else's assistant.
    const other = await w.newUser(w.berlin.entityId!)
    expect(await pay(await as(other), ids[2]!)).toMatchObject({ status: 'paid' })
  })

  test('is not used up by what is refused, and two at once don’t both get the rest', async () => {
    const w = await world()
    const client = await as(w.berlin)
    await expect(pay(client, crypto.randomUUID())).rejects.toThrow(/^404/)
    const paid = await payable(w.berlin)
    await pay(client, paid)
    await expect(pay(client, paid)).rejects.toThrow(/^409/)
    const ids = [await payable(w.berlin), await payable(w.berlin), await payable(w.berlin)]
    const outcomes = await Promise.allSettled(ids.map((id) => pay(client, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await spent(w)).find(({ caller }) => caller === w.berlin.userId)).toMatchObject({ amount: 8000 })
  })

  test('holds for approvals, for other currencies, and for what can’t be told beforehand', async () => {
    const w = await world()
    const client = await as(w.berlin)
    const { id: large } = await newBill(w.berlin)
    await addItem(w.berlin, large, { quantity: 1, unit_price: 20_000, tax: 0 })
    good(await w.berlin.post(`/payables/${large}/submit_for_approval`))
    const asked = { object_id: large, object_type: 'payable', user_ids: [w.berlin.userId], required_approval_count: 1 }
    const request = good(await w.berlin.post('/approval_requests', asked))
    await expect(ask(client, 'decide_request', { request_id: request.id, decision: 'approve' })).rejects.toThrow(
      /^403: Assistants may pay and approve 100\.00 EUR a day here \(MCP_SPENDING_LIMIT\), 0\.00 EUR of it are used, and this is 200\.00 EUR/,
    )
    expect(await ask(client, 'decide_request', { request_id: request.id, decision: 'reject' })).toMatchObject({
      status: 'rejected',
    })
    await expect(
      ask(client, 'call_operation', {
        id: 'post_payment_records',
        body: { amount: 100, currency: 'USD', object: { id: large, type: 'payable' } },
      }),
    ).rejects.toThrow(/nothing in USD/)
    await expect(ask(client, 'call_operation', { id: 'post_bank_accounts', body: { country: 'DE' } })).rejects.toThrow(
      /what this would cost can't be told beforehand/,
    )
    // Money that comes in costs nothing.
    const made = await ready(w.berlin)
    const invoice = await issued(w.berlin, made)
    expect(
      await ask(client, 'call_operation', {
        id: 'post_receivables_id_mark_as_paid',
        path: { receivable_id: invoice.id },
        body: {},
      }),
    ).toMatchObject({ status: 'paid' })
  })
})

describe('resources', () => {
  test('are the pages of the documentation, and files of documents for whoever may see them', async () => {
    const w = await world()
    const client = await as(w.berlin)
    const { resources } = await client.listResources()
    expect(resources).toContainEqual(expect.objectContaining({ uri: 'quittance://docs/payables', mimeType: 'text/markdown' }))
    const { contents } = await client.readResource({ uri: 'quittance://docs/payables' })
    expect(contents[0]).toMatchObject({ text: expect.stringContaining('# ') })
    const made = await ready(w.berlin)
    const invoice = await issued(w.berlin, made)
    await w.work()
    const uri = `quittance://receivables/${invoice.id}/pdf`
    const [pdf] = (await client.readResource({ uri })).contents as { mimeType: string; blob: string }[]
    expect([pdf?.mimeType, Buffer.from(pdf!.blob, 'base64').subarray(0, 5).toString()]).toEqual(['application/pdf', '%PDF-'])

    // Neither for another company, nor for a role that may not read invoices; nothing else is read by a name like these.
    await expect((await as(w.paris)).readResource({ uri })).rejects.toThrow(/no receivable|nothing/i)
    const nobody = await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))
    const shut = await as(nobody)
    await expect(shut.readResource({ uri })).rejects.toThrow(/403/)
    expect((await shut.listResourceTemplates()).resourceTemplates.map(({ name }) => name)).toEqual(['docs-page'])
    for (const wrong of [
      'quittance://docs/../package',
      'quittance://docs/decisions/0001-row-level-security',
      'file:///etc/passwd',
      'quittance://receivables/x%2f..%2f/pdf',
    ])
      await expect(client.readResource({ uri: wrong })).rejects.toThrow(/nothing at/)
  })
})

test('the day is the one of the company, also where its clock was moved', async () => {
  const w = await world()
  const client = await as(w.berlin)
  const before = (await ask(client, 'who_am_i')).today
  expect(before).toMatch(/^\d{4}-\d\d-\d\d$/)
  const headers = {
    authorization: `Bearer ${w.partner.token}`,
    'x-monite-entity-id': w.berlin.entityId!,
    'content-type': 'application/json',
  }
  const moved = await own.app.inject({ method: 'POST', url: '/x/test_clock/advance', headers, payload: { days: 40 } })
  expect(moved.statusCode, moved.body).toBeLessThan(300)
  const after = (await ask(client, 'who_am_i')).today
  expect((Date.parse(after) - Date.parse(before)) / 86_400_000).toBe(40)
})
