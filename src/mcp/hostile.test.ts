import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assistants, call } from '../../test/support/assistant.ts'
import { completeBill, readBill } from '../../test/support/billing.ts'
import { good } from '../../test/support/invoicing.ts'
import { type Client as Caller, world } from '../../test/support/world.ts'
import { needs, SECRET } from './operations.ts'
import { everybody } from './powers.snapshot.ts'

/** An assistant that a text in a bill talked into anything. */

let own: Awaited<ReturnType<typeof assistants>>
beforeAll(async () => {
  own = await assistants({ rate_limit: 0 })
})
afterAll(() => own.close())

async function as(caller: Caller) {
  const client = await own.as(caller)
  return (name: string, asked: Record<string, unknown>) => call(client, name, asked)
}

describe('a value that would lead elsewhere', () => {
  test('is refused by every tool that puts it in a path', async () => {
    const w = await world()
    const { id } = await completeBill(w.berlin)
    await w.berlin.post(`/payables/${id}/approve_payment_operation`)
    const ask = await as(w.berlin)
    for (const lead of [
      `../payables/${id}/mark_as_paid?x=`,
      `../payables/${id}/mark_as_paid#`,
      `..\\payables\\${id}\\mark_as_paid?`,
      `.%2e/payables/${id}/mark_as_paid?`,
      `.\t./payables/${id}/mark_as_paid?`,
    ]) {
      expect(await ask('issue_invoice', { id: lead })).toMatchObject({ isError: true })
      expect(await ask('submit_bill', { id: lead.replace('/payables', '') })).toMatchObject({ isError: true })
      expect(await ask('decide_request', { request_id: lead, decision: 'approve' })).toMatchObject({ isError: true })
    }
    expect((await ask('get_invoice', { id: `../payables/${id}` })).text).not.toContain(id)
    expect((await readBill(w.berlin, id)).status).toBe('waiting_to_be_paid')
  })

  test('is refused by call_operation', async () => {
    const w = await world()
    const tag = good(await w.berlin.post('/tags', { name: 'Mine' }))
    const ask = await as(w.berlin)
    for (const tag_id of ['..', '.', '', '%2e%2e', '../tags', `..%2ftags%2f${tag.id}`, `${tag.id}/`, '..\\tags', 'ä', '\t..']) {
      const { isError, text } = await ask('call_operation', { id: 'get_tags_id', path: { tag_id } })
      expect([tag_id, isError, text.includes(tag.id)]).toEqual([tag_id, true, false])
    }
    const renamed = await ask('call_operation', { id: 'patch_tags_id', path: { tag_id: '../tags' }, body: { name: 'x' } })
    expect(renamed.isError).toBe(true)
  })
})

test('strange input is refused in words, and never breaks a call', async () => {
  const w = await world()
  const ask = await as(w.berlin)
  for (const query of [
    { limit: { toString: 'x' } },
    { limit: [[1]] },
    { limit: { constructor: { prototype: 1 } } },
    { limit: [null] },
    { constructor: { a: 1 } },
  ]) {
    const { isError, text } = await ask('call_operation', { id: 'get_tags', query })
    expect([query, isError, /input is not valid|422/.test(text)]).toEqual([query, true, true])
  }
  for (const asked of [
    { id: 'constructor' },
    { id: '__proto__' },
    { id: 'get_tags_id', path: { constructor: 'x' } },
    { id: 'get_tags_id', path: { tag_id: 5 } },
    { id: 'post_payables_upload_from_file', body: { file: 'x' } },
    { id: 'post_tags', body: 'text' },
    { id: 'post_tags', body: null },
    { id: 'post_tags' },
  ])
    expect([asked, (await ask('call_operation', asked)).isError]).toEqual([asked, true])
  expect((await ask('call_operation', { id: 'get_tags', body: { a: 1 } })).isError).toBe(false)
  expect((await ask('call_operation', { id: 'get_tags', query: { limit: 5, created_by_entity_user_id: null } })).isError).toBe(
    false,
  )
  for (const name of ['constructor', '__proto__', 'toString', ''])
    expect((await ask(name, {})).text).toContain('There is no tool')
})

test('a hundred calls at once are answered', async () => {
  const w = await world()
  const ask = await as(w.berlin)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask('call_operation', { id: 'post_tags', body: { name: `Tag ${i}` } })),
  )
  expect(answers.filter(({ isError }) => isError)).toEqual([])
  expect(new Set(answers.map(({ text }) => JSON.parse(text).id)).size).toBe(100)
})

test('a body of more than 8 MB is refused, and one below it is read', async () => {
  const w = await world()
  const send = (bytes: number) =>
    own.app.inject({
      method: 'POST',
      url: '/mcp',
      headers: {
        authorization: `Bearer ${w.berlin.token}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      },
      payload: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'search', arguments: { text: 'a', filling: 'x'.repeat(bytes) } },
      }),
    })
  expect((await send(8_000_100)).statusCode).toBe(413)
  const { statusCode, body } = await send(7_900_000)
  expect([statusCode, body.includes('must NOT have additional properties')]).toEqual([200, true])
})

describe('what an assistant may change', () => {
  const changing = () =>
    own.app.operations
      .filter(({ method }) => method !== 'GET')
      .map(({ method, url, operation }) => ({
        id: operation.id,
        path: url.replace(/:(\w+)/g, '{$1}'),
        method,
      }))

  test('was judged for every operation: one that is new needs a decision', () => {
    const free = changing().filter(({ method, path }) => needs(method, path) === null && !SECRET.test(path))
    expect(free.map(({ id }) => id).sort()).toEqual([...everybody].sort())
  })

  test.each([
    ['where money comes in', 'patch_bank_accounts_id', { bank_account_id: crypto.randomUUID() }, 'pay'],
    ['where a vendor is paid', 'post_counterparts_id_bank_accounts', { counterpart_id: crypto.randomUUID() }, 'pay'],
    ['what a role may do', 'patch_roles_id', { role_id: crypto.randomUUID() }, 'rights'],
    ['whose approval is needed', 'patch_approval_policies_id', { approval_policy_id: crypto.randomUUID() }, 'rights'],
    ['who belongs to the company', 'post_entity_users', {}, 'rights'],
  ])('%s is for people', async (_what, id, path, power) => {
    const w = await world()
    const ask = await as(w.berlin)
    expect((await ask('call_operation', { id, path, body: {} })).text).toMatch(
      new RegExp(`^403: Assistants may not .*MCP_ALLOW does not name ${power}`),
    )
  })
})
