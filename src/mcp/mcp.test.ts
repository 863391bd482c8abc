import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, assistants } from '../../test/support/assistant.ts'
import { bill } from '../../test/support/billing.ts'
import { good, ready } from '../../test/support/invoicing.ts'
import { type Body, type Client as Caller, house, world } from '../../test/support/world.ts'
import { paths } from '../platform/paths.ts'

/** The official client speaks to a listening server. */

let own: Awaited<ReturnType<typeof assistants>>
beforeAll(async () => {
  own = await assistants({})
})
afterAll(() => own.close())

const as = (caller: Caller) => own.as(caller)
const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name)

describe('an assistant of a user', () => {
  test('drafts, issues and finds an invoice, and knows who owes it', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const client = await as(w.berlin)
    expect(await names(client)).toEqual(
      expect.arrayContaining(['draft_invoice', 'issue_invoice', 'bills_to_approve', 'call_operation']),
    )
    const { data: rates } = await ask(client, 'find_vat_rates', { counterpart_id: made.customer.id })
    const rate = rates.find(({ value }: Body) => value === 1900)
    const draft = await ask(client, 'draft_invoice', {
      counterpart_id: made.customer.id,
      currency: 'EUR',
      lines: [{ name: 'Advice', quantity: 2, unit_price: 10_000, vat_rate_id: rate.id, unit: 'hour' }],
      payment_terms_id: made.terms.id,
    })
    expect(draft).toMatchObject({ status: 'draft', total_amount: 23_800 })
    const issued = await ask(client, 'issue_invoice', { id: draft.id })
    expect(issued).toMatchObject({ status: 'issued', document_id: expect.any(String) })
    expect((await ask(client, 'search', { text: issued.document_id })).receivables).toMatchObject([
      { id: draft.id, total_amount: 23_800 },
    ])
    expect(await ask(client, 'who_owes_us')).toMatchObject({
      whole: true,
      counterparts: [{ counterpart_id: made.customer.id, currency: 'EUR', documents: 1, total: 23_800, overdue: 0 }],
    })
    expect((await ask(client, 'figures', { of: 'receivables', by: 'status' })).data).toEqual(
      expect.arrayContaining([expect.objectContaining({ dimension_value: 'issued', metric_value: 23_800 })]),
    )
  })

  test('explains a bill, and says what there is to pay', async () => {
    const w = await world()
    const { id } = good(await w.berlin.post('/payables', bill))
    const client = await as(w.berlin)
    const told = await ask(client, 'explain_bill', { id })
    expect(told).toMatchObject({ bill: { id }, lines: expect.any(Array), history: expect.any(Array) })
    expect(await ask(client, 'bills_to_pay', { until: '2099-12-31' })).toMatchObject({ whole: true, bills: [] })
    expect(await ask(client, 'list_bills')).toMatchObject({ bills: [{ id }], more: false })
    expect(await ask(client, 'bills_to_approve')).toEqual({ requests: [] })
  })

  test('is told in a sentence what was refused, and by what input', async () => {
    const w = await world()
    const client = await as(w.berlin)
    await expect(ask(client, 'get_invoice', { id: crypto.randomUUID() })).rejects.toThrow(/^404: /)
    await expect(ask(client, 'get_invoice', {})).rejects.toThrow("must have required property 'id'")
    await expect(ask(client, 'get_invoice', { id: crypto.randomUUID(), more: 1 })).rejects.toThrow('additional properties')
    await expect(ask(client, 'nothing')).rejects.toThrow('There is no tool nothing')
    await expect(ask(client, 'call_operation', { id: 'post_tags', body: { name: '' } })).rejects.toThrow(/^422: name: /)
  })
})

describe('what a role does not allow', () => {
  test('has no tools, is found nowhere, and is refused where its name is known', async () => {
    const w = await world()
    const role = { objects: [{ object_type: 'payable', actions: [{ action_name: 'read', permission: 'allowed' }] }] }
    const user = await w.newUser(w.berlin.entityId!, role)
    const client = await as(user)
    const shown = await names(client)
    expect(shown).toEqual(expect.arrayContaining(['list_bills', 'explain_bill', 'bills_to_pay']))
    for (const hidden of ['list_invoices', 'issue_invoice', 'upload_bill', 'add_company']) expect(shown).not.toContain(hidden)
    await expect(ask(client, 'issue_invoice', { id: crypto.randomUUID() })).rejects.toThrow('There is no tool issue_invoice')
    const { operations } = await ask(client, 'find_operations', { words: 'receivable' })
    expect(operations.map(({ id }: Body) => id)).not.toContain('get_receivables')
    await expect(ask(client, 'call_operation', { id: 'get_receivables' })).rejects.toThrow(/^404: /)
  })

  test('holds for companies, too: nobody reads what is another one’s', async () => {
    const w = await world()
    const made = await ready(w.berlin)
    const client = await as(w.paris)
    await expect(ask(client, 'find_counterparts', { id: made.customer.id })).rejects.toThrow(/^404: /)
    expect((await ask(client, 'find_counterparts')).counterparts).toEqual([])
  })

  test('a token has to be there before a body is read', async () => {
    const { app } = await house()
    for (const headers of [{}, { authorization: 'Bearer nothing' }]) {
      const answer = await app.inject({
        method: 'POST',
        url: '/mcp',
        headers,
        payload: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      })
      expect(answer.statusCode).toBe(401)
    }
  })
})

test('the page about it has every tool, and what is no request of the protocol is refused', async () => {
  const page = readFileSync(join(paths.root, 'docs', 'mcp.md'), 'utf8')
  const told = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '))
  const w = await world()
  // Approvals are people's, unless the settings say otherwise.
  const shown = await names(await as(w.berlin))
  expect(shown).not.toContain('decide_request')
  expect(told.sort()).toEqual([...shown, 'decide_request'].sort())
  const headers = {
    authorization: `Bearer ${w.berlin.token}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  }
  for (const payload of [
    '{}',
    '[]',
    'null',
    '{"jsonrpc":"2.0"',
    '{"jsonrpc":"2.0","id":1,"method":"nothing"}',
    '"x"',
    '[1,[2]]',
  ]) {
    const { statusCode, body } = await own.app.inject({ method: 'POST', url: '/mcp', headers, payload })
    expect([payload, statusCode < 500, statusCode >= 400 || body.includes('"error"')]).toEqual([payload, true, true])
  }
  for (const method of ['GET', 'DELETE'] as const)
    expect((await own.app.inject({ method, url: '/mcp', headers })).statusCode).toBe(405)
})

test('an assistant on a desktop speaks to the program instead', async () => {
  const w = await world()
  const client = new Client({ name: 'tests', version: '1' })
  const env = {
    PATH: process.env.PATH ?? '',
    QUITTANCE_URL: own.url,
    QUITTANCE_CLIENT_ID: w.client_id,
    QUITTANCE_CLIENT_SECRET: w.client_secret,
    QUITTANCE_USER_ID: w.berlin.userId!,
  }
  const program = join(paths.root, 'bin', 'quittance.js')
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, 'mcp'], env }))
  try {
    expect(await names(client)).toContain('who_am_i')
    expect(await ask(client, 'who_am_i')).toMatchObject({ user: { id: w.berlin.userId }, entity: { id: w.berlin.entityId } })
    await expect(ask(client, 'get_invoice', { id: crypto.randomUUID() })).rejects.toThrow(/^404: /)
  } finally {
    await client.close()
  }
})

describe('any operation', () => {
  test('is found, described and called; a dry run keeps nothing', async () => {
    const w = await world()
    const client = await as(w.berlin)
    const { operations } = await ask(client, 'find_operations', { words: 'create tag' })
    expect(operations).toContainEqual(expect.objectContaining({ id: 'post_tags', method: 'POST', path: '/tags' }))
    for (const [words, id] of [
      ['issue an invoice', 'post_receivables_id_issue'],
      ['approve a bill', 'post_payables_id_approve_payment_operation'],
      ['add a customer', 'post_counterparts'],
      ['create a payment reminder', 'post_payment_reminders'],
    ])
      expect((await ask(client, 'find_operations', { words })).operations[0].id).toBe(id)
    const described = await ask(client, 'describe_operation', { id: 'post_tags' })
    expect(described.requestBody.content['application/json'].schema.properties.name.description).toBe('Name of the tag.')
    const tried = await ask(client, 'call_operation', { id: 'post_tags', body: { name: 'Tried' }, dry_run: true })
    expect(tried).toMatchObject({ name: 'Tried', id: expect.any(String) })
    const list = async () => (await ask(client, 'call_operation', { id: 'get_tags' })).data.map(({ name }: Body) => name)
    expect(await list()).toEqual([])
    await ask(client, 'call_operation', { id: 'post_tags', body: { name: 'Kept' } })
    expect(await list()).toEqual(['Kept'])
    const events = await w.sql(`select id from events where entity_id = $1 and object_type = 'tag'`, [w.berlin.entityId])
    expect(events).toHaveLength(1)
  })

  test('that deletes or moves money is a person’s, unless the settings say otherwise', async () => {
    const w = await world()
    const client = await as(w.berlin)
    const tag = good(await w.berlin.post('/tags', { name: 'Mine' }))
    const asked = { id: 'delete_tags_id', path: { tag_id: tag.id } }
    await expect(ask(client, 'call_operation', asked)).rejects.toThrow(/^403: Assistants may not delete here: MCP_ALLOW/)
    await expect(ask(client, 'call_operation', { id: 'post_payment_records', body: {} })).rejects.toThrow(
      /^403: Assistants may not pay here/,
    )
    await expect(
      ask(client, 'call_operation', { id: 'post_payables_id_mark_as_paid', path: { payable_id: tag.id } }),
    ).rejects.toThrow(/^403/)
    await expect(
      ask(client, 'call_operation', { id: 'post_approval_requests_id_approve', path: { approval_request_id: tag.id } }),
    ).rejects.toThrow(/^403: Assistants may not approve or reject here/)
    await expect(ask(client, 'call_operation', { id: 'post_auth_token', body: {} })).rejects.toThrow(/^404/)
    expect((await w.berlin.get(`/tags/${tag.id}`)).status).toBe(200)
    const other = await assistants({ mcp_allow: 'approve,delete' })
    const allowed = await other.as(w.berlin)
    await ask(allowed, 'call_operation', asked)
    expect(await names(allowed)).toContain('decide_request')
    expect((await w.berlin.get(`/tags/${tag.id}`)).status).toBe(404)
    await other.close()
  })

  test('stands in the audit log as what an assistant asked for', async () => {
    const w = await world()
    const client = await as(w.partnerIn(w.berlin.entityId!))
    await ask(client, 'call_operation', { id: 'post_tags', body: { name: 'Seen' } })
    await own.app.auditLog.flush()
    const { body } = await w.partner.get(`/audit_logs?entity_id=${w.berlin.entityId}&path=/tags&method=POST&type=request`)
    expect(body.data[0].headers).toMatchObject({ 'x-called-by': 'mcp' })
  })
})
