import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { draft, issued, ready } from '../support/invoicing.ts'
import { ownApp } from '../support/own-app.ts'
import { type Body, house, permissions, world } from '../support/world.ts'

/** What somebody new does wrong, and what they read then: each message names what is wrong and says what to do. */

interface Heard {
  readonly status: number
  readonly body: Body
  readonly headers: Record<string, unknown>
}

const w = await world()
const { app } = await house()
const made = await ready(w.berlin)
const partner = { authorization: `Bearer ${w.partner.token}` }
const user = { authorization: `Bearer ${w.berlin.token}` }
const inBerlin = { ...partner, 'x-monite-entity-id': w.berlin.entityId! }
const json = { 'content-type': 'application/json' }

async function send(method: string, url: string, headers: Record<string, string>, payload?: unknown): Promise<Heard> {
  const sent = payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }
  const answer = await app.inject({ method: method as 'GET', url, headers, ...sent })
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) as Body }
}

const errorsPage = readFileSync(join(paths.root, 'docs', 'errors.md'), 'utf8')

/** Everything that the answer says: a sentence, or one for each fault with its place. */
function said({ status, body, headers }: Heard): string {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  const help = body.error?.doc_url ?? /^<(.+)>; rel="help"$/.exec(String(headers.link))?.[1]
  const code = /\/docs\/errors#(\w+)$/.exec(help)?.[1]
  expect(code, JSON.stringify(body)).toBeDefined()
  expect(errorsPage).toContain(`<a id="${code}"></a>`)
  if (body.error) expect(body.error.code).toBe(code)
  const faults = body.detail?.map(({ loc, msg }: { loc: string[]; msg: string }) => `${loc.join('.')}: ${msg}`)
  return faults?.join('\n') ?? body.error?.message ?? body.message
}

const { client_id, client_secret } = w
const grant = { grant_type: 'client_credentials', client_id, client_secret }
const line = made.invoice.line_items[0]
const bill = (changes: object) => send('POST', '/payables', { ...inBerlin, ...json }, { currency: 'EUR', ...changes })
const invoice = (changes: object) => send('POST', '/receivables', { ...inBerlin, ...json }, { ...made.invoice, ...changes })
const { currency: _, ...withoutCurrency } = made.invoice
const mistakes: Record<string, [ask: () => Promise<Heard>, wrong: RegExp, todo: RegExp | null]> = {
  'no token': [() => send('GET', '/entities', {}), /Authorization header is missing/, /POST \/auth\/token/],
  'a token without Bearer': [
    () => send('GET', '/entities', { authorization: w.partner.token }),
    /is no "Bearer "/,
    /POST \/auth\/token/,
  ],
  'a token of elsewhere': [() => send('GET', '/entities', { authorization: 'Bearer x' }), /revoked, expired or not found/, null],
  'a wrong secret': [
    () => send('POST', '/auth/token', json, { ...grant, client_secret: 'x' }),
    /Invalid client credentials/,
    /client_id or client_secret is wrong/,
  ],
  'a grant of OAuth that is not offered': [
    () => send('POST', '/auth/token', json, { ...grant, grant_type: 'password' }),
    /grant_type/,
    /'client_credentials' or 'entity_user'/,
  ],
  'a user token without the user': [
    () => send('POST', '/auth/token', json, { ...grant, grant_type: 'entity_user' }),
    /entity_user_id/,
    /[Rr]equired/,
  ],
  'credentials as a form': [
    () => send('POST', '/auth/token', { 'content-type': 'application/x-www-form-urlencoded' }, 'grant_type=client_credentials'),
    /content-type/,
    /send application\/json/,
  ],
  'no entity': [() => send('GET', '/receivables', partner), /x-monite-entity-id: Field required/, /GET \/entities lists yours/],
  'an entity that is not an id': [
    () => send('GET', '/receivables', { ...partner, 'x-monite-entity-id': 'Spreewerk' }),
    /x-monite-entity-id/,
    /valid uuid/,
  ],
  'an entity of somebody else': [
    () => send('GET', '/receivables', { ...partner, 'x-monite-entity-id': crypto.randomUUID() }),
    /Entity not found/,
    /GET \/entities lists yours/,
  ],
  'a bill that is not there': [
    () => send('GET', `/payables/${crypto.randomUUID()}`, inBerlin),
    /^Payable not found/,
    /GET \/payables lists what there is/,
  ],
  'a line of a bill that is not there': [
    async () => send('GET', `/payables/${(await bill({})).body.id}/line_items/${crypto.randomUUID()}`, inBerlin),
    /^Line item not found/,
    /GET \/payables\/[\w-]{36}\/line_items lists what there is/,
  ],
  'a unit that is not there': [
    () => send('POST', '/products', { ...inBerlin, ...json }, { name: 'x', measure_unit_id: crypto.randomUUID() }),
    /^Measure unit not found/,
    /GET \/measure_units lists what there is/,
  ],
  'an object that no role knows': [
    () =>
      send(
        'POST',
        '/roles',
        { ...inBerlin, ...json },
        {
          name: 'x',
          permissions: { objects: [{ object_type: 'invoice', actions: [] }] },
        },
      ),
    /object_type: Input should be 'approval_policy'/,
    /^[^\n]*\(34 values\)$/,
  ],
  'a page token that was made up': [
    () => send('GET', '/tags?pagination_token=x', inBerlin),
    /Invalid pagination token/,
    /next_pagination_token of this list/,
  ],
  'a change of an invoice that was issued': [
    async () => {
      const { id } = await issued(w.berlin, made)
      return send('PATCH', `/receivables/${id}`, { ...inBerlin, ...json }, { invoice: { memo: 'x' } })
    },
    /it is not a draft any more/,
    /Clone it, and change the copy/,
  ],
  'a version that never was': [
    () => send('GET', '/entities', { ...partner, 'x-monite-version': '2024-05-26' }),
    /2024-05-26 is not supported/,
    /known versions are 2024-01-31, 2024-05-25/,
  ],
  'a version that is not a date': [
    () => send('GET', '/entities', { ...partner, 'x-monite-version': 'v1' }),
    /x-monite-version/,
    /one of 2024-01-31, 2024-05-25/,
  ],
  'a misspelt address': [() => send('GET', '/recievables', inBerlin), /nothing at this address/, /did you mean \/receivables\?/],
  'the address of another product': [() => send('GET', '/api/v2/invoices', inBerlin), /nothing at this address/, /\/docs lists/],
  'a method that is not offered': [() => send('PUT', '/tags', inBerlin, {}), /Method Not Allowed/, /takes GET, POST/],
  'broken JSON': [
    () => send('POST', '/tags', { ...inBerlin, ...json }, '{"name": "Travel",}'),
    /JSON decode error/,
    /at character 19/,
  ],
  'a file as JSON': [
    () => send('POST', '/files', { ...inBerlin, ...json }, '{"file":"…"}'),
    /multipart\/form-data/,
    /part named file/,
  ],
  'no body': [() => send('POST', '/tags', { ...inBerlin, ...json }), /body/, /Field required/],
  'a body without its type': [
    () => send('POST', '/tags', { ...inBerlin, 'content-type': 'application/xml' }, '<tag/>'),
    /content-type/,
    /send application\/json/,
  ],
  'a missing field': [
    () => send('POST', '/receivables', { ...inBerlin, ...json }, withoutCurrency),
    /body\.currency/,
    /Field required/,
  ],
  'a missing field, deep inside': [
    () => invoice({ line_items: [{ ...line, product: { name: 'X', price: { value: 1 } }, product_id: undefined }] }),
    /line_items\.0.*currency|product_id/,
    /required|either/i,
  ],
  'a misspelt field': [
    () => send('POST', '/tags', { ...inBerlin, ...json }, { name: 'Travel', descripton: 'x' }),
    /body\.descripton: Extra inputs are not permitted/,
    /did you mean description\?/,
  ],
  'a word that is none of the list': [
    () => send('POST', '/counterparts', { ...inBerlin, ...json }, { type: 'company' }),
    /body\.type/,
    /'individual' or 'organization'|'organization' or 'individual'/,
  ],
  'a currency that is none': [() => bill({ currency: 'EURO' }), /body\.currency/, /'AED'|Input should be/],
  'an amount in euros': [
    () => bill({ tax_amount: 120.5 }),
    /tax_amount: Input should be a valid integer/,
    /120\.50 EUR is 12050/,
  ],
  'a date as people write it': [
    () => bill({ due_date: '31.12.2026' }),
    /due_date: Input should be a valid date/,
    /such as 2026-11-30/,
  ],
  'a quantity of nothing': [() => invoice({ line_items: [{ ...line, quantity: -1 }] }), /quantity/, /greater than/],
  'an id that is none': [() => send('GET', '/receivables/INV-00001', inBerlin), /receivable_id/, /valid uuid/],
  'an id that nobody has': [
    () => send('GET', `/receivables/${crypto.randomUUID()}`, inBerlin),
    /no receivable by provided id/,
    null,
  ],
  'a reference to nothing': [() => invoice({ counterpart_id: crypto.randomUUID() }), /[Cc]ounterpart/, /by provided id/],
  'a page that is too large': [() => send('GET', '/tags?limit=1000', inBerlin), /query\.limit/, /less than or equal to 100/],
  'a sort key that is none': [() => send('GET', '/tags?sort=colour', inBerlin), /query\.sort/, /'created_at'/],
  'the token of another list': [() => send('GET', '/tags?pagination_token=abc', inBerlin), /pagination_token|token/, null],
  'a user where the platform is needed': [() => send('GET', '/entities', user), /partner token/, /grant_type client_credentials/],
  'the platform where a user is needed': [
    () => send('GET', '/entity_users/me', partner),
    /token of an entity user/,
    /grant_type entity_user/,
  ],
  'a dry run that says yes': [
    () => send('POST', '/tags', { ...inBerlin, ...json, 'x-dry-run': 'yes' }, { name: 'A' }),
    /x-dry-run/,
    /'true' or 'false'/,
  ],
  'a webhook to this machine over plain HTTP': [
    () => send('POST', '/webhook_subscriptions', { ...partner, ...json }, { object_type: 'tag', url: 'localhost:4000' }),
    /url/,
    /such as https:\/\/example\.com/,
  ],
  'a role that does not allow it': [
    async () =>
      send('GET', '/receivables', {
        authorization: `Bearer ${(await w.newUser(w.berlin.entityId!, permissions({}, 'not_allowed'))).token}`,
      }),
    /Action read for receivable not allowed/,
    null,
  ],
  'a change of an invoice that is issued': [
    async () =>
      send(
        'PATCH',
        `/receivables/${(await issued(w.berlin, made)).id}`,
        { ...inBerlin, ...json },
        { invoice: { memo: 'x', currency: 'USD' } },
      ),
    /issued|Extra inputs/,
    null,
  ],
  'deleting an invoice that is issued': [
    async () => send('DELETE', `/receivables/${(await issued(w.berlin, made)).id}`, inBerlin),
    /issued/,
    /can't be deleted/,
  ],
  'a payment of a draft': [
    async () => send('POST', `/receivables/${(await draft(w.berlin, made)).id}/mark_as_paid`, { ...inBerlin, ...json }, {}),
    /draft/,
    /issue/,
  ],
  'a key of another request': [
    async () => {
      const key = { ...inBerlin, ...json, 'idempotency-key': crypto.randomUUID() }
      await send('POST', '/tags', key, { name: 'One' })
      return send('POST', '/tags', key, { name: 'Two' })
    },
    /Idempotency-Key was already used/,
    null,
  ],
  'a name that is taken': [
    async () => {
      await send('POST', '/tags', { ...inBerlin, ...json }, { name: 'Twice' })
      return send('POST', '/tags', { ...inBerlin, ...json }, { name: 'Twice' })
    },
    /already/,
    /name/,
  ],
}

describe('a request with', () => {
  test.each(Object.entries(mistakes))('%s', async (_name, [ask, wrong, todo]) => {
    const words = said(await ask())
    expect(words).toMatch(wrong)
    // Where the sentence does not say it, the page that it leads to does.
    if (todo) expect(words).toMatch(todo)
  })

  test('a query parameter that nobody knows is named in the answer, and refused where that is wanted', async () => {
    const lenient = await app.inject({ url: '/tags?limt=3', headers: inBerlin })
    expect([lenient.statusCode, lenient.headers['x-unknown-query']]).toEqual([200, 'limt'])
    const strict = await ownApp({ strict_query: true })
    const { body } = await strict.app.inject({ url: '/tags?limt=3', headers: inBerlin })
    await strict.close()
    expect(JSON.parse(body).detail).toMatchObject([
      { loc: ['query', 'limt'], msg: expect.stringMatching(/did you mean limit\?/i) },
    ])
  })

  test('a token that expired says when, and how to go on', async () => {
    const token = await w.tokenFor()
    w.clock.advance(3_600_000)
    const words = said(await send('GET', '/entities', { authorization: `Bearer ${token}` }))
    w.clock.set(null)
    expect(words).toMatch(/expired at 20\d\d-.*POST \/auth\/token/)
  })
})

const bin = join(paths.root, 'bin', 'quittance.js')
const folder = mkdtempSync(join(tmpdir(), 'quittance-mistakes-'))
const taken = createServer()
afterAll(() => {
  taken.close()
  rmSync(folder, { recursive: true, force: true })
})
const env = { ...process.env, DATA_DIR: folder, LOG_LEVEL: 'warn', PORT: '0' }
const typed = (args: readonly string[], changes: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [bin, ...args], { env: { ...env, ...changes }, timeout: 25_000 }).then(
    () => 'It went through',
    (error: { code: number; stderr: string }) => `${error.code} ${error.stderr}`,
  )
beforeAll(() => typed(['help']))

const commands: [what: string, args: string[], changes: Record<string, string>, wrong: RegExp, todo: RegExp][] = [
  ['a command that is none', ['server'], {}, /Unknown command "server"/, /Did you mean "serve"\?/],
  ['an option that is none', ['listen', '--forwardto', 'x'], {}, /no option --forwardto/, /Did you mean --forward-to\?/],
  ['a missing argument', ['restore'], {}, /restore FILE\|DIR/, /quittance help restore/],
  ['nowhere to forward to', ['listen'], {}, /Say where to/, /--forward-to http:/],
  ['an address without http', ['listen', '--forward-to', 'localhost:4000'], {}, /is not an address/, /write http:/],
  ['a misspelt variable', ['serve'], { DATABSE_URL: 'x' }, /DATABSE_URL is not a setting/, /did you mean DATABASE_URL\?/],
  ['a value that does not fit', ['serve'], { PORT: '99999' }, /PORT=99999 does not fit/, /from 0 to 65535/],
  ['a word that is none', ['serve'], { PAYMENTS_SANDBOX: 'yes' }, /PAYMENTS_SANDBOX=yes does not fit/, /off, on/],
  [
    'a database that nobody answers for',
    ['serve'],
    { DATABASE_URL: 'postgres://me@127.0.0.1:1/none' },
    /DATABASE_URL|127\.0\.0\.1:1/,
    /check|DATABASE_URL/,
  ],
  ['a database address that is none', ['serve'], { DATABASE_URL: 'mydatabase' }, /DATABASE_URL/, /postgres(ql)?:\/\//],
  [
    'no credentials for the assistant',
    ['mcp'],
    { QUITTANCE_TOKEN: '' },
    /QUITTANCE_TOKEN/,
    /QUITTANCE_CLIENT_ID and QUITTANCE_CLIENT_SECRET/,
  ],
  ['an id that is none', ['partner', 'rotate', 'acme'], {}, /acme is not an id/, /quittance partner list/],
]
describe('a command with', () => {
  test.each(commands)('%s', async (_what, args, changes, wrong, todo) => {
    const words = await typed(args, changes)
    expect(words).toMatch(wrong)
    expect(words).toMatch(todo)
    // Whoever typed it reads a sentence, not where in the program it was found.
    expect(words).not.toMatch(/\n\s+at /)
  })

  test('a port that is taken', async () => {
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
    const address = taken.address()
    const port = String(typeof address === 'object' && address?.port)
    const words = await typed(['serve'], { PORT: port })
    expect(words).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}`))
    expect(words).toMatch(/set PORT|PORT to another/)
    expect(words).not.toMatch(/\n\s+at /)
  })

  test('a data folder that is a file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const words = await typed(['serve'], { DATA_DIR: file })
    expect(words).toMatch(/file/)
    expect(words).toMatch(/DATA_DIR/)
  })

  test.skipIf(process.getuid?.() === 0)('a data folder of somebody else (skipped as root, who may write anywhere)', async () => {
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o500)
    const words = await typed(['serve'], { DATA_DIR: join(locked, 'data') })
    expect(words).toMatch(/DATA_DIR/)
  })
})

test('an old Node is told which is needed', () => {
  const start = readFileSync(bin, 'utf8')
  expect(start).toMatch(/needs Node 20\.19 or newer, best 24/)
})

test('there are forty of them', () => {
  expect(Object.keys(mistakes).length + commands.length).toBeGreaterThanOrEqual(40)
})
