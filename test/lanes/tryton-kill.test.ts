import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, credentialsIn, invoiceBy, machine, type Server } from '../faults/process.ts'
import { startTryton, type Tryton, trytonAccounts, trytonVersion } from '../support/tryton.ts'
import { organization } from '../support/world.ts'

/** A real server process pushes 200 documents to a real Tryton, and is killed twice in the middle. Skipped where Tryton isn't installed. */

if (!trytonVersion)
  console.log('skipped: Tryton is not installed (Debian: apt-get install tryton-server tryton-modules-account-invoice)')

const INVOICES = 120
const PAYMENTS = 30
const CREDITS = 10
const BILLS = 40

let tryton: Tryton
let computer: ReturnType<typeof machine>
let server: Server
let headers: Record<string, string>

const send = async (method: string, path: string, body?: unknown): Promise<Record<string, string>> => {
  const answer = await ask(`${server.url}/v1${path}`, headers, method, body)
  if (!answer || answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  return answer.body
}
const post = (path: string, body?: unknown) => send('POST', path, body)

/** Opens a connection, and answers its page as a user would. */
async function connect(form: Record<string, string>): Promise<string> {
  const { id, connection_url } = await post('/accounting_connections')
  const page = `${server.url}${new URL(connection_url!).pathname}`
  const answer = await fetch(page, { method: 'POST', body: new URLSearchParams({ all: 'yes', ...form }) })
  expect(answer.status, await answer.text()).toBe(200)
  return id!
}

async function until(done: () => Promise<boolean>, seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) if (await done()) return
  throw new Error(`Not after ${seconds} seconds`)
}
const records = (adapter: string) =>
  computer.sql<{ sync_status: string; count: number; errors: string | null }>(
    `select sync_status, count(*)::int as count, max(errors::text) as errors from accounting_synced_records where adapter = $1 group by sync_status`,
    [adapter],
  )
const nothingWaits = async (adapter: string) => {
  const [followed] = await computer.sql<{ count: number }>(
    `select count(*)::int as count from jobs where kind = 'accounting.follow'`,
  )
  const rows = await records(adapter)
  return followed!.count === 0 && rows.length > 0 && rows.every(({ sync_status }) => sync_status !== 'pending')
}

beforeAll(async () => {
  if (!trytonVersion) return
  const year = new Date().getFullYear()
  tryton = await startTryton([year, year + 1])
  computer = machine({ TRYTON_URL: tryton.url })
  server = await computer.start()
  const grant = { grant_type: 'client_credentials', ...credentialsIn(server.output()) }
  headers = {}
  headers = { authorization: `Bearer ${(await post('/auth/token', grant)).access_token}` }
  const { id } = await post('/entities', organization)
  headers['x-monite-entity-id'] = id!
}, 180_000)
afterAll(async () => {
  await server?.kill('SIGTERM')
  await computer?.remove()
  await tryton?.stop()
}, 60_000)

test.skipIf(!trytonVersion)(
  'what is pushed through two kills is in Tryton once, and both balances say the same',
  async () => {
    const draft = await invoiceBy(async (path, body) => post(path, body), headers['x-monite-entity-id']!)
    for (let i = 0; i < INVOICES; i++) {
      const line = {
        quantity: 1,
        tax_rate_value: 1900,
        product: { name: 'Work', price: { currency: 'EUR', value: 1003 + i * 17 } },
      }
      const { id } = await post('/receivables', { ...draft, line_items: [line] })
      await post(`/receivables/${id}/issue`)
      const object = { type: 'receivable', id }
      if (i < PAYMENTS) await post('/payment_records', { amount: 500 + i, currency: 'EUR', object })
      else if (i < PAYMENTS + CREDITS) {
        const note = await post('/receivables', { type: 'credit_note', based_on: id })
        await post(`/receivables/${note.id}/issue`)
      }
    }
    const address = { country: 'DE', city: 'Berlin', line1: 'Weg 1', postal_code: '12045' }
    const company = { legal_name: 'Paper', is_customer: false, is_vendor: true, address }
    const vendor = await post('/counterparts', { type: 'organization', organization: company })
    const today = new Date().toISOString().slice(0, 10)
    for (let i = 0; i < BILLS; i++) {
      const head = { document_id: `B-${i}`, currency: 'EUR', issued_at: today, due_date: today, counterpart_id: vendor.id }
      const { id } = await post('/payables', head)
      await post(`/payables/${id}/line_items`, { name: 'Paper', quantity: 3, unit_price: 777 + i, tax: 1900 })
      await post(`/payables/${id}/approve_payment_operation`)
    }

    const id = await connect({ ledger: 'tryton', ...tryton.credentials, ...trytonAccounts })
    const pushed = async () => (await records('tryton')).find(({ sync_status }) => sync_status === 'done')?.count ?? 0
    for (const reached of [50, 120]) {
      await until(async () => (await pushed()) >= reached, 300)
      await server.kill('SIGKILL')
      server = await computer.start()
    }
    await until(() => nothingWaits('tryton'), 400)
    expect((await records('tryton')).map(({ sync_status, errors }) => [sync_status, errors])).toEqual([['done', null]])
    const moves = await tryton.allMoves()
    expect(moves).toHaveLength(INVOICES + PAYMENTS + CREDITS + BILLS)
    expect(new Set(moves.map(({ description }) => /quittance \w+ [0-9a-f-]+/.exec(description)![0])).size).toBe(moves.length)
    expect(new Set(moves.map(({ state }) => state))).toEqual(new Set(['posted']))

    await post(`/accounting_connections/${id}/disconnect`)
    // The accounts of Tryton are none of ours: the next ledger suggests its own.
    await computer.sql(`update entities set settings = settings - 'accounting'`)
    await connect({ ledger: 'ledger', chart: 'skr03', first_month: '1' })
    await until(() => nothingWaits('ledger'), 120)
    const lines = await computer.sql<{ account: string; amount: number }>(
      `select account, sum(amount)::int as amount from books_lines group by account having sum(amount) <> 0 order by account`,
    )
    expect(await tryton.balances()).toEqual(Object.fromEntries(lines.map(({ account, amount }) => [account, amount])))
    console.log(`${moves.length} moves in Tryton; ${JSON.stringify(await tryton.balances())}`)
  },
  900_000,
)
